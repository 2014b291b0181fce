// SPDX-License-Identifier: EUPL-1.2
//! A recorded word as a Consent of FHIR R4B, for systems of care that keep consents in that form.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};
use sluis_policy::{ReceiverScope, VoiceKind};

use super::super::api::instant;
use super::super::caller::Caller;
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::view::shown;
use crate::broker::{Broker, VoiceState, VoiceView};

/// The media type of FHIR in JSON.
pub(in super::super) const FHIR_JSON: &str = "application/fhir+json";

const SCOPES: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const CATEGORIES: &str = "http://loinc.org";
const ROLES: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// Codes of our own lists, and identifiers of our own.
const OWN: &str = "urn:sluis:code:";
const OIN: &str = "urn:oid:2.16.528.1.1003.1.3.5.5.2";

/// The Consent. It leaves out what was not told: FHIR knows no empty members.
fn consent(view: &VoiceView) -> Value {
    let (said, record) = (&view.statement, &view.record);
    let mut provision = json!({
        "type": if said.voice == VoiceKind::Agrees { "permit" } else { "deny" },
        "period": period(view),
    });
    if let Some(actor) = actor(said.scope.receiver) {
        set(&mut provision, "actor", json!([actor]));
    }
    if let Some(purpose) = said.scope.purpose {
        set(&mut provision, "purpose", json!([coding("doel", purpose.code())]));
    }
    if let Some(category) = said.scope.category {
        set(&mut provision, "class", json!([coding("gegevenssoort", category.code())]));
    }
    let mut consent = json!({
        "resourceType": "Consent",
        "id": hex::encode(said.id),
        "meta": {"lastUpdated": instant(view.state_since)},
        "status": status(view.state),
        "scope": {"coding": [{"system": SCOPES, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": CATEGORIES, "code": "59284-0"}]}],
        "patient": {"identifier": {"system": "urn:sluis:pseudoniem", "value": view.pseudonym}},
        "dateTime": instant(said.spoken_at),
        "performer": [performer(view)],
        "organization": [{"identifier": {"system": OIN, "value": record.by.organisation.to_string()}}],
        "policy": [{"uri": view.text.as_ref().map_or_else(
            || format!("{OWN}tekstversie:{}", said.text_version), |text| text.notice.clone())}],
        "provision": provision,
    });
    if let Some(reference) = record.evidence.as_ref().and_then(|evidence| evidence.reference.as_deref()) {
        set(&mut consent, "sourceReference", json!({"identifier": {"system": "urn:sluis:bewijs", "value": reference}}));
    }
    consent
}

fn set(object: &mut Value, member: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(member.to_owned(), value);
    }
}

fn coding(list: &str, code: &str) -> Value {
    json!({"system": format!("{OWN}{list}"), "code": code})
}

/// A no is in force as a provision that denies; whatever no longer stands is inactive.
const fn status(state: VoiceState) -> &'static str {
    match state {
        VoiceState::Given | VoiceState::Renewed | VoiceState::Refused => "active",
        VoiceState::Withdrawn | VoiceState::Expired | VoiceState::Replaced => "inactive",
    }
}

/// FHIR counts the last day in; ours is the first that no longer counts.
fn period(view: &VoiceView) -> Value {
    let valid = view.statement.valid;
    let last = valid.until.and_then(|until| until.yesterday().ok());
    let mut period = json!({"start": valid.from.to_string()});
    if let Some(last) = last {
        set(&mut period, "end", json!(last.to_string()));
    }
    period
}

fn performer(view: &VoiceView) -> Value {
    let (system, value) = match view.person() {
        Some(person) => ("urn:sluis:persoon", person),
        None => ("urn:sluis:pseudoniem", view.pseudonym.clone()),
    };
    json!({"identifier": {"system": system, "value": value}, "display": view.capacity()})
}

fn actor(receiver: ReceiverScope) -> Option<Value> {
    let role = json!({"coding": [{"system": ROLES, "code": "IRCP"}]});
    match receiver {
        ReceiverScope::Any => None,
        ReceiverScope::Desk(desk) => Some(json!({"role": role, "reference": {"display": desk.code()}})),
        ReceiverScope::Party(party) => {
            let identifier = json!({"system": OIN, "value": party.organisation.to_string()});
            Some(json!({"role": role, "reference": {"identifier": identifier, "display": party.desk.code()}}))
        }
    }
}

/// Haal een uiting op als FHIR Consent.
///
/// In de vorm van FHIR R4B, voor systemen in de zorg. De jeugdige staat erin onder het pseudoniem van de organisatie die de
/// uiting vastlegde.
#[utoipa::path(get, path = "/v1/toestemmingen/{id}/fhir", operation_id = "haalFhirConsent", tag = "toestemmingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van de uiting.")),
    responses((status = 200, description = "De uiting als Consent van FHIR R4B.", body = Object, content_type = "application/fhir+json")))]
pub(in super::super) async fn read(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let view = shown(&caller, &broker, trace, &id).await?;
    Ok(HttpResponse::Ok().content_type(FHIR_JSON).json(consent(&view)))
}
