// SPDX-License-Identifier: EUPL-1.2
//! Questions of many requests, asked of the database together.
//!
//! What a reading costs is mostly the way to the database and back. So questions that come up in every request have a
//! statement that answers many of them at once, and whoever finds the way free takes along what everybody else is waiting
//! to ask, as the ledger's writer does with what waits to be committed. Nobody waits for company: where nobody else asks, a
//! question goes alone and at once.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use tokio::sync::{Semaphore, oneshot};

use super::engine::{Engine, Fault, Row, Step, Value};

/// How many gatherings are under way at once. What waits meanwhile goes together in the next.
const AT_ONCE: usize = 2;

/// How many questions go together at most.
const MOST: usize = 256;

/// Vraag: one question to a statement that answers many, with what it asks for as one JSON array.
///
/// INVARIANT: the statement takes one value, a JSON array of such arrays, and gives rows whose first column is the place in
/// it of the question that the row answers.
#[derive(Debug, Clone)]
#[doc(alias = "vraag")]
pub(super) struct Question {
    pub(super) statement: &'static str,
    pub(super) asked: String,
}

struct Waiting {
    question: Question,
    answer: oneshot::Sender<Result<Vec<Row>, Fault>>,
}

/// Verzamelaar: what waits to be asked, and room for those who go and ask it.
pub(super) struct Gatherer {
    engine: Arc<dyn Engine>,
    waiting: Mutex<Vec<Waiting>>,
    room: Semaphore,
}

impl Gatherer {
    pub(super) fn new(engine: Arc<dyn Engine>) -> Self {
        Self { engine, waiting: Mutex::default(), room: Semaphore::new(AT_ONCE) }
    }

    /// Asks these questions together, and gives the rows that answer each.
    pub(super) async fn ask<const N: usize>(&self, questions: [Question; N]) -> Result<[Vec<Row>; N], Fault> {
        loop {
            let mut answers = std::pin::pin!(join_all(self.queue(&questions)));
            let answered = tokio::select! {
                biased;
                answered = &mut answers => answered,
                place = self.room.acquire() => {
                    // Whoever is ready to ask on this thread may come along.
                    tokio::task::yield_now().await;
                    self.go().await;
                    drop(place);
                    answers.await
                }
            };
            // Who took our questions along may have been called off before it had the answers. Then they are asked again.
            if let Ok(answers) = answered.into_iter().collect::<Result<Result<Vec<_>, Fault>, _>>() {
                return answers?.try_into().map_err(|_| Fault::Misread { column: 0 });
            }
        }
    }

    fn queue(&self, questions: &[Question]) -> Vec<oneshot::Receiver<Result<Vec<Row>, Fault>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let queued = questions.iter().map(|question| {
            let (answer, answered) = oneshot::channel();
            waiting.push(Waiting { question: question.clone(), answer });
            answered
        });
        queued.collect()
    }

    /// Asks what waits, and gives everybody the own answer.
    async fn go(&self) {
        let mut taken = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let going = waiting.len().min(MOST);
            let rest = waiting.split_off(going);
            std::mem::replace(&mut *waiting, rest)
        };
        // One statement for all that ask the same; and always in the same order, so that few texts are ever prepared.
        taken.sort_by_key(|one| one.question.statement);
        let groups: Vec<&[Waiting]> =
            taken.chunk_by(|one, next| one.question.statement == next.question.statement).collect();
        let steps: Vec<Step> = groups.iter().filter_map(|group| step(group)).collect();
        if steps.is_empty() {
            return;
        }
        let sizes: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let dealt = self.engine.read_all(&steps).await.and_then(|answers| {
            let each = answers.into_iter().zip(&sizes).map(|(rows, size)| deal(rows, *size));
            Ok(each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect::<Vec<_>>())
        });
        match dealt {
            // Somebody who went away asks no more.
            Ok(dealt) => taken.into_iter().zip(dealt).for_each(|(one, rows)| drop(one.answer.send(Ok(rows)))),
            Err(fault) => taken.into_iter().for_each(|one| drop(one.answer.send(Err(fault.clone())))),
        }
    }
}

fn step(group: &[Waiting]) -> Option<Step> {
    let statement = group.first()?.question.statement;
    let asked: Vec<&str> = group.iter().map(|one| one.question.asked.as_str()).collect();
    Some(Step::new(statement, [Value::Text(format!("[{}]", asked.join(",")))]))
}

/// Gives each of so many questions its rows.
fn deal(rows: Vec<Row>, questions: usize) -> Result<Vec<Vec<Row>>, Fault> {
    let mut dealt: Vec<Vec<Row>> = std::iter::repeat_with(Vec::new).take(questions).collect();
    for row in rows {
        let place = usize::try_from(row.int(0)?).map_err(|_| Fault::Misread { column: 0 })?;
        dealt.get_mut(place).ok_or(Fault::Misread { column: 0 })?.push(row);
    }
    Ok(dealt)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sluis_policy::{Desk, Party};

    use crate::clock::SystemClock;
    use crate::ledger::leaf::Leaf;
    use crate::ledger::unit::{
        Claim, DataKeyRow, DeliveryKind, DeliveryRow, DeliveryState, NewFact, Reached, Read, SignalRow, Subject, Unit,
    };
    use crate::ledger::{Ledger, Outcome};
    use crate::store::Store;
    use crate::store::trial::both;

    const SENDER: &str = "99000000000000000020";
    const RECEIVER: &str = "99000000000000000021";

    fn delivery(number: u8) -> DeliveryRow {
        DeliveryRow {
            id: [number + 100; 16],
            signal: [number + 50; 16],
            youth: [number; 16],
            receiver: RECEIVER.into(),
            desk: "wijkteam".into(),
            kind: DeliveryKind::Signal,
            urgent: true,
            state: DeliveryState::Waiting,
            attempts: 2,
            due_at: 3,
            created_at: 4,
            reached: Reached::Never,
            sealed: vec![number, 3],
        }
    }

    /// One of everything about one youth.
    fn unit(number: u8) -> Unit {
        let (youth, signal) = ([number; 16], [number + 50; 16]);
        let of = |subject| Read { subject, version: 0 };
        let fact = |sealed| NewFact { kind: "uiting", class: "toestemming", arrived_at: 9, sealed };
        let sender = SENDER.to_owned();
        Unit::record(Leaf::new([number; 16], "{}".into(), None).unwrap())
            .claiming(Claim::by_nature("leerling", [number; 32], youth, 7))
            .with_key(DataKeyRow { youth, class: "levering", kek_version: 3, wrapped: vec![number, 1] })
            .with_fact(of(Subject::youth(youth)), fact(vec![number, 2]))
            .with_fact(of(Subject::youth(youth)), fact(vec![number, 4]))
            .with_fact(of(Subject::signal(signal)), fact(vec![number, 5]))
            .with_signal(SignalRow {
                id: signal,
                youth,
                sender,
                kind: "verzuim",
                created_at: 8,
                sealed: vec![number, 6],
            })
            .with_delivery(delivery(number))
    }

    async fn right_answers(store: Store, number: u8) {
        let (youth, signal) = ([number; 16], [number + 50; 16]);
        let claimed = store.claimed(&[number; 32]).await.unwrap().unwrap();
        assert_eq!((claimed.resource, claimed.made_at), (youth, 7));
        let (led_to, by_claim) = store.youth_claimed(&[number; 32]).await.unwrap().unwrap();
        let by_id = store.youth(youth).await.unwrap();
        assert_eq!(led_to, youth);
        for known in [by_claim, by_id] {
            let keys: Vec<_> = known.keys.iter().map(|key| (key.kek_version, key.wrapped.as_slice())).collect();
            let sealed: Vec<_> = known.facts.iter().map(|fact| (fact.ordinal, fact.sealed.as_slice())).collect();
            assert_eq!(known.version, 1);
            assert_eq!(keys, [(3, [number, 1].as_slice())]);
            assert_eq!(sealed, [(0, [number, 2].as_slice()), (1, &[number, 4])]);
        }
        let party = |oin: &str| Party { organisation: oin.parse().unwrap(), desk: Desk::Wijkteam };
        let sent = store.behind(signal, &[party(RECEIVER), party(SENDER)]).await.unwrap();
        assert_eq!(sent.signal.as_ref().map(|signal| signal.sealed.clone()), Some(vec![number, 6]));
        assert!(sent.delivery.is_none());
        let received = store.behind([number + 100; 16], &[party(RECEIVER)]).await.unwrap();
        assert_eq!(received.delivery, Some(delivery(number)));
        for behind in [sent, received] {
            assert_eq!(behind.signal.map(|signal| signal.id), Some(signal));
            assert_eq!((behind.course.version, behind.course.facts.len()), (1, 1));
            assert_eq!(behind.course.deliveries, [delivery(number)]);
        }
        for (id, who) in [(signal, RECEIVER), ([number + 100; 16], SENDER), ([0; 16], SENDER)] {
            let nothing = store.behind(id, &[party(who)]).await.unwrap();
            assert!(nothing.signal.is_none() && nothing.delivery.is_none());
            assert_eq!((nothing.course.version, nothing.course.facts.len()), (0, 0));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_has_its_own_answer_also_when_whoever_went_for_it_is_called_off() {
        for trial in both().await {
            let engine = Arc::clone(&trial.engine);
            let (ledger, _writer) = Ledger::open(engine, Arc::new(SystemClock), "test/vragen").await.unwrap();
            for number in 1..=40 {
                assert!(matches!(ledger.commit(unit(number)).await, Ok(Outcome::Committed(_))), "{}", trial.name);
            }
            let store = Store::new(Arc::clone(&trial.engine));
            assert!(store.claimed(&[99; 32]).await.unwrap().is_none(), "{}", trial.name);
            assert!(store.youth_claimed(&[99; 32]).await.unwrap().is_none());
            assert_eq!(store.youth([99; 16]).await.unwrap().version, 0);
            let asking: Vec<_> =
                (0..120_u8).map(|n| (n % 3 == 0, tokio::spawn(right_answers(store.clone(), n % 40 + 1)))).collect();
            for (called_off, task) in asking {
                if called_off {
                    task.abort();
                } else {
                    task.await.unwrap();
                }
            }
        }
    }
}
