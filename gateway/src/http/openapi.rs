// SPDX-License-Identifier: EUPL-1.2
//! The description of the product API: generated from the handlers, kept as `openapi/sluis.json`, and served as it is
//! kept. What holds for every operation is added here once, so that no handler can forget it.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, Required, Schema};
use utoipa::{Modify, OpenApi};

pub mod older;

use super::idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_FORM};
use super::problem::Wire;
use super::{
    bevragingen, bewijzen, bezwaren, controlepunten, feiten, gezag, inzageverslagen, jeugdigen, organisaties, signalen,
    toestemmingen, verplichtingen, verwerkingsregisters,
};

/// The description, as it is served and printed.
pub const DOCUMENT: &str = include_str!("../../../openapi/sluis.json");

/// Beschrijving: what the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sluis",
        version = "1.5.0",
        description = "Signalen over jeugdigen, tussen scholen, de verwijsindex en de gemeentelijke jeugdhulp. Niets gaat \
            door zonder grondslag, geen naam zonder recht daarop, en niets zonder dat het is vastgelegd.\n\n\
            Wat er niet is en wat niet voor u is, geven precies hetzelfde antwoord. Elke weigering noemt de regel. Fouten in \
            uw invoer staan alle tegelijk in `errors`, elk met een JSON-pointer.\n\n\
            Of iemand iets mag, zonder het te doen, vraagt een ander systeem met de AuthZEN Authorization API 1.0 onder \
            `/access/v1/`. Die volgt haar eigen standaard en heeft een eigen beschrijving: `/access/v1/openapi.json`. Wie het \
            logboek zelf wil controleren, leest het onder `/tlog/`, zoals C2SP tlog-tiles beschrijft.",
        contact(name = "Beheer van Sluis", email = "beheer@sluis.example", url = "https://sluis.example/beheer"),
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    servers((url = "https://sluis.example/v1", description = "Het adres van uw gateway.")),
    tags(
        (name = "signalen", description = "Signalen indienen, ontvangen en afhandelen."),
        (name = "jeugdigen", description = "De eigen leerlingen vastleggen."),
        (name = "gezag", description = "Vastleggen wie gezag heeft."),
        (name = "feiten", description = "Vastleggen waar besluiten op rusten: maatregelen, vrijstellingen en meer."),
        (name = "toestemmingen", description = "Vastleggen wat ouders en jeugdigen zeggen over delen."),
        (name = "bevragingen", description = "Leerplicht vraagt een school naar verzuim."),
        (name = "verplichtingen", description = "Wat een loket nog te doen heeft, en wat ermee is gedaan."),
        (name = "rechten", description = "Wat jeugdigen en wie hen vertegenwoordigt over hun eigen gegevens mogen weten."),
        (name = "organisaties", description = "Het adresboek."),
        (name = "controlepunten", description = "Bewaren waar het logboek stond, om later te vergelijken; en bewijzen dat het alleen is gegroeid."),
    ),
    paths(
        signalen::create,
        signalen::inbox::list,
        signalen::read,
        signalen::steps::create,
        signalen::retraction::create,
        jeugdigen::create,
        gezag::create,
        feiten::create,
        feiten::end,
        toestemmingen::create,
        toestemmingen::view::read,
        toestemmingen::again::renew,
        toestemmingen::again::withdraw,
        toestemmingen::receipt::read,
        toestemmingen::fhir::read,
        bevragingen::ask,
        verplichtingen::list,
        verplichtingen::read,
        verplichtingen::steps::take_up,
        verplichtingen::steps::finish,
        verplichtingen::steps::postpone,
        verplichtingen::steps::release,
        inzageverslagen::create,
        bezwaren::create,
        verwerkingsregisters::read,
        organisaties::list,
        organisaties::read,
        organisaties::contacts,
        controlepunten::latest,
        bewijzen::inclusion,
        bewijzen::consistency,
    ),
    components(schemas(Wire)),
    modifiers(&Security, &Problems, &Base, &Absent)
)]
#[derive(Debug)]
pub struct Api;

impl Api {
    /// The description as it is to be kept: laid out for people.
    ///
    /// # Errors
    /// Never in practice: it is text and numbers.
    pub fn printed() -> Result<String, serde_json::Error> {
        Ok(format!("{}\n", Self::openapi().to_pretty_json()?))
    }
}

/// Who may call: certificate and token together.
pub(super) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut Document) {
        let certificate = SecurityScheme::MutualTls {
            description: Some("Clientcertificaat met het OIN van de houder in precies een serialNumber.".into()),
            deprecated: None,
            extensions: None,
        };
        let flow = Flow::ClientCredentials(ClientCredentials::new("https://uitgever.example/token", Scopes::new()));
        let words = "Toegangstoken volgens RFC 9068, van een uitgever die in het register bij de organisatie staat en gebonden \
            aan het clientcertificaat (RFC 8705). Er zijn geen scopes: wat een vrager mag, volgt bij elk verzoek uit mandaat \
            en rol in het register. `oin` noemt de organisatie waarvoor wordt gehandeld, `sub` de professional; zonder \
            professional handelt het systeem zelf, en dat mag weinig.";
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("clientcertificaat", certificate);
        components
            .add_security_scheme("toegangstoken", SecurityScheme::OAuth2(OAuth2::with_description([flow], words)));
        let none: [&str; 0] = [];
        let both = SecurityRequirement::new("clientcertificaat", none).add("toegangstoken", none);
        document.security = Some(vec![both]);
    }
}

/// Everything that can go wrong, described once, and the headers that are always there.
struct Problems;

/// A problem that many operations share: status, name in the description, and what it means.
pub(super) type Shared = (&'static str, &'static str, &'static str);

const ON_ALL: [Shared; 6] = [
    (
        "401",
        "NietAangemeld",
        "Er is geen geldig clientcertificaat met een geldig toegangstoken dat daaraan gebonden is.",
    ),
    (
        "403",
        "NietToegestaan",
        "Mandaat, rol of een regel staat dit niet toe. Is het een regel, dan staat die in `regel` en `uitleg`.",
    ),
    ("406", "NietLeverbaar", "Alleen JSON is leverbaar."),
    (
        "429",
        "TeVeel",
        "Van dit certificaat is zoveel tegelijk in behandeling dat er geen plaats is voor meer. Probeer het na de tijd in Retry-After.",
    ),
    ("500", "FoutBijOns", "Er ging bij ons iets mis. Noem bij navraag het traceId."),
    (
        "503",
        "NietBeschikbaar",
        "Dit kan nu even niet, of (type `onzeker`) het is niet zeker of het is vastgelegd. Probeer het na de tijd in Retry-After \
         opnieuw met dezelfde Idempotency-Key: zo wordt niets dubbel vastgelegd.",
    ),
];
const ON_INPUT: [Shared; 1] = [("400", "OngeldigeInvoer", "De invoer klopt niet. Alle fouten staan in `errors`.")];
const ON_BODY: [Shared; 3] = [
    ("408", "TeLangzaam", "Het bericht kwam niet op tijd binnen."),
    ("413", "TeGroot", "Het bericht is te groot."),
    ("415", "GeenJson", "Het bericht is geen JSON."),
];
const ON_WRITING: [Shared; 2] = [
    ("409", "NogBezig", "Hetzelfde verzoek loopt nog."),
    ("422", "SleutelHergebruikt", "De Idempotency-Key hoort bij een ander bericht."),
];
const ON_ONE_THING: [Shared; 1] =
    [("404", "NietGevonden", "Het is er niet, of het is niet voor u. Die twee zien er hetzelfde uit.")];

/// A question writes nothing but that it was asked, and a report nothing but that it was handed out.
const WRITES_NOTHING: [&str; 2] = ["bevraagSchool", "maakInzageverslag"];

impl Modify for Problems {
    fn modify(&self, document: &mut Document) {
        let shared = [ON_ALL.as_slice(), &ON_INPUT, &ON_BODY, &ON_WRITING, &ON_ONE_THING].concat();
        let components = document.components.get_or_insert_default();
        for (status, name, description) in shared {
            components.responses.insert(name.to_owned(), dressed(status, Response::new(description)).into());
        }
        for (path, item) in &mut document.paths.paths {
            let within = path.contains('{');
            [&mut item.get, &mut item.post].into_iter().flatten().for_each(|operation| complete(operation, within));
        }
    }
}

fn complete(operation: &mut Operation, within: bool) {
    let has_body = operation.request_body.is_some();
    let has_input = has_body || operation.parameters.as_ref().is_some_and(|given| !given.is_empty());
    let writes = has_body && !operation.operation_id.as_deref().is_some_and(|id| WRITES_NOTHING.contains(&id));
    if writes {
        operation.parameters.get_or_insert_default().push(idempotency_key().into());
    }
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            *response = dressed(status, std::mem::take(response));
        }
    }
    let applies = [
        (true, ON_ALL.as_slice()),
        (has_input, &ON_INPUT),
        (has_body, &ON_BODY),
        (writes, &ON_WRITING),
        (within || has_body, &ON_ONE_THING),
    ];
    for (status, name, _) in applies.iter().filter(|(applies, _)| *applies).flat_map(|(_, rows)| rows.iter()) {
        responses.entry((*status).to_owned()).or_insert_with(|| Ref::from_response_name(*name).into());
    }
}

fn idempotency_key() -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(IDEMPOTENCY_KEY_FORM));
    ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "Uw eigen naam voor dit verzoek, liefst een UUID tussen aanhalingstekens. Herhaal bij twijfel met dezelfde sleutel. \
             Een sleutel geldt binnen uw certificaat, de organisatie waarvoor u handelt en dit adres, en wordt ten minste 48 uur bewaard.",
        ))
        .schema(Some(text))
        .example(Some("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"".into()))
        .build()
}

pub(super) fn dressed(status: &str, response: Response) -> Response {
    let text = |words: &str| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        HeaderBuilder::new().schema(Some(text)).description(Some(words)).build()
    };
    let mut builder = ResponseBuilder::from(response).header("API-Version", text("De volledige versie van de API."));
    if status >= "400" {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Probleem"))).build();
        builder = builder.content("application/problem+json", problem);
    }
    if matches!(status, "429" | "503") {
        builder = builder.header("Retry-After", text("Na hoeveel seconden opnieuw proberen zin heeft."));
    }
    if status == "401" {
        builder = builder.header("WWW-Authenticate", text("Welke aanmelding er wordt gevraagd."));
    }
    builder.build()
}

/// The version in the base path, as the API design rules have it: the paths stand behind it.
struct Base;

impl Modify for Base {
    fn modify(&self, document: &mut Document) {
        let paths = std::mem::take(&mut document.paths.paths);
        document.paths.paths = paths
            .into_iter()
            .map(|(path, item)| (path.strip_prefix("/v1").unwrap_or(&path).to_owned(), item))
            .collect();
    }
}

/// What is not there is left out, never null: neither here nor in what is read.
pub(super) struct Absent;

impl Modify for Absent {
    fn modify(&self, document: &mut Document) {
        let schemas = document.components.iter_mut().flat_map(|components| components.schemas.values_mut());
        for schema in schemas {
            if let RefOr::T(Schema::Object(object)) = schema {
                object.properties.values_mut().for_each(without_null);
            }
        }
    }
}

fn without_null(property: &mut RefOr<Schema>) {
    let present = |kind: &SchemaType| match kind {
        SchemaType::Array(kinds) => kinds.iter().find(|kind| **kind != Type::Null).cloned().map(SchemaType::Type),
        _ => None,
    };
    match property {
        RefOr::T(Schema::Object(object)) => {
            object.schema_type = present(&object.schema_type).unwrap_or(object.schema_type.clone())
        }
        RefOr::T(Schema::Array(array)) => {
            array.schema_type = present(&array.schema_type).unwrap_or(array.schema_type.clone())
        }
        RefOr::T(Schema::OneOf(choice)) => {
            let reference = choice.items.iter().find(|item| matches!(item, RefOr::Ref(_))).cloned();
            *property = reference.unwrap_or_else(|| property.clone());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use actix_web::App;
    use serde_json::Value;

    use super::super::body::parse;
    use super::super::hygiene::API_VERSION;
    use super::super::{Routes, api};
    use super::*;

    fn document() -> Value {
        serde_json::from_str(&Api::printed().unwrap()).unwrap()
    }

    fn each_operation(document: &Value) -> Vec<(String, String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        let of = |(path, item): (&String, &'_ Value)| (path.clone(), item.as_object().unwrap().clone());
        let mut all = Vec::new();
        for (path, methods) in paths.iter().map(of) {
            for method in methods.keys() {
                all.push((method.to_uppercase(), format!("/v1{path}"), &document["paths"][&path][method]));
            }
        }
        all
    }

    /// The kept file is what is served. After a change on purpose: `SLUIS_BLESS=1 cargo test -p sluis openapi`.
    #[test]
    fn the_kept_description_is_the_handlers() {
        let printed = Api::printed().unwrap();
        if std::env::var_os("SLUIS_BLESS").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/sluis.json"), &printed).unwrap();
            return;
        }
        assert!(
            DOCUMENT == printed,
            "openapi/sluis.json is not what the handlers say; look at the change and bless it"
        );
    }

    #[test]
    fn every_route_is_described_and_every_description_has_a_route() {
        let mut registered = BTreeSet::new();
        let _app = App::new().configure(|config| {
            let mut routes = Routes::on(config);
            api::routes(&mut routes);
            registered.extend(routes.registered().iter().map(|(method, path)| (method.to_string(), path.clone())));
        });
        let document = document();
        let access: Value =
            serde_json::from_str(&super::super::authzen::description::Access::printed().unwrap()).unwrap();
        let access = access["paths"].as_object().unwrap().keys().map(|path| ("POST".to_owned(), path.clone()));
        let described: BTreeSet<_> =
            each_operation(&document).into_iter().map(|(method, path, _)| (method, path)).chain(access).collect();
        assert_eq!(registered, described);
        assert!(registered.len() >= 12);
    }

    #[test]
    fn every_operation_says_what_it_does_and_every_answer_what_it_is() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        assert_eq!(document["info"]["version"], API_VERSION);
        let mut ids = BTreeSet::new();
        for (method, path, operation) in each_operation(&document) {
            let at = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{at}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{at}");
            let responses = operation["responses"].as_object().unwrap();
            for (status, response) in responses {
                let reference = response["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
                let response = reference.map_or(response, |at| document.pointer(at).unwrap());
                assert!(!response["description"].as_str().unwrap().is_empty(), "{at} {status}");
                assert!(response["headers"]["API-Version"].is_object(), "{at} {status}");
                let kind = match (status.as_str() < "400", path.ends_with("/fhir")) {
                    (true, false) => "application/json",
                    (true, true) => toestemmingen::fhir::FHIR_JSON,
                    (false, _) => "application/problem+json",
                };
                assert!(response["content"][kind]["schema"].is_object(), "{at} {status}");
            }
            let refusals: &[&str] = if method == "POST" {
                &["400", "401", "403", "404", "408", "413", "415", "503"]
            } else {
                &["401", "403", "503"]
            };
            for status in refusals {
                assert!(responses.contains_key(*status), "{at} {status}");
            }
            let key = operation["parameters"]
                .as_array()
                .is_some_and(|given| given.iter().any(|one| one["name"] == IDEMPOTENCY_KEY));
            assert_eq!(
                key,
                method == "POST" && !WRITES_NOTHING.iter().any(|id| operation["operationId"] == *id),
                "{at}"
            );
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = Api::printed().unwrap();
        let document = document();
        assert!(!text.contains("\"null\""), "what is absent is left out");
        for reference in text.split("\"$ref\": \"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_example_of_a_body_has_the_form_that_is_read() {
        let document = document();
        let example = |name: &str| {
            let schema = &document["components"]["schemas"][name];
            let of_each = || {
                schema["properties"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter_map(|(name, one)| Some((name.clone(), one.get("example")?.clone())))
            };
            let example = schema.get("example").cloned().unwrap_or_else(|| Value::Object(of_each().collect()));
            example.to_string().into_bytes()
        };
        parse::<signalen::submission::NieuwSignaal>(&example("NieuwSignaal")).unwrap();
        parse::<signalen::steps::NieuweActie>(&example("NieuweActie")).unwrap();
        parse::<signalen::retraction::NieuweTerugname>(&example("NieuweTerugname")).unwrap();
        parse::<jeugdigen::NieuweJeugdige>(&example("NieuweJeugdige")).unwrap();
        parse::<gezag::NieuwGezag>(&example("NieuwGezag")).unwrap();
        parse::<feiten::NieuwFeit>(&example("NieuwFeit")).unwrap();
        parse::<feiten::EindeFeit>(&example("EindeFeit")).unwrap();
        parse::<toestemmingen::NieuweUiting>(&example("NieuweUiting")).unwrap();
        parse::<toestemmingen::again::NieuweIntrekking>(&example("NieuweIntrekking")).unwrap();
        parse::<toestemmingen::again::NieuweVerlenging>(&example("NieuweVerlenging")).unwrap();
        parse::<bevragingen::NieuweBevraging>(&example("NieuweBevraging")).unwrap();
    }
}
