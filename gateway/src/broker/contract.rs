// SPDX-License-Identifier: EUPL-1.2
//! What the broker promises whatever else happens at the same time, tried on both databases.

mod alike;
mod duties;
mod erasing;
mod escalating;
mod halting;
mod keeping;
mod once_only;
mod questions;
mod remembering;
mod retracting;
mod searching;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::civil::date;
use sluis_connectors::{Outbound, Reach, Settings};
use sluis_policy::{
    Actor, AuthorityKind, AuthoritySource, Covenant, Desk, Gate, Oin, Party, Period, ReceiverScope, Role, RoleTable,
    Scope, SignalFacts, SignalKind, VoiceKind,
};
use sluis_sandbox::pki::Pki;

use super::*;
use crate::clock::SettableClock;
use crate::http::trace::Trace;
use crate::keys::Keys;
use crate::ledger::unit::{DeliveryState, Unit};
use crate::store::trial::{Trial, both};
use crate::vault::Id;

pub(crate) const SCHOOL: &str = "99000000066800000006";
const MUNICIPALITY: &str = "99000000066800000001";
pub(crate) const ACCESS_DESK: &str = "99000000066800000002";
const SECOND_SCHOOL: &str = "99000000066800000008";
const SAFE_HOME: &str = "99000000066800000009";

const REGISTER: &str = r#"
[[organisation]]
oin = "99000000066800000006"
name = "Basisschool De Wilgenhoek"
desks = ["school"]
fetches = ["school"]
municipality = "0668"
[[organisation.location]]
code = "99ZZ00"
pupils = { 8 = 40 }
[[organisation]]
oin = "99000000066800000008"
name = "Waalkanter College"
desks = ["school"]
fetches = ["school"]
[[organisation]]
oin = "99000000066800000001"
name = "Gemeente West Maas en Waal"
desks = ["wijkteam", "leerplicht"]
fetches = ["wijkteam", "leerplicht"]
municipality = "0668"
[[organisation]]
oin = "99000000066800000002"
name = "VraagWijzer West Maas en Waal"
desks = ["toegang"]
fetches = ["toegang"]
municipality = "0668"
[[consent_text]]
version = "2026-1"
language = "nl"
from = 2020-01-01
notice = "https://sluis.example/toestemming/2026-1"
retention = "zolang het signaal loopt, en daarna ten hoogste een jaar"
storage = "in Nederland, bij de gateway van deze regio"
withdrawal = "bij wie het vroeg, op elk moment en zonder reden"
"#;

pub(crate) struct World {
    pub(crate) broker: Arc<Broker>,
    pub(crate) clock: Arc<SettableClock>,
    pub(crate) trial: Trial,
}

async fn world(trial: Trial) -> World {
    world_recording(trial, u32::MAX).await
}

/// With so many denials a minute recorded one by one.
async fn world_recording(trial: Trial, denials: u32) -> World {
    let clock = SettableClock::at_time("2026-11-23T09:00:00Z").unwrap();
    let out = outbound(&Pki::new("proef").unwrap(), Reach::new([], []));
    world_of(trial, clock, (REGISTER, out), denials).await
}

/// A broker on this database, at this time, with these organisations, whose messages go out this way.
pub(crate) async fn world_at(trial: Trial, clock: SettableClock, register: &str, outbound: Outbound) -> World {
    world_of(trial, clock, (register, outbound), u32::MAX).await
}

async fn world_of(trial: Trial, clock: SettableClock, around: (&str, Outbound), denials: u32) -> World {
    let (register, outbound) = around;
    let clock = Arc::new(clock);
    let handed: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
    let (ledger, _writer) = Ledger::open(Arc::clone(&trial.engine), Arc::clone(&handed), "sluis.test/1").await.unwrap();
    let covenant = Covenant::parse(include_str!("../../../policy/covenants/west-maas-en-waal.toml")).unwrap();
    let policy = Policy { roles: RoleTable::shipped().await.unwrap(), covenants: vec![covenant] };
    let broker = Broker::new(Parts {
        store: Store::new(Arc::clone(&trial.engine)),
        index: trial.index.clone(),
        ledger,
        vault: Vault::new(Arc::new(Keys::fresh().unwrap())),
        register: Arc::new(ArcSwap::from_pointee(read(register))),
        policy: Arc::new(ArcSwap::from_pointee(policy)),
        clock: handed,
        outbound,
        own: oin(SCHOOL),
    });
    let broker = Arc::new(broker.recording_denials(denials));
    World { broker, clock, trial }
}

/// A register whose addresses are on this machine.
pub(crate) fn read(register: &str) -> Register {
    Register::parse(register, &Reach::new([], ["localhost".parse().unwrap()])).unwrap()
}

pub(crate) fn outbound(pki: &Pki, reach: Reach) -> Outbound {
    crate::tls::install_provider();
    Outbound::new(Settings {
        roots_pem: pki.ca_pem().as_bytes().to_vec(),
        identity: Some(pki.client("Sluis", SCHOOL).unwrap().identity()),
        reach,
        connect_within: Duration::from_secs(1),
        answer_within: Duration::from_secs(1),
    })
    .unwrap()
}

pub(crate) fn oin(text: &str) -> Oin {
    text.parse().unwrap()
}

pub(crate) fn actor(organisation: &str) -> Actor {
    let party = Party { organisation: oin(organisation), desk: Desk::School };
    Actor { party, role: Role::InternBegeleider, role_valid: Period::since(date(2026, 1, 1)), via: None }
}

pub(crate) fn asker() -> Asker {
    Asker { certificate: oin(SCHOOL), professional: Some("ib-1".into()), trace: Trace::continued(None) }
}

impl World {
    pub(crate) fn once(&self, key: &str) -> Once {
        let (certificate, organisation) = (oin(SCHOOL), oin(SCHOOL));
        self.broker.begin_once(&OnceKey { certificate, organisation, route: "/", key, body: b"" }).unwrap()
    }

    /// Another gateway on the same database, with the same keys and a log of its own.
    async fn beside(&self) -> Self {
        let (engine, broker) = (Arc::clone(&self.trial.engine), &self.broker);
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let (ledger, _writer) = Ledger::open(Arc::clone(&engine), Arc::clone(&clock), "sluis.test/2").await.unwrap();
        let broker = Broker::new(Parts {
            store: Store::new(engine),
            index: self.trial.index.clone(),
            ledger,
            vault: broker.vault.clone(),
            register: Arc::clone(&broker.register),
            policy: Arc::clone(&broker.policy),
            clock,
            outbound: broker.outbound.clone(),
            own: oin(SCHOOL),
        });
        let broker = Arc::new(broker.recording_denials(u32::MAX));
        Self { broker, clock: Arc::clone(&self.clock), trial: self.trial.beside() }
    }

    /// A pupil of eight with one parent who holds authority and agrees to everything; gives the consent.
    pub(crate) async fn registered(&self, pupil: &str) -> Id {
        let parent = self.with_parent(pupil).await;
        released(self.say(pupil, parent, (VoiceKind::Agrees, 0), &format!("toestemming {pupil}")).await)
    }

    /// The parent of a pupil that was registered agrees once more, now; gives the consent.
    pub(crate) async fn agrees_again(&self, pupil: &str, key: &str) -> Id {
        let youth = self.broker.youth_by_pupil_key(oin(SCHOOL), pupil).await.unwrap().unwrap();
        let (parent, now) = (youth.facts.authorities[0].person.0, self.clock.now().instant);
        released(self.say(pupil, parent, (VoiceKind::Agrees, now), key).await)
    }

    /// A pupil of eight with one parent who holds authority; gives the parent.
    async fn with_parent(&self, pupil: &str) -> Id {
        let youth = NewYouth {
            pupil_key: pupil.into(),
            given_names: "Noor".into(),
            surname: "de Testpersoon".into(),
            born: date(2018, 3, 1),
            postcode: "6658AA".into(),
            home: "0668".parse().unwrap(),
            start_qualification: None,
        };
        let school = actor(SCHOOL);
        let once = self.once(&format!("jeugdige {pupil}"));
        assert!(matches!(self.broker.register_youth(&asker(), school, &youth, &once).await, Ok(Reply::Released(_))));
        let authority = NewAuthority {
            whom: Whom::Pupil(pupil.into()),
            person: None,
            kind: AuthorityKind::Parent,
            period: Period::since(date(2018, 3, 1)),
            source: AuthoritySource::School,
            scope: None,
        };
        let once = self.once(&format!("gezag {pupil}"));
        released(self.broker.register_authority(&asker(), school, &authority, &once).await)
    }

    /// A parent says something about everything, at a moment.
    async fn say(
        &self,
        pupil: &str,
        parent: Id,
        (voice, spoken_at): (VoiceKind, i64),
        key: &str,
    ) -> Result<Reply<Id>, Trouble> {
        let new = NewVoice {
            whom: Whom::Pupil(pupil.into()),
            speaker: Some(parent),
            voice,
            scope: Scope { purpose: None, receiver: ReceiverScope::Any, category: None },
            spoken_at,
            valid: Period::since(date(2026, 1, 1)),
            text_version: "2026-1".into(),
            speaks_for_other: false,
            confirmed_at: None,
            manner: Manner::default(),
        };
        self.broker.record_voice(&asker(), actor(SCHOOL), &new, &self.once(key)).await
    }

    /// A signal that differs from that under any other key.
    pub(crate) async fn submit(&self, pupil: &str, key: &str) -> Result<Reply<SignalView>, Trouble> {
        self.submit_words(pupil, key, key).await
    }

    async fn submit_words(&self, pupil: &str, key: &str, words: &str) -> Result<Reply<SignalView>, Trouble> {
        self.broker.submit(&asker(), actor(SCHOOL), &self.new_signal(pupil, words), &self.once(key)).await
    }

    #[expect(clippy::unused_self, reason = "reads as part of this world")]
    fn new_signal(&self, pupil: &str, words: &str) -> NewSignal {
        let receiver = Party { organisation: oin(ACCESS_DESK), desk: Desk::AccessDesk };
        let facts = SignalFacts {
            kind: SignalKind::Aanmelding,
            purpose: sluis_policy::Purpose::ToeleidingJeugdhulp,
            sender: actor(SCHOOL).party,
            receivers: vec![receiver],
            topics: vec![sluis_policy::Topic::Gedrag],
            gates: vec![Gate::DiscussedWithParents, Gate::WeighedInternally],
            absence: None,
            risk_ticked: false,
            applicant: None,
            inform_postponed: false,
            taken_back: false,
        };
        NewSignal {
            facts,
            named: true,
            about: AboutWhom::Pupil(pupil.into()),
            number: None,
            description: Some(format!("vastgelopen in de klas: {words}")),
            discussed_on: Some(date(2026, 11, 20)),
            contact: None,
            location: None,
            besides: Besides::default(),
            inform_later: None,
        }
    }
}

pub(crate) fn released<T: std::fmt::Debug>(reply: Result<Reply<T>, Trouble>) -> T {
    match reply {
        Ok(Reply::Released(disclosure)) => disclosure.into_content(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_no_signal_by_name_is_left_waiting_after_a_withdrawal_that_raced_it() {
    for trial in both().await {
        let world = Arc::new(world(trial).await);
        let consent = world.registered("pk-1").await;
        let submitting: Vec<_> = (0..24)
            .map(|n| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { world.submit("pk-1", &format!("signaal {n}")).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(3)).await;
        let once = world.once("intrekking");
        released(world.broker.withdraw_voice(&asker(), actor(SCHOOL), (consent, &Manner::default()), &once).await);
        let (mut placed, mut refused) = (0, 0);
        for task in submitting {
            match task.await.unwrap() {
                Ok(Reply::Released(view)) => {
                    placed += 1;
                    let id = view.into_content().id;
                    for row in world.broker.store().deliveries_of(id).await.unwrap() {
                        assert_eq!(row.state, DeliveryState::Stopped, "{}", world.trial.name);
                    }
                }
                Ok(Reply::Refused(_)) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(placed + refused, 24);
        assert!(matches!(world.submit("pk-1", "daarna").await, Ok(Reply::Refused(_))));
    }
}

#[tokio::test]
async fn p5_a_record_names_the_register_that_its_facts_were_read_from() {
    let world = world(crate::store::trial::sqlite().await).await;
    let broker = &world.broker;
    let (moment, own) = (broker.now().unwrap(), actor(SCHOOL));
    let before = *broker.register.load().version();
    let snapshot = broker.facts(None, own.party, None, moment.today);
    broker.register.store(Arc::new(read(&format!("# later\n{REGISTER}"))));
    let question = registering::own_request(own, sluis_policy::Action::ReadDirectory);
    let ruling = broker.rule(&asker(), question, &snapshot, moment).unwrap();
    let leaves = broker.ledger().standing().size;
    broker.ledger().commit(Unit::record(ruling.glance(broker).unwrap())).await.unwrap();
    let (_, entry) = broker.store().entries("sluis.test/1", i64::try_from(leaves).unwrap(), 1).await.unwrap().remove(0);
    assert!(entry.contains(&hex::encode(before)), "{entry}");
    assert!(!entry.contains(&hex::encode(broker.register.load().version())), "{entry}");
}

#[tokio::test]
async fn an_idempotency_key_has_one_effect_and_another_body_is_refused() {
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        let first = released(world.submit("pk-1", "een").await).id;
        assert_eq!(released(world.submit("pk-1", "een").await).id, first, "{}", world.trial.name);
        let scope =
            |body| OnceKey { certificate: oin(SCHOOL), organisation: oin(SCHOOL), route: "/", key: "een", body };
        let other = world.broker.begin_once(&scope(b"anders")).unwrap();
        assert!(world.broker.begin_once(&scope(b"")).is_none(), "the same key is being worked on");
        assert_eq!(world.broker.before(&other).await.unwrap(), once::Before::Other);
        drop(other);
        assert!(world.broker.begin_once(&scope(b"")).is_some());
    }
}

#[tokio::test]
async fn a_clock_that_jumped_back_refuses_instead_of_reviving_what_has_ended() {
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        world.clock.advance(-86_400);
        assert!(matches!(world.submit("pk-1", "gisteren").await, Err(Trouble::ClockBehind)), "{}", world.trial.name);
        world.clock.advance(86_400);
        assert!(matches!(world.submit("pk-1", "vandaag").await, Ok(Reply::Released(_))));
    }
}

/// P1: a gateway whose clock is far from the database server's counts what has ended, or not yet begun.
#[tokio::test]
async fn a_clock_a_minute_off_the_database_server_refuses_until_it_is_right_again() {
    for trial in both().await {
        let name = trial.name;
        let time = Store::new(Arc::clone(&trial.engine)).time().await.unwrap();
        let out = outbound(&Pki::new("proef").unwrap(), Reach::new([], []));
        let world = world_at(trial, SettableClock::at(time), REGISTER, out).await;
        world.registered("pk-1").await;
        world.clock.advance(50);
        world.broker.compare_clocks(world.broker.store().time()).await;
        assert!(matches!(world.submit("pk-1", "bijna").await, Ok(Reply::Released(_))), "{name}");
        world.clock.advance(20);
        world.broker.compare_clocks(world.broker.store().time()).await;
        let astray = world.submit("pk-1", "te ver").await;
        // An embedded database has no clock but ours.
        let refused = matches!(astray, Err(Trouble::ClocksApart));
        assert_eq!(refused, name == "postgres", "{name}: {astray:?}");
        assert_eq!(world.broker.now().is_err(), name == "postgres");
        world.clock.set(time + 60_000_000);
        world.broker.compare_clocks(world.broker.store().time()).await;
        assert!(world.broker.now().is_ok() || name == "sqlite", "{name}");
    }
}
