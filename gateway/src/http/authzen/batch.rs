// SPDX-License-Identifier: EUPL-1.2
//! Several questions in one message: what stands at the top holds for each, unless it says otherwise itself. One that is
//! broken is a no; the others are answered all the same.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};

use super::super::caller::Caller;
use super::super::input::Examination;
use super::super::problem::{InputFault, Problem};
use super::super::trace::Trace;
use super::wire::{Answer, Members, Question, as_object, context};
use super::{Triple, answer, asker, asking, description, single, triple, weigh};
use crate::broker::Broker;
use crate::broker::weighing::{About, Matter, Until};

/// How many questions one message may hold: each is a decision and a record of its own.
pub(super) const LARGEST: usize = 50;

/// The parts of a question, with what must stand in each.
const PARTS: [(&str, &[&str]); 4] =
    [("subject", &["type", "id"]), ("action", &["name"]), ("resource", &["type", "id"]), ("context", &[])];

/// Stel een reeks vragen.
///
/// Wat bovenaan staat, geldt voor elke vraag die dat zelf niet noemt. De antwoorden staan op volgorde van de vragen. Zonder
/// `evaluations` is het een enkele vraag. Een vraag waar iets aan ontbreekt, krijgt een nee; de andere worden beantwoord.
#[utoipa::path(post, path = "/access/v1/evaluations", operation_id = "evaluations", tag = "toegang",
    request_body = description::Evaluations,
    responses((status = 200, description = "De besluiten.", body = description::Answers)))]
pub(super) async fn evaluate_all(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Question,
) -> Result<HttpResponse, Problem> {
    let Batch { items, until } = match batch(&asked.0)? {
        Some(batch) => batch,
        None => {
            let (matter, asker) = single(&caller, trace, &asked.0)?;
            let told = weigh(&broker, &asker, &[matter], Until::End).await?;
            return Ok(HttpResponse::Ok().json(answer(told.first())));
        }
    };
    let matter = |item: &Result<Triple, Vec<InputFault>>| match item {
        Ok((subject, deed, resource)) => asking::matter(&caller, subject, deed, resource),
        Err(_) => Ok(Matter { about: About::Nothing, candidates: Vec::new() }),
    };
    let matters = items.iter().map(matter).collect::<Result<Vec<_>, _>>()?;
    let asker = asker(&caller, trace, asked.0.get("context").and_then(Value::as_object));
    let told = weigh(&broker, &asker, &matters, until).await?;
    let answers: Vec<Answer> = told.iter().zip(&items).map(|(weighed, item)| told_of(Some(weighed), item)).collect();
    Ok(HttpResponse::Ok().json(json!({ "evaluations": answers })))
}

/// The questions of a batch, and up to where they are answered.
struct Batch {
    items: Vec<Result<Triple, Vec<InputFault>>>,
    until: Until,
}

/// Reads a batch; nothing, when the message holds one question.
fn batch(members: &Members) -> Result<Option<Batch>, Problem> {
    let mut input = Examination::default();
    let until = until(&mut input, members);
    context(&mut input, members);
    let items = match members.get("evaluations") {
        None => return Ok(None),
        Some(Value::Array(items)) if items.is_empty() => return Ok(None),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(Problem::invalid("/evaluations", "Hier hoort een lijst te staan.")),
    };
    if items.len() > LARGEST {
        input.fault("/evaluations", format!("Stel ten hoogste {LARGEST} vragen tegelijk."));
    }
    for (part, _) in PARTS {
        members.get(part).and_then(|given| as_object(&mut input, given, &format!("/{part}")));
    }
    let until = input.finish(until)?;
    Ok(Some(Batch { items: items.iter().map(|item| question(members, item)).collect(), until }))
}

fn until(input: &mut Examination, members: &Members) -> Option<Until> {
    let Some(options) = members.get("options") else { return Some(Until::End) };
    match as_object(input, options, "/options")?.get("evaluations_semantic").map(Value::as_str) {
        None | Some(Some("execute_all")) => Some(Until::End),
        Some(Some("deny_on_first_deny")) => Some(Until::FirstDenied),
        Some(Some("permit_on_first_permit")) => Some(Until::FirstPermitted),
        Some(_) => {
            input.fault("/options/evaluations_semantic", "Dit is geen bekende waarde.");
            None
        }
    }
}

/// One question with what it takes from the top.
fn question(top: &Members, item: &Value) -> Result<Triple, Vec<InputFault>> {
    let mut input = Examination::default();
    let asked = as_object(&mut input, item, "").and_then(|own| {
        let whole = filled(top, own);
        context(&mut input, &whole);
        triple(&mut input, &whole)
    });
    input.finish(asked).map_err(|problem| match problem {
        Problem::InvalidInput(faults) => faults,
        _ => Vec::new(),
    })
}

/// The parts of an item in place of those at the top. A part goes over whole, its properties with it; only what identifies
/// it and stands in neither its own place is taken from the top.
fn filled(top: &Members, own: &Members) -> Members {
    let mut whole = Members::new();
    for (part, needed) in PARTS {
        let (above, given) = (top.get(part), own.get(part));
        let mut chosen = given.or(above).cloned();
        if let (Some(Value::Object(chosen)), Some(Value::Object(above))) = (&mut chosen, above) {
            for name in needed.iter().filter(|name| !chosen.contains_key(**name)).collect::<Vec<_>>() {
                chosen.extend(above.get(*name).map(|value| ((*name).to_owned(), value.clone())));
            }
        }
        whole.extend(chosen.map(|chosen| (part.to_owned(), chosen)));
    }
    whole
}

fn told_of(weighed: Option<&Vec<crate::broker::weighing::Weighed>>, item: &Result<Triple, Vec<InputFault>>) -> Answer {
    match item {
        Ok(_) => answer(weighed),
        Err(faults) => {
            let error = json!({ "error": { "status": 400, "message": "De vraag klopt niet.", "errors": faults } });
            Answer { decision: false, context: Some(error) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(value: Value) -> Members {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_part_goes_over_whole_and_lends_only_what_identifies_it() {
        let top = members(
            json!({ "subject": { "type": "a", "id": "1", "properties": { "rol": "x" } }, "resource": { "type": "r" } }),
        );
        for (own, whole) in [
            (
                json!({}),
                json!({ "subject": { "type": "a", "id": "1", "properties": { "rol": "x" } }, "resource": { "type": "r" } }),
            ),
            (
                json!({ "subject": { "type": "b", "id": "2" }, "resource": { "id": "3" } }),
                json!({ "subject": { "type": "b", "id": "2" }, "resource": { "id": "3", "type": "r" } }),
            ),
            (
                json!({ "subject": { "id": "2" }, "action": { "name": "n" } }),
                json!({ "subject": { "id": "2", "type": "a" }, "action": { "name": "n" }, "resource": { "type": "r" } }),
            ),
            (json!({ "subject": 7 }), json!({ "subject": 7, "resource": { "type": "r" } })),
        ] {
            assert_eq!(Value::Object(filled(&top, &members(own.clone()))), whole, "{own}");
        }
    }

    #[test]
    fn a_whole_message_that_is_wrong_is_refused_and_a_wrong_question_is_not() {
        let one = json!({ "subject": { "type": "s", "id": "1" }, "action": { "name": "a" }, "resource": { "type": "r", "id": "1" } });
        let read = |message: Value| batch(&members(message)).map(|batch| batch.map(|batch| batch.items.len()));
        assert_eq!(read(json!({ "evaluations": [one, {}, 7] })), Ok(Some(3)));
        assert_eq!(read(json!({ "evaluations": [] })), Ok(None));
        assert_eq!(read(json!({})), Ok(None));
        for wrong in [
            json!({ "evaluations": {} }),
            json!({ "evaluations": [one], "subject": "alice" }),
            json!({ "evaluations": [one], "context": [] }),
            json!({ "evaluations": [one], "options": [] }),
            json!({ "evaluations": [one], "options": { "evaluations_semantic": "first" } }),
            json!({ "evaluations": [one], "options": { "evaluations_semantic": 1 } }),
            json!({ "evaluations": vec![&one; LARGEST + 1] }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
