// SPDX-License-Identifier: EUPL-1.2
//! The two roles on PostgreSQL: who serves can change nothing that stands in the log, and who can does not serve.

use std::fs;

use sluis_tests::database::{Database, owned, server};
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;
use sqlx::{Connection, Executor, PgConnection};

use crate::first::run;
use crate::school::{School, edit};

#[tokio::test(flavor = "multi_thread")]
async fn who_serves_cannot_change_the_log_and_who_can_does_not_serve() {
    let folder = trial_folder("roles").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Postgres.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let school = School::of(&world, &gateway);
    school.register(&world).await;
    assert_eq!(school.signal("een").await.unwrap().0, 201, "everything that a gateway does, this role may");
    gateway.stop().await.unwrap();

    let mut serving = PgConnection::connect(&url).await.unwrap();
    for statement in [
        "UPDATE log_leaf SET entry = entry",
        "DELETE FROM log_leaf",
        "TRUNCATE log_leaf",
        "UPDATE log_fields SET sealed = sealed",
        "DELETE FROM log_fields",
        "UPDATE fact SET sealed = sealed",
        "DELETE FROM fact",
        "DELETE FROM log_head",
        "DELETE FROM _sqlx_migrations",
        "DROP TABLE log_leaf",
        "ALTER TABLE log_leaf ADD COLUMN extra TEXT",
        "CREATE TABLE beside (a TEXT)",
    ] {
        let refused = serving.execute(statement).await;
        let refused = refused.err().unwrap_or_else(|| panic!("{statement} is let through"));
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap().into_owned();
        assert_eq!(code, "42501", "{statement}: insufficient privilege");
    }

    // What goes with a signal whose term is over takes nothing along that is said about a youth.
    let facts = "SELECT count(*) FROM fact WHERE get_byte(subject, 0) = 121";
    let before: i64 = sqlx::query_scalar(facts).fetch_one(&mut serving).await.unwrap();
    serving.execute("SELECT lapse_facts(subject) FROM fact WHERE get_byte(subject, 0) = 121").await.unwrap();
    let after: i64 = sqlx::query_scalar(facts).fetch_one(&mut serving).await.unwrap();
    assert!(before > 0 && before == after, "{before} {after}");

    let config = folder.join("sluis.toml");
    let (_, name) = url.rsplit_once('/').unwrap();
    let (base, _) =
        server().map(|server| server.rsplit_once('/').map(|(base, _)| (base.to_owned(), ())).unwrap()).unwrap();
    for mighty in [owned(&url).unwrap(), format!("{base}/{name}")] {
        edit(&config, |text| text.replace(&url, &mighty));
        for command in ["serve", "check"] {
            let (code, said) = run(&folder, &[command, "--config", "sluis.toml"]);
            assert!(
                code == 78 && said.contains("may change what stands in the log"),
                "{command} {mighty}: {code} {said}"
            );
        }
        edit(&config, |text| text.replace(&mighty, &url));
    }
    // And the role that serves cannot migrate.
    let (code, said) = run(&folder, &["migrate", "--config", "sluis.toml"]);
    assert_eq!(code, 69, "{said}");
    fs::write(folder.join("owner"), "mysql://x\n").unwrap();
    let (code, said) = run(&folder, &["migrate", "--config", "sluis.toml", "--owner", "owner"]);
    assert!(code == 78 && !said.contains("mysql"), "{said}");
}
