// SPDX-License-Identifier: EUPL-1.2
//! Everything that can go wrong for a caller, as one enum, and its form on the wire: `application/problem+json`
//! (RFC 9457). What is told concerns only the caller's own input; never what is stored, and never how this is built.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use sluis_policy::Rule;
use utoipa::ToSchema;

mod wire;

use crate::broker::Barred;
use wire::HeardRule;
pub(super) use wire::Wire;

/// Probleem: why a request has no ordinary answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "probleem")]
pub enum Problem {
    /// 400: the input has faults; all that were found are listed.
    InvalidInput(Vec<InputFault>),
    /// 400: a POST that writes came without an Idempotency-Key.
    IdempotencyKeyMissing,
    /// 401: the caller did not show who they are, or what they showed does not hold.
    NotAuthenticated,
    /// 403: the caller is known, and may not do this here.
    NotPermitted,
    /// 403: it was decided that this may not be, by this rule.
    Refused(Rule),
    /// 403: it was decided for every receiver that it may not be, each by its own rule.
    RefusedByAll(Vec<Barred>),
    /// 404: there is nothing here, or nothing for this caller; the two look the same.
    NotFound,
    /// 405: the resource has other methods; they are named in `Allow`.
    MethodNotAllowed,
    /// 406: the caller accepts no JSON.
    NotAcceptable,
    /// 408: the body did not arrive in time.
    TooSlow,
    /// 409: the same Idempotency-Key is being worked on.
    StillRunning,
    /// 409: the state of the resource does not allow this step.
    Conflict,
    /// 413: the body is larger than is read.
    TooLarge,
    /// 415: the body is not JSON.
    UnsupportedMediaType,
    /// 422: the same Idempotency-Key came with another body.
    IdempotencyKeyReused,
    /// 429: this caller asks more than is allowed; try again after so many seconds.
    TooMany(u32),
    /// 431: the headers are larger than is read.
    HeadersTooLarge,
    /// 500: something failed here that the caller cannot help.
    Internal,
    /// 502: the system that was asked did not answer as agreed.
    NoGoodAnswer,
    /// 504: the system that was asked did not answer in time.
    NoAnswerInTime,
    /// 503: for the moment nothing can be done; try again after so many seconds.
    Unavailable(u32),
    /// 503: nobody knows yet whether what was asked is done; the same key tells, after so many seconds.
    Uncertain(u32),
    /// The inner problem, on a signal about safety: says first that no report was made, or that this is not certain, and
    /// whom to ring (RL-10).
    OnSafety(Box<Problem>),
}

/// Een fout in uw eigen invoer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Invoerfout)]
pub struct InputFault {
    /// Waar: een JSON-pointer in het bericht (RFC 6901), of de naam van een parameter of kop.
    #[schema(example = "/geboortedatum")]
    pub pointer: String,
    /// Wat er mis is. De waarde zelf staat er nooit bij.
    #[schema(example = "Deze datum ligt in de toekomst.")]
    pub detail: String,
}

impl InputFault {
    /// A fault at a place.
    #[must_use]
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// RL-10, in the words of the caller. It is also said where the kind is not known yet.
const NO_REPORT_MADE: &str = "Er is geen melding gedaan.";

/// RL-10 where the report may turn out to be made: that none was made would be as untrue as that one was.
const PERHAPS_REPORTED: &str = "Het is niet zeker dat de melding is gedaan.";

/// Whom to ring, in either case (RL-10).
const WHOM_TO_RING: &str = "Gaat het om de veiligheid van een kind, bel dan Veilig Thuis: 0800-2000 (gratis, dag en nacht). \
     Bel bij direct gevaar 112.";

/// What is fixed about a kind of problem: status, the last part of its type, title and explanation.
type Face = (StatusCode, &'static str, &'static str, &'static str);

impl Problem {
    /// The same problem on a signal about safety (RL-10). While the same request is still running, it is not true that no
    /// report was made, so that one stays as it is.
    #[must_use]
    pub fn on_safety(self) -> Self {
        match self {
            Self::OnSafety(_) | Self::StillRunning => self,
            other => Self::OnSafety(Box::new(other)),
        }
    }

    /// A single fault in the input.
    #[must_use]
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::InvalidInput(vec![InputFault::new(pointer, detail)])
    }

    /// The problem that a bare status stands for, when something other than our own code answered.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::NotAuthenticated,
            403 => Self::NotPermitted,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            408 => Self::TooSlow,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMediaType,
            429 => Self::TooMany(RETRY_SECONDS),
            431 => Self::HeadersTooLarge,
            503 => Self::Unavailable(RETRY_SECONDS),
            400..=499 => Self::InvalidInput(Vec::new()),
            _ => Self::Internal,
        }
    }

    /// The last part of the `type` URN: stable, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.face().1
    }

    /// The answer, with the trace that an operator can find it by.
    #[must_use]
    pub fn response(&self, trace: Option<&str>) -> HttpResponse {
        self.dress(HttpResponse::new(self.status_code()), trace)
    }

    /// Gives an answer the status and body of this problem, and keeps its other headers and what is attached to it.
    #[must_use]
    pub fn dress(&self, response: HttpResponse, trace: Option<&str>) -> HttpResponse {
        let mut response = response.set_body(BoxBody::new(self.body(trace)));
        *response.status_mut() = self.status_code();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some((name, value)) = self.extra_header() {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self.clone());
        response
    }

    fn extra_header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::NotAuthenticated => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\"")))
            }
            Self::Unavailable(seconds) | Self::Uncertain(seconds) | Self::TooMany(seconds) => {
                Some((header::RETRY_AFTER, HeaderValue::from(*seconds)))
            }
            Self::OnSafety(inner) => inner.extra_header(),
            _ => None,
        }
    }

    fn body(&self, trace: Option<&str>) -> String {
        let (status, code, title, _) = self.face();
        let errors = self.faults();
        let detail = self.detail();
        let wire = Wire {
            kind: format!("urn:sluis:probleem:{code}"),
            title,
            status: status.as_u16(),
            detail,
            trace_id: trace,
            errors,
            rule: self.rule().map(Rule::id),
            sentence: self.rule().map(Rule::sentence),
            rules: self.rules(),
        };
        // A struct of strings and numbers always serialises; were it not so, an empty object still is no disclosure.
        serde_json::to_string(&wire).unwrap_or_else(|_| "{}".into())
    }

    /// What the caller reads.
    pub(super) fn detail(&self) -> String {
        let explanation = self.face().3;
        let first = match self {
            Self::OnSafety(inner) if matches!(**inner, Self::Uncertain(_)) => PERHAPS_REPORTED,
            Self::OnSafety(_) => NO_REPORT_MADE,
            _ => return explanation.to_owned(),
        };
        format!("{first} {WHOM_TO_RING} {explanation}")
    }

    fn faults(&self) -> &[InputFault] {
        match self {
            Self::InvalidInput(faults) => faults,
            Self::OnSafety(inner) => inner.faults(),
            _ => &[],
        }
    }

    fn rule(&self) -> Option<Rule> {
        match self {
            Self::Refused(rule) => Some(*rule),
            Self::OnSafety(inner) => inner.rule(),
            _ => None,
        }
    }

    fn rules(&self) -> Vec<HeardRule> {
        match self {
            Self::RefusedByAll(rules) => rules.iter().map(HeardRule::of).collect(),
            Self::OnSafety(inner) => inner.rules(),
            _ => Vec::new(),
        }
    }

    fn face(&self) -> Face {
        match self {
            Self::InvalidInput(_) => (
                StatusCode::BAD_REQUEST,
                "ongeldige-invoer",
                "De invoer klopt niet",
                "Herstel de genoemde fouten en dien het verzoek opnieuw in.",
            ),
            Self::IdempotencyKeyMissing => (
                StatusCode::BAD_REQUEST,
                "idempotency-key-ontbreekt",
                "De Idempotency-Key ontbreekt",
                "Geef elk verzoek dat iets vastlegt een eigen Idempotency-Key mee.",
            ),
            Self::NotAuthenticated => (
                StatusCode::UNAUTHORIZED,
                "niet-aangemeld",
                "U bent niet aangemeld",
                "Er is een geldig clientcertificaat nodig, met een geldig toegangstoken dat aan dat certificaat is gebonden.",
            ),
            Self::NotPermitted => (
                StatusCode::FORBIDDEN,
                "niet-toegestaan",
                "Dit is niet toegestaan",
                "Uw organisatie, mandaat of rol geeft vandaag geen toegang tot deze handeling.",
            ),
            Self::Refused(rule) => (StatusCode::FORBIDDEN, "geweigerd", "Dit is geweigerd", rule.sentence()),
            Self::RefusedByAll(_) => (
                StatusCode::FORBIDDEN,
                "geweigerd-voor-iedereen",
                "Geen van de ontvangers mag dit krijgen",
                "Er is niets verzonden. Per ontvanger staat erbij door welke regel.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "niet-gevonden",
                "Niet gevonden",
                "Op dit adres is niets, of niets dat voor u bestemd is.",
            ),
            _ => self.rarer_face(),
        }
    }

    fn rarer_face(&self) -> Face {
        match self {
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "methode-niet-toegestaan",
                "Deze methode bestaat hier niet",
                "De methoden die wel bestaan, staan in de kop Allow.",
            ),
            Self::NotAcceptable => (
                StatusCode::NOT_ACCEPTABLE,
                "niet-leverbaar",
                "Alleen JSON is leverbaar",
                "Vraag application/json in de kop Accept.",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "te-langzaam",
                "Het verzoek kwam niet op tijd binnen",
                "Stuur het verzoek opnieuw, in zijn geheel en binnen de tijd.",
            ),
            Self::StillRunning => (
                StatusCode::CONFLICT,
                "nog-bezig",
                "Hetzelfde verzoek is nog in behandeling",
                "Wacht even en herhaal het verzoek met dezelfde Idempotency-Key.",
            ),
            Self::Conflict => (
                StatusCode::CONFLICT,
                "stap-past-niet",
                "Deze stap past niet bij de stand van zaken",
                "Haal de stand opnieuw op en kies een stap die daarbij past.",
            ),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "te-groot", "Het bericht is te groot", "Stuur een kleiner bericht.")
            }
            _ => self.rarest_face(),
        }
    }

    fn rarest_face(&self) -> Face {
        match self {
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "geen-json", "Het bericht is geen JSON", "Stuur application/json.")
            }
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-hergebruikt",
                "Deze Idempotency-Key hoort bij een ander bericht",
                "Geef een nieuw bericht een nieuwe Idempotency-Key.",
            ),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "te-veel",
                "Te veel verzoeken",
                "Probeer het opnieuw na de tijd in de kop Retry-After.",
            ),
            Self::HeadersTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "koppen-te-groot",
                "De koppen van het verzoek zijn te groot",
                "Stuur minder of kleinere koppen.",
            ),
            Self::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "niet-beschikbaar",
                "Dit kan nu even niet",
                "Er is u niets verstrekt. Probeer het opnieuw na de tijd in de kop Retry-After, met dezelfde Idempotency-Key: zo \
                 wordt niets dubbel vastgelegd.",
            ),
            Self::Uncertain(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "onzeker",
                "Het is niet zeker of dit is vastgelegd",
                "Er is u niets verstrekt. Herhaal het verzoek na de tijd in de kop Retry-After met dezelfde Idempotency-Key: zo wordt \
                 niets dubbel vastgelegd, en hoort u wat ervan is geworden.",
            ),
            Self::NoGoodAnswer => (
                StatusCode::BAD_GATEWAY,
                "geen-goed-antwoord",
                "De bevraagde organisatie gaf geen bruikbaar antwoord",
                "De vraag is vastgelegd. Probeer het later opnieuw, of neem contact op met de organisatie.",
            ),
            Self::NoAnswerInTime => (
                StatusCode::GATEWAY_TIMEOUT,
                "geen-antwoord-op-tijd",
                "De bevraagde organisatie antwoordde niet op tijd",
                "De vraag is vastgelegd. Probeer het later opnieuw, of neem contact op met de organisatie.",
            ),
            Self::OnSafety(inner) => inner.face(),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "fout-bij-ons",
                "Er ging bij ons iets mis",
                "Het ligt niet aan uw verzoek. Noem bij navraag het traceId.",
            ),
        }
    }
}

/// After how many seconds to try again, when nothing better is known.
pub const RETRY_SECONDS: u32 = 5;

const PROBLEM_JSON: &str = "application/problem+json";

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.face().0
    }

    fn error_response(&self) -> HttpResponse {
        self.response(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Problem> {
        vec![
            Problem::InvalidInput(Vec::new()),
            Problem::IdempotencyKeyMissing,
            Problem::NotAuthenticated,
            Problem::NotPermitted,
            Problem::Refused(Rule::ConsentMissing),
            Problem::RefusedByAll(Vec::new()),
            Problem::NotFound,
            Problem::MethodNotAllowed,
            Problem::NotAcceptable,
            Problem::TooSlow,
            Problem::StillRunning,
            Problem::Conflict,
            Problem::TooLarge,
            Problem::UnsupportedMediaType,
            Problem::IdempotencyKeyReused,
            Problem::TooMany(1),
            Problem::HeadersTooLarge,
            Problem::Internal,
            Problem::NoGoodAnswer,
            Problem::NoAnswerInTime,
            Problem::Unavailable(1),
            Problem::Uncertain(1),
        ]
    }

    #[test]
    fn every_problem_has_a_type_of_its_own() {
        let mut codes: Vec<_> = all().iter().map(Problem::code).collect();
        codes.sort_unstable();
        let before = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), before);
        assert_eq!(codes.iter().filter(|code| **code == "fout-bij-ons").count(), 1);
    }

    #[test]
    fn every_problem_says_its_status_title_and_detail() {
        for problem in all() {
            let body: serde_json::Value = serde_json::from_str(&problem.body(Some("abc"))).unwrap();
            assert_eq!(body["status"], problem.status_code().as_u16(), "{problem}");
            assert_eq!(body["traceId"], "abc");
            for key in ["type", "title", "detail"] {
                assert!(!body[key].as_str().unwrap().is_empty(), "{problem} {key}");
            }
        }
    }

    #[test]
    fn rl_10_on_safety_the_first_words_say_what_is_known_of_the_report_and_whom_to_ring() {
        assert_eq!(Problem::StillRunning.on_safety(), Problem::StillRunning);
        for problem in all().into_iter().filter(|problem| *problem != Problem::StillRunning) {
            let plain = problem.clone();
            let problem = problem.on_safety().on_safety();
            let body: serde_json::Value = serde_json::from_str(&problem.body(None)).unwrap();
            let detail = body["detail"].as_str().unwrap();
            let first = match plain {
                // It may turn out to be made.
                Problem::Uncertain(_) => "Het is niet zeker dat de melding is gedaan.",
                _ => "Er is geen melding gedaan.",
            };
            assert!(detail.starts_with(first), "{problem}");
            assert!(plain != Problem::Uncertain(1) || detail.contains("dezelfde Idempotency-Key"), "{problem}");
            assert!(detail.contains("0800-2000") && detail.contains("112"), "{problem}");
            assert_eq!(problem.status_code(), plain.status_code());
            assert_eq!(problem.extra_header(), plain.extra_header());
        }
    }
}
