// SPDX-License-Identifier: EUPL-1.2
//! `/v1/feiten`: what decisions about a youth rest on besides authority and voices, each with its source and its days.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::ToSchema;

use super::api::{begin, capacity, id_in_path, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, among, day};
use super::problem::Problem;
use super::toestemmingen::Ontvangerbereik;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker, FACT_SOURCES, FactEnd, NewContent, Reply};

mod content;

const FACTS: &str = "/v1/feiten";
const END: &str = "/v1/feiten/{id}/einde";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource(FACTS, [guarded(Method::POST, create)]).resource(END, [guarded(Method::POST, end)]);
}

/// Een feit over een jeugdige. Welke velden erbij horen, hangt van de soort af; een veld van een andere soort is een fout.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "soort": "maatregel", "bron": "rechterlijke_uitspraak", "van": "2026-11-18", "tot": "2027-11-18",
    "maatregel": "ondertoezichtstelling", "partij": {"organisatie": "99000000000000000040", "loket": "gecertificeerde_instelling"}
}))]
pub(super) struct NieuwFeit {
    /// De eigen sleutel van de school voor de leerling. Weggelaten: `signaalId` zegt om wie het gaat.
    #[schema(value_type = Option<String>, max_length = 64)]
    leerlingsleutel: Given,
    /// Het kenmerk van een signaal dat het eigen loket op naam ontving, voor wie geen leerlingsleutel heeft.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    signaal_id: Given,
    #[schema(schema_with = codes::fact_kind, required)]
    soort: Given,
    #[schema(schema_with = codes::fact_source, required)]
    bron: Given,
    /// De eerste dag waarop het geldt. Bij een overlijden: de dag zelf. Bij `gehoord`: de dag van het gesprek.
    #[schema(value_type = String, format = Date)]
    van: Given,
    /// De eerste dag waarop het niet meer geldt. Weggelaten: geen einde bekend. Bij `onvermogen` verplicht, bij `gehoord` niet.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Given,
    #[schema(schema_with = codes::order_kind, required = false)]
    maatregel: Given,
    /// Bij `maatregel` de instelling die hem uitvoert, bij `betrokkenheid` wie er helpt.
    #[schema(value_type = Option<Partij>)]
    partij: Option<Partij>,
    /// Bij `betrokkenheid`, `onvermogen` en `bevinding` waarvoor. Bij `vervangende_toestemming`, `opheffing_beroepsgeheim` en
    /// `gehoord` het doel waarover het gaat; daar weggelaten: elk.
    #[schema(schema_with = codes::purpose, required = false)]
    doel: Given,
    /// Bij `verblijf` de gemeente waar de jeugdige direct daarvoor stond ingeschreven: de CBS-code.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4}$")]
    gemeente_vooraf: Given,
    #[schema(schema_with = codes::school_kind, required = false)]
    schoolsoort: Given,
    /// Bij `vervangende_toestemming` in wiens plaats, bij `opheffing_beroepsgeheim` wie het zei, bij `geheimhouding` voor wie het
    /// geheim blijft: de verwijzing uit het vastleggen van gezag. Bij `opheffing_beroepsgeheim` weggelaten: de jeugdige zelf;
    /// bij `geheimhouding` weggelaten: ieder die de jeugdige vertegenwoordigt.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    /// Bij `geheimhouding` het signaal waarover niets in een inzageverslag komt: het eigen kenmerk daarvan.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    geheim_signaal: Given,
    /// Bij `vervangende_toestemming` het kenmerk van de uitspraak.
    #[schema(value_type = Option<String>, max_length = 60)]
    kenmerk: Given,
    /// Bij `gezin` of de ouders apart wonen.
    #[schema(value_type = Option<bool>)]
    wonen_apart: Given,
    #[schema(schema_with = codes::voice, required = false)]
    uiting: Given,
    /// Bij `opheffing_beroepsgeheim` jegens wie het eigen loket mag spreken; bij `gehoord`, `onvermogen` en `bevinding` over
    /// welke ontvanger het gaat. Weggelaten: elke.
    #[schema(value_type = Option<Ontvangerbereik>)]
    ontvanger: Option<Ontvangerbereik>,
    #[schema(schema_with = codes::category, required = false)]
    gegevenssoort: Given,
    /// Bij `opheffing_beroepsgeheim` wanneer het is gezegd.
    #[schema(value_type = Option<String>, format = DateTime)]
    uitgesproken_op: Given,
    /// Bij `opheffing_beroepsgeheim` de versie van de tekst die is voorgelegd. Bij een bezwaar mag zij ontbreken.
    #[schema(value_type = Option<String>, max_length = 40)]
    tekstversie: Given,
    /// Bij `onvermogen` de dag waarop het de jeugdige is verteld. Daarvoor telt het niet.
    #[schema(value_type = Option<String>, format = Date)]
    verteld_dag: Given,
    #[schema(schema_with = codes::helper_ground, required = false)]
    grond: Given,
}

/// Een loket van een organisatie uit het register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Partij {
    /// Het OIN van de organisatie.
    #[schema(value_type = String, pattern = "^[0-9]{20}$")]
    organisatie: Given,
    #[schema(schema_with = codes::desk, required)]
    loket: Given,
}

/// Het feit is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VastgelegdFeit {
    /// De verwijzing waarmee het kan worden beëindigd.
    #[schema(example = "3f0c6a91b27d4e58a1c04d8be6f27135")]
    feit_id: String,
}

/// Leg een feit over een jeugdige vast.
///
/// Elk feit heeft een bron en een periode, en telt mee bij elk besluit daarna; ook wat al in de rij staat, wordt opnieuw
/// besloten, en wie iets kreeg dat nu niet meer zou gaan, krijgt bericht. Wie welke feiten mag vastleggen, staat in de
/// rollentabel. `onvermogen` legt alleen een professional vast die in het register met BIG of SKJ staat.
#[utoipa::path(post, path = "/v1/feiten", operation_id = "legFeitVast", tag = "feiten",
    request_body = NieuwFeit,
    responses((status = 201, description = "Het feit is vastgelegd.", body = VastgelegdFeit)))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let actor = capacity(&broker, &caller, Action::RecordFact)?;
    let new = writing.input::<NieuwFeit>()?.parse(actor.party, caller.moment(), &broker.known())?;
    let once = writing.begin(&broker, &caller, FACTS, "")?;
    let reply = match broker.record_fact(&Asker::of(&caller, trace), actor, &new, &once).await {
        Ok(Reply::Conflict) => return Err(does_not_fit(&new.content)),
        reply => reply,
    };
    let feit_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdFeit { feit_id }))
}

/// What a fact names that is not there beside this youth.
fn does_not_fit(content: &NewContent) -> Problem {
    match content {
        NewContent::Confidentiality { from, .. } => {
            let among = if from.is_some() { ", of geen bron noemt deze persoon" } else { "" };
            Problem::invalid("/geheimSignaal", format!("Dit signaal is er niet of gaat over een ander{among}."))
        }
        _ => Problem::invalid("/persoon", "Geen bron noemt deze persoon bij deze jeugdige."),
    }
}

/// Het einde van een feit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"tot": "2026-11-22", "bron": "rechterlijke_uitspraak"}))]
pub(super) struct EindeFeit {
    /// De eerste dag waarop het niet meer geldt. Niet na de eerste dag van het feit: dan heeft het nooit gegolden.
    #[schema(value_type = String, format = Date)]
    tot: Given,
    #[schema(schema_with = codes::fact_source, required)]
    bron: Given,
}

impl EindeFeit {
    fn parse(&self) -> Result<FactEnd, Problem> {
        let mut input = Examination::default();
        let until = input.required("/tot", &self.tot, day);
        let source = input.required("/bron", &self.bron, among(&FACT_SOURCES));
        let whole = || Some(FactEnd { until: until?, source: source? });
        input.finish(whole())
    }
}

/// Beëindig een feit.
///
/// De eerdere versie blijft bewaard: wat daarop is besloten, blijft na te gaan. Alleen de organisatie die het vastlegde kan
/// het beëindigen.
#[utoipa::path(post, path = "/v1/feiten/{id}/einde", operation_id = "beeindigFeit", tag = "feiten",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van het feit.")),
    request_body = EindeFeit,
    responses((status = 201, description = "Het einde is vastgelegd.", body = VastgelegdFeit)))]
pub(super) async fn end(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let end = writing.input::<EindeFeit>()?.parse()?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::RecordFact, (&writing, END, &id))?;
    let reply = broker.end_fact(&asker, actor, (id_in_path(&id)?, &end), &once).await;
    let feit_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdFeit { feit_id }))
}
