// SPDX-License-Identifier: EUPL-1.2
//! An OpenID provider that knows its clients by their certificates (RFC 8705) and gives them access tokens that work
//! only together with that certificate (RFC 9068).

mod endpoints;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    behaviour::Behaviour,
    listener::{ClientCertificate, Listener, server_tls},
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
            behaviour: Behaviour::Healthy,
            key_set_reads: 0,
            discoveries: 0,
        };
        let state = Arc::new(State { audience: settings.audience, inner: Mutex::new(inner) });
        let server = settings.pki.server().map_err(io::Error::other)?;
        let tls = server_tls(&server, settings.pki.ca_pem(), ClientCertificate::Optional)?;
        let shared = Arc::clone(&state);
        let listener = Listener::start(tls, move |config| endpoints::routes(&shared, config)).await?;
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
        inner.clients.retain(|known| known.client_id != client.client_id);
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

    /// Answers discovery and key set like this from now on; tokens are given all the same. With [`Behaviour::WrongId`] the
    /// discovery document names another issuer and the key set is empty.
    ///
    /// # Errors
    /// When it was down and cannot listen again.
    pub async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        self.state.inner().behaviour = behaviour;
        if behaviour == Behaviour::Down {
            self.listener.down().await;
            return Ok(());
        }
        self.listener.up().await
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
    behaviour: Behaviour,
    key_set_reads: u64,
    discoveries: u64,
}

impl State {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claims(&self, client: &ProviderClient, subject: &str, oin: &str, thumbprint: &str) -> io::Result<AccessClaims> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
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
            cnf: Confirmation { thumbprint: thumbprint.to_owned() },
        })
    }
}

fn random_id() -> io::Result<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
