// SPDX-License-Identifier: EUPL-1.2
//! PostgreSQL goes in the middle of transactions, and stays away for a while. A proxy stands between it and the gateway, so
//! that nobody else notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::intake::{Sender, Sent, readiness};
use crate::long;

/// Passes bytes on until it is told to cut.
struct Proxy {
    port: u16,
    cuts: watch::Sender<u32>,
    refuses: Arc<AtomicBool>,
}

impl Proxy {
    async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cuts, cut) = watch::channel(0);
        let refuses = Arc::new(AtomicBool::new(false));
        let refusing = Arc::clone(&refuses);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if refusing.load(Ordering::SeqCst) {
                    continue;
                }
                let (server, mut cut) = (server.clone(), cut.clone());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    cut.mark_unchanged();
                    tokio::select! {
                        _ = cut.changed() => {}
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                    }
                });
            }
        });
        Self { port, cuts, refuses }
    }

    /// Ends every connection at whatever it was doing.
    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    fn refuse(&self, refuse: bool) {
        self.refuses.store(refuse, Ordering::SeqCst);
        self.cut();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_nothing_acknowledged_is_lost_when_postgresql_goes_in_mid_transaction() {
    let folder = trial_folder("severed").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Postgres.fresh(&folder).await.unwrap();
    let (_, rest) = url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let proxy = Proxy::before(server.to_owned()).await;
    let url = format!("postgres://sluis_app@127.0.0.1:{}/{name}", proxy.port);
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let sender = Sender::new(&world, &gateway);
    sender.register(&world).await;
    let mut sent = Sent::new();
    let rounds = if long() { 50 } else { 5 };
    for round in 0..rounds {
        let flooding = sender.clone();
        let flood = tokio::spawn(async move { flooding.flood(round, 12).await });
        for pause in [70, 50, 90, 60] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            proxy.cut();
        }
        let mut of_this_round = flood.await.unwrap();
        readiness(&gateway, true).await;
        sender.settle(&mut of_this_round).await;
        sent.extend(of_this_round);
    }

    // Nothing waits any more, so that nothing but a caller or an operator touches the database.
    sender.all_delivered(&sent).await;
    proxy.refuse(true);
    let refused = sender.signal("weg").await.expect("there is an answer").unwrap_err();
    assert_eq!(refused.0, 503, "{}", refused.1);
    sender.hears_that_no_report_was_made().await;
    readiness(&gateway, false).await;
    proxy.refuse(false);
    readiness(&gateway, true).await;
    sent.insert("weg".into(), None);
    sender.settle(&mut sent).await;
    gateway.stop().await.unwrap();
    println!("{} signals through {} cuts", sent.len(), rounds * 4);
}
