// SPDX-License-Identifier: EUPL-1.2
//! A gateway as it is shipped, on the core that is measured, with its pupils.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use sluis_tests::gateway::Gateway;
use sluis_tests::world::World;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};

use super::client::{self, Request, Target, each_once, once};
use super::requests::{self, LEERPLICHT, PUPILS, SCHOOL, Tokens};
use super::servers::{MEASURED, cpu};

/// How many signals there are whose standing can be asked.
const SIGNALS: u64 = 100;

/// One caller may ask for so much at once. The load comes from one vendor, and more connections than it may have requests
/// would measure how fast it is refused.
const ROOM: &str = "[limits]\nrequests_per_organisation = 512\n";

/// Where a gateway keeps its database.
pub(crate) struct Place(PathBuf);

/// In a folder of the run, wherever temporary files go.
pub(crate) fn on_disk(folder: &Path, name: &str) -> Place {
    Place(folder.join("data").join(name))
}

/// In memory, where a flush costs nothing.
pub(crate) fn on_tmpfs(name: &str) -> Place {
    Place(PathBuf::from("/dev/shm").join(format!("sluis-load-{}-{name}", std::process::id())))
}

impl Place {
    fn file(&self) -> PathBuf {
        self.0.join("sluis.db")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

/// A gateway that runs.
pub(crate) struct Standing {
    gateway: Gateway,
    folder: PathBuf,
    place: Place,
    /// How long it took from its start until it was ready.
    pub(crate) ready: Duration,
    /// How much CPU it took meanwhile, in microseconds.
    pub(crate) busy: u64,
    /// Signals that it took in before anything was measured.
    pub(crate) signals: Vec<String>,
}

impl Standing {
    /// Without anything in it.
    pub(crate) async fn empty(world: &World, folder: &Path, name: &str, place: Place) -> Self {
        let folder = folder.join(format!("gateway-{name}"));
        Self::prepare(world, &folder, &place);
        Self::started(folder, place, &[]).await
    }

    /// With room for every connection, its pupils, the truant, and signals to ask about.
    pub(crate) async fn roomy(world: &World, folder: &Path, name: &str, place: Place) -> Self {
        let folder = folder.join(format!("gateway-{name}"));
        Self::prepare(world, &folder, &place);
        let configuration = fs::OpenOptions::new().append(true).open(folder.join("sluis.toml"));
        configuration.and_then(|mut file| file.write_all(ROOM.as_bytes())).unwrap();
        Self::started(folder, place, &[]).await.filled(world).await
    }

    fn prepare(world: &World, folder: &Path, place: &Place) {
        fs::create_dir_all(&place.0).unwrap();
        Gateway::prepare(world, folder, &format!("sqlite:{}", place.file().display())).unwrap();
    }

    /// With its pupils, the truant, and signals to ask about.
    pub(crate) async fn filled(mut self, world: &World) -> Self {
        self.fill(world).await;
        self
    }

    /// The same, filled, with so much in its log.
    pub(crate) async fn logging(self, world: &World, level: Option<&str>) -> Self {
        let Self { gateway, folder, place, .. } = self;
        gateway.stop().await.unwrap();
        let arguments: Vec<&str> = level.into_iter().flat_map(|level| ["--log", level]).collect();
        Self::started(folder, place, &arguments).await.filled(world).await
    }

    async fn started(folder: PathBuf, place: Place, arguments: &[&str]) -> Self {
        let began = Instant::now();
        let gateway = Gateway::as_shipped(&folder, &["taskset", "-c", MEASURED], arguments).await.unwrap();
        while !reqwest::get(format!("{}/readyz", gateway.operations)).await.is_ok_and(|said| said.status() == 200) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (ready, busy) = (began.elapsed(), cpu(&[gateway.id()]));
        Self { ready, busy, gateway, folder, place, signals: Vec::new() }
    }

    async fn fill(&mut self, world: &World) {
        let tls = client::tls(world.pki.ca_pem(), &world.certificates["vendor"]);
        let tokens = Tokens::of(world, SCHOOL);
        let port = self.port();
        let target = |request: Request| Target { port, tls: Some(tls.clone()), request, expects: 201 };
        // One at a time first: while the issuer is asked for its keys, only a few may wait for them.
        let truant = target(requests::truant(world, tokens.clone()));
        for number in 0..2 {
            once(&truant, number).await;
        }
        let municipality = client::tls(world.pki.ca_pem(), &world.certificates["municipality"]);
        let question = requests::question(world, Tokens::of(world, LEERPLICHT));
        once(&Target { port, tls: Some(municipality), request: question, expects: 200 }, 0).await;
        each_once(&target(requests::registration(tokens.clone())), 64, PUPILS).await;
        let signal = target(requests::signal(tokens));
        for number in 0..SIGNALS {
            // Far from the numbers of the load.
            let answer = once(&signal, u64::MAX / 2 + number).await;
            let said: Value = serde_json::from_str(answer.body()).unwrap();
            self.signals.push(said["signaalId"].as_str().unwrap().to_owned());
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.gateway.id()
    }

    pub(crate) fn port(&self) -> u16 {
        self.gateway.machine.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap()
    }

    /// How many signals it took in before anything was measured, the truant's among them.
    pub(crate) fn accepted(&self) -> u64 {
        self.signals.len() as u64 + 1
    }

    /// Its counters whose name begins so.
    pub(crate) async fn counted(&self, name: &str) -> Vec<(String, f64)> {
        let said = reqwest::get(format!("{}/metrics", self.gateway.operations)).await.unwrap();
        let said = said.text().await.unwrap();
        let lines = said.lines().filter(|line| line.starts_with(name)).filter_map(|line| line.rsplit_once(' '));
        lines.map(|(name, count)| (name.to_owned(), count.parse().unwrap())).collect()
    }

    /// Waits until so many deliveries have arrived.
    pub(crate) async fn delivered(&self, deliveries: u64) {
        let until = Instant::now() + Duration::from_secs(300);
        loop {
            let counted = self.counted("sluis_deliveries_total{outcome=\"afgeleverd\"}").await;
            let arrived = counted.first().map_or(0.0, |(_, count)| *count);
            if arrived >= deliveries as f64 {
                return;
            }
            assert!(Instant::now() < until, "{arrived} of {deliveries} deliveries arrived");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many lines it has written to its log.
    pub(crate) fn lines(&self) -> usize {
        self.gateway.log().lines().count()
    }

    /// Ends it as a power cut would, and counts the signals that its database holds with a record.
    pub(crate) async fn cut_off(self) -> u64 {
        let Self { gateway, place, .. } = self;
        gateway.kill();
        let options = SqliteConnectOptions::new().filename(place.file());
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        // Each signal here has one receiver, so one record of its decision; pupils have one each.
        let sql = "SELECT min((SELECT count(*) FROM signal), (SELECT count(*) FROM log_leaf) - $1)";
        let row = sqlx::query(sql).bind(i64::try_from(PUPILS).unwrap() + 1).fetch_one(&mut connection).await.unwrap();
        u64::try_from(row.get::<i64, _>(0)).unwrap()
    }

    /// Ends it at once: what hangs at its receiver would hold it up.
    pub(crate) async fn end(self) {
        self.gateway.kill();
    }
}
