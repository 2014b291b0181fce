// SPDX-License-Identifier: EUPL-1.2
//! Other policy comes into force by two people: one proposes it after a trial run, another publishes it; one command puts
//! back what stood there. On both databases, while the gateway goes on.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use sluis_sandbox::seed;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::World;

use crate::first::run;
use crate::school::{School, edit};

struct House {
    folder: PathBuf,
    world: World,
}

impl House {
    fn policy(&self, arguments: &[&str]) -> (i32, String) {
        run(&self.folder, &[["policy"].as_slice(), arguments, &["--config", "sluis.toml"]].concat())
    }

    fn propose(&self, part: &[&str], operator: &str) -> (i32, String) {
        self.policy(&[["propose", "--days", "1", "--operator", operator].as_slice(), part].concat())
    }

    fn publish(&self, part: &[&str], operator: &str) -> (i32, String) {
        self.policy(&[["publish", "--operator", operator].as_slice(), part].concat())
    }

    fn roll_back(&self, operator: &str) -> (i32, String) {
        self.policy(&["rollback", "--operator", operator])
    }

    fn agreement(&self) -> PathBuf {
        self.world.folder.join("convenant.toml")
    }

    /// What the operators' log tells, latest last.
    fn told(&self) -> Vec<Value> {
        let to = ["ledger", "export", "--config", "sluis.toml", "--to", "uitgifte", "--origin", "sluis.test/1/beheer"];
        let (code, said) = run(&self.folder, &to);
        assert_eq!(code, 0, "{said}");
        let text = fs::read_to_string(self.folder.join("uitgifte")).unwrap();
        let entries = text.lines().skip(1).map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            serde_json::from_str::<Value>(line["regel"].as_str().unwrap()).unwrap()
        });
        entries.collect()
    }
}

/// Two who keep the policy, one whose time has passed, and the functionaris, who is nobody's second person (RL-20).
pub(crate) fn people() -> String {
    let person = |id: &str, role: &str, until: &str| {
        format!(
            "[[professional]]\norganisation = \"{}\"\nid = \"{id}\"\n[[professional.role]]\nrole = \"{role}\"\n\
             desk = \"sluis\"\nfrom = 2020-01-01\n{until}\n",
            seed::GATEWAY
        )
    };
    [
        person("beheer.een", "functioneel_beheerder", ""),
        person("beheer.twee", "functioneel_beheerder", ""),
        person("beheer.was", "functioneel_beheerder", "until = 2021-01-01"),
        person("fg", "functionaris_gegevensbescherming", ""),
    ]
    .concat()
}

async fn by_two(database: Database) {
    let folder = trial_folder(&format!("publish-{}", database.name())).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let url = database.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    let school = School::of(&world, &gateway);
    school.register(&world).await;
    assert_eq!(school.signal("een").await.unwrap().0, 201);
    let house = House { folder, world };
    edit(&house.world.folder.join("register.toml"), |text| format!("{text}\n{}", people()));

    // Without the route on which the signal went.
    let agreed = fs::read_to_string(house.agreement()).unwrap();
    let next = agreed.replacen("versie = 2", "versie = 3", 1).replacen(
        "van = \"2020-01-01\" }",
        "van = \"2020-01-01\", tot = \"2021-01-01\" }",
        1,
    );
    assert_ne!(agreed, next);
    fs::write(house.folder.join("nieuw.toml"), &next).unwrap();
    let part = ["--covenant", "nieuw.toml"];
    refused(&house, &part, &agreed);

    let (code, said) = house.propose(&part, "beheer.een");
    assert!(code == 0 && said.contains("SL-901 → SL-103: "), "{code} {said}");
    for (operator, wanted) in
        [("beheer.een", "SL-104"), ("beheer.was", "SL-102"), ("fg", "SL-102"), ("nobody", "SL-102")]
    {
        let (code, said) = house.publish(&part, operator);
        assert!(code == 1 && said.contains(wanted), "{operator}: {code} {said}");
    }
    assert_eq!(fs::read_to_string(house.agreement()).unwrap(), agreed);
    let (code, said) = house.publish(&part, "beheer.twee");
    assert!(code == 0 && said.contains("SIGHUP"), "{code} {said}");
    assert_eq!(fs::read_to_string(house.agreement()).unwrap(), next);

    // The gateway goes on under the old until it is told, and then under the new.
    assert_eq!(school.signal_about("twee", "thuis").await.unwrap().0, 201);
    assert_eq!(gateway.reload().await.unwrap(), None);
    let (status, answer) = school.signal_about("drie", "leerprobleem").await.unwrap();
    assert!(status == 403 && answer.to_string().contains("SL-103"), "{status} {answer}");

    // One command puts it back, once.
    assert_eq!(house.roll_back("nobody").0, 1);
    let (code, said) = house.roll_back("beheer.een");
    assert_eq!(code, 0, "{said}");
    assert_eq!(fs::read_to_string(house.agreement()).unwrap(), agreed);
    assert_eq!(gateway.reload().await.unwrap(), None);
    assert_eq!(school.signal_about("vier", "leerprobleem").await.unwrap().0, 201);
    let (code, said) = house.roll_back("beheer.een");
    assert!(code == 1 && said.contains("geen publicatie"), "{code} {said}");
    both_are_told(&house);
    roles_too(&house, &gateway, &school).await;
    gateway.stop().await.unwrap();
}

/// The same for roles, once the configuration names their file.
async fn roles_too(house: &House, gateway: &Gateway, school: &School) {
    let shipped = include_str!("../../policy/roles/policy.csv");
    let grant = "p, intern_begeleider, school, indienen, preventief, vroegsignalering\n";
    fs::write(house.folder.join("rollen.csv"), shipped).unwrap();
    fs::write(house.folder.join("minder.csv"), shipped.replacen(grant, "", 1)).unwrap();
    let part = ["--roles", "minder.csv"];
    let (code, said) = house.propose(&part, "beheer.een");
    assert!(code == 1 && said.contains("noemt hiervoor nog geen bestand"), "{code} {said}");
    edit(&house.folder.join("sluis.toml"), |text| format!("roles = \"rollen.csv\"\n{text}"));
    assert_eq!(gateway.reload().await.unwrap(), None);
    assert_eq!(house.propose(&part, "beheer.twee").0, 0);
    assert_eq!(house.publish(&part, "beheer.een").0, 0);
    assert_eq!(gateway.reload().await.unwrap(), None);
    let (status, answer) = school.signal_about("vijf", "gezondheid").await.unwrap();
    assert!(status == 403 && answer.to_string().contains("SL-102"), "{status} {answer}");
    // Proposed on what stood there then, it is no proposal on what stands there now.
    fs::write(house.folder.join("meer.csv"), format!("# opnieuw\n{shipped}")).unwrap();
    assert_eq!(house.propose(&["--roles", "meer.csv"], "beheer.twee").0, 0);
    assert_eq!(house.roll_back("beheer.twee").0, 0);
    let (code, said) = house.publish(&["--roles", "meer.csv"], "beheer.een");
    assert!(code == 1 && said.contains("niemand stelde dit voor"), "{code} {said}");
    assert_eq!(gateway.reload().await.unwrap(), None);
    assert_eq!(fs::read_to_string(house.folder.join("rollen.csv")).unwrap(), shipped);
    let (status, answer) = school.signal_about("zes", "gezondheid").await.unwrap();
    assert!(!answer.to_string().contains("SL-102"), "{status} {answer}");
}

/// What cannot be in force, or was not proposed, changes nothing.
fn refused(house: &House, part: &[&str], agreed: &str) {
    fs::write(house.folder.join("fout.toml"), agreed.replacen("versie = 2", "versie = 0", 1)).unwrap();
    fs::write(house.folder.join("zelfde.toml"), agreed).unwrap();
    fs::write(house.folder.join("ander.toml"), agreed.replacen("id = \"000\"", "id = \"009\"", 1)).unwrap();
    for (code, said, expected, wanted) in [
        (house.publish(part, "beheer.twee"), 1, "niemand stelde dit voor"),
        (house.propose(&["--covenant", "fout.toml"], "beheer.een"), 78, "`versie`"),
        (house.propose(&["--covenant", "zelfde.toml"], "beheer.een"), 1, "wat er al geldt"),
        (house.propose(&["--covenant", "ander.toml"], "beheer.een"), 78, "binds two desks"),
        (house.propose(&["--roles", "fout.toml"], "beheer.een"), 78, "line"),
        (house.roll_back("beheer.een"), 1, "geen publicatie"),
    ]
    .map(|((code, said), expected, wanted)| (code, said, expected, wanted))
    {
        assert!(code == expected && said.contains(wanted), "{wanted}: {code} {said}");
    }
    assert_eq!(fs::read_to_string(house.agreement()).unwrap(), agreed);
}

/// Who proposed and who published each have a record, which name each other and nobody in the clear.
fn both_are_told(house: &House) {
    let told = house.told();
    let of = |word: &str| {
        let found: Vec<&Value> = told.iter().filter(|entry| entry["uitkomst"]["soort"] == word).collect();
        assert_eq!(found.len(), 1, "{word}: {told:?}");
        found[0]
    };
    let (proposed, published) = (of("beleid_voorgesteld"), of("beleid_gepubliceerd"));
    let back = of("beleid_teruggedraaid");
    assert_eq!(published["uitkomst"]["voorstel"], proposed["besluit"]);
    assert_eq!(published["uitkomst"]["regel"], "SL-1405");
    // The intake, and the departure if it came before the trial run.
    assert!([1, 2].contains(&proposed["uitkomst"]["anders"].as_i64().unwrap()), "{proposed}");
    assert_eq!(back["uitkomst"]["was"], published["uitkomst"]["is"]);
    assert_eq!(back["uitkomst"]["is"], published["uitkomst"]["was"]);
    assert!(!told.iter().any(|entry| entry.to_string().contains("beheer.")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rl_09_policy_is_published_by_two_on_sqlite() {
    by_two(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rl_09_policy_is_published_by_two_on_postgresql() {
    by_two(Database::Postgres).await;
}
