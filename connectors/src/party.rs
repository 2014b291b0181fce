// SPDX-License-Identifier: EUPL-1.2
//! Who speaks and who is spoken to, as every message names them.

use serde::{Deserialize, Serialize};

/// Afzender: the organisation and desk on whose behalf a message is sent.
#[doc(alias = "afzender")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sender {
    /// OIN of the organisation, 20 digits.
    pub oin: String,
    /// Name of the organisation, as people know it.
    pub naam: String,
    /// Code of the desk within it.
    pub loket: String,
}

/// Ontvanger: the organisation and desk that the message is for.
#[doc(alias = "ontvanger")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Receiver {
    /// OIN of the organisation, 20 digits.
    pub oin: String,
    /// Code of the desk within it.
    pub loket: String,
}
