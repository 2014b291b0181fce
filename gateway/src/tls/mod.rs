// SPDX-License-Identifier: EUPL-1.2
//! The TLS of the machine listener: certificates that can be swapped, and trust that can be replaced, while requests run.
//!
//! The machine listener completes a handshake without a client certificate, so that the open documents can be read;
//! a certificate that is shown must chain to a configured root. Sessions are never resumed: a resumed session would carry
//! a certificate past the reload that stopped trusting it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs as provider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use x509_parser::prelude::{FromDer, X509Certificate};

mod client;
mod revocation;

pub use client::{CertificateFault, ClientCertificate, ClientTrust, Connection, Thumbprint, Trusted};
pub use revocation::ListFault;

pub(crate) use client::remember_certificate;

use crate::clock::Clock;

/// Why a listener or an outbound client could not be given its certificates.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// A file could not be opened or holds no PEM of the kind that was asked for.
    #[error("`{path}` cannot be read as PEM: {trouble}")]
    Pem {
        /// The file as configured.
        path: String,
        /// What the PEM reader stumbled over.
        trouble: String,
    },
    /// The key does not belong to the certificate, or is of a kind that cannot be used.
    #[error("certificate and key do not form a pair: {0}")]
    Pair(rustls::Error),
    /// A root is not a certificate that can anchor trust.
    #[error("a root certificate cannot be used: {0}")]
    Root(String),
    /// The library refuses the combination.
    #[error("tls cannot be set up: {0}")]
    Setup(rustls::Error),
}

/// Installs the one cryptographic provider of this process. Call it first; calling it again does no harm.
pub fn install_provider() {
    // The only failure is that one is installed already, and every caller in this process installs the same.
    let _already_installed = provider::default_provider().install_default();
}

/// Reads a certificate chain and its key.
///
/// # Errors
/// When a file cannot be read, or the two are not a pair.
pub fn credentials(chain: &Path, key: &Path) -> Result<CertifiedKey, TlsFault> {
    CertifiedKey::from_der(certificates(chain)?, private_key(key)?, &provider::default_provider())
        .map_err(TlsFault::Pair)
}

/// When the first certificate of a file ends, in microseconds since 1970 (UTC).
///
/// # Errors
/// When the file cannot be read.
pub fn first_end(path: &Path) -> Result<i64, TlsFault> {
    let end = |der: &CertificateDer<'_>| {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(certificate.validity().not_after.timestamp().saturating_mul(1_000_000))
    };
    let ends: Option<Vec<i64>> = certificates(path)?.iter().map(end).collect();
    let first = ends.and_then(|ends| ends.into_iter().min());
    first.ok_or_else(|| TlsFault::Pem { path: path.display().to_string(), trouble: "not a certificate".into() })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let fault = |trouble: String| TlsFault::Pem { path: path.display().to_string(), trouble };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|error| fault(error.to_string()))?;
    if certificates.is_empty() {
        return Err(fault("no certificate found".into()));
    }
    Ok(certificates)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    PrivateKeyDer::from_pem_file(path)
        .map_err(|error| TlsFault::Pem { path: path.display().to_string(), trouble: error.to_string() })
}

/// The certificate that a listener shows, which a reload may replace between two handshakes.
pub struct SwappableCertificate(ArcSwap<CertifiedKey>);

impl SwappableCertificate {
    /// Starts with this certificate.
    #[must_use]
    pub fn new(first: CertifiedKey) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(first)))
    }

    /// Shows another certificate from the next handshake on.
    pub fn swap(&self, next: CertifiedKey) {
        self.0.store(Arc::new(next));
    }
}

impl fmt::Debug for SwappableCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SwappableCertificate")
    }
}

impl ResolvesServerCert for SwappableCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// The configuration of the machine listener: client certificates are verified when shown, and may be left out.
///
/// # Errors
/// When the library refuses the combination.
pub fn machine(
    certificate: Arc<SwappableCertificate>,
    trust: Arc<ClientTrust>,
    clock: Arc<dyn Clock>,
) -> Result<ServerConfig, TlsFault> {
    let provider = Arc::new(provider::default_provider());
    let builder = server_builder(provider, clock)?.with_client_cert_verifier(trust);
    Ok(finished(builder.with_cert_resolver(certificate)))
}

/// The configuration of the people listener: no client certificate is asked for, so that no browser asks its person for one.
///
/// # Errors
/// When the library refuses the combination.
pub fn people(certificate: Arc<SwappableCertificate>, clock: Arc<dyn Clock>) -> Result<ServerConfig, TlsFault> {
    let provider = Arc::new(provider::default_provider());
    Ok(finished(server_builder(provider, clock)?.with_no_client_auth().with_cert_resolver(certificate)))
}

fn server_builder(
    provider: Arc<CryptoProvider>,
    clock: Arc<dyn Clock>,
) -> Result<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>, TlsFault> {
    ServerConfig::builder_with_details(provider, Arc::new(HandshakeTime(clock)))
        .with_safe_default_protocol_versions()
        .map_err(TlsFault::Setup)
}

fn finished(mut config: ServerConfig) -> ServerConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config
}

/// Our clock, as the handshake wants it.
#[derive(Debug)]
struct HandshakeTime(Arc<dyn Clock>);

impl TimeProvider for HandshakeTime {
    fn current_time(&self) -> Option<UnixTime> {
        let micros = u64::try_from(self.0.now().instant).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_micros(micros)))
    }
}
