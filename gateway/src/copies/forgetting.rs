// SPDX-License-Identifier: EUPL-1.2
//! A copy that was made before an erasure holds what was erased. It is erased again while the copy is put back, from the
//! journal that is kept outside every copy.

use serde_json::{Value, json};
use sluis_policy::Moment;

use super::CopyFault;
use crate::app;
use crate::broker::erasing::Kept;
use crate::config::Config;
use crate::erasing::ERASED;
use crate::journal::{self, Line, of_whom};
use crate::ledger::rows::{Places, tables};
use crate::ledger::unit::Unit;
use crate::store::engine::{BatchStatements, Fault, Writer};
use crate::store::kept::youths;
use crate::vault::{RetentionClass, Vault};
use std::sync::Arc;

/// Vergeten: what came of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "vergeten")]
pub enum Forgotten {
    /// It was replayed.
    Replayed {
        /// How many erasures it names.
        lines: usize,
        /// How many of them the copy did not have yet.
        again: usize,
    },
    /// It was left out, for this reason.
    Without(&'static str),
}

/// The journal that is replayed, or the reason why none is.
pub(super) enum Replay {
    Journal(Vault, Vec<Line>),
    Without(&'static str),
}

const ERASURES: &str = "SELECT entry FROM log_leaf WHERE entry LIKE $1";

impl Forgotten {
    /// As the first entry of the new log tells it.
    pub(super) fn told(&self) -> Value {
        match self {
            Self::Replayed { lines, again } => json!({"journaal": lines, "opnieuw": again}),
            Self::Without(reason) => json!({"zonder_journaal": reason}),
        }
    }
}

/// Reads the journal before anything is put back.
pub(super) fn journal(config: &Config, without: Option<&'static str>) -> Result<Replay, CopyFault> {
    let vault = Vault::new(Arc::new(app::keys(config)?));
    match (&config.erasure, without) {
        (_, Some(reason)) => Ok(Replay::Without(reason)),
        (None, None) => Err(CopyFault::NoJournal),
        (Some(settings), None) => {
            let lines = journal::read(&settings.journal, &vault);
            Ok(Replay::Journal(vault, lines.map_err(|fault| CopyFault::Journal(fault.to_string()))?))
        }
    }
}

/// Erases again, within the transaction that puts the copy back. Holds do not stand in the way: it was done before.
pub(super) async fn again(
    on: &mut dyn Writer,
    sql: &BatchStatements,
    replay: &Replay,
    now: Moment,
) -> Result<Forgotten, CopyFault> {
    let (vault, lines) = match replay {
        Replay::Journal(vault, lines) => (vault, lines),
        Replay::Without(reason) => return Ok(Forgotten::Without(reason)),
    };
    whole(on, lines).await?;
    let mut again = 0;
    for youth in youths(on).await? {
        let whom = of_whom(vault, youth);
        let mut of_youth = lines.iter().filter(|line| line.whom == whom).peekable();
        if of_youth.peek().is_none() {
            continue;
        }
        let kept = Kept::on(on, vault, youth).await?;
        let gone: Vec<_> = of_youth
            .inspect(|line| again += usize::from(!kept.left_of(&line.classes().collect::<Vec<_>>()).is_empty()))
            .flat_map(Line::classes)
            .collect();
        let classes = kept.left_of(&gone);
        if classes.is_empty() {
            continue;
        }
        if classes.contains(&RetentionClass::Delivery) {
            let duties = kept.duties(now)?.into_iter().fold(Unit::default(), Unit::with_obligation);
            for (statement, rows) in tables(sql, &[&duties], &Places::new())? {
                on.run(statement, &[rows]).await?;
            }
        }
        kept.erasure(&classes).carry_out(on, sql).await?;
    }
    Ok(Forgotten::Replayed { lines: lines.len(), again })
}

/// What the logs of the copy itself say was erased stands in the journal, or it is not the whole one.
async fn whole(on: &mut dyn Writer, lines: &[Line]) -> Result<(), CopyFault> {
    let words = format!("%\"soort\":\"{ERASED}\"%");
    for row in on.run(ERASURES, &[words.as_str().into()]).await? {
        let entry: Value = serde_json::from_str(row.text(0)?).map_err(|_| Fault::Misread { column: 0 })?;
        let record = entry.get("besluit").and_then(Value::as_str).unwrap_or_default();
        if !lines.iter().any(|line| hex::encode(line.record) == record) {
            return Err(CopyFault::JournalShort { record: record.to_owned() });
        }
    }
    Ok(())
}
