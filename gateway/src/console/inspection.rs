// SPDX-License-Identifier: EUPL-1.2
//! Handing out a report of who looked (AVG 15): the form in which an officer says who asks, and the page that is printed for
//! them. Whether they may have it is decided as if they stood here themselves; the officer decides nothing (RL-20).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use askama::Template;
use serde::Deserialize;
use sluis_policy::Oin;

use super::Console;
use super::asked::{self, FieldFault};
use super::language::Language;
use super::officer::Officer;
use super::pages::{self, Frame, answer};
use super::sentence;
use super::visitor::{Asked, Visitor};
use super::words;
use crate::broker::{Entitled, IDENTIFIED_BY, InspectionReport, InspectionRequest, Reply, ToldLine};
use crate::vault::Id;

/// What was filled in, as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    bewijs: String,
    ambt: String,
    leerling: String,
    signaal: String,
    persoon: String,
    samen: String,
    vastgesteld: String,
    van: String,
    tot: String,
}

const NOT_SEEN: FieldFault = FieldFault::new(
    "vastgesteld",
    "Kies hoe u heeft vastgesteld wie dit vraagt. Anders wordt er niets uitgereikt.",
    "Choose how you established who asks. Otherwise nothing is handed out.",
);
const NOBODY: FieldFault = FieldFault::new(
    "leerling",
    "Noem de jeugdige, met een leerlingsleutel of een signaal.",
    "Name the young person, by a pupil key or a signal.",
);
const PERSON: FieldFault = FieldFault::new(
    "persoon",
    "Dit is geen verwijzing naar een persoon: dat zijn 32 cijfers en letters a tot en met f.",
    "This is no reference to a person: those are 32 digits and letters a to f.",
);
const TOO_MUCH: FieldFault = FieldFault::new(
    "van",
    "Er is meer dan in een verslag past. Neem een kortere periode.",
    "There is more than fits in a report. Take a shorter period.",
);
const TOGETHER: FieldFault = FieldFault::new(
    "samen",
    "Dit vragen ouder en jeugdige samen, of de jeugdige alleen. Dat het zo niet mocht is vastgelegd.",
    "Parent and young person ask for this together, or the young person alone. That it was refused has been recorded.",
);

/// The form as it was filled in, with what is wrong.
struct Filled {
    sent: Sent,
    office: String,
    ways: Vec<(&'static str, String, bool)>,
    faults: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "inzage.html")]
struct FormShown {
    frame: Frame,
    form: Filled,
}

/// One line of the report, as text.
struct Shown {
    day: String,
    time: String,
    instant: String,
    deed: String,
    purpose: Option<String>,
    basis: Option<String>,
    form: Option<String>,
    place: Option<u64>,
}

#[derive(Template)]
#[template(path = "inzageverslag.html")]
struct ReportShown {
    frame: Frame,
    organisation: String,
    day: String,
    time: String,
    seen_by: String,
    lines: Vec<Shown>,
    id: String,
    checkpoint: String,
}

impl Sent {
    fn request(&self) -> Result<InspectionRequest, Vec<FieldFault>> {
        let found = asked::Sent {
            leerling: self.leerling.clone(),
            signaal: self.signaal.clone(),
            van: self.van.clone(),
            tot: self.tot.clone(),
            ..asked::Sent::default()
        };
        let (query, mut faults) = match found.query() {
            Ok(query) => (query, Vec::new()),
            Err(faults) => (Default::default(), faults),
        };
        if query.about.is_none() && faults.is_empty() {
            faults.push(NOBODY);
        }
        let person = self.person().unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let way = IDENTIFIED_BY.into_iter().find(|known| *known == self.vastgesteld);
        match (query.about, way, faults.is_empty()) {
            (Some(whom), Some(identified_by), true) => {
                let entitled = Entitled { person, with_youth: !self.samen.is_empty(), identified_by };
                Ok(InspectionRequest { whom, entitled, since: query.since, until: query.until })
            }
            (_, way, _) => {
                faults.extend(way.is_none().then_some(NOT_SEEN));
                Err(faults)
            }
        }
    }

    /// Who asks; the youth, where nobody is named.
    fn person(&self) -> Result<Option<Id>, FieldFault> {
        let text = self.persoon.trim();
        let mut id = Id::default();
        if text.is_empty() {
            return Ok(None);
        }
        hex::decode_to_slice(text, &mut id).map(|()| Some(id)).map_err(|_| PERSON)
    }

    fn office(&self) -> Option<Oin> {
        self.ambt.parse().ok()
    }
}

impl Filled {
    fn of(language: Language, officer: &Officer, sent: &Sent, faults: &[FieldFault]) -> Self {
        let way = |code: &'static str| (code, words::identified(language, code), code == sent.vastgesteld);
        Self {
            office: officer.office.organisation().to_string(),
            ways: IDENTIFIED_BY.into_iter().map(way).collect(),
            faults: faults.iter().map(|fault| (fault.field, fault.words(language))).collect(),
            sent: sent.clone(),
        }
    }

    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&'static str> {
        self.faults.iter().find(|(of, _)| *of == field).map(|(_, words)| *words)
    }
}

impl Shown {
    fn of(language: Language, officer: &Officer, line: &ToldLine) -> Self {
        let (day, time) = line.at.map(|at| sentence::when(language, at)).unwrap_or_default();
        let why = line.why.as_ref();
        Self {
            day,
            time,
            instant: line.at.map(crate::clock::rfc3339).unwrap_or_default(),
            deed: sentence::told(language, &officer.register, line),
            purpose: why.and_then(|why| why.purpose.as_deref()).map(|code| words::purpose(language, code)),
            basis: why.and_then(|why| why.basis.as_deref()).map(|code| words::basis(language, code)),
            form: why.and_then(|why| why.form.as_deref()).map(|code| words::form(language, code)),
            place: line.proof.as_ref().map(|proven| proven.proof.index.saturating_add(1)),
        }
    }
}

/// The form, empty.
pub(super) async fn form(request: actix_web::HttpRequest, visitor: Visitor, console: Data<Console>) -> HttpResponse {
    let Some(asked) = Asked::of(&request) else { return pages::misunderstood(&visitor) };
    match console.officer(&visitor, asked.organisatie) {
        Ok(officer) => filled(&visitor, &officer, &Sent::default(), &[]),
        Err(outside) => console.nowhere(&visitor, outside).await,
    }
}

/// The report, to be printed; or the form again.
pub(super) async fn report(visitor: Visitor, console: Data<Console>, sent: Form<Sent>) -> HttpResponse {
    let officer = match console.sender(&visitor, sent.office(), &sent.bewijs).await {
        Ok(officer) => officer,
        Err(page) => return page,
    };
    let asked = match sent.request() {
        Ok(asked) => asked,
        Err(faults) => return filled(&visitor, &officer, &sent, &faults),
    };
    let reader = officer.reader_for(None);
    match console.broker.inspect(&reader.asker, reader.actor, &asked).await {
        Ok(Reply::Released(report)) => shown(
            &visitor,
            &officer,
            (report.into_content(), words::identified(visitor.language, asked.entitled.identified_by)),
        ),
        Ok(Reply::Conflict) => filled(&visitor, &officer, &sent, &[TOO_MUCH]),
        Ok(Reply::Refused(refused)) if refused.rule() == sluis_policy::Rule::InspectionTogether => {
            filled(&visitor, &officer, &sent, &[TOGETHER])
        }
        // Not there, not theirs, or not for whoever asks: one page (P6).
        Ok(_) => pages::nothing(&visitor),
        Err(trouble) => pages::trouble(&visitor, &trouble),
    }
}

fn filled(visitor: &Visitor, officer: &Officer, sent: &Sent, faults: &[FieldFault]) -> HttpResponse {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = Frame::of(visitor, "Inzageverslag maken", "Make a report of who looked").with(officer);
    let form = Filled::of(visitor.language, officer, sent, faults);
    answer(status, visitor, &FormShown { frame, form })
}

fn shown(visitor: &Visitor, officer: &Officer, (report, seen_by): (InspectionReport, String)) -> HttpResponse {
    let language = visitor.language;
    let (day, time) = sentence::when(language, report.made_at);
    let frame = Frame::of(visitor, "Wie keek er naar uw gegevens?", "Who looked at your data?").with(officer);
    let page = ReportShown {
        frame,
        organisation: officer.office.name.clone(),
        day,
        time,
        seen_by,
        lines: report.lines.iter().map(|line| Shown::of(language, officer, line)).collect(),
        id: hex::encode(report.id),
        checkpoint: report.checkpoint,
    };
    answer(StatusCode::OK, visitor, &page)
}
