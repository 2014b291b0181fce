// SPDX-License-Identifier: EUPL-1.2
//! Toedracht: by whom, through which channel and with what evidence a word was recorded, and how a recorded word stands.

use serde::{Deserialize, Serialize};
use sluis_policy::voice::closers;
use sluis_policy::{AuthorityKind, Moment, Party, PersonRef, Statement, VoiceKind};

use super::KnownYouth;
use crate::clock::midnight;
use crate::vault::Id;

/// Kanalen: how a word reached whoever recorded it. A closed list.
#[doc(alias = "kanaal")]
pub const CHANNELS: [&str; 8] =
    ["gesprek", "telefoon", "videogesprek", "papieren_formulier", "digitaal_formulier", "portaal", "brief", "email"];

/// Bewijssoorten: what shows that it was said. A closed list.
#[doc(alias = "bewijs")]
pub const EVIDENCE: [&str; 6] =
    ["gespreksverslag", "handtekening", "digitale_handtekening", "aanmelding", "bericht", "getuige"];

/// Bewijs: what shows that something was said, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Of what sort, from [`EVIDENCE`].
    pub kind: String,
    /// Where whoever recorded it keeps it, in that organisation's own words.
    pub reference: Option<String>,
}

/// How something was said, as whoever records it tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// Through which channel, from [`CHANNELS`]; nothing when it is not told.
    pub channel: Option<String>,
    /// What shows it.
    pub evidence: Option<Evidence>,
}

/// Toedracht: what is kept beside a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Telling {
    /// Which statement.
    #[serde(with = "hex::serde")]
    pub(crate) statement: Id,
    /// Who recorded it.
    pub(crate) by: Party,
    /// In which capacity the speaker spoke; nothing is the youth.
    pub(crate) capacity: Option<AuthorityKind>,
    pub(crate) channel: Option<String>,
    pub(crate) evidence: Option<Evidence>,
    /// The statement that this one renews or takes back, in hexadecimal.
    pub(crate) follows: Option<String>,
}

/// Toestand: how a recorded word stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "toestand")]
pub enum VoiceState {
    /// A yes that nothing took away.
    Given,
    /// A no.
    Refused,
    /// A yes that takes the place of an earlier one.
    Renewed,
    /// A yes taken back, or closed by a later no; or the taking back itself.
    Withdrawn,
    /// A yes whose days are over.
    Expired,
    /// A yes in whose place a later one came.
    Replaced,
}

impl VoiceState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Given, Self::Refused, Self::Renewed, Self::Withdrawn, Self::Expired, Self::Replaced];

    /// The stable Dutch code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "gegeven",
            Self::Refused => "geweigerd",
            Self::Renewed => "verlengd",
            Self::Withdrawn => "ingetrokken",
            Self::Expired => "verlopen",
            Self::Replaced => "vervangen",
        }
    }

    /// How a word of a youth stands, and since when, in microseconds.
    pub(super) fn of(said: &Statement, youth: &KnownYouth, now: Moment) -> (Self, i64) {
        match said.voice {
            VoiceKind::Objects => return (Self::Refused, said.spoken_at),
            VoiceKind::Withdraws => return (Self::Withdrawn, said.spoken_at),
            VoiceKind::Agrees => {}
        }
        let closed = |by_a_no: bool| {
            let later = closers(said, &youth.facts.statements, now);
            let such = later.filter(move |later| (later.voice != VoiceKind::Agrees) == by_a_no);
            such.map(|later| later.spoken_at.min(later.arrived_at)).min()
        };
        let ended = said.valid.until.filter(|until| *until <= now.today);
        let lapsed = said.lease_until.filter(|until| *until <= now.instant);
        if let Some(since) = closed(true) {
            (Self::Withdrawn, since)
        } else if let Some(since) = closed(false) {
            (Self::Replaced, since)
        } else if let Some(day) = ended {
            (Self::Expired, midnight(day).unwrap_or(now.instant))
        } else if let Some(since) = lapsed {
            (Self::Expired, since)
        } else if youth.telling(&said.id).is_some_and(|telling| telling.follows.is_some()) {
            (Self::Renewed, said.spoken_at)
        } else {
            (Self::Given, said.spoken_at)
        }
    }
}

/// How long a word that is kept at another gateway may be leaned on without asking there again, in microseconds (RL-27).
const LEASE: i64 = 15 * 60 * 1_000_000;

/// Until when such a word may be leaned on, by when it was last confirmed.
pub(super) const fn leased_until(confirmed_at: i64) -> i64 {
    confirmed_at.saturating_add(LEASE)
}

/// The youth, or somebody whom a source names, with the capacity in which they speak; nobody else has a voice. A yes needs a
/// say today; a no is heard from whoever is named, because a missing fact never widens (RL-05).
pub(super) fn speaker_of(
    named: Option<Id>,
    voice: VoiceKind,
    youth: &KnownYouth,
    now: Moment,
) -> Option<(PersonRef, Option<AuthorityKind>)> {
    let Some(person) = named else { return Some((youth.facts.youth_person, None)) };
    if person == youth.facts.youth_person.0 {
        return Some((youth.facts.youth_person, None));
    }
    let held = youth.facts.authorities.iter().filter(|authority| authority.person.0 == person);
    let speaks = |kind: AuthorityKind| kind.speaks_for_minor() || kind.speaks_for_adult();
    let mut today = held.clone().filter(|authority| authority.holds_on(now.today) && speaks(authority.kind));
    let named = if voice == VoiceKind::Agrees { today.next() } else { today.next().or_else(|| held.clone().next()) };
    named.map(|authority| (authority.person, Some(authority.kind)))
}
