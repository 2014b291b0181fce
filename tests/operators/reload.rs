// SPDX-License-Identifier: EUPL-1.2
//! SIGHUP: everything that may change is swapped whole while systems send, or everything stays.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sluis_sandbox::seed;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;
use tokio::task::JoinSet;

use crate::school::{School, edit, readiness};

/// Systems that send without a pause until they are told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    workers: JoinSet<usize>,
}

impl Load {
    fn of(world: &World, gateway: &Gateway, systems: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut workers = JoinSet::new();
        for worker in 0..systems {
            let (school, stop) = (School::of(world, gateway), Arc::clone(&stop));
            workers.spawn(async move {
                let mut sent = 0;
                while !stop.load(Ordering::Acquire) {
                    let answer = school.signal(&format!("{worker}-{sent}")).await;
                    let (status, body) = answer.unwrap_or_else(|error| panic!("a request was dropped: {error}"));
                    assert_eq!(status, 201, "{body}");
                    sent += 1;
                }
                sent
            });
        }
        Self { stop, workers }
    }

    /// How many were accepted; all that were sent.
    async fn end(self) -> usize {
        self.stop.store(true, Ordering::Release);
        self.workers.join_all().await.into_iter().sum()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_under_load_swaps_everything_and_drops_no_request() {
    let folder = trial_folder("reload").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    School::of(&world, &gateway).register(&world).await;
    let register = world.folder.join("register.toml");
    let load = Load::of(&world, &gateway, 6);
    for round in 0..8 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.pki.server().unwrap().write(&world.folder, "server").unwrap();
        world.pki.client("Sluis West Maas en Waal", seed::GATEWAY).unwrap().write(&world.folder, "client").unwrap();
        edit(&register, |text| format!("# ronde {round}\n{text}"));
        edit(&world.folder.join("convenant.toml"), |text| format!("# ronde {round}\n{text}"));
        assert_eq!(gateway.reload().await.unwrap(), None, "round {round}");
    }
    let accepted = load.end().await;
    assert!(accepted > 20, "there was load: {accepted}");

    // And what was swapped is in force: outbound calls show the certificate of the last round and arrive.
    let desk = &world.counterparts["back-office"];
    let before = desk.received().len();
    let (status, _) = School::of(&world, &gateway).signal_about("na-afloop", "thuis").await.unwrap();
    assert_eq!(status, 201);
    for _ in 0..600 {
        if desk.received().len() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(desk.received().len() > before, "nothing leaves any more");
    gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_fault_changes_nothing_and_is_named() {
    let folder = trial_folder("no-reload").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let school = School::of(&world, &gateway);
    school.register(&world).await;
    let (config, register) = (folder.join("sluis.toml"), world.folder.join("register.toml"));
    let rows: [(&std::path::Path, &str, &str, &str); 8] = [
        (&register, "[[mandate]]", "[[mandaat]]", "`mandaat`"),
        (&register, "role = \"leerkracht\"", "role = \"baas\"", "role[0].role"),
        (&config, "register.toml", "nergens.toml", "nergens.toml"),
        (&config, "convenant.toml", "register.toml", "register.toml"),
        (&config, "client.key", "server.key", "cannot be used"),
        (&config, "ca.pem\"\n[outbound]", "ca.pem\"\nrevocations = [\"nergens.crl\"]\n[outbound]", "nergens.crl"),
        (&config, "sluis.test/1", "sluis.test/2", "only a restart can change origin"),
        (&config, "https://sluis.test", "https://ander.test", "only a restart can change audience"),
    ];
    for (number, (file, old, new, named)) in rows.into_iter().enumerate() {
        let whole = fs::read_to_string(file).unwrap();
        edit(file, |text| text.replacen(old, new, 1));
        let said = gateway.reload().await.unwrap().unwrap_or_else(|| panic!("{new} was taken"));
        assert!(said.contains(named), "{named} in {said}");
        fs::write(file, whole).unwrap();
        let (status, answer) = school.signal(&format!("na-{number}")).await.unwrap();
        assert_eq!(status, 201, "{answer}");
    }
    assert_eq!(readiness(&gateway).await.0, 200);
    // A limit of a request changes at once.
    edit(&config, |text| format!("{text}[limits]\nbody_bytes = 1024\n"));
    assert_eq!(school.send_much(2048).await.unwrap().0, 400, "it is read, and is no signal");
    assert_eq!(gateway.reload().await.unwrap(), None);
    assert_eq!(school.send_much(2048).await.unwrap().0, 413);
    assert_eq!(school.signal("na-afloop").await.unwrap().0, 201);
    gateway.stop().await.unwrap();
}
