// SPDX-License-Identifier: EUPL-1.2
//! A signal leaves: decided again, its dispatch record committed, and only then handed to its connector.

use sluis_connectors::desk::Delivery;
use sluis_connectors::verwijsindex::Report;
use sluis_connectors::{Message, Personal, Receiver, Sender};
use sluis_policy::{Bsn, Field, LegalBasis, Moment, Party};

use super::Outbox;
use super::course::{LEASE, doubted};
use crate::broker::{
    Asker, Composed, DeliveryBody, Disclosure, KnownYouth, Ruling, SignalBody, Trouble, party_of, stopped,
};
use crate::clock::rfc3339;
use crate::http::trace::Trace;
use crate::ledger::unit::{DeliveryRow, DeliveryState, Read, Subject, Unit};
use crate::ledger::{Outcome, Receipt};

/// One delivery with everything that a try needs.
struct Errand {
    row: DeliveryRow,
    receiver: Party,
    youth: KnownYouth,
    signal: SignalBody,
    body: DeliveryBody,
    read: Read,
    trace: Trace,
}

impl Outbox {
    pub(super) async fn dispatch(&self, row: DeliveryRow) -> Result<(), Trouble> {
        let Some(errand) = self.errand(row).await? else { return Ok(()) };
        let moment = self.broker.now()?;
        let ruling = self.decide_again(&errand, moment)?;
        let next = self.next(&errand, &ruling, moment)?;
        let reads = vec![errand.youth.read, errand.read];
        let record = ruling.record_reading(&self.broker, &errand.youth, errand.row.id, reads)?;
        // The youth's version moves too: a withdrawal that did not see this dispatch must look again, and send its notice.
        let mut unit = Unit::record(record).moving(errand.youth.read).moving(errand.read).with_delivery(next.clone());
        if next.state == DeliveryState::Failed {
            unit = unit.with_obligation(self.look_into(&next, errand.signal.facts.sender)?);
        }
        let Outcome::Committed(receipt) = self.broker.ledger().commit(unit).await? else {
            // Something moved: the next look decides again.
            return Ok(());
        };
        let (DeliveryState::Dispatched, Some(address)) = (next.state, self.address(errand.receiver)) else {
            return Ok(());
        };
        let message = self.message(&errand, &ruling, &receipt, moment)?.into_content();
        let went = self.broker.outbound.with_trace(&errand.trace.to_string()).deliver(&address, &message).await;
        let emptied = errand.body.emptied().seal(&errand.youth.keys, &next.id)?;
        let keys = &errand.youth.keys;
        let leaf = |word| ruling.course(&self.broker, keys, next.id, word);
        self.record_course((&next, doubted(&errand.row), emptied), went.map(|_| ()), errand.signal.facts.sender, &leaf)
            .await
    }

    /// What the row becomes by this try: held back, ready to be fetched, given up, or on its way.
    fn next(&self, errand: &Errand, ruling: &Ruling, moment: Moment) -> Result<DeliveryRow, Trouble> {
        let row = &errand.row;
        let emptied = || errand.body.emptied().seal(&errand.youth.keys, &row.id);
        let Some(permit) = ruling.permit() else {
            return Ok(stopped(row, emptied()?));
        };
        if permit.basis() == LegalBasis::StatutoryIndexReport && errand.number().is_none() {
            // The index knows a youth by number only: without one there is nothing to report, and a person must look.
            return Ok(DeliveryRow { state: DeliveryState::Failed, sealed: emptied()?, ..row.clone() });
        }
        Ok(if self.address(errand.receiver).is_none() {
            DeliveryRow { state: DeliveryState::Available, due_at: moment.instant, ..row.clone() }
        } else {
            let (attempts, due_at) = (row.attempts + 1, moment.instant + LEASE);
            DeliveryRow { state: DeliveryState::Dispatched, attempts, due_at, ..row.clone() }
        })
    }

    /// The row with what it points to; nothing when it is no longer due.
    async fn errand(&self, row: DeliveryRow) -> Result<Option<Errand>, Trouble> {
        let subject = Subject::signal(row.signal);
        let read = Read { subject, version: self.broker.store().version(subject).await? };
        // INVARIANT: the row is read again after the version, so that a row of another version never goes with it.
        let row = match self.broker.store().delivery(row.id).await? {
            Some(fresh) if fresh.state == row.state && fresh.due_at == row.due_at => fresh,
            _ => return Ok(None),
        };
        let (Some(stored), Some(receiver)) = (self.broker.store().signal(row.signal).await?, party_of(&row)) else {
            return Err(Trouble::NotRecorded);
        };
        let youth = self.broker.youth(row.youth).await?;
        let signal = SignalBody::open(&stored.sealed, &youth.keys, &stored.id)?;
        let body = DeliveryBody::open(&row.sealed, &youth.keys, &row.id)?;
        Ok(Some(Errand { row, receiver, youth, signal, body, read, trace: Trace::continued(None) }))
    }

    fn decide_again(&self, errand: &Errand, moment: Moment) -> Result<Ruling, Trouble> {
        let asker = Asker { certificate: errand.signal.certificate, professional: None, trace: errand.trace };
        let group = Some((errand.signal.facts.sender.organisation, errand.signal.location.as_deref()));
        let facts = self.broker.facts(Some(&errand.youth), errand.receiver, group, moment.today);
        self.broker.rule(&asker, errand.signal.dispatch(errand.receiver, errand.body.named), &facts, moment)
    }

    /// The message, made only from what the permit lets through and only with its receipt.
    fn message(
        &self,
        errand: &Errand,
        ruling: &Ruling,
        receipt: &Receipt,
        moment: Moment,
    ) -> Result<Disclosure<Message>, Trouble> {
        let (basis, form) =
            ruling.permit().map(|permit| (permit.basis(), permit.form())).ok_or(Trouble::NotRecorded)?;
        let sender = self.sender(errand.signal.facts.sender);
        let sent_at = rfc3339(moment.instant);
        let id = hex::encode(errand.row.id);
        let made = Disclosure::permitted(ruling, receipt, |sieve| {
            if basis == LegalBasis::StatutoryIndexReport {
                let nummer = sieve.pass(Field::Bsn, errand.number().map(Personal::new)).ok_or(Trouble::NotRecorded)?;
                return Ok(Message::Report(Report { bericht_id: id, melder: sender, nummer, gemeld_op: sent_at }));
            }
            let Composed { youth, content } =
                self.broker.compose(sieve, errand.receiver, (&errand.youth, &errand.signal, &errand.body), moment)?;
            Ok(Message::Delivery(Box::new(Delivery {
                bericht_id: id.clone(),
                signaal_id: id,
                soort: errand.signal.facts.kind.code().to_owned(),
                doel: errand.signal.facts.purpose.code().to_owned(),
                grondslag: basis.code().to_owned(),
                vorm: form.code().to_owned(),
                afzender: sender,
                ontvanger: Receiver {
                    oin: errand.receiver.organisation.to_string(),
                    loket: errand.receiver.desk.code().to_owned(),
                },
                jeugdige: youth,
                inhoud: content,
                verstuurd_op: sent_at,
            })))
        })?;
        made.transpose()
    }

    fn sender(&self, party: Party) -> Sender {
        let name = self.broker.register.load().organisation(party.organisation).map(|found| found.name.clone());
        Sender {
            oin: party.organisation.to_string(),
            naam: name.unwrap_or_default(),
            loket: party.desk.code().to_owned(),
        }
    }
}

impl Errand {
    /// The number as the sender gave it, else the one that is known.
    fn number(&self) -> Option<&str> {
        self.body.number.as_deref().or(self.youth.number.as_ref().map(Bsn::expose))
    }
}
