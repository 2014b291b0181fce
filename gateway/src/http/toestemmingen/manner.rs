// SPDX-License-Identifier: EUPL-1.2
//! How something was said: through which channel, and what shows it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::super::codes;
use super::super::input::{Examination, Given, among, numberless};
use crate::broker::{CHANNELS, EVIDENCE, Evidence, Manner};

/// Waaruit blijkt dat het is gezegd.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Bewijs {
    #[schema(schema_with = codes::evidence, required)]
    soort: Given,
    /// Waar de eigen organisatie het bewaart. Geen burgerservicenummer of onderwijsnummer.
    #[schema(value_type = Option<String>, max_length = 120)]
    kenmerk: Given,
}

/// Reads channel and evidence, each of which may be left out.
pub(super) fn read(input: &mut Examination, channel: &Given, evidence: Option<&Bewijs>) -> Manner {
    let channel = input.optional("/kanaal", channel, among(&CHANNELS));
    let evidence = evidence.and_then(|given| {
        let kind = input.required("/bewijs/soort", &given.soort, among(&EVIDENCE));
        let reference = input.optional("/bewijs/kenmerk", &given.kenmerk, numberless(120));
        Some(Evidence { kind: kind?, reference })
    });
    Manner { channel, evidence }
}
