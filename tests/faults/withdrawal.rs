// SPDX-License-Identifier: EUPL-1.2
//! P3: what waits in the queue on a consent stops within a second of its withdrawal, on both databases, and when another
//! gateway on the same database hears the withdrawal than the one that took the signal in.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sluis_tests::conversation;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::play::Play;
use sluis_tests::world::World;

/// How often it is tried. The promise is about the gateway: the quickest shows what it does, the others what the machine did
/// besides.
const ROUNDS: usize = 21;
const PROMISED: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn p3_a_withdrawal_stops_what_waits_within_a_second_on_sqlite() {
    one_gateway(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_a_withdrawal_stops_what_waits_within_a_second_on_postgresql() {
    one_gateway(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_a_withdrawal_at_another_gateway_stops_what_waits_within_a_second() {
    let folder = trial_folder("withdrawal-two").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = Database::Postgres.fresh(&folder).await.unwrap();
    let first = Gateway::start(&world, &folder, &url).await.unwrap();
    let second = beside(&folder).await;
    stops_in_time(&world, [&first, &second], "two gateways on postgresql").await;
    first.stop().await.unwrap();
    second.stop().await.unwrap();
}

async fn one_gateway(database: Database) {
    let folder = trial_folder(&format!("withdrawal-{}", database.name())).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = database.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    stops_in_time(&world, [&gateway, &gateway], database.name()).await;
    gateway.stop().await.unwrap();
}

/// A second gateway on the database of the one in `folder`, with a log of its own.
async fn beside(folder: &Path) -> Gateway {
    let other = folder.join("beside");
    std::fs::create_dir_all(&other).unwrap();
    for file in ["keys", "passphrase"] {
        std::fs::copy(folder.join(file), other.join(file)).unwrap();
    }
    let configuration = std::fs::read_to_string(folder.join("sluis.toml")).unwrap();
    assert!(configuration.contains("sluis.test/1"));
    std::fs::write(other.join("sluis.toml"), configuration.replace("sluis.test/1", "sluis.test/2")).unwrap();
    Gateway::again(&other).await.unwrap()
}

/// A signal is taken in by one gateway and the consent behind it withdrawn at the other, again and again.
async fn stops_in_time(world: &World, [takes_in, withdraws]: [&Gateway; 2], on: &str) {
    let mut sender = Play::new(world, takes_in);
    say(&mut sender, REGISTERED).await;
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        sender.names.insert("round".into(), format!("ronde-{round}"));
        sender.names.insert("now".into(), Timestamp::now().to_string());
        for name in ["voice", "signal"] {
            sender.names.remove(name);
        }
        say(&mut sender, AGREED_AND_SENT).await;
        let mut parent = Play::new(world, withdraws);
        parent.names.clone_from(&sender.names);
        let begun = Instant::now();
        say(&mut parent, WITHDRAWN).await;
        say(&mut sender, STOPPED).await;
        took.push(begun.elapsed());
    }
    say(&mut sender, NOTHING_CAME).await;
    took.sort();
    let [quickest, middle, slowest] = [took[0], took[ROUNDS / 2], took[ROUNDS - 1]];
    println!(
        "{on}: from the withdrawal until it is seen to be stopped {quickest:?}, {middle:?} half of the time, {slowest:?} at most"
    );
    assert!(quickest < PROMISED, "{on}: {took:?}");
}

async fn say(play: &mut Play<'_>, text: &str) {
    for step in conversation::read(text).unwrap() {
        play.step(&step).await.unwrap_or_else(|trouble| panic!("{}: {trouble}", step.title));
    }
}

const REGISTERED: &str = r#"
== the pupil is registered
> POST /v1/jeugdigen
> as vendor; ib.wilgenhoek of school
> Idempotency-Key: leerling
{ "leerlingsleutel": "{withdrawn.key}", "voornamen": "{withdrawn.given}", "achternaam": "{withdrawn.surname}",
  "geboortedatum": "{withdrawn.born}", "postcode": "{withdrawn.postcode}", "woongemeente": "0668" }
< 201
== a parent holds authority
> POST /v1/gezag
> as vendor; ib.wilgenhoek of school
> Idempotency-Key: gezag
{ "leerlingsleutel": "{withdrawn.key}", "soort": "ouder_met_gezag", "sinds": "{withdrawn.born}", "bron": "gezagsregister" }
< 201
{ "persoon": "{parent}" }
== the receiver is down, so that everything waits
~ access-office goes Down
"#;

const AGREED_AND_SENT: &str = r#"
== the parent agrees
> POST /v1/toestemmingen
> as vendor; ib.wilgenhoek of school
> Idempotency-Key: akkoord-{round}
{ "leerlingsleutel": "{withdrawn.key}", "persoon": "{parent}", "uiting": "akkoord", "uitgesprokenOp": "{now}",
  "geldigVan": "{yesterday}", "tekstversie": "2026-1" }
< 201
{ "toestemmingId": "{voice}" }
== the signal is taken in
> POST /v1/signalen
> as vendor; ib.wilgenhoek of school
> Idempotency-Key: signaal-{round}
{ "soort": "aanmelding", "doel": "toeleiding_jeugdhulp", "jeugdige": { "leerlingsleutel": "{withdrawn.key}" },
  "ontvangers": [{ "organisatie": "{oin.access-desk}", "loket": "toegang" }], "opNaam": true, "onderwerpen": ["gedrag"],
  "omschrijving": "het gesprek van {round}",
  "voorwaarden": { "besprokenMetOuders": "{yesterday}", "besprokenMetJeugdige": "{yesterday}", "afwegingIntern": true } }
< 201
{ "signaalId": "{signal}" }
"#;

const WITHDRAWN: &str = r#"
== it is taken back
> POST /v1/toestemmingen/{voice}/intrekking
> as vendor; ib.wilgenhoek of school
> Idempotency-Key: terug-{round}
{}
< 201
"#;

const STOPPED: &str = r#"
== it is stopped
> GET /v1/signalen/{signal}
> as vendor; ib.wilgenhoek of school
< 200
< within 30s
{ "ontvangers": [{ "loket": "toegang", "aflevering": "tegengehouden" }] }
"#;

const NOTHING_CAME: &str = r#"
== the receiver is back
~ access-office goes Healthy
== and nothing comes
~ toegang received nothing within 3s
"#;
