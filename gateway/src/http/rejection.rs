// SPDX-License-Identifier: EUPL-1.2
//! Who was turned away at the door, and why. The caller hears little of it; the ledger and the metrics hear all.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sluis_policy::Oin;

use super::problem::{Problem, RETRY_SECONDS};
use crate::identity::TokenFault;

/// Weigering aan de deur: a request that did not become a [`Caller`](super::caller::Caller). With a certificate it is
/// recorded in the ledger, so many a minute; without one it is only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "weigering")]
pub struct Rejection {
    /// The organisation of the client certificate, when a valid one was shown.
    pub oin: Option<Oin>,
    /// The organisation for which a verified token would act.
    pub acting_for: Option<Oin>,
    /// Why.
    pub reason: Reason,
}

/// Why a request did not become a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// This gateway's clock is behind what it committed, so nothing that ends can be judged.
    ClockAstray,
    /// No client certificate was shown.
    NoCertificate,
    /// The certificate names nobody.
    UnusableCertificate,
    /// The certificate has ended since the handshake.
    CertificateEnded,
    /// The certificate, or what stands above it, is no longer trusted.
    CertificateWithdrawn,
    /// The register does not know the certificate's organisation.
    UnknownOrganisation,
    /// No access token, or not exactly one.
    NoToken,
    /// The access token does not hold.
    Token(TokenFault),
    /// The issuer of the token does not speak for the organisation that the token names.
    IssuerOfAnother,
    /// The vendor has no mandate of the organisation today (RL-26).
    NoMandate,
    /// The professional holds no role at the organisation today.
    NoRole,
}

impl Reason {
    /// A stable word for metrics and records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ClockAstray => "clock_astray",
            Self::NoCertificate => "no_certificate",
            Self::UnusableCertificate => "certificate_unusable",
            Self::CertificateEnded => "certificate_ended",
            Self::CertificateWithdrawn => "certificate_withdrawn",
            Self::UnknownOrganisation => "organisation_unknown",
            Self::NoToken => "no_token",
            Self::Token(fault) => fault.code(),
            Self::IssuerOfAnother => "issuer_of_another",
            Self::NoMandate => "no_mandate",
            Self::NoRole => "no_role",
        }
    }

    /// What the caller hears of it.
    #[must_use]
    pub fn problem(self) -> Problem {
        match self {
            Self::NoMandate | Self::NoRole => Problem::NotPermitted,
            Self::ClockAstray | Self::Token(TokenFault::IssuerUnreachable | TokenFault::Busy) => {
                Problem::Unavailable(RETRY_SECONDS)
            }
            _ => Problem::NotAuthenticated,
        }
    }
}

/// How many rejections of one organisation are recorded in a minute. What comes on top is only counted, so that nobody
/// fills the ledger from outside.
const A_MINUTE: u32 = 30;

/// How many rejections of whom were recorded in the present minute.
#[derive(Debug, Default)]
pub(super) struct Allowance(Mutex<(i64, BTreeMap<Oin, u32>)>);

impl Allowance {
    /// Takes one of this organisation, if there is one left at this instant (in microseconds).
    pub(super) fn take(&self, oin: Oin, now: i64) -> bool {
        let minute = now.div_euclid(60_000_000);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != minute {
            *counted = (minute, BTreeMap::new());
        }
        let taken = counted.1.entry(oin).or_default();
        *taken = taken.saturating_add(1);
        *taken <= A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_has_so_many_records_a_minute_and_does_not_use_up_anothers() {
        let allowance = Allowance::default();
        let (one, other): (Oin, Oin) =
            ("99000000000000000001".parse().unwrap(), "99000000000000000002".parse().unwrap());
        let taken = (0..100).filter(|_| allowance.take(one, 0)).count();
        assert_eq!(taken, A_MINUTE as usize);
        assert!(allowance.take(other, 59_999_999));
        assert!(!allowance.take(one, 59_999_999));
        assert!(allowance.take(one, 60_000_000));
    }
}
