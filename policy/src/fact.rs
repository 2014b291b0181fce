// SPDX-License-Identifier: EUPL-1.2
//! Soort feit: what may be recorded about a youth besides who holds authority and what was said, and from which desks.

use crate::code::closed_list;
use crate::organisation::Desk;

closed_list! {
    /// Soort feit. Each is a thing of its own in the role table, so that whoever signs that table sees who records what.
    #[doc(alias = "feit")]
    pub enum FactKind as "feit" {
        /// An order of child protection, with the institution that carries it out (Jeugdwet 7.3.11).
        Order = "maatregel",
        /// A stay in care: which municipality answers for youth help (Jeugdwet 1.1, case 49).
        Stay = "verblijf",
        /// An exemption from compulsory education (004-19, 004-20).
        Exemption = "vrijstelling",
        /// That a party helps this youth, for one purpose (000-49).
        Involvement = "betrokkenheid",
        /// Until when the youth is enrolled at the own school, and in which kind of education (002-23, case 34).
        Enrolment = "inschrijving",
        /// A secret address or shielded place (RL-15).
        Shielding = "afscherming",
        /// A restriction of processing, or an objection that is pending (AVG 18, 21).
        Restriction = "beperking",
        /// That the youth has died.
        Death = "overlijden",
        /// Whether the parents live apart (case 6).
        Household = "gezin",
        /// A court's yes in the place of one holder of authority (case 5).
        Substitute = "vervangende_toestemming",
        /// What lifts the own team's professional secrecy (RL-04).
        Permission = "opheffing_beroepsgeheim",
        /// That the youth of 12 to 15 was heard (RL-02).
        Hearing = "gehoord",
        /// That the youth cannot judge a matter (RL-05).
        Incapacity = "onvermogen",
        /// Why a help-giver goes on without the parents (RL-03).
        Finding = "bevinding",
        /// That the youth asked that nothing be told at home (RL-13).
        Silence = "stilte",
        /// That what is about one signal is kept from a reader (RL-14).
        Confidentiality = "geheimhouding",
    }
}

impl FactKind {
    /// Whether only a professional who stands in a care register may record it (RL-05).
    pub const fn needs_care_register(self) -> bool {
        matches!(self, Self::Incapacity)
    }

    /// Whether a desk of this sort may ever record it, whatever a role file says: what only a help-giver can find is found
    /// by a help-giver (RL-03, RL-05), and secrecy is lifted where it is kept (RL-04).
    pub const fn comes_from(self, desk: Desk) -> bool {
        let municipal = matches!(desk, Desk::AccessDesk | Desk::Wijkteam);
        let school = matches!(desk, Desk::School);
        match self {
            Self::Order => school || municipal || matches!(desk, Desk::Jgz | Desk::GecertificeerdeInstelling),
            Self::Exemption => school || matches!(desk, Desk::Leerplicht),
            Self::Enrolment => school,
            Self::Stay
            | Self::Involvement
            | Self::Shielding
            | Self::Restriction
            | Self::Death
            | Self::Household
            | Self::Substitute => school || municipal,
            Self::Hearing | Self::Silence | Self::Confidentiality => school || municipal || matches!(desk, Desk::Jgz),
            Self::Permission => desk.keeps_secrets(),
            Self::Incapacity | Self::Finding => desk.gives_help(),
        }
    }
}
