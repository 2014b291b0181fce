// SPDX-License-Identifier: EUPL-1.2
//! Beroepsgeheim: whether everyone who must has lifted it (RL-04), in a table of its own: `<12` the holders of authority;
//! 12–15 the youth and the holders; 16 and older the youth. Consent as ground never counts here.

use std::collections::BTreeSet;

use super::{Case, consent};
use crate::organisation::Party;
use crate::rule::Rule;
use crate::signal::{Purpose, SignalFacts};
use crate::voice::{DataCategory, Point, Stand, Standing};
use crate::youth::{PersonRef, YouthFacts};

/// Whether the sender's secrecy is lifted towards this receiver for this purpose. Between help-givers without the parents
/// (RL-03) the youth's own word is enough, as it was for the consent.
pub(super) fn is_lifted(case: &Case<'_>, youth: &YouthFacts, signal: &SignalFacts, by: Rule) -> bool {
    let point = point(signal.purpose, case.request.receiver);
    let people =
        if by == Rule::ConsentAmongHelpers { BTreeSet::from([youth.youth_person]) } else { who(case, youth, &point) };
    lifted_by(case, youth, signal.sender, &people, &point)
}

/// Whether the actor's own secrecy is lifted towards the sender of a signal, for an explanation in the way back (RL-17).
pub(super) fn is_lifted_back(case: &Case<'_>, youth: &YouthFacts) -> bool {
    let point = point(case.request.purpose, case.request.receiver);
    lifted_by(case, youth, case.request.actor.party, &who(case, youth, &point), &point)
}

/// Whether the secrecy of everyone who may have explained is still lifted, for the sender who reads an explanation later.
pub(super) fn stays_lifted(case: &Case<'_>, youth: &YouthFacts, signal: &SignalFacts) -> bool {
    let point = point(Purpose::Casusvoortgang, case.request.receiver);
    let people = who(case, youth, &point);
    let secret = signal.receivers.iter().filter(|receiver| receiver.desk.keeps_secrets());
    secret.copied().all(|receiver| lifted_by(case, youth, receiver, &people, &point))
}

fn lifted_by(case: &Case<'_>, youth: &YouthFacts, of: Party, people: &BTreeSet<PersonRef>, point: &Point) -> bool {
    let said = || {
        let of_team = youth.permissions.iter().filter(move |permission| permission.of == of);
        of_team.map(|permission| &permission.statement).filter(|said| !consent::is_child_word(youth, said))
    };
    let agrees = |person: &PersonRef| matches!(Standing::of(*person, said(), case.now).on(point), Stand::Agrees { .. });
    !people.is_empty() && people.iter().all(agrees)
}

fn who(case: &Case<'_>, youth: &YouthFacts, point: &Point) -> BTreeSet<PersonRef> {
    let age = youth.age_on(case.now.today);
    let mut people = if age < 16 { consent::holders(case, youth, point) } else { BTreeSet::new() };
    // A youth without known holders is silent about authority, and silence lifts nothing.
    if age < 16 && people.is_empty() {
        return people;
    }
    if age >= 12 {
        people.insert(youth.youth_person);
    }
    people
}

const fn point(purpose: Purpose, receiver: Party) -> Point {
    Point { purpose, receiver, category: DataCategory::Concern }
}
