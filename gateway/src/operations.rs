// SPDX-License-Identifier: EUPL-1.2
//! The listener for operators: is it alive, can it do its work, what does it count. Plain HTTP, meant for loopback or a
//! closed network; nothing here says anything about a person.

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use async_trait::async_trait;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use serde_json::json;

/// Whether the gateway can do its work now.
///
/// An implementation answers truthfully from what it just looked at; it does not wait longer than it must, and an answer
/// that takes more than two seconds counts as trouble by itself.
#[async_trait]
pub trait Readiness: Send + Sync + fmt::Debug {
    /// What keeps the gateway from its work; empty when nothing does.
    async fn troubles(&self) -> Vec<Trouble>;
}

/// What keeps a gateway from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The ledger cannot write, so nothing can be disclosed or accepted (P1).
    LedgerCannotWrite,
    /// The database may lose what it confirmed.
    NotDurable,
    /// The clock is behind what was already committed: it jumped back, and would revive what has expired. Or it is more than
    /// a minute off the database server.
    ClockAstray,
    /// No revocation list that counts covers any client, so all are refused.
    RevocationsUnusable,
    /// Some revocation list does not count, so the clients that it was to cover are refused. The others are served.
    RevocationsPartlyUnusable,
    /// The look took too long.
    NoAnswer,
}

impl Trouble {
    /// A stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::LedgerCannotWrite => "ledger_cannot_write",
            Self::NotDurable => "not_durable",
            Self::ClockAstray => "clock_astray",
            Self::RevocationsUnusable => "revocations_unusable",
            Self::RevocationsPartlyUnusable => "revocations_partly_unusable",
            Self::NoAnswer => "no_answer",
        }
    }

    /// Whether nobody can be served for as long as it lasts.
    #[must_use]
    pub fn stops_everything(self) -> bool {
        self != Self::RevocationsPartlyUnusable
    }
}

/// The bounds of every histogram, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How long a look at the readiness may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The counters of this process, readable as text.
#[derive(Clone)]
pub struct Counters(PrometheusHandle);

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counters")
    }
}

impl Counters {
    /// Starts counting for this process. Called again, it starts counters that stay empty: the first are the process's.
    ///
    /// # Errors
    /// When the buckets of the histograms are not accepted.
    pub fn start() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder();
        let handle = recorder.handle();
        let _already_counting = metrics::set_global_recorder(recorder);
        Ok(Self(handle))
    }

    fn text(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

/// Starts the operations listener. It runs until the handle of the returned server stops it.
///
/// # Errors
/// When the socket cannot be used.
pub fn listen(socket: TcpListener, readiness: Arc<dyn Readiness>, counters: Counters) -> io::Result<Server> {
    let readiness = Data::from(readiness);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::clone(&readiness))
            .app_data(Data::new(counters.clone()))
            .service(web::resource("/livez").route(web::get().to(livez)))
            .service(web::resource("/readyz").route(web::get().to(readyz)))
            .service(web::resource("/metrics").route(web::get().to(counted)))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(5).listen(socket)?.run())
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "alive": true }))
}

async fn readyz(readiness: Data<dyn Readiness>) -> HttpResponse {
    let looked = tokio::time::timeout(PATIENCE, readiness.troubles()).await;
    let troubles = looked.unwrap_or_else(|_| vec![Trouble::NoAnswer]);
    let ready = !troubles.iter().any(|trouble| trouble.stops_everything());
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    let codes: Vec<_> = troubles.iter().map(|trouble| trouble.code()).collect();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "ready": ready, "troubles": codes }))
}

async fn counted(counters: Data<Counters>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(counters.text())
}
