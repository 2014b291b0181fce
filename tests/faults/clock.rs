// SPDX-License-Identifier: EUPL-1.2
//! The clock goes back. A clock in the past would revive consents and mandates that have ended, so until it is right again
//! nothing is accepted and nothing is shown.

use std::fs;

use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder, turnable};
use sluis_tests::world::World;

use crate::intake::{Sender, Sent, readiness};

/// A token that is old enough to hold ten minutes ago as well.
const OLDER: &str = "vendor; ib.wilgenhoek of school; claim nbf now-3000; claim iat now-3000";

#[tokio::test(flavor = "multi_thread")]
async fn p9_a_clock_that_goes_back_stops_everything_until_it_is_right_again() {
    let folder = trial_folder("clock").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    Gateway::prepare(&world, &folder, &url).unwrap();
    let turn = |seconds: i64| fs::write(folder.join("offset"), seconds.to_string()).unwrap();
    turn(0);
    let gateway = Gateway::spawned(turnable(&folder).unwrap(), &folder).await.unwrap();
    let sender = Sender::with(&world, &gateway, OLDER);
    sender.register(&world).await;
    let mut sent = Sent::from([("ervoor".into(), sender.signal("ervoor").await.and_then(Result::ok))]);
    assert!(sent["ervoor"].is_some());

    turn(-600);
    let refused = sender.signal("erna").await.expect("there is an answer").unwrap_err();
    assert_eq!(refused.0, 503, "{}", refused.1);
    let (status, shown) = sender.look(sent["ervoor"].as_deref().unwrap()).await;
    assert_eq!(status, 503, "P1: what cannot be recorded is not shown either: {shown}");
    sender.hears_that_no_report_was_made().await;
    let said = readiness(&gateway, false).await;
    assert_eq!(said["troubles"], serde_json::json!(["clock_astray"]));

    // A whole day back, over a restart: the clock of the log remembers.
    gateway.kill();
    turn(-86_400);
    if let Ok(gateway) = Gateway::spawned(turnable(&folder).unwrap(), &folder).await {
        readiness(&gateway, false).await;
        let refused = Sender::with(&world, &gateway, OLDER).signal("gisteren").await;
        assert!(!matches!(refused, Some(Ok(_))), "nothing is accepted yesterday");
        gateway.kill();
    }

    turn(0);
    let gateway = Gateway::spawned(turnable(&folder).unwrap(), &folder).await.unwrap();
    readiness(&gateway, true).await;
    sent.insert("erna".into(), None);
    Sender::with(&world, &gateway, OLDER).settle(&mut sent).await;
    gateway.stop().await.unwrap();
}
