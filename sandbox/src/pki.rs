// SPDX-License-Identifier: EUPL-1.2
//! A development PKI: one authority per run, server certificates for loopback, client certificates that name an OIN.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::digest;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PublicKeyData, RevokedCertParams,
    SerialNumber, SignatureAlgorithm, SigningKey, date_time_ymd,
};
use sluis_connectors::Identity;
use x509_parser::{
    oid_registry::OID_X509_SERIALNUMBER,
    prelude::{FromDer, X509Certificate},
};

/// How long certificates live, from an hour before they are made.
const LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// Ontwikkel-PKI: a certificate authority that lives in memory for one run.
#[doc(alias = "ontwikkel-PKI")]
pub struct Pki {
    authority: CertificateParams,
    key: KeyPair,
    ca_pem: String,
}

/// Why a certificate was not made.
#[derive(Debug, thiserror::Error)]
#[error("certificate cannot be made")]
pub struct PkiError(#[from] rcgen::Error);

/// Certificaat: an issued certificate with its key.
#[doc(alias = "certificaat")]
#[derive(Clone)]
pub struct Issued {
    /// The certificate, PEM.
    pub certificate_pem: String,
    /// Its private key, PKCS#8 PEM.
    pub key_pem: String,
    der: Vec<u8>,
}

/// Where the PEM files of an [`Issued`] certificate lie.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate.
    pub certificate: PathBuf,
    /// The key, readable by its owner only.
    pub key: PathBuf,
}

/// What may be wrong with a client certificate, for tests that must see it refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Two serialNumber attributes in the subject.
    TwoSerialNumbers,
    /// No serialNumber attribute in the subject.
    NoSerialNumber,
    /// Ended an hour ago.
    Expired,
    /// Starts in an hour.
    NotYetValid,
    /// Made for servers, not for clients.
    ServerOnly,
}

impl Pki {
    /// Makes an authority. `name` stands in its subject.
    ///
    /// # Errors
    /// When keys cannot be made.
    pub fn new(name: &str) -> Result<Self, PkiError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::OrganizationName, "Sluis ontwikkeling");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        valid(&mut params, SystemTime::now());
        let ca_pem = params.self_signed(&key)?.pem();
        Ok(Self { authority: params, key, ca_pem })
    }

    /// The authority's own certificate, PEM: the root to trust.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Writes the authority's certificate as `ca.pem` into a folder.
    ///
    /// # Errors
    /// When the folder or file cannot be written.
    pub fn write_ca(&self, folder: &Path) -> io::Result<PathBuf> {
        write(folder, "ca.pem", &self.ca_pem, 0o644)
    }

    /// A server certificate for `localhost`, 127.0.0.1 and ::1.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn server(&self) -> Result<Issued, PkiError> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        valid(&mut params, SystemTime::now());
        self.issue(params)
    }

    /// A client certificate of the organisation `holder`, whose subject has `oin` as its one serialNumber. The OIN is
    /// not checked, so that tests can ask for one of 19 digits.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn client(&self, holder: &str, oin: &str) -> Result<Issued, PkiError> {
        self.issue(client_params(holder, Some(oin)))
    }

    /// A client certificate with something wrong.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn odd_client(&self, holder: &str, oin: &str, oddity: Oddity) -> Result<Issued, PkiError> {
        let hour = Duration::from_secs(3600);
        let mut params = client_params(holder, Some(oin));
        match oddity {
            Oddity::TwoSerialNumbers => return self.issue_twice_numbered(params, oin),
            Oddity::NoSerialNumber => params = client_params(holder, None),
            Oddity::Expired => valid(&mut params, SystemTime::now() - LIFETIME),
            Oddity::NotYetValid => valid(&mut params, SystemTime::now() + 2 * hour),
            Oddity::ServerOnly => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
        }
        self.issue(params)
    }

    /// A list of withdrawn certificates, PEM, that lapses at an instant.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn revocation_list(&self, withdrawn: &[&Issued], lapses: SystemTime) -> Result<String, PkiError> {
        let epoch = date_time_ymd(1970, 1, 1);
        let since = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let made = epoch + since(SystemTime::now()) - Duration::from_secs(3600);
        let revoked = |issued: &&Issued| {
            let (_, certificate) = X509Certificate::from_der(issued.der()).ok()?;
            Some(RevokedCertParams {
                serial_number: SerialNumber::from_slice(certificate.raw_serial()),
                revocation_time: made,
                reason_code: None,
                invalidity_date: None,
            })
        };
        let params = CertificateRevocationListParams {
            this_update: made,
            next_update: epoch + since(lapses),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: withdrawn.iter().filter_map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let issuer = Issuer::from_params(&self.authority, &self.key);
        Ok(params.signed_by(&issuer)?.pem()?)
    }

    fn issue(&self, params: CertificateParams) -> Result<Issued, PkiError> {
        let key = KeyPair::generate()?;
        let issuer = Issuer::from_params(&self.authority, &self.key);
        let der = params.signed_by(&key, &issuer)?.der().to_vec();
        Ok(Issued::new(der, &key))
    }

    /// rcgen keeps one value per attribute type, so the second number is issued under another attribute of the same
    /// length and renamed both in what is signed and in the result.
    fn issue_twice_numbered(&self, mut params: CertificateParams, oin: &str) -> Result<Issued, PkiError> {
        params.distinguished_name.push(DnType::CustomDnType(PSEUDONYM.to_vec()), oin);
        let key = KeyPair::generate()?;
        let issuer = Issuer::from_params(&self.authority, RenamingKey(&self.key));
        let der = renamed(params.signed_by(&key, &issuer)?.der());
        Ok(Issued::new(der, &key))
    }
}

impl Issued {
    fn new(der: Vec<u8>, key: &KeyPair) -> Self {
        Self { certificate_pem: certificate_pem(&der), key_pem: key.serialize_pem(), der }
    }

    /// The certificate, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The thumbprint by which a token is bound to this certificate (`x5t#S256`, RFC 8705).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        thumbprint(&self.der)
    }

    /// The certificate and key as a connector's identity.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity { chain_pem: self.certificate_pem.clone().into_bytes(), key_pem: self.key_pem.clone().into_bytes() }
    }

    /// Writes `NAME.pem` and, readable by its owner only, `NAME.key` into a folder.
    ///
    /// # Errors
    /// When the folder or a file cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> io::Result<Files> {
        Ok(Files {
            certificate: write(folder, &format!("{name}.pem"), &self.certificate_pem, 0o644)?,
            key: write(folder, &format!("{name}.key"), &self.key_pem, 0o600)?,
        })
    }
}

/// The base64url SHA-256 of a certificate's DER, as in `x5t#S256`.
#[must_use]
pub fn thumbprint(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, der))
}

/// The OIN that a certificate names: the value of its subject's serialNumber, if it has exactly one.
#[must_use]
pub fn subject_oin(der: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let mut numbers = certificate.subject().iter_by_oid(&OID_X509_SERIALNUMBER);
    let number = numbers.next()?.as_str().ok()?.to_owned();
    if numbers.next().is_some() { None } else { Some(number) }
}

/// 2.5.4.5, the serialNumber attribute of a subject.
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];
/// 2.5.4.65, an attribute whose identifier is as long in DER.
const PSEUDONYM: [u64; 4] = [2, 5, 4, 65];

fn client_params(holder: &str, oin: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "NL");
    params.distinguished_name.push(DnType::OrganizationName, holder);
    params.distinguished_name.push(DnType::CommonName, holder);
    if let Some(oin) = oin {
        params.distinguished_name.push(DnType::CustomDnType(SERIAL_NUMBER.to_vec()), oin);
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    valid(&mut params, SystemTime::now());
    params
}

fn valid(params: &mut CertificateParams, made: SystemTime) {
    let epoch = date_time_ymd(1970, 1, 1);
    let since = made.duration_since(UNIX_EPOCH).unwrap_or_default();
    params.not_before = epoch + since - Duration::from_secs(3600);
    params.not_after = params.not_before + LIFETIME;
}

/// Signs what rcgen hands over after renaming the stand-in attribute.
struct RenamingKey<'a>(&'a KeyPair);

impl PublicKeyData for RenamingKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.0.algorithm()
    }
}

impl SigningKey for RenamingKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.0.sign(&renamed(message))
    }
}

/// The DER with each pseudonym attribute (06 03 55 04 41) turned into a serialNumber (06 03 55 04 05).
fn renamed(der: &[u8]) -> Vec<u8> {
    let mut der = der.to_vec();
    let mut at = 0;
    while let Some(window) = der.get_mut(at..at + 5) {
        if window == [6, 3, 0x55, 4, 0x41] {
            window.copy_from_slice(&[6, 3, 0x55, 4, 5]);
        }
        at += 1;
    }
    der
}

fn certificate_pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, remaining) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = remaining;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

fn write(folder: &Path, name: &str, text: &str, mode: u32) -> io::Result<PathBuf> {
    let path = folder.join(name);
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&path)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OIN: &str = "99000000000000000001";

    #[test]
    fn a_client_certificate_names_exactly_one_oin() {
        let pki = Pki::new("Sluis test-CA").unwrap();
        let named = |issued: Issued| subject_oin(issued.der());
        assert_eq!(named(pki.client("Leverancier", OIN).unwrap()).as_deref(), Some(OIN));
        assert_eq!(named(pki.client("Leverancier", &OIN[1..]).unwrap()).as_deref(), Some(&OIN[1..]));
        for (oddity, expected) in [
            (Oddity::TwoSerialNumbers, None),
            (Oddity::NoSerialNumber, None),
            (Oddity::Expired, Some(OIN)),
            (Oddity::NotYetValid, Some(OIN)),
            (Oddity::ServerOnly, Some(OIN)),
        ] {
            assert_eq!(named(pki.odd_client("Vreemd", OIN, oddity).unwrap()).as_deref(), expected, "{oddity:?}");
        }
        let twice = pki.odd_client("Vreemd", OIN, Oddity::TwoSerialNumbers).unwrap();
        let (_, parsed) = X509Certificate::from_der(twice.der()).unwrap();
        assert_eq!(parsed.subject().iter_by_oid(&OID_X509_SERIALNUMBER).count(), 2);
    }

    #[test]
    fn keys_are_readable_by_their_owner_only() {
        let folder = std::env::temp_dir().join(format!("sluis-pki-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let pki = Pki::new("Sluis test-CA").unwrap();
        let issued = pki.client("Leverancier", OIN).unwrap();
        let files = issued.write(&folder, "leverancier").unwrap();
        assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&files.certificate).unwrap(), issued.certificate_pem);
        assert_eq!(fs::read_to_string(pki.write_ca(&folder).unwrap()).unwrap(), pki.ca_pem());
        fs::remove_dir_all(&folder).unwrap();
    }
}
