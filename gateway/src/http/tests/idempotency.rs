// SPDX-License-Identifier: EUPL-1.2
//! One Idempotency-Key, one request at a time.

use super::*;

fn toil(stage: &Stage, token: &str) -> Request {
    let mut request = stage.request("POST", "/v1/werk", Some(token));
    request.headers_mut().insert("idempotency-key", "een".parse().unwrap());
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    *request.body_mut() = Some("{}".to_owned().into());
    request
}

#[actix_web::test]
async fn while_a_key_is_worked_on_the_same_key_is_told_so_and_that_of_another_certificate_is_not_the_same() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let (first, first_client) = (toil(&stage, &token), client.clone());
    let first = actix_web::rt::spawn(async move { first_client.exchange(first).await.unwrap().status });
    // The work itself says that it has begun: whoever comes now comes while it runs.
    stage.broker.queue_changed().notified().await;
    let second = client.exchange(toil(&stage, &token)).await.unwrap();
    assert_clean(&second, 409);
    assert_eq!(body(&second)["type"], "urn:sluis:probleem:nog-bezig");
    let own = stage.pki.client("Basisschool De Wilgenboom", SCHOOL).unwrap();
    let own_token = stage.token(&stage.claims(&own, "leerlingsysteem"));
    let others = outbound(&stage.pki, Some(&own)).exchange(toil(&stage, &own_token)).await.unwrap();
    assert_eq!(others.status, 201, "the same key of another certificate is another key");
    assert_eq!(first.await.unwrap(), 201);
    assert_eq!(client.exchange(toil(&stage, &token)).await.unwrap().status, 201, "when it is done the key is free");
    stage.gateway.stop(false).await;
}
