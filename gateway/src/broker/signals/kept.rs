// SPDX-License-Identifier: EUPL-1.2
//! What is kept of a signal that goes somewhere, and of each of its deliveries.

use sluis_policy::routing::Routing;
use sluis_policy::{Form, LegalBasis, Party, Permit};

use super::super::sealing::{DeliveryBody, IntakeOutcome, SignalBody};
use super::super::{Besides, KnownYouth, Ruling, Trouble};
use super::NewSignal;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Reached};
use crate::vault::{Id, fresh_id};

/// The question as it was put and what was decided, for every later decision about this signal.
pub(super) fn body_of((new, routing): (&NewSignal, &Routing), first: &Ruling, rulings: &[Ruling]) -> SignalBody {
    let outcome = |ruling: &Ruling| IntakeOutcome {
        receiver: ruling.request.receiver,
        rule: ruling.decision.rule(),
        form: ruling.permit().map(Permit::form),
        led: routing.legs.iter().find(|leg| leg.party == ruling.request.receiver).cloned(),
    };
    SignalBody {
        facts: new.facts.clone(),
        role: first.request.actor.role,
        role_valid: first.request.actor.role_valid,
        via: first.request.actor.via,
        certificate: first.certificate(),
        location: new.location.clone(),
        outcomes: rulings.iter().map(outcome).collect(),
        gaps: routing.gaps.clone(),
    }
}

/// A delivery to one receiver, in the form that was permitted.
pub(super) fn queued(
    new: &NewSignal,
    youth: &KnownYouth,
    (signal, now): (Id, i64),
    receiver: Party,
    permit: &Permit,
) -> Result<DeliveryRow, Trouble> {
    let id = fresh_id()?;
    let named = permit.form() != Form::Anonymous;
    // What may not go is not kept for going: an anonymous delivery holds no words of the sender (RL-23).
    let of_nobody = youth.is_nobody();
    let body = DeliveryBody {
        named,
        number: new.number.as_ref().map(|number| number.expose().to_owned()).filter(|_| named),
        description: new.description.clone().filter(|_| named),
        discussed_on: new.discussed_on.filter(|_| named),
        contact: new.contact.clone().filter(|_| named || of_nobody),
        besides: if named || of_nobody { new.besides.clone() } else { Besides::default() },
    };
    Ok(DeliveryRow {
        id,
        signal,
        youth: youth.id(),
        receiver: receiver.organisation.as_str().to_owned(),
        desk: receiver.desk.code().to_owned(),
        kind: DeliveryKind::Signal,
        urgent: !matches!(permit.basis(), LegalBasis::Consent | LegalBasis::AnonymousForm),
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: 0,
        created_at: now,
        reached: Reached::Never,
        sealed: body.seal(&youth.keys, &id)?,
    })
}
