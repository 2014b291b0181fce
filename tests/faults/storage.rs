// SPDX-License-Identifier: EUPL-1.2
//! SQLite's disk fails: full, or not to be written to. The disk is a small file system that only the gateway sees, which
//! takes root; `tests/run` says so aloud where it cannot be had.

use std::path::Path;
use std::process::Command;

use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, binary, trial_folder};
use sluis_tests::world::World;

use crate::intake::{Sender, Sent, readiness};

/// A gateway that sees its data folder through what a script mounted there.
fn within(folder: &Path, mount: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("data=$1; sluis=$2; shift 2; {mount} && exec \"$sluis\" \"$@\"");
    command.args(["--mount", "--propagation", "private", "sh", "-c", &script, "sh"]);
    command.arg(folder.join("data")).arg(binary().unwrap());
    command
}

fn mount_again(gateway: &Gateway, folder: &Path, options: &str) {
    let target = gateway.id().to_string();
    let mut command = Command::new("nsenter");
    command
        .args(["--target", &target, "--mount", "mount", "-o", &format!("remount,{options}")])
        .arg(folder.join("data"));
    assert!(command.status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_a_full_disk_refuses_and_loses_nothing() {
    let folder = trial_folder("full").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    Gateway::prepare(&world, &folder, &url).unwrap();
    let small = "cp -a \"$data\" \"$data.whole\" && mount -t tmpfs -o size=1m tmpfs \"$data\" && cp -a \"$data.whole/.\" \"$data\"";
    let gateway = Gateway::spawned(within(&folder, small), &folder).await.unwrap();
    let sender = Sender::new(&world, &gateway);
    sender.register(&world).await;
    let mut sent = Sent::new();
    for round in 0.. {
        sent.extend(sender.flood(round, 25).await);
        if sent.values().any(Option::is_none) {
            break;
        }
        assert!(round < 20, "the disk never filled");
    }
    assert!(sent.values().any(Option::is_some), "something was accepted before the disk was full");
    let refused = sender.signal("vol").await.expect("there is an answer").unwrap_err();
    assert_eq!(refused.0, 503, "{}", refused.1);
    sender.hears_that_no_report_was_made().await;
    readiness(&gateway, false).await;

    mount_again(&gateway, &folder, "size=64m");
    readiness(&gateway, true).await;
    sender.settle(&mut sent).await;
    gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_written_is_refused_at_the_start() {
    let folder = trial_folder("read-only").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    Gateway::prepare(&world, &folder, &url).unwrap();
    let read_only = "mount --bind \"$data\" \"$data\" && mount -o remount,bind,ro \"$data\"";
    let refused = Gateway::spawned(within(&folder, read_only), &folder).await.unwrap_err();
    assert!(refused.contains("sluis.db") || refused.contains("database"), "it says what is the matter: {refused}");
    assert!(!refused.contains("panicked"), "{refused}");
    // And nothing was spoilt: with the disk writable again it starts.
    let gateway = Gateway::again(&folder).await.unwrap();
    readiness(&gateway, true).await;
    gateway.stop().await.unwrap();
}
