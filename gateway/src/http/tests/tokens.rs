// SPDX-License-Identifier: EUPL-1.2
//! Access tokens: what does not hold, and an issuer that turns its keys, floods, hangs or is down.

use sluis_sandbox::behaviour::Behaviour;
use sluis_sandbox::forgery::{ForgedSignature, forged_token};
use sluis_sandbox::provider::OldKey;
use sluis_sandbox::signing::TokenKey;

use super::*;

#[actix_web::test]
async fn token_faults_are_refused() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let honest = stage.claims(&vendor, "p-1");
    let with = |key: &str, value: Value| {
        let mut claims = honest.clone();
        claims[key] = value;
        stage.token(&claims)
    };
    let key = stage.provider.signing_key();
    let header = plausible_header(&key);
    let forged = |change: Value, signature: ForgedSignature<'_>| {
        let mut header = header.clone();
        header.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        forged_token(&header, &honest, signature).unwrap()
    };
    let other = stage.pki.client("Leerlingsysteem BV", VENDOR).unwrap();
    let now = honest["iat"].as_i64().unwrap();
    let stranger = TokenKey::generate().unwrap();
    let pem = key.public_pem();
    let rows = [
        ("honest", stage.token(&honest), 200),
        ("no token at all", String::new(), 401),
        ("not a token", "a.b.c".into(), 401),
        ("longer than is read", "a".repeat(9000), 401),
        ("another certificate of the same vendor", stage.token(&stage.claims(&other, "p-1")), 401),
        ("bound to nothing", with("cnf", json!({})), 401),
        ("no confirmation", with("cnf", Value::Null), 401),
        ("another audience", with("aud", json!("https://elders.test")), 401),
        ("our audience among others", with("aud", json!(["https://elders.test", AUDIENCE])), 200),
        ("expired", with("exp", json!(now - 60)), 401),
        ("not yet valid", with("nbf", json!(now + 60)), 401),
        ("issued in the future", with("iat", json!(now + 60)), 401),
        ("unknown issuer", with("iss", json!("https://localhost:1")), 401),
        ("issuer that does not speak for this school", with("oin", json!(OTHER_SCHOOL)), 401),
        ("an organisation that nobody knows", with("oin", json!(STRANGER)), 401),
        ("an organisation of 19 digits", with("oin", json!(&SCHOOL[1..])), 401),
        ("an unknown professional", with("sub", json!("p-2")), 403),
        ("an empty subject", with("sub", json!("")), 401),
        ("alg none", forged(json!({ "alg": "none" }), ForgedSignature::Absent), 401),
        ("no signature", forged(json!({}), ForgedSignature::Absent), 401),
        ("noise for a signature", forged(json!({}), ForgedSignature::Noise), 401),
        ("hs256 with the public key", forged(json!({ "alg": "HS256" }), ForgedSignature::Hs256(pem.as_bytes())), 401),
        ("es256 said, hs256 done", forged(json!({}), ForgedSignature::Hs256(pem.as_bytes())), 401),
        ("another key under this id", forged(json!({}), ForgedSignature::Es256(&stranger)), 401),
        ("rs256 said with an elliptic key", forged(json!({ "alg": "RS256" }), ForgedSignature::Es256(&key)), 401),
        ("not an access token", forged(json!({ "typ": "JWT" }), ForgedSignature::Es256(&key)), 401),
        ("critical extension", forged(json!({ "crit": ["exp"] }), ForgedSignature::Es256(&key)), 401),
        ("no key id", forged(json!({ "kid": null }), ForgedSignature::Es256(&key)), 401),
        ("honest again", stage.token(&honest), 200),
    ];
    for (what, token, status) in rows {
        let answer = stage.get(&client, "/v1/wie", Some(&token)).await;
        assert_eq!(answer.status, status, "{what}");
        assert_clean(&answer, status);
    }
    assert_eq!(stage.provider.discoveries(), 1, "none of these costs the issuer a second discovery");
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn unknown_key_ids_do_not_become_a_flood_and_a_new_key_is_picked_up() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let honest = stage.claims(&vendor, "p-1");
    let old = stage.token(&honest);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&old)).await.status, 200);
    let flood = async |count: u32| {
        let mut calls = Vec::new();
        for number in 0..count {
            let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": format!("verzonnen-{number}") });
            let token = forged_token(&header, &honest, ForgedSignature::Noise).unwrap();
            let request = stage.request("GET", "/v1/wie", Some(&token));
            let client = client.clone();
            calls.push(actix_web::rt::spawn(async move { client.exchange(request).await.unwrap().status }));
        }
        for call in calls {
            let status = call.await.unwrap();
            assert!(status == 401 || status == 503, "{status}");
        }
    };
    flood(60).await;
    assert_eq!(stage.provider.discoveries(), 1, "within the floor nothing is asked again");
    stage.clock.advance(31);
    flood(60).await;
    assert_eq!(stage.provider.discoveries(), 2, "after the floor once, however many ask");

    stage.provider.rotate(OldKey::Dropped).unwrap();
    let new = stage.token(&honest);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&new)).await.status, 401, "still within the floor");
    stage.clock.advance(31);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&new)).await.status, 200, "picked up without restart");
    assert_eq!(stage.get(&client, "/v1/wie", Some(&old)).await.status, 401, "the cache does not outlive the key");
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn an_issuer_that_is_down_stops_new_tokens_and_not_those_already_seen() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let seen = stage.token(&stage.claims(&vendor, "p-1"));
    stage.provider.go_down().await;
    let answer = stage.get(&client, "/v1/wie", Some(&seen)).await;
    assert_clean(&answer, 503);
    assert!(answer.headers.contains_key("retry-after"));
    stage.provider.come_back().await.unwrap();
    stage.clock.advance(6);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&seen)).await.status, 200);
    stage.provider.go_down().await;
    assert_eq!(stage.get(&client, "/v1/wie", Some(&seen)).await.status, 200, "remembered");
    stage.clock.advance(20 * 60);
    assert_eq!(
        stage.get(&client, "/v1/wie", Some(&seen)).await.status,
        200,
        "keys of twenty minutes may still be used"
    );
    stage.clock.advance(2 * 3600);
    assert_eq!(stage.get(&client, "/v1/wie", Some(&seen)).await.status, 503, "and not for ever, seen or not");
    let fresh = stage.token(&stage.claims(&vendor, "leerlingsysteem"));
    assert_eq!(stage.get(&client, "/v1/wie", Some(&fresh)).await.status, 503, "keys of two hours are too old to use");
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn a_token_that_was_seen_stops_with_its_withdrawn_key_within_a_quarter_of_an_hour() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let seen = stage.token(&stage.claims(&vendor, "p-1"));
    let status = async || stage.get(&client, "/v1/wie", Some(&seen)).await.status;
    assert_eq!(status().await, 200);
    stage.clock.advance(16 * 60);
    assert_eq!((status().await, status().await), (200, 200), "its key is still there");
    assert_eq!(stage.provider.discoveries(), 2, "which was asked once");
    stage.provider.rotate(OldKey::Dropped).unwrap();
    stage.clock.advance(16 * 60);
    assert_eq!(status().await, 401, "nobody came with the new key, and the old one is gone all the same");
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn an_issuer_that_hangs_holds_up_one_caller_while_its_keys_may_be_used() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let seen = stage.token(&stage.claims(&vendor, "p-1"));
    assert_eq!(stage.get(&client, "/v1/wie", Some(&seen)).await.status, 200);
    stage.provider.behave(Behaviour::Hangs).await.unwrap();
    stage.clock.advance(16 * 60);
    let (held_up, request) = (client.clone(), stage.request("GET", "/v1/wie", Some(&seen)));
    let asking = actix_web::rt::spawn(async move { held_up.exchange(request).await });
    while stage.provider.discoveries() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..20 {
        let answer = tokio::time::timeout(Duration::from_secs(2), stage.get(&client, "/v1/wie", Some(&seen))).await;
        assert_eq!(answer.unwrap().status, 200);
    }
    asking.abort();
    stage.gateway.stop(false).await;
}
