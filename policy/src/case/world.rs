// SPDX-License-Identifier: EUPL-1.2
//! A question in its place: everything that [`decide`] takes, and the pieces that a case is usually made of.

use std::fmt;
use std::sync::Arc;

use jiff::Span;
use jiff::civil::{Date, date};

use crate::code::closed_list;
use crate::covenant::Covenant;
use crate::decision::Decision;
use crate::moment::{Moment, Period};
use crate::organisation::{Desk, MunicipalityCode, Party, Role};
use crate::request::{AccessRequest, Actor, Facts};
use crate::roles::RoleTable;
use crate::rules::decide;
use crate::signal::{AbsenceFacts, AbsenceGround, Purpose, SignalKind};
use crate::voice::{ReceiverScope, Scope, Statement, VoiceKind};
use crate::youth::{Authority, AuthorityKind, AuthoritySource, Enrolment, PersonRef, YouthFacts};

/// The day on which a case plays that names none.
pub const TODAY: Date = date(2026, 11, 22);

/// Noon on that day in Amsterdam, in microseconds since the epoch.
const NOON: i64 = 1_795_345_200_000_000;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// Noon of a day, as far from the noon of [`TODAY`] as the days between them.
pub fn noon_of(today: Date) -> Moment {
    Moment { instant: NOON + i64::from((today - TODAY).get_days()) * DAY, today }
}

closed_list! {
    /// Spreker: somebody of the family of the cases.
    #[doc(alias = "spreker")]
    pub enum Speaker as "spreker" {
        /// The first parent.
        ParentA = "ouder_a",
        /// The second parent.
        ParentB = "ouder_b",
        /// The youth.
        Youth = "jeugdige",
    }
}

impl Speaker {
    /// By what the facts refer to this person.
    pub const fn person(self) -> PersonRef {
        match self {
            Self::ParentA => PersonRef([0xA; 16]),
            Self::ParentB => PersonRef([0xB; 16]),
            Self::Youth => PersonRef([0xC; 16]),
        }
    }
}

/// Wereld: one question with the facts and policies under which it is decided.
#[doc(alias = "wereld")]
#[derive(Clone)]
pub struct World {
    /// The question.
    pub request: AccessRequest,
    /// What is known.
    pub facts: Facts,
    /// The covenant between the two sides.
    pub covenant: Option<Arc<Covenant>>,
    /// Who may do what.
    pub roles: Arc<RoleTable>,
    /// When it is asked.
    pub now: Moment,
}

impl World {
    /// What the core answers.
    pub fn decide(&self) -> Decision {
        decide(&self.request, &self.facts, &self.roles, self.covenant.as_deref(), self.now)
    }
}

/// What whoever looks for a difference needs to see: the question and the facts, not two whole policies.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let covenant = self.covenant.as_ref().map(|covenant| covenant.digest());
        write!(f, "{:?}\n{:?}\nunder {covenant:?} on {}", self.request, self.facts, self.now.today)
    }
}

/// A role that may do what is usually done at this desk.
pub const fn usual_role(desk: Desk) -> Role {
    match desk {
        Desk::School => Role::InternBegeleider,
        Desk::Samenwerkingsverband => Role::SwvContact,
        Desk::AccessDesk | Desk::Wijkteam => Role::Consulent,
        Desk::Leerplicht => Role::Leerplichtambtenaar,
        Desk::Rmc => Role::RmcTrajectbegeleider,
        Desk::Jgz => Role::Jeugdgezondheidszorg,
        Desk::VeiligThuis => Role::VeiligThuisMedewerker,
        Desk::Board => Role::Schoolbestuur,
        Desk::GecertificeerdeInstelling => Role::Gezinsvoogd,
        Desk::Policy => Role::Beleidsambtenaar,
        Desk::Verwijsindex | Desk::Gateway => Role::Systeem,
    }
}

/// For what a kind is usually sent.
pub fn usual_purpose(kind: SignalKind) -> Purpose {
    Purpose::ALL.iter().copied().find(|purpose| kind.fits(*purpose)).unwrap_or(Purpose::Gegevensbeheer)
}

/// From where a kind usually leaves: the school, where it may.
pub fn usual_sender(kind: SignalKind) -> Desk {
    let first = kind.row().from.first().copied();
    first.filter(|_| !kind.leaves_from(Desk::School)).unwrap_or(Desk::School)
}

/// Whoever acts, in a role held for years.
pub const fn actor(party: Party, role: Role) -> Actor {
    Actor { party, role, role_valid: Period::since(date(2020, 8, 1)), via: None }
}

/// A child of seven with two parents who hold authority, enrolled at this school.
pub fn youth(school: Party) -> YouthFacts {
    let parent = |person| Authority {
        person,
        kind: AuthorityKind::Parent,
        since: date(2000, 1, 1),
        until: None,
        source: AuthoritySource::School,
        scope: None,
    };
    YouthFacts {
        home: Some(MunicipalityCode::OF_THE_CASES),
        authorities: vec![parent(Speaker::ParentA.person()), parent(Speaker::ParentB.person())],
        enrolments: vec![Enrolment { school, period: Period::since(date(2020, 8, 1)), kind: None }],
        ..YouthFacts::new(date(2019, 3, 14), Speaker::Youth.person())
    }
}

/// Any matter, to anybody.
pub const fn anything() -> Scope {
    Scope { purpose: None, receiver: ReceiverScope::Any, category: None }
}

/// Something said a day more than this many days before `now`, that arrived at once and holds from that day on.
pub fn said(who: PersonRef, voice: VoiceKind, scope: Scope, days_ago: i64, now: Moment) -> Statement {
    let days = days_ago.saturating_add(1);
    let spoken_at = now.instant.saturating_sub(days.saturating_mul(DAY));
    // A calendar has an end; whatever lies before it began with it.
    let from = Span::new().try_days(days).map_or(Date::MIN, |span| now.today.saturating_sub(span));
    Statement {
        id: [0; 16],
        speaker: who,
        voice,
        scope,
        spoken_at,
        arrived_at: spoken_at,
        valid: Period::since(from),
        text_version: "1".to_owned(),
        speaks_for_other: false,
        lease_until: None,
    }
}

/// So many hours of absence since the last Monday of October.
pub const fn absence(ground: AbsenceGround, hours: u16) -> AbsenceFacts {
    AbsenceFacts {
        from: date(2026, 10, 26),
        until: None,
        hours_in_four_weeks: hours,
        unbroken_weeks: 0,
        ground,
        suspected_unauthorised: false,
    }
}
