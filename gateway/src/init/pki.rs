// SPDX-License-Identifier: EUPL-1.2
//! A PKI to develop with: an authority of your own, a server certificate for this machine, client certificates that name
//! an OIN. Its keys lie in files, so it is nothing to trust real data to.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, Error, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

/// How long everything lasts.
const LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);

/// The serialNumber attribute of a subject, where an OIN stands.
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];

/// Ontwikkel-PKI.
#[doc(alias = "ontwikkel-PKI")]
pub(super) struct DevelopmentPki {
    authority: CertifiedIssuer<'static, KeyPair>,
    made: SystemTime,
}

/// A certificate and its key, both PEM.
pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl DevelopmentPki {
    /// A fresh authority, from an hour ago.
    ///
    /// # Errors
    /// When keys cannot be made.
    pub(super) fn new(made: SystemTime) -> Result<Self, Error> {
        let mut params = subject("Sluis ontwikkel-CA");
        lasting(&mut params, made);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self { authority: CertifiedIssuer::self_signed(params, KeyPair::generate()?)?, made })
    }

    /// The authority itself.
    pub(super) fn authority(&self) -> Issued {
        Issued { certificate: self.authority.pem(), key: self.authority.key().serialize_pem() }
    }

    /// A certificate for a server on this machine.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn server(&self) -> Result<Issued, Error> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        params.distinguished_name = subject("localhost").distinguished_name;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(params)
    }

    /// A certificate by which an organisation is known.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn client(&self, holder: &str, oin: &str) -> Result<Issued, Error> {
        let mut params = subject(holder);
        params.distinguished_name.push(DnType::CustomDnType(SERIAL_NUMBER.to_vec()), oin);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params)
    }

    fn issue(&self, mut params: CertificateParams) -> Result<Issued, Error> {
        lasting(&mut params, self.made);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.authority)?.pem();
        Ok(Issued { certificate, key: key.serialize_pem() })
    }
}

fn subject(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "NL");
    params.distinguished_name.push(DnType::OrganizationName, name);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn lasting(params: &mut CertificateParams, made: SystemTime) {
    let since = made.duration_since(UNIX_EPOCH).unwrap_or_default();
    params.not_before = date_time_ymd(1970, 1, 1) + since - Duration::from_secs(3600);
    params.not_after = params.not_before + LIFETIME;
}
