// SPDX-License-Identifier: EUPL-1.2
//! What must still be done: seen and worked on by the desk whose it is (P7). Nothing of it reaches a parent or youth before a
//! professional releases it to that person (RL-13).

use super::{Case, caller, not_found, records};
use crate::action::Thing;
use crate::decision::{Decision, DutyFacts, Form, Grant, LegalBasis, Refusal};
use crate::field::{Field, FieldSet};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{Door, ProcessingActivity};
use crate::youth::YouthFacts;

/// Seeing it: that it is there, how it stands, and, where the desk knows the youth by name, about whom and who must hear.
pub(super) fn read(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    own(case, roles)?;
    Ok(grant(case).by(Rule::DutyShown))
}

/// Taking it up, postponing it, recording that it is done. Whoever did what must be looked back on does not look back on it
/// (RL-09).
pub(super) fn work(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let duty = own(case, roles)?;
    if duty.review && duty.own_deed {
        return Err(case.refuse(Rule::ReviewByAnother));
    }
    Ok(grant(case).by(Rule::DutyWorked))
}

/// Releasing it to one person. In an unsafe home it is withheld unless somebody weighed it for this person and says why; no
/// date stands in place of that (RL-13).
pub(super) fn release(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let (duty, youth) = (own(case, roles)?, case.youth()?);
    if is_withheld(case, duty, youth) && !case.request.backing.reasoned {
        return Err(case.refuse(Rule::ReleaseWithheld));
    }
    Ok(grant(case).by(Rule::DutyReleased))
}

/// From which age a youth can ask for silence (RL-13).
const ASKS_FROM: u8 = 12;

/// Whether what a duty is about is kept from parents and youth by default: a report on safety, a secret address, a youth who
/// asked for silence, or what was said with the duty itself.
fn is_withheld(case: &Case<'_>, duty: &DutyFacts, youth: &YouthFacts) -> bool {
    let safety = case.request.signal.as_ref().is_some_and(|signal| {
        matches!(signal.kind.row().door, Door::Safety | Door::SafetyAdvice | Door::VitalInterest)
    });
    let silence = youth.asks_silence && youth.age_on(case.now.today) >= ASKS_FROM;
    duty.withheld || youth.shielded || silence || safety
}

/// The duty of the actor's own desk, or, where the role goes no further, what followed from the own deed; what is not there and what is another's are one answer (promise 6). Whoever has a duty
/// keeps it when the youth has left or is erased; some are about nobody (RL-28).
fn own<'a>(case: &Case<'a>, roles: &RoleTable) -> Result<&'a DutyFacts, Refusal> {
    records::by_own_party(case)?;
    caller::may(case, Thing::Duty, roles)?;
    let actor = &case.request.actor;
    let theirs = |duty: &&DutyFacts| duty.owner == actor.party && (duty.own_deed || !actor.role.has_only_own_duties());
    case.facts.duty.as_ref().filter(theirs).ok_or_else(not_found)
}

fn grant(case: &Case<'_>) -> Grant {
    let named = case.request.named && case.facts.youth.is_some();
    let fields: &[Field] = if named { &[Field::RecordReference, Field::Pseudonym] } else { &[Field::RecordReference] };
    Grant {
        form: if named { Form::Pseudonymous } else { Form::Anonymous },
        basis: LegalBasis::OwnAdministration,
        activity: ProcessingActivity::FactKeeping,
        fields: FieldSet::of(fields),
        obligations: Vec::new(),
    }
}
