// SPDX-License-Identifier: EUPL-1.2
//! Oversight of the gateway itself: searching the log, names behind pseudonyms, staff, export, policy, break-glass. Each is
//! itself recorded; where a name or everything comes out, a second person is there beforehand (RL-09). The functionaris reads
//! and advises, and is nobody's second person (RL-20).

use super::{Case, caller, schema};
use crate::action::Thing;
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal};
use crate::field::{Field, FieldSet};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{ProcessingActivity, Purpose};

/// The log of the own controller, under pseudonyms (case 58).
pub(super) fn search(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_accounting(case, roles)?;
    Ok(account(Form::Pseudonymous, FieldSet::of(&[Field::LogLine])).by(Rule::LogSearched))
}

/// Which professional of the own controller stands behind one line: a second step, with a reason of its own.
pub(super) fn name_professional(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_accounting(case, roles)?;
    let fields = FieldSet::of(&[Field::LogLine, Field::LogProfessional]);
    Ok(account(Form::Pseudonymous, fields).by(Rule::ProfessionalNamed))
}

/// A saved question about how staff use the system, once the works council agreed to such questions (RL-21).
pub(super) fn monitor(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_accounting(case, roles)?;
    let agreed = case.facts.works_council_since.is_some_and(|since| since <= case.now.today);
    if !agreed {
        return Err(case.refuse(Rule::WorksCouncilMissing));
    }
    Ok(account(Form::Pseudonymous, FieldSet::of(&[Field::LogLine])).by(Rule::StaffMonitored))
}

/// The name behind one pseudonym.
pub(super) fn reidentify(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_accounting(case, roles)?;
    caller::with_a_second(case)?;
    case.youth()?;
    Ok(account(Form::Identified, schema::NAME).by(Rule::Reidentified))
}

/// The whole log out of the house.
pub(super) fn export(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_accounting(case, roles)?;
    caller::with_a_second(case)?;
    Ok(account(Form::Pseudonymous, FieldSet::of(&[Field::LogLine])).by(Rule::LogExported))
}

/// New roles or a new covenant: about no person.
pub(super) fn publish(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    own(case, Purpose::Gegevensbeheer)?;
    caller::may(case, Thing::Policy, roles)?;
    caller::with_a_second(case)?;
    let fields = FieldSet::of(&[Field::RecordReference]);
    let grant = Grant { activity: ProcessingActivity::FactKeeping, ..account(Form::Anonymous, fields) };
    Ok(grant.by(Rule::PolicyPublished))
}

/// What is kept of a youth goes, or stays for now: a person decides, with a reason. No second person beforehand (RL-09).
pub(super) fn erase(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    own(case, Purpose::Gegevensbeheer)?;
    caller::may(case, Thing::Youth, roles)?;
    caller::with_a_reason(case)?;
    let fields = FieldSet::of(&[Field::RecordReference]);
    let grant = Grant { activity: ProcessingActivity::FactKeeping, ..account(Form::Anonymous, fields) };
    Ok(grant.by(Rule::ErasureDecided))
}

/// In an emergency of the gateway itself an operator reaches whom it is about, to ring whoever must know.
pub(super) fn break_glass(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    own(case, Purpose::Noodtoegang)?;
    caller::may(case, Thing::Youth, roles)?;
    caller::with_a_second(case)?;
    case.youth()?;
    let fields = schema::NAME.iter().chain([Field::SenderContact, Field::Delivery]).collect();
    let grant = Grant { obligations: vec![case.inform(), case.review()], ..account(Form::Identified, fields) };
    Ok(grant.by(Rule::BreakGlass))
}

fn for_accounting(case: &Case<'_>, roles: &RoleTable) -> Result<(), Refusal> {
    own(case, Purpose::Verantwoording)?;
    caller::may(case, Thing::Log, roles)?;
    caller::with_a_reason(case)
}

fn own(case: &Case<'_>, purpose: Purpose) -> Result<(), Refusal> {
    if case.request.receiver != case.request.actor.party {
        return Err(case.refuse(Rule::RequestIncomplete));
    }
    if case.request.purpose == purpose { Ok(()) } else { Err(case.refuse(Rule::PurposeDoesNotFit)) }
}

fn account(form: Form, fields: FieldSet) -> Grant {
    let activity = ProcessingActivity::Accountability;
    Grant { form, basis: LegalBasis::Accountability, activity, fields, obligations: Vec::new() }
}
