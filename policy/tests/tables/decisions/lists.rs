// SPDX-License-Identifier: EUPL-1.2
//! Section 9 and the lists: fields, rules, numbers.

use std::collections::BTreeMap;
use std::fmt::Write;

use sluis_policy::parameters::{
    ABSENCE_HOURS, ABSENCE_WEEKS, ASK_AHEAD_DAYS, DECISION_WEEKS, GROUP, GROUP_RARE, HOME_MONTHS, INDEX_YEARS,
    Parameter, RMC_AGE, UPPER_AGE,
};
use sluis_policy::*;

use super::{row, table};
use crate::world::*;

/// What each receiver gets at most, read from real permits.
pub(super) fn schemas(page: &mut String) {
    writeln!(page, "## 9. Welke velden\n\nMeer dan dit gaat nooit, welke deur er ook openstaat.\n").unwrap();
    let agreed =
        |kind, desk| World::submitting(kind, desk).aged(10).says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
    let mut permits: BTreeMap<String, Decision> = BTreeMap::new();
    for &kind in SignalKind::ALL {
        for &desk in Desk::ALL {
            permits.insert(format!("{kind} aan {desk}"), agreed(kind, desk).decide());
        }
    }
    permits.insert(
        "elke soort zonder naam".into(),
        agreed(SignalKind::Preventief, Desk::AccessDesk).with(|world| world.request.named = false).decide(),
    );
    permits.insert("antwoord op een bevraging".into(), keeping(Action::Ask, Desk::Leerplicht, 10).decide());
    for action in [Action::List, Action::Answer] {
        permits.insert(
            format!("{action}, op naam"),
            agreed(SignalKind::Aanmelding, Desk::AccessDesk).then(action, Desk::AccessDesk).decide(),
        );
        let anonymous = agreed(SignalKind::Preventief, Desk::AccessDesk).with(|world| world.request.named = false);
        permits.insert(format!("{action}, zonder naam"), anonymous.then(action, Desk::AccessDesk).decide());
    }
    table(page, &["wat", "vorm", "grondslag", "verwerking", "velden", "plichten"]);
    for (what, decision) in permits {
        let Some(permit) = decision.permit() else {
            continue;
        };
        let fields: Vec<&str> = permit.fields().iter().map(Field::code).collect();
        let duties: Vec<String> = permit
            .obligations()
            .iter()
            .map(|due| format!("{} door {} binnen {} werkdagen", due.duty, due.owner, due.due_working_days))
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

pub(super) fn rules(page: &mut String) {
    writeln!(page, "## Alle regels\n").unwrap();
    table(page, &["regel", "zin", "bron", "logklasse"]);
    for rule in Rule::ALL {
        row(page, &[rule.id().into(), rule.sentence().into(), rule.source().into(), rule.record_class().to_string()]);
    }
    writeln!(page, "\n## Getallen\n").unwrap();
    table(page, &["wat", "vanaf", "waarde", "bron"]);
    let numbers = [
        lines(UPPER_AGE),
        lines(RMC_AGE),
        lines(ABSENCE_HOURS),
        lines(ABSENCE_WEEKS),
        lines(GROUP),
        lines(GROUP_RARE),
        lines(INDEX_YEARS),
        lines(ASK_AHEAD_DAYS),
        lines(DECISION_WEEKS),
        lines(HOME_MONTHS),
    ];
    for (name, since, value, source) in numbers.into_iter().flatten() {
        row(page, &[name.into(), since.to_string(), value.to_string(), source.into()]);
    }
}

/// Every value of a parameter, with the day from which it holds.
fn lines<T: Copy + Into<u32>>(parameter: Parameter<T>) -> Vec<(&'static str, jiff::civil::Date, u32, &'static str)> {
    let of = |(since, value): &(jiff::civil::Date, T)| (parameter.name, *since, (*value).into(), parameter.source);
    parameter.values.iter().map(of).collect()
}
