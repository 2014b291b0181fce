// SPDX-License-Identifier: EUPL-1.2
//! What may not be kept any longer goes by itself, by terms that somebody decided on, and not while somebody holds it.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, turnable};
use sqlx::{Connection, SqliteConnection};

use crate::first::run;
use crate::forgetting::{House, house};
use crate::school::edit;

const PROPOSED: &str = include_str!("../../deploy/voorbeeld/bewaartermijnen.toml");

/// More than a year, less than two, in seconds.
const LATER: i64 = 400 * 24 * 3_600;

/// What the rounds told so far, in their order.
async fn rounds(house: &House) -> Vec<Value> {
    let mut connection = SqliteConnection::connect(house.url.strip_prefix("sqlite:").unwrap()).await.unwrap();
    let told = "SELECT entry FROM log_leaf WHERE origin = 'sluis.test/1' AND entry LIKE '%\"soort\":\"bewaartermijnen_toegepast\"%' \
        ORDER BY leaf_index";
    let entries: Vec<String> = sqlx::query_scalar(told).fetch_all(&mut connection).await.unwrap();
    let outcome = |entry: &String| serde_json::from_str::<Value>(entry).unwrap()["uitkomst"].take();
    entries.iter().map(outcome).collect()
}

/// A gateway in that time, until it has gone through everything once.
async fn one_round(house: &House, before: usize) -> Value {
    let gateway = Gateway::spawned(turnable(&house.folder).unwrap(), &house.folder).await.unwrap();
    let begun = Instant::now();
    let told = loop {
        let told = rounds(house).await;
        if told.len() > before {
            break told;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no round in a minute: {}", gateway.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    gateway.stop().await.unwrap();
    assert_eq!(told.len(), before + 1, "a round a day");
    told.last().unwrap().clone()
}

/// A check says what is missing, what is impossible and what is not decided on.
fn looked_at(house: &House) {
    let terms = house.folder.join("bewaartermijnen.toml");
    let checked = || run(&house.folder, &["check", "--config", "sluis.toml"]).1;
    assert!(checked().contains("er zijn geen bewaartermijnen"), "{}", checked());
    edit(&house.folder.join("sluis.toml"), |text| {
        format!("{text}[retention]\nterms = \"bewaartermijnen.toml\"\nrest_hours = 0\n")
    });
    let (last, _) = PROPOSED.rsplit_once("[[term]]").map(|(before, last)| (last, before)).unwrap();
    for (text, word) in [
        (PROPOSED.replace(last, "\nclass = \"toegang\"\n"), "`term[6].activities`"),
        (PROPOSED.replace(&format!("[[term]]{last}"), ""), "there is none for toegang bij verantwoorden"),
        (PROPOSED.replace("months = 24", "months = 0"), "must be a whole number"),
        (PROPOSED.replace("decided_on = 2026", "decided_on = 2096"), "en dat moet nog komen"),
        (
            PROPOSED.replace(last, &last.replace("from = 2026", "from = 2096")),
            "er geldt vandaag geen termijn voor toegang bij verantwoorden",
        ),
        (PROPOSED.to_owned(), "rest_hours is 0"),
    ] {
        fs::write(&terms, text).unwrap();
        assert!(checked().contains(word), "`{word}` in:\n{}", checked());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_kept_any_longer_goes_by_itself_unless_somebody_holds_it() {
    let (house, gateway, school) = house("retention", Database::Sqlite).await;
    let (status, answer) = school.signal("een").await.unwrap();
    assert_eq!(status, 201, "{answer}");
    gateway.stop().await.unwrap();
    looked_at(&house);
    fs::write(house.folder.join("offset"), "0").unwrap();
    let told = one_round(&house, 0).await;
    assert_eq!((&told["signalen"], &told["opgeschort"]), (&0.into(), &0.into()), "nothing is old enough: {told}");

    let (code, said) = house.hold("beheer.twee");
    assert_eq!(code, 0, "{said}");
    let hold = said.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
    fs::write(house.folder.join("offset"), LATER.to_string()).unwrap();
    let told = one_round(&house, 1).await;
    assert_eq!((&told["signalen"], &told["opgeschort"]), (&0.into(), &1.into()), "it is held: {told}");

    let (code, said) = house.typed("", &["release", "--opschorting", &hold, "--operator", "beheer.een"]);
    assert_eq!(code, 0, "{said}");
    let told = one_round(&house, 2).await;
    assert_eq!((&told["signalen"], &told["opgeschort"]), (&1.into(), &0.into()), "{told}");
    assert_eq!(told["termijnen"], "voorstel-1", "{told}");

    let mut connection = SqliteConnection::connect(house.url.strip_prefix("sqlite:").unwrap()).await.unwrap();
    for (what, left) in [
        ("SELECT count(*) FROM signal", 0),
        ("SELECT count(*) FROM fact WHERE hex(substr(subject, 1, 1)) = '73'", 0),
        ("SELECT count(*) FROM delivery WHERE youth <> zeroblob(16) OR length(sealed) > 0", 0),
        ("SELECT count(*) FROM data_key WHERE class = 'opschorting'", 1),
    ] {
        let count: i64 = sqlx::query_scalar(what).fetch_one(&mut connection).await.unwrap();
        assert_eq!(count, left, "{what}");
    }
    connection.close().await.unwrap();
    let (code, said) = run(&house.folder, &["ledger", "export", "--config", "sluis.toml", "--to", "na"]);
    assert_eq!(code, 0, "{said}");
    fs::write(house.folder.join("openbaar"), run(&house.folder, &["ledger", "key", "--config", "sluis.toml"]).1)
        .unwrap();
    let (code, said) = run(&house.folder, &["ledger", "verify", "--export", "na", "--keys", "openbaar"]);
    assert!(code == 2 && said.starts_with("innerlijk consistent"), "{code} {said}");
}
