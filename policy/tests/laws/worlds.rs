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
        // Kinds that lean on no word need fewer words, and the covenant kinds answer words alike: the first four hear all.
        // Every kind meets its own desks and some that are not.
        let said: &[_] = match kind {
            kind if super::BY_COVENANT.contains(&kind) => &voices,
            kind if kind.goes_by_covenant() => &voices[..4],
            _ => &voices[..2],
        };
        let own = kind.row().to.iter().copied().filter(|desk| !desks.contains(desk)).take(1);
        for desk in desks.into_iter().filter(|desk| kind.may_reach(*desk) || desk.keeps_secrets()).chain(own) {
            for age in [3, 7, 13, 16, 19, 23] {
                for said in said.iter().copied() {
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
        Action::ReadVoice,
        Action::ReadDuty,
        Action::WorkDuty,
        Action::ReleaseTo,
        Action::RecordFact,
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
                world.then(step, if step == Action::Dispatch { usual_sender(kind) } else { desk })
            }
        })
        .chain(asks)
}
