// SPDX-License-Identifier: EUPL-1.2
//! Reading a JSON body: bounded in size and time, whole or not at all, with faults placed by JSON pointer. The values in
//! it are never repeated in a fault.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use sluis_policy::number::number_like;

use super::problem::{InputFault, Problem};

/// How long a body that nobody will look at is waited for.
const PASSED_OVER_WITHIN: Duration = Duration::from_millis(200);

/// A body that was read and parsed.
#[derive(Debug)]
pub struct JsonBody<T> {
    /// What it says.
    pub input: T,
    /// The bytes as they came, for the fingerprint of an Idempotency-Key.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(request);
        let whole = whole(request, payload);
        Box::pin(async move {
            if !json {
                return Err(Problem::UnsupportedMediaType);
            }
            let bytes = whole.await?;
            Ok(Self { input: parse(&bytes)?, bytes })
        })
    }
}

/// Reads what has arrived of a body that nobody will look at, bounded in size and time. An answer that leaves some of it
/// unread ends the connection, and whoever is told to come back would have to shake hands anew, which takes more than most
/// requests.
pub(super) async fn pass_over(mut body: Payload, most: usize) {
    let whole = async {
        let mut seen = 0;
        while let Some(Ok(part)) = body.next().await {
            seen += part.len();
            if seen > most {
                break;
            }
        }
    };
    let _late = tokio::time::timeout(PASSED_OVER_WITHIN, whole).await;
}

/// The whole body, bounded in size and time.
pub(super) fn whole(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, Problem>> + use<> {
    let limits = super::limits(request);
    let whole = Bytes::from_request(request, payload);
    async move {
        let arrived = tokio::time::timeout(limits.patience, whole).await.map_err(|_| Problem::TooSlow)?;
        let bytes = arrived.map_err(|error| unread(&error))?;
        // A body that did not announce its size is measured when it is there.
        if bytes.len() > limits.body { Err(Problem::TooLarge) } else { Ok(bytes) }
    }
}

pub(super) fn is_json(request: &HttpRequest) -> bool {
    let plain = request.headers().get(header::CONTENT_ENCODING).is_none();
    plain && request.content_type().eq_ignore_ascii_case("application/json")
}

fn unread(error: &actix_web::Error) -> Problem {
    match error.as_error() {
        Some(PayloadError::Overflow) => Problem::TooLarge,
        // A body that breaks off is the caller's connection, not our fault.
        _ => Problem::invalid("", "Het bericht kwam niet heel over."),
    }
}

/// Parses a body.
///
/// # Errors
/// With the first fault that the form of the body has, placed by JSON pointer.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    without_null(bytes)?;
    read(bytes)
}

/// As [`parse`], of a body in which null may stand.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let input = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        fault(&pointer, error.inner())
    })?;
    reader.end().map_err(|error| fault("", &error))?;
    Ok(input)
}

/// INVARIANT: what is not there is left out. To take a null for a member that was left out would be to guess, and where
/// leaving out the speaker means the youth, to guess about the wrong person.
fn without_null(bytes: &[u8]) -> Result<(), Problem> {
    let possible = bytes.windows(4).any(|part| part == b"null");
    // A body that cannot be read is told so by who reads it.
    let Some(whole) = possible.then(|| serde_json::from_slice::<Value>(bytes).ok()).flatten() else {
        return Ok(());
    };
    let mut faults = Vec::new();
    nulls(&whole, "", &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Problem::InvalidInput(faults)) }
}

fn nulls(value: &Value, at: &str, faults: &mut Vec<InputFault>) {
    match value {
        Value::Null => faults.push(InputFault::new(at, "Hier staat null. Laat weg wat er niet is.")),
        Value::Object(members) => {
            for (name, value) in members {
                nulls(value, &format!("{at}/{}", named(name)), faults);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                nulls(value, &format!("{at}/{index}"), faults);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A name in a pointer.
///
/// INVARIANT: a pointer repeats what the caller named a field, so a number in that place stays unsaid (P10).
fn named(name: &str) -> String {
    if number_like(name).is_some() { "?".into() } else { name.replace('~', "~0").replace('/', "~1") }
}

fn fault(pointer: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        return Problem::invalid("", "Dit is geen geldige JSON.");
    }
    // The words of serde are used to tell faults apart, and not passed on: they repeat what the caller wrote.
    let words = error.to_string();
    if let Some(field) = quoted_after(&words, "missing field `") {
        return Problem::invalid(format!("{pointer}/{field}"), "Dit veld ontbreekt.");
    }
    if let Some(field) = quoted_after(&words, "duplicate field `") {
        return Problem::invalid(format!("{pointer}/{field}"), "Dit veld staat er twee keer.");
    }
    let detail = if words.starts_with("unknown field") {
        "Dit veld is onbekend."
    } else if words.starts_with("unknown variant") {
        "Dit is geen bekende waarde."
    } else if words.starts_with("invalid type") {
        "Dit is niet van de goede soort."
    } else {
        "Deze waarde is niet geldig."
    };
    Problem::invalid(pointer, detail)
}

// Both messages quote a name from our own struct, never the caller's text.
fn quoted_after<'a>(words: &'a str, prefix: &str) -> Option<&'a str> {
    words.strip_prefix(prefix)?.split('`').next()
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&named(key)),
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => pointer.push('?'),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its parsing is tried")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its parsing is tried")]
        age: u8,
    }

    #[test]
    fn faults_are_placed_and_values_are_not_repeated() {
        for (body, pointer) in [
            ("", ""),
            ("{", ""),
            ("[]", ""),
            ("{\"inner\":[]} {}", ""),
            ("{}", "/inner"),
            ("{\"inner\":[{\"age\":7},{}]}", "/inner/1/age"),
            ("{\"inner\":[{\"age\":\"999990019\"}]}", "/inner/0/age"),
            ("{\"inner\":[{\"age\":999990019}]}", "/inner/0/age"),
            ("{\"inner\":[{\"age\":7,\"a/b\":1}]}", "/inner/0/a~1b"),
            ("{\"inner\":[{\"age\":7,\"age\":7}]}", "/inner/0/age"),
            ("{\"inner\":[{\"age\":7,\"999990019\":1}]}", "/inner/0/?"),
            ("{\"inner\":null}", "/inner"),
            ("{\"inner\":[{\"age\":7,\"a/b\":null}]}", "/inner/0/a~1b"),
            ("{\"inner\":[{\"age\":7,\"999990019\":null}]}", "/inner/0/?"),
        ] {
            let problem = parse::<Outer>(body.as_bytes()).unwrap_err();
            let Problem::InvalidInput(faults) = &problem else { panic!("{body}") };
            assert_eq!(faults[0].pointer, pointer, "{body}");
            assert!(!faults[0].detail.contains("999990019"), "{body}");
        }
    }
}
