// SPDX-License-Identifier: EUPL-1.2
//! A duty is taken up, postponed, released to one person, done. Who was told is kept, never what was said; and the gateway
//! itself tells nobody anything (RL-13).

use jiff::civil::Date;
use sluis_policy::{Action, Actor, PersonRef};

use super::super::once::Before;
use super::super::reply::is_refusal;
use super::super::{Asker, Broker, Disclosure, Once, Reply, Ruling, TURNS, Trouble};
use super::body::{DutyBody, Ending, Heard, Postponement, Release};
use super::{Known, standing};
use crate::ledger::unit::{DutyState, ObligationRow, Unit};
use crate::vault::Id;

/// Redenen van uitstel. A closed list: why is a code, never words about anybody.
#[doc(alias = "uitstelreden")]
pub const POSTPONED_FOR: [&str; 6] =
    [NOT_SAFE, ASKED_FOR_SILENCE, "onderzoek_loopt", "niet_bereikbaar", "gesprek_gepland", "anders"];

/// The reasons that withhold, until somebody weighs it for each person.
const NOT_SAFE: &str = "thuis_niet_veilig";
const ASKED_FOR_SILENCE: &str = "jeugdige_vraagt_stilte";

/// Whether who waits for this reason withholds it as well.
pub(super) fn withholds(reason: &str) -> bool {
    matches!(reason, NOT_SAFE | ASKED_FOR_SILENCE)
}

/// From which age a youth can ask for silence (RL-13).
const ASKS_FROM: u8 = 12;

/// Afwegingen: why it is safe to release to this person what is withheld by default.
#[doc(alias = "afweging")]
pub const WEIGHED: [&str; 4] =
    ["veilig_voor_deze_persoon", "jeugdige_stemt_in", "afgestemd_met_veilig_thuis", "is_de_jeugdige"];

/// Why somebody was not told, and will not be.
pub const NOT_TOLD_FOR: [&str; 5] =
    ["niet_bereikbaar", "niet_veilig", "jeugdige_wil_het_niet", "wist_het_al", "geen_gezag_meer"];

/// What came of what is not about telling.
pub const OUTCOMES: [&str; 6] = ["gedaan", "niet_meer_nodig", "elders_belegd", "terecht", "niet_terecht", "hersteld"];

/// Stap met een verplichting.
#[derive(Debug, Clone)]
#[doc(alias = "stap")]
pub enum DutyStep {
    /// Take it up; `over` also from a colleague.
    TakeUp {
        /// Whether it may be taken from who has it.
        over: bool,
    },
    /// It is done, or done for some of the people.
    Finish(Finishing),
    /// It waits.
    Postpone {
        /// Why, from [`POSTPONED_FOR`].
        reason: String,
        /// When to look at it again; not before today.
        review_on: Date,
    },
    /// One person may come to know it.
    Release {
        /// Who.
        person: PersonRef,
        /// Why that is safe, from [`WEIGHED`].
        weighed: Option<String>,
    },
}

/// Afronding.
#[derive(Debug, Clone)]
#[doc(alias = "afronding")]
pub struct Finishing {
    /// On which day.
    pub on: Date,
    /// What came of it, from [`OUTCOMES`].
    pub outcome: Option<String>,
    /// Who was told or asked.
    pub people: Vec<Heard>,
}

/// What a step led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worked {
    /// It was recorded, and the duty stands so, due on this day.
    Recorded(DutyState, String),
    /// This part of the caller's own input does not fit the duty; nothing was changed.
    Unfit(&'static str),
}

/// What a step makes of a duty, or why it does not.
enum Outcome {
    Becomes(Box<DutyBody>, DutyState, String),
    Unfit(&'static str),
    Conflict,
}

impl DutyStep {
    fn action(&self) -> Action {
        match self {
            Self::Release { .. } => Action::ReleaseTo,
            Self::TakeUp { .. } | Self::Finish(_) | Self::Postpone { .. } => Action::WorkDuty,
        }
    }

    fn is_weighed(&self) -> bool {
        matches!(self, Self::Release { weighed: Some(_), .. })
    }
}

impl Broker {
    /// Takes a step with a duty.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn work_duty(
        &self,
        asker: &Asker,
        actors: &[Actor],
        (id, step): (Id, &DutyStep),
        once: &Once,
    ) -> Result<Reply<Worked>, Trouble> {
        for _ in 0..TURNS {
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let moment = self.now()?;
            let known = self.known_duty(id, actors).await?;
            let actor = standing(actors, known.as_ref())?;
            let ruling = self.rule_weighed(asker, (actor, step.action(), step.is_weighed()), known.as_ref(), moment)?;
            let done = match &known {
                Some(known) if !is_refusal(&ruling) => {
                    self.step_with_duty(known, (&ruling, step), (once, before != Before::Nothing)).await?
                }
                known => self.refuse(&ruling, known.as_ref().and_then(Known::about), Some(id)).await?,
            };
            if let Some(reply) = done {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    /// Commits one step. A replay is decided and recorded again, and stores nothing.
    async fn step_with_duty(
        &self,
        known: &Known,
        (ruling, step): (&Ruling, &DutyStep),
        (once, again): (&Once, bool),
    ) -> Result<Option<Reply<Worked>>, Trouble> {
        let row = &known.row;
        let mut unit = known.reading(Unit::record(known.record(self, ruling)?));
        let worked = if again {
            Worked::Recorded(row.state, row.due_on.clone())
        } else {
            let waits = matches!(step, DutyStep::Finish(_)) && self.is_still_silent(&known.body).await?;
            match if waits { Outcome::Conflict } else { known.after(step, ruling) } {
                Outcome::Conflict => {
                    return Ok(self.commit(unit.reading(known.read)).await?.map(|_| Reply::Conflict));
                }
                Outcome::Unfit(pointer) => Worked::Unfit(pointer),
                Outcome::Becomes(body, state, due_on) => {
                    let sealed = match known.about() {
                        Some(youth) => body.seal(&youth.keys, &row.id)?,
                        None => body.seal_of_nobody(&self.vault, &row.id)?,
                    };
                    let next = ObligationRow { state, due_on: due_on.clone(), sealed, ..row.clone() };
                    unit = unit.with_obligation(next).moving(known.read);
                    if matches!(state, DutyState::Done | DutyState::Postponed) {
                        let of_signal = self.store.obligations_of(row.signal).await?;
                        unit = self.ending_silence(unit, &of_signal, |duty| *duty == row.id)?;
                    }
                    unit = unit.claiming(once.claim(row.id, ruling.moment.instant));
                    Worked::Recorded(state, due_on)
                }
            }
        };
        let Some(receipt) = self.commit(unit.reading(known.read)).await? else { return Ok(None) };
        Ok(Some(Reply::Released(Disclosure::release(&[ruling], &receipt, worked)?)))
    }
}

impl Known {
    fn after(&self, step: &DutyStep, ruling: &Ruling) -> Outcome {
        let (now, by) = (ruling.moment, ruling.professional());
        let (mut body, due_on) = (self.body.clone(), self.row.due_on.clone());
        let theirs = by.is_some() && body.holder.as_deref() == by;
        if self.row.state == DutyState::Done || by.is_none() {
            return Outcome::Conflict;
        }
        match step {
            DutyStep::TakeUp { over } => {
                if body.holder.is_some() && !theirs && !over {
                    return Outcome::Conflict;
                }
                body.holder = by.map(str::to_owned);
                let state = if self.row.state == DutyState::Open { DutyState::TakenUp } else { self.row.state };
                Outcome::Becomes(Box::new(body), state, due_on)
            }
            // Whoever has it works on it: that one name stands behind every word to a parent or youth.
            _ if !theirs => Outcome::Conflict,
            DutyStep::Finish(finishing) => self.finished(body, finishing, now.today),
            DutyStep::Postpone { reason, review_on } => {
                if reason == ASKED_FOR_SILENCE && self.youth.facts.age_on(now.today) < ASKS_FROM {
                    return Outcome::Unfit("/reden");
                }
                body.silent |= withholds(reason);
                // Who says that it must wait takes back what was released and is not told yet.
                body.released.clear();
                let first = body.postponed.take().map_or(due_on, |earlier| earlier.was_due_on);
                body.postponed = Some(Postponement { reason: reason.clone(), was_due_on: first });
                Outcome::Becomes(Box::new(body), DutyState::Postponed, review_on.to_string())
            }
            DutyStep::Release { person, weighed } => {
                let hears = self.youth.facts_on(now.today).who_hears(now.today);
                if !self.is_telling() {
                    return Outcome::Conflict;
                }
                if hears.iter().all(|(hearer, _)| hearer != person) {
                    return Outcome::Unfit("/persoon");
                }
                body.released.retain(|earlier| earlier.person != *person);
                body.released.push(Release { person: *person, at: now.instant, weighed: weighed.clone() });
                Outcome::Becomes(Box::new(body), self.row.state, due_on)
            }
        }
    }

    /// Telling is done when everybody who must hear has heard, or it was said why not; anything else when it is said what came
    /// of it.
    fn finished(&self, mut body: DutyBody, finishing: &Finishing, today: Date) -> Outcome {
        let hears = self.youth.facts_on(today).who_hears(today);
        if self.is_telling() {
            if finishing.people.is_empty() && !hears.is_empty()
                || !finishing.people.iter().all(|heard| self.knows(heard.person))
            {
                return Outcome::Unfit("/personen");
            }
        } else if !finishing.people.is_empty() {
            return Outcome::Unfit("/personen");
        } else if finishing.outcome.is_none() {
            return Outcome::Unfit("/uitkomst");
        }
        for heard in &finishing.people {
            body.heard.retain(|earlier| earlier.person != heard.person);
            body.heard.push(heard.clone());
        }
        let everybody = hears.iter().all(|(person, _)| body.heard.iter().any(|heard| heard.person == *person));
        if self.is_telling() && !everybody {
            let state = if self.row.state == DutyState::Open { DutyState::TakenUp } else { self.row.state };
            return Outcome::Becomes(Box::new(body), state, self.row.due_on.clone());
        }
        body.done = Some(Ending { on: finishing.on, outcome: finishing.outcome.clone() });
        Outcome::Becomes(Box::new(body), DutyState::Done, self.row.due_on.clone())
    }
}
