// SPDX-License-Identifier: EUPL-1.2
//! A right that a professional carries out for whom it belongs to. Who may exercise it is decided as if that person stood here
//! themselves: the professional adds nothing to it, and the table of roles says who may lend a hand.

use super::{Case, caller};
use crate::decision::Refusal;

/// Whoever acts for somebody else recorded how they know that it is them (AVG 12(6)). A citizen's own login has shown it.
pub(super) fn identified(case: &Case<'_>) -> Result<(), Refusal> {
    if case.request.actor.role.is_citizen() { Ok(()) } else { caller::with_a_reason(case) }
}
