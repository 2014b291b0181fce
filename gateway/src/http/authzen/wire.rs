// SPDX-License-Identifier: EUPL-1.2
//! What AuthZEN's requests and answers look like. Members that nobody knows are passed over, as the standard demands; what
//! it needs and is not there, or is not of its kind, is a fault.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::body::{is_json, read, whole};
use super::super::input::Examination;
use super::super::problem::Problem;

/// The members of an object.
pub(super) type Members = Map<String, Value>;

/// A body of this surface: a JSON object. Anything else is answered 400, a wrong content type as well: so the standard has
/// it, and this surface follows the standard.
#[derive(Debug)]
pub(super) struct Question(pub(super) Members);

impl FromRequest for Question {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(request);
        let whole = whole(request, payload);
        Box::pin(async move {
            if !json {
                return Err(Problem::invalid("content-type", "Stuur application/json."));
            }
            read(&whole.await?).map(Self)
        })
    }
}

/// Een subject of resource: waarover de vraag gaat.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Entiteit)]
pub(super) struct Entity {
    /// Het soort, als URN. Bij een subject `urn:sluis:medewerker` of `urn:sluis:systeem`; bij een resource
    /// `urn:sluis:ontvangen-signaal`, `urn:sluis:verzonden-signaal`, `urn:sluis:leerling` of `urn:sluis:adresboek`.
    #[serde(rename = "type")]
    #[schema(max_length = 200, example = "urn:sluis:medewerker")]
    pub(super) kind: String,
    /// Het kenmerk binnen dat soort, zoals de eigen organisatie het kent.
    #[schema(max_length = 200, example = "ib.wilgenhoek")]
    pub(super) id: String,
    /// Eigenschappen. Bij een medewerker `rol` en `loket`; bij een signaal `soort`. Andere tellen niet mee.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<Object>, required = false)]
    pub(super) properties: Members,
}

/// De handeling waarover de vraag gaat.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Handeling)]
pub(super) struct Deed {
    /// De code van de handeling, zoals in de rollentabel: `lezen`, `indienen`, …
    #[schema(max_length = 200, example = "lezen")]
    pub(super) name: String,
    /// Eigenschappen: `velden`, `vorm` en `processing_activity_id` eisen wat een toestemming ten minste geeft; bij
    /// `indienen` staan hier de velden van het signaal.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<Object>, required = false)]
    pub(super) properties: Members,
}

/// Een besluit, met waarom.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Besluit)]
pub(super) struct Answer {
    /// Of het mag.
    pub(super) decision: bool,
    /// Waarom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(super) context: Option<Value>,
}

/// Wat een zoekvraag vond.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Zoekresultaat)]
pub(super) struct Results<T: ToSchema> {
    /// Wat mag, op volgorde.
    pub(super) results: Vec<T>,
    /// Waar het verder gaat.
    pub(super) page: Onward,
}

/// Waar een zoekvraag verder gaat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vervolg)]
pub(super) struct Onward {
    /// Stuur dit als `page.token` mee voor wat volgt. Leeg: er volgt niets.
    pub(super) next_token: String,
}

/// Which members of an entity must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    Whole,
    KindOnly,
}

/// Longer than any id or code here, and short enough to look up.
const LONGEST: usize = 200;

/// Reads a subject or resource.
pub(super) fn entity(input: &mut Examination, members: &Members, name: &str, needed: Needed) -> Option<Entity> {
    let given = object(input, members, name)?;
    let kind = word(input, given, &format!("/{name}/type"));
    // In a search the id is what is searched for, and one that is given is passed over.
    let id = if needed == Needed::Whole { word(input, given, &format!("/{name}/id")) } else { Some(String::new()) };
    Some(Entity { kind: kind?, id: id?, properties: properties(input, given, name)? })
}

/// Reads an action.
pub(super) fn deed(input: &mut Examination, members: &Members) -> Option<Deed> {
    let given = object(input, members, "action")?;
    let name = word(input, given, "/action/name");
    Some(Deed { name: name?, properties: properties(input, given, "action")? })
}

/// The context, if there is one. It never changes a decision.
pub(super) fn context<'a>(input: &mut Examination, members: &'a Members) -> Option<&'a Members> {
    members.get("context").and_then(|given| as_object(input, given, "/context"))
}

fn object<'a>(input: &mut Examination, members: &'a Members, name: &str) -> Option<&'a Members> {
    match members.get(name) {
        None => {
            input.fault(&format!("/{name}"), "Dit veld ontbreekt.");
            None
        }
        Some(given) => as_object(input, given, &format!("/{name}")),
    }
}

pub(super) fn as_object<'a>(input: &mut Examination, given: &'a Value, pointer: &str) -> Option<&'a Members> {
    let members = given.as_object();
    if members.is_none() {
        input.fault(pointer, "Hier hoort een object te staan.");
    }
    members
}

fn properties(input: &mut Examination, members: &Members, name: &str) -> Option<Members> {
    match members.get("properties") {
        None => Some(Members::new()),
        Some(given) => as_object(input, given, &format!("/{name}/properties")).cloned(),
    }
}

fn word(input: &mut Examination, members: &Members, pointer: &str) -> Option<String> {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let wrong = match members.get(name) {
        None => "Dit veld ontbreekt.",
        Some(Value::String(text)) if text.chars().count() <= LONGEST => return Some(text.clone()),
        Some(Value::String(_)) => "Dit is te lang: ten hoogste 200 tekens.",
        Some(_) => "Hier hoort tekst te staan.",
    };
    input.fault(pointer, wrong);
    None
}
