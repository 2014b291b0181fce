// SPDX-License-Identifier: EUPL-1.2
//! Handeling en ding: what a caller wants to do, and to what kind of thing.

use crate::code::closed_list;
use crate::fact::FactKind;
use crate::signal::SignalKind;

closed_list! {
    /// Handeling: what a caller wants to do.
    #[doc(alias = "handeling")]
    pub enum Action as "handeling" {
        /// Send a signal to one receiver.
        Submit = "indienen",
        /// Let a queued delivery leave: decided again with today's facts (promise 3).
        Dispatch = "afleveren",
        /// See a signal as a row of the inbox.
        List = "overzien",
        /// Read one signal.
        Read = "lezen",
        /// Take a signal up.
        TakeUp = "in_behandeling_nemen",
        /// Give feedback: a disclosure in the other direction (RL-17).
        Answer = "terugkoppelen",
        /// Close a signal.
        Close = "afronden",
        /// Record what a parent or youth said.
        RecordVoice = "uiting_vastleggen",
        /// Record that a parent or youth takes an agreement back.
        WithdrawVoice = "uiting_intrekken",
        /// See again what was recorded of a voice, by whoever recorded it.
        ReadVoice = "uiting_inzien",
        /// See what must still be done, in a list or by itself.
        ReadDuty = "verplichting_inzien",
        /// Take a duty up, postpone it, or record that it is done.
        WorkDuty = "verplichting_bijwerken",
        /// Let one parent or the youth come to know what a duty to inform or to ask is about (RL-13).
        ReleaseTo = "vrijgeven",
        /// Record a fact about a youth that decisions rest on.
        RecordFact = "feit_vastleggen",
        /// Register a youth.
        RegisterYouth = "jeugdige_vastleggen",
        /// Register who holds authority.
        RegisterAuthority = "gezag_vastleggen",
        /// Ask a school for the attendance of one resident (RL-31).
        Ask = "bevragen",
        /// Look up organisations and contact points.
        ReadDirectory = "adresboek_lezen",
        /// Take back one's own signal, because it was wrong or on the wrong youth.
        Retract = "terugnemen",
        /// See who else reported the same youth to the index: a contact card, nothing else.
        ReadMatch = "match_inzien",
        /// A youth or representative sees who looked, when and why (AVG 15).
        Inspect = "inzien",
        /// A youth or representative objects or asks for correction (AVG 16, 21).
        Object = "bezwaar_maken",
        /// The functionaris searches the log of the own controller.
        SearchLog = "logboek_doorzoeken",
        /// Learn which professional of the own controller stands behind a line of the log.
        NameProfessional = "medewerker_noemen",
        /// A saved question about how staff use the system (RL-21).
        MonitorStaff = "personeel_volgen",
        /// Put a name to a pseudonym in the log, with a second person (RL-09).
        Reidentify = "herleiden",
        /// Take the log out in bulk, with a second person (RL-09).
        ExportLog = "logboek_uitvoeren",
        /// Publish a role file or covenant, with a second person (RL-09).
        PublishPolicy = "beleid_publiceren",
        /// Decide on erasing what is kept of a youth, or on suspending that (RL-24, AVG 17).
        Erase = "vernietigen",
        /// Break-glass: the operator reaches a youth in an emergency of the gateway, with a second person (RL-09).
        BreakGlass = "glas_breken",
    }
}

/// Ding: the kind of thing an action is done to; what the role table speaks of.
#[doc(alias = "ding")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A signal of a kind.
    Signal(SignalKind),
    /// A voice.
    Voice,
    /// What somebody must still do.
    Duty,
    /// A youth.
    Youth,
    /// A fact of authority.
    Authority,
    /// Another fact of a kind.
    Fact(FactKind),
    /// Attendance held by a school.
    Attendance,
    /// The directory.
    Directory,
    /// A match in the index.
    Match,
    /// An objection or request for correction.
    Objection,
    /// The access log.
    Log,
    /// Role files and covenants.
    Policy,
}

impl Thing {
    const BESIDES: [Self; 10] = [
        Self::Voice,
        Self::Duty,
        Self::Youth,
        Self::Authority,
        Self::Attendance,
        Self::Directory,
        Self::Match,
        Self::Objection,
        Self::Log,
        Self::Policy,
    ];

    /// Every thing, signals first.
    pub fn all() -> impl Iterator<Item = Self> {
        let facts = FactKind::ALL.iter().copied().map(Self::Fact);
        SignalKind::ALL.iter().copied().map(Self::Signal).chain(Self::BESIDES).chain(facts)
    }

    /// The stable Dutch code; a signal and a fact go by the code of their kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signal(kind) => kind.code(),
            Self::Voice => "uiting",
            Self::Duty => "verplichting",
            Self::Youth => "jeugdige",
            Self::Authority => "gezag",
            Self::Fact(kind) => kind.code(),
            Self::Attendance => "aanwezigheid",
            Self::Directory => "adresboek",
            Self::Match => "match",
            Self::Objection => "bezwaar",
            Self::Log => "logboek",
            Self::Policy => "beleid",
        }
    }
}

impl std::str::FromStr for Thing {
    type Err = crate::code::UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all().find(|thing| thing.code() == text).ok_or(crate::code::UnknownCode { list: "ding" })
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
