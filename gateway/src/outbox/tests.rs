// SPDX-License-Identifier: EUPL-1.2
//! The outbox against a back-office that is really there, on both databases.

use std::time::{Duration, Instant};

use sluis_connectors::Reach;
use sluis_policy::{Desk, Party};
use sluis_sandbox::behaviour::Behaviour;
use sluis_sandbox::pki::Pki;
use sluis_sandbox::{Counterpart, Settings, back_office};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;
use crate::broker::Manner;
use crate::broker::contract::{ACCESS_DESK, SCHOOL, World, actor, asker, oin, outbound, read, released, world_at};
use crate::clock::SettableClock;
use crate::ledger::unit::DeliveryState;
use crate::store::Store;
use crate::store::trial::{Trial, both};

/// An outbox that runs, with what it delivers to.
struct Scene {
    world: World,
    office: Counterpart,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

fn register(base: &str, way: &str) -> String {
    format!(
        r#"
[[organisation]]
oin = "{SCHOOL}"
name = "Basisschool De Wilgenhoek"
desks = ["school"]
fetches = ["school"]
municipality = "0668"
[[organisation.location]]
code = "99ZZ00"
pupils = {{ 8 = 40 }}
[[organisation]]
oin = "{ACCESS_DESK}"
name = "VraagWijzer West Maas en Waal"
desks = ["toegang"]
municipality = "0668"
{}
"#,
        way.replace("BASE", base)
    )
}

const DELIVERED: &str = r#"deliveries.toegang = "BASE/toegang""#;

impl Scene {
    async fn set(trial: Trial) -> Self {
        let (pki, folder) = (Pki::new("proef").unwrap(), TempDir::new().unwrap());
        let out = outbound(&pki, Reach::new([], ["localhost".parse().unwrap()]));
        let callers = Settings { pki: &pki, callers: vec![SCHOOL.into()] };
        let office = back_office::start(callers, folder.path()).await.unwrap();
        let time = Store::new(Arc::clone(&trial.engine)).time().await.unwrap();
        let register = register(&office.address(), DELIVERED);
        let world = world_at(trial, SettableClock::at(time), &register, out).await;
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(Outbox::new(Arc::clone(&world.broker)).run(stopped));
        Self { world, office, stop, running, _folder: folder }
    }

    async fn submitted(&self) -> Id {
        released(self.world.submit("pk-1", "een").await).id
    }

    async fn delivery(&self, signal: Id) -> DeliveryRow {
        let rows = self.world.broker.store().deliveries_of(signal).await.unwrap();
        rows.into_iter().find(|row| row.kind == DeliveryKind::Signal).unwrap()
    }

    /// Waits until a delivery stands so.
    async fn comes_to(&self, signal: Id, state: DeliveryState) -> DeliveryRow {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let row = self.delivery(signal).await;
            if row.state == state {
                return row;
            }
            assert!(Instant::now() < until, "{}: it stands at {:?}", self.world.trial.name, row.state);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn duties(&self, signal: Id) -> usize {
        let duties = self.world.broker.store().obligations_of(signal).await.unwrap();
        duties.iter().filter(|duty| duty.kind == "aflevering_nagaan" && duty.owner == SCHOOL).count()
    }

    fn swap_register(&self, remark: &str, way: &str) {
        let text = format!("# {remark}\n{}", register(&self.office.address(), way));
        self.world.broker.register.store(Arc::new(read(&text)));
    }

    async fn end(self) {
        self.stop.send(true).unwrap();
        self.running.await.unwrap();
        self.office.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p7_what_was_pointed_elsewhere_is_never_followed_becomes_a_duty_once_and_goes_when_the_register_is_put_right() {
    for trial in both().await {
        let scene = Scene::set(trial).await;
        scene.world.registered("pk-1").await;
        scene.office.behave(Behaviour::Redirects).await.unwrap();
        let signal = scene.submitted().await;
        let failed = scene.comes_to(signal, DeliveryState::Failed).await;
        assert!(!failed.may_have_arrived());
        assert_eq!((scene.duties(signal).await, scene.office.received().len()), (1, 0));
        scene.swap_register("a change that helps nothing", DELIVERED);
        let until = Instant::now() + Duration::from_secs(10);
        while scene.office.attempts() < 2 && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let failed = scene.comes_to(signal, DeliveryState::Failed).await;
        assert_eq!((scene.office.attempts(), failed.attempts), (2, 2), "it was tried again, once");
        assert_eq!(scene.duties(signal).await, 1, "one duty is enough");
        scene.office.behave(Behaviour::Healthy).await.unwrap();
        scene.swap_register("put right", DELIVERED);
        scene.comes_to(signal, DeliveryState::Delivered).await;
        assert_eq!(scene.office.received().len(), 1);
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_that_the_register_forgot_is_a_duty_and_one_that_fetches_is_served() {
    for trial in both().await {
        let scene = Scene::set(trial).await;
        scene.world.registered("pk-1").await;
        scene.swap_register("fetches", r#"fetches = ["toegang"]"#);
        let signal = scene.submitted().await;
        let available = scene.comes_to(signal, DeliveryState::Available).await;
        assert!(available.may_have_arrived() && scene.duties(signal).await == 0);
        let desk = Party { organisation: oin(ACCESS_DESK), desk: Desk::AccessDesk };
        let inbox = scene.world.broker.store().inbox(desk, 0, 10).await.unwrap();
        assert_eq!(inbox.iter().map(|row| row.id).collect::<Vec<_>>(), [available.id]);
        let without = register(&scene.office.address(), DELIVERED);
        let (school, _) = without.split_at(without.rfind("[[organisation]]").unwrap());
        scene.world.broker.register.store(Arc::new(read(school)));
        let outbox = Outbox::new(Arc::clone(&scene.world.broker));
        assert_eq!(outbox.way(&available), None);
        assert_eq!(outbox.let_go(&available, None).await.unwrap().state, DeliveryState::Failed);
        scene.end().await;
    }
}

/// P3: a peer that reads all and then breaks the connection off may have it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_only_what_certainly_never_left_is_taken_back_in_silence() {
    for name in ["sqlite", "postgres"] {
        for (behaviour, state, told) in
            [(Behaviour::Breaks, DeliveryState::Unconfirmed, true), (Behaviour::Down, DeliveryState::Waiting, false)]
        {
            let scene = Scene::set(fresh(name).await).await;
            let consent = scene.world.registered("pk-1").await;
            scene.office.behave(behaviour).await.unwrap();
            let signal = scene.submitted().await;
            let until = Instant::now() + Duration::from_secs(10);
            while scene.delivery(signal).await.attempts == 0 && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            scene.comes_to(signal, state).await;
            let once = scene.world.once("intrekking");
            released(
                scene.world.broker.withdraw_voice(&asker(), actor(SCHOOL), (consent, &Manner::default()), &once).await,
            );
            scene.office.behave(Behaviour::Healthy).await.unwrap();
            let held_back = if told { DeliveryState::Recalled } else { DeliveryState::Stopped };
            scene.comes_to(signal, held_back).await;
            let notices = async || {
                let received = scene.office.received();
                received.iter().filter(|one| one.path == "/toegang/berichten").count()
            };
            let until = Instant::now() + Duration::from_secs(4);
            while notices().await == 0 && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(notices().await, usize::from(told), "{name} {behaviour:?}");
            scene.end().await;
        }
    }
}

/// P3: a notice that is no longer true does not go; and it goes after all when it is true again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_a_notice_falls_away_when_consent_is_given_again_and_goes_when_that_is_withdrawn_too() {
    for trial in both().await {
        let scene = Scene::set(trial).await;
        let (world, name) = (&scene.world, scene.world.trial.name);
        let first = world.registered("pk-1").await;
        let signal = scene.submitted().await;
        scene.comes_to(signal, DeliveryState::Delivered).await;
        scene.office.behave(Behaviour::Down).await.unwrap();
        world.clock.advance(1);
        released(
            world
                .broker
                .withdraw_voice(&asker(), actor(SCHOOL), (first, &Manner::default()), &world.once("terug"))
                .await,
        );
        let notice = async || {
            let rows = world.broker.store().deliveries_of(signal).await.unwrap();
            rows.into_iter().find(|row| row.kind == DeliveryKind::Withdrawal).unwrap()
        };
        let until = Instant::now() + Duration::from_secs(10);
        let tried = |row: &DeliveryRow| row.attempts > 0 && row.state == DeliveryState::Waiting;
        while !tried(&notice().await) {
            assert!(Instant::now() < until, "{name}: the receiver is down, so the notice waits");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.clock.advance(1);
        let second = world.agrees_again("pk-1", "opnieuw").await;
        scene.office.behave(Behaviour::Healthy).await.unwrap();
        while notice().await.state != DeliveryState::Stopped && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(notice().await.state, DeliveryState::Stopped, "{name}");
        let entries = world.broker.store().entries("sluis.test/1", 0, 1000).await.unwrap();
        assert!(entries.iter().any(|(_, entry)| entry.contains("intrekking_vervallen")), "{name}: it is recorded");
        assert_eq!(scene.office.received().len(), 1, "{name}: the signal, and nothing after it");
        world.clock.advance(1);
        released(
            world
                .broker
                .withdraw_voice(&asker(), actor(SCHOOL), (second, &Manner::default()), &world.once("weer terug"))
                .await,
        );
        let until = Instant::now() + Duration::from_secs(10);
        while notice().await.state != DeliveryState::Delivered && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let paths: Vec<_> = scene.office.received().into_iter().map(|one| one.path).collect();
        assert_eq!(paths, ["/toegang/signalen", "/toegang/berichten"], "{name}");
        scene.end().await;
    }
}

/// P7: a sender who thinks that a desk knows hears that it does not, once, while trying goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p7_what_is_not_there_in_time_is_told_to_its_sender_once_and_still_delivered() {
    for trial in both().await {
        let scene = Scene::set(trial).await;
        let name = scene.world.trial.name;
        scene.world.registered("pk-1").await;
        scene.office.behave(Behaviour::Down).await.unwrap();
        let signal = scene.submitted().await;
        let until = Instant::now() + Duration::from_secs(10);
        while scene.delivery(signal).await.attempts == 0 && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let outbox = Outbox::new(Arc::clone(&scene.world.broker));
        let urgent = scene.delivery(signal).await.urgent;
        assert!(!urgent, "{name}: an ordinary signal may take a day");
        for (hours, duties) in [(0, 0), (23, 0), (2, 1), (24, 1)] {
            scene.world.clock.advance(hours * 3_600);
            outbox.tell_of_late().await;
            outbox.tell_of_late().await;
            assert_eq!(scene.duties(signal).await, duties, "{name}: {hours} more hours");
        }
        let entries = scene.world.broker.store().entries("sluis.test/1", 0, 1000).await.unwrap();
        let told = entries.iter().filter(|(_, entry)| entry.contains("niet_tijdig_afgeleverd")).count();
        assert_eq!(told, 1, "{name}: it is recorded");
        scene.office.behave(Behaviour::Healthy).await.unwrap();
        scene.comes_to(signal, DeliveryState::Delivered).await;
        scene.end().await;
    }
}

async fn fresh(name: &str) -> Trial {
    if name == "sqlite" { crate::store::trial::sqlite().await } else { crate::store::trial::postgres().await }
}

/// Two gateways have two clocks; a lease that one gives must mean the same to the other.
#[tokio::test]
async fn a_lease_is_counted_on_the_clock_of_the_database() {
    for trial in both().await {
        let store = Store::new(Arc::clone(&trial.engine));
        let time = store.time().await.unwrap();
        let out = outbound(&Pki::new("proef").unwrap(), Reach::new([], ["localhost".parse().unwrap()]));
        let behind = SettableClock::at(time - 55_000_000);
        let world = world_at(trial, behind, &register("https://localhost:1", DELIVERED), out).await;
        world.registered("pk-1").await;
        let signal = released(world.submit("pk-1", "een").await).id;
        let row = store.deliveries_of(signal).await.unwrap().remove(0);
        assert_eq!(store.due(store.time().await.unwrap(), 10).await.unwrap().len(), 1, "due at once, by any clock");
        let outbox = Outbox::new(Arc::clone(&world.broker));
        let way = outbox.way(&row);
        let lease = outbox.let_go(&row, way.as_ref()).await.unwrap().due_at - store.time().await.unwrap();
        assert!((55_000_000..=60_000_000).contains(&lease), "{}: {lease}", world.trial.name);
    }
}
