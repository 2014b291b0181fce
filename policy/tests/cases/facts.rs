// SPDX-License-Identifier: EUPL-1.2
//! From a case file to the question and facts it tells. What a file does not say is as it usually is.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use sluis_policy::*;

use super::format::{CaseFile, IndexFile, PeriodFile, Question, Speaker, StatementFile, YouthFile};
use crate::laws::keeping;
use crate::world::{self, World};

pub(super) fn world_of(case: &CaseFile, question: &Question) -> World {
    let mut world = match (question.kind, question.to, &question.deed) {
        (Some(kind), Some(to), None) => World::submitting(kind, to),
        (None, None, Some(deed)) => keeping(deed.action, deed.at, 10),
        _ => panic!("a question names a signal and a receiver, or an action"),
    };
    let today = case.today.unwrap_or(world::TODAY);
    world.now = Moment { instant: world::NOW, today };
    let known = std::mem::replace(world.youth(), youth(&case.youth, today));
    if case.youth.involvements.is_empty() {
        world.youth().involvements = known.involvements;
    }
    if question.kind.is_some() {
        signal(&mut world, question);
        agreement(&mut world, question);
    }
    besides(&mut world, question);
    if let Some(then) = &question.then {
        world = world.then(then.action, then.at);
    }
    if let Some(role) = question.role {
        world.request.actor.role = role;
    }
    world
}

fn signal(world: &mut World, question: &Question) {
    if let Some(desk) = question.from {
        let party = world::party(desk);
        world.request.actor = world::actor(party, world::usual_role(desk));
        world.signal().sender = party;
    }
    if let Some(purpose) = question.purpose {
        world.request.purpose = purpose;
        world.signal().purpose = purpose;
    }
    let named = question.named;
    let signal = world.signal();
    signal.risk_ticked |= question.risk;
    signal.topics = question.topics.clone().unwrap_or_else(|| vec![Topic::Gedrag]);
    signal.gates = question.gates.clone().unwrap_or_else(|| Gate::ALL.to_vec());
    signal.applicant = question.applicant.map(person).or(signal.applicant);
    signal.inform_postponed = question.inform_postponed;
    signal.absence = question.absence.as_ref().map(|file| AbsenceFacts {
        unbroken_weeks: file.weeks,
        suspected_unauthorised: file.suspected,
        ..world::absence(file.ground, file.hours)
    });
    world.request.named = named;
}

fn agreement(world: &mut World, question: &Question) {
    let changes = switched(&question.switches);
    let changes: Vec<(&str, &str)> = changes.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    match question.covenant.as_deref() {
        Some("geen") => world.covenant = None,
        Some("ruim") => world.covenant = Some(world::wide_covenant(&changes)),
        Some(other) => panic!("no covenant `{other}`"),
        None if changes.is_empty() => {}
        None => world.covenant = Some(world::covenant(&changes)),
    }
}

fn besides(world: &mut World, question: &Question) {
    world.facts.receiver_municipality = question.receiver_municipality.or(world::home());
    world.facts.group_size = question.group.or(Some(60));
    world.facts.school_municipality = question.school_municipality;
    world.facts.asked_sensitive = question.sensitive;
    world.facts.hidden_from = question.hidden_from.iter().copied().map(person).collect();
    world.facts.works_council_since = question.works_council_since;
    if question.not_appointed {
        world.facts.reporter = None;
    }
    if let Some(desk) = question.asked {
        world.request.asked = Some(world::party(desk));
    }
    let second = question.second.map(|role| world::actor(world.request.actor.party, role));
    world.request.backing = Backing {
        claimed: question.claimed,
        citizen: question.citizen.map(person),
        speaker: question.speaker.map(person),
        joined: question.joined.iter().copied().map(person).collect(),
        reasoned: question.reasoned,
        second,
        fact: None,
    };
    if let Some(citizen) = question.citizen {
        let role = if citizen == Speaker::Youth { Role::Jeugdige } else { Role::Vertegenwoordiger };
        let portal = world::party(Desk::Gateway);
        world.request.actor = world::actor(portal, role);
        match &mut world.request.signal {
            Some(signal) => signal.sender = portal,
            None => world.request.receiver = portal,
        }
    }
}

fn switched(switches: &BTreeMap<String, bool>) -> Vec<(String, String)> {
    let mut changes: Vec<(String, String)> =
        switches.iter().map(|(key, value)| (format!("{key} = {}", !value), format!("{key} = {value}"))).collect();
    if switches.contains_key("verzuim_naar_verwijsindex") {
        // The covenant's switch alone opens nothing: the municipality has a dated one of its own (RL-11).
        let dated = "[verwijsindex]\n0668 = \"2026-01-01\"\n\n[termijnen]";
        changes.push(("[termijnen]".to_owned(), dated.to_owned()));
    }
    changes
}

fn youth(file: &YouthFile, today: Date) -> YouthFacts {
    let mut youth = YouthFacts { born: file.born, ..world::youth() };
    youth.home = file.home.or(youth.home);
    youth.restricted = file.restricted;
    youth.deceased = file.deceased;
    youth.shielded = file.shielded;
    youth.start_qualification = file.start_qualification;
    youth.parents_live_apart = file.parents_live_apart;
    for enrolment in &mut youth.enrolments {
        enrolment.period.until = file.enrolled_until;
        enrolment.kind = file.school;
    }
    if file.not_enrolled {
        youth.enrolments.clear();
    }
    if let Some(holders) = &file.authority {
        let model = youth.authorities[0].clone();
        youth.authorities = holders
            .iter()
            .map(|(who, kind)| Authority {
                person: person(*who),
                kind: *kind,
                scope: (*kind == AuthorityKind::PartialAuthority).then(world::anything),
                ..model.clone()
            })
            .collect();
    }
    youth.statements = file.statements.iter().map(|said| statement(said, today)).collect();
    words_in_place(&mut youth, file, today);
    circumstances(&mut youth, file, today);
    youth
}

/// What a court, a care professional or a help-giver recorded, and what lifts secrecy.
fn words_in_place(youth: &mut YouthFacts, file: &YouthFile, today: Date) {
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
    let heard = |on| Hearing { on, by: world::party(Desk::School), said: VoiceKind::Objects, scope: world::anything() };
    youth.hearings = file.heard_on.map(heard).into_iter().collect();
    let permission = |file: &super::format::PermissionFile| SecrecyPermission {
        of: world::party(file.of),
        statement: world::said(person(file.who), file.voice, world::anything(), 0),
    };
    youth.permissions = file.permissions.iter().map(permission).collect();
    youth.incapacities = file
        .incapacity
        .iter()
        .map(|found| Incapacity {
            scope: world::anything(),
            period: Period { from: found.from, until: found.until },
            by: world::party(Desk::Jgz),
            register: CareRegister::Big,
            told_on: found.told_on,
        })
        .collect();
    youth.findings = file
        .finding
        .iter()
        .map(|found| HelperFinding {
            by: world::party(found.desk),
            ground: found.ground,
            scope: world::anything(),
            period: Period::since(found.from),
        })
        .collect();
}

fn circumstances(youth: &mut YouthFacts, file: &YouthFile, today: Date) {
    let period = |file: &PeriodFile| Period { from: file.from, until: file.until };
    youth.exemptions = file.exemptions.iter().map(period).collect();
    let since = Period::since(today.saturating_sub(1.years()));
    youth.stays = file.stay_before.map(|before| Stay { before, period: since }).into_iter().collect();
    let institution = world::party(Desk::GecertificeerdeInstelling);
    youth.orders = file
        .order
        .iter()
        .map(|order| ProtectionOrder {
            kind: order.kind,
            institution,
            period: Period { from: order.from, until: order.until },
        })
        .collect();
    youth.involvements = file
        .involvements
        .iter()
        .map(|help| Involvement {
            party: world::party(help.desk),
            purpose: help.purpose,
            period: Period { from: help.from, until: help.until },
        })
        .collect();
    let entry = |file: &IndexFile| IndexEntry { by: world::party(file.desk), placed: file.placed, ended: file.ended };
    youth.index_entries = file.index_entries.iter().map(entry).collect();
    youth.family_entries = file.family_entries.iter().map(entry).collect();
}

fn statement(file: &StatementFile, today: Date) -> Statement {
    let scope = Scope { receiver: file.to.map_or(ReceiverScope::Any, ReceiverScope::Desk), ..world::anything() };
    let mut said = world::said(person(file.who), file.voice, scope, file.days_ago);
    let shift = today.duration_since(world::TODAY).as_secs() * 1_000_000;
    said.spoken_at = (said.spoken_at + shift).min(world::NOW);
    said.arrived_at = said.spoken_at;
    said.valid.until = file.until;
    said.speaks_for_other = file.for_other;
    // RL-27: a lease of a quarter of an hour from the last confirmation.
    said.lease_until = file.confirmed_minutes_ago.map(|minutes| world::NOW + (15 - minutes) * 60_000_000);
    said
}

const fn person(speaker: Speaker) -> PersonRef {
    match speaker {
        Speaker::A => world::A,
        Speaker::B => world::B,
        Speaker::Youth => world::YOUTH,
    }
}
