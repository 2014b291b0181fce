// SPDX-License-Identifier: EUPL-1.2
//! `/v1/signalen`: a signal is submitted, listed, read and handled.

use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use actix_web::web::{Data, Path};
use sluis_policy::{Action, Actor, Desk, Rule, SignalKind};

use super::api::{capacities, id_in_path, instant, problem_by, released};
use super::caller::Caller;
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, SUBMISSION as SIGNALS, guarded};
use crate::broker::{Asker, Broker, Reading, Reply, SignalView};

pub(super) mod inbox;
pub(super) mod retraction;
pub(super) mod steps;
pub(super) mod submission;
mod view;
mod way;

pub(super) use steps::{NEXT_STEPS, STEPS};
pub(super) use submission::{INSPECTION, KINDS};
use submission::{NieuwSignaal, says_safety};
use view::{OntvangenSignaal, SignaalWeergave, VerzondenSignaal};

const SIGNAL: &str = "/v1/signalen/{id}";
const STEPS_OF: &str = "/v1/signalen/{id}/acties";
const RETRACTING: &str = "/v1/signalen/{id}/terugname";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .resource(SIGNALS, [guarded(Method::POST, create), guarded(Method::GET, inbox::list)])
        .resource(SIGNAL, [guarded(Method::GET, read)])
        .resource(STEPS_OF, [guarded(Method::POST, steps::create)])
        .resource(RETRACTING, [guarded(Method::POST, retraction::create)]);
}

/// Dien een signaal in.
///
/// Over elke ontvanger wordt apart besloten; het antwoord noemt per ontvanger het besluit, de regel en de vorm. Krijgt
/// niemand iets, dan is het antwoord 403 met per ontvanger de regel. Gaat er iets mis met een signaal van de soort
/// veiligheid, dan zegt het antwoord eerst dat er geen melding is gedaan, of dat dat niet zeker is, en wie te bellen is.
///
/// Een signaal dat woord voor woord gelijk is aan een eerder signaal van dezelfde organisatie op dezelfde dag is hetzelfde
/// signaal, ook met een andere Idempotency-Key: het antwoord noemt dan het eerste, zolang daarvan niets is tegengehouden,
/// ingetrokken of afgerond. Behalve bij verzuim moet het ook van dezelfde medewerker komen. Een melding over veiligheid is
/// altijd een nieuwe melding.
#[utoipa::path(post, path = "/v1/signalen", operation_id = "dienSignaalIn", tag = "signalen",
    request_body = NieuwSignaal,
    responses((status = 201, description = "Het signaal is aangenomen en gaat naar ten minste een ontvanger.", body = VerzondenSignaal,
        headers(("Location" = String, description = "Waar de verzender het signaal volgt.")))))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let submitted = submit(&caller, &broker, trace, &writing).await;
    let view = submitted.map_err(|problem| told(problem, &writing))?;
    let location = format!("{SIGNALS}/{}", hex::encode(view.id));
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(VerzondenSignaal::of(view)))
}

/// The problem as its caller hears it: in the words of RL-10 when the signal is about safety, or may be for all that
/// could be read of it.
fn told(problem: Problem, writing: &Writing) -> Problem {
    if writing.bytes().is_none_or(says_safety) { problem.on_safety() } else { problem }
}

async fn submit(caller: &Caller, broker: &Broker, trace: Trace, writing: &Writing) -> Result<SignalView, Problem> {
    let given = writing.input::<NieuwSignaal>()?;
    let actor = sender(broker, caller, given.kind())?;
    let new = given.parse(actor.party, caller.moment())?;
    let once = writing.begin(broker, caller, SIGNALS, "")?;
    match broker.submit(&Asker::of(caller, trace), actor, &new, &once).await {
        Ok(Reply::Refused(refused)) if refused.0.iter().any(|barred| barred.rule != Rule::NotFound) => {
            Err(Problem::RefusedByAll(refused.0))
        }
        Ok(Reply::Refused(refused)) => Err(problem_by(refused.rule())),
        reply => released(reply, trace),
    }
}

/// In which capacity a signal is sent: one that may send this kind, at the school desk where there is one.
fn sender(broker: &Broker, caller: &Caller, kind: Option<SignalKind>) -> Result<Actor, Problem> {
    let policy = broker.policy();
    let may =
        |actor: &Actor| kind.is_some_and(|kind| policy.roles.allows_to_submit(actor.role, actor.party.desk, kind));
    let mut actors: Vec<Actor> = caller.actors().collect();
    actors.sort_by_key(|actor| (!may(actor), actor.party.desk != Desk::School));
    actors.first().copied().ok_or(Problem::NotPermitted)
}

/// Lees een signaal.
///
/// De verzender ziet hoe het er bij elke ontvanger voor staat. Een ontvanger ziet wat dit loket vandaag mag zien; is het
/// signaal al afgeleverd, dan staat de inhoud bij de ontvanger zelf.
#[utoipa::path(get, path = "/v1/signalen/{id}", operation_id = "leesSignaal", tag = "signalen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van het signaal: bij de verzender uit het antwoord op het indienen, bij de ontvanger uit de inbox.")),
    responses((status = 200, description = "Het signaal, zoals de verzender of dit loket het mag zien.", body = SignaalWeergave)))]
pub(super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let actors = capacities(&broker, &caller, Action::Read);
    let reply = broker.read(&Asker::of(&caller, trace), &actors, id_in_path(&id)?).await;
    Ok(HttpResponse::Ok().json(match released(reply, trace)? {
        Reading::Sent(view) => SignaalWeergave::Verzonden(VerzondenSignaal::of(*view)),
        Reading::Received(received) => SignaalWeergave::Ontvangen(Box::new(OntvangenSignaal::of(*received))),
    }))
}
