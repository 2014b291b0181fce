// SPDX-License-Identifier: EUPL-1.2
//! A participant calls with its certificate and a token from its own provider.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must stop")]

use std::path::PathBuf;

use serde_json::json;
use sluis_connectors::Failure;
use sluis_sandbox::{
    Settings, back_office,
    participant::{Access, Call, CallError, Participant},
    pki::Pki,
    provider::{Provider, ProviderClient, ProviderSettings},
    seed::{SCHOOL, VENDOR},
};

async fn provider(pki: &Pki) -> Provider {
    let client = ProviderClient {
        client_id: "leerling&systeem".into(),
        certificate_oin: VENDOR.into(),
        acts_for: vec![SCHOOL.into()],
    };
    let audience = "https://sluis.test".into();
    Provider::start(ProviderSettings { pki, audience, clients: vec![client] }).await.unwrap()
}

fn participant(pki: &Pki, provider: &Provider, oin: &str) -> Participant {
    let access = Access {
        issuer: provider.issuer(),
        client_id: "leerling&systeem".into(),
        professional: None,
        oin: Some(SCHOOL.into()),
    };
    Participant::new(pki, &pki.client("Leverancier", oin).unwrap(), access).unwrap()
}

#[tokio::test]
async fn a_participant_asks_for_a_token_once_and_calls_with_it() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = provider(&pki).await;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("participant-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let office = back_office::start(Settings { pki: &pki, callers: vec![VENDOR.into()] }, &folder).await.unwrap();
    let vendor = participant(&pki, &provider, VENDOR);
    let url = format!("{}/checkpoints", office.address());
    let body = json!({ "grootte": 1 });
    let call = Call { method: "POST", url: &url, headers: &[("idempotency-key", "k-1")], body: Some(&body) };
    let reply = vendor.call(call.clone()).await.unwrap();
    assert_eq!((reply.status, &reply.body), (201, &json!({ "bewaard": "checkpoint-0001.txt" })));
    assert_eq!(std::fs::read_to_string(folder.join("checkpoint-0001.txt")).unwrap(), body.to_string());
    let token = vendor.token().await.unwrap();
    vendor.call(call.clone()).await.unwrap();
    assert_eq!(vendor.token().await.unwrap(), token, "kept");
    vendor.forget_token().await;
    assert_ne!(vendor.token().await.unwrap(), token, "a new one");
    assert_ne!(vendor.acting_as("m.devries").token().await.unwrap(), token, "another professional");
    office.stop().await;
    // A connection that was kept may break only when it is used.
    let gone = vendor.call(call).await.unwrap_err();
    assert!(matches!(gone, CallError::Failed(Failure::Unreachable | Failure::Broken)), "{gone:?}");
    provider.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn without_a_token_nothing_is_called() {
    let pki = Pki::new("Sluis test-CA").unwrap();
    let provider = provider(&pki).await;
    let stranger = participant(&pki, &provider, SCHOOL);
    let url = format!("{}/x", provider.issuer());
    let call = Call { method: "GET", url: &url, headers: &[], body: None };
    assert_eq!(stranger.call(call).await.unwrap_err(), CallError::NoToken(401));
    provider.stop().await;
}
