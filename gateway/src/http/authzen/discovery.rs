// SPDX-License-Identifier: EUPL-1.2
//! Where the decision point is, for whoever knows only its name. Open to all: it says nothing but addresses.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::super::problem::Problem;
use super::{ACTIONS, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS};

pub(super) const PATH: &str = "/.well-known/authzen-configuration";

/// The addresses, under the name by which they were asked for: a reader must refuse any other.
pub(super) fn metadata(request: &HttpRequest) -> HttpResponse {
    let Some(host) = host(request) else { return Problem::NotFound.response(None) };
    let at = |path: &str| format!("https://{host}{path}");
    HttpResponse::Ok().json(json!({
        "policy_decision_point": at(""),
        "access_evaluation_endpoint": at(EVALUATION),
        "access_evaluations_endpoint": at(EVALUATIONS),
        "search_subject_endpoint": at(SUBJECTS),
        "search_resource_endpoint": at(RESOURCES),
        "search_action_endpoint": at(ACTIONS),
        "capabilities": [],
    }))
}

/// The name and port that were asked for. Nothing that somebody between could have put in a header of their own is read.
fn host(request: &HttpRequest) -> Option<String> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let host = authority.or_else(|| request.headers().get(header::HOST)?.to_str().ok())?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(plain)).then(|| host.to_owned())
}
