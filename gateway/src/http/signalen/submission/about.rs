// SPDX-License-Identifier: EUPL-1.2
//! About whom a signal is: a pupil of the sending school, the youth of a signal that the sending desk received, or nobody.

use serde::Deserialize;
use sluis_policy::{Bsn, SignalKind};
use utoipa::ToSchema;

use super::super::super::input::{Examination, Given, bsn, id, pupil_key};
use crate::broker::AboutWhom;

/// Over wie het gaat: een leerling van de eigen school, of de jeugdige van een signaal dat dit loket op naam ontving.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super::super) struct OverJeugdige {
    /// De eigen sleutel van de school, zoals bij het vastleggen van de leerling.
    #[schema(value_type = Option<String>, max_length = 64)]
    leerlingsleutel: Given,
    /// In plaats daarvan: het kenmerk van een signaal dat dit loket op naam ontving, zoals het in de inbox staat.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    signaal: Given,
    /// Het burgerservicenummer, alleen bij een soort waarvoor een wet dat nummer voorschrijft (verzuim, overig_verzuim, veiligheid, vsv, informatie_jeugdbescherming, verwijsindex_signaal). Bij verwijsindex_signaal verplicht.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{9}$")]
    bsn: Given,
}

/// Reads about whom it is, with the number where the kind's statute gives it (RL-22).
pub(super) fn read(
    given: Option<&OverJeugdige>,
    input: &mut Examination,
    kind: Option<SignalKind>,
) -> Option<(AboutWhom, Option<Bsn>)> {
    let of_nobody = kind.is_some_and(|kind| !kind.reads_a_youth());
    match (given, of_nobody) {
        (None, true) => Some((AboutWhom::Nobody, None)),
        (Some(_), true) => {
            input.fault("/jeugdige", "Deze soort gaat over niemand: laat dit veld weg.");
            None
        }
        (None, false) => {
            input.fault("/jeugdige", "Dit veld ontbreekt.");
            None
        }
        (Some(given), false) => given.parse(input, kind),
    }
}

impl OverJeugdige {
    fn parse(&self, input: &mut Examination, kind: Option<SignalKind>) -> Option<(AboutWhom, Option<Bsn>)> {
        let about = match (&self.leerlingsleutel, &self.signaal) {
            (Some(_), Some(_)) => {
                input.fault("/jeugdige/signaal", "Noem de leerlingsleutel of het signaal, niet allebei.");
                None
            }
            (None, Some(_)) => input.required("/jeugdige/signaal", &self.signaal, id).map(AboutWhom::Received),
            _ => {
                let key = input.required("/jeugdige/leerlingsleutel", &self.leerlingsleutel, pupil_key);
                key.map(AboutWhom::Pupil)
            }
        };
        if self.bsn.is_some() && !kind.is_none_or(SignalKind::may_carry_number) {
            let wrong = "Bij deze soort mag geen burgerservicenummer mee: daarvoor is geen wettelijke grond.";
            input.fault("/jeugdige/bsn", wrong);
            return None;
        }
        // The index knows nobody but by number.
        let to_index = kind == Some(SignalKind::VerwijsindexSignaal);
        let read = if to_index { Examination::required } else { Examination::optional };
        let number = read(input, "/jeugdige/bsn", &self.bsn, bsn);
        Some((about?, number))
    }
}
