// SPDX-License-Identifier: EUPL-1.2
//! Access tokens: who issued them, whether they hold, and what they say (RFC 9068, bound to a certificate by RFC 8705).
//!
//! A token says for which organisation someone acts and who that is. It never says what they may do: roles and mandates
//! come from the register at each request, and are not kept here.

use std::fmt;
use std::sync::Arc;

use sluis_policy::Oin;

mod cache;
pub(crate) mod exchange;
mod issuers;
mod token;

pub use issuers::Issuers;
pub use token::Tokens;

/// What a verified access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The issuer, exactly as in `iss`.
    pub issuer: String,
    /// The organisation acted for.
    pub organisation: Oin,
    /// Who acts.
    pub bearer: Bearer,
    /// When it no longer counts, clock differences allowed for, in microseconds since 1970 (UTC).
    pub expires: i64,
}

/// Who bears a token.
#[derive(Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A person, by the id that their organisation gave them.
    Professional(Arc<str>),
    /// A program without a person behind it, by its client id.
    System(Arc<str>),
}

// INVARIANT: a professional's id is personal data; it is never printed.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Professional(_) => "Professional",
            Self::System(_) => "System",
        })
    }
}

/// Why a token is not accepted. The variant is for metrics and the record of denials; the caller hears only that the
/// token does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenFault {
    /// It is not a JWT that can be taken apart, is longer than is read, or lacks a claim.
    #[error("the token is malformed")]
    Malformed,
    /// Its `typ` is not `at+jwt`.
    #[error("the token is not an access token")]
    NotAnAccessToken,
    /// Its `alg` is not on the list, or does not fit the key.
    #[error("the algorithm is not allowed")]
    Algorithm,
    /// No organisation of the register trusts its issuer.
    #[error("the issuer is unknown")]
    UnknownIssuer,
    /// The issuer has no signing key with this id.
    #[error("the key is unknown to the issuer")]
    UnknownKey,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
    /// It was made for someone else than this gateway.
    #[error("the audience is another")]
    Audience,
    /// It has ended.
    #[error("the token has expired")]
    Expired,
    /// It has not begun.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It is bound to another certificate, or to none.
    #[error("the token is not bound to this certificate")]
    OtherCertificate,
    /// The issuer's keys cannot be had at the moment.
    #[error("the issuer cannot be reached")]
    IssuerUnreachable,
    /// More tokens are being verified than this gateway allows at once.
    #[error("too many tokens are being verified")]
    Busy,
}

impl TokenFault {
    /// A stable word for metrics and records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "token_malformed",
            Self::NotAnAccessToken => "token_type",
            Self::Algorithm => "token_algorithm",
            Self::UnknownIssuer => "token_issuer_unknown",
            Self::UnknownKey => "token_key_unknown",
            Self::Signature => "token_signature",
            Self::Audience => "token_audience",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::OtherCertificate => "token_other_certificate",
            Self::IssuerUnreachable => "issuer_unreachable",
            Self::Busy => "verification_busy",
        }
    }
}
