// SPDX-License-Identifier: EUPL-1.2
//! The worlds that the laws are tried on.

use sluis_policy::*;

use crate::world::*;

/// A broad sample of worlds: every kind, action and desk, at the ages that matter, with every combination of voices, by
/// name and without.
pub(super) fn every_world() -> impl Iterator<Item = World> {
    let voices = [
        [None, None, None],
        [Some(VoiceKind::Agrees), Some(VoiceKind::Agrees), None],
        [Some(VoiceKind::Agrees), Some(VoiceKind::Agrees), Some(VoiceKind::Agrees)],
        [Some(VoiceKind::Agrees), Some(VoiceKind::Objects), Some(VoiceKind::Agrees)],
        [Some(VoiceKind::Objects), None, Some(VoiceKind::Objects)],
        [None, None, Some(VoiceKind::Agrees)],
    ];
    let desks = [
        Desk::AccessDesk,
        Desk::Wijkteam,
        Desk::Samenwerkingsverband,
        Desk::Leerplicht,
        Desk::Rmc,
        Desk::Verwijsindex,
        Desk::VeiligThuis,
    ];
    let steps = [Action::Submit, Action::Dispatch, Action::Read, Action::List, Action::TakeUp, Action::Answer];
    let mut worlds = Vec::new();
    for &kind in SignalKind::ALL {
        for desk in desks {
            for age in [3, 7, 13, 16, 19, 23] {
                for said in voices {
                    for named in [true, false] {
                        for step in steps {
                            worlds.push((kind, desk, age, said, named, step));
                        }
                    }
                }
            }
        }
    }
    let asks = [
        Action::Ask,
        Action::RegisterYouth,
        Action::RegisterAuthority,
        Action::RecordVoice,
        Action::WithdrawVoice,
        Action::ReadDirectory,
    ]
    .into_iter()
    .flat_map(|action| {
        Desk::ALL.iter().flat_map(move |&desk| [7, 17, 23].into_iter().map(move |age| keeping(action, desk, age)))
    });
    worlds
        .into_iter()
        .map(|(kind, desk, age, said, named, step)| {
            let mut world = World::submitting(kind, desk).aged(age);
            for (who, voice) in [A, B, YOUTH].into_iter().zip(said) {
                if let Some(voice) = voice {
                    world = world.says(who, voice);
                }
            }
            world.request.named = named;
            world.youth().start_qualification = Some(false);
            if step == Action::Submit {
                world
            } else {
                world.then(step, if step == Action::Dispatch { Desk::School } else { desk })
            }
        })
        .chain(asks)
}

/// An action that is not about a signal, by the usual role of a desk.
pub(crate) fn keeping(action: Action, desk: Desk, age: i16) -> World {
    World::submitting(SignalKind::Verzuim, Desk::Leerplicht).aged(age).with(|world| {
        let who = party(desk);
        world.request = AccessRequest {
            actor: actor(who, usual_role(desk)),
            action,
            purpose: if action == Action::Ask { Purpose::Leerplicht } else { Purpose::Gegevensbeheer },
            receiver: who,
            named: true,
            signal: None,
            asked: Some(party(Desk::School)),
        };
    })
}
