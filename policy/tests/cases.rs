// SPDX-License-Identifier: EUPL-1.2
//! The worked cases: data in `cases/`, one file a case. Each tells the facts of one youth, and one or more questions
//! with the decision and the rule that the sources lead to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use sluis_policy::*;

use crate::world::{self, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[serde(rename = "casus")]
    number: String,
    #[serde(rename = "zin")]
    sentence: String,
    #[serde(rename = "bron")]
    sources: Vec<String>,
    #[serde(rename = "vandaag")]
    today: Option<Date>,
    #[serde(rename = "jeugdige")]
    youth: YouthFile,
    #[serde(rename = "vraag")]
    questions: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YouthFile {
    #[serde(rename = "geboren")]
    born: Date,
    #[serde(rename = "woonplaats")]
    home: Option<MunicipalityCode>,
    #[serde(rename = "ingeschreven_tot")]
    enrolled_until: Option<Date>,
    #[serde(rename = "startkwalificatie")]
    start_qualification: Option<bool>,
    #[serde(rename = "beperkt", default)]
    restricted: bool,
    #[serde(rename = "ouders_gescheiden")]
    parents_live_apart: Option<bool>,
    /// Who holds what; both parents hold authority unless this says otherwise.
    #[serde(rename = "gezag")]
    authority: Option<BTreeMap<Speaker, AuthorityKind>>,
    #[serde(rename = "uiting", default)]
    statements: Vec<StatementFile>,
    #[serde(rename = "vervangend", default)]
    substitutes: Vec<Substitute>,
    #[serde(rename = "gehoord_op")]
    heard_on: Option<Date>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Speaker {
    #[serde(rename = "ouder_a")]
    A,
    #[serde(rename = "ouder_b")]
    B,
    #[serde(rename = "jeugdige")]
    Youth,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementFile {
    #[serde(rename = "wie")]
    who: Speaker,
    #[serde(rename = "zegt")]
    voice: VoiceKind,
    /// Days before today.
    #[serde(rename = "dagen_geleden", default)]
    days_ago: i64,
    #[serde(rename = "aan")]
    to: Option<Desk>,
    #[serde(rename = "geldig_tot")]
    until: Option<Date>,
    #[serde(rename = "ook_voor_de_ander", default)]
    for_other: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Substitute {
    #[serde(rename = "voor")]
    person: Speaker,
    #[serde(rename = "aan")]
    to: Desk,
    #[serde(rename = "doel")]
    purpose: Purpose,
    #[serde(rename = "kenmerk")]
    reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(rename = "zin")]
    sentence: String,
    #[serde(rename = "soort")]
    kind: SignalKind,
    #[serde(rename = "naar")]
    to: Desk,
    /// What happens with the stored signal, and at which desk; without it the school submits.
    #[serde(rename = "daarna")]
    then: Option<Then>,
    #[serde(rename = "op_naam", default = "yes")]
    named: bool,
    #[serde(rename = "rol")]
    role: Option<Role>,
    #[serde(rename = "ontvanger_in")]
    receiver_municipality: Option<MunicipalityCode>,
    #[serde(rename = "groep")]
    group: Option<u32>,
    #[serde(rename = "onderwerpen")]
    topics: Option<Vec<Topic>>,
    #[serde(rename = "gedaan")]
    gates: Option<Vec<Gate>>,
    #[serde(rename = "verzuim")]
    absence: Option<AbsenceFile>,
    #[serde(rename = "risicogrond", default)]
    risk: bool,
    /// Switches of the covenant that differ from West Maas en Waal's own.
    #[serde(rename = "schakelaars", default)]
    switches: BTreeMap<String, bool>,
    #[serde(rename = "besluit")]
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    #[serde(rename = "handeling")]
    action: Action,
    #[serde(rename = "door")]
    at: Desk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AbsenceFile {
    #[serde(rename = "grond")]
    ground: AbsenceGround,
    #[serde(rename = "uren", default)]
    hours: u16,
    #[serde(rename = "weken", default)]
    weeks: u8,
    #[serde(rename = "vermoeden", default)]
    suspected: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The form, or nothing for a refusal.
    #[serde(rename = "vorm")]
    form: Option<Form>,
    #[serde(rename = "regel")]
    rule: Rule,
    /// All duties, in order of their codes.
    #[serde(rename = "plichten")]
    duties: Vec<Duty>,
    #[serde(rename = "velden")]
    fields: Option<Vec<Field>>,
    #[serde(rename = "niet", default)]
    absent: Vec<Field>,
}

const fn yes() -> bool {
    true
}

#[test]
fn every_case_is_decided_as_its_sources_say() {
    let files = case_files();
    assert!(files.len() >= 30, "{} case files", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let case: CaseFile = toml::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(name.starts_with(&format!("{}-", case.number)), "{name} is numbered {}", case.number);
        assert!(!case.sources.is_empty() && !case.sentence.is_empty() && !case.questions.is_empty(), "{name}");
        for question in &case.questions {
            judge(&name, &case, question);
        }
    }
}

fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn judge(name: &str, case: &CaseFile, question: &Question) {
    let decision = world_of(case, question).decide();
    let expected = &question.expected;
    let told = format!("{name}: {}\n{decision:#?}", question.sentence);
    assert_eq!(decision.rule(), expected.rule, "{told}");
    assert_eq!(decision.permit().map(Permit::form), expected.form, "{told}");
    let mut duties: Vec<Duty> = decision.obligations().iter().map(|obligation| obligation.duty).collect();
    duties.sort_by_key(|duty| duty.code());
    assert_eq!(duties, expected.duties, "{told}");
    let fields = decision.permit().map(Permit::fields).unwrap_or_default();
    if let Some(exactly) = &expected.fields {
        assert_eq!(fields, exactly.iter().copied().collect::<FieldSet>(), "{told}");
    }
    for field in &expected.absent {
        assert!(!fields.contains(*field), "{field}: {told}");
    }
}

fn world_of(case: &CaseFile, question: &Question) -> World {
    let mut world = World::submitting(question.kind, question.to);
    let today = case.today.unwrap_or(world::TODAY);
    world.now.today = today;
    world.covenant = Some(covenant(&question.switches));
    *world.youth() = youth(&case.youth, today);
    world.facts.receiver_municipality = question.receiver_municipality.or(world::home());
    world.facts.group_size = question.group.or(Some(60));
    world.request.named = question.named;
    let signal = world.signal();
    signal.risk_ticked = question.risk;
    signal.topics = question.topics.clone().unwrap_or_else(|| vec![Topic::Gedrag]);
    signal.gates = question.gates.clone().unwrap_or_else(|| Gate::ALL.to_vec());
    signal.absence = question.absence.as_ref().map(|file| AbsenceFacts {
        unbroken_weeks: file.weeks,
        suspected_unauthorised: file.suspected,
        ..world::absence(file.ground, file.hours)
    });
    if let Some(then) = &question.then {
        world = world.then(then.action, then.at);
    }
    if let Some(role) = question.role {
        world.request.actor.role = role;
    }
    world
}

fn covenant(switches: &BTreeMap<String, bool>) -> Arc<Covenant> {
    let mut changes: Vec<(String, String)> =
        switches.iter().map(|(key, value)| (format!("{key} = {}", !value), format!("{key} = {value}"))).collect();
    if switches.contains_key("verzuim_naar_verwijsindex") {
        // The covenant's switch alone opens nothing: the municipality has a dated one of its own (RL-11).
        let dated = "[verwijsindex]\n0668 = \"2026-01-01\"\n\n[termijnen]";
        changes.push(("[termijnen]".to_owned(), dated.to_owned()));
    }
    let changes: Vec<(&str, &str)> = changes.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    world::covenant(&changes)
}

fn youth(file: &YouthFile, today: Date) -> YouthFacts {
    let mut youth = YouthFacts { born: file.born, ..world::youth() };
    youth.home = file.home.or(youth.home);
    youth.restricted = file.restricted;
    youth.start_qualification = file.start_qualification;
    youth.parents_live_apart = file.parents_live_apart;
    for enrolment in &mut youth.enrolments {
        enrolment.period.until = file.enrolled_until;
    }
    if let Some(holders) = &file.authority {
        let model = youth.authorities[0].clone();
        youth.authorities = holders
            .iter()
            .map(|(who, kind)| Authority { person: person(*who), kind: *kind, ..model.clone() })
            .collect();
    }
    youth.statements = file.statements.iter().map(|said| statement(said, today)).collect();
    youth.substitutes = file
        .substitutes
        .iter()
        .map(|court| SubstituteConsent {
            person: person(court.person),
            scope: Scope { purpose: Some(court.purpose), receiver: ReceiverScope::Desk(court.to), category: None },
            valid: Period::since(today),
            court_reference: court.reference.clone(),
        })
        .collect();
    youth.hearings = file
        .heard_on
        .map(|on| Hearing { on, by: world::party(Desk::School), said: VoiceKind::Objects, scope: world::anything() })
        .into_iter()
        .collect();
    youth
}

fn statement(file: &StatementFile, today: Date) -> Statement {
    let scope = Scope { receiver: file.to.map_or(ReceiverScope::Any, ReceiverScope::Desk), ..world::anything() };
    let mut said = world::said(person(file.who), file.voice, scope, file.days_ago);
    let shift = today.duration_since(world::TODAY).as_secs() * 1_000_000;
    said.spoken_at = (said.spoken_at + shift).min(world::NOW);
    said.arrived_at = said.spoken_at;
    said.valid.until = file.until;
    said.speaks_for_other = file.for_other;
    said
}

const fn person(speaker: Speaker) -> PersonRef {
    match speaker {
        Speaker::A => world::A,
        Speaker::B => world::B,
        Speaker::Youth => world::YOUTH,
    }
}
