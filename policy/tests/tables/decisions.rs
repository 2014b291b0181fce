// SPDX-License-Identifier: EUPL-1.2
//! `beslistabel.md`: the decision space, asked cell by cell of `decide` itself.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use jiff::civil::date;
use sluis_policy::parameters::{ABSENCE_HOURS, ABSENCE_WEEKS, GROUP, GROUP_RARE, UPPER_AGE};
use sluis_policy::*;

use crate::laws::keeping;
use crate::world::*;

const KINDS: [SignalKind; 3] = [
    SignalKind::Preventief,
    SignalKind::Consultatie,
    SignalKind::Aanmelding,
];

pub(crate) fn page() -> String {
    let mut page = String::new();
    writeln!(page, "# Beslistabel\n\nRegels versie {RULES_VERSION}. Elke cel is gevraagd aan de beslisfunctie zelf.").unwrap();
    writeln!(
        page,
        "Een cel noemt de vorm en de regel; «–» is een weigering. De regels staan onderaan.\n"
    )
    .unwrap();
    voices(&mut page);
    receivers(&mut page);
    conditions(&mut page);
    state(&mut page);
    absence_table(&mut page);
    index(&mut page);
    afterwards(&mut page);
    facts(&mut page);
    schemas(&mut page);
    rules(&mut page);
    page
}

fn cell(decision: &Decision) -> String {
    let form = decision.permit().map_or("–", |permit| permit.form().code());
    format!("{form}, {}", decision.rule().id())
}

fn table(page: &mut String, columns: &[&str]) {
    writeln!(
        page,
        "| {} |\n|{}",
        columns.join(" | "),
        "---|".repeat(columns.len())
    )
    .unwrap();
}

fn row(page: &mut String, cells: &[String]) {
    writeln!(page, "| {} |", cells.join(" | ")).unwrap();
}

/// What somebody said, and how it is called.
type Said = (&'static str, Option<VoiceKind>);
const YES: Said = ("ja", Some(VoiceKind::Agrees));
const SILENT: Said = ("niets", None);
const NO: Said = ("nee", Some(VoiceKind::Objects));

/// Whose word counts, by age: every combination of what two holders of authority and the youth said. Where a word makes no
/// difference to any column, the line says so instead of being printed three times.
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
    let parents = [
        (YES, YES),
        (YES, SILENT),
        (YES, NO),
        (SILENT, SILENT),
        (SILENT, NO),
        (NO, NO),
    ];
    let youth = [YES, SILENT, NO];
    const INDIFFERENT: &str = "maakt niet uit";
    for (band, age) in [("0–11", 7), ("12–15", 13), ("16–17", 16), ("18–22", 18)] {
        let grid = parents.map(|(a, b)| youth.map(|said| outcomes(age, a, b, said)));
        let youth_indifferent = grid
            .iter()
            .all(|line| line.iter().all(|cells| *cells == line[0]));
        let parents_indifferent = grid.iter().all(|line| *line == grid[0]);
        for (line, (a, b)) in grid.iter().zip(parents) {
            for (cells, said) in line.iter().zip(youth) {
                let pair = if parents_indifferent {
                    INDIFFERENT.to_owned()
                } else {
                    format!("{} en {}", a.0, b.0)
                };
                let own = if youth_indifferent {
                    INDIFFERENT
                } else {
                    said.0
                };
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
                world
                    .youth()
                    .statements
                    .iter_mut()
                    .for_each(|statement| statement.speaks_for_other = true);
                world.youth().hearings.push(Hearing {
                    on: TODAY,
                    by: party(Desk::School),
                    said: VoiceKind::Objects,
                    scope: anything(),
                });
            })
        };
        let mut cells: Vec<String> = KINDS
            .iter()
            .map(|kind| cell(&world(*kind).decide()))
            .collect();
        cells.extend([&HEARD, &ONE].map(|covenant| cell(&switched(covenant).decide())));
        cells
    };
    let cells = ask(a, b);
    assert_eq!(
        cells,
        ask(b, a),
        "age {age}: it matters which parent speaks"
    );
    cells
}

/// Who is one of those, by capacity.
fn authorities(page: &mut String) {
    writeln!(page, "### Wie instemt namens de jeugdige\n\nAlleen deze persoon is bekend en zegt ja; vanaf 12 zegt de jeugdige ook ja.\n").unwrap();
    table(
        page,
        &[
            "hoedanigheid",
            "7 jaar",
            "13 jaar",
            "16 jaar",
            "18 jaar",
            "18 jaar, en deze persoon zegt nee",
        ],
    );
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
    table(
        page,
        &["soort", "loketten", "zonder instemming", "met instemming"],
    );
    for &kind in SignalKind::ALL {
        let answers = |desk: &Desk| {
            let silent = World::submitting(kind, *desk).aged(10).with(|world| {
                if kind == SignalKind::OverigVerzuim {
                    world.signal().absence = Some(absence(AbsenceGround::Late, 10));
                }
            });
            let agreed = silent
                .clone()
                .says(A, VoiceKind::Agrees)
                .says(B, VoiceKind::Agrees);
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
            world
                .signal()
                .gates
                .retain(|gate| *gate != Gate::DiscussedWithParents)
        }),
        ("niet intern afgewogen", |world| {
            world
                .signal()
                .gates
                .retain(|gate| *gate != Gate::WeighedInternally)
        }),
        ("er is niet om een naam gevraagd", |world| {
            world.request.named = false
        }),
        ("het doel hoort bij een andere soort", |world| {
            world.request.purpose = Purpose::Leerplicht;
            world.signal().purpose = Purpose::Leerplicht;
        }),
        ("de woongemeente is een andere", |world| {
            world.youth().home = "0225".parse().ok()
        }),
        ("de woongemeente is niet bekend", |world| {
            world.youth().home = None
        }),
        ("groep van 9, geen toestemming", |world| {
            world.facts.group_size = Some(9);
            world.youth().statements.clear();
        }),
        ("groep niet bekend, geen toestemming", |world| {
            world.facts.group_size = None;
            world.youth().statements.clear();
        }),
        (
            "groep van 49, zeldzaam onderwerp, geen toestemming",
            |world| {
                world.facts.group_size = Some(49);
                world.signal().topics = vec![Topic::Rouw];
                world.youth().statements.clear();
            },
        ),
        ("geen geldig convenant", |world| world.covenant = None),
        ("de rol is gisteren geëindigd", |world| {
            world.request.actor.role_valid.until = Some(TODAY)
        }),
        ("de leerling staat elders ingeschreven", |world| {
            world.youth().enrolments.clear()
        }),
    ];
    table(
        page,
        &["wat ontbreekt", "preventief", "consultatie", "aanmelding"],
    );
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
        ("overleden", |world| {
            world.youth().deceased = Some(date(2026, 10, 1))
        }),
        ("morgen geboren", |world| {
            world.youth().born = date(2026, 11, 23)
        }),
        ("22 jaar en 364 dagen", |world| {
            world.youth().born = date(2003, 11, 23)
        }),
        ("vandaag 23", |world| {
            world.youth().born = date(2003, 11, 22)
        }),
        ("niet bekend, of van een andere school", |world| {
            world.facts.youth = None
        }),
    ];
    table(
        page,
        &[
            "toestand",
            "preventief",
            "aanmelding",
            "verzuim",
            "veiligheid",
        ],
    );
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

/// Ages and grounds that always answer alike share a line.
fn absence_table(page: &mut String) {
    writeln!(
        page,
        "## 5. Verzuim\n\nZonder enige toestemming; er is zeker geen startkwalificatie.\n"
    )
    .unwrap();
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
        AbsenceGround::ALL
            .iter()
            .flat_map(|ground| amounts.map(|amount| absent(*age, *ground, amount)))
            .collect()
    };
    let of_ground = |ground: &AbsenceGround| {
        ages.iter()
            .flat_map(|age| amounts.map(|amount| absent(*age, *ground, amount)))
            .collect()
    };
    for same_ages in alike(&ages, of_age) {
        for same_grounds in alike(AbsenceGround::ALL, of_ground) {
            for (hours, weeks) in amounts {
                let mut cells = vec![
                    joined(&same_ages),
                    joined(&same_grounds),
                    hours.to_string(),
                    weeks.to_string(),
                ];
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
            world.signal().absence = Some(AbsenceFacts {
                unbroken_weeks: weeks,
                ..absence(ground, hours)
            });
        });
        cell(&world.decide())
    };
    doors.map(decide).to_vec()
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
    members
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn index(page: &mut String) {
    writeln!(page, "## 6. De verwijsindex\n\nVerzuim van 17 uur.\n").unwrap();
    let on = covenant(&[
        (
            "verzuim_naar_verwijsindex = false",
            "verzuim_naar_verwijsindex = true",
        ),
        (
            "[termijnen]",
            "[verwijsindex]\n0668 = \"2026-01-01\"\n\n[termijnen]",
        ),
    ]);
    table(
        page,
        &[
            "risicogrond aangevinkt",
            "convenant en gemeente aan",
            "beperkt",
            "besluit",
        ],
    );
    for risk in [false, true] {
        for switched in [false, true] {
            for restricted in [false, true] {
                let world = World::submitting(SignalKind::Verzuim, Desk::Verwijsindex)
                    .aged(10)
                    .with(|world| {
                        world.signal().risk_ticked = risk;
                        world.youth().restricted = restricted;
                        if switched {
                            world.covenant = Some(on.clone());
                        }
                    });
                let word = |yes: bool| if yes { "ja" } else { "nee" }.to_owned();
                row(
                    page,
                    &[
                        word(risk),
                        word(switched),
                        word(restricted),
                        cell(&world.decide()),
                    ],
                );
            }
        }
    }
    writeln!(page).unwrap();
}

/// What happens with a signal after it was sent, by whom.
fn afterwards(page: &mut String) {
    writeln!(page, "## 7. Daarna\n\nEen aanmelding op naam van een kind van tien, en een preventief signaal zonder naam, beide aan het loket toegang.\n").unwrap();
    table(
        page,
        &[
            "handeling",
            "door",
            "wat er is gezegd",
            "aanmelding op naam",
            "preventief zonder naam",
        ],
    );
    let steps = [
        Action::Dispatch,
        Action::List,
        Action::Read,
        Action::TakeUp,
        Action::Answer,
        Action::Close,
    ];
    let voices = [
        ("beiden ja", VoiceKind::Agrees, VoiceKind::Agrees),
        ("A ja, B trekt in", VoiceKind::Agrees, VoiceKind::Withdraws),
    ];
    for action in steps {
        for desk in [Desk::School, Desk::AccessDesk, Desk::Wijkteam] {
            for (what, a, b) in voices {
                let decide = |kind, named| {
                    let world = World::submitting(kind, Desk::AccessDesk)
                        .aged(10)
                        .says(A, a)
                        .says(B, b);
                    world
                        .with(|world| world.request.named = named)
                        .then(action, desk)
                        .decide()
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
fn facts(page: &mut String) {
    writeln!(page, "## 8. Feiten vastleggen en bevragen\n\nKind van tien, ingezetene, ingeschreven bij de school; elk loket in zijn gewone rol, zonder verdere betrokkenheid.\n").unwrap();
    let actions = [
        Action::RecordVoice,
        Action::WithdrawVoice,
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

/// What each receiver gets at most, read from real permits.
fn schemas(page: &mut String) {
    writeln!(
        page,
        "## 9. Welke velden\n\nMeer dan dit gaat nooit, welke deur er ook openstaat.\n"
    )
    .unwrap();
    let agreed = |kind, desk| {
        World::submitting(kind, desk)
            .aged(10)
            .says(A, VoiceKind::Agrees)
            .says(B, VoiceKind::Agrees)
    };
    let mut permits: BTreeMap<String, Decision> = BTreeMap::new();
    for &kind in SignalKind::ALL {
        for &desk in Desk::ALL {
            permits.insert(format!("{kind} aan {desk}"), agreed(kind, desk).decide());
        }
    }
    permits.insert(
        "elke soort zonder naam".into(),
        agreed(SignalKind::Preventief, Desk::AccessDesk)
            .with(|world| world.request.named = false)
            .decide(),
    );
    permits.insert(
        "antwoord op een bevraging".into(),
        keeping(Action::Ask, Desk::Leerplicht, 10).decide(),
    );
    for action in [Action::List, Action::Answer] {
        permits.insert(
            format!("{action}, op naam"),
            agreed(SignalKind::Aanmelding, Desk::AccessDesk)
                .then(action, Desk::AccessDesk)
                .decide(),
        );
        let anonymous = agreed(SignalKind::Preventief, Desk::AccessDesk)
            .with(|world| world.request.named = false);
        permits.insert(
            format!("{action}, zonder naam"),
            anonymous.then(action, Desk::AccessDesk).decide(),
        );
    }
    table(
        page,
        &[
            "wat",
            "vorm",
            "grondslag",
            "verwerking",
            "velden",
            "plichten",
        ],
    );
    for (what, decision) in permits {
        let Some(permit) = decision.permit() else {
            continue;
        };
        let fields: Vec<&str> = permit.fields().iter().map(Field::code).collect();
        let duties: Vec<String> = permit
            .obligations()
            .iter()
            .map(|due| {
                format!(
                    "{} door {} binnen {} werkdagen",
                    due.duty, due.owner, due.due_working_days
                )
            })
            .collect();
        row(
            page,
            &[
                what,
                permit.form().to_string(),
                permit.basis().to_string(),
                permit.activity().to_string(),
                fields.join(", "),
                duties.join("; "),
            ],
        );
    }
    writeln!(page).unwrap();
}

fn rules(page: &mut String) {
    writeln!(page, "## Alle regels\n").unwrap();
    table(page, &["regel", "zin", "bron", "logklasse"]);
    for rule in Rule::ALL {
        row(
            page,
            &[
                rule.id().into(),
                rule.sentence().into(),
                rule.source().into(),
                rule.record_class().to_string(),
            ],
        );
    }
    writeln!(page, "\n## Getallen\n").unwrap();
    table(page, &["wat", "vanaf", "waarde", "bron"]);
    let numbers = [
        UPPER_AGE
            .values
            .iter()
            .map(|(day, value)| (UPPER_AGE.name, *day, u32::from(*value), UPPER_AGE.source))
            .collect::<Vec<_>>(),
        ABSENCE_HOURS
            .values
            .iter()
            .map(|(day, value)| {
                (
                    ABSENCE_HOURS.name,
                    *day,
                    u32::from(*value),
                    ABSENCE_HOURS.source,
                )
            })
            .collect(),
        ABSENCE_WEEKS
            .values
            .iter()
            .map(|(day, value)| {
                (
                    ABSENCE_WEEKS.name,
                    *day,
                    u32::from(*value),
                    ABSENCE_WEEKS.source,
                )
            })
            .collect(),
        GROUP
            .values
            .iter()
            .map(|(day, value)| (GROUP.name, *day, *value, GROUP.source))
            .collect(),
        GROUP_RARE
            .values
            .iter()
            .map(|(day, value)| (GROUP_RARE.name, *day, *value, GROUP_RARE.source))
            .collect(),
    ];
    for (name, since, value, source) in numbers.into_iter().flatten() {
        row(
            page,
            &[
                name.into(),
                since.to_string(),
                value.to_string(),
                source.into(),
            ],
        );
    }
}
