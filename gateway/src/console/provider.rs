// SPDX-License-Identifier: EUPL-1.2
//! The identity provider that people log in with: OpenID Connect, code flow with PKCE. Found by discovery, through the one
//! client for outbound calls, and believed only in an ID token that it signed for us, just now, for this browser.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, CsrfToken, HttpRequest, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, SignatureVerificationError, TokenResponse,
};
use serde::{Deserialize, Serialize};
use sluis_connectors::Outbound;
use tokio::sync::{Mutex as Turn, Semaphore};

use super::assertion::AssertionKey;
use crate::identity::exchange;

/// The algorithms that an ID token may be signed with.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
];

const SECOND: i64 = 1_000_000;
/// What discovery said is asked for again after this long, in microseconds.
const STALE: i64 = 15 * 60 * SECOND;
/// A key that is not among the known ones is asked for, but not more often than this.
const FLOOR: i64 = 30 * SECOND;
/// After a failure nobody asks again before this.
const FLOOR_AFTER_FAILURE: i64 = 5 * SECOND;
/// How many log-ins may be finished at the same time.
const AT_ONCE: usize = 8;

/// What the operator agreed with the provider.
#[derive(Debug)]
pub struct Registration {
    /// The issuer, exactly as it calls itself.
    pub issuer: String,
    /// What it calls this gateway.
    pub client: String,
    /// What this gateway signs assertions with.
    pub key: AssertionKey,
    /// Where it sends people back to.
    pub back: String,
}

/// Aanbieder of identities.
#[derive(Debug)]
#[doc(alias = "identiteitsaanbieder")]
pub struct Provider {
    registration: Registration,
    outbound: Outbound,
    known: Turn<Known>,
    finishing: Semaphore,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<(CoreProviderMetadata, i64)>,
    failed_at: Option<i64>,
}

/// A log-in under way, as its browser carries it, sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Departure {
    state: String,
    nonce: String,
    verifier: String,
    began: i64,
}

/// Why a log-in does not succeed. The variant is for metrics and records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum LoginFault {
    /// The provider cannot be reached, or what it says cannot be used.
    #[error("the identity provider cannot be used")]
    Unreachable,
    /// Too many log-ins are being finished at once.
    #[error("too many log-ins at once")]
    Busy,
    /// This browser did not begin this log-in, or too long ago.
    #[error("this browser did not begin this log-in")]
    State,
    /// The provider refused.
    #[error("the identity provider refused")]
    Denied,
    /// The code does not give an ID token.
    #[error("the code does not count")]
    Code,
    /// The ID token does not hold.
    #[error("the ID token does not hold")]
    Token,
    /// The ID token was made for another log-in.
    #[error("the ID token is of another log-in")]
    Nonce,
    /// Nobody in the register.
    #[error("nobody in the register")]
    Unknown,
    /// Somebody without this office today.
    #[error("no such office today")]
    NoOffice,
}

impl LoginFault {
    /// A stable word for metrics and records.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "login_provider_unreachable",
            Self::Busy => "login_busy",
            Self::State => "login_state",
            Self::Denied => "login_denied",
            Self::Code => "login_code",
            Self::Token => "login_token",
            Self::Nonce => "login_nonce",
            Self::Unknown => "login_person_unknown",
            Self::NoOffice => "login_no_office",
        }
    }

    /// Whether the provider vouched for somebody, so that the refusal is worth a record. Anybody can cause the others, and
    /// those are only counted.
    pub(super) const fn is_recorded(self) -> bool {
        matches!(self, Self::Token | Self::Nonce | Self::Unknown | Self::NoOffice)
    }
}

impl Departure {
    /// How long somebody may take at the provider, in microseconds.
    const HOLDS: i64 = 10 * 60 * SECOND;

    fn is_of(&self, state: &str, now: i64) -> bool {
        let (ours, theirs) = (self.state.as_bytes(), state.as_bytes());
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(ours, theirs).is_ok();
        same && (0..Self::HOLDS).contains(&(now - self.began))
    }
}

impl Provider {
    /// The provider of this registration, called through this client.
    #[must_use]
    pub fn new(registration: Registration, outbound: Outbound) -> Self {
        Self { registration, outbound, known: Turn::default(), finishing: Semaphore::new(AT_ONCE) }
    }

    /// The issuer.
    pub(super) fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    /// Where to send a browser, and what it must carry meanwhile.
    pub(super) async fn depart(&self, now: i64) -> Result<(String, Departure), LoginFault> {
        let metadata = self.metadata(now, STALE).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let fresh = || (CsrfToken::new_random_len(32), Nonce::new_random_len(32));
        let (state, nonce) = fresh();
        let client = CoreClient::from_provider_metadata(metadata, self.client(), None).set_redirect_uri(self.back()?);
        let (carried_state, carried_nonce) = (state.secret().clone(), nonce.secret().clone());
        let (url, _, _) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .set_pkce_challenge(challenge)
            .url();
        let verifier = verifier.secret().clone();
        let departure = Departure { state: carried_state, nonce: carried_nonce, verifier, began: now };
        Ok((url.to_string(), departure))
    }

    /// Who came back, as the provider knows them.
    pub(super) async fn arrive(
        &self,
        departure: Departure,
        (state, code): (&str, Option<String>),
        now: i64,
    ) -> Result<String, LoginFault> {
        if !departure.is_of(state, now) {
            return Err(LoginFault::State);
        }
        let code = code.ok_or(LoginFault::Denied)?;
        let _place = self.finishing.try_acquire().map_err(|_| LoginFault::Busy)?;
        let token = self.exchanged(code, departure.verifier, now).await?;
        let nonce = Nonce::new(departure.nonce);
        match self.subject(&token, &nonce, self.metadata(now, STALE).await?, now) {
            // The provider may have a new key since it was asked last.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                self.subject(&token, &nonce, self.metadata(now, FLOOR).await?, now)
            }
            judged => judged,
        }
        .map_err(|fault| match fault {
            ClaimsVerificationError::InvalidNonce(_) => LoginFault::Nonce,
            _ => LoginFault::Token,
        })
    }

    async fn exchanged(&self, code: String, verifier: String, now: i64) -> Result<CoreIdToken, LoginFault> {
        let metadata = self.metadata(now, STALE).await?;
        let registration = &self.registration;
        let assertion = registration.key.sign(&registration.client, &registration.issuer, now);
        let client = CoreClient::from_provider_metadata(metadata, self.client(), None).set_redirect_uri(self.back()?);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| LoginFault::Unreachable)?;
        let call = |request: HttpRequest| exchange::call(&self.outbound, request);
        let answer = request
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .add_extra_param("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .add_extra_param("client_assertion", assertion.ok_or(LoginFault::Unreachable)?)
            .request_async(&call)
            .await
            .map_err(|fault| match fault {
                openidconnect::RequestTokenError::Request(_) => LoginFault::Unreachable,
                _ => LoginFault::Code,
            })?;
        answer.id_token().cloned().ok_or(LoginFault::Token)
    }

    /// The subject of an ID token, when all of it holds: signature, algorithm, issuer, audience, times, nonce.
    fn subject(
        &self,
        token: &CoreIdToken,
        nonce: &Nonce,
        metadata: CoreProviderMetadata,
        now: i64,
    ) -> Result<String, ClaimsVerificationError> {
        let (issuer, keys) = (metadata.issuer().clone(), metadata.jwks().clone());
        let verifier = CoreIdTokenVerifier::new_public_client(self.client(), issuer, keys).set_allowed_algs(ALGORITHMS);
        let claims = token.claims(&verifier, nonce)?;
        // The library looks at the clock of the machine; ours never goes back behind what was committed.
        if claims.expiration().timestamp() <= now.div_euclid(SECOND) {
            return Err(ClaimsVerificationError::Expired("by our own clock".into()));
        }
        Ok(claims.subject().to_string())
    }

    /// What discovery says of the provider, no older than this unless that was asked for a moment ago.
    async fn metadata(&self, now: i64, oldest: i64) -> Result<CoreProviderMetadata, LoginFault> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && (0..=oldest).contains(&(now - at))
        {
            return Ok(metadata.clone());
        }
        if known.failed_at.is_some_and(|at| (0..FLOOR_AFTER_FAILURE).contains(&(now - at))) {
            return Err(LoginFault::Unreachable);
        }
        let url = IssuerUrl::new(self.registration.issuer.clone()).map_err(|_| LoginFault::Unreachable)?;
        let call = |request: HttpRequest| exchange::call(&self.outbound, request);
        if let Ok(metadata) = CoreProviderMetadata::discover_async(url, &call).await {
            *known = Known { metadata: Some((metadata.clone(), now)), failed_at: None };
            return Ok(metadata);
        }
        tracing::warn!("the identity provider for people cannot be used");
        known.failed_at = Some(now);
        Err(LoginFault::Unreachable)
    }

    fn client(&self) -> ClientId {
        ClientId::new(self.registration.client.clone())
    }

    fn back(&self) -> Result<RedirectUrl, LoginFault> {
        RedirectUrl::new(self.registration.back.clone()).map_err(|_| LoginFault::Unreachable)
    }
}
