// SPDX-License-Identifier: EUPL-1.2
//! What follows on a yes: saying it again, and taking it back.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use sluis_policy::{Action, Moment};
use utoipa::ToSchema;

use super::super::api::{begin, id_in_path, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::input::{Examination, Given, numberless, past_instant};
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::super::writing::Writing;
use super::manner::{self, Bewijs};
use super::{RENEWAL, VastgelegdeUiting, WITHDRAWAL, days, in_use};
use crate::broker::{Broker, Manner, Renewal};
use crate::register::Register;

/// Een akkoord dat opnieuw is gegeven: door dezelfde persoon, voor hetzelfde, voor andere dagen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "uitgesprokenOp": "2026-11-18T09:30:00Z", "geldigVan": "2026-11-18", "geldigTot": "2027-11-18", "tekstversie": "2026-1",
    "kanaal": "gesprek", "bewijs": {"soort": "gespreksverslag"}
}))]
pub(in super::super) struct NieuweVerlenging {
    /// Wanneer het opnieuw is gezegd.
    #[schema(value_type = String, format = DateTime)]
    uitgesproken_op: Given,
    /// De eerste dag waarop het geldt. Tot die dag geldt het eerdere akkoord.
    #[schema(value_type = String, format = Date)]
    geldig_van: Given,
    /// De eerste dag waarop het niet meer geldt. Weggelaten: tot het wordt ingetrokken.
    #[schema(value_type = Option<String>, format = Date)]
    geldig_tot: Given,
    /// De versie van de tekst die nu is voorgelegd.
    #[schema(value_type = String, max_length = 40)]
    tekstversie: Given,
    /// Wanneer de gateway die dit woord bewaart het voor het laatst bevestigde. Weggelaten: het woord wordt hier bewaard.
    #[schema(value_type = Option<String>, format = DateTime)]
    elders_bevestigd_op: Given,
    #[schema(schema_with = codes::channel, required = false)]
    kanaal: Given,
    #[schema(value_type = Option<Bewijs>)]
    bewijs: Option<Bewijs>,
}

impl NieuweVerlenging {
    fn parse(&self, moment: Moment, register: &Register) -> Result<Renewal, Problem> {
        let mut input = Examination::default();
        let spoken_at = input.required("/uitgesprokenOp", &self.uitgesproken_op, past_instant(moment.instant));
        let valid = days(&mut input, &self.geldig_van, &self.geldig_tot);
        let text_version = input.required("/tekstversie", &self.tekstversie, numberless(40));
        in_use(&mut input, register, text_version.as_deref().zip(spoken_at));
        let manner = manner::read(&mut input, &self.kanaal, self.bewijs.as_ref());
        let confirmed_at =
            input.optional("/eldersBevestigdOp", &self.elders_bevestigd_op, past_instant(moment.instant));
        let whole = || {
            let (spoken_at, valid, text_version) = (spoken_at?, valid?, text_version?);
            Some(Renewal { spoken_at, valid, text_version, confirmed_at, manner })
        };
        input.finish(whole())
    }
}

/// Verleng een akkoord.
///
/// Legt vast dat dezelfde persoon hetzelfde akkoord opnieuw gaf. Wat is ingetrokken of door een bezwaar is gesloten, wordt
/// niet verlengd: leg dan een nieuw akkoord vast.
#[utoipa::path(post, path = "/v1/toestemmingen/{id}/verlenging", operation_id = "verlengToestemming", tag = "toestemmingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van de uiting.")),
    request_body = NieuweVerlenging,
    responses(
        (status = 201, description = "Het nieuwe akkoord is vastgelegd, met een eigen verwijzing.", body = VastgelegdeUiting),
        (status = 409, description = "Dit akkoord kan niet worden verlengd: het staat niet meer, of wie het gaf heeft niets meer te zeggen. Of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn renew(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let renewal = writing.input::<NieuweVerlenging>()?.parse(caller.moment(), &broker.known())?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::RecordVoice, (&writing, RENEWAL, &id))?;
    let reply = broker.renew_voice(&asker, actor, (id_in_path(&id)?, &renewal), &once).await;
    let toestemming_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdeUiting { toestemming_id }))
}

/// Een intrekking. Mag leeg zijn: wie het zegt en waarom, hoeft niemand uit te leggen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(in super::super) struct NieuweIntrekking {
    #[schema(schema_with = codes::channel, required = false)]
    kanaal: Given,
    #[schema(value_type = Option<Bewijs>)]
    bewijs: Option<Bewijs>,
}

impl NieuweIntrekking {
    fn parse(&self) -> Result<Manner, Problem> {
        let mut input = Examination::default();
        let manner = manner::read(&mut input, &self.kanaal, self.bewijs.as_ref());
        input.finish(Some(manner))
    }
}

/// Trek een akkoord in.
///
/// Wat op dit akkoord nog in de rij stond, vertrekt niet meer. Wie er al iets op kreeg, krijgt bericht.
#[utoipa::path(post, path = "/v1/toestemmingen/{id}/intrekking", operation_id = "trekToestemmingIn", tag = "toestemmingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van de uiting.")),
    request_body = NieuweIntrekking,
    responses((status = 201, description = "Het akkoord is ingetrokken.", body = VastgelegdeUiting)))]
pub(in super::super) async fn withdraw(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let manner = writing.input::<NieuweIntrekking>()?.parse()?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::WithdrawVoice, (&writing, WITHDRAWAL, &id))?;
    let reply = broker.withdraw_voice(&asker, actor, (id_in_path(&id)?, &manner), &once).await;
    let toestemming_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdeUiting { toestemming_id }))
}
