// SPDX-License-Identifier: EUPL-1.2
//! The machine listener: how a route is registered, and what stands around every route.
//!
//! ```text
//! hygiene   headers, trace, problem+json, sizes          every request
//! door      a certificate, or an open document           every request
//! admit     certificate + token → Caller                 every guarded route
//! handler   takes a Caller first
//! ```

use std::io;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::dev::{Server, ServiceRequest};
use actix_web::http::{Method, header};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig, ServiceConfig};
use actix_web::{App, FromRequest, Handler, HttpRequest, HttpResponse, HttpServer, Responder, Route, web};
use arc_swap::ArcSwap;
use rustls::ServerConfig;

pub mod api;
pub mod authzen;
mod bevragingen;
mod bewijzen;
mod bezwaren;
pub mod body;
pub mod caller;
mod codes;
mod controlepunten;
mod feiten;
mod gezag;
pub mod hygiene;
pub mod idempotency;
mod input;
mod inzageverslagen;
mod jeugdigen;
pub mod openapi;
mod organisaties;
mod page;
pub mod peer;
pub mod problem;
pub mod rejection;
mod rooms;
mod screening;
mod signalen;
mod tlog;
mod toestemmingen;
pub mod trace;
mod verplichtingen;
mod verwerkingsregisters;
mod whom;
pub mod writing;

use crate::broker::Broker;
use crate::config::{LARGEST_BODY, Limits};
use crate::tls::remember_certificate;
use caller::{Caller, Gate};
use problem::Problem;

/// A route that only a [`Caller`] reaches. Made by [`guarded`], and by nothing else.
pub struct Guarded {
    method: Method,
    route: Route,
}

/// The arguments of a handler that takes `First` first.
pub trait BeginsWith<First>: FromRequest {}

impl<First: FromRequest + 'static> BeginsWith<First> for (First,) {}
impl<First: FromRequest + 'static, A: FromRequest + 'static> BeginsWith<First> for (First, A) {}
impl<First, A, B> BeginsWith<First> for (First, A, B)
where
    First: FromRequest + 'static,
    A: FromRequest + 'static,
    B: FromRequest + 'static,
{
}
impl<First, A, B, C> BeginsWith<First> for (First, A, B, C)
where
    First: FromRequest + 'static,
    A: FromRequest + 'static,
    B: FromRequest + 'static,
    C: FromRequest + 'static,
{
}
impl<First, A, B, C, D> BeginsWith<First> for (First, A, B, C, D)
where
    First: FromRequest + 'static,
    A: FromRequest + 'static,
    B: FromRequest + 'static,
    C: FromRequest + 'static,
    D: FromRequest + 'static,
{
}

/// A route for one method. The handler must take a [`Caller`] first:
///
/// ```
/// use actix_web::{HttpResponse, http::Method};
/// use sluis::http::{caller::Caller, guarded};
/// async fn handler(_caller: Caller) -> HttpResponse { HttpResponse::Ok().finish() }
/// let _ = guarded(Method::GET, handler);
/// ```
///
/// and one that does not is refused by the compiler:
///
/// ```compile_fail,E0277
/// use actix_web::{HttpResponse, http::Method};
/// use sluis::http::{caller::Caller, guarded};
/// async fn handler() -> HttpResponse { HttpResponse::Ok().finish() }
/// let _ = guarded(Method::GET, handler);
/// ```
pub fn guarded<F, Args>(method: Method, handler: F) -> Guarded
where
    F: Handler<Args>,
    Args: BeginsWith<Caller> + 'static,
    F::Output: Responder + 'static,
{
    Guarded { route: web::method(method.clone()).to(handler).wrap(from_fn(caller::admit)), method }
}

/// The routes of the machine listener while they are registered.
pub struct Routes<'a> {
    config: &'a mut ServiceConfig,
    registered: Vec<(Method, String)>,
}

impl<'a> Routes<'a> {
    fn on(config: &'a mut ServiceConfig) -> Self {
        Self { config, registered: Vec::new() }
    }

    /// The methods and paths that only a caller reaches.
    #[must_use]
    pub fn registered(&self) -> &[(Method, String)] {
        &self.registered
    }

    /// A resource with its methods; other methods are answered 405 with `Allow`.
    pub fn resource(&mut self, path: &str, routes: impl IntoIterator<Item = Guarded>) -> &mut Self {
        let mut resource = web::resource(path);
        for Guarded { method, route } in routes {
            self.registered.push((method, path.to_owned()));
            resource = resource.route(route);
        }
        self.config.service(resource);
        self
    }

    /// As [`Routes::resource`], for what a standard outside this house describes.
    pub fn by_standard(&mut self, path: &str, routes: impl IntoIterator<Item = Guarded>) -> &mut Self {
        let resource = web::resource(path);
        self.config.service(routes.into_iter().fold(resource, |resource, guarded| resource.route(guarded.route)));
        self
    }

    /// A document that anyone may read, without a certificate and from any web page. It is fixed when the gateway starts.
    ///
    /// A path that the door does not leave open stays closed: it answers callers with a certificate only.
    pub fn open_document(&mut self, path: &str, content: &'static str) -> &mut Self {
        let answer = move || async move {
            HttpResponse::Ok()
                .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
                .content_type("application/json")
                .body(content)
        };
        self.config.service(web::resource(path).route(web::get().to(answer)));
        self
    }

    /// What anyone may ask, without a certificate: addresses, and nothing about anybody.
    pub fn open_answer(&mut self, path: &str, answer: fn(&HttpRequest) -> HttpResponse) -> &mut Self {
        let answer = move |request: HttpRequest| async move { answer(&request) };
        self.config.service(web::resource(path).route(web::get().to(answer)));
        self
    }

    /// Something that handlers take as `web::Data`.
    pub fn data<T: 'static>(&mut self, data: Data<T>) -> &mut Self {
        self.config.app_data(data);
        self
    }
}

/// The resource where signals are handed in, safety reports among them.
pub const SUBMISSION: &str = "/v1/signalen";

/// A problem that is found before anyone has read what a request is about. Where it may have been a report about safety,
/// the answer says first that none was made (RL-10).
fn unread(request: &ServiceRequest, problem: Problem) -> Problem {
    if may_be_a_report(request) { problem.on_safety() } else { problem }
}

/// Whether a request that nobody has read yet may be a report.
fn may_be_a_report(request: &ServiceRequest) -> bool {
    request.method() == Method::POST && request.path() == SUBMISSION
}

/// What every request on the machine listener needs.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Makes callers.
    pub gate: Data<Gate>,
    /// What handlers call.
    pub broker: Data<Broker>,
    /// What bounds a caller. Connections and patience are those at the start; the rest is looked up at each request.
    pub limits: Data<ArcSwap<Limits>>,
}

/// Starts the machine listener. It runs until the handle of the returned server stops it; a graceful stop finishes what
/// was accepted.
///
/// # Errors
/// When the socket cannot be used.
pub fn listen(
    socket: TcpListener,
    tls: ServerConfig,
    machine: Machine,
    register: impl Fn(&mut Routes<'_>) + Clone + Send + 'static,
) -> io::Result<Server> {
    let Machine { gate, broker, limits } = machine;
    let at_start = **limits.load();
    let server = HttpServer::new(move || {
        let register = register.clone();
        App::new()
            .app_data(gate.clone())
            .app_data(broker.clone())
            .app_data(limits.clone())
            .app_data(PayloadConfig::new(LARGEST_BODY))
            .app_data(web::PathConfig::default().error_handler(|_, _| Problem::NotFound.into()))
            .app_data(web::QueryConfig::default().error_handler(|_, _| unreadable_query().into()))
            .wrap(from_fn(caller::door))
            .wrap(from_fn(hygiene::hygiene))
            .configure(move |config| register(&mut Routes::on(config)))
            .default_service(web::to(|| async { Problem::NotFound.response(None) }))
    });
    // actix counts connections per worker.
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let server = server
        .on_connect(remember_certificate)
        .workers(workers)
        .max_connections(at_start.connections.div_ceil(workers))
        .client_request_timeout(at_start.patience)
        .client_disconnect_timeout(Duration::from_secs(5))
        .tls_handshake_timeout(at_start.patience)
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(30)
        .disable_signals();
    Ok(server.listen_rustls_0_23(socket, tls)?.run())
}

/// What bounds a caller now.
fn limits(request: &HttpRequest) -> Limits {
    request.app_data::<Data<ArcSwap<Limits>>>().map_or_else(Limits::default, |limits| **limits.load())
}

fn unreadable_query() -> Problem {
    Problem::invalid("", "De zoekvraag in het adres bevat een onbekende of ongeldige parameter.")
}

#[cfg(test)]
mod tests;
