// SPDX-License-Identifier: EUPL-1.2
//! RL-24: what an erasure takes, what it leaves, and what stands in its way, while others go on.

use super::*;
use crate::broker::erasing::{Hold, Kept, Obstacle};
use crate::ledger::Outcome;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DutyState, Reached, Read, Subject};
use crate::vault::{NO_YOUTH, RetentionClass};

impl World {
    async fn kept(&self, youth: Id) -> Kept {
        let mut writer = self.trial.engine.writer().await.unwrap();
        Kept::on(writer.as_mut(), &self.broker.vault, youth).await.unwrap()
    }

    async fn youth_of(&self, pupil: &str) -> Id {
        self.broker.youth_by_pupil_key(oin(SCHOOL), pupil).await.unwrap().unwrap().id()
    }

    async fn committed(&self, unit: Unit) -> bool {
        matches!(self.broker.ledger().commit(unit).await.unwrap(), Outcome::Committed(_))
    }

    /// A notice that takes a delivery of this signal back waits to go.
    async fn taking_back(&self, signal: Id) -> DeliveryRow {
        let sent = self.broker.store().deliveries_of(signal).await.unwrap().remove(0);
        let subject = Subject::signal(signal);
        let read = Read { subject, version: self.broker.store().version(subject).await.unwrap() };
        let notice = DeliveryRow {
            id: crate::vault::fresh_id().unwrap(),
            kind: DeliveryKind::Withdrawal,
            reached: Reached::Never,
            sealed: sent.id.to_vec(),
            ..sent
        };
        assert!(self.committed(Unit::default().moving(read).with_delivery(notice.clone())).await);
        notice
    }
}

#[tokio::test]
async fn rl_24_what_was_open_ends_and_is_somebodys_matter_and_what_came_meanwhile_is_decided_on_too() {
    for trial in both().await {
        let world = world(trial).await;
        let (name, store) = (world.trial.name, world.broker.store());
        world.registered("pk-1").await;
        let youth = world.youth_of("pk-1").await;
        let signal = released(world.submit("pk-1", "een").await).id;
        let notice = world.taking_back(signal).await;
        let classes = [RetentionClass::Delivery];
        let early = world.kept(youth).await;
        assert_eq!(early.obstacle(&[RetentionClass::AccessRecord]), Some(Obstacle::OutOfOrder), "{name}");
        assert_eq!((early.obstacle(&classes), early.ended().count()), (None, 1), "{name}");

        // A signal that comes between the decision and the commit is not taken along unseen.
        let late = released(world.submit("pk-1", "twee").await).id;
        let now = world.broker.now().unwrap();
        assert!(!world.committed(early.erased(Unit::default(), &classes, now).unwrap()).await, "{name}");
        assert!(world.broker.youth(youth).await.is_ok(), "{name}: nothing happened");
        let kept = world.kept(youth).await;
        assert_eq!((kept.ended().count(), kept.duties(now).unwrap().len()), (2, 2), "{name}");
        assert!(world.committed(kept.erased(Unit::default(), &classes, now).unwrap()).await, "{name}");

        assert!(matches!(world.broker.youth(youth).await, Err(Trouble::Erased)), "{name}");
        assert!(matches!(world.submit("pk-1", "drie").await, Ok(Reply::Refused(_))), "{name}");
        for signal in [signal, late] {
            assert!(store.signal(signal).await.unwrap().is_none(), "{name}");
            let (notices, rows): (Vec<_>, Vec<_>) =
                store.deliveries_of(signal).await.unwrap().into_iter().partition(|row| row.id == notice.id);
            assert!(rows.iter().all(|row| row.state == DeliveryState::Erased && row.sealed.is_empty()), "{name}");
            assert!(rows.iter().chain(&notices).all(|row| row.youth == NO_YOUTH), "{name}");
            // P3: that something was taken back still reaches who had it.
            assert!(
                notices.iter().all(|row| row.state == DeliveryState::Waiting && row.sealed == notice.sealed),
                "{name}"
            );
            let duties = store.obligations_of(signal).await.unwrap();
            let told = duties.iter().filter(|duty| duty.kind == "vernietiging_nagaan" && duty.owner == SCHOOL);
            assert_eq!(told.count(), 1, "{name}: {duties:?}");
            assert!(
                duties.iter().all(|duty| duty.youth == NO_YOUTH && duty.state == DutyState::Open),
                "{name}: {duties:?}"
            );
        }
        // P7: what is left to do can still be seen, taken up and done; whom it was about is nobody's any more.
        let (actors, from) = ([actor(SCHOOL)], (String::new(), Id::default()));
        let page = released(world.broker.duties(&asker(), actors[0], &from, 50).await);
        let left = page.rows.iter().find(|row| row.kind == "vernietiging_nagaan").unwrap();
        assert!(page.rows.iter().all(|row| row.pseudonym.is_none() && row.people.is_empty()), "{name}: {page:?}");
        let done = Finishing { on: world.broker.now().unwrap().today, outcome: Some("gedaan".into()), people: vec![] };
        for (step, key) in [(DutyStep::TakeUp { over: false }, "op"), (DutyStep::Finish(done), "af")] {
            let worked = world.broker.work_duty(&asker(), &actors, (left.id, &step), &world.once(key)).await;
            assert!(matches!(released(worked), Worked::Recorded(..)), "{name}: {step:?}");
        }
        assert_eq!(released(world.broker.duty(&asker(), &actors, left.id).await).state, DutyState::Done, "{name}");
        world.clock.advance(30 * 24 * 3_600);
        let passed = world.broker.record_passed_terms().await.unwrap();
        assert_eq!(i64::try_from(passed).unwrap(), world.broker.count_duties().await.unwrap().1, "{name}");
        // The same child can come back, and is somebody else then.
        let once = world.once("opnieuw");
        let again = NewYouth {
            pupil_key: "pk-1".into(),
            given_names: "Noor".into(),
            surname: "de Testpersoon".into(),
            born: date(2018, 3, 1),
            postcode: "6658AA".into(),
            home: "0668".parse().unwrap(),
            start_qualification: None,
        };
        released(world.broker.register_youth(&asker(), actor(SCHOOL), &again, &once).await);
        assert_ne!(world.youth_of("pk-1").await, youth, "{name}");
    }
}

#[tokio::test]
async fn rl_08_what_must_arrive_and_what_is_held_are_not_erased() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        let youth = world.youth_of("pk-1").await;
        let classes = [RetentionClass::Delivery, RetentionClass::Consent, RetentionClass::AccessRecord];
        let hold = |stands| Hold { id: [7; 16], ground: "klacht".into(), stands };
        for (stands, obstacle) in [(true, Some(Obstacle::Held)), (false, None)] {
            let kept = world.kept(youth).await;
            let unit = kept.held(Unit::default(), &world.broker.vault, hold(stands), 1).unwrap();
            assert!(world.committed(unit).await, "{name}");
            assert_eq!(world.kept(youth).await.obstacle(&classes), obstacle, "{name}");
        }
        assert!(world.broker.youth(youth).await.is_ok(), "{name}: a hold is no matter of sharing");

        let mut safety = world.new_signal("pk-1", "zorgen");
        safety.facts.kind = SignalKind::Veiligheid;
        safety.facts.purpose = sluis_policy::Purpose::Veiligheid;
        safety.facts.receivers = vec![Party { organisation: oin(SAFE_HOME), desk: Desk::VeiligThuis }];
        released(world.broker.submit(&asker(), actor(SCHOOL), &safety, &world.once("veiligheid")).await);
        assert_eq!(world.kept(youth).await.obstacle(&classes), Some(Obstacle::UnderWay), "{name}");
    }
}
