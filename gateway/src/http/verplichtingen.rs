// SPDX-License-Identifier: EUPL-1.2
//! `/v1/verplichtingen`: what a desk must still do, in the order of its days; and what was done with it (P7, RL-13).

use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Desk};
use utoipa::{IntoParams, ToSchema};

use super::api::{capacities, capacity_at, id_in_path, released};
use super::caller::Caller;
use super::codes;
use super::problem::{InputFault, Problem};
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

/// How many rows a page has, when the caller does not say.
const PAGE: u8 = 25;
/// How many it has at most: each row is a decision and a record of its own.
const LARGEST_PAGE: u8 = 50;

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

impl Takenbladzijde {
    fn parse(&self) -> Result<(Desk, u8), Problem> {
        let mut faults = Vec::new();
        let desk = self.loket.as_deref().map(str::parse::<Desk>);
        match desk {
            Some(Ok(_)) => {}
            Some(Err(_)) => faults.push(InputFault::new("loket", "Dit is geen bekende code.")),
            None => faults.push(InputFault::new("loket", "Deze parameter ontbreekt.")),
        }
        let count = self.aantal.as_deref().map_or(Some(PAGE), |given| given.parse().ok());
        let count = count.filter(|count| (1..=LARGEST_PAGE).contains(count));
        if count.is_none() {
            let wrong = format!("Hier hoort een getal van 1 tot en met {LARGEST_PAGE} te staan.");
            faults.push(InputFault::new("aantal", wrong));
        }
        desk.and_then(Result::ok).zip(count).ok_or(Problem::InvalidInput(faults))
    }
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
    page: Query<Takenbladzijde>,
) -> Result<HttpResponse, Problem> {
    let (desk, count) = page.parse()?;
    let actor = capacity_at(&broker, (&caller, trace), desk, Action::ReadDuty).await?;
    let asker = Asker::of(&caller, trace);
    let beyond = match &page.vanaf {
        None => (String::new(), Id::default()),
        Some(cursor) => broker.open_duty_cursor(&asker, actor.party, cursor).ok_or_else(foreign_cursor)?,
    };
    let shown = released(broker.duties(&asker, actor, &beyond, count).await, trace)?;
    let sealed = broker.seal_duty_cursor(&asker, actor.party, &shown.beyond).map_err(|_| Problem::Internal)?;
    let volgende = shown.more.then_some(sealed);
    let mut answer = HttpResponse::Ok();
    if let Some(onward) = &volgende {
        let link = format!("<{DUTIES}?loket={}&vanaf={onward}&aantal={count}>; rel=\"next\"", desk.code());
        answer.insert_header((header::LINK, link));
    }
    let verplichtingen = shown.rows.into_iter().map(VerplichtingWeergave::of).collect();
    Ok(answer.json(Takenlijst { verplichtingen, volgende }))
}

fn foreign_cursor() -> Problem {
    Problem::invalid("vanaf", "Dit is geen vervolg dat aan deze vrager voor dit loket is gegeven.")
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
