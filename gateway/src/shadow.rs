// SPDX-License-Identifier: EUPL-1.2
//! Proefdraaien: what was decided is decided again under a proposed policy, before it may be in force.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sluis_policy::Covenant;

use crate::app::StartFault;
use crate::broker::replaying::{Lost, Posed, RecordedDecision, Replayer};
use crate::broker::{Policy, Trouble};
use crate::store::Store;

/// How many records are read at a time.
const PAGE: i64 = 1_000;

/// How many decisions are named for each difference.
const EXAMPLES: usize = 3;

/// Uitslag of a trial run.
#[derive(Debug, Default)]
#[doc(alias = "uitslag")]
pub(crate) struct Tally {
    /// Decided as recorded.
    pub(crate) same: u64,
    /// Decided otherwise: from which rule to which, how often, and which decisions for example.
    pub(crate) differing: BTreeMap<(String, &'static str), Difference>,
    /// What could not be put again, by why.
    pub(crate) lost: BTreeMap<Lost, u64>,
    /// How many differ from their record already under the policy that is in force.
    pub(crate) already: u64,
    /// How long deciding took, without reading.
    pub(crate) deciding: Duration,
}

/// Decisions that one rule made and another would make.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    pub(crate) count: u64,
    pub(crate) examples: Vec<String>,
}

impl Tally {
    /// How many would be decided otherwise.
    pub(crate) fn differ(&self) -> u64 {
        self.differing.values().map(|difference| difference.count).sum()
    }

    /// How many could not be put again.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.values().sum()
    }

    /// Decides a page of questions under both policies. The clock runs for this alone.
    fn weigh(&mut self, page: &[(RecordedDecision, Posed)], now: &Policy, proposed: &Policy) {
        let begun = Instant::now();
        let decided: Vec<_> = page.iter().map(|(_, posed)| posed.decide(proposed)).collect();
        self.deciding += begun.elapsed();
        for ((recorded, posed), decision) in page.iter().zip(decided) {
            if !recorded.is_as(&posed.decide(now)) {
                self.already += 1;
            }
            if recorded.is_as(&decision) {
                self.same += 1;
                continue;
            }
            let rules = (recorded.rule().to_owned(), decision.rule().id());
            let difference = self.differing.entry(rules).or_default();
            difference.count += 1;
            if difference.examples.len() < EXAMPLES {
                difference.examples.push(hex::encode(recorded.id));
            }
        }
    }
}

/// Puts every decision recorded since an instant again, in every log of the database.
///
/// # Errors
/// When something cannot be read.
pub(crate) async fn run(
    store: &Store,
    mut replayer: Replayer,
    since: i64,
    (now, proposed): (&Policy, &Policy),
) -> Result<Tally, Trouble> {
    let mut tally = Tally::default();
    for (log, size) in store.logs().await? {
        let mut before = size;
        loop {
            let page = store.records(&log, 0..before, "\"regel\":", PAGE).await?;
            let Some(last) = page.last() else { break };
            before = last.index;
            let decisions: Vec<_> = page.into_iter().filter_map(RecordedDecision::read).collect();
            // Clocks of one log never run back by more than they may differ, so a page that is older whole ends it.
            let ended = !decisions.is_empty() && decisions.iter().all(|decision| decision.at < since);
            let mut posed = Vec::with_capacity(decisions.len());
            for decision in decisions.into_iter().filter(|decision| decision.at >= since) {
                match replayer.posed(&decision).await? {
                    Ok(question) => posed.push((decision, question)),
                    Err(lost) => *tally.lost.entry(lost).or_default() += 1,
                }
            }
            tally.weigh(&posed, now, proposed);
            if ended {
                break;
            }
        }
    }
    Ok(tally)
}

/// Voorstel: the policy as it would be with other roles or another covenant.
///
/// # Errors
/// When the roles or the covenant cannot be in force, by themselves or beside the others.
pub(crate) async fn proposed(
    config: &crate::config::Config,
    roles: Option<&std::path::Path>,
    covenant: Option<&std::path::Path>,
) -> Result<Policy, StartFault> {
    let mut policy = crate::app::policy(config).await?;
    if let Some(path) = roles {
        let text = String::from_utf8_lossy(&crate::app::file(path)?).into_owned();
        policy.roles = sluis_policy::roles::load(sluis_policy::roles::SHIPPED_MODEL, &text).await?;
    }
    if let Some(path) = covenant {
        let named = || path.display().to_string();
        let text = String::from_utf8_lossy(&crate::app::file(path)?).into_owned();
        let next = Covenant::parse(&text).map_err(|trouble| StartFault::Covenant { path: named(), trouble })?;
        // It stands where the one with its number stood; a new one comes behind the others.
        let place = policy.covenants.iter().position(|known| known.id() == next.id());
        let others = policy.covenants.iter().filter(|known| known.id() != next.id());
        if let Some(other) = others.clone().find(|other| other.overlap(&next).is_some()) {
            return Err(StartFault::CovenantsOverlap { path: named(), other: other.name().to_owned() });
        }
        match place.and_then(|place| policy.covenants.get_mut(place)) {
            Some(known) => *known = next,
            None => policy.covenants.push(next),
        }
    }
    Ok(policy)
}
