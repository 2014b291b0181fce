// SPDX-License-Identifier: EUPL-1.2
//! What is remembered of a youth never decides once it is overtaken (P3), whoever overtook it.

use super::*;
use crate::ledger::unit::{Read, Subject};

impl World {
    fn remembered(&self, youth: Id) -> Option<Read> {
        self.broker.memory.youth(&youth).map(|youth| youth.read)
    }
}

#[tokio::test]
async fn p3_what_another_gateway_recorded_counts_at_once_for_a_youth_who_is_remembered_here() {
    for trial in both().await {
        let world = world(trial).await;
        let (name, other) = (world.trial.name, world.beside().await);
        let consent = world.registered("pk-1").await;
        let signal = released(world.submit("pk-1", "een").await).id;
        let youth = world.broker.youth_by_pupil_key(oin(SCHOOL), "pk-1").await.unwrap().unwrap();
        assert_eq!(world.remembered(youth.id()), Some(youth.read), "{name}");

        let once = other.once("terug");
        released(other.broker.withdraw_voice(&asker(), actor(SCHOOL), (consent, &Manner::default()), &once).await);
        assert_eq!(world.remembered(youth.id()), Some(youth.read), "{name}: nobody told this gateway");
        assert!(matches!(world.submit("pk-1", "twee").await, Ok(Reply::Refused(_))), "{name}");

        // And back: what was refused is permitted as soon as it may be, and the sender still follows the first.
        world.clock.advance(60);
        other.agrees_again("pk-1", "weer").await;
        assert!(matches!(world.submit("pk-1", "drie").await, Ok(Reply::Released(_))), "{name}");
        assert!(
            matches!(world.broker.read(&asker(), &[actor(SCHOOL)], signal).await, Ok(Reply::Released(_))),
            "{name}"
        );
        let now = world.broker.youth(youth.id()).await.unwrap();
        assert_eq!(world.remembered(youth.id()), Some(now.read), "{name}");
    }
}

#[tokio::test]
async fn p3_a_refusal_that_leaves_no_record_of_its_own_is_not_made_from_what_is_overtaken() {
    for trial in both().await {
        let world = world(trial).await;
        let other = world.beside().await;
        world.registered("pk-1").await;
        released(world.submit("pk-1", "een").await);
        let youth = world.broker.lately(world.youth_named("pk-1").await).await.unwrap();
        assert!(world.broker.still_stands(youth.read).await.unwrap(), "{}", world.trial.name);
        other.agrees_again("pk-1", "weer").await;
        assert!(!world.broker.still_stands(youth.read).await.unwrap(), "{}", world.trial.name);
        assert_eq!(world.remembered(youth.id()), None, "{}: and it is forgotten", world.trial.name);
    }
}

#[tokio::test]
async fn rl_24_about_whom_nothing_is_asked_any_more_is_forgotten() {
    let world = world(crate::store::trial::sqlite().await).await;
    world.registered("pk-1").await;
    released(world.submit("pk-1", "een").await);
    let youth = world.youth_named("pk-1").await;
    world.broker.forget_the_unasked();
    assert!(world.remembered(youth).is_some(), "asked again in time");
    world.broker.forget_the_unasked();
    world.broker.forget_the_unasked();
    assert_eq!(world.remembered(youth), None);
    // A fact of its own makes it forget at once.
    released(world.submit("pk-1", "twee").await);
    assert!(world.remembered(youth).is_some());
    world.agrees_again("pk-1", "nog eens").await;
    assert_eq!(world.remembered(youth), None);
    assert_eq!(Subject::youth(youth).as_youth(), Some(youth));
    assert_eq!(Subject::signal(youth).as_youth(), None);
}
