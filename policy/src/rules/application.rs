// SPDX-License-Identifier: EUPL-1.2
//! Aanvraag: an application by a citizen goes to the college of the help home, whatever is in it or missing from it (RL-12;
//! Awb 2:3, 4:5, 4:15). What is tested is who applies, for whom, and where.

use super::{Case, Stage, consent, not_found, schema, sharing};
use crate::decision::{Decision, Duty, Form, Grant, LegalBasis, Obligation, Owner, Refusal};
use crate::field::{Field, FieldSet};
use crate::rule::Rule;
use crate::signal::{Gate, SignalFacts, SignalKind};
use crate::youth::YouthFacts;

/// Eight weeks of five working days (004-13); the exact last day is [`decide_by`](crate::term::decide_by).
const DECISION_WORKING_DAYS: u8 = 40;

pub(super) fn forward(case: &Case<'_>, signal: &SignalFacts, stage: Stage) -> Result<Decision, Refusal> {
    let youth = case.youth()?;
    if stage == Stage::Intake {
        known_to_sender(case, signal, youth)?;
    }
    sharing::in_age(case, youth)?;
    if youth.deceased.is_some() {
        return Err(case.refuse(Rule::Deceased));
    }
    let applicant = signal.applicant.ok_or_else(|| case.refuse(Rule::RequestIncomplete))?;
    if !consent::may_apply(case, youth, applicant) {
        return Err(case.refuse(Rule::NotEntitledToApply));
    }
    if !signal.kind.may_reach(case.request.receiver.desk) {
        return Err(case.refuse(Rule::ReceiverNotCompetent));
    }
    sharing::at_help_home(case, youth)?;
    let (rule, besides) = content(case, signal, youth);
    let mut obligations = vec![
        case.next_step(),
        Obligation { duty: Duty::Decide, owner: Owner::Controller, due_working_days: DECISION_WORKING_DAYS },
    ];
    if rule == Rule::ApplicationIncomplete {
        let due_working_days = case.terms().act;
        obligations.push(Obligation { duty: Duty::Complete, owner: Owner::Sender, due_working_days });
    }
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::Application,
        activity: signal.purpose.activity(),
        fields: schema::APPLICATION.iter().chain(besides.iter()).collect(),
        obligations,
    };
    Ok(grant.by(rule))
}

/// A school helps with applications about its own pupils; at the portal the applicant is who is logged in. Anybody else finds
/// nothing.
fn known_to_sender(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> Result<(), Refusal> {
    if case.request.actor.role.is_citizen() {
        let own = case.request.backing.citizen.is_some() && case.request.backing.citizen == signal.applicant;
        return if own { Ok(()) } else { Err(not_found()) };
    }
    sharing::in_senders_circle(case, youth)
}

/// Under which heading it goes and with what besides. No content of an ontwikkelingsperspectief moves: only its reference, and
/// only if it is there, agreed with, and may go along.
fn content(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> (Rule, FieldSet) {
    let today = case.now.today;
    if signal.kind == SignalKind::JeugdhulpAanvraag {
        return (Rule::Application, FieldSet::EMPTY);
    }
    if youth.is_exempt_on(today) || !youth.is_enrolled_on(today) {
        return (Rule::ApplicationPlain, FieldSet::EMPTY);
    }
    if lacking(case, signal, youth).is_empty() {
        (Rule::ApplicationComplete, FieldSet::of(&[Field::School, Field::OppReference]))
    } else {
        (Rule::ApplicationIncomplete, FieldSet::of(&[Field::School]))
    }
}

/// What is missing from an application for help in education: an ontwikkelingsperspectief that is agreed with, what the
/// covenant asks besides, and leave to send it along; whoever applies in person hands it over (004-14).
pub(super) fn lacking(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> Vec<Gate> {
    let route = case.covenant.and_then(|covenant| covenant.route(signal.kind));
    let mut gates = vec![Gate::Opp, Gate::OppAgreed];
    gates.extend(route.into_iter().flat_map(|route| &route.required));
    gates.extend((!case.request.actor.role.is_citizen()).then_some(Gate::OppMaySend));
    let mut undone = sharing::not_done(case, &gates, signal, youth);
    undone.sort();
    undone.dedup();
    undone
}
