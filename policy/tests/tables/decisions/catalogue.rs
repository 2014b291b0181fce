// SPDX-License-Identifier: EUPL-1.2
//! Sections 10 to 12: what each kind is, which duty to go to school holds when, and which grounds count.

use std::fmt::Write;

use jiff::civil::date;
use sluis_policy::*;

use super::{cell, joined, row, table};
use crate::world::*;

/// The catalogue, as it stands in the code.
pub(super) fn kinds(page: &mut String) {
    writeln!(page, "## 10. De soorten\n\nWat voor elke soort geldt, wat een convenant er ook aan toevoegt. Zonder naam: of dat kan als niet iedereen instemt. Nummer: of een wet een BSN of onderwijsnummer toestaat.\n").unwrap();
    table(page, &["soort", "deur", "doelen", "van", "hoogstens naar", "eerst", "zonder naam", "nummer", "bron"]);
    let word = |yes: bool| if yes { "ja" } else { "nee" }.to_owned();
    for &kind in SignalKind::ALL {
        let about = kind.row();
        let from = if about.from == Desk::ALL { "elk loket".to_owned() } else { joined(about.from) };
        row(
            page,
            &[
                kind.to_string(),
                about.door.to_string(),
                joined(about.purposes),
                from,
                joined(about.to),
                if about.gates.is_empty() { "–".to_owned() } else { joined(about.gates) },
                word(about.anonymous),
                word(about.number),
                about.source.to_owned(),
            ],
        );
    }
    writeln!(page).unwrap();
}

/// Leerplicht, kwalificatieplicht and RMC by age and school, without startkwalificatie, and where a report of absence goes.
pub(super) fn school_duties(page: &mut String) {
    writeln!(page, "## 11. Leerplicht, kwalificatieplicht en RMC\n\nEr is zeker geen startkwalificatie, en geen vrijstelling. Verzuim van 17 uur.\n").unwrap();
    table(page, &["leeftijd", "schoolsoort", "plicht", "verzuim aan leerplicht", "verzuim aan RMC", "vertrek aan RMC"]);
    let kinds = [None, Some(SchoolKind::Vo), Some(SchoolKind::Vso), Some(SchoolKind::Pro), Some(SchoolKind::Mbo)];
    for age in [4, 5, 15, 17, 18, 22, 23] {
        for kind in kinds {
            let world = |signal, desk| {
                World::submitting(signal, desk).aged(age).with(|world| {
                    world.youth().start_qualification = Some(false);
                    world.youth().enrolments[0].kind = kind;
                })
            };
            let duty = school_duty(world(SignalKind::Vsv, Desk::Rmc).youth(), TODAY);
            let doors = [
                (SignalKind::Verzuim, Desk::Leerplicht),
                (SignalKind::Verzuim, Desk::Rmc),
                (SignalKind::Vsv, Desk::Rmc),
            ];
            let school = kind.map_or("niet bekend", SchoolKind::code);
            let mut cells = vec![age.to_string(), school.to_owned(), duty.to_string()];
            cells.extend(doors.map(|(signal, desk)| cell(&world(signal, desk).decide())));
            row(page, &cells);
        }
    }
    writeln!(page).unwrap();
}

/// The grounds that count, with the days on which they do, and what becomes of a claim on each other one.
pub(super) fn grounds(page: &mut String) {
    writeln!(page, "## 12. Gronden\n\nWaarop iets mag gaan, en sinds wanneer.\n").unwrap();
    table(page, &["grondslag", "vanaf", "tot", "bron"]);
    for &basis in LegalBasis::ALL {
        let Period { from, until } = basis.validity().unwrap();
        let until = until.map_or("–".to_owned(), |day| day.to_string());
        row(page, &[basis.to_string(), from.to_string(), until, basis.source().to_owned()]);
    }
    writeln!(page, "\nEen beller kan een grond noemen. De sluis zoekt de grond zelf en ruilt haar nooit stil in. Kind van tien, aanmelding aan toegang met ieders instemming, en verzuim van 17 uur aan leerplicht.\n").unwrap();
    table(page, &["genoemde grond", "aanmelding", "verzuim", "veiligheid"]);
    for &claimed in ClaimedGround::ALL {
        let doors = [
            (SignalKind::Aanmelding, Desk::AccessDesk),
            (SignalKind::Verzuim, Desk::Leerplicht),
            (SignalKind::Veiligheid, Desk::VeiligThuis),
        ];
        let decided = doors.map(|(kind, desk)| {
            let world = World::submitting(kind, desk).aged(10).says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
            cell(&world.with(|world| world.request.backing.claimed = Some(claimed)).decide())
        });
        let mut cells = vec![claimed.to_string()];
        cells.extend(decided);
        row(page, &cells);
    }
    let day_before = World::submitting(SignalKind::AdviesVeiligThuis, Desk::VeiligThuis).with(|world| {
        world.request.action = Action::Dispatch;
        world.now.today = date(2018, 5, 24);
    });
    writeln!(
        page,
        "\nOp 24 mei 2018, de dag voor de AVG, gaat ook een adviesvraag zonder naam niet: {}.\n",
        cell(&day_before.decide())
    )
    .unwrap();
}
