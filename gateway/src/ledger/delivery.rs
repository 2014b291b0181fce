// SPDX-License-Identifier: EUPL-1.2
//! An outbox entry, where it stands, and the ways in which it goes further.

use sluis_policy::Party;

/// Aflevering: an outbox entry, one message for one receiver.
#[doc(alias = "aflevering")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The delivery's id, which the receiver knows the signal by (RL-23: two signals about one youth cannot be joined).
    pub id: [u8; 16],
    /// The signal it carries, or is about.
    pub signal: [u8; 16],
    /// The youth.
    pub youth: [u8; 16],
    /// The receiver's OIN.
    pub receiver: String,
    /// The receiver's desk code.
    pub desk: String,
    /// What is carried.
    pub kind: DeliveryKind,
    /// Safety and statutory deliveries never wait behind another.
    pub urgent: bool,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// From when it may be tried (again), in microseconds on the clock of the database; zero is at once. Gateways that
    /// share a database have a clock each, and this one in common.
    pub due_at: i64,
    /// When it was queued, in microseconds.
    pub created_at: i64,
    /// Whether its receiver may have it.
    pub reached: Reached,
    /// Its sealed body; what may not stay is gone from it once it was acknowledged or held back.
    pub sealed: Vec<u8>,
}

/// Wat er gaat: what an outbox entry carries.
#[doc(alias = "bericht")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKind {
    /// A signal, to a receiver of it.
    Signal,
    /// A notice that a signal is taken back, to who may have it.
    Withdrawal,
    /// What became of a signal, to its sender (RL-17).
    Feedback,
}

/// Bereik: whether a receiver may have a message, and since which place in the receiver's inbox.
#[doc(alias = "bereik")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It certainly never arrived.
    Never,
    /// It may have arrived by what is being committed, and is given its place there.
    Now,
    /// It may have arrived. Places of one inbox become visible in their own order, whatever gateway gives them.
    At(i64),
}

/// Stand: where a delivery stands.
#[doc(alias = "stand")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for its turn.
    Waiting,
    /// Its dispatch record is committed, and the receiver, who has no address, comes and gets it.
    Available,
    /// Its dispatch record is committed: it counts as sent, whatever the wire does (design, section 4).
    Dispatched,
    /// It may have arrived: it left, and nobody said so. It is tried again, and counts as sent.
    Unconfirmed,
    /// The receiver acknowledged it.
    Delivered,
    /// A later decision said no before it could arrive; it never leaves.
    Stopped,
    /// A later decision said no after it may have arrived; its receiver is told.
    Recalled,
    /// It was tried as often as it may, or has nowhere to go; a person must look. It is tried again when the register
    /// changes: what stood in its way may be gone then.
    Failed,
    /// What it was about is erased. It never leaves any more, and nothing of it can be read (RL-24).
    Erased,
}

impl DeliveryRow {
    /// Its receiver, where the row names one.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        Some(Party { organisation: self.receiver.parse().ok()?, desk: self.desk.parse().ok()? })
    }

    /// Whether its receiver may have it: by an earlier try, or by one that is under way or never told how it went.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        self.reached != Reached::Never || self.state == DeliveryState::Dispatched
    }

    /// Whether this row stands at the very try that `other` is.
    #[must_use]
    pub fn is_same_try(&self, other: &Self) -> bool {
        (self.state, self.attempts, self.due_at) == (other.state, other.attempts, other.due_at)
    }

    /// Sent: left to this gateway until `until` on the clock of the database.
    #[must_use]
    pub fn dispatched(&self, until: i64) -> Self {
        let row = if self.may_have_arrived() { self.arrived() } else { self.clone() };
        Self { state: DeliveryState::Dispatched, attempts: self.attempts + 1, due_at: until, ..row }
    }

    /// Ready to be fetched.
    #[must_use]
    pub fn available(&self) -> Self {
        Self { state: DeliveryState::Available, ..self.arrived() }
    }

    /// Acknowledged, with what may stay of its body.
    #[must_use]
    pub fn delivered(&self, sealed: Vec<u8>) -> Self {
        Self { state: DeliveryState::Delivered, sealed, ..self.arrived() }
    }

    /// Not arrived, as far as is certain; to be tried again from `due_at` on.
    #[must_use]
    pub fn postponed(&self, due_at: i64) -> Self {
        let state = if self.reached == Reached::Never { DeliveryState::Waiting } else { DeliveryState::Unconfirmed };
        Self { state, due_at, ..self.clone() }
    }

    /// Given up. It keeps its body for the person who must look.
    #[must_use]
    pub fn failed(&self) -> Self {
        Self { state: DeliveryState::Failed, ..self.clone() }
    }

    /// Held back, with what may stay of its body. Only what may have arrived leaves somebody to tell.
    #[must_use]
    pub fn held_back(&self, sealed: Vec<u8>) -> Self {
        let state = if self.may_have_arrived() { DeliveryState::Recalled } else { DeliveryState::Stopped };
        Self { state, sealed, ..self.clone() }
    }

    /// The same row, known to its receiver from now on.
    #[must_use]
    pub fn arrived(&self) -> Self {
        let reached = if self.reached == Reached::Never { Reached::Now } else { self.reached };
        Self { reached, ..self.clone() }
    }
}

impl DeliveryKind {
    const ALL: [Self; 3] = [Self::Signal, Self::Withdrawal, Self::Feedback];

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Signal => "signaal",
            Self::Withdrawal => "intrekking",
            Self::Feedback => "terugkoppeling",
        }
    }

    /// Reads what was stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl Reached {
    /// Reads a stored place; zero is none.
    #[must_use]
    pub fn from_place(place: i64) -> Self {
        if place > 0 { Self::At(place) } else { Self::Never }
    }

    /// The place in the receiver's inbox; zero while it has none.
    #[must_use]
    pub fn place(self) -> i64 {
        if let Self::At(place) = self { place } else { 0 }
    }
}

impl DeliveryState {
    const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Available,
        Self::Dispatched,
        Self::Unconfirmed,
        Self::Delivered,
        Self::Stopped,
        Self::Recalled,
        Self::Failed,
        Self::Erased,
    ];

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "wacht",
            Self::Available => "op_te_halen",
            Self::Dispatched => "verzonden",
            Self::Unconfirmed => "onbevestigd",
            Self::Delivered => "afgeleverd",
            Self::Stopped => "tegengehouden",
            Self::Recalled => "teruggenomen",
            Self::Failed => "mislukt",
            Self::Erased => "vernietigd",
        }
    }

    /// Reads what was stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether a later decision held it back.
    #[must_use]
    pub fn is_held_back(self) -> bool {
        matches!(self, Self::Stopped | Self::Recalled | Self::Erased)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: DeliveryState, reached: Reached) -> DeliveryRow {
        DeliveryRow {
            id: [1; 16],
            signal: [2; 16],
            youth: [3; 16],
            receiver: "99000000000000000020".into(),
            desk: "wijkteam".into(),
            kind: DeliveryKind::Signal,
            urgent: false,
            state,
            attempts: 2,
            due_at: 0,
            created_at: 0,
            reached,
            sealed: vec![4],
        }
    }

    #[test]
    fn every_code_is_read_back() {
        assert!(DeliveryState::ALL.iter().all(|state| DeliveryState::from_code(state.code()) == Some(*state)));
        assert!(DeliveryKind::ALL.iter().all(|kind| DeliveryKind::from_code(kind.code()) == Some(*kind)));
        assert!(DeliveryState::from_code("").is_none() && DeliveryKind::from_code("x").is_none());
    }

    #[test]
    fn only_what_certainly_never_arrived_is_held_back_in_silence() {
        use DeliveryState::{Available, Dispatched, Failed, Recalled, Stopped, Unconfirmed, Waiting};
        for (state, reached, held_back) in [
            (Waiting, Reached::Never, Stopped),
            (Failed, Reached::Never, Stopped),
            (Dispatched, Reached::Never, Recalled),
            (Unconfirmed, Reached::At(1), Recalled),
            (Available, Reached::At(1), Recalled),
            // It was fetched, or may have been, before the register had an address for it again.
            (Waiting, Reached::At(1), Recalled),
            (Failed, Reached::At(1), Recalled),
        ] {
            assert_eq!(row(state, reached).held_back(Vec::new()).state, held_back, "{state:?} {reached:?}");
        }
    }

    #[test]
    fn who_may_have_it_is_not_forgotten_by_a_later_try() {
        let never = row(DeliveryState::Waiting, Reached::Never);
        assert_eq!(never.dispatched(9).postponed(9).state, DeliveryState::Waiting);
        // The gateway that sent it never told how it went.
        let silent = row(DeliveryState::Dispatched, Reached::Never);
        assert_eq!(silent.dispatched(9).reached, Reached::Now);
        assert_eq!(silent.dispatched(9).postponed(9).state, DeliveryState::Unconfirmed);
        let known = row(DeliveryState::Failed, Reached::At(7));
        assert_eq!(known.dispatched(9).postponed(9).reached, Reached::At(7), "it keeps its place");
        assert_eq!(known.delivered(Vec::new()).reached, Reached::At(7));
    }
}
