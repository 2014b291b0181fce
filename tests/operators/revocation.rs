// SPDX-License-Identifier: EUPL-1.2
//! Revocation lists: a withdrawn certificate stops on the connection that stands, and a list that does not count lets
//! nobody in whom it was to cover.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use sluis_sandbox::pki::{Issued, Pki};
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;

use crate::school::{School, edit, readiness};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn prepared(name: &str) -> (World, std::path::PathBuf) {
    let folder = trial_folder(name).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    Gateway::prepare(&world, &folder, &url).unwrap();
    edit(&folder.join("sluis.toml"), |text| {
        text.replacen("[outbound]", "revocations = [\"lijst.crl\"]\n[outbound]", 1)
    });
    (world, folder)
}

fn write(folder: &Path, pki: &Pki, withdrawn: &[&Issued], lasts: Duration) {
    fs::write(folder.join("lijst.crl"), pki.revocation_list(withdrawn, SystemTime::now() + lasts).unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_certificate_stops_at_the_reload_on_the_connection_that_stands() {
    let (world, folder) = prepared("withdrawn").await;
    write(&folder, &world.pki, &[], DAY);
    let gateway = Gateway::again(&folder).await.unwrap();
    let school = School::of(&world, &gateway);
    let other = School::with(&world, &gateway, "second-certificate-of-vendor", "ib.wilgenhoek of school");
    assert_eq!((school.ask().await, other.ask().await), (Some(200), Some(200)));

    write(&folder, &world.pki, &[&world.certificates["vendor"]], DAY);
    assert_eq!(gateway.reload().await.unwrap(), None);
    assert_eq!((school.ask().await, other.ask().await), (Some(401), Some(200)), "only the one that was withdrawn");
    assert_eq!(school.ask().await, None, "and it gets no new connection");
    assert_eq!(readiness(&gateway).await.0, 200);

    // A list that is worse than the one in force is not taken, whatever is wrong with it.
    let elsewhere = Pki::new("Sluis test-CA").unwrap();
    for (what, text) in [
        ("lapsed", world.pki.revocation_list(&[], SystemTime::now() - Duration::from_secs(1)).unwrap()),
        ("not signed", elsewhere.revocation_list(&[], SystemTime::now() + DAY).unwrap()),
        ("cannot be read", "geen lijst".into()),
    ] {
        fs::write(folder.join("lijst.crl"), text).unwrap();
        let said = gateway.reload().await.unwrap().unwrap_or_else(|| panic!("{what} was taken"));
        assert!(said.contains(what) && said.contains("lijst.crl"), "{said}");
        assert_eq!((school.ask().await, other.ask().await), (None, Some(200)), "{what}");
    }
    gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_lapses_lets_nobody_in_any_more_and_readiness_says_so() {
    let (world, folder) = prepared("lapsing").await;
    write(&folder, &world.pki, &[], Duration::from_secs(8));
    let gateway = Gateway::again(&folder).await.unwrap();
    let school = School::of(&world, &gateway);
    assert_eq!(school.ask().await, Some(200));
    assert_eq!(readiness(&gateway).await.0, 200);
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert_eq!(school.ask().await, Some(401), "the connection stands, and no longer counts");
    assert_eq!(school.ask().await, None);
    let (status, said) = readiness(&gateway).await;
    assert_eq!((status, &said["troubles"][0]), (503, &"revocations_unusable".into()), "{said}");

    write(&folder, &world.pki, &[], DAY);
    assert_eq!(gateway.reload().await.unwrap(), None);
    assert_eq!(school.ask().await, Some(200));
    assert_eq!(readiness(&gateway).await.0, 200);
    gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_starts_without_a_list_that_counts_and_refuses_whom_it_was_to_cover() {
    let (world, folder) = prepared("unlisted").await;
    let elsewhere = Pki::new("Sluis test-CA").unwrap();
    let lapsed = world.pki.revocation_list(&[], SystemTime::now() - Duration::from_secs(1)).unwrap();
    let unsigned = elsewhere.revocation_list(&[], SystemTime::now() + DAY).unwrap();
    for (what, list) in [("missing", None), ("lapsed", Some(lapsed)), ("unsigned", Some(unsigned))] {
        let file = folder.join("lijst.crl");
        let _absent = fs::remove_file(&file);
        if let Some(text) = list {
            fs::write(file, text).unwrap();
        }
        let gateway = Gateway::again(&folder).await.unwrap();
        assert_eq!(School::of(&world, &gateway).ask().await, None, "{what}");
        let (status, said) = readiness(&gateway).await;
        assert_eq!((status, &said["troubles"][0]), (503, &"revocations_unusable".into()), "{what}: {said}");
        assert!(gateway.log().contains("clients are refused"), "{what}");
        gateway.stop().await.unwrap();
    }
}
