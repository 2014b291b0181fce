// SPDX-License-Identifier: EUPL-1.2
//! What the verwijsindex is told: that there is concern, never what it is about.

use serde::{Deserialize, Serialize};

use crate::{party::Sender, personal::Personal};

/// Melding: who reports concern, when, and about which number, `POST {base}/meldingen`.
///
/// INVARIANT: it has no field for content. The index learns that there is concern and who to call, nothing else.
#[doc(alias = "melding")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Report {
    /// Id of this message; the same at every retry.
    pub bericht_id: String,
    /// Who reports.
    pub melder: Sender,
    /// The number of the youth, which the statute gives the index (RL-22).
    pub nummer: Personal,
    /// When it was reported, RFC 3339.
    pub gemeld_op: String,
}
