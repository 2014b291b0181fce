// SPDX-License-Identifier: EUPL-1.2
//! Vernietigen, as somebody who works for the gateway decides on it: per youth and class, with a ground, on record, and in a
//! journal outside every copy before it is acknowledged (RL-24).
//!
//! What happens when the process ends halfway: before the commit nothing has happened. After it the erasure is done and on
//! record, and what is missing (the last traces in the files, the line in the journal) follows from that record at the next
//! start of the gateway or of a command like this ([`finish`]). Only with that line it is acknowledged.

use std::path::Path;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use sluis_policy::{AccessRequest, Action, Backing, Bsn, Decision, Facts, Oin, Purpose, decide};

use crate::app::{self, StartFault};
use crate::broker::Trouble;
use crate::broker::erasing::{Hold, Kept, Obstacle};
use crate::config::{Config, Database, Erasure};
use crate::journal::{Journal, JournalFault, Line, of_whom};
use crate::ledger::unit::Unit;
use crate::operator::{Done, Office, OperatorFault, Told, ever};
use crate::store::Store;
use crate::store::engine::{Engine, Fault};
use crate::store::kept::youths;
use crate::vault::{Id, RetentionClass, Vault, fresh_id};

/// The word for an erasure in the log.
pub(crate) const ERASED: &str = "vernietigd";
const NOT_ERASED: &str = "vernietiging_geweigerd";
const HELD: &str = "vernietiging_opgeschort";
const RELEASED: &str = "opschorting_beeindigd";

/// How often it is decided anew because something about the youth moved meanwhile.
const TURNS: u32 = 16;

/// Whose.
#[derive(Clone)]
pub(crate) enum Whom {
    /// The pupil that this school knows by this key.
    Pupil(Oin, String),
    /// Whoever has this number.
    Number(Bsn),
    /// Whom an earlier record was about: who it is was erased then, and other classes were not.
    Before(Id),
}

/// Opdracht: what somebody wants erased, and why.
pub(crate) struct Order {
    pub(crate) whom: Whom,
    /// In the order in which they are erased.
    pub(crate) classes: Vec<RetentionClass>,
    /// The code of the ground.
    pub(crate) ground: &'static str,
}

/// Bewijs van vernietiging.
#[derive(Debug)]
#[doc(alias = "bewijs van vernietiging")]
pub(crate) struct Proof {
    /// The record of it.
    pub(crate) record: Id,
    /// How many messages that had not come to rest ended.
    pub(crate) ended: usize,
    /// Who has, or may have, a message: OIN, desk and the id by which they know it.
    pub(crate) arrived: Vec<(String, String, Id)>,
    /// The day on which the last copy of the keys lapses.
    pub(crate) lapses: Date,
    /// Whether a server keeps a log of its own.
    pub(crate) server: bool,
    /// The signed checkpoint of the log with the record in it.
    pub(crate) checkpoint: String,
}

/// Why nothing is erased, or it is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unerased {
    #[error(
        "de configuratie noemt geen journaal: zet [erasure] erin, met journal = \"…\" buiten de map van de database"
    )]
    NoJournal,
    #[error(transparent)]
    Journal(#[from] JournalFault),
    #[error("{} ({})", .0.rule().sentence(), .0.rule().id())]
    Refused(Box<Decision>),
    #[error(transparent)]
    Obstacle(#[from] Obstacle),
    #[error("er staat geen opschorting met dit kenmerk")]
    NotHeld,
    #[error("vernietigd en vastgelegd, maar nog niet af: {0}. De volgende start maakt het af")]
    Unfinished(String),
    #[error(transparent)]
    Office(#[from] OperatorFault),
}

impl From<StartFault> for Unerased {
    fn from(fault: StartFault) -> Self {
        Self::Office(fault.into())
    }
}

impl From<Trouble> for Unerased {
    fn from(trouble: Trouble) -> Self {
        Self::Office(trouble.into())
    }
}

impl From<Fault> for Unerased {
    fn from(fault: Fault) -> Self {
        Self::Office(Trouble::from(fault).into())
    }
}

/// Erases, when it may and nothing stands in the way.
///
/// # Errors
/// When it may not be, something stands in the way, or it cannot be recorded: then nothing is erased. Of the errors only
/// [`Unerased::Unfinished`], and a commit whose fate is not known, leave something to be finished.
pub(crate) async fn erase(config: &Config, office: &Office, order: &Order) -> Result<Proof, Unerased> {
    let settings = config.erasure.as_ref().ok_or(Unerased::NoJournal)?;
    let place = (settings, app::data_folder(config));
    let mut journal = opened(place, (&office.store, office.engine.as_ref(), &office.vault)).await?;
    let decision = may(config, office).await?;
    for _ in 0..TURNS {
        let kept = unhindered(office, order).await?;
        let (record, moment) = (fresh_id().map_err(Trouble::from)?, office.now());
        let ended = if order.classes.contains(&RetentionClass::Delivery) { kept.ended().count() } else { 0 };
        let told = json!({
            "klassen": codes(&order.classes), "grond": order.ground, "regel": decision.rule().id(), "beeindigd": ended,
        });
        let whom = of_whom(&office.vault, kept.youth());
        let leaf = office.leaf(record, Done::erased(ERASED, told), Some(whom))?;
        let unit = kept.erased(Unit::record(leaf).urgently(), &order.classes, moment)?;
        if office.commit(unit).await?.is_none() {
            continue;
        }
        let unfinished = |what: &dyn std::fmt::Display| Unerased::Unfinished(what.to_string());
        office.engine.scrub().await.map_err(|fault| unfinished(&fault))?;
        let line = Line { record, classes: codes(&order.classes), at: moment.instant, whom };
        journal.append(&office.vault, line).map_err(|fault| unfinished(&fault))?;
        let days = i64::try_from(settings.copies_days).unwrap_or_default();
        return Ok(Proof {
            record,
            ended,
            arrived: kept.arrived().map(|row| (row.receiver.clone(), row.desk.clone(), row.id)).collect(),
            lapses: moment.today.saturating_add(days.days()),
            server: matches!(config.database, Database::Postgres(_)),
            checkpoint: office.checkpoint().ok_or(Trouble::Sealed(crate::vault::Unsealable))?,
        });
    }
    Err(Trouble::Contended.into())
}

/// Everything that is kept of whom an order is about, when nothing stands in its way; what does is recorded.
async fn unhindered(office: &Office, order: &Order) -> Result<Kept, Unerased> {
    let mut connection = office.engine.writer().await?;
    let kept = kept(office, connection.as_mut(), &order.whom).await?;
    let obstacle = match kept {
        None => Obstacle::Nothing,
        Some(kept) => match kept.obstacle(&order.classes) {
            None => return Ok(kept),
            Some(obstacle) => obstacle,
        },
    };
    let told = json!({"klassen": codes(&order.classes), "grond": order.ground, "waarom": obstacle.code()});
    office.record(Done::erased(NOT_ERASED, told), None).await?;
    Err(obstacle.into())
}

/// Suspends erasing what is kept of a youth, whatever class, until that ends. Gives the id of the hold.
///
/// # Errors
/// When it may not be, there is nothing to keep, or it cannot be recorded.
pub(crate) async fn hold(config: &Config, office: &Office, whom: &Whom, ground: &'static str) -> Result<Id, Unerased> {
    let decision = may(config, office).await?;
    let told = json!({"grond": ground, "regel": decision.rule().id()});
    let id = fresh_id().map_err(Trouble::from)?;
    let hold = Hold { id, ground: ground.to_owned(), stands: true };
    let word = Done::erased(HELD, told);
    change(office, (whom, None), (id, word), hold).await.map(|()| id)
}

/// Ends a hold.
///
/// # Errors
/// When it may not be, there is no such hold, or it cannot be recorded.
pub(crate) async fn release(config: &Config, office: &Office, hold: Id) -> Result<Id, Unerased> {
    let decision = may(config, office).await?;
    let told = json!({"opschorting": hex::encode(hold), "regel": decision.rule().id()});
    let id = fresh_id().map_err(Trouble::from)?;
    let ended = Hold { id: hold, ground: String::new(), stands: false };
    let word = Done::erased(RELEASED, told);
    change(office, (&Whom::Before(hold), Some(hold)), (id, word), ended).await.map(|()| id)
}

/// Adds a version of a hold, with its record. With `standing` that hold must stand.
async fn change(
    office: &Office,
    (whom, standing): (&Whom, Option<Id>),
    (record, done): (Id, Done),
    hold: Hold,
) -> Result<(), Unerased> {
    for _ in 0..TURNS {
        let mut connection = office.engine.writer().await?;
        let kept = kept(office, connection.as_mut(), whom).await?;
        drop(connection);
        let Some(kept) = kept else {
            return Err(if standing.is_some() { Unerased::NotHeld } else { Obstacle::Nothing.into() });
        };
        if standing.is_some_and(|id| !kept.holds().any(|hold| hold.id == id)) {
            return Err(Unerased::NotHeld);
        }
        let about = of_whom(&office.vault, kept.youth());
        let leaf = office.leaf(record, done.clone(), Some(about))?;
        let unit = kept.held(Unit::record(leaf), &office.vault, hold.clone(), office.now().instant)?;
        if office.commit(unit).await?.is_some() {
            return Ok(());
        }
    }
    Err(Trouble::Contended.into())
}

/// Finishes what a process that ended halfway left to be done. `place` is where the journal is, and the folder that is copied
/// when the data are.
///
/// # Errors
/// When the journal or the database cannot be used; what is not finished now is at the next start.
pub(crate) async fn finish(
    place: (&Erasure, Option<&Path>),
    engine: &Arc<dyn Engine>,
    vault: &Vault,
) -> Result<(), Unerased> {
    let store = Store::new(Arc::clone(engine));
    opened(place, (&store, engine.as_ref(), vault)).await.map(drop)
}

/// The journal, with every erasure in it that is on record.
async fn opened(
    (settings, data): (&Erasure, Option<&Path>),
    (store, engine, vault): (&Store, &dyn Engine, &Vault),
) -> Result<Journal, Unerased> {
    let mut journal = Journal::open(&settings.journal, vault, data)?;
    let mut missing = ever((store, vault), ERASED).await?;
    missing.retain(|told| !journal.lines().iter().any(|line| line.record == told.id));
    if missing.is_empty() {
        return Ok(journal);
    }
    engine.scrub().await?;
    missing.sort_by_key(|told| told.at);
    for told in missing {
        if let Some(line) = line_of(&told) {
            journal.append(vault, line)?;
        }
    }
    Ok(journal)
}

fn line_of(told: &Told) -> Option<Line> {
    let classes = told.outcome.get("klassen")?.as_array()?;
    let classes = classes.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Some(Line { record: told.id, classes, at: told.at, whom: told.about? })
}

/// When something of this youth was erased for the first time, in microseconds.
///
/// # Errors
/// When a log cannot be read.
pub(crate) async fn since(office: &Office, youth: Id) -> Result<Option<i64>, Trouble> {
    let whom = of_whom(&office.vault, youth);
    let told = office.ever(ERASED).await?;
    Ok(told.into_iter().filter(|told| told.about == Some(whom)).map(|told| told.at).min())
}

/// What is kept of whom it is about; nothing when nobody like that is known here.
async fn kept(
    office: &Office,
    on: &mut dyn crate::store::engine::Writer,
    whom: &Whom,
) -> Result<Option<Kept>, Unerased> {
    let vault = &office.vault;
    let claimed = |key: [u8; 32]| async move { office.store.claimed(&key).await };
    let youth = match whom {
        Whom::Pupil(school, key) => claimed(vault.lookup("leerling", &[school.as_str().as_bytes(), key.as_bytes()]))
            .await?
            .map(|to| to.resource),
        Whom::Number(number) => claimed(vault.lookup_number(number)).await?.map(|to| to.resource),
        Whom::Before(record) => {
            let mut told = office.ever(ERASED).await?;
            told.extend(office.ever(HELD).await?);
            let whom = told.into_iter().find(|told| told.id == *record).and_then(|told| told.about);
            youths(on).await?.into_iter().find(|youth| whom == Some(of_whom(vault, *youth)))
        }
    };
    match youth {
        Some(youth) => Ok(Some(Kept::on(on, vault, youth).await?)),
        None => Ok(None),
    }
}

/// Whether this operator may decide on erasing, as the register has them today. A refusal is recorded.
async fn may(config: &Config, office: &Office) -> Result<Decision, Unerased> {
    let register = app::register(config, &config.outbound.reach)?;
    let actor = office.actor(&register, office.who()).unwrap_or_else(|| office.nobody());
    let request = AccessRequest {
        actor,
        action: Action::Erase,
        purpose: Purpose::Gegevensbeheer,
        receiver: actor.party,
        named: true,
        signal: None,
        asked: None,
        backing: Backing { reasoned: true, ..Backing::default() },
    };
    let decision = decide(&request, &Facts::default(), &office.policy.roles, None, office.now());
    if decision.permit().is_some() {
        return Ok(decision);
    }
    office.record(Done::not_erased(decision.clone()), None).await?;
    Err(Unerased::Refused(Box::new(decision)))
}

fn codes(classes: &[RetentionClass]) -> Vec<String> {
    classes.iter().map(|class| class.code().to_owned()).collect()
}
