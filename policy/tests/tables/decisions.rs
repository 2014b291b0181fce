// SPDX-License-Identifier: EUPL-1.2
//! `beslistabel.md`: the decision space, asked cell by cell of `decide` itself.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use jiff::civil::date;
use sluis_policy::*;

use crate::world::*;

mod afterwards;
mod catalogue;
mod lists;
mod statutes;

const KINDS: [SignalKind; 3] = [SignalKind::Preventief, SignalKind::Consultatie, SignalKind::Aanmelding];

pub(crate) fn page() -> String {
    let mut page = String::new();
    writeln!(page, "# Beslistabel\n\nRegels versie {RULES_VERSION}. Elke cel is gevraagd aan de beslisfunctie zelf.")
        .unwrap();
    writeln!(page, "Een cel noemt de vorm en de regel; «–» is een weigering. De regels staan onderaan.\n").unwrap();
    voices(&mut page);
    receivers(&mut page);
    conditions(&mut page);
    state(&mut page);
    statutes::absence_table(&mut page);
    statutes::index(&mut page);
    afterwards::afterwards(&mut page);
    afterwards::facts(&mut page);
    lists::schemas(&mut page);
    catalogue::kinds(&mut page);
    catalogue::school_duties(&mut page);
    catalogue::grounds(&mut page);
    lists::rules(&mut page);
    page
}

fn cell(decision: &Decision) -> String {
    let form = decision.permit().map_or("–", |permit| permit.form().code());
    format!("{form}, {}", decision.rule().id())
}

fn table(page: &mut String, columns: &[&str]) {
    writeln!(page, "| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len())).unwrap();
}

fn row(page: &mut String, cells: &[String]) {
    writeln!(page, "| {} |", cells.join(" | ")).unwrap();
}

/// What somebody said, and how it is called.
type Said = (&'static str, Option<VoiceKind>);
const YES: Said = ("ja", Some(VoiceKind::Agrees));
const SILENT: Said = ("niets", None);
const NO: Said = ("nee", Some(VoiceKind::Objects));

/// Whose word counts, by age: every combination of what two holders of authority and the youth said. Where a word makes
/// no difference to any column, the line says so instead of being printed three times.
fn voices(page: &mut String) {
    writeln!(page, "## 1. Wiens woord telt\n\nTwee ouders met gezag, en de jeugdige; elk zei ja, niets of nee. Aan het loket toegang.\n").unwrap();
    table(
        page,
        &[
            "leeftijd",
            "ouders",
            "jeugdige",
            "preventief",
            "consultatie",
            "aanmelding",
            "aanmelding, gehoord volstaat",
            "aanmelding, één ouder spreekt",
        ],
    );
    let parents = [(YES, YES), (YES, SILENT), (YES, NO), (SILENT, SILENT), (SILENT, NO), (NO, NO)];
    let youth = [YES, SILENT, NO];
    const INDIFFERENT: &str = "maakt niet uit";
    for (band, age) in [("0–11", 7), ("12–15", 13), ("16–17", 16), ("18–22", 18)] {
        let grid = parents.map(|(a, b)| youth.map(|said| outcomes(age, a, b, said)));
        let youth_indifferent = grid.iter().all(|line| line.iter().all(|cells| *cells == line[0]));
        let parents_indifferent = grid.iter().all(|line| *line == grid[0]);
        for (line, (a, b)) in grid.iter().zip(parents) {
            for (cells, said) in line.iter().zip(youth) {
                let pair = if parents_indifferent { INDIFFERENT.to_owned() } else { format!("{} en {}", a.0, b.0) };
                let own = if youth_indifferent { INDIFFERENT } else { said.0 };
                let mut printed = vec![band.to_owned(), pair, own.to_owned()];
                printed.extend(cells.iter().cloned());
                row(page, &printed);
                if youth_indifferent {
                    break;
                }
            }
            if parents_indifferent {
                break;
            }
        }
    }
    writeln!(page).unwrap();
    authorities(page);
}

/// The five columns for one combination; which parent said what makes no difference, and that is tested here.
fn outcomes(age: i16, a: Said, b: Said, youth: Said) -> Vec<String> {
    static HEARD: LazyLock<Arc<Covenant>> =
        LazyLock::new(|| covenant(&[("gehoord_12_15 = false", "gehoord_12_15 = true")]));
    static ONE: LazyLock<Arc<Covenant>> =
        LazyLock::new(|| covenant(&[("een_ouder_spreekt = false", "een_ouder_spreekt = true")]));
    let ask = |first: Said, second: Said| {
        let world = |kind| {
            let mut world = World::submitting(kind, Desk::AccessDesk).aged(age);
            for (who, (_, voice)) in [(A, first), (B, second), (YOUTH, youth)] {
                if let Some(voice) = voice {
                    world = world.says(who, voice);
                }
            }
            world
        };
        let switched = |covenant: &Arc<Covenant>| {
            world(SignalKind::Aanmelding).with(|world| {
                world.covenant = Some(covenant.clone());
                world.youth().parents_live_apart = Some(false);
                world.youth().statements.iter_mut().for_each(|statement| statement.speaks_for_other = true);
                world.youth().hearings.push(Hearing {
                    on: TODAY,
                    by: party(Desk::School),
                    said: VoiceKind::Objects,
                    scope: anything(),
                });
            })
        };
        let mut cells: Vec<String> = KINDS.iter().map(|kind| cell(&world(*kind).decide())).collect();
        cells.extend([&HEARD, &ONE].map(|covenant| cell(&switched(covenant).decide())));
        cells
    };
    let cells = ask(a, b);
    assert_eq!(cells, ask(b, a), "age {age}: it matters which parent speaks");
    cells
}

/// Who is one of those, by capacity.
fn authorities(page: &mut String) {
    writeln!(page, "### Wie instemt namens de jeugdige\n\nAlleen deze persoon is bekend en zegt ja; vanaf 12 zegt de jeugdige ook ja.\n").unwrap();
    table(page, &["hoedanigheid", "7 jaar", "13 jaar", "16 jaar", "18 jaar", "18 jaar, en deze persoon zegt nee"]);
    for &kind in AuthorityKind::ALL {
        let world = |age, voice| {
            World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
                .aged(age)
                .with(|world| {
                    world.youth().authorities.truncate(1);
                    world.youth().authorities[0].kind = kind;
                })
                .says(A, voice)
                .says(YOUTH, VoiceKind::Agrees)
        };
        let mut cells = vec![kind.code().to_owned()];
        cells.extend([7, 13, 16, 18].map(|age| cell(&world(age, VoiceKind::Agrees).decide())));
        cells.push(cell(&world(18, VoiceKind::Objects).decide()));
        row(page, &cells);
    }
    writeln!(page).unwrap();
}

/// Every kind towards every desk, with nothing said and with everything agreed; desks that answer alike share a line.
fn receivers(page: &mut String) {
    writeln!(page, "## 2. Wat waarheen kan\n\nKind van tien, alles in orde; eerst zonder dat iemand iets zei, dan met ieders instemming. Verzuim is 17 uur, overig verzuim 10 uur.\n").unwrap();
    table(page, &["soort", "loketten", "zonder instemming", "met instemming"]);
    for &kind in SignalKind::ALL {
        let answers = |desk: &Desk| {
            let silent = World::submitting(kind, *desk).aged(10).with(|world| {
                if kind == SignalKind::OverigVerzuim {
                    world.signal().absence = Some(absence(AbsenceGround::Late, 10));
                }
            });
            let agreed = silent.clone().says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
            vec![vec![cell(&silent.decide()), cell(&agreed.decide())]]
        };
        for desks in alike(Desk::ALL, answers) {
            let mut cells = vec![kind.code().to_owned(), joined(&desks)];
            cells.extend(answers(&desks[0]).concat());
            row(page, &cells);
        }
    }
    writeln!(page).unwrap();
}

/// The content gates, municipality, group, topics and covenant, one at a time.
fn conditions(page: &mut String) {
    writeln!(page, "## 3. Voorwaarden\n\nKind van tien, beide ouders stemmen in, aan het loket toegang; telkens ontbreekt één ding.\n").unwrap();
    type Change = fn(&mut World);
    let changes: [(&str, Change); 13] = [
        ("niets ontbreekt", |_| ()),
        ("niet met de ouders besproken", |world| {
            world.signal().gates.retain(|gate| *gate != Gate::DiscussedWithParents)
        }),
        ("niet intern afgewogen", |world| world.signal().gates.retain(|gate| *gate != Gate::WeighedInternally)),
        ("er is niet om een naam gevraagd", |world| world.request.named = false),
        ("het doel hoort bij een andere soort", |world| {
            world.request.purpose = Purpose::Leerplicht;
            world.signal().purpose = Purpose::Leerplicht;
        }),
        ("de woongemeente is een andere", |world| world.youth().home = "0225".parse().ok()),
        ("de woongemeente is niet bekend", |world| world.youth().home = None),
        ("groep van 9, geen toestemming", |world| {
            world.facts.group_size = Some(9);
            world.youth().statements.clear();
        }),
        ("groep niet bekend, geen toestemming", |world| {
            world.facts.group_size = None;
            world.youth().statements.clear();
        }),
        ("groep van 49, zeldzaam onderwerp, geen toestemming", |world| {
            world.facts.group_size = Some(49);
            world.signal().topics = vec![Topic::Rouw];
            world.youth().statements.clear();
        }),
        ("geen geldig convenant", |world| world.covenant = None),
        ("de rol is gisteren geëindigd", |world| world.request.actor.role_valid.until = Some(TODAY)),
        ("de leerling staat elders ingeschreven", |world| world.youth().enrolments.clear()),
    ];
    table(page, &["wat ontbreekt", "preventief", "consultatie", "aanmelding"]);
    for (what, change) in changes {
        let world = |kind| {
            World::submitting(kind, Desk::AccessDesk)
                .aged(10)
                .says(A, VoiceKind::Agrees)
                .says(B, VoiceKind::Agrees)
                .with(change)
        };
        let mut cells = vec![what.to_owned()];
        cells.extend(KINDS.map(|kind| cell(&world(kind).decide())));
        row(page, &cells);
    }
    writeln!(page).unwrap();
}

/// The youth's own state, against each door.
fn state(page: &mut String) {
    writeln!(page, "## 4. De toestand van de jeugdige\n\nIedereen stemt in. Verzuim 17 uur aan leerplicht, veiligheid aan Veilig Thuis, de rest aan toegang.\n").unwrap();
    type Change = fn(&mut World);
    let states: [(&str, Change); 7] = [
        ("10 jaar", |world| world.youth().born = date(2016, 3, 14)),
        ("10 jaar, verwerking beperkt", |world| {
            world.youth().born = date(2016, 3, 14);
            world.youth().restricted = true;
        }),
        ("overleden", |world| world.youth().deceased = Some(date(2026, 10, 1))),
        ("morgen geboren", |world| world.youth().born = date(2026, 11, 23)),
        ("22 jaar en 364 dagen", |world| world.youth().born = date(2003, 11, 23)),
        ("vandaag 23", |world| world.youth().born = date(2003, 11, 22)),
        ("niet bekend, of van een andere school", |world| world.facts.youth = None),
    ];
    table(page, &["toestand", "preventief", "aanmelding", "verzuim", "veiligheid"]);
    for (what, change) in states {
        let world = |kind, desk| {
            World::submitting(kind, desk)
                .says(A, VoiceKind::Agrees)
                .says(B, VoiceKind::Agrees)
                .says(YOUTH, VoiceKind::Agrees)
                .with(change)
        };
        let doors = [
            (SignalKind::Preventief, Desk::AccessDesk),
            (SignalKind::Aanmelding, Desk::AccessDesk),
            (SignalKind::Verzuim, Desk::Leerplicht),
            (SignalKind::Veiligheid, Desk::VeiligThuis),
        ];
        let mut cells = vec![what.to_owned()];
        cells.extend(doors.map(|(kind, desk)| cell(&world(kind, desk).decide())));
        row(page, &cells);
    }
    writeln!(page).unwrap();
}

/// Groups of members that answer alike, in the order in which each group first appears.
fn alike<T: Copy>(members: &[T], answers: impl Fn(&T) -> Vec<Vec<String>>) -> Vec<Vec<T>> {
    let mut groups: Vec<(Vec<Vec<String>>, Vec<T>)> = Vec::new();
    for member in members {
        let answer = answers(member);
        match groups.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, group)) => group.push(*member),
            None => groups.push((answer, vec![*member])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn joined<T: std::fmt::Display>(members: &[T]) -> String {
    members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
