// SPDX-License-Identifier: EUPL-1.2
//! What does not get through in time is told to whoever sent it, while trying goes on: who thinks that a desk knows, and it
//! does not, must hear so while there is still time to ring (P7).

use sluis_policy::Party;

use super::Outbox;
use super::course::LOOK_INTO;
use crate::broker::{FeedbackBody, KnownYouth, SignalBody, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, Unit};
use crate::store::reading::StoredSignal;

/// How long a delivery may wait before its sender hears, in microseconds: an hour where it is urgent, a day otherwise.
const URGENT_PATIENCE: i64 = 3_600_000_000;
const PATIENCE: i64 = 24 * URGENT_PATIENCE;

/// How many are told of at a look.
const AT_A_LOOK: i64 = 64;

/// The word in the record.
const LATE: &str = "niet_tijdig_afgeleverd";

impl Outbox {
    /// Gives the senders of what is late the duty to see to it. What cannot be told now is looked at again.
    pub(super) async fn tell_of_late(&self) {
        let late = self.late().await.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "what is late cannot be read");
            Vec::new()
        });
        for row in late {
            // One that cannot be opened keeps no other waiting.
            if let Err(trouble) = self.tell_of(row).await {
                tracing::warn!(%trouble, "a sender could not be told of what is late");
            }
        }
    }

    async fn late(&self) -> Result<Vec<DeliveryRow>, Trouble> {
        let now = self.broker.now()?.instant;
        Ok(self.broker.store().late((now - URGENT_PATIENCE, now - PATIENCE), LOOK_INTO, AT_A_LOOK).await?)
    }

    /// INVARIANT: the row is read again after the version that every step with it moves, so that of two gateways one tells.
    async fn tell_of(&self, row: DeliveryRow) -> Result<(), Trouble> {
        let Some((row, read)) = self.fresh(&row).await? else { return Ok(()) };
        let youth = match self.broker.store().signal(row.signal).await? {
            Some(signal) => Some((self.broker.youth(row.youth).await?, signal)),
            None => None,
        };
        let (leaf, desk) = match &youth {
            Some((youth, signal)) => (self.broker.course(youth, row.id, LATE)?, who_sent(&row, signal, youth)?),
            // A notice about what is erased: this gateway's own people see to it.
            None => (self.broker.course_of_nobody(row.id, LATE)?, self.broker.own_desk()),
        };
        let about = (row.signal, youth.as_ref().map(|(youth, _)| &youth.keys));
        let unit = self.with_duty(Unit::record(leaf).moving(read), about, desk).await?;
        // Where something moved meanwhile, the next look tells.
        self.broker.ledger().commit(unit).await?;
        Ok(())
    }
}

/// Whose desk thinks that the message is with its receiver.
fn who_sent(row: &DeliveryRow, signal: &StoredSignal, youth: &KnownYouth) -> Result<Party, Trouble> {
    Ok(match row.kind {
        DeliveryKind::Signal | DeliveryKind::Withdrawal => {
            SignalBody::open(&signal.sealed, &youth.keys, &signal.id)?.facts.sender
        }
        DeliveryKind::Feedback => FeedbackBody::open(&row.sealed, &youth.keys, &row.id)?.by(),
    })
}
