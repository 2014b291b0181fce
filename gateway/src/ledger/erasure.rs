// SPDX-License-Identifier: EUPL-1.2
//! Vernietiging of what is kept of a youth: what the database does with it, in the transaction that records it (RL-24).
//!
//! | table | what happens |
//! | --- | --- |
//! | `data_key` | the keys of the classes go |
//! | `claim` | every way to the youth, and to what was said, sent or made about it, goes |
//! | `signal` | goes |
//! | `delivery` | ends where it stands, without content and without youth; a notice that something is taken back goes on |
//! | `obligation` | stays, for whoever has it to do, without youth and without what was noted with it |
//! | `fact`, `log_fields` | stay as bytes that nobody can open, under an id that leads nowhere |
//! | `log_head`, `log_leaf`, `witnessed` | stay: hashes, signatures, and entries that name nobody |
//!
//! The officers' index beside the database stays too: where a record stands, under the same id that leads nowhere.
//! All but the first belong to the class of who the youth is and what is on its way.
//!
//! A signal whose own term is over goes alone, while its youth is kept: with its facts, because the key that seals them stays.

use std::collections::HashSet;

use super::rows::{Hex, json};
use super::unit::Subject;
use crate::store::engine::{BatchStatements, Fault, Value, Writer};
use crate::vault::{Id, NO_YOUTH, RetentionClass};

/// Vernietiging: what goes of one youth.
#[doc(alias = "vernietiging")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erasure {
    /// Of whom.
    pub(crate) youth: Id,
    /// Which classes.
    pub(crate) classes: Vec<RetentionClass>,
    /// What claims lead to besides the youth, its signals and its deliveries: what was said, who spoke, what was recorded.
    pub(crate) made: Vec<Id>,
    /// How many deliveries were seen when it was decided. One more by now is decided on as well.
    pub(crate) deliveries: i64,
    /// Signals that go alone, whatever classes stay.
    pub(crate) lapsed: Vec<Lapsed>,
}

/// Verlopen signaal: one whose term is over.
#[doc(alias = "verlopen signaal")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lapsed {
    /// Its id.
    pub(crate) signal: Id,
    /// The ids of its deliveries.
    pub(crate) deliveries: Vec<Id>,
}

const DELIVERIES: &str = "SELECT count(*) FROM delivery WHERE youth = $1";
const KEYS: &str = "SELECT class FROM data_key WHERE youth = $1";
const DESTROY: &str = "DELETE FROM data_key WHERE youth = $1 AND class = $2";
/// A signal always has a delivery, and those are found by their youth.
const SIGNALS: &str = "DELETE FROM signal WHERE youth = $1 AND id IN (SELECT signal FROM delivery WHERE youth = $1)";
const DUTIES: &str = "UPDATE obligation SET youth = $2, sealed = $3 WHERE youth = $1";
/// A notice carries nothing but the id by which its receiver knows what is taken back, and must still arrive.
const ENDED: &str = "UPDATE delivery SET youth = $2, \
    state = CASE WHEN kind = 'intrekking' THEN state ELSE 'vernietigd' END, \
    sealed = CASE WHEN kind = 'intrekking' THEN sealed ELSE $3 END WHERE youth = $1";

const LAPSED_SIGNAL: &str = "DELETE FROM signal WHERE id = $1";
const LAPSED_DUTIES: &str = "UPDATE obligation SET youth = $2, sealed = $3 WHERE signal = $1";
const LAPSED_DELIVERIES: &str = "UPDATE delivery SET youth = $2, \
    state = CASE WHEN kind = 'intrekking' THEN state ELSE 'vernietigd' END, \
    sealed = CASE WHEN kind = 'intrekking' THEN sealed ELSE $3 END WHERE signal = $1";

impl Erasure {
    /// Whether it can still be carried out as it was decided. INVARIANT: the youth's version is locked by now, and whoever
    /// adds a delivery holds that lock, shared, until their commit.
    pub(super) async fn stands(&self, on: &mut dyn Writer) -> Result<bool, Fault> {
        let youth = [self.youth.as_slice().into()];
        let rows = on.run(DELIVERIES, &youth).await?;
        let seen = rows.first().ok_or(Fault::Misread { column: 0 })?.int(0)? == self.deliveries;
        let rows = on.run(KEYS, &youth).await?;
        let there: HashSet<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        Ok(seen && self.classes.iter().all(|class| there.contains(class.code())))
    }

    /// Carries it out, within a transaction.
    pub(crate) async fn carry_out(&self, on: &mut dyn Writer, sql: &BatchStatements) -> Result<(), Fault> {
        let youth = || Value::from(self.youth.as_slice());
        for class in &self.classes {
            on.run(DESTROY, &[youth(), class.code().into()]).await?;
        }
        if self.classes.contains(&RetentionClass::Delivery) {
            let nobody = || Value::from(NO_YOUTH.as_slice());
            let made = json(self.made.iter().map(|id| (Hex(id),)))?.unwrap_or_else(|| Value::from("[]"));
            on.run(sql.erase_claims, &[youth(), made]).await?;
            on.run(SIGNALS, &[youth()]).await?;
            on.run(DUTIES, &[youth(), nobody(), Value::Bytes(Vec::new())]).await?;
            on.run(ENDED, &[youth(), nobody(), Value::Bytes(Vec::new())]).await?;
        }
        if let Some(first) = self.lapsed.first() {
            // No youth has the id of a signal: what leads to these and to their deliveries goes, and nothing else.
            let made = self.lapsed.iter().flat_map(|lapsed| std::iter::once(&lapsed.signal).chain(&lapsed.deliveries));
            let made = json(made.map(|id| (Hex(id),)))?.unwrap_or_else(|| Value::from("[]"));
            on.run(sql.erase_claims, &[first.signal.as_slice().into(), made]).await?;
        }
        for lapsed in &self.lapsed {
            lapsed.carry_out(on, sql).await?;
        }
        Ok(())
    }
}

impl Lapsed {
    async fn carry_out(&self, on: &mut dyn Writer, sql: &BatchStatements) -> Result<(), Fault> {
        let (signal, nobody) = (|| Value::from(self.signal.as_slice()), || Value::from(NO_YOUTH.as_slice()));
        on.run(LAPSED_SIGNAL, &[signal()]).await?;
        on.run(sql.lapse_facts, &[Subject::signal(self.signal).as_bytes().into()]).await?;
        on.run(LAPSED_DUTIES, &[signal(), nobody(), Value::Bytes(Vec::new())]).await?;
        on.run(LAPSED_DELIVERIES, &[signal(), nobody(), Value::Bytes(Vec::new())]).await?;
        Ok(())
    }
}
