// SPDX-License-Identifier: EUPL-1.2
//! What somebody must still do, as it lies in the store.

use sluis_policy::Party;

/// What somebody must still do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObligationRow {
    /// Its id.
    pub id: [u8; 16],
    /// The signal it follows from, or the decision where no signal came of it.
    pub signal: [u8; 16],
    /// The youth.
    pub youth: [u8; 16],
    /// Who must do it: an OIN.
    pub owner: String,
    /// At which desk.
    pub desk: String,
    /// What must be done.
    pub kind: String,
    /// By which day, `YYYY-MM-DD`; of what was postponed, the day to look at it again.
    pub due_on: String,
    /// How it stands.
    pub state: DutyState,
    /// For which of its days it was recorded that the day has passed; empty for none.
    pub reminded_for: String,
    /// When it arose, in microseconds.
    pub created_at: i64,
    /// Who took it up, who was told and the like, sealed.
    pub sealed: Vec<u8>,
}

/// Toestand van een verplichting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "toestand")]
pub enum DutyState {
    /// Nobody took it up yet.
    Open,
    /// Somebody took it up.
    TakenUp,
    /// It waits until a day, for a reason that was recorded.
    Postponed,
    /// It is done.
    Done,
}

impl DutyState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::TakenUp, Self::Postponed, Self::Done];

    /// The stable Dutch code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::TakenUp => "opgenomen",
            Self::Postponed => "uitgesteld",
            // INVARIANT: the statements and indexes that look for what is still to be done name this word.
            Self::Done => "gedaan",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl ObligationRow {
    /// Whose it is, where the row names a party.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        Some(Party { organisation: self.owner.parse().ok()?, desk: self.desk.parse().ok()? })
    }

    /// Whether it is this party's and still to be done.
    #[must_use]
    pub fn is_still_of(&self, party: Party) -> bool {
        self.state != DutyState::Done && self.party() == Some(party)
    }
}
