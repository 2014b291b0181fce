// SPDX-License-Identifier: EUPL-1.2
//! An officer searches all logs of the own controller, by whom it was about, with whom, for what, by which rule, and when
//! (ROL-36, RL-20). Each search is decided and recorded like a look, with what was searched for.

use std::sync::Arc;

use std::collections::BTreeSet;

use sluis_policy::{Actor, Field, Oin, Party};

use super::inbox::Looked;
use super::log_query::{Facets, places};
use super::reply::is_refusal;
use super::{Broker, Disclosure, KnownYouth, LINES_A_PAGE, LogQuery, LogReader, Reply, TURNS, Trouble, Whom};
use crate::ledger::entry::Entry;
use crate::ledger::unit::Unit;
use crate::store::index::{Sought, Spot};
use crate::store::log::PlainRecord;
use crate::vault::Id;

/// How many finding places are gone through for one page at most. Where what is sought is rare a page may come back with
/// less, and says where it stopped.
const LOOKED_THROUGH: usize = 20_000;

/// How many finding places are read at a time at most. First only as many as are wanted: mostly all fit.
const AT_A_TIME: usize = 1_000;

/// How far behind a log the index may be. So much of the end of each log is read itself.
pub(super) const TAIL: u64 = 20_000;

/// Gevonden: a page of what a search found.
#[derive(Debug, Clone)]
#[doc(alias = "gevonden")]
pub struct SearchPage {
    /// The lines, latest first, each with its log.
    pub lines: Vec<FoundLine>,
    /// The cursor with which the search goes on, when there may be more.
    pub older: Option<String>,
    /// Whether the index is further behind than a search makes up for: the latest may be missing.
    pub behind: bool,
}

/// Gevonden regel.
#[derive(Debug, Clone)]
#[doc(alias = "gevonden regel")]
pub struct FoundLine {
    /// Its log.
    pub log: String,
    /// Whether this gateway writes that log.
    pub own: bool,
    /// Its place in the log, from zero.
    pub index: u64,
    /// What it says.
    pub entry: Entry,
}

/// How a search ends for whoever asked.
#[derive(Debug)]
pub enum Searched {
    /// It was decided and recorded.
    Replied(Reply<Option<SearchPage>>),
    /// The cursor is not one of this officer in this search.
    ForeignCursor,
}

/// What is sought, of whom, from where.
pub(super) struct Hunt<'a> {
    pub(super) query: &'a LogQuery,
    pub(super) owner: Oin,
    pub(super) youth: Option<Id>,
    pub(super) since: i64,
    pub(super) before: Spot,
    /// Only of these instants, where that is asked.
    pub(super) instants: Option<&'a BTreeSet<i64>>,
    /// How many are wanted.
    pub(super) most: usize,
}

impl Hunt<'_> {
    fn fits(&self, facets: &Facets, at: i64) -> bool {
        self.query.fits(facets, at) && self.instants.is_none_or(|instants| instants.contains(&at))
    }

    /// Between which spots it is: of the asked instants there is none before the first and none after the last.
    fn span(&self) -> (i64, Spot) {
        let Some(instants) = self.instants else { return (self.since, self.before.clone()) };
        let (first, last) = (instants.first().copied().unwrap_or(i64::MAX), instants.last().copied().unwrap_or(0));
        let after_last = Spot { at: last.saturating_add(1), log: String::new(), index: 0 };
        (self.since.max(first), self.before.clone().min(after_last))
    }
}

/// What was hunted down: spots from the latest, and from where there may be more.
pub(super) struct Quarry {
    pub(super) spots: BTreeSet<Spot>,
    pub(super) stopped: Option<Spot>,
    pub(super) behind: bool,
}

impl Broker {
    /// Searches all logs of this database for matters of the reader's controller.
    ///
    /// # Errors
    /// When the search cannot be recorded; then nothing is shown.
    pub async fn search_log(
        &self,
        reader: &LogReader,
        query: &LogQuery,
        cursor: Option<&str>,
    ) -> Result<Searched, Trouble> {
        let bound = (reader.actor.party, &query.fingerprint(&self.vault));
        let (since, before) = query.span();
        let before = match cursor.map(|cursor| self.open_search_cursor(&reader.asker, bound, cursor)) {
            None => Spot { at: before, log: String::new(), index: 0 },
            Some(Some(spot)) => spot,
            Some(None) => return Ok(Searched::ForeignCursor),
        };
        for _ in 0..TURNS {
            let ruling = self.rule_on_oversight(reader, query.action())?;
            if is_refusal(&ruling) {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(Searched::Replied(reply));
            }
            let about = match &query.about {
                Some(whom) => Some(self.sought_after(reader.actor, whom).await?),
                None => None,
            };
            let youth = about.as_ref().and_then(Option::as_ref);
            let owner = reader.actor.party.organisation;
            let (youth_id, most) = (youth.map(KnownYouth::id), LINES_A_PAGE);
            let instants = self.bound_to(query, owner).await?;
            let instants = instants.as_ref();
            let hunt = Hunt { query, owner, youth: youth_id, since, before: before.clone(), instants, most };
            // Of a youth who is not known here there is nothing.
            let page = if about.is_some() && youth.is_none() {
                SearchPage { lines: Vec::new(), older: None, behind: false }
            } else {
                self.hunted(reader, &hunt, bound).await?
            };
            let record = ruling.record_search(self, (reader.reason, query.recorded()), youth)?;
            let unit = youth.map(|youth| youth.read).into_iter().fold(Unit::record(record), Unit::reading);
            let Some(receipt) = self.commit(unit).await? else { continue };
            let shown =
                Disclosure::permitted(&ruling, &receipt, |sieve| sieve.pass(Field::LogLine, Some(page)).flatten())?;
            return Ok(Searched::Replied(Reply::Released(shown)));
        }
        Err(Trouble::Contended)
    }

    /// The youth that somebody in this organisation can name: its own pupil, or who came by name to one of its desks.
    pub(super) async fn sought_after(&self, actor: Actor, whom: &Whom) -> Result<Option<KnownYouth>, Trouble> {
        let organisation = actor.party.organisation;
        let signal = match whom {
            Whom::Pupil(key) => return self.youth_by_pupil_key(organisation, key).await,
            Whom::Received(signal) => *signal,
        };
        let register = self.register.load_full();
        let desks = register.organisation(organisation).map(|known| known.desks.clone()).unwrap_or_default();
        let at = |desk| Actor { party: Party { organisation, desk }, ..actor };
        let actors: Vec<Actor> = desks.into_iter().map(at).collect();
        let by_name = |looked: &Looked| looked.delivery_body.as_ref().is_some_and(|body| body.named);
        Ok(self.look_up(signal, &actors).await?.filter(by_name).map(|looked| Arc::unwrap_or_clone(looked.youth)))
    }

    async fn hunted(
        &self,
        reader: &LogReader,
        hunt: &Hunt<'_>,
        bound: (Party, &[u8; 32]),
    ) -> Result<SearchPage, Trouble> {
        let Quarry { spots, stopped, behind } = self.quarry(hunt).await?;
        let shown: Vec<Spot> = spots.iter().rev().take(LINES_A_PAGE).cloned().collect();
        let more = if spots.len() > LINES_A_PAGE { shown.last().cloned() } else { stopped };
        let older = more.map(|spot| self.seal_search_cursor(&reader.asker, bound, &spot)).transpose()?;
        Ok(SearchPage {
            lines: self.lines_at(hunt, shown).await?.into_iter().map(|(line, _)| line).collect(),
            older,
            behind,
        })
    }

    /// The lines at these spots, each with the youth that it is about. What the index says only leads here: what is shown is
    /// judged by itself.
    pub(super) async fn lines_at(&self, hunt: &Hunt<'_>, spots: Vec<Spot>) -> Result<Vec<(FoundLine, Id)>, Trouble> {
        let places: Vec<(&str, u64)> = spots.iter().map(|spot| (spot.log.as_str(), spot.index)).collect();
        let records = self.store.plain_at(&places).await?;
        let own = &self.ledger.standing().origin;
        let line = |(spot, record): (Spot, Option<PlainRecord>)| {
            let record = record.filter(|record| hunt.youth.is_none_or(|youth| record.youth == youth))?;
            let entry = Entry::read(&record.entry).filter(|entry| entry.concerns(hunt.owner))?;
            let fits = hunt.fits(&Facets::of(&entry, hunt.owner), entry.at);
            let found = || FoundLine { own: spot.log == *own, log: spot.log, index: record.index, entry };
            fits.then(|| (found(), record.youth))
        };
        Ok(spots.into_iter().zip(records).filter_map(line).collect())
    }

    /// The latest spots that fit, one more than a page has: from the index, and from what it does not have yet.
    pub(super) async fn quarry(&self, hunt: &Hunt<'_>) -> Result<Quarry, Trouble> {
        let (mut spots, behind) = self.unindexed(hunt).await?;
        let (since, mut before) = hunt.span();
        let (mut looked, mut at_a_time) = (0, (hunt.most + 1).min(AT_A_TIME));
        loop {
            let most = i64::try_from(at_a_time).unwrap_or(i64::MAX);
            let sought = Sought { owner: hunt.owner, youth: hunt.youth, since, before: &before, most };
            let found = self.index.find(&sought).await?;
            let (all, last) = (found.len() < at_a_time, found.last().map(|(spot, _)| spot.clone()));
            looked += found.len();
            let fits = |(spot, written): &(Spot, String)| {
                Facets::read(written).is_some_and(|facets| hunt.fits(&facets, spot.at))
            };
            spots.extend(found.into_iter().filter(fits).map(|(spot, _)| spot));
            before = last.unwrap_or(before);
            at_a_time = (at_a_time * 8).min(AT_A_TIME);
            if all {
                return Ok(Quarry { spots, stopped: None, behind });
            }
            // What is older than where the index was left may have something newer before it.
            let reached = spots.range(&before..).count();
            if reached > hunt.most || looked >= LOOKED_THROUGH {
                let spots = spots.split_off(&before);
                return Ok(Quarry { spots, stopped: Some(before), behind });
            }
        }
    }

    /// What fits of the end of each log, as far as the index may not have it yet; and whether it is further behind than that.
    async fn unindexed(&self, hunt: &Hunt<'_>) -> Result<(BTreeSet<Spot>, bool), Trouble> {
        let (logs, reached) = (self.store.logs().await?, self.index.reached().await?);
        let (mut spots, mut behind) = (BTreeSet::new(), false);
        for (log, size) in logs {
            let upto = reached.get(&log).copied().unwrap_or_default();
            let from = upto.max(size.saturating_sub(TAIL));
            behind |= from > upto;
            for record in self.store.plain(&log, from..size).await? {
                let found = places(&log, &record).into_iter().filter(|place| {
                    place.owner == hunt.owner
                        && hunt.youth.is_none_or(|youth| place.youth == youth)
                        && place.spot.at >= hunt.since
                        && place.spot < hunt.before
                        && Facets::read(&place.facets).is_some_and(|facets| hunt.fits(&facets, place.spot.at))
                });
                spots.extend(found.map(|place| place.spot));
            }
        }
        Ok((spots, behind))
    }
}
