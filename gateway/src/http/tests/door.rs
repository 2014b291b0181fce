// SPDX-License-Identifier: EUPL-1.2
//! Who is let in, judged at each request, and what is kept of who is not.

use sluis_sandbox::pki::Oddity;

use super::*;

#[actix_web::test]
async fn without_a_certificate_only_the_open_documents_are_there() {
    let stage = Stage::set().await;
    let stranger = outbound(&stage.pki, None);
    let open = stage.get(&stranger, "/v1/openapi.json", None).await;
    assert_clean(&open, 200);
    assert_eq!(open.headers["access-control-allow-origin"], "*");
    assert_clean(&stage.get(&stranger, "/.well-known/nothing", None).await, 404);
    let token = stage.token(&stage.claims(&stage.vendor(), "p-1"));
    for path in ["/v1/wie", "/v1/nergens", "/v1/gesloten.json", "/", "/v1/openapi.json/", "/v1/sommen"] {
        assert_clean(&stage.get(&stranger, path, Some(&token)).await, 401);
    }
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn the_certificate_says_who_holds_it_and_must_say_it_once() {
    let stage = Stage::set().await;
    for oddity in [Oddity::TwoSerialNumbers, Oddity::NoSerialNumber] {
        let odd = stage.pki.odd_client("Vreemd", VENDOR, oddity).unwrap();
        let token = stage.token(&stage.claims(&odd, "p-1"));
        let answer = stage.get(&outbound(&stage.pki, Some(&odd)), "/v1/wie", Some(&token)).await;
        assert_clean(&answer, 401);
    }
    for oddity in [Oddity::Expired, Oddity::NotYetValid, Oddity::ServerOnly] {
        let odd = stage.pki.odd_client("Vreemd", VENDOR, oddity).unwrap();
        let request = stage.request("GET", "/v1/openapi.json", None);
        let answer = outbound(&stage.pki, Some(&odd)).exchange(request).await;
        assert_eq!(answer.unwrap_err(), Failure::Broken, "{oddity:?}");
    }
    let elsewhere = Pki::new("Andere CA").unwrap().client("Leerlingsysteem BV", VENDOR).unwrap();
    let request = stage.request("GET", "/v1/openapi.json", None);
    assert!(outbound(&stage.pki, Some(&elsewhere)).exchange(request).await.is_err());
    for oin in [STRANGER, "9900000000000000001"] {
        let unknown = stage.pki.client("Onbekend", oin).unwrap();
        let token = stage.token(&stage.claims(&unknown, "p-1"));
        assert_clean(&stage.get(&outbound(&stage.pki, Some(&unknown)), "/v1/wie", Some(&token)).await, 401);
    }
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn rl_26_a_vendor_acts_for_a_school_and_both_are_known() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let answer = stage.get(&client, "/v1/wie", Some(&token)).await;
    assert_clean(&answer, 200);
    let expected = json!({
        "certificate": VENDOR, "organisation": SCHOOL, "via": VENDOR, "professional": "p-1",
        "roles": ["intern_begeleider"],
    });
    assert_eq!(body(&answer), expected);
    let own = stage.pki.client("Basisschool De Wilgenboom", SCHOOL).unwrap();
    let token = stage.token(&stage.claims(&own, "leerlingsysteem"));
    let answer = stage.get(&outbound(&stage.pki, Some(&own)), "/v1/wie", Some(&token)).await;
    let expected = json!({
        "certificate": SCHOOL, "organisation": SCHOOL, "via": null, "professional": null, "roles": ["systeem"],
    });
    assert_eq!(body(&answer), expected, "a token whose subject is the client acts as a system");
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn trust_is_judged_at_each_request_on_a_standing_connection() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let status = async || stage.get(&client, "/v1/wie", Some(&token)).await.status;
    assert_eq!(status().await, 200);

    let other = Pki::new("Andere CA").unwrap();
    stage.trust.replace(trusting(&[&other]));
    let refused = stage.get(&client, "/v1/wie", Some(&token)).await;
    assert_clean(&refused, 401);
    assert_eq!(refused.headers["connection"], "close");
    let again = stage.request("GET", "/v1/wie", Some(&token));
    assert_eq!(client.exchange(again).await.unwrap_err(), Failure::Broken);
    stage.trust.replace(trusting(&[&other, &stage.pki]));
    assert_eq!(status().await, 200);

    // RL-26: the mandate ends at midnight in Amsterdam, between two requests.
    let today = stage.clock.now().today;
    let tomorrow = today.tomorrow().unwrap();
    stage.register.store(Arc::new(register(&stage.provider.issuer(), &tomorrow.to_string())));
    assert_eq!(status().await, 200);
    let midnight = tomorrow.in_tz("Europe/Amsterdam").unwrap().timestamp().as_microsecond();
    stage.clock.set(midnight - 1);
    assert_eq!(status().await, 200);
    stage.clock.set(midnight);
    assert_eq!(status().await, 403);

    stage.register.store(Arc::new(register(&stage.provider.issuer(), "2999-01-01")));
    assert_eq!(status().await, 200);
    stage.clock.advance(40 * 24 * 3600);
    assert_eq!(status().await, 401, "the certificate has ended since the handshake");
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn p1_whoever_is_turned_away_with_a_certificate_is_recorded_and_a_flood_in_one_record_together() {
    let stage = Stage::set().await;
    let recorded = || stage.broker.ledger().standing().size;
    let before = recorded();
    let nobody = outbound(&stage.pki, None);
    assert_eq!(stage.get(&nobody, "/v1/wie", None).await.status, 401);
    assert_eq!(recorded(), before, "without a certificate there is nobody to record");
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    assert_eq!(stage.get(&client, "/v1/wie", None).await.status, 401);
    assert_eq!(recorded(), before + 1);
    let mut claims = stage.claims(&vendor, "p-2");
    assert_eq!(stage.get(&client, "/v1/wie", Some(&stage.token(&claims))).await.status, 403);
    assert_eq!(recorded(), before + 2);
    claims["sub"] = json!("p-1");
    assert_eq!(stage.get(&client, "/v1/wie", Some(&stage.token(&claims))).await.status, 200);
    assert_eq!(recorded(), before + 2, "who comes in is recorded by what they do");
    for _ in 0..100 {
        assert_eq!(stage.get(&client, "/v1/wie", None).await.status, 401);
    }
    // Two were recorded before: what comes on top of the allowance is announced once.
    let allowance = u64::from(crate::broker::DENIALS_A_MINUTE);
    assert_eq!(recorded(), before + allowance + 1);
    stage.broker.summarise_denials().await.unwrap();
    assert_eq!(recorded(), before + allowance + 1, "the minute is not over");
    stage.clock.advance(60);
    stage.broker.summarise_denials().await.unwrap();
    stage.broker.summarise_last_denials().await.unwrap();
    assert_eq!(recorded(), before + allowance + 2);
    let last = i64::try_from(recorded()).unwrap() - 2;
    let entries = stage.broker.store().entries("sluis.test/1", last, 2).await.unwrap();
    assert!(entries[0].1.contains("weigeringen_worden_samengevat"), "{}", entries[0].1);
    let counted = format!("\"aan_de_deur\":{}", 102 - allowance);
    assert!(entries[1].1.contains(&counted) && entries[1].1.contains(VENDOR), "{}", entries[1].1);
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn a_clock_that_jumps_back_refuses_everyone() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    assert_eq!(stage.get(&client, "/v1/wie", None).await.status, 401, "which commits a record");
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200);
    stage.clock.advance(-4);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200, "clocks may differ a little");
    stage.clock.advance(-60);
    let refused = stage.get(&client, "/v1/wie", Some(&token)).await;
    assert_clean(&refused, 503);
    stage.clock.advance(120);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200);
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn rl_10_who_is_stopped_before_a_report_is_read_hears_first_that_none_was_made() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let first = |answer: &Answer| body(answer)["detail"].as_str().unwrap().starts_with("Er is geen melding gedaan.");
    let stopped = client.exchange(stage.request("POST", SUBMISSION, None)).await.unwrap();
    assert_clean(&stopped, 401);
    assert!(first(&stopped));
    // Who answers before all is read may cut the line before the answer is read, so this is asked until it is heard, each
    // time over a line of its own.
    let mut heard = None;
    for _ in 0..20 {
        let client = outbound(&stage.pki, Some(&vendor));
        let mut large = stage.request("POST", SUBMISSION, None);
        *large.body_mut() = Some("x".repeat(70_000).into());
        heard = client.exchange(large).await.ok();
        if heard.is_some() {
            break;
        }
    }
    let large = heard.expect("one of twenty answers is heard");
    assert_clean(&large, 413);
    assert!(first(&large));
    stage.clock.advance(-3600);
    let astray = client.exchange(stage.request("POST", SUBMISSION, None)).await.unwrap();
    assert_clean(&astray, 503);
    assert!(first(&astray));
    stage.clock.advance(3600);
    let elsewhere = client.exchange(stage.request("POST", "/v1/sommen", None)).await.unwrap();
    assert_clean(&elsewhere, 401);
    assert!(!first(&elsewhere));
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn one_organisation_does_not_take_all_the_room_and_a_quarter_of_its_own_is_for_reports() {
    const ROOM: usize = 8;
    let stage = Stage::with_room(ROOM).await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200);
    let slow = |method: &str, path: &str| {
        let (client, request) = (client.clone(), stage.request(method, path, Some(&token)));
        actix_web::rt::spawn(async move { client.exchange(request).await.unwrap() })
    };
    let flood: Vec<_> = (0..ROOM * 3).map(|_| slow("GET", "/v1/traag")).collect();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let own = stage.pki.client("Basisschool De Wilgenboom", SCHOOL).unwrap();
    let own_token = stage.token(&stage.claims(&own, "leerlingsysteem"));
    let other = stage.get(&outbound(&stage.pki, Some(&own)), "/v1/wie", Some(&own_token)).await;
    assert_eq!(other.status, 200, "another organisation has its own room");
    // A quarter is for what may be a report; what is sent here is none, but it was looked at.
    assert_eq!(slow("POST", SUBMISSION).await.unwrap().status, 415);
    let mut told = [0, 0];
    for answer in flood {
        let answer = answer.await.unwrap();
        if answer.status == 429 {
            assert_clean(&answer, 429);
            assert_eq!(answer.headers["retry-after"], "1");
        }
        told[usize::from(answer.status == 429)] += 1;
    }
    assert_eq!(told, [ROOM * 3 / 4, ROOM * 3 - ROOM * 3 / 4]);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200, "and there is room again");
    stage.gateway.stop(false).await;
}
