// SPDX-License-Identifier: EUPL-1.2
//! What whoever sent a signal sees of it afterwards, and in what capacity somebody looks into anything at all.

use super::*;

/// Agreed to by both parents, sent to the desk, and looked at by the sender.
fn followed(desk: Desk) -> World {
    let sent = World::submitting(SignalKind::Aanmelding, desk).aged(8);
    sent.says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees).then(Action::Read, Desk::School)
}

fn sees(world: &World, field: Field) -> bool {
    reach(&world.decide()).is_some_and(|(_, fields)| fields.contains(field))
}

/// RL-17: the words of an explanation are shown while all agree to the way back and nobody says no; else that it was delivered,
/// and how it stands.
#[test]
fn rl_17_an_explanation_is_seen_while_all_agree_to_it() {
    let whole = followed(Desk::AccessDesk);
    assert!(sees(&whole, Field::Explanation) && sees(&whole, Field::Delivery));
    let partly: [(&str, Change); 4] = [
        ("not by name", |world| world.request.named = false),
        ("restricted", |world| world.youth().restricted = true),
        ("one of the two says no", |world| {
            let way_back = Scope { purpose: Some(Purpose::Casusvoortgang), ..anything() };
            world.youth().statements.push(said(B, VoiceKind::Objects, way_back, 0));
        }),
        ("one of the two is silent", |world| drop(world.youth().statements.pop())),
    ];
    for (what, change) in partly {
        let changed = whole.clone().with(change);
        assert!(!sees(&changed, Field::Explanation), "{what}");
        assert!(sees(&changed, Field::Delivery), "{what}: that it was delivered is seen all the same");
    }
}

/// RL-04: whoever explains under professional secrecy was released from it, and still is.
#[test]
fn rl_04_what_was_said_in_secrecy_is_seen_while_it_stays_lifted() {
    let secret = followed(Desk::Jgz);
    assert!(sees(&secret, Field::Delivery) && !sees(&secret, Field::Explanation));
    let lifted = secret.with(|world| {
        let permission =
            |who| SecrecyPermission { of: party(Desk::Jgz), statement: said(who, VoiceKind::Agrees, anything(), 0) };
        world.youth().permissions = vec![permission(A), permission(B)];
    });
    assert!(sees(&lifted, Field::Explanation));
    let by_one = lifted.with(|world| drop(world.youth().permissions.pop()));
    assert!(!sees(&by_one, Field::Explanation));
}

/// RL-08: everyone in service may report danger, and so see that the own report arrived; of nothing else, and not in a list.
#[test]
fn rl_08_whoever_may_report_may_follow_that_report() {
    let teacher = |kind, desk| {
        World::submitting(kind, desk).aged(10).then(Action::Read, Desk::School).with(|world| {
            world.request.actor.role = Role::Leerkracht;
        })
    };
    for kind in [SignalKind::Veiligheid, SignalKind::AdviesVeiligThuis, SignalKind::Levensbelang] {
        let desk = if kind == SignalKind::Levensbelang { Desk::Jgz } else { Desk::VeiligThuis };
        let own = teacher(kind, desk);
        assert_eq!(own.decide().rule(), Rule::OwnSignal, "{kind}");
        let closed: [Change; 4] = [
            |world| world.request.action = Action::List,
            |world| world.request.actor.role = Role::Systeem,
            |world| world.signal().sender = party(Desk::Jgz),
            |world| world.request.actor.role_valid = Period { from: date(2020, 8, 1), until: Some(TODAY) },
        ];
        for (index, change) in closed.iter().enumerate() {
            assert!(own.clone().with(change).decide().permit().is_none(), "{kind}, change {index}");
        }
    }
    assert!(teacher(SignalKind::Aanmelding, Desk::AccessDesk).decide().permit().is_none());
}

/// Whoever follows, takes up, lists or takes back does so for the purpose of the signal (P6: else it is not there).
#[test]
fn p6_a_signal_is_there_for_its_own_purpose_only() {
    for (action, at) in [
        (Action::Read, Desk::School),
        (Action::Retract, Desk::School),
        (Action::List, Desk::AccessDesk),
        (Action::TakeUp, Desk::AccessDesk),
        (Action::Close, Desk::AccessDesk),
    ] {
        let world = followed(Desk::AccessDesk).then(action, at);
        assert!(world.decide().permit().is_some(), "{action}");
        let other = world.with(|world| world.request.purpose = Purpose::Leerplicht);
        assert_eq!(other.decide().rule(), Rule::NotFound, "{action}");
    }
    // Also for whoever may look at this kind for either purpose.
    let (early, help) = (Purpose::VroegSignaleren, Purpose::ToeleidingJeugdhulp);
    for (sent_for, looked_for, there) in
        [(early, early, true), (help, help, true), (early, help, false), (help, early, false)]
    {
        let world = World::submitting(SignalKind::Consultatie, Desk::AccessDesk).then(Action::Read, Desk::School);
        let world = world.with(|world| {
            world.signal().purpose = sent_for;
            world.request.purpose = looked_for;
        });
        assert_eq!(world.decide().permit().is_some(), there, "{sent_for} {looked_for}");
    }
}

/// Case 34: of a youth who left the school it sees that the signal was delivered; of what is about nobody it sees all.
#[test]
fn case_34_what_follows_is_for_the_school_that_the_youth_is_at() {
    let here = followed(Desk::AccessDesk);
    assert!(sees(&here, Field::NextStep));
    let gone = here.with(|world| world.youth().enrolments.clear());
    assert!(sees(&gone, Field::Delivery) && !sees(&gone, Field::NextStep) && !sees(&gone, Field::Status));
    let kind = SignalKind::Knelpunt;
    let nobody = World::submitting(kind, kind.row().to[0]).with(|world| world.facts.youth = None);
    let sender = nobody.request.actor;
    let nobody = nobody.with(|world| {
        (world.request.action, world.request.receiver, world.request.named) = (Action::Read, sender.party, false);
    });
    assert!(sees(&nobody, Field::NextStep));
}

/// Who accounts for the gateway does so for the own house and the purpose that goes with it; in the register of processing
/// activities publishing and erasing are the keeping of facts.
#[test]
fn overseeing_is_for_the_own_house_and_purpose() {
    for (action, desk, role, activity) in [
        (Action::ExportLog, Desk::Gateway, Role::FunctioneelBeheerder, ProcessingActivity::Accountability),
        (Action::PublishPolicy, Desk::Gateway, Role::FunctioneelBeheerder, ProcessingActivity::FactKeeping),
        (Action::Erase, Desk::Gateway, Role::FunctioneelBeheerder, ProcessingActivity::FactKeeping),
        (Action::BreakGlass, Desk::Gateway, Role::Operator, ProcessingActivity::Accountability),
    ] {
        let world = keeping(action, desk, 10).with(|world| {
            world.request.actor.role = role;
            world.request.backing.second = Some(actor(party(desk), Role::Operator));
            world.request.backing.reasoned = true;
        });
        assert_eq!(world.decide().permit().map(|permit| permit.activity()), Some(activity), "{action}");
        let elsewhere = world.clone().with(|world| world.request.receiver = party(Desk::School));
        assert_eq!(elsewhere.decide().rule(), Rule::RequestIncomplete, "{action}");
        let other = world.with(|world| world.request.purpose = Purpose::Leerplicht);
        assert_eq!(other.decide().rule(), Rule::PurposeDoesNotFit, "{action}");
    }
}

/// RL-16: whoever asks after a match asks for the own desk, and for the index's purpose; each by itself is required.
#[test]
fn rl_16_a_match_is_read_for_oneself_and_for_the_index() {
    let world = keeping(Action::ReadMatch, Desk::Jgz, 10);
    let for_another = world.clone().with(|world| world.request.receiver = party(Desk::School));
    let otherwise = world.with(|world| world.request.purpose = Purpose::ToeleidingJeugdhulp);
    for wrong in [for_another, otherwise] {
        assert_eq!(wrong.decide().rule(), Rule::RequestIncomplete);
    }
}

/// A duty names its youth by pseudonym where there is one and it is asked for; each by itself is required.
#[test]
fn a_duty_points_to_a_youth_only_where_there_is_one() {
    let duty = keeping(Action::ReadDuty, Desk::School, 10);
    let pointed =
        |world: &World| reach(&world.decide()).map(|(form, fields)| (form, fields.contains(Field::Pseudonym)));
    assert_eq!(pointed(&duty), Some((Form::Pseudonymous, true)));
    let nobody = duty.clone().with(|world| world.facts.youth = None);
    let unnamed = duty.with(|world| world.request.named = false);
    for anonymous in [nobody, unnamed] {
        assert_eq!(pointed(&anonymous), Some((Form::Anonymous, false)));
    }
}

/// What a signal may hold is what somebody may get with it: neither less, or it could not be sent, nor more.
#[test]
fn a_signal_may_hold_what_somebody_may_get_with_it() {
    for world in every_silent_world() {
        let kind = world.request.signal.as_ref().unwrap().kind;
        let agreed = world.clone().says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees).says(YOUTH, VoiceKind::Agrees);
        for decision in [world.decide(), agreed.decide()] {
            let fields = reach(&decision).map(|(_, fields)| fields).unwrap_or_default();
            let beside: Vec<Field> = fields.iter().filter(|field| !kind.may_hold(*field)).collect();
            // An application for help in education takes along what is known of the school besides what is in it (004-14).
            let known = kind == SignalKind::OzaAanvraag && beside == [Field::School, Field::OppReference];
            assert!(beside.is_empty() || known, "{kind}: {beside:?}");
        }
    }
    for (kind, field, may) in [
        (SignalKind::Verzuim, Field::AbsencePeriod, true),
        (SignalKind::Preventief, Field::AbsencePeriod, false),
        (SignalKind::Aanmelding, Field::Topics, true),
        (SignalKind::VerwijsindexSignaal, Field::Topics, false),
        (SignalKind::JeugdhulpAanvraag, Field::Applicant, true),
        (SignalKind::Aanmelding, Field::Applicant, false),
        (SignalKind::Aanmelding, Field::Postcode, true),
        (SignalKind::Thuiszitter, Field::AbsencePeriod, true),
        (SignalKind::Thuiszitter, Field::Bsn, false),
        (SignalKind::Thuiszitter, Field::AgeBand, false),
        (SignalKind::MdoVerzoek, Field::AbsencePeriod, false),
        (SignalKind::VerzuimMetZorg, Field::AbsencePeriod, SignalKind::VerzuimMetZorg.fits(Purpose::Leerplicht)),
        (SignalKind::GemeenteNaarSchool, Field::Surname, true),
        (SignalKind::GemeenteNaarSchool, Field::Postcode, false),
    ] {
        assert_eq!(kind.may_hold(field), may, "{kind} {field}");
    }
}

/// 002-39: what leads to nobody is asked about when it is sent, for its sender, and for nobody else or later.
#[test]
fn what_leads_to_nobody_is_asked_about_for_its_sender() {
    let unrouted = World::submitting(SignalKind::VerzoekTotSamenwerking, Desk::Wijkteam).with(|world| {
        world.signal().receivers.clear();
        world.request.receiver = world.request.actor.party;
    });
    assert_eq!(unrouted.decide().rule(), Rule::NoRoute);
    let wrong: [Change; 2] =
        [|world| world.request.receiver = party(Desk::Wijkteam), |world| world.request.action = Action::Dispatch];
    for (index, change) in wrong.iter().enumerate() {
        assert_eq!(unrouted.clone().with(change).decide().rule(), Rule::RequestIncomplete, "change {index}");
    }
}
