// SPDX-License-Identifier: EUPL-1.2
//! The TLS of the listeners: certificates that can be swapped while requests run, and what a client certificate says.
//!
//! The machine listener completes a handshake without a client certificate, so that the open documents can be read;
//! a certificate that is shown must chain to a configured root. Sessions are never resumed: a resumed session would carry
//! a certificate past the reload that stopped trusting it.

use std::any::Any;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use arc_swap::ArcSwap;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::crypto::{CryptoProvider, aws_lc_rs as provider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, ServerConfig};
use sluis_policy::Oin;
use x509_parser::oid_registry::OID_X509_SERIALNUMBER;
use x509_parser::prelude::{FromDer, X509Certificate};

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
    CertifiedKey::from_der(
        certificates(chain)?,
        private_key(key)?,
        &provider::default_provider(),
    )
    .map_err(TlsFault::Pair)
}

/// Reads a file of trusted roots.
///
/// # Errors
/// When the file cannot be read, is empty, or holds something that cannot anchor trust.
pub fn roots(path: &Path) -> Result<RootCertStore, TlsFault> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(path)? {
        store
            .add(certificate)
            .map_err(|error| TlsFault::Root(error.to_string()))?;
    }
    Ok(store)
}

pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let fault = |trouble: String| TlsFault::Pem {
        path: path.display().to_string(),
        trouble,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|error| fault(error.to_string()))?;
    if certificates.is_empty() {
        return Err(fault("no certificate found".into()));
    }
    Ok(certificates)
}

pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| TlsFault::Pem {
        path: path.display().to_string(),
        trouble: error.to_string(),
    })
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
/// When the roots cannot be used.
pub fn machine(
    certificate: Arc<SwappableCertificate>,
    client_roots: RootCertStore,
    clock: Arc<dyn Clock>,
) -> Result<ServerConfig, TlsFault> {
    let provider = Arc::new(provider::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(client_roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .map_err(|error| TlsFault::Root(error.to_string()))?;
    let builder = server_builder(provider, clock)?.with_client_cert_verifier(verifier);
    Ok(finished(builder.with_cert_resolver(certificate)))
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
        Some(UnixTime::since_unix_epoch(
            std::time::Duration::from_micros(micros),
        ))
    }
}

/// The SHA-256 of a certificate, as `x5t#S256` writes it (RFC 8705, section 3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The thumbprint of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Self(bytes)
    }

    /// The digest itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a verified client certificate says about its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    oin: Oin,
    not_after: i64,
    thumbprint: Thumbprint,
}

/// Why a certificate that chains to a trusted root still names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// It cannot be taken apart.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// The subject has no serialNumber attribute, or several.
    #[error("the certificate's subject must have exactly one serialNumber, and has {0}")]
    SerialNumbers(usize),
    /// The serialNumber is not an OIN.
    #[error("the serialNumber of the certificate's subject is not an OIN")]
    NotAnOin,
}

impl ClientCertificate {
    /// Reads the holder from a certificate whose chain the handshake has verified.
    ///
    /// # Errors
    /// When the subject does not carry exactly one OIN.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|_| CertificateFault::Unreadable)?;
        let serials: Vec<_> = certificate
            .subject()
            .iter_by_oid(&OID_X509_SERIALNUMBER)
            .collect();
        let [serial] = serials.as_slice() else {
            return Err(CertificateFault::SerialNumbers(serials.len()));
        };
        let text = serial.as_str().map_err(|_| CertificateFault::NotAnOin)?;
        Ok(Self {
            oin: text.parse().map_err(|_| CertificateFault::NotAnOin)?,
            not_after: certificate
                .validity()
                .not_after
                .timestamp()
                .saturating_mul(1_000_000),
            thumbprint: Thumbprint::of(der),
        })
    }

    /// The organisation that holds the certificate: a vendor, or the acting organisation itself.
    #[must_use]
    pub fn oin(&self) -> Oin {
        self.oin
    }

    /// The last instant at which the certificate counts, in microseconds since 1970 (UTC).
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.not_after
    }

    /// What a token's `cnf` claim must name.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }
}

/// The generation of what this process trusts. A reload of roots or revocations raises it, and connections that were
/// made under an earlier one are refused at their next request.
#[derive(Clone, Debug, Default)]
pub struct TrustEpoch(Arc<AtomicU64>);

impl TrustEpoch {
    /// The present generation.
    #[must_use]
    pub fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Starts a new generation.
    pub fn raise(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// What a connection showed at its handshake, kept with the connection and judged again at each request.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The generation of trust under which the handshake was made.
    pub epoch: u64,
    /// The client certificate, when one was shown.
    pub certificate: Option<Result<Arc<ClientCertificate>, CertificateFault>>,
}

/// Makes the function that reads each new connection's certificate into its data.
pub fn remember_certificate(
    epoch: TrustEpoch,
) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + Clone {
    move |stream, data| {
        let Some(stream) =
            stream.downcast_ref::<actix_tls::accept::rustls_0_23::TlsStream<TcpStream>>()
        else {
            return;
        };
        let (_, session) = stream.get_ref();
        let certificate = session
            .peer_certificates()
            .and_then(<[_]>::first)
            .map(|der| ClientCertificate::from_der(der).map(Arc::new));
        data.insert(Connection {
            epoch: epoch.current(),
            certificate,
        });
    }
}
