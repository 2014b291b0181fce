// SPDX-License-Identifier: EUPL-1.2
//! Test 6: doors for safety. A report to Veilig Thuis waits for nobody (RL-08, RL-09): no role, covenant, circle,
//! restriction, age or consent stops it. Advice goes without a name. Vital interest is the last resort.

use super::{Case, schema};
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal};
use crate::field::Field;
use crate::organisation::Desk;
use crate::rule::Rule;
use crate::signal::{Gate, ProcessingActivity, SignalFacts};

/// The report. What was not told yet, and why, is recorded; the duty to inform then becomes one to look at that again.
pub(super) fn report(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    at_veilig_thuis(case)?;
    // The youth must be known, because the report is about somebody; nothing about the youth is tested.
    case.youth()?;
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::VeiligThuisReport,
        activity: ProcessingActivity::SafetyReport,
        fields: schema::SAFETY,
        obligations: vec![case.next_step(), case.inform_or_look_again(signal), case.review()],
    };
    Ok(grant.by(Rule::SafetyReport))
}

/// Advice: no reference to the youth, whatever was asked for, and so no youth is read and no group is counted (case 26).
pub(super) fn advice(case: &Case<'_>) -> Result<Decision, Refusal> {
    at_veilig_thuis(case)?;
    let grant = Grant {
        form: Form::Anonymous,
        basis: LegalBasis::AnonymousForm,
        activity: ProcessingActivity::SafetyReport,
        fields: schema::SAFETY_ADVICE,
        obligations: vec![case.next_step()],
    };
    Ok(grant.by(Rule::SafetyAdvice))
}

/// Vital interest: serious harm threatens, there is no other way, and somebody weighed that. Towards whoever can help at once,
/// with the least that helps.
pub(super) fn vital_interest(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    if !signal.kind.may_reach(case.request.receiver.desk) {
        return Err(case.refuse(Rule::ReceiverNotCompetent));
    }
    if !signal.gates.contains(&Gate::VitalInterestWeighed) {
        return Err(case.refuse(Rule::VitalInterestNotWeighed));
    }
    if case.youth()?.deceased.is_some() {
        return Err(case.refuse(Rule::Deceased));
    }
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::VitalInterest,
        activity: ProcessingActivity::SafetyReport,
        // Where the youth lives is for who comes to help, and not for a school (RL-15).
        fields: schema::VITAL.keep(|field| !(case.request.receiver.desk.is_education() && field == Field::Postcode)),
        obligations: vec![case.next_step(), case.inform_or_look_again(signal), case.review()],
    };
    Ok(grant.by(Rule::VitalInterest))
}

/// Case 25: the door is Veilig Thuis; a safety flag opens no other.
fn at_veilig_thuis(case: &Case<'_>) -> Result<(), Refusal> {
    if case.request.receiver.desk == Desk::VeiligThuis { Ok(()) } else { Err(case.refuse(Rule::SafetyElsewhere)) }
}
