// SPDX-License-Identifier: EUPL-1.2
//! A receiver is told that what it got is taken back. The notice carries nothing about anyone.

use sluis_connectors::Message;
use sluis_connectors::desk::{NoticeKind, Withdrawal};

use super::Outbox;
use super::course::{Course, receiver};
use super::passage::Went;
use crate::broker::{Again, Asker, KnownYouth, SignalBody, Trouble};
use crate::clock::rfc3339;
use crate::http::trace::Trace;
use crate::ledger::unit::{DeliveryRow, DeliveryState, Read, Unit};
use crate::register::Way;

impl Outbox {
    pub(super) async fn take_back(&self, row: DeliveryRow) -> Result<Went, Trouble> {
        let Some((row, read)) = self.fresh(&row).await? else { return Ok(Went::Nowhere) };
        let store = self.broker.store();
        let Some(signal) = store.signal(row.signal).await? else { return self.take_back_erased(row, read).await };
        let (moment, youth) = (self.broker.now()?, self.broker.youth(row.youth).await?);
        let signal = SignalBody::open(&signal.sealed, &youth.keys, &signal.id)?;
        let (way, trace) = (self.way(&row), Trace::continued(None));
        let (sent, word) = match self.pointless(&row, &signal, &youth).await? {
            Some(word) => (row.held_back(row.sealed.clone()), word),
            None => (self.let_go(&row, way.as_ref()).await?, gone(way.as_ref())),
        };
        // The youth's version moves too: a withdrawal that did not see this notice fall away must look again.
        let unit = Unit::record(self.broker.course(&youth, row.id, word)?).moving(youth.read).moving(read);
        let leaf = |word| self.broker.course(&youth, row.id, word);
        let (emptied, keys) = (sent.sealed.clone(), Some(&youth.keys));
        let course = Course { emptied, sent, sender: signal.facts.sender, keys, leaf: &leaf };
        if self.commit_try(unit, &course).await?.is_none() {
            return Ok(Went::Nowhere);
        }
        let message = Message::Withdrawal(notice(&row, moment.instant));
        self.send(course, way.as_ref(), (&message, trace)).await
    }

    /// What it takes back was erased meanwhile, and with it whether the notice is still needed: so it goes.
    async fn take_back_erased(&self, row: DeliveryRow, read: Read) -> Result<Went, Trouble> {
        let (moment, way) = (self.broker.now()?, self.way(&row));
        let sent = self.let_go(&row, way.as_ref()).await?;
        let unit = Unit::record(self.broker.course_of_nobody(row.id, gone(way.as_ref()))?).moving(read);
        let leaf = |word| self.broker.course_of_nobody(row.id, word);
        let (emptied, sender) = (sent.sealed.clone(), self.broker.own_desk());
        let course = Course { emptied, sent, sender, keys: None, leaf: &leaf };
        if self.commit_try(unit, &course).await?.is_none() {
            return Ok(Went::Nowhere);
        }
        let message = Message::Withdrawal(notice(&row, moment.instant));
        self.send(course, way.as_ref(), (&message, Trace::continued(None))).await
    }

    /// The word for why a notice need not go: what it takes back certainly never arrived, or it is not true any more,
    /// because what was taken back would be given again.
    async fn pointless(
        &self,
        notice: &DeliveryRow,
        signal: &SignalBody,
        youth: &KnownYouth,
    ) -> Result<Option<&'static str>, Trouble> {
        let taken_back = <[u8; 16]>::try_from(notice.sealed.as_slice()).map_err(|_| Trouble::NotRecorded)?;
        let Some(original) = self.broker.store().delivery(taken_back).await? else { return Ok(None) };
        if original.state == DeliveryState::Stopped {
            return Ok(Some("intrekking_niet_nodig"));
        }
        let asker = Asker { certificate: signal.certificate, professional: None, trace: Trace::continued(None) };
        let again = self.broker.decide_stored_again(&asker, youth, &original).await?;
        Ok(again.filter(Again::may_stay).map(|_| "intrekking_vervallen"))
    }
}

/// The word for a notice that goes.
fn gone(way: Option<&Way>) -> &'static str {
    match way {
        Some(Way::Delivered(_)) => "intrekking_verzonden",
        // Who comes and gets its signals sees in its inbox that this one is taken back.
        Some(Way::Fetched) => "intrekking_klaar",
        None => "intrekking_opgegeven",
    }
}

/// What is taken back stands in the row's body: the id by which the receiver knows it.
fn notice(row: &DeliveryRow, now: i64) -> Withdrawal {
    Withdrawal {
        bericht_id: hex::encode(row.id),
        soort: NoticeKind::Withdrawal,
        signaal_id: hex::encode(&row.sealed),
        ontvanger: receiver(row),
        verstuurd_op: rfc3339(now),
    }
}
