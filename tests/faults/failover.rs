// SPDX-License-Identifier: EUPL-1.2
//! P9 when PostgreSQL fails over: the primary of three dies under load, a standby takes its place, and nothing that was
//! acknowledged is missing.

use std::time::Duration;

use sluis_tests::database::fresh_on;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::seat::Seat;
use sluis_tests::world::World;

use crate::balancer::Balancer;
use crate::cluster::Cluster;
use crate::intake::{Sender, Sent, log_of};

/// How often the primary dies.
const ROUNDS: usize = 6;

/// Passes on to whichever server says that it is the primary.
const TO_THE_PRIMARY: &str = "
defaults
    mode tcp
    timeout connect 1s
    timeout client 1h
    timeout server 1h
frontend sluis
    bind HERE
    default_backend servers
backend servers
    option httpchk GET /primary
    http-check expect status 200
    default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
    server een FIRST
    server twee SECOND
    server drie THIRD
";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: tests/run --long"]
async fn p9_nothing_acknowledged_is_lost_when_postgresql_fails_over() {
    let folder = trial_folder("failover").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    // Outside what only we may read: the servers run as somebody else.
    let place = std::path::PathBuf::from(format!("/tmp/sluis-cluster-{}", std::process::id()));
    let mut cluster = Cluster::start(&place).await;
    let front = Seat::taken().unwrap();
    let [one, two, three] = cluster.servers().map(|(server, says)| format!("{server} port {says}"));
    let addresses = [("HERE", front.machine()), ("FIRST", one), ("SECOND", two), ("THIRD", three)];
    let _balancer = Balancer::start(&folder, TO_THE_PRIMARY, &addresses);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let url = fresh_on(&format!("postgres://sluis@{}/postgres", front.machine())).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    Sender::new(&world, &gateway).register(&world).await;

    let mut sent = Sent::new();
    let mut log: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let sender = Sender::new(&world, &gateway);
        let flooding = sender.clone();
        let flood = tokio::spawn(async move { flooding.flood(round, 40).await });
        tokio::time::sleep(Duration::from_millis(150 + (round as u64 * 7_919) % 600)).await;
        let gone = cluster.primary().await;
        cluster.kill(gone);
        let mut of_this_round = flood.await.unwrap();
        // It stays away until another has taken its place, and comes back as a standby that may have been ahead.
        let next = cluster.primary().await;
        println!("server {gone} gave way to server {next}");
        cluster.revive(gone).await;
        Sender::new(&world, &gateway).settle_within(Duration::from_secs(60), &mut of_this_round).await;
        sent.extend(of_this_round);
        let longer = log_of(&folder).unwrap();
        assert!(longer.starts_with(&log), "by round {round} the log had lost or changed an entry");
        log = longer;
    }
    Sender::new(&world, &gateway).all_delivered(&sent).await;
    gateway.stop().await.unwrap();
    drop(cluster);
    let _gone = std::fs::remove_dir_all(&place);
    println!("{} signals through {ROUNDS} fail-overs, {} entries", sent.len(), log.len());
}
