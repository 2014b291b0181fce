// SPDX-License-Identifier: EUPL-1.2
//! The binary itself: its commands, its exit codes, and a gateway that starts, is looked at, reloads and stops.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up must stop"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sluis::app::{self, App};
use sluis::clock::{Clock, SettableClock, SystemClock};
use sluis::config::Config;
use sluis::operations::Counters;
use sluis_connectors::{Answer, Failure, Outbound, Reach, Request, Settings, Url};
use sluis_sandbox::pki::{Issued, Pki};

const SCHOOL: &str = "99000000000000000010";

/// A folder with everything a configuration names, which goes when the test ends.
struct Place {
    folder: PathBuf,
    pki: Pki,
}

impl Place {
    fn prepare(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sluis-serve-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let pki = Pki::new("Sluis test-CA").unwrap();
        pki.write_ca(&folder).unwrap();
        pki.server().unwrap().write(&folder, "server").unwrap();
        pki.client("Sluis", "99000000000000000002").unwrap().write(&folder, "client").unwrap();
        let place = Self { folder, pki };
        place.write("register.toml", &register("Basisschool De Wilgenboom"));
        place.write("sluis.toml", CONFIG);
        place.write("passphrase", "een zin die niemand raadt\n");
        fs::create_dir(place.folder.join("data")).unwrap();
        place
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn sluis(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.sluis(arguments).output().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

const CONFIG: &str = r#"
audience = "https://sluis.test"
origin = "sluis.test/1"
register = "register.toml"
database = "sqlite:data/sluis.db"
operations = "127.0.0.1:0"
[keys]
file = "keys"
passphrase = "passphrase"
[machine]
listen = "127.0.0.1:0"
certificate = "server.pem"
key = "server.key"
client_roots = "ca.pem"
[outbound]
roots = "ca.pem"
certificate = "client.pem"
key = "client.key"
private_hosts = ["localhost"]
"#;

fn register(name: &str) -> String {
    format!("[[organisation]]\noin = \"{SCHOOL}\"\nname = \"{name}\"\ndesks = [\"school\"]\nfetches = [\"school\"]\n")
}

/// A gateway that runs. It is killed if the test ends before it stopped by itself.
struct Gateway {
    process: Child,
    log: BufReader<ChildStderr>,
    machine: String,
    operations: String,
}

impl Gateway {
    fn start(place: &Place) -> Self {
        let mut command = place.sluis(&["serve", "--config", "sluis.toml"]);
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let mut gateway = Self { process, log, machine: String::new(), operations: String::new() };
        let listening = gateway.logged("listening");
        gateway.machine = listening["machine"].as_str().unwrap().replace("127.0.0.1", "localhost");
        gateway.operations = listening["operations"].as_str().unwrap().to_owned();
        gateway
    }

    /// The next line of the log with this message.
    fn logged(&mut self, message: &str) -> Value {
        let mut line = String::new();
        while self.log.read_line(&mut line).unwrap() > 0 {
            let said: Value = serde_json::from_str(&line).unwrap();
            if said["message"] == message {
                return said;
            }
            line.clear();
        }
        panic!("the gateway ended without saying `{message}`");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn look(&self, path: &str) -> String {
        look(&self.operations, path)
    }
}

fn look(operations: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(operations).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: sluis\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ended_already = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn client(pki: &Pki, identity: Option<&Issued>) -> Outbound {
    Outbound::new(Settings {
        roots_pem: pki.ca_pem().into(),
        identity: identity.map(Issued::identity),
        reach: Reach::new([], ["localhost".parse().unwrap()]),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(5),
    })
    .unwrap()
}

async fn get(client: &Outbound, machine: &str, path: &str) -> Result<Answer, Failure> {
    let url = Url::parse(&format!("https://{machine}{path}")).unwrap();
    client.exchange(Request::new("GET".parse().unwrap(), url)).await
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[actix_web::test]
async fn it_starts_is_looked_at_reloads_and_stops_when_asked() {
    let place = Place::prepare("life");
    assert_eq!(code(&place.run(&["migrate", "--config", "sluis.toml"])), 0);
    assert_eq!(code(&place.run(&["migrate", "--config", "sluis.toml"])), 0, "twice does no harm");
    assert_eq!(code(&place.run(&["keys", "--config", "sluis.toml"])), 0);
    assert_eq!(code(&place.run(&["keys", "--config", "sluis.toml"])), 78, "keys are never overwritten");
    let mut gateway = Gateway::start(&place);
    assert!(gateway.look("/livez").starts_with("HTTP/1.1 200"));
    assert!(gateway.look("/readyz").starts_with("HTTP/1.1 200"), "{}", gateway.look("/readyz"));

    let school = place.pki.client("Basisschool De Wilgenboom", SCHOOL).unwrap();
    let known = client(&place.pki, Some(&school));
    assert_eq!(get(&client(&place.pki, None), &gateway.machine, "/v1/nergens").await.unwrap().status, 401);
    assert_eq!(get(&known, &gateway.machine, "/v1/nergens").await.unwrap().status, 404);
    assert!(gateway.look("/metrics").contains("sluis_rejections_total{reason=\"no_certificate\"} 1"));

    // A register with a fault is not taken, and what was there stays.
    place.write("register.toml", "[[organisation]]\noin = \"123\"\n");
    gateway.signal("-HUP");
    let refused = gateway.logged("not reloaded, the old stays");
    assert!(refused["fault"].as_str().unwrap().contains("organisation[0].oin"), "{refused}");
    assert_eq!(get(&known, &gateway.machine, "/v1/nergens").await.unwrap().status, 404);

    // One without this school is, also for the connection that stands.
    place.write("register.toml", &register("Basisschool De Wilgenboom").replace("10\"", "11\""));
    gateway.signal("-HUP");
    gateway.logged("reloaded");
    assert_eq!(get(&known, &gateway.machine, "/v1/nergens").await.unwrap().status, 401);

    gateway.signal("-TERM");
    gateway.logged("stopping");
    assert_eq!(gateway.process.wait().unwrap().code(), Some(0));
}

#[test]
fn exit_codes_tell_what_kind_of_thing_is_wrong() {
    let place = Place::prepare("codes");
    let rows: &[(&[&str], i32)] = &[
        (&["--help"], 0),
        (&["serve", "--help"], 0),
        (&["--version"], 0),
        (&[], 64),
        (&["zing"], 64),
        (&["serve"], 64),
        (&["serve", "--config", "sluis.toml", "--log", "trace"], 64),
        (&["serve", "--config", "nergens.toml"], 78),
        (&["serve", "--config", "register.toml"], 78),
        (&["migrate", "--config", "nergens.toml"], 78),
        (&["serve", "--config", "met-de-data.toml"], 78),
        (&["serve", "--config", "korte-zin.toml"], 78),
        (&["serve", "--config", "andere-zin.toml"], 78),
        (&["keys", "--config", "open-zin.toml"], 78),
        (&["keys", "--config", "zin-bij-data.toml"], 78),
        (&["keys", "--config", "tweede.toml"], 0),
        (&["serve", "--config", "zonder-map.toml"], 69),
    ];
    assert_eq!(code(&place.run(&["keys", "--config", "sluis.toml"])), 0);
    place.write("met-de-data.toml", &CONFIG.replace("file = \"keys\"", "file = \"data/keys\""));
    assert_eq!(code(&place.run(&["keys", "--config", "met-de-data.toml"])), 0);
    place.write("korte-zin.toml", &CONFIG.replace("\"passphrase\"", "\"kort\""));
    place.write("kort", "kort\n");
    place.write("andere-zin.toml", &CONFIG.replace("\"passphrase\"", "\"anders\""));
    place.write("anders", "een andere zin dan toen\n");
    let second = CONFIG.replace("file = \"keys\"", "file = \"keys-2\"");
    place.write("tweede.toml", &second);
    place.write("open-zin.toml", &second.replace("\"passphrase\"", "\"open\""));
    place.write("open", "een zin die iedereen leest\n");
    fs::set_permissions(place.folder.join("open"), fs::Permissions::from_mode(0o644)).unwrap();
    place.write("zin-bij-data.toml", &second.replace("\"passphrase\"", "\"data/zin\""));
    place.write("data/zin", "een zin die niemand raadt\n");
    place.write("zonder-map.toml", &CONFIG.replace("sqlite:data/sluis.db", "sqlite:geen/map/sluis.db"));
    for (arguments, expected) in rows {
        let output = place.run(arguments);
        assert_eq!(code(&output), *expected, "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn all_faults_are_told_at_once_and_secrets_are_not() {
    let place = Place::prepare("faults");
    let faulty = CONFIG
        .replace("sqlite:data/sluis.db", "mysql://app:hunter2@db/sluis")
        .replace("origin =", "orgin =")
        .replace("client_roots = \"ca.pem\"", "");
    place.write("faulty.toml", &faulty);
    let output = place.run(&["serve", "--config", "faulty.toml"]);
    let said = String::from_utf8_lossy(&output.stderr);
    for path in ["`database`", "`origin`", "`orgin`", "`machine.client_roots`"] {
        assert!(said.contains(path), "{path} in {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!Path::new(&place.folder).join("data/sluis.db").exists(), "nothing is made before everything is checked");
}

#[actix_web::test]
async fn readiness_is_lost_while_the_clock_is_behind_what_was_committed() {
    let place = Place::prepare("ready");
    let config = Config::load(&place.folder.join("sluis.toml")).unwrap();
    app::engine(&config.database).await.unwrap().migrate().await.unwrap();
    app::make_keys(&config, None).unwrap();
    let clock = Arc::new(SettableClock::at(SystemClock.now().instant));
    let app = App::build(config, Arc::<SettableClock>::clone(&clock)).await.unwrap();
    let running = app.listen(Counters::start().unwrap(), |_routes| {}).unwrap();
    let operations = running.operations.to_string();
    let looked = || {
        let operations = operations.clone();
        actix_web::web::block(move || look(&operations, "/readyz"))
    };
    assert!(looked().await.unwrap().starts_with("HTTP/1.1 200"));

    // An organisation that the register does not know is turned away, and that is committed.
    let stranger = place.pki.client("Onbekend", "99000000000000000099").unwrap();
    let machine = running.machine.to_string().replace("127.0.0.1", "localhost");
    assert_eq!(get(&client(&place.pki, Some(&stranger)), &machine, "/v1/nergens").await.unwrap().status, 401);
    clock.advance(-3600);
    let astray = looked().await.unwrap();
    assert!(astray.starts_with("HTTP/1.1 503") && astray.contains("clock_astray"), "{astray}");
    clock.advance(3600);
    assert!(looked().await.unwrap().starts_with("HTTP/1.1 200"));
    running.stop().await;
}
