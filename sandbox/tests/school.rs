// SPDX-License-Identifier: EUPL-1.2
//! The connectors against a school system and a verwijsindex, over real mutual TLS.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must stop")]

use std::time::Duration;

use sluis_connectors::{
    Address, Failure, Message, Outbound, Personal, Reach, Receiver, Sender, Settings as Outward,
    school::{Feedback, Question, QuestionKind},
    verwijsindex::Report,
};
use sluis_sandbox::{
    Counterpart, Settings,
    behaviour::Behaviour,
    pki::Pki,
    school,
    seed::{GATEWAY, MUNICIPALITY, SCHOOL, SECOND_SCHOOL, World},
    verwijsindex,
};

fn outbound(pki: &Pki, oin: &str) -> Outbound {
    Outbound::new(Outward {
        roots_pem: pki.ca_pem().into(),
        identity: Some(pki.client("Sluis", oin).unwrap().identity()),
        reach: Reach::new([], ["localhost".parse().unwrap()]),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(2),
    })
    .unwrap()
}

fn settings(pki: &Pki) -> Settings<'_> {
    Settings { pki, callers: vec![GATEWAY.into()] }
}

fn world() -> World {
    World::on("2026-11-22".parse().unwrap())
}

fn base(of: &Counterpart, path: &str) -> Address {
    format!("{}/{path}", of.address()).parse().unwrap()
}

fn question(id: &str, pupil_key: &str) -> Question {
    Question {
        bevraging_id: id.into(),
        vraag: QuestionKind::Attendance,
        leerlingsleutel: Personal::new(pupil_key),
        van: "2026-11-16".into(),
        tot: "2026-11-20".into(),
    }
}

fn municipality() -> Sender {
    Sender { oin: MUNICIPALITY.into(), naam: "Gemeente West Maas en Waal".into(), loket: "wijkteam".into() }
}

fn feedback(id: &str, school: &str) -> Message {
    Message::Feedback(Feedback {
        bericht_id: id.into(),
        signaal_id: "s-1".into(),
        afzender: municipality(),
        ontvanger: Receiver { oin: school.into(), loket: "school".into() },
        status: Some("in_behandeling".into()),
        vervolgstap: Some("gesprek_met_ouders".into()),
        toelichting: None,
        verstuurd_op: "2026-11-22T10:00:00Z".into(),
    })
}

#[tokio::test]
async fn a_school_answers_for_its_own_pupil_and_says_too_much() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let system = school::start(settings(&pki), world().pupils()).await.unwrap();
    let gateway = outbound(&pki, GATEWAY);
    let truant = world().truant.pupil_key;
    let answer = gateway.ask(&base(&system, SCHOOL), &question("v-1", truant)).await.unwrap();
    assert_eq!(answer.afwezigheden.len(), 5, "only the week asked for");
    assert!(answer.mentor.is_some() && answer.afwezigheden.iter().all(|day| day.notitie.is_some()));
    let table = [(SCHOOL, "RG-9999"), (SECOND_SCHOOL, truant)];
    for (school, pupil_key) in table {
        let answer = gateway.ask(&base(&system, school), &question("v-2", pupil_key)).await;
        assert_eq!(answer.unwrap_err(), Failure::Refused { status: 404 }, "{school} {pupil_key}");
    }
    let seen: Vec<_> = system.received().into_iter().map(|one| (one.id, one.path)).collect();
    assert_eq!(seen, [("v-1".to_owned(), format!("/{SCHOOL}/bevragingen"))]);
    system.stop().await;
}

#[tokio::test]
async fn each_way_to_misbehave_on_a_question_has_its_own_failure() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let system = school::start(settings(&pki), world().pupils()).await.unwrap();
    let gateway = outbound(&pki, GATEWAY);
    let table = [
        (Behaviour::Down, Failure::Unreachable),
        (Behaviour::Hangs, Failure::TimedOut),
        (Behaviour::Redirects, Failure::Redirected),
        (Behaviour::NoAcknowledgement, Failure::NotAcknowledged),
        (Behaviour::WrongId, Failure::NotAcknowledged),
        (Behaviour::Fails, Failure::Refused { status: 500 }),
        (Behaviour::HugeAnswer, Failure::TooLarge),
        (Behaviour::EndlessAnswer, Failure::TooLarge),
        (Behaviour::Trickles, Failure::TimedOut),
    ];
    for (behaviour, failure) in table {
        system.behave(behaviour).await.unwrap();
        let asked = question("v-1", world().truant.pupil_key);
        assert_eq!(gateway.ask(&base(&system, SCHOOL), &asked).await.unwrap_err(), failure, "{behaviour:?}");
    }
    system.stop().await;
}

#[tokio::test]
async fn feedback_reaches_the_school_it_is_for() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let system = school::start(settings(&pki), Vec::new()).await.unwrap();
    let gateway = outbound(&pki, GATEWAY);
    assert!(gateway.deliver(&base(&system, SCHOOL), &feedback("t-1", SCHOOL)).await.is_ok());
    let elsewhere = gateway.deliver(&base(&system, SECOND_SCHOOL), &feedback("t-2", SCHOOL)).await;
    assert_eq!(elsewhere, Err(Failure::Refused { status: 422 }));
    let stranger = outbound(&pki, MUNICIPALITY).deliver(&base(&system, SCHOOL), &feedback("t-3", SCHOOL)).await;
    assert_eq!(stranger, Err(Failure::Refused { status: 403 }));
    assert_eq!(system.received().len(), 1);
    system.stop().await;
}

#[tokio::test]
async fn a_verwijsindex_remembers_what_it_heard_and_nothing_else() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let index = verwijsindex::start(settings(&pki)).await.unwrap();
    assert!(index.received().is_empty());
    let gateway = outbound(&pki, GATEWAY);
    let report = Message::Report(Report {
        bericht_id: "m-1".into(),
        melder: municipality(),
        nummer: Personal::new(world().truant.bsn),
        gemeld_op: "2026-11-22T10:00:00Z".into(),
    });
    let first = gateway.deliver(&index.address().parse().unwrap(), &report).await.unwrap();
    let again = gateway.deliver(&index.address().parse().unwrap(), &report).await.unwrap();
    assert_eq!(first, again);
    let seen: Vec<_> = index.received().into_iter().map(|one| (one.id, one.repeated)).collect();
    assert_eq!(seen, [("m-1".to_owned(), false), ("m-1".to_owned(), true)]);
    index.behave(Behaviour::WrongId).await.unwrap();
    let other = gateway.deliver(&index.address().parse().unwrap(), &report).await;
    assert_eq!(other, Err(Failure::NotAcknowledged));
    index.stop().await;
}

/// The same servers inside an actix program, which has a system and workers of its own.
#[actix_web::test]
async fn servers_start_inside_an_actix_program() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let system = school::start(settings(&pki), Vec::new()).await.unwrap();
    let delivered = outbound(&pki, GATEWAY).deliver(&base(&system, SCHOOL), &feedback("t-1", SCHOOL)).await;
    assert!(delivered.is_ok());
    system.stop().await;
}
