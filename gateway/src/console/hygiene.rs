// SPDX-License-Identifier: EUPL-1.2
//! What holds for every answer of the people listener, errors included: its headers, its trace, its count.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpResponse};

use super::pages;
use super::visitor::Visitor;
use crate::config::Limits;
use crate::http::trace::Trace;

/// Nothing is loaded but our own style, nothing runs, and nothing is framed, sent elsewhere or kept.
const HEADERS: [(HeaderName, HeaderValue); 9] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// The middleware: refuses what is too large, and finishes every answer.
///
/// # Errors
/// Those of the handler.
pub(super) async fn hygiene<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let trace = Trace::continued(None);
    request.extensions_mut().insert(trace);
    let begun = Instant::now();
    let answered = if too_large(&request) {
        request.into_response(HttpResponse::RequestHeaderFieldsTooLarge().finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let (request, response) = answered.into_parts();
    count(&request, response.status(), begun);
    let mut response = response.map_into_boxed_body();
    let page = response.headers().contains_key(header::CONTENT_TYPE);
    if response.status().is_client_error() && !page {
        // Whatever the framework answers by itself, such as 405, gets a page as well.
        let visitor = Visitor::extract(&request).await?;
        let allow = response.headers().get(header::ALLOW).cloned();
        response = pages::of_status(&visitor, response.status());
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    finish(response.headers_mut(), trace);
    Ok(ServiceResponse::new(request, response))
}

fn finish(headers: &mut HeaderMap, trace: Trace) {
    for (name, value) in &HEADERS {
        headers.insert(name.clone(), value.clone());
    }
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        headers.insert(HeaderName::from_static("traceparent"), value);
    }
}

fn too_large(request: &ServiceRequest) -> bool {
    let limits = request.app_data::<Data<Limits>>().map_or_else(Limits::default, |limits| *limits.as_ref());
    let headers = request.headers().iter();
    let size: usize = headers.map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum();
    size.saturating_add(request.uri().to_string().len()) > limits.headers
}

// INVARIANT: the route is the pattern as registered, so nothing that somebody typed becomes a label.
fn count(request: &actix_web::HttpRequest, status: StatusCode, begun: Instant) {
    let route = request.match_pattern().unwrap_or_else(|| "none".into());
    let status = status.as_str().to_owned();
    metrics::counter!("sluis_console_requests_total", "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("sluis_console_request_seconds", "route" => route).record(begun.elapsed());
}
