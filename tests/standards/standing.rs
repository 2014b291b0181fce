// SPDX-License-Identifier: EUPL-1.2
//! A real gateway that stands in its world, and what an outside program needs to reach it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};
use sluis_sandbox::pki::Files;
use sluis_sandbox::seed;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::token::credentials;
use sluis_tests::world::World;

/// Who calls when it does not matter who: the school's vendor, for its intern begeleider.
pub(crate) const CALLER: &str = "vendor; ib.wilgenhoek of school";

/// The key of the pupil whom the examples of the description are about.
const PUPIL: &str = "L-2026-0817";

/// A gateway with everything around it, for as long as it is kept.
pub(crate) struct Standing {
    /// What stands around it.
    pub(crate) world: World,
    /// The process.
    pub(crate) gateway: Gateway,
    /// Where its files lie, and those of whoever calls.
    pub(crate) folder: PathBuf,
}

impl Standing {
    /// Starts one for a trial, on a fresh database.
    pub(crate) async fn start(trial: &str, database: Database) -> Self {
        let folder = trial_folder(&format!("{trial}-{}", database.name())).unwrap();
        let world = World::start(&folder.join("world")).await.unwrap();
        let url = database.fresh(&folder).await.unwrap();
        let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
        Self { world, gateway, folder }
    }

    /// The base address of the product API.
    pub(crate) fn base(&self) -> String {
        format!("{}/v1", self.gateway.machine)
    }

    /// The authority of every server here, as a file.
    pub(crate) fn authority(&self) -> PathBuf {
        self.world.folder.join("ca.pem")
    }

    /// A client certificate with its key, as files.
    pub(crate) fn certificate(&self, name: &str) -> Files {
        self.world.certificates[name].write(&self.folder, name).unwrap()
    }

    /// The token of a caller, written as in conversations: `vendor; ib.wilgenhoek of school`.
    pub(crate) fn token(&self, caller: &str) -> String {
        credentials(&self.world, caller).unwrap().token.unwrap()
    }

    /// A client that shows this certificate, or none.
    pub(crate) fn client(&self, certificate: Option<&str>) -> Client {
        client_of(&self.world, certificate)
    }

    /// Registers the pupil whom the examples of the description are about, so that right requests find somebody; gives
    /// the school's key of that pupil.
    pub(crate) async fn register_pupil(&self) -> String {
        let body = json!({
            "leerlingsleutel": PUPIL, "voornamen": "Noor", "achternaam": "van den Akker", "geboortedatum": "2019-03-14",
            "postcode": "6651AB", "woongemeente": seed::MUNICIPALITY_CODE,
        });
        assert_eq!(self.post("/jeugdigen", &self.token(CALLER), &body).await, 201);
        PUPIL.to_owned()
    }

    /// Places an early worry without a name; gives the status of the answer.
    pub(crate) async fn signal(&self, token: &str, pupil: &str) -> u16 {
        let body = json!({
            "soort": "preventief", "doel": "vroegsignalering", "jeugdige": { "leerlingsleutel": pupil },
            "ontvangers": [{ "organisatie": seed::MUNICIPALITY, "loket": "wijkteam" }], "opNaam": false,
            "onderwerpen": ["gedrag"],
        });
        self.post("/signalen", token, &body).await
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> u16 {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let key = format!("proef-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let request = self.client(Some("vendor")).post(format!("{}{path}", self.base())).bearer_auth(token);
        request.header("idempotency-key", key).json(body).send().await.unwrap().status().as_u16()
    }
}

/// A client of somebody in a world.
pub(crate) fn client_of(world: &World, certificate: Option<&str>) -> Client {
    let root = Certificate::from_pem(world.pki.ca_pem().as_bytes()).unwrap();
    let mut builder = Client::builder().tls_certs_only([root]).no_proxy().redirect(Policy::none());
    if let Some(name) = certificate {
        let issued = &world.certificates[name];
        let pem = format!("{}{}", issued.certificate_pem, issued.key_pem);
        builder = builder.identity(Identity::from_pem(pem.as_bytes()).unwrap());
    }
    builder.timeout(Duration::from_secs(20)).build().unwrap()
}
