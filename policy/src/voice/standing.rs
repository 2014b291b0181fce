// SPDX-License-Identifier: EUPL-1.2
//! Which of a person's statements stands (RL-01).
//!
//! Two questions in this order. *Which statements are closed?* A later yes takes the place of whatever the same person
//! said about exactly the same scope. A later no, objection or withdrawal, does that too, and besides closes every
//! earlier yes in its scope or narrower. *Which of the rest decides?* The most specific ones; if they disagree, or
//! cannot be compared, the no wins.

use super::{DataCategory, ReceiverScope, Scope, Statement, VoiceKind};
use crate::moment::Moment;
use crate::organisation::Party;
use crate::signal::Purpose;
use crate::youth::PersonRef;

/// One exact thing that may be agreed to: this purpose, this receiver, this category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) purpose: Purpose,
    pub(crate) receiver: Party,
    pub(crate) category: DataCategory,
}

/// Where a person stands on a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// Yes.
    Agrees {
        /// Whether the speaker said that the other holder agrees too.
        for_other: bool,
    },
    /// No, or a yes taken back.
    Refuses,
    /// Nothing that holds today.
    Silent,
}

/// Everything that a person said and that stands, whatever it is about.
pub(crate) struct Standing<'a>(Vec<&'a Statement>);

impl<'a> Standing<'a> {
    /// From everything that was ever said, in whatever order it arrived. Which statements are closed is the same for every
    /// point, so it is found out once.
    pub(crate) fn of(person: PersonRef, statements: impl Iterator<Item = &'a Statement>, now: Moment) -> Self {
        let spoken: Vec<&Statement> =
            statements.filter(|statement| statement.speaker == person && statement.counts(now)).collect();
        let open = |statement: &&Statement| statement.holds(now) && !spoken.iter().any(|later| later.closes(statement));
        Self(spoken.iter().copied().filter(open).collect())
    }

    /// Where the person stands on this point.
    pub(crate) fn on(&self, point: &Point) -> Stand {
        let about = || self.0.iter().filter(|statement| statement.scope.covers(point));
        let decisive = about().filter(|said| !about().any(|other| other.scope.is_narrower_than(&said.scope)));
        decisive.fold(Stand::Silent, |stand, statement| stand.and(statement))
    }
}

impl Stand {
    /// With one more of the statements that decide: a no wins, and a yes speaks for the other only if every yes does.
    const fn and(self, statement: &Statement) -> Self {
        let speaks = statement.speaks_for_other;
        match self {
            Self::Refuses => self,
            Self::Silent if statement.is_yes() => Self::Agrees { for_other: speaks },
            Self::Agrees { for_other } if statement.is_yes() => Self::Agrees { for_other: for_other && speaks },
            Self::Silent | Self::Agrees { .. } => Self::Refuses,
        }
    }
}

/// The statements of the same speaker, of those that count now, that took this one's place or closed it (RL-01).
pub fn closers<'a>(said: &'a Statement, all: &'a [Statement], now: Moment) -> impl Iterator<Item = &'a Statement> {
    let counts = move |later: &&Statement| later.speaker == said.speaker && later.counts(now) && later.closes(said);
    all.iter().filter(counts)
}

impl Statement {
    const fn is_yes(&self) -> bool {
        match self.voice {
            VoiceKind::Agrees => true,
            VoiceKind::Objects | VoiceKind::Withdraws => false,
        }
    }

    /// Whether it has been spoken and begun. A withdrawal never waits; a missing yes never counts early.
    fn counts(&self, now: Moment) -> bool {
        match self.voice {
            VoiceKind::Agrees => self.spoken_at <= now.instant && self.valid.has_begun(now.today),
            VoiceKind::Objects => self.valid.has_begun(now.today),
            VoiceKind::Withdraws => true,
        }
    }

    /// Whether it still holds. A yes ends with its period, and one that is kept elsewhere with its lease (RL-27); a no ends
    /// only with a later yes, so that silence never reopens what was closed.
    fn holds(&self, now: Moment) -> bool {
        let leased = self.lease_until.is_none_or(|until| now.instant < until);
        !self.is_yes() || (self.valid.contains(now.today) && leased)
    }

    /// When it was said, for the order of things. Nobody says no after the gateway has heard it: a no counts no later
    /// than its arrival (AVG 7(3)).
    fn said_at(&self) -> i64 {
        if self.is_yes() { self.spoken_at } else { self.spoken_at.min(self.arrived_at) }
    }

    /// A no that was said at the same instant as a yes counts as the later: whoever recorded them may have known only
    /// the day.
    fn closes(&self, earlier: &Self) -> bool {
        let after = self.said_at() > earlier.said_at();
        let at_once = self.said_at() == earlier.said_at() && !self.is_yes() && earlier.is_yes();
        let reaches =
            self.scope == earlier.scope || (!self.is_yes() && earlier.is_yes() && earlier.scope.is_within(&self.scope));
        (after || at_once) && reaches
    }
}

impl Scope {
    /// Whether the statement speaks about the point.
    pub(crate) fn covers(&self, point: &Point) -> bool {
        self.purpose.is_none_or(|purpose| purpose == point.purpose)
            && self.category.is_none_or(|category| category == point.category)
            && match self.receiver {
                ReceiverScope::Any => true,
                ReceiverScope::Desk(desk) => desk == point.receiver.desk,
                ReceiverScope::Party(party) => party == point.receiver,
            }
    }

    /// Whether it speaks about nothing that the other does not speak about.
    fn is_within(&self, other: &Self) -> bool {
        (other.purpose.is_none() || self.purpose == other.purpose)
            && (other.category.is_none() || self.category == other.category)
            && self.receiver.is_within(&other.receiver)
    }

    fn is_narrower_than(&self, other: &Self) -> bool {
        self != other && self.is_within(other)
    }
}

impl ReceiverScope {
    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Any) => true,
            (Self::Desk(mine), Self::Desk(theirs)) => mine == theirs,
            (Self::Party(mine), Self::Desk(theirs)) => mine.desk == *theirs,
            (Self::Party(mine), Self::Party(theirs)) => mine == theirs,
            (Self::Any, Self::Desk(_) | Self::Party(_)) | (Self::Desk(_), Self::Party(_)) => false,
        }
    }
}
