// SPDX-License-Identifier: EUPL-1.2
//! A request that writes, as it arrived: nothing of it is refused before the resource has looked at it, because a resource
//! may have something to say first (RL-10).

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::body;
use super::caller::Caller;
use super::idempotency::IdempotencyKey;
use super::problem::Problem;
use crate::broker::{Broker, Once, OnceKey};

/// Schrijfverzoek: a key and a body.
#[derive(Debug)]
#[doc(alias = "schrijfverzoek")]
pub struct Writing {
    key: Result<IdempotencyKey, Problem>,
    kind: Result<(), Problem>,
    bytes: Result<Bytes, Problem>,
}

impl FromRequest for Writing {
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Infallible>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = IdempotencyKey::from_request(request, payload).into_inner();
        let kind = if body::is_json(request) { Ok(()) } else { Err(Problem::UnsupportedMediaType) };
        let bytes = body::whole(request, payload);
        Box::pin(async move { Ok(Self { key, kind, bytes: bytes.await }) })
    }
}

impl Writing {
    /// The body, parsed in form. Its values are still to be judged.
    ///
    /// # Errors
    /// When it is not JSON, did not arrive whole, or has another form.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.kind.clone()?;
        body::parse(self.bytes.as_ref().map_err(Problem::clone)?)
    }

    /// Begins the work under the key. `within` is what the path names beside the route: the same key and body on
    /// another resource is another request.
    ///
    /// # Errors
    /// Without a key, and while the same key is being worked on.
    pub fn begin(&self, broker: &Broker, caller: &Caller, route: &'static str, within: &str) -> Result<Once, Problem> {
        let key = self.key.as_ref().map_err(Problem::clone)?;
        let bytes = self.bytes.as_ref().map_err(Problem::clone)?;
        let body = [within.as_bytes(), b"\0", bytes].concat();
        let scope = OnceKey {
            certificate: caller.certificate(),
            organisation: caller.organisation(),
            route,
            key: key.as_str(),
            body: &body,
        };
        broker.begin_once(&scope).ok_or(Problem::StillRunning)
    }

    /// The body as it arrived; nothing when it did not arrive whole.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref().ok()
    }
}
