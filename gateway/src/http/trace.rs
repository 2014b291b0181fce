// SPDX-License-Identifier: EUPL-1.2
//! W3C Trace Context: which of the caller's traces a request belongs to. A header that is not well-formed starts a new
//! trace; it is never passed on.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use aws_lc_rs::rand;

use super::problem::Problem;

/// Spoor: the trace of one request, and this gateway's own step in it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[doc(alias = "spoor")]
pub struct Trace {
    trace: [u8; 16],
    step: [u8; 8],
    sampled: bool,
}

impl Trace {
    /// Continues the trace of a `traceparent` header, or starts a new one when there is none that is valid.
    #[must_use]
    pub fn continued(header: Option<&str>) -> Self {
        let (trace, sampled) = header.and_then(parse).unwrap_or_else(|| (random(), false));
        Self { trace, step: random(), sampled }
    }

    /// The trace that a message itself names, or this one when it names none that is valid.
    #[must_use]
    pub fn or_named(self, named: Option<&str>) -> Self {
        named.and_then(parse).map_or(self, |(trace, sampled)| Self { trace, sampled, ..self })
    }

    /// The trace id, 32 hex digits: what an operator finds the request by.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(self.trace)
    }
}

/// The `traceparent` to send on.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-0{}", hex::encode(self.trace), hex::encode(self.step), u8::from(self.sampled))
    }
}

impl FromRequest for Trace {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    // The middleware around every route puts it in; a request that did not pass there is not ours to answer.
    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().copied().ok_or(Problem::Internal))
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn parse(header: &str) -> Option<([u8; 16], bool)> {
    let (version, rest) = header.split_once('-')?;
    let version = lower_hex::<1>(version)?;
    let mut parts = rest.split('-');
    let trace = lower_hex::<16>(parts.next()?)?;
    let parent = lower_hex::<8>(parts.next()?)?;
    let [flags] = lower_hex::<1>(parts.next()?)?;
    // Version 00 has exactly these parts; a later one may add some; ff is no version (Trace Context, section 3.2.2).
    let form = match version {
        [0xff] => false,
        [0] => parts.next().is_none(),
        _ => true,
    };
    (form && trace != [0; 16] && parent != [0; 8]).then_some((trace, flags & 1 == 1))
}

fn lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without random numbers no TLS connection was made, so there is no request either; a zero step merely is not unique.
    let _filled = rand::fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_valid_header_is_continued_and_any_other_starts_anew() {
        for (header, continued) in [
            (format!("00-{TRACE}-00f067aa0ba902b7-01"), true),
            (format!("00-{TRACE}-00f067aa0ba902b7-00"), true),
            (format!("cc-{TRACE}-00f067aa0ba902b7-01-more"), true),
            (format!("00-{TRACE}-00f067aa0ba902b7-01-more"), false),
            (format!("ff-{TRACE}-00f067aa0ba902b7-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()), false),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false),
            (format!("00-{TRACE}-0000000000000000-01"), false),
            (format!("00-{TRACE}-00f067aa0ba902b7"), false),
            ("00".into(), false),
            (String::new(), false),
        ] {
            let trace = Trace::continued(Some(&header));
            assert_eq!(trace.id() == TRACE, continued, "{header}");
            assert!(parse(&trace.to_string()).is_some(), "what is sent on is valid: {trace}");
        }
        assert_ne!(Trace::continued(None).id(), Trace::continued(None).id());
    }
}
