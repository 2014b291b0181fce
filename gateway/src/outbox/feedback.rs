// SPDX-License-Identifier: EUPL-1.2
//! Feedback leaves for the sender of a signal: decided again, its dispatch record committed, and only then handed to its
//! connector (RL-17). A sender that fetches finds it with its signal.

use sluis_connectors::school::Feedback;
use sluis_connectors::{Message, Personal};
use sluis_policy::{Action, Field};

use super::Outbox;
use super::course::{Course, receiver};
use super::passage::Went;
use crate::broker::{Asker, Disclosure, FeedbackBody, SignalBody, SignalStatus, Trouble};
use crate::clock::rfc3339;
use crate::http::trace::Trace;
use crate::ledger::unit::DeliveryRow;

impl Outbox {
    pub(super) async fn give_feedback(&self, row: DeliveryRow) -> Result<Went, Trouble> {
        let Some((row, read)) = self.fresh(&row).await? else { return Ok(Went::Nowhere) };
        let Some(signal) = self.broker.store().signal(row.signal).await? else { return Err(Trouble::NotRecorded) };
        let (moment, youth) = (self.broker.now()?, self.broker.youth(row.youth).await?);
        let signal = SignalBody::open(&signal.sealed, &youth.keys, &signal.id)?;
        let body = FeedbackBody::open(&row.sealed, &youth.keys, &row.id)?;
        let trace = Trace::continued(None);
        let asker = Asker { certificate: body.certificate, professional: None, trace };
        let ruling = self.broker.decide_feedback_again(&asker, &youth, (&signal, &body), moment)?;
        let (way, emptied) = (self.way(&row), body.emptied().seal(&youth.keys, &row.id)?);
        let sent = match ruling.permit() {
            None => row.held_back(emptied.clone()),
            Some(_) => self.let_go(&row, way.as_ref()).await?,
        };
        let leaf = |word| ruling.course(&self.broker, &youth.keys, row.id, word);
        let course = Course { sent, emptied, sender: body.by(), keys: Some(&youth.keys), leaf: &leaf };
        let committed = self.commit_decided(&ruling, (&youth, read), &course).await?;
        let Some(receipt) = committed else { return Ok(Went::Nowhere) };
        let made = Disclosure::permitted(&ruling, &receipt, |sieve| {
            let status = SignalStatus::after(Action::Answer).code().to_owned();
            Message::Feedback(Feedback {
                bericht_id: hex::encode(row.id),
                signaal_id: hex::encode(row.signal),
                afzender: self.sender(body.by()),
                ontvanger: receiver(&row),
                status: sieve.pass(Field::Status, status),
                vervolgstap: sieve.pass(Field::NextStep, body.next_step.clone()),
                toelichting: sieve.pass(Field::Explanation, body.explanation.as_deref().map(Personal::new)),
                verstuurd_op: rfc3339(moment.instant),
            })
        })?;
        self.send(course, way.as_ref(), (&made.into_content(), trace)).await
    }
}
