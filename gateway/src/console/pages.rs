// SPDX-License-Identifier: EUPL-1.2
//! The pages: each a template with what it shows, and a status.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::language::Language;
use super::lines::{self, Check, Found, Lines};
use super::login::BEGIN;
use super::officer::Officer;
use super::provider::LoginFault;
use super::reason::Reason;
use super::visitor::Visitor;
use crate::broker::Trouble;
use crate::http::problem::RETRY_SECONDS;

/// What stands around every page.
pub(super) struct Frame {
    pub(super) language: Language,
    pub(super) title: &'static str,
    /// The same page in the other language.
    pub(super) elsewhere: String,
    pub(super) officer: Option<Badge>,
}

/// For whom a page is.
pub(super) struct Badge {
    pub(super) organisation: String,
    /// Name, address, and whether it is this one; empty with one office.
    pub(super) offices: Vec<(String, String, bool)>,
    /// What the button to log out brings back.
    pub(super) form: String,
}

#[derive(Template)]
#[template(path = "bericht.html")]
struct Message {
    frame: Frame,
    lines: Vec<&'static str>,
    /// What to do next: text and address.
    next: Option<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "logboek.html")]
struct LogShown {
    frame: Frame,
    page: Lines,
}

#[derive(Template)]
#[template(path = "reden.html")]
struct ReasonAsked {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "controle.html")]
struct CheckShown {
    frame: Frame,
    check: Check,
}

impl Frame {
    /// Around a page with this title.
    pub(super) fn of(visitor: &Visitor, dutch: &'static str, english: &'static str) -> Self {
        let language = visitor.language;
        let elsewhere = visitor.here.in_language(language.other());
        Self { language, title: language.of(dutch, english), elsewhere, officer: None }
    }

    /// For this officer.
    pub(super) fn with(self, officer: &Officer) -> Self {
        let here = officer.office.organisation();
        let all = officer.offices.iter().filter(|_| officer.offices.len() > 1);
        let office = |office: &super::officer::Office| {
            let organisation = office.organisation();
            (office.name.clone(), lines::front(officer, organisation), organisation == here)
        };
        let badge = Badge {
            organisation: officer.office.name.clone(),
            offices: all.map(office).collect(),
            form: URL_SAFE_NO_PAD.encode(officer.session.form),
        };
        Self { officer: Some(badge), ..self }
    }

    /// What a reason is called in the page's language.
    fn named(&self, reason: &Reason) -> &'static str {
        reason.words(self.language)
    }

    /// The one of two texts that is in the page's language.
    pub(super) fn say<'a>(&self, dutch: &'a str, english: &'a str) -> &'a str {
        self.language.of(dutch, english)
    }
}

/// The latest lines of the log.
pub(super) fn log(visitor: &Visitor, officer: &Officer, page: Lines) -> HttpResponse {
    let frame = Frame::of(visitor, "Wie keek er, en waarom?", "Who looked, and why?").with(officer);
    answer(StatusCode::OK, visitor, &LogShown { frame, page })
}

/// Why they read, before anything is shown.
pub(super) fn reason(visitor: &Visitor, officer: &Officer) -> HttpResponse {
    let frame = Frame::of(visitor, "Waarom leest u in het logboek?", "Why do you read the log?").with(officer);
    answer(StatusCode::OK, visitor, &ReasonAsked { frame })
}

/// One line of it, checked.
pub(super) fn check(visitor: &Visitor, officer: &Officer, check: Check) -> HttpResponse {
    let frame = Frame::of(visitor, "Controle van een regel", "Check of a line").with(officer);
    answer(StatusCode::OK, visitor, &CheckShown { frame, check })
}

/// What this place is for, and the way in.
pub(super) fn welcome(visitor: &Visitor) -> HttpResponse {
    let l = visitor.language;
    let lines = vec![
        l.of(
            "Hier leest de functionaris gegevensbescherming het logboek van de eigen organisatie: wie gegevens over jeugdigen zag of verstuurde, wanneer, en op welke grond.",
            "Here the data protection officer reads the log of their own organisation: who saw or sent data about young people, when, and on what ground.",
        ),
        l.of(
            "U meldt zich aan bij uw eigen organisatie. Daarvan horen wij alleen wie u bent.",
            "You log in with your own organisation. From them we only hear who you are.",
        ),
        l.of(
            "Ook wat u hier leest, wordt vastgelegd. Zonder gebruik stopt uw aanmelding na een kwartier.",
            "What you read here is recorded as well. Without use, your log-in ends after a quarter of an hour.",
        ),
    ];
    let next = Some((l.of("Aanmelden", "Log in"), BEGIN));
    let frame =
        Frame::of(visitor, "Logboek voor de functionaris gegevensbescherming", "Log for the data protection officer");
    answer(StatusCode::OK, visitor, &Message { frame, lines, next })
}

/// The session was ended by its person.
pub(super) fn logged_out(visitor: &Visitor) -> HttpResponse {
    let l = visitor.language;
    let lines = vec![
        l.of("U bent hier afgemeld.", "You are logged out here."),
        l.of(
            "Bij uw eigen organisatie kunt u nog aangemeld zijn. Sluit op een gedeelde computer ook de browser.",
            "You may still be logged in with your own organisation. On a shared computer, close the browser as well.",
        ),
    ];
    let next = Some((l.of("Naar het begin", "To the start"), "/"));
    answer(StatusCode::OK, visitor, &Message { frame: Frame::of(visitor, "Afgemeld", "Logged out"), lines, next })
}

/// A log-in that did not succeed: why, as far as that helps, and nothing else.
pub(super) fn refused(visitor: &Visitor, fault: LoginFault) -> HttpResponse {
    let l = visitor.language;
    let again = Some((l.of("Opnieuw beginnen", "Start again"), "/"));
    let (status, lines, next) = match fault {
        LoginFault::Unknown | LoginFault::NoOffice => {
            let lines = vec![
                l.of(
                    "Alleen wie vandaag functionaris gegevensbescherming is, kan dit logboek lezen. Dat bent u volgens ons register niet.",
                    "Only somebody who is data protection officer today can read this log. According to our register you are not.",
                ),
                l.of(
                    "Klopt dat niet? Vraag dan wie in uw organisatie de rollen in Sluis bijhoudt.",
                    "Is that wrong? Then ask who keeps the roles in Sluis in your organisation.",
                ),
                l.of("Dat u zich heeft aangemeld, is vastgelegd.", "That you logged in has been recorded."),
            ];
            (StatusCode::FORBIDDEN, lines, None)
        }
        LoginFault::Unreachable | LoginFault::Busy => {
            let line = l.of(
                "We kunnen nu niet aan uw organisatie vragen wie u bent. Probeer het over een minuut opnieuw.",
                "We cannot ask your organisation who you are at the moment. Try again in a minute.",
            );
            (StatusCode::SERVICE_UNAVAILABLE, vec![line], again)
        }
        LoginFault::State => {
            let line = l.of(
                "Deze aanmelding is niet in deze browser begonnen, of meer dan tien minuten geleden. Begin opnieuw.",
                "This log-in was not started in this browser, or more than ten minutes ago. Start again.",
            );
            (StatusCode::BAD_REQUEST, vec![line], again)
        }
        LoginFault::Denied => {
            let line = l.of("Uw organisatie heeft u niet aangemeld.", "Your organisation did not log you in.");
            (StatusCode::FORBIDDEN, vec![line], again)
        }
        LoginFault::Code | LoginFault::Token | LoginFault::Nonce => {
            let line = l.of(
                "Wat we over u te horen kregen, klopt niet. Daarom laten we niets zien.",
                "What we were told about you is not right. So we show nothing.",
            );
            (StatusCode::FORBIDDEN, vec![line], again)
        }
    };
    let frame = Frame::of(visitor, "U bent niet aangemeld", "You are not logged in");
    answer(status, visitor, &Message { frame, lines, next })
}

/// There is nothing, or not for whoever asked.
pub(super) fn nothing(visitor: &Visitor) -> HttpResponse {
    of_status(visitor, StatusCode::NOT_FOUND)
}

/// An address or form that says something that cannot be.
pub(super) fn misunderstood(visitor: &Visitor) -> HttpResponse {
    of_status(visitor, StatusCode::BAD_REQUEST)
}

/// What can be said of a status alone.
pub(super) fn of_status(visitor: &Visitor, status: StatusCode) -> HttpResponse {
    let l = visitor.language;
    let (frame, line) = if status == StatusCode::NOT_FOUND {
        let line = l.of("Hier is niets, of het is niet voor u.", "There is nothing here, or it is not for you.");
        (Frame::of(visitor, "Niet gevonden", "Not found"), line)
    } else {
        let line =
            l.of("Dit kan hier niet. Ga terug naar het begin.", "This cannot be done here. Go back to the start.");
        (Frame::of(visitor, "Dat begrijpen we niet", "We do not understand"), line)
    };
    let next = Some((l.of("Naar het begin", "To the start"), "/"));
    answer(status, visitor, &Message { frame, lines: vec![line], next })
}

/// Reading cannot be recorded, so nothing is shown (P1).
pub(super) fn trouble(visitor: &Visitor, trouble: &Trouble) -> HttpResponse {
    tracing::error!(%trouble, trace = %visitor.trace.id(), "a page could not be shown");
    let l = visitor.language;
    let lines = vec![
        l.of(
            "Wie in het logboek leest, wordt zelf ook vastgelegd. Dat lukt nu niet, en daarom laten we niets zien.",
            "Whoever reads the log is recorded as well. That is not possible now, and so we show nothing.",
        ),
        l.of("Probeer het over een minuut opnieuw.", "Try again in a minute."),
    ];
    let frame = Frame::of(visitor, "Er is een storing", "Something is out of order");
    let next = Some((l.of("Opnieuw proberen", "Try again"), "/"));
    let mut page = answer(StatusCode::SERVICE_UNAVAILABLE, visitor, &Message { frame, lines, next });
    page.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(RETRY_SECONDS));
    page
}

/// A page as it is sent.
pub(super) fn answer(status: StatusCode, visitor: &Visitor, page: &impl Template) -> HttpResponse {
    let Ok(page) = page.render() else { return HttpResponse::InternalServerError().finish() };
    let mut answer = HttpResponseBuilder::new(status);
    answer.content_type("text/html; charset=utf-8").insert_header((header::CONTENT_LANGUAGE, visitor.language.code()));
    if let Some(cookie) = visitor.language_cookie() {
        answer.append_header((header::SET_COOKIE, cookie));
    }
    answer.body(page)
}
