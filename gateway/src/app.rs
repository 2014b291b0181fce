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
use rustls::sign::CertifiedKey;
use sluis_connectors::{Identity, Outbound, OutboundError, Reach, Settings};
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
use crate::keys::{KeyFault, Keys, out_of_reach};
use crate::ledger::Ledger;
use crate::ledger::unit::Unit;
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
    /// A covenant.
    #[error("`{path}` cannot be in force: {trouble}")]
    Covenant {
        /// The file.
        path: String,
        /// What is wrong with it.
        trouble: CovenantError,
    },
    /// A covenant with the number of another.
    #[error("`{path}` has the number of a covenant that was named before it")]
    CovenantTwice {
        /// The file.
        path: String,
    },
    /// The role table.
    #[error("the role table cannot be in force: {0}")]
    Roles(#[from] RoleFileError),
    /// The certificate for outbound calls names nobody.
    #[error("the certificate for outbound calls has not exactly one serialNumber with an OIN")]
    OwnNumber,
    /// The keys of this gateway.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// The file with the passphrase of the keys.
    #[error("`{path}` must hold a passphrase of at least 16 characters on its first line")]
    Passphrase {
        /// The file.
        path: String,
    },
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

/// Reads the register that the configuration names. Its addresses must be within reach.
///
/// # Errors
/// When it cannot be read, or has faults.
pub fn register(config: &Config, reach: &Reach) -> Result<Register, StartFault> {
    let text = String::from_utf8_lossy(&file(&config.register)?).into_owned();
    Register::parse(&text, reach)
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

/// Opens the keys that the configuration names.
///
/// # Errors
/// When there are none, or they do not open, or lie with the data.
pub fn keys(config: &Config) -> Result<Keys, StartFault> {
    Ok(Keys::open(&config.keys.file, &passphrase(config)?, data_folder(config))?)
}

/// The folder that is copied when the data are; a database server has its own.
fn data_folder(config: &Config) -> Option<&Path> {
    match &config.database {
        Database::Sqlite(file) => file.parent(),
        Database::Postgres(_) => None,
    }
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
    out_of_reach(path, data_folder(config))?;
    let whole = Zeroizing::new(file(path)?);
    let first = std::str::from_utf8(&whole).ok().and_then(|text| text.lines().next()).map(str::trim);
    match first {
        Some(phrase) if phrase.chars().count() >= PASSPHRASE => Ok(Zeroizing::new(phrase.to_owned())),
        _ => Err(StartFault::Passphrase { path: path.display().to_string() }),
    }
}

/// The roles that ship with this program, and the covenants that the configuration names.
///
/// # Errors
/// When a covenant cannot be read, or has faults, or two have one number.
pub async fn policy(config: &Config) -> Result<Policy, StartFault> {
    let roles = RoleTable::shipped().await?;
    let mut covenants: Vec<Covenant> = Vec::new();
    for path in &config.covenants {
        let named = || path.display().to_string();
        let text = String::from_utf8_lossy(&file(path)?).into_owned();
        let covenant = Covenant::parse(&text).map_err(|trouble| StartFault::Covenant { path: named(), trouble })?;
        if covenants.iter().any(|other| other.id() == covenant.id()) {
            return Err(StartFault::CovenantTwice { path: named() });
        }
        covenants.push(covenant);
    }
    Ok(Policy { roles, covenants })
}

/// The identification number in the certificate that this gateway shows to others.
fn own_number(config: &Config) -> Result<Oin, StartFault> {
    let shown = tls::credentials(&config.outbound.certificate, &config.outbound.key)?;
    let number = shown.cert.first().and_then(|first| ClientCertificate::from_der(first).ok());
    number.map(|certificate| certificate.oin()).ok_or(StartFault::OwnNumber)
}

fn file(path: &Path) -> Result<Vec<u8>, StartFault> {
    std::fs::read(path).map_err(|trouble| StartFault::File { path: path.display().to_string(), trouble })
}

/// Gateway: built, not yet listening. It does not print: a database may hold its password.
#[doc(alias = "gateway")]
pub struct App {
    /// What the operator decided.
    pub config: Config,
    /// Every use case, on this gateway's store, ledger, keys, register, policy and clock.
    pub broker: Arc<Broker>,
    engine: Arc<dyn Engine>,
    reloadable: Reloadable,
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
    reach: Reach,
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
        let read = Read::of(&config, &config.outbound.reach).await?;
        let outbound = outbound(&config)?;
        let own = own_number(&config)?;
        let vault = Vault::new(Arc::new(keys(&config)?));
        let engine = engine(&config.database).await?;
        engine.schema().await?;
        engine.durability().await?;
        let (ledger, writer) = Ledger::open(Arc::clone(&engine), Arc::clone(&clock), &config.origin).await?;
        let reloadable = Reloadable {
            register: Arc::new(ArcSwap::from_pointee(read.register)),
            policy: Arc::new(ArcSwap::from_pointee(read.policy)),
            certificate: SwappableCertificate::new(read.certificate),
            trust: ClientTrust::new(read.trusted),
        };
        let broker = Broker::new(Parts {
            store: Store::new(Arc::clone(&engine)),
            ledger,
            vault,
            register: Arc::clone(&reloadable.register),
            policy: Arc::clone(&reloadable.policy),
            clock,
            outbound,
            own,
        });
        Ok(Self { config, broker: Arc::new(broker), engine, reloadable, writer })
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
        let Self { config, broker, engine, reloadable, writer } = self;
        let trust = Arc::clone(&reloadable.trust);
        let tls = tls::machine(Arc::clone(&reloadable.certificate), trust, Arc::clone(&broker.clock))?;
        let (machine, machine_socket) = bind(config.machine.listen)?;
        let (operations, operations_socket) = bind(config.operations)?;
        let issuers = Issuers::new(broker.outbound.clone());
        let tokens = Tokens::new(config.audience, issuers, config.limits.verifications);
        let gate = Gate::new(tokens, Arc::clone(&reloadable.trust), Arc::clone(&broker));
        let around = Machine { gate: Data::new(gate), broker: Data::from(Arc::clone(&broker)), limits: config.limits };
        let looked = Looked { broker: Arc::clone(&broker), engine };
        let unusable = |at| move |trouble| StartFault::Socket { at, trouble };
        let systems = http::listen(machine_socket, tls, around, routes).map_err(unusable(machine))?;
        let operators =
            operations::listen(operations_socket, Arc::new(looked), counters).map_err(unusable(operations))?;
        let servers = [systems.handle(), operators.handle()];
        actix_web::rt::spawn(systems);
        actix_web::rt::spawn(operators);
        let (told, stop) = watch::channel(false);
        let outbox = (told, tokio::spawn(Outbox::new(broker).run(stop)));
        Ok(Running { machine, operations, servers, reloadable, reach: config.outbound.reach, writer, outbox })
    }
}

/// Everything that a reload reads anew, whole.
struct Read {
    register: Register,
    policy: Policy,
    certificate: CertifiedKey,
    trusted: Trusted,
}

impl Read {
    async fn of(config: &Config, reach: &Reach) -> Result<Self, StartFault> {
        Ok(Self {
            register: register(config, reach)?,
            policy: policy(config).await?,
            certificate: tls::credentials(&config.machine.certificate, &config.machine.key)?,
            trusted: Trusted::read(&config.machine.client_roots, &config.machine.revocations)?,
        })
    }
}

impl Running {
    /// Reads register, roles, covenants, server certificate, client roots and revocations anew, and swaps all or keeps
    /// all. Connections that stand are judged by the new ones at their next request. Listeners, limits, keys, database and
    /// the hosts within reach stay as they are until a restart, and a register that names a host beyond them is refused.
    ///
    /// # Errors
    /// With the first part that cannot be used; nothing was swapped then.
    pub async fn reload(&self, config: &Config) -> Result<(), StartFault> {
        let read = Read::of(config, &self.reach).await?;
        self.reloadable.register.store(Arc::new(read.register));
        self.reloadable.policy.store(Arc::new(read.policy));
        self.reloadable.certificate.swap(read.certificate);
        self.reloadable.trust.replace(read.trusted);
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
        // The writer ends when nobody holds the ledger any more; with servers and outbox gone, nobody does.
        let _ended = tokio::time::timeout(Duration::from_secs(10), self.writer).await;
    }
}

fn bind(at: SocketAddr) -> Result<(SocketAddr, TcpListener), StartFault> {
    let listening = TcpListener::bind(at).and_then(|socket| Ok((socket.local_addr()?, socket)));
    listening.map_err(|trouble| StartFault::Socket { at, trouble })
}

/// How long a look waits for a writer in trouble: less than whoever asks waits for the look.
const TRY_WITHIN: Duration = Duration::from_secs(1);

/// Readiness by looking at ledger, database and clock.
struct Looked {
    broker: Arc<Broker>,
    engine: Arc<dyn Engine>,
}

impl fmt::Debug for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Looked")
    }
}

/// How long after its last failure a ledger counts as able to write again.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

#[async_trait]
impl Readiness for Looked {
    async fn troubles(&self) -> Vec<Trouble> {
        let durable = self.engine.durability().await;
        let unsafe_settings = matches!(durable, Err(Fault::NotDurable { .. }));
        if self.broker.ledger().standing().trouble.is_some() {
            // Only a write tells whether writing works again. Nobody else may come to try it: whoever is unready gets no work.
            let _tried = tokio::time::timeout(TRY_WITHIN, self.broker.ledger().commit(Unit::default())).await;
        }
        let standing = self.broker.ledger().standing();
        let lately = standing.failed_at.is_some_and(|at| at.elapsed() < SETTLED_AFTER);
        let unwritable = standing.trouble.is_some() || lately || (durable.is_err() && !unsafe_settings);
        let looked = [
            (unwritable, Trouble::LedgerCannotWrite),
            (unsafe_settings, Trouble::NotDurable),
            (self.broker.now().is_err(), Trouble::ClockAstray),
        ];
        looked.into_iter().filter_map(|(found, trouble)| found.then_some(trouble)).collect()
    }
}
