// SPDX-License-Identifier: EUPL-1.2
//! The description of this surface: a document of its own, because its paths, names and statuses are AuthZEN's and not those
//! of the design rules that hold for the product API.

use serde_json::Value;
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi, ToSchema};

use super::super::openapi::{Absent, Security, Shared, dressed};
use super::super::problem::Wire;
use super::wire::{Answer, Deed, Entity};
use super::{batch, search};

/// The description, as it is served and printed.
pub const DOCUMENT: &str = include_str!("../../../../openapi/authzen.json");

/// Een onderwerp van een zoekvraag: alleen het soort.
#[derive(ToSchema)]
#[schema(as = Soort)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct Kind {
    /// Het soort, als URN.
    #[schema(max_length = 200, example = "urn:sluis:medewerker")]
    r#type: String,
    /// Eigenschappen.
    #[schema(value_type = Option<Object>)]
    properties: Option<Value>,
}

/// Welke bladzijde.
#[derive(ToSchema)]
#[schema(as = Bladzijde)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct Page {
    /// Hoeveel er ten hoogste worden gewogen. Meer dan 50 worden het er nooit.
    #[schema(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Het `next_token` van de vorige bladzijde van dezelfde vraag.
    #[schema(max_length = 2000)]
    token: Option<String>,
}

/// Een vraag.
#[derive(ToSchema)]
#[schema(as = Vraag)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct Evaluation {
    /// Wie.
    subject: Entity,
    /// Wat.
    action: Deed,
    /// Waarmee.
    resource: Entity,
    /// Omstandigheden. Veranderen het besluit nooit; `traceparent` zegt bij welk spoor de vraag hoort.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
}

/// Een reeks vragen. Wat bovenaan staat, geldt voor elke vraag die dat zelf niet noemt.
#[derive(ToSchema)]
#[schema(as = Vragen)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct Evaluations {
    /// Wie, als een vraag dat niet zelf zegt.
    #[schema(value_type = Option<Object>)]
    subject: Option<Value>,
    /// Wat, als een vraag dat niet zelf zegt.
    #[schema(value_type = Option<Object>)]
    action: Option<Value>,
    /// Waarmee, als een vraag dat niet zelf zegt.
    #[schema(value_type = Option<Object>)]
    resource: Option<Value>,
    /// Omstandigheden.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// De vragen. Een vraag die niet klopt krijgt een nee, en houdt de andere niet op.
    #[schema(value_type = Option<Vec<Value>>, max_items = 50)]
    evaluations: Option<Vec<Value>>,
    /// Hoe de reeks wordt beantwoord.
    options: Option<Options>,
}

/// Hoe een reeks wordt beantwoord.
#[derive(ToSchema)]
#[schema(as = Keuzes)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct Options {
    /// Alle vragen, tot en met het eerste nee, of tot en met het eerste ja.
    evaluations_semantic: Option<Semantic>,
}

/// Tot waar de reeks wordt beantwoord.
#[derive(ToSchema)]
#[schema(as = Reeks, rename_all = "snake_case")]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) enum Semantic {
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

/// De besluiten, op volgorde van de vragen; op een enkele vraag een enkel besluit.
#[derive(ToSchema)]
#[schema(as = Besluiten)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct Answers {
    /// De besluiten op een reeks.
    evaluations: Option<Vec<Answer>>,
    /// Het besluit op een enkele vraag.
    decision: Option<bool>,
    /// Waarom, bij een enkele vraag.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
}

/// Wie mag dit?
#[derive(ToSchema)]
#[schema(as = ZoekWie)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct SubjectSearch {
    /// Het soort waaronder wordt gezocht.
    subject: Kind,
    /// Wat.
    action: Deed,
    /// Waarmee.
    resource: Entity,
    /// Omstandigheden.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// Welke bladzijde.
    page: Option<Page>,
}

/// Waarmee mag dit?
#[derive(ToSchema)]
#[schema(as = ZoekWaarmee)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct ResourceSearch {
    /// Wie.
    subject: Entity,
    /// Wat.
    action: Deed,
    /// Het soort waaronder wordt gezocht.
    resource: Kind,
    /// Omstandigheden.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// Welke bladzijde.
    page: Option<Page>,
}

/// Wat mag hiermee?
#[derive(ToSchema)]
#[schema(as = ZoekWat)]
#[expect(dead_code, reason = "says the form of what is read by hand")]
pub(super) struct ActionSearch {
    /// Wie.
    subject: Entity,
    /// Waarmee.
    resource: Entity,
    /// Omstandigheden.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// Welke bladzijde. Wat er mag, past altijd op een.
    page: Option<Page>,
}

/// Beschrijving of this surface.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sluis: toegangsvragen (AuthZEN 1.0)",
        version = "1.0.0",
        description = "De AuthZEN Authorization API 1.0, met het NL GOV-profiel: een ander systeem vraagt of iemand in dienst \
            van de eigen organisatie iets mag. Het besluit komt uit dezelfde kern en dezelfde feiten als wanneer het gedaan \
            wordt, en elke vraag wordt vastgelegd voordat zij wordt beantwoord.\n\n\
            Een professional vraagt over zichzelf; het systeem van de organisatie vraagt over iedereen die daar in dienst is. \
            Wat niet bekend is en wat niet voor u is, geven hetzelfde antwoord.\n\n\
            Paden, namen en statussen zijn die van AuthZEN, ook waar die anders zijn dan in de API Design Rules: een verkeerd \
            content type is hier 400, en een nee is een antwoord met status 200. Waar de beslisser staat, zegt \
            `/.well-known/authzen-configuration`. Een kop `X-Request-ID` komt in het antwoord terug.",
        contact(name = "Beheer van Sluis", email = "beheer@sluis.example", url = "https://sluis.example/beheer"),
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    servers((url = "https://sluis.example", description = "Het adres van uw gateway.")),
    tags((name = "toegang", description = "Vragen of iemand iets mag.")),
    paths(super::evaluate, batch::evaluate_all, search::subjects, search::resources, search::actions),
    components(schemas(Wire)),
    modifiers(&Security, &Statuses, &Absent)
)]
#[derive(Debug)]
pub struct Access;

impl Access {
    /// The description as it is to be kept: laid out for people.
    ///
    /// # Errors
    /// Never in practice: it is text and numbers.
    pub fn printed() -> Result<String, serde_json::Error> {
        Ok(format!("{}\n", Self::openapi().to_pretty_json()?))
    }
}

/// What can go wrong with every question.
struct Statuses;

const ON_ALL: [Shared; 9] = [
    ("400", "OngeldigeInvoer", "De vraag klopt niet, of is geen JSON."),
    (
        "401",
        "NietAangemeld",
        "Er is geen geldig clientcertificaat met een geldig toegangstoken dat daaraan gebonden is.",
    ),
    ("403", "NietToegestaan", "Uw organisatie, mandaat of rol geeft vandaag geen toegang tot deze gateway."),
    ("406", "NietLeverbaar", "Alleen JSON is leverbaar."),
    ("408", "TeLangzaam", "Het bericht kwam niet op tijd binnen."),
    ("413", "TeGroot", "Het bericht is te groot."),
    ("429", "TeVeel", "Van dit certificaat is te veel tegelijk in behandeling. Probeer het na de tijd in Retry-After."),
    ("500", "FoutBijOns", "Er ging bij ons iets mis. Noem bij navraag het traceId."),
    ("503", "NietBeschikbaar", "De vraag kon nu niet worden vastgelegd, en is dus niet beantwoord."),
];

impl Modify for Statuses {
    fn modify(&self, document: &mut Document) {
        for operation in document.paths.paths.values_mut().filter_map(|item| item.post.as_mut()) {
            let responses = &mut operation.responses.responses;
            for (status, response) in responses.iter_mut() {
                if let utoipa::openapi::RefOr::T(response) = response {
                    *response = dressed(status, std::mem::take(response));
                }
            }
            for (status, _, words) in ON_ALL {
                responses.insert(status.to_owned(), dressed(status, utoipa::openapi::Response::new(words)).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The kept file is what is served. After a change on purpose: `SLUIS_BLESS=1 cargo test -p sluis description`.
    #[test]
    fn the_kept_description_is_the_handlers() {
        let printed = Access::printed().unwrap();
        if std::env::var_os("SLUIS_BLESS").is_some() {
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/authzen.json");
            std::fs::write(kept, &printed).unwrap();
            return;
        }
        assert!(
            DOCUMENT == printed,
            "openapi/authzen.json is not what the handlers say; look at the change and bless it"
        );
    }
}
