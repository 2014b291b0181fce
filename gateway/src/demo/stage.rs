// SPDX-License-Identifier: EUPL-1.2
//! The stage: the gateway as it runs anywhere, and around it the systems of others, each a server of its own behind
//! mutual TLS on loopback.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use sluis_policy::Action;
use sluis_sandbox::pki::Pki;
use sluis_sandbox::provider::{Provider, ProviderSettings};
use sluis_sandbox::seed::{self, World};
use sluis_sandbox::{Counterpart, Received, Settings, back_office, school, verwijsindex};

use super::DemoFault;
use super::crew::{Certificates, Crew, GEMEENTE, LEERLINGSYSTEEM, System, VRAAGWIJZER};
use super::folder::Folder;
use super::register::{self, AUDIENCE, Addresses, Guest};
use super::telling::Telling;
use crate::app::{self, App, Running, StartFault};
use crate::clock::{Clock, SystemClock};
use crate::command::ledger;
use crate::config::Config;
use crate::http::api;
use crate::operations::Counters;
use crate::store::Store;
use crate::vault::fresh_id;

/// How long a message may take to arrive, before the story says that it did not.
const PATIENCE: Duration = Duration::from_secs(15);

/// Toneel: everything that runs and where it lies, for as long as it is kept.
#[doc(alias = "toneel")]
pub(super) struct Stage {
    /// Who calls.
    pub(super) crew: Crew,
    /// The synthetic people.
    pub(super) people: World,
    /// The municipal back-office, with its desks.
    pub(super) back_office: Counterpart,
    /// The school administration system.
    pub(super) school_system: Counterpart,
    /// The verwijsindex.
    pub(super) verwijsindex: Counterpart,
    /// Who issues tokens.
    pub(super) provider: Provider,
    /// Who issues certificates.
    pub(super) pki: Pki,
    /// The gateway's own log, to look into.
    pub(super) log: Store,
    /// What an operator decided.
    pub(super) config: Config,
    /// The gateway's address, `https://localhost:PORT`.
    pub(super) base: String,
    /// The operators' address.
    pub(super) operations: String,
    running: Running,
    /// Last, so that it goes when nothing uses it any more.
    pub(super) folder: Folder,
}

/// The systems of others, before there is a gateway.
struct Others {
    provider: Provider,
    back_office: Counterpart,
    school_system: Counterpart,
    verwijsindex: Counterpart,
}

impl Stage {
    /// Sets everything up in a fresh folder. A guest vendor may act for the primary school.
    ///
    /// # Errors
    /// When something cannot start.
    pub(super) async fn set(guest: Option<&Guest>) -> Result<Self, DemoFault> {
        let folder = Folder::fresh(&["tls", "gegevens", "sleutels", "gemeente"])?;
        let pki = Pki::new("Sluis demo-CA")?;
        let people = World::on(SystemClock.now().today);
        let others = Others::start(&pki, &people, &folder).await?;
        let certificates = certificates(&pki, &folder)?;
        let config = Config::load(&register::write(folder.path(), &others.addresses(), guest)?);
        let config = config.map_err(StartFault::from)?;
        make_keys(&config)?;
        fs::write(folder.join("gemeente/sleutel-van-de-sluis.txt"), format!("{}\n", ledger::own_key(&config)?))?;
        let engine = app::engine(&config.database).await.map_err(StartFault::from)?;
        engine.migrate().await.map_err(StartFault::from)?;
        let running = Box::pin(start(folder.join("sluis.toml"))).await?;
        let base = format!("https://localhost:{}", running.machine.port());
        let crew = Crew::new(&pki, &certificates, &others.provider.issuer(), &base)?;
        let Others { provider, back_office, school_system, verwijsindex } = others;
        let operations = format!("http://{}", running.operations);
        Ok(Self {
            crew,
            people,
            back_office,
            school_system,
            verwijsindex,
            provider,
            pki,
            log: Store::new(engine),
            config,
            base,
            operations,
            running,
            folder,
        })
    }

    /// The first message at a path of a counterpart after the `seen` that it had received; nothing when none comes.
    pub(super) async fn arrival(
        &self,
        told: &mut Telling,
        (counterpart, path): (&Counterpart, &str),
        seen: usize,
    ) -> Option<Received> {
        let (begun, mut said) = (Instant::now(), 0);
        while begun.elapsed() < PATIENCE {
            let arrived = counterpart.received().into_iter().skip(seen).find(|received| received.path == path);
            if arrived.is_some() {
                return arrived;
            }
            let waited = begun.elapsed().as_secs();
            if waited >= said + 2 {
                said = waited;
                told.say(&format!("… nog niets ontvangen na {waited} s, even geduld"));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        None
    }

    /// How many entries the log has.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn logged(&self) -> Result<u64, DemoFault> {
        Ok(self.log.log_size(&self.config.origin).await.map_err(StartFault::from)?)
    }

    /// By which rules this action was decided since the log had so many entries: as the log has it, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn rules_since(&self, entries: u64, action: Action) -> Result<Vec<String>, DemoFault> {
        let from = i64::try_from(entries).unwrap_or(i64::MAX);
        let entries = self.log.entries(&self.config.origin, from, 1_000).await.map_err(StartFault::from)?;
        let rule = |(_, entry): (i64, String)| {
            let entry: Value = serde_json::from_str(&entry).ok()?;
            let same = entry.get("handeling")?.as_str()? == action.code();
            same.then(|| entry.pointer("/uitkomst/regel")?.as_str().map(str::to_owned))?
        };
        Ok(entries.into_iter().filter_map(rule).collect())
    }

    /// Stops everything, and removes the folder.
    pub(super) async fn strike(self) {
        // Participants and connections go first: a graceful stop waits for who still talks.
        drop(self.crew);
        self.running.stop().await;
        for counterpart in [self.back_office, self.school_system, self.verwijsindex] {
            counterpart.stop().await;
        }
        self.provider.stop().await;
    }
}

impl Others {
    async fn start(pki: &Pki, people: &World, folder: &Folder) -> Result<Self, DemoFault> {
        let settings = || Settings { pki, callers: vec![seed::GATEWAY.into()] };
        let clients = [LEERLINGSYSTEEM, GEMEENTE, VRAAGWIJZER].iter().map(System::registration).collect();
        Ok(Self {
            provider: Provider::start(ProviderSettings { pki, audience: AUDIENCE.into(), clients }).await?,
            back_office: back_office::start(settings(), &folder.join("gemeente")).await?,
            school_system: school::start(settings(), people.pupils()).await?,
            verwijsindex: verwijsindex::start(settings()).await?,
        })
    }

    fn addresses(&self) -> Addresses {
        Addresses {
            issuer: self.provider.issuer(),
            back_office: self.back_office.address(),
            school_system: self.school_system.address(),
            verwijsindex: self.verwijsindex.address(),
        }
    }
}

/// Writes the certificates of gateway and systems; keys are readable by their owner only.
fn certificates(pki: &Pki, folder: &Folder) -> Result<Certificates, DemoFault> {
    let tls = folder.join("tls");
    pki.write_ca(&tls)?;
    pki.server()?.write(&tls, "server")?;
    pki.client("Sluis West Maas en Waal", seed::GATEWAY)?.write(&tls, "client")?;
    let made = |system: &System| {
        let issued = pki.client(system.holder, system.oin)?;
        issued.write(&tls, system.client)?;
        Ok::<_, DemoFault>(issued)
    };
    Ok(Certificates {
        leerlingsysteem: made(&LEERLINGSYSTEEM)?,
        gemeente: made(&GEMEENTE)?,
        vraagwijzer: made(&VRAAGWIJZER)?,
    })
}

/// Makes the gateway's keys, under a passphrase that nobody chose.
fn make_keys(config: &Config) -> Result<(), DemoFault> {
    let phrase = hex::encode(fresh_id().map_err(std::io::Error::other)?);
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&config.keys.passphrase)?;
    std::io::Write::write_all(&mut file, format!("{phrase}\n").as_bytes())?;
    Ok(app::make_keys(config, None)?)
}

/// The gateway itself, started as `sluis serve` starts it.
async fn start(config: std::path::PathBuf) -> Result<Running, DemoFault> {
    let config = Config::load(&config).map_err(StartFault::from)?;
    let counters = Counters::start().map_err(StartFault::from)?;
    Ok(App::build(config, Arc::new(SystemClock)).await?.listen(counters, api::routes)?)
}
