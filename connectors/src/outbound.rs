// SPDX-License-Identifier: EUPL-1.2
//! The one way out: every call that leaves the gateway goes through an [`Outbound`].

use std::{error::Error, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use reqwest::{header::HeaderValue, redirect::Policy};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::{
    address::{GuardedResolver, OutOfReach, Reach},
    delivery::Failure,
};

/// The largest answer that is read, in bytes. Answers are read whole and never passed on as a stream.
pub const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// Uitgaand verkeer: an HTTPS client with explicit roots, this gateway's certificate, deadlines and a guarded reach. It
/// follows no redirect and reads no proxy from the environment. Cheap to clone; clones go the same way, also after
/// [`Outbound::follow`].
#[doc(alias = "uitgaand verkeer")]
#[derive(Clone, Debug)]
pub struct Outbound {
    way: Arc<ArcSwap<Way>>,
    trace: Option<HeaderValue>,
}

/// How calls go: one set of certificates, deadlines and hosts.
#[derive(Debug)]
struct Way {
    client: reqwest::Client,
    reach: Arc<Reach>,
}

/// What an [`Outbound`] is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Certificates of the authorities that counterparts are trusted by, PEM. At least one.
    pub roots_pem: Vec<u8>,
    /// The certificate that this side shows; none for calls that need no client certificate.
    pub identity: Option<Identity>,
    /// Where calls may go.
    pub reach: Reach,
    /// How long a connection may take to stand, TLS included.
    pub connect_within: Duration,
    /// How long a whole exchange may take, from the first byte to the last.
    pub answer_within: Duration,
}

/// Identiteit: a certificate chain with its key, both PEM. The key does not print.
#[doc(alias = "identiteit")]
#[derive(Clone)]
pub struct Identity {
    /// Own certificate first, then those above it, PEM.
    pub chain_pem: Vec<u8>,
    /// Its private key, PEM.
    pub key_pem: Vec<u8>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Identity")
    }
}

/// Why an [`Outbound`] cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The trusted certificates cannot be read, or there is none.
    #[error("trusted certificates cannot be read")]
    Roots,
    /// The own certificate or key cannot be read.
    #[error("own certificate or key cannot be read")]
    Identity,
    /// Certificate and key do not fit each other or are of a kind that is not supported.
    #[error("certificate and key cannot be used")]
    Unusable(#[from] rustls::Error),
    /// The client could not be set up.
    #[error("client cannot be set up")]
    Setup,
}

/// Antwoord: a counterpart's answer, read whole.
#[doc(alias = "antwoord")]
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status; never 3xx.
    pub status: u16,
    /// Headers as sent.
    pub headers: reqwest::header::HeaderMap,
    /// The body, at most [`MAX_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

impl Outbound {
    /// Builds the client.
    ///
    /// # Errors
    /// When certificates or key cannot be read or used.
    pub fn new(settings: Settings) -> Result<Self, OutboundError> {
        let reach = Arc::new(settings.reach);
        let tls = tls_config(&settings.roots_pem, settings.identity.as_ref())?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .redirect(Policy::none())
            .dns_resolver(GuardedResolver(Arc::clone(&reach)))
            .connect_timeout(settings.connect_within)
            .timeout(settings.answer_within)
            .user_agent("sluis")
            .build()
            .map_err(|_| OutboundError::Setup)?;
        Ok(Self { way: Arc::new(ArcSwap::from_pointee(Way { client, reach })), trace: None })
    }

    /// From the next call on, this client and all its clones go the way of `next`: with its certificates, within its reach.
    /// A call under way ends as it began.
    pub fn follow(&self, next: &Self) {
        self.way.store(next.way.load_full());
    }

    /// The same client, whose calls carry this `traceparent` (W3C Trace Context). A text that cannot stand in a header is
    /// left out: a trace is never worth a message.
    #[must_use]
    pub fn with_trace(&self, traceparent: &str) -> Self {
        Self { trace: HeaderValue::from_str(traceparent).ok(), ..self.clone() }
    }

    /// Sends one request and reads the whole answer, whatever its status but 3xx. For calls that have no message of
    /// their own, such as an identity provider's discovery and key set.
    ///
    /// # Errors
    /// When the address is out of reach, or no whole answer of a permitted size came in time.
    pub async fn exchange(&self, mut request: reqwest::Request) -> Result<Answer, Failure> {
        let way = self.way.load_full();
        if way.reach.permit(request.url()).is_err() {
            return Err(Failure::OutOfReach);
        }
        if let Some(trace) = &self.trace {
            request.headers_mut().insert("traceparent", trace.clone());
        }
        let mut response = way.client.execute(request).await.map_err(|error| failure(&error))?;
        if response.status().is_redirection() {
            return Err(Failure::Redirected);
        }
        if response.content_length().is_some_and(|length| length > MAX_ANSWER_BYTES as u64) {
            return Err(Failure::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES {
                return Err(Failure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status().as_u16(), headers: std::mem::take(response.headers_mut()), body })
    }
}

fn tls_config(roots_pem: &[u8], identity: Option<&Identity>) -> Result<ClientConfig, OutboundError> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(roots_pem).ok_or(OutboundError::Roots)? {
        roots.add(certificate).map_err(|_| OutboundError::Roots)?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let Some(identity) = identity else {
        return Ok(builder.with_no_client_auth());
    };
    let own = chain(&identity.chain_pem).ok_or(OutboundError::Identity)?;
    let key = PrivateKeyDer::from_pem_slice(&identity.key_pem).map_err(|_| OutboundError::Identity)?;
    Ok(builder.with_client_auth_cert(own, key)?)
}

fn chain(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    if certificates.is_empty() { None } else { Some(certificates) }
}

/// Reads what went wrong from the chain of causes. The error itself goes no further: it may name the whole URL.
fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = cause {
        if inner.is::<OutOfReach>() {
            return Failure::OutOfReach;
        }
        cause = inner.source();
    }
    // INVARIANT: `Unreachable` says that nothing left, so it is said of a connection that never stood and of nothing else.
    if error.is_connect() {
        Failure::Unreachable
    } else if error.is_timeout() {
        Failure::TimedOut
    } else if error.is_builder() {
        Failure::Unsendable
    } else {
        Failure::Broken
    }
}
