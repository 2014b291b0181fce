// SPDX-License-Identifier: EUPL-1.2
//! An officer takes along what a search finds, in a file (L10). What is taken, in which form and for whom is recorded before
//! the first line leaves. What is large is another matter: that takes a second person beforehand (RL-09), and an officer is
//! nobody's second person and cannot do it (RL-20).

use std::collections::{BTreeSet, HashMap};

use sluis_policy::{Action, Field, Oin, Party};

use super::log_query::Facets;
use super::log_search::{Hunt, Quarry};
use super::reply::is_refusal;
use super::{Broker, Disclosure, KnownYouth, LogQuery, LogReader, Reply, TURNS, Trouble};
use crate::audience::Audience;
use crate::export::{Format, Standing};
use crate::ledger::unit::Unit;
use crate::store::index::Spot;
use crate::vault::{Id, NO_YOUTH};

/// How many lines an officer may take along at once.
pub const MOST_TAKEN: usize = 1_000;

/// How many lines are read at a time.
const AT_A_TIME: usize = 100;

/// Uitgifte that was decided and recorded: its lines are read while they leave.
#[derive(Debug)]
#[doc(alias = "uitgifte")]
pub struct Taken {
    query: LogQuery,
    owner: Oin,
    youth: Option<Id>,
    spots: Vec<Spot>,
    instants: Option<BTreeSet<i64>>,
    how: (Format, Audience),
    known_as: HashMap<Id, Option<String>>,
}

impl Taken {
    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }
}

impl Broker {
    /// Decides on taking along what a search finds, and records it. `of` is the organisation whose matters are asked for.
    ///
    /// # Errors
    /// When it cannot be recorded; then nothing leaves.
    pub async fn take_along(
        &self,
        reader: &LogReader,
        (query, of): (&LogQuery, Oin),
        how: (Format, Audience),
    ) -> Result<Reply<Option<Taken>>, Trouble> {
        let party = Party { organisation: of, ..reader.actor.party };
        for _ in 0..TURNS {
            let mut ruling = self.rule_on_matters_of(party, reader, query.action())?;
            let mut found = None;
            if !is_refusal(&ruling) {
                match self.taken(reader, query, how).await? {
                    Some(taken) => found = Some(taken),
                    // It is more than an officer takes along alone.
                    None => ruling = self.rule_on_matters_of(party, reader, Action::ExportLog)?,
                }
            }
            let Some((taken, youth)) = found.filter(|_| !is_refusal(&ruling)) else {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            };
            let record = ruling.record_search(self, (reader.reason, query.recorded_as(how)), youth.as_ref())?;
            let left = ruling.left_in_a_file(self)?;
            let unit = Unit::record(record).and_record(left);
            let unit = youth.map(|youth| youth.read).into_iter().fold(unit, Unit::reading);
            let Some(receipt) = self.commit(unit).await? else { continue };
            let shown = Disclosure::permitted(&ruling, &receipt, |sieve| sieve.pass(Field::LogLine, taken))?;
            return Ok(Reply::Released(shown));
        }
        Err(Trouble::Contended)
    }

    /// The next lines of what is taken along; nothing when all have left.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn next_lines(&self, taken: &mut Taken) -> Result<Option<String>, Trouble> {
        if taken.spots.is_empty() {
            return Ok(None);
        }
        let rest = taken.spots.split_off(taken.spots.len().min(AT_A_TIME));
        let spots = std::mem::replace(&mut taken.spots, rest);
        let query = taken.query.clone();
        let before = Spot { at: i64::MAX, log: String::new(), index: 0 };
        let (owner, youth, instants) = (taken.owner, taken.youth, taken.instants.as_ref());
        let hunt = Hunt { query: &query, owner, youth, since: 0, before, instants, most: AT_A_TIME };
        let lines = self.lines_at(&hunt, spots).await?;
        let (format, audience) = taken.how;
        let mut text = String::new();
        for (line, youth) in lines {
            if audience.misses(&line.entry) {
                continue;
            }
            // A record that names nobody must not be joined to others of the same youth (RL-23).
            let by_name = Facets::of(&line.entry, taken.owner).by_name && youth != NO_YOUTH;
            let pseudonym =
                if by_name && audience.sees("jeugdige") { self.known_as(taken, youth).await? } else { None };
            let seen = audience.seen(&line.entry, pseudonym.as_deref());
            text.extend(format.line(Standing { log: &line.log, index: line.index }, &seen));
        }
        Ok(Some(text))
    }

    /// What a search finds, when an officer may take that much along.
    async fn taken(
        &self,
        reader: &LogReader,
        query: &LogQuery,
        how: (Format, Audience),
    ) -> Result<Option<(Taken, Option<KnownYouth>)>, Trouble> {
        let owner = reader.actor.party.organisation;
        let youth = match &query.about {
            Some(whom) => self.sought_after(reader.actor, whom).await?,
            None => None,
        };
        let id = youth.as_ref().map(KnownYouth::id);
        let (since, before) = query.span();
        let before = Spot { at: before, log: String::new(), index: 0 };
        let instants = self.bound_to(query, owner).await?;
        let spots = if query.about.is_some() && id.is_none() {
            Vec::new()
        } else {
            let hunt = Hunt { query, owner, youth: id, since, before, instants: instants.as_ref(), most: MOST_TAKEN };
            let Quarry { spots, stopped, behind } = self.quarry(&hunt).await?;
            if stopped.is_some() || behind || spots.len() > MOST_TAKEN {
                return Ok(None);
            }
            spots.into_iter().rev().collect()
        };
        let taken = Taken { query: query.clone(), owner, youth: id, spots, instants, how, known_as: HashMap::new() };
        Ok(Some((taken, youth)))
    }

    /// The pseudonym by which the organisation knows a youth; nothing once the youth is erased.
    async fn known_as(&self, taken: &mut Taken, youth: Id) -> Result<Option<String>, Trouble> {
        if let Some(known) = taken.known_as.get(&youth) {
            return Ok(known.clone());
        }
        let keys = self.vault.open_keys(youth, self.store.youth(youth).await?.wrapped())?;
        let known = self.vault.pseudonym(&keys, taken.owner).ok();
        taken.known_as.insert(youth, known.clone());
        Ok(known)
    }
}
