// SPDX-License-Identifier: EUPL-1.2
//! `/v1/signalen/{id}/acties`: a receiver takes a signal up, answers it, closes it (003-06, RL-17).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::ToSchema;

use super::super::api::{capacities, id_in_path, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::input::{Examination, Given, Wrong, code, text};
use super::super::problem::Problem;
use super::super::screening::{Sort, identifying};
use super::super::trace::Trace;
use super::super::writing::Writing;
use super::STEPS_OF;
use crate::broker::{Asker, Broker, HandlingStep};

/// What a receiver can do with a signal.
pub(in super::super) const STEPS: [Action; 3] = [Action::TakeUp, Action::Answer, Action::Close];

/// Vervolgstappen: what a receiver can say that happens next. A closed list, because on a signal without a name this is
/// all that goes back, and a code of the receiver's own making could say who it is about (RL-17, RL-23).
#[doc(alias = "vervolgstap")]
pub(in super::super) const NEXT_STEPS: [&str; 10] = [
    "gesprek_gepland",
    "in_overleg",
    "informatie_nodig",
    "onderzoek_gestart",
    "hulp_gestart",
    "hulp_loopt_al",
    "op_wachtlijst",
    "doorverwezen",
    "overgedragen",
    "geen_vervolg",
];

/// Een stap met een ontvangen signaal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"soort": "terugkoppelen", "vervolgstap": "gesprek_gepland"}))]
pub(in super::super) struct NieuweActie {
    #[schema(schema_with = codes::step, required)]
    soort: Given,
    #[schema(schema_with = codes::next_step, required = false)]
    vervolgstap: Given,
    /// Vrije tekst, zonder burgerservicenummer of onderwijsnummer. Bereikt de verzender alleen met instemming voor de weg terug. Alleen bij terugkoppelen.
    #[schema(value_type = Option<String>, max_length = 2000)]
    toelichting: Given,
}

/// De stap is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct VastgelegdeActie {
    /// Het kenmerk van het signaal, zoals gevraagd.
    signaal_id: String,
    #[schema(schema_with = codes::step, required)]
    soort: &'static str,
}

impl NieuweActie {
    fn parse(&self) -> Result<HandlingStep, Problem> {
        let mut input = Examination::default();
        let action: Option<Action> = input.required("/soort", &self.soort, code);
        let known = action.filter(|action| STEPS.contains(action));
        if action.is_some() && known.is_none() {
            input.fault("/soort", "Dit is geen bekende code.");
        }
        let next_step = input.optional("/vervolgstap", &self.vervolgstap, known_step);
        let explanation = input.optional("/toelichting", &self.toelichting, explanation);
        if known.is_some_and(|action| action != Action::Answer) {
            for (pointer, given) in [("/vervolgstap", &self.vervolgstap), ("/toelichting", &self.toelichting)] {
                if given.is_some() {
                    input.fault(pointer, "Dit hoort alleen bij terugkoppelen.");
                }
            }
        }
        let whole = known.map(|action| HandlingStep { action, next_step, explanation });
        input.finish(whole)
    }
}

fn known_step(value: &serde_json::Value) -> Result<String, Wrong> {
    let said = text(40)(value)?;
    if NEXT_STEPS.contains(&said.as_str()) { Ok(said) } else { Err("Dit is geen bekende code.".into()) }
}

/// Free text for the way back, in which no number stands (P10, RL-22).
fn explanation(value: &serde_json::Value) -> Result<String, Wrong> {
    let said = text(2000)(value)?;
    match identifying(&said).iter().find(|find| find.sort == Sort::Number) {
        None => Ok(said),
        Some(find) => {
            let (from, until, sort) = (find.place.start + 1, find.place.end, find.sort.words());
            Err(format!("Teken {from} tot en met {until} lijkt op {sort}; dat mag er niet in staan.").into())
        }
    }
}

/// Zet een stap met een ontvangen signaal.
///
/// In behandeling nemen, terugkoppelen of afronden. Wie in behandeling neemt, verklaart de inhoud te hebben; die wordt
/// daarna niet meer door de gateway bewaard.
#[utoipa::path(post, path = "/v1/signalen/{id}/acties", operation_id = "zetStap", tag = "signalen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van het signaal, uit de inbox.")),
    request_body = NieuweActie,
    responses(
        (status = 201, description = "De stap is vastgelegd.", body = VastgelegdeActie),
        (status = 409, description = "Dit loket heeft het signaal al afgerond, of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let step = writing.input::<NieuweActie>()?.parse()?;
    let once = writing.begin(&broker, &caller, STEPS_OF, &id)?;
    let actors = capacities(&broker, &caller, step.action);
    let signal = id_in_path(&id)?;
    let reply = broker.handle(&Asker::of(&caller, trace), &actors, (signal, &step), &once).await;
    let done = released(reply, trace)?;
    Ok(HttpResponse::Created().json(VastgelegdeActie { signaal_id: hex::encode(signal), soort: done.code() }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::body::parse;
    use super::*;

    #[test]
    fn faults_in_a_step_are_placed() {
        for (body, pointers) in [
            (json!({"soort": "in_behandeling_nemen"}), vec![]),
            (
                json!({"soort": "terugkoppelen", "vervolgstap": "gesprek_gepland", "toelichting": "morgen\nom tien"}),
                vec![],
            ),
            (json!({}), vec!["/soort"]),
            (json!({"soort": "indienen"}), vec!["/soort"]),
            (json!({"soort": "weg", "vervolgstap": "Met Spaties"}), vec!["/soort", "/vervolgstap"]),
            (json!({"soort": "terugkoppelen", "vervolgstap": "geen_vervolg"}), vec![]),
            (json!({"soort": "terugkoppelen", "vervolgstap": "jan_uit_groep_7b"}), vec!["/vervolgstap"]),
            (json!({"soort": "terugkoppelen", "toelichting": "gaat over 9999.90.019"}), vec!["/toelichting"]),
            (json!({"soort": "terugkoppelen", "toelichting": "bel 06-12345678 op 12-03-2027"}), vec![]),
            (json!({"soort": "afronden", "toelichting": "x"}), vec!["/toelichting"]),
            (json!({"soort": "terugkoppelen", "toelichting": "a\u{0}b"}), vec!["/toelichting"]),
            (json!({"soort": "afronden", "extra": 1}), vec!["/extra"]),
        ] {
            let read = parse::<NieuweActie>(body.to_string().as_bytes()).and_then(|action| action.parse());
            let found = match read {
                Ok(_) => Vec::new(),
                Err(Problem::InvalidInput(faults)) => faults.into_iter().map(|fault| fault.pointer).collect(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, pointers, "{body}");
        }
    }
}
