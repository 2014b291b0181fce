// SPDX-License-Identifier: EUPL-1.2
//! Test 6: the report to Veilig Thuis. It waits for nobody (RL-08, RL-09): no role, covenant, circle, restriction, age
//! or consent stops it.

use super::{Case, schema};
use crate::decision::{Decision, Duty, Form, Grant, LegalBasis, Obligation, Owner, Refusal};
use crate::organisation::Desk;
use crate::rule::Rule;
use crate::signal::ProcessingActivity;

pub(super) fn report(case: &Case<'_>) -> Result<Decision, Refusal> {
    if case.request.receiver.desk != Desk::VeiligThuis {
        // Case 25: the door is Veilig Thuis; a safety flag opens no other.
        return Err(case.refuse(Rule::SafetyElsewhere));
    }
    // The youth must be known, because the report is about somebody; nothing about the youth is tested.
    case.youth()?;
    let review =
        Obligation { duty: Duty::Review, owner: Owner::OtherProfessional, due_working_days: case.terms().review };
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::VeiligThuisReport,
        activity: ProcessingActivity::SafetyReport,
        fields: schema::SAFETY,
        obligations: vec![case.next_step(), case.inform(), review],
    };
    Ok(grant.by(Rule::SafetyReport))
}
