// SPDX-License-Identifier: EUPL-1.2
//! Revocation lists: which of the client certificates were withdrawn. They fail closed: once lists are configured, a
//! certificate counts only when a list that is readable, signed by its authority and not lapsed covers it.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate};

/// What is wrong with a configured revocation list, in words for an operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// It is not there, or holds no list.
    #[error("`{path}` cannot be read as a revocation list")]
    Unreadable {
        /// The file.
        path: String,
    },
    /// The authority that it names did not sign it.
    #[error("`{path}` is not signed by the authority that it names")]
    NotSigned {
        /// The file.
        path: String,
    },
    /// A newer one should have come by now.
    #[error("`{path}` has lapsed: its authority promised a newer list before now")]
    Lapsed {
        /// The file.
        path: String,
    },
    /// No list covers the certificates of a root.
    #[error("no revocation list covers the certificates of {root}")]
    Uncovered {
        /// The subject of the root.
        root: String,
    },
}

/// The configured lists, read.
#[derive(Debug, Default)]
pub(super) struct Lists {
    configured: bool,
    read: Vec<List>,
    unreadable: Vec<String>,
}

/// One list.
#[derive(Debug)]
struct List {
    path: String,
    der: CertificateRevocationListDer<'static>,
    issuer: Vec<u8>,
    /// The first instant, in microseconds, at which it no longer counts.
    lapses: i64,
}

impl Lists {
    /// Reads what it can. What the verifier cannot use would keep every other list from being used, so that is asked first.
    pub(super) fn read(
        files: &[impl AsRef<Path>],
        usable: impl Fn(&CertificateRevocationListDer<'static>) -> bool,
    ) -> Self {
        let mut lists = Self { configured: !files.is_empty(), ..Self::default() };
        for file in files {
            let path = file.as_ref().display().to_string();
            let der = CertificateRevocationListDer::from_pem_file(file.as_ref()).ok().filter(&usable);
            match der.and_then(|der| List::of(path.clone(), der)) {
                Some(list) => lists.read.push(list),
                None => lists.unreadable.push(path),
            }
        }
        lists
    }

    /// The same from lists at hand; none at all when there are none.
    pub(super) fn of(ders: Vec<CertificateRevocationListDer<'static>>) -> Self {
        let configured = !ders.is_empty();
        let read = ders.into_iter().filter_map(|der| List::of("a list".into(), der)).collect();
        Self { configured, read, unreadable: Vec::new() }
    }

    /// Whether certificates are to be looked up at all.
    pub(super) fn configured(&self) -> bool {
        self.configured
    }

    pub(super) fn ders(&self) -> Vec<CertificateRevocationListDer<'static>> {
        self.read.iter().map(|list| list.der.clone()).collect()
    }

    /// When the first of them lapses, in microseconds.
    pub(super) fn first_lapse(&self) -> i64 {
        self.read.iter().map(|list| list.lapses).min().unwrap_or(i64::MAX)
    }

    /// What is wrong with them at an instant, given the roots whose certificates they are to cover.
    pub(super) fn faults(&self, roots: &[CertificateDer<'static>], now: i64) -> Vec<ListFault> {
        if !self.configured {
            return Vec::new();
        }
        let mut faults: Vec<ListFault> =
            self.unreadable.iter().map(|path| ListFault::Unreadable { path: path.clone() }).collect();
        for list in &self.read {
            if now >= list.lapses {
                faults.push(ListFault::Lapsed { path: list.path.clone() });
            }
            if list.named(roots).any(|root| !list.signed_by(&root)) {
                faults.push(ListFault::NotSigned { path: list.path.clone() });
            }
        }
        let uncovered = roots.iter().filter_map(parsed).filter(|root| !self.cover(root, now));
        faults.extend(uncovered.map(|root| ListFault::Uncovered { root: root.subject().to_string() }));
        faults
    }

    /// Whether a list that counts covers what this root issued.
    fn cover(&self, root: &X509Certificate<'_>, now: i64) -> bool {
        self.read.iter().any(|list| list.issuer == root.subject().as_raw() && now < list.lapses && list.signed_by(root))
    }
}

impl List {
    fn of(path: String, der: CertificateRevocationListDer<'static>) -> Option<Self> {
        let (issuer, lapses) = {
            let (_, list) = CertificateRevocationList::from_der(&der).ok()?;
            let lapses = list.next_update()?.timestamp().saturating_mul(1_000_000);
            (list.issuer().as_raw().to_vec(), lapses)
        };
        Some(Self { path, der, issuer, lapses })
    }

    /// The roots that it names as its issuer; none when an authority below a root made it.
    fn named<'a>(&self, roots: &'a [CertificateDer<'static>]) -> impl Iterator<Item = X509Certificate<'a>> {
        roots.iter().filter_map(parsed).filter(|root| root.subject().as_raw() == self.issuer)
    }

    fn signed_by(&self, root: &X509Certificate<'_>) -> bool {
        CertificateRevocationList::from_der(&self.der)
            .is_ok_and(|(_, list)| list.verify_signature(root.public_key()).is_ok())
    }
}

fn parsed<'a>(der: &'a CertificateDer<'static>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}
