// SPDX-License-Identifier: EUPL-1.2
//! How facts, signals and deliveries lie in the store: JSON, sealed under a class of the youth's keys, each in its place.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sluis_policy::routing::{Gap, Leg};
use sluis_policy::{
    AccessRequest, Action, Actor, Authority, Backing, Form, Involvement, MunicipalityCode, Oin, Party, Period,
    PersonRef, Purpose, Role, Rule, SignalFacts, Statement,
};

use super::stated::RecordedFact;
use super::telling::Telling;
use super::{Besides, KnownYouth, Trouble};
use crate::ledger::unit::{NewFact, Read, Unit};
use crate::store::reading::StoredFact;
use crate::vault::{Id, Place, RetentionClass, Unsealable, YouthKeys};

/// A fact about a youth. Facts are never changed: a later one says more, or otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum YouthFact {
    /// What is known from the start, and again when it changes.
    Base { born: Date, person: PersonRef, home: Option<MunicipalityCode>, start_qualification: Option<bool> },
    /// Who it is.
    Identity(IdentityFact),
    /// The citizen service number, where a statute brought it.
    Number { bsn: String },
    /// A school's pupil, by the school's own key.
    Pupil { school: Party, key: String, period: Period },
    /// A party helps.
    Involvement(Involvement),
    /// Someone holds authority.
    Authority(Authority),
    /// Someone said something; of how it came here nothing was kept.
    Statement(Statement),
    /// Someone said something, and how it came here.
    Voiced { statement: Statement, telling: Telling },
    /// Something else that decisions rest on, in one version.
    Recorded(RecordedFact),
    /// What is kept of the youth may not be erased for now, or may again.
    Held(Hold),
}

/// Opschorting van vernietiging, for a lawsuit, a complaint or a supervisor (AVG 17(3), 18(1)). Ended is said by a later fact.
#[doc(alias = "opschorting")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// The record of the decision.
    #[serde(with = "hex::serde")]
    pub(crate) id: Id,
    /// The code of the ground.
    pub(crate) ground: String,
    /// Whether it still stands.
    pub(crate) stands: bool,
}

/// Who a youth is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityFact {
    pub(crate) given_names: String,
    pub(crate) surname: String,
    pub(crate) postcode: String,
}

// INVARIANT: names do not print.
impl std::fmt::Debug for IdentityFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityFact")
    }
}

impl YouthFact {
    fn kind(&self) -> &'static str {
        match self {
            Self::Base { .. } => "jeugdige",
            Self::Identity(_) => "identiteit",
            Self::Number { .. } => "nummer",
            Self::Pupil { .. } => "leerling",
            Self::Involvement(_) => "betrokkenheid",
            Self::Authority(_) => "gezag",
            Self::Statement(_) | Self::Voiced { .. } => "uiting",
            Self::Recorded(_) => "feit",
            Self::Held(_) => "opschorting",
        }
    }

    fn class(&self) -> RetentionClass {
        match self {
            Self::Base { .. }
            | Self::Identity(_)
            | Self::Number { .. }
            | Self::Pupil { .. }
            | Self::Involvement(_)
            | Self::Recorded(_) => RetentionClass::Delivery,
            Self::Authority(_) | Self::Statement(_) | Self::Voiced { .. } => RetentionClass::Consent,
            Self::Held(_) => RetentionClass::Hold,
        }
    }

    /// Adds this fact to a unit, sealed for its place.
    pub(super) fn add_to(&self, unit: Unit, youth: &KnownYouth, arrived_at: i64) -> Result<Unit, Trouble> {
        append(unit, youth, youth.read, (self.kind(), self.class(), arrived_at), self)
    }

    /// This fact for its place among those of the next version.
    pub(super) fn sealed(
        &self,
        (keys, about): (&YouthKeys, Read),
        ordinal: i64,
        arrived_at: i64,
    ) -> Result<NewFact, Unsealable> {
        let row = fact_row(about, about.version + 1, ordinal);
        let class = self.class();
        let sealed = seal_json(keys, class, Place { table: "fact", column: "sealed", row: &row }, self)?;
        Ok(NewFact { kind: self.kind(), class: class.code(), arrived_at, sealed })
    }

    pub(super) fn open(stored: &StoredFact, read: Read, keys: &YouthKeys) -> Result<Self, Unsealable> {
        open_fact(stored, read, keys)
    }
}

/// What was done with a signal by its receiver; or by its sender, who took it back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepFact {
    pub(crate) by: Party,
    pub(crate) step: Action,
    pub(crate) next_step: Option<String>,
    /// The feedback that waits for, or went to, the sender; in it stands what was said in words, for as long as it must.
    pub(crate) feedback: Option<String>,
    pub(crate) delivery: String,
    pub(crate) at: i64,
    /// Why its sender took it back, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl StepFact {
    pub(super) fn add_to(&self, unit: Unit, youth: &KnownYouth, signal: Read) -> Result<Unit, Trouble> {
        append(unit, youth, signal, ("stap", RetentionClass::Delivery, self.at), self)
    }

    pub(super) fn open(stored: &StoredFact, read: Read, keys: &YouthKeys) -> Result<Self, Unsealable> {
        open_fact(stored, read, keys)
    }
}

fn append<T: Serialize>(
    unit: Unit,
    youth: &KnownYouth,
    about: Read,
    (kind, class, arrived_at): (&'static str, RetentionClass, i64),
    body: &T,
) -> Result<Unit, Trouble> {
    let row = fact_row(about, about.version + 1, unit.next_ordinal(about.subject));
    let sealed = seal_json(&youth.keys, class, Place { table: "fact", column: "sealed", row: &row }, body)?;
    Ok(unit.with_fact(about, NewFact { kind, class: class.code(), arrived_at, sealed }))
}

fn open_fact<T: DeserializeOwned>(stored: &StoredFact, read: Read, keys: &YouthKeys) -> Result<T, Unsealable> {
    let class = RetentionClass::from_code(&stored.class).ok_or(Unsealable)?;
    let row = fact_row(read, stored.version, stored.ordinal);
    open_json(keys, class, Place { table: "fact", column: "sealed", row: &row }, &stored.sealed)
}

fn fact_row(about: Read, version: i64, ordinal: i64) -> Vec<u8> {
    [about.subject.as_bytes(), &version.to_be_bytes(), &ordinal.to_be_bytes()].concat()
}

/// What a later decision about a signal needs to know: the question as it was put.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalBody {
    pub(crate) facts: SignalFacts,
    pub(crate) role: Role,
    pub(crate) role_valid: Period,
    pub(crate) via: Option<Oin>,
    pub(crate) certificate: Oin,
    pub(crate) location: Option<String>,
    /// What was decided at intake, receiver by receiver, as the sender heard it.
    pub(crate) outcomes: Vec<IntakeOutcome>,
    /// What was missing when its way was looked for here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gaps: Vec<Gap>,
}

/// What was decided about one receiver at intake.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntakeOutcome {
    pub(crate) receiver: Party,
    pub(crate) rule: Rule,
    pub(crate) form: Option<Form>,
    /// Why it went there, where its sender did not say to whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) led: Option<Leg>,
}

impl SignalBody {
    pub(super) fn seal(&self, keys: &YouthKeys, signal: &Id) -> Result<Vec<u8>, Unsealable> {
        seal_json(keys, RetentionClass::Delivery, Place { table: "signal", column: "sealed", row: signal }, self)
    }

    pub(crate) fn open(sealed: &[u8], keys: &YouthKeys, signal: &Id) -> Result<Self, Unsealable> {
        open_json(keys, RetentionClass::Delivery, Place { table: "signal", column: "sealed", row: signal }, sealed)
    }

    /// The question that lets a queued delivery leave, as it was put at intake (P3).
    pub(crate) fn dispatch(&self, receiver: Party, named: bool) -> AccessRequest {
        self.question(self.sender(), (Action::Dispatch, self.facts.purpose), receiver, named)
    }

    /// The sender in the capacity in which the signal was sent.
    pub(crate) fn sender(&self) -> Actor {
        Actor { party: self.facts.sender, role: self.role, role_valid: self.role_valid, via: self.via }
    }

    /// A question about this signal.
    pub(crate) fn question(
        &self,
        actor: Actor,
        (action, purpose): (Action, Purpose),
        receiver: Party,
        named: bool,
    ) -> AccessRequest {
        AccessRequest {
            actor,
            action,
            purpose,
            receiver,
            named,
            signal: Some(self.facts.clone()),
            asked: None,
            backing: Backing::default(),
        }
    }
}

/// What one receiver's delivery carries until it has left.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryBody {
    /// Whether it was permitted by name at intake.
    pub(crate) named: bool,
    /// The number as the sender gave it, where the kind's statute allows one.
    pub(crate) number: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) discussed_on: Option<Date>,
    pub(crate) contact: Option<String>,
    #[serde(default)]
    pub(crate) besides: Besides,
}

// INVARIANT: free text does not print.
impl std::fmt::Debug for DeliveryBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeliveryBody")
    }
}

impl DeliveryBody {
    pub(crate) fn seal(&self, keys: &YouthKeys, delivery: &Id) -> Result<Vec<u8>, Unsealable> {
        seal_json(keys, RetentionClass::Delivery, Place { table: "delivery", column: "sealed", row: delivery }, self)
    }

    pub(crate) fn open(sealed: &[u8], keys: &YouthKeys, delivery: &Id) -> Result<Self, Unsealable> {
        open_json(keys, RetentionClass::Delivery, Place { table: "delivery", column: "sealed", row: delivery }, sealed)
    }

    /// What stays when the content has left: how it went, nothing of what it said.
    pub(crate) fn emptied(&self) -> Self {
        let (number, description, discussed_on, contact) = (None, None, None, None);
        Self { named: self.named, number, description, discussed_on, contact, besides: Besides::default() }
    }
}

pub(super) fn seal_json<T: Serialize>(
    keys: &YouthKeys,
    class: RetentionClass,
    place: Place<'_>,
    body: &T,
) -> Result<Vec<u8>, Unsealable> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(body).map_err(|_| Unsealable)?);
    keys.seal(class, place, &plain)
}

pub(super) fn open_json<T: DeserializeOwned>(
    keys: &YouthKeys,
    class: RetentionClass,
    place: Place<'_>,
    sealed: &[u8],
) -> Result<T, Unsealable> {
    let plain = keys.open(class, place, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Unsealable)
}
