// SPDX-License-Identifier: EUPL-1.2
//! Who may ask or apply in person, and what a word is about.

use sluis_policy::anonymity::AgeBand;

use super::*;

/// A citizen asks at the portal, about rights and about nothing else; what is asked there is kept as that.
#[test]
fn a_citizen_asks_about_rights_only() {
    for action in [Action::Inspect, Action::Object] {
        let asks = keeping(action, Desk::Gateway, 13).with(|world| {
            world.request.actor = actor(party(Desk::Gateway), Role::Jeugdige);
            world.request.backing.citizen = Some(YOUTH);
        });
        let activity = asks.decide().permit().map(|permit| permit.activity());
        assert_eq!(activity, Some(ProcessingActivity::CitizenRights), "{action}");
        let other = asks.clone().with(|world| world.request.purpose = Purpose::Gegevensbeheer);
        assert_eq!(other.decide().rule(), Rule::PurposeDoesNotFit, "{action}");
        let for_another = asks.with(|world| world.request.receiver = party(Desk::School));
        assert_eq!(for_another.decide().rule(), Rule::RequestIncomplete, "{action}");
    }
}

/// RL-05, 004-07: who may apply, by age; a person who represents, only while the youth cannot judge the matter.
#[test]
fn rl_05_who_may_apply() {
    let found = Incapacity {
        scope: anything(),
        period: Period { from: date(2026, 10, 1), until: Some(date(2027, 4, 1)) },
        by: party(Desk::Jgz),
        register: CareRegister::Skj,
        told_on: Some(date(2026, 10, 2)),
    };
    let stranger = PersonRef([0xD; 16]);
    for (age, kind, applicant, able, unable) in [
        (15, AuthorityKind::Parent, A, true, true),
        (15, AuthorityKind::Parent, YOUTH, false, false),
        (16, AuthorityKind::Parent, YOUTH, true, true),
        (16, AuthorityKind::Parent, A, false, true),
        (16, AuthorityKind::Parent, stranger, false, false),
        (17, AuthorityKind::ParentWithoutAuthority, A, false, false),
        (18, AuthorityKind::Mentor, YOUTH, true, true),
        (18, AuthorityKind::Mentor, A, false, true),
        (18, AuthorityKind::Mentor, stranger, false, false),
        (18, AuthorityKind::Parent, A, false, false),
    ] {
        for (found, may) in [(vec![], able), (vec![found.clone()], unable)] {
            let cannot_judge = !found.is_empty();
            let world = World::submitting(SignalKind::JeugdhulpAanvraag, Desk::Wijkteam).aged(age).with(|world| {
                world.signal().applicant = Some(applicant);
                world.youth().authorities[0].kind = kind;
                world.youth().incapacities = found;
            });
            let rule = if may { Rule::Application } else { Rule::NotEntitledToApply };
            assert_eq!(world.decide().rule(), rule, "{age} {kind} {applicant:?}, cannot judge: {cannot_judge}");
        }
    }
}

/// What nobody agreed to stays behind, and the rest goes: who it is and what the worry is, but not the school.
#[test]
fn a_category_that_was_not_agreed_to_is_left_out() {
    let only = |categories: &[DataCategory]| {
        let agreed = categories.iter().flat_map(|category| {
            let scope = Scope { category: Some(*category), ..anything() };
            [A, B].map(|who| said(who, VoiceKind::Agrees, scope, 0))
        });
        let statements: Vec<Statement> = agreed.collect();
        World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
            .aged(8)
            .with(|world| world.youth().statements = statements)
            .decide()
    };
    let both = only(&[DataCategory::Identity, DataCategory::Concern]);
    assert_eq!(both.rule(), Rule::ConsentComplete);
    let all = only(DataCategory::ALL);
    let (fields, whole) = (both.permit().unwrap().fields(), all.permit().unwrap().fields());
    assert!(whole.contains(Field::School) && !fields.contains(Field::School));
    assert!(fields.contains(Field::Surname) && fields.contains(Field::Topics));
    for one in [DataCategory::Identity, DataCategory::Concern] {
        assert!(!identified(&only(&[one])), "{one} alone says too little of whom or of what");
    }
}

/// RL-02: what somebody agreed to as a child is not the own yes that is asked for later, beside the parents' or alone; from
/// the twelfth birthday on it is.
#[test]
fn rl_02_a_childs_yes_ends_with_childhood() {
    for (age, parents) in [(13, vec![A, B]), (16, vec![])] {
        let twelfth = date(TODAY.year() - age + 12, 3, 14);
        for (from, counts) in
            [(twelfth.yesterday().unwrap(), false), (twelfth, true), (twelfth.tomorrow().unwrap(), true)]
        {
            let world = World::submitting(SignalKind::Aanmelding, Desk::AccessDesk).aged(age).with(|world| {
                let own = said(YOUTH, VoiceKind::Agrees, anything(), 0);
                let others = parents.iter().map(|who| said(*who, VoiceKind::Agrees, anything(), 0));
                let statements = others.chain([Statement { valid: Period { from, until: None }, ..own }]);
                world.youth().statements = statements.collect();
            });
            assert_eq!(identified(&world.decide()), counts, "{age}: from {from}");
        }
    }
}

/// RL-23: each age falls in one band, the bands name their own ages, and from 23 on there is none.
#[test]
fn rl_23_every_age_has_the_band_that_names_it() {
    for age in 0..=u8::MAX {
        let bands: Vec<AgeBand> = AgeBand::ALL.iter().copied().filter(|band| band.ages().contains(&age)).collect();
        assert_eq!(bands, AgeBand::of(age).into_iter().collect::<Vec<_>>(), "{age}");
        assert_eq!(AgeBand::of(age).is_some(), age < 23, "{age}");
    }
}
