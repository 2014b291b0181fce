// SPDX-License-Identifier: EUPL-1.2
//! What is not done on its day is heard of on the first step of the ladder, and when it stays silent there on the next: each once,
//! whatever clocks and gateways do, and never about whom (003-06, 000-50, RL-28, case 59).

use jiff::ToSpan;
use sluis_policy::{Action, Duty, Rule};

use super::duties::beside;
use super::*;
use crate::ledger::unit::{DutyState, ObligationRow};

const A_DAY: i64 = 24 * 3_600;

fn at(last: char, desk: Desk, role: Role) -> Actor {
    let party = Party { organisation: oin(&format!("9900000006680000000{last}")), desk };
    Actor { party, role, ..actor(SCHOOL) }
}

fn consulent() -> Actor {
    at('2', Desk::AccessDesk, Role::Consulent)
}

impl World {
    async fn of_kind(&self, signal: Id, kind: &str) -> Vec<ObligationRow> {
        let mut rows = self.broker.store().obligations_of(signal).await.unwrap();
        rows.retain(|row| row.kind == kind);
        rows
    }

    async fn still_heard(&self, signal: Id) -> usize {
        self.of_kind(signal, ESCALATED).await.iter().filter(|row| row.state != DutyState::Done).count()
    }

    /// A signal that its receiver has; gives its own id and the one by which the receiver knows it.
    async fn received(&self, words: &str) -> (Id, Id) {
        let signal = released(self.submit("pk-1", words).await).id;
        let row = self.broker.store().deliveries_of(signal).await.unwrap().remove(0);
        let there = Unit::default().with_delivery(row.available());
        self.broker.ledger().commit(there).await.unwrap();
        (signal, row.id)
    }

    async fn handled(&self, delivery: Id, action: Action, key: &str) -> Reply<Action> {
        let step = HandlingStep { action, next_step: None, explanation: None };
        self.broker.handle(&asker(), &[consulent()], (delivery, &step), &self.once(key)).await.unwrap()
    }

    async fn worked(&self, actor: Actor, duty: Id, step: DutyStep, key: &str) -> Reply<Worked> {
        self.broker.work_duty(&asker(), &[actor], (duty, &step), &self.once(key)).await.unwrap()
    }

    /// Days pass, and whatever passed its day is looked at until nothing is left of it.
    async fn days_pass(&self, days: i64) {
        self.clock.advance(days * A_DAY);
        while self.broker.record_passed_terms().await.unwrap() > 0 {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_59_each_step_of_000_50_hears_once_of_a_silence_and_of_nobody() {
    for trial in both().await {
        let world = world(trial).await;
        let other = beside(&world).await;
        world.registered("pk-1").await;
        let (signal, delivery) = world.received("stil").await;
        let name = world.trial.name;
        let due = world.of_kind(signal, Duty::Act.code()).await.remove(0).due_on;
        assert_eq!(due, "2026-11-30", "{name}: five working days");
        // Each line: how many days later, and how many desks have heard by then.
        for (days, heard) in [(7, 0), (1, 1), (7, 1), (1, 2), (7, 2), (1, 4), (18, 4), (60, 5), (60, 5)] {
            world.clock.advance(days * A_DAY);
            for _ in 0..2 {
                let (one, another) = tokio::join!(world.broker.record_passed_terms(), other.record_passed_terms());
                one.and(another).unwrap();
            }
            let today = world.broker.now().unwrap().today;
            assert_eq!(world.of_kind(signal, ESCALATED).await.len(), heard, "{name}: {today}");
        }
        let mut told = 0;
        for origin in ["sluis.test/1", "sluis.test/2"] {
            let entries = world.broker.store().entries(origin, 0, 1_000).await.unwrap();
            told += entries.iter().filter(|(_, entry)| entry.contains(ESCALATED)).count();
        }
        assert_eq!(told, 5, "{name}: each in a log");

        // A clock that goes back lets nobody hear again.
        world.clock.advance(-700 * A_DAY);
        assert!(matches!(world.broker.record_passed_terms().await, Err(Trouble::ClockBehind)), "{name}");
        world.clock.advance(700 * A_DAY);

        // RL-28: which desk, what and since when; no signal, no pseudonym, nobody.
        for (step, heard) in [
            (2, at('2', Desk::AccessDesk, Role::Teamleider)),
            (3, at('4', Desk::Board, Role::Schoolbestuur)),
            (3, at('5', Desk::Board, Role::Schoolbestuur)),
            (4, at('3', Desk::Samenwerkingsverband, Role::SwvDirecteur)),
        ] {
            let page = released(world.broker.duties(&asker(), heard, &(String::new(), Id::default()), 50).await);
            let found = page.rows.iter().find(|row| row.silence.as_ref().is_some_and(|silence| silence.step == step));
            let view = found.unwrap_or_else(|| panic!("{name}: {step}"));
            let silence = view.silence.as_ref().unwrap();
            assert_eq!((silence.kind.as_str(), silence.at), (Duty::Act.code(), consulent().party), "{name}");
            assert_eq!((&silence.due_on, view.kind.as_str()), (&due, ESCALATED), "{name}");
            assert_eq!((view.signal, &view.pseudonym, view.people.len()), (None, &None, 0), "{name}");
        }
        let last = world.of_kind(signal, ESCALATED).await.into_iter().find(|row| row.desk == "samenwerkingsverband");
        let (last, board) = (last.unwrap().id, at('4', Desk::Board, Role::Schoolbestuur));
        let foreign = world.broker.duty(&asker(), &[board], last).await.unwrap();
        assert!(matches!(foreign, Reply::Refused(refused) if refused.rule() == Rule::NotFound), "{name}: another's");

        // Who heard does not end it; who was silent does, and taking up is no end either.
        let director = at('3', Desk::Samenwerkingsverband, Role::SwvDirecteur);
        let today = world.broker.now().unwrap().today;
        released(Ok(world.worked(director, last, DutyStep::TakeUp { over: false }, "op").await));
        let outcome = Some("gedaan".to_owned());
        let done = DutyStep::Finish(Finishing { on: today, outcome, people: Vec::new() });
        assert!(matches!(world.worked(director, last, done, "af").await, Reply::Conflict), "{name}");
        let begun = world.handled(delivery, Action::TakeUp, "begin").await;
        assert!(matches!(begun, Reply::Released(_)), "{name}: {begun:?}");
        assert_eq!(world.still_heard(signal).await, 0, "{name}: a step was taken");
        world.days_pass(14).await;
        assert_eq!(world.still_heard(signal).await, 1, "{name}: and then it was silent again");
        assert!(matches!(world.handled(delivery, Action::Close, "eind").await, Reply::Released(_)), "{name}");
        world.days_pass(365).await;
        assert_eq!(world.still_heard(signal).await, 0, "{name}: what is closed is over");
    }
}

/// What can happen with a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Wait,
    TakeUp,
    Postpone,
    Close,
    TakeBack,
}

/// P7, in every order: an open signal has one desk that must take the next step; when that passes its day a step of the ladder
/// has it too; and of what is over nobody hears any more.
#[tokio::test]
async fn p7_an_open_signal_is_always_somebodys() {
    use Turn::{Close, Postpone, TakeBack, TakeUp, Wait};
    let turns = [Wait, TakeUp, Postpone, Close, TakeBack];
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        for number in 0..turns.len().pow(3) {
            let story = [number % 5, number / 5 % 5, number / 25].map(|turn| turns[turn]);
            let (signal, delivery) = world.received(&format!("signaal {number}")).await;
            let mut is_open = true;
            for (at, turn) in story.into_iter().enumerate() {
                let (what, key) = (format!("{} {story:?} {at}", world.trial.name), format!("{number} {at}"));
                let done = world.turn(turn, (signal, delivery), &key).await;
                assert!(!is_open || done, "{what}: what is open can be gone on with");
                is_open &= !matches!(turn, Close | TakeBack);
                let acts = world.of_kind(signal, Duty::Act.code()).await;
                let open: Vec<_> = acts.iter().filter(|row| row.state != DutyState::Done).collect();
                assert_eq!(open.len(), usize::from(is_open), "{what}");
                let today = world.broker.now().unwrap().today.to_string();
                let is_late = open.iter().any(|row| row.due_on < today);
                assert_eq!(world.still_heard(signal).await > 0, is_late, "{what}");
            }
            world.turn(TakeBack, (signal, delivery), &format!("{number} op")).await;
        }
    }
}

impl World {
    /// Does it; gives whether that went well.
    async fn turn(&self, turn: Turn, (signal, delivery): (Id, Id), key: &str) -> bool {
        match turn {
            Turn::Wait => self.days_pass(8).await,
            Turn::TakeUp => return matches!(self.handled(delivery, Action::TakeUp, key).await, Reply::Released(_)),
            Turn::Close => return matches!(self.handled(delivery, Action::Close, key).await, Reply::Released(_)),
            Turn::TakeBack => {
                let (asker, sender, once) = (asker(), [actor(SCHOOL)], self.once(key));
                let back = self.broker.retract(&asker, &sender, (signal, "andere_jeugdige"), &once).await.unwrap();
                return matches!(back, Reply::Released(_));
            }
            Turn::Postpone => {
                let duty = self.of_kind(signal, Duty::Act.code()).await.remove(0).id;
                let review_on = self.broker.now().unwrap().today.saturating_add(3.days());
                self.worked(consulent(), duty, DutyStep::TakeUp { over: true }, &format!("{key} op")).await;
                let wait = DutyStep::Postpone { reason: "gesprek_gepland".into(), review_on };
                return matches!(self.worked(consulent(), duty, wait, &format!("{key} uit")).await, Reply::Released(_));
            }
        }
        true
    }
}
