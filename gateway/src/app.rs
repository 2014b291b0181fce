// SPDX-License-Identifier: EUPL-1.2
//! One gateway: built from a configuration, listening, reloaded, stopped.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use tokio::sync::watch;
use tokio::task::JoinHandle;

mod fault;
mod named;
mod parts;
mod people;
mod readiness;
mod reload;

pub use fault::StartFault;
pub(crate) use named::{data_folder, file, index, keeping, own_number};
pub use named::{engine, keys, make_keys, outbound, owned_database, policy, register};

use self::readiness::Looked;
use self::reload::{Fixed, Read, Reloadable};
use crate::broker::{Broker, Parts};
use crate::clock::Clock;
use crate::config::Config;
use crate::erasing;
use crate::http::caller::Gate;
use crate::http::{self, Machine, Routes};
use crate::identity::{Issuers, Tokens};
use crate::indexing;
use crate::keeping::Custodian;
use crate::ledger::Ledger;
use crate::operations::{self, Counters};
use crate::outbox::Outbox;
use crate::store::Store;
use crate::store::engine::Engine;
use crate::tls;
use crate::upkeep;
use crate::vault::Vault;

/// Gateway: built, not yet listening. It does not print: a database may hold its password.
#[doc(alias = "gateway")]
pub struct App {
    /// What the operator decided.
    pub config: Config,
    /// Every use case, on this gateway's store, ledger, keys, register, policy and clock.
    pub broker: Arc<Broker>,
    engine: Arc<dyn Engine>,
    reloadable: Reloadable,
    fixed: Fixed,
    writer: JoinHandle<()>,
}

/// A gateway that listens.
#[derive(Debug)]
pub struct Running {
    /// Where systems reach it.
    pub machine: SocketAddr,
    /// Where operators reach it.
    pub operations: SocketAddr,
    /// Where people reach it, when they can.
    pub people: Option<SocketAddr>,
    servers: Vec<ServerHandle>,
    reloadable: Reloadable,
    fixed: Fixed,
    gate: Data<Gate>,
    broker: Arc<Broker>,
    clock: Arc<dyn Clock>,
    writer: JoinHandle<()>,
    outbox: (watch::Sender<bool>, JoinHandle<((), (), ())>),
}

impl App {
    /// Reads what the configuration names, opens the database and takes the ledger.
    ///
    /// # Errors
    /// With the first part that cannot be had.
    pub async fn build(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartFault> {
        tls::install_provider();
        let read = Read::of(&config).await?;
        let own = read.own;
        let vault = Vault::new(Arc::new(named::keys(&config)?));
        let engine = named::engine(&config.database).await?;
        engine.schema().await?;
        let mut connection = engine.writer().await?;
        engine.durability(connection.as_mut()).await?;
        engine.restraint(connection.as_mut()).await?;
        drop(connection);
        let (ledger, writer) = Ledger::open(Arc::clone(&engine), Arc::clone(&clock), &config.origin).await?;
        let reloadable = Reloadable::new(read);
        for fault in reloadable.trust.now().faults(clock.now().instant) {
            tracing::warn!(%fault, "clients are refused");
        }
        let broker = Broker::new(Parts {
            store: Store::new(Arc::clone(&engine)),
            index: named::index(&config.database).await?,
            ledger,
            vault,
            register: Arc::clone(&reloadable.register),
            policy: Arc::clone(&reloadable.policy),
            clock,
            outbound: reloadable.outbound.clone(),
            own,
        })
        .recording_denials(config.limits.denials)
        .witnessing(&config.witnessed, config.witnesses.clone());
        broker.compare_clocks(broker.store().time()).await;
        // What is not finished now is at the next start, and until then nobody was told that it was done.
        if let Some(erasure) = &config.erasure
            && let Err(fault) = erasing::finish((erasure, named::data_folder(&config)), &engine, &broker.vault).await
        {
            tracing::error!(%fault, "an erasure could not be finished");
        }
        let fixed = Fixed::of(&config, own);
        Ok(Self { config, broker: Arc::new(broker), engine, reloadable, fixed, writer })
    }

    /// Listens, with these routes on the machine listener. Gives the addresses back, because a port may be 0.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub fn listen(
        self,
        counters: Counters,
        routes: impl Fn(&mut Routes<'_>) + Clone + Send + 'static,
    ) -> Result<Running, StartFault> {
        let Self { config, broker, engine, reloadable, fixed, writer } = self;
        let trust = Arc::clone(&reloadable.trust);
        let tls = tls::machine(Arc::clone(&reloadable.certificate), trust, Arc::clone(&broker.clock))?;
        let (machine, machine_socket) = bind(config.machine.listen)?;
        let (operations, operations_socket) = bind(config.operations)?;
        let issuers = Issuers::new(broker.outbound.clone());
        let tokens = Tokens::new(config.audience, issuers, config.limits.verifications);
        let gate = Gate::new(tokens, Arc::clone(&reloadable.trust), Arc::clone(&broker));
        let gate = Data::new(gate.with_room_for(config.limits.requests));
        let limits = reloadable.limits.clone();
        let around = Machine { gate: gate.clone(), broker: Data::from(Arc::clone(&broker)), limits };
        let looked = Looked::new(Arc::clone(&broker), Arc::clone(&engine), Arc::clone(&reloadable.trust));
        let unusable = |at| move |trouble| StartFault::Socket { at, trouble };
        let systems = http::listen(machine_socket, tls, around, routes).map_err(unusable(machine))?;
        let operators =
            operations::listen(operations_socket, Arc::new(looked), counters).map_err(unusable(operations))?;
        let (people, officers) = match people::listen(config.people.as_ref(), config.limits, &broker, &reloadable)? {
            Some((at, server)) => (Some(at), Some(server)),
            None => (None, None),
        };
        let searched = people.is_some();
        let mut servers = Vec::new();
        for server in [systems, operators].into_iter().chain(officers) {
            servers.push(server.handle());
            actix_web::rt::spawn(server);
        }
        let (told, stop) = watch::channel(false);
        let clock = Arc::clone(&broker.clock);
        let upkeep = upkeep::run(Arc::clone(&broker), stop.clone());
        let index = searched.then(|| indexing::run(Arc::clone(&broker), stop.clone()));
        let index = futures_util::future::OptionFuture::from(index);
        let custodian = Custodian::new(Arc::clone(&broker), Arc::clone(&engine), &config.origin);
        let keeping = crate::keeping::run(custodian, Arc::clone(&reloadable.keeping), stop.clone());
        let upkeep = async { tokio::join!(upkeep, index, keeping).0 };
        let attesting = upkeep::attest(Arc::clone(&broker), stop.clone());
        let queue = Outbox::new(Arc::clone(&broker));
        let outbox = (told, tokio::spawn(async { tokio::join!(queue.run(stop), upkeep, attesting) }));
        Ok(Running { machine, operations, people, servers, reloadable, fixed, gate, broker, clock, writer, outbox })
    }
}

impl Running {
    /// Takes no more, finishes what was accepted, and returns when it is on disk.
    pub async fn stop(self) {
        let Self { servers, gate, broker, outbox: (told, outbox), writer, .. } = self;
        for server in &servers {
            server.stop(true).await;
        }
        let _told = told.send(true);
        let _finished = tokio::time::timeout(Duration::from_secs(20), outbox).await;
        // INVARIANT: the writer ends when nobody holds the ledger any more. With servers, outbox and gate gone, nobody does.
        drop((gate, broker));
        if tokio::time::timeout(Duration::from_secs(10), writer).await.is_err() {
            tracing::error!("the ledger is still held after everything stopped");
        }
    }
}

fn bind(at: SocketAddr) -> Result<(SocketAddr, TcpListener), StartFault> {
    let listening = TcpListener::bind(at).and_then(|socket| Ok((socket.local_addr()?, socket)));
    listening.map_err(|trouble| StartFault::Socket { at, trouble })
}
