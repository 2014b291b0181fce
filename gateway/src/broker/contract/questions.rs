// SPDX-License-Identifier: EUPL-1.2
//! The saved questions of an officer: each finds what it says, is recorded as what it is, and one that watches people waits for
//! their works council.

use sluis_policy::{Action, Duty, Gate, Purpose, Rule};

use super::searching::officer;
use super::*;
use crate::audience::Audience;
use crate::export::Format;
use crate::ledger::entry::Entry;

const TEN_HOURS: i64 = 10 * 3_600;

fn saved(question: SavedQuestion) -> LogQuery {
    LogQuery { saved: Some(question), ..LogQuery::default() }
}

impl World {
    async fn answered(&self, reader: &LogReader, question: SavedQuestion) -> Vec<(String, u64)> {
        self.searched(reader, &saved(question)).await
    }

    /// The rule by which asking this is refused, as the record of it says.
    async fn not_answered(&self, reader: &LogReader, question: SavedQuestion) -> String {
        let Ok(Searched::Replied(Reply::Refused(refused))) =
            self.broker.search_log(reader, &saved(question), None).await
        else {
            panic!("{question:?} is answered");
        };
        let (log, size) = self.broker.store().logs().await.unwrap().remove(0);
        let record = self.broker.store().plain(&log, size - 1..size).await.unwrap().remove(0);
        let entry = Entry::read(&record.entry).unwrap();
        assert_eq!(entry.outcome.rule.as_deref(), Some(refused.rule().id()), "it is on record");
        assert_eq!(entry.action.as_deref(), Some(saved(question).action().code()));
        refused.rule().id().to_owned()
    }

    /// What this organisation did from an instant on, latest first.
    async fn done_since(&self, organisation: &str, since: i64) -> Vec<(String, u64)> {
        let (log, size) = self.broker.store().logs().await.unwrap().remove(0);
        let records = self.broker.store().plain(&log, 0..size).await.unwrap();
        let own = |entry: &Entry| entry.party.as_ref().is_some_and(|(oin, _)| oin.as_str() == organisation);
        let since = |entry: &Entry| own(entry) && entry.at >= since;
        let found = records.iter().rev().filter(|record| Entry::read(&record.entry).is_some_and(|entry| since(&entry)));
        found.map(|record| (log.clone(), record.index)).collect()
    }

    fn works_council_agrees_from(&self, day: &str) {
        let name = "name = \"Basisschool De Wilgenhoek\"\n";
        let register = REGISTER.replace(name, &format!("{name}works_council_since = {day}\n"));
        assert_ne!(register, REGISTER);
        self.broker.register.store(Arc::new(read(&register)));
    }
}

/// RL-21: what watches when people work is refused, on record, in a search and in a file, until the register says since when
/// the works council of that organisation agrees.
#[tokio::test]
async fn rl_21_a_question_about_working_hours_waits_for_the_works_council_of_that_organisation() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        released(world.submit("pk-1", "overdag").await);
        world.clock.advance(TEN_HOURS);
        let evening = world.clock.now().instant;
        released(world.submit("pk-1", "'s avonds").await);
        let (reader, question) = (officer(SCHOOL, "fg-1"), SavedQuestion::OutsideHours);
        let missing = Rule::WorksCouncilMissing.id();
        assert_eq!(world.not_answered(&reader, question).await, missing, "{name}: nobody agreed");
        world.works_council_agrees_from("2026-11-24");
        assert_eq!(world.not_answered(&reader, question).await, missing, "{name}: not yet");
        let file = (Format::Csv, Audience::Officer);
        let taken = world.broker.take_along(&reader, (&saved(question), oin(SCHOOL)), file).await;
        assert!(matches!(taken, Ok(Reply::Refused(refused)) if refused.rule().id() == missing), "{name}");
        world.works_council_agrees_from("2026-11-23");
        let expected = world.done_since(SCHOOL, evening).await;
        assert!(expected.len() >= 4, "{name}: what was done, and what was asked about it");
        assert_eq!(world.answered(&reader, question).await, expected, "{name}");
        let asked = world.done_since(SCHOOL, evening).await.remove(0);
        let record = world.broker.store().plain(&asked.0, asked.1..asked.1 + 1).await.unwrap().remove(0);
        assert!(record.entry.contains("SL-1403") && record.entry.contains(Action::MonitorStaff.code()), "{name}");
        // Another organisation's council says nothing of this one's, and a search needs no council.
        let other = officer(SECOND_SCHOOL, "fg-2");
        assert_eq!(world.not_answered(&other, question).await, missing, "{name}");
        assert_eq!(world.answered(&other, SavedQuestion::WithoutInvolvement).await, [], "{name}");
        let silent = LogReader { reason: "", ..officer(SCHOOL, "fg-1") };
        assert_eq!(world.not_answered(&silent, question).await, Rule::ReasonMissing.id(), "{name}");
    }
}

/// RL-09: an override is found until another looked back on it, and then no longer.
#[tokio::test]
async fn rl_09_an_override_waits_until_another_looked_back() {
    for trial in both().await {
        let world = world(trial).await;
        let (name, reader) = (world.trial.name, officer(SCHOOL, "fg-1"));
        let question = SavedQuestion::OverridesToReview;
        world.registered("pk-1").await;
        released(world.submit("pk-1", "gewoon").await);
        assert_eq!(world.answered(&reader, question).await, [], "{name}");
        let mut expected = Vec::new();
        let mut reviews = Vec::new();
        for key in ["een", "twee"] {
            world.clock.advance(60);
            let mut new = world.new_signal("pk-1", key);
            (new.facts.kind, new.facts.purpose) = (SignalKind::Veiligheid, Purpose::Veiligheid);
            new.facts.receivers = vec![Party { organisation: oin(SAFE_HOME), desk: Desk::VeiligThuis }];
            new.facts.gates = Gate::ALL.to_vec();
            let before = world.broker.ledger().standing().size;
            let signal = released(world.broker.submit(&asker(), actor(SCHOOL), &new, &world.once(key)).await).id;
            expected.insert(0, ("sluis.test/1".to_owned(), before));
            let duties = world.broker.store().obligations_of(signal).await.unwrap();
            reviews.push(duties.iter().find(|duty| duty.kind == Duty::Review.code()).unwrap().id);
            // Found where the index has it, and where it has not.
            while key == "een" && world.broker.index_logs().await.unwrap().records > 0 {}
        }
        assert_eq!(world.answered(&reader, question).await, expected, "{name}");
        assert_eq!(world.answered(&officer(ACCESS_DESK, "fg-2"), question).await, [], "{name}");
        let colleague = Asker { professional: Some("ib-2".into()), ..asker() };
        let done = Finishing { on: date(2026, 11, 23), outcome: Some("terecht".into()), people: Vec::new() };
        for (step, key) in [(DutyStep::TakeUp { over: false }, "op"), (DutyStep::Finish(done), "af")] {
            let step = (reviews[0], &step);
            let worked = world.broker.work_duty(&colleague, &[actor(SCHOOL)], step, &world.once(key)).await;
            assert!(matches!(released(worked), Worked::Recorded(..)), "{name} {key}");
        }
        expected.truncate(1);
        assert_eq!(world.answered(&reader, question).await, expected, "{name}: the other still waits");
    }
}

/// L11: somebody who asked for what is none of theirs is found by the officer of their own organisation alone.
#[tokio::test]
async fn l11_a_look_without_involvement_is_found_by_the_own_officer() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        let signal = released(world.submit("pk-1", "een").await).id;
        released(world.broker.read(&asker(), &[actor(SCHOOL)], signal).await);
        let before = world.broker.ledger().standing().size;
        let stranger = world.broker.read(&asker(), &[actor(SECOND_SCHOOL)], signal).await;
        assert!(matches!(stranger, Ok(Reply::Refused(_))), "{name}: {stranger:?}");
        let question = SavedQuestion::WithoutInvolvement;
        let found = world.answered(&officer(SECOND_SCHOOL, "fg-2"), question).await;
        assert_eq!(found, [("sluis.test/1".to_owned(), before)], "{name}");
        assert_eq!(world.answered(&officer(SCHOOL, "fg-1"), question).await, [], "{name}");
    }
}
