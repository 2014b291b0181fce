// SPDX-License-Identifier: EUPL-1.2
//! The question of a decision, as it is kept with the decision's record so that it can be put again (P5).
//!
//! What a signal says is in it, so that it is sealed under the class of what is on its way, not under that of who looked: with
//! the content, the question is forgotten too (RL-24). The youth's own facts are not in it: they lie with the youth, in
//! versions, and the record names the version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use sluis_policy::{AccessRequest, Facts};

use crate::vault::{Id, Place, RetentionClass, Unsealable, Vault, YouthKeys};

/// The class under which a question is kept and forgotten.
pub(super) const CLASS: RetentionClass = RetentionClass::Delivery;

/// Vastgelegde vraag. INVARIANT: stays readable for ever; what a later version adds, an earlier one refuses to read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedQuestion {
    pub(super) request: AccessRequest,
    pub(super) beside: Facts,
    /// Whether a youth was known when it was decided.
    pub(super) youth: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    request: &'a AccessRequest,
    beside: &'a Facts,
    youth: bool,
}

/// Seals a question under the youth's keys, or under the gateway's own where it is about nobody. Nothing where the class was
/// erased: such a decision is still recorded, and cannot be put again.
pub(super) fn seal(
    (vault, keys): (&Vault, Option<&YouthKeys>),
    decision: &Id,
    (request, beside, youth): (&AccessRequest, &Facts, bool),
) -> Option<String> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&Written { request, beside, youth }).ok()?);
    let sealed = match keys {
        Some(keys) => keys.seal(CLASS, place(decision), &plain),
        None => vault.seal_own(place(decision), &plain),
    };
    sealed.ok().map(|sealed| STANDARD_NO_PAD.encode(sealed))
}

/// Opens what [`seal`] sealed; nothing inside where it is in a form that this version does not know.
pub(super) fn open(
    (vault, keys): (&Vault, Option<&YouthKeys>),
    decision: &Id,
    sealed: &str,
) -> Result<Option<RecordedQuestion>, Unsealable> {
    let sealed = STANDARD_NO_PAD.decode(sealed).map_err(|_| Unsealable)?;
    let plain = match keys {
        Some(keys) => keys.open(CLASS, place(decision), &sealed)?,
        None => vault.open_own(place(decision), &sealed)?,
    };
    Ok(serde_json::from_slice(&plain).ok())
}

fn place(decision: &Id) -> Place<'_> {
    Place { table: "log_fields", column: "question", row: decision }
}
