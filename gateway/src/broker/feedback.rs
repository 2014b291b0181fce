// SPDX-License-Identifier: EUPL-1.2
//! The way back: what a receiver lets its sender know, as a disclosure in the other direction (RL-17).

use serde::{Deserialize, Serialize};
use sluis_policy::{AccessRequest, Action, Actor, Form, Moment, Oin, Party, Period, Purpose, Role};

use super::disclosure::Sieve;
use super::handling::HandlingStep;
use super::inbox::Looked;
use super::sealing::{SignalBody, open_json, seal_json};
use super::{Asker, Broker, KnownYouth, Ruling, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Reached};
use crate::vault::{Id, Place, RetentionClass, Unsealable, YouthKeys, fresh_id};
use sluis_policy::Field;

/// Status: how a signal stands with one of its receivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "status")]
pub enum SignalStatus {
    /// It came, and nothing was done with it yet.
    Received,
    /// It was taken up.
    TakenUp,
    /// Its sender was answered.
    Answered,
    /// It is closed.
    Closed,
    /// It was taken back.
    TakenBack,
}

impl SignalStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Received, Self::TakenUp, Self::Answered, Self::Closed, Self::TakenBack];

    /// Where a step leads.
    #[must_use]
    pub fn after(step: Action) -> Self {
        match step {
            Action::TakeUp => Self::TakenUp,
            Action::Answer => Self::Answered,
            Action::Close => Self::Closed,
            _ => Self::Received,
        }
    }

    /// As others read it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "ontvangen",
            Self::TakenUp => "in_behandeling",
            Self::Answered => "teruggekoppeld",
            Self::Closed => "afgerond",
            Self::TakenBack => "ingetrokken",
        }
    }
}

/// Feedback as it waits for the sender of a signal: the question that allowed it, and what it says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedbackBody {
    by: Party,
    role: Role,
    role_valid: Period,
    via: Option<Oin>,
    pub(crate) certificate: Oin,
    /// Whether the signal had come by name.
    pub(crate) named: bool,
    /// The coded next step.
    pub(crate) next_step: Option<String>,
    /// Free text.
    pub(crate) explanation: Option<String>,
}

// INVARIANT: free text does not print.
impl std::fmt::Debug for FeedbackBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FeedbackBody")
    }
}

impl FeedbackBody {
    pub(crate) fn seal(&self, keys: &YouthKeys, delivery: &Id) -> Result<Vec<u8>, Unsealable> {
        seal_json(keys, RetentionClass::Delivery, place(delivery), self)
    }

    pub(crate) fn open(sealed: &[u8], keys: &YouthKeys, delivery: &Id) -> Result<Self, Unsealable> {
        open_json(keys, RetentionClass::Delivery, place(delivery), sealed)
    }

    /// What stays when it has left: by whom it was given, nothing of what it said.
    pub(crate) fn emptied(&self) -> Self {
        Self { next_step: None, explanation: None, ..self.clone() }
    }

    /// Who gave it.
    pub(crate) fn by(&self) -> Party {
        self.by
    }

    /// The question as it was put when it was given.
    fn question(&self, signal: &SignalBody) -> AccessRequest {
        let actor = Actor { party: self.by, role: self.role, role_valid: self.role_valid, via: self.via };
        signal.question(actor, (Action::Answer, Purpose::Casusvoortgang), signal.facts.sender, self.named)
    }
}

fn place(delivery: &Id) -> Place<'_> {
    Place { table: "delivery", column: "sealed", row: delivery }
}

impl Broker {
    /// Decides again about feedback: whether it may still go to the sender of the signal (P3, RL-17).
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn decide_feedback_again(
        &self,
        asker: &Asker,
        youth: &KnownYouth,
        (signal, body): (&SignalBody, &FeedbackBody),
        moment: Moment,
    ) -> Result<Ruling, Trouble> {
        let facts = self.facts(Some(youth), signal.facts.sender, None, moment.today);
        self.rule(asker, body.question(signal), &facts, moment)
    }
}

/// The outbox entry for an answer; nothing when the way back lets nothing of it through.
pub(super) fn queued(
    looked: &Looked,
    ruling: &Ruling,
    step: &HandlingStep,
    now: i64,
) -> Result<Option<DeliveryRow>, Trouble> {
    let Some(permit) = ruling.permit().filter(|_| step.action == Action::Answer) else { return Ok(None) };
    let sieve = Sieve::of(permit.fields());
    let Actor { party: by, role, role_valid, via } = ruling.request.actor;
    let body = FeedbackBody {
        by,
        role,
        role_valid,
        via,
        certificate: ruling.certificate(),
        named: ruling.request.named,
        next_step: sieve.pass(Field::NextStep, step.next_step.clone()),
        explanation: sieve.pass(Field::Explanation, step.explanation.clone()),
    };
    // From a receiver that got no name only a coded next step comes back.
    if permit.form() == Form::Anonymous && body.next_step.is_none() {
        return Ok(None);
    }
    let (id, sender) = (fresh_id()?, looked.body.facts.sender);
    Ok(Some(DeliveryRow {
        id,
        signal: looked.signal,
        youth: looked.youth.id(),
        receiver: sender.organisation.as_str().to_owned(),
        desk: sender.desk.code().to_owned(),
        kind: DeliveryKind::Feedback,
        urgent: false,
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: 0,
        created_at: now,
        reached: Reached::Never,
        sealed: body.seal(&looked.youth.keys, &id)?,
    }))
}
