// SPDX-License-Identifier: EUPL-1.2
//! Test 8: whose word is needed, and whether it is there.
//!
//! `<12` every holder of authority; `12–15` every holder and the youth; `16–17` the youth; `18+` the youth, with a
//! curator or mentor beside (RL-02, RL-05). In a matter that the youth cannot judge, those who represent decide instead. Nobody outside learns whose word is missing (RL-06): the answer is one
//! rule, whoever was silent or said no.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use crate::field::{Field, FieldSet};
use crate::moment::reaches;
use crate::organisation::Party;
use crate::rule::Rule;
use crate::signal::Purpose;
use crate::voice::{DataCategory, Point, Stand, Standing, Statement, VoiceKind};
use crate::youth::{Authority, AuthorityKind, PersonRef, YouthFacts};

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
    let voices = Voices::of(case, youth);
    let mut tried = BTreeSet::new();
    let mut agreed = BTreeMap::new();
    let categories = essential.iter().copied().chain(fields.iter().filter_map(Field::category));
    for category in categories.filter(|category| tried.insert(*category)) {
        match voices.weigh(&Point { purpose, receiver: case.request.receiver, category }) {
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
    let mut people = voters(case, youth, &point);
    if youth.age_on(case.now.today) < 16 && holders(case, youth, &point).is_empty() {
        people.extend(youth.statements.iter().map(|said| said.speaker));
    }
    let voices = Voices::of(case, youth);
    people.into_iter().any(|person| voices.stand(person, &point) == Stand::Refuses)
}

/// Who may apply for this youth: below 16 a holder of authority (004-07, 004-08), from 16 the youth; whoever represents a
/// youth that cannot judge the matter may do so too (RL-05).
pub(super) fn may_apply(case: &Case<'_>, youth: &YouthFacts, applicant: PersonRef) -> bool {
    let request = case.request;
    let point = Point { purpose: request.purpose, receiver: request.receiver, category: DataCategory::Concern };
    let incapable = cannot_judge(case, youth, &point);
    match youth.age_on(case.now.today) {
        0..16 => holders(case, youth, &point).contains(&applicant),
        16..18 => applicant == youth.youth_person || (incapable && holders(case, youth, &point).contains(&applicant)),
        18.. => {
            applicant == youth.youth_person || (incapable && adult_representatives(case, youth).contains(&applicant))
        }
    }
}

/// Whether a care professional found that the youth cannot judge this matter.
fn cannot_judge(case: &Case<'_>, youth: &YouthFacts, point: &Point) -> bool {
    let today = case.now.today;
    youth.incapacities.iter().any(|found| found.holds_on(today) && found.scope.covers(point))
}

/// What everybody said that stands, read once for all that is asked about it.
struct Voices<'a> {
    case: &'a Case<'a>,
    youth: &'a YouthFacts,
    standing: BTreeMap<PersonRef, Standing<'a>>,
}

impl<'a> Voices<'a> {
    fn of(case: &'a Case<'a>, youth: &'a YouthFacts) -> Self {
        let counted = || youth.statements.iter().filter(|said| !is_child_word(youth, said));
        let mut standing = BTreeMap::new();
        for said in counted() {
            standing.entry(said.speaker).or_insert_with(|| Standing::of(said.speaker, counted(), case.now));
        }
        Self { case, youth, standing }
    }

    /// The rule by which the point is agreed, or the rule by which it is not.
    fn weigh(&self, point: &Point) -> Result<Rule, Rule> {
        match self.youth.age_on(self.case.now.today) {
            0..12 => self.all_holders(point),
            12..16 => {
                let holders = self.all_holders(point);
                if holders.is_err() && self.between_helpers(point) {
                    return Ok(Rule::ConsentAmongHelpers);
                }
                Ok(holders?.max(self.youth_at_12_to_15(point)?))
            }
            16.. => self.at_sixteen_and_older(point),
        }
    }

    /// From 16 the youth, from 18 with a curator or mentor beside. In a matter that the youth cannot judge, those who represent
    /// decide in the youth's place; a no of the youth still stands (RL-05).
    fn at_sixteen_and_older(&self, point: &Point) -> Result<Rule, Rule> {
        if !cannot_judge(self.case, self.youth, point) {
            return self.all(&voters(self.case, self.youth, point), point);
        }
        if self.stand(self.youth.youth_person, point) == Stand::Refuses {
            return Err(Rule::ConsentMissing);
        }
        let minor = self.youth.age_on(self.case.now.today) < 18;
        let people =
            if minor { holders(self.case, self.youth, point) } else { adult_representatives(self.case, self.youth) };
        self.all(&people, point).map(|_| Rule::ConsentForIncapacitated)
    }

    /// Between help-givers who recorded why, the youth of 12–15 who wants it is enough (RL-03; Jeugdwet 7.3.4(2)).
    fn between_helpers(&self, point: &Point) -> bool {
        let sender = self.case.request.signal.as_ref().map(|signal| signal.sender);
        let found = |by: Party| {
            self.youth.findings.iter().any(|finding| {
                finding.by == by && finding.period.contains(self.case.now.today) && finding.scope.covers(point)
            })
        };
        sender.is_some_and(|sender| sender.desk.gives_help() && found(sender))
            && point.receiver.desk.gives_help()
            && matches!(self.stand(self.youth.youth_person, point), Stand::Agrees { .. })
    }

    fn all(&self, people: &BTreeSet<PersonRef>, point: &Point) -> Result<Rule, Rule> {
        let everyone = !people.is_empty()
            && people.iter().all(|person| matches!(self.stand(*person, point), Stand::Agrees { .. }));
        if everyone { Ok(Rule::ConsentComplete) } else { Err(Rule::ConsentMissing) }
    }

    /// Every holder, or under a covenant that allows it one of two parents who live together and who says that the other
    /// agrees (case 6).
    fn all_holders(&self, point: &Point) -> Result<Rule, Rule> {
        let holders = holders(self.case, self.youth, point);
        let complete = self.all(&holders, point);
        let one_may_speak = self.case.covenant.is_some_and(|covenant| covenant.one_parent_speaks());
        if complete.is_ok() || !one_may_speak || self.youth.parents_live_apart != Some(false) {
            return complete;
        }
        let stands: Vec<Stand> = holders.iter().map(|person| self.stand(*person, point)).collect();
        match stands.as_slice() {
            [Stand::Agrees { for_other: true }, Stand::Silent] | [Stand::Silent, Stand::Agrees { for_other: true }] => {
                Ok(Rule::ConsentOneParentSpeaks)
            }
            _ => complete,
        }
    }

    /// The youth's own yes; in a matter that the youth cannot judge, no no; under a covenant that so chose, the record that the
    /// youth was heard, whatever was said (RL-02).
    fn youth_at_12_to_15(&self, point: &Point) -> Result<Rule, Rule> {
        let own = self.stand(self.youth.youth_person, point);
        if matches!(own, Stand::Agrees { .. }) {
            return Ok(Rule::ConsentComplete);
        }
        if own == Stand::Silent && cannot_judge(self.case, self.youth, point) {
            return Ok(Rule::ConsentForIncapacitated);
        }
        if !self.case.covenant.is_some_and(|covenant| covenant.heard_12_15()) {
            return Err(Rule::ConsentMissing);
        }
        let heard = self.youth.hearings.iter().any(|hearing| {
            hearing.on <= self.case.now.today
                && reaches(self.youth.born, 12).is_some_and(|twelfth| twelfth <= hearing.on)
                && hearing.scope.covers(point)
        });
        if heard { Ok(Rule::ConsentYouthHeard) } else { Err(Rule::HearingMissing) }
    }

    fn stand(&self, person: PersonRef, point: &Point) -> Stand {
        let substituted = self.youth.substitutes.iter().any(|substitute| {
            substitute.person == person
                && substitute.valid.contains(self.case.now.today)
                && substitute.scope.covers(point)
        });
        if substituted && person != self.youth.youth_person {
            return Stand::Agrees { for_other: false };
        }
        self.standing.get(&person).map_or(Stand::Silent, |standing| standing.on(point))
    }
}

/// Everyone whose word counts at this age.
fn voters(case: &Case<'_>, youth: &YouthFacts, point: &Point) -> BTreeSet<PersonRef> {
    let age = youth.age_on(case.now.today);
    let mut people = match age {
        0..16 => holders(case, youth, point),
        16..18 => BTreeSet::new(),
        18.. => adult_representatives(case, youth),
    };
    if age >= 12 {
        people.insert(youth.youth_person);
    }
    people
}

/// Everyone whom any source names as a holder of authority in this matter today (RL-05). Part of the authority, given by a
/// court, counts beside the rest and only in its own matter.
pub(super) fn holders(case: &Case<'_>, youth: &YouthFacts, point: &Point) -> BTreeSet<PersonRef> {
    present(case, youth, |authority| {
        let whole = authority.kind != AuthorityKind::PartialAuthority;
        authority.kind.speaks_for_minor() && authority.scope.map_or(whole, |scope| scope.covers(point))
    })
}

/// The curators and mentors of an adult (RL-05).
pub(super) fn adult_representatives(case: &Case<'_>, youth: &YouthFacts) -> BTreeSet<PersonRef> {
    present(case, youth, |authority| authority.kind.speaks_for_adult())
}

fn present(case: &Case<'_>, youth: &YouthFacts, counts: impl Fn(&Authority) -> bool) -> BTreeSet<PersonRef> {
    youth
        .authorities
        .iter()
        .filter(|authority| authority.holds_on(case.now.today) && counts(authority))
        .map(|authority| authority.person)
        .collect()
}

/// A yes that the youth gave for the years before 12 does not bind the youth of 12; a no always counts.
pub(super) fn is_child_word(youth: &YouthFacts, said: &Statement) -> bool {
    said.speaker == youth.youth_person
        && said.voice == VoiceKind::Agrees
        && reaches(youth.born, 12).is_none_or(|twelfth| said.valid.from < twelfth)
}
