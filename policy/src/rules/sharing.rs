// SPDX-License-Identifier: EUPL-1.2
//! Tests 3, 4 and 7 to 10: a signal towards one receiver, at intake, on departure and when it is read.

use super::consent::{self, Consent};
use super::{Case, Stage, not_found, safety, schema, statutory};
use crate::anonymity;
use crate::covenant::Route;
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal, refusal};
use crate::field::Field;
use crate::organisation::{Desk, Party};
use crate::parameters::UPPER_AGE;
use crate::rule::Rule;
use crate::signal::{Gate, SignalFacts, SignalKind, Topic};
use crate::voice::DataCategory;
use crate::youth::YouthFacts;

/// Which door a signal of this kind takes. Two doors are never merged into one wider message.
pub(super) fn disclose(case: &Case<'_>, signal: &SignalFacts, stage: Stage) -> Result<Decision, Refusal> {
    match signal.kind {
        SignalKind::Veiligheid => safety::report(case),
        SignalKind::Verzuim => statutory::absence(case, signal),
        SignalKind::OverigVerzuim => statutory::minor_absence(case, signal, stage),
        SignalKind::Preventief
        | SignalKind::Consultatie
        | SignalKind::Aanmelding
        | SignalKind::VerzoekTotSamenwerking => by_covenant(case, signal, stage),
    }
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
    all_done(case, &route.required, signal, youth)?;
    let by_name = if case.request.named {
        by_name(case, signal, youth, route)
    } else {
        Err(case.refuse(Rule::RequestIncomplete))
    };
    let may_fall_back = stage == Stage::Intake || !case.request.named;
    match by_name {
        Err(_) if signal.kind.may_be_anonymous() && may_fall_back => without_name(case, signal),
        decided => decided,
    }
}

/// Test 4, the sender's side: the youth is enrolled here, or helped from here.
///
/// Tried before test 3, against the order of 3.2: a refusal for the youth's state would tell a stranger that the youth
/// is known (promise 6).
pub(super) fn in_senders_circle(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    if in_circle(case, youth, case.request.actor.party) { Ok(()) } else { Err(not_found()) }
}

/// Whether the party has the youth in school, or helps, today.
pub(super) fn in_circle(case: &Case<'_>, youth: &YouthFacts, party: Party) -> bool {
    youth.is_enrolled_at(party, case.now.today) || youth.is_helped_by(party, case.now.today)
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

/// Test 4, the receiver's side: an addressee of the covenant for this kind (RL-08), and nobody's question lands in the
/// wrong domain.
fn route<'a>(case: &Case<'a>, signal: &SignalFacts) -> Result<&'a Route, Refusal> {
    let receiver = case.request.receiver;
    let covenant = case
        .covenant
        .filter(|covenant| covenant.binds(signal.sender) && covenant.binds(receiver))
        .ok_or_else(|| case.refuse(Rule::NotInCovenant))?;
    let route = covenant
        .route(signal.kind)
        .filter(|route| route.leads(signal.sender.desk, receiver.desk))
        .ok_or_else(|| case.refuse(Rule::NoRoute))?;
    let education = matches!(receiver.desk, Desk::School | Desk::Samenwerkingsverband);
    if education && signal.topics.contains(&Topic::HulpvraagOuder) {
        return Err(case.refuse(Rule::AdviceWall));
    }
    Ok(route)
}

/// Test 7. From 16 the talk with the youth stands in the place of the talk with the parents (004-06).
fn all_done(case: &Case<'_>, gates: &[Gate], signal: &SignalFacts, youth: &YouthFacts) -> Result<(), Refusal> {
    let decides_alone = youth.age_on(case.now.today) >= 16;
    let done = gates.iter().all(|gate| {
        let needed = match gate {
            Gate::DiscussedWithParents if decides_alone => Gate::DiscussedWithYouth,
            Gate::DiscussedWithParents | Gate::DiscussedWithYouth | Gate::WeighedInternally => *gate,
        };
        signal.gates.contains(&needed)
    });
    if done { Ok(()) } else { Err(case.refuse(Rule::ConditionMissing)) }
}

/// Tests 7 and 8: right municipality, conditions met, everyone agrees.
fn by_name(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts, route: &Route) -> Result<Decision, Refusal> {
    let receiver = case.request.receiver;
    if receiver.desk.serves_residents() {
        at_home(case, youth)?;
    }
    all_done(case, &route.required_by_name, signal, youth)?;
    let essential = [DataCategory::Identity, DataCategory::Concern];
    let schema = schema::named_fields(receiver.desk);
    let Consent { rule, fields } = consent::complete(case, youth, signal.purpose, schema, &essential)
        .map_err(|rule| refusal(rule, vec![case.ask_consent()]))?;
    // Case 13: who decides alone is told, and what is the parents' stays behind.
    let decides_alone = youth.age_on(case.now.today) >= 16;
    let mut obligations = vec![case.next_step()];
    if rule == Rule::ConsentOneParentSpeaks {
        obligations.push(case.ask_consent());
    }
    if decides_alone {
        obligations.push(case.inform());
    }
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::Consent,
        activity: signal.purpose.activity(),
        fields: fields.keep(|field| !(decides_alone && field == Field::DiscussedWithParents)),
        obligations,
    };
    Ok(grant.by(rule))
}

/// The receiver serves the municipality where the youth lives (002-16). If either is not known, it does not.
pub(super) fn at_home(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    match (youth.home, case.facts.receiver_municipality) {
        (Some(home), Some(served)) if home == served => Ok(()),
        (Some(_), Some(_)) | (None, _) | (_, None) => Err(case.refuse(Rule::OtherMunicipality)),
    }
}

/// Test 9: without a name, if the group is large enough to hide in (RL-23).
fn without_name(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    if !anonymity::hides(case.facts.group_size, &signal.topics, case.now.today) {
        let duties = vec![case.ask_consent()];
        return Err(refusal(Rule::GroupTooSmall, duties));
    }
    let grant = Grant {
        form: Form::Anonymous,
        basis: LegalBasis::AnonymousForm,
        activity: signal.purpose.activity(),
        fields: schema::ANONYMOUS,
        obligations: vec![case.next_step()],
    };
    Ok(grant.by(Rule::Anonymous))
}
