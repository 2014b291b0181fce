// SPDX-License-Identifier: EUPL-1.2
//! The second step: which professional of the own controller stands behind one line of the log. Pages show roles and
//! organisations; this is asked line by line, with a reason given anew, and recorded as what it is (RL-20).

use sluis_policy::{Action, Field};

use super::replaying::RecordedDecision;
use super::reply::is_refusal;
use super::{Broker, Disclosure, LogLine, LogReader, Reply, TURNS, Trouble};
use crate::ledger::entry::Entry;
use crate::ledger::unit::Unit;
use crate::store::log::StoredRecord;
use crate::vault::NO_YOUTH;

/// Regel with the professional behind it.
#[derive(Debug, Clone)]
#[doc(alias = "regel")]
pub struct NamedLine {
    /// The line.
    pub line: LogLine,
    /// The professional, by the id that their organisation gave them; nothing where nobody in person acted, it is forgotten,
    /// or it does not agree with the log any more.
    pub professional: Option<String>,
}

impl Broker {
    /// Says which professional acted in one line of this gateway's own log. The staff of other organisations is theirs: such a
    /// line is as absent here as one that does not exist, and both are recorded alike (P6).
    ///
    /// # Errors
    /// When the question cannot be recorded; then nothing is shown.
    pub async fn name_professional(&self, reader: &LogReader, index: u64) -> Result<Reply<Option<NamedLine>>, Trouble> {
        for _ in 0..TURNS {
            let ruling = self.rule_on_oversight(reader, Action::NameProfessional)?;
            if is_refusal(&ruling) {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            }
            let found = self.behind_line(reader, index).await?;
            let seen = found.as_ref().and_then(|found| found.line.entry.id());
            let Some(receipt) = self.commit(Unit::record(ruling.record_for(self, reader.reason, seen)?)).await? else {
                continue;
            };
            let shown = Disclosure::permitted(&ruling, &receipt, |sieve| {
                let found: Option<NamedLine> = sieve.pass(Field::LogProfessional, found);
                sieve.pass(Field::LogLine, found)
            })?;
            return Ok(Reply::Released(shown));
        }
        Err(Trouble::Contended)
    }

    async fn behind_line(&self, reader: &LogReader, index: u64) -> Result<Option<NamedLine>, Trouble> {
        let log = self.ledger.standing().origin.clone();
        let records = self.store.records(&log, index..index.saturating_add(1), "", 1).await?;
        let Some(record) = records.into_iter().next() else { return Ok(None) };
        let own = reader.actor.party.organisation;
        let acted = |entry: &Entry| entry.party.as_ref().is_some_and(|(organisation, _)| *organisation == own);
        let Some(entry) = Entry::read(&record.entry).filter(acted) else { return Ok(None) };
        let professional = self.professional_of(record).await?;
        Ok(Some(NamedLine { line: LogLine { index, entry }, professional }))
    }

    async fn professional_of(&self, record: StoredRecord) -> Result<Option<String>, Trouble> {
        let Some((youth, _)) = record.fields else { return Ok(None) };
        let Some(recorded) = RecordedDecision::read(record) else { return Ok(None) };
        let keys = if youth == NO_YOUTH {
            None
        } else {
            let stored = self.store.youth(youth).await?;
            Some(self.vault.open_keys(youth, stored.wrapped())?)
        };
        Ok(recorded.personal(&self.vault, keys.as_ref()).ok().and_then(|personal| personal.professional))
    }
}
