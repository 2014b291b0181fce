// SPDX-License-Identifier: EUPL-1.2
//! Who records which fact (RL-29), and who may look up organisations.

use super::{Case, caller, citizen, not_found, sharing};
use crate::action::Thing;
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal};
use crate::field::{Field, FieldSet};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{ProcessingActivity, Purpose};

/// A voice is recorded by the professional who must ask: one whose party has the youth in school or in care. Taking it
/// back is as easy as giving it, and whoever recorded it can show it again. `rule` says which of the three it is.
pub(super) fn voice(case: &Case<'_>, roles: &RoleTable, rule: Rule) -> Result<Decision, Refusal> {
    by_own_party(case)?;
    caller::may(case, Thing::Voice, roles)?;
    let youth = case.youth()?;
    if case.request.actor.role.is_citizen() {
        return citizen::own_voice(case, youth);
    }
    sharing::in_senders_circle(case, youth)?;
    if rule == Rule::VoiceRecorded && youth.deceased.is_some() {
        return Err(case.refuse(Rule::Deceased));
    }
    Ok(record(LegalBasis::ProofOfConsent).by(rule))
}

/// A school registers its own pupils: `facts.youth` is the youth as it would stand afterwards, enrolled at the actor's
/// school.
pub(super) fn youth(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    by_own_party(case)?;
    caller::may(case, Thing::Youth, roles)?;
    let youth = case.youth()?;
    if !youth.is_enrolled_at(case.request.actor.party, case.now.today) {
        return Err(not_found());
    }
    sharing::in_age(case, youth)?;
    Ok(record(LegalBasis::OwnAdministration).by(Rule::OwnPupil))
}

/// Authority comes from the school or from the municipality of residence, each with its source.
pub(super) fn authority(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    by_own_party(case)?;
    caller::may(case, Thing::Authority, roles)?;
    of_own_or_residents(case)?;
    Ok(record(LegalBasis::OwnAdministration).by(Rule::AuthorityRecorded))
}

/// Another fact that decisions rest on, by a desk from which facts of this kind may come, and that a youth cannot judge a
/// matter only by a professional in a care register (RL-05).
pub(super) fn fact(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    by_own_party(case)?;
    let kind = case.request.backing.fact.ok_or_else(|| case.refuse(Rule::RequestIncomplete))?;
    caller::may(case, Thing::Fact(kind), roles)?;
    let registered = case.request.backing.care_register.is_some();
    if !kind.comes_from(case.request.actor.party.desk) || (kind.needs_care_register() && !registered) {
        return Err(case.refuse(Rule::RoleMayNot));
    }
    of_own_or_residents(case)?;
    Ok(record(LegalBasis::OwnAdministration).by(Rule::FactRecorded))
}

/// Whoever has the youth in school or helps, or the municipality of residence; nobody else finds the youth.
fn of_own_or_residents(case: &Case<'_>) -> Result<(), Refusal> {
    let youth = case.youth()?;
    let municipal = case.request.actor.party.desk.serves_residents() && sharing::at_home(case, youth).is_ok();
    if municipal { Ok(()) } else { sharing::in_senders_circle(case, youth) }
}

/// Organisations and their contact points: nothing about any youth.
pub(super) fn directory(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    by_own_party(case)?;
    caller::may(case, Thing::Directory, roles)?;
    let grant = Grant {
        form: Form::Anonymous,
        basis: LegalBasis::AnonymousForm,
        activity: ProcessingActivity::FactKeeping,
        fields: FieldSet::of(&[Field::Organisation, Field::ContactPoint]),
        obligations: Vec::new(),
    };
    Ok(grant.by(Rule::DirectoryRead))
}

pub(super) fn by_own_party(case: &Case<'_>) -> Result<(), Refusal> {
    let request = case.request;
    if request.receiver != request.actor.party {
        return Err(case.refuse(Rule::RequestIncomplete));
    }
    if request.purpose == Purpose::Gegevensbeheer { Ok(()) } else { Err(case.refuse(Rule::PurposeDoesNotFit)) }
}

pub(super) fn record(basis: LegalBasis) -> Grant {
    Grant {
        form: Form::Pseudonymous,
        basis,
        activity: ProcessingActivity::FactKeeping,
        fields: FieldSet::of(&[Field::RecordReference]),
        obligations: Vec::new(),
    }
}
