// SPDX-License-Identifier: EUPL-1.2
//! What each covenant promises, row by row, as data in `covenants/`: a question to the software and its outcome. And the
//! proof that the promise hangs on the covenant: taking away the key that carries the row changes the outcome.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use sluis_policy::covenant::{Holding, MeetingKind, Milestone, Row, Sector};
use sluis_policy::*;

use crate::golden;
use crate::world::{self, Changing, World};

mod coverage;
mod spoiled;
mod taken_away;

/// The five, each with its text, its promises and the name of its page.
pub(crate) const SHIPPED: &[(&str, &str, &str)] = &[
    (
        "west-maas-en-waal",
        include_str!("../covenants/west-maas-en-waal.toml"),
        include_str!("covenants/west-maas-en-waal.toml"),
    ),
    ("betuwe", include_str!("../covenants/betuwe.toml"), include_str!("covenants/betuwe.toml")),
    ("groningen", include_str!("../covenants/groningen.toml"), include_str!("covenants/groningen.toml")),
    ("arnhem", include_str!("../covenants/arnhem.toml"), include_str!("covenants/arnhem.toml")),
    (
        "kop-van-noord-holland",
        include_str!("../covenants/kop-van-noord-holland.toml"),
        include_str!("covenants/kop-van-noord-holland.toml"),
    ),
];

/// One promise: which rows it is about, in a sentence, what is asked, and what must come out.
#[derive(Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promise {
    #[serde(rename = "rijen")]
    pub(crate) rows: Vec<String>,
    #[serde(rename = "zin")]
    pub(crate) sentence: String,
    #[serde(rename = "vraag")]
    question: Question,
    #[serde(rename = "uitkomst")]
    pub(crate) outcome: String,
}

#[derive(Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
enum Question {
    /// A signal is offered: the rule that decides.
    #[serde(rename = "signaal")]
    Signal(SignalQuestion),
    /// A term begins: its last day.
    #[serde(rename = "termijn")]
    Term {
        #[serde(rename = "wat")]
        milestone: Milestone,
        #[serde(rename = "vanaf")]
        start: Date,
    },
    /// When to warn that a term comes to its end.
    #[serde(rename = "waarschuwing")]
    Warning {
        #[serde(rename = "wat")]
        milestone: Milestone,
        #[serde(rename = "vanaf")]
        start: Date,
    },
    /// A meeting was held: by when again.
    #[serde(rename = "opnieuw")]
    Again {
        #[serde(rename = "overleg")]
        kind: MeetingKind,
        #[serde(rename = "na")]
        last: Date,
    },
    /// Whether somebody has a seat.
    #[serde(rename = "zetel")]
    Seat {
        #[serde(rename = "overleg")]
        kind: MeetingKind,
        #[serde(rename = "rol")]
        role: Role,
        #[serde(rename = "loket")]
        desk: Desk,
    },
    /// Who may call a meeting.
    #[serde(rename = "beginnen")]
    Call {
        #[serde(rename = "overleg")]
        kind: MeetingKind,
        #[serde(rename = "rol")]
        role: Role,
    },
    /// Which party goes by this name.
    #[serde(rename = "partij")]
    Party(String),
    /// Which step this is, and whether a name goes along.
    #[serde(rename = "trede")]
    Step(String),
    /// Who holds process, case or the last word.
    #[serde(rename = "regie")]
    Holder(Holding),
    /// Whether the covenant chose that absence may be told to the index.
    #[serde(rename = "index_gekozen")]
    IndexChosen(bool),
    /// Whether it binds on this day.
    #[serde(rename = "geldt_op")]
    Binds(Date),
    /// Whether a school of this sector can be a party.
    #[serde(rename = "school_van")]
    SchoolOf(Sector),
}

#[derive(Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
struct SignalQuestion {
    #[serde(rename = "soort")]
    kind: SignalKind,
    #[serde(rename = "van", default = "school")]
    from: Desk,
    #[serde(rename = "naar")]
    to: Desk,
    #[serde(rename = "op_naam", default = "yes")]
    named: bool,
    /// Who agrees.
    #[serde(rename = "akkoord", default)]
    agrees: Vec<String>,
    #[serde(rename = "leeftijd", default = "seven")]
    age: i16,
    /// All conditions are met, unless this says which.
    #[serde(rename = "gedaan")]
    done: Option<Vec<Gate>>,
    #[serde(rename = "uren", default = "hours")]
    hours: u16,
    #[serde(rename = "risicogrond", default)]
    risk: bool,
    #[serde(rename = "gehoord", default)]
    heard: bool,
    /// Where the youth lives and the receiver works; otherwise in the first municipality of the covenant.
    #[serde(rename = "gemeente")]
    municipality: Option<MunicipalityCode>,
}

const fn school() -> Desk {
    Desk::School
}
const fn yes() -> bool {
    true
}
const fn seven() -> i16 {
    7
}
const fn hours() -> u16 {
    17
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromiseFile {
    #[serde(rename = "belofte")]
    promises: Vec<Promise>,
}

pub(crate) fn promises(text: &str) -> Vec<Promise> {
    toml::from_str::<PromiseFile>(text).unwrap().promises
}

impl Promise {
    /// Whether a decision, or the loading of a covenant, hangs on it. The other promises are about what the software
    /// keeps and works out, and as yet shows only on the page.
    pub(crate) fn decides(&self) -> bool {
        match self.question {
            Question::Signal(_)
            | Question::Party(_)
            | Question::IndexChosen(_)
            | Question::Binds(_)
            | Question::SchoolOf(_) => true,
            Question::Term { .. }
            | Question::Warning { .. }
            | Question::Again { .. }
            | Question::Seat { .. }
            | Question::Call { .. }
            | Question::Step(_)
            | Question::Holder(_) => false,
        }
    }
}

/// Each row's promises hold, under its own number.
#[test]
fn every_row_keeps_its_promises() {
    let mut broken = Vec::new();
    for (name, text, promised) in SHIPPED {
        let covenant = Arc::new(Covenant::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}")));
        for promise in promises(promised) {
            for row in &promise.rows {
                assert!(row.parse::<Row>().is_ok(), "{name}: {row} is no row");
            }
            let found = outcome(&covenant, text, &promise);
            if found != promise.outcome {
                broken.push(format!(
                    "{name} {:?}: {}: {} in plaats van {}",
                    promise.rows, promise.sentence, found, promise.outcome
                ));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_covenant_pages_are_the_ones_in_git() {
    for (name, text, _) in SHIPPED {
        let covenant = Covenant::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        golden::compare(&format!("convenant-{name}.md"), &covenant.page());
    }
}

/// No two of the five leave it open which of them holds.
#[test]
fn the_shipped_covenants_do_not_overlap() {
    let all: Vec<Covenant> = SHIPPED.iter().map(|(_, text, _)| Covenant::parse(text).unwrap()).collect();
    for (index, one) in all.iter().enumerate() {
        for other in &all[index + 1..] {
            assert_eq!(one.overlap(other), None, "{} and {}", one.id(), other.id());
        }
    }
}

/// What the software answers, in one word or line.
pub(crate) fn outcome(covenant: &Arc<Covenant>, text: &str, promise: &Promise) -> String {
    let date = |day: Option<Date>| day.map_or("geen".to_owned(), |day| day.to_string());
    match &promise.question {
        Question::Signal(question) => decide(covenant, question),
        Question::Term { milestone, start } => date(covenant.term(*milestone).map(|term| term.due(*start))),
        Question::Warning { milestone, start } => date(covenant.term(*milestone).and_then(|term| term.warning(*start))),
        Question::Again { kind, last } => date(covenant.meeting(*kind).and_then(|meeting| meeting.next_by(*last))),
        Question::Seat { kind, role, desk } => {
            let seated = covenant.meeting(*kind).is_some_and(|meeting| meeting.seats(*role, *desk));
            if seated { "ja" } else { "nee" }.to_owned()
        }
        Question::Call { kind, role } => {
            let may =
                covenant.meeting(*kind).is_some_and(|meeting| meeting.callers.iter().any(|seat| seat.role == *role));
            if may { "ja" } else { "nee" }.to_owned()
        }
        Question::Party(name) => covenant.party_named(name).map_or("geen".to_owned(), |party| party.name.clone()),
        Question::Step(name) => {
            let found = covenant.ladder().iter().enumerate().find(|(_, step)| step.seat.name.as_ref() == Some(name));
            let named = |free| if free { "zonder naam" } else { "op naam" };
            found.map_or("geen".to_owned(), |(index, step)| format!("{}, {}", index + 1, named(step.is_person_free())))
        }
        Question::Holder(holding) => {
            let held = covenant.holders().iter().filter(|holder| holder.holding == *holding);
            held.map(|holder| format!("{} bij {}", holder.seat.role, holder.seat.desk)).collect::<Vec<_>>().join(", ")
        }
        Question::IndexChosen(chosen) => {
            if covenant.switches().absence_to_index == *chosen { "ja" } else { "nee" }.to_owned()
        }
        Question::Binds(day) => if covenant.valid().contains(*day) { "ja" } else { "nee" }.to_owned(),
        Question::SchoolOf(sector) => {
            let text = text.replacen("\n[[partij]]", &extra_school(*sector), 1);
            if Covenant::parse(&text).is_ok() { "ja" } else { "geweigerd" }.to_owned()
        }
    }
}

fn extra_school(sector: Sector) -> String {
    format!(
        "\n[[partij]]\noin = \"99000000999900000077\"\nnaam = \"School erbij\"\nsector = \"{sector}\"\n\
         loketten = {{ school = \"School\" }}\nrijen = [\"ROL-08\"]\n\n[[partij]]"
    )
}

/// The decision, with everything in order but what the question says.
fn decide(covenant: &Arc<Covenant>, question: &SignalQuestion) -> String {
    let mut world = World::submitting(question.kind, question.to).aged(question.age);
    let home = question.municipality.or_else(|| covenant.parties().iter().find_map(|party| party.municipality));
    let (sender, receiver) = (party(covenant, question.from, home), party(covenant, question.to, home));
    world.request.actor = world::actor(sender, world::usual_role(question.from));
    world.request.receiver = receiver;
    world.request.named = question.named;
    let signal = world.signal();
    (signal.sender, signal.receivers) = (sender, vec![receiver]);
    signal.gates = question.done.clone().unwrap_or_else(|| Gate::ALL.to_vec());
    signal.absence = Some(world::absence(AbsenceGround::Unauthorised, question.hours));
    signal.risk_ticked = question.risk;
    world.facts.receiver_municipality = home;
    let purpose = world.request.purpose;
    let youth = world.youth();
    youth.home = home;
    for enrolment in &mut youth.enrolments {
        enrolment.school = party(covenant, Desk::School, home);
    }
    youth.involvements.push(Involvement { party: sender, purpose, period: Period::since(youth.born) });
    if question.heard {
        youth.hearings.push(Hearing {
            on: world::TODAY,
            by: sender,
            said: VoiceKind::Objects,
            scope: world::anything(),
        });
    }
    for who in &question.agrees {
        let person = match who.as_str() {
            "ouder_a" => world::A,
            "ouder_b" => world::B,
            "jeugdige" => world::YOUTH,
            other => panic!("nobody is called {other}"),
        };
        world = world.says(person, VoiceKind::Agrees);
    }
    world.covenant = Some(covenant.clone());
    let decision = world.decide();
    let due: Vec<String> =
        decision.obligations().iter().map(|duty| format!("{} {}", duty.duty, duty.due_working_days)).collect();
    match decision {
        Decision::Permit(_) => format!("{}, {}", decision.rule().id(), due.join(", ")),
        Decision::Refusal(_) => decision.rule().id().to_owned(),
    }
}

/// The party with this desk, for residents the one of this municipality; nobody's where there is none.
fn party(covenant: &Covenant, desk: Desk, home: Option<MunicipalityCode>) -> Party {
    let right = |party: &&covenant::CovenantParty| !desk.serves_residents() || party.municipality == home;
    let holds = covenant.parties().iter().find(|party| party.desks.contains_key(&desk) && right(party));
    let organisation = holds.map_or("99000000999900000000".parse().unwrap(), |party| party.organisation);
    Party { organisation, desk }
}
