// SPDX-License-Identifier: EUPL-1.2
//! Vernietigen: what is kept of a youth, what stands in the way of erasing it, and what follows for others (RL-24).

use std::collections::BTreeSet;

use sluis_policy::calendar::working_days_after;
use sluis_policy::{Moment, Party};

use super::Trouble;
use super::duties::DutyBody;
pub(crate) use super::sealing::Hold;
use super::sealing::{SignalBody, YouthFact};
use super::terms::obligation;
use crate::ledger::erasure::Erasure;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, ObligationRow, Read, Subject, Unit};
use crate::store::engine::Writer;
use crate::store::kept::{KeptRows, KeptSignal};
use crate::vault::{Id, RetentionClass, Vault, YouthKeys};

mod lapsing;

pub(crate) use self::lapsing::{Due, Gone};

/// The duty of who sent a signal that was erased before it came to rest.
const LOOK_INTO: &str = "vernietiging_nagaan";

/// How many working days a desk has for that.
const TO_LOOK_INTO: u8 = 5;

/// Wat er ligt: everything that is kept of one youth, with its keys open.
#[derive(Debug)]
#[doc(alias = "wat er ligt")]
pub(crate) struct Kept {
    rows: KeptRows,
    keys: YouthKeys,
    facts: Vec<YouthFact>,
}

/// Beletsel: why nothing is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[doc(alias = "beletsel")]
pub(crate) enum Obstacle {
    #[error("van deze jeugdige ligt hier niets (meer)")]
    Nothing,
    #[error("deze klasse is al vernietigd")]
    Gone,
    #[error(
        "de vernietiging is opgeschort (een procedure, klacht, onderzoek, vordering of bewaarplicht): eerst moet iemand de \
         opschorting beëindigen"
    )]
    Held,
    #[error("er is nog iets onderweg dat de wet of de veiligheid vraagt: wacht tot het is aangekomen")]
    UnderWay,
    #[error(
        "wie het is en wat er loopt gaat eerst, dan wat er is gezegd, dan wie er keek: klassen gaan in die volgorde"
    )]
    OutOfOrder,
}

impl Obstacle {
    /// As recorded.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Nothing => "niets",
            Self::Gone => "al_vernietigd",
            Self::Held => "opgeschort",
            Self::UnderWay => "onderweg",
            Self::OutOfOrder => "volgorde",
        }
    }
}

impl Kept {
    /// Everything that is kept of a youth, as this connection sees it.
    pub(crate) async fn on(writer: &mut dyn Writer, vault: &Vault, youth: Id) -> Result<Self, Trouble> {
        let rows = KeptRows::on(writer, youth).await?;
        let keys = vault.open_keys(youth, rows.youth.wrapped())?;
        let read = Read { subject: Subject::youth(youth), version: rows.youth.version };
        let legible = |fact: &&crate::store::reading::StoredFact| {
            RetentionClass::from_code(&fact.class).is_some_and(|class| keys.holds(class))
        };
        let facts = rows.youth.facts.iter().filter(legible).map(|fact| YouthFact::open(fact, read, &keys));
        let facts = facts.collect::<Result<_, _>>()?;
        Ok(Self { rows, keys, facts })
    }

    /// Whose it is.
    pub(crate) fn youth(&self) -> Id {
        self.keys.youth()
    }

    /// What stands in the way of erasing these classes.
    pub(crate) fn obstacle(&self, classes: &[RetentionClass]) -> Option<Obstacle> {
        let order = RetentionClass::FROM_THE_START;
        let left = |class: &&RetentionClass| self.keys.holds(**class) && !classes.contains(class);
        let last = order.iter().rposition(|class| classes.contains(class)).unwrap_or_default();
        if !order.iter().any(|class| self.keys.holds(*class)) {
            Some(Obstacle::Nothing)
        } else if classes.iter().any(|class| !self.keys.holds(*class)) {
            Some(Obstacle::Gone)
        } else if order.iter().take(last).any(|class| left(&class)) {
            Some(Obstacle::OutOfOrder)
        } else if self.holds().any(|_| true) {
            Some(Obstacle::Held)
        } else {
            self.rows.deliveries.iter().any(must_arrive).then_some(Obstacle::UnderWay)
        }
    }

    /// The classes among these that are not erased yet.
    pub(crate) fn left_of(&self, classes: &[RetentionClass]) -> Vec<RetentionClass> {
        classes.iter().copied().filter(|class| self.keys.holds(*class)).collect()
    }

    /// The holds that stand.
    pub(crate) fn holds(&self) -> impl Iterator<Item = &Hold> {
        let held = |fact: &YouthFact| if let YouthFact::Held(hold) = fact { Some(hold.id) } else { None };
        let ids: BTreeSet<Id> = self.facts.iter().filter_map(held).collect();
        let last = move |id: Id| {
            let of_this = self.facts.iter().rev().filter_map(|fact| match fact {
                YouthFact::Held(hold) if hold.id == id => Some(hold),
                _ => None,
            });
            of_this.take(1).next()
        };
        ids.into_iter().filter_map(last).filter(|hold| hold.stands)
    }

    /// A unit with one more version of a hold.
    pub(crate) fn held(&self, unit: Unit, vault: &Vault, hold: Hold, now: i64) -> Result<Unit, Trouble> {
        let mut keys = self.keys.clone();
        let made = if keys.holds(RetentionClass::Hold) {
            None
        } else {
            Some(vault.fresh_key(&mut keys, RetentionClass::Hold)?)
        };
        let fact = YouthFact::Held(hold).sealed((&keys, self.read()), unit.next_ordinal(self.read().subject), now)?;
        let unit: Unit = made.into_iter().fold(unit, Unit::with_key);
        Ok(unit.with_fact(self.read(), fact))
    }

    /// A unit that erases these classes, with what follows for others.
    pub(crate) fn erased(&self, unit: Unit, classes: &[RetentionClass], moment: Moment) -> Result<Unit, Trouble> {
        let mut unit = unit.moving(self.read());
        if classes.contains(&RetentionClass::Delivery) {
            unit = self.rows.signals.iter().fold(unit, |unit, signal| unit.moving(signal.read));
            unit = self.duties(moment)?.into_iter().fold(unit, Unit::with_obligation);
        }
        Ok(unit.erasing(self.erasure(classes)))
    }

    /// What the database must do to erase these classes. With the last of them goes why it had to wait.
    pub(crate) fn erasure(&self, classes: &[RetentionClass]) -> Erasure {
        let mut classes = classes.to_vec();
        if classes.contains(&RetentionClass::AccessRecord) && self.keys.holds(RetentionClass::Hold) {
            classes.push(RetentionClass::Hold);
        }
        Erasure {
            youth: self.keys.youth(),
            classes,
            made: self.facts.iter().flat_map(made_by).collect(),
            deliveries: i64::try_from(self.rows.deliveries.len()).unwrap_or(i64::MAX),
            lapsed: Vec::new(),
        }
    }

    /// What has not come to rest and ends by the erasure. What takes something back is not among it: it goes on.
    pub(crate) fn ended(&self) -> impl Iterator<Item = &DeliveryRow> {
        self.rows.deliveries.iter().filter(|row| row.kind != DeliveryKind::Withdrawal && is_open(row))
    }

    /// What receivers have, or may have: who erases sees to it that they are told (AVG 19).
    pub(crate) fn arrived(&self) -> impl Iterator<Item = &DeliveryRow> {
        let there = |row: &&DeliveryRow| row.kind != DeliveryKind::Withdrawal && row.may_have_arrived();
        self.rows.deliveries.iter().filter(there)
    }

    /// An open signal is somebody's matter: its sender hears that it ended here (P7).
    pub(crate) fn duties(&self, moment: Moment) -> Result<Vec<ObligationRow>, Trouble> {
        let open: BTreeSet<Id> = self.ended().map(|row| row.signal).collect();
        let of_open = self.rows.signals.iter().filter(|signal| open.contains(&signal.stored.id));
        of_open.map(|signal| self.duty(signal, moment)).collect()
    }

    fn duty(&self, signal: &KeptSignal, moment: Moment) -> Result<ObligationRow, Trouble> {
        let stored = &signal.stored;
        let sender: Party = SignalBody::open(&stored.sealed, &self.keys, &stored.id)?.facts.sender;
        let due = (working_days_after(moment.today, TO_LOOK_INTO), moment.instant);
        obligation(sender, (stored.id, None), (LOOK_INTO, &DutyBody::default()), due)
    }

    fn read(&self) -> Read {
        Read { subject: Subject::youth(self.keys.youth()), version: self.rows.youth.version }
    }
}

fn is_open(row: &DeliveryRow) -> bool {
    use DeliveryState::{Available, Dispatched, Failed, Unconfirmed, Waiting};
    matches!(row.state, Waiting | Available | Dispatched | Unconfirmed | Failed)
}

/// What a statute or a child's safety demands is not taken from the queue (RL-08): AVG 17(3)(b).
fn must_arrive(row: &DeliveryRow) -> bool {
    use DeliveryState::{Dispatched, Unconfirmed, Waiting};
    row.urgent && row.kind == DeliveryKind::Signal && matches!(row.state, Waiting | Dispatched | Unconfirmed)
}

/// What claims may lead to because of a fact.
fn made_by(fact: &YouthFact) -> Vec<Id> {
    match fact {
        YouthFact::Base { person, .. } => vec![person.0],
        YouthFact::Authority(authority) => vec![authority.person.0],
        YouthFact::Statement(statement) | YouthFact::Voiced { statement, .. } => {
            vec![statement.id, statement.speaker.0]
        }
        YouthFact::Recorded(recorded) => vec![recorded.id],
        YouthFact::Held(hold) => vec![hold.id],
        YouthFact::Identity(_) | YouthFact::Number { .. } | YouthFact::Pupil { .. } | YouthFact::Involvement(_) => {
            Vec::new()
        }
    }
}
