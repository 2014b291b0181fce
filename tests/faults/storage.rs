// SPDX-License-Identifier: EUPL-1.2
//! SQLite's disk fails. The disk is a file system that only the gateway sees, which
//! takes root; `tests/run` says so aloud where it cannot be had.

use std::path::Path;
use std::process::Command;

use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, binary, trial_folder};
use sluis_tests::world::World;

use crate::intake::readiness;

/// A gateway that sees its data folder through what a script mounted there.
fn within(folder: &Path, mount: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("data=$1; sluis=$2; shift 2; {mount} && exec \"$sluis\" \"$@\"");
    command.args(["--mount", "--propagation", "private", "sh", "-c", &script, "sh"]);
    command.arg(folder.join("data")).arg(binary().unwrap());
    command
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
