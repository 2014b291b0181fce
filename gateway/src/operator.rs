// SPDX-License-Identifier: EUPL-1.2
//! Beheerder: whoever works from the command line on what the gateway recorded. What they look at or change is recorded
//! first, in a log of its own beside the gateway's, because a log has one writer and the gateway goes on meanwhile.

use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use sluis_policy::{Action, Actor, Decision, Desk, Moment, Oin, Party, Period, Purpose, Role, Thing};
use tokio::task::JoinHandle;

use crate::app::{self, StartFault};
use crate::broker::replaying::{Replayer, SALT};
use crate::broker::{Policy, Trouble};
use crate::clock::{Clock, SystemClock, moment_at};
use crate::config::{Config, ConfigFault};
use crate::http::trace::Trace;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::leaf::Leaf;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, PolicyVersions, Who};
use crate::ledger::unit::Unit;
use crate::ledger::{CommitError, Ledger, Outcome, Receipt};
use crate::register::Register;
use crate::store::Store;
use crate::store::engine::Engine;
use crate::store::log::StoredRecord;
use crate::tls;
use crate::vault::{Id, NO_YOUTH, Place, Unsealable, Vault, fresh_id};

/// How many records of one word are looked through.
const OF_ONE_WORD: i64 = 1_000;

/// What stands behind the name of the gateway's log in that of its operators.
const BESIDE: &str = "/beheer";

/// Beheer: the gateway's database, keys and policy, as an operator may use them.
#[doc(alias = "beheer")]
pub(crate) struct Office {
    pub(crate) store: Store,
    /// Roles and covenants as the configuration names them.
    pub(crate) policy: Policy,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) vault: Vault,
    ledger: Ledger,
    writer: JoinHandle<()>,
    own: Oin,
    register: String,
    who: String,
    log: String,
}

/// Something that an operator did before, as its record tells it.
#[derive(Debug)]
pub(crate) struct Told {
    /// The id of the record, in hexadecimal.
    pub(crate) record: String,
    /// The same, as bytes.
    pub(crate) id: Id,
    /// When, in microseconds.
    pub(crate) at: i64,
    /// What was done, with its particulars.
    pub(crate) outcome: Value,
    /// Who did it.
    pub(crate) who: String,
    /// What it was about, where it was about one thing.
    pub(crate) about: Option<Id>,
}

impl Office {
    /// Opens what the configuration names, and takes the log of its operators. `who` is the operator's own id; without one
    /// it is the account of the system that runs the command.
    ///
    /// # Errors
    /// With the first part that cannot be had.
    pub(crate) async fn open(config: &Config, who: Option<&str>) -> Result<Self, StartFault> {
        tls::install_provider();
        let own = app::own_number(config)?;
        let register = hex::encode(app::register(config, &config.outbound.reach)?.version());
        let policy = app::policy(config).await?;
        let vault = Vault::new(Arc::new(app::keys(config)?));
        let engine = app::engine(&config.database).await?;
        engine.schema().await?;
        let mut connection = engine.writer().await?;
        engine.durability(connection.as_mut()).await?;
        engine.restraint(connection.as_mut()).await?;
        drop(connection);
        let log = format!("{}{BESIDE}", config.origin);
        let (ledger, writer) = Ledger::open(Arc::clone(&engine), Arc::new(SystemClock), &log).await?;
        let who = who.map_or_else(account, str::to_owned);
        Ok(Self {
            store: Store::new(Arc::clone(&engine)),
            engine,
            policy,
            vault,
            ledger,
            writer,
            own,
            register,
            who,
            log,
        })
    }

    /// The operator's own id.
    pub(crate) fn who(&self) -> &str {
        &self.who
    }

    /// The number of the gateway.
    pub(crate) fn own(&self) -> Oin {
        self.own
    }

    /// The last time that an operator did this, with these members among its particulars.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) async fn last(&self, word: &str, members: &Value) -> Result<Option<Told>, Trouble> {
        let told = all((&self.store, &self.vault), &self.log, word, OF_ONE_WORD).await?;
        let wanted = |told: &Told| {
            let mut members = members.as_object().into_iter().flatten();
            members.all(|(name, value)| told.outcome.get(name) == Some(value))
        };
        Ok(told.into_iter().find(wanted))
    }

    /// As [`ever`].
    pub(crate) async fn ever(&self, word: &str) -> Result<Vec<Told>, Trouble> {
        ever((&self.store, &self.vault), word).await
    }

    /// Puts recorded decisions again.
    pub(crate) fn replayer(&self) -> Replayer {
        Replayer::new(self.store.clone(), self.vault.clone())
    }

    /// Now: never before the last commit.
    pub(crate) fn now(&self) -> Moment {
        moment_at(SystemClock.now().instant.max(self.ledger.standing().committed_at))
    }

    /// Records what was done, durably. Until then nothing of it is shown (P1).
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub(crate) async fn record(&self, done: Done, about: Option<Id>) -> Result<(), Trouble> {
        match self.ledger.commit(Unit::record(self.leaf(fresh_id()?, done, about)?)).await? {
            Outcome::Committed(_) => Ok(()),
            Outcome::Moved | Outcome::Claimed => Err(CommitError::Rejected.into()),
        }
    }

    /// Commits more than a record; nothing when what it was decided on has moved.
    ///
    /// # Errors
    /// When it cannot be made durable, or nobody knows whether it was.
    pub(crate) async fn commit(&self, unit: Unit) -> Result<Option<Receipt>, Trouble> {
        Ok(match self.ledger.commit(unit).await? {
            Outcome::Committed(receipt) => Some(receipt),
            Outcome::Moved | Outcome::Claimed => None,
        })
    }

    /// The operators' log as it stands, signed: who keeps it can show later that what is in it was recorded.
    pub(crate) fn checkpoint(&self) -> Option<String> {
        Some(Checkpoint::of(&self.ledger.standing()).sign(&self.vault.signing()?))
    }

    /// The capacity in which somebody works for this gateway, as the register has it today; a role that may nothing for
    /// whom it does not know. Of several the one that decides on what a gateway runs on goes first.
    pub(crate) fn actor(&self, register: &Register, who: &str) -> Option<Actor> {
        let here = Party { organisation: self.own, desk: Desk::Gateway };
        let today = self.now().today;
        let mut held = register.assignments(here.organisation, who, today).filter(|held| held.desk == here.desk);
        let first = held.next().copied();
        let held =
            first.into_iter().chain(held.copied()).find(|held| held.role == Role::FunctioneelBeheerder).or(first);
        held.map(|held| Actor { party: here, role: held.role, role_valid: held.period, via: None })
    }

    /// Whoever the register does not know acts in a role that may not.
    pub(crate) fn nobody(&self) -> Actor {
        let here = Party { organisation: self.own, desk: Desk::Gateway };
        Actor { party: here, role: Role::Systeem, role_valid: Period::since(self.now().today), via: None }
    }

    /// The record of what was done, by this id.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub(crate) fn leaf(&self, id: Id, done: Done, about: Option<Id>) -> Result<Leaf, Trouble> {
        let policy = PolicyVersions {
            roles: self.policy.roles.digest().to_owned(),
            covenant: None,
            register: self.register.clone(),
        };
        let personal = Personal { resource: about, professional: Some(self.who.clone()), ..Personal::default() };
        let record = done.record(self.own, self.now(), policy, personal)?;
        Ok(AccessRecord { decision: id, ..record }.seal(&self.vault, None)?)
    }

    /// Lets go of the log, when all that was recorded is in.
    pub(crate) async fn close(self) {
        let Self { ledger, writer, .. } = self;
        drop(ledger);
        let _ended = writer.await;
    }
}

/// What an operator did.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    action: Action,
    thing: Thing,
    purpose: Purpose,
    event: Event,
    role: Role,
}

impl Done {
    /// Looked into the log, to account for what was decided.
    pub(crate) fn looked(word: &'static str, particulars: serde_json::Value) -> Self {
        let (action, thing, purpose) = (Action::SearchLog, Thing::Log, Purpose::Verantwoording);
        Self { action, thing, purpose, event: Event::Operated { word, particulars }, role: Role::Operator }
    }

    /// Changed what a gateway runs on.
    pub(crate) fn changed(word: &'static str, particulars: serde_json::Value) -> Self {
        let (action, thing, purpose) = (Action::PublishPolicy, Thing::Policy, Purpose::Gegevensbeheer);
        Self { action, thing, purpose, event: Event::Operated { word, particulars }, role: Role::Operator }
    }

    /// Was refused a change.
    pub(crate) fn decided(decision: Decision) -> Self {
        let (action, thing, purpose) = (Action::PublishPolicy, Thing::Policy, Purpose::Gegevensbeheer);
        Self { action, thing, purpose, event: Event::Decided(decision), role: Role::Operator }
    }

    /// Decided on erasing what is kept of a youth.
    pub(crate) fn erased(word: &'static str, particulars: serde_json::Value) -> Self {
        let (action, thing, purpose) = (Action::Erase, Thing::Youth, Purpose::Gegevensbeheer);
        Self { action, thing, purpose, event: Event::Operated { word, particulars }, role: Role::Operator }
    }

    /// Was refused that.
    pub(crate) fn not_erased(decision: Decision) -> Self {
        Self { event: Event::Decided(decision), ..Self::erased("", Value::Null) }
    }

    /// Nobody did it: the gateway does it by itself, as somebody decided beforehand.
    pub(crate) fn by_itself(self) -> Self {
        Self { role: Role::Systeem, ..self }
    }

    /// The record of it, at the gateway with this number.
    pub(crate) fn record(
        self,
        own: Oin,
        moment: Moment,
        policy: PolicyVersions,
        personal: Personal,
    ) -> Result<AccessRecord, Unsealable> {
        let here = Party { organisation: own, desk: Desk::Gateway };
        Ok(AccessRecord {
            decision: fresh_id()?,
            moment,
            who: Who { party: Some(here), role: Some(self.role), certificate: own },
            deed: Deed {
                action: Some(self.action),
                thing: Some(self.thing),
                purpose: Some(self.purpose),
                receiver: Some(here),
            },
            event: self.event,
            policy,
            trace: Trace::continued(None).id(),
            personal,
        })
    }
}

/// Why an operator's command came to no end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OperatorFault {
    /// Something that it needs.
    #[error(transparent)]
    Start(#[from] StartFault),
    /// Something that is kept, or the record of what was done.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl OperatorFault {
    /// Whether only what is kept of one youth is in trouble, and of others nothing.
    pub(crate) fn is_about_one(&self) -> bool {
        matches!(self, Self::Trouble(Trouble::Sealed(_) | Trouble::Erased))
    }
}

impl From<ConfigFault> for OperatorFault {
    fn from(fault: ConfigFault) -> Self {
        Self::Start(fault.into())
    }
}

/// What operators did by this word, by the logs of every gateway on this database, latest first in each.
///
/// # Errors
/// When a log cannot be read.
pub(crate) async fn ever((store, vault): (&Store, &Vault), word: &str) -> Result<Vec<Told>, Trouble> {
    let mut told = Vec::new();
    for (log, _) in store.logs().await?.into_iter().filter(|(log, _)| log.ends_with(BESIDE)) {
        told.extend(all((store, vault), &log, word, i64::MAX).await?);
    }
    Ok(told)
}

async fn all((store, vault): (&Store, &Vault), log: &str, word: &str, most: i64) -> Result<Vec<Told>, Trouble> {
    let words = format!("\"soort\":\"{word}\"");
    let records = store.records(log, 0..u64::MAX, &words, most).await?;
    Ok(records.into_iter().filter_map(|record| told(vault, record)).collect())
}

/// What a record of operators says, when what lies beside it is what the log committed to.
fn told(vault: &Vault, record: StoredRecord) -> Option<Told> {
    let mut entry: Value = serde_json::from_str(&record.entry).ok()?;
    let (youth, sealed) = record.fields?;
    let named = entry.get("besluit")?.as_str()?.to_owned();
    let id = id_of(&named)?;
    let place = Place { table: "log_fields", column: "sealed", row: &id };
    let beside = if youth == NO_YOUTH { vault.open_own(place, &sealed).ok()? } else { return None };
    let committed = hex::encode(digest(&SHA256, &beside));
    let personal: Value = serde_json::from_slice(beside.get(SALT..)?).ok()?;
    let who = personal.get("medewerker")?.as_str()?.to_owned();
    let about = personal.get("object").and_then(Value::as_str).and_then(id_of);
    let at = entry.get("tijd")?.as_i64()?;
    let outcome = entry.get_mut("uitkomst")?.take();
    let whole = entry.get("persoonlijk")?.as_str()? == committed;
    whole.then_some(Told { record: named, id, at, outcome, who, about })
}

pub(crate) fn id_of(text: &str) -> Option<Id> {
    let mut id = Id::default();
    hex::decode_to_slice(text, &mut id).ok().map(|()| id)
}

/// The account that runs the command.
fn account() -> String {
    std::fs::metadata("/proc/self").map_or_else(|_| "onbekend".to_owned(), |own| format!("uid:{}", own.uid()))
}
