// SPDX-License-Identifier: EUPL-1.2
//! Over wie: how a body names the youth that something is recorded about: by the school's own key, or by a signal that the
//! own desk received by name.

use super::input::{Examination, Given, id, pupil_key};
use crate::broker::Whom;

const KEY: &str = "/leerlingsleutel";
const SIGNAL: &str = "/signaalId";

/// Where it stood.
pub(super) const fn pointer(whom: &Whom) -> &'static str {
    match whom {
        Whom::Pupil(_) => KEY,
        Whom::Received(_) => SIGNAL,
    }
}

/// Reads one of the two, and notes when there are both or none.
pub(super) fn read(input: &mut Examination, key: &Given, signal: &Given) -> Option<Whom> {
    if signal.is_none() {
        return input.required(KEY, key, pupil_key).map(Whom::Pupil);
    }
    let received = input.optional(SIGNAL, signal, id).map(Whom::Received);
    if key.is_some() {
        input.optional(KEY, key, pupil_key);
        input.fault(SIGNAL, "De jeugdige staat hier al met een leerlingsleutel; noem er een van beide.");
        return None;
    }
    received
}
