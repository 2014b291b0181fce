// SPDX-License-Identifier: EUPL-1.2
//! Three PostgreSQL servers that Patroni keeps as one: a primary, and standbys of which one has all that was acknowledged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sluis_tests::seat::Seat;

/// How long a cluster may take to have a primary and a synchronous standby.
const WHOLE_WITHIN: Duration = Duration::from_secs(120);

/// The user that the servers run as: PostgreSQL refuses to be root.
const USER: &str = "postgres";

/// Cluster. Everything is killed when it is dropped.
pub(crate) struct Cluster {
    nodes: [Node; 3],
    _agreement: Process,
}

/// One server with its Patroni.
struct Node {
    folder: PathBuf,
    /// Its machine port is the one of PostgreSQL, its operations port the one of Patroni.
    seat: Seat,
    process: Option<Process>,
}

/// A process that is killed when it is dropped.
struct Process(Child);

impl Cluster {
    /// Starts them in a folder of their own, and waits until they are whole.
    pub(crate) async fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let etcd = Seat::taken().unwrap();
        let agreement = agreement(folder, &etcd);
        let mut nodes = ["een", "twee", "drie"].map(|name| Node::new(folder, name, &etcd));
        given(folder);
        for node in &mut nodes {
            node.start();
        }
        let cluster = Self { nodes, _agreement: agreement };
        cluster.whole().await;
        cluster
    }

    /// Each server: where PostgreSQL is, and at which port Patroni says whether it is the primary.
    pub(crate) fn servers(&self) -> [(String, u16); 3] {
        self.nodes.each_ref().map(|node| (node.seat.machine(), node.seat.operations_port()))
    }

    /// Which of those that stand is the primary, once one is.
    pub(crate) async fn primary(&self) -> usize {
        let until = Instant::now() + WHOLE_WITHIN;
        loop {
            for (number, node) in self.nodes.iter().enumerate() {
                if node.process.is_some() && node.is_primary().await {
                    return number;
                }
            }
            assert!(Instant::now() < until, "there is no primary");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends a server as a power cut would, PostgreSQL and its Patroni.
    pub(crate) fn kill(&mut self, number: usize) {
        self.nodes[number].kill();
    }

    /// Brings a server back, as a standby.
    pub(crate) async fn revive(&mut self, number: usize) {
        self.nodes[number].start();
        self.whole().await;
    }

    /// Waits until there is a primary, a synchronous standby, and nobody is behind.
    async fn whole(&self) {
        let until = Instant::now() + WHOLE_WITHIN;
        loop {
            let members = self.members().await;
            let role = |role: &str| members.iter().filter(|member| member["role"] == role).count();
            let standing = |member: &&Value| ["running", "streaming"].iter().any(|state| member["state"] == *state);
            if role("leader") == 1 && role("sync_standby") == 1 && members.iter().filter(standing).count() == 3 {
                return;
            }
            assert!(Instant::now() < until, "the cluster stays {members:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn members(&self) -> Vec<Value> {
        for node in &self.nodes {
            let url = format!("http://127.0.0.1:{}/cluster", node.seat.operations_port());
            let Ok(came) = reqwest::get(url).await else { continue };
            if let Ok(Value::Object(said)) = came.json().await {
                return said.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
            }
        }
        Vec::new()
    }
}

impl Node {
    fn new(cluster: &Path, name: &str, etcd: &Seat) -> Self {
        let (folder, seat) = (cluster.join(name), Seat::taken().unwrap());
        fs::create_dir_all(&folder).unwrap();
        let data = folder.join("data");
        let text = format!(
            r#"scope: sluis
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{host: "{etcd}"}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 3
    # Only a standby that has everything takes over; without it nothing was acknowledged.
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, wal_log_hints: "on", wal_keep_size: 256MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, data-checksums]
postgresql:
  listen: "{server}"
  connect_address: "{server}"
  data_dir: "{data}"
  bin_dir: "{programs}"
  pgpass: "{folder}/pgpass"
  authentication:
    superuser: {{username: sluis, password: alleen-hier}}
    replication: {{username: kopie, password: alleen-hier}}
    rewind: {{username: sluis, password: alleen-hier}}
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication kopie 127.0.0.1/32 trust"]
  parameters: {{unix_socket_directories: "{folder}"}}
"#,
            rest = seat.operations_port(),
            etcd = etcd.machine(),
            server = seat.machine(),
            data = data.display(),
            folder = folder.display(),
            programs = programs().display(),
        );
        fs::write(folder.join("patroni.yml"), text).unwrap();
        Self { folder, seat, process: None }
    }

    fn start(&mut self) {
        let file = self.folder.join("patroni.yml").display().to_string();
        self.process = Some(spawned(&["patroni", &file], &self.folder.join("patroni.log")));
    }

    async fn is_primary(&self) -> bool {
        let url = format!("http://127.0.0.1:{}/primary", self.seat.operations_port());
        reqwest::get(url).await.is_ok_and(|came| came.status() == 200)
    }

    /// Patroni first, so that it cannot hand over; then every process of its PostgreSQL.
    fn kill(&mut self) {
        self.process = None;
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        // Without a postmaster the others end by themselves.
        if let Some(postmaster) = file.lines().next() {
            let _absent = Command::new("kill").args(["-KILL", postmaster]).status();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// The store in which the servers agree on who is the primary.
fn agreement(folder: &Path, seat: &Seat) -> Process {
    let data = folder.join("etcd");
    fs::create_dir_all(&data).unwrap();
    given(folder);
    let (clients, peers) =
        (format!("http://{}", seat.machine()), format!("http://127.0.0.1:{}", seat.operations_port()));
    let data = data.display().to_string();
    let ours = format!("default={peers}");
    let order = [
        "etcd",
        "--data-dir",
        &data,
        "--listen-client-urls",
        &clients,
        "--advertise-client-urls",
        &clients,
        "--listen-peer-urls",
        &peers,
        "--initial-advertise-peer-urls",
        &peers,
        "--initial-cluster",
        &ours,
    ];
    spawned(&order, &folder.join("etcd.log"))
}

/// A process of the unprivileged user.
fn spawned(order: &[&str], log: &Path) -> Process {
    let log = fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
    let mut command = if root() { Command::new("setpriv") } else { Command::new(order[0]) };
    if root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).args(order);
    } else {
        command.args(&order[1..]);
    }
    command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    Process(command.spawn().unwrap_or_else(|error| panic!("{}: {error}", order[0])))
}

/// Gives a folder to the unprivileged user, who must also be able to come there.
fn given(folder: &Path) {
    if root() {
        let owner = format!("{USER}:{USER}");
        assert!(Command::new("chown").args(["-R", &owner]).arg(folder).status().unwrap().success());
        assert!(Command::new("chmod").args(["-R", "u=rwX,go="]).arg(folder).status().unwrap().success());
    }
}

fn root() -> bool {
    let who = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&who.stdout).trim() == "0"
}

/// Where the server's programs are.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    found.retain(|folder| folder.join("postgres").is_file());
    found.sort();
    found.pop().expect("PostgreSQL is installed")
}
