// SPDX-License-Identifier: EUPL-1.2
//! `/v1/toestemmingen`: what a parent or youth said about sharing, and taking it back (RL-01, RL-06).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Moment, Party, Period, ReceiverScope, Scope, VoiceKind};
use utoipa::ToSchema;

use super::api::{capacity, id_in_path, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, code, day, id, numberless, oin, past_instant, pupil_key};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker, NewVoice};

const VOICES: &str = "/v1/toestemmingen";
const WITHDRAWAL: &str = "/v1/toestemmingen/{id}/intrekking";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource(VOICES, [guarded(Method::POST, create)]).resource(WITHDRAWAL, [guarded(Method::POST, withdraw)]);
}

/// Wat iemand zei over delen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "persoon": "8d2f6b0c417e43a59c0e7d1b62f8a354", "uiting": "akkoord",
    "doel": "toeleiding_jeugdhulp", "ontvanger": {"organisatie": "99000000000000000030", "loket": "wijkteam"},
    "uitgesprokenOp": "2026-11-18T09:30:00Z", "geldigVan": "2026-11-18", "geldigTot": "2027-11-18", "tekstversie": "2026-1"
}))]
pub(super) struct NieuweUiting {
    /// De eigen sleutel van de school voor de leerling.
    #[schema(value_type = String, max_length = 64)]
    leerlingsleutel: Given,
    /// Wie het zei: de verwijzing uit het vastleggen van gezag. Weggelaten: de jeugdige zelf.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    #[schema(schema_with = codes::voice, required)]
    uiting: Given,
    #[schema(schema_with = codes::purpose, required = false)]
    doel: Given,
    #[schema(value_type = Option<Ontvangerbereik>)]
    ontvanger: Option<Ontvangerbereik>,
    #[schema(schema_with = codes::category, required = false)]
    gegevenssoort: Given,
    /// Wanneer het is gezegd.
    #[schema(value_type = String, format = DateTime)]
    uitgesproken_op: Given,
    /// De eerste dag waarop het geldt.
    #[schema(value_type = String, format = Date)]
    geldig_van: Given,
    /// De eerste dag waarop het niet meer geldt. Weggelaten: tot het wordt ingetrokken.
    #[schema(value_type = Option<String>, format = Date)]
    geldig_tot: Given,
    /// De versie van de tekst die is voorgelegd.
    #[schema(value_type = String, max_length = 40)]
    tekstversie: Given,
}

/// Voor welke ontvanger het geldt: een loket van een organisatie, of dat loket van elke organisatie. Weggelaten: voor elke.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ontvangerbereik {
    /// Het OIN van de organisatie. Weggelaten: elke organisatie met dit loket.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{20}$")]
    organisatie: Given,
    #[schema(schema_with = codes::desk, required)]
    loket: Given,
}

impl NieuweUiting {
    fn parse(&self, moment: Moment) -> Result<NewVoice, Problem> {
        let mut input = Examination::default();
        let pupil_key = input.required("/leerlingsleutel", &self.leerlingsleutel, pupil_key);
        let speaker = input.optional("/persoon", &self.persoon, id);
        let voice = input.required("/uiting", &self.uiting, said);
        let purpose = input.optional("/doel", &self.doel, code);
        let receiver = self.ontvanger.as_ref().map_or(Some(ReceiverScope::Any), |given| given.parse(&mut input));
        let category = input.optional("/gegevenssoort", &self.gegevenssoort, code);
        let spoken_at = input.required("/uitgesprokenOp", &self.uitgesproken_op, past_instant(moment.instant));
        let from = input.required("/geldigVan", &self.geldig_van, day);
        let until = input.optional("/geldigTot", &self.geldig_tot, day);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            input.fault("/geldigTot", "Het einde ligt niet na het begin.");
        }
        let text_version = input.required("/tekstversie", &self.tekstversie, numberless(40));
        let whole = || {
            Some(NewVoice {
                pupil_key: pupil_key?,
                speaker,
                voice: voice?,
                scope: Scope { purpose, receiver: receiver?, category },
                spoken_at: spoken_at?,
                valid: Period { from: from?, until },
                text_version: text_version?,
            })
        };
        input.finish(whole())
    }
}

impl Ontvangerbereik {
    fn parse(&self, input: &mut Examination) -> Option<ReceiverScope> {
        let organisation = input.optional("/ontvanger/organisatie", &self.organisatie, oin);
        let desk = input.required("/ontvanger/loket", &self.loket, code)?;
        Some(match organisation {
            Some(organisation) => ReceiverScope::Party(Party { organisation, desk }),
            None => ReceiverScope::Desk(desk),
        })
    }
}

fn said(value: &serde_json::Value) -> Result<VoiceKind, super::input::Wrong> {
    match code(value)? {
        VoiceKind::Withdraws => Err("Een akkoord intrekken gaat via /v1/toestemmingen/{id}/intrekking.".into()),
        said => Ok(said),
    }
}

/// De uiting is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VastgelegdeUiting {
    /// De verwijzing waarmee het kan worden ingetrokken.
    #[schema(example = "b7c1d94e20fa4f638e5a07b3c9d61f28")]
    toestemming_id: String,
}

/// Leg vast wat iemand zei over delen.
///
/// Vastgelegd door de professional die moet vragen. Een bezwaar weegt tegenover een akkoord van dezelfde rang het zwaarst.
/// Hetzelfde woord van dezelfde persoon op hetzelfde moment nog eens vastleggen geeft dezelfde verwijzing.
#[utoipa::path(post, path = "/v1/toestemmingen", operation_id = "legUitingVast", tag = "toestemmingen",
    request_body = NieuweUiting,
    responses(
        (status = 201, description = "De uiting is vastgelegd.", body = VastgelegdeUiting),
        (status = 409, description = "Geen bron noemt deze persoon bij deze jeugdige, of hetzelfde verzoek loopt nog."),
    ))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let new = writing.input::<NieuweUiting>()?.parse(caller.moment())?;
    let once = writing.begin(&broker, &caller, VOICES, "")?;
    let actor = capacity(&broker, &caller, Action::RecordVoice)?;
    let reply = broker.record_voice(&Asker::of(&caller, trace), actor, &new, &once).await;
    let toestemming_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdeUiting { toestemming_id }))
}

/// Een intrekking. Een leeg object: wie het zegt en waarom, hoeft niemand uit te leggen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(super) struct NieuweIntrekking {}

/// Trek een akkoord in.
///
/// Wat op dit akkoord nog in de rij stond, vertrekt niet meer. Wie er al iets op kreeg, krijgt bericht.
#[utoipa::path(post, path = "/v1/toestemmingen/{id}/intrekking", operation_id = "trekToestemmingIn", tag = "toestemmingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van de uiting.")),
    request_body = NieuweIntrekking,
    responses((status = 201, description = "Het akkoord is ingetrokken.", body = VastgelegdeUiting)))]
pub(super) async fn withdraw(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let NieuweIntrekking {} = writing.input()?;
    let once = writing.begin(&broker, &caller, WITHDRAWAL, &id)?;
    let actor = capacity(&broker, &caller, Action::WithdrawVoice)?;
    let reply = broker.withdraw_voice(&Asker::of(&caller, trace), actor, id_in_path(&id)?, &once).await;
    let toestemming_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdeUiting { toestemming_id }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;
    use crate::clock::moment_at;

    #[test]
    fn faults_in_a_voice_are_placed() {
        let moment = moment_at("2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let whole = json!({
            "leerlingsleutel": "L-1", "uiting": "akkoord", "uitgesprokenOp": "2026-11-18T09:30:00+01:00",
            "geldigVan": "2026-11-18", "tekstversie": "2026-1"
        });
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"ontvanger": {"loket": "wijkteam"}, "doel": "leerplicht", "gegevenssoort": "zorgen"}), vec![]),
            (json!({"ontvanger": {"organisatie": "99000000000000000030"}}), vec!["/ontvanger/loket"]),
            (
                json!({"ontvanger": {"organisatie": "990", "loket": "x"}}),
                vec!["/ontvanger/organisatie", "/ontvanger/loket"],
            ),
            (json!({"uiting": "intrekking"}), vec!["/uiting"]),
            (json!({"uiting": "misschien", "doel": "overig"}), vec!["/uiting", "/doel"]),
            (json!({"persoon": "jan", "gegevenssoort": "alles"}), vec!["/persoon", "/gegevenssoort"]),
            (json!({"uitgesprokenOp": "2026-11-23T00:00:00Z"}), vec!["/uitgesprokenOp"]),
            (json!({"uitgesprokenOp": "2026-11-18"}), vec!["/uitgesprokenOp"]),
            (json!({"geldigTot": "2026-11-18"}), vec!["/geldigTot"]),
            (json!({"tekstversie": "a\u{7}b"}), vec!["/tekstversie"]),
            (
                json!({"uitgesprokenOp": null, "geldigVan": null, "tekstversie": null}),
                vec!["/uitgesprokenOp", "/geldigVan", "/tekstversie"],
            ),
        ] {
            assert_eq!(pointers(&whole, &change, |given: &NieuweUiting| given.parse(moment)), expected, "{change}");
        }
    }
}
