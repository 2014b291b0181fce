// SPDX-License-Identifier: EUPL-1.2
//! A gateway with a people listener, its provider, and officers in its register.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::json;
use sluis_sandbox::seed;
use sluis_tests::conversation;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder, turnable};
use sluis_tests::pattern::Names;
use sluis_tests::play::Play;
use sluis_tests::world::World;

use crate::browser::{Browser, Page};
use crate::outsiders::Provider;

/// The officer of the first school.
pub(crate) const OFFICER: &str = "fg.wilgenhoek";
/// The officer of the second school, who is also that of the samenwerkingsverband.
pub(crate) const OTHER: &str = "fg.waalkanter";
/// The officer of the municipality.
pub(crate) const MUNICIPAL: &str = "fg.gemeente";
/// An officer until the midnight that began this day.
pub(crate) const ENDED: &str = "fg.vertrokken";

/// The algorithm that the provider signs with unless a trial wants another.
pub(crate) const USUAL: &str = "ES256";

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) folder: PathBuf,
    pub(crate) provider: Provider,
    /// `https://localhost:PORT`
    pub(crate) console: String,
    pub(crate) gateway: Gateway,
}

impl Stage {
    /// Starts all of it.
    pub(crate) async fn new(name: &str) -> Self {
        Self::with(name, |register| register).await
    }

    /// The same, with a register that is changed first.
    pub(crate) async fn with(name: &str, change: impl Fn(String) -> String) -> Self {
        let folder = trial_folder(&format!("people-{name}")).unwrap();
        let world = World::start(&folder.join("world")).await.unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let console = format!("https://localhost:{free}");
        let files = &world.folder;
        fs::write(files.join("assertion.key"), world.pki.server().unwrap().key_pem).unwrap();
        let provider = Provider::start(&json!({
            "key": files.join("server.key"), "certificate": files.join("server.pem"),
            "clientKey": files.join("assertion.key"), "back": format!("{console}/aanmelden/terug"),
        }));
        let register = files.join("register.toml");
        fs::write(&register, change(with_officers(&world, &provider.issuer))).unwrap();
        let url = Database::Sqlite.fresh(&folder).await.unwrap();
        Gateway::prepare(&world, &folder, &url).unwrap();
        let people = format!(
            "[people]\nlisten = \"127.0.0.1:{free}\"\nurl = \"{console}\"\nissuer = \"{}\"\nclient_id = \"sluis-{USUAL}\"\n\
             certificate = \"{files}/server.pem\"\nkey = \"{files}/server.key\"\nclient_key = \"{files}/assertion.key\"\n",
            provider.issuer,
            files = files.display(),
        );
        let configuration = folder.join("sluis.toml");
        let written = fs::read_to_string(&configuration).unwrap();
        fs::write(&configuration, written + people.as_str()).unwrap();
        let gateway = started(&folder).await;
        Self { world, folder, provider, console, gateway }
    }

    /// Ends the gateway and starts it again on what it left.
    pub(crate) async fn restart(self) -> Self {
        let Self { world, folder, provider, console, gateway } = self;
        gateway.stop().await.unwrap();
        let gateway = started(&folder).await;
        Self { world, folder, provider, console, gateway }
    }

    /// Turns the gateway's clock so many seconds from the real one.
    pub(crate) fn turn(&self, seconds: i64) {
        fs::write(self.folder.join("offset"), seconds.to_string()).unwrap();
    }

    /// Changes a file of the operator's.
    pub(crate) fn edit(&self, file: &Path, change: impl Fn(String) -> String) {
        let before = fs::read_to_string(file).unwrap();
        let after = change(before.clone());
        assert_ne!(before, after, "{} must change", file.display());
        fs::write(file, after).unwrap();
    }

    /// Holds a conversation at the machine listener, so that there is something to read, and gives the names it learned.
    pub(crate) async fn hold(&self, name: &str) -> Names {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations").join(name);
        let steps = conversation::read(&fs::read_to_string(file).unwrap()).unwrap();
        let mut play = Play::new(&self.world, &self.gateway);
        for step in steps {
            play.step(&step).await.unwrap_or_else(|trouble| panic!("{}: {trouble}", step.title));
        }
        play.names
    }

    /// A browser that nobody used yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.world)
    }

    /// An address of the console.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.console)
    }

    /// Logs a person in, and shows what they see then.
    pub(crate) async fn log_in(&self, browser: &mut Browser, person: &str) -> Page {
        let back = self.way_back(browser, person).await;
        let page = browser.follow(&back, "nowhere").await.unwrap();
        let Some(proof) = page.between("name=\"bewijs\" value=\"", "\"").map(str::to_owned) else { return page };
        assert!(
            page.body.contains("Waarom leest u in het logboek?") && !page.body.contains("Logboek van"),
            "{}",
            page.body
        );
        let given = browser.submit(&self.at("/reden"), &[("bewijs", &proof), ("reden", "toezicht")]).await;
        assert_eq!(given.status, 303, "{}", given.body);
        browser.ask(&self.at("/")).await
    }

    /// Logs a person in at the provider, and gives the address with which it sends them back.
    pub(crate) async fn way_back(&self, browser: &mut Browser, person: &str) -> String {
        browser.through_provider(&self.at("/aanmelden"), person, &self.at("/aanmelden/terug")).await.to_string()
    }
}

async fn started(folder: &Path) -> Gateway {
    fs::write(folder.join("offset"), "0").unwrap();
    Gateway::spawned(turnable(folder).unwrap(), folder).await.unwrap()
}

/// The register of the world, with officers, and the provider trusted by every organisation that trusts one.
fn with_officers(world: &World, issuer: &str) -> String {
    let register = fs::read_to_string(world.folder.join("register.toml")).unwrap();
    let mut register = register.replace("issuers = [\"", &format!("issuers = [\"{issuer}\", \""));
    // Officers have the desk of the gateway's own people.
    for desk in ["school", "samenwerkingsverband", "wijkteam"] {
        register = register.replace(&format!("desks = [\"{desk}\""), &format!("desks = [\"sluis\", \"{desk}\""));
    }
    let today = world.people.today;
    for (id, organisation, until) in [
        (OFFICER, seed::SCHOOL, None),
        (OTHER, seed::SECOND_SCHOOL, None),
        (OTHER, seed::SAMENWERKINGSVERBAND, None),
        (MUNICIPAL, seed::MUNICIPALITY, None),
        (ENDED, seed::SCHOOL, Some(today)),
    ] {
        let until = until.map_or(String::new(), |day| format!("until = {day}\n"));
        register += &format!(
            "[[professional]]\norganisation = \"{organisation}\"\nid = \"{id}\"\n[[professional.role]]\n\
             role = \"functionaris_gegevensbescherming\"\ndesk = \"sluis\"\nfrom = 2020-01-01\n{until}"
        );
    }
    register
}
