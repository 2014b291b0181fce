// SPDX-License-Identifier: EUPL-1.2
//! What must follow from a decision, as rows with an owner and a day (P7).

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use sluis_policy::{Obligation, Owner, Party};

use super::{Ruling, Trouble};
use crate::ledger::unit::ObligationRow;
use crate::vault::{Id, fresh_id};

/// The rows of a ruling's duties. `about` is the signal, or the decision where no signal came of it.
pub(super) fn rows(ruling: &Ruling, about: Id, youth: Id) -> Result<Vec<ObligationRow>, Trouble> {
    let request = &ruling.request;
    let row = |duty: &Obligation| {
        let Party { organisation, desk } = match duty.owner {
            Owner::Sender | Owner::OtherProfessional => request.actor.party,
            Owner::Receiver => request.receiver,
        };
        Ok(ObligationRow {
            id: fresh_id()?,
            signal: about,
            youth,
            owner: organisation.as_str().to_owned(),
            desk: desk.code().to_owned(),
            kind: duty.duty.code().to_owned(),
            due_on: working_days_after(ruling.moment.today, duty.due_working_days).to_string(),
            state: "open".to_owned(),
            created_at: ruling.moment.instant,
        })
    };
    ruling.decision.obligations().iter().map(row).collect()
}

/// A duty for the sender's desk to sort something out that the gateway will not guess about.
pub(super) fn to_sort_out(ruling: &Ruling, about: Id, youth: Id, kind: &str) -> Result<ObligationRow, Trouble> {
    let Party { organisation, desk } = ruling.request.actor.party;
    Ok(ObligationRow {
        id: fresh_id()?,
        signal: about,
        youth,
        owner: organisation.as_str().to_owned(),
        desk: desk.code().to_owned(),
        kind: kind.to_owned(),
        due_on: working_days_after(ruling.moment.today, 5).to_string(),
        state: "open".to_owned(),
        created_at: ruling.moment.instant,
    })
}

/// The day so many working days later. Saturdays and Sundays do not count; public holidays still do.
pub(super) fn working_days_after(day: Date, days: u8) -> Date {
    let mut due = day;
    for _ in 0..days {
        due = next_working_day(due);
    }
    due
}

fn next_working_day(day: Date) -> Date {
    let mut next = day;
    loop {
        next = next.saturating_add(1.day());
        if !matches!(next.weekday(), Weekday::Saturday | Weekday::Sunday) || next == Date::MAX {
            return next;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekends_do_not_count() {
        for (from, days, due) in [
            (date(2026, 11, 20), 0, date(2026, 11, 20)),
            (date(2026, 11, 20), 1, date(2026, 11, 23)),
            (date(2026, 11, 22), 1, date(2026, 11, 23)),
            (date(2026, 11, 23), 5, date(2026, 11, 30)),
            (date(2026, 12, 31), 2, date(2027, 1, 4)),
        ] {
            assert_eq!(working_days_after(from, days), due, "{from} + {days}");
        }
    }
}
