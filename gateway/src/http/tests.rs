// SPDX-License-Identifier: EUPL-1.2
//! The machine listener over real TLS, with a real identity provider.

mod door;
mod hygiene;
mod idempotency;
mod tokens;

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
use sluis_sandbox::forgery::plausible_header;
use sluis_sandbox::pki::{Issued, Pki};
use sluis_sandbox::provider::{Provider, ProviderClient, ProviderSettings};

use super::body::JsonBody;
use super::writing::Writing;
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

/// Takes longer than a busy machine needs to send everything else of a test.
async fn dawdle(_caller: Caller) -> HttpResponse {
    tokio::time::sleep(Duration::from_secs(4)).await;
    HttpResponse::Ok().finish()
}

/// Works for a while under its Idempotency-Key, and wakes who waits for it to begin.
async fn toil(caller: Caller, broker: Data<Broker>, writing: Writing) -> Result<HttpResponse, Problem> {
    let _once = writing.begin(&broker, &caller, "/v1/werk", "")?;
    broker.queue_changed().notify_one();
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(HttpResponse::Created().finish())
}

fn routes(routes: &mut Routes<'_>) {
    routes
        .open_document("/v1/openapi.json", "{}")
        .open_document("/v1/gesloten.json", "{}")
        .resource("/v1/traag", [guarded(Method::GET, dawdle)])
        .resource("/v1/werk", [guarded(Method::POST, toil)])
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
fetches = ["school"]
issuers = ["{issuer}"]
[[organisation]]
oin = "{OTHER_SCHOOL}"
name = "Basisschool De Elzenkant"
desks = ["school"]
fetches = ["school"]
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
        index: trial.index.clone(),
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
    let root = |pki: &&Pki| PemObject::from_pem_slice(pki.ca_pem().as_bytes()).unwrap();
    Trusted::new(authorities.iter().map(root).collect(), Vec::new()).unwrap()
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
        Self::with_room(512).await
    }

    /// With room for so many requests of one certificate holder at a time.
    async fn with_room(requests: usize) -> Self {
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
        let gate = Gate::new(tokens, Arc::clone(&trust), Arc::clone(&broker)).with_room_for(requests);
        let gate = Data::new(gate);
        let shown = SwappableCertificate::new(certified(&pki.server().unwrap()));
        let config = tls::machine(shown, Arc::<ClientTrust>::clone(&trust), shared).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://localhost:{}", socket.local_addr().unwrap().port());
        let limits = Limits { patience: Duration::from_secs(2), ..Limits::default() };
        let server = listen(
            socket,
            config,
            Machine { gate, broker: Data::from(Arc::clone(&broker)), limits: Data::new(ArcSwap::from_pointee(limits)) },
            routes,
        )
        .unwrap();
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
    assert_eq!(header("api-version").as_deref(), Some(super::hygiene::API_VERSION));
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
