// SPDX-License-Identifier: EUPL-1.2
//! Naspelen: a recorded decision is put again to the core, on the facts as they stood (P5).

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use sluis_policy::{AccessRequest, Action, Covenant, Decision, Facts, Moment, PersonRef, YouthFacts, decide};

use super::sealing::YouthFact;
use super::{KnownYouth, Policy, Trouble, recorded};
use crate::clock::moment_at;
use crate::ledger::entry::{PERMITTED, REFUSED, WEIGHED};
use crate::ledger::record::Event;
use crate::ledger::unit::{Read, Subject};
use crate::store::Store;
use crate::store::log::StoredRecord;
use crate::store::reading::StoredFact;
use crate::vault::{Id, NO_YOUTH, Place, RetentionClass, Vault, YouthKeys};

/// How many youths are kept open at once while many decisions are put again.
const KEPT_OPEN: usize = 2_000;

/// The salt before the personal fields.
pub(crate) const SALT: usize = 16;

/// Naspeler: puts recorded decisions again.
#[derive(Debug)]
#[doc(alias = "naspeler")]
pub(crate) struct Replayer {
    store: Store,
    vault: Vault,
    opened: HashMap<Id, Opened>,
}

/// A decision as its record tells it.
#[derive(Debug, Clone)]
pub(crate) struct RecordedDecision {
    /// Its id.
    pub(crate) id: Id,
    /// When, in microseconds.
    pub(crate) at: i64,
    /// What came of it.
    pub(crate) outcome: Value,
    /// By what it was decided.
    pub(crate) policy: Value,
    commitment: String,
    fields: Option<(Id, Vec<u8>)>,
}

/// A question as it was put.
#[derive(Debug, Clone)]
pub(crate) struct Posed {
    request: AccessRequest,
    facts: Facts,
    moment: Moment,
}

/// Why a decision cannot be put again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lost {
    /// A key of the youth was destroyed, or the fields beside the log were taken away.
    Erased,
    /// The record has no question, or one in a form that this version does not know.
    QuestionNotKept,
    /// The facts of that version are not there.
    FactsNotKept,
    /// What lies beside the log is not what the log says, or does not open.
    Altered,
}

/// The keys and facts of a youth.
#[derive(Debug)]
struct Opened {
    keys: YouthKeys,
    facts: Vec<StoredFact>,
}

#[derive(Deserialize)]
pub(super) struct PersonalFields {
    #[serde(rename = "gelezen", default)]
    reads: Vec<(String, i64)>,
    #[serde(rename = "vraag")]
    question: Option<String>,
    /// The professional who acted, by the id that their organisation gave them.
    #[serde(rename = "medewerker")]
    pub(super) professional: Option<String>,
    /// The signal, or whatever else was asked for.
    #[serde(rename = "object")]
    object: Option<String>,
}

impl PersonalFields {
    /// The signal, or whatever else was asked for.
    pub(super) fn object(&self) -> Option<Id> {
        let mut id = Id::default();
        hex::decode_to_slice(self.object.as_deref()?, &mut id).ok().map(|()| id)
    }
}

impl RecordedDecision {
    /// Reads a record; nothing when it is of something else than a decision.
    pub(crate) fn read(record: StoredRecord) -> Option<Self> {
        let mut entry: Value = serde_json::from_str(&record.entry).ok()?;
        let outcome = entry.get_mut("uitkomst")?.take();
        if ![PERMITTED, REFUSED, WEIGHED].contains(&outcome.get("soort")?.as_str()?) {
            return None;
        }
        let mut id = Id::default();
        hex::decode_to_slice(entry.get("besluit")?.as_str()?, &mut id).ok()?;
        Some(Self {
            id,
            at: entry.get("tijd")?.as_i64()?,
            outcome,
            policy: entry.get_mut("beleid")?.take(),
            commitment: entry.get("persoonlijk")?.as_str()?.to_owned(),
            fields: record.fields,
        })
    }

    /// The youth that it was about, where what lies beside it is still there.
    pub(crate) fn youth(&self) -> Option<Id> {
        self.fields.as_ref().map(|(youth, _)| *youth).filter(|youth| *youth != NO_YOUTH)
    }

    /// What is personal in it, when it is what the log committed to; or why it cannot be had.
    pub(super) fn personal(&self, vault: &Vault, keys: Option<&YouthKeys>) -> Result<PersonalFields, Lost> {
        let (_, sealed) = self.fields.as_ref().ok_or(Lost::Erased)?;
        personal(vault, keys, self, sealed)
    }

    /// The rule that decided.
    pub(crate) fn rule(&self) -> &str {
        self.outcome.get("regel").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether the core would record the same of this decision now. Of what was only asked, the rule was recorded.
    pub(crate) fn is_as(&self, decision: &Decision) -> bool {
        let weighed = self.outcome.get("soort").and_then(Value::as_str) == Some(WEIGHED);
        if weighed {
            return self.rule() == decision.rule().id();
        }
        Event::Decided(decision.clone()).outcome() == self.outcome
    }
}

impl Posed {
    /// What the core answers under this policy.
    pub(crate) fn decide(&self, policy: &Policy) -> Decision {
        let covenant = Covenant::between(&policy.covenants, &self.request);
        decide(&self.request, &self.facts, &policy.roles, covenant, self.moment)
    }
}

impl Replayer {
    pub(crate) fn new(store: Store, vault: Vault) -> Self {
        Self { store, vault, opened: HashMap::new() }
    }

    /// The question of a record with the facts as they stood, or why it cannot be had.
    pub(crate) async fn posed(&mut self, recorded: &RecordedDecision) -> Result<Result<Posed, Lost>, Trouble> {
        let Some((youth, sealed)) = &recorded.fields else { return Ok(Err(Lost::Erased)) };
        if *youth != NO_YOUTH && !self.opened.contains_key(youth) {
            self.open(*youth).await?;
        }
        let opened = self.opened.get(youth);
        Ok(posed(&self.vault, opened, recorded, sealed))
    }

    async fn open(&mut self, youth: Id) -> Result<(), Trouble> {
        if self.opened.len() >= KEPT_OPEN {
            self.opened.clear();
        }
        let stored = self.store.youth(youth).await?;
        let rows = stored.keys.iter().map(|key| (key.class.as_str(), key.kek_version, key.wrapped.as_slice()));
        let keys = self.vault.open_keys(youth, rows)?;
        self.opened.insert(youth, Opened { keys, facts: stored.facts });
        Ok(())
    }
}

fn posed(vault: &Vault, opened: Option<&Opened>, recorded: &RecordedDecision, sealed: &[u8]) -> Result<Posed, Lost> {
    let keys = opened.map(|opened| &opened.keys);
    let personal = personal(vault, keys, recorded, sealed)?;
    let question = personal.question.ok_or(Lost::QuestionNotKept)?;
    holds(keys, recorded::CLASS)?;
    let question = recorded::open((vault, keys), &recorded.id, &question).map_err(|_| Lost::Altered)?;
    let question = question.ok_or(Lost::QuestionNotKept)?;
    let moment = moment_at(recorded.at);
    let youth = match (question.youth, opened) {
        (false, _) => None,
        (true, None) => return Err(Lost::FactsNotKept),
        (true, Some(opened)) => {
            let read = read_of(&personal.reads, opened.keys.youth()).ok_or(Lost::FactsNotKept)?;
            // A pupil that is registered is weighed as it would stand afterwards.
            let own = (question.request.action == Action::RegisterYouth).then_some(recorded.at);
            Some(as_it_stood(opened, (read, own), moment.today)?)
        }
    };
    Ok(Posed { request: question.request, facts: Facts { youth, ..question.beside }, moment })
}

/// The personal fields of a record, when they are the ones that the log committed to.
fn personal(
    vault: &Vault,
    keys: Option<&YouthKeys>,
    recorded: &RecordedDecision,
    sealed: &[u8],
) -> Result<PersonalFields, Lost> {
    let place = Place { table: "log_fields", column: "sealed", row: &recorded.id };
    holds(keys, RetentionClass::AccessRecord)?;
    let beside = match keys {
        Some(keys) => keys.open(RetentionClass::AccessRecord, place, sealed),
        None => vault.open_own(place, sealed),
    };
    let beside = beside.map_err(|_| Lost::Altered)?;
    if hex::encode(digest(&SHA256, &beside)) != recorded.commitment {
        return Err(Lost::Altered);
    }
    let text = beside.get(SALT..).ok_or(Lost::Altered)?;
    serde_json::from_slice(text).map_err(|_| Lost::Altered)
}

/// Erased is what has no key any more.
fn holds(keys: Option<&YouthKeys>, class: RetentionClass) -> Result<(), Lost> {
    if keys.is_none_or(|keys| keys.holds(class)) { Ok(()) } else { Err(Lost::Erased) }
}

fn read_of(reads: &[(String, i64)], youth: Id) -> Option<Read> {
    let subject = Subject::youth(youth);
    let key = hex::encode(subject.as_bytes());
    reads.iter().find(|(read, _)| *read == key).map(|(_, version)| Read { subject, version: *version })
}

/// The facts of a youth at the version that was read, and those of the next that arrived at `own`.
fn as_it_stood(opened: &Opened, (read, own): (Read, Option<i64>), today: Date) -> Result<YouthFacts, Lost> {
    let mut youth = KnownYouth::unborn(opened.keys.clone(), Date::ZERO, PersonRef([0; 16]));
    let of_then = |fact: &&StoredFact| {
        fact.version <= read.version || (fact.version == read.version + 1 && Some(fact.arrived_at) == own)
    };
    let mut known = false;
    for stored in opened.facts.iter().filter(of_then) {
        holds(Some(&opened.keys), RetentionClass::from_code(&stored.class).ok_or(Lost::FactsNotKept)?)?;
        let fact = YouthFact::open(stored, read, &opened.keys).map_err(|_| Lost::Altered)?;
        youth.learn(&fact).map_err(|_| Lost::Altered)?;
        known = true;
    }
    if known { Ok(youth.facts_on(today)) } else { Err(Lost::FactsNotKept) }
}
