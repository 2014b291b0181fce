// SPDX-License-Identifier: EUPL-1.2
//! What a gateway runs on changes only with a record of it, on both databases.

use std::fs;

use serde_json::Value;
use sluis_tests::database::{Database, connect, owned};
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::first::run;
use crate::school::{School, edit};

/// Every change that the gateway's own log tells of.
fn changes(folder: &std::path::Path) -> Vec<Value> {
    let (code, said) = run(folder, &["ledger", "export", "--config", "sluis.toml", "--to", "uitgifte"]);
    assert_eq!(code, 0, "{said}");
    let text = fs::read_to_string(folder.join("uitgifte")).unwrap();
    let entries = text.lines().skip(1).map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        serde_json::from_str::<Value>(line["regel"].as_str().unwrap()).unwrap()
    });
    entries.filter(|entry| entry["uitkomst"]["soort"] == "configuratie_vervangen").collect()
}

/// Lets the database refuse every further line of the log.
async fn refuse_to_record(url: &str) {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let mut connection = SqliteConnection::connect(file).await.unwrap();
        let refuse = "CREATE TRIGGER no_more BEFORE INSERT ON log_leaf BEGIN SELECT RAISE(ABORT, 'no'); END";
        connection.execute(refuse).await.unwrap();
        return;
    }
    let mut connection = connect(&owned(url).unwrap()).await.unwrap();
    connection.execute("REVOKE INSERT ON log_leaf FROM sluis_app").await.unwrap();
}

async fn recorded(database: Database) {
    let folder = trial_folder(&format!("changes-{}", database.name())).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = database.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let school = School::of(&world, &gateway);
    school.register(&world).await;
    let (covenant, config) = (world.folder.join("convenant.toml"), folder.join("sluis.toml"));

    edit(&covenant, |text| text.replacen("versie = 2", "versie = 3", 1));
    assert_eq!(gateway.reload().await.unwrap(), None);
    edit(&config, |text| format!("{text}[limits]\nbody_bytes = 2048\n"));
    assert_eq!(gateway.reload().await.unwrap(), None);
    let told = changes(&folder);
    let parts: Vec<Vec<&String>> =
        told.iter().map(|change| change["uitkomst"]["onderdelen"].as_object().unwrap().keys().collect()).collect();
    assert_eq!(parts, [["convenanten"], ["grenzen"]]);
    let change = &told[0]["uitkomst"]["onderdelen"]["convenanten"];
    assert!(change["was"] != change["is"] && change["is"].as_str().unwrap().len() == 64, "{change}");
    assert_eq!((&told[0]["rol"], &told[0]["ding"]), (&"operator".into(), &"beleid".into()));

    // What is refused changes nothing, and there is nothing to tell.
    edit(&covenant, |text| text.replacen("versie = 3", "versie = 0", 1));
    assert!(gateway.reload().await.unwrap().is_some());
    assert_eq!(changes(&folder).len(), 2);
    edit(&covenant, |text| text.replacen("versie = 0", "versie = 4", 1));

    // What cannot be recorded does not happen: a body that the old limit refuses is refused still.
    refuse_to_record(&url).await;
    edit(&config, |text| text.replace("body_bytes = 2048", "body_bytes = 8192"));
    let said = gateway.reload().await.unwrap().unwrap();
    assert!(said.contains("cannot be recorded"), "{said}");
    assert_eq!(school.send_much(4096).await.unwrap().0, 413);
    gateway.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_recorded_on_sqlite_or_does_not_happen() {
    recorded(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_recorded_on_postgresql_or_does_not_happen() {
    recorded(Database::Postgres).await;
}
