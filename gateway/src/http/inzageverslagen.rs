// SPDX-License-Identifier: EUPL-1.2
//! `/v1/inzageverslagen`: a professional hands out to a youth, or to who represents them, who placed and saw what, when, why
//! and at which organisation (AVG 15). Never which employee.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Oin};
use utoipa::ToSchema;

use super::api::{capacity, instant, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, day};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, bezwaren, guarded, whom};
use crate::broker::{Asker, Broker, InspectionReport, InspectionRequest, ProvenLine, Reply, ToldLine, Why};
use crate::register::Register;

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource("/v1/inzageverslagen", [guarded(Method::POST, create)]);
}

/// Wie inzage vraagt, over wie, en hoe is vastgesteld wie dat is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "persoon": "8d2f6b0c417e43a59c0e7d1b62f8a354", "samenMetJeugdige": true,
    "vastgesteldMet": "identiteitsbewijs"
}))]
pub(super) struct NieuwInzageverzoek {
    /// De eigen sleutel van de school voor de leerling. Weggelaten: `signaalId` zegt om wie het gaat.
    #[schema(value_type = Option<String>, max_length = 64)]
    leerlingsleutel: Given,
    /// Het kenmerk van een signaal dat het eigen loket op naam ontving, voor wie geen leerlingsleutel heeft.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    signaal_id: Given,
    /// Wie inzage vraagt: de verwijzing uit het vastleggen van gezag. Weggelaten: de jeugdige zelf.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    /// Of de jeugdige het samen met `persoon` vraagt. Van 12 tot en met 15 jaar moet dat.
    #[schema(value_type = Option<bool>)]
    samen_met_jeugdige: Given,
    #[schema(schema_with = codes::identified_by, required)]
    vastgesteld_met: Given,
    /// De eerste dag waarover het verslag gaat. Weggelaten: vanaf het begin.
    #[schema(value_type = Option<String>, format = Date)]
    van: Given,
    /// De laatste dag waarover het verslag gaat; die telt zelf mee. Weggelaten: tot nu.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Given,
}

impl NieuwInzageverzoek {
    fn parse(&self) -> Result<InspectionRequest, Problem> {
        let mut input = Examination::default();
        let whom = whom::read(&mut input, &self.leerlingsleutel, &self.signaal_id);
        let given = [&self.persoon, &self.samen_met_jeugdige, &self.vastgesteld_met];
        let entitled = bezwaren::entitled(&mut input, given);
        let since = input.optional("/van", &self.van, day);
        let until = input.optional("/tot", &self.tot, day);
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            input.fault("/tot", "De laatste dag ligt voor de eerste.");
        }
        let whole = || Some(InspectionRequest { whom: whom?, entitled: entitled?, since, until });
        input.finish(whole())
    }
}

/// Het inzageverslag. Het noemt nooit een medewerker, en wat voor deze persoon geheim blijft staat er niet in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inzageverslag {
    /// Het kenmerk van dit verslag. Onder dat kenmerk staat in het logboek dat het is uitgereikt.
    #[schema(example = "3f0c6a91b27d4e58a1c04d8be6f27135")]
    verslag_id: String,
    /// Wanneer het is gemaakt.
    #[schema(format = DateTime)]
    gemaakt_op: String,
    /// Over wat bij welke organisatie is gebeurd. Andere organisaties geven een eigen verslag.
    organisatie: Betrokkene,
    /// Wat er gebeurde, het nieuwste eerst. Over gezag, toestemming en taken van medewerkers staat hier niets: daarover vertelt
    /// de medewerker zelf.
    regels: Vec<Verslagregel>,
    /// Het ondertekende controlepunt van het logboek waar de bewijzen bij horen.
    notitie: String,
}

/// Een organisatie.
#[derive(Serialize, ToSchema)]
pub(super) struct Betrokkene {
    /// Het OIN.
    #[schema(example = "99000000000000000030")]
    organisatie: String,
    /// De naam, als die bekend is.
    #[serde(skip_serializing_if = "Option::is_none")]
    naam: Option<String>,
}

/// Wat er op een moment gebeurde.
#[derive(Serialize, ToSchema)]
pub(super) struct Verslagregel {
    /// Wanneer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    tijdstip: Option<String>,
    /// Wat er werd gedaan, als code uit de rollentabel.
    #[serde(skip_serializing_if = "Option::is_none")]
    handeling: Option<String>,
    /// Waarmee: de soort van het signaal, of iets anders.
    #[serde(skip_serializing_if = "Option::is_none")]
    ding: Option<String>,
    /// Waarvoor.
    #[serde(skip_serializing_if = "Option::is_none")]
    doel: Option<String>,
    /// Op welke grondslag.
    #[serde(skip_serializing_if = "Option::is_none")]
    grondslag: Option<String>,
    /// In welke vorm: op naam, onder pseudoniem of zonder naam.
    #[serde(skip_serializing_if = "Option::is_none")]
    vorm: Option<String>,
    /// Door welke organisatie. Ontbreekt waar dat een afgeschermde plaats zou verraden.
    #[serde(skip_serializing_if = "Option::is_none")]
    door: Option<Betrokkene>,
    /// Aan welke andere organisatie, als het ergens heen ging.
    #[serde(skip_serializing_if = "Option::is_none")]
    aan: Option<Betrokkene>,
    /// Dat dit zo in het logboek staat. Ontbreekt waar een andere gateway het opschreef.
    #[serde(skip_serializing_if = "Option::is_none")]
    bewijs: Option<Regelbewijs>,
}

/// Het bewijs dat een regel in het logboek staat (RFC 6962, 2.1.1). De organisatie kan de regel zelf laten zien; wie daarover de
/// hash uitrekent, krijgt `blad`.
#[derive(Serialize, ToSchema)]
pub(super) struct Regelbewijs {
    /// De plaats van de regel, vanaf nul.
    regel: u64,
    /// De omvang in het controlepunt.
    omvang: u64,
    /// De hash van de regel, in base64.
    blad: String,
    /// De hashes naast de weg van de regel naar de wortel, van onder naar boven, in base64.
    pad: Vec<String>,
}

impl Inzageverslag {
    fn of(report: InspectionReport, register: &Register) -> Self {
        Self {
            verslag_id: hex::encode(report.id),
            gemaakt_op: instant(report.made_at),
            organisatie: Betrokkene::of(report.organisation, register),
            regels: report.lines.into_iter().map(|line| Verslagregel::of(line, register)).collect(),
            notitie: report.checkpoint,
        }
    }
}

impl Betrokkene {
    fn of(oin: Oin, register: &Register) -> Self {
        let naam = register.organisation(oin).map(|known| known.name.clone());
        Self { organisatie: oin.to_string(), naam }
    }
}

impl Verslagregel {
    fn of(line: ToldLine, register: &Register) -> Self {
        let ToldLine { at, why, who, proof } = line;
        let (action, thing, purpose, basis, form) = why.map_or_else(Default::default, |why| {
            let Why { action, thing, purpose, basis, form } = why;
            (Some(action), thing, purpose, basis, form)
        });
        Self {
            tijdstip: at.map(instant),
            handeling: action,
            ding: thing,
            doel: purpose,
            grondslag: basis,
            vorm: form,
            door: who.map(|(by, _)| Betrokkene::of(by, register)),
            aan: who.and_then(|(_, to)| to).map(|to| Betrokkene::of(to, register)),
            bewijs: proof.map(Regelbewijs::of),
        }
    }
}

impl Regelbewijs {
    fn of(proven: ProvenLine) -> Self {
        Self {
            regel: proven.proof.index,
            omvang: proven.proof.size,
            blad: BASE64.encode(proven.leaf),
            pad: proven.proof.path.iter().map(|hash| BASE64.encode(hash)).collect(),
        }
    }
}

/// Maak een inzageverslag.
///
/// U reikt het uit aan de jeugdige of aan wie die vertegenwoordigt, nadat u heeft vastgesteld wie dat is. Wie het mag
/// krijgen, beslist de gateway naar leeftijd en gezag, alsof die persoon zelf voor u stond: tot 12 jaar wie gezag heeft, van 12
/// tot en met 15 jaar de jeugdige of een ouder samen met de jeugdige, vanaf 16 jaar alleen de jeugdige. Dat het verslag is
/// uitgereikt, door welk loket en hoe de persoon is herkend, wordt vastgelegd. Er wordt niets bewaard dan dat, dus een
/// Idempotency-Key is niet nodig.
#[utoipa::path(post, path = "/v1/inzageverslagen", operation_id = "maakInzageverslag", tag = "rechten",
    request_body = NieuwInzageverzoek,
    responses((status = 200, description = "Het verslag.", body = Inzageverslag)))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let asked = writing.input::<NieuwInzageverzoek>()?.parse()?;
    let actor = capacity(&broker, &caller, Action::Inspect)?;
    let report = match broker.inspect(&Asker::of(&caller, trace), actor, &asked).await {
        Ok(Reply::Conflict) => {
            return Err(Problem::invalid("/van", "Er is meer dan in een verslag past. Vraag een kortere periode."));
        }
        reply => released(reply, trace)?,
    };
    Ok(HttpResponse::Ok().json(Inzageverslag::of(report, &broker.known())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;

    #[test]
    fn faults_in_a_request_for_inspection_are_placed() {
        let person = "8d2f6b0c417e43a59c0e7d1b62f8a354";
        let whole = json!({"leerlingsleutel": "L-1", "vastgesteldMet": "digid"});
        for (change, expected) in [
            (json!({}), vec![]),
            (
                json!({"leerlingsleutel": null, "signaalId": person, "persoon": person, "samenMetJeugdige": true}),
                vec![],
            ),
            (json!({"signaalId": person}), vec!["/signaalId"]),
            (json!({"leerlingsleutel": "999990019"}), vec!["/leerlingsleutel"]),
            (json!({"persoon": "moeder", "samenMetJeugdige": "ja"}), vec!["/persoon", "/samenMetJeugdige"]),
            (json!({"vastgesteldMet": "gevoel"}), vec!["/vastgesteldMet"]),
            (json!({"vastgesteldMet": null}), vec!["/vastgesteldMet"]),
            (json!({"van": "2026-11-02", "tot": "2026-11-01"}), vec!["/tot"]),
            (json!({"van": "ooit"}), vec!["/van"]),
            (json!({"naam": "Noor"}), vec!["/naam"]),
        ] {
            assert_eq!(pointers(&whole, &change, NieuwInzageverzoek::parse), expected, "{change}");
        }
    }
}
