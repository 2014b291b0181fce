// SPDX-License-Identifier: EUPL-1.2
//! An officer reads the log of the own controller (ROL-36, RL-20). Reading is a question like any other: decided, recorded,
//! and only then shown. The record of a reading is a line of the log itself, to be seen at the next look.

use sluis_policy::{AccessRequest, Action, Actor, Backing, Field, Oin, Party, Purpose};

use super::reply::is_refusal;
use super::{Asker, Broker, Disclosure, Reply, Ruling, TURNS, Trouble};
use crate::http::trace::Trace;
use crate::ledger::checkpoint::{Checkpoint, VerifierKey};
use crate::ledger::entry::Entry;
use crate::ledger::inclusion::Inclusion;
use crate::ledger::known::{BLOCK, Known};
use crate::ledger::leaf::entry_hash;
use crate::ledger::merkle::Hash;
use crate::ledger::unit::Unit;
use crate::vault::{Id, Unsealable};

/// How many lines a page has.
pub const LINES_A_PAGE: usize = 25;

/// How many entries are looked through for one page at most. The log has no index by organisation, so that where one
/// organisation does little a page may come back with less, and says where it stopped.
const LOOKED_THROUGH: u64 = 50_000;

/// Bladzijde of the log.
#[derive(Debug, Clone)]
#[doc(alias = "bladzijde")]
pub struct LogPage {
    /// The log's name.
    pub log: String,
    /// Whether it is the log that this gateway writes itself.
    pub own: bool,
    /// The lines that are a matter of the reader's controller, latest first.
    pub lines: Vec<LogLine>,
    /// The place before which was looked, when that was asked for.
    pub before: Option<u64>,
    /// The place before which has not been looked yet, when there is more.
    pub older: Option<u64>,
    /// Every log of this database.
    pub logs: Vec<String>,
}

/// Logregel with its place.
#[derive(Debug, Clone)]
#[doc(alias = "logregel")]
pub struct LogLine {
    /// Its place in the log, from zero.
    pub index: u64,
    /// What it says.
    pub entry: Entry,
}

/// Controle of one line: what was recomputed, from what.
#[derive(Debug, Clone)]
#[doc(alias = "controle")]
pub struct CheckedLine {
    /// The line.
    pub line: LogLine,
    /// The text that was hashed.
    pub text: String,
    /// Its hash as a leaf.
    pub leaf: Hash,
    /// What came of it.
    pub finding: Finding,
}

/// Bevinding.
#[derive(Debug, Clone)]
#[doc(alias = "bevinding")]
pub enum Finding {
    /// The leaf leads to the root of the signed checkpoint.
    Included {
        /// The checkpoint as signed.
        checkpoint: String,
        /// The way.
        proof: Inclusion,
    },
    /// It does not: the log was changed.
    NotIncluded {
        /// The checkpoint as signed.
        checkpoint: String,
    },
    /// The log is long, and so far only this many of its leaves were gone through.
    Underway {
        /// Gone through.
        done: u64,
        /// Of how many.
        size: u64,
    },
}

/// Lezer of the log: an officer with the reason that they gave.
#[derive(Debug)]
#[doc(alias = "lezer")]
pub struct LogReader {
    /// What the record says of who asked.
    pub asker: Asker,
    /// The office in which they read.
    pub actor: Actor,
    /// The code of the reason. It stands in the record of every look, sealed.
    pub reason: &'static str,
}

impl Asker {
    /// The asker behind a session of the people listener: a person, by the id that their organisation gave them, who comes
    /// in through this gateway's own door.
    #[must_use]
    pub fn in_person(broker: &Broker, professional: &str, trace: Trace) -> Self {
        Self { certificate: broker.own, professional: Some(professional.to_owned()), trace }
    }
}

impl Broker {
    /// Shows a page of a log: of the named one, or of the one that this gateway writes.
    ///
    /// # Errors
    /// When the reading cannot be recorded; then nothing is shown.
    pub async fn read_log(
        &self,
        reader: &LogReader,
        log: Option<&str>,
        before: Option<u64>,
    ) -> Result<Reply<Option<LogPage>>, Trouble> {
        for _ in 0..TURNS {
            let ruling = self.rule_on_log(reader)?;
            if is_refusal(&ruling) {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            }
            let page = self.page(reader.actor.party.organisation, log, before).await?;
            if let Some(shown) = self.shown((&ruling, reader.reason), None, Some(page)).await? {
                return Ok(Reply::Released(shown));
            }
        }
        Err(Trouble::Contended)
    }

    /// Looks up one line of this gateway's own log and where it stands under the present checkpoint. A line that is not a
    /// matter of the reader's controller is as absent as one that does not exist, and both are recorded alike (P6).
    ///
    /// # Errors
    /// When the reading cannot be recorded; then nothing is shown.
    pub async fn check_line(&self, reader: &LogReader, index: u64) -> Result<Reply<Option<CheckedLine>>, Trouble> {
        for _ in 0..TURNS {
            let ruling = self.rule_on_log(reader)?;
            if is_refusal(&ruling) {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            }
            let found = match self.line(reader.actor.party.organisation, index).await? {
                Some((entry, text)) => Some(self.checked(LogLine { index, entry }, text).await?),
                None => None,
            };
            let seen = found.as_ref().and_then(|checked| checked.line.entry.id());
            if let Some(shown) = self.shown((&ruling, reader.reason), seen, found).await? {
                return Ok(Reply::Released(shown));
            }
        }
        Err(Trouble::Contended)
    }

    pub(super) fn rule_on_log(&self, reader: &LogReader) -> Result<Ruling, Trouble> {
        self.rule_on_oversight(reader, Action::SearchLog)
    }

    /// The decision on a question of oversight about the reader's own controller.
    pub(super) fn rule_on_oversight(&self, reader: &LogReader, action: Action) -> Result<Ruling, Trouble> {
        self.rule_on_matters_of(reader.actor.party, reader, action)
    }

    /// The same, about the matters of this party: the core refuses when it is not the reader's own.
    pub(super) fn rule_on_matters_of(
        &self,
        party: Party,
        reader: &LogReader,
        action: Action,
    ) -> Result<Ruling, Trouble> {
        let (moment, actor) = (self.now()?, reader.actor);
        let request = AccessRequest {
            actor,
            action,
            purpose: Purpose::Verantwoording,
            receiver: party,
            named: false,
            signal: None,
            asked: None,
            backing: Backing { reasoned: !reader.reason.is_empty(), ..Backing::default() },
        };
        let snapshot = match action {
            Action::MonitorStaff => self.facts_of_staff(party, moment.today),
            _ => self.facts(None, actor.party, None, moment.today),
        };
        self.rule(&reader.asker, request, &snapshot, moment)
    }

    /// Records the reading, and only then lets it out.
    pub(super) async fn shown<V>(
        &self,
        (ruling, reason): (&Ruling, &'static str),
        seen: Option<Id>,
        found: Option<V>,
    ) -> Result<Option<Disclosure<Option<V>>>, Trouble> {
        let Some(receipt) = self.commit(Unit::record(ruling.record_for(self, reason, seen)?)).await? else {
            return Ok(None);
        };
        Disclosure::permitted(ruling, &receipt, |sieve| sieve.pass(Field::LogLine, found)).map(Some)
    }

    async fn page(&self, controller: Oin, log: Option<&str>, before: Option<u64>) -> Result<LogPage, Trouble> {
        let logs = self.store.logs().await?;
        let own = self.ledger.standing().origin.clone();
        let named = log.and_then(|name| logs.iter().find(|(log, _)| log == name));
        let found = named.or_else(|| logs.iter().find(|(log, _)| *log == own));
        let (log, size) = found.cloned().unwrap_or((own.clone(), 0));
        let end = before.unwrap_or(size).min(size);
        let (lines, older) = self.lines_before(&log, controller, end).await?;
        let logs = logs.into_iter().map(|(log, _)| log).collect();
        Ok(LogPage { own: log == own, log, lines, before, older, logs })
    }

    /// The lines of a controller before a place, as many as a page has, and where to go on.
    async fn lines_before(
        &self,
        log: &str,
        controller: Oin,
        mut end: u64,
    ) -> Result<(Vec<LogLine>, Option<u64>), Trouble> {
        let floor = end.saturating_sub(LOOKED_THROUGH);
        let mut lines = Vec::new();
        while lines.len() < LINES_A_PAGE && end > floor {
            let wanted = i64::try_from(LINES_A_PAGE).unwrap_or(i64::MAX);
            let rows = self.store.lines_naming(log, controller, floor..end, wanted).await?;
            let all = rows.len() < LINES_A_PAGE;
            for (index, text) in rows {
                end = index;
                let entry = Entry::read(&text).filter(|entry| entry.concerns(controller));
                lines.extend(entry.map(|entry| LogLine { index, entry }));
                if lines.len() == LINES_A_PAGE {
                    return Ok((lines, (end > 0).then_some(end)));
                }
            }
            if all {
                end = floor;
            }
        }
        Ok((lines, (end > 0).then_some(end)))
    }

    async fn line(&self, controller: Oin, index: u64) -> Result<Option<(Entry, String)>, Trouble> {
        let standing = self.ledger.standing();
        if index >= standing.size {
            return Ok(None);
        }
        let from = i64::try_from(index).unwrap_or(i64::MAX);
        let text = self.store.entries(&standing.origin, from, 1).await?.into_iter().find(|(found, _)| *found == from);
        let read = text.and_then(|(_, text)| Some((Entry::read(&text)?, text)));
        Ok(read.filter(|(entry, _)| entry.concerns(controller)))
    }

    /// Hashes the text, makes the proof from what is stored, and follows it to the root that was signed.
    async fn checked(&self, line: LogLine, text: String) -> Result<CheckedLine, Trouble> {
        let leaf = entry_hash(&text);
        let checkpoint = self.checkpoint()?;
        let key = self.vault.signing().ok_or(Unsealable)?;
        let keys = [VerifierKey::of(&self.ledger.standing().origin, &key)];
        let signed = Checkpoint::verify(&checkpoint, &keys).map_err(|_| Unsealable)?;
        let blocks = self.blocks.up_to(&self.store, &signed.origin, signed.size).await?;
        let done = blocks.len() as u64 * BLOCK;
        if done < signed.size - signed.size % BLOCK {
            let finding = Finding::Underway { done, size: signed.size };
            return Ok(CheckedLine { line, text, leaf, finding });
        }
        let known = self.known_beside(&signed.origin, signed.size, line.index).await?;
        let proof = Inclusion::prove(line.index, signed.size, Known { blocks: &blocks, leaves: &known });
        let finding = match proof.filter(|proof| proof.root(leaf) == Some(signed.root)) {
            Some(proof) => Finding::Included { checkpoint, proof },
            None => Finding::NotIncluded { checkpoint },
        };
        Ok(CheckedLine { line, text, leaf, finding })
    }
}
