// SPDX-License-Identifier: EUPL-1.2
//! One request has one effect: under one Idempotency-Key for 48 hours, and under any key when it is the same in every word.

use std::collections::HashSet;

use super::*;

/// The signal of a reply.
fn id(reply: Result<Reply<SignalView>, Trouble>) -> Id {
    released(reply).id
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.trial.engine.read(sql, &[]).await.unwrap()[0].int(0).unwrap()
}

#[tokio::test]
async fn the_same_report_under_another_key_leads_to_the_first_while_that_one_stands() {
    for trial in both().await {
        let world = world(trial).await;
        let consent = world.registered("pk-1").await;
        let same = async |key: &str| id(world.submit_words("pk-1", key, "zelfde").await);
        let first = same("een").await;
        assert_eq!(same("twee").await, first, "{}", world.trial.name);
        assert_ne!(id(world.submit_words("pk-1", "drie", "anders").await), first, "one word more is another report");
        assert_eq!(count(&world, "SELECT count(*) FROM signal").await, 2);
        let recorded = world.broker.ledger().standing().size;
        assert_eq!(same("vier").await, first);
        assert_eq!(
            world.broker.ledger().standing().size,
            recorded + 2,
            "decided and recorded, and so is the look at it"
        );

        // What was stopped does not stand: whoever sends it again has a reason.
        released(
            world
                .broker
                .withdraw_voice(&asker(), actor(SCHOOL), (consent, &Manner::default()), &world.once("terug"))
                .await,
        );
        assert!(matches!(world.submit_words("pk-1", "vijf", "zelfde").await, Ok(Reply::Refused(_))));
        let parent = world.broker.youth_by_pupil_key(oin(SCHOOL), "pk-1").await.unwrap().unwrap();
        let parent = parent.facts.authorities[0].person.0;
        world.clock.advance(60);
        let now = world.broker.now().unwrap().instant;
        released(world.say("pk-1", parent, (VoiceKind::Agrees, now), "toch").await);
        let second = same("zes").await;
        assert_ne!(second, first, "{}", world.trial.name);
        assert_eq!(same("zeven").await, second, "and is itself protected");
        assert_eq!(same("twee").await, first, "a key leads to what it led to");

        world.clock.advance(24 * 3600);
        let third = same("acht").await;
        assert!(third != first && third != second, "another day is another report");
    }
}

#[tokio::test]
async fn two_professionals_with_one_worry_are_two_and_a_second_report_about_safety_is_always_meant() {
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        let of = |professional: &str| Asker { professional: Some(professional.into()), ..asker() };
        let new = world.new_signal("pk-1", "zelfde");
        let submit = async |asker: &Asker, new: &NewSignal, key: &str| {
            id(world.broker.submit(asker, actor(SCHOOL), new, &world.once(key)).await)
        };
        let first = submit(&of("ib-1"), &new, "een").await;
        assert_ne!(submit(&of("ib-2"), &new, "twee").await, first, "{}", world.trial.name);
        let mut safety = new.clone();
        safety.facts.kind = SignalKind::Veiligheid;
        safety.facts.purpose = sluis_policy::Purpose::Veiligheid;
        safety.facts.receivers = vec![Party { organisation: oin(SAFE_HOME), desk: Desk::VeiligThuis }];
        let reported = submit(&of("ib-1"), &safety, "drie").await;
        assert_ne!(submit(&of("ib-1"), &safety, "vier").await, reported, "{}", world.trial.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_report_under_many_keys_at_once_is_made_once() {
    for trial in both().await {
        let world = Arc::new(world(trial).await);
        world.registered("pk-1").await;
        let submitting: Vec<_> = (0..12)
            .map(|n| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { world.submit_words("pk-1", &format!("sleutel {n}"), "zelfde").await })
            })
            .collect();
        let mut ids = HashSet::new();
        for task in submitting {
            ids.insert(id(task.await.unwrap()));
        }
        assert_eq!(ids.len(), 1, "{}", world.trial.name);
        assert_eq!(count(&world, "SELECT count(*) FROM delivery").await, 1, "{}", world.trial.name);
    }
}

#[tokio::test]
async fn the_same_statement_under_another_key_is_one_and_two_parents_are_two() {
    for trial in both().await {
        let world = world(trial).await;
        let parent = world.with_parent("pk-1").await;
        let say = async |said: (VoiceKind, i64), key: &str| released(world.say("pk-1", parent, said, key).await);
        let first = say((VoiceKind::Agrees, 7), "een").await;
        assert_eq!(say((VoiceKind::Agrees, 7), "twee").await, first, "{}", world.trial.name);
        assert_ne!(say((VoiceKind::Agrees, 8), "drie").await, first, "said at another moment");
        assert_ne!(say((VoiceKind::Objects, 7), "vier").await, first, "another word");
        assert_eq!(count(&world, "SELECT count(*) FROM fact WHERE kind = 'uiting'").await, 3);
        let authority = NewAuthority {
            whom: Whom::Pupil("pk-1".into()),
            person: None,
            kind: AuthorityKind::Parent,
            period: Period::since(date(2018, 3, 1)),
            source: AuthoritySource::School,
            scope: None,
        };
        let other = world.broker.register_authority(&asker(), actor(SCHOOL), &authority, &world.once("ander")).await;
        assert_ne!(released(other), parent, "two parents are the same in every word");
    }
}

#[tokio::test]
async fn a_key_is_kept_for_48_hours_and_what_a_youth_is_found_by_for_ever() {
    for trial in both().await {
        let world = world(trial).await;
        let consent = world.registered("pk-1").await;
        let first = id(world.submit("pk-1", "een").await);
        world.clock.advance(47 * 3600);
        world.broker.sweep_claims().await.unwrap();
        assert_eq!(id(world.submit("pk-1", "een").await), first, "{}", world.trial.name);
        world.clock.advance(3601);
        assert!(world.broker.sweep_claims().await.unwrap() > 0, "{}", world.trial.name);
        let again = id(world.submit("pk-1", "een").await);
        assert_ne!(again, first, "the key is free again");
        assert_eq!(world.broker.sweep_claims().await.unwrap(), 0, "what was made since is kept");
        let once = world.once("terug");
        released(world.broker.withdraw_voice(&asker(), actor(SCHOOL), (consent, &Manner::default()), &once).await);
        assert!(world.broker.youth_by_pupil_key(oin(SCHOOL), "pk-1").await.unwrap().is_some());
    }
}
