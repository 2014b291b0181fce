// SPDX-License-Identifier: EUPL-1.2
//! A copy is made while systems send, and a gateway goes on from it: under a new log that names the old one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;
use tokio::task::JoinSet;

use crate::first::run;
use crate::school::{School, edit};

/// A gateway with a copy of it that was made under load, and what had been acknowledged before.
struct Copied {
    world: World,
    folder: PathBuf,
    database: Database,
    acknowledged: BTreeMap<String, String>,
}

impl Copied {
    async fn make(name: &str, database: Database) -> Self {
        let folder = trial_folder(&format!("{name}-{}", database.name())).unwrap();
        let world = World::start(&folder.join("world")).await.unwrap();
        let url = database.fresh(&folder).await.unwrap();
        let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
        let school = School::of(&world, &gateway);
        school.register(&world).await;
        let mut acknowledged = BTreeMap::new();
        for number in 0..20 {
            let (status, answer) = school.signal(&format!("voor-{number}")).await.unwrap();
            assert_eq!(status, 201, "{answer}");
            acknowledged.insert(format!("voor-{number}"), answer["signaalId"].as_str().unwrap().to_owned());
        }
        let stop = Arc::new(AtomicBool::new(false));
        let mut workers = JoinSet::new();
        for worker in 0..4 {
            let (school, stop) = (School::of(&world, &gateway), Arc::clone(&stop));
            workers.spawn(async move {
                for number in 0.. {
                    if stop.load(Ordering::Acquire) {
                        return number;
                    }
                    let (status, answer) = school.signal(&format!("onder-{worker}-{number}")).await.unwrap();
                    assert_eq!(status, 201, "{answer}");
                }
                0
            });
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let (code, said) = run(&folder, &["backup", "--config", "sluis.toml", "--to", "kopie"]);
        assert!(code == 0 && said.contains("logboek sluis.test/1"), "{code} {said}");
        stop.store(true, Ordering::Release);
        let sent: usize = workers.join_all().await.into_iter().sum();
        assert!(sent > 0, "nobody sent anything meanwhile");
        gateway.kill();
        Self { world, folder, database, acknowledged }
    }

    fn copy(&self) -> PathBuf {
        self.folder.join("kopie")
    }

    /// A folder with an empty database, the keys of the first gateway and a new log name.
    async fn elsewhere(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        let url = self.database.fresh(&folder).await.unwrap();
        Gateway::prepare(&self.world, &folder, &url).unwrap();
        for file in ["keys", "passphrase"] {
            fs::copy(self.folder.join(file), folder.join(file)).unwrap();
        }
        edit(&folder.join("sluis.toml"), |text| text.replace("sluis.test/1", "sluis.test/2"));
        folder
    }

    fn restore(&self, folder: &Path, from: &Path, more: &[&str]) -> (i32, String) {
        let from = from.display().to_string();
        let nothing = ["--zonder-journaal", "nooit-vernietigd"];
        run(folder, &[&["restore", "--config", "sluis.toml", "--from", &from], nothing.as_slice(), more].concat())
    }

    /// The checkpoint that the copy carries, and the public key to check it with, as somebody could have kept them.
    fn kept(&self) -> (PathBuf, PathBuf) {
        let manifest = fs::read_to_string(self.copy().join("reservekopie.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let (note, key) = (self.folder.join("bewaard"), self.folder.join("openbaar"));
        fs::write(&note, manifest["logboeken"][0]["controlepunt"].as_str().unwrap()).unwrap();
        fs::write(&key, run(&self.folder, &["ledger", "key", "--config", "sluis.toml"]).1).unwrap();
        (note, key)
    }
}

async fn goes_on(database: Database) {
    let copied = Copied::make("goes-on", database).await;
    let there = copied.elsewhere("elders").await;
    let (note, key) = copied.kept();
    let (note, key) = (note.display().to_string(), key.display().to_string());
    let (code, said) = copied.restore(&there, &copied.copy(), &["--verify", "--keys", &key, "--checkpoint", &note]);
    assert!(code == 0 && said.contains("weer leeg"), "{code} {said}");
    // Which is true: the same database takes the copy once more.
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert!(code == 0 && said.contains("Teruggezet") && said.contains("Niet vergeleken"), "{code} {said}");
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert!(code == 78 && said.contains("not empty"), "{code} {said}");

    let gateway = Gateway::again(&there).await.unwrap();
    let school = School::of(&copied.world, &gateway);
    for (key, id) in &copied.acknowledged {
        assert_eq!(school.look(id).await, 200, "{key} was acknowledged before the copy was made (P9)");
        let (_, again) = school.signal(key).await.unwrap();
        assert_eq!(again["signaalId"].as_str(), Some(id.as_str()), "{key} is known by its key as well");
    }
    assert_eq!(school.signal("daarna").await.unwrap().0, 201);
    gateway.stop().await.unwrap();

    // The new log begins with where the old one stood, and the old one can still be checked against what was kept.
    let (code, said) = run(&there, &["ledger", "export", "--config", "sluis.toml", "--to", "nieuw"]);
    assert_eq!(code, 0, "{said}");
    let export = fs::read_to_string(there.join("nieuw")).unwrap();
    let first: Value = serde_json::from_str(export.lines().nth(1).unwrap()).unwrap();
    let first: Value = serde_json::from_str(first["regel"].as_str().unwrap()).unwrap();
    let followed = &first["uitkomst"]["volgt_op"][0];
    assert_eq!((&first["uitkomst"]["soort"], &followed["oorsprong"]), (&"hersteld".into(), &"sluis.test/1".into()));
    assert_eq!(followed["controlepunt"].as_str(), Some(fs::read_to_string(&note).unwrap().as_str()));
    let export = ["ledger", "export", "--config", "sluis.toml", "--origin", "sluis.test/1", "--to", "oud"];
    let (code, said) = run(&there, &export);
    assert_eq!(code, 0, "{said}");
    let verify = ["ledger", "verify", "--export", "oud", "--keys", &key, "--checkpoint", &note];
    let (code, said) = run(&there, &verify);
    assert!(code == 0 && said.starts_with("klopt"), "{code} {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_a_gateway_on_sqlite_goes_on_from_a_copy_made_under_load() {
    goes_on(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_a_gateway_on_postgresql_goes_on_from_a_copy_made_under_load() {
    goes_on(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_a_copy_that_was_touched_is_not_put_back() {
    let copied = Copied::make("touched", Database::Postgres).await;
    let there = copied.elsewhere("elders").await;
    let leaves = copied.copy().join("gegevens/log_leaf.copy");
    let manifest = copied.copy().join("reservekopie.json");
    let (before, told) = (fs::read_to_string(&leaves).unwrap(), fs::read_to_string(&manifest).unwrap());

    // A file that is not as it was.
    edit(&leaves, |text| text.replacen("verstrekt", "verstrikt", 1));
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert!(code == 1 && said.contains("log_leaf.copy") && said.contains("not as it was"), "{code} {said}");

    // The same by somebody who makes the manifest agree: the count of the log does not.
    let sum = hex(digest(&SHA256, &fs::read(&leaves).unwrap()).as_ref());
    let old = hex(digest(&SHA256, before.as_bytes()).as_ref());
    edit(&manifest, |text| text.replace(&old, &sum));
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert!(code == 1 && said.contains("`sluis.test/1`") && said.contains("not whole"), "{code} {said}");
    fs::write(&leaves, &before).unwrap();

    // By somebody without the key, who leaves the signed checkpoint as it was and says another root beside it.
    fs::write(&manifest, told.replacen("\"omvang\": ", "\"omvang\": 1", 1)).unwrap();
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert!(code == 1 && said.contains("not signed"), "{code} {said}");
    fs::write(&manifest, &told).unwrap();

    // Into the log that it came from, or into one that is in use.
    edit(&there.join("sluis.toml"), |text| text.replace("sluis.test/2", "sluis.test/1"));
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert!(code == 78 && said.contains("needs a new one"), "{code} {said}");
    edit(&there.join("sluis.toml"), |text| text.replace("sluis.test/1", "sluis.test/2"));

    // And whole, it fits, into a database that all of this left empty.
    let (code, said) = copied.restore(&there, &copied.copy(), &[]);
    assert_eq!(code, 0, "{said}");
    // A checkpoint that somebody kept after the copy was made shows what is missing from it.
    let late = copied.elsewhere("laat").await;
    let gateway = Gateway::again(&copied.folder).await.unwrap();
    assert_eq!(School::of(&copied.world, &gateway).signal("later").await.unwrap().0, 201);
    gateway.stop().await.unwrap();
    let (code, said) = run(&copied.folder, &["backup", "--config", "sluis.toml", "--to", "later"]);
    assert_eq!(code, 0, "{said}");
    let (_, key) = copied.kept();
    let later: Value =
        serde_json::from_str(&fs::read_to_string(copied.folder.join("later/reservekopie.json")).unwrap()).unwrap();
    let note = copied.folder.join("later-bewaard");
    fs::write(&note, later["logboeken"][0]["controlepunt"].as_str().unwrap()).unwrap();
    let (note, key) = (note.display().to_string(), key.display().to_string());
    let (code, said) = copied.restore(&late, &copied.copy(), &["--keys", &key, "--checkpoint", &note]);
    assert!(code == 1 && said.contains("does not fit a checkpoint that was kept"), "{code} {said}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
