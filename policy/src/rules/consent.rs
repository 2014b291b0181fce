// SPDX-License-Identifier: EUPL-1.2
//! Test 8: whose word is needed, and whether it is there.
//!
//! `<12` every holder of authority; `12–15` every holder and the youth; `16–17` the youth; `18+` the youth, with a
//! curator or mentor beside (RL-02, RL-05). Nobody outside learns whose word is missing (RL-06): the answer is one
//! rule, whoever was silent or said no.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use crate::field::{Field, FieldSet};
use crate::moment::reaches;
use crate::organisation::Party;
use crate::rule::Rule;
use crate::signal::Purpose;
use crate::voice::{DataCategory, Point, Stand, Statement, VoiceKind, stand_of};
use crate::youth::{PersonRef, YouthFacts};

/// What a complete set of consents opens.
pub(super) struct Consent {
    /// The rule by which it is complete.
    pub(super) rule: Rule,
    /// The fields whose category everyone agreed to.
    pub(super) fields: FieldSet,
}

/// Whether everyone with a say agrees that this receiver gets these fields for this purpose. Every category in
/// `essential` must be agreed to; a field of any other category that was not agreed to is left out.
pub(super) fn complete(
    case: &Case<'_>,
    youth: &YouthFacts,
    purpose: Purpose,
    fields: FieldSet,
    essential: &[DataCategory],
) -> Result<Consent, Rule> {
    let ask = |category| weigh(case, youth, &Point { purpose, receiver: case.request.receiver, category });
    let mut agreed = BTreeMap::new();
    for category in essential.iter().copied().chain(fields.iter().filter_map(Field::category)) {
        match ask(category) {
            Ok(rule) => {
                agreed.insert(category, rule);
            }
            Err(missing) if essential.contains(&category) => return Err(missing),
            Err(_) => {}
        }
    }
    // INVARIANT: Rule is declared so that the consent that leans on most comes last; the widest leaning names the
    // decision.
    let rule = agreed.values().copied().max().ok_or(Rule::ConsentMissing)?;
    let fields = fields.keep(|field| field.category().is_none_or(|category| agreed.contains_key(&category)));
    Ok(Consent { rule, fields })
}

/// Whether anyone with a say has said no to this, silence aside. While nobody is known to hold authority over a youth
/// under 16, everybody's no counts: a missing fact never widens.
pub(super) fn anyone_refuses(case: &Case<'_>, youth: &YouthFacts, purpose: Purpose, receiver: Party) -> bool {
    let point = Point { purpose, receiver, category: DataCategory::Progress };
    let mut people = voters(youth, case);
    if youth.age_on(case.now.today) < 16 && holders(youth, case).is_empty() {
        people.extend(youth.statements.iter().map(|said| said.speaker));
    }
    people.into_iter().any(|person| stand(case, youth, person, &point) == Stand::Refuses)
}

/// The rule by which the point is agreed, or the rule by which it is not.
fn weigh(case: &Case<'_>, youth: &YouthFacts, point: &Point) -> Result<Rule, Rule> {
    let age = youth.age_on(case.now.today);
    let holders = holders(youth, case);
    match age {
        0..12 => all_holders(case, youth, &holders, point),
        12..16 => {
            let rule = all_holders(case, youth, &holders, point)?;
            Ok(rule.max(youth_at_12_to_15(case, youth, point)?))
        }
        16.. => all(case, youth, &voters(youth, case), point),
    }
}

/// Everyone whose word counts at this age.
fn voters(youth: &YouthFacts, case: &Case<'_>) -> BTreeSet<PersonRef> {
    let mut people = match youth.age_on(case.now.today) {
        0..16 => holders(youth, case),
        16..18 => BTreeSet::new(),
        18.. => present(youth, case, |authority| authority.kind.speaks_for_adult()),
    };
    if youth.age_on(case.now.today) >= 12 {
        people.insert(youth.youth_person);
    }
    people
}

/// Everyone whom any source names as a holder of authority today (RL-05).
fn holders(youth: &YouthFacts, case: &Case<'_>) -> BTreeSet<PersonRef> {
    present(youth, case, |authority| authority.kind.speaks_for_minor())
}

fn present(
    youth: &YouthFacts,
    case: &Case<'_>,
    counts: impl Fn(&crate::youth::Authority) -> bool,
) -> BTreeSet<PersonRef> {
    youth
        .authorities
        .iter()
        .filter(|authority| authority.holds_on(case.now.today) && counts(authority))
        .map(|authority| authority.person)
        .collect()
}

fn all(case: &Case<'_>, youth: &YouthFacts, people: &BTreeSet<PersonRef>, point: &Point) -> Result<Rule, Rule> {
    let everyone = !people.is_empty()
        && people.iter().all(|person| matches!(stand(case, youth, *person, point), Stand::Agrees { .. }));
    if everyone { Ok(Rule::ConsentComplete) } else { Err(Rule::ConsentMissing) }
}

/// Every holder, or under a covenant that allows it one of two parents who live together and who says that the other
/// agrees (case 6).
fn all_holders(
    case: &Case<'_>,
    youth: &YouthFacts,
    holders: &BTreeSet<PersonRef>,
    point: &Point,
) -> Result<Rule, Rule> {
    let complete = all(case, youth, holders, point);
    let one_may_speak = case.covenant.is_some_and(|covenant| covenant.one_parent_speaks());
    if complete.is_ok() || !one_may_speak || youth.parents_live_apart != Some(false) {
        return complete;
    }
    let stands: Vec<Stand> = holders.iter().map(|person| stand(case, youth, *person, point)).collect();
    match stands.as_slice() {
        [Stand::Agrees { for_other: true }, Stand::Silent] | [Stand::Silent, Stand::Agrees { for_other: true }] => {
            Ok(Rule::ConsentOneParentSpeaks)
        }
        _ => complete,
    }
}

/// The youth's own yes; under a covenant that so chose, the record that the youth was heard, whatever was said (RL-02).
fn youth_at_12_to_15(case: &Case<'_>, youth: &YouthFacts, point: &Point) -> Result<Rule, Rule> {
    if matches!(stand(case, youth, youth.youth_person, point), Stand::Agrees { .. }) {
        return Ok(Rule::ConsentComplete);
    }
    if !case.covenant.is_some_and(|covenant| covenant.heard_12_15()) {
        return Err(Rule::ConsentMissing);
    }
    let heard = youth.hearings.iter().any(|hearing| {
        hearing.on <= case.now.today
            && reaches(youth.born, 12).is_some_and(|twelfth| twelfth <= hearing.on)
            && hearing.scope.covers(point)
    });
    if heard { Ok(Rule::ConsentYouthHeard) } else { Err(Rule::HearingMissing) }
}

fn stand(case: &Case<'_>, youth: &YouthFacts, person: PersonRef, point: &Point) -> Stand {
    let substituted = youth.substitutes.iter().any(|substitute| {
        substitute.person == person && substitute.valid.contains(case.now.today) && substitute.scope.covers(point)
    });
    if substituted && person != youth.youth_person {
        return Stand::Agrees { for_other: false };
    }
    stand_of(person, youth.statements.iter().filter(|said| !is_child_word(youth, said)), point, case.now)
}

/// A yes that the youth gave for the years before 12 does not bind the youth of 12; a no always counts.
fn is_child_word(youth: &YouthFacts, said: &Statement) -> bool {
    said.speaker == youth.youth_person
        && said.voice == VoiceKind::Agrees
        && reaches(youth.born, 12).is_none_or(|twelfth| said.valid.from < twelfth)
}
