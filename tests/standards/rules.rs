// SPDX-License-Identifier: EUPL-1.2
//! Design rules that no linter sees, held against every operation of the running gateway: what an answer carries, that an
//! address is exactly itself, that a method that is not there is named, and that the description is open to all.

use std::collections::BTreeSet;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;
use sluis_tests::database::Database;

use crate::standing::{CALLER, Standing};
use crate::tools::root;

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// An answer with its body read.
struct Answer {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What every answer must carry, whatever it is an answer to.
    fn check(&self, to: &str) {
        for (name, wanted) in [
            ("api-version", description()["info"]["version"].as_str().unwrap()),
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(self.header(name), wanted, "{to}: {name}");
        }
        assert!(self.header("strict-transport-security").starts_with("max-age=31536000"), "{to}");
        assert!(!self.headers.contains_key("server"), "{to}: what it is built with is nobody's business");
        if self.status.as_u16() < 400 {
            assert!(!self.status.is_redirection(), "{to}");
            return;
        }
        if self.body.is_empty() {
            assert!(to.starts_with("HEAD"), "{to}: an error says what it is");
            return;
        }
        assert_eq!(self.header("content-type"), "application/problem+json", "{to}");
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16(), "{to}");
        for member in ["type", "title", "detail"] {
            assert!(!problem[member].as_str().unwrap().is_empty(), "{to}: {member}");
        }
    }
}

fn description() -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join("openapi/sluis.json")).unwrap()).unwrap()
}

/// Every path of the description with something in place of its parameters, and its methods.
fn resources() -> Vec<(String, BTreeSet<String>)> {
    let description = description();
    let filled = |path: &str| {
        let path = path.replace("{id}", &"0".repeat(32)).replace("{oin}", "99000000000000000010");
        path.replace("{regel}", "0").replace("{eerder}", "1").replace("{uitgave}", "laatste")
    };
    let paths = description["paths"].as_object().unwrap();
    let all: Vec<_> =
        paths.iter().map(|(path, item)| (filled(path), item.as_object().unwrap().keys().cloned().collect())).collect();
    assert!(all.len() >= 10 && all.iter().all(|(path, _)| !path.contains('{')));
    all
}

struct Asker {
    client: Client,
    base: String,
    token: String,
}

impl Asker {
    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.body(body.to_owned());
        }
        let answer = Answer::of(request.send().await.unwrap()).await;
        answer.check(&format!("{method} {path} {headers:?}"));
        answer
    }
}

async fn stand(trial: &str) -> (Standing, Asker) {
    let standing = Standing::start(trial, Database::Sqlite).await;
    let asker = Asker { client: standing.client(Some("vendor")), base: standing.base(), token: standing.token(CALLER) };
    (standing, asker)
}

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "een-sleutel");

#[tokio::test]
async fn an_address_is_exactly_itself() {
    let (_standing, asker) = stand("rules-address").await;
    for (path, methods) in resources() {
        for method in &methods {
            for other in [format!("{path}/"), format!("{path}//"), format!("{path}.json"), path.to_uppercase()] {
                let answer = asker.ask(method, &other, &[JSON, KEY], "").await;
                // An id that is not one is an id that nobody has, so it may be answered as one; it is never redirected.
                assert_eq!(answer.status, 404, "{method} {other}");
                assert_eq!(answer.header("location"), "");
            }
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_is_answered_with_those_that_are() {
    let (_standing, asker) = stand("rules-methods").await;
    for (path, methods) in resources() {
        for method in METHODS.iter().filter(|method| !methods.contains(**method)) {
            let answer = asker.ask(method, &path, &[JSON, KEY], "").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allowed: BTreeSet<_> =
                answer.header("allow").split(',').map(|one| one.trim().to_ascii_lowercase()).collect();
            assert_eq!(allowed, methods, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn only_json_is_read_and_written() {
    let (_standing, asker) = stand("rules-json").await;
    for (path, methods) in resources() {
        for method in &methods {
            for kind in ["text/html", "application/xml", "application/json;q=0", "image/*"] {
                let answer = asker.ask(method, &path, &[("accept", kind), JSON, KEY], "{}").await;
                assert_eq!(answer.status, 406, "{method} {path} {kind}");
            }
        }
        if methods.contains("post") {
            for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp"] {
                let answer = asker.ask("post", &path, &[("content-type", kind), KEY], "{}").await;
                assert_eq!(answer.status, 415, "{path} {kind}");
            }
            let unsaid = asker.ask("post", &path, &[KEY], "{}").await;
            assert_eq!(unsaid.status, 415, "{path} without a content type");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_wrong_is_answered_with_all_that_is_wrong_with_it() {
    let (_standing, asker) = stand("rules-bodies").await;
    for (path, _) in resources().iter().filter(|(_, methods)| methods.contains("post")) {
        for body in ["", "{", "[]", "null", "7", "{\"onbekendVeld\":1}", "{}{}", "\u{feff}{}"] {
            let answer = asker.ask("post", path, &[JSON, KEY], body).await;
            // A question or step may be refused to this caller, or the thing be absent, before its body counts.
            assert!([400, 403, 404].contains(&answer.status.as_u16()), "{path} {body}: {}", answer.status);
        }
    }
    let answer = asker.ask(
        "post",
        "/gezag",
        &[JSON, KEY],
        r#"{"leerlingsleutel":"L-1","soort":"tante","sinds":"2026-02-30","bron":"buurvrouw"}"#,
    );
    let answer = answer.await;
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    let pointers: BTreeSet<_> =
        problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, BTreeSet::from(["/bron", "/sinds", "/soort"]), "every fault of the form at once");
}

#[tokio::test]
async fn the_description_is_open_to_all_and_nothing_else_is() {
    let (standing, asker) = stand("rules-open").await;
    let stranger = Asker { client: standing.client(None), base: standing.base(), token: "geen".into() };
    for asker in [&asker, &stranger] {
        let answer = asker.ask("get", "/openapi.json", &[("origin", "https://elders.example")], "").await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "*"));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), description());
    }
    for (path, methods) in resources() {
        for method in &methods {
            let answer = stranger.ask(method, &path, &[("origin", "https://elders.example"), JSON], "{}").await;
            assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (401, ""), "{path}");
            let answer = asker.ask(method, &path, &[("origin", "https://elders.example"), KEY], "").await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        }
    }
}
