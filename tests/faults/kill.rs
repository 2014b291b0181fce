// SPDX-License-Identifier: EUPL-1.2
//! P9: the process is killed in the middle of intake, again and again. What was acknowledged is there, is in the log, and
//! is delivered once it can be; what was not acknowledged can be sent again without becoming two.

use std::collections::BTreeSet;
use std::time::Duration;

use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;

use crate::intake::{Sender, Sent, log_of};
use crate::long;

/// The whole log is exported and verified after each so many kills, and at the end.
const LOOK_EVERY: usize = 7;

#[tokio::test(flavor = "multi_thread")]
async fn p9_nothing_acknowledged_is_lost_by_a_kill() {
    let both = Database::ALL.map(|database| tokio::spawn(kill_again_and_again(database)));
    for one in both {
        one.await.unwrap();
    }
}

async fn kill_again_and_again(database: Database) {
    let folder = trial_folder(&format!("kill-{}", database.name())).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = database.fresh(&folder).await.unwrap();
    let mut gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    Sender::new(&world, &gateway).register(&world).await;
    let mut sent = Sent::new();
    let mut log: Vec<String> = Vec::new();
    let rounds = if long() { 1_000 } else { 50 };
    for round in 0..rounds {
        let sender = Sender::new(&world, &gateway);
        let flood = tokio::spawn(async move { sender.flood(round, 12).await });
        tokio::time::sleep(moment_of(round)).await;
        gateway.kill();
        let mut of_this_round = flood.await.unwrap();
        if round % LOOK_EVERY == 0 {
            let longer = log_of(&folder).unwrap();
            assert!(longer.starts_with(&log), "by round {round} the log had lost or changed an entry");
            log = longer;
        }
        gateway = Gateway::again(&folder).await.unwrap();
        Sender::new(&world, &gateway).settle(&mut of_this_round).await;
        sent.extend(of_this_round);
    }
    let ids: BTreeSet<_> = sent.values().flatten().collect();
    assert_eq!(ids.len(), sent.len(), "each signal has an id of its own");
    Sender::new(&world, &gateway).all_delivered(&sent).await;
    let received = world.counterparts["back-office"].received();
    let messages: BTreeSet<_> = received.iter().map(|message| &message.id).collect();
    assert_eq!(messages.len(), sent.len(), "one message a signal; a repetition bears the same id");
    gateway.stop().await.unwrap();
    let whole = log_of(&folder).unwrap();
    assert!(whole.starts_with(&log) && whole.len() > sent.len() * 2, "an intake and a dispatch of each is recorded");
    println!("{}: {} rounds, {} signals", database.name(), rounds, sent.len());
}

/// Between 40 and 440 ms after the flood began, at another moment each round.
fn moment_of(round: usize) -> Duration {
    Duration::from_millis(40 + (round as u64 * 7_919) % 400)
}
