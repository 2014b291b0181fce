// SPDX-License-Identifier: EUPL-1.2
//! Where the gateway led a signal whose sender named nobody, and why (002-60); and what it missed.

use serde::Serialize;
use sluis_policy::routing::{Gap, Leg};
use utoipa::ToSchema;

/// Wat er ontbrak toen de sluis de weg zocht.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct OntbrekendeWeg {
    /// `geen_route`, `geen_contact` of `geen_tandem`: ook de soort van de verplichting.
    #[schema(example = "geen_contact")]
    wat: &'static str,
    /// Hoe dat komt.
    #[schema(example = "niet_opgegeven")]
    doordat: &'static str,
}

/// Waarom de sluis een signaal ergens heen bracht.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct GevondenWeg {
    /// Waarom dit loket.
    #[schema(example = "woongemeente")]
    waarom: &'static str,
    /// Het stelsel waarvan de streek deze weg een nummer geeft: een nummer alleen zegt niets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "contactpersonen onderwijs en gemeente")]
    stelsel: Option<String>,
    /// Het nummer in dat stelsel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "route 1")]
    nummer: Option<String>,
}

impl GevondenWeg {
    pub(super) fn of(leg: Leg) -> Self {
        let (stelsel, nummer) = leg.way.map(|way| (way.system, way.number)).unzip();
        Self { waarom: leg.why.code(), stelsel, nummer }
    }
}

impl OntbrekendeWeg {
    pub(super) fn of(gap: &Gap) -> Self {
        Self { wat: gap.missing.code(), doordat: gap.because.code() }
    }
}
