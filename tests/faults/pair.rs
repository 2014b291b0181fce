// SPDX-License-Identifier: EUPL-1.2
//! P9 with two gateways on one PostgreSQL behind HAProxy, as `deploy/haproxy` has it: each in turn is killed or asked to
//! stop in the middle of intake, and callers go on with the other.

use std::collections::BTreeSet;
use std::time::Duration;

use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::seat::Seat;
use sluis_tests::world::World;

use crate::balancer::Balancer;
use crate::intake::{Sender, Sent, log_of, readiness};
use crate::long;

const SHIPPED: &str = include_str!("../../deploy/haproxy/haproxy.cfg");

#[tokio::test(flavor = "multi_thread")]
async fn p9_two_gateways_behind_haproxy_lose_nothing_when_one_goes() {
    let folder = trial_folder("pair").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Postgres.fresh(&folder).await.unwrap();
    let (front, seats) = (Seat::taken().unwrap(), [Seat::taken().unwrap(), Seat::taken().unwrap()]);
    let folders = [folder.join("one"), folder.join("two")];
    Gateway::prepare(&world, &folders[0], &url).unwrap();
    Gateway::prepare_beside(&folders[0], &folders[1], "sluis.test/2").unwrap();
    let mut gateways = Vec::new();
    for (folder, seat) in folders.iter().zip(&seats) {
        seat.give(folder).unwrap();
        gateways.push(Gateway::again(folder).await.unwrap());
    }
    let [one, two] = &seats;
    let _balancer = Balancer::start(
        &folder,
        SHIPPED,
        &[
            ("127.0.0.1:8443", front.machine()),
            ("127.0.0.1:8444 port 9444", format!("{} port {}", one.machine(), one.operations_port())),
            ("127.0.0.1:8445 port 9445", format!("{} port {}", two.machine(), two.operations_port())),
        ],
    );
    let base = format!("https://localhost:{}", front.machine_port());
    let sender = Sender::new(&world, &gateways[0]).through(&base);
    sender.answered().await;
    sender.register(&world).await;

    let mut sent = Sent::new();
    let rounds = if long() { 60 } else { 6 };
    for round in 0..rounds {
        let sender = Sender::new(&world, &gateways[0]).through(&base);
        let flooding = sender.clone();
        let flood = tokio::spawn(async move { flooding.flood(round, 12).await });
        tokio::time::sleep(Duration::from_millis(60 + (round as u64 * 7_919) % 240)).await;
        let (which, gently) = (round % 2, round % 4 < 2);
        let goes = gateways.remove(which);
        if gently {
            goes.stop().await.unwrap()
        } else {
            goes.kill()
        }
        let mut of_this_round = flood.await.unwrap();
        // While one is away, the other settles everything.
        sender.settle(&mut of_this_round).await;
        gateways.insert(which, Gateway::again(&folders[which]).await.unwrap());
        readiness(&gateways[which], true).await;
        sent.extend(of_this_round);
    }

    let ids: BTreeSet<_> = sent.values().flatten().collect();
    assert_eq!(ids.len(), sent.len(), "each signal has an id of its own, whichever gateway took it");
    Sender::new(&world, &gateways[1]).all_delivered(&sent).await;
    let received = world.counterparts["back-office"].received();
    let messages: BTreeSet<_> = received.iter().map(|message| &message.id).collect();
    assert_eq!(messages.len(), sent.len(), "one message a signal; a repetition bears the same id");
    for gateway in gateways {
        gateway.stop().await.unwrap();
    }
    let logs = folders.each_ref().map(|folder| log_of(folder).unwrap().len());
    assert!(logs.iter().all(|length| *length > 0), "both took part: {logs:?}");
    assert!(logs.iter().sum::<usize>() > sent.len() * 2, "an intake and a dispatch of each is recorded: {logs:?}");
    println!("{} signals through {rounds} departures, {logs:?} entries", sent.len());
}
