// SPDX-License-Identifier: EUPL-1.2
//! The laws of the decision core (design.md, section 5): each first over every cell that can be enumerated, and where
//! histories matter also over random ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use sluis_policy::*;

use crate::world::*;

mod doors;
mod following;
mod histories;
mod limits;
mod standing;
mod worlds;

use worlds::every_world;

const BY_COVENANT: [SignalKind; 4] =
    [SignalKind::Preventief, SignalKind::Consultatie, SignalKind::Aanmelding, SignalKind::VerzoekTotSamenwerking];
const ON_A_SIGNAL: [Action; 5] = [Action::List, Action::Read, Action::TakeUp, Action::Answer, Action::Close];

/// How a world differs from the one that everything is in order in.
type Change = fn(&mut World);

/// What a decision lets out: nothing, or a form and its fields.
fn reach(decision: &Decision) -> Option<(Form, FieldSet)> {
    decision.permit().map(|permit| (permit.form(), permit.fields()))
}

/// Whether the second lets out nothing that the first does not: a lesser form, or the same with no more fields.
fn narrows(before: &Decision, after: &Decision) -> bool {
    match (reach(before), reach(after)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some((was, fields)), Some((is, less))) => is < was || (is == was && less.is_subset(fields)),
    }
}

fn identified(decision: &Decision) -> bool {
    reach(decision).is_some_and(|(form, _)| form == Form::Identified)
}

/// Every kind, receiving desk and age, at intake, with nothing said.
fn every_silent_world() -> impl Iterator<Item = World> {
    SignalKind::ALL.iter().flat_map(|&kind| {
        Desk::ALL.iter().flat_map(move |&desk| (0..25).map(move |age| World::submitting(kind, desk).aged(age)))
    })
}

#[test]
fn p2_default_is_anonymous() {
    for world in every_silent_world() {
        let kind = world.request.signal.as_ref().unwrap().kind;
        let decision = world.decide();
        assert!(!kind.goes_by_covenant() || !identified(&decision), "{world:?}");
        if kind.goes_by_covenant() && !kind.may_be_anonymous() {
            assert_eq!(reach(&decision), None, "{world:?}");
        }
    }
}

/// P2: whatever opens, a receiver never gets a field outside its schema; a samenwerkingsverband never a number; and a
/// number only where a statute lets the kind carry one (RL-22).
#[test]
fn no_number_without_a_statute_and_nothing_identifying_in_the_anonymous_form() {
    for world in every_silent_world().map(|world| world.says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees)) {
        let world = world.says(YOUTH, VoiceKind::Agrees);
        let Some((form, fields)) = reach(&world.decide()) else {
            continue;
        };
        let kind = world.request.signal.as_ref().unwrap().kind;
        let swv = world.request.receiver.desk == Desk::Samenwerkingsverband;
        assert!(!fields.contains(Field::Bsn) || (kind.may_carry_number() && !swv), "{world:?}");
        assert!(form != Form::Anonymous || fields.iter().all(|field| !field.identifies()), "{world:?}");
    }
}

/// P5: a rule has one outcome, one form and one ground, so that the rule's number alone says what happened.
#[test]
fn p5_every_rule_has_one_outcome() {
    let mut outcomes = BTreeMap::new();
    for world in every_world() {
        let decision = world.decide();
        let outcome = decision.permit().map(|permit| permit.basis());
        let known = outcomes.entry(decision.rule()).or_insert(outcome);
        assert_eq!(*known, outcome, "{} in {world:?}", decision.rule().id());
    }
    assert!(outcomes.len() > 25, "only {} rules were reached", outcomes.len());
}

/// P5: replay gives the same answer.
#[test]
fn p5_replay_gives_the_same_answer() {
    for world in every_world() {
        assert_eq!(world.decide(), world.clone().decide());
    }
}

/// P6: somebody else's signal answers exactly as one that does not exist, whatever is done with it.
#[test]
fn p6_not_there_and_not_for_you_are_one_value() {
    for &kind in SignalKind::ALL {
        let own = [Desk::AccessDesk, usual_sender(kind)];
        for &outsider in Desk::ALL.iter().filter(|desk| !own.contains(desk)) {
            for action in ON_A_SIGNAL {
                let theirs = World::submitting(kind, Desk::AccessDesk).then(action, outsider);
                let mut nothing = theirs.clone();
                nothing.request.signal = None;
                nothing.facts.youth = None;
                assert_eq!(theirs.decide(), nothing.decide(), "{kind} {outsider} {action}");
                assert!(theirs.decide().permit().is_none());
            }
        }
    }
}

/// P6: a youth of another school answers as one that nobody knows, whatever state that youth is in.
#[test]
fn p6_another_schools_pupil_is_unknown() {
    for kind in BY_COVENANT {
        let mut unknown = World::submitting(kind, Desk::AccessDesk);
        unknown.facts.youth = None;
        let states: [fn(&mut YouthFacts); 3] =
            [|_| (), |youth| youth.restricted = true, |youth| youth.deceased = Some(date(2026, 1, 1))];
        for change in states {
            let elsewhere = World::submitting(kind, Desk::AccessDesk).with(|world| {
                world.youth().enrolments.clear();
                change(world.youth());
            });
            assert_eq!(elsewhere.decide(), unknown.decide(), "{kind}");
        }
    }
}

/// P7: every signal that is accepted leaves a next step with an owner and a term.
#[test]
fn p7_every_accepted_signal_leaves_an_act() {
    for world in every_world().filter(|world| world.request.action == Action::Submit) {
        let decision = world.decide();
        let acts = decision
            .obligations()
            .iter()
            .filter(|obligation| obligation.duty == Duty::Act && obligation.due_working_days > 0)
            .count();
        assert_eq!(acts, usize::from(decision.permit().is_some()), "{world:?}");
    }
}

/// RL-06: the refusal is one value, whoever was silent or said no.
#[test]
fn rl_06_a_refusal_never_shows_whose_voice_is_missing() {
    let told = [None, Some(VoiceKind::Agrees), Some(VoiceKind::Objects), Some(VoiceKind::Withdraws)];
    for age in [7, 13, 16, 18] {
        let mut refusals = Vec::new();
        for a in told {
            for b in told {
                for youth in told {
                    let mut world = World::submitting(SignalKind::Aanmelding, Desk::AccessDesk).aged(age);
                    for (who, voice) in [(A, a), (B, b), (YOUTH, youth)] {
                        if let Some(voice) = voice {
                            world = world.says(who, voice);
                        }
                    }
                    let decision = world.decide();
                    if !identified(&decision) {
                        refusals.push(decision);
                    }
                }
            }
        }
        assert!(refusals.len() > 4);
        assert!(refusals.windows(2).all(|pair| pair[0] == pair[1]), "age {age}");
    }
}

/// RL-08: nothing that closes other doors closes the statutory ones, and nobody's word opens them wider.
#[test]
fn rl_08_statutory_doors_stand_alone() {
    let doors = [(SignalKind::Verzuim, Desk::Leerplicht), (SignalKind::Veiligheid, Desk::VeiligThuis)];
    for (kind, desk) in doors {
        let open = World::submitting(kind, desk).aged(10);
        let decision = open.decide();
        assert!(identified(&decision));
        let changed = [
            open.clone().with(|world| world.covenant = None),
            open.clone().with(|world| world.covenant = Some(covenant(&[("2020-01-01", "2027-01-01")]))),
            open.clone().with(|world| world.youth().restricted = true),
            open.clone().with(|world| world.youth().enrolments.clear()),
            open.clone().with(|world| world.youth().authorities.clear()),
            open.clone().with(|world| world.signal().gates.clear()),
            open.clone().with(|world| world.facts.group_size = None),
            open.clone().says(A, VoiceKind::Objects).says(B, VoiceKind::Withdraws),
            open.clone().says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees),
        ];
        for world in changed {
            assert_eq!(world.decide(), decision, "{world:?}");
        }
    }
}

/// RL-09: a report to Veilig Thuis waits for no role at all; a machine is nobody, and a citizen rings.
#[test]
fn rl_09_everybody_in_service_may_report() {
    for &role in Role::ALL {
        for roles in [ROLES.clone(), Arc::new(RoleTable::empty())] {
            let world = World::submitting(SignalKind::Veiligheid, Desk::VeiligThuis).with(|world| {
                world.request.actor.role = role;
                world.roles = roles;
            });
            assert_eq!(identified(&world.decide()), role.is_professional(), "{role}");
        }
    }
}

/// An override always leaves a review by somebody else and a duty to inform.
#[test]
fn an_override_leaves_review_and_inform() {
    for world in every_world() {
        let decision = world.decide();
        if decision.rule().record_class() == RecordClass::Override {
            let has = |duty, owner| decision.obligations().iter().any(|due| due.duty == duty && due.owner == owner);
            assert!(has(Duty::Review, Owner::OtherProfessional) && has(Duty::Inform, Owner::Sender), "{world:?}");
        }
    }
}

/// P4: 12, 16, 18 and 23 on the day before, the day itself and the day after, with birthdays on 29 February.
#[test]
fn p4_ages_take_effect_at_midnight() {
    let kind = SignalKind::Aanmelding;
    let bound = covenant(&[("2020-01-01", "2010-01-01")]);
    for born in [date(2008, 2, 29), date(2008, 3, 1), date(2008, 7, 15)] {
        for (age, before, after) in [(12, true, false), (16, false, true), (18, true, true), (23, true, false)] {
            let birthday =
                date(born.year() + age, born.month(), 1).checked_add(i64::from(born.day() - 1).days()).unwrap();
            for offset in [-1, 0, 1] {
                let today = birthday.checked_add(offset.days()).unwrap();
                let mut world = World::submitting(kind, Desk::AccessDesk).with(|world| {
                    world.now.today = today;
                    world.covenant = Some(bound.clone());
                    world.request.actor.role_valid = Period::since(date(2010, 1, 1));
                    world.youth().born = born;
                    world.youth().enrolments[0].period = Period::since(date(2010, 1, 1));
                });
                // Below 12 the parents' word is enough; from 16 the youth's.
                let speakers = if age == 12 { vec![A, B] } else { vec![YOUTH] };
                for who in speakers {
                    world = world.says(who, VoiceKind::Agrees);
                }
                for statement in &mut world.youth().statements {
                    // The youth's word counts from 12 on, so it was given after that.
                    statement.valid = Period::since(date(if age == 12 { 2010 } else { 2020 }, 8, 1));
                    statement.spoken_at = 0;
                }
                let expected = if offset < 0 { before } else { after };
                assert_eq!(identified(&world.decide()), expected, "born {born}, {age}, day {offset}");
            }
        }
    }
}

/// P3: what was queued by name leaves by name or not at all, and never wider than it came in.
#[test]
fn p3_departure_never_changes_the_form() {
    for world in every_world().filter(|world| world.request.action == Action::Submit) {
        let intake = world.decide();
        let departure = world.clone().with(|world| world.request.action = Action::Dispatch).decide();
        assert!(narrows(&intake, &departure) || world.request.actor.role == Role::Systeem, "{world:?}");
        let named = world.request.named;
        if let Some((form, _)) = reach(&departure) {
            assert!(named == (form == Form::Identified) || !world.request.signal.unwrap().kind.goes_by_covenant());
        }
    }
}

/// P3: the sender's role may have ended by the time the delivery leaves; everything else is tested again.
#[test]
fn p3_departure_tests_everything_but_the_senders_role() {
    let queued = World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
        .says(A, VoiceKind::Agrees)
        .says(B, VoiceKind::Agrees)
        .with(|world| world.request.action = Action::Dispatch);
    assert!(identified(&queued.decide()));
    let stopped: [fn(&mut World); 7] = [
        |world| *world = world.clone().says(B, VoiceKind::Withdraws),
        |world| world.youth().restricted = true,
        |world| world.youth().deceased = Some(TODAY),
        |world| world.youth().enrolments[0].period.until = Some(TODAY),
        |world| world.youth().home = None,
        |world| world.youth().born = date(2003, 11, 22),
        |world| world.covenant = None,
    ];
    for stop in stopped {
        assert_eq!(reach(&queued.clone().with(stop).decide()), None);
    }
    let left = queued.with(|world| {
        world.roles = Arc::new(RoleTable::empty());
        world.request.actor.role_valid.until = Some(TODAY);
    });
    assert!(identified(&left.decide()));
}

/// Case 55: what its sender took back goes nowhere, is not answered and not taken up; nobody sees more for it, and whoever
/// has nothing to do with it does not hear of it.
#[test]
fn what_was_taken_back_goes_nowhere() {
    for world in every_world().filter(|world| world.request.signal.is_some()) {
        let before = world.decide();
        let after = world.clone().with(|world| world.signal().taken_back = true).decide();
        assert!(narrows(&before, &after), "{world:?}");
        let goes = [Action::Submit, Action::Dispatch, Action::Read, Action::TakeUp, Action::Answer];
        let receives = world.request.actor.party != world.request.signal.as_ref().unwrap().sender;
        let leaves = matches!(world.request.action, Action::Submit | Action::Dispatch);
        if goes.contains(&world.request.action) && (receives || leaves) {
            assert!(after.permit().is_none(), "{world:?}");
        }
        let stranger = world.with(|world| {
            world.request.actor.party.organisation = "99000000077700000009".parse().unwrap();
            world.request.receiver = world.request.actor.party;
        });
        let told = stranger.clone().with(|world| world.signal().taken_back = true).decide();
        assert!(leaves || told == stranger.decide(), "{stranger:?}");
    }
}

/// Taking any action out of the role table never lets anybody see more.
#[test]
fn removing_a_role_never_widens() {
    let without =
        |actions: &[Action]| Arc::new(RoleTable::clone(&ROLES).without(|grant| actions.contains(&grant.action)));
    let (about_signals, about_else) = Action::ALL.split_at(7);
    let lesser: Vec<Arc<RoleTable>> =
        about_signals.iter().map(|action| without(&[*action])).chain([without(about_else)]).collect();
    for world in every_world() {
        let before = world.decide();
        for roles in &lesser {
            let less = World { roles: roles.clone(), ..world.clone() };
            assert!(narrows(&before, &less.decide()), "{less:?}");
        }
    }
}

/// Adding or removing another receiver changes nothing for this one.
#[test]
fn another_receiver_never_matters() {
    for world in every_world().filter(|world| world.request.action == Action::Submit) {
        let before = world.decide();
        for &desk in Desk::ALL {
            let more = world.clone().with(|world| world.signal().receivers.push(party(desk)));
            assert_eq!(more.decide(), before, "{desk} in {world:?}");
        }
    }
}

/// A missing fact never widens: each fact that can be missing, taken away from every world in turn.
#[test]
fn a_missing_fact_never_widens() {
    let forget: [fn(&mut World); 13] = [
        |world| world.facts.youth = None,
        |world| world.request.signal = None,
        |world| world.request.asked = None,
        |world| world.covenant = None,
        |world| world.facts.group_size = None,
        |world| world.facts.receiver_municipality = None,
        |world| world.youth().home = None,
        |world| world.youth().start_qualification = None,
        |world| world.youth().parents_live_apart = None,
        |world| world.youth().authorities.clear(),
        |world| world.youth().enrolments.clear(),
        |world| world.youth().hearings.clear(),
        |world| {
            if let Some(signal) = &mut world.request.signal {
                signal.gates.clear();
            }
        },
    ];
    for world in every_world() {
        let before = world.decide();
        for (index, forget) in forget.iter().enumerate() {
            let after = world.clone().with(forget).decide();
            assert!(narrows(&before, &after), "fact {index} in {world:?}");
        }
    }
}
