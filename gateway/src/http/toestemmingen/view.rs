// SPDX-License-Identifier: EUPL-1.2
//! A recorded word, shown again to the organisation that recorded it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use sluis_policy::{Action, Party, ReceiverScope};
use utoipa::ToSchema;

use super::super::api::{capacity, id_in_path, instant, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::problem::Problem;
use super::super::trace::Trace;
use crate::broker::{Asker, Broker, Evidence, VoiceView};

/// Wat iemand zei over delen, zoals het is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Uiting {
    /// De verwijzing.
    toestemming_id: String,
    #[schema(schema_with = codes::voice_recorded, required)]
    uiting: &'static str,
    #[schema(schema_with = codes::voice_state, required)]
    toestand: &'static str,
    /// Sinds wanneer het zo staat.
    #[schema(format = DateTime)]
    toestand_sinds: String,
    /// Wie het zei. Weggelaten: de jeugdige zelf.
    #[serde(skip_serializing_if = "Option::is_none")]
    persoon: Option<String>,
    /// In welke hoedanigheid: `jeugdige`, of een soort gezag.
    hoedanigheid: &'static str,
    /// Of de spreker ook namens de andere ouder sprak.
    mede_namens_ander: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::purpose, required = false)]
    doel: Option<&'static str>,
    /// Voor welke ontvanger het geldt. Weggelaten: voor elke.
    #[serde(skip_serializing_if = "Option::is_none")]
    ontvanger: Option<Bereik>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::category, required = false)]
    gegevenssoort: Option<&'static str>,
    /// Wanneer het is gezegd.
    #[schema(format = DateTime)]
    uitgesproken_op: String,
    /// Wanneer het hier is vastgelegd.
    #[schema(format = DateTime)]
    vastgelegd_op: String,
    /// De eerste dag waarop het geldt.
    #[schema(format = Date)]
    geldig_van: String,
    /// De eerste dag waarop het niet meer geldt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    geldig_tot: Option<String>,
    /// De versie van de tekst die is voorgelegd.
    tekstversie: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::channel, required = false)]
    kanaal: Option<String>,
    /// Waaruit blijkt dat het is gezegd.
    #[serde(skip_serializing_if = "Option::is_none")]
    bewijs: Option<VastgelegdBewijs>,
    /// Wie het vastlegde.
    vastgelegd_door: Bereik,
    /// De verwijzing van de uiting waarop deze volgt: die is verlengd of ingetrokken.
    #[serde(skip_serializing_if = "Option::is_none")]
    eerdere_uiting: Option<String>,
}

/// Een loket van een organisatie, of dat loket van elke organisatie.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct Bereik {
    /// Het OIN van de organisatie. Weggelaten: elke organisatie met dit loket.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisatie: Option<String>,
    #[schema(schema_with = codes::desk, required)]
    loket: &'static str,
}

/// Waaruit blijkt dat het is gezegd.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct VastgelegdBewijs {
    #[schema(schema_with = codes::evidence, required)]
    soort: String,
    /// Waar de eigen organisatie het bewaart.
    #[serde(skip_serializing_if = "Option::is_none")]
    kenmerk: Option<String>,
}

impl Uiting {
    fn of(view: VoiceView) -> Self {
        let (persoon, hoedanigheid) = (view.person(), view.capacity());
        let (said, record) = (&view.statement, view.record);
        Self {
            toestemming_id: hex::encode(said.id),
            uiting: said.voice.code(),
            toestand: view.state.code(),
            toestand_sinds: instant(view.state_since),
            persoon,
            hoedanigheid,
            mede_namens_ander: said.speaks_for_other,
            doel: said.scope.purpose.map(|purpose| purpose.code()),
            ontvanger: Bereik::of(said.scope.receiver),
            gegevenssoort: said.scope.category.map(|category| category.code()),
            uitgesproken_op: instant(said.spoken_at),
            vastgelegd_op: instant(said.arrived_at),
            geldig_van: said.valid.from.to_string(),
            geldig_tot: said.valid.until.map(|until| until.to_string()),
            tekstversie: said.text_version.clone(),
            kanaal: record.channel,
            bewijs: record
                .evidence
                .map(|Evidence { kind, reference }| VastgelegdBewijs { soort: kind, kenmerk: reference }),
            vastgelegd_door: Bereik::party(record.by),
            eerdere_uiting: record.follows,
        }
    }
}

impl Bereik {
    fn of(receiver: ReceiverScope) -> Option<Self> {
        match receiver {
            ReceiverScope::Any => None,
            ReceiverScope::Desk(desk) => Some(Self { organisatie: None, loket: desk.code() }),
            ReceiverScope::Party(party) => Some(Self::party(party)),
        }
    }

    fn party(party: Party) -> Self {
        Self { organisatie: Some(party.organisation.to_string()), loket: party.desk.code() }
    }
}

/// Lees wat is vastgelegd van een uiting.
///
/// Alleen de organisatie die het vastlegde ziet het terug. Voor een ander is het er niet.
#[utoipa::path(get, path = "/v1/toestemmingen/{id}", operation_id = "leesUiting", tag = "toestemmingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van de uiting.")),
    responses((status = 200, description = "De uiting, en hoe die nu staat.", body = Uiting)))]
pub(in super::super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(Uiting::of(shown(&caller, &broker, trace, &id).await?)))
}

/// The word behind an id, for whichever form it is asked in.
pub(super) async fn shown(caller: &Caller, broker: &Broker, trace: Trace, id: &str) -> Result<VoiceView, Problem> {
    let actor = capacity(broker, caller, Action::ReadVoice)?;
    released(broker.read_voice(&Asker::of(caller, trace), actor, id_in_path(id)?).await, trace)
}
