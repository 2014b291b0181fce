// SPDX-License-Identifier: EUPL-1.2
//! `/v1/organisaties` and `/v1/contactpersonen`: the directory (002-22). Nothing about any youth, and still recorded.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Oin};
use utoipa::{IntoParams, ToSchema};

use super::api::{capacity, released};
use super::caller::Caller;
use super::codes;
use super::problem::Problem;
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker};
use crate::register::{Contact, Organisation, Register};

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .resource("/v1/organisaties", [guarded(Method::GET, list)])
        .resource("/v1/organisaties/{oin}", [guarded(Method::GET, read)])
        .resource("/v1/contactpersonen", [guarded(Method::GET, contacts)]);
}

/// De organisaties die meedoen, op volgorde van OIN.
#[derive(Serialize, ToSchema)]
pub(super) struct Organisatielijst {
    /// De organisaties.
    organisaties: Vec<Organisatie>,
}

/// Een organisatie die meedoet.
#[derive(Serialize, ToSchema)]
pub(super) struct Organisatie {
    /// Het OIN.
    #[schema(example = "99000000000000000030")]
    organisatie: String,
    /// De naam.
    #[schema(example = "Gemeente Voorbeeldstad")]
    naam: String,
    #[schema(schema_with = codes::desks, required)]
    loketten: Vec<&'static str>,
    /// De gemeente waarvoor zij werkt, als CBS-code.
    #[serde(skip_serializing_if = "Option::is_none")]
    gemeente: Option<String>,
}

/// Contactpersonen en teams.
#[derive(Serialize, ToSchema)]
pub(super) struct Contactlijst {
    /// De contactpersonen.
    contactpersonen: Vec<Contactpersoon>,
}

/// Een persoon of team dat anderen mogen bellen.
#[derive(Serialize, ToSchema)]
pub(super) struct Contactpersoon {
    /// Het OIN van de organisatie.
    organisatie: String,
    #[schema(schema_with = codes::desk, required)]
    loket: &'static str,
    /// De naam van de persoon of het team.
    naam: String,
    /// Telefoonnummer op het werk.
    #[serde(skip_serializing_if = "Option::is_none")]
    telefoon: Option<String>,
    /// E-mailadres op het werk.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl Organisatie {
    fn of(organisation: &Organisation) -> Self {
        Self {
            organisatie: organisation.oin.to_string(),
            naam: organisation.name.clone(),
            loketten: organisation.desks.iter().map(|desk| desk.code()).collect(),
            gemeente: organisation.municipality.map(|municipality| municipality.to_string()),
        }
    }
}

impl Contactpersoon {
    fn of(organisation: Oin, contact: &Contact) -> Self {
        Self {
            organisatie: organisation.to_string(),
            loket: contact.desk.code(),
            naam: contact.name.clone(),
            telefoon: contact.telephone.clone(),
            email: contact.email.clone(),
        }
    }
}

async fn directory(caller: &Caller, broker: &Broker, trace: Trace) -> Result<Arc<Register>, Problem> {
    let actor = capacity(broker, caller, Action::ReadDirectory)?;
    released(broker.directory(&Asker::of(caller, trace), actor).await, trace)
}

/// Lijst van organisaties.
#[utoipa::path(get, path = "/v1/organisaties", operation_id = "lijstOrganisaties", tag = "organisaties",
    responses((status = 200, description = "De organisaties die meedoen.", body = Organisatielijst)))]
pub(super) async fn list(caller: Caller, broker: Data<Broker>, trace: Trace) -> Result<HttpResponse, Problem> {
    let register = directory(&caller, &broker, trace).await?;
    let organisaties = register.organisations().map(Organisatie::of).collect();
    Ok(HttpResponse::Ok().json(Organisatielijst { organisaties }))
}

/// Een organisatie.
#[utoipa::path(get, path = "/v1/organisaties/{oin}", operation_id = "leesOrganisatie", tag = "organisaties",
    params(("oin" = String, Path, pattern = "^[0-9]{20}$", description = "Het OIN van de organisatie.")),
    responses((status = 200, description = "De organisatie.", body = Organisatie)))]
pub(super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    oin: Path<String>,
) -> Result<HttpResponse, Problem> {
    let register = directory(&caller, &broker, trace).await?;
    let found = oin.parse().ok().and_then(|oin: Oin| register.organisation(oin));
    found.map(|organisation| HttpResponse::Ok().json(Organisatie::of(organisation))).ok_or(Problem::NotFound)
}

/// Van welke organisatie.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Contactvraag {
    /// Het OIN van de organisatie. Weggelaten: van alle.
    #[param(pattern = "^[0-9]{20}$")]
    organisatie: Option<String>,
}

/// Lijst van contactpersonen.
///
/// Van een organisatie die er niet is, is de lijst leeg.
#[utoipa::path(get, path = "/v1/contactpersonen", operation_id = "lijstContactpersonen", tag = "organisaties", params(Contactvraag),
    responses((status = 200, description = "De contactpersonen.", body = Contactlijst)))]
pub(super) async fn contacts(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Query<Contactvraag>,
) -> Result<HttpResponse, Problem> {
    let asked = asked.organisatie.as_deref().map(str::parse::<Oin>).transpose();
    let asked = asked.map_err(|_| Problem::invalid("organisatie", "Een OIN bestaat uit precies twintig cijfers."))?;
    let register = directory(&caller, &broker, trace).await?;
    let of_asked = register.organisations().filter(|organisation| asked.is_none_or(|oin| organisation.oin == oin));
    let cards = of_asked.flat_map(|one| one.contacts.iter().map(|contact| Contactpersoon::of(one.oin, contact)));
    Ok(HttpResponse::Ok().json(Contactlijst { contactpersonen: cards.collect() }))
}
