// SPDX-License-Identifier: EUPL-1.2
//! An OpenID provider that knows its clients by their certificates (RFC 8705) and gives them access tokens that work
//! only together with that certificate (RFC 9068).

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, ServiceConfig},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    listener::{Caller, ClientCertificate, Listener, caller, server_tls},
    pki::Pki,
    signing::TokenKey,
};

/// How long a token lives, in seconds.
pub const TOKEN_SECONDS: u64 = 600;

/// What a provider needs to start.
pub struct ProviderSettings<'a> {
    /// The authority that issues its certificate and that its clients' certificates must come from.
    pub pki: &'a Pki,
    /// The gateway's own identifier, which becomes `aud`.
    pub audience: String,
    /// Who may ask for tokens.
    pub clients: Vec<ProviderClient>,
}

/// Client: a machine that may ask for tokens.
#[derive(Clone, Debug)]
pub struct ProviderClient {
    /// Its id at this provider.
    pub client_id: String,
    /// OIN that its certificate must name.
    pub certificate_oin: String,
    /// OINs of the organisations that it may ask a token for; the first one when it does not say.
    pub acts_for: Vec<String>,
}

/// What happens to the old key when a new one takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldKey {
    /// It stays in the key set, so that tokens it signed still verify.
    Published,
    /// It leaves the key set at once.
    Dropped,
}

/// Claims van een toegangstoken (RFC 9068).
#[doc(alias = "toegangstoken")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The provider's issuer.
    pub iss: String,
    /// The gateway's own identifier.
    pub aud: String,
    /// The professional at their organisation; the client itself when no person acts.
    pub sub: String,
    /// The client that asked.
    pub client_id: String,
    /// OIN of the organisation acted for.
    pub oin: String,
    /// From when, seconds since 1970.
    pub iat: u64,
    /// Not before, seconds since 1970.
    pub nbf: u64,
    /// Until when, seconds since 1970.
    pub exp: u64,
    /// Id of this token.
    pub jti: String,
    /// The certificate that the token works with.
    pub cnf: Confirmation,
}

/// The certificate that a token is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Its thumbprint.
    #[serde(rename = "x5t#S256")]
    pub thumbprint: String,
}

/// Identiteitsprovider: a running provider.
#[doc(alias = "identiteitsprovider")]
pub struct Provider {
    listener: Listener,
    state: Arc<State>,
}

impl Provider {
    /// Starts a provider on a free port of loopback.
    ///
    /// # Errors
    /// When certificates or keys cannot be made or no port is free.
    pub async fn start(settings: ProviderSettings<'_>) -> io::Result<Self> {
        let key = Arc::new(TokenKey::generate().map_err(io::Error::other)?);
        let inner = Inner {
            issuer: String::new(),
            clients: settings.clients,
            published: vec![Arc::clone(&key)],
            signing: key,
            key_set_reads: 0,
            discoveries: 0,
        };
        let state = Arc::new(State {
            audience: settings.audience,
            inner: Mutex::new(inner),
        });
        let server = settings.pki.server().map_err(io::Error::other)?;
        let tls = server_tls(&server, settings.pki.ca_pem(), ClientCertificate::Optional)?;
        let shared = Arc::clone(&state);
        let listener = Listener::start(tls, move |config| routes(&shared, config)).await?;
        state.inner().issuer = listener.url();
        Ok(Self { listener, state })
    }

    /// The issuer, `https://localhost:PORT`; tokens are asked for at its path `/token`.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.listener.url()
    }

    /// Lets one more client ask for tokens, or changes one.
    pub fn register(&self, client: ProviderClient) {
        let mut inner = self.state.inner();
        inner
            .clients
            .retain(|known| known.client_id != client.client_id);
        inner.clients.push(client);
    }

    /// Signs with a new key from now on.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn rotate(&self, old: OldKey) -> io::Result<()> {
        let key = Arc::new(TokenKey::generate().map_err(io::Error::other)?);
        let mut inner = self.state.inner();
        if old == OldKey::Dropped {
            inner.published.clear();
        }
        inner.published.push(Arc::clone(&key));
        inner.signing = key;
        Ok(())
    }

    /// The key that signs now.
    #[must_use]
    pub fn signing_key(&self) -> Arc<TokenKey> {
        Arc::clone(&self.state.inner().signing)
    }

    /// Claims of an honest token for whoever holds the certificate with this thumbprint, as the provider would issue
    /// them now; for tests that change one of them.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn claims(
        &self,
        client: &ProviderClient,
        subject: &str,
        oin: &str,
        thumbprint: &str,
    ) -> io::Result<AccessClaims> {
        self.state.claims(client, subject, oin, thumbprint)
    }

    /// How often the key set was fetched.
    #[must_use]
    pub fn key_set_reads(&self) -> u64 {
        self.state.inner().key_set_reads
    }

    /// How often the discovery document was fetched.
    #[must_use]
    pub fn discoveries(&self) -> u64 {
        self.state.inner().discoveries
    }

    /// Refuses connections until [`Provider::come_back`].
    pub async fn go_down(&self) {
        self.listener.down().await;
    }

    /// Answers again, on the same port.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn come_back(&self) -> io::Result<()> {
        self.listener.up().await
    }

    /// Stops, cutting what still runs.
    pub async fn stop(self) {
        self.listener.down().await;
    }
}

struct State {
    audience: String,
    inner: Mutex<Inner>,
}

struct Inner {
    issuer: String,
    clients: Vec<ProviderClient>,
    published: Vec<Arc<TokenKey>>,
    signing: Arc<TokenKey>,
    key_set_reads: u64,
    discoveries: u64,
}

impl State {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claims(
        &self,
        client: &ProviderClient,
        subject: &str,
        oin: &str,
        thumbprint: &str,
    ) -> io::Result<AccessClaims> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        Ok(AccessClaims {
            iss: self.inner().issuer.clone(),
            aud: self.audience.clone(),
            sub: subject.to_owned(),
            client_id: client.client_id.clone(),
            oin: oin.to_owned(),
            iat: now,
            nbf: now,
            exp: now + TOKEN_SECONDS,
            jti: random_id()?,
            cnf: Confirmation {
                thumbprint: thumbprint.to_owned(),
            },
        })
    }
}

fn routes(state: &Arc<State>, config: &mut ServiceConfig) {
    config
        .app_data(web::Data::from(Arc::clone(state)))
        .service(web::resource("/.well-known/openid-configuration").route(web::get().to(discovery)))
        .service(web::resource("/jwks").route(web::get().to(key_set)))
        .service(web::resource("/authorize").route(web::get().to(authorize)))
        .service(web::resource("/token").route(web::post().to(token)));
}

async fn discovery(state: web::Data<State>) -> HttpResponse {
    let mut inner = state.inner();
    inner.discoveries += 1;
    let issuer = &inner.issuer;
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["tls_client_auth"],
        "tls_client_certificate_bound_access_tokens": true,
    }))
}

async fn key_set(state: web::Data<State>) -> HttpResponse {
    let mut inner = state.inner();
    inner.key_set_reads += 1;
    let keys: Vec<Value> = inner.published.iter().map(|key| key.jwk()).collect();
    HttpResponse::Ok().json(json!({ "keys": keys }))
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

async fn token(
    request: HttpRequest,
    form: web::Form<TokenRequest>,
    state: web::Data<State>,
) -> HttpResponse {
    match issue(&state, caller(&request), &form) {
        Ok(token) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS })),
        Err((status, code)) => refused(status, code),
    }
}

fn issue(
    state: &State,
    caller: Option<&Caller>,
    form: &TokenRequest,
) -> Result<String, (StatusCode, &'static str)> {
    let unknown = (StatusCode::UNAUTHORIZED, "invalid_client");
    let caller = caller.ok_or(unknown)?;
    let named = form.client_id.as_deref().ok_or(unknown)?;
    let clients = state.inner().clients.clone();
    let client = clients
        .iter()
        .find(|client| client.client_id == named)
        .ok_or(unknown)?;
    if caller.oin.as_deref() != Some(client.certificate_oin.as_str()) {
        return Err(unknown);
    }
    if form.grant_type.as_deref() != Some("client_credentials") {
        return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    let oin = form.oin.as_ref().or_else(|| client.acts_for.first());
    let oin = oin
        .filter(|oin| client.acts_for.contains(oin))
        .ok_or((StatusCode::BAD_REQUEST, "unauthorized_client"))?;
    let subject = form.professional.as_deref().unwrap_or(&client.client_id);
    let broken = (StatusCode::INTERNAL_SERVER_ERROR, "server_error");
    let claims = state
        .claims(client, subject, oin, &caller.thumbprint)
        .map_err(|_| broken)?;
    let key = Arc::clone(&state.inner().signing);
    let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": key.kid() });
    key.sign(&header, &claims).map_err(|_| broken)
}

fn refused(status: StatusCode, code: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "error": code }))
}

fn random_id() -> io::Result<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
