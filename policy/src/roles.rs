// SPDX-License-Identifier: EUPL-1.2
//! Rollentabel: which role, at which desk, may do what to which kind of thing for which purpose.
//!
//! The policy itself is casbin's: `roles/model.conf` and `roles/policy.csv`. What a request reads is a frozen set compiled from it
//! when it is loaded, which cannot fail, panic or be switched off. Consent is never in it.

use std::collections::BTreeSet;

use crate::organisation::{Desk, Role};
use crate::signal::{Action, Purpose, Thing};

/// One cell of the matrix.
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

/// Rollentabel: the frozen set of grants. Whatever is not in it is not allowed.
#[doc(alias = "rollentabel")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTable {
    grants: BTreeSet<RoleGrant>,
    digest: String,
}

impl RoleTable {
    /// Whether this cell is granted.
    pub fn allows(&self, grant: &RoleGrant) -> bool {
        self.grants.contains(grant)
    }

    /// Whether the role may do the action to anything at all. Says nothing about a particular thing, so refusing by it reveals nothing.
    pub fn allows_somewhere(&self, role: Role, desk: Desk, action: Action) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role == role && grant.desk == desk && grant.action == action)
    }

    /// SHA-256 over the model and policy files as they were loaded, in hexadecimal: stands in every decision's record.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Every grant, in order.
    pub fn grants(&self) -> impl Iterator<Item = &RoleGrant> {
        self.grants.iter()
    }

    /// The same table without some grants; taking away is always allowed.
    #[must_use]
    pub fn without(mut self, taken: impl Fn(&RoleGrant) -> bool) -> Self {
        self.grants.retain(|grant| !taken(grant));
        self.digest = format!("{}-", self.digest);
        self
    }
}
