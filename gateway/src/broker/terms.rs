// SPDX-License-Identifier: EUPL-1.2
//! What must follow from a decision, as rows with an owner and a day (P7).

use sluis_policy::calendar::working_days_after;
use sluis_policy::{Decision, Duty, Obligation, Owner, Party};

use super::duties::DutyBody;
use super::{InformLater, KnownYouth, Ruling, Trouble};
use crate::ledger::unit::{DutyState, ObligationRow};
use crate::vault::{Id, NO_YOUTH, YouthKeys, fresh_id};

/// How many working days a desk has to sort out what the gateway will not guess about.
const TO_SORT_OUT: u8 = 5;

/// How many working days a municipality has to name whom a school has. Nothing waits for it meanwhile.
const TO_NAME: u8 = 10;

/// The rows of a ruling's duties. `about` is the signal, or the decision where no signal came of it. That the sender hears why
/// is no row: the answer says it.
pub(super) fn rows(ruling: &Ruling, about: Id, youth: &KnownYouth) -> Result<Vec<ObligationRow>, Trouble> {
    rows_or_later(ruling, about, youth, None)
}

/// As [`rows`], where informing may wait: then it waits from the start, until the day that was named.
pub(super) fn rows_or_later(
    ruling: &Ruling,
    about: Id,
    youth: &KnownYouth,
    later: Option<&InformLater>,
) -> Result<Vec<ObligationRow>, Trouble> {
    let request = &ruling.request;
    let refused = matches!(ruling.decision, Decision::Refusal(_));
    let row = |duty: &Obligation| {
        let owner = match duty.owner {
            Owner::Sender | Owner::OtherProfessional => request.actor.party,
            Owner::Receiver | Owner::ProcessHolder | Owner::Controller => request.receiver,
        };
        // Who acted is known where it was done, and not to another desk that has something to do because of it.
        let body = if owner == request.actor.party {
            DutyBody::born(ruling, duty.owner == Owner::Sender)
        } else {
            DutyBody::of_another(ruling)
        };
        let (due_on, now) = working_days(ruling, duty.due_working_days);
        let (about, kind) = ((about, Some(&youth.keys)), duty.duty.code());
        let Some(later) = later.filter(|_| duty.duty == Duty::ReviewPostponement) else {
            return obligation(owner, about, (kind, &body), (due_on, now));
        };
        let waiting = body.waiting(later, due_on);
        let row = obligation(owner, about, (kind, &waiting), (later.review_on, now))?;
        Ok(ObligationRow { state: DutyState::Postponed, ..row })
    };
    // INVARIANT: what was refused gives its receiver nothing to do, because the receiver must not hear of it.
    let follows = |duty: &&Obligation| {
        duty.duty != Duty::Note && (!refused || matches!(duty.owner, Owner::Sender | Owner::OtherProfessional))
    };
    ruling.decision.obligations().iter().filter(follows).map(row).collect()
}

/// A duty for the sender's desk to sort something out that the gateway will not guess about.
pub(super) fn to_sort_out(
    ruling: &Ruling,
    about: Id,
    youth: &KnownYouth,
    kind: &str,
) -> Result<ObligationRow, Trouble> {
    let body = DutyBody::born(ruling, true);
    let due = working_days(ruling, TO_SORT_OUT);
    obligation(ruling.request.actor.party, (about, Some(&youth.keys)), (kind, &body), due)
}

/// A duty for the desk that received a signal, to mend what the directory lacks of it.
pub(super) fn to_mend_there(
    ruling: &Ruling,
    about: Id,
    youth: &KnownYouth,
    kind: &str,
) -> Result<ObligationRow, Trouble> {
    let body = DutyBody::of_another(ruling);
    let due = working_days(ruling, TO_NAME);
    obligation(ruling.request.receiver, (about, Some(&youth.keys)), (kind, &body), due)
}

fn working_days(ruling: &Ruling, days: u8) -> (jiff::civil::Date, i64) {
    (working_days_after(ruling.moment.today, days), ruling.moment.instant)
}

/// Verplichting: the one way in which a duty comes to be, with an owner and a day. It begins open. Without keys it is about a youth
/// that was erased, and nothing is kept of it but the row.
pub(crate) fn obligation(
    owner: Party,
    (about, keys): (Id, Option<&YouthKeys>),
    (kind, body): (&str, &DutyBody),
    (due_on, now): (jiff::civil::Date, i64),
) -> Result<ObligationRow, Trouble> {
    let id = fresh_id()?;
    Ok(ObligationRow {
        id,
        signal: about,
        youth: keys.map_or(NO_YOUTH, YouthKeys::youth),
        owner: owner.organisation.as_str().to_owned(),
        desk: owner.desk.code().to_owned(),
        kind: kind.to_owned(),
        due_on: due_on.to_string(),
        state: DutyState::Open,
        reminded_for: String::new(),
        created_at: now,
        sealed: keys.map(|keys| body.seal(keys, &id)).transpose()?.unwrap_or_default(),
    })
}
