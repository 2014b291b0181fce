// SPDX-License-Identifier: EUPL-1.2
//! Who was turned away at the door, and why. The caller hears little of it; the ledger and the metrics hear all.

use sluis_policy::Oin;

use super::problem::{Problem, RETRY_SECONDS};
use crate::identity::TokenFault;

/// Weigering aan de deur: a request that did not become a [`Caller`](super::caller::Caller). It is attached to the answer, so that a middleware
/// can record it: with a certificate in the ledger, without one in the metrics only.
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
            Self::Token(TokenFault::IssuerUnreachable | TokenFault::Busy) => Problem::Unavailable(RETRY_SECONDS),
            _ => Problem::NotAuthenticated,
        }
    }
}
