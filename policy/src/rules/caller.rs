// SPDX-License-Identifier: EUPL-1.2
//! Test 1: who asks. The role must hold today and the role table must grant the cell.

use super::{Case, not_found};
use crate::decision::Refusal;
use crate::organisation::Role;
use crate::roles::{RoleGrant, RoleTable};
use crate::rule::Rule;
use crate::signal::{SignalFacts, SignalKind, Thing};

/// Sending a signal of this kind. A report to Veilig Thuis asks for nobody's role: being in service is enough (RL-08,
/// RL-09).
pub(super) fn may_send(case: &Case<'_>, signal: &SignalFacts, roles: &RoleTable) -> Result<(), Refusal> {
    in_service(case)?;
    match signal.kind {
        // A report is a professional's own weighing; a machine is in nobody's service.
        SignalKind::Veiligheid if case.request.actor.role == Role::Systeem => Err(case.refuse(Rule::RoleMayNot)),
        SignalKind::Veiligheid => Ok(()),
        SignalKind::Preventief
        | SignalKind::Consultatie
        | SignalKind::Aanmelding
        | SignalKind::VerzoekTotSamenwerking
        | SignalKind::Verzuim
        | SignalKind::OverigVerzuim => granted(case, Thing::Signal(signal.kind), roles),
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
