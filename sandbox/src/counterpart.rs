// SPDX-License-Identifier: EUPL-1.2
//! What the back-office, the school system and the verwijsindex have in common: they check who calls, keep what they are
//! handed, acknowledge each message once and for all, and can be told to misbehave.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web::ServiceConfig};
use serde::de::DeserializeOwned;

use crate::{
    behaviour::{Behaviour, acknowledged, answer},
    listener::{ClientCertificate, Listener, caller, server_tls},
    pki::Pki,
};

/// What a counterpart needs to start.
pub struct Settings<'a> {
    /// The authority that issues its certificate and that its callers' certificates must come from.
    pub pki: &'a Pki,
    /// OINs whose certificates may call: the gateway's.
    pub callers: Vec<String>,
}

/// Ontvangen bericht: one message as it came in.
#[doc(alias = "ontvangen bericht")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Path it was sent to, such as `/wijkteam/signalen`.
    pub path: String,
    /// OIN in the certificate of whoever sent it.
    pub from: String,
    /// Id of the message or question.
    pub id: String,
    /// The body, byte for byte.
    pub body: String,
    /// The `traceparent` it came with.
    pub trace: Option<String>,
    /// Whether this id had come in before.
    pub repeated: bool,
}

/// Tegenpartij: a running counterpart.
#[doc(alias = "tegenpartij")]
pub struct Counterpart {
    listener: Listener,
    mailbox: Arc<Mailbox>,
}

impl Counterpart {
    pub(crate) async fn start(
        settings: Settings<'_>,
        prefix: &'static str,
        routes: impl Fn(&Arc<Mailbox>, &mut ServiceConfig) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let mailbox =
            Arc::new(Mailbox { callers: settings.callers.into_iter().collect(), prefix, kept: Mutex::default() });
        let server = settings.pki.server().map_err(io::Error::other)?;
        let tls = server_tls(&server, settings.pki.ca_pem(), ClientCertificate::Required)?;
        let shared = Arc::clone(&mailbox);
        let listener = Listener::start(tls, move |config| routes(&shared, config)).await?;
        Ok(Self { listener, mailbox })
    }

    /// Base address, `https://localhost:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        self.listener.url()
    }

    /// Everything that was taken in so far, oldest first, repetitions included.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.mailbox.kept().received.clone()
    }

    /// How many requests with an allowed certificate arrived, also those that were not taken in.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.mailbox.kept().attempts
    }

    /// Behaves like this from now on.
    ///
    /// # Errors
    /// When it was down and cannot listen again.
    pub async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        self.mailbox.kept().behaviour = behaviour;
        if behaviour == Behaviour::Down {
            self.listener.down().await;
            return Ok(());
        }
        self.listener.up().await
    }

    /// Stops, cutting what still runs.
    pub async fn stop(self) {
        self.listener.down().await;
    }
}

/// What a counterpart remembers.
pub(crate) struct Mailbox {
    callers: BTreeSet<String>,
    prefix: &'static str,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    behaviour: Behaviour,
    attempts: u64,
    received: Vec<Received>,
    references: BTreeMap<String, String>,
}

/// A message whose caller may call and whose body is what it should be.
pub(crate) struct Accepted<T> {
    pub(crate) message: T,
    from: String,
    path: String,
    body: String,
    trace: Option<String>,
}

/// Why a counterpart does not take a message in, whatever its behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The certificate does not name exactly one OIN, or one that may not call.
    #[error("caller may not call")]
    NotAdmitted,
    /// The body is not the message that belongs here.
    #[error("message cannot be read")]
    Unreadable,
    /// The message names another desk or school than its address.
    #[error("message is for another desk or school")]
    OtherDesk,
    /// The school has no pupil of this key.
    #[error("pupil is not known")]
    UnknownPupil,
    /// What was sent cannot be kept.
    #[error("message cannot be kept")]
    Unkept,
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotAdmitted => StatusCode::FORBIDDEN,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::OtherDesk => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnknownPupil => StatusCode::NOT_FOUND,
            Self::Unkept => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Mailbox {
    /// Reads a request: who sends it, and what.
    pub(crate) fn accept<T: DeserializeOwned>(
        &self,
        request: &HttpRequest,
        body: &str,
    ) -> Result<Accepted<T>, Refusal> {
        let from = self.admitted(request)?;
        self.kept().attempts += 1;
        let message = serde_json::from_str(body).map_err(|_| Refusal::Unreadable)?;
        let trace = request.headers().get("traceparent");
        Ok(Accepted {
            message,
            trace: trace.and_then(|trace| trace.to_str().ok()).map(str::to_owned),
            from,
            path: request.path().to_owned(),
            body: body.to_owned(),
        })
    }

    /// The OIN of a caller who may call.
    pub(crate) fn admitted(&self, request: &HttpRequest) -> Result<String, Refusal> {
        let oin = caller(request).and_then(|caller| caller.oin.clone());
        oin.filter(|oin| self.callers.contains(oin)).ok_or(Refusal::NotAdmitted)
    }

    /// Keeps a message and acknowledges it: the same id always under the same reference.
    pub(crate) async fn acknowledge<T>(&self, accepted: Accepted<T>, id: &str) -> HttpResponse {
        let (behaviour, mut reference) = self.keep(accepted, id);
        if behaviour == Behaviour::OddReference {
            reference.push_str(" \u{1b}[31m kenmerk");
        }
        let wrong = acknowledged("een-ander-bericht", &reference);
        answer(behaviour, acknowledged(id, &reference), wrong).await
    }

    /// Keeps a message as far as the present behaviour takes anything in, and says which behaviour that is and under
    /// what reference the message is known.
    pub(crate) fn keep<T>(&self, accepted: Accepted<T>, id: &str) -> (Behaviour, String) {
        let mut kept = self.kept();
        let behaviour = kept.behaviour;
        let fresh = format!("{}-{:06}", self.prefix, kept.references.len() + 1);
        if !behaviour.takes_in() {
            return (behaviour, fresh);
        }
        let Accepted { from, path, body, trace, .. } = accepted;
        let repeated = kept.references.contains_key(id);
        kept.received.push(Received { path, from, id: id.to_owned(), body, trace, repeated });
        let reference = kept.references.entry(id.to_owned()).or_insert(fresh).clone();
        (behaviour, reference)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
