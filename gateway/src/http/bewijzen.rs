// SPDX-License-Identifier: EUPL-1.2
//! `/v1/insluitingsbewijzen` and `/v1/consistentiebewijzen`: that a line stands in the log, and that the log only grew, for
//! whoever kept a checkpoint (P8, L5).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path, Query};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::{IntoParams, ToSchema};

use super::api::{capacity, problem_of};
use super::caller::Caller;
use super::problem::Problem;
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker};
use crate::ledger::merkle::Hash;

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .resource("/v1/insluitingsbewijzen/{regel}", [guarded(Method::GET, inclusion)])
        .resource("/v1/consistentiebewijzen/{eerder}", [guarded(Method::GET, consistency)]);
}

/// Bij welk controlepunt het bewijs hoort.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Bewijsvraag {
    /// De omvang in het controlepunt. Weggelaten: die van nu.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 9007199254740991_u64)]
    omvang: Option<String>,
}

/// Het bewijs dat een regel in het logboek staat (RFC 6962, 2.1.1).
#[derive(Serialize, ToSchema)]
pub(super) struct Insluitingsbewijs {
    /// De plaats van de regel, vanaf nul.
    regel: u64,
    /// De omvang in het controlepunt waarbij het bewijs hoort.
    omvang: u64,
    /// De hash van de regel, in base64.
    #[schema(example = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")]
    blad: String,
    /// De hashes naast de weg van de regel naar de wortel, van onder naar boven, in base64.
    pad: Vec<String>,
    /// Het controlepunt van nu, als het bewijs daarbij hoort.
    #[serde(skip_serializing_if = "Option::is_none")]
    notitie: Option<String>,
}

/// Het bewijs dat het logboek sinds een controlepunt alleen is gegroeid (RFC 6962, 2.1.2).
#[derive(Serialize, ToSchema)]
pub(super) struct Consistentiebewijs {
    /// De omvang in het oudere controlepunt.
    eerder: u64,
    /// De omvang in het jongere controlepunt.
    omvang: u64,
    /// De hashes waaruit beide wortels volgen, in base64.
    pad: Vec<String>,
    /// Het controlepunt van nu, als het bewijs daarbij hoort.
    #[serde(skip_serializing_if = "Option::is_none")]
    notitie: Option<String>,
}

impl Bewijsvraag {
    /// The size that is asked for, where that is one that this log has had.
    fn size(&self, present: u64) -> Result<Option<u64>, Problem> {
        let Some(text) = self.omvang.as_deref() else { return Ok(None) };
        let size = number(text).filter(|size| *size > 0);
        let size = size.ok_or_else(|| Problem::invalid("omvang", "Hier hoort een getal van ten minste 1 te staan."))?;
        if size > present {
            return Err(Problem::invalid("omvang", "Zo groot is dit logboek nog niet geweest."));
        }
        Ok(Some(size))
    }
}

/// Haal het bewijs op dat een regel in het logboek staat.
///
/// Het bewijs bestaat uit hashes, en zegt niets over wat er in de regel staat. Wie de regel en een controlepunt heeft, rekent
/// het na zonder deze gateway te hoeven geloven.
#[utoipa::path(get, path = "/v1/insluitingsbewijzen/{regel}", operation_id = "haalInsluitingsbewijs", tag = "controlepunten",
    params(("regel" = u64, Path, maximum = 9007199254740991_u64, description = "De plaats van de regel, vanaf nul."), Bewijsvraag),
    responses((status = 200, description = "Het bewijs.", body = Insluitingsbewijs)))]
pub(super) async fn inclusion(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    (index, asked): (Path<String>, Query<Bewijsvraag>),
) -> Result<HttpResponse, Problem> {
    let actor = capacity(&broker, &caller, Action::SearchLog)?;
    let size = asked.size(broker.ledger().standing().size)?;
    let index = number(&index).ok_or(Problem::NotFound)?;
    let proven = broker.prove_line(&Asker::of(&caller, trace), actor, index, size).await;
    let proven = proven.map_err(|trouble| problem_of(&trouble, trace))?.ok_or(Problem::NotFound)?;
    Ok(HttpResponse::Ok().json(Insluitingsbewijs {
        regel: proven.proof.index,
        omvang: proven.proof.size,
        blad: BASE64.encode(proven.leaf),
        pad: encoded(&proven.proof.path),
        notitie: proven.checkpoint,
    }))
}

/// Haal het bewijs op dat het logboek sinds een controlepunt alleen is gegroeid.
///
/// Van nul regels is niets te bewijzen.
#[utoipa::path(get, path = "/v1/consistentiebewijzen/{eerder}", operation_id = "haalConsistentiebewijs", tag = "controlepunten",
    params(("eerder" = u64, Path, minimum = 1, maximum = 9007199254740991_u64, description = "De omvang in het oudere controlepunt."), Bewijsvraag),
    responses((status = 200, description = "Het bewijs.", body = Consistentiebewijs)))]
pub(super) async fn consistency(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    (from, asked): (Path<String>, Query<Bewijsvraag>),
) -> Result<HttpResponse, Problem> {
    let actor = capacity(&broker, &caller, Action::SearchLog)?;
    let to = asked.size(broker.ledger().standing().size)?;
    let from = number(&from).ok_or(Problem::NotFound)?;
    let proven = broker.prove_growth(&Asker::of(&caller, trace), actor, from, to).await;
    let proven = proven.map_err(|trouble| problem_of(&trouble, trace))?.ok_or(Problem::NotFound)?;
    Ok(HttpResponse::Ok().json(Consistentiebewijs {
        eerder: proven.proof.from,
        omvang: proven.proof.to,
        pad: encoded(&proven.proof.path),
        notitie: proven.checkpoint,
    }))
}

fn encoded(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| BASE64.encode(hash)).collect()
}

/// A number as people write it: digits alone.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|letter| letter.is_ascii_digit()).then(|| text.parse().ok())?
}
