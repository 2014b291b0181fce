// SPDX-License-Identifier: EUPL-1.2
//! Tests 3, 4 and 7 to 10: a signal towards one receiver, at intake, on departure and when it is read.

use super::consent::{self, Consent};
use super::{Case, Stage, application, citizen, index, not_found, protection, safety, schema, secrecy, statutory};
use crate::anonymity;
use crate::covenant::Route;
use crate::decision::{Decision, Duty, Form, Grant, LegalBasis, Obligation, Owner, Refusal, refusal};
use crate::field::Field;
use crate::organisation::{Desk, MunicipalityCode, Party};
use crate::parameters::UPPER_AGE;
use crate::rule::Rule;
use crate::signal::{Door, Gate, Purpose, SignalFacts, SignalKind, Topic};
use crate::term::next_own_voice;
use crate::youth::YouthFacts;

/// Which door a signal of this kind takes. Two doors are never merged into one wider message. What its sender took back takes
/// none any more.
pub(super) fn disclose(case: &Case<'_>, signal: &SignalFacts, stage: Stage) -> Result<Decision, Refusal> {
    not_taken_back(case, signal)?;
    match signal.kind.row().door {
        Door::Safety => safety::report(case, signal),
        Door::SafetyAdvice => safety::advice(case),
        Door::VitalInterest => safety::vital_interest(case, signal),
        Door::Absence => statutory::absence(case, signal),
        Door::MinorAbsence => statutory::minor_absence(case, signal, stage),
        Door::EarlyLeaving => statutory::early_leaving(case, signal),
        Door::Index => index::report(case, signal, stage),
        Door::Inquiry => protection::inquiry(case, signal),
        Door::Protection => protection::information(case, signal),
        Door::Application => application::forward(case, signal, stage),
        Door::PersonFree => without_persons(case, signal),
        // Sitting at home is absence that must be reported, and besides a reason to help: each with its own purpose.
        Door::Covenant if signal.purpose == Purpose::Leerplicht => statutory::absence(case, signal),
        Door::Covenant => by_covenant(case, signal, stage),
    }
}

/// Nobody was named and nobody was found: it goes to nobody, and whoever sent it hears that, if the youth is theirs (002-39).
pub(super) fn unrouted(case: &Case<'_>, signal: &SignalFacts) -> Refusal {
    let open = matches!(signal.kind.row().door, Door::Safety) || !signal.kind.reads_a_youth();
    let theirs = |youth: &YouthFacts| open || in_senders_circle(case, youth).is_ok();
    match &case.facts.youth {
        Some(youth) if theirs(youth) => case.refuse(Rule::NoRoute),
        None if !signal.kind.reads_a_youth() => case.refuse(Rule::NoRoute),
        Some(_) | None => not_found(),
    }
}

/// Its sender found it wrong, or about another youth: it goes nowhere any more, and nothing is done with it (AVG 16, 17, 19).
pub(super) fn not_taken_back(case: &Case<'_>, signal: &SignalFacts) -> Result<(), Refusal> {
    if signal.taken_back { Err(case.refuse(Rule::SignalTakenBack)) } else { Ok(()) }
}

/// About no person: the covenant must bind both sides and have the route; no youth is read (RL-28).
fn without_persons(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    route(case, signal)?;
    let grant = Grant {
        form: Form::Anonymous,
        basis: LegalBasis::AnonymousForm,
        activity: signal.purpose.activity(),
        fields: schema::PERSON_FREE,
        obligations: vec![case.next_step()],
    };
    Ok(grant.by(Rule::PersonFree))
}

/// A kind without a statute: by name on a complete consent, otherwise without a name where the kind allows that,
/// otherwise not.
fn by_covenant(case: &Case<'_>, signal: &SignalFacts, stage: Stage) -> Result<Decision, Refusal> {
    let youth = case.youth()?;
    if stage != Stage::Reading {
        in_senders_circle(case, youth)?;
    }
    in_scope(case, youth)?;
    let route = route(case, signal)?;
    in_receivers_domain(case, signal, youth)?;
    all_done(case, signal.kind.row().gates, signal, youth)?;
    all_done(case, &route.required, signal, youth)?;
    let by_name = if case.request.named {
        by_name(case, signal, youth, route)
    } else {
        Err(case.refuse(Rule::RequestIncomplete))
    };
    let may_fall_back = stage == Stage::Intake || !case.request.named;
    match by_name {
        Err(_) if signal.kind.may_be_anonymous() && may_fall_back => without_name(case, signal, youth),
        decided => decided,
    }
}

/// Test 4, the sender's side: the youth is enrolled here, or helped from here for this purpose.
///
/// Tried before test 3, against the order of 3.2: a refusal for the youth's state would tell a stranger that the youth
/// is known (promise 6).
pub(super) fn in_senders_circle(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    if case.request.actor.role.is_citizen() {
        return citizen::in_own_circle(case, youth);
    }
    if in_circle(case, youth, case.request.actor.party) { Ok(()) } else { Err(not_found()) }
}

/// Whether the party has the youth in school, or helps, today. Purposes are walls between helpers (000-49, 000-52); keeping
/// facts and telling how a case goes on belong to every one of them.
pub(super) fn in_circle(case: &Case<'_>, youth: &YouthFacts, party: Party) -> bool {
    let today = case.now.today;
    let helps = match case.request.purpose {
        Purpose::Gegevensbeheer | Purpose::Casusvoortgang => youth.is_helped_by(party, today),
        purpose @ (Purpose::VroegSignaleren
        | Purpose::ToeleidingJeugdhulp
        | Purpose::Leerplicht
        | Purpose::Veiligheid
        | Purpose::Verantwoording
        | Purpose::Jeugdgezondheid
        | Purpose::Aanvraag
        | Purpose::Verwijsindex
        | Purpose::Jeugdbescherming
        | Purpose::Bijsturing
        | Purpose::Rechten
        | Purpose::Noodtoegang) => youth.is_helped_for(party, purpose, today),
    };
    helps || youth.is_enrolled_at(party, today)
}

/// Test 3: born, not yet 23, alive, not restricted.
pub(super) fn in_scope(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    in_age(case, youth)?;
    if youth.deceased.is_some() {
        return Err(case.refuse(Rule::Deceased));
    }
    if youth.restricted {
        return Err(case.refuse(Rule::Restricted));
    }
    Ok(())
}

/// Born, and not yet 23.
pub(super) fn in_age(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    let today = case.now.today;
    let below = UPPER_AGE.on(today).is_some_and(|upper| youth.age_on(today) < upper);
    if youth.born <= today && below { Ok(()) } else { Err(case.refuse(Rule::OutOfAge)) }
}

/// Test 4, the receiver's side: an addressee of the covenant for this kind (RL-08).
fn route<'a>(case: &Case<'a>, signal: &SignalFacts) -> Result<&'a Route, Refusal> {
    let receiver = case.request.receiver;
    let covenant = case
        .covenant
        .filter(|covenant| from_portal(signal) || covenant.binds(signal.sender))
        .filter(|covenant| covenant.binds(receiver))
        .ok_or_else(|| case.refuse(Rule::NotInCovenant))?;
    let route = covenant
        .route(signal.kind)
        .filter(|route| {
            let leads = route.leads(signal.sender.desk, receiver.desk);
            leads || (from_portal(signal) && route.receivers.contains(&receiver.desk))
        })
        .ok_or_else(|| case.refuse(Rule::NoRoute))?;
    Ok(route)
}

/// A citizen's call at the portal: who calls is no party to any covenant (003-04).
fn from_portal(signal: &SignalFacts) -> bool {
    signal.sender.desk == Desk::Gateway && signal.kind.leaves_from(Desk::Gateway)
}

/// Test 4, the receiver's side of the matter: nobody's question lands in the wrong domain (004-12, 004-30, 004-41), and a
/// message from the municipality reaches only the school of enrolment (004-17).
fn in_receivers_domain(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> Result<(), Refusal> {
    let receiver = case.request.receiver;
    if receiver.desk.is_education() && signal.topics.contains(&Topic::HulpvraagOuder) {
        return Err(case.refuse(Rule::AdviceWall));
    }
    if receiver.desk == Desk::School && !youth.is_enrolled_at(receiver, case.now.today) {
        return Err(case.refuse(Rule::OtherSchool));
    }
    // Help is not leerplicht's purpose: it hears of a youth at home by statute.
    if receiver.desk == Desk::Leerplicht && signal.kind == SignalKind::Thuiszitter {
        return Err(case.refuse(Rule::PurposeDoesNotFit));
    }
    let only_learning = signal.topics.iter().all(|topic| *topic == Topic::Leerprobleem);
    if signal.kind == SignalKind::Observatieverzoek && only_learning {
        return Err(case.refuse(Rule::TopicElsewhere));
    }
    Ok(())
}

/// Test 7. From 16 the talk with the youth stands in the place of the talk with the parents (004-06).
pub(super) fn all_done(
    case: &Case<'_>,
    gates: &[Gate],
    signal: &SignalFacts,
    youth: &YouthFacts,
) -> Result<(), Refusal> {
    let undone = not_done(case, gates, signal, youth);
    if undone.is_empty() { Ok(()) } else { Err(case.refuse(Rule::ConditionMissing)) }
}

/// What must still happen before a signal may go: in any form, and where it was asked for by name also for that.
pub(super) fn still_to_do(case: &Case<'_>, signal: &SignalFacts) -> Vec<Gate> {
    let Some(youth) = &case.facts.youth else { return Vec::new() };
    let mut gates = signal.kind.row().gates.to_vec();
    if let Ok(route) = route(case, signal) {
        gates.extend(&route.required);
        gates.extend(route.required_by_name.iter().filter(|_| case.request.named));
    }
    let mut undone = not_done(case, &gates, signal, youth);
    undone.sort();
    undone.dedup();
    undone
}

pub(super) fn not_done(case: &Case<'_>, gates: &[Gate], signal: &SignalFacts, youth: &YouthFacts) -> Vec<Gate> {
    let decides_alone = youth.age_on(case.now.today) >= 16;
    let needed = gates.iter().map(|gate| match gate {
        Gate::DiscussedWithParents if decides_alone => Gate::DiscussedWithYouth,
        Gate::DiscussedWithParents
        | Gate::DiscussedWithYouth
        | Gate::WeighedInternally
        | Gate::DiscussedInTeam
        | Gate::EducationWeighed
        | Gate::Opp
        | Gate::OppAgreed
        | Gate::OppMaySend
        | Gate::InspectionSettled
        | Gate::VitalInterestWeighed => *gate,
    });
    needed.filter(|gate| !signal.gates.contains(gate)).collect()
}

/// Tests 7 and 8: right municipality, conditions met, everyone agrees, secrecy lifted.
///
/// INVARIANT: a claim on another ground is heard before any consent, so that taking a consent back cannot open what the claim
/// had closed.
fn by_name(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts, route: &Route) -> Result<Decision, Refusal> {
    case.claim_fits(LegalBasis::Consent)?;
    let receiver = case.request.receiver;
    let linked = is_link(case, signal, youth);
    if receiver.desk.serves_residents() && !linked {
        at_help_home(case, youth)?;
    }
    all_done(case, &route.required_by_name, signal, youth)?;
    let essential = schema::essential(signal.kind);
    let schema = schema::named_fields(signal.kind, receiver.desk);
    let Consent { rule, fields } = consent::complete(case, youth, signal.purpose, schema, &essential)
        .map_err(|rule| refusal(rule, vec![case.ask_consent()]))?;
    if signal.sender.desk.keeps_secrets() && !secrecy::is_lifted(case, youth, signal, rule) {
        return Err(refusal(Rule::SecrecyNotLifted, vec![case.ask_consent()]));
    }
    let decides_alone = youth.age_on(case.now.today) >= 16;
    let fields = fields
        // Case 13: what is the parents' stays behind.
        .keep(|field| !(decides_alone && field == Field::DiscussedWithParents))
        .keep(|field| !(youth.shielded && field == Field::Postcode));
    let grant = Grant {
        form: if linked { Form::Pseudonymous } else { Form::Identified },
        basis: LegalBasis::Consent,
        activity: signal.purpose.activity(),
        fields: if linked { schema::LINK } else { fields },
        obligations: after_consent(case, youth, rule),
    };
    Ok(grant.by(if linked { Rule::LinkContact } else { rule }))
}

/// What follows from a consent: a next step; whoever decides alone is told; who was spoken for is asked; help-givers are
/// looked over; and somebody asks ahead who will speak after the next birthday that matters.
fn after_consent(case: &Case<'_>, youth: &YouthFacts, rule: Rule) -> Vec<Obligation> {
    let today = case.now.today;
    let mut obligations = vec![case.next_step()];
    if rule == Rule::ConsentOneParentSpeaks {
        obligations.push(case.ask_consent());
    }
    if rule == Rule::ConsentAmongHelpers {
        obligations.push(case.review());
    }
    if youth.age_on(today) >= 16 {
        obligations.push(case.inform());
    }
    if next_own_voice(youth.born, today).is_some() {
        let due_working_days = case.terms().ask;
        obligations.push(Obligation { duty: Duty::AskAhead, owner: Owner::ProcessHolder, due_working_days });
    }
    obligations
}

/// Whether the receiver is the contact in the municipality of the school, while the youth lives elsewhere (002-05, 002-16,
/// case 50).
fn is_link(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> bool {
    let (served, school) = (case.facts.receiver_municipality, case.facts.school_municipality);
    signal.kind == SignalKind::VerzoekTotSamenwerking
        && case.request.receiver.desk.serves_residents()
        && served.is_some()
        && served == school
        && youth.help_home_on(case.now.today).is_some_and(|home| Some(home) != served)
}

/// The receiver serves the municipality that answers for youth help (Jeugdwet 1.1): during a stay in care not where the
/// youth lives.
pub(super) fn at_help_home(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    serves(case, youth.help_home_on(case.now.today))
}

/// The receiver serves the municipality where the youth lives (002-16). If either is not known, it does not.
pub(super) fn at_home(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    serves(case, youth.home)
}

fn serves(case: &Case<'_>, home: Option<MunicipalityCode>) -> Result<(), Refusal> {
    match (home, case.facts.receiver_municipality) {
        (Some(home), Some(served)) if home == served => Ok(()),
        (Some(_), Some(_)) | (None, _) | (_, None) => Err(case.refuse(Rule::OtherMunicipality)),
    }
}

/// Test 9: without a name, if the group is large enough to hide in (RL-23). Of a shielded youth not even the municipality
/// goes along (RL-15).
fn without_name(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> Result<Decision, Refusal> {
    if !anonymity::hides(case.facts.group_size, &signal.topics, case.now.today) {
        let duties = vec![case.ask_consent()];
        return Err(refusal(Rule::GroupTooSmall, duties));
    }
    let grant = Grant {
        form: Form::Anonymous,
        basis: LegalBasis::AnonymousForm,
        activity: signal.purpose.activity(),
        fields: schema::ANONYMOUS.keep(|field| !(youth.shielded && field.reveals_place())),
        obligations: vec![case.next_step()],
    };
    Ok(grant.by(Rule::Anonymous))
}
