// SPDX-License-Identifier: EUPL-1.2
//! A school's system, over one connection that it keeps as long as it may.

use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};
use sluis_sandbox::seed;
use sluis_tests::gateway::Gateway;
use sluis_tests::token::credentials;
use sluis_tests::world::World;

/// A caller with a certificate, a token and a connection.
pub(crate) struct School {
    client: Client,
    base: String,
    token: String,
}

impl School {
    /// The system of the vendor, in the name of the school's intern begeleider.
    pub(crate) fn of(world: &World, gateway: &Gateway) -> Self {
        Self::with(world, gateway, "vendor", "ib.wilgenhoek of school")
    }

    /// With another certificate, in another name.
    pub(crate) fn with(world: &World, gateway: &Gateway, certificate: &str, acting: &str) -> Self {
        let shown = credentials(world, &format!("{certificate}; {acting}")).unwrap();
        let issued = &world.certificates[certificate];
        let pem = format!("{}{}", issued.certificate_pem, issued.key_pem);
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(world.pki.ca_pem().as_bytes()).unwrap()])
            .identity(Identity::from_pem(pem.as_bytes()).unwrap())
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build();
        Self { client: client.unwrap(), base: gateway.machine.clone(), token: shown.token.unwrap() }
    }

    /// Registers the pupil whom all signals are about.
    pub(crate) async fn register(&self, world: &World) {
        let youth = &world.people.worried_about;
        let body = json!({
            "leerlingsleutel": youth.pupil_key, "voornamen": youth.given_name, "achternaam": youth.surname,
            "geboortedatum": youth.born.to_string(), "postcode": youth.postcode, "woongemeente": seed::MUNICIPALITY_CODE,
        });
        let (status, answer) = self.post("/v1/jeugdigen", "leerling", &body).await.unwrap();
        assert_eq!(status, 201, "{answer}");
    }

    /// Sends one signal; gives the status and the answer, or what went wrong on the way.
    pub(crate) async fn signal(&self, key: &str) -> Result<(u16, Value), String> {
        self.signal_about(key, "gedrag").await
    }

    /// The same about another topic: the same signal twice is one signal.
    pub(crate) async fn signal_about(&self, key: &str, topic: &str) -> Result<(u16, Value), String> {
        self.signal_with(key, "WH-0107", topic).await
    }

    /// The same about another pupil.
    pub(crate) async fn signal_of(&self, key: &str, pupil: &str) -> Result<(u16, Value), String> {
        self.signal_with(key, pupil, "gedrag").await
    }

    async fn signal_with(&self, key: &str, pupil: &str, topic: &str) -> Result<(u16, Value), String> {
        let body = json!({
            "soort": "preventief", "doel": "vroegsignalering", "jeugdige": { "leerlingsleutel": pupil },
            "ontvangers": [{ "organisatie": seed::MUNICIPALITY, "loket": "wijkteam" }], "opNaam": false,
            "onderwerpen": [topic],
        });
        self.post("/v1/signalen", key, &body).await
    }

    /// Looks a signal up; gives the status.
    pub(crate) async fn look(&self, signal: &str) -> u16 {
        let request = self.client.get(format!("{}/v1/signalen/{signal}", self.base)).bearer_auth(&self.token);
        request.send().await.unwrap().status().as_u16()
    }

    /// Sends something of this size that is no signal.
    pub(crate) async fn send_much(&self, bytes: usize) -> Result<(u16, Value), String> {
        self.post("/v1/signalen", "veel", &json!({ "soort": "x".repeat(bytes) })).await
    }

    /// Asks for who takes part, which needs no youth; gives the status, or nothing when there was no answer.
    pub(crate) async fn ask(&self) -> Option<u16> {
        let sent = self.client.get(format!("{}/v1/organisaties", self.base)).bearer_auth(&self.token).send().await;
        Some(sent.ok()?.status().as_u16())
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> Result<(u16, Value), String> {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let sent = request.header("idempotency-key", key).json(body).send().await;
        let came = sent.map_err(|error| format!("{error:?}"))?;
        let status = came.status().as_u16();
        Ok((status, came.json().await.map_err(|error| format!("{error:?}"))?))
    }
}

/// Changes the text of a file.
pub(crate) fn edit(file: &Path, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(file).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed, "{} would stay as it is", file.display());
    fs::write(file, changed).unwrap();
}

/// What the gateway says of its readiness now.
pub(crate) async fn readiness(gateway: &Gateway) -> (u16, Value) {
    let came = reqwest::get(format!("{}/readyz", gateway.operations)).await.unwrap();
    (came.status().as_u16(), came.json().await.unwrap())
}
