// SPDX-License-Identifier: EUPL-1.2
//! The scenario by which decision points are certified for AuthZEN 1.0, held against the running gateway: its names are given
//! names of our world, and nothing else of it is changed. And what no scenario asks: that a search is exactly the filter of
//! single decisions, that lists show the same, and that nothing is answered that was not recorded.

use std::collections::BTreeSet;

use reqwest::{Client, Response};
use serde_json::{Map, Value, json};
use sluis_tests::conversation;
use sluis_tests::database::Database;
use sluis_tests::pattern::Names;
use sluis_tests::play::Play;

use crate::standing::Standing;

/// The system of the access desk, which would enforce what is answered.
const SYSTEM: &str = "access-desk; system of access-desk";

const RECEIVED: &str = "urn:sluis:ontvangen-signaal";
const PROFESSIONAL: &str = "urn:sluis:medewerker";

/// A gateway with a registration and a consultation at the access desk.
struct Stage {
    standing: Standing,
    names: Names,
    client: Client,
}

impl Stage {
    async fn set(trial: &str, database: Database) -> Self {
        let standing = Standing::start(trial, database).await;
        let mut play = Play::new(&standing.world, &standing.gateway);
        for step in conversation::read(include_str!("authzen-setting.txt")).unwrap() {
            play.step(&step).await.unwrap_or_else(|trouble| panic!("{}: {trouble}", step.title));
        }
        let (names, client) = (play.names.clone(), standing.client(Some("access-desk")));
        Self { standing, names, client }
    }

    async fn post(&self, to: &str, caller: &str, body: &Value) -> Response {
        let url = format!("{}/access/v1/{to}", self.standing.gateway.machine);
        self.client.post(url).bearer_auth(self.standing.token(caller)).json(body).send().await.unwrap()
    }

    async fn ask(&self, to: &str, body: &Value) -> Value {
        let answer = self.post(to, SYSTEM, body).await;
        assert_eq!(answer.status(), 200, "{to} {body}");
        assert_eq!(answer.headers()["content-type"], "application/json");
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// What the scenario calls something, as it is called here.
    fn called(&self, name: &str) -> Value {
        let thing = |number: &str| json!({ "type": RECEIVED, "id": self.names[&format!("record-{number}")] });
        let of_kind = |number: &str, kind: &str| {
            let mut thing = thing(number);
            thing["properties"] = json!({ "soort": kind });
            thing
        };
        match name {
            "alice" => json!({ "type": PROFESSIONAL, "id": "consulent.toegang" }),
            "bob" => json!({ "type": PROFESSIONAL, "id": "teamleider.toegang" }),
            "bob admin" => {
                json!({ "type": PROFESSIONAL, "id": "teamleider.toegang", "properties": { "rol": "screener" } })
            }
            "read" => json!({ "name": "overzien" }),
            "write" => json!({ "name": "in_behandeling_nemen" }),
            "delete soft" => json!({ "name": "terugkoppelen", "properties": { "velden": ["status"] } }),
            "delete hard" => json!({ "name": "terugkoppelen", "properties": { "velden": ["omschrijving"] } }),
            "record-1" => thing("1"),
            "record-2" => thing("2"),
            "record-1 active" => of_kind("1", "aanmelding"),
            "record-2 archived" => of_kind("2", "consultatie"),
            text => text.trim_matches('"').into(),
        }
    }

    /// A body of the scenario with our names in it.
    fn in_our_names(&self, body: &Value) -> Value {
        let part = |name: &str, value: &Value| match (name, value) {
            ("subject" | "action" | "resource", Value::String(called)) => self.called(called),
            ("subject" | "action" | "resource", Value::Object(members)) if members.contains_key("as") => {
                let mut called = self.called(members["as"].as_str().unwrap());
                let without = members.get("without").and_then(Value::as_str).unwrap_or_default();
                called.as_object_mut().unwrap().remove(without);
                for (name, value) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
                    called["properties"][name] = value.clone();
                }
                called
            }
            ("evaluations", Value::Array(items)) => items.iter().map(|item| self.in_our_names(item)).collect(),
            _ => value.clone(),
        };
        let members = body.as_object().unwrap().iter().map(|(name, value)| (name.clone(), part(name, value)));
        Value::Object(members.collect::<Map<_, _>>())
    }
}

/// What a search found, as one text each.
fn found(answer: &Value) -> BTreeSet<String> {
    let name = |one: &Value| one.get("id").or(one.get("name")).unwrap().as_str().unwrap().to_owned();
    answer["results"].as_array().unwrap().iter().map(name).collect()
}

fn decisions(answer: &Value) -> Vec<bool> {
    answer["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].as_bool().unwrap()).collect()
}

#[tokio::test]
async fn the_scenario_of_certification_on_sqlite() {
    certify(Database::Sqlite).await;
}

#[tokio::test]
async fn the_scenario_of_certification_on_postgres() {
    certify(Database::Postgres).await;
}

async fn certify(database: Database) {
    let stage = Stage::set("authzen", database).await;
    let table: Value = serde_json::from_str(include_str!("authzen.json")).unwrap();
    let rows = table.as_array().unwrap();
    assert!(rows.len() >= 50, "the whole table");
    for row in rows {
        hold(&stage, row).await;
    }
    around(&stage).await;
    discover(&stage).await;
}

async fn hold(stage: &Stage, row: &Value) {
    let (to, title, body) = (row["to"].as_str().unwrap(), &row["title"], stage.in_our_names(&row["body"]));
    if let Some(status) = row["status"].as_u64() {
        let answer = stage.post(to, SYSTEM, &body).await;
        assert_eq!(u64::from(answer.status().as_u16()), status, "{title}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{title}");
        return;
    }
    // The same question has the same answer, however often it is put.
    let answer = stage.ask(to, &body).await;
    let again = stage.ask(to, &body).await;
    let told = |answer: &Value| ["decision", "evaluations", "results"].map(|member| answer.get(member).cloned());
    assert_eq!(told(&again), told(&answer), "{title}");
    if let Some(decision) = row.get("decision") {
        assert_eq!(&answer["decision"], decision, "{title}: {answer}");
        assert!(answer["context"].is_object() && answer.get("evaluations").is_none(), "{title}");
    }
    if let Some(wanted) = row["decisions"].as_array() {
        let wanted: Vec<bool> = wanted.iter().map(|one| one.as_bool().unwrap()).collect();
        assert_eq!(decisions(&answer), wanted, "{title}: {answer}");
        assert!(answer.get("decision").is_none(), "{title}");
    }
    if let Some(length) = row["length"].as_u64() {
        assert_eq!(decisions(&answer).len() as u64, length, "{title}");
    }
    for (member, whole) in [("includes", false), ("exactly", true)] {
        let Some(wanted) = row[member].as_array() else { continue };
        let called = |name: &Value| {
            let called = stage.called(name.as_str().unwrap());
            called.get("id").or(called.get("name")).unwrap().as_str().unwrap().to_owned()
        };
        let (wanted, found) = (wanted.iter().map(called).collect::<BTreeSet<_>>(), found(&answer));
        assert!(if whole { found == wanted } else { found.is_superset(&wanted) }, "{title}: {answer}");
        let kind = body.pointer(if to == "search/resource" { "/resource/type" } else { "/subject/type" });
        let same = |one: &Value| one.get("name").is_some() || one.get("type") == kind;
        assert!(answer["results"].as_array().unwrap().iter().all(same), "{title}");
        assert!(answer["page"]["next_token"].is_string(), "{title}");
    }
}

/// What the table has no rows for: how a request is carried.
async fn around(stage: &Stage) {
    let url = format!("{}/access/v1/evaluation", stage.standing.gateway.machine);
    let body = stage.in_our_names(&json!({ "subject": "alice", "action": "read", "resource": "record-1" }));
    let request = || stage.client.post(&url).bearer_auth(stage.standing.token(SYSTEM));
    for (kind, body) in [
        ("text/plain", body.to_string()),
        ("application/json", "{".into()),
        ("application/json", String::new()),
        ("application/json", "[]".into()),
        ("application/json", format!("{body}{body}")),
    ] {
        let answer =
            request().header("content-type", kind).header("x-request-id", "mijn-vraag").body(body).send().await;
        let answer = answer.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-request-id"]),
            (400, &"mijn-vraag".parse().unwrap())
        );
    }
    let named = request().header("x-request-id", "bfe9eb29").json(&body).send().await.unwrap();
    assert_eq!((named.status().as_u16(), named.headers()["x-request-id"].to_str().unwrap()), (200, "bfe9eb29"));
    assert!(!request().json(&body).send().await.unwrap().headers().contains_key("x-request-id"));
    let stranger = stage.client.post(&url).json(&body).send().await.unwrap();
    assert_eq!(stranger.status(), 401, "401 is for whoever asks, and never a decision");
}

async fn discover(stage: &Stage) {
    let base = &stage.standing.gateway.machine;
    let at = format!("{base}/.well-known/authzen-configuration");
    let answer = stage.standing.client(None).get(&at).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "application/json")
    );
    let metadata: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(metadata["policy_decision_point"], base.as_str());
    assert!(metadata["capabilities"].is_array());
    for (member, path) in [
        ("access_evaluation_endpoint", "evaluation"),
        ("access_evaluations_endpoint", "evaluations"),
        ("search_subject_endpoint", "search/subject"),
        ("search_resource_endpoint", "search/resource"),
        ("search_action_endpoint", "search/action"),
    ] {
        assert_eq!(metadata[member], format!("{base}/access/v1/{path}"));
        assert!(base.starts_with("https://"));
    }
}

/// Everything that can be asked at the access desk: somebody, something they might do, and a signal.
#[tokio::test]
async fn searches_and_lists_are_the_filter_of_single_decisions() {
    let stage = Stage::set("authzen-filter", Database::Sqlite).await;
    let people = ["consulent.toegang", "screener.toegang", "teamleider.toegang", "consulent.wijkteam", "niemand"];
    let deeds = ["overzien", "lezen", "in_behandeling_nemen", "terugkoppelen", "afronden", "indienen", "gebaren"];
    let [one, two, sent] = ["record-1", "record-2", "sent-1"].map(|name| stage.names[name].clone());
    let things = [one, two, sent, "0".repeat(32)];
    let mut may = BTreeSet::new();
    for who in people {
        for what in deeds {
            let items: Vec<_> = things.iter().map(|id| json!({ "resource": { "type": RECEIVED, "id": id } })).collect();
            let subject = json!({ "type": PROFESSIONAL, "id": who });
            let asked = json!({ "subject": subject, "action": { "name": what }, "evaluations": items });
            let answer = stage.ask("evaluations", &asked).await;
            for (id, yes) in things.iter().zip(decisions(&answer)) {
                if yes {
                    may.insert((who, what, id.as_str()));
                }
            }
        }
    }
    assert!(may.len() > 8 && may.iter().all(|(who, _, _)| who.ends_with("toegang")), "{may:?}");
    let filtered = |keep: &dyn Fn(&(&str, &str, &str)) -> bool, pick: &dyn Fn(&(&str, &str, &str)) -> String| {
        may.iter().filter(|one| keep(one)).map(pick).collect::<BTreeSet<String>>()
    };
    for who in people {
        for id in &things {
            let asked =
                json!({ "subject": { "type": PROFESSIONAL, "id": who }, "resource": { "type": RECEIVED, "id": id } });
            let single = filtered(&|one| one.0 == who && one.2 == id, &|one| one.1.to_owned());
            assert_eq!(found(&stage.ask("search/action", &asked).await), single, "{who} {id}");
        }
        for what in deeds {
            let asked = json!({ "subject": { "type": PROFESSIONAL, "id": who }, "action": { "name": what }, "resource": { "type": RECEIVED } });
            let single = filtered(&|one| one.0 == who && one.1 == what, &|one| one.2.to_owned());
            assert_eq!(all_pages(&stage, "search/resource", &asked).await, single, "{who} {what}");
        }
    }
    for what in deeds {
        for id in &things {
            let asked = json!({ "subject": { "type": PROFESSIONAL }, "action": { "name": what }, "resource": { "type": RECEIVED, "id": id } });
            let single = filtered(&|one| one.1 == what && one.2 == id, &|one| one.0.to_owned());
            assert_eq!(all_pages(&stage, "search/subject", &asked).await, single, "{what} {id}");
        }
    }
    for who in ["consulent.toegang", "screener.toegang"] {
        let single = filtered(&|one| one.0 == who && one.1 == "overzien", &|one| one.2.to_owned());
        assert_eq!(inbox(&stage, who).await, single, "the inbox of {who}");
    }
}

/// A search read whole, and once more a page of one at a time.
async fn all_pages(stage: &Stage, to: &str, asked: &Value) -> BTreeSet<String> {
    let whole = stage.ask(to, asked).await;
    assert_eq!(whole["page"]["next_token"], "");
    let (mut gathered, mut asked) = (BTreeSet::new(), asked.clone());
    asked["page"] = json!({ "limit": 1 });
    for _ in 0..20 {
        let answer = stage.ask(to, &asked).await;
        gathered.extend(found(&answer));
        asked["page"]["token"] = answer["page"]["next_token"].clone();
        if asked["page"]["token"] == "" {
            assert_eq!(gathered, found(&whole), "page by page");
            return gathered;
        }
    }
    panic!("the pages have no end");
}

async fn inbox(stage: &Stage, who: &str) -> BTreeSet<String> {
    let url = format!("{}/signalen?loket=toegang", stage.standing.base());
    let token = stage.standing.token(&format!("access-desk; {who} of access-desk"));
    let answer = stage.client.get(url).bearer_auth(token).send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["signalen"].as_array().unwrap().iter().map(|row| row["signaalId"].as_str().unwrap().to_owned()).collect()
}

/// What came out of asking stands in the log before it is told, permit and denial alike (P1), and names no person there (P8).
#[tokio::test]
async fn p1_every_question_is_recorded() {
    let stage = Stage::set("authzen-recorded", Database::Sqlite).await;
    let count = async |word: &str| {
        let url = format!("sqlite://{}", stage.standing.folder.join("data/sluis.db").display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        let like = format!("%\"soort\":\"{word}\"%");
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM log_leaf WHERE entry LIKE $1")
            .bind(like)
            .fetch_one(&pool)
            .await
            .unwrap();
        pool.close().await;
        rows
    };
    let before = count("beoordeeld").await;
    let body =
        |who: &str, what: &str| stage.in_our_names(&json!({ "subject": who, "action": what, "resource": "record-1" }));
    stage.ask("evaluation", &body("alice", "read")).await;
    stage.ask("evaluation", &body("bob", "write")).await;
    assert_eq!(count("beoordeeld").await, before + 2, "a yes and a no");
    let items = json!({ "evaluations": [body("alice", "read"), body("alice", "write"), body("bob", "read")] });
    stage.ask("evaluations", &items).await;
    assert_eq!(count("beoordeeld").await, before + 5, "each of a batch");
    let unknown = json!({ "type": PROFESSIONAL, "id": "niemand" });
    stage
        .ask(
            "evaluation",
            &json!({ "subject": unknown, "action": { "name": "lezen" }, "resource": stage.called("record-1") }),
        )
        .await;
    assert_eq!(count("niet_beoordeeld").await, 1, "about somebody who is not known");
}
