// SPDX-License-Identifier: EUPL-1.2
//! Test 1: who asks. The role must hold today and the role table must grant the cell.

use super::{Case, not_found};
use crate::action::Thing;
use crate::decision::Refusal;
use crate::organisation::Role;
use crate::roles::{RoleGrant, RoleTable};
use crate::rule::Rule;
use crate::signal::{Door, SignalFacts};

/// Sending a signal of this kind, from a desk that may. A report to Veilig Thuis, its advice and vital interest ask for
/// nobody's role: being in service is enough (RL-08, RL-09).
pub(super) fn may_send(case: &Case<'_>, signal: &SignalFacts, roles: &RoleTable) -> Result<(), Refusal> {
    in_service(case)?;
    if !signal.kind.leaves_from(case.request.actor.party.desk) {
        return Err(case.refuse(Rule::RoleMayNot));
    }
    match signal.kind.row().door {
        // A weighing of somebody in service; a machine is in nobody's service, and a citizen rings (RL-08, RL-09).
        Door::Safety | Door::SafetyAdvice | Door::VitalInterest => {
            if case.request.actor.role.is_professional() {
                Ok(())
            } else {
                Err(case.refuse(Rule::RoleMayNot))
            }
        }
        Door::Covenant
        | Door::Absence
        | Door::MinorAbsence
        | Door::EarlyLeaving
        | Door::Index
        | Door::Inquiry
        | Door::Protection
        | Door::Application
        | Door::PersonFree => granted(case, Thing::Signal(signal.kind), roles),
    }
}

/// An action on the actor's own behalf, where the thing is not a secret.
pub(super) fn may(case: &Case<'_>, thing: Thing, roles: &RoleTable) -> Result<(), Refusal> {
    in_service(case)?;
    granted(case, thing, roles)
}

/// An action on a stored signal. First what depends on the actor alone; what depends on the signal answers as if it
/// were not there (promise 6).
pub(super) fn may_handle(case: &Case<'_>, signal: Option<&SignalFacts>, roles: &RoleTable) -> Result<(), Refusal> {
    in_service(case)?;
    let actor = &case.request.actor;
    if !roles.allows_somewhere(actor.role, actor.party.desk, case.request.action) {
        return Err(case.refuse(Rule::RoleMayNot));
    }
    let kind = signal.ok_or_else(not_found)?.kind;
    granted(case, Thing::Signal(kind), roles).map_err(|_| not_found())
}

/// In the register's service today.
pub(super) fn in_service(case: &Case<'_>) -> Result<(), Refusal> {
    if case.request.actor.role_valid.contains(case.now.today) { Ok(()) } else { Err(case.refuse(Rule::RoleNotValid)) }
}

/// A second person in service at the actor's own organisation, who is not the functionaris (RL-09, RL-20), and a reason.
pub(super) fn with_a_second(case: &Case<'_>) -> Result<(), Refusal> {
    with_a_reason(case)?;
    let actor = &case.request.actor;
    let helps = case.request.backing.second.is_some_and(|second| {
        second.party.organisation == actor.party.organisation
            && second.role_valid.contains(case.now.today)
            && second.role.is_professional()
            && second.role != Role::DataProtectionOfficer
    });
    if helps { Ok(()) } else { Err(case.refuse(Rule::SecondPersonMissing)) }
}

/// A reason was recorded.
pub(super) fn with_a_reason(case: &Case<'_>) -> Result<(), Refusal> {
    if case.request.backing.reasoned { Ok(()) } else { Err(case.refuse(Rule::ReasonMissing)) }
}

fn granted(case: &Case<'_>, thing: Thing, roles: &RoleTable) -> Result<(), Refusal> {
    let request = case.request;
    let cell = RoleGrant {
        role: request.actor.role,
        desk: request.actor.party.desk,
        action: request.action,
        thing,
        purpose: request.purpose,
    };
    if roles.allows(&cell) { Ok(()) } else { Err(case.refuse(Rule::RoleMayNot)) }
}
