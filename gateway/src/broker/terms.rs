// SPDX-License-Identifier: EUPL-1.2
//! What must follow from a decision, as rows with an owner and a day (P7).

use sluis_policy::calendar::working_days_after;
use sluis_policy::{Moment, Obligation, Owner, Party};

use super::{Ruling, Trouble};
use crate::ledger::unit::ObligationRow;
use crate::vault::{Id, fresh_id};

/// How many working days a desk has to sort out what the gateway will not guess about.
const TO_SORT_OUT: u8 = 5;

/// The rows of a ruling's duties. `about` is the signal, or the decision where no signal came of it.
pub(super) fn rows(ruling: &Ruling, about: Id, youth: Id) -> Result<Vec<ObligationRow>, Trouble> {
    let request = &ruling.request;
    let row = |duty: &Obligation| {
        let owner = match duty.owner {
            Owner::Sender | Owner::OtherProfessional => request.actor.party,
            Owner::Receiver | Owner::ProcessHolder | Owner::Controller => request.receiver,
        };
        obligation(owner, (about, youth), duty.duty.code(), (ruling.moment, duty.due_working_days))
    };
    ruling.decision.obligations().iter().map(row).collect()
}

/// A duty for the sender's desk to sort something out that the gateway will not guess about.
pub(super) fn to_sort_out(ruling: &Ruling, about: Id, youth: Id, kind: &str) -> Result<ObligationRow, Trouble> {
    obligation(ruling.request.actor.party, (about, youth), kind, (ruling.moment, TO_SORT_OUT))
}

/// Verplichting: the one way in which a duty comes to be, with an owner and a day. It begins open.
pub(crate) fn obligation(
    owner: Party,
    (about, youth): (Id, Id),
    kind: &str,
    (moment, working_days): (Moment, u8),
) -> Result<ObligationRow, Trouble> {
    Ok(ObligationRow {
        id: fresh_id()?,
        signal: about,
        youth,
        owner: owner.organisation.as_str().to_owned(),
        desk: owner.desk.code().to_owned(),
        kind: kind.to_owned(),
        due_on: working_days_after(moment.today, working_days).to_string(),
        state: "open".to_owned(),
        created_at: moment.instant,
    })
}
