// SPDX-License-Identifier: EUPL-1.2
//! Client certificates: who holds one, whose are accepted, and whether a connection that stands would still be accepted now.

use std::any::Any;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use arc_swap::ArcSwap;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::aws_lc_rs as provider;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use sluis_policy::Oin;
use x509_parser::oid_registry::OID_X509_SERIALNUMBER;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::TlsFault;
use super::revocation::{ListFault, Lists};

/// Vertrouwen in clientcertificaten: whose are accepted. A reload replaces it, and connections that stand are judged anew
/// at their next request, so that a withdrawn root or certificate stops counting at once.
#[derive(Debug)]
#[doc(alias = "vertrouwen")]
pub struct ClientTrust(ArcSwap<Generation>);

#[derive(Debug)]
struct Generation {
    /// From 1 on; a connection that was never judged holds 0.
    number: u64,
    trusted: Trusted,
}

/// What may be trusted, checked and ready to take effect.
#[derive(Clone, Debug)]
pub struct Trusted(Arc<Ground>);

#[derive(Debug)]
struct Ground {
    verifier: Arc<dyn ClientCertVerifier>,
    roots: Vec<CertificateDer<'static>>,
    lists: Lists,
    /// When the first list lapses, in microseconds; what was judged before must be judged again after.
    first_lapse: i64,
}

impl Trusted {
    /// Certificates under these roots. When revocation lists are given, every certificate must be covered by one that has
    /// not lapsed, and be absent from it; without any, none is looked at.
    ///
    /// # Errors
    /// When roots or lists cannot be used.
    pub fn new(
        roots: Vec<CertificateDer<'static>>,
        revocations: Vec<CertificateRevocationListDer<'static>>,
    ) -> Result<Self, TlsFault> {
        let verifier = verifier(&roots, revocations.clone())?;
        Ok(Self::on(verifier, roots, Lists::of(revocations)))
    }

    fn on(verifier: Arc<dyn ClientCertVerifier>, roots: Vec<CertificateDer<'static>>, lists: Lists) -> Self {
        let first_lapse = lists.first_lapse();
        Self(Arc::new(Ground { verifier, roots, lists, first_lapse }))
    }

    /// The same, from PEM files. A list that cannot be used does not keep the others from being used; whose certificates it
    /// was to cover are refused, and [`Trusted::faults`] names it.
    ///
    /// # Errors
    /// When the roots cannot be read or used.
    pub fn read(roots: &Path, revocations: &[impl AsRef<Path>]) -> Result<Self, TlsFault> {
        let roots = super::certificates(roots)?;
        let usable = |list: &CertificateRevocationListDer<'static>| verifier(&roots, vec![list.clone()]).is_ok();
        let lists = Lists::read(revocations, usable);
        Ok(Self::on(verifier(&roots, lists.ders())?, roots, lists))
    }

    /// What is wrong with the revocation lists at an instant, in microseconds since 1970 (UTC).
    #[must_use]
    pub fn faults(&self, now: i64) -> Vec<ListFault> {
        self.0.lists.faults(&self.0.roots, now)
    }

    /// Whether some client can still be accepted: there are no lists, or one of the roots is covered.
    #[must_use]
    pub fn accepts_some(&self, now: i64) -> bool {
        let uncovered = self.faults(now).iter().filter(|fault| matches!(fault, ListFault::Uncovered { .. })).count();
        uncovered < self.0.roots.len() || !self.0.lists.configured()
    }

    /// The roots and the revocation lists, as they were read.
    pub(crate) fn anchors(&self) -> Vec<Vec<u8>> {
        let (roots, lists) = (self.0.roots.iter(), self.0.lists.ders());
        roots.map(|root| root.to_vec()).chain(lists.iter().map(|list| list.to_vec())).collect()
    }

    fn verify(&self, own: &CertificateDer<'_>, above: &[CertificateDer<'_>], now: UnixTime) -> Result<(), Error> {
        // INVARIANT: without a list to look in, the verifier would look in none; what is configured is never skipped.
        if self.0.lists.configured() && self.0.lists.ders().is_empty() {
            return Err(Error::InvalidCertificate(CertificateError::UnknownRevocationStatus));
        }
        self.0.verifier.verify_client_cert(own, above, now).map(drop)
    }
}

fn verifier(
    roots: &[CertificateDer<'static>],
    revocations: Vec<CertificateRevocationListDer<'static>>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsFault> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone()).map_err(|error| TlsFault::Root(error.to_string()))?;
    }
    let provider = Arc::new(provider::default_provider());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(store), provider).allow_unauthenticated();
    let builder =
        if revocations.is_empty() { builder } else { builder.with_crls(revocations).enforce_revocation_expiration() };
    builder.build().map_err(|error| TlsFault::Root(error.to_string()))
}

impl ClientTrust {
    /// Starts with this.
    #[must_use]
    pub fn new(first: Trusted) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(Generation { number: 1, trusted: first })))
    }

    /// Trusts this instead, from now on, for new connections and for those that stand.
    pub fn replace(&self, next: Trusted) {
        self.0.rcu(|before| Generation { number: before.number.saturating_add(1), trusted: next.clone() });
    }

    /// What is trusted now.
    #[must_use]
    pub fn now(&self) -> Trusted {
        self.0.load().trusted.clone()
    }

    /// Whether another trust has come into force since a connection was first judged.
    pub(crate) fn has_overtaken(&self, connection: &Connection) -> bool {
        let first = connection.first_judged.load(Ordering::Acquire);
        first != 0 && first != self.0.load().number
    }

    /// Whether the certificate of a connection is trusted now. `now` is in microseconds since 1970 (UTC).
    pub(crate) fn holds(&self, connection: &Connection, now: i64) -> bool {
        let Generation { number, trusted } = &**self.0.load();
        if connection.judged.load(Ordering::Acquire) == *number && now < trusted.0.first_lapse {
            return true;
        }
        let Some((own, above)) = connection.chain.split_first() else { return false };
        let Ok(micros) = u64::try_from(now) else { return false };
        let time = UnixTime::since_unix_epoch(Duration::from_micros(micros));
        let holds = trusted.verify(own, above, time).is_ok();
        if holds {
            connection.judged.store(*number, Ordering::Release);
            let _first_stays =
                connection.first_judged.compare_exchange(0, *number, Ordering::AcqRel, Ordering::Acquire);
        }
        holds
    }
}

// The handshake asks whoever is in force at that moment. No hints are given of which roots those are.
impl ClientCertVerifier for ClientTrust {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.0.load().trusted.verify(own, above, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.load().trusted.0.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.load().trusted.0.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.load().trusted.0.verifier.supported_verify_schemes()
    }
}

/// What a connection showed at its handshake, kept with the connection and judged again at each request.
#[derive(Debug)]
pub struct Connection {
    chain: Vec<CertificateDer<'static>>,
    certificate: Option<Result<ClientCertificate, CertificateFault>>,
    /// Under which trust it last held.
    judged: AtomicU64,
    /// Under which trust it first held.
    first_judged: AtomicU64,
}

impl Connection {
    fn with(chain: Vec<CertificateDer<'static>>) -> Self {
        let certificate = chain.first().map(|der| ClientCertificate::from_der(der));
        Self { chain, certificate, judged: AtomicU64::new(0), first_judged: AtomicU64::new(0) }
    }

    /// The client certificate, when one was shown: who holds it, or why it names nobody.
    #[must_use]
    pub fn certificate(&self) -> Option<&Result<ClientCertificate, CertificateFault>> {
        self.certificate.as_ref()
    }
}

/// Reads each new connection's certificate into its data.
pub(crate) fn remember_certificate(stream: &dyn Any, data: &mut Extensions) {
    let Some(stream) = stream.downcast_ref::<actix_tls::accept::rustls_0_23::TlsStream<TcpStream>>() else {
        return;
    };
    let (_, session) = stream.get_ref();
    let chain = session.peer_certificates().unwrap_or_default();
    data.insert(Connection::with(chain.iter().map(|der| der.clone().into_owned()).collect()));
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
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateFault::Unreadable)?;
        let serials: Vec<_> = certificate.subject().iter_by_oid(&OID_X509_SERIALNUMBER).collect();
        let [serial] = serials.as_slice() else {
            return Err(CertificateFault::SerialNumbers(serials.len()));
        };
        let text = serial.as_str().map_err(|_| CertificateFault::NotAnOin)?;
        Ok(Self {
            oin: text.parse().map_err(|_| CertificateFault::NotAnOin)?,
            not_after: certificate.validity().not_after.timestamp().saturating_mul(1_000_000),
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

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType, IsCa,
        KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
    };

    use super::*;

    /// 1 July 2026, when everything below is valid.
    const NOW: i64 = 1_782_864_000_000_000;
    const SERIAL: u64 = 42;

    fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn connection(authority: &CertifiedIssuer<'static, KeyPair>) -> Connection {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), "99000000000000000001");
        params.serial_number = Some(SerialNumber::from(SERIAL));
        let key = KeyPair::generate().unwrap();
        Connection::with(vec![params.signed_by(&key, authority).unwrap().der().clone()])
    }

    fn list(
        authority: &CertifiedIssuer<'static, KeyPair>,
        withdrawn: u64,
        lapses: i32,
    ) -> CertificateRevocationListDer<'static> {
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 1, 1),
            next_update: date_time_ymd(lapses, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(withdrawn),
                revocation_time: date_time_ymd(2025, 1, 1),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(authority).unwrap().der().clone()
    }

    fn trusting(
        authority: &CertifiedIssuer<'static, KeyPair>,
        lists: Vec<CertificateRevocationListDer<'static>>,
    ) -> Trusted {
        Trusted::new(vec![authority.der().clone()], lists).unwrap()
    }

    #[test]
    fn a_connection_that_stands_is_judged_by_what_is_trusted_now() {
        let (ours, other) = (authority("Onze CA"), authority("Andere CA"));
        let connection = connection(&ours);
        let trust = ClientTrust::new(trusting(&ours, Vec::new()));
        assert!(!trust.has_overtaken(&connection), "it was never judged");
        assert!(trust.holds(&connection, NOW) && !trust.has_overtaken(&connection));
        for (what, trusted, holds) in [
            ("another root", trusting(&other, Vec::new()), false),
            ("our root again", trusting(&ours, Vec::new()), true),
            ("withdrawn", trusting(&ours, vec![list(&ours, SERIAL, 2030)]), false),
            ("another one withdrawn", trusting(&ours, vec![list(&ours, SERIAL + 1, 2030)]), true),
            ("a list that has lapsed", trusting(&ours, vec![list(&ours, SERIAL + 1, 2026)]), false),
            ("a list of another authority", trusting(&ours, vec![list(&other, SERIAL, 2030)]), false),
        ] {
            trust.replace(trusted);
            assert_eq!(trust.holds(&connection, NOW), holds, "{what}");
            assert_eq!(trust.holds(&connection, NOW), holds, "{what}, asked again");
            assert!(trust.has_overtaken(&connection), "{what}");
        }
    }

    #[test]
    fn a_list_that_lapses_stops_a_connection_that_was_judged_before() {
        let ours = authority("Onze CA");
        let connection = connection(&ours);
        let trust = ClientTrust::new(trusting(&ours, vec![list(&ours, SERIAL + 1, 2027)]));
        assert!(trust.holds(&connection, NOW) && trust.now().faults(NOW).is_empty());
        let later = NOW + 365 * 24 * 3600 * 1_000_000;
        assert!(!trust.holds(&connection, later));
        assert!(trust.holds(&connection, NOW), "it is the time that counts, not the order of asking");
        let faults = trust.now().faults(later);
        assert!(matches!(faults[..], [ListFault::Lapsed { .. }, ListFault::Uncovered { .. }]), "{faults:?}");
        assert!(trust.now().accepts_some(NOW) && !trust.now().accepts_some(later));
    }

    #[test]
    fn lists_are_judged_by_root() {
        let (ours, other) = (authority("Onze CA"), authority("Andere CA"));
        let forged = authority("Onze CA");
        let roots = || vec![ours.der().clone(), other.der().clone()];
        let words = |lists| {
            let trusted = Trusted::new(roots(), lists).unwrap();
            let words: Vec<_> = trusted.faults(NOW).iter().map(ToString::to_string).collect();
            (words.join("; "), trusted.accepts_some(NOW))
        };
        assert_eq!(words(Vec::new()), (String::new(), true));
        assert_eq!(words(vec![list(&ours, 1, 2030), list(&other, 1, 2030)]), (String::new(), true));
        let (said, some) = words(vec![list(&ours, 1, 2030)]);
        assert!(some && said.contains("Andere CA") && !said.contains("Onze CA"), "{said}");
        let (said, some) = words(vec![list(&forged, 1, 2030)]);
        assert!(!some && said.contains("not signed") && said.contains("Onze CA"), "{said}");
    }

    #[test]
    fn a_connection_without_a_certificate_is_never_trusted() {
        let trust = ClientTrust::new(trusting(&authority("Onze CA"), Vec::new()));
        assert!(!trust.holds(&Connection::with(Vec::new()), NOW));
    }
}
