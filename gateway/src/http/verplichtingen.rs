// SPDX-License-Identifier: EUPL-1.2
//! `/v1/verplichtingen`: what a desk must still do, in the order of its days; and what was done with it (P7, RL-13).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::{IntoParams, ToSchema};

use super::api::{capacities, capacity_at, id_in_path, released};
use super::caller::Caller;
use super::codes;
use super::page;
use super::problem::Problem;
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker};
use crate::vault::Id;

pub(super) mod steps;
mod view;

use view::VerplichtingWeergave;

const DUTIES: &str = "/v1/verplichtingen";
const DUTY: &str = "/v1/verplichtingen/{id}";
const TAKING_UP: &str = "/v1/verplichtingen/{id}/opname";
const FINISHING: &str = "/v1/verplichtingen/{id}/afronding";
const POSTPONING: &str = "/v1/verplichtingen/{id}/uitstel";
const RELEASING: &str = "/v1/verplichtingen/{id}/vrijgave";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .resource(DUTIES, [guarded(Method::GET, list)])
        .resource(DUTY, [guarded(Method::GET, read)])
        .resource(TAKING_UP, [guarded(Method::POST, steps::take_up)])
        .resource(FINISHING, [guarded(Method::POST, steps::finish)])
        .resource(POSTPONING, [guarded(Method::POST, steps::postpone)])
        .resource(RELEASING, [guarded(Method::POST, steps::release)]);
}

/// Welke bladzijde van wat een loket nog te doen heeft.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Takenbladzijde {
    /// Het loket waarvan de verplichtingen worden gelezen, als code.
    #[param(value_type = codes::DeskCode, inline, example = "school")]
    loket: Option<String>,
    /// Vanaf waar, zoals `volgende` van een eerdere bladzijde het gaf. Werkt alleen voor dezelfde vrager en hetzelfde loket.
    #[param(pattern = "^[A-Za-z0-9_-]{1,200}$")]
    vanaf: Option<String>,
    /// Hoeveel verplichtingen er ten hoogste op de bladzijde staan: 1 tot en met 50, anders 25.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 50)]
    aantal: Option<String>,
}

/// Een bladzijde van wat een loket nog te doen heeft. Wat het eerst af moet, en dus ook wat te laat is, staat vooraan.
#[derive(Serialize, ToSchema)]
pub(super) struct Takenlijst {
    /// De verplichtingen op deze bladzijde.
    verplichtingen: Vec<VerplichtingWeergave>,
    /// Waar de volgende bladzijde begint; afwezig als er geen is. Staat ook in de kop Link.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
}

/// Lees wat een loket nog te doen heeft.
///
/// Uit elk besluit volgt wat iemand nog moet doen: informeren, vragen, een volgende stap zetten, achteraf toetsen. Dat staat
/// hier, met voor wie het is en wanneer het af moet zijn, in werkdagen. Wat is uitgesteld staat op de dag waarop het opnieuw
/// wordt bekeken. Wat af is, staat er niet meer bij. Over elke regel wordt apart besloten en elke wordt apart vastgelegd.
#[utoipa::path(get, path = "/v1/verplichtingen", operation_id = "leesVerplichtingen", tag = "verplichtingen",
    params(Takenbladzijde),
    responses((status = 200, description = "Een bladzijde van wat het loket nog te doen heeft.", body = Takenlijst,
        headers(("Link" = String, description = "De volgende bladzijde, met `rel=\"next\"`; afwezig als er geen is.")))))]
pub(super) async fn list(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Query<Takenbladzijde>,
) -> Result<HttpResponse, Problem> {
    let (desk, rows) = page::desk_and_rows(asked.loket.as_deref(), asked.aantal.as_deref())?;
    let actor = capacity_at(&broker, (&caller, trace), desk, Action::ReadDuty).await?;
    let asker = Asker::of(&caller, trace);
    let beyond = match &asked.vanaf {
        None => (String::new(), Id::default()),
        Some(cursor) => broker.open_duty_cursor(&asker, actor.party, cursor).ok_or_else(page::foreign_cursor)?,
    };
    let shown = released(broker.duties(&asker, actor, &beyond, rows).await, trace)?;
    let seal = || broker.seal_duty_cursor(&asker, actor.party, &shown.beyond).map_err(|_| Problem::Internal);
    let volgende = shown.more.then(seal).transpose()?;
    let mut answer = HttpResponse::Ok();
    if let Some(onward) = &volgende {
        answer.insert_header(page::next(DUTIES, (desk, rows), onward));
    }
    let verplichtingen = shown.rows.into_iter().map(VerplichtingWeergave::of).collect();
    Ok(answer.json(Takenlijst { verplichtingen, volgende }))
}

/// Lees een verplichting.
///
/// Toont wie het moet horen, en wie het al hoorde: alleen dát, nooit wat er is gezegd, en nooit wie ja of nee zei op een vraag om
/// toestemming.
#[utoipa::path(get, path = "/v1/verplichtingen/{id}", operation_id = "leesVerplichting", tag = "verplichtingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van de verplichting, uit de lijst.")),
    responses((status = 200, description = "De verplichting.", body = VerplichtingWeergave)))]
pub(super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let actors = capacities(&broker, &caller, Action::ReadDuty);
    let reply = broker.duty(&Asker::of(&caller, trace), &actors, id_in_path(&id)?).await;
    Ok(HttpResponse::Ok().json(VerplichtingWeergave::of(released(reply, trace)?)))
}
