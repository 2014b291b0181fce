// SPDX-License-Identifier: EUPL-1.2
//! What goes by a term, when, and what keeps it from going; each thing once, on both databases (AVG 5(1)(e), RL-24).

use std::path::Path;

use tokio::sync::watch;

use super::*;
use crate::broker::erasing::{Hold, Kept};
use crate::config::Erasure;
use crate::journal;
use crate::keeping::{Custodian, Keeping, Tally};
use crate::ledger::unit::{DutyState, Subject};
use crate::retention::Terms;
use crate::retention::tests::PROPOSED;
use crate::vault::{NO_YOUTH, RetentionClass};

const NOTHING: Tally = Tally { signals: 0, classes: 0, held: 0, under_way: 0, unread: 0 };

fn keeping(folder: &Path) -> Keeping {
    let erasure = Erasure { journal: folder.join("journaal"), copies_days: 7 };
    Keeping { terms: Terms::parse(PROPOSED).unwrap(), rest: Duration::ZERO, erasure, data: None }
}

impl World {
    fn custodian(&self) -> Custodian {
        Custodian::new(Arc::clone(&self.broker), Arc::clone(&self.trial.engine), "sluis.test/1")
    }

    async fn round(&self, keeping: &Keeping) -> Tally {
        let (_told, stop) = watch::channel(false);
        self.custodian().round(keeping, &stop).await.unwrap()
    }

    fn at(&self, day: &str) {
        self.clock.set(SettableClock::at_time(&format!("{day}T09:00:00Z")).unwrap().now().instant);
    }

    async fn what_is_kept(&self, pupil: &str) -> Kept {
        let youth = self.broker.youth_by_pupil_key(oin(SCHOOL), pupil).await.unwrap().unwrap().id();
        let mut writer = self.trial.engine.writer().await.unwrap();
        Kept::on(writer.as_mut(), &self.broker.vault, youth).await.unwrap()
    }

    /// How often a log says this.
    async fn told(&self, log: &str, word: &str) -> usize {
        let entries = self.broker.store().entries(log, 0, 10_000).await.unwrap();
        entries.iter().filter(|(_, entry)| entry.contains(&format!("\"soort\":\"{word}\""))).count()
    }

    async fn keys_of(&self, youth: Id) -> Vec<String> {
        let mut writer = self.trial.engine.writer().await.unwrap();
        let rows = crate::store::kept::KeptRows::on(writer.as_mut(), youth).await.unwrap();
        rows.youth.keys.into_iter().map(|key| key.class).collect()
    }

    async fn hold(&self, pupil: &str, stands: bool) {
        let hold = Hold { id: [7; 16], ground: "vordering".into(), stands };
        let kept = self.what_is_kept(pupil).await;
        let unit = kept.held(Unit::default(), &self.broker.vault, hold, self.clock.now().instant).unwrap();
        assert!(matches!(self.broker.ledger().commit(unit).await, Ok(crate::ledger::Outcome::Committed(_))));
    }
}

#[tokio::test]
async fn a_signal_goes_when_its_term_is_over_and_its_youth_stays() {
    for trial in both().await {
        let (world, folder) = (world(trial).await, tempfile::tempdir().unwrap());
        let (name, store, keeping) = (world.trial.name, world.broker.store(), keeping(folder.path()));
        world.registered("pk-1").await;
        let old = released(world.submit("pk-1", "oud").await).id;
        world.at("2027-06-01");
        let young = released(world.submit("pk-1", "jong").await).id;
        assert_eq!(world.round(&keeping).await, NOTHING, "{name}: a year after the last doing has not passed");
        world.at("2027-11-22");
        assert_eq!(world.round(&keeping).await, NOTHING, "{name}: the last day");
        world.at("2027-11-23");
        assert_eq!(world.round(&keeping).await, Tally { signals: 1, ..NOTHING }, "{name}");
        assert_eq!(world.round(&keeping).await, NOTHING, "{name}: once");

        assert!(store.signal(old).await.unwrap().is_none() && store.signal(young).await.unwrap().is_some(), "{name}");
        assert_eq!(store.facts(Subject::signal(old), i64::MAX).await.unwrap().len(), 0, "{name}");
        let rows = store.deliveries_of(old).await.unwrap();
        let gone = |row: &crate::ledger::unit::DeliveryRow| {
            row.state == DeliveryState::Erased && row.youth == NO_YOUTH && row.sealed.is_empty()
        };
        assert!(!rows.is_empty() && rows.iter().all(gone), "{name}: {rows:?}");
        // P7: it had not arrived, so its sender looks into it.
        let duties = store.obligations_of(old).await.unwrap();
        let told = duties.iter().filter(|duty| duty.kind == "vernietiging_nagaan" && duty.owner == SCHOOL);
        assert_eq!(told.count(), 1, "{name}: {duties:?}");
        assert!(duties.iter().all(|duty| duty.youth == NO_YOUTH && duty.state == DutyState::Open), "{name}");
        // Who it is, what was said and what is younger stay, and are of use.
        let kept = world.what_is_kept("pk-1").await;
        assert_eq!(world.keys_of(kept.youth()).await.len(), 3, "{name}");
        released(world.submit("pk-1", "nieuw").await);
        assert_eq!(world.told("sluis.test/1", "signaal_verlopen").await, 1, "{name}");
        assert_eq!(world.told("sluis.test/1", "bewaartermijnen_toegepast").await, 4, "{name}: every round says so");
        assert!(journal::read(&keeping.erasure.journal, &world.broker.vault).unwrap().is_empty(), "{name}");
    }
}

/// 23 and older: who it is goes, then five years later what was said, and five years after that who looked.
#[tokio::test]
async fn rl_24_class_after_class_goes_when_its_term_is_over() {
    for trial in both().await {
        let (world, folder) = (world(trial).await, tempfile::tempdir().unwrap());
        let (name, keeping) = (world.trial.name, keeping(folder.path()));
        world.registered("pk-1").await;
        released(world.submit("pk-1", "een").await);
        let youth = world.what_is_kept("pk-1").await.youth();
        let log = "sluis.test/1/termijn/beheer";
        for (day, signals, classes, left) in [
            ("2041-02-28", 1, 0, &["levering", "toegang", "toestemming"][..]),
            ("2041-03-01", 0, 1, &["toegang", "toestemming"]),
            ("2046-02-28", 0, 0, &["toegang", "toestemming"]),
            ("2046-03-01", 0, 1, &["toegang"]),
            ("2051-02-28", 0, 0, &["toegang"]),
            ("2051-03-01", 0, 1, &[]),
            ("2060-01-01", 0, 0, &[]),
        ] {
            world.at(day);
            assert_eq!(world.round(&keeping).await, Tally { signals, classes, ..NOTHING }, "{name}: {day}");
            let mut keys = world.keys_of(youth).await;
            keys.sort();
            assert_eq!(keys, left, "{name}: {day}");
            let lines = journal::read(&keeping.erasure.journal, &world.broker.vault).unwrap();
            assert_eq!(lines.len(), 3 - left.len(), "{name}: {day}");
            assert_eq!(world.told(log, "vernietigd").await, lines.len(), "{name}: {day}");
        }
        assert!(world.broker.youth_by_pupil_key(oin(SCHOOL), "pk-1").await.unwrap().is_none(), "{name}");
    }
}

/// Two gateways on one database, at the same moment: each thing goes once, and is told once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_gateways_let_go_goes_once() {
    for trial in both().await {
        let (world, folders) = (world(trial).await, [(); 2].map(|()| tempfile::tempdir().unwrap()));
        let name = world.trial.name;
        for pupil in ["pk-1", "pk-2", "pk-3"] {
            world.registered(pupil).await;
            released(world.submit(pupil, pupil).await);
        }
        let other = world.beside().await.broker;
        let both = [keeping(folders[0].path()), keeping(folders[1].path())];
        let custodians =
            [world.custodian(), Custodian::new(Arc::clone(&other), Arc::clone(&world.trial.engine), "sluis.test/2")];
        let (_told, stop) = watch::channel(false);
        // The three keys are of one child: name, birth date and postcode are the same.
        for (day, signals, classes) in [("2028-01-01", 3, 0), ("2041-03-01", 0, 1)] {
            world.at(day);
            let [one, two] = [0, 1].map(|number| custodians[number].round(&both[number], &stop));
            let (one, two) = tokio::join!(one, two);
            let (one, two) = (one.unwrap(), two.unwrap());
            assert_eq!((one.signals + two.signals, one.classes + two.classes), (signals, classes), "{name}: {day}");
        }
        let told = |log, word| world.told(log, word);
        let lapsed = told("sluis.test/1", "signaal_verlopen").await + told("sluis.test/2", "signaal_verlopen").await;
        let erased = told("sluis.test/1/termijn/beheer", "vernietigd").await
            + told("sluis.test/2/termijn/beheer", "vernietigd").await;
        assert_eq!((lapsed, erased), (3, 1), "{name}");
        // Each journal has all of it by the next round at the latest, so that either brings a copy up to date.
        for number in [0, 1] {
            assert_eq!(custodians[number].round(&both[number], &stop).await.unwrap(), NOTHING, "{name}");
            let lines = journal::read(&both[number].erasure.journal, &world.broker.vault).unwrap();
            assert_eq!(lines.len(), 1, "{name}: {number}");
        }
    }
}

/// A hold, also one that comes between the look and the commit; and what must first arrive (RL-08).
#[tokio::test]
async fn what_is_held_or_must_arrive_stays_whatever_its_term() {
    for trial in both().await {
        let (world, folder) = (world(trial).await, tempfile::tempdir().unwrap());
        let (name, keeping) = (world.trial.name, keeping(folder.path()));
        world.registered("pk-1").await;
        let signal = released(world.submit("pk-1", "een").await).id;
        let mut safety = world.new_signal("pk-1", "zorgen");
        safety.facts.kind = SignalKind::Veiligheid;
        safety.facts.purpose = sluis_policy::Purpose::Veiligheid;
        safety.facts.receivers = vec![Party { organisation: oin(SAFE_HOME), desk: Desk::VeiligThuis }];
        let urgent = released(world.broker.submit(&asker(), actor(SCHOOL), &safety, &world.once("zorgen")).await).id;
        world.at("2041-03-01");

        let before = world.what_is_kept("pk-1").await;
        world.hold("pk-1", true).await;
        let now = world.broker.now().unwrap();
        let done = crate::operator::Done::erased("signaal_verlopen", serde_json::json!({})).by_itself();
        let record = world.broker.lapse_record(done, (before.youth(), signal)).unwrap();
        let late = before.lapsed(vec![record], &world.broker.vault, now).unwrap();
        assert!(matches!(world.broker.ledger().commit(late).await, Ok(crate::ledger::Outcome::Moved)), "{name}");
        assert_eq!(world.round(&keeping).await, Tally { held: 1, ..NOTHING }, "{name}");
        assert!(world.broker.store().signal(signal).await.unwrap().is_some(), "{name}");
        assert_eq!(world.keys_of(before.youth()).await.len(), 4, "{name}");

        world.hold("pk-1", false).await;
        assert_eq!(world.round(&keeping).await, Tally { signals: 1, under_way: 1, ..NOTHING }, "{name}");
        assert!(world.broker.store().signal(urgent).await.unwrap().is_some(), "{name}: it must arrive first");
        assert!(world.keys_of(before.youth()).await.contains(&RetentionClass::Delivery.code().to_owned()), "{name}");
        assert_eq!(world.told("sluis.test/1", "signaal_verlopen").await, 1, "{name}");
    }
}

/// A clock that is behind lets nothing go, and neither does one that cannot be right.
#[tokio::test]
async fn a_clock_in_trouble_lets_nothing_go() {
    for trial in both().await {
        let (world, folder) = (world(trial).await, tempfile::tempdir().unwrap());
        let (name, keeping) = (world.trial.name, keeping(folder.path()));
        world.registered("pk-1").await;
        let signal = released(world.submit("pk-1", "een").await).id;
        world.clock.advance(-86_400);
        let (_told, stop) = watch::channel(false);
        assert!(world.custodian().round(&keeping, &stop).await.is_err(), "{name}");
        world.at("2060-01-01");
        world.broker.compare_clocks(world.broker.store().time()).await;
        // An embedded database has no clock but ours.
        let done = world.custodian().round(&keeping, &stop).await;
        assert_eq!(done.is_err(), name == "postgres", "{name}");
        assert_eq!(world.broker.store().signal(signal).await.unwrap().is_some(), name == "postgres", "{name}");
    }
}
