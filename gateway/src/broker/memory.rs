// SPDX-License-Identifier: EUPL-1.2
//! Youths about whom something was asked a moment ago. Reading and opening all that is known of one is most of what a
//! question costs, and a youth about whom one thing is asked is asked about again.
//!
//! INVARIANT: what is remembered may be overtaken, by this gateway or another one or by an erasure beside it. So whoever
//! takes a youth from here has its version compared at the commit ([`crate::ledger::unit::Unit::reading`]), as with one that
//! was just read. What moved is forgotten there, and the next turn reads it anew: nothing that is overtaken decides (P3).
//!
//! A look-up by number does not come here: it would answer sooner about whoever was asked about a moment ago (P6).

use std::sync::Arc;

use super::{Broker, KnownYouth, Trouble};
use crate::ledger::unit::{Read, Subject};
use crate::recent::Recent;
use crate::vault::Id;

/// Of how many youths is remembered what is known. Each takes some kilobytes.
const YOUTHS: usize = 4_096;

/// Geheugen: youths as they were last read, and which of them a school's own key leads to.
#[derive(Debug)]
#[doc(alias = "geheugen")]
pub(super) struct Memory {
    youths: Recent<Id, KnownYouth>,
    pupils: Recent<[u8; 32], Id>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { youths: Recent::new(YOUTHS), pupils: Recent::new(YOUTHS) }
    }
}

impl Memory {
    pub(super) fn youth(&self, id: &Id) -> Option<Arc<KnownYouth>> {
        self.youths.find(id)
    }

    /// The pupil of this look-up hash. INVARIANT: only while the youth is remembered too: what leads to a youth who was
    /// erased may lead to another one by now.
    pub(super) fn pupil(&self, hash: &[u8; 32]) -> Option<Arc<KnownYouth>> {
        self.youths.find(self.pupils.find(hash)?.as_ref())
    }

    pub(super) fn keep(&self, youth: KnownYouth) -> Arc<KnownYouth> {
        let youth = Arc::new(youth);
        self.youths.keep(youth.id(), Arc::clone(&youth));
        youth
    }

    pub(super) fn keep_pupil(&self, hash: [u8; 32], youth: KnownYouth) -> Arc<KnownYouth> {
        self.pupils.keep(hash, Arc::new(youth.id()));
        self.keep(youth)
    }

    /// Forgets whoever is among these subjects.
    pub(super) fn forget(&self, subjects: &[Subject]) {
        subjects.iter().filter_map(Subject::as_youth).for_each(|youth| self.youths.forget(&youth));
    }
}

impl Broker {
    /// Forgets about whom nothing was asked since this was called before.
    pub fn forget_the_unasked(&self) {
        self.memory.youths.grow_older();
        self.memory.pupils.grow_older();
    }

    /// Whether what was read still stands, for what is answered without a commit that would compare it.
    pub(super) async fn still_stands(&self, read: Read) -> Result<bool, Trouble> {
        let stands = self.store.version(read.subject).await? == read.version;
        if !stands {
            self.memory.forget(&[read.subject]);
        }
        Ok(stands)
    }
}
