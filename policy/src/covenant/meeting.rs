// SPDX-License-Identifier: EUPL-1.2
//! Overleg, regie en opschaling: who sits with whom, who holds what, and where a case goes that is stuck.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::code::closed_list;
use crate::organisation::{Desk, Role};

closed_list! {
    /// Overlegsoort.
    #[doc(alias = "overlegsoort")]
    pub enum MeetingKind as "overleg" {
        /// Early signals, shared with fixed participants (000-08…12).
        Preventive = "preventief_overleg",
        /// The pair of one school: its intern begeleider and a member of the youth team (001-03).
        Tandem = "tandem",
        /// Meeting about one case (000-31).
        Case = "casuistiekbespreking",
        /// Multidisciplinary meeting; zorgteam and ZAT are other names for it (003-04, 003-27, 004-29).
        Multidisciplinary = "multidisciplinair_overleg",
        /// The school's own support team (002-07, 004-29).
        SupportTeam = "ondersteuningsteam",
        /// Steering group (000-40).
        Steering = "stuurgroep",
        /// Executives (000-41, 003-23).
        Executive = "bestuurlijk_overleg",
        /// Officials (003-23).
        Official = "ambtelijk_overleg",
        /// Municipality and samenwerkingsverband about working together (001-09).
        Policy = "beleidsgesprek",
        /// Local network of intern begeleiders (001-08).
        IbNetwork = "ib_netwerk",
        /// Those who work with it (002-04).
        Users = "gebruikersoverleg",
    }
}

impl MeetingKind {
    /// Whether it is about youths. Where it is not, nothing with a name or a pseudonym goes there (RL-28).
    pub const fn is_about_youths(self) -> bool {
        match self {
            Self::Preventive | Self::Tandem | Self::Case | Self::Multidisciplinary | Self::SupportTeam => true,
            Self::Steering | Self::Executive | Self::Official | Self::Policy | Self::IbNetwork | Self::Users => false,
        }
    }
}

closed_list! {
    /// Per: for what a meeting is counted.
    #[doc(alias = "per")]
    pub enum Per as "per" {
        /// Each school.
        School = "school",
        /// Each municipality.
        Municipality = "gemeente",
        /// Once for all parties together.
        Covenant = "convenant",
    }
}

closed_list! {
    /// Ouders bij overleg: whether parents and youth take part.
    #[doc(alias = "ouders")]
    pub enum Family as "ouders" {
        /// They always take part; their absence has a reason (003-10).
        TakesPart = "doen_mee",
        /// They are invited where that is possible (000-31).
        Invited = "uitgenodigd",
    }
}

closed_list! {
    /// Agendapunt.
    #[doc(alias = "agendapunt")]
    pub enum AgendaItem as "agendapunt" {
        /// A signal about a youth.
        Signal = "signaal",
        /// How a running case goes.
        Progress = "casusvoortgang",
        /// A bottleneck between organisations: about no person (000-11, 000-37).
        Bottleneck = "knelpunt",
        /// Plan, roles and actions of one case (000-33).
        Plan = "plan_van_aanpak",
        /// How the agreements work out; about no person.
        Evaluation = "evaluatie",
    }
}

impl AgendaItem {
    pub(super) const fn is_about_a_youth(self) -> bool {
        matches!(self, Self::Signal | Self::Progress | Self::Plan)
    }
}

/// Zetel: a role at a desk.
#[doc(alias = "zetel")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// What the professional does.
    pub role: Role,
    /// Where.
    pub desk: Desk,
    /// What the region calls it.
    pub name: Option<String>,
}

/// Overleg.
#[doc(alias = "overleg")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Which.
    pub kind: MeetingKind,
    /// What the region calls it.
    pub name: String,
    /// How often a year at least, and counted per what.
    pub yearly: Option<(u8, Per)>,
    /// Who is always there.
    pub fixed: Vec<Seat>,
    /// For whom a chair is kept free.
    pub empty_chairs: Vec<Seat>,
    /// Who may call it.
    pub callers: Vec<Seat>,
    /// Whether parents and youth take part.
    pub family: Option<Family>,
    /// What it speaks of.
    pub agenda: Vec<AgendaItem>,
}

impl Meeting {
    /// The last day by which it must be held again; None where nothing was agreed about how often.
    ///
    /// `last` is the day it was last held, or the day on which the covenant began to bind.
    pub fn next_by(&self, last: Date) -> Option<Date> {
        let (times, _) = self.yearly?;
        let months = 12_u8.checked_div(times).filter(|months| *months > 0)?;
        Some(last.saturating_add(i64::from(months).months()))
    }

    /// Whether the agreement gives this role at this desk a seat, fixed or kept free.
    pub fn seats(&self, role: Role, desk: Desk) -> bool {
        self.fixed.iter().chain(&self.empty_chairs).any(|seat| seat.role == role && seat.desk == desk)
    }
}

closed_list! {
    /// Regie: the three holders that regions give different names (rows, 1.1).
    #[doc(alias = "regie")]
    pub enum Holding as "regie" {
        /// Guards the process; sees progress, not content.
        Process = "proces",
        /// Runs the case and holds its content.
        Case = "casus",
        /// Decides when the others cannot agree.
        Deadlock = "doorbraak",
    }
}

/// Houder: who holds the process, the case or the last word.
#[doc(alias = "houder")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What is held.
    pub holding: Holding,
    /// By whom; `seat.name` is the region's own word.
    pub seat: Seat,
}

/// Trede: one step of escalation, lowest first.
#[doc(alias = "trede")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who is asked on this step.
    pub seat: Seat,
    /// What happens there.
    pub deed: String,
    /// How many working days of silence, after this step heard of it, before the next one hears.
    pub patience: u8,
}

impl Step {
    /// Whether the step stands above the case, so that no name goes along (RL-28). A region's own key for this would only
    /// be able to widen, so there is none.
    pub const fn is_person_free(&self) -> bool {
        is_above_the_case(self.seat.role)
    }
}

/// Managers, directors, boards and policy officials: they hear how it stands, never about whom (RL-28).
const fn is_above_the_case(role: Role) -> bool {
    matches!(
        role,
        Role::Schooldirecteur | Role::Schoolbestuur | Role::SwvDirecteur | Role::Teamleider | Role::Beleidsambtenaar
    )
}

closed_list! {
    /// Waarover een afspraak gaat.
    #[doc(alias = "afspraaksoort")]
    pub enum Subject as "afspraak" {
        /// Why they work together.
        Principle = "uitgangspunt",
        /// What it covers and what not.
        Boundary = "afbakening",
        /// How they work; the software does not do it for them.
        Practice = "werkwijze",
        /// What they look back on.
        Evaluation = "evaluatie",
    }
}

/// Afspraak: something the parties agreed that people do and the software does not; it stands on the page they sign.
#[doc(alias = "afspraak")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// What it is about.
    pub subject: Subject,
    /// In our own words.
    pub sentence: String,
}
