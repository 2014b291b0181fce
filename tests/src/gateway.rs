// SPDX-License-Identifier: EUPL-1.2
//! The real binary, as a process.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Trouble;
use crate::database::owned;
use crate::region::COVENANTS;
use crate::world::{AUDIENCE, World};

/// How long a gateway may take to listen.
const START: Duration = Duration::from_secs(30);

/// A gateway that runs. It is killed when it is dropped.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    /// `https://localhost:PORT`
    pub machine: String,
    /// `http://127.0.0.1:PORT`
    pub operations: String,
    log: PathBuf,
}

/// Where the binary is.
///
/// # Errors
/// When it was not built.
pub fn binary() -> Result<PathBuf, Trouble> {
    let beside_tests = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("sluis"));
    let path = std::env::var_os("SLUIS_TEST_BINARY").map(PathBuf::from).or_else(beside_tests);
    let path = path.ok_or("the binary cannot be found")?;
    if path.is_file() { Ok(path) } else { Err(format!("{} is not there: cargo build --workspace", path.display())) }
}

/// Where trials keep their files: searched for what must not be there when all is done.
fn trials_folder() -> PathBuf {
    let given = std::env::var_os("SLUIS_TEST_FOLDER").map(PathBuf::from);
    given.unwrap_or_else(|| std::env::temp_dir().join(format!("sluis-trials-{}", std::process::id())))
}

/// An empty folder for one trial.
///
/// # Errors
/// When it cannot be made.
pub fn trial_folder(name: &str) -> Result<PathBuf, Trouble> {
    let folder = trials_folder().join(name);
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

impl Gateway {
    /// Makes keys, migrates a database and starts a gateway on it. Its configuration and log lie in `folder`.
    ///
    /// # Errors
    /// When it does not listen in time; with what it said.
    pub async fn start(world: &World, folder: &Path, database: &str) -> Result<Self, Trouble> {
        Self::prepare(world, folder, database)?;
        Self::again(folder).await
    }

    /// What an operator does before the first start: a configuration, keys, a migrated database.
    ///
    /// # Errors
    /// When a command fails; with what it said.
    pub fn prepare(world: &World, folder: &Path, database: &str) -> Result<(), Trouble> {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let written = |name: &str, text: String| fs::write(folder.join(name), text).map_err(|error| error.to_string());
        written("sluis.toml", configuration(&world.folder, database))?;
        let mut migrate = vec!["migrate", "--config", "sluis.toml"];
        let owned = owned(database);
        if owned.is_some() {
            migrate.extend(["--owner", "owner"]);
        }
        for (name, text) in [("passphrase", "alleen voor deze proef"), ("owner", owned.as_deref().unwrap_or_default())]
        {
            written(name, format!("{text}\n"))?;
            fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600))
                .map_err(|error| error.to_string())?;
        }
        ordered(folder, &["keys", "--config", "sluis.toml"])?;
        ordered(folder, &migrate)
    }

    /// What an operator does for a second gateway on the database of the one in `first`: an origin and a key of its own.
    ///
    /// # Errors
    /// When a command fails; with what it said.
    pub fn prepare_beside(first: &Path, folder: &Path, origin: &str) -> Result<(), Trouble> {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        fs::copy(first.join("passphrase"), folder.join("passphrase")).map_err(|error| error.to_string())?;
        let text = fs::read_to_string(first.join("sluis.toml")).map_err(|error| error.to_string())?;
        let text = text.replace(r#"origin = "sluis.test/1""#, &format!(r#"origin = "{origin}""#));
        fs::write(folder.join("sluis.toml"), text).map_err(|error| error.to_string())?;
        let first = first.join("sluis.toml").display().to_string();
        ordered(folder, &["keys", "--config", "sluis.toml", "--beside", &first])
    }

    /// Starts a gateway on the configuration that an earlier one in `folder` had.
    ///
    /// # Errors
    /// When it does not listen in time; with what it said.
    pub async fn again(folder: &Path) -> Result<Self, Trouble> {
        Self::spawned(command(folder)?, folder).await
    }

    /// Starts a gateway by a command that someone has prepared, such as one in another view of the world.
    ///
    /// # Errors
    /// When it does not listen in time; with what it said.
    pub async fn spawned(command: Command, folder: &Path) -> Result<Self, Trouble> {
        Self::serving(command, &["--log", "debug"], folder).await
    }

    /// Starts a gateway as it is shipped, behind a command that starts it and with these arguments of its own.
    ///
    /// # Errors
    /// When it does not listen in time; with what it said.
    pub async fn as_shipped(folder: &Path, behind: &[&str], own: &[&str]) -> Result<Self, Trouble> {
        let [program, arguments @ ..] = behind else { return Err("no command to start it with".into()) };
        let mut command = Command::new(program);
        command.args(arguments).arg(binary()?).env_clear().env("TMPDIR", folder).stdin(Stdio::null());
        Self::serving(command, own, folder).await
    }

    async fn serving(mut command: Command, log_arguments: &[&str], folder: &Path) -> Result<Self, Trouble> {
        let log = folder.join("gateway.log");
        let file = OpenOptions::new().create(true).append(true).open(&log).map_err(|error| error.to_string())?;
        let begun = usize::try_from(file.metadata().map_err(|error| error.to_string())?.len()).unwrap_or(0);
        command.arg("serve").args(log_arguments).arg("--config").arg(folder.join("sluis.toml"));
        let child = command.stdout(copy(&file)?).stderr(file).spawn().map_err(|error| error.to_string())?;
        let mut gateway = Self { child, machine: String::new(), operations: String::new(), log };
        let until = Instant::now() + START;
        loop {
            let text = gateway.log();
            let said = text.get(begun..).unwrap_or_default();
            if let Some([machine, operations]) = said.lines().find_map(addresses) {
                let (_, port) = machine.rsplit_once(':').ok_or("the gateway named no port")?;
                gateway.machine = format!("https://localhost:{port}");
                gateway.operations = format!("http://{operations}");
                return Ok(gateway);
            }
            if Instant::now() > until || !gateway.runs() {
                return Err(format!("the gateway did not start: {said}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Everything that it wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether the process is there.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to read its files anew, and waits until it did or would not. Gives what it would not take and why.
    ///
    /// # Errors
    /// When it says nothing in time.
    pub async fn reload(&self) -> Result<Option<String>, Trouble> {
        let before = self.log().len();
        let told = Command::new("kill").args(["-HUP", &self.id().to_string()]).status();
        told.map_err(|error| error.to_string())?;
        let until = Instant::now() + START;
        while Instant::now() < until {
            let text = self.log();
            let said = text.get(before..).unwrap_or_default().lines();
            for line in said.filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
                match line.get("message").and_then(Value::as_str) {
                    Some("reloaded") => return Ok(None),
                    Some("not reloaded, the old stays") => {
                        return Ok(Some(line.get("fault").and_then(Value::as_str).unwrap_or_default().to_owned()));
                    }
                    _ => {}
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the gateway did not reload, nor say why not".into())
    }

    /// Ends it as a power cut would: without a chance to finish anything.
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks it to stop, and waits.
    ///
    /// # Errors
    /// When it does not stop in time, or not well.
    pub async fn stop(mut self) -> Result<(), Trouble> {
        let told = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        told.map_err(|error| error.to_string())?;
        let until = Instant::now() + START;
        while self.runs() {
            if Instant::now() > until {
                return Err("the gateway did not stop when asked".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let ended = self.child.wait().map_err(|error| error.to_string())?;
        if self.log().contains("the ledger is still held") {
            return Err("the gateway waited for a ledger that somebody kept".into());
        }
        if ended.success() { Ok(()) } else { Err(format!("the gateway stopped with {ended}")) }
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.end();
    }
}

fn ordered(folder: &Path, order: &[&str]) -> Result<(), Trouble> {
    let done = command(folder)?.current_dir(folder).args(order).output();
    let done = done.map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("`{}` failed: {}", order.join(" "), String::from_utf8_lossy(&done.stderr)))
}

/// The command without arguments. Its environment is empty, as under a service manager, but for where to put files.
///
/// # Errors
/// When the binary was not built.
pub fn command(folder: &Path) -> Result<Command, Trouble> {
    let mut command = Command::new(binary()?);
    command.env_clear().env("TMPDIR", folder).stdin(Stdio::null());
    Ok(command)
}

/// The command for a gateway whose clock is so many seconds off as the file `offset` in `folder` says.
///
/// # Errors
/// When the binary or the library that turns the clock cannot be had.
pub fn turnable(folder: &Path) -> Result<Command, Trouble> {
    let library = folder.join("clock.so");
    if !library.exists() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/clock.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
        if !built.map_err(|error| error.to_string())?.success() {
            return Err("the clock cannot be built".into());
        }
    }
    let mut command = command(folder)?;
    command.env("LD_PRELOAD", library).env("SLUIS_TEST_CLOCK", folder.join("offset"));
    Ok(command)
}

fn copy(file: &File) -> Result<File, Trouble> {
    file.try_clone().map_err(|error| error.to_string())
}

fn addresses(line: &str) -> Option<[String; 2]> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = |name: &str| line.get(name)?.as_str().map(str::to_owned);
    Some([address("machine")?, address("operations")?])
}

fn configuration(files: &Path, database: &str) -> String {
    let files = files.display();
    let others = COVENANTS.map(|(name, _)| format!("\"{files}/convenant-{name}.toml\"")).join(", ");
    format!(
        r#"audience = "{AUDIENCE}"
origin = "sluis.test/1"
register = "{files}/register.toml"
covenants = ["{files}/convenant.toml", {others}]
database = "{database}"
operations = "127.0.0.1:0"
[keys]
file = "keys"
passphrase = "passphrase"
[machine]
listen = "127.0.0.1:0"
certificate = "{files}/server.pem"
key = "{files}/server.key"
client_roots = "{files}/ca.pem"
[outbound]
roots = "{files}/ca.pem"
certificate = "{files}/client.pem"
key = "{files}/client.key"
private_hosts = ["localhost"]
"#
    )
}
