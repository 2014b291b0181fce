// SPDX-License-Identifier: EUPL-1.2
//! One gateway: built from a configuration, listening, reloaded, stopped.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use arc_swap::ArcSwap;
use async_trait::async_trait;
use sluis_connectors::{Identity, Outbound, OutboundError, Settings};
use sluis_policy::roles::RoleFileError;
use sluis_policy::{Covenant, CovenantError, Oin, RoleTable};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::broker::{Broker, Parts, Policy};
use crate::clock::Clock;
use crate::config::{Config, ConfigFault, Database};
use crate::document::Faults;
use crate::http::caller::Gate;
use crate::http::{self, Machine, Routes};
use crate::identity::{Issuers, Tokens};
use crate::keys::{KeyFault, Keys};
use crate::ledger::Ledger;
use crate::operations::{self, Counters, Readiness, Trouble};
use crate::outbox::Outbox;
use crate::register::Register;
use crate::store::Store;
use crate::store::engine::{Engine, Fault};
use crate::store::postgres::Postgres;
use crate::store::sqlite::Sqlite;
use crate::tls::{self, ClientCertificate, ClientTrust, SwappableCertificate, TlsFault, Trusted};
use crate::vault::Vault;

/// Why a gateway does not start, or keeps what it had when it was told to reload.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// A certificate, key or root.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// A file that the configuration names.
    #[error("`{path}` cannot be read: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: io::Error,
    },
    /// The register.
    #[error("{path} has faults:\n{faults}")]
    Register {
        /// The file.
        path: String,
        /// All of them.
        faults: Faults,
    },
    /// The keys of this gateway.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// The file with the passphrase of the keys.
    #[error("`{path}` must hold a passphrase of at least 16 characters on its first line")]
    Passphrase {
        /// The file.
        path: String,
    },
    /// A covenant.
    #[error("`{path}` cannot be in force: {trouble}")]
    Covenant {
        /// The file.
        path: String,
        /// What is wrong with it.
        trouble: CovenantError,
    },
    /// The role table.
    #[error("the role table cannot be in force: {0}")]
    Roles(#[from] RoleFileError),
    /// The certificate for outbound calls names nobody.
    #[error("the certificate for outbound calls has not exactly one serialNumber with an OIN")]
    OwnNumber,
    /// The client for outbound calls.
    #[error("outbound calls cannot be set up: {0}")]
    Outbound(#[from] OutboundError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Fault),
    /// An address that cannot be listened on.
    #[error("`{at}` cannot be listened on: {trouble}")]
    Socket {
        /// The address.
        at: SocketAddr,
        /// What the system said.
        trouble: io::Error,
    },
    /// The counters.
    #[error("counters cannot be started: {0}")]
    Counters(#[from] metrics_exporter_prometheus::BuildError),
    /// The signals of the system cannot be listened for.
    #[error("signals cannot be listened for: {0}")]
    Signals(io::Error),
}

/// Opens the database that the configuration names.
///
/// # Errors
/// When it cannot be opened.
pub async fn engine(database: &Database) -> Result<Arc<dyn Engine>, Fault> {
    Ok(match database {
        Database::Sqlite(file) => Arc::new(Sqlite::open(file).await?),
        Database::Postgres(url) => Arc::new(Postgres::open(url.expose())?),
    })
}

/// Reads the register that the configuration names.
///
/// # Errors
/// When it cannot be read, or has faults.
pub fn register(config: &Config) -> Result<Register, StartFault> {
    let text = String::from_utf8_lossy(&file(&config.register)?).into_owned();
    Register::parse(&text, &config.outbound.reach)
        .map_err(|faults| StartFault::Register { path: config.register.display().to_string(), faults })
}

/// The client for every outbound call, as the configuration bounds it.
///
/// # Errors
/// When a file cannot be read or the certificates cannot be used.
pub fn outbound(config: &Config) -> Result<Outbound, StartFault> {
    let ours = &config.outbound;
    let settings = Settings {
        roots_pem: file(&ours.roots)?,
        identity: Some(Identity { chain_pem: file(&ours.certificate)?, key_pem: file(&ours.key)? }),
        reach: ours.reach.clone(),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(15),
    };
    Ok(Outbound::new(settings)?)
}

/// Loads the shipped role table and the covenants that the configuration names.
///
/// # Errors
/// With the first file that cannot be used: a policy is whole or not in force.
pub async fn policy(config: &Config) -> Result<Policy, StartFault> {
    let mut covenants = Vec::new();
    for path in &config.covenants {
        let text = String::from_utf8_lossy(&file(path)?).into_owned();
        let unusable = |trouble| StartFault::Covenant { path: path.display().to_string(), trouble };
        covenants.push(Covenant::parse(&text).map_err(unusable)?);
    }
    Ok(Policy { roles: RoleTable::shipped().await?, covenants })
}

/// The identification number in the certificate that this gateway shows to others.
fn own_number(config: &Config) -> Result<Oin, StartFault> {
    let shown = tls::credentials(&config.outbound.certificate, &config.outbound.key)?;
    let number = shown.cert.first().and_then(|first| ClientCertificate::from_der(first).ok());
    number.map(|certificate| certificate.oin()).ok_or(StartFault::OwnNumber)
}

/// Opens the keys that the configuration names.
///
/// # Errors
/// When there are none, or they do not open, or lie with the data.
pub fn keys(config: &Config) -> Result<Keys, StartFault> {
    let data = match &config.database {
        Database::Sqlite(file) => file.parent(),
        Database::Postgres(_) => None,
    };
    Ok(Keys::open(&config.keys.file, &passphrase(config)?, data)?)
}

/// Makes the keys that the configuration names, where there are none yet.
///
/// # Errors
/// When the file exists already or cannot be written.
pub fn make_keys(config: &Config) -> Result<(), StartFault> {
    Ok(Keys::fresh()?.save(&config.keys.file, &passphrase(config)?)?)
}

/// The fewest characters of a passphrase.
const PASSPHRASE: usize = 16;

fn passphrase(config: &Config) -> Result<Zeroizing<String>, StartFault> {
    let path = &config.keys.passphrase;
    let whole = Zeroizing::new(file(path)?);
    let first = std::str::from_utf8(&whole).ok().and_then(|text| text.lines().next()).map(str::trim);
    match first {
        Some(phrase) if phrase.chars().count() >= PASSPHRASE => Ok(Zeroizing::new(phrase.to_owned())),
        _ => Err(StartFault::Passphrase { path: path.display().to_string() }),
    }
}

fn trusted(config: &Config) -> Result<Trusted, TlsFault> {
    Trusted::read(&config.machine.client_roots, &config.machine.revocations)
}

fn file(path: &Path) -> Result<Vec<u8>, StartFault> {
    std::fs::read(path).map_err(|trouble| StartFault::File { path: path.display().to_string(), trouble })
}

/// Gateway: built, not yet listening. It does not print: a database may hold its password.
#[doc(alias = "gateway")]
pub struct App {
    /// What the operator decided.
    pub config: Config,
    /// What time it is, for everything in this gateway.
    pub clock: Arc<dyn Clock>,
    /// The register, swapped whole by a reload.
    pub register: Arc<ArcSwap<Register>>,
    /// This gateway's own keys.
    pub keys: Arc<Keys>,
    /// Every outbound call goes through this client.
    pub outbound: Outbound,
    /// Where everything is kept.
    pub engine: Arc<dyn Engine>,
    /// The one way to make anything durable.
    pub ledger: Ledger,
    /// The use cases.
    pub broker: Arc<Broker>,
    policy: Arc<ArcSwap<Policy>>,
    certificate: Arc<SwappableCertificate>,
    trust: Arc<ClientTrust>,
    writer: JoinHandle<()>,
}

/// What a reload replaces in a gateway that runs.
#[derive(Clone, Debug)]
struct Reloadable {
    register: Arc<ArcSwap<Register>>,
    policy: Arc<ArcSwap<Policy>>,
    certificate: Arc<SwappableCertificate>,
    trust: Arc<ClientTrust>,
}

/// A gateway that listens.
#[derive(Debug)]
pub struct Running {
    /// Where systems reach it.
    pub machine: SocketAddr,
    /// Where operators reach it.
    pub operations: SocketAddr,
    servers: [ServerHandle; 2],
    reloadable: Reloadable,
    ledger: Ledger,
    writer: JoinHandle<()>,
    outbox: (watch::Sender<bool>, JoinHandle<()>),
}

impl App {
    /// Reads what the configuration names, opens the database and takes the ledger.
    ///
    /// # Errors
    /// With the first part that cannot be had.
    pub async fn build(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartFault> {
        tls::install_provider();
        let register = Arc::new(ArcSwap::from_pointee(register(&config)?));
        let outbound = outbound(&config)?;
        let shown = tls::credentials(&config.machine.certificate, &config.machine.key)?;
        let trusted = trusted(&config)?;
        let policy = Arc::new(ArcSwap::from_pointee(policy(&config).await?));
        let own = own_number(&config)?;
        let keys = Arc::new(keys(&config)?);
        let engine = engine(&config.database).await?;
        engine.durability().await?;
        let (ledger, writer) = Ledger::open(Arc::clone(&engine), Arc::clone(&clock), &config.origin).await?;
        let certificate = SwappableCertificate::new(shown);
        let trust = ClientTrust::new(trusted);
        let broker = Arc::new(Broker::new(Parts {
            store: Store::new(Arc::clone(&engine)),
            ledger: ledger.clone(),
            vault: Vault::new(Arc::clone(&keys)),
            register: Arc::clone(&register),
            policy: Arc::clone(&policy),
            clock: Arc::clone(&clock),
            outbound: outbound.clone(),
            own,
        }));
        Ok(Self { config, clock, register, keys, outbound, engine, ledger, broker, policy, certificate, trust, writer })
    }

    /// Listens, with these routes on the machine listener. Gives the addresses back, because a port may be 0.
    ///
    /// # Errors
    /// When an address cannot be listened on, or the client roots cannot be used.
    pub fn listen(
        self,
        counters: Counters,
        routes: impl Fn(&mut Routes<'_>) + Clone + Send + 'static,
    ) -> Result<Running, StartFault> {
        let config = tls::machine(
            Arc::clone(&self.certificate),
            Arc::<ClientTrust>::clone(&self.trust),
            Arc::clone(&self.clock),
        )?;
        let broker = Data::from(Arc::clone(&self.broker));
        let routes = move |registered: &mut Routes<'_>| {
            registered.data(broker.clone());
            routes(registered);
        };
        let (machine, machine_socket) = bind(self.config.machine.listen)?;
        let (operations, operations_socket) = bind(self.config.operations)?;
        let tokens = Tokens::new(
            self.config.audience.clone(),
            Issuers::new(self.outbound.clone()),
            self.config.limits.verifications,
        );
        let gate = Gate::new(tokens, Arc::clone(&self.register), Arc::clone(&self.clock), Arc::clone(&self.trust));
        let around = Machine { gate: Data::new(gate), limits: self.config.limits };
        let looked = Looked { ledger: self.ledger.clone(), engine: self.engine, clock: self.clock };
        let unusable = |at| move |trouble| StartFault::Socket { at, trouble };
        let systems = http::listen(machine_socket, config, around, routes).map_err(unusable(machine))?;
        let operators =
            operations::listen(operations_socket, Arc::new(looked), counters).map_err(unusable(operations))?;
        let servers = [systems.handle(), operators.handle()];
        actix_web::rt::spawn(systems);
        actix_web::rt::spawn(operators);
        let (told, stop) = watch::channel(false);
        let outbox = (told, tokio::spawn(Outbox::new(self.broker).run(stop)));
        let reloadable = Reloadable {
            register: self.register,
            policy: self.policy,
            certificate: self.certificate,
            trust: self.trust,
        };
        Ok(Running { machine, operations, servers, reloadable, ledger: self.ledger, writer: self.writer, outbox })
    }
}

impl Running {
    /// Reads register, covenants, server certificate, client roots and revocations anew, and swaps all or keeps all. Connections
    /// that stand are judged by the new ones at their next request. Addresses, limits and the database stay as they are
    /// until a restart.
    ///
    /// # Errors
    /// With the first part that cannot be used; nothing was swapped then.
    pub async fn reload(&self, config: &Config) -> Result<(), StartFault> {
        let register = register(config)?;
        let policy = policy(config).await?;
        let shown = tls::credentials(&config.machine.certificate, &config.machine.key)?;
        let trusted = trusted(config)?;
        self.reloadable.register.store(Arc::new(register));
        self.reloadable.policy.store(Arc::new(policy));
        self.reloadable.certificate.swap(shown);
        self.reloadable.trust.replace(trusted);
        Ok(())
    }

    /// Takes no more, finishes what was accepted, and returns when it is on disk.
    pub async fn stop(self) {
        for server in &self.servers {
            server.stop(true).await;
        }
        let (told, outbox) = self.outbox;
        let _told = told.send(true);
        let _finished = tokio::time::timeout(Duration::from_secs(20), outbox).await;
        drop(self.ledger);
        // The writer ends when nobody holds the ledger any more; whoever still does has had the time of the servers above.
        let _ended = tokio::time::timeout(Duration::from_secs(10), self.writer).await;
    }
}

fn bind(at: SocketAddr) -> Result<(SocketAddr, TcpListener), StartFault> {
    let listening = TcpListener::bind(at).and_then(|socket| Ok((socket.local_addr()?, socket)));
    listening.map_err(|trouble| StartFault::Socket { at, trouble })
}

/// How far the clock may be behind what was committed before it is called astray, in microseconds.
const BEHIND: i64 = 5_000_000;

/// Readiness by looking at ledger, database and clock.
struct Looked {
    ledger: Ledger,
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Looked")
    }
}

#[async_trait]
impl Readiness for Looked {
    async fn troubles(&self) -> Vec<Trouble> {
        let standing = self.ledger.standing();
        let durable = self.engine.durability().await;
        let behind = standing.committed_at.saturating_sub(self.clock.now().instant);
        let mut troubles = Vec::new();
        if standing.trouble.is_some() || durable.as_ref().is_err_and(|fault| !matches!(fault, Fault::NotDurable { .. }))
        {
            troubles.push(Trouble::LedgerCannotWrite);
        }
        if matches!(durable, Err(Fault::NotDurable { .. })) {
            troubles.push(Trouble::NotDurable);
        }
        if behind > BEHIND {
            troubles.push(Trouble::ClockAstray);
        }
        troubles
    }
}
