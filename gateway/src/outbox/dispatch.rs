// SPDX-License-Identifier: EUPL-1.2
//! A signal leaves: decided again, its dispatch record committed, and only then handed to its connector.

use sluis_connectors::desk::Delivery;
use sluis_connectors::verwijsindex::Report;
use sluis_connectors::{Message, Personal, Sender};
use sluis_policy::{Bsn, Field, LegalBasis, Moment, Party};

use super::Outbox;
use super::course::{Course, receiver};
use super::passage::Went;
use crate::broker::{Asker, Composed, DeliveryBody, Disclosure, KnownYouth, Ruling, SignalBody, Trouble};
use crate::clock::rfc3339;
use crate::http::trace::Trace;
use crate::ledger::Receipt;
use crate::ledger::unit::{DeliveryRow, Read};
use crate::register::Way;

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
    pub(super) async fn dispatch(&self, row: DeliveryRow) -> Result<Went, Trouble> {
        let Some(errand) = self.errand(row).await? else { return Ok(Went::Nowhere) };
        let moment = self.broker.now()?;
        let asker = Asker { certificate: errand.signal.certificate, professional: None, trace: errand.trace };
        let asked = (&errand.signal, &errand.body, errand.receiver);
        let ruling = self.broker.decide_again(&asker, &errand.youth, asked, moment)?;
        let (way, sender) = (self.way(&errand.row), errand.signal.facts.sender);
        let sent = self.next(&errand, &ruling, way.as_ref()).await?;
        let leaf = |word| ruling.course(&self.broker, &errand.youth.keys, errand.row.id, word);
        let (emptied, keys) = (errand.emptied()?, &errand.youth.keys);
        let course = Course { sent, emptied, sender, keys: Some(keys), leaf: &leaf };
        let committed = self.commit_decided(&ruling, (&errand.youth, errand.read), &course).await?;
        let Some(receipt) = committed else { return Ok(Went::Nowhere) };
        let message = self.message(&errand, &ruling, &receipt, moment)?.into_content();
        self.send(course, way.as_ref(), (&message, errand.trace)).await
    }

    /// What the row becomes by this try: held back, ready to be fetched, given up, or on its way.
    async fn next(&self, errand: &Errand, ruling: &Ruling, way: Option<&Way>) -> Result<DeliveryRow, Trouble> {
        let row = &errand.row;
        let Some(permit) = ruling.permit() else { return Ok(row.held_back(errand.emptied()?)) };
        if permit.basis() == LegalBasis::StatutoryIndexReport && errand.number().is_none() {
            // The index knows a youth by number only: without one there is nothing to report, and a person must look.
            return Ok(DeliveryRow { sealed: errand.emptied()?, ..row.failed() });
        }
        self.let_go(row, way).await
    }

    /// The row with what it points to; nothing when it is no longer due.
    async fn errand(&self, row: DeliveryRow) -> Result<Option<Errand>, Trouble> {
        let Some((row, read)) = self.fresh(&row).await? else { return Ok(None) };
        let (Some(stored), Some(receiver)) = (self.broker.store().signal(row.signal).await?, row.party()) else {
            return Err(Trouble::NotRecorded);
        };
        let youth = self.broker.youth(row.youth).await?;
        let signal = SignalBody::open(&stored.sealed, &youth.keys, &stored.id)?;
        let body = DeliveryBody::open(&row.sealed, &youth.keys, &row.id)?;
        Ok(Some(Errand { row, receiver, youth, signal, body, read, trace: Trace::continued(None) }))
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
                self.broker.compose(sieve, ruling, (&errand.youth, &errand.signal, &errand.body))?;
            Ok(Message::Delivery(Box::new(Delivery {
                bericht_id: id.clone(),
                signaal_id: id,
                soort: errand.signal.facts.kind.code().to_owned(),
                doel: errand.signal.facts.purpose.code().to_owned(),
                grondslag: basis.code().to_owned(),
                vorm: form.code().to_owned(),
                afzender: sender,
                ontvanger: receiver(&errand.row),
                jeugdige: youth,
                inhoud: content,
                verstuurd_op: sent_at,
            })))
        })?;
        made.transpose()
    }

    /// A party as the messages name who speaks.
    pub(super) fn sender(&self, party: Party) -> Sender {
        let name = self.broker.register.load().organisation(party.organisation).map(|found| found.name.clone());
        Sender {
            oin: party.organisation.to_string(),
            naam: name.unwrap_or_default(),
            loket: party.desk.code().to_owned(),
        }
    }
}

impl Errand {
    /// What stays of the body when its content has left, or must not leave.
    fn emptied(&self) -> Result<Vec<u8>, Trouble> {
        Ok(self.body.emptied().seal(&self.youth.keys, &self.row.id)?)
    }

    /// The number as the sender gave it, else the one that is known.
    fn number(&self) -> Option<&str> {
        self.body.number.as_deref().or(self.youth.number.as_ref().map(Bsn::expose))
    }
}
