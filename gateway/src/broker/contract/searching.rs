// SPDX-License-Identifier: EUPL-1.2
//! Searching the log: what is found is what the logs say, wherever the index is; and each search is itself a record.

use sluis_policy::Purpose;

use super::*;
use crate::audience::Audience;
use crate::export::Format;
use crate::ledger::entry::Entry;
use crate::store::index::Index;

const PURPOSE: Purpose = Purpose::ToeleidingJeugdhulp;

pub(super) fn officer(organisation: &str, professional: &str) -> LogReader {
    let party = Party { organisation: oin(organisation), desk: Desk::Gateway };
    let role_valid = Period::since(date(2026, 1, 1));
    LogReader {
        asker: Asker { professional: Some(professional.into()), ..asker() },
        actor: Actor { party, role: Role::DataProtectionOfficer, role_valid, via: None },
        reason: "toezicht",
    }
}

fn about(pupil: Option<&str>) -> LogQuery {
    let about = pupil.map(|pupil| Whom::Pupil(pupil.into()));
    LogQuery { about, purpose: Some(PURPOSE), ..LogQuery::default() }
}

impl World {
    /// Every page of a search: each log with the places that were found in it, in their order.
    pub(super) async fn searched(&self, reader: &LogReader, query: &LogQuery) -> Vec<(String, u64)> {
        let (mut found, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let Ok(Searched::Replied(reply)) = self.broker.search_log(reader, query, cursor.as_deref()).await else {
                panic!("a cursor of this very search");
            };
            let page = released(Ok(reply)).unwrap();
            assert!(!page.behind && page.lines.len() <= LINES_A_PAGE);
            found.extend(page.lines.into_iter().map(|line| (line.log, line.index)));
            cursor = Some(match page.older {
                Some(older) => older,
                None => return found,
            });
        }
    }

    /// The same, from the logs themselves, in the order of time.
    async fn written(&self, organisation: &str, youth: Option<Id>) -> Vec<(String, u64)> {
        let mut written = Vec::new();
        for (log, size) in self.broker.store().logs().await.unwrap() {
            for record in self.broker.store().plain(&log, 0..size).await.unwrap() {
                let Some(entry) = Entry::read(&record.entry) else { continue };
                let of_purpose = entry.purpose.as_deref() == Some(PURPOSE.code());
                if of_purpose && entry.concerns(oin(organisation)) && youth.is_none_or(|youth| record.youth == youth) {
                    written.push((entry.at, log.clone(), record.index));
                }
            }
        }
        written.sort();
        written.into_iter().rev().map(|(_, log, index)| (log, index)).collect()
    }

    /// Another youth, of whom nobody said anything: by name nothing goes about them, and that is recorded too.
    async fn another(&self, pupil: &str) {
        let youth = NewYouth {
            pupil_key: pupil.into(),
            given_names: "Sem".into(),
            surname: "van Elders".into(),
            born: date(2017, 5, 2),
            postcode: "6658AB".into(),
            home: "0668".parse().unwrap(),
            start_qualification: None,
        };
        released(self.broker.register_youth(&asker(), actor(SCHOOL), &youth, &self.once(pupil)).await);
    }

    pub(super) async fn youth_named(&self, pupil: &str) -> Id {
        self.broker.youth_by_pupil_key(oin(SCHOOL), pupil).await.unwrap().unwrap().id()
    }
}

/// L1, L11: with nothing in the index, with part of it and with all, a search finds what the logs say and in their order:
/// every record once, of the own controller, of two logs as one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_finds_what_the_logs_say_wherever_the_index_is() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        world.another("pk-2").await;
        let beside = super::duties::beside(&world).await;
        for number in 0..34 {
            let pupil = if number % 5 == 0 { "pk-2" } else { "pk-1" };
            world.clock.advance(1);
            let key = format!("signaal {number}");
            if number % 3 == 0 {
                let once = world.once(&key);
                let sent = beside.submit(&asker(), actor(SCHOOL), &world.new_signal(pupil, &key), &once).await;
                assert!(matches!(sent, Ok(Reply::Released(_) | Reply::Refused(_))), "{sent:?}");
            } else {
                let sent = world.submit(pupil, &key).await;
                assert!(matches!(sent, Ok(Reply::Released(_) | Reply::Refused(_))), "{sent:?}");
            }
            if number == 20 {
                world.broker.index_logs().await.unwrap();
            }
        }
        let (school, team) = (officer(SCHOOL, "fg-1"), officer(MUNICIPALITY, "fg-2"));
        let one = world.youth_named("pk-1").await;
        for stage in ["part of it", "all of it", "nothing", "all again"] {
            let all = world.written(SCHOOL, None).await;
            let of_one = world.written(SCHOOL, Some(one)).await;
            assert!(
                all.len() > 30 && of_one.len() > 25 && of_one.len() < all.len(),
                "{name}: {} {}",
                all.len(),
                of_one.len()
            );
            assert_eq!(world.searched(&school, &about(None)).await, all, "{name}: {stage}");
            assert_eq!(world.searched(&school, &about(Some("pk-1"))).await, of_one, "{name}: {stage}");
            assert_eq!(world.searched(&school, &about(Some("pk-3"))).await, [], "{name}: nobody is called that");
            assert_eq!(world.searched(&team, &about(None)).await, [], "{name}: nothing came to the team");
            match stage {
                "all of it" => world.broker.forget_index().await.unwrap(),
                _ => while world.broker.index_logs().await.unwrap().records > 0 {},
            }
        }
    }
}

/// An index that knows more of a log than there is was made of another database, and is thrown away by itself.
#[tokio::test]
async fn an_index_of_another_database_is_made_again() {
    for trial in both().await {
        let index: Index = trial.index.clone();
        index.take_up("sluis.test/1", 1_000_000, Vec::new()).await.unwrap();
        let world = world(trial).await;
        world.registered("pk-1").await;
        assert!(world.broker.index_logs().await.unwrap().records > 0, "{}", world.trial.name);
        assert!(index.reached().await.unwrap().is_empty());
        assert_eq!(world.broker.index_logs().await.unwrap(), Backlog { records: 0 });
    }
}

/// A cursor works for the officer who got it, in the search that gave it, and nowhere else.
#[tokio::test]
async fn another_searchs_cursor_is_refused() {
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        for number in 0..=LINES_A_PAGE {
            released(world.submit("pk-1", &format!("signaal {number}")).await);
        }
        let (reader, query) = (officer(SCHOOL, "fg-1"), about(Some("pk-1")));
        let Ok(Searched::Replied(reply)) = world.broker.search_log(&reader, &query, None).await else { panic!() };
        let cursor = released(Ok(reply)).unwrap().older.unwrap();
        let before = world.broker.ledger().standing().size;
        for (reader, query) in [
            (&officer(SCHOOL, "fg-2"), &query),
            (&officer(MUNICIPALITY, "fg-1"), &query),
            (&reader, &about(None)),
            (&reader, &about(Some("pk-2"))),
            (&reader, &LogQuery { overrides: true, ..query.clone() }),
            (&reader, &LogQuery { since: Some(date(2026, 1, 1)), ..query.clone() }),
        ] {
            let refused = world.broker.search_log(reader, query, Some(&cursor)).await;
            assert!(matches!(refused, Ok(Searched::ForeignCursor)), "{}: {query:?}", world.trial.name);
        }
        assert_eq!(world.broker.ledger().standing().size, before, "nothing was searched");
        assert!(matches!(world.broker.search_log(&reader, &query, Some(&cursor)).await, Ok(Searched::Replied(_))));
    }
}

/// L11, RL-20: a search is a record that says what was sought, why, and about whom; without a reason the record is a refusal.
#[tokio::test]
async fn l11_each_search_is_one_record_and_without_a_reason_a_refusal() {
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        let youth = world.youth_named("pk-1").await;
        let reader = officer(SCHOOL, "fg-1");
        let silent = LogReader { reason: "", ..officer(SCHOOL, "fg-1") };
        let teacher = Actor { role: Role::Leerkracht, ..reader.actor };
        let not_an_officer = LogReader { actor: teacher, ..officer(SCHOOL, "ib-1") };
        for (reader, outcome, rule, seen) in [
            (&reader, "verstrekt", "SL-1401", youth),
            (&silent, "geweigerd", "SL-105", crate::vault::NO_YOUTH),
            (&not_an_officer, "geweigerd", "SL-102", crate::vault::NO_YOUTH),
        ] {
            let before = world.broker.ledger().standing().size;
            let Ok(Searched::Replied(reply)) = world.broker.search_log(reader, &about(Some("pk-1")), None).await else {
                panic!();
            };
            assert_eq!(matches!(reply, Reply::Released(_)), outcome == "verstrekt");
            assert_eq!(world.broker.ledger().standing().size, before + 1, "one record, and none of reading the index");
            let record = world.broker.store().plain("sluis.test/1", before..before + 1).await.unwrap().remove(0);
            let entry = Entry::read(&record.entry).unwrap();
            assert_eq!((entry.outcome.kind.as_str(), entry.outcome.rule.as_deref()), (outcome, Some(rule)));
            assert_eq!(record.youth, seen, "{}: who is asked about sees who asked", world.trial.name);
            assert!(!record.entry.contains("pk-1") && !record.entry.contains("fg-1"), "{}", record.entry);
        }
    }
}

/// RL-20: who stands behind a line is a question of its own, for the own controller's staff only, on record.
#[tokio::test]
async fn rl_20_a_professional_is_named_in_a_second_step_and_only_by_the_own_controller() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        released(world.submit("pk-1", "een").await);
        let reader = officer(SCHOOL, "fg-1");
        let (_, index) = world.searched(&reader, &about(None)).await.remove(0);
        let named = released(world.broker.name_professional(&reader, index).await).unwrap();
        assert_eq!(named.professional.as_deref(), Some("ib-1"), "{name}");
        let log = world.broker.store().logs().await.unwrap().remove(0);
        let record = world.broker.store().plain(&log.0, log.1 - 1..log.1).await.unwrap().remove(0);
        assert!(record.entry.contains("\"medewerker_noemen\"") && record.entry.contains("SL-1407"), "{}", record.entry);
        let silent = LogReader { reason: "", ..officer(SCHOOL, "fg-1") };
        assert!(matches!(world.broker.name_professional(&silent, index).await, Ok(Reply::Refused(_))), "{name}");
        for (reader, index) in [(&officer(ACCESS_DESK, "fg-2"), index), (&reader, 1_000_000)] {
            assert!(released(world.broker.name_professional(reader, index).await).is_none(), "{name}");
        }
    }
}

impl World {
    async fn file(&self, reader: &LogReader, query: &LogQuery, how: (Format, Audience)) -> String {
        let mut taken = released(self.broker.take_along(reader, (query, oin(SCHOOL)), how).await).unwrap();
        let mut text = how.0.head();
        while let Some(lines) = self.broker.next_lines(&mut taken).await.unwrap() {
            text += &lines;
        }
        text
    }
}

/// L10, L1: what is taken along is what the search finds, under the organisation's own pseudonym, with nobody's name in it;
/// and before the first line leaves it is on record.
#[tokio::test]
async fn l10_what_is_taken_along_is_what_the_search_finds_and_is_recorded_first() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        for number in 0..3 {
            released(world.submit("pk-1", &format!("signaal {number}")).await);
        }
        let (reader, query) = (officer(SCHOOL, "fg-1"), about(Some("pk-1")));
        let found = world.searched(&reader, &query).await.len();
        let youth = world.broker.youth(world.youth_named("pk-1").await).await.unwrap();
        let pseudonym = world.broker.vault.pseudonym(&youth.keys, oin(SCHOOL)).unwrap();
        for format in Format::ALL {
            for audience in Audience::ALL {
                let before = world.broker.ledger().standing().size;
                let text = world.file(&reader, &query, (format, audience)).await;
                let lines = text.lines().count() - usize::from(format == Format::Csv);
                assert_eq!(lines, found, "{name} {format:?}: {text}");
                let knows = matches!(audience, Audience::Officer | Audience::Citizen);
                assert_eq!(text.contains(&pseudonym), knows, "{name} {format:?} {audience:?}: {text}");
                for personal in ["ib-1", "fg-1", "pk-1", "Noor", "Testpersoon"] {
                    assert!(!text.contains(personal), "{name} {format:?} {audience:?}: {personal}");
                }
                let records = world.broker.store().plain("sluis.test/1", before..before + 9).await.unwrap();
                let [asked, left] = records.as_slice() else { panic!("{name}: {records:?}") };
                assert!(asked.entry.contains("SL-1401") && asked.youth == youth.id(), "{name}");
                assert!(left.entry.contains("meegenomen_in_bestand"), "{name}: {}", left.entry);
            }
        }
    }
}

/// RL-09, RL-20: more than an officer takes along alone is refused to them, as are another organisation's matters and a file
/// without a reason; each on record, and nothing leaves.
#[tokio::test]
async fn rl_09_what_is_large_or_anothers_is_refused_on_record() {
    for trial in both().await {
        let world = world(trial).await;
        let name = world.trial.name;
        world.registered("pk-1").await;
        let reader = officer(SCHOOL, "fg-1");
        let silent = LogReader { reason: "", ..officer(SCHOOL, "fg-1") };
        let how = (Format::Ldv, Audience::Officer);
        let query = LogQuery::default();
        let ruling = world.broker.rule_on_log(&reader).unwrap();
        let mut many = Unit::default();
        for _ in 0..=MOST_TAKEN {
            many = many.and_record(ruling.left_in_a_file(&world.broker).unwrap());
        }
        for (large, reader, of, rule) in [
            (false, &reader, MUNICIPALITY, "SL-"),
            (false, &silent, SCHOOL, "SL-105"),
            (true, &reader, SCHOOL, "SL-102"),
        ] {
            if large {
                world.broker.ledger().commit(std::mem::take(&mut many)).await.unwrap();
            }
            let before = world.broker.ledger().standing().size;
            let refused = world.broker.take_along(reader, (&query, oin(of)), how).await;
            assert!(matches!(refused, Ok(Reply::Refused(_))), "{name} {rule}: {refused:?}");
            let records = world.broker.store().plain("sluis.test/1", before..before + 9).await.unwrap();
            assert_eq!(records.len(), 1, "{name} {rule}");
            let entry = Entry::read(&records[0].entry).unwrap();
            assert_eq!(entry.outcome.kind, "geweigerd");
            assert!(entry.outcome.rule.unwrap().starts_with(rule), "{name}: {}", records[0].entry);
            assert_eq!(entry.action.unwrap() == "logboek_uitvoeren", large, "{name}");
        }
    }
}
