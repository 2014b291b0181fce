// SPDX-License-Identifier: EUPL-1.2
//! Who looks, as far as a browser says: its language and cookies. None of it is believed here.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::language::Language;
use super::pages;
use crate::http::trace::Trace;

/// The session.
pub(super) const SESSION: &str = "__Host-sluis-sessie";
/// A log-in under way.
pub(super) const LOGIN: &str = "__Host-sluis-aanmelding";
/// The language that was chosen.
const LANGUAGE: &str = "__Host-sluis-taal";

/// Bezoeker: one request to a page.
#[derive(Debug, Clone)]
#[doc(alias = "bezoeker")]
pub(super) struct Visitor {
    /// In which language to answer.
    pub(super) language: Language,
    /// Whether the address chose the language, so that a cookie is to remember it.
    chosen: bool,
    /// What was asked for, without the language.
    pub(super) here: Here,
    /// The session cookie.
    pub(super) session: Option<Vec<u8>>,
    /// The cookie of a log-in under way.
    pub(super) login: Option<Vec<u8>>,
    /// The trace of the request.
    pub(super) trace: Trace,
}

/// The address of the page that is shown.
#[derive(Debug, Clone)]
pub(super) struct Here {
    path: String,
    query: String,
}

/// What an address may say besides its path and its language.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asked {
    /// Before which line.
    pub(super) voor: Option<u64>,
    /// Of which log.
    pub(super) logboek: Option<String>,
    /// As officer of which organisation.
    pub(super) organisatie: Option<sluis_policy::Oin>,
}

impl Visitor {
    fn of(request: &HttpRequest) -> Self {
        let chosen = parameter(request.query_string(), "taal").and_then(|code| Language::from_code(&code));
        let kept = || text_cookie(request, LANGUAGE).and_then(|code| Language::from_code(&code));
        let preferred = || {
            let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            header.map_or(Language::default(), Language::preferred)
        };
        Self {
            language: chosen.or_else(kept).unwrap_or_else(preferred),
            chosen: chosen.is_some(),
            here: Here::of(request),
            session: cookie(request, SESSION),
            login: cookie(request, LOGIN),
            trace: request.extensions().get::<Trace>().copied().unwrap_or_else(|| Trace::continued(None)),
        }
    }

    /// The header that remembers the chosen language, when it was chosen just now.
    pub(super) fn language_cookie(&self) -> Option<String> {
        self.chosen.then(|| {
            format!("{LANGUAGE}={}; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax", self.language.code())
        })
    }
}

impl Here {
    fn of(request: &HttpRequest) -> Self {
        // After a form there is nothing at its address to come back to, and at the end of a log-in neither.
        for form in ["/zoeken", "/inzageverslag"] {
            if request.path().starts_with(form) {
                return Self { path: form.into(), query: String::new() };
            }
        }
        if request.method() != actix_web::http::Method::GET || request.path().starts_with("/aanmelden") {
            return Self { path: "/".into(), query: String::new() };
        }
        let rest = openidconnect::url::form_urlencoded::parse(request.query_string().as_bytes());
        let mut query = openidconnect::url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(rest.filter(|(name, _)| name != "taal"));
        Self { path: request.path().to_owned(), query: query.finish() }
    }

    /// The same page in another language.
    pub(super) fn in_language(&self, language: Language) -> String {
        let between = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{between}taal={}", self.path, self.query, language.code())
    }
}

impl Asked {
    /// Reads what an address says; nothing when it says something that cannot be.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        actix_web::web::Query::<Self>::from_query(request.query_string()).ok().map(actix_web::web::Query::into_inner)
    }
}

impl FromRequest for Visitor {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// The answer to a form that cannot be read.
pub(super) fn unreadable(request: &HttpRequest) -> actix_web::Error {
    InternalError::from_response("form", pages::misunderstood(&Visitor::of(request))).into()
}

/// A header that sets a cookie for this session of the browser, out of reach of scripts and other sites.
pub(super) fn set(name: &str, value: &[u8]) -> String {
    format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Lax", URL_SAFE_NO_PAD.encode(value))
}

/// A header that takes a cookie away.
pub(super) fn unset(name: &str) -> String {
    format!("{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

fn cookie(request: &HttpRequest, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text_cookie(request, name)?).ok()
}

/// The value of a cookie that is there exactly once.
fn text_cookie(request: &HttpRequest, name: &str) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut values = headers
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(found, value)| (found == name).then_some(value));
    let value = values.next()?;
    values.next().is_none().then(|| value.to_owned())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = openidconnect::url::form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(found, value)| (found == name).then(|| value.into_owned()))
}
