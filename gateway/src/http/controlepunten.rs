// SPDX-License-Identifier: EUPL-1.2
//! `/v1/controlepunten`: where the log stands, for whoever keeps it to compare with later (P8).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::api::problem_of;
use super::caller::Caller;
use super::problem::Problem;
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::Broker;

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource("/v1/controlepunten/laatste", [guarded(Method::GET, latest)]);
}

/// Een controlepunt van het logboek.
#[derive(Serialize, ToSchema)]
pub(super) struct Controlepunt {
    /// De ondertekende notitie (C2SP checkpoint), om letterlijk te bewaren.
    #[schema(
        example = "sluis.example/1\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— sluis.example/1 3q2+7w==\n"
    )]
    notitie: String,
}

/// Haal het laatste controlepunt van het logboek op.
///
/// De naam, de omvang en de wortel van het logboek, ondertekend, en niets over wat erin staat. Wie dit bewaart, kan later
/// nagaan of het logboek sindsdien is gewijzigd, ingekort of gesplitst.
#[utoipa::path(get, path = "/v1/controlepunten/laatste", operation_id = "haalControlepunt", tag = "controlepunten",
    responses((status = 200, description = "Het controlepunt van dit moment.", body = Controlepunt)))]
pub(super) async fn latest(_caller: Caller, broker: Data<Broker>, trace: Trace) -> Result<HttpResponse, Problem> {
    let notitie = broker.checkpoint().map_err(|trouble| problem_of(&trouble, trace))?;
    Ok(HttpResponse::Ok().json(Controlepunt { notitie }))
}
