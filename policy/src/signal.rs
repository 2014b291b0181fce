// SPDX-License-Identifier: EUPL-1.2
//! Signaal: what is sent, for what purpose, and what may be done with it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::organisation::Party;

closed_list! {
    /// Soort signaal: room is left for the whole catalogue of the covenants; a kind that is not here is refused at the
    /// door.
    #[doc(alias = "soort")]
    pub enum SignalKind as "soort" {
        /// An early worry, shared in the preventive meeting; anonymous without consent (000-05, 000-10).
        Preventief = "preventief",
        /// A consultation with the screeners, not yet a registration (000-26).
        Consultatie = "consultatie",
        /// A registration for help: hard consent gate (000-27).
        Aanmelding = "aanmelding",
        /// A request to work together (002-08).
        VerzoekTotSamenwerking = "verzoek_tot_samenwerking",
        /// Absence that the law says must be reported (000-15).
        Verzuim = "verzuim",
        /// Absence below the statutory threshold (RL-30).
        OverigVerzuim = "overig_verzuim",
        /// A report to Veilig Thuis (000-16, RL-09).
        Veiligheid = "veiligheid",
    }
}

closed_list! {
    /// Doel: why data are processed. A closed list; there is no «other».
    #[doc(alias = "doel")]
    pub enum Purpose as "doel" {
        /// Seeing early that a youth needs something.
        VroegSignaleren = "vroegsignalering",
        /// Leading a youth to help.
        ToeleidingJeugdhulp = "toeleiding_jeugdhulp",
        /// Compulsory education.
        Leerplicht = "leerplicht",
        /// Ending abuse or examining a reasonable suspicion of it.
        Veiligheid = "veiligheid",
        /// Telling the sender what became of a signal (003-06, 003-13).
        Casusvoortgang = "casusvoortgang",
        /// Accounting for who saw what (AVG 5(2)).
        Verantwoording = "verantwoording",
        /// Keeping the facts that decisions rest on.
        Gegevensbeheer = "gegevensbeheer",
    }
}

closed_list! {
    /// Verwerkingsactiviteit: the entry in the register of AVG 30 that a disclosure is accounted under.
    #[doc(alias = "verwerkingsactiviteit")]
    pub enum ProcessingActivity as "verwerkingsactiviteit" {
        /// Sharing early worries.
        EarlyConcern = "vroeg_signaleren",
        /// Leading to youth help.
        Referral = "toeleiden_naar_jeugdhulp",
        /// Reporting and asking about attendance.
        Attendance = "verzuim_melden",
        /// Telling the index that there is concern.
        IndexReport = "verwijsindex_melden",
        /// Reporting to Veilig Thuis.
        SafetyReport = "veiligheid_melden",
        /// Feedback on a signal.
        CaseProgress = "terugkoppelen",
        /// The access log and its use.
        Accountability = "verantwoorden",
        /// Registering youths, authority and voices.
        FactKeeping = "feiten_beheren",
    }
}

impl Purpose {
    /// The register entry under which a disclosure for this purpose falls.
    pub const fn activity(self) -> ProcessingActivity {
        match self {
            Self::VroegSignaleren => ProcessingActivity::EarlyConcern,
            Self::ToeleidingJeugdhulp => ProcessingActivity::Referral,
            Self::Leerplicht => ProcessingActivity::Attendance,
            Self::Veiligheid => ProcessingActivity::SafetyReport,
            Self::Casusvoortgang => ProcessingActivity::CaseProgress,
            Self::Verantwoording => ProcessingActivity::Accountability,
            Self::Gegevensbeheer => ProcessingActivity::FactKeeping,
        }
    }
}

impl SignalKind {
    /// Whether a signal of this kind may be sent for this purpose (test 2).
    pub const fn fits(self, purpose: Purpose) -> bool {
        match self {
            Self::Preventief => matches!(purpose, Purpose::VroegSignaleren),
            Self::Consultatie => matches!(purpose, Purpose::VroegSignaleren | Purpose::ToeleidingJeugdhulp),
            Self::Aanmelding | Self::VerzoekTotSamenwerking => {
                matches!(purpose, Purpose::ToeleidingJeugdhulp)
            }
            Self::Verzuim | Self::OverigVerzuim => matches!(purpose, Purpose::Leerplicht),
            Self::Veiligheid => matches!(purpose, Purpose::Veiligheid),
        }
    }

    /// Whether this kind may go without a name when the consent for a name is not there (000-10, 000-26, RL-07).
    pub const fn may_be_anonymous(self) -> bool {
        match self {
            Self::Preventief | Self::Consultatie => true,
            Self::Aanmelding
            | Self::VerzoekTotSamenwerking
            | Self::Verzuim
            | Self::OverigVerzuim
            | Self::Veiligheid => false,
        }
    }

    /// Whether it goes where a covenant says, on consent or without a name; the other kinds have their addressee from
    /// the law or from RL-30.
    pub const fn goes_by_covenant(self) -> bool {
        match self {
            Self::Preventief | Self::Consultatie | Self::Aanmelding | Self::VerzoekTotSamenwerking => true,
            Self::Verzuim | Self::OverigVerzuim | Self::Veiligheid => false,
        }
    }

    /// Whether a statute lets this kind carry a BSN or education number (RL-22). On every other kind a number, or a
    /// digest of one, is refused.
    pub const fn may_carry_number(self) -> bool {
        match self {
            Self::Verzuim | Self::OverigVerzuim | Self::Veiligheid => true,
            Self::Preventief | Self::Consultatie | Self::Aanmelding | Self::VerzoekTotSamenwerking => false,
        }
    }
}

closed_list! {
    /// Onderwerp: what a signal is about, in codes. The first five are the shared list of 001-14; every other one
    /// counts as rare (RL-23).
    #[doc(alias = "onderwerp")]
    pub enum Topic as "onderwerp" {
        /// Daily living.
        Adl = "adl",
        /// Behaviour.
        Gedrag = "gedrag",
        /// Social and emotional development.
        SociaalEmotioneel = "sociaal_emotioneel",
        /// A learning problem.
        Leerprobleem = "leerprobleem",
        /// The situation at home.
        Thuis = "thuis",
        /// Attendance worries behind the absence itself.
        Schoolgang = "schoolgang",
        /// Health.
        Gezondheid = "gezondheid",
        /// Grief.
        Rouw = "rouw",
        /// Addiction.
        Verslaving = "verslaving",
        /// Pregnancy.
        Zwangerschap = "zwangerschap",
        /// Money.
        Geld = "geld",
        /// A parent's own question for help: never to a school or samenwerkingsverband (004-41).
        HulpvraagOuder = "hulpvraag_ouder",
    }
}

impl Topic {
    /// Whether few youths share this topic, so that it singles out (RL-23: k = 50).
    pub const fn is_rare(self) -> bool {
        match self {
            Self::Adl | Self::Gedrag | Self::SociaalEmotioneel | Self::Leerprobleem | Self::Thuis => false,
            Self::Schoolgang
            | Self::Gezondheid
            | Self::Rouw
            | Self::Verslaving
            | Self::Zwangerschap
            | Self::Geld
            | Self::HulpvraagOuder => true,
        }
    }
}

closed_list! {
    /// Voorwaarde: something that must have happened before a signal may go (test 7).
    #[doc(alias = "voorwaarde")]
    pub enum Gate as "voorwaarde" {
        /// The worry was talked over with the parents first (000-22).
        DiscussedWithParents = "besproken_met_ouders",
        /// The worry was talked over with the youth; takes the place of the parents from 16 (004-06).
        DiscussedWithYouth = "besproken_met_jeugdige",
        /// School, parents and SWV contact weighed whether the school can handle it (000-23).
        WeighedInternally = "afweging_intern",
    }
}

closed_list! {
    /// Verzuimgrond: why the youth was not there, as the school knows it.
    #[doc(alias = "verzuimgrond")]
    pub enum AbsenceGround as "verzuimgrond" {
        /// Without leave.
        Unauthorised = "ongeoorloofd",
        /// A holiday outside the school holidays without leave.
        Luxury = "luxeverzuim",
        /// Sickness.
        Sickness = "ziekte",
        /// Suspended by the school.
        Suspension = "schorsing",
        /// Late-coming and other small absence.
        Late = "te_laat",
    }
}

/// Verzuim: the attendance facts that the absence rules read (law and practice, 2e).
#[doc(alias = "verzuim")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceFacts {
    /// First day of the absence reported.
    pub from: Date,
    /// Last day of it, inclusive; None while it goes on.
    pub until: Option<Date>,
    /// Unauthorised hours in the last four weeks.
    pub hours_in_four_weeks: u16,
    /// Whole weeks of unbroken absence.
    pub unbroken_weeks: u8,
    /// Why.
    pub ground: AbsenceGround,
    /// Whether the school suspects that sickness or suspension hides unauthorised absence.
    pub suspected_unauthorised: bool,
}

/// Signaal, as far as a decision reads it: what is being sent, or what is stored. Carries no name, number or text.
#[doc(alias = "signaal")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalFacts {
    /// The kind.
    pub kind: SignalKind,
    /// The purpose it was sent for.
    pub purpose: Purpose,
    /// Who sent it.
    pub sender: Party,
    /// Every party it is addressed to.
    pub receivers: Vec<Party>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// What the sender recorded as having happened beforehand; a reason why not does not count.
    pub gates: Vec<Gate>,
    /// The attendance facts, on the absence kinds.
    pub absence: Option<AbsenceFacts>,
    /// Whether the sender ticked, locally, a risk ground of the index (RL-11); which one never leaves the sender.
    pub risk_ticked: bool,
}

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
        /// Register a youth.
        RegisterYouth = "jeugdige_vastleggen",
        /// Register who holds authority.
        RegisterAuthority = "gezag_vastleggen",
        /// Ask a school for the attendance of one resident (RL-31).
        Ask = "bevragen",
        /// Look up organisations and contact points.
        ReadDirectory = "adresboek_lezen",
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
    /// A youth.
    Youth,
    /// A fact of authority.
    Authority,
    /// Attendance held by a school.
    Attendance,
    /// The directory.
    Directory,
}

impl Thing {
    /// Every thing, signals first.
    pub const ALL: &'static [Self] = &[
        Self::Signal(SignalKind::Preventief),
        Self::Signal(SignalKind::Consultatie),
        Self::Signal(SignalKind::Aanmelding),
        Self::Signal(SignalKind::VerzoekTotSamenwerking),
        Self::Signal(SignalKind::Verzuim),
        Self::Signal(SignalKind::OverigVerzuim),
        Self::Signal(SignalKind::Veiligheid),
        Self::Voice,
        Self::Youth,
        Self::Authority,
        Self::Attendance,
        Self::Directory,
    ];

    /// The stable Dutch code; a signal goes by the code of its kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signal(kind) => kind.code(),
            Self::Voice => "uiting",
            Self::Youth => "jeugdige",
            Self::Authority => "gezag",
            Self::Attendance => "aanwezigheid",
            Self::Directory => "adresboek",
        }
    }
}

impl std::str::FromStr for Thing {
    type Err = crate::code::UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|thing| thing.code() == text).ok_or(crate::code::UnknownCode { list: "ding" })
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
