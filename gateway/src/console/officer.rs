// SPDX-License-Identifier: EUPL-1.2
//! Who a person is to us: the offices of functionaris gegevensbescherming that the register gives them today.
//!
//! INVARIANT: offices are looked up at each request, by issuer and subject, and never kept in the session: one that ended at
//! midnight is gone at midnight.

use std::collections::BTreeMap;
use std::sync::Arc;

use sluis_policy::{Actor, Moment, Oin, Party, Role};

use super::Console;
use super::provider::LoginFault;
use super::reason::Reason;
use super::session::Session;
use super::visitor::Visitor;
use crate::broker::{Asker, LogReader, Trouble};
use crate::register::Register;

/// Functionaris gegevensbescherming: a person with an office today, for one request.
#[derive(Debug)]
#[doc(alias = "functionaris gegevensbescherming")]
pub(super) struct Officer {
    /// The session that it came with.
    pub(super) session: Session,
    /// The office in which they look.
    pub(super) office: Office,
    /// All their offices: one person may be officer of several organisations.
    pub(super) offices: Vec<Office>,
    /// The register as it stood.
    pub(super) register: Arc<Register>,
    /// The covenants that are known here, by id: what they are called.
    pub(super) covenants: BTreeMap<String, String>,
    asker: Asker,
}

/// Ambt: officer of one organisation.
#[derive(Debug, Clone)]
#[doc(alias = "ambt")]
pub(super) struct Office {
    /// The organisation's name.
    pub(super) name: String,
    /// The capacity in which the decision core knows it.
    pub(super) actor: Actor,
}

/// Who is not let in.
#[derive(Debug)]
pub(super) enum Outside {
    /// Nobody logged in, or the session ended.
    Nobody,
    /// Somebody without an office today, with the session that they came with.
    NoOffice(LoginFault, Option<Oin>, Session),
    /// It cannot be told at the moment.
    Trouble(Trouble),
}

impl Officer {
    /// The reader of the log, once a reason was given.
    pub(super) fn reader(&self) -> Option<LogReader> {
        let reason = self.session.reason?.code();
        Some(LogReader { asker: self.asker.clone(), actor: self.office.actor, reason })
    }

    /// The reader for one question with a reason of its own; without one it will be refused, on record.
    pub(super) fn reader_for(&self, reason: Option<Reason>) -> LogReader {
        LogReader { asker: self.asker.clone(), actor: self.office.actor, reason: reason.map_or("", Reason::code) }
    }
}

impl Office {
    /// The organisation.
    pub(super) fn organisation(&self) -> Oin {
        self.actor.party.organisation
    }
}

impl Console {
    /// The officer behind a request, in the office for this organisation when they have it, else in their first.
    pub(super) fn officer(&self, visitor: &Visitor, wanted: Option<Oin>) -> Result<Officer, Outside> {
        let moment = self.broker.now().map_err(Outside::Trouble)?;
        let token = visitor.session.as_deref().ok_or(Outside::Nobody)?;
        let session = self.sessions.find(token, moment.instant).ok_or(Outside::Nobody)?;
        let register = self.broker.register.load_full();
        let offices = match offices(&register, self.provider.issuer(), &session.subject, moment) {
            Ok(offices) => offices,
            Err((fault, known_at)) => return Err(Outside::NoOffice(fault, known_at, session)),
        };
        let first = || offices.first().cloned();
        let chosen = offices.iter().find(|office| Some(office.organisation()) == wanted).cloned();
        let office = chosen.or_else(first).ok_or(Outside::Nobody)?;
        let asker = Asker::in_person(&self.broker, &session.subject, visitor.trace);
        let policy = self.broker.policy();
        let named = policy.covenants.iter().map(|covenant| (covenant.id().to_owned(), covenant.name().to_owned()));
        Ok(Officer { session, office, offices, register, covenants: named.collect(), asker })
    }
}

/// The offices of a person, one an organisation; or why there are none, and where they are known without one.
pub(super) fn offices(
    register: &Register,
    issuer: &str,
    subject: &str,
    moment: Moment,
) -> Result<Vec<Office>, (LoginFault, Option<Oin>)> {
    let mut offices: Vec<Office> = Vec::new();
    let mut known_at = None;
    for organisation in register.organisations().filter(|organisation| organisation.issuers.contains(issuer)) {
        if register.knows_professional(organisation.oin, subject) {
            known_at = known_at.or(Some(organisation.oin));
        }
        let mut held = register.assignments(organisation.oin, subject, moment.today);
        if let Some(office) = held.find(|assignment| assignment.role == Role::DataProtectionOfficer) {
            let party = Party { organisation: organisation.oin, desk: office.desk };
            let actor = Actor { party, role: office.role, role_valid: office.period, via: None };
            offices.push(Office { name: organisation.name.clone(), actor });
        }
    }
    match (offices.is_empty(), known_at) {
        (false, _) => Ok(offices),
        (true, None) => Err((LoginFault::Unknown, None)),
        (true, Some(organisation)) => Err((LoginFault::NoOffice, Some(organisation))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::clock::SettableClock;

    const REGISTER: &str = r#"
[[organisation]]
oin = "99000000000000000010"
name = "School"
desks = ["school"]
fetches = ["school"]
issuers = ["https://idp.test"]
[[organisation]]
oin = "99000000000000000011"
name = "Bestuur"
desks = ["bestuur"]
fetches = ["bestuur"]
issuers = ["https://idp.test"]
[[organisation]]
oin = "99000000000000000012"
name = "Gemeente"
desks = ["wijkteam"]
fetches = ["wijkteam"]
issuers = ["https://other.test"]
[[professional]]
organisation = "99000000000000000010"
id = "fg"
[[professional.role]]
role = "functionaris_gegevensbescherming"
desk = "school"
from = 2026-01-01
until = 2026-07-01
[[professional]]
organisation = "99000000000000000011"
id = "fg"
[[professional.role]]
role = "functionaris_gegevensbescherming"
desk = "bestuur"
from = 2026-01-01
[[professional]]
organisation = "99000000000000000012"
id = "fg"
[[professional.role]]
role = "functionaris_gegevensbescherming"
desk = "wijkteam"
from = 2026-01-01
[[professional]]
organisation = "99000000000000000010"
id = "ib"
[[professional.role]]
role = "intern_begeleider"
desk = "school"
from = 2026-01-01
"#;

    /// An office counts by issuer and subject, from its first day until the midnight of its last, in Amsterdam.
    #[test]
    fn rol_36_an_office_is_what_the_register_gives_today() {
        let hosts = ["idp.test", "other.test"].map(|host| host.parse().unwrap());
        let register = Register::parse(REGISTER, &sluis_connectors::Reach::new(hosts, [])).unwrap();
        let school = "99000000000000000010".parse().ok();
        for (issuer, subject, time, expected) in [
            ("https://idp.test", "fg", "2026-06-30T21:59:59Z", Ok(vec!["School", "Bestuur"])),
            ("https://idp.test", "fg", "2026-06-30T22:00:00Z", Ok(vec!["Bestuur"])),
            ("https://other.test", "fg", "2026-06-30T12:00:00Z", Ok(vec!["Gemeente"])),
            ("https://idp.test", "fg", "2025-06-30T12:00:00Z", Err((LoginFault::NoOffice, school))),
            ("https://idp.test", "ib", "2026-06-30T12:00:00Z", Err((LoginFault::NoOffice, school))),
            ("https://idp.test", "FG", "2026-06-30T12:00:00Z", Err((LoginFault::Unknown, None))),
            ("https://idp.test/", "fg", "2026-06-30T12:00:00Z", Err((LoginFault::Unknown, None))),
        ] {
            let moment = SettableClock::at_time(time).unwrap().now();
            let found = offices(&register, issuer, subject, moment);
            let names = found.map(|offices| offices.into_iter().map(|office| office.name).collect::<Vec<_>>());
            assert_eq!(
                names,
                expected.map(|names| names.into_iter().map(str::to_owned).collect()),
                "{issuer} {subject} {time}"
            );
        }
    }
}
