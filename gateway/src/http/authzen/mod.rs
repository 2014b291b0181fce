// SPDX-License-Identifier: EUPL-1.2
//! `/access/v1/…`: the AuthZEN Authorization API 1.0, by which another enforcement point asks whether somebody may do
//! something. The answer comes from the same core, on the same facts, as when it is done here, and it is recorded before it
//! is given.
//!
//! This surface follows its own standard: where that differs from the design rules of the product API (its paths and names,
//! 400 for a wrong content type), the standard goes first. Its description is a document of its own.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde_json::{Value, json};
use sluis_policy::{Decision, Field};

use super::api::problem_of;
use super::caller::Caller;
use super::input::Examination;
use super::problem::Problem;
use super::trace::Trace;
use super::{Routes, guarded};
use crate::broker::weighing::{Matter, Until, Weighed};
use crate::broker::{Asker, Broker};
use wire::{Answer, Deed, Entity, Members, Needed, Question, context, deed, entity};

mod asking;
mod batch;
pub mod description;
mod discovery;
mod search;
mod wire;

const EVALUATION: &str = "/access/v1/evaluation";
const EVALUATIONS: &str = "/access/v1/evaluations";
const SUBJECTS: &str = "/access/v1/search/subject";
const RESOURCES: &str = "/access/v1/search/resource";
const ACTIONS: &str = "/access/v1/search/action";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .resource(EVALUATION, [guarded(Method::POST, evaluate)])
        .resource(EVALUATIONS, [guarded(Method::POST, batch::evaluate_all)])
        .resource(SUBJECTS, [guarded(Method::POST, search::subjects)])
        .resource(RESOURCES, [guarded(Method::POST, search::resources)])
        .resource(ACTIONS, [guarded(Method::POST, search::actions)])
        .open_answer(discovery::PATH, discovery::metadata)
        .open_document("/access/v1/openapi.json", description::DOCUMENT);
}

/// Who asks, in the trace that the message names, or else in that of the request.
fn asker(caller: &Caller, trace: Trace, context: Option<&Members>) -> Asker {
    let named = context.and_then(|context| context.get("traceparent")).and_then(Value::as_str);
    Asker::of(caller, trace.or_named(named))
}

/// A subject, an action and a resource.
type Triple = (Entity, Deed, Entity);

fn triple(input: &mut Examination, members: &Members) -> Option<Triple> {
    let subject = entity(input, members, "subject", Needed::Whole);
    let action = deed(input, members);
    let resource = entity(input, members, "resource", Needed::Whole);
    Some((subject?, action?, resource?))
}

/// Vraag of iemand iets mag.
///
/// Het besluit is hetzelfde als wanneer het gedaan zou worden, op dit moment; er wordt niets gedaan. De context verandert het
/// besluit nooit. Wat niet bekend is en wat niet voor u is, geven hetzelfde antwoord.
#[utoipa::path(post, path = "/access/v1/evaluation", operation_id = "evaluation", tag = "toegang",
    request_body = description::Evaluation,
    responses((status = 200, description = "Het besluit. Ook een nee is een antwoord.", body = Answer)))]
async fn evaluate(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Question,
) -> Result<HttpResponse, Problem> {
    let (matter, asker) = single(&caller, trace, &asked.0)?;
    let told = weigh(&broker, &asker, &[matter], Until::End).await?;
    Ok(HttpResponse::Ok().json(answer(told.first())))
}

/// The one question of a message that holds one.
fn single(caller: &Caller, trace: Trace, members: &Members) -> Result<(Matter, Asker), Problem> {
    let mut input = Examination::default();
    let asked = triple(&mut input, members);
    let asker = asker(caller, trace, context(&mut input, members));
    let (subject, deed, resource) = input.finish(asked)?;
    Ok((asking::matter(caller, &subject, &deed, &resource)?, asker))
}

async fn weigh(broker: &Broker, asker: &Asker, matters: &[Matter], until: Until) -> Result<Vec<Vec<Weighed>>, Problem> {
    let told = broker.weigh(asker, matters, until).await;
    Ok(told.map_err(|trouble| problem_of(&trouble, asker.trace))?.into_content())
}

/// What is answered about one matter; nothing known here is a no.
fn answer(weighed: Option<&Vec<Weighed>>) -> Answer {
    let weighed = weighed.and_then(|all| all.first());
    let decided = weighed.and_then(|one| one.decision.as_ref());
    let context = decided.map_or_else(|| json!({ "reden": "niet_te_beslissen" }), explained);
    Answer { decision: weighed.is_some_and(|one| one.allowed), context: Some(context) }
}

/// By which rule, and what a permit gives.
fn explained(decided: &Decision) -> Value {
    let rule = decided.rule();
    let mut context = json!({ "regel": rule.id(), "reason_user": { "nl": rule.sentence(), "en": rule.english() } });
    if let (Some(permit), Some(context)) = (decided.permit(), context.as_object_mut()) {
        context.insert("vorm".into(), permit.form().code().into());
        context.insert("grondslag".into(), permit.basis().code().into());
        context.insert("processing_activity_id".into(), permit.activity().code().into());
        context.insert("velden".into(), permit.fields().iter().map(Field::code).collect());
    }
    context
}
