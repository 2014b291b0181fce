// SPDX-License-Identifier: EUPL-1.2
//! The machine listener over real TLS, with a real identity provider.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::dev::ServerHandle;
use actix_web::web::Path;
use arc_swap::ArcSwap;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use serde::Deserialize;
use serde_json::{Value, json};
use sluis_connectors::{Answer, Failure, Outbound, Reach, Request, Settings, Url};
use sluis_policy::RoleTable;
use sluis_sandbox::behaviour::Behaviour;
use sluis_sandbox::forgery::{ForgedSignature, forged_token, plausible_header};
use sluis_sandbox::pki::{Issued, Oddity, Pki};
use sluis_sandbox::provider::{OldKey, Provider, ProviderClient, ProviderSettings};
use sluis_sandbox::signing::TokenKey;

use super::body::JsonBody;
use super::*;
use crate::broker::{Parts, Policy};
use crate::clock::{Clock, SettableClock};
use crate::identity::{Bearer, Issuers, Tokens};
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::register::Register;
use crate::store::Store;
use crate::store::trial::{self, Trial};
use crate::tls::{self, ClientTrust, SwappableCertificate, Trusted};
use crate::vault::Vault;

const SCHOOL: &str = "99000000000000000010";
const OTHER_SCHOOL: &str = "99000000000000000011";
const VENDOR: &str = "99000000000000000001";
const STRANGER: &str = "99000000000000000099";
const AUDIENCE: &str = "https://sluis.test";

/// A gateway with three resources of its own, a provider, and a clock that the test holds.
struct Stage {
    pki: Pki,
    provider: Provider,
    clock: Arc<SettableClock>,
    trust: Arc<ClientTrust>,
    broker: Arc<Broker>,
    _trial: Trial,
    register: Arc<ArcSwap<Register>>,
    base: String,
    gateway: ServerHandle,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    left: u32,
    right: u32,
}

async fn who(caller: Caller) -> HttpResponse {
    let professional = match caller.bearer() {
        Bearer::Professional(id) => Some(id.to_string()),
        Bearer::System(_) => None,
    };
    let roles: Vec<_> = caller.actors().map(|actor| actor.role.to_string()).collect();
    HttpResponse::Ok().json(json!({
        "certificate": caller.certificate().to_string(),
        "organisation": caller.organisation().to_string(),
        "via": caller.via().map(|oin| oin.to_string()),
        "professional": professional,
        "roles": roles,
    }))
}

async fn add(_caller: Caller, body: JsonBody<Sum>) -> Result<HttpResponse, Problem> {
    let sum = body.input.left.checked_add(body.input.right);
    sum.map(|sum| HttpResponse::Ok().json(sum)).ok_or(Problem::Conflict.on_safety())
}

async fn numbered(_caller: Caller, number: Path<u32>) -> HttpResponse {
    HttpResponse::Ok().json(number.into_inner())
}

async fn dawdle(_caller: Caller) -> HttpResponse {
    tokio::time::sleep(Duration::from_secs(1)).await;
    HttpResponse::Ok().finish()
}

fn routes(routes: &mut Routes<'_>) {
    routes
        .open_document("/v1/openapi.json", "{}")
        .open_document("/v1/gesloten.json", "{}")
        .resource("/v1/traag", [guarded(Method::GET, dawdle)])
        .resource("/v1/wie", [guarded(Method::GET, who)])
        .resource(SUBMISSION, [guarded(Method::POST, add)])
        .resource("/v1/sommen", [guarded(Method::POST, add)])
        .resource("/v1/nummers/{nummer}", [guarded(Method::GET, numbered)]);
}

fn register(issuer: &str, until: &str) -> Register {
    let text = format!(
        r#"
[[organisation]]
oin = "{SCHOOL}"
name = "Basisschool De Wilgenboom"
desks = ["school"]
issuers = ["{issuer}"]
[[organisation]]
oin = "{OTHER_SCHOOL}"
name = "Basisschool De Elzenkant"
desks = ["school"]
[[organisation]]
oin = "{VENDOR}"
name = "Leerlingsysteem BV"
[[mandate]]
school = "{SCHOOL}"
vendor = "{VENDOR}"
from = 2026-01-01
until = {until}
[[mandate]]
school = "{OTHER_SCHOOL}"
vendor = "{VENDOR}"
from = 2026-01-01
[[professional]]
organisation = "{SCHOOL}"
id = "p-1"
[[professional.role]]
role = "intern_begeleider"
desk = "school"
from = 2026-01-01
"#
    );
    Register::parse(&text, &reach()).unwrap()
}

fn reach() -> Reach {
    Reach::new([], ["localhost".parse().unwrap()])
}

async fn broker(
    trial: &Trial,
    register: Arc<ArcSwap<Register>>,
    clock: Arc<dyn Clock>,
    outbound: Outbound,
) -> Arc<Broker> {
    let (ledger, _writer) = Ledger::open(Arc::clone(&trial.engine), Arc::clone(&clock), "sluis.test/1").await.unwrap();
    let policy = Policy { roles: RoleTable::shipped().await.unwrap(), covenants: Vec::new() };
    Arc::new(Broker::new(Parts {
        store: Store::new(Arc::clone(&trial.engine)),
        ledger,
        vault: Vault::new(Arc::new(Keys::fresh().unwrap())),
        register,
        policy: Arc::new(ArcSwap::from_pointee(policy)),
        clock,
        outbound,
        own: STRANGER.parse().unwrap(),
    }))
}

fn trusting(authorities: &[&Pki]) -> Trusted {
    let mut roots = rustls::RootCertStore::empty();
    for pki in authorities {
        roots.add(PemObject::from_pem_slice(pki.ca_pem().as_bytes()).unwrap()).unwrap();
    }
    Trusted::new(roots, Vec::new()).unwrap()
}

fn vendor_client() -> ProviderClient {
    ProviderClient {
        client_id: "leerlingsysteem".into(),
        certificate_oin: VENDOR.into(),
        acts_for: vec![SCHOOL.into()],
    }
}

fn certified(issued: &Issued) -> CertifiedKey {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let key = PrivateKeyDer::from_pem_slice(issued.key_pem.as_bytes()).unwrap();
    let chain = vec![CertificateDer::from(issued.der().to_vec())];
    CertifiedKey::from_der(chain, key, &rustls::crypto::aws_lc_rs::default_provider()).unwrap()
}

fn outbound(pki: &Pki, identity: Option<&Issued>) -> Outbound {
    Outbound::new(Settings {
        roots_pem: pki.ca_pem().into(),
        identity: identity.map(Issued::identity),
        reach: reach(),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(10),
    })
    .unwrap()
}

impl Stage {
    async fn set() -> Self {
        tls::install_provider();
        let pki = Pki::new("Sluis test-CA").unwrap();
        let settings = ProviderSettings { pki: &pki, audience: AUDIENCE.into(), clients: vec![vendor_client()] };
        let provider = Provider::start(settings).await.unwrap();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let clock = Arc::new(SettableClock::at(i64::try_from(since.as_micros()).unwrap()));
        let trust = ClientTrust::new(trusting(&[&pki]));
        let register = Arc::new(ArcSwap::from_pointee(register(&provider.issuer(), "2999-01-01")));
        let tokens = Tokens::new(AUDIENCE.into(), Issuers::new(outbound(&pki, None)), 8);
        let shared: Arc<dyn Clock> = Arc::<SettableClock>::clone(&clock);
        let trial = trial::sqlite().await;
        let broker = broker(&trial, Arc::clone(&register), Arc::clone(&shared), outbound(&pki, None)).await;
        let gate = Data::new(Gate::new(tokens, Arc::clone(&trust), Arc::clone(&broker)));
        let shown = SwappableCertificate::new(certified(&pki.server().unwrap()));
        let config = tls::machine(shown, Arc::<ClientTrust>::clone(&trust), shared).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://localhost:{}", socket.local_addr().unwrap().port());
        let limits = Limits { patience: Duration::from_secs(2), ..Limits::default() };
        let server =
            listen(socket, config, Machine { gate, broker: Data::from(Arc::clone(&broker)), limits }, routes).unwrap();
        let gateway = server.handle();
        actix_web::rt::spawn(server);
        Self { pki, provider, clock, trust, broker, _trial: trial, register, base, gateway }
    }

    fn vendor(&self) -> Issued {
        self.pki.client("Leerlingsysteem BV", VENDOR).unwrap()
    }

    /// Claims of an honest token for the vendor's certificate, which a test then spoils. They last long enough to travel
    /// in time with.
    fn claims(&self, certificate: &Issued, subject: &str) -> Value {
        let claims = self.provider.claims(&vendor_client(), subject, SCHOOL, &certificate.thumbprint()).unwrap();
        let mut claims = serde_json::to_value(claims).unwrap();
        claims["exp"] = json!(claims["iat"].as_u64().unwrap() + 90 * 24 * 3600);
        claims
    }

    fn token(&self, claims: &Value) -> String {
        let key = self.provider.signing_key();
        key.sign(&plausible_header(&key), claims).unwrap()
    }

    fn request(&self, method: &str, path: &str, token: Option<&str>) -> Request {
        let url = Url::parse(&format!("{}{path}", self.base)).unwrap();
        let mut request = Request::new(method.parse().unwrap(), url);
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        request
    }

    async fn get(&self, client: &Outbound, path: &str, token: Option<&str>) -> Answer {
        client.exchange(self.request("GET", path, token)).await.unwrap()
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// Every answer has these, whatever became of the request.
fn assert_clean(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("api-version").as_deref(), Some(hygiene::API_VERSION));
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    assert!(header("strict-transport-security").is_some());
    assert!(header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    let trace = header("traceparent").unwrap();
    if status >= 400 {
        assert_eq!(header("content-type").as_deref(), Some("application/problem+json"));
        let problem = body(answer);
        assert_eq!(problem["status"], status);
        assert!(problem["type"].as_str().unwrap().starts_with("urn:sluis:probleem:"));
        assert!(trace.contains(problem["traceId"].as_str().unwrap()));
    }
}

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
        assert_eq!(answer.unwrap_err(), Failure::Unreachable, "{oddity:?}");
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
    assert_eq!(client.exchange(again).await.unwrap_err(), Failure::Unreachable);
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
async fn what_is_not_there_or_not_readable_is_a_problem_of_its_own() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let json = Some("application/json");
    let large = format!("{{\"left\":1,\"right\":2{}}}", " ".repeat(64 * 1024));
    let rows: &[(&str, &str, Option<&str>, &str, u16)] = &[
        ("POST", "/v1/sommen", json, "{\"left\":1,\"right\":2}", 200),
        ("POST", "/v1/sommen", Some("application/json; charset=utf-8"), "{\"left\":1,\"right\":2}", 200),
        ("POST", "/v1/sommen", json, "{\"left\":1}", 400),
        ("POST", "/v1/sommen", json, "{\"left\":1,\"right\":2,\"extra\":3}", 400),
        ("POST", "/v1/sommen", json, "geen json", 400),
        ("POST", "/v1/sommen", json, "{\"left\":4294967295,\"right\":2}", 409),
        ("POST", "/v1/sommen", json, &large, 413),
        ("POST", "/v1/sommen", Some("text/plain"), "{\"left\":1,\"right\":2}", 415),
        ("POST", "/v1/sommen", None, "{\"left\":1,\"right\":2}", 415),
        ("GET", "/v1/sommen", None, "", 405),
        ("DELETE", "/v1/sommen", None, "", 405),
        ("GET", "/v1/sommen/", None, "", 404),
        ("GET", "/v1/wie/", None, "", 404),
        ("GET", "/v1/nergens", None, "", 404),
        ("GET", "/v1/nummers/7", None, "", 200),
        ("GET", "/v1/nummers/zeven", None, "", 404),
        ("GET", "/v1/openapi.json/", None, "", 404),
    ];
    for (method, path, kind, content, status) in rows {
        let mut request = stage.request(method, path, Some(&token));
        if let Some(kind) = kind {
            request.headers_mut().insert("content-type", kind.parse().unwrap());
        }
        *request.body_mut() = Some((*content).to_owned().into());
        let answer = client.exchange(request).await.unwrap();
        assert_eq!(answer.status, *status, "{method} {path} {kind:?}");
        assert_clean(&answer, *status);
        if *status == 405 {
            assert_eq!(answer.headers["allow"], "POST");
        }
        if *status == 409 {
            assert!(body(&answer)["detail"].as_str().unwrap().starts_with("Er is geen melding gedaan."), "RL-10");
        }
    }
    for (name, value, status) in [
        ("accept", "text/html".to_owned(), 406),
        ("accept", "application/json".to_owned(), 200),
        ("x-lang", "x".repeat(17 * 1024), 431),
    ] {
        let mut request = stage.request("GET", "/v1/wie", Some(&token));
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_clean(&client.exchange(request).await.unwrap(), status);
    }
    let mut request = stage.request("GET", "/v1/wie", Some(&token));
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    request.headers_mut().insert("traceparent", parent.parse().unwrap());
    let answer = client.exchange(request).await.unwrap();
    let ours = answer.headers["traceparent"].to_str().unwrap();
    assert!(ours.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && ours != parent, "{ours}");
    stage.gateway.stop(false).await;
}

/// Sends these bytes over TLS with a certificate, and answers what comes back before the connection ends.
fn raw(stage: &Stage, identity: &Issued, sent: &str) -> std::thread::JoinHandle<String> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use std::io::{Read, Write};
    let mut roots = rustls::RootCertStore::empty();
    roots.add(PemObject::from_pem_slice(stage.pki.ca_pem().as_bytes()).unwrap()).unwrap();
    let chain = vec![CertificateDer::from(identity.der().to_vec())];
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).unwrap();
    let config =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_client_auth_cert(chain, key).unwrap();
    let (address, sent) = (stage.base.replace("https://", ""), sent.to_owned());
    std::thread::spawn(move || {
        let session = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let socket = std::net::TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut stream = rustls::StreamOwned::new(session, socket);
        stream.write_all(sent.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A server that cuts the connection without a farewell ends the reading as well.
        let _ended = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    })
}

#[actix_web::test]
async fn a_caller_who_dawdles_is_not_waited_for() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let head = format!(
        "POST /v1/sommen HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 20\r\n"
    );
    let begun = std::time::Instant::now();
    let body = raw(&stage, &vendor, &format!("{head}\r\n{{"));
    let headers = raw(&stage, &vendor, &head);
    let answers = actix_web::web::block(move || (body.join().unwrap(), headers.join().unwrap())).await.unwrap();
    assert!(answers.0.starts_with("HTTP/1.1 408"), "{}", answers.0);
    assert!(answers.0.contains("urn:sluis:probleem:te-langzaam"), "{}", answers.0);
    assert!(answers.1.starts_with("HTTP/1.1 408"), "{}", answers.1);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn whoever_is_turned_away_with_a_certificate_is_recorded_and_a_flood_is_not() {
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
    assert_eq!(recorded(), before + 30);
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
    let mut large = stage.request("POST", SUBMISSION, None);
    *large.body_mut() = Some("x".repeat(70_000).into());
    let large = client.exchange(large).await.unwrap();
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
async fn a_graceful_stop_finishes_what_it_accepted() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200);
    let request = stage.request("GET", "/v1/traag", Some(&token));
    let slow = actix_web::rt::spawn(async move { client.exchange(request).await.map(|answer| answer.status) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    stage.gateway.stop(true).await;
    assert_eq!(slow.await.unwrap(), Ok(200));
}
