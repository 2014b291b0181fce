// SPDX-License-Identifier: EUPL-1.2
//! Logging in and out.

use actix_web::http::header;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use sluis_policy::{Moment, Oin};

use super::Console;
use super::officer::{Outside, offices};
use super::pages;
use super::provider::{Departure, LoginFault};
use super::visitor::{LOGIN, SESSION, Visitor, set, unset};
use crate::vault::Place;

/// Where a log-in begins.
pub(super) const BEGIN: &str = "/aanmelden";
/// Where the provider sends a browser back to.
pub const BACK: &str = "/aanmelden/terug";

/// Where the cookie of a log-in opens, and nowhere else.
const UNDERWAY: Place<'_> = Place { table: "console", column: "aanmelding", row: b"" };

/// What the provider sends a browser back with.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
}

/// What the button of a page sends.
#[derive(Deserialize)]
pub(super) struct Button {
    bewijs: String,
}

/// Sends the browser to the provider, with what it must bring back in a cookie of its own.
pub(super) async fn begin(visitor: Visitor, console: Data<Console>) -> HttpResponse {
    let moment = match console.broker.now() {
        Ok(moment) => moment,
        Err(trouble) => return pages::trouble(&visitor, &trouble),
    };
    match console.departing(moment).await {
        Ok((url, cookie)) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, url))
            .append_header((header::SET_COOKIE, cookie))
            .finish(),
        Err(fault) => console.refused(&visitor, fault, None, None).await,
    }
}

/// The browser comes back, with the cookie that it left with.
pub(super) async fn back(request: HttpRequest, visitor: Visitor, console: Data<Console>) -> HttpResponse {
    let moment = match console.broker.now() {
        Ok(moment) => moment,
        Err(trouble) => return pages::trouble(&visitor, &trouble),
    };
    let subject = match console.arriving(&request, &visitor, moment).await {
        Ok(subject) => subject,
        Err(fault) => return console.refused(&visitor, fault, None, None).await,
    };
    let register = console.broker.register.load_full();
    if let Err((fault, known_at)) = offices(&register, console.provider.issuer(), &subject, moment) {
        return console.refused(&visitor, fault, known_at, Some(subject)).await;
    }
    // A session that the browser brought along ends here: nobody can have laid it ready.
    visitor.session.iter().for_each(|old| console.sessions.end(old));
    let Some(token) = console.sessions.begin(subject, moment.instant) else {
        return console.refused(&visitor, LoginFault::Busy, None, None).await;
    };
    metrics::counter!("sluis_console_logins_total", "outcome" => "in").increment(1);
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/"))
        .append_header((header::SET_COOKIE, set(SESSION, &token)))
        .append_header((header::SET_COOKIE, unset(LOGIN)))
        .finish()
}

/// Ends the session, when the button of one of its own pages asks for it.
pub(super) async fn end(visitor: Visitor, console: Data<Console>, form: Form<Button>) -> HttpResponse {
    let moment = match console.broker.now() {
        Ok(moment) => moment,
        Err(trouble) => return pages::trouble(&visitor, &trouble),
    };
    let token = visitor.session.as_deref().unwrap_or_default();
    if let Some(session) = console.sessions.find(token, moment.instant) {
        if !session.sent_in(&form.bewijs) {
            return pages::misunderstood(&visitor);
        }
        console.sessions.end(token);
    }
    let mut page = pages::logged_out(&visitor);
    if let Ok(value) = header::HeaderValue::from_str(&unset(SESSION)) {
        page.headers_mut().append(header::SET_COOKIE, value);
    }
    page
}

impl Console {
    async fn departing(&self, moment: Moment) -> Result<(String, String), LoginFault> {
        let (url, departure) = self.provider.depart(moment.instant).await?;
        let plain = serde_json::to_vec(&departure).map_err(|_| LoginFault::Unreachable)?;
        let sealed = self.broker.vault.seal_own(UNDERWAY, &plain).map_err(|_| LoginFault::Unreachable)?;
        Ok((url, set(LOGIN, &sealed)))
    }

    async fn arriving(&self, request: &HttpRequest, visitor: &Visitor, moment: Moment) -> Result<String, LoginFault> {
        let back = Query::<Back>::from_query(request.query_string()).map_err(|_| LoginFault::State)?.into_inner();
        let sealed = visitor.login.as_deref().ok_or(LoginFault::State)?;
        let plain = self.broker.vault.open_own(UNDERWAY, sealed).map_err(|_| LoginFault::State)?;
        let departure: Departure = serde_json::from_slice(&plain).map_err(|_| LoginFault::State)?;
        // RFC 9207: an answer of another provider is not an answer.
        if back.iss.is_some_and(|issuer| issuer != self.provider.issuer()) {
            return Err(LoginFault::State);
        }
        self.provider.arrive(departure, (&back.state, back.code), moment.instant).await
    }

    /// Counts a refusal, records it when the provider vouched for somebody, and says so on a page.
    pub(super) async fn refused(
        &self,
        visitor: &Visitor,
        fault: LoginFault,
        known_at: Option<Oin>,
        subject: Option<String>,
    ) -> HttpResponse {
        metrics::counter!("sluis_console_logins_total", "outcome" => fault.code()).increment(1);
        if fault.is_recorded()
            && self.broker.login_refused(fault.code(), known_at, subject, visitor.trace).await.is_err()
        {
            // The answer is a refusal either way; that it left no record is for the operator to see.
            metrics::counter!("sluis_rejections_unrecorded_total").increment(1);
        }
        let mut page = pages::refused(visitor, fault);
        // Anybody can send a browser here; only what was really this browser's log-in changes what it holds.
        let gone: &[&str] = match fault {
            LoginFault::State => &[],
            LoginFault::Unknown | LoginFault::NoOffice => &[LOGIN, SESSION],
            _ => &[LOGIN],
        };
        for name in gone {
            if let Ok(value) = header::HeaderValue::from_str(&unset(name)) {
                page.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        page
    }

    /// As [`Console::outside`], at an address that whoever has no office does not learn to exist: they see what an unknown
    /// page shows.
    pub(super) async fn nowhere(&self, visitor: &Visitor, outside: Outside) -> HttpResponse {
        let without_office = matches!(outside, Outside::NoOffice(..));
        let page = self.outside(visitor, outside).await;
        if !without_office {
            return page;
        }
        let mut nothing = pages::nothing(visitor);
        for cookie in page.headers().get_all(header::SET_COOKIE) {
            nothing.headers_mut().append(header::SET_COOKIE, cookie.clone());
        }
        nothing
    }

    /// The page for whoever is not let in.
    pub(super) async fn outside(&self, visitor: &Visitor, outside: Outside) -> HttpResponse {
        match outside {
            Outside::Nobody => pages::welcome(visitor),
            Outside::Trouble(trouble) => pages::trouble(visitor, &trouble),
            Outside::NoOffice(fault, known_at, session) => {
                visitor.session.iter().for_each(|token| self.sessions.end(token));
                self.refused(visitor, fault, known_at, Some(session.subject)).await
            }
        }
    }
}
