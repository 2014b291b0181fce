// SPDX-License-Identifier: EUPL-1.2
//! What the provider answers.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, ServiceConfig},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{State, TOKEN_SECONDS};
use crate::{
    behaviour::answer,
    listener::{Caller, caller},
};

pub(super) fn routes(state: &Arc<State>, config: &mut ServiceConfig) {
    config
        .app_data(web::Data::from(Arc::clone(state)))
        .service(web::resource("/.well-known/openid-configuration").route(web::get().to(discovery)))
        .service(web::resource("/jwks").route(web::get().to(key_set)))
        .service(web::resource("/authorize").route(web::get().to(authorize)))
        .service(web::resource("/token").route(web::post().to(token)));
}

async fn discovery(state: web::Data<State>) -> HttpResponse {
    let (behaviour, issuer) = {
        let mut inner = state.inner();
        inner.discoveries += 1;
        (inner.behaviour, inner.issuer.clone())
    };
    let honest = HttpResponse::Ok().json(metadata(&issuer, &issuer));
    let wrong = HttpResponse::Ok().json(metadata(&issuer, "https://elders.test"));
    answer(behaviour, honest, wrong).await
}

fn metadata(base: &str, issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["tls_client_auth"],
        "tls_client_certificate_bound_access_tokens": true,
    })
}

async fn key_set(state: web::Data<State>) -> HttpResponse {
    let (behaviour, keys) = {
        let mut inner = state.inner();
        inner.key_set_reads += 1;
        let keys: Vec<Value> = inner.published.iter().map(|key| key.jwk()).collect();
        (inner.behaviour, keys)
    };
    let honest = HttpResponse::Ok().json(json!({ "keys": keys }));
    let wrong = HttpResponse::Ok().json(json!({ "keys": [] }));
    answer(behaviour, honest, wrong).await
}

/// OpenID Connect asks for this endpoint; nobody logs in at this provider.
async fn authorize() -> HttpResponse {
    refused(StatusCode::BAD_REQUEST, "unsupported_response_type")
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    professional: Option<String>,
    oin: Option<String>,
}

async fn token(request: HttpRequest, form: web::Form<TokenRequest>, state: web::Data<State>) -> HttpResponse {
    match issue(&state, caller(&request), &form) {
        Ok(token) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS })),
        Err((status, code)) => refused(status, code),
    }
}

fn issue(state: &State, caller: Option<&Caller>, form: &TokenRequest) -> Result<String, (StatusCode, &'static str)> {
    let unknown = (StatusCode::UNAUTHORIZED, "invalid_client");
    let caller = caller.ok_or(unknown)?;
    let named = form.client_id.as_deref().ok_or(unknown)?;
    let clients = state.inner().clients.clone();
    let client = clients.iter().find(|client| client.client_id == named).ok_or(unknown)?;
    if caller.oin.as_deref() != Some(client.certificate_oin.as_str()) {
        return Err(unknown);
    }
    if form.grant_type.as_deref() != Some("client_credentials") {
        return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    let oin = form.oin.as_ref().or_else(|| client.acts_for.first());
    let oin =
        oin.filter(|oin| client.acts_for.contains(oin)).ok_or((StatusCode::BAD_REQUEST, "unauthorized_client"))?;
    let subject = form.professional.as_deref().unwrap_or(&client.client_id);
    let broken = (StatusCode::INTERNAL_SERVER_ERROR, "server_error");
    let claims = state.claims(client, subject, oin, &caller.thumbprint).map_err(|_| broken)?;
    let key = Arc::clone(&state.inner().signing);
    let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": key.kid() });
    key.sign(&header, &claims).map_err(|_| broken)
}

fn refused(status: StatusCode, code: &str) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "error": code }))
}
