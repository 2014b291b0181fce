// SPDX-License-Identifier: EUPL-1.2
//! Rechthebbende: on whose behalf somebody exercises a right over data about a youth (AVG 12 to 21). There is no portal yet, so
//! that a professional or an officer acts who established who is asking; whether that person may is for the core.

use sluis_policy::{AccessRequest, Action, Actor, Backing, PersonRef, Purpose};

use super::KnownYouth;
use crate::vault::Id;

/// How it was established who asks. A closed list: it is recorded with what was done.
pub const IDENTIFIED_BY: [&str; 3] = ["identiteitsbewijs", "digid", "bekend_bij_medewerker"];

/// Rechthebbende, as whoever acts for them says.
#[derive(Debug, Clone)]
#[doc(alias = "rechthebbende")]
pub struct Entitled {
    /// Somebody whom a source names for this youth, or the youth.
    pub person: Option<Id>,
    /// Whether the youth joins in (RL-19).
    pub with_youth: bool,
    /// How it was established who that is, from [`IDENTIFIED_BY`].
    pub identified_by: &'static str,
}

impl Entitled {
    /// The question whether this person may.
    pub(super) fn request(&self, actor: Actor, action: Action, youth: Option<&KnownYouth>) -> AccessRequest {
        let themselves = youth.map(|youth| youth.facts.youth_person);
        let backing = Backing {
            citizen: self.person.map(PersonRef).or(themselves),
            joined: themselves.filter(|_| self.with_youth).into_iter().collect(),
            reasoned: true,
            ..Backing::default()
        };
        AccessRequest {
            actor,
            action,
            purpose: Purpose::Rechten,
            receiver: actor.party,
            named: true,
            signal: None,
            asked: None,
            backing,
        }
    }
}
