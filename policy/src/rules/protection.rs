// SPDX-License-Identifier: EUPL-1.2
//! Test 5 for child protection: Veilig Thuis and a gecertificeerde instelling ask, and whoever knows something tells. A
//! question is never answered by the gateway: a person at the receiving side decides what is needed (cases 27 and 28). The
//! answer to Veilig Thuis is a report of its own; the answer to an institution goes under its order.

use super::{Case, not_found, schema};
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal};
use crate::field::FieldSet;
use crate::organisation::{Desk, Party};
use crate::rule::Rule;
use crate::signal::{ProcessingActivity, Purpose, SignalFacts};
use crate::youth::YouthFacts;

/// A question. Whoever never had the youth in school or in care is not asked: the question itself would tell (RL-31 in kind).
pub(super) fn inquiry(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    let (youth, receiver) = (case.youth()?, case.request.receiver);
    if !signal.kind.may_reach(receiver.desk) {
        return Err(case.refuse(Rule::ReceiverNotCompetent));
    }
    let grant = match (signal.sender.desk, signal.purpose) {
        (Desk::VeiligThuis, Purpose::Veiligheid) => {
            let grant = asked(case, LegalBasis::PublicTask, schema::INQUIRY);
            Grant { activity: ProcessingActivity::SafetyReport, ..grant }.by(Rule::SafetyInquiry)
        }
        (Desk::GecertificeerdeInstelling, Purpose::Jeugdbescherming) => {
            order_runs(case, youth, signal.sender)?;
            asked(case, LegalBasis::ProtectionOrder, schema::INQUIRY_ORDER).by(Rule::ProtectionInquiry)
        }
        _ => return Err(case.refuse(Rule::PurposeDoesNotFit)),
    };
    if youth.was_known_to(receiver, case.now.today) { Ok(grant) } else { Err(not_found()) }
}

/// Facts for an institution under its running order, asked or unasked (Jeugdwet 7.3.11).
pub(super) fn information(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    let (youth, receiver) = (case.youth()?, case.request.receiver);
    if !signal.kind.may_reach(receiver.desk) {
        return Err(case.refuse(Rule::ReceiverNotCompetent));
    }
    order_runs(case, youth, receiver)?;
    let grant = asked(case, LegalBasis::ProtectionOrder, schema::PROTECTION);
    let obligations = vec![case.next_step(), case.inform_or_look_again(signal)];
    Ok(Grant { obligations, ..grant }.by(Rule::ProtectionInformation))
}

/// An order that gives an information right runs today, and it is this institution's.
fn order_runs(case: &Case<'_>, youth: &YouthFacts, institution: Party) -> Result<(), Refusal> {
    let runs = youth.orders.iter().any(|order| {
        order.institution == institution
            && order.kind.gives_information_right()
            && order.period.contains(case.now.today)
    });
    if runs { Ok(()) } else { Err(case.refuse(Rule::NoRunningOrder)) }
}

fn asked(case: &Case<'_>, basis: LegalBasis, fields: FieldSet) -> Grant {
    Grant {
        form: Form::Identified,
        basis,
        activity: ProcessingActivity::ProtectionOrder,
        fields,
        obligations: vec![case.next_step()],
    }
}
