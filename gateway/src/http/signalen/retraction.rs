// SPDX-License-Identifier: EUPL-1.2
//! `/v1/signalen/{id}/terugname`: a sender takes its signal back (AVG 16, 17, 19; case 55).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use sluis_policy::Action;
use utoipa::ToSchema;

use super::super::api::{capacities, id_in_path, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::input::{Examination, Given, among};
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::super::writing::Writing;
use super::RETRACTING;
use super::view::VerzondenSignaal;
use crate::broker::{Asker, Broker, RETRACTED_FOR};

/// Een signaal terugnemen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reden": "andere_jeugdige"}))]
pub(in super::super) struct NieuweTerugname {
    #[schema(schema_with = codes::retracted_for, required)]
    reden: Given,
}

impl NieuweTerugname {
    fn parse(&self) -> Result<String, Problem> {
        let mut input = Examination::default();
        let reason = input.required("/reden", &self.reden, among(&RETRACTED_FOR));
        input.finish(reason)
    }
}

/// Neem een signaal terug.
///
/// Omdat het over een andere jeugdige gaat, onjuist is of er nooit had mogen gaan. Wat nog niet weg is, gaat niet meer; wie het heeft
/// of kan hebben, krijgt bericht. Bij de verzender komen twee verplichtingen: nagaan dat ieder die het kreeg het weet, en beoordelen of het een
/// datalek is. Alleen de verzender kan dit, en het is niet terug te draaien: wat toch klopte, wordt opnieuw ingediend.
#[utoipa::path(post, path = "/v1/signalen/{id}/terugname", operation_id = "neemSignaalTerug", tag = "signalen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van het signaal, uit het antwoord op het indienen.")),
    request_body = NieuweTerugname,
    responses(
        (status = 201, description = "Het signaal is teruggenomen. Hoe het er nu bij elke ontvanger voor staat.", body = VerzondenSignaal),
        (status = 409, description = "Het signaal is al teruggenomen, of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let reason = writing.input::<NieuweTerugname>()?.parse()?;
    let once = writing.begin(&broker, &caller, RETRACTING, &id)?;
    let actors = capacities(&broker, &caller, Action::Retract);
    let reply = broker.retract(&Asker::of(&caller, trace), &actors, (id_in_path(&id)?, &reason), &once).await;
    Ok(HttpResponse::Created().json(VerzondenSignaal::of(released(reply, trace)?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::input::pointers;
    use super::*;

    #[test]
    fn faults_in_a_retraction_are_placed() {
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"reden": "ten_onrechte"}), vec![]),
            (json!({"reden": null}), vec!["/reden"]),
            (json!({"reden": "het was de broer van Jan"}), vec!["/reden"]),
            (json!({"toelichting": "x"}), vec!["/toelichting"]),
        ] {
            let whole = json!({"reden": "andere_jeugdige"});
            assert_eq!(pointers(&whole, &change, NieuweTerugname::parse), expected, "{change}");
        }
    }
}
