// SPDX-License-Identifier: EUPL-1.2
//! The keys that the identity provider signs with, and how their public halves are published.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, errors::Error};
use rcgen::{KeyPair, PublicKeyData};
use serde::Serialize;
use serde_json::{Value, json};

/// Ondertekensleutel: a P-256 key for ES256.
#[doc(alias = "ondertekensleutel")]
#[derive(Debug)]
pub struct TokenKey {
    pair: KeyPair,
    kid: String,
}

impl TokenKey {
    /// Makes a key, known by a digest of its public half.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn generate() -> Result<Self, rcgen::Error> {
        let pair = KeyPair::generate()?;
        let digest = digest::digest(&digest::SHA256, pair.der_bytes());
        let kid = URL_SAFE_NO_PAD.encode(digest).chars().take(16).collect();
        Ok(Self { pair, kid })
    }

    /// The key's id in headers and key set.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JSON Web Key.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let point = self.pair.der_bytes();
        // An uncompressed point: 0x04, then 32 bytes x and 32 bytes y.
        let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// The public half as PEM.
    #[must_use]
    pub fn public_pem(&self) -> String {
        self.pair.public_key_pem()
    }

    /// Signs any header and claims with ES256, whatever the header says.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(&self, header: &impl Serialize, claims: &impl Serialize) -> Result<String, Error> {
        let message = signing_input(header, claims)?;
        let key = EncodingKey::from_ec_der(self.pair.serialized_der());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::ES256)?;
        Ok(format!("{message}.{signature}"))
    }
}

/// The part of a token that is signed: header and claims, each in base64url.
pub(crate) fn signing_input(header: &impl Serialize, claims: &impl Serialize) -> Result<String, Error> {
    let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
    Ok(format!("{}.{}", part(serde_json::to_vec(header)?), part(serde_json::to_vec(claims)?)))
}
