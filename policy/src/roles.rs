// SPDX-License-Identifier: EUPL-1.2
//! Rollentabel: which role, at which desk, may do what to which kind of thing for which purpose.
//!
//! The policy itself is casbin's: `roles/model.conf` and `roles/policy.csv`. What a request reads is a frozen set
//! compiled from it when it is loaded, which cannot fail, panic or be switched off. Consent is never in it.

use std::collections::BTreeSet;

use crate::action::{Action, Thing};
use crate::organisation::{Desk, Role};
use crate::signal::{Purpose, SignalKind};

mod page;

#[cfg(feature = "casbin")]
mod load;
#[cfg(feature = "casbin")]
pub use load::{RoleFileError, SHIPPED_MODEL, SHIPPED_POLICY, load};

/// Rolrecht: one cell of the matrix.
#[doc(alias = "rolrecht")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleGrant {
    /// Who.
    pub role: Role,
    /// At what sort of desk.
    pub desk: Desk,
    /// What.
    pub action: Action,
    /// To what.
    pub thing: Thing,
    /// For what purpose.
    pub purpose: Purpose,
}

impl RoleGrant {
    /// Whether any decision ever asks for this cell. A policy row for another one would say something that nobody
    /// reads, and is refused: a desk never sends or receives what the catalogue keeps from it, so no file lets a
    /// samenwerkingsverband advise on youth help or a teacher hold a case (004-30, ROL-01).
    pub fn is_asked(&self) -> bool {
        match (self.action, self.thing) {
            // A report to Veilig Thuis, or its advice, is nobody's to grant (RL-08).
            (Action::Submit, Thing::Signal(SignalKind::Veiligheid | SignalKind::AdviesVeiligThuis)) => false,
            (Action::Submit | Action::Retract, Thing::Signal(kind)) => {
                kind.fits(self.purpose) && kind.leaves_from(self.desk)
            }
            (Action::List | Action::Read, Thing::Signal(kind)) => {
                kind.fits(self.purpose) && (kind.leaves_from(self.desk) || kind.may_reach(self.desk))
            }
            (Action::TakeUp | Action::Close, Thing::Signal(kind)) => {
                kind.fits(self.purpose) && kind.may_reach(self.desk)
            }
            (Action::Answer, Thing::Signal(kind)) => {
                self.purpose == Purpose::Casusvoortgang && kind.may_reach(self.desk)
            }
            (Action::RecordFact, Thing::Fact(kind)) => {
                self.purpose == Purpose::Gegevensbeheer && kind.comes_from(self.desk)
            }
            (Action::RecordVoice | Action::WithdrawVoice | Action::ReadVoice, Thing::Voice)
            | (Action::ReadDuty | Action::WorkDuty | Action::ReleaseTo, Thing::Duty)
            | (Action::RegisterYouth | Action::Erase, Thing::Youth)
            | (Action::RegisterAuthority, Thing::Authority)
            | (Action::ReadDirectory, Thing::Directory)
            | (Action::PublishPolicy, Thing::Policy) => self.purpose == Purpose::Gegevensbeheer,
            (Action::Ask, Thing::Attendance) => self.purpose == Purpose::Leerplicht,
            (Action::ReadMatch, Thing::Match) => self.purpose == Purpose::Verwijsindex,
            // A machine knows nobody: a right is exercised in person, or through somebody who saw the person.
            (Action::Inspect, Thing::Log) | (Action::Object, Thing::Objection) => {
                self.purpose == Purpose::Rechten && (self.role.is_citizen() || self.role.is_professional())
            }
            (
                Action::SearchLog
                | Action::NameProfessional
                | Action::MonitorStaff
                | Action::Reidentify
                | Action::ExportLog,
                Thing::Log,
            ) => self.purpose == Purpose::Verantwoording,
            (Action::BreakGlass, Thing::Youth) => self.purpose == Purpose::Noodtoegang,
            _ => false,
        }
    }
}

/// Rollentabel: the frozen set of grants. Whatever is not in it is not allowed.
#[doc(alias = "rollentabel")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTable {
    grants: BTreeSet<RoleGrant>,
    digest: String,
}

impl RoleTable {
    /// The table in which nobody may do anything; what a gateway without a valid policy runs on.
    pub const fn empty() -> Self {
        Self { grants: BTreeSet::new(), digest: String::new() }
    }

    /// Whether this cell is granted.
    pub fn allows(&self, grant: &RoleGrant) -> bool {
        self.grants.contains(grant)
    }

    /// Whether the role may do the action to anything at all. Says nothing about a particular thing, so refusing by it
    /// reveals nothing.
    pub fn allows_somewhere(&self, role: Role, desk: Desk, action: Action) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.desk == desk && grant.action == action)
    }

    /// Whether the role may send a signal of this kind for some purpose.
    pub fn allows_to_submit(&self, role: Role, desk: Desk, kind: SignalKind) -> bool {
        let submits = |grant: &RoleGrant| grant.action == Action::Submit && grant.thing == Thing::Signal(kind);
        self.grants.iter().any(|grant| grant.role == role && grant.desk == desk && submits(grant))
    }

    /// SHA-256 over the model and policy files as they were loaded, in hexadecimal: stands in every decision's record.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Every grant, in order.
    pub fn grants(&self) -> impl Iterator<Item = &RoleGrant> {
        self.grants.iter()
    }

    /// The same table without the grants for which `taken` holds. Narrows only; the digest says that it is no longer
    /// the file's.
    #[must_use]
    pub fn without(mut self, taken: impl Fn(&RoleGrant) -> bool) -> Self {
        self.grants.retain(|grant| !taken(grant));
        self.digest.push_str("-narrowed");
        self
    }
}
