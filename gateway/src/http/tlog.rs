// SPDX-License-Identifier: EUPL-1.2
//! `/tlog/…`: this gateway's own log as C2SP tlog-tiles describes it, for whoever checks it with tools of their own. The
//! prefix of the log is `/tlog/` and its name, with each slash in it as `%2F`.
//!
//! This surface follows its own standard, which is also its description. Checkpoint and tiles hold hashes and nothing about
//! anyone; entries hold what was done by whom, so only the officer of those who run this gateway reads them.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, http::header};
use sluis_policy::{Action, Actor};

use super::api::{problem_of, released};
use super::caller::Caller;
use super::peer::{Peer, between_gateways};
use super::problem::Problem;
use super::rejection::{Reason, Rejection};
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker, LogReader};
use crate::ledger::tiles::Tile;

mod witness;

/// Why the officer reads entries here: to check that the log is whole.
const TO_CHECK: &str = "toezicht";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .by_standard("/tlog/add-checkpoint", [between_gateways(Method::POST, witness::cosign)])
        .by_standard("/tlog/{log}/checkpoint", [between_gateways(Method::GET, checkpoint)])
        .by_standard("/tlog/{log}/tile/entries/{place:.*}", [guarded(Method::GET, entries)])
        .by_standard("/tlog/{log}/tile/{level}/{place:.*}", [between_gateways(Method::GET, tile)]);
}

/// Where the log stood at most five seconds ago, signed.
async fn checkpoint(
    _peer: Peer,
    broker: Data<Broker>,
    trace: Trace,
    log: Path<String>,
) -> Result<HttpResponse, Problem> {
    let signed = broker.published().map_err(|trouble| problem_of(&trouble, trace))?;
    if *log != signed.checkpoint.origin {
        return Err(Problem::NotFound);
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(signed.note()))
}

/// Hashes of one level, at most 256.
async fn tile(
    _peer: Peer,
    broker: Data<Broker>,
    trace: Trace,
    named: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (log, level, place) = named.into_inner();
    let tile = Tile::parse(&level, &place).ok_or(Problem::NotFound)?;
    let found = broker.tile(&log, tile).await.map_err(|trouble| problem_of(&trouble, trace))?;
    found.map(octets).ok_or(Problem::NotFound)
}

/// Entries, at most 256. Whoever is not that officer sees what an unknown page shows.
async fn entries(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    named: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (log, place) = named.into_inner();
    let Some(actor) = officer(&caller, &broker) else {
        let (oin, acting_for) = (Some(caller.certificate()), Some(caller.organisation()));
        let rejection = Rejection { oin, acting_for, reason: Reason::NoRole };
        broker.turned_away(rejection, trace).await.map_err(|trouble| problem_of(&trouble, trace))?;
        return Err(Problem::NotFound);
    };
    let tile = Tile::bundle(&place).ok_or(Problem::NotFound)?;
    let reader = LogReader { asker: Asker::of(&caller, trace), actor, reason: TO_CHECK };
    released(broker.bundle(&reader, &log, tile).await, trace)?.map(octets).ok_or(Problem::NotFound)
}

/// The capacity of the officer of those who run this gateway. Officers of others read their own lines, and no refusals of
/// others (RL-06).
fn officer(caller: &Caller, broker: &Broker) -> Option<Actor> {
    let policy = broker.policy();
    let granted = |actor: &Actor| policy.roles.allows_somewhere(actor.role, actor.party.desk, Action::SearchLog);
    caller.actors().find(|actor| actor.party == broker.own_desk() && granted(actor))
}

fn octets(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/octet-stream")).body(bytes)
}
