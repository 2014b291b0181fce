// SPDX-License-Identifier: EUPL-1.2
//! P6: not there and not for you look the same. The answers are compared elsewhere, byte for byte; here the time they take.

use std::time::Instant;

use sluis_policy::{AbsenceFacts, AbsenceGround, Action, Bsn, Purpose, Rule};

use super::*;
use crate::vault::fresh_id;

const NUMBER: &str = "999990019";
const NO_NUMBER: &str = "999990032";

/// Who asks, and what.
#[derive(Debug, Clone, Copy)]
enum Question {
    Read(Id),
    Handle(Id),
    State(Id),
    Withdraw(Id),
    Ask(&'static str),
}

impl World {
    /// The signal that brought a pupil's number.
    async fn with_number(&self, pupil: &str) -> Id {
        let mut new = self.new_signal(pupil, "verzuim");
        new.facts.kind = SignalKind::Verzuim;
        new.facts.purpose = Purpose::Leerplicht;
        new.facts.receivers = vec![Party { organisation: oin(MUNICIPALITY), desk: Desk::Leerplicht }];
        new.facts.absence = Some(AbsenceFacts {
            from: date(2026, 11, 2),
            until: None,
            hours_in_four_weeks: 20,
            unbroken_weeks: 0,
            ground: AbsenceGround::Unauthorised,
            suspected_unauthorised: false,
        });
        new.number = Some(NUMBER.parse::<Bsn>().unwrap());
        released(self.broker.submit(&asker(), actor(SCHOOL), &new, &self.once("verzuim")).await).id
    }

    /// The rule by which a question of a stranger is refused.
    async fn refused(&self, question: Question) -> Rule {
        let stranger = actor(SECOND_SCHOOL);
        let rule = |rule: Option<Rule>| rule.expect("it is not for them");
        match question {
            Question::Read(id) => rule(refusal(self.broker.read(&asker(), &[stranger], id).await)),
            Question::Withdraw(id) => {
                let once = self.once("terug");
                rule(refusal(self.broker.withdraw_voice(&asker(), stranger, (id, &Manner::default()), &once).await))
            }
            Question::Handle(id) => {
                let step = HandlingStep { action: Action::TakeUp, next_step: None, explanation: None };
                let once = self.once("stap");
                rule(refusal(self.broker.handle(&asker(), &[stranger], (id, &step), &once).await))
            }
            Question::State(id) => {
                let content = NewContent::Whole(Fact::Shielding {});
                let (whom, source) = (Whom::Received(id), "gemeente".to_owned());
                let new = NewFact { whom, source, period: Period::since(date(2026, 1, 1)), content };
                rule(refusal(self.broker.record_fact(&asker(), stranger, &new, &self.once("feit")).await))
            }
            Question::Ask(number) => {
                let party = Party { organisation: oin(MUNICIPALITY), desk: Desk::Leerplicht };
                let asking = Actor { party, role: Role::Leerplichtambtenaar, ..stranger };
                let (from, until) = (date(2026, 11, 2), date(2026, 11, 20));
                let new = NewQuestion { number: number.parse().unwrap(), school: oin(SECOND_SCHOOL), from, until };
                rule(refusal(self.broker.ask(&asker(), asking, &new).await))
            }
        }
    }
}

fn refusal<T: std::fmt::Debug>(reply: Result<Reply<T>, Trouble>) -> Option<Rule> {
    match reply.unwrap() {
        Reply::Refused(refused) => Some(refused.rule()),
        _ => None,
    }
}

#[tokio::test]
async fn p6_the_time_of_an_answer_does_not_tell_not_there_from_not_for_you() {
    let world = world(crate::store::trial::sqlite().await).await;
    let consent = world.registered("pk-1").await;
    let signal = world.with_number("pk-1").await;
    let nobody = fresh_id().unwrap();
    let (pairs, off) = if std::env::var_os("SLUIS_TEST_LONG").is_some() { (5_000, 0.05) } else { (300, 0.1) };
    for (foreign, unknown) in [
        (Question::Read(signal), Question::Read(nobody)),
        (Question::Handle(signal), Question::Handle(nobody)),
        (Question::State(signal), Question::State(nobody)),
        (Question::Withdraw(consent), Question::Withdraw(nobody)),
        (Question::Ask(NUMBER), Question::Ask(NO_NUMBER)),
    ] {
        let (mut of_foreign, mut of_unknown) = (Vec::new(), Vec::new());
        for pair in 0..pairs {
            // Which comes first alternates, so that what the first leaves warm favours neither.
            for of_the_first in [pair % 2 == 0, pair % 2 == 1] {
                let (question, times) =
                    if of_the_first { (foreign, &mut of_foreign) } else { (unknown, &mut of_unknown) };
                let begun = Instant::now();
                assert_eq!(world.refused(question).await, Rule::NotFound);
                times.push(begun.elapsed());
            }
        }
        let auc = area_under_curve(&of_foreign, &of_unknown);
        assert!((auc - 0.5).abs() <= off, "{foreign:?}: a classifier on time alone has an AUC of {auc:.3}");
    }
}

/// P6 beyond the allowance too: a denial that is only counted is the same answer, and both sorts are counted as one (P1).
#[tokio::test]
async fn p1_who_asks_again_and_again_for_what_is_not_for_them_is_recorded_in_one_record_together() {
    for trial in both().await {
        let world = world_recording(trial, 5).await;
        let consent = world.registered("pk-1").await;
        world.refused(Question::Withdraw(fresh_id().unwrap())).await;
        let before = world.broker.ledger().standing().size;
        for question in [Question::Withdraw(consent), Question::Read(fresh_id().unwrap())].into_iter().cycle().take(20)
        {
            assert_eq!(world.refused(question).await, Rule::NotFound, "{}", world.trial.name);
        }
        // Four more by themselves, and that the others are counted.
        assert_eq!(world.broker.ledger().standing().size, before + 5, "{}", world.trial.name);
        for number in 0..3 {
            let reply = world.submit("niemand", &number.to_string()).await;
            assert!(matches!(reply, Ok(Reply::Refused(_))), "{}: a pupil of nobody", world.trial.name);
        }
        assert_eq!(world.broker.ledger().standing().size, before + 5, "{}", world.trial.name);
        world.clock.advance(60);
        world.broker.summarise_denials().await.unwrap();
        let last = world.broker.store().entries("sluis.test/1", i64::try_from(before).unwrap() + 5, 9).await.unwrap();
        let [(_, entry)] = last.as_slice() else { panic!("one record: {last:?}") };
        assert!(entry.contains("\"niet_gevonden\":19") && entry.contains(SCHOOL), "{entry}");
    }
}

/// How often a time of the first kind is longer than one of the second: a half when they cannot be told apart.
fn area_under_curve(one: &[Duration], other: &[Duration]) -> f64 {
    let mut other = other.to_vec();
    other.sort_unstable();
    let longer: usize = one.iter().map(|time| other.partition_point(|known| known < time)).sum();
    longer as f64 / (one.len() * other.len()) as f64
}
