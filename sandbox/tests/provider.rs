// SPDX-License-Identifier: EUPL-1.2
//! The identity provider over real mutual TLS: who gets a token, what it says, and what happens when keys change.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::{Value, json};
use sluis_connectors::{Answer, Failure, Outbound, Reach, Request, Settings as Outward, Url};
use sluis_sandbox::{
    behaviour::Behaviour,
    forgery::{ForgedSignature, forged_token, plausible_header},
    pki::{Issued, Oddity, Pki},
    provider::{AccessClaims, OldKey, Provider, ProviderClient, ProviderSettings, TOKEN_SECONDS},
    signing::TokenKey,
};

const VENDOR: &str = "99000000000000000001";
const SCHOOL: &str = "99000000000000000010";
const SECOND_SCHOOL: &str = "99000000000000000011";
const AUDIENCE: &str = "https://sluis.test";

fn vendor() -> ProviderClient {
    ProviderClient {
        client_id: "leerlingsysteem".into(),
        certificate_oin: VENDOR.into(),
        acts_for: vec![SCHOOL.into(), SECOND_SCHOOL.into()],
    }
}

async fn start(pki: &Pki) -> Provider {
    let settings = ProviderSettings { pki, audience: AUDIENCE.into(), clients: vec![vendor()] };
    Provider::start(settings).await.unwrap()
}

fn client(pki: &Pki, issued: Option<&Issued>) -> Outbound {
    Outbound::new(Outward {
        roots_pem: pki.ca_pem().into(),
        identity: issued.map(Issued::identity),
        reach: Reach::new([], ["localhost".parse().unwrap()]),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(2),
    })
    .unwrap()
}

async fn read(client: &Outbound, url: String) -> Value {
    let request = Request::new("GET".parse().unwrap(), Url::parse(&url).unwrap());
    let answer = client.exchange(request).await.unwrap();
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

async fn ask(client: &Outbound, provider: &Provider, form: &str) -> Answer {
    let url = Url::parse(&format!("{}/token", provider.issuer())).unwrap();
    let mut request = Request::new("POST".parse().unwrap(), url);
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    *request.body_mut() = Some(form.to_owned().into());
    client.exchange(request).await.unwrap()
}

async fn token(client: &Outbound, provider: &Provider, form: &str) -> String {
    let answer = ask(client, provider, &format!("grant_type=client_credentials&client_id=leerlingsysteem{form}")).await;
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(TOKEN_SECONDS)));
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Checks a token as a careful reader would: by its key id in the published set, with the one algorithm, `iss`, `aud`
/// and time.
async fn verified(client: &Outbound, provider: &Provider, token: &str) -> Result<AccessClaims, String> {
    let found = read(client, format!("{}/.well-known/openid-configuration", provider.issuer())).await;
    assert_eq!(found["issuer"], provider.issuer());
    let keys = read(client, found["jwks_uri"].as_str().unwrap().into()).await;
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let header = jsonwebtoken::decode_header(token).map_err(|error| error.to_string())?;
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let key = keys.find(&header.kid.unwrap()).ok_or("unknown key")?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[provider.issuer()]);
    validation.leeway = 0;
    let decoded = jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &validation);
    decoded.map(|token| token.claims).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_token_names_who_acts_for_whom_and_is_bound_to_the_certificate() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = start(&pki).await;
    let certificate = pki.client("Leverancier", VENDOR).unwrap();
    let client = client(&pki, Some(&certificate));
    let table = [
        ("", "leerlingsysteem", SCHOOL),
        ("&professional=m.devries", "m.devries", SCHOOL),
        ("&professional=m.devries&oin=99000000000000000011", "m.devries", SECOND_SCHOOL),
    ];
    for (form, subject, oin) in table {
        let claims = verified(&client, &provider, &token(&client, &provider, form).await).await.unwrap();
        assert_eq!((claims.sub.as_str(), claims.oin.as_str()), (subject, oin), "{form}");
        assert_eq!(claims.client_id, "leerlingsysteem");
        assert_eq!(claims.cnf.thumbprint, certificate.thumbprint());
        assert_eq!(claims.exp - claims.iat, TOKEN_SECONDS);
    }
    let first = verified(&client, &provider, &token(&client, &provider, "").await).await.unwrap();
    let second = verified(&client, &provider, &token(&client, &provider, "").await).await.unwrap();
    assert_ne!(first.jti, second.jti);
    provider.stop().await;
}

#[tokio::test]
async fn nobody_else_gets_a_token() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = start(&pki).await;
    let own = pki.client("Leverancier", VENDOR).unwrap();
    let other = pki.client("School", SCHOOL).unwrap();
    let twice = pki.odd_client("Leverancier", VENDOR, Oddity::TwoSerialNumbers).unwrap();
    let good = "grant_type=client_credentials&client_id=leerlingsysteem";
    let table = [
        ("no certificate", None, good.to_owned(), 401, "invalid_client"),
        ("certificate of another", Some(&other), good.to_owned(), 401, "invalid_client"),
        ("two serial numbers", Some(&twice), good.to_owned(), 401, "invalid_client"),
        ("unknown client", Some(&own), good.replace("systeem", "volg"), 401, "invalid_client"),
        ("no client", Some(&own), "grant_type=client_credentials".into(), 401, "invalid_client"),
        ("other grant", Some(&own), good.replace("client_credentials", "password"), 400, "unsupported_grant_type"),
        ("not acted for", Some(&own), format!("{good}&oin=99000000000000000020"), 400, "unauthorized_client"),
    ];
    for (name, certificate, form, status, code) in table {
        let answer = ask(&client(&pki, certificate), &provider, &form).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, &body), (status, &json!({ "error": code })), "{name}");
    }
    provider.register(ProviderClient { acts_for: vec![SCHOOL.into()], certificate_oin: SCHOOL.into(), ..vendor() });
    assert_eq!(ask(&client(&pki, Some(&other)), &provider, good).await.status, 200, "registered while running");
    provider.stop().await;
}

#[tokio::test]
async fn a_new_key_takes_over_while_running() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = start(&pki).await;
    let client = client(&pki, Some(&pki.client("Leverancier", VENDOR).unwrap()));
    let first = token(&client, &provider, "").await;
    provider.rotate(OldKey::Published).unwrap();
    let second = token(&client, &provider, "").await;
    assert!(verified(&client, &provider, &first).await.is_ok());
    assert!(verified(&client, &provider, &second).await.is_ok());
    provider.rotate(OldKey::Dropped).unwrap();
    let third = token(&client, &provider, "").await;
    assert_eq!(verified(&client, &provider, &first).await.unwrap_err(), "unknown key");
    assert_eq!(verified(&client, &provider, &second).await.unwrap_err(), "unknown key");
    assert!(verified(&client, &provider, &third).await.is_ok());
    assert_eq!((provider.key_set_reads(), provider.discoveries()), (5, 5));
    provider.go_down().await;
    let url = Url::parse(&provider.issuer()).unwrap();
    let refused = client.exchange(Request::new("GET".parse().unwrap(), url)).await.unwrap_err();
    // A connection that was kept may break only when it is used.
    assert!(matches!(refused, Failure::Unreachable | Failure::Broken), "{refused:?}");
    provider.come_back().await.unwrap();
    assert!(verified(&client, &provider, &third).await.is_ok());
    provider.stop().await;
}

#[tokio::test]
async fn a_provider_can_misbehave_and_get_well() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = start(&pki).await;
    let client = client(&pki, None);
    let discover = || async {
        let url = format!("{}/.well-known/openid-configuration", provider.issuer());
        let request = Request::new("GET".parse().unwrap(), Url::parse(&url).unwrap());
        client.exchange(request).await.map(|answer| answer.status)
    };
    let table = [
        (Behaviour::Down, Err(Failure::Unreachable)),
        (Behaviour::Hangs, Err(Failure::TimedOut)),
        (Behaviour::Trickles, Err(Failure::TimedOut)),
        (Behaviour::Redirects, Err(Failure::Redirected)),
        (Behaviour::Fails, Ok(500)),
        (Behaviour::HugeAnswer, Err(Failure::TooLarge)),
        (Behaviour::EndlessAnswer, Err(Failure::TooLarge)),
        (Behaviour::Healthy, Ok(200)),
    ];
    for (behaviour, expected) in table {
        provider.behave(behaviour).await.unwrap();
        assert_eq!(discover().await, expected, "{behaviour:?}");
    }
    provider.behave(Behaviour::WrongId).await.unwrap();
    let lie = read(&client, format!("{}/.well-known/openid-configuration", provider.issuer())).await;
    assert_ne!(lie["issuer"], provider.issuer());
    provider.stop().await;
}

#[tokio::test]
async fn forged_tokens_do_not_verify() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = start(&pki).await;
    let certificate = pki.client("Leverancier", VENDOR).unwrap();
    let client = client(&pki, Some(&certificate));
    let key = provider.signing_key();
    let honest = provider.claims(&vendor(), "m.devries", SCHOOL, &certificate.thumbprint()).unwrap();
    let changed = |change: fn(&mut AccessClaims)| {
        let mut claims = honest.clone();
        change(&mut claims);
        serde_json::to_value(claims).unwrap()
    };
    let plain = changed(|_| ());
    let header = plausible_header(&key);
    let with = |name: &str, value: &str| {
        let mut header = header.clone();
        header[name] = json!(value);
        header
    };
    let stranger = TokenKey::generate().unwrap();
    let pem = key.public_pem();
    let es256 = ForgedSignature::Es256(&key);
    let accepted = forged_token(&header, &plain, es256).unwrap();
    assert_eq!(verified(&client, &provider, &accepted).await, Ok(honest.clone()), "the honest twin");
    let table = [
        ("none", with("alg", "none"), plain.clone(), ForgedSignature::Absent),
        ("HS256 with the public key", with("alg", "HS256"), plain.clone(), ForgedSignature::Hs256(pem.as_bytes())),
        ("other key", header.clone(), plain.clone(), ForgedSignature::Es256(&stranger)),
        ("noise", header.clone(), plain.clone(), ForgedSignature::Noise),
        ("unknown key id", with("kid", stranger.kid()), plain.clone(), es256),
        ("audience", header.clone(), changed(|claims| claims.aud = "https://elders.test".into()), es256),
        ("issuer", header.clone(), changed(|claims| claims.iss = "https://elders.test".into()), es256),
        ("expired", header.clone(), changed(|claims| claims.exp = claims.iat - 1), es256),
    ];
    for (name, header, claims, signature) in table {
        let token = forged_token(&header, &claims, signature).unwrap();
        assert!(verified(&client, &provider, &token).await.is_err(), "{name}");
    }
    provider.stop().await;
}
