// SPDX-License-Identifier: EUPL-1.2
//! Ontvangstbewijs: a recorded word as a consent receipt, with the members that ISO/IEC TS 27560 requires. Their names are
//! those of the standard, so they are English, and the description of the API leaves their form to it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use sluis_policy::{DataCategory, ReceiverScope};

use super::super::api::instant;
use super::super::caller::Caller;
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::view::shown;
use crate::broker::{Broker, VoiceState, VoiceView};
use crate::register::Organisation;

const SCHEMA: &str = "ISO/IEC TS 27560:2023";
const LAWFUL_BASIS: &str = "AVG artikel 6, eerste lid, onder a";
const JURISDICTION: &str = "NL";
/// What stands where the register does not say.
const UNSAID: &str = "niet opgegeven";

/// Een ontvangstbewijs volgens ISO/IEC TS 27560.
#[derive(Serialize)]
struct Ontvangstbewijs {
    /// De versie van het schema.
    schema_version: &'static str,
    /// De verwijzing van de uiting.
    record_id: String,
    /// Het kenmerk van dit bewijs: de uiting, in de toestand van nu.
    receipt_id: String,
    /// De jeugdige, onder het pseudoniem van de organisatie die het vastlegde.
    pii_principal_id: String,
    /// Wat er met welke gegevens mag.
    pii_processing: Vec<Processing>,
    /// Wie erbij betrokken zijn.
    party_identification: Vec<PartyOfReceipt>,
    /// Wat er is gezegd, wanneer en door wie.
    consent_events: Vec<ConsentEvent>,
}

/// Een doel, met de gegevens en ontvangers.
#[derive(Serialize)]
struct Processing {
    /// Waar de uitleg staat die is voorgelegd.
    privacy_notice: String,
    /// In welke taal.
    language: String,
    /// Het doel.
    purpose: String,
    /// De grondslag.
    lawful_basis: &'static str,
    /// Om welke gegevens het gaat.
    pii_information: Vec<PiiInformation>,
    /// De verwerkingsverantwoordelijken, als `party_id`.
    pii_controllers: Vec<String>,
    /// Hoe het is gevraagd.
    collection_method: String,
    /// Waar het wordt bewaard.
    storage_locations: Vec<String>,
    /// Hoe lang het wordt bewaard.
    retention_period: String,
    /// Onder welk recht.
    jurisdiction: &'static str,
    /// Aan wie het mag worden gegeven.
    recipient_third_parties: Vec<String>,
    /// Hoe het wordt ingetrokken.
    withdrawal_method: String,
}

/// Een soort gegevens.
#[derive(Serialize)]
struct PiiInformation {
    /// De soort.
    pii_type: &'static str,
    /// Of er gevoelige gegevens bij kunnen zijn.
    sensitive_pii: bool,
    /// Of er bijzondere gegevens bij kunnen zijn (AVG artikel 9).
    special_pii_category: bool,
}

/// Een organisatie.
#[derive(Serialize)]
struct PartyOfReceipt {
    /// Het OIN.
    party_id: String,
    /// Het adres, zoals het in het register staat.
    party_address: String,
    /// De naam.
    party_name: String,
    /// Wie te benaderen is.
    party_contact: String,
    /// De rol: `pii_controller` of `third_party`.
    party_type: &'static str,
}

/// Iets dat met het woord gebeurde.
#[derive(Serialize)]
struct ConsentEvent {
    /// Wanneer.
    event_time: String,
    /// Hoe lang het geldt.
    validity_duration: String,
    /// Wie het zei: de verwijzing van de persoon, of het pseudoniem van de jeugdige.
    entity_id: String,
    /// In welke hoedanigheid.
    entity_role: &'static str,
    /// Het is uitdrukkelijk gezegd.
    event_type: &'static str,
    /// De toestand: `consent_given`, `consent_refused`, `consent_renewed`, `consent_withdrawn`, `consent_expired` of `consent_terminated`.
    event_state: &'static str,
}

impl Ontvangstbewijs {
    fn of(view: &VoiceView) -> Self {
        let said = &view.statement;
        let record_id = hex::encode(said.id);
        let controller = party(view.controller.as_ref(), &view.record.by.organisation.to_string(), "pii_controller");
        let third = view.receiver.as_ref().map(|known| party(Some(known), &known.oin.to_string(), "third_party"));
        Self {
            schema_version: SCHEMA,
            receipt_id: format!("{record_id}.{}", view.state.code()),
            record_id,
            pii_principal_id: view.pseudonym.clone(),
            pii_processing: vec![Processing::of(view)],
            party_identification: std::iter::once(controller).chain(third).collect(),
            consent_events: events(view),
        }
    }
}

impl Processing {
    fn of(view: &VoiceView) -> Self {
        let (said, text) = (&view.statement, view.text.as_ref());
        let words =
            |pick: fn(&crate::register::ConsentText) -> &String| text.map_or_else(unsaid, |text| pick(text).clone());
        let categories = said.scope.category.map_or_else(|| DataCategory::ALL.to_vec(), |category| vec![category]);
        Self {
            privacy_notice: format!("{} (versie {})", words(|text| &text.notice), said.text_version),
            language: words(|text| &text.language),
            purpose: said.scope.purpose.map_or("elk doel van het convenant", |purpose| purpose.code()).to_owned(),
            lawful_basis: LAWFUL_BASIS,
            pii_information: categories.into_iter().map(PiiInformation::of).collect(),
            pii_controllers: vec![view.record.by.organisation.to_string()],
            collection_method: view.record.channel.clone().unwrap_or_else(unsaid),
            storage_locations: vec![words(|text| &text.storage)],
            retention_period: words(|text| &text.retention),
            jurisdiction: JURISDICTION,
            recipient_third_parties: vec![recipient(said.scope.receiver)],
            withdrawal_method: words(|text| &text.withdrawal),
        }
    }
}

impl PiiInformation {
    /// What worries a professional about a child may be about its health, and how a case goes on may be too.
    fn of(category: DataCategory) -> Self {
        let special = matches!(category, DataCategory::Concern | DataCategory::Progress);
        Self { pii_type: category.code(), sensitive_pii: true, special_pii_category: special }
    }
}

fn unsaid() -> String {
    UNSAID.to_owned()
}

fn recipient(scope: ReceiverScope) -> String {
    match scope {
        ReceiverScope::Any => "elke ontvanger van het convenant".to_owned(),
        ReceiverScope::Desk(desk) => desk.code().to_owned(),
        ReceiverScope::Party(party) => format!("{} ({})", party.organisation, party.desk),
    }
}

fn party(known: Option<&Organisation>, oin: &str, party_type: &'static str) -> PartyOfReceipt {
    let contact = known.and_then(|known| known.contacts.first());
    let reached = contact.map(|contact| {
        let ways = [Some(contact.name.as_str()), contact.telephone.as_deref(), contact.email.as_deref()];
        ways.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    PartyOfReceipt {
        party_id: oin.to_owned(),
        party_address: known.and_then(|known| known.address.clone()).unwrap_or_else(unsaid),
        party_name: known.map_or_else(unsaid, |known| known.name.clone()),
        party_contact: reached.unwrap_or_else(unsaid),
        party_type,
    }
}

/// What was said, and what became of it where that is something else.
fn events(view: &VoiceView) -> Vec<ConsentEvent> {
    let said = &view.statement;
    let (from, until) = (said.valid.from, said.valid.until);
    let event = |at: i64, state: VoiceState| ConsentEvent {
        event_time: instant(at),
        validity_duration: until.map_or_else(|| format!("{from}/.."), |until| format!("{from}/{until}")),
        entity_id: view.person().unwrap_or_else(|| view.pseudonym.clone()),
        entity_role: view.capacity(),
        event_type: "explicit",
        event_state: state_of(state),
    };
    let begun = match view.state {
        VoiceState::Withdrawn | VoiceState::Expired | VoiceState::Replaced
            if said.voice == sluis_policy::VoiceKind::Agrees =>
        {
            let first = if view.record.follows.is_some() { VoiceState::Renewed } else { VoiceState::Given };
            Some(event(said.spoken_at, first))
        }
        _ => None,
    };
    begun.into_iter().chain([event(view.state_since, view.state)]).collect()
}

const fn state_of(state: VoiceState) -> &'static str {
    match state {
        VoiceState::Given => "consent_given",
        VoiceState::Refused => "consent_refused",
        VoiceState::Renewed => "consent_renewed",
        VoiceState::Withdrawn => "consent_withdrawn",
        VoiceState::Expired => "consent_expired",
        VoiceState::Replaced => "consent_terminated",
    }
}

/// Haal het ontvangstbewijs van een uiting op.
///
/// Voor wie het zei: wat is gezegd, waarvoor, tegen wie, op welke tekst, en hoe het wordt ingetrokken. Met de verplichte
/// velden van ISO/IEC TS 27560, onder de namen die daar staan.
#[utoipa::path(get, path = "/v1/toestemmingen/{id}/ontvangstbewijs", operation_id = "haalOntvangstbewijs", tag = "toestemmingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van de uiting.")),
    responses((status = 200, description = "Het ontvangstbewijs.", body = Object)))]
pub(in super::super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(Ontvangstbewijs::of(&shown(&caller, &broker, trace, &id).await?)))
}
