// SPDX-License-Identifier: EUPL-1.2
//! Verlopen: what of a youth may not be kept any longer, by the terms that were decided on.

use jiff::civil::Date;
use sluis_policy::{Moment, ProcessingActivity};

use super::{Kept, KeptSignal, Obstacle, is_open, must_arrive};
use crate::broker::Trouble;
use crate::broker::sealing::{SignalBody, YouthFact};
use crate::clock::amsterdam_date;
use crate::ledger::erasure::{Erasure, Lapsed};
use crate::ledger::leaf::Leaf;
use crate::ledger::record::AccessRecord;
use crate::ledger::unit::{DeliveryRow, Unit};
use crate::retention::{CountsFrom, Terms};
use crate::vault::{Id, RetentionClass, Vault};

/// Vervallen: what goes next of one youth. One thing at a time: what goes later rests on what is still there.
#[derive(Debug, PartialEq, Eq)]
#[doc(alias = "vervallen")]
pub(crate) enum Due {
    /// Nothing yet.
    Nothing,
    /// These signals, each with the activity whose term is over.
    Signals(Vec<(Id, ProcessingActivity)>),
    /// A class.
    Class(RetentionClass),
    /// Something, if nothing stood in its way.
    Waits(Obstacle),
}

/// Al weg: a class that was erased, and when, in microseconds.
#[doc(alias = "al weg")]
pub(crate) type Gone = (RetentionClass, i64);

impl Kept {
    /// What goes next. A class that others rest on has its term from when they were erased, which the journal tells.
    pub(crate) fn due(&self, terms: &Terms, gone: &[Gone], today: Date) -> Result<Due, Trouble> {
        let over = self.signals_over(terms, today)?;
        if !over.is_empty() {
            return Ok(self.signals_due(over));
        }
        let mut order = RetentionClass::FROM_THE_START.into_iter();
        let Some(next) = order.find(|class| self.keys.holds(*class)) else { return Ok(Due::Nothing) };
        let end = match next {
            RetentionClass::Delivery => self.end_of_facts(terms, today),
            RetentionClass::Consent => {
                let start = since(gone, &[RetentionClass::Delivery]).map(|at| at.max(self.latest(next)));
                end_of(terms, (next, ProcessingActivity::FactKeeping), start, today)
            }
            RetentionClass::AccessRecord | RetentionClass::Hold => {
                let start = since(gone, &[RetentionClass::Delivery, RetentionClass::Consent]);
                end_of(terms, (next, ProcessingActivity::Accountability), start, today)
            }
        };
        if end.is_none_or(|end| today < end) {
            return Ok(Due::Nothing);
        }
        Ok(self.obstacle(&[next]).map_or(Due::Class(next), Due::Waits))
    }

    /// A unit that lets these signals go, with a record of each, and with what follows for others.
    pub(crate) fn lapsed(&self, records: Vec<AccessRecord>, vault: &Vault, moment: Moment) -> Result<Unit, Trouble> {
        let mut unit = Unit::default().moving(self.read());
        let mut lapsed = Vec::with_capacity(records.len());
        for record in records {
            let signal = self.rows.signals.iter().find(|signal| Some(signal.stored.id) == record.personal.resource);
            let signal = signal.ok_or(Trouble::Contended)?;
            unit = unit.moving(signal.read).and_record(self.leaf(&record, vault)?);
            if self.deliveries_of(signal).any(is_open) {
                unit = unit.with_obligation(self.duty(signal, moment)?);
            }
            let deliveries = self.deliveries_of(signal).map(|row| row.id).collect();
            lapsed.push(Lapsed { signal: signal.stored.id, deliveries });
        }
        Ok(unit.erasing(Erasure { lapsed, ..self.erasure(&[]) }))
    }

    fn leaf(&self, record: &AccessRecord, vault: &Vault) -> Result<Leaf, Trouble> {
        Ok(record.seal(vault, Some(&self.keys))?)
    }

    /// The signals whose term is over.
    fn signals_over(&self, terms: &Terms, today: Date) -> Result<Vec<(Id, ProcessingActivity)>, Trouble> {
        let mut over = Vec::new();
        for signal in self.rows.signals.iter().filter(|_| self.keys.holds(RetentionClass::Delivery)) {
            let stored = &signal.stored;
            let body = SignalBody::open(&stored.sealed, &self.keys, &stored.id)?;
            let activity = body.facts.purpose.activity();
            let Some(term) = terms.of(RetentionClass::Delivery, activity, today) else { continue };
            let start = match term.counts_from() {
                CountsFrom::Arrival => stored.created_at,
                CountsFrom::LastDoing => stored.created_at.max(signal.touched_at),
            };
            if term.ends(Some(amsterdam_date(start)), self.born()).is_some_and(|end| end <= today) {
                over.push((stored.id, activity));
            }
        }
        Ok(over)
    }

    /// What a statute or a child's safety demands arrives first, and what is held stays.
    fn signals_due(&self, mut over: Vec<(Id, ProcessingActivity)>) -> Due {
        if self.holds().next().is_some() {
            return Due::Waits(Obstacle::Held);
        }
        over.retain(|(id, _)| !self.rows.deliveries.iter().any(|row| row.signal == *id && must_arrive(row)));
        if over.is_empty() { Due::Waits(Obstacle::UnderWay) } else { Due::Signals(over) }
    }

    /// Until when may be kept who it is: not before every signal has gone, and not while somebody is enrolled or involved
    /// without an end, unless the age ends it.
    fn end_of_facts(&self, terms: &Terms, today: Date) -> Option<Date> {
        if !self.rows.signals.is_empty() {
            return None;
        }
        let latest = self.latest(RetentionClass::Delivery).max(self.latest(RetentionClass::Consent));
        let mut periods = self.facts.iter().filter_map(|fact| match fact {
            YouthFact::Pupil { period, .. } => Some(period.until),
            YouthFact::Involvement(involvement) => Some(involvement.period.until),
            _ => None,
        });
        let start = periods.try_fold(amsterdam_date(latest), |start: Date, until| Some(start.max(until?)));
        let term = terms.of(RetentionClass::Delivery, ProcessingActivity::FactKeeping, today)?;
        term.ends(start, self.born())
    }

    /// When the latest fact of a class arrived, in microseconds; zero when there is none.
    fn latest(&self, class: RetentionClass) -> i64 {
        let of_class = self.rows.youth.facts.iter().filter(|fact| fact.class == class.code());
        of_class.map(|fact| fact.arrived_at).max().unwrap_or_default()
    }

    fn born(&self) -> Option<Date> {
        let born = |fact: &YouthFact| if let YouthFact::Base { born, .. } = fact { Some(*born) } else { None };
        self.facts.iter().rev().find_map(born)
    }

    fn deliveries_of(&self, signal: &KeptSignal) -> impl Iterator<Item = &DeliveryRow> {
        let id = signal.stored.id;
        self.rows.deliveries.iter().filter(move |row| row.signal == id)
    }
}

fn end_of(
    terms: &Terms,
    (class, activity): (RetentionClass, ProcessingActivity),
    start: Option<i64>,
    today: Date,
) -> Option<Date> {
    terms.of(class, activity, today)?.ends(Some(amsterdam_date(start?)), None)
}

/// When the last of these classes was erased; nothing while that is not known of each.
fn since(gone: &[Gone], classes: &[RetentionClass]) -> Option<i64> {
    let last = |class: &RetentionClass| gone.iter().filter(|(of, _)| of == class).map(|(_, at)| *at).max();
    classes.iter().map(last).try_fold(0, |latest, at| Some(latest.max(at?)))
}
