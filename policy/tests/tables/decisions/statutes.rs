// SPDX-License-Identifier: EUPL-1.2
//! Sections 5 and 6: absence, and the index.

use std::fmt::Write;

use sluis_policy::*;

use super::{alike, cell, joined, row, table};
use crate::world::*;

/// Ages and grounds that always answer alike share a line.
pub(super) fn absence_table(page: &mut String) {
    writeln!(page, "## 5. Verzuim\n\nZonder enige toestemming; er is zeker geen startkwalificatie.\n").unwrap();
    let columns = [
        "leeftijd",
        "grond",
        "uren",
        "weken",
        "verzuim aan leerplicht",
        "overig verzuim aan leerplicht",
        "verzuim aan RMC",
    ];
    table(page, &columns);
    let amounts = [(15, 0), (16, 0), (0, 4), (0, 5)];
    let ages = [4, 6, 10, 15, 17, 19, 22];
    let of_age = |age: &i16| {
        AbsenceGround::ALL.iter().flat_map(|ground| amounts.map(|amount| absent(*age, *ground, amount))).collect()
    };
    let of_ground = |ground: &AbsenceGround| {
        ages.iter().flat_map(|age| amounts.map(|amount| absent(*age, *ground, amount))).collect()
    };
    for same_ages in alike(&ages, of_age) {
        for same_grounds in alike(AbsenceGround::ALL, of_ground) {
            for (hours, weeks) in amounts {
                let mut cells = vec![joined(&same_ages), joined(&same_grounds), hours.to_string(), weeks.to_string()];
                cells.extend(absent(same_ages[0], same_grounds[0], (hours, weeks)));
                row(page, &cells);
            }
        }
    }
    writeln!(page, "\nVanaf het einde van het schooljaar waarin iemand 16 wordt, telt alleen wie zeker geen startkwalificatie heeft; is dat niet bekend, dan gaat het niet.\n").unwrap();
}

fn absent(age: i16, ground: AbsenceGround, (hours, weeks): (u16, u8)) -> Vec<String> {
    let doors = [
        (SignalKind::Verzuim, Desk::Leerplicht),
        (SignalKind::OverigVerzuim, Desk::Leerplicht),
        (SignalKind::Verzuim, Desk::Rmc),
    ];
    let decide = |(kind, desk)| {
        let world = World::submitting(kind, desk).aged(age).with(|world| {
            world.youth().start_qualification = Some(false);
            world.signal().absence = Some(AbsenceFacts { unbroken_weeks: weeks, ..absence(ground, hours) });
        });
        cell(&world.decide())
    };
    doors.map(decide).to_vec()
}

pub(super) fn index(page: &mut String) {
    writeln!(page, "## 6. De verwijsindex\n\nVerzuim van 17 uur.\n").unwrap();
    let on = covenant(&[
        ("verzuim_naar_verwijsindex = false", "verzuim_naar_verwijsindex = true"),
        ("[termijnen]", "[verwijsindex]\n0668 = \"2026-01-01\"\n\n[termijnen]"),
    ]);
    table(page, &["risicogrond aangevinkt", "convenant en gemeente aan", "beperkt", "besluit"]);
    for risk in [false, true] {
        for switched in [false, true] {
            for restricted in [false, true] {
                let world = World::submitting(SignalKind::Verzuim, Desk::Verwijsindex).aged(10).with(|world| {
                    world.signal().risk_ticked = risk;
                    world.youth().restricted = restricted;
                    if switched {
                        world.covenant = Some(on.clone());
                    }
                });
                let word = |yes: bool| if yes { "ja" } else { "nee" }.to_owned();
                row(page, &[word(risk), word(switched), word(restricted), cell(&world.decide())]);
            }
        }
    }
    writeln!(page).unwrap();
}
