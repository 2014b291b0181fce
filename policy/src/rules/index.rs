// SPDX-License-Identifier: EUPL-1.2
//! Test 5 at the index: a report of its own, the part of an absence report, reading an entry, and what a match shows. The
//! index hears that there is concern, never what.

use super::{Case, Stage, caller, not_found, schema, sharing, statutory};
use crate::action::Thing;
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal};
use crate::field::FieldSet;
use crate::organisation::Desk;
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{ProcessingActivity, Purpose, SignalFacts};
use crate::youth::{IndexEntry, YouthFacts};

/// A report of its own: by who is appointed, on a risk that was ticked locally, while the municipality has the index on.
/// Reading it needs an entry that still stands.
pub(super) fn report(case: &Case<'_>, signal: &SignalFacts, stage: Stage) -> Result<Decision, Refusal> {
    let youth = case.youth()?;
    if !signal.kind.may_reach(case.request.receiver.desk) {
        return Err(case.refuse(Rule::ReceiverNotCompetent));
    }
    match stage {
        Stage::Intake => appointed(case)?,
        Stage::Departure => {}
        Stage::Reading => stands(case, youth, signal)?,
    }
    with_risk(case, signal)?;
    let on = case
        .covenant
        .zip(youth.home)
        .is_some_and(|(covenant, home)| covenant.binds(signal.sender) && covenant.index_is_on(home, case.now.today));
    tell(case, youth, on, Rule::IndexSignal)
}

/// The index part of an absence report (RL-11): only on a risk ground that the sender ticked, where the covenant and the
/// municipality's dated switch say so.
pub(super) fn part_of_absence(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> Result<Decision, Refusal> {
    with_risk(case, signal)?;
    let today = case.now.today;
    let on = case
        .covenant
        .zip(youth.home)
        .is_some_and(|(covenant, home)| covenant.binds(signal.sender) && covenant.absence_to_index(home, today));
    tell(case, youth, on, Rule::IndexReport)
}

fn tell(case: &Case<'_>, youth: &YouthFacts, switched_on: bool, rule: Rule) -> Result<Decision, Refusal> {
    if !switched_on {
        return Err(case.refuse(Rule::IndexSwitchedOff));
    }
    // The one statutory door that a restriction or a pending objection does close (RL-08).
    sharing::in_scope(case, youth).map_err(|_| case.refuse(Rule::IndexFrozen))?;
    let grant = Grant { basis: LegalBasis::StatutoryIndexReport, ..statutory::report(case, schema::INDEX) };
    Ok(Grant { activity: ProcessingActivity::IndexReport, ..grant }.by(rule))
}

fn with_risk(case: &Case<'_>, signal: &SignalFacts) -> Result<(), Refusal> {
    if signal.risk_ticked { Ok(()) } else { Err(case.refuse(Rule::IndexWithoutRisk)) }
}

/// The actor is appointed to report to the index today (case 40).
fn appointed(case: &Case<'_>) -> Result<(), Refusal> {
    let appointed = case.facts.reporter.is_some_and(|period| period.contains(case.now.today));
    if appointed { Ok(()) } else { Err(case.refuse(Rule::ReporterNotAppointed)) }
}

/// The sender's entry still stands today (cases 17 and 56).
fn stands(case: &Case<'_>, youth: &YouthFacts, signal: &SignalFacts) -> Result<(), Refusal> {
    let entry = |entry: &IndexEntry| entry.by == signal.sender && entry.stands_on(youth, case.now.today);
    if youth.index_entries.iter().any(entry) { Ok(()) } else { Err(case.refuse(Rule::IndexEntryEnded)) }
}

/// What a match shows one reporter of another: a contact card, and that there is something to do (003-06). Whoever has no
/// entry of its own that stands, or asks after one who has none, finds nothing.
pub(super) fn read_match(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let request = case.request;
    if request.receiver != request.actor.party || request.purpose != Purpose::Verwijsindex {
        return Err(case.refuse(Rule::RequestIncomplete));
    }
    caller::may(case, Thing::Match, roles)?;
    let (youth, other) = (case.youth()?, request.asked.ok_or_else(|| case.refuse(Rule::RequestIncomplete))?);
    let today = case.now.today;
    let entered =
        |entries: &[IndexEntry], party| entries.iter().any(|entry| entry.by == party && entry.stands_on(youth, today));
    let own = entered(&youth.index_entries, request.actor.party) && other != request.actor.party;
    // Veilig Thuis never appears in a match for anyone, and a restricted entry is neither matched nor read (RL-08, RL-16).
    if !own || other.desk == Desk::VeiligThuis || sharing::in_scope(case, youth).is_err() {
        return Err(not_found());
    }
    let rule = if entered(&youth.index_entries, other) {
        Rule::MatchContact
    } else if entered(&youth.family_entries, other) {
        Rule::MatchOfFamily
    } else {
        return Err(not_found());
    };
    let to_school = request.actor.party.desk.is_education();
    let hidden = youth.shielded || (to_school && case.facts.asked_sensitive != Some(false));
    if hidden {
        Ok(card(case, schema::CARD_HIDDEN).by(Rule::MatchContactHidden))
    } else {
        Ok(card(case, schema::CARD).by(rule))
    }
}

fn card(case: &Case<'_>, fields: FieldSet) -> Grant {
    Grant {
        form: Form::Identified,
        basis: LegalBasis::StatutoryIndexReport,
        activity: ProcessingActivity::IndexReport,
        fields,
        obligations: vec![case.next_step(), case.inform()],
    }
}
