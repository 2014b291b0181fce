// SPDX-License-Identifier: EUPL-1.2
//! A receiver is told that what it got is taken back. The notice carries nothing about anyone.

use sluis_connectors::desk::{NoticeKind, Withdrawal};
use sluis_connectors::{Message, Receiver};

use super::Outbox;
use super::course::LEASE;
use crate::broker::{SignalBody, Trouble, party_of};
use crate::clock::rfc3339;
use crate::ledger::Outcome;
use crate::ledger::unit::{DeliveryRow, DeliveryState, Read, Subject, Unit};

impl Outbox {
    pub(super) async fn take_back(&self, row: DeliveryRow) -> Result<(), Trouble> {
        let store = self.broker.store();
        let subject = Subject::signal(row.signal);
        let read = Read { subject, version: store.version(subject).await? };
        let row = match store.delivery(row.id).await? {
            Some(fresh) if fresh.state == row.state && fresh.due_at == row.due_at => fresh,
            _ => return Ok(()),
        };
        let (Some(receiver), Some(signal)) = (party_of(&row), store.signal(row.signal).await?) else {
            return Err(Trouble::NotRecorded);
        };
        // A delivery that was held back before it could arrive is no news for its receiver.
        let taken_back = <[u8; 16]>::try_from(row.sealed.as_slice()).map_err(|_| Trouble::NotRecorded)?;
        let original = store.delivery(taken_back).await?;
        let never_arrived =
            original.is_some_and(|original| original.state == DeliveryState::Stopped && original.attempts == 0);
        let (moment, youth) = (self.broker.now()?, self.broker.youth(row.youth).await?);
        let sender = SignalBody::open(&signal.sealed, &youth.keys, &signal.id)?.facts.sender;
        let address = self.address(receiver).filter(|_| !never_arrived);
        let (next, word) = match &address {
            None if never_arrived => (DeliveryRow { state: DeliveryState::Stopped, ..row }, "intrekking_niet_nodig"),
            // Who comes and gets its signals sees in its inbox that this one is taken back.
            None => {
                (DeliveryRow { state: DeliveryState::Available, due_at: moment.instant, ..row }, "intrekking_klaar")
            }
            Some(_) => {
                let (attempts, due_at) = (row.attempts + 1, moment.instant + LEASE);
                (DeliveryRow { state: DeliveryState::Dispatched, attempts, due_at, ..row }, "intrekking_verzonden")
            }
        };
        let unit = Unit::record(self.broker.course(&youth, next.id, word)?).moving(read).with_delivery(next.clone());
        let (Outcome::Committed(_), Some(address)) = (self.broker.ledger().commit(unit).await?, address) else {
            return Ok(());
        };
        let message = Message::Withdrawal(notice(&next, moment.instant));
        let went = self.broker.outbound.deliver(&address, &message).await;
        let leaf = |word| self.broker.course(&youth, next.id, word);
        self.record_course((&next, false, next.sealed.clone()), went.map(|_| ()), sender, &leaf).await
    }
}

/// What is taken back stands in the row's body: the id by which the receiver knows it.
fn notice(row: &DeliveryRow, now: i64) -> Withdrawal {
    Withdrawal {
        bericht_id: hex::encode(row.id),
        soort: NoticeKind::Withdrawal,
        signaal_id: hex::encode(&row.sealed),
        ontvanger: Receiver { oin: row.receiver.clone(), loket: row.desk.clone() },
        verstuurd_op: rfc3339(now),
    }
}
