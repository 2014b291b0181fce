// SPDX-License-Identifier: EUPL-1.2
//! Opschalen: what was not done on its day is heard of on the first step of the covenant's ladder, and when it stays silent, on
//! the next (003-06, 000-50, case 59). Whoever hears is told what was not done and at which desk, and nothing of whom it is
//! about (RL-28).

use serde::{Deserialize, Serialize};
use sluis_policy::calendar::working_days_after;
use sluis_policy::covenant::Terms;
use sluis_policy::{Covenant, Desk, Duty, Moment, Party};

use super::super::terms::obligation;
use super::super::{Broker, SignalBody, Trouble};
use super::DutyBody;
use crate::ledger::unit::{DutyState, ObligationRow, Unit};
use crate::vault::{Id, NO_YOUTH};

/// The kind of what a step of the ladder has to do.
pub const ESCALATED: &str = "opgeschaald";

/// Stilte: what was not done, as it may be known above the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "stilte")]
pub struct Silence {
    /// The duty that was not done; not for whoever hears.
    pub(super) duty: Id,
    /// Its kind, as a code.
    pub kind: String,
    /// At which desk.
    pub at: Party,
    /// By which day it should have been done.
    pub due_on: String,
    /// On which step of the ladder this is heard, from one.
    pub step: u8,
}

impl Broker {
    /// The unit, with what the next step hears because this row passed its day.
    ///
    /// INVARIANT: whoever calls has the version of the signal moved by the unit, as each step with the signal or its duties does:
    /// of two gateways one lets a step hear, and what is done meanwhile ends it.
    pub(super) async fn escalating(
        &self,
        mut unit: Unit,
        passed: &ObligationRow,
        moment: Moment,
    ) -> Result<Unit, Trouble> {
        let of_signal = self.store.obligations_of(passed.signal).await?;
        let Some((source, step)) = self.silent(passed, &of_signal)? else { return Ok(unit) };
        let Some(at) = source.party().filter(|at| at.desk != Desk::VeiligThuis) else { return Ok(unit) };
        let Some(sender) = self.sender_of(passed.signal).await? else { return Ok(unit) };
        let policy = self.policy.load();
        let covenant = policy.covenants.iter().find(|covenant| covenant.binds(sender) && covenant.binds(at));
        let Some((covenant, rung)) = covenant.and_then(|covenant| Some((covenant, covenant.step(step)?))) else {
            return Ok(unit);
        };
        let due = (working_days_after(moment.today, rung.patience), moment.instant);
        for desk in covenant.hears(rung, at, sender) {
            let row = obligation(desk, (passed.signal, None), (ESCALATED, &DutyBody::default()), due)?;
            let silence =
                Silence { duty: source.id, kind: source.kind.clone(), at, due_on: source.due_on.clone(), step };
            let body = DutyBody { silence: Some(silence), ..DutyBody::default() };
            unit = unit.and_record(self.course_of_nobody(row.id, ESCALATED)?);
            unit = unit.with_obligation(ObligationRow { sealed: body.seal_of_nobody(&self.vault, &row.id)?, ..row });
        }
        Ok(unit)
    }

    /// The duty that is still not done, and which step must hear of it now; nothing where nobody must.
    fn silent<'a>(
        &self,
        passed: &'a ObligationRow,
        of_signal: &'a [ObligationRow],
    ) -> Result<Option<(&'a ObligationRow, u8)>, Trouble> {
        let (source, step) = if passed.kind == ESCALATED {
            let Some(silence) = self.silence_of(passed)? else { return Ok(None) };
            (of_signal.iter().find(|row| row.id == silence.duty), silence.step.saturating_add(1))
        } else {
            (Some(passed), 1)
        };
        let Some(source) = source.filter(|row| is_silent(row)) else { return Ok(None) };
        // More than one desk may stand on a step, and what was postponed passes again.
        for row in of_signal.iter().filter(|row| row.state != DutyState::Done) {
            if self.silence_of(row)?.is_some_and(|heard| heard.duty == source.id && heard.step >= step) {
                return Ok(None);
            }
        }
        Ok(Some((source, step)))
    }

    /// The unit, with what was heard of these duties at its end: somebody did something.
    pub(in super::super) fn ending_silence(
        &self,
        mut unit: Unit,
        of_signal: &[ObligationRow],
        ended: impl Fn(&Id) -> bool,
    ) -> Result<Unit, Trouble> {
        for row in of_signal.iter().filter(|row| row.state != DutyState::Done) {
            if self.silence_of(row)?.is_some_and(|heard| ended(&heard.duty)) {
                unit = unit.with_obligation(ObligationRow { state: DutyState::Done, ..row.clone() });
            }
        }
        Ok(unit)
    }

    /// Whether what this was heard about is still not done: then whoever heard may postpone it, and not end it.
    pub(super) async fn is_still_silent(&self, body: &DutyBody) -> Result<bool, Trouble> {
        let Some(silence) = &body.silence else { return Ok(false) };
        Ok(self.store.obligation(silence.duty).await?.is_some_and(|row| is_silent(&row)))
    }

    fn silence_of(&self, row: &ObligationRow) -> Result<Option<Silence>, Trouble> {
        if row.kind != ESCALATED {
            return Ok(None);
        }
        Ok(DutyBody::open_of_nobody(&row.sealed, &self.vault, &row.id)?.silence)
    }

    /// Who sent the signal; nothing when it is no longer kept.
    async fn sender_of(&self, signal: Id) -> Result<Option<Party>, Trouble> {
        let Some(stored) = self.store.signal(signal).await? else { return Ok(None) };
        let youth = self.youth(stored.youth).await?;
        Ok(Some(SignalBody::open(&stored.sealed, &youth.keys, &stored.id)?.facts.sender))
    }
}

/// Whether a ladder hears of it when its day passes: a next step on a signal that is still kept (003-06). Asking and informing
/// are a professional's own, and are never heard of elsewhere (RL-06, RL-13).
fn is_silent(row: &ObligationRow) -> bool {
    row.kind == Duty::Act.code() && row.state != DutyState::Done && row.youth != NO_YOUTH
}

/// By which day a next step must follow on one that came too late; nothing where it was in time. Then it is counted anew from
/// today.
pub(in super::super) fn due_anew(
    row: &ObligationRow,
    (covenant, today): (Option<&Covenant>, jiff::civil::Date),
) -> Option<String> {
    let days = covenant.map_or(Terms::DEFAULT, Covenant::terms).act;
    (row.due_on < today.to_string()).then(|| working_days_after(today, days).to_string())
}
