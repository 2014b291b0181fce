// SPDX-License-Identifier: EUPL-1.2
//! Many schools' systems at once, that send signals and keep what they were told.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};
use sluis_sandbox::seed;
use sluis_tests::Trouble;
use sluis_tests::gateway::{Gateway, command};
use sluis_tests::token::credentials;
use sluis_tests::world::World;
use tokio::task::JoinSet;

/// What became of every signal that was sent, by its Idempotency-Key: its id, or nothing when no answer came.
pub(crate) type Sent = BTreeMap<String, Option<String>>;

/// How long nothing at all may be delivered: longer than a delivery is left alone that a killed process dispatched.
const STILL_FOR: Duration = Duration::from_secs(90);

/// How many systems send at once, each about a pupil of its own: deliveries about one youth keep their order, and would
/// wait for each other.
const SYSTEMS: usize = 8;

/// A school's system.
#[derive(Clone)]
pub(crate) struct Sender {
    client: Client,
    base: String,
    token: String,
}

impl Sender {
    /// The school's vendor, in the name of its intern begeleider.
    pub(crate) fn new(world: &World, gateway: &Gateway) -> Self {
        Self::with(world, gateway, "vendor; ib.wilgenhoek of school")
    }

    /// The school's vendor with another token.
    pub(crate) fn with(world: &World, gateway: &Gateway, caller: &str) -> Self {
        let shown = credentials(world, caller).unwrap();
        let issued = &world.certificates["vendor"];
        let pem = format!("{}{}", issued.certificate_pem, issued.key_pem);
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(world.pki.ca_pem().as_bytes()).unwrap()])
            .identity(Identity::from_pem(pem.as_bytes()).unwrap())
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build();
        Self { client: client.unwrap(), base: gateway.machine.clone(), token: shown.token.unwrap() }
    }

    /// The same, by way of something that stands before the gateway.
    pub(crate) fn through(self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    /// Waits until somebody answers at all.
    pub(crate) async fn answered(&self) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.client.get(format!("{}/v1/openapi.json", self.base)).send().await.is_err() {
            assert!(Instant::now() < until, "nobody answers at {}", self.base);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Registers the pupils whom the signals are about.
    pub(crate) async fn register(&self, world: &World) {
        let youth = &world.people.worried_about;
        for system in 0..SYSTEMS {
            let body = json!({
                "leerlingsleutel": pupil(system), "voornamen": format!("{} {system}", youth.given_name),
                "achternaam": youth.surname, "geboortedatum": youth.born.to_string(), "postcode": youth.postcode,
                "woongemeente": seed::MUNICIPALITY_CODE,
            });
            let (status, answer) = self.post("/v1/jeugdigen", &format!("leerling-{system}"), &body).await.unwrap();
            assert_eq!(status, 201, "{answer}");
        }
    }

    /// Sends one signal; gives its id, or the status of a refusal, or nothing when no whole answer came. The key says which
    /// system sends it, and so about whom it is.
    pub(crate) async fn signal(&self, key: &str) -> Option<Result<String, (u16, Value)>> {
        let system = key.split('-').nth(1).map_or(0, |system| system.parse().unwrap());
        let body = json!({
            "soort": "preventief", "doel": "vroegsignalering", "jeugdige": { "leerlingsleutel": pupil(system) },
            "ontvangers": [{ "organisatie": seed::MUNICIPALITY, "loket": "wijkteam" }], "opNaam": false,
            "onderwerpen": ["gedrag"],
            // Each differs from the others, or it would be the same report once more.
            "contactpersoon": format!("team {key}"),
        });
        let (status, answer) = self.post("/v1/signalen", key, &body).await?;
        if status != 201 {
            return Some(Err((status, answer)));
        }
        Some(Ok(answer["signaalId"].as_str().expect("an accepted signal has an id").to_owned()))
    }

    /// RL-10: a report about safety that cannot be taken says so first, and whom to ring.
    pub(crate) async fn hears_that_no_report_was_made(&self) {
        let body = json!({
            "soort": "veiligheid", "doel": "veiligheid", "jeugdige": { "leerlingsleutel": pupil(0) },
            "ontvangers": [{ "organisatie": seed::MUNICIPALITY, "loket": "veilig_thuis" }], "opNaam": true,
        });
        let (status, answer) = self.post("/v1/signalen", "veilig", &body).await.expect("there is an answer");
        assert_eq!(status, 503, "{answer}");
        let said = answer["detail"].as_str().unwrap();
        assert!(
            said.starts_with("Er is geen melding gedaan.") && said.contains("0800-2000") && said.contains("112"),
            "{said}"
        );
    }

    /// Asks for what was sent.
    pub(crate) async fn look(&self, signal: &str) -> (u16, Value) {
        let sent = self.client.get(format!("{}/v1/signalen/{signal}", self.base)).bearer_auth(&self.token).send().await;
        let came = sent.unwrap();
        (came.status().as_u16(), came.json().await.unwrap())
    }

    /// Posts; nothing when no whole answer came.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let came = request.header("idempotency-key", key).json(body).send().await.ok()?;
        let status = came.status().as_u16();
        Some((status, came.json().await.ok()?))
    }

    /// Sends from all systems at once until somebody stops them or each has sent so many.
    pub(crate) async fn flood(&self, round: usize, each: usize) -> Sent {
        let mut workers = JoinSet::new();
        for system in 0..SYSTEMS {
            let sender = self.clone();
            workers.spawn(async move {
                let mut sent = Sent::new();
                for number in 0..each {
                    let key = format!("{round}-{system}-{number}");
                    let answer = sender.signal(&key).await;
                    // A refusal with words is no acknowledgement, and the same key may be tried again.
                    let id = answer.clone().and_then(Result::ok);
                    sent.insert(key, id);
                    if answer.is_none() {
                        break;
                    }
                }
                sent
            });
        }
        workers.join_all().await.into_iter().flatten().collect()
    }

    /// Every signal says, in the end, that it was delivered.
    pub(crate) async fn all_delivered(&self, sent: &Sent) {
        let mut until = Instant::now() + STILL_FOR;
        let mut waiting: Vec<&String> = sent.values().flatten().collect();
        while !waiting.is_empty() {
            let mut still = Vec::new();
            for id in &waiting {
                let (_, found) = self.look(id).await;
                if found["ontvangers"][0]["aflevering"] != "afgeleverd" {
                    still.push(*id);
                }
            }
            if still.len() < waiting.len() {
                until = Instant::now() + STILL_FOR;
            }
            waiting = still;
            assert!(waiting.is_empty() || Instant::now() < until, "{} signals were never delivered", waiting.len());
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// The same, once the gateway takes signals again.
    pub(crate) async fn settle_within(&self, patience: Duration, sent: &mut Sent) {
        let until = Instant::now() + patience;
        if let Some((key, _)) = sent.iter().next() {
            while !matches!(self.signal(key).await, Some(Ok(_))) {
                assert!(Instant::now() < until, "the gateway takes nothing again");
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
        self.settle(sent).await;
    }

    /// P9: what was acknowledged is there under the same id; what was not is there once, or can still be sent once.
    pub(crate) async fn settle(&self, sent: &mut Sent) {
        for (key, id) in sent.iter_mut() {
            let again = self.signal(key).await.expect("the gateway answers");
            let again = again.unwrap_or_else(|refused| panic!("{key} is refused after all: {refused:?}"));
            match id {
                Some(id) => assert_eq!(*id, again, "{key} was acknowledged, and is another signal now"),
                None => *id = Some(again.clone()),
            }
            let (status, found) = self.look(&again).await;
            assert_eq!((status, found["signaalId"].as_str()), (200, Some(again.as_str())), "{key}");
        }
    }
}

/// The school's own key of the pupil that a system sends about.
fn pupil(system: usize) -> String {
    format!("WH-{:04}", 107 + 1_000 * system)
}

/// What the gateway says of its readiness, when it is as expected within ten seconds.
pub(crate) async fn readiness(gateway: &Gateway, ready: bool) -> Value {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let came = reqwest::get(format!("{}/readyz", gateway.operations)).await.unwrap();
        let status = came.status().as_u16();
        let said: Value = came.json().await.unwrap();
        assert_eq!(said["ready"] == true, status == 200, "{said}");
        if (status == 200) == ready {
            return said;
        }
        assert!(Instant::now() < until, "readiness stays {said}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The log as it is handed over: one entry a line.
pub(crate) fn log_of(folder: &Path) -> Result<Vec<String>, Trouble> {
    let (export, config, keys) = (folder.join("export.jsonl"), folder.join("sluis.toml"), folder.join("verifier.keys"));
    let run = |arguments: &[&str], codes: &[i32]| {
        let done = command(folder)?.args(arguments).output().map_err(|error| error.to_string())?;
        let code = done.status.code().unwrap_or(-1);
        let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        if codes.contains(&code) { Ok(done.stdout) } else { Err(format!("{arguments:?} ended with {code}: {said}")) }
    };
    let path = |path: &Path| path.display().to_string();
    let key = run(&["ledger", "key", "--config", &path(&config)], &[0])?;
    std::fs::write(&keys, key).map_err(|error| error.to_string())?;
    run(&["ledger", "export", "--config", &path(&config), "--to", &path(&export)], &[0])?;
    // 2: whole in itself, compared with nothing that somebody else kept.
    run(&["ledger", "verify", "--export", &path(&export), "--keys", &path(&keys)], &[2])?;
    let text = std::fs::read_to_string(&export).map_err(|error| error.to_string())?;
    Ok(text.lines().skip(1).map(str::to_owned).collect())
}
