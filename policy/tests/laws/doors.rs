// SPDX-License-Identifier: EUPL-1.2
//! Laws of the doors besides consent: what closes them, what does not, and what never comes out.

use super::*;

/// What a covenant, a circle, an objection or a silence can do to a question.
const HINDRANCES: [Change; 7] = [
    |world| world.covenant = None,
    |world| world.youth().restricted = true,
    |world| world.youth().authorities.clear(),
    |world| world.facts.group_size = None,
    |world| *world = world.clone().says(A, VoiceKind::Objects).says(YOUTH, VoiceKind::Withdraws),
    |world| *world = world.clone().says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees),
    |world| world.youth().parents_live_apart = Some(true),
];

/// RL-08, RL-09: a statute's door is neither closed nor widened by what closes or opens the others.
#[test]
fn rl_08_every_statutory_door_stands_alone() {
    let doors = [
        (SignalKind::Verzuim, Desk::Leerplicht),
        (SignalKind::Veiligheid, Desk::VeiligThuis),
        (SignalKind::AdviesVeiligThuis, Desk::VeiligThuis),
        (SignalKind::Informatieverzoek, Desk::School),
        (SignalKind::InformatieJeugdbescherming, Desk::GecertificeerdeInstelling),
        (SignalKind::Levensbelang, Desk::Jgz),
    ];
    for (kind, desk) in doors {
        let open = World::submitting(kind, desk).aged(10);
        let decision = open.decide();
        assert!(decision.permit().is_some(), "{kind}");
        for (index, hinder) in HINDRANCES.iter().enumerate() {
            assert_eq!(open.clone().with(hinder).decide(), decision, "{kind}, hindrance {index}");
        }
    }
}

/// A claim on a ground never widens, and never stops a report to Veilig Thuis (RL-09).
#[test]
fn a_claimed_ground_never_widens() {
    for world in every_world().step_by(3) {
        let before = world.decide();
        for &claimed in ClaimedGround::ALL {
            let after = world.clone().with(|world| world.request.backing.claimed = Some(claimed)).decide();
            assert!(narrows(&before, &after), "{claimed}: {world:?}");
            let reports = world.request.signal.as_ref().is_some_and(|signal| signal.kind == SignalKind::Veiligheid);
            assert!(!reports || before == after, "{claimed}: {world:?}");
        }
    }
}

/// RL-28: what is about no person reads no youth, and not even consent lets a person in.
#[test]
fn rl_28_about_no_person() {
    for kind in [SignalKind::Escalatie, SignalKind::Knelpunt] {
        for &desk in kind.row().to {
            let world = World::submitting(kind, desk).aged(10).says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
            let without = world.clone().with(|world| world.facts.youth = None);
            assert_eq!(world.decide(), without.decide(), "{kind} {desk}");
            let (form, fields) = reach(&world.decide()).unwrap();
            assert_eq!(form, Form::Anonymous);
            assert!(fields.iter().all(|field| !field.identifies() && field.category() != Some(DataCategory::Concern)));
        }
    }
}

/// Case 26: advice knows nothing of the youth, whatever was asked for.
#[test]
fn advice_of_veilig_thuis_reads_no_youth() {
    let asked = World::submitting(SignalKind::AdviesVeiligThuis, Desk::VeiligThuis);
    let unknown = asked.clone().with(|world| world.facts.youth = None);
    assert_eq!(asked.decide(), unknown.decide());
    let (form, fields) = reach(&asked.decide()).unwrap();
    assert!(form == Form::Anonymous && !fields.contains(Field::Municipality));
}

/// The wijkteam involves the school; everyone agrees and the secrecy is lifted, by whoever must at this age.
fn from_the_team(age: i16) -> World {
    let team = party(Desk::Wijkteam);
    World::submitting(SignalKind::GemeenteNaarSchool, Desk::School)
        .aged(age)
        .says(A, VoiceKind::Agrees)
        .says(B, VoiceKind::Agrees)
        .says(YOUTH, VoiceKind::Agrees)
        .with(|world| {
            world.request.actor = actor(team, Role::Consulent);
            world.signal().sender = team;
            let period = Period::since(date(2026, 1, 1));
            let purpose = Purpose::ToeleidingJeugdhulp;
            world.youth().involvements = vec![Involvement { party: team, purpose, period }];
            let lifts = |who| SecrecyPermission { of: team, statement: said(who, VoiceKind::Agrees, anything(), 0) };
            world.youth().permissions = [A, B, YOUTH].map(lifts).to_vec();
        })
}

/// RL-04: the table of its own. Whose missing word keeps the secret, at each age.
#[test]
fn rl_04_whose_word_lifts_secrecy() {
    for (age, needed) in [(7, vec![A, B]), (13, vec![A, B, YOUTH]), (16, vec![YOUTH]), (19, vec![YOUTH])] {
        assert!(identified(&from_the_team(age).decide()), "{age}");
        for who in [A, B, YOUTH] {
            let silent = from_the_team(age).with(|world| {
                world.youth().permissions.retain(|permission| permission.statement.speaker != who);
            });
            assert_eq!(identified(&silent.decide()), !needed.contains(&who), "{age} {who:?}");
            let refused = from_the_team(age).with(|world| {
                let statement = said(who, VoiceKind::Withdraws, anything(), 0);
                world.youth().permissions.push(SecrecyPermission { of: party(Desk::Wijkteam), statement });
            });
            assert_eq!(identified(&refused.decide()), !needed.contains(&who), "{age} {who:?}");
        }
        let of_another = from_the_team(age).with(|world| {
            world.youth().permissions.iter_mut().for_each(|permission| permission.of = party(Desk::Jgz));
        });
        assert_eq!(of_another.decide().rule(), Rule::SecrecyNotLifted, "{age}");
    }
}

/// RL-05: a finding that the youth cannot judge counts only whole, and never against the youth's no.
#[test]
fn rl_05_incapacity_counts_only_whole() {
    let found = Incapacity {
        scope: anything(),
        period: Period { from: date(2026, 10, 1), until: Some(date(2027, 4, 1)) },
        by: party(Desk::Jgz),
        register: CareRegister::Skj,
        told_on: Some(date(2026, 10, 2)),
    };
    let world = |age, found: &Incapacity| {
        World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
            .aged(age)
            .says(A, VoiceKind::Agrees)
            .says(B, VoiceKind::Agrees)
            .with(|world| world.youth().incapacities = vec![found.clone()])
    };
    let tomorrow = TODAY.tomorrow().unwrap();
    let lame = [
        Incapacity { told_on: None, ..found.clone() },
        Incapacity { told_on: Some(tomorrow), ..found.clone() },
        Incapacity { period: Period { until: None, ..found.period }, ..found.clone() },
        Incapacity { period: Period { until: Some(TODAY), ..found.period }, ..found.clone() },
        Incapacity { period: Period { from: tomorrow, ..found.period }, ..found.clone() },
        Incapacity { scope: Scope { purpose: Some(Purpose::Leerplicht), ..anything() }, ..found.clone() },
    ];
    for age in [13, 16, 17] {
        assert_eq!(world(age, &found).decide().rule(), Rule::ConsentForIncapacitated, "{age}");
        assert!(!identified(&world(age, &found).says(YOUTH, VoiceKind::Objects).decide()), "{age}");
        assert!(!identified(&world(age, &found).says(B, VoiceKind::Withdraws).decide()), "{age}");
        for lame in &lame {
            assert!(!identified(&world(age, lame).decide()), "{age} {lame:?}");
        }
    }
    // From 18 a parent is nobody, and without a curator or mentor nobody speaks.
    assert!(!identified(&world(18, &found).decide()));
}

/// RL-27: a lapsed lease opens nothing, whoever else agreed; a no that is kept elsewhere stays a no.
#[test]
fn rl_27_a_lapsed_lease_opens_nothing() {
    let world = |voice, lease_until| {
        World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
            .aged(17)
            .says(YOUTH, voice)
            .with(|world| world.youth().statements[0].lease_until = lease_until)
    };
    for (lease, by_name) in [(None, true), (Some(NOW + 1), true), (Some(NOW), false), (Some(NOW - 1), false)] {
        assert_eq!(identified(&world(VoiceKind::Agrees, lease).decide()), by_name, "{lease:?}");
        let refused = world(VoiceKind::Objects, lease).with(|world| {
            let earlier = said(YOUTH, VoiceKind::Agrees, anything(), 9);
            world.youth().statements.push(earlier);
        });
        assert!(!identified(&refused.decide()), "{lease:?}");
    }
}

/// P6: to a citizen without standing a youth is as one that nobody knows, whatever is asked.
#[test]
fn p6_a_citizen_without_standing_finds_nobody() {
    let stranger = PersonRef([0xE; 16]);
    let portal = party(Desk::Gateway);
    for action in [Action::Inspect, Action::Object, Action::RecordVoice, Action::WithdrawVoice] {
        for age in [7, 13, 16, 19] {
            let asks = |citizen, role| {
                keeping(action, Desk::Gateway, age).with(|world| {
                    world.request.actor = actor(portal, role);
                    world.request.backing.citizen = Some(citizen);
                    world.request.backing.speaker = Some(citizen);
                    world.request.backing.joined = vec![YOUTH];
                })
            };
            let unknown = asks(stranger, Role::Vertegenwoordiger).with(|world| world.facts.youth = None);
            let nobody = asks(stranger, Role::Vertegenwoordiger);
            assert_eq!(nobody.decide(), unknown.decide(), "{action} {age}");
            assert_eq!(nobody.decide().rule(), Rule::NotFound);
            let parent = asks(A, Role::Vertegenwoordiger).decide();
            assert_eq!(parent.permit().is_some(), age < 16, "{action} {age}");
            let youth = asks(YOUTH, Role::Jeugdige).decide();
            assert_eq!(youth.permit().is_some(), age >= 12, "{action} {age}");
        }
    }
}

/// RL-09, RL-20: what needs a second person gets no further without one, without a reason, or with the wrong one.
#[test]
fn rl_09_a_second_person_beforehand() {
    let doors = [
        (Action::Reidentify, Desk::Board, Role::DataProtectionOfficer),
        (Action::ExportLog, Desk::Gateway, Role::FunctioneelBeheerder),
        (Action::PublishPolicy, Desk::Gateway, Role::FunctioneelBeheerder),
        (Action::BreakGlass, Desk::Gateway, Role::Operator),
    ];
    for (action, desk, role) in doors {
        let asks = |second: Option<Actor>, reasoned| {
            keeping(action, desk, 10).with(|world| {
                world.request.actor.role = role;
                world.request.backing.second = second;
                world.request.backing.reasoned = reasoned;
            })
        };
        let second = actor(party(desk), Role::Operator);
        let ended = Period { from: date(2020, 8, 1), until: Some(TODAY) };
        let elsewhere = actor(party(Desk::School), Role::Operator);
        assert!(asks(Some(second), true).decide().permit().is_some(), "{action}");
        for wrong in [
            asks(None, true),
            asks(Some(second), false),
            asks(Some(Actor { role: Role::DataProtectionOfficer, ..second }), true),
            asks(Some(Actor { role: Role::Systeem, ..second }), true),
            asks(Some(Actor { role_valid: ended, ..second }), true),
            asks(Some(elsewhere), true),
        ] {
            assert!(wrong.decide().permit().is_none(), "{action} {wrong:?}");
        }
    }
}

/// RL-12: nothing that is in an application, or missing from it, keeps it from the college.
#[test]
fn rl_12_an_application_is_never_refused_on_content() {
    let contents: [Change; 6] = [
        |world| world.signal().gates.clear(),
        |world| world.signal().topics.clear(),
        |world| world.youth().restricted = true,
        |world| world.covenant = None,
        |world| world.youth().exemptions = vec![Period::since(date(2026, 1, 1))],
        |world| *world = world.clone().says(B, VoiceKind::Objects),
    ];
    for kind in [SignalKind::OzaAanvraag, SignalKind::JeugdhulpAanvraag] {
        for desk in [Desk::AccessDesk, Desk::Wijkteam] {
            let whole = World::submitting(kind, desk).aged(9);
            assert!(identified(&whole.decide()));
            for (index, change) in contents.iter().enumerate() {
                let changed = whole.clone().with(change).decide();
                assert!(identified(&changed) && narrows(&whole.decide(), &changed), "{kind} {desk}, change {index}");
            }
        }
    }
}

/// RL-16, RL-08: a match shows cards only, only to who has an entry that stands, and never Veilig Thuis.
#[test]
fn rl_16_a_match_shows_cards_only() {
    let entry = |desk| IndexEntry { by: party(desk), placed: date(2026, 1, 1), ended: None };
    let world = || {
        keeping(Action::ReadMatch, Desk::Jgz, 10).with(|world| {
            world.request.asked = Some(party(Desk::School));
            world.youth().index_entries = vec![entry(Desk::Jgz), entry(Desk::School), entry(Desk::VeiligThuis)];
        })
    };
    let (_, fields) = reach(&world().decide()).unwrap();
    assert!(fields.is_subset([Field::Organisation, Field::ContactPoint].into_iter().collect()));
    let closed: [Change; 6] = [
        |world| world.youth().restricted = true,
        |world| world.youth().deceased = Some(TODAY),
        |world| world.youth().index_entries[0].ended = Some(TODAY),
        |world| world.youth().index_entries[1].placed = date(2024, 11, 22),
        |world| world.request.asked = Some(party(Desk::VeiligThuis)),
        |world| world.request.asked = Some(party(Desk::Wijkteam)),
    ];
    for (index, change) in closed.iter().enumerate() {
        assert_eq!(world().with(change).decide().rule(), Rule::NotFound, "change {index}");
    }
}

/// RL-14, RL-16, RL-21: what nobody looked up hides. It is never taken for «there is none».
#[test]
fn what_was_not_looked_up_hides() {
    let entry = |desk| IndexEntry { by: party(desk), placed: date(2026, 1, 1), ended: None };
    let read_match = keeping(Action::ReadMatch, Desk::School, 10).with(|world| {
        world.request.asked = Some(party(Desk::Jgz));
        world.youth().index_entries = vec![entry(Desk::Jgz), entry(Desk::School)];
    });
    assert_eq!(read_match.decide().rule(), Rule::MatchContact);
    let unlooked = read_match.with(|world| world.facts.asked_sensitive = None);
    assert_eq!(unlooked.decide().rule(), Rule::MatchContactHidden);
    for (citizen, role) in [(YOUTH, Role::Jeugdige), (A, Role::Vertegenwoordiger)] {
        let inspection = keeping(Action::Inspect, Desk::Gateway, 13).with(|world| {
            world.request.actor = actor(party(Desk::Gateway), role);
            world.request.backing.citizen = Some(citizen);
            world.request.backing.joined = vec![YOUTH];
        });
        assert!(inspection.decide().permit().is_some(), "{role}");
        let unlooked = inspection.with(|world| world.facts.hidden_from = None);
        assert_eq!(unlooked.decide().rule(), Rule::NotFound, "{role}");
    }
    let monitoring = keeping(Action::MonitorStaff, Desk::Policy, 10).with(|world| {
        world.request.actor = actor(party(Desk::Policy), Role::DataProtectionOfficer);
        world.request.backing.reasoned = true;
        world.facts.works_council_since = None;
    });
    assert_eq!(monitoring.decide().rule(), Rule::WorksCouncilMissing);
}
