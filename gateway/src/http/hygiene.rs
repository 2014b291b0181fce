// SPDX-License-Identifier: EUPL-1.2
//! What holds for every answer on the machine listener, errors included: the version of the API, the security headers, the
//! trace, and that an error is problem+json. Also the checks that need no caller: header size, body size, `Accept`.

use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};

use super::problem::Problem;
use super::trace::Trace;
use crate::vault::fresh_id;

/// The version of the product API, in the header `API-Version` of every answer.
pub const API_VERSION: &str = "1.5.0";

const SECURITY: [(HeaderName, HeaderValue); 7] = [
    (HeaderName::from_static("api-version"), HeaderValue::from_static(API_VERSION)),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// The middleware: checks what needs no caller, and finishes every answer.
///
/// # Errors
/// Only with answers that are already finished.
pub async fn hygiene<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let trace = Trace::continued(single(request.headers(), "traceparent"));
    request.extensions_mut().insert(trace);
    let named = named(&request);
    let finish = |response: HttpResponse| finish(response, trace, named.clone());
    if let Err(problem) = acceptable(&request) {
        let problem = super::unread(&request, problem);
        return Ok(request.into_response(finish(problem.response(None))));
    }
    let begun = Instant::now();
    match next.call(request).await {
        Ok(response) => {
            let (request, response) = response.into_parts();
            count(&request, response.status(), begun.elapsed());
            if response.status() == StatusCode::NOT_FOUND {
                a_while().await;
            }
            Ok(ServiceResponse::new(request, finish(response.map_into_boxed_body())))
        }
        Err(error) => {
            let response = finish(error.error_response());
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// How long an answer that something is not there may be held back.
const LONGEST_WHILE: Duration = Duration::from_millis(8);

/// A random while. What is not there and what is not for the asker are read alike, and yet somebody of whom more is known costs
/// some microseconds more: they drown in this (P6). Nobody waits who gets something.
async fn a_while() {
    // Without randomness all wait equally long.
    let [first, second, ..] = fresh_id().unwrap_or([u8::MAX; 16]);
    let share = f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX);
    tokio::time::sleep(LONGEST_WHILE.mul_f64(share)).await;
}

// INVARIANT: the route is the pattern as registered, so no id of anything ever becomes a label.
fn count(request: &HttpRequest, status: StatusCode, took: Duration) {
    let route = request.match_pattern().unwrap_or_else(|| "none".into());
    let status = status.as_str().to_owned();
    metrics::counter!(
        "sluis_requests_total",
        "method" => method_label(request.method()), "route" => route.clone(), "status" => status
    )
    .increment(1);
    metrics::histogram!("sluis_request_seconds", "route" => route).record(took);
}

// A caller may invent methods; each would be a label for ever.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn acceptable(request: &ServiceRequest) -> Result<(), Problem> {
    let limits = super::limits(request.request());
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum();
    if size.saturating_add(request.uri().to_string().len()) > limits.headers {
        return Err(Problem::HeadersTooLarge);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.body as u64) {
        return Err(Problem::TooLarge);
    }
    if accepts_json(headers) { Ok(()) } else { Err(Problem::NotAcceptable) }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let mut stated = headers.get_all(header::ACCEPT).peekable();
    if stated.peek().is_none() {
        return true;
    }
    stated.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let json = matches!(kind.as_str(), "*/*" | "application/*" | "application/json" | "application/problem+json");
        let refused = parts.any(|part| {
            let quality = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            quality.is_some_and(|quality| quality.parse::<f32>().is_ok_and(|quality| quality <= 0.0))
        });
        json && !refused
    })
}

/// By what AuthZEN's callers know their own request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a caller calls this request, on the surface where the standard has it come back. It is not kept.
fn named(request: &ServiceRequest) -> Option<HeaderValue> {
    let asked = request.path().starts_with("/access/");
    single(request.headers(), REQUEST_ID.as_str()).filter(|_| asked).and_then(|named| HeaderValue::from_str(named).ok())
}

// INVARIANT: every answer passes here exactly once, whoever made it.
fn finish(response: HttpResponse, trace: Trace, named: Option<HeaderValue>) -> HttpResponse {
    let mut response = as_problem(response, trace);
    let headers = response.headers_mut();
    if let Some(named) = named {
        headers.insert(REQUEST_ID, named);
    }
    for (name, value) in &SECURITY {
        headers.insert(name.clone(), value.clone());
    }
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        headers.insert(HeaderName::from_static("traceparent"), value);
    }
    response
}

/// A refusal whose body a standard prescribes: it stays as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsPrescribed;

fn as_problem(response: HttpResponse, trace: Trace) -> HttpResponse {
    let status = response.status();
    if response.extensions().get::<AsPrescribed>().is_some() {
        return response;
    }
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = response.extensions().get::<Problem>().cloned().unwrap_or_else(|| Problem::of_status(status));
    problem.dress(response, Some(&trace.id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_must_be_acceptable() {
        for (accept, accepted) in [
            ("*/*", true),
            ("application/json", true),
            ("text/html, application/*;q=0.1", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/html", false),
            ("application/json;q=0", false),
            ("application/xml, text/*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(accepts_json(&headers), accepted, "{accept}");
        }
        assert!(accepts_json(&HeaderMap::new()));
    }
}
