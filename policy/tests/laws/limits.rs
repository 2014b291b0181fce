// SPDX-License-Identifier: EUPL-1.2
//! Facts with a date, a place or a scope: each opens something only where and while it holds.

use super::*;

/// One thing that is otherwise.
type Change = fn(&mut World);

/// A registration for a child or youth that goes by name, and one fact that no longer does what it did.
#[test]
fn a_fact_counts_only_where_and_while_it_holds() {
    let tomorrow = TODAY.tomorrow().unwrap();
    let heard = covenant(&[("gehoord_12_15 = false", "gehoord_12_15 = true")]);
    let one_speaks = covenant(&[("een_ouder_spreekt = false", "een_ouder_spreekt = true")]);
    let elsewhere = Scope { receiver: ReceiverScope::Desk(Desk::Wijkteam), ..anything() };
    let base = |age| World::submitting(SignalKind::Aanmelding, Desk::AccessDesk).aged(age).says(A, VoiceKind::Agrees);
    let hearing = |on, scope| Hearing { on, by: party(Desk::School), said: VoiceKind::Objects, scope };
    let heard_at = |hearing: Hearing| {
        base(13).says(B, VoiceKind::Agrees).with(|world| {
            world.covenant = Some(heard.clone());
            world.youth().hearings = vec![hearing];
        })
    };
    let court = |valid, scope| {
        base(8).says(B, VoiceKind::Objects).with(|world| {
            let reference = "C/05/990001".to_owned();
            let substitute = SubstituteConsent { person: B, scope, valid, court_reference: reference };
            world.youth().substitutes = vec![substitute];
        })
    };
    // A court stands in for a holder of authority; nobody stands in for the youth.
    let youths_court = court(Period::since(TODAY), anything()).with(|world| {
        world.youth().born = date(2009, 3, 14);
        world.youth().substitutes[0].person = YOUTH;
    });
    let speaking = |apart: Option<bool>, for_other: bool| {
        base(8).with(|world| {
            world.covenant = Some(one_speaks.clone());
            world.youth().parents_live_apart = apart;
            world.youth().statements[0].speaks_for_other = for_other;
        })
    };
    let third = |world: &mut World| {
        let mut another = world.youth().authorities[0].clone();
        another.person = PersonRef([0xD; 16]);
        world.youth().authorities.push(another);
    };
    let ended = |until| base(8).with(|world| world.youth().authorities[1].until = Some(until));
    let helped = |purpose, until| {
        base(8).says(B, VoiceKind::Agrees).with(|world| {
            world.youth().enrolments.clear();
            let period = Period { from: date(2026, 1, 1), until };
            let involvement = Involvement { party: party(Desk::School), purpose, period };
            world.youth().involvements = vec![involvement];
        })
    };
    let rows = [
        ("heard today", heard_at(hearing(TODAY, anything())), true),
        ("to be heard tomorrow", heard_at(hearing(tomorrow, anything())), false),
        ("heard before the twelfth birthday", heard_at(hearing(date(2025, 3, 13), anything())), false),
        ("heard about another desk", heard_at(hearing(TODAY, elsewhere)), false),
        ("a court's word in force", court(Period::since(TODAY), anything()), true),
        ("a court's word from tomorrow", court(Period::since(tomorrow), anything()), false),
        ("a court's word about another desk", court(Period::since(TODAY), elsewhere), false),
        ("a court's word in the place of the youth", youths_court, false),
        ("one parent speaks for both, together", speaking(Some(false), true), true),
        ("one parent speaks for both, apart", speaking(Some(true), true), false),
        ("one parent speaks for both, who knows where", speaking(None, true), false),
        ("one parent speaks for one", speaking(Some(false), false), false),
        ("one parent speaks for two others", speaking(Some(false), true).with(third), false),
        ("authority of the silent parent ended yesterday", ended(TODAY), true),
        ("authority of the silent parent ends tomorrow", ended(tomorrow), false),
        ("helped from here", helped(Purpose::ToeleidingJeugdhulp, None), true),
        ("helped from here for another purpose", helped(Purpose::VroegSignaleren, None), false),
        ("helped from here until today", helped(Purpose::ToeleidingJeugdhulp, Some(TODAY)), false),
    ];
    for (what, world, by_name) in rows {
        // The youth of 13 turned twelve on 14 March 2025.
        assert_eq!(identified(&world.decide()), by_name, "{what}");
    }
}

/// A question that names the wrong party, or leaves something out, is answered to nobody.
#[test]
fn a_question_names_its_parties_truly() {
    let agreed = World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
        .aged(8)
        .says(A, VoiceKind::Agrees)
        .says(B, VoiceKind::Agrees);
    let not_addressed = agreed.clone().with(|world| world.request.receiver = party(Desk::Wijkteam));
    let not_mine = agreed.clone().with(|world| world.signal().sender = party(Desk::Board));
    let no_signal = agreed.clone().with(|world| world.request.signal = None);
    let no_absence =
        World::submitting(SignalKind::Verzuim, Desk::Leerplicht).with(|world| world.signal().absence = None);
    let read = agreed.then(Action::Read, Desk::AccessDesk);
    let for_another = read.clone().with(|world| world.request.receiver = party(Desk::Wijkteam));
    let other_purpose = read.clone().with(|world| world.request.purpose = Purpose::VroegSignaleren);
    let record = keeping(Action::RecordVoice, Desk::School, 10);
    let recorded_for_another = record.with(|world| world.request.receiver = party(Desk::Wijkteam));
    for (world, rule) in [
        (not_addressed, Rule::RequestIncomplete),
        (not_mine, Rule::RequestIncomplete),
        (no_signal, Rule::RequestIncomplete),
        (no_absence, Rule::RequestIncomplete),
        (read, Rule::ConsentComplete),
        (for_another, Rule::NotFound),
        (other_purpose, Rule::NotFound),
        (recorded_for_another, Rule::RequestIncomplete),
    ] {
        assert_eq!(world.decide().rule(), rule, "{world:?}");
    }
}

/// A covenant binds the desks it names, on the days it is in force.
#[test]
fn a_covenant_binds_only_its_own() {
    let agreed = World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
        .aged(8)
        .says(A, VoiceKind::Agrees)
        .says(B, VoiceKind::Agrees);
    let stranger = Party { organisation: "99000000999900000001".parse().unwrap(), desk: Desk::School };
    let from_outside = agreed.clone().with(|world| {
        world.request.actor.party = stranger;
        world.signal().sender = stranger;
        world.youth().enrolments[0].school = stranger;
    });
    let to_outside = agreed.clone().with(|world| {
        world.request.receiver.organisation = stranger.organisation;
        world.signal().receivers = vec![world.request.receiver];
    });
    let of_tomorrow = agreed.clone().with(|world| world.covenant = Some(covenant(&[("2020-01-01", "2026-11-23")])));
    let of_today = agreed.with(|world| world.covenant = Some(covenant(&[("2020-01-01", "2026-11-22")])));
    for (world, rule) in [
        (from_outside, Rule::NotInCovenant),
        (to_outside, Rule::NotInCovenant),
        (of_tomorrow, Rule::NotInCovenant),
        (of_today, Rule::ConsentComplete),
    ] {
        assert_eq!(world.decide().rule(), rule);
    }
}

/// The index needs a sender whom the covenant binds, whatever the municipality switched on (RL-11).
#[test]
fn rl_11_only_a_bound_sender_tells_the_index() {
    let on = covenant(&[
        ("verzuim_naar_verwijsindex = false", "verzuim_naar_verwijsindex = true"),
        ("[termijnen]", "[verwijsindex]\n0668 = \"2026-01-01\"\n\n[termijnen]"),
    ]);
    let report = World::submitting(SignalKind::Verzuim, Desk::Verwijsindex).aged(10).with(|world| {
        world.covenant = Some(on);
        world.signal().risk_ticked = true;
    });
    assert_eq!(report.decide().rule(), Rule::IndexReport);
    let stranger = Party { organisation: "99000000999900000001".parse().unwrap(), desk: Desk::School };
    let outside = report.with(|world| {
        world.request.actor.party = stranger;
        world.signal().sender = stranger;
    });
    assert_eq!(outside.decide().rule(), Rule::IndexSwitchedOff);
}

/// RL-31: leerplicht hears of residents of school age, from a school where they are enrolled, and itself.
#[test]
fn rl_31_leerplicht_asks_about_residents_only() {
    let question = keeping(Action::Ask, Desk::Leerplicht, 10);
    assert_eq!(question.decide().rule(), Rule::AttendanceQuestion);
    let refused: [(Change, Rule); 9] = [
        (|world| world.youth().home = "0225".parse().ok(), Rule::NotFound),
        (|world| world.youth().home = None, Rule::NotFound),
        (|world| world.youth().born = date(2022, 12, 1), Rule::NotFound),
        (|world| world.youth().enrolments[0].period.until = Some(TODAY), Rule::NotFound),
        (|world| world.facts.youth = None, Rule::NotFound),
        (|world| world.request.asked = None, Rule::RequestIncomplete),
        (|world| world.request.asked = Some(party(Desk::Board)), Rule::RequestIncomplete),
        (|world| world.request.receiver = party(Desk::Wijkteam), Rule::RequestIncomplete),
        (|world| world.request.actor.role = Role::Consulent, Rule::RoleMayNot),
    ];
    for (change, rule) in refused {
        assert_eq!(question.clone().with(change).decide().rule(), rule);
    }
}

/// RL-05, RL-18: who hears, age by age, whatever anybody said.
#[test]
fn rl_18_who_hears_goes_by_age_alone() {
    let with = |kinds: &[AuthorityKind], years: i16| {
        let mut world = keeping(Action::ReadDuty, Desk::School, years);
        let youth = world.youth();
        youth.authorities.clear();
        for (at, kind) in kinds.iter().enumerate() {
            let person = PersonRef([at as u8 + 40; 16]);
            let (since, until, source) = (date(1990, 1, 1), None, AuthoritySource::School);
            youth.authorities.push(Authority { person, kind: *kind, since, until, source, scope: None });
        }
        let hears = youth.who_hears(TODAY);
        let silent = hears.clone();
        youth.statements.clear();
        assert_eq!(youth.who_hears(TODAY), silent, "RL-06");
        hears.into_iter().map(|(_, kind)| kind).collect::<Vec<_>>()
    };
    use AuthorityKind::{Curator, Gezinsvoogd, Parent, ParentWithoutAuthority, Voogd};
    let all = [Parent, ParentWithoutAuthority, Voogd, Gezinsvoogd, Curator];
    for (years, hears) in [
        (10, vec![Some(Parent), Some(Voogd)]),
        (13, vec![Some(Parent), Some(Voogd), None]),
        (16, vec![None]),
        (19, vec![Some(Curator), None]),
    ] {
        assert_eq!(with(&all, years), hears, "{years}");
    }
    assert_eq!(with(&[], 10), vec![]);
}

/// RL-13, RL-09: a duty is its owner's alone, is released by weighing only where the home is unsafe, and nobody looks back on
/// their own deed.
#[test]
fn rl_13_a_duty_is_its_owners() {
    let another: Change = |world| {
        let owner = party(Desk::Wijkteam);
        world.facts.duty = Some(DutyFacts { owner, review: false, own_deed: false, withheld: false });
    };
    let none: Change = |world| world.facts.duty = None;
    let own_review: Change = |world| {
        let owner = world.request.actor.party;
        world.facts.duty = Some(DutyFacts { owner, review: true, own_deed: true, withheld: false });
    };
    let shielded: Change = |world| world.youth().shielded = true;
    let safety: Change =
        |world| world.request.signal = World::submitting(SignalKind::Veiligheid, Desk::VeiligThuis).request.signal;
    let weighed: Change = |world| {
        world.youth().shielded = true;
        world.request.backing.reasoned = true;
    };
    let left: Change = |world| world.youth().enrolments.clear();
    let rows: [(Action, Change, Rule); 11] = [
        (Action::ReadDuty, |_| (), Rule::DutyShown),
        (Action::ReadDuty, left, Rule::DutyShown),
        (Action::ReadDuty, another, Rule::NotFound),
        (Action::ReadDuty, none, Rule::NotFound),
        (Action::ReadDuty, own_review, Rule::DutyShown),
        (Action::WorkDuty, another, Rule::NotFound),
        (Action::WorkDuty, own_review, Rule::ReviewByAnother),
        (Action::ReleaseTo, |_| (), Rule::DutyReleased),
        (Action::ReleaseTo, shielded, Rule::ReleaseWithheld),
        (Action::ReleaseTo, safety, Rule::ReleaseWithheld),
        (Action::ReleaseTo, weighed, Rule::DutyReleased),
    ];
    for (action, change, rule) in rows {
        assert_eq!(keeping(action, Desk::School, 13).with(change).decide().rule(), rule, "{action}");
    }
}

/// RL-29: who records which fact about whom.
#[test]
fn rl_29_who_records_what() {
    let involved: Change = |world| {
        let party = world.request.actor.party;
        let period = Period::since(date(2026, 1, 1));
        world.youth().involvements = vec![Involvement { party, purpose: Purpose::ToeleidingJeugdhulp, period }];
    };
    let system: Change = |world| world.request.actor.role = Role::Systeem;
    let moved: Change = |world| world.youth().home = "0225".parse().ok();
    let left: Change = |world| world.youth().enrolments.clear();
    let finding: Change = |world| world.request.backing.fact = Some(FactKind::Finding);
    let of_no_kind: Change = |world| world.request.backing.fact = None;
    let incapacity: Change = |world| world.request.backing.fact = Some(FactKind::Incapacity);
    let registered: Change = |world| {
        world.request.backing.fact = Some(FactKind::Incapacity);
        world.request.backing.care_register = Some(CareRegister::Skj);
    };
    let rows: [(Action, Desk, i16, Change, Rule); 26] = [
        (Action::RecordFact, Desk::Wijkteam, 16, incapacity, Rule::RoleMayNot),
        (Action::RecordFact, Desk::Wijkteam, 16, registered, Rule::FactRecorded),
        (Action::RecordFact, Desk::School, 16, registered, Rule::RoleMayNot),
        (Action::ReadVoice, Desk::School, 10, |_| (), Rule::VoiceShown),
        (Action::ReadVoice, Desk::School, 10, left, Rule::NotFound),
        (Action::RecordFact, Desk::School, 10, |_| (), Rule::FactRecorded),
        (Action::RecordFact, Desk::School, 10, left, Rule::NotFound),
        (Action::RecordFact, Desk::School, 10, finding, Rule::RoleMayNot),
        (Action::RecordFact, Desk::School, 10, of_no_kind, Rule::RequestIncomplete),
        (Action::RecordFact, Desk::Wijkteam, 10, |_| (), Rule::FactRecorded),
        (Action::RecordFact, Desk::Wijkteam, 10, finding, Rule::FactRecorded),
        (Action::RecordFact, Desk::Wijkteam, 10, moved, Rule::NotFound),
        (Action::RecordVoice, Desk::School, 10, |_| (), Rule::VoiceRecorded),
        (Action::RecordVoice, Desk::School, 10, system, Rule::RoleMayNot),
        (Action::RecordVoice, Desk::School, 10, left, Rule::NotFound),
        (Action::RecordVoice, Desk::Wijkteam, 10, |_| (), Rule::NotFound),
        (Action::RecordVoice, Desk::Wijkteam, 10, involved, Rule::VoiceRecorded),
        (Action::RecordVoice, Desk::School, 10, |world| world.youth().deceased = Some(TODAY), Rule::Deceased),
        (Action::WithdrawVoice, Desk::School, 10, |world| world.youth().deceased = Some(TODAY), Rule::VoiceWithdrawn),
        (Action::RegisterYouth, Desk::School, 10, system, Rule::OwnPupil),
        (Action::RegisterYouth, Desk::School, 10, left, Rule::NotFound),
        (Action::RegisterYouth, Desk::School, 23, |_| (), Rule::OutOfAge),
        (Action::RegisterAuthority, Desk::Wijkteam, 10, |_| (), Rule::AuthorityRecorded),
        (Action::RegisterAuthority, Desk::Wijkteam, 10, moved, Rule::NotFound),
        (Action::RegisterAuthority, Desk::School, 10, left, Rule::NotFound),
        (
            Action::ReadDirectory,
            Desk::School,
            10,
            |world| world.request.purpose = Purpose::Leerplicht,
            Rule::PurposeDoesNotFit,
        ),
    ];
    for (action, desk, age, change, rule) in rows {
        let world = keeping(action, desk, age).with(change);
        assert_eq!(world.decide().rule(), rule, "{action} at {desk}");
    }
}

/// RL-17: the way back has a voice of its own, ends where the youth has left, and never carries a secret.
#[test]
fn rl_17_the_way_back() {
    let back = |kind, at| World::submitting(kind, at).aged(10).then(Action::Answer, at);
    let objects: Change = |world| *world = world.clone().says(A, VoiceKind::Objects);
    let agree: Change = |world| *world = world.clone().says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
    let left: Change = |world| world.youth().enrolments.clear();
    let restricted: Change = |world| {
        *world = world.clone().says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
        world.youth().restricted = true;
    };
    let to_another: Change = |world| world.request.receiver = party(Desk::Board);
    let unnamed: Change = |world| world.request.named = false;
    let (help, absent) = (SignalKind::Aanmelding, SignalKind::Verzuim);
    // While it is not known who holds authority, everybody's no counts; otherwise only that of whoever has a say.
    let nobody_known: Change = |world| {
        *world = world.clone().says(A, VoiceKind::Objects);
        world.youth().authorities.clear();
    };
    let no_say: Change = |world| {
        *world = world.clone().says(A, VoiceKind::Objects);
        world.youth().authorities.remove(0);
    };
    let of_sixteen: Change = |world| {
        *world = world.clone().says(A, VoiceKind::Objects).aged(16);
        world.youth().authorities.clear();
    };
    let of_fifteen: Change = |world| {
        *world = world.clone().says(A, VoiceKind::Objects).aged(15);
        world.youth().authorities.clear();
    };
    let rows: [(SignalKind, Desk, Change, Rule); 16] = [
        (help, Desk::AccessDesk, nobody_known, Rule::FeedbackClosed),
        (help, Desk::AccessDesk, no_say, Rule::FeedbackStatus),
        (help, Desk::AccessDesk, of_fifteen, Rule::FeedbackClosed),
        (help, Desk::AccessDesk, of_sixteen, Rule::FeedbackStatus),
        (help, Desk::AccessDesk, |_| (), Rule::FeedbackStatus),
        (help, Desk::AccessDesk, agree, Rule::FeedbackExplained),
        (help, Desk::AccessDesk, objects, Rule::FeedbackClosed),
        (help, Desk::AccessDesk, left, Rule::FeedbackClosed),
        (help, Desk::AccessDesk, restricted, Rule::Restricted),
        (help, Desk::AccessDesk, to_another, Rule::NotFound),
        (help, Desk::AccessDesk, unnamed, Rule::FeedbackAnonymous),
        // A help-giver's explanation would need the permission that lifts secrecy, which is no fact yet (RL-04).
        (help, Desk::Wijkteam, agree, Rule::FeedbackStatus),
        // A statutory report is answered by public task: an objection to sharing is no objection to that.
        (absent, Desk::Leerplicht, objects, Rule::FeedbackStatus),
        (absent, Desk::Leerplicht, restricted, Rule::FeedbackStatus),
        (absent, Desk::Leerplicht, agree, Rule::FeedbackExplained),
        (absent, Desk::Leerplicht, left, Rule::FeedbackClosed),
    ];
    for (kind, at, change, rule) in rows {
        assert_eq!(back(kind, at).with(change).decide().rule(), rule, "{kind} at {at}");
    }
}
