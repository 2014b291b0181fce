// SPDX-License-Identifier: EUPL-1.2
//! Sections 7 and 8: what happens with a signal later, and who keeps which facts.

use std::fmt::Write;

use sluis_policy::*;

use super::{cell, row, table};
use crate::world::*;

/// What happens with a signal after it was sent, by whom.
pub(super) fn afterwards(page: &mut String) {
    writeln!(page, "## 7. Daarna\n\nEen aanmelding op naam van een kind van tien, en een preventief signaal zonder naam, beide aan het loket toegang.\n").unwrap();
    table(page, &["handeling", "door", "wat er is gezegd", "aanmelding op naam", "preventief zonder naam"]);
    let steps = [Action::Dispatch, Action::List, Action::Read, Action::TakeUp, Action::Answer, Action::Close];
    let voices = [
        ("beiden ja", VoiceKind::Agrees, VoiceKind::Agrees),
        ("A ja, B trekt in", VoiceKind::Agrees, VoiceKind::Withdraws),
    ];
    for action in steps {
        for desk in [Desk::School, Desk::AccessDesk, Desk::Wijkteam] {
            for (what, a, b) in voices {
                let decide = |kind, named| {
                    let world = World::submitting(kind, Desk::AccessDesk).aged(10).says(A, a).says(B, b);
                    world.with(|world| world.request.named = named).then(action, desk).decide()
                };
                row(
                    page,
                    &[
                        action.code().into(),
                        desk.code().into(),
                        what.into(),
                        cell(&decide(SignalKind::Aanmelding, true)),
                        cell(&decide(SignalKind::Preventief, false)),
                    ],
                );
            }
        }
    }
    writeln!(page).unwrap();
}

/// Who keeps which facts, and who may ask.
pub(super) fn facts(page: &mut String) {
    writeln!(page, "## 8. Feiten vastleggen en bevragen\n\nKind van tien, ingezetene, ingeschreven bij de school; elk loket in zijn gewone rol, zonder verdere betrokkenheid.\n").unwrap();
    let actions = [
        Action::RecordVoice,
        Action::WithdrawVoice,
        Action::ReadVoice,
        Action::ReadDuty,
        Action::WorkDuty,
        Action::ReleaseTo,
        Action::RecordFact,
        Action::RegisterYouth,
        Action::RegisterAuthority,
        Action::Ask,
        Action::ReadDirectory,
    ];
    let mut columns = vec!["loket", "rol"];
    columns.extend(actions.map(Action::code));
    table(page, &columns);
    for &desk in Desk::ALL {
        let mut cells = vec![desk.code().to_owned(), usual_role(desk).code().to_owned()];
        cells.extend(actions.map(|action| cell(&keeping(action, desk, 10).decide())));
        row(page, &cells);
    }
    writeln!(page).unwrap();
}
