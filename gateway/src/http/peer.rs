// SPDX-License-Identifier: EUPL-1.2
//! Who shows a certificate and needs no token: another gateway, or whoever else takes part, where nothing about anyone is
//! shown. The door judged the certificate for this one request, as it does for every other.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, Responder, web};
use sluis_policy::Oin;

use super::problem::Problem;

/// Deelnemer: the holder of a certificate that counts, of an organisation in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "deelnemer")]
pub struct Peer(Oin);

impl Peer {
    /// What the door found. INVARIANT: only the door makes one.
    pub(super) fn at_the_door(holder: Oin) -> Self {
        Self(holder)
    }

    /// The organisation that holds the certificate.
    #[must_use]
    pub fn organisation(&self) -> Oin {
        self.0
    }
}

impl FromRequest for Peer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().copied().ok_or(Problem::NotAuthenticated))
    }
}

/// A route that only whoever shows a certificate reaches. Its handler shows nothing about anyone.
pub(super) fn between_gateways<F, Args>(method: Method, handler: F) -> super::Guarded
where
    F: Handler<Args>,
    Args: super::BeginsWith<Peer> + 'static,
    F::Output: Responder + 'static,
{
    super::Guarded { route: web::method(method.clone()).to(handler), method }
}
