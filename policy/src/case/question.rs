// SPDX-License-Identifier: EUPL-1.2
//! `[[vraag]]`: one question of a case, and what should come of it.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::circle::Circle;
use super::world::{Speaker, World, absence, actor, usual_role};
use crate::action::Action;
use crate::decision::{Duty, Form};
use crate::document::{Section, counted, filled, parsed, truth};
use crate::field::Field;
use crate::moment::Moment;
use crate::organisation::{Desk, MunicipalityCode, Role};
use crate::request::Backing;
use crate::rule::Rule;
use crate::signal::{AbsenceFacts, Gate, SignalKind};
use crate::youth::YouthFacts;

/// Vraag: one question in its place, with what should come of it.
#[doc(alias = "vraag")]
#[derive(Debug, Clone)]
pub struct Question {
    /// What should come of it, in words.
    pub sentence: String,
    /// The question.
    pub world: World,
    /// What should come of it; none where somebody only asks.
    pub expected: Option<Expected>,
}

/// Verwachting: what a case says that should come of a question.
#[doc(alias = "verwachting")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The rule that decides.
    pub rule: Rule,
    /// The form; none for a refusal.
    pub form: Option<Form>,
    /// All duties, in order of their codes.
    pub duties: Vec<Duty>,
    /// In how many working days a duty is due, where the case is about that.
    pub due: BTreeMap<Duty, u8>,
    /// Exactly these fields, where the case is about that.
    pub fields: Option<Vec<Field>>,
    /// None of these fields.
    pub absent: Vec<Field>,
}

/// The switches of an agreement that a case may set otherwise.
const SWITCHES: [&str; 4] =
    ["gehoord_12_15", "een_ouder_spreekt", "verzuim_naar_leerplicht", "verzuim_naar_verwijsindex"];

/// Reads the section to its end, whatever is wrong with it.
pub(super) fn read(section: &mut Section<'_>, circle: &Circle, youth: &YouthFacts, now: Moment) -> Option<Question> {
    let sentence = section.required("zin", filled);
    let expected = section.has("besluit").then(|| expected(&mut section.section("besluit")));
    let mut world = asked(section, circle);
    let helped = world.facts.youth.take().map(|usual| usual.involvements).unwrap_or_default();
    let mut youth = youth.clone();
    if youth.involvements.is_empty() {
        youth.involvements = helped;
    }
    world.facts.youth = Some(youth);
    world.now = now;
    besides(section, circle, &mut world);
    citizen(section, circle, &mut world);
    let then = section.has("daarna").then(|| deed(&mut section.section("daarna"))).flatten();
    if let Some((action, at)) = then {
        world = circle.then(world, action, at);
    }
    if let Some(role) = section.optional("rol", parsed) {
        world.request.actor.role = role;
    }
    Some(Question { sentence: sentence?, world, expected: expected.flatten() })
}

/// What is asked: something about a signal, or an action about something else. Where that is not told, a stand-in, so that
/// the rest of the section is read as well.
fn asked(section: &mut Section<'_>, circle: &Circle) -> World {
    if section.has("handeling") {
        let deed = deed(&mut section.section("handeling"));
        return deed.map_or_else(|| stand_in(circle), |(action, at)| circle.keeping(action, at));
    }
    let (kind, to) = (section.required("soort", parsed), section.required("naar", parsed));
    let (Some(kind), Some(to)) = (kind, to) else {
        let mut world = stand_in(circle);
        signal(section, circle, &mut world);
        return world;
    };
    let mut world = circle.submitting(kind, to);
    signal(section, circle, &mut world);
    agreement(section, circle, &mut world);
    world
}

/// INVARIANT: never decided: a fault was noted.
fn stand_in(circle: &Circle) -> World {
    circle.submitting(SignalKind::Preventief, Desk::AccessDesk)
}

fn deed(section: &mut Section<'_>) -> Option<(Action, Desk)> {
    let (action, at) = (section.required("handeling", parsed), section.required("door", parsed));
    Some((action?, at?))
}

fn signal(section: &mut Section<'_>, circle: &Circle, world: &mut World) {
    let Some(signal) = &mut world.request.signal else { return };
    if let Some(desk) = section.optional("van", parsed) {
        signal.sender = circle.party(desk);
        world.request.actor = actor(signal.sender, usual_role(desk));
    }
    if let Some(purpose) = section.optional("doel", parsed) {
        signal.purpose = purpose;
        world.request.purpose = purpose;
    }
    world.request.named = section.optional("op_naam", truth).unwrap_or(true);
    signal.risk_ticked |= section.optional("risicogrond", truth).unwrap_or_default();
    signal.topics = listed(section, "onderwerpen").unwrap_or_else(|| signal.topics.clone());
    signal.gates = listed(section, "gedaan").unwrap_or_else(|| Gate::ALL.to_vec());
    signal.applicant = section.optional("aanvrager", parsed).map(Speaker::person).or(signal.applicant);
    signal.inform_postponed = section.optional("informeren_uitgesteld", truth).unwrap_or_default();
    signal.taken_back = section.optional("teruggenomen", truth).unwrap_or_default();
    signal.absence = section.has("verzuim").then(|| away(&mut section.section("verzuim"))).flatten();
}

fn away(section: &mut Section<'_>) -> Option<AbsenceFacts> {
    let ground = section.required("grond", parsed);
    let hours = section.optional("uren", counted).unwrap_or_default();
    let unbroken_weeks = section.optional("weken", counted).unwrap_or_default();
    let suspected_unauthorised = section.optional("vermoeden", truth).unwrap_or_default();
    Some(AbsenceFacts { unbroken_weeks, suspected_unauthorised, ..absence(ground?, hours) })
}

fn agreement(section: &mut Section<'_>, circle: &Circle, world: &mut World) {
    let base: Option<Base> = section.optional("convenant", parsed);
    let switches = switched(&mut section.section("schakelaars"));
    let replaced: Vec<(&str, &str)> = switches.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let agreed = match base {
        Some(Base::None) => Ok(None),
        Some(Base::Wide) => circle.wide_covenant(&replaced).map(Some),
        None if replaced.is_empty() => Ok(world.covenant.take()),
        None => circle.covenant(&replaced).map(Some),
    };
    match agreed {
        Ok(covenant) => world.covenant = covenant,
        Err(_) => section.fault("schakelaars", "maken het convenant tot iets dat niet kan worden ondertekend"),
    }
}

/// Which agreement, when it is not the usual one.
#[derive(Clone, Copy)]
enum Base {
    Wide,
    None,
}

impl FromStr for Base {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "ruim" => Ok(Self::Wide),
            "geen" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

/// What to replace in the text of the agreement.
fn switched(section: &mut Section<'_>) -> Vec<(String, String)> {
    let mut replaced = Vec::new();
    for key in SWITCHES {
        let Some(value) = section.optional(key, truth) else { continue };
        replaced.push((format!("{key} = {}", !value), format!("{key} = {value}")));
        if key == "verzuim_naar_verwijsindex" {
            // The covenant's switch alone opens nothing: the municipality has a dated one of its own (RL-11).
            let dated = "[verwijsindex]\n0668 = \"2026-01-01\"\n\n[termijnen]";
            replaced.push(("[termijnen]".to_owned(), dated.to_owned()));
        }
    }
    replaced
}

/// What the gateway knows besides, and what the actor brings along.
fn besides(section: &mut Section<'_>, circle: &Circle, world: &mut World) {
    let served: Option<MunicipalityCode> = section.optional("ontvanger_in", parsed);
    let facts = &mut world.facts;
    facts.receiver_municipality = served.or(facts.receiver_municipality);
    facts.group_size = section.optional("groep", counted).or(facts.group_size);
    facts.school_municipality = section.optional("school_in", parsed);
    facts.asked_sensitive = Some(section.optional("gevoelige_organisatie", truth).unwrap_or_default());
    let hidden = listed(section, "verborgen_voor").unwrap_or_default();
    facts.hidden_from = Some(hidden.into_iter().map(Speaker::person).collect());
    facts.works_council_since = section.optional("ondernemingsraad_sinds", parsed);
    if let Some(duty) = &mut facts.duty {
        duty.review = section.optional("plicht_is_toetsen", truth).unwrap_or_default();
        duty.own_deed = section.optional("plicht_over_eigen_handelen", truth).unwrap_or_default();
        duty.withheld = section.optional("plicht_ingehouden", truth).unwrap_or_default();
    }
    let not_appointed = section.optional("niet_meldingsbevoegd", truth).unwrap_or_default();
    facts.reporter = facts.reporter.filter(|_| !not_appointed);
    if let Some(desk) = section.optional("bij", parsed) {
        world.request.asked = Some(circle.party(desk));
    }
    let second: Option<Role> = section.optional("tweede_persoon", parsed);
    world.request.backing = Backing {
        claimed: section.optional("grondslag", parsed),
        citizen: None,
        speaker: section.optional("spreker", parsed).map(Speaker::person),
        joined: listed(section, "samen_met").unwrap_or_default().into_iter().map(Speaker::person).collect(),
        reasoned: section.optional("met_reden", truth).unwrap_or_default(),
        second: second.map(|role| actor(world.request.actor.party, role)),
        fact: section.optional("feit", parsed).or(world.request.backing.fact),
        care_register: section.optional("beroepsregister", parsed),
    };
}

/// A citizen acts at the portal, and answers for nobody's desk; or through a professional who established who it is.
fn citizen(section: &mut Section<'_>, circle: &Circle, world: &mut World) {
    let Some(citizen) = section.optional::<Speaker>("burger", parsed) else { return };
    if section.optional("via_medewerker", truth).unwrap_or_default() {
        world.request.backing.citizen = Some(citizen.person());
        return;
    }
    let role = if citizen == Speaker::Youth { Role::Jeugdige } else { Role::Vertegenwoordiger };
    let portal = circle.party(Desk::Gateway);
    world.request.backing.citizen = Some(citizen.person());
    world.request.actor = actor(portal, role);
    match &mut world.request.signal {
        Some(signal) => signal.sender = portal,
        None => world.request.receiver = portal,
    }
}

fn expected(section: &mut Section<'_>) -> Option<Expected> {
    let (rule, form) = (section.required("regel", parsed), section.optional("vorm", parsed));
    let (fields, absent) = (listed(section, "velden"), section.list("niet", parsed));
    if !section.has("plichten") {
        section.fault("plichten", "ontbreekt");
    }
    let duties = section.list("plichten", parsed);
    let mut within = section.section("binnen");
    let due = Duty::ALL.iter().filter_map(|duty| Some((*duty, within.optional(duty.code(), counted)?))).collect();
    Some(Expected { rule: rule?, form, duties, due, fields, absent })
}

/// A list that says something else when it is absent than when it is empty.
fn listed<T: FromStr>(section: &mut Section<'_>, key: &str) -> Option<Vec<T>> {
    section.has(key).then(|| section.list(key, parsed))
}
