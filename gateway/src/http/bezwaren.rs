// SPDX-License-Identifier: EUPL-1.2
//! `/v1/bezwaren`: a professional takes in an objection, a request for correction or for restriction (AVG 16, 18, 21).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::ToSchema;

use super::api::{begin, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, among, flag, id};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded, whom};
use crate::broker::{Broker, Entitled, IDENTIFIED_BY, NewObjection, OBJECTIONS};

const ROUTE: &str = "/v1/bezwaren";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource(ROUTE, [guarded(Method::POST, create)]);
}

/// Een bezwaar, of een verzoek om verbetering of beperking. Waarom het wordt gevraagd, staat hier niet: dat hoort de organisatie
/// zelf.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "soort": "bezwaar", "persoon": "8d2f6b0c417e43a59c0e7d1b62f8a354",
    "vastgesteldMet": "identiteitsbewijs"
}))]
pub(super) struct NieuwBezwaar {
    /// De eigen sleutel van de school voor de leerling. Weggelaten: `signaalId` zegt om wie het gaat.
    #[schema(value_type = Option<String>, max_length = 64)]
    leerlingsleutel: Given,
    /// Het kenmerk van een signaal dat het eigen loket op naam ontving, voor wie geen leerlingsleutel heeft.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    signaal_id: Given,
    #[schema(schema_with = codes::objection, required)]
    soort: Given,
    /// Wie het vraagt: de verwijzing uit het vastleggen van gezag. Weggelaten: de jeugdige zelf.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    /// Of de jeugdige het samen met `persoon` vraagt.
    #[schema(value_type = Option<bool>)]
    samen_met_jeugdige: Given,
    #[schema(schema_with = codes::identified_by, required)]
    vastgesteld_met: Given,
}

/// On whose behalf, as a body says it.
pub(super) fn entitled(input: &mut Examination, [person, with_youth, by]: [&Given; 3]) -> Option<Entitled> {
    let person = input.optional("/persoon", person, id);
    let with_youth = input.optional("/samenMetJeugdige", with_youth, flag).unwrap_or_default();
    let by = input.required("/vastgesteldMet", by, among(&IDENTIFIED_BY));
    let identified_by = by.and_then(|code| IDENTIFIED_BY.into_iter().find(|known| *known == code))?;
    Some(Entitled { person, with_youth, identified_by })
}

impl NieuwBezwaar {
    fn parse(&self) -> Result<NewObjection, Problem> {
        let mut input = Examination::default();
        let whom = whom::read(&mut input, &self.leerlingsleutel, &self.signaal_id);
        let kind = input.required("/soort", &self.soort, among(&OBJECTIONS));
        let kind = kind.and_then(|code| OBJECTIONS.into_iter().find(|known| *known == code));
        let given = [&self.persoon, &self.samen_met_jeugdige, &self.vastgesteld_met];
        let entitled = entitled(&mut input, given);
        let whole = || Some(NewObjection { whom: whom?, entitled: entitled?, kind: kind? });
        input.finish(whole())
    }
}

/// Het is ontvangen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OntvangenBezwaar {
    /// De beperking die meteen geldt: een feit, dat het eigen loket beëindigt als er is besloten.
    #[schema(example = "3f0c6a91b27d4e58a1c04d8be6f27135")]
    beperking_id: String,
}

/// Neem een bezwaar aan, of een verzoek om verbetering of beperking.
///
/// Het wordt altijd aangenomen, van wie dat mag: tot 16 jaar wie gezag heeft, vanaf 12 jaar ook de jeugdige zelf. Meteen daarna
/// geldt een beperking: er wordt niets meer gedeeld of gekoppeld, wat in de rij staat blijft staan, en wie iets op naam kreeg
/// dat nu niet zou gaan krijgt bericht. Meldingen die de wet vraagt gaan door. Het eigen loket krijgt de plicht om binnen vier
/// weken te beslissen; daarna beëindigt het de beperking met `POST /feiten/{id}/einde`.
#[utoipa::path(post, path = "/v1/bezwaren", operation_id = "neemBezwaarAan", tag = "rechten",
    request_body = NieuwBezwaar,
    responses((status = 201, description = "Het is ontvangen.", body = OntvangenBezwaar)))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let new = writing.input::<NieuwBezwaar>()?.parse()?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::Object, (&writing, ROUTE, ""))?;
    let beperking_id = hex::encode(released(broker.object(&asker, actor, &new, &once).await, trace)?);
    Ok(HttpResponse::Created().json(OntvangenBezwaar { beperking_id }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;

    #[test]
    fn faults_in_an_objection_are_placed() {
        let person = "8d2f6b0c417e43a59c0e7d1b62f8a354";
        let whole = json!({"leerlingsleutel": "L-1", "soort": "bezwaar", "vastgesteldMet": "digid"});
        for (change, expected) in [
            (json!({}), vec![]),
            (
                json!({"leerlingsleutel": null, "signaalId": person, "persoon": person, "samenMetJeugdige": false}),
                vec![],
            ),
            (json!({"soort": "klacht"}), vec!["/soort"]),
            (json!({"soort": null, "vastgesteldMet": null}), vec!["/soort", "/vastgesteldMet"]),
            (json!({"persoon": "moeder", "samenMetJeugdige": "ja"}), vec!["/persoon", "/samenMetJeugdige"]),
            (json!({"leerlingsleutel": "999990019", "reden": "x"}), vec!["/reden"]),
        ] {
            assert_eq!(pointers(&whole, &change, NieuwBezwaar::parse), expected, "{change}");
        }
    }
}
