// SPDX-License-Identifier: EUPL-1.2
//! `/v1/gezag`: school or municipality registers who holds authority over a youth, and on what source (RL-05, RL-29).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, AuthorityKind, Period, ReceiverScope, Scope};
use utoipa::ToSchema;

use super::api::{begin, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, code, day, id};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded, whom};
use crate::broker::{Broker, NewAuthority, Reply};

const ROUTE: &str = "/v1/gezag";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource(ROUTE, [guarded(Method::POST, create)]);
}

/// Iemand die gezag heeft over een leerling, zoals een bron dat zegt. Zonder naam: de school weet wie het is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "soort": "ouder_met_gezag", "sinds": "2019-03-14", "bron": "gezagsregister"
}))]
pub(super) struct NieuwGezag {
    /// De eigen sleutel van de school voor de leerling. Weggelaten: `signaalId` zegt om wie het gaat.
    #[schema(value_type = Option<String>, max_length = 64)]
    leerlingsleutel: Given,
    /// Het kenmerk van een signaal dat het eigen loket op naam ontving, voor wie geen leerlingsleutel heeft.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    signaal_id: Given,
    /// De verwijzing van wie al is vastgelegd: wat hier staat, komt in de plaats van wat dezelfde bron over die persoon zei.
    /// Zo eindigt gezag. Weggelaten: iemand die nog niet is vastgelegd.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    #[schema(schema_with = codes::authority_kind, required)]
    soort: Given,
    /// De eerste dag.
    #[schema(value_type = String, format = Date)]
    sinds: Given,
    /// De eerste dag waarop het niet meer geldt. Weggelaten: geen einde bekend.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Given,
    #[schema(schema_with = codes::authority_source, required)]
    bron: Given,
    /// Bij `gi_met_deelgezag`: in welke aangelegenheid de rechter het gezag gaf. Bij een andere soort hoort dit er niet bij.
    #[schema(schema_with = codes::purpose, required = false)]
    doel: Given,
    /// Bij `gi_met_deelgezag`: over welke gegevens. Weggelaten: alle.
    #[schema(schema_with = codes::category, required = false)]
    gegevenssoort: Given,
}

impl NieuwGezag {
    fn parse(&self) -> Result<NewAuthority, Problem> {
        let mut input = Examination::default();
        let whom = whom::read(&mut input, &self.leerlingsleutel, &self.signaal_id);
        let person = input.optional("/persoon", &self.persoon, id);
        let kind = input.required("/soort", &self.soort, code);
        let from = input.required("/sinds", &self.sinds, day);
        let until = input.optional("/tot", &self.tot, day);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            input.fault("/tot", "Het einde ligt niet na het begin.");
        }
        let source = input.required("/bron", &self.bron, code);
        let scope = self.scope(&mut input, kind);
        let whole = || {
            let period = Period { from: from?, until };
            Some(NewAuthority { whom: whom?, person, kind: kind?, period, source: source?, scope })
        };
        input.finish(whole())
    }

    /// Part of the authority is given in a matter; whoever has it whole, has it in every matter (BW 1:265e).
    fn scope(&self, input: &mut Examination, kind: Option<AuthorityKind>) -> Option<Scope> {
        if kind != Some(AuthorityKind::PartialAuthority) {
            let given = [("/doel", &self.doel), ("/gegevenssoort", &self.gegevenssoort)];
            for (pointer, _) in given.into_iter().filter(|(_, given)| kind.is_some() && given.is_some()) {
                input.fault(pointer, "Dit veld hoort alleen bij `gi_met_deelgezag`.");
            }
            return None;
        }
        let purpose = input.required("/doel", &self.doel, code);
        let category = input.optional("/gegevenssoort", &self.gegevenssoort, code);
        Some(Scope { purpose: Some(purpose?), receiver: ReceiverScope::Any, category })
    }
}

/// Het gezag is vastgelegd.
#[derive(Serialize, ToSchema)]
pub(super) struct VastgelegdGezag {
    /// De verwijzing waarmee uitingen van deze persoon worden vastgelegd.
    #[schema(example = "8d2f6b0c417e43a59c0e7d1b62f8a354")]
    persoon: String,
}

/// Leg vast wie gezag heeft.
///
/// Elke bron telt: noemen twee bronnen iemand anders, dan tellen beide personen. Twee ouders zijn in dit bericht gelijk;
/// daarom legt elk verzoek met een eigen Idempotency-Key een eigen persoon vast.
#[utoipa::path(post, path = "/v1/gezag", operation_id = "legGezagVast", tag = "gezag",
    request_body = NieuwGezag,
    responses((status = 201, description = "Het gezag is vastgelegd.", body = VastgelegdGezag)))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let new = writing.input::<NieuwGezag>()?.parse()?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::RegisterAuthority, (&writing, ROUTE, ""))?;
    let reply = match broker.register_authority(&asker, actor, &new, &once).await {
        Ok(Reply::Conflict) => {
            return Err(Problem::invalid("/persoon", "Geen bron noemt deze persoon bij deze jeugdige."));
        }
        reply => reply,
    };
    let persoon = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdGezag { persoon }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;

    #[test]
    fn faults_in_authority_are_placed() {
        let whole = json!({"leerlingsleutel": "L-1", "soort": "voogd", "sinds": "2019-03-14", "bron": "gemeente"});
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"tot": "2020-01-01"}), vec![]),
            (json!({"tot": "2019-03-14"}), vec!["/tot"]),
            (json!({"soort": "oma", "bron": "buurvrouw", "sinds": "gisteren"}), vec!["/soort", "/sinds", "/bron"]),
            (json!({"leerlingsleutel": "999990019"}), vec!["/leerlingsleutel"]),
            (json!({"leerlingsleutel": null, "sinds": null}), vec!["/leerlingsleutel", "/sinds"]),
            (json!({"naam": "Noor"}), vec!["/naam"]),
            (json!({"soort": "gi_met_deelgezag", "doel": "toeleiding_jeugdhulp"}), vec![]),
            (json!({"soort": "gi_met_deelgezag", "gegevenssoort": "alles"}), vec!["/doel", "/gegevenssoort"]),
            (json!({"doel": "toeleiding_jeugdhulp", "persoon": "jan"}), vec!["/persoon", "/doel"]),
        ] {
            assert_eq!(pointers(&whole, &change, NieuwGezag::parse), expected, "{change}");
        }
    }
}
