// SPDX-License-Identifier: EUPL-1.2
//! The connectors against a municipal back-office, over real mutual TLS.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must stop")]

use std::{path::PathBuf, time::Duration};

use sluis_connectors::{
    Address, Failure, Host, Identity, Message, Outbound, Personal, Reach, Receiver, Request, Sender,
    Settings as Outward, Url,
    desk::{Content, Delivery, NoticeKind, Withdrawal, Youth},
};
use sluis_sandbox::{
    Counterpart, Settings, back_office,
    behaviour::Behaviour,
    pki::{Oddity, Pki},
};

const GATEWAY: &str = "99000000000000000099";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn outbound(pki: &Pki, identity: Option<Identity>) -> Outbound {
    outbound_within(pki, identity, Reach::new([], ["localhost".parse().unwrap()]))
}

fn outbound_within(pki: &Pki, identity: Option<Identity>, reach: Reach) -> Outbound {
    Outbound::new(Outward {
        roots_pem: pki.ca_pem().into(),
        identity,
        reach,
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(2),
    })
    .unwrap()
}

fn gateway(pki: &Pki) -> Outbound {
    outbound(pki, Some(pki.client("Sluis", GATEWAY).unwrap().identity()))
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("desk-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn start(pki: &Pki, name: &str) -> (Counterpart, Address) {
    let settings = Settings { pki, callers: vec![GATEWAY.into()] };
    let office = back_office::start(settings, &folder(name)).await.unwrap();
    let base = format!("{}/wijkteam", office.address()).parse().unwrap();
    (office, base)
}

fn signal(id: &str) -> Message {
    Message::Delivery(Box::new(Delivery {
        bericht_id: id.into(),
        signaal_id: "s-1".into(),
        soort: "aanmelding".into(),
        doel: "toeleiding_jeugdhulp".into(),
        grondslag: "toestemming".into(),
        vorm: "herleidbaar".into(),
        afzender: Sender { oin: "99000000000000000010".into(), naam: "De Wilgenhoek".into(), loket: "school".into() },
        ontvanger: receiver(),
        jeugdige: Youth { achternaam: Some(Personal::new("Testpersoon")), ..Youth::default() },
        inhoud: Content { onderwerpen: Some(vec!["thuis".into()]), ..Content::default() },
        verstuurd_op: "2026-11-22T10:00:00Z".into(),
    }))
}

fn receiver() -> Receiver {
    Receiver { oin: "99000000000000000020".into(), loket: "wijkteam".into() }
}

#[tokio::test]
async fn a_message_is_acknowledged_once_and_kept_as_it_came() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let (office, base) = start(&pki, "once").await;
    let gateway = gateway(&pki);
    let first = gateway.deliver(&base, &signal("b-1")).await.unwrap();
    let again = gateway.deliver(&base, &signal("b-1")).await.unwrap();
    let traced = gateway.with_trace(TRACE);
    let other = traced.deliver(&base, &signal("b-2")).await.unwrap();
    assert_eq!(first, again);
    assert_ne!(first, other);
    let notice = Message::Withdrawal(Withdrawal {
        bericht_id: "b-3".into(),
        soort: NoticeKind::Withdrawal,
        signaal_id: "s-1".into(),
        ontvanger: receiver(),
        verstuurd_op: "2026-11-22T10:05:00Z".into(),
    });
    gateway.deliver(&base, &notice).await.unwrap();
    let received = office.received();
    let seen: Vec<_> = received.iter().map(|one| (one.id.as_str(), one.path.as_str(), one.repeated)).collect();
    let expected = [
        ("b-1", "/wijkteam/signalen", false),
        ("b-1", "/wijkteam/signalen", true),
        ("b-2", "/wijkteam/signalen", false),
        ("b-3", "/wijkteam/berichten", false),
    ];
    assert_eq!(seen, expected);
    assert!(received.iter().all(|one| one.from == GATEWAY));
    let traces: Vec<_> = received.iter().map(|one| one.trace.as_deref()).collect();
    assert_eq!(traces, [None, None, Some(TRACE), None]);
    let body: serde_json::Value = serde_json::from_str(&received[0].body).unwrap();
    assert_eq!(body["jeugdige"], serde_json::json!({ "achternaam": "Testpersoon" }), "what is absent is not there");
    office.stop().await;
}

#[tokio::test]
async fn each_way_to_misbehave_has_its_own_failure() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let (office, base) = start(&pki, "misbehave").await;
    let gateway = gateway(&pki);
    // What the counterpart does, what the caller learns, whether a retry can help, whether the message was taken in.
    let table = [
        (Behaviour::Down, Failure::Unreachable, true, false),
        (Behaviour::Hangs, Failure::TimedOut, true, true),
        (Behaviour::Breaks, Failure::Broken, true, true),
        (Behaviour::Redirects, Failure::Redirected, false, false),
        (Behaviour::NoAcknowledgement, Failure::NotAcknowledged, true, true),
        (Behaviour::WrongId, Failure::NotAcknowledged, true, true),
        (Behaviour::OddReference, Failure::NotAcknowledged, true, true),
        (Behaviour::Trickles, Failure::TimedOut, true, true),
        (Behaviour::Fails, Failure::Refused { status: 500 }, true, false),
        (Behaviour::HugeAnswer, Failure::TooLarge, false, true),
        (Behaviour::EndlessAnswer, Failure::TooLarge, false, true),
    ];
    for (behaviour, failure, retry, taken_in) in table {
        office.behave(behaviour).await.unwrap();
        let message = signal(&format!("b-{behaviour:?}"));
        assert_eq!(gateway.deliver(&base, &message).await, Err(failure), "{behaviour:?}");
        assert_eq!(failure.retry_can_help(), retry, "{behaviour:?}");
        assert_eq!(office.received().iter().any(|one| one.id == message.id()), taken_in, "{behaviour:?}");
        assert!(failure.may_have_arrived() || !taken_in, "P3: {behaviour:?} is not taken for certain");
        // A connection that stood before must not hide what the counterpart does now, and it gets well again.
        office.behave(Behaviour::Healthy).await.unwrap();
        let kenmerk = gateway.deliver(&base, &message).await.unwrap();
        assert_eq!(gateway.deliver(&base, &message).await.unwrap(), kenmerk, "{behaviour:?}");
    }
    office.stop().await;
}

#[tokio::test]
async fn only_the_gateways_own_certificate_is_heard() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let stranger = Pki::new("Vreemde CA").unwrap();
    let (office, base) = start(&pki, "certificates").await;
    let odd = |oddity| Some(pki.odd_client("Sluis", GATEWAY, oddity).unwrap().identity());
    let own = |pki: &Pki, oin: &str| Some(pki.client("Sluis", oin).unwrap().identity());
    let forbidden = Failure::Refused { status: 403 };
    let table = [
        ("no certificate", None, Failure::Broken),
        ("other authority", own(&stranger, GATEWAY), Failure::Broken),
        ("expired", odd(Oddity::Expired), Failure::Broken),
        ("not yet valid", odd(Oddity::NotYetValid), Failure::Broken),
        ("made for servers", odd(Oddity::ServerOnly), Failure::Broken),
        ("other organisation", own(&pki, "99000000000000000010"), forbidden),
        ("19 digits", own(&pki, &GATEWAY[1..]), forbidden),
        ("two serial numbers", odd(Oddity::TwoSerialNumbers), forbidden),
        ("no serial number", odd(Oddity::NoSerialNumber), forbidden),
    ];
    for (name, identity, failure) in table {
        let result = outbound(&pki, identity).deliver(&base, &signal("b-1")).await;
        assert_eq!(result, Err(failure), "{name}");
    }
    assert!(office.received().is_empty());
    let trusts_others = outbound(&stranger, own(&pki, GATEWAY)).deliver(&base, &signal("b-1")).await;
    assert_eq!(trusts_others, Err(Failure::Unreachable), "a server of another authority is not spoken to");
    office.stop().await;
}

#[tokio::test]
async fn a_call_goes_only_where_it_may() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let (office, base) = start(&pki, "reach").await;
    let identity = pki.client("Sluis", GATEWAY).unwrap().identity();
    let by_address: Address = base.to_string().replace("localhost", "127.0.0.1").parse().unwrap();
    let host = |text: &str| -> Host { text.parse().unwrap() };
    let open = |text: &str| Reach::new([host(text)], []);
    let private = |text: &str| Reach::new([], [host(text)]);
    let table = [
        ("not listed", private("elders.example.test"), &base, false),
        ("name into a private network", open("localhost"), &base, false),
        ("private address", open("127.0.0.1"), &by_address, false),
        ("private name", private("localhost"), &base, true),
        ("listed private address", private("127.0.0.1"), &by_address, true),
    ];
    for (name, reach, base, allowed) in table {
        let result = outbound_within(&pki, Some(identity.clone()), reach).deliver(base, &signal("b-1")).await;
        let expected = if allowed { None } else { Some(Failure::OutOfReach) };
        assert_eq!(result.err(), expected, "{name}");
    }
    office.stop().await;
}

#[tokio::test]
async fn a_desk_refuses_what_is_not_its_own_or_not_readable() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let (office, base) = start(&pki, "refuses").await;
    let gateway = gateway(&pki);
    let leerplicht: Address = format!("{}/leerplicht", office.address()).parse().unwrap();
    let elsewhere = gateway.deliver(&leerplicht, &signal("b-1")).await;
    assert_eq!(elsewhere, Err(Failure::Refused { status: 422 }));
    let extra = r#"{"berichtId":"b-1","soort":"intrekking","signaalId":"s-1","ontvanger":{"oin":"99000000000000000020",
        "loket":"wijkteam"},"verstuurdOp":"2026-11-22T10:00:00Z","bsn":"999990019"}"#;
    for body in ["", "[]", extra] {
        let mut request = Request::new("POST".parse().unwrap(), base.below("berichten"));
        *request.body_mut() = Some(body.into());
        assert_eq!(gateway.exchange(request).await.unwrap().status, 400, "{body}");
    }
    assert!(office.received().is_empty());
    office.stop().await;
}

#[tokio::test]
async fn checkpoints_are_kept_and_never_written_over() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let kept = folder("checkpoints");
    let office = back_office::start(Settings { pki: &pki, callers: vec![GATEWAY.into()] }, &kept).await.unwrap();
    let gateway = gateway(&pki);
    for text in ["sluis.test\n1\nAAAA\n", "sluis.test\n2\nBBBB\n"] {
        let url = Url::parse(&format!("{}/checkpoints", office.address())).unwrap();
        let mut request = Request::new("POST".parse().unwrap(), url);
        *request.body_mut() = Some(text.into());
        assert_eq!(gateway.exchange(request).await.unwrap().status, 201);
    }
    let texts: Vec<_> =
        back_office::checkpoints(&kept).unwrap().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert_eq!(texts, ["sluis.test\n1\nAAAA\n", "sluis.test\n2\nBBBB\n"]);
    office.stop().await;
    std::fs::remove_dir_all(kept).unwrap();
}
