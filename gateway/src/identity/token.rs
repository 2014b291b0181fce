// SPDX-License-Identifier: EUPL-1.2
//! Verification of one access token. Everything that can be refused without the issuer's keys is refused before they are
//! asked for, so that a bad token costs the issuer nothing.

use std::sync::Arc;

use arc_swap::ArcSwap;
use aws_lc_rs::digest;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Deserialize;
use sluis_policy::Oin;
use tokio::sync::Semaphore;

use super::cache::{CacheKey, Cached, TokenCache};
use super::{Bearer, Claims, Issuers, TokenFault};
use crate::tls::Thumbprint;

/// How far the clocks of issuer and gateway may differ, in microseconds.
const LEEWAY: i64 = 10_000_000;
/// The longest token that is read, in bytes.
const LONGEST: usize = 8 * 1024;
/// How many verified tokens are remembered.
const REMEMBERED: usize = 20_000;

/// Toegangstokens: verifies them for one gateway.
#[derive(Debug)]
#[doc(alias = "toegangstoken")]
pub struct Tokens {
    audience: String,
    issuers: Issuers,
    cache: TokenCache,
    verifying: ArcSwap<Semaphore>,
}

#[derive(Deserialize)]
struct Said {
    iss: String,
    aud: OneOrMore,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    jti: String,
    client_id: String,
    sub: Option<String>,
    oin: Oin,
    cnf: Option<Confirmation>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Deserialize)]
struct Confirmation {
    #[serde(rename = "x5t#S256")]
    thumbprint: Option<String>,
}

impl Tokens {
    /// Verifies tokens that name this audience, at most so many at the same time.
    #[must_use]
    pub fn new(audience: String, issuers: Issuers, verifications: usize) -> Self {
        Self {
            audience,
            issuers,
            cache: TokenCache::new(REMEMBERED),
            verifying: ArcSwap::from_pointee(Semaphore::new(verifications)),
        }
    }

    /// What the token says, if it holds at this instant on a connection with this certificate. `known` tells whether
    /// some organisation trusts an issuer; whether the right one does is for the caller to check, at each request.
    ///
    /// # Errors
    /// With the first reason for which it does not hold.
    pub async fn verify(
        &self,
        token: &str,
        certificate: Thumbprint,
        now: i64,
        known: impl Fn(&str) -> bool,
    ) -> Result<Arc<Claims>, TokenFault> {
        let key = cache_key(token, certificate);
        if let Some(claims) = self.remembered(&key, now) {
            return Ok(claims);
        }
        let header = acceptable_header(token)?;
        let said = jsonwebtoken::dangerous::insecure_decode::<Said>(token).map_err(|_| TokenFault::Malformed)?.claims;
        if !known(&said.iss) {
            return Err(TokenFault::UnknownIssuer);
        }
        self.holds(&said, certificate, now)?;
        let key_id = header.kid.as_deref().ok_or(TokenFault::UnknownKey)?;
        let (jwk, generation) = self.issuers.key(&said.iss, key_id, now).await?;
        let verifying = self.verifying.load_full();
        let _place = verifying.try_acquire().map_err(|_| TokenFault::Busy)?;
        // INVARIANT: what is used from here on are the claims under the signature.
        let said = signed(token, header.alg, &jwk)?;
        let claims = Arc::new(self.holds(&said, certificate, now)?);
        self.cache.keep(key, Arc::new(Cached { claims: Arc::clone(&claims), key_set: generation }));
        Ok(claims)
    }

    /// After a reload: so many at the same time from now on, and issuers are asked for their keys again at the next token.
    /// Those that `known` does not know any more are forgotten.
    pub fn renew(&self, verifications: usize, known: impl Fn(&str) -> bool) {
        self.verifying.store(Arc::new(Semaphore::new(verifications)));
        self.issuers.ask_again(known);
    }

    fn remembered(&self, key: &CacheKey, now: i64) -> Option<Arc<Claims>> {
        let cached = self.cache.find(key)?;
        let same_keys = self.issuers.generation(&cached.claims.issuer, now) == Some(cached.key_set);
        if same_keys && now < cached.claims.expires {
            return Some(Arc::clone(&cached.claims));
        }
        self.cache.forget(key);
        None
    }

    fn holds(&self, said: &Said, certificate: Thumbprint, now: i64) -> Result<Claims, TokenFault> {
        let for_us = match &said.aud {
            OneOrMore::One(audience) => *audience == self.audience,
            OneOrMore::More(audiences) => audiences.contains(&self.audience),
        };
        if !for_us {
            return Err(TokenFault::Audience);
        }
        let expires = micros(said.exp).saturating_add(LEEWAY);
        if now >= expires {
            return Err(TokenFault::Expired);
        }
        let begins = said.nbf.unwrap_or(said.iat).max(said.iat);
        if now.saturating_add(LEEWAY) < micros(begins) {
            return Err(TokenFault::NotYetValid);
        }
        let bound = said.cnf.as_ref().and_then(|cnf| cnf.thumbprint.as_deref());
        if bound != Some(certificate.to_string().as_str()) {
            return Err(TokenFault::OtherCertificate);
        }
        if said.jti.is_empty() || said.client_id.is_empty() || said.sub.as_deref() == Some("") {
            return Err(TokenFault::Malformed);
        }
        Ok(Claims { issuer: said.iss.clone(), organisation: said.oin, bearer: bearer(said), expires })
    }
}

fn bearer(said: &Said) -> Bearer {
    match &said.sub {
        Some(person) if *person != said.client_id => Bearer::Professional(person.as_str().into()),
        _ => Bearer::System(said.client_id.as_str().into()),
    }
}

fn cache_key(token: &str, certificate: Thumbprint) -> CacheKey {
    let mut context = digest::Context::new(&digest::SHA256);
    // The thumbprint has a fixed length, so the two cannot run into each other.
    context.update(certificate.as_bytes());
    context.update(token.as_bytes());
    let mut key = [0; 32];
    key.copy_from_slice(context.finish().as_ref());
    key
}

fn acceptable_header(token: &str) -> Result<Header, TokenFault> {
    if token.len() > LONGEST {
        return Err(TokenFault::Malformed);
    }
    // An `alg` that the library does not know, `none` among them, fails here.
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenFault::Malformed)?;
    let kind = header.typ.as_deref().unwrap_or_default();
    let kind = kind.strip_prefix("application/").unwrap_or(kind);
    if !kind.eq_ignore_ascii_case("at+jwt") {
        return Err(TokenFault::NotAnAccessToken);
    }
    if header.crit.is_some() {
        return Err(TokenFault::Malformed);
    }
    match header.alg {
        Algorithm::PS256 | Algorithm::ES256 | Algorithm::RS256 => Ok(header),
        _ => Err(TokenFault::Algorithm),
    }
}

fn signed(token: &str, algorithm: Algorithm, jwk: &Jwk) -> Result<Said, TokenFault> {
    if !fits(algorithm, jwk) {
        return Err(TokenFault::Algorithm);
    }
    let key = DecodingKey::from_jwk(jwk).map_err(|_| TokenFault::Algorithm)?;
    let mut validation = Validation::new(algorithm);
    // Times, audience and issuer are checked here against our own clock and register, not by the library.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let data = jsonwebtoken::decode::<Said>(token, &key, &validation).map_err(|_| TokenFault::Signature)?;
    Ok(data.claims)
}

fn fits(algorithm: Algorithm, jwk: &Jwk) -> bool {
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let named = match jwk.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::PS256) => algorithm == Algorithm::PS256,
        Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
        Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
        Some(_) => false,
    };
    let kind = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, Algorithm::PS256 | Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) => {
            algorithm == Algorithm::ES256 && curve.curve == EllipticCurve::P256
        }
        _ => false,
    };
    signs && named && kind
}

fn micros(seconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::EncodingKey;
    use serde_json::{Value, json};

    use super::*;

    fn rsa() -> (EncodingKey, Value) {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({
            "kty": "RSA", "kid": "k",
            "n": part(public.modulus().big_endian_without_leading_zero()),
            "e": part(public.exponent().big_endian_without_leading_zero()),
        });
        let der = pair.as_der().unwrap();
        // The library wants the RSAPrivateKey inside the PKCS#8 envelope, which starts 26 bytes in for this key size.
        (EncodingKey::from_rsa_der(&der.as_ref()[26..]), jwk)
    }

    fn elliptic() -> (EncodingKey, Value) {
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &aws_lc_rs::rand::SystemRandom::new());
        let der = der.unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref()).unwrap();
        let point = pair.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": part(&point[1..33]), "y": part(&point[33..]) });
        (EncodingKey::from_ec_der(der.as_ref()), jwk)
    }

    fn token(algorithm: Algorithm, key: &EncodingKey) -> String {
        let claims = json!({
            "iss": "https://idp.test", "aud": "https://sluis.test", "exp": 2_000_000_000, "iat": 1, "jti": "j",
            "client_id": "c", "oin": "99000000000000000001",
        });
        jsonwebtoken::encode(&Header::new(algorithm), &claims, key).unwrap()
    }

    #[test]
    fn an_algorithm_counts_only_with_a_key_of_its_kind_and_for_its_use() {
        let ((rsa, rsa_jwk), (elliptic, elliptic_jwk)) = (rsa(), elliptic());
        let with = |jwk: &Value, key: &str, value: &str| {
            let mut jwk = jwk.clone();
            jwk[key] = json!(value);
            jwk
        };
        let (rs, ps, es) =
            (token(Algorithm::RS256, &rsa), token(Algorithm::PS256, &rsa), token(Algorithm::ES256, &elliptic));
        for (what, token, algorithm, jwk, holds) in [
            ("rs256", &rs, Algorithm::RS256, rsa_jwk.clone(), true),
            ("ps256", &ps, Algorithm::PS256, rsa_jwk.clone(), true),
            ("es256", &es, Algorithm::ES256, elliptic_jwk.clone(), true),
            ("rs256 read as ps256", &rs, Algorithm::PS256, rsa_jwk.clone(), false),
            ("the key is for ps256 only", &rs, Algorithm::RS256, with(&rsa_jwk, "alg", "PS256"), false),
            ("the key is for this", &ps, Algorithm::PS256, with(&rsa_jwk, "alg", "PS256"), true),
            ("the key is for encryption", &rs, Algorithm::RS256, with(&rsa_jwk, "use", "enc"), false),
            ("the key is for signing", &rs, Algorithm::RS256, with(&rsa_jwk, "use", "sig"), true),
            ("the key is of another kind", &rs, Algorithm::RS256, elliptic_jwk.clone(), false),
            ("the key is of another curve", &es, Algorithm::ES256, with(&elliptic_jwk, "crv", "P-384"), false),
            ("es256 with an rsa key", &es, Algorithm::ES256, rsa_jwk.clone(), false),
        ] {
            let jwk: Jwk = serde_json::from_value(jwk).unwrap();
            assert_eq!(signed(token, algorithm, &jwk).is_ok(), holds, "{what}");
        }
    }

    #[test]
    fn only_three_algorithms_are_read_at_all() {
        let rsa = rsa().0;
        for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS384, Algorithm::PS512] {
            let mut header = Header::new(algorithm);
            header.typ = Some("at+jwt".into());
            let token = jsonwebtoken::encode(&header, &json!({}), &rsa).unwrap();
            assert_eq!(acceptable_header(&token).unwrap_err(), TokenFault::Algorithm);
        }
    }
}
