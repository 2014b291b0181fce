// SPDX-License-Identifier: EUPL-1.2
//! `/v1/verwerkingsregisters`: the register of processing activities (AVG 30), in every edition that a record can point to.
//! Nothing about anyone, and still recorded.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path};
use serde::Serialize;
use sluis_policy::processing::{self, EDITION, Processing};
use sluis_policy::{Action, Covenant};
use utoipa::ToSchema;

use super::api::{capacity, released};
use super::caller::Caller;
use super::problem::Problem;
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker};

/// How the edition that counts now is asked for.
const LATEST: &str = "laatste";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource("/v1/verwerkingsregisters/{uitgave}", [guarded(Method::GET, read)]);
}

/// Een uitgave van het verwerkingsregister.
#[derive(Serialize, ToSchema)]
pub(super) struct Verwerkingsregister {
    /// Het nummer van de uitgave.
    #[schema(example = 1)]
    uitgave: u32,
    /// De uitgave zoals zij is afgedrukt, in Markdown. Zij verandert nooit meer.
    tekst: String,
    /// De activiteiten, met wie er nu onder welk convenant verantwoordelijk voor is. Alleen bij de uitgave die nu geldt.
    #[serde(skip_serializing_if = "Option::is_none")]
    activiteiten: Option<Vec<Verwerkingsactiviteit>>,
}

/// Een verwerkingsactiviteit.
#[derive(Serialize, ToSchema)]
pub(super) struct Verwerkingsactiviteit {
    /// De code, zoals die in een regel van het logboek staat.
    #[schema(example = "verzuim_melden")]
    activiteit: &'static str,
    /// Wat het is.
    omschrijving: &'static str,
    /// Waarvoor.
    doelen: Vec<&'static str>,
    /// Met welke soorten signalen.
    soorten: Vec<&'static str>,
    /// Op welke gronden, waarvan er steeds een geldt.
    gronden: Vec<&'static str>,
    /// Over wie.
    betrokkenen: &'static str,
    /// Met welke gegevens.
    gegevens: &'static str,
    /// Voorstel voor hoelang het ten hoogste wordt bewaard; de verantwoordelijke besluit.
    bewaartermijn: &'static str,
    /// Wie verantwoordelijk is, per convenant.
    verantwoording: Vec<Verantwoording>,
}

/// Wie onder een convenant verantwoordelijk is.
#[derive(Serialize, ToSchema)]
pub(super) struct Verantwoording {
    /// Het kenmerk van het convenant.
    #[schema(example = "000")]
    convenant: String,
    /// De versie van het convenant.
    versie: u32,
    /// De OIN's van de verantwoordelijken.
    verantwoordelijken: Vec<String>,
    /// De regeling onder AVG 26 of 28.
    regeling: String,
    /// Het kenmerk van de DPIA.
    dpia: String,
    /// Waar jeugdigen en ouders met een verzoek terecht kunnen.
    rechtenloket: String,
}

impl Verwerkingsregister {
    fn of(uitgave: u32, covenants: &[Covenant]) -> Option<Self> {
        let tekst = processing::edition(uitgave)?.to_owned();
        let entries = || Processing::register().map(|entry| Verwerkingsactiviteit::of(&entry, covenants)).collect();
        Some(Self { uitgave, tekst, activiteiten: (uitgave == EDITION).then(entries) })
    }
}

impl Verwerkingsactiviteit {
    fn of(entry: &Processing, covenants: &[Covenant]) -> Self {
        Self {
            activiteit: entry.activity.code(),
            omschrijving: entry.what,
            doelen: entry.purposes.iter().map(|purpose| purpose.code()).collect(),
            soorten: entry.kinds.iter().map(|kind| kind.code()).collect(),
            gronden: entry.grounds.iter().map(|basis| basis.code()).collect(),
            betrokkenen: entry.people,
            gegevens: entry.data,
            bewaartermijn: entry.kept,
            verantwoording: covenants.iter().flat_map(|covenant| accounts(entry, covenant)).collect(),
        }
    }
}

fn accounts(entry: &Processing, covenant: &Covenant) -> Vec<Verantwoording> {
    let own = covenant.accounts().iter().filter(|account| account.activity == entry.activity);
    own.map(|account| Verantwoording {
        convenant: covenant.id().to_owned(),
        versie: covenant.version(),
        verantwoordelijken: account.controllers.iter().map(ToString::to_string).collect(),
        regeling: account.arrangement.clone(),
        dpia: account.dpia.clone(),
        rechtenloket: covenant.rights_desk().name.clone(),
    })
    .collect()
}

/// Lees het verwerkingsregister.
///
/// Elke regel van het logboek noemt een verwerkingsactiviteit en de versie van de regels waaronder is besloten; de uitgave van
/// het register die daarbij hoort verdwijnt nooit. Geef `laatste` voor de uitgave die nu geldt.
#[utoipa::path(get, path = "/v1/verwerkingsregisters/{uitgave}", operation_id = "leesVerwerkingsregister", tag = "rechten",
    params(("uitgave" = String, Path, pattern = "^([1-9][0-9]{0,3}|laatste)$", description = "Het nummer van de uitgave, of `laatste`.")),
    responses((status = 200, description = "Het register.", body = Verwerkingsregister)))]
pub(super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Path<String>,
) -> Result<HttpResponse, Problem> {
    let actor = capacity(&broker, &caller, Action::ReadDirectory)?;
    released(broker.directory(&Asker::of(&caller, trace), actor).await, trace)?;
    let number = if asked.as_str() == LATEST { Some(EDITION) } else { asked.parse().ok() };
    let found = number.and_then(|number| Verwerkingsregister::of(number, &broker.policy().covenants));
    found.map(|register| HttpResponse::Ok().json(register)).ok_or(Problem::NotFound)
}
