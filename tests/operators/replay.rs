// SPDX-License-Identifier: EUPL-1.2
//! Decisions that were recorded are put again: one of them, and all of them under a policy that is only proposed; on both
//! databases, while the gateway goes on.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use sluis_tests::database::{Database, connect, owned};
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::first::run;
use crate::school::{School, edit};

const CONFIG: [&str; 2] = ["--config", "sluis.toml"];

struct Office {
    folder: PathBuf,
    world: World,
    url: String,
}

impl Office {
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        run(&self.folder, arguments)
    }

    fn replay(&self, decision: &str) -> (i32, String) {
        self.run(&[["besluit", "replay", decision].as_slice(), &CONFIG].concat())
    }

    fn shadow(&self, more: &[&str]) -> (i32, String) {
        self.run(&[["policy", "shadow", "--days", "1"].as_slice(), &CONFIG, more].concat())
    }

    /// Every entry of a log.
    fn log(&self, origin: &str) -> Vec<Value> {
        let (code, said) =
            self.run(&[["ledger", "export", "--to", "uitgifte", "--origin", origin].as_slice(), &CONFIG].concat());
        assert_eq!(code, 0, "{said}");
        let text = fs::read_to_string(self.folder.join("uitgifte")).unwrap();
        let entry = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            serde_json::from_str(line["regel"].as_str().unwrap()).unwrap()
        };
        text.lines().skip(1).map(entry).collect()
    }

    /// The decision that let the signal in.
    fn submitted(&self) -> String {
        let entries = self.log("sluis.test/1");
        let submitted = |entry: &&Value| entry["handeling"] == "indienen" && entry["uitkomst"]["soort"] == "verstrekt";
        entries.iter().find(submitted).unwrap()["besluit"].as_str().unwrap().to_owned()
    }

    /// A file with a changed copy of another.
    fn changed(&self, name: &str, text: &str, change: impl Fn(&str) -> String) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        edit(&path, change);
        name.to_owned()
    }

    /// Destroys the keys of everybody's content, as an erasure of that class would.
    async fn erase(&self) {
        let statement = "DELETE FROM data_key WHERE class = 'levering'";
        match self.url.strip_prefix("sqlite:") {
            Some(file) => {
                let mut connection = SqliteConnection::connect(file).await.unwrap();
                connection.execute(statement).await.unwrap();
            }
            None => {
                let mut connection = connect(&owned(&self.url).unwrap()).await.unwrap();
                connection.execute(statement).await.unwrap();
            }
        }
    }
}

async fn put_again(database: Database) {
    let folder = trial_folder(&format!("replay-{}", database.name())).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = database.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let office = Office { folder, world, url };
    let school = School::of(&office.world, &gateway);
    school.register(&office.world).await;
    assert_eq!(school.signal("een").await.unwrap().0, 201);
    let decision = office.submitted();

    let (code, said) = office.replay(&decision);
    assert!(code == 0 && said.starts_with("zelfde\n"), "{code} {said}");
    for personal in [office.world.people.worried_about.surname, "WH-0107", "gedrag"] {
        assert!(!said.contains(personal), "{said}");
    }
    let (code, said) = office.shadow(&[]);
    assert!(code == 0 && said.contains(" 0 anders, 0 niet na te spelen") && !said.contains("let op"), "{code} {said}");

    would_differ(&office, &decision);
    is_recorded(&office, &decision);

    // The gateway's own log was nobody else's meanwhile.
    assert_eq!(school.signal_about("twee", "leerprobleem").await.unwrap().0, 201);
    office.erase().await;
    let (code, said) = office.replay(&decision);
    assert!(code == 2 && said.starts_with("niet na te spelen: vernietigd\n"), "{code} {said}");
    let (code, said) = office.shadow(&[]);
    assert!(code == 0 && said.contains("niet na te spelen, vernietigd: "), "{code} {said}");
    gateway.stop().await.unwrap();
}

/// What a proposal would change is told by rule, and a proposal that cannot be in force is refused before anything is read.
fn would_differ(office: &Office, decision: &str) {
    let roles = include_str!("../../policy/roles/policy.csv");
    let grant = "p, intern_begeleider, school, indienen, preventief, vroegsignalering\n";
    let fewer = office.changed("rollen.csv", roles, |text| text.replacen(grant, "", 1));
    let (code, said) = office.shadow(&["--roles", &fewer]);
    assert!(
        code == 1 && said.contains("SL-901 → SL-102: 1, bijvoorbeeld ") && said.contains(decision),
        "{code} {said}"
    );

    let agreed = fs::read_to_string(office.folder.join("world/convenant.toml")).unwrap();
    let ended = |text: &str| {
        text.replacen("van = \"2020-01-01\" }", "van = \"2020-01-01\", tot = \"2021-01-01\" }", 1).replacen(
            "versie = 2",
            "versie = 3",
            1,
        )
    };
    let past = office.changed("beeindigd.toml", &agreed, ended);
    let (code, said) = office.shadow(&["--covenant", &past]);
    assert!(code == 1 && said.contains("SL-901 → SL-103: "), "{code} {said}");

    for (argument, file, wanted) in [
        ("--roles", office.changed("fout.csv", roles, |text| text.replacen(grant, "p, baas\n", 1)), "line 7"),
        (
            "--covenant",
            office.changed("fout.toml", &agreed, |text| text.replace("versie = 2", "versie = 0")),
            "`versie`",
        ),
        ("--covenant", "nergens.toml".to_owned(), "nergens.toml"),
    ] {
        let (code, said) = office.shadow(&[argument, &file]);
        assert!(code == 78 && said.contains(wanted), "{argument} {file}: {code} {said}");
    }

    // The same decision under another agreement than that of then.
    let config = fs::read_to_string(office.folder.join("sluis.toml")).unwrap();
    let path = office.folder.join("world/convenant.toml").display().to_string();
    let other = office.changed("anders.toml", &config, |text| text.replace(&path, &past));
    let (code, said) = office.run(&["besluit", "replay", decision, "--config", &other]);
    assert!(code == 1 && said.starts_with("anders onder regels ") && said.contains("SL-901 → SL-103"), "{code} {said}");

    for (unknown, expected) in [("00", 64), ("geen kenmerk", 64), (&"0f".repeat(16), 78)] {
        let (code, said) = office.replay(unknown);
        assert_eq!(code, expected, "{unknown}: {said}");
    }
}

/// Who looked stands in the operators' own log, and what they looked for does not stand there in the clear.
fn is_recorded(office: &Office, decision: &str) {
    let looks = office.log("sluis.test/1/beheer");
    let count = |word: &str| looks.iter().filter(|entry| entry["uitkomst"]["soort"] == word).count();
    assert_eq!((count("besluit_nagespeeld"), count("beleid_proefgedraaid")), (3, 3), "{looks:?}");
    for look in &looks {
        assert_eq!((&look["rol"], &look["handeling"]), (&"operator".into(), &"logboek_doorzoeken".into()), "{look}");
        assert!(!look.to_string().contains(decision), "{look}");
    }
    let trial = looks.iter().find(|entry| entry["uitkomst"]["anders"] == 1).unwrap();
    assert_eq!(trial["uitkomst"]["dagen"], 1, "{trial}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_decisions_on_sqlite_are_put_again() {
    put_again(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_decisions_on_postgresql_are_put_again() {
    put_again(Database::Postgres).await;
}

/// An operator who cannot reach the database hears so, and nothing of a decision.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_without_its_record() {
    let folder = trial_folder("replay-unrecorded").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let school = School::of(&world, &gateway);
    school.register(&world).await;
    assert_eq!(school.signal("een").await.unwrap().0, 201);
    gateway.stop().await.unwrap();
    let office = Office { folder, world, url };
    let decision = office.submitted();
    // Whatever is written into the log of the operators is refused by the database.
    let file = office.url.strip_prefix("sqlite:").unwrap();
    let mut connection = SqliteConnection::connect(file).await.unwrap();
    let refuse = "CREATE TRIGGER nothing_more BEFORE INSERT ON log_leaf BEGIN SELECT RAISE(ABORT, 'no'); END";
    connection.execute(refuse).await.unwrap();
    for (code, said) in [office.replay(&decision), office.shadow(&[])] {
        assert!(code == 69 && !said.contains("zelfde") && !said.contains("SL-"), "{code} {said}");
    }
}
