// SPDX-License-Identifier: EUPL-1.2
//! What must still be done passes its day once, however many gateways look; and nobody looks back on their own deed.

use sluis_policy::{Duty, Purpose, Rule};

use super::*;
use crate::ledger::unit::DutyState;

const A_MONTH: i64 = 30 * 24 * 3_600;

fn colleague() -> Asker {
    Asker { professional: Some("ib-2".into()), ..asker() }
}

/// Another gateway on the same database, with a log of its own.
pub(super) async fn beside(world: &World) -> Broker {
    let handed: Arc<dyn Clock> = Arc::clone(&world.clock) as Arc<dyn Clock>;
    let engine = Arc::clone(&world.trial.engine);
    let (ledger, _writer) = Ledger::open(engine, Arc::clone(&handed), "sluis.test/2").await.unwrap();
    Broker::new(Parts {
        store: Store::new(Arc::clone(&world.trial.engine)),
        index: world.trial.index.clone(),
        ledger,
        vault: world.broker.vault.clone(),
        register: Arc::clone(&world.broker.register),
        policy: Arc::clone(&world.broker.policy),
        clock: handed,
        outbound: world.broker.outbound.clone(),
        own: oin(SCHOOL),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p7_a_term_that_passes_is_recorded_once_for_each_of_its_days() {
    for trial in both().await {
        let world = world(trial).await;
        let other = beside(&world).await;
        world.with_parent("pk-1").await;
        for number in 0..3 {
            assert!(matches!(world.submit("pk-1", &format!("{number}")).await, Ok(Reply::Refused(_))));
        }
        let name = world.trial.name;
        assert_eq!(world.broker.count_duties().await.unwrap(), (3, 0), "{name}");
        assert_eq!(world.broker.record_passed_terms().await.unwrap(), 0, "{name}: not yet");
        world.clock.advance(A_MONTH);
        assert_eq!(world.broker.count_duties().await.unwrap(), (3, 3), "{name}");
        let (one, another) = tokio::join!(world.broker.record_passed_terms(), other.record_passed_terms());
        let again = world.broker.record_passed_terms().await.unwrap() + other.record_passed_terms().await.unwrap();
        assert_eq!(one.unwrap() + another.unwrap() + again, 3, "{name}: each once");
        let mut told = 0;
        for origin in ["sluis.test/1", "sluis.test/2"] {
            let entries = world.broker.store().entries(origin, 0, 1_000).await.unwrap();
            told += entries.iter().filter(|(_, entry)| entry.contains("termijn_verstreken")).count();
        }
        assert_eq!(told, 3, "{name}: and each in a log");

        // RL-13: another day reminds once more, and that is all it does.
        let actors = [actor(SCHOOL)];
        let page = released(world.broker.duties(&asker(), actors[0], &(String::new(), Id::default()), 50).await);
        let (duty, today) = (page.rows[0].id, world.broker.now().unwrap().today);
        assert!(page.rows.iter().all(|row| row.overdue));
        let step = DutyStep::Postpone { reason: "thuis_niet_veilig".into(), review_on: today };
        let worked = world.broker.work_duty(&asker(), &actors, (duty, &step), &world.once("uitstel")).await;
        assert_eq!(released(worked), Worked::Recorded(DutyState::Postponed, today.to_string()));
        assert_eq!(world.broker.record_passed_terms().await.unwrap(), 0, "{name}: today is not past");
        world.clock.advance(A_MONTH);
        assert_eq!(other.record_passed_terms().await.unwrap(), 1, "{name}");
        assert_eq!(other.record_passed_terms().await.unwrap(), 0, "{name}");
        let view = released(world.broker.duty(&asker(), &actors, duty).await);
        assert!(view.overdue && view.withheld == Some(true), "{name}: {view:?}");
        assert!(view.people.iter().all(|hearer| hearer.released_at.is_none()), "{name}: a date releases nothing");
    }
}

#[tokio::test]
async fn rl_09_a_report_is_looked_back_on_by_another_and_withholds_everything_of_its_sender() {
    for trial in both().await {
        let world = world(trial).await;
        let parent = world.with_parent("pk-1").await;
        let (name, actors) = (world.trial.name, [actor(SCHOOL)]);
        assert!(matches!(world.submit("pk-1", "eerst").await, Ok(Reply::Refused(_))));
        let page = released(world.broker.duties(&asker(), actors[0], &(String::new(), Id::default()), 50).await);
        let ask = page.rows[0].clone();
        assert_eq!((ask.kind.as_str(), ask.withheld), (Duty::Ask.code(), Some(false)), "{name}");

        let mut new = world.new_signal("pk-1", "veilig");
        let safe = Party { organisation: oin(SAFE_HOME), desk: Desk::VeiligThuis };
        (new.facts.kind, new.facts.purpose, new.facts.receivers) =
            (SignalKind::Veiligheid, Purpose::Veiligheid, vec![safe]);
        new.facts.gates = Gate::ALL.to_vec();
        let sent = world.broker.submit(&asker(), actors[0], &new, &world.once("melding")).await;
        let signal = released(sent).id;
        let duties = world.broker.store().obligations_of(signal).await.unwrap();
        let review = duties.iter().find(|duty| duty.kind == Duty::Review.code()).unwrap().id;
        let take_up = DutyStep::TakeUp { over: false };
        let own = world.broker.work_duty(&asker(), &actors, (review, &take_up), &world.once("zelf")).await.unwrap();
        let Reply::Refused(refused) = own else { panic!("{name}: {own:?}") };
        assert_eq!(refused.rule(), Rule::ReviewByAnother, "{name}");
        let worked = world.broker.work_duty(&colleague(), &actors, (review, &take_up), &world.once("ander")).await;
        assert!(matches!(released(worked), Worked::Recorded(DutyState::TakenUp, _)), "{name}");

        // What this school asks about is withheld from now on; whoever did not report learns nothing of it.
        let view = released(world.broker.duty(&asker(), &actors, ask.id).await);
        assert_eq!(view.withheld, Some(true), "{name}");
        let release = |weighed: Option<&str>| DutyStep::Release {
            person: sluis_policy::PersonRef(parent),
            weighed: weighed.map(str::to_owned),
        };
        let plain = world.broker.work_duty(&asker(), &actors, (ask.id, &release(None)), &world.once("vrij")).await;
        assert!(matches!(plain, Ok(Reply::Refused(refused)) if refused.rule() == Rule::ReleaseWithheld), "{name}");
        let weighed = release(Some("veilig_voor_deze_persoon"));
        let worked = world.broker.work_duty(&asker(), &actors, (ask.id, &weighed), &world.once("gewogen")).await;
        assert!(matches!(released(worked), Worked::Recorded(..)), "{name}");
        let second = [Actor { party: Party { organisation: oin(SECOND_SCHOOL), desk: Desk::School }, ..actors[0] }];
        let stranger = world.broker.duty(&asker(), &second, ask.id).await.unwrap();
        assert!(matches!(stranger, Reply::Refused(refused) if refused.rule() == Rule::NotFound), "{name}");
    }
}
