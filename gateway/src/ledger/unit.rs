// SPDX-License-Identifier: EUPL-1.2
//! What is committed together: reads that must still hold, writes, and the access records of it all.

use super::erasure::Erasure;
use super::leaf::Leaf;

pub use super::delivery::{DeliveryKind, DeliveryRow, DeliveryState, Reached};
pub use super::duty::{DutyState, ObligationRow};

/// The key of a version row: a youth or a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject([u8; 17]);

impl Subject {
    /// The version row of a youth.
    #[must_use]
    pub fn youth(id: [u8; 16]) -> Self {
        Self::of(b'y', id)
    }

    /// The version row of a signal and of everything that is done with it.
    #[must_use]
    pub fn signal(id: [u8; 16]) -> Self {
        Self::of(b's', id)
    }

    fn of(kind: u8, id: [u8; 16]) -> Self {
        let mut key = [kind; 17];
        let (_, tail) = key.split_at_mut(1);
        tail.copy_from_slice(&id);
        Self(key)
    }

    /// The youth whose version row this is, if it is one.
    pub(crate) fn as_youth(&self) -> Option<[u8; 16]> {
        self.0.split_first().filter(|(kind, _)| **kind == b'y').and_then(|(_, id)| id.try_into().ok())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn from_bytes(bytes: [u8; 17]) -> Self {
        Self(bytes)
    }
}

/// A subject at the version a decision read it; zero when it did not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Whose facts were read.
    pub subject: Subject,
    /// The version they were read at.
    pub version: i64,
}

/// One piece of work that succeeds or fails alone, and exactly once.
#[derive(Debug, Default)]
pub struct Unit {
    /// What the decision read. A unit whose reads have moved is not committed.
    pub(super) reads: Vec<Read>,
    /// Subjects that get a next version. INVARIANT: each stands in `reads`, so its next version is known.
    pub(super) moves: Vec<Subject>,
    pub(super) claims: Vec<Claim>,
    pub(super) keys: Vec<DataKeyRow>,
    pub(super) facts: Vec<FactRow>,
    pub(super) signals: Vec<SignalRow>,
    pub(super) deliveries: Vec<DeliveryRow>,
    pub(super) obligations: Vec<ObligationRow>,
    pub(super) records: Vec<Leaf>,
    /// What goes with this unit. INVARIANT: each youth stands in `moves`.
    pub(super) erasures: Vec<Erasure>,
    /// It may not wait behind a flood of others.
    pub(super) urgent: bool,
}

impl Unit {
    /// A unit that only records (an answered question, a refusal).
    #[must_use]
    pub fn record(leaf: Leaf) -> Self {
        Self { records: vec![leaf], ..Self::default() }
    }

    /// Adds a further access record.
    #[must_use]
    pub fn and_record(mut self, leaf: Leaf) -> Self {
        self.records.push(leaf);
        self
    }

    /// Demands that `read` still holds at the commit.
    #[must_use]
    pub fn reading(mut self, read: Read) -> Self {
        if !self.reads.iter().any(|known| known.subject == read.subject) {
            self.reads.push(read);
        }
        self
    }

    /// Demands that `read` still holds, and gives its subject the next version.
    #[must_use]
    pub fn moving(mut self, read: Read) -> Self {
        if !self.moves.contains(&read.subject) {
            self.moves.push(read.subject);
        }
        self.reading(read)
    }

    /// What must still hold at the commit.
    pub(crate) fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// What gets a next version.
    pub(crate) fn moves(&self) -> &[Subject] {
        &self.moves
    }

    /// Claims a key that may be claimed once.
    #[must_use]
    pub fn claiming(mut self, claim: Claim) -> Self {
        self.claims.push(claim);
        self
    }

    /// Stores a wrapped data key.
    #[must_use]
    pub fn with_key(mut self, key: DataKeyRow) -> Self {
        self.keys.push(key);
        self
    }

    /// Appends a fact about `read`'s subject, in its next version.
    #[must_use]
    pub fn with_fact(mut self, read: Read, fact: NewFact) -> Self {
        let ordinal = self.next_ordinal(read.subject);
        self.facts.push(FactRow { subject: read.subject, version: read.version + 1, ordinal, fact });
        self.moving(read)
    }

    /// Adds a signal, or what is to be known of one from now on.
    #[must_use]
    pub fn with_signal(mut self, signal: SignalRow) -> Self {
        self.signals.push(signal);
        self
    }

    /// Adds an outbox entry, or moves it when its id exists.
    #[must_use]
    pub fn with_delivery(mut self, delivery: DeliveryRow) -> Self {
        self.deliveries.push(delivery);
        self
    }

    /// Adds an obligation, or moves it when its id exists.
    #[must_use]
    pub fn with_obligation(mut self, obligation: ObligationRow) -> Self {
        self.obligations.push(obligation);
        self
    }

    /// Erases, once everything that this unit read still holds.
    pub(crate) fn erasing(mut self, erasure: Erasure) -> Self {
        self.erasures.push(erasure);
        self
    }

    /// Lets the unit have the room that is kept free for what may not wait. A unit with an urgent delivery has it anyway.
    #[must_use]
    pub fn urgently(mut self) -> Self {
        self.urgent = true;
        self
    }

    pub(super) fn is_urgent(&self) -> bool {
        self.urgent || self.deliveries.iter().any(|delivery| delivery.urgent)
    }

    /// The place of the next fact about this subject within the unit.
    pub(crate) fn next_ordinal(&self, subject: Subject) -> i64 {
        let before = self.facts.iter().filter(|known| known.subject == subject).count();
        i64::try_from(before).unwrap_or(i64::MAX)
    }

    pub(super) fn next_version(&self, subject: Subject) -> i64 {
        self.reads.iter().find(|read| read.subject == subject).map_or(1, |read| read.version + 1)
    }

    /// Whether this unit read something that is among `moved`.
    pub(super) fn depends_on(&self, moved: &std::collections::HashSet<Subject>) -> bool {
        self.reads.iter().any(|read| moved.contains(&read.subject))
    }
}

/// Something that may exist once: an idempotency key, a natural key, an identity's look-up hash.
#[derive(Debug, Clone)]
pub struct Claim {
    /// A keyed hash, never the thing itself.
    pub key: [u8; 32],
    /// What sort of thing it is.
    pub kind: &'static str,
    /// What it leads to: the resource made with it.
    pub resource: [u8; 16],
    /// A keyed fingerprint of the request, to tell a replay from a misuse; zeros where no request stands behind it.
    pub fingerprint: [u8; 32],
    /// When it was claimed, in microseconds.
    pub made_at: i64,
}

impl Claim {
    /// The claim of something that exists once by its nature, and not because a request says so.
    #[must_use]
    pub fn by_nature(kind: &'static str, key: [u8; 32], resource: [u8; 16], made_at: i64) -> Self {
        Self { key, kind, resource, fingerprint: [0; 32], made_at }
    }
}

/// A data key of a youth and retention class (RL-24), wrapped.
#[derive(Debug, Clone)]
pub struct DataKeyRow {
    /// Whose.
    pub youth: [u8; 16],
    /// The retention class.
    pub class: &'static str,
    /// The version of the key-encryption key that wraps it.
    pub kek_version: i64,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// A fact as it arrives, already sealed.
#[derive(Debug, Clone)]
pub struct NewFact {
    /// What sort of fact.
    pub kind: &'static str,
    /// The retention class of its key.
    pub class: &'static str,
    /// When it arrived, in microseconds. When it was spoken stands inside.
    pub arrived_at: i64,
    /// Its sealed body.
    pub sealed: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct FactRow {
    pub(super) subject: Subject,
    pub(super) version: i64,
    pub(super) ordinal: i64,
    pub(super) fact: NewFact,
}

/// A signal as the gateway routes it.
#[derive(Debug, Clone)]
pub struct SignalRow {
    /// Its id for the sender; every receiver knows it by its delivery's id.
    pub id: [u8; 16],
    /// The youth it is about.
    pub youth: [u8; 16],
    /// The sending party's OIN.
    pub sender: String,
    /// The kind's wire code.
    pub kind: &'static str,
    /// When it was accepted, in microseconds.
    pub created_at: i64,
    /// What a later decision needs to know of it, sealed.
    pub sealed: Vec<u8>,
}
