// SPDX-License-Identifier: EUPL-1.2
//! Console: the people listener. Server-rendered pages without script, for officers who log in with the identity provider
//! of their organisation.
//!
//! ```text
//! hygiene      headers, trace, sizes                       every request
//! visitor      language and cookies                        every page
//! officer      session → person → office held today        every page that shows anything
//! page         one question to the broker, one template
//! ```

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig};
use actix_web::{App, HttpResponse, HttpServer};
use rustls::ServerConfig;

mod asked;
mod assertion;
mod doings;
mod hygiene;
mod inspection;
mod language;
mod lines;
mod log;
mod login;
mod officer;
mod pages;
mod processing;
mod provider;
mod reason;
mod search;
mod searched;
mod sentence;
mod session;
mod taking;
mod visitor;
mod words;

pub use assertion::{AssertionFault, AssertionKey};
pub use login::BACK;
pub use provider::{Provider, Registration};

use crate::broker::Broker;
use crate::config::Limits;
use session::Sessions;
use visitor::Visitor;

/// What every page needs.
#[derive(Debug)]
pub struct Console {
    broker: Arc<Broker>,
    provider: Provider,
    sessions: Sessions,
}

impl Console {
    /// A console on this broker, for people whom this provider vouches for.
    #[must_use]
    pub fn new(broker: Arc<Broker>, provider: Provider) -> Self {
        Self { broker, provider, sessions: Sessions::default() }
    }
}

/// The largest form that is read, in bytes: a button and its token.
const LARGEST_FORM: usize = 4 * 1024;

/// How many people a gateway serves at once, in worker threads: officers are few.
const WORKERS: usize = 1;

/// Starts the people listener. It runs until the handle of the returned server stops it.
///
/// # Errors
/// When the socket cannot be used.
pub fn listen(socket: TcpListener, tls: ServerConfig, console: Data<Console>, limits: Limits) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(console.clone())
            .app_data(Data::new(limits))
            .app_data(
                FormConfig::default().limit(LARGEST_FORM).error_handler(|_, request| visitor::unreadable(request)),
            )
            .wrap(from_fn(hygiene::hygiene))
            .service(web::resource("/").get(log::front))
            .service(web::resource("/regels/{index}").get(log::line))
            .service(web::resource("/regels/{index}/medewerker").post(search::professional))
            .service(web::resource("/zoeken").get(search::form).post(search::search))
            .service(web::resource("/zoeken/bestand").post(taking::file))
            .service(web::resource("/inzageverslag").get(inspection::form).post(inspection::report))
            .service(web::resource("/verwerkingsregister").get(processing::register))
            .service(web::resource(login::BEGIN).get(login::begin))
            .service(web::resource(login::BACK).get(login::back))
            .service(web::resource("/reden").post(log::reason))
            .service(web::resource("/afmelden").post(login::end))
            .service(web::resource("/opmaak.css").get(style))
            .default_service(web::to(nothing_here))
    });
    let server = server
        .workers(WORKERS)
        .max_connections(limits.connections)
        .client_request_timeout(limits.patience)
        .client_disconnect_timeout(Duration::from_secs(5))
        .tls_handshake_timeout(limits.patience)
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(30)
        .disable_signals();
    Ok(server.listen_rustls_0_23(socket, tls)?.run())
}

async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("../../templates/opmaak.css"))
}

async fn nothing_here(visitor: Visitor) -> HttpResponse {
    pages::nothing(&visitor)
}
