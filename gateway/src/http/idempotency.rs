// SPDX-License-Identifier: EUPL-1.2
//! The Idempotency-Key header: what a caller chose to name a request that writes, so that repeating it does not do it twice.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::problem::Problem;

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// What is read of it, as a regular expression for the description: what [`IdempotencyKey`] reads.
pub const IDEMPOTENCY_KEY_FORM: &str = r#"^("[!#-+\--:<-\[\]-~]{1,128}"|[!#-+\--:<-\[\]-~]{1,128})$"#;
/// The longest key that is read.
const LONGEST: usize = 128;

/// Idempotency-Key: the caller's name for one request. A quoted string by the standard; the same text without quotes is
/// the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(header: &str) -> Option<Self> {
        let quoted = header.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let key = quoted.unwrap_or(header);
        let plain = key.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b';'));
        (plain && !key.is_empty() && key.len() <= LONGEST).then(|| Self(key.to_owned()))
    }
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
        let (first, second) = (values.next(), values.next());
        let key = match (first, second) {
            (None, _) => Err(Problem::IdempotencyKeyMissing),
            (Some(value), None) => value.to_str().ok().and_then(Self::read).ok_or_else(unreadable),
            (Some(_), Some(_)) => Err(unreadable()),
        };
        ready(key)
    }
}

fn unreadable() -> Problem {
    Problem::invalid(
        IDEMPOTENCY_KEY,
        "Geef precies een sleutel van 1 tot 128 tekens zonder spaties, liefst een UUID tussen aanhalingstekens.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_plain_word_quoted_or_not() {
        for (header, key) in [
            ("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", Some("8e03978e-40d5-43e8-bc93-6894a57f9324")),
            ("8e03978e-40d5-43e8-bc93-6894a57f9324", Some("8e03978e-40d5-43e8-bc93-6894a57f9324")),
            ("", None),
            ("\"\"", None),
            ("twee woorden", None),
            ("\"half", None),
            ("a,b", None),
            ("\"a\";x=1", None),
        ] {
            let read = IdempotencyKey::read(header);
            assert_eq!(read.as_ref().map(IdempotencyKey::as_str), key, "{header}");
        }
        assert!(IdempotencyKey::read(&"k".repeat(128)).is_some());
        assert!(IdempotencyKey::read(&"k".repeat(129)).is_none());
    }
}
