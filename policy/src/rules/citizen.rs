// SPDX-License-Identifier: EUPL-1.2
//! The youth and the representatives themselves: their own word, who looked, and objections. Whoever has no standing towards
//! this youth finds what somebody finds who asks after nobody (RL-06, RL-14).

use super::records::record;
use super::{Case, caller, consent, not_found, on_behalf, schema, sharing};
use crate::action::{Action, Thing};
use crate::decision::{Decision, Duty, Form, Grant, LegalBasis, Obligation, Owner, Refusal};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{ProcessingActivity, Purpose};
use crate::voice::{DataCategory, Point};
use crate::youth::{PersonRef, YouthFacts};

/// Four weeks, the shorter of the terms in use (P8), in working days.
const OBJECTION_WORKING_DAYS: u8 = 20;

/// How a citizen stands to the youth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Youth,
    Represents,
}

/// The speaker records the own word, and nobody else's (RL-29). Who has no say today may still take back what was said.
pub(super) fn own_voice(case: &Case<'_>, youth: &YouthFacts) -> Result<Decision, Refusal> {
    let citizen = case.request.backing.citizen;
    let own = citizen.is_some() && case.request.backing.speaker == citizen;
    let spoke = |person| youth.statements.iter().any(|said| said.speaker == person);
    let withdraws = case.request.action == Action::WithdrawVoice && citizen.is_some_and(spoke);
    if own && (withdraws || standing(case, youth).is_some()) {
        Ok(record(LegalBasis::ProofOfConsent).by(Rule::VoiceOfSpeaker))
    } else {
        Err(not_found())
    }
}

/// A citizen calls only about a youth towards whom they have standing.
pub(super) fn in_own_circle(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    if standing(case, youth).is_some() { Ok(()) } else { Err(not_found()) }
}

/// Who looked, when and why (AVG 15). Below 12 a representative; from 12 the youth; at 12–15 a representative only together
/// with the youth (RL-19); from 16 a representative no more (RL-18), and from 18 only together with the youth. What is hidden
/// from the reader reads as if it were not there (RL-14).
pub(super) fn inspect(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_rights(case)?;
    caller::may(case, Thing::Log, roles)?;
    on_behalf::identified(case)?;
    let youth = case.youth()?;
    let standing = standing(case, youth).ok_or_else(not_found)?;
    let hidden = |person: &PersonRef| case.facts.hidden_from.as_ref().is_none_or(|from| from.contains(person));
    if case.request.backing.citizen.iter().chain(&case.request.backing.joined).any(hidden) {
        return Err(not_found());
    }
    let joined = case.request.backing.joined.contains(&youth.youth_person);
    let fields = schema::INSPECTION;
    let rule = match (standing, youth.age_on(case.now.today)) {
        (Standing::Youth, _) => Rule::InspectionByYouth,
        (Standing::Represents, 12..) if !joined => return Err(case.refuse(Rule::InspectionTogether)),
        (Standing::Represents, _) => Rule::InspectionByRepresentative,
    };
    // The place of a shielded youth follows from who looked (RL-15).
    let fields = fields.keep(|field| !(youth.shielded && standing == Standing::Represents && field.reveals_place()));
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::CitizenRights,
        activity: ProcessingActivity::CitizenRights,
        fields,
        obligations: Vec::new(),
    };
    Ok(grant.by(rule))
}

/// An objection or request for correction is always received; the controller decides on it, and meanwhile the index entry is
/// frozen (AVG 18(1), RL-08, case 54).
pub(super) fn object(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    for_rights(case)?;
    caller::may(case, Thing::Objection, roles)?;
    on_behalf::identified(case)?;
    let youth = case.youth()?;
    standing(case, youth).ok_or_else(not_found)?;
    let decide = Obligation { duty: Duty::Decide, owner: Owner::Controller, due_working_days: OBJECTION_WORKING_DAYS };
    let grant = Grant {
        activity: ProcessingActivity::CitizenRights,
        obligations: vec![decide],
        ..record(LegalBasis::CitizenRights)
    };
    Ok(grant.by(Rule::ObjectionReceived))
}

fn for_rights(case: &Case<'_>) -> Result<(), Refusal> {
    if case.request.receiver != case.request.actor.party {
        return Err(case.refuse(Rule::RequestIncomplete));
    }
    if case.request.purpose == Purpose::Rechten { Ok(()) } else { Err(case.refuse(Rule::PurposeDoesNotFit)) }
}

/// The youth from 12; below 16 whoever holds authority; from 18 a curator or mentor. Authority is read from the facts: a login
/// only says who it is (RL-05).
fn standing(case: &Case<'_>, youth: &YouthFacts) -> Option<Standing> {
    let person = case.request.backing.citizen?;
    let age = youth.age_on(case.now.today);
    let receiver = case.request.receiver;
    let point = Point { purpose: case.request.purpose, receiver, category: DataCategory::Progress };
    let represents = match age {
        0..16 => consent::holders(case, youth, &point).contains(&person),
        16..18 => false,
        18.. => consent::adult_representatives(case, youth).contains(&person),
    };
    if person == youth.youth_person && age >= 12 && sharing::in_age(case, youth).is_ok() {
        Some(Standing::Youth)
    } else if represents {
        Some(Standing::Represents)
    } else {
        None
    }
}
