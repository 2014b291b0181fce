// SPDX-License-Identifier: EUPL-1.2
//! Promise 8, RL-24: what is kept of a youth is erased, while the gateway goes on, on both databases; the log still holds, an
//! older copy is not the way back, and a process that is killed halfway leaves it undone or finished.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use sluis_sandbox::seed;
use sluis_tests::database::{Database, connect, owned};
use sluis_tests::gateway::{Gateway, command, trial_folder};
use sluis_tests::world::World;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::first::run;
use crate::publish::people;
use crate::school::{School, edit};

/// Every table and column, so that a new one fails here until somebody says what an erasure does with it (ledger/erasure.rs).
const KEPT: [(&str, &str); 13] = [
    ("version", "subject version"),
    ("claim", "claim_key fingerprint kind made_at resource"),
    ("data_key", "class kek_version wrapped youth"),
    ("fact", "arrived_at class kind ordinal sealed subject version"),
    ("signal", "created_at id kind sealed sender youth"),
    ("delivery", "attempts created_at desk due_at id kind place receiver sealed signal state urgent youth"),
    ("inbox", "desk given receiver"),
    ("obligation", "created_at desk due_on id kind owner reminded_for sealed signal state youth"),
    ("log_head", "committed_at epoch frontier origin root size"),
    ("log_leaf", "entry leaf_hash leaf_index origin"),
    ("witnessed", "log note root size"),
    // The officers' index beside the database.
    ("named", "at block facets leaf_index origin owner youth"),
    ("reached", "origin upto"),
];
const BESIDE_THE_LOG: (&str, &str) = ("log_fields", "leaf_index origin sealed youth");

/// Where the random id of a youth stays behind, with nothing left that leads from it to anybody.
const LEADS_NOWHERE: [&str; 4] = ["fact.subject", "log_fields.youth", "named.youth", "version.subject"];

pub(crate) struct House {
    pub(crate) folder: PathBuf,
    pub(crate) world: World,
    pub(crate) url: String,
}

/// What one column of one row holds.
type Cells = Vec<(String, Vec<u8>)>;

impl House {
    /// Runs a command with this on its standard input.
    pub(crate) fn typed(&self, line: &str, arguments: &[&str]) -> (i32, String) {
        let mut child = self.begun(line, arguments);
        let status = child.wait().unwrap();
        let mut said = String::new();
        for read in [&mut child.stdout.take().unwrap() as &mut dyn std::io::Read, &mut child.stderr.take().unwrap()] {
            read.read_to_string(&mut said).unwrap();
        }
        (status.code().unwrap(), said)
    }

    fn begun(&self, line: &str, arguments: &[&str]) -> std::process::Child {
        let mut command = command(&self.folder).unwrap();
        command.current_dir(&self.folder).arg("vernietiging").args(arguments).args(["--config", "sluis.toml"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever refuses before reading closes its end.
        let _closed = writeln!(child.stdin.take().unwrap(), "{line}");
        child
    }

    fn erase(&self, operator: &str, classes: &[&str]) -> (i32, String) {
        let classes = classes.iter().flat_map(|class| ["--klasse", class]);
        let whom = ["erase", "--school", seed::SCHOOL, "--grond", "verzoek", "--operator", operator];
        self.typed(self.world.people.worried_about.pupil_key, &whom.into_iter().chain(classes).collect::<Vec<_>>())
    }

    pub(crate) fn hold(&self, operator: &str) -> (i32, String) {
        let whom = ["hold", "--school", seed::SCHOOL, "--grond", "klacht", "--operator", operator];
        self.typed(self.world.people.worried_about.pupil_key, &whom)
    }

    /// Every value in the database and in the index beside it, by table and column.
    async fn dump(&self) -> Cells {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => [in_sqlite(file).await, in_sqlite(&format!("{file}-zoek")).await].concat(),
            None => in_postgres(&owned(&self.url).unwrap()).await,
        }
    }

    /// The youth whose keys there are; the other one is the stand-in for nobody.
    async fn youths(&self) -> BTreeSet<Vec<u8>> {
        self.dump().await.into_iter().filter(|(column, _)| column == "data_key.youth").map(|(_, id)| id).collect()
    }

    /// Waits until the index beside the database names one of these youths.
    async fn indexed(&self, youths: &BTreeSet<Vec<u8>>) {
        let begun = Instant::now();
        while !self.dump().await.iter().any(|(column, id)| column == "named.youth" && youths.contains(id)) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the index is not brought up to date");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self, origin: &str) -> Vec<Value> {
        let (code, said) =
            run(&self.folder, &["ledger", "export", "--config", "sluis.toml", "--to", "uitgifte", "--origin", origin]);
        assert_eq!(code, 0, "{said}");
        let text = fs::read_to_string(self.folder.join("uitgifte")).unwrap();
        let entry = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            serde_json::from_str(line["regel"].as_str().unwrap()).unwrap()
        };
        text.lines().skip(1).map(entry).collect()
    }

    fn erasures(&self) -> BTreeSet<String> {
        let log = self.log("sluis.test/1/beheer");
        let erased = log.iter().filter(|entry| entry["uitkomst"]["soort"] == "vernietigd");
        erased.map(|entry| entry["besluit"].as_str().unwrap().to_owned()).collect()
    }

    fn journal(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("journaal")).unwrap_or_default();
        let record = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["regel"]["kenmerk"].as_str().unwrap().to_owned()
        };
        text.lines().map(record).collect()
    }

    /// A folder with an empty database, the keys of this gateway and a new log name.
    async fn elsewhere(&self, name: &str, database: Database, journal: bool) -> PathBuf {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        let url = database.fresh(&folder).await.unwrap();
        Gateway::prepare(&self.world, &folder, &url).unwrap();
        for file in ["keys", "passphrase"] {
            fs::copy(self.folder.join(file), folder.join(file)).unwrap();
        }
        let journal = if journal { "../journaal" } else { "er-is-niets" };
        edit(&folder.join("sluis.toml"), |text| with_journal(&text.replace("sluis.test/1", "sluis.test/2"), journal));
        folder
    }

    fn restore(&self, folder: &Path, more: &[&str]) -> (i32, String) {
        let from = self.folder.join("kopie").display().to_string();
        run(folder, &[&["restore", "--config", "sluis.toml", "--from", &from], more].concat())
    }
}

/// A people listener, so that the gateway keeps the index that officers search with. Nobody comes.
fn listens_for_people(world: &World) -> String {
    let files = &world.folder;
    fs::write(files.join("assertion.key"), world.pki.server().unwrap().key_pem).unwrap();
    let register = fs::read_to_string(files.join("register.toml")).unwrap();
    let (_, after) = register.split_once("issuers = [\"").unwrap();
    let (issuer, _) = after.split_once('"').unwrap();
    format!(
        "[people]\nlisten = \"127.0.0.1:0\"\nurl = \"https://localhost:9\"\nissuer = \"{issuer}\"\nclient_id = \"sluis\"\n\
         certificate = \"{files}/server.pem\"\nkey = \"{files}/server.key\"\nclient_key = \"{files}/assertion.key\"\n",
        files = files.display(),
    )
}

fn with_journal(text: &str, journal: &str) -> String {
    format!("{text}[erasure]\njournal = \"{journal}\"\ncopies_days = 7\n")
}

async fn in_sqlite(file: &str) -> Cells {
    let mut connection = SqliteConnection::connect(file).await.unwrap();
    let columns = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
        AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY 1, 2";
    let mut cells = Cells::new();
    for row in sqlx::query(columns).fetch_all(&mut connection).await.unwrap() {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        let all = AssertSqlSafe(format!("SELECT hex(CAST(\"{column}\" AS BLOB)) FROM \"{table}\""));
        let rows = sqlx::query(all).fetch_all(&mut connection).await.unwrap();
        cells.extend(cells_of(&table, &column, rows.iter().map(|row| row.get(0))));
    }
    cells
}

async fn in_postgres(url: &str) -> Cells {
    let mut connection = connect(url).await.unwrap();
    let columns = "SELECT table_name::text, column_name::text, data_type = 'bytea', table_schema::text \
        FROM information_schema.columns WHERE table_schema IN ('public', 'zoek') AND table_name NOT LIKE '\\_sqlx%' ORDER BY 1, 2";
    let mut cells = Cells::new();
    for row in sqlx::query(columns).fetch_all(&mut connection).await.unwrap() {
        let (table, column, bytes, schema): (String, String, bool, String) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let value = if bytes { format!("\"{column}\"") } else { format!("convert_to(\"{column}\"::text, 'UTF8')") };
        let all = AssertSqlSafe(format!("SELECT encode({value}, 'hex') FROM \"{schema}\".\"{table}\""));
        let rows = sqlx::query(all).fetch_all(&mut connection).await.unwrap();
        cells.extend(cells_of(&table, &column, rows.iter().map(|row| row.get(0))));
    }
    cells
}

/// The values of a column; an empty one where the table is, so that every column of the schema is seen.
fn cells_of(table: &str, column: &str, values: impl Iterator<Item = String>) -> Cells {
    let name = format!("{table}.{column}");
    std::iter::once((name.clone(), Vec::new())).chain(values.map(|value| (name.clone(), bytes(&value)))).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

pub(crate) async fn house(name: &str, database: Database) -> (House, Gateway, School) {
    let folder = trial_folder(&format!("{name}-{}", database.name())).unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    edit(&world.folder.join("register.toml"), |text| format!("{text}\n{}", people()));
    let url = database.fresh(&folder).await.unwrap();
    Gateway::prepare(&world, &folder, &url).unwrap();
    let people = listens_for_people(&world);
    edit(&folder.join("sluis.toml"), |text| with_journal(&format!("{text}{people}"), "journaal"));
    let gateway = Gateway::again(&folder).await.unwrap();
    let school = School::of(&world, &gateway);
    school.register(&world).await;
    (House { folder, world, url }, gateway, school)
}

async fn forgets(database: Database) {
    let (house, gateway, school) = house("forgets", database).await;
    let (_, answer) = school.signal("een").await.unwrap();
    let signal = answer["signaalId"].as_str().unwrap().to_owned();
    // Somebody asks for who is not there, so that there is a stand-in too.
    assert_eq!(school.look(&"0f".repeat(16)).await, 404);
    let before = house.youths().await;
    house.indexed(&before).await;
    let submitted = house.log("sluis.test/1").into_iter().find(|entry| entry["handeling"] == "indienen").unwrap();
    let decision = submitted["besluit"].as_str().unwrap().to_owned();
    let (code, said) = run(&house.folder, &["backup", "--config", "sluis.toml", "--to", "kopie"]);
    assert_eq!(code, 0, "{said}");
    let keys = house.dump().await.into_iter().filter(|(column, key)| column == "data_key.wrapped" && !key.is_empty());
    let wrapped: Vec<Vec<u8>> = keys.map(|(_, key)| key).collect();

    refused(&house);
    let (code, said) = house.erase("beheer.een", &["levering"]);
    assert!(code == 0 && said.contains("Vernietigd, vastgelegd en in het journaal"), "{code} {said}");
    for secret in [house.world.people.worried_about.surname, house.world.people.worried_about.pupil_key] {
        assert!(!said.contains(secret), "{said}");
    }
    let record = house.journal().last().unwrap().clone();
    assert!(said.contains(&record) && said.contains("sluis.test/1/beheer\n"), "{said}");

    // P6: not there any more, for the gateway that was running all the while.
    assert_eq!((school.look(&signal).await, school.look(&"0f".repeat(16)).await), (404, 404));
    let (gone, unknown) = (school.signal("twee").await.unwrap(), school.signal_of("drie", "WH-9999").await.unwrap());
    assert_eq!((gone.0, &gone.1["code"], &gone.1["title"]), (unknown.0, &unknown.1["code"], &unknown.1["title"]));
    let (code, said) = run(&house.folder, &["besluit", "replay", &decision, "--config", "sluis.toml"]);
    assert!(code == 2 && said.starts_with("niet na te spelen: vernietigd op 20"), "{code} {said}");

    // The other classes, of whom nobody can be found any more but by that record.
    let (code, said) = house.erase("beheer.een", &["toestemming"]);
    assert!(code == 1 && said.contains("ligt hier niets"), "{code} {said}");
    let rest = ["erase", "--vervolg", &record, "--klasse", "toegang", "--klasse", "toestemming", "--grond", "termijn"];
    let (code, said) = house.typed("", &[rest.as_slice(), &["--operator", "beheer.twee"]].concat());
    assert_eq!(code, 0, "{said}");
    let gone: BTreeSet<_> = before.difference(&house.youths().await).cloned().collect();
    assert_eq!(gone.len(), 1, "one youth has no keys any more");
    nothing_is_left(&house, (&gone.into_iter().next().unwrap(), &signal), &wrapped).await;
    the_log_holds(&house);
    assert_eq!(house.journal().len(), 2);
    assert_eq!(house.erasures(), house.journal().into_iter().collect());
    gateway.stop().await.unwrap();
    not_by_an_older_copy(&house, database, &signal).await;
}

/// Who may not, what stands in the way, and what is not in order. Nothing goes.
fn refused(house: &House) {
    for (code, said) in [house.erase("fg", &["levering"]), house.hold("beheer.was")] {
        assert!(code == 1 && said.contains("SL-102"), "{code} {said}");
    }
    let (code, said) = house.erase("beheer.een", &["toegang"]);
    assert!(code == 1 && said.contains("in die volgorde"), "{code} {said}");
    let (code, said) = house.hold("beheer.twee");
    assert!(code == 0 && said.contains("Opgeschort"), "{code} {said}");
    let hold = said.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
    let (code, said) = house.erase("beheer.een", &["levering"]);
    assert!(code == 1 && said.contains("opgeschort"), "{code} {said}");
    let ends = |id: &str| house.typed("", &["release", "--opschorting", id, "--operator", "beheer.een"]);
    assert_eq!(ends(&"0f".repeat(16)).0, 1);
    let (code, said) = ends(&hold);
    assert_eq!(code, 0, "{said}");
    let (code, said) = ends(&hold);
    assert!(code == 1 && said.contains("geen opschorting"), "{code} {said}");
    assert!(house.erasures().is_empty() && house.journal().is_empty());
}

/// P8: a dump of everything, every file and every log line: no name, number, date, key or way to them.
async fn nothing_is_left(house: &House, (youth, signal): (&[u8], &str), wrapped: &[Vec<u8>]) {
    let mut schema: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let cells = house.dump().await;
    for (name, _) in &cells {
        let (table, column) = name.split_once('.').unwrap();
        schema.entry(table.to_owned()).or_default().insert(column.to_owned());
    }
    let known = |(table, columns): (&str, &str)| {
        (table.to_owned(), columns.split(' ').map(str::to_owned).collect::<BTreeSet<_>>())
    };
    let known: BTreeMap<_, _> = KEPT.into_iter().chain([BESIDE_THE_LOG]).map(known).collect();
    assert_eq!(schema, known, "what does an erasure do with it? say so in ledger/erasure.rs, and here");

    let who = &house.world.people.worried_about;
    let born = who.born.to_string();
    let secrets = [who.surname, who.given_name, &born, who.postcode, who.pupil_key, who.bsn];
    let left =
        wrapped.iter().filter(|key| !cells.iter().any(|(column, cell)| column == "data_key.wrapped" && cell == *key));
    let destroyed: Vec<_> = left.collect();
    assert_eq!(destroyed.len(), 3, "the keys of one youth");
    assert!(cells.iter().any(|(column, id)| column == "named.youth" && id == youth), "the index was looked into");
    for (column, cell) in &cells {
        for secret in secrets {
            assert!(!holds(cell, secret.as_bytes()), "{column} says {secret}");
        }
        let found = [youth, hex(youth).as_bytes()].into_iter().any(|id| holds(cell, id));
        assert!(!found || LEADS_NOWHERE.contains(&column.as_str()), "{column} has the id of the youth");
        let leads = column.starts_with("claim.") || column.starts_with("signal.");
        assert!(!leads || !holds(cell, &bytes(signal)), "{column} leads to the signal");
    }
    let mut files: Vec<PathBuf> = vec![house.folder.join("gateway.log"), house.folder.join("journaal")];
    files.extend(house.url.strip_prefix("sqlite:").into_iter().flat_map(|file| {
        ["", "-wal", "-zoek", "-zoek-wal"]
            .map(|part| PathBuf::from(format!("{file}{part}")))
            .into_iter()
            .filter(|file| file.exists())
    }));
    for file in files {
        let content = fs::read(&file).unwrap();
        for secret in secrets {
            assert!(!holds(&content, secret.as_bytes()), "{} says {secret}", file.display());
        }
        for key in &destroyed {
            assert!(!holds(&content, key), "{} still has a key that was destroyed", file.display());
        }
        let own = file.to_string_lossy().contains("sluis.db");
        assert!(own || !holds(&content, hex(youth).as_bytes()), "{} has the id of the youth", file.display());
    }
}

/// The leaves are as they were, and what was signed before still fits.
fn the_log_holds(house: &House) {
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(house.folder.join("kopie/reservekopie.json")).unwrap()).unwrap();
    let logs = manifest["logboeken"].as_array().unwrap();
    let note = logs.iter().find_map(|log| log["controlepunt"].as_str()).unwrap();
    fs::write(house.folder.join("bewaard"), note).unwrap();
    fs::write(house.folder.join("openbaar"), run(&house.folder, &["ledger", "key", "--config", "sluis.toml"]).1)
        .unwrap();
    let (code, said) = run(&house.folder, &["ledger", "export", "--config", "sluis.toml", "--to", "na"]);
    assert_eq!(code, 0, "{said}");
    let verify = ["ledger", "verify", "--export", "na", "--keys", "openbaar", "--checkpoint", "bewaard"];
    let (code, said) = run(&house.folder, &verify);
    assert!(code == 0 && said.starts_with("klopt"), "{code} {said}");
}

/// A copy from before the erasure is put back with the journal, or not at all, or with a reason that is recorded.
async fn not_by_an_older_copy(house: &House, database: Database, signal: &str) {
    let there = house.elsewhere("elders", database, true).await;
    for more in [["--verify"].as_slice(), &[]] {
        let (code, said) = house.restore(&there, more);
        assert!(code == 0 && said.contains("noemt 2 vernietigingen. 2 daarvan"), "{code} {said}");
    }
    let gateway = Gateway::again(&there).await.unwrap();
    let school = School::of(&house.world, &gateway);
    assert_eq!(school.look(signal).await, 404, "what was erased since the copy was made is not there");
    gateway.stop().await.unwrap();
    let (code, said) = run(&there, &["ledger", "export", "--config", "sluis.toml", "--to", "nieuw"]);
    assert_eq!(code, 0, "{said}");
    let export = fs::read_to_string(there.join("nieuw")).unwrap();
    assert!(export.contains(r#"\"vernietigingen\":{\"journaal\":2,\"opnieuw\":2}"#), "{export}");

    let without = house.elsewhere("zonder", database, false).await;
    let (code, said) = house.restore(&without, &[]);
    assert!(code == 78 && said.contains("journal"), "{code} {said}");
    let (code, said) = house.restore(&without, &["--zonder-journaal", "journaal-verloren"]);
    assert!(code == 0 && said.contains("weer leesbaar"), "{code} {said}");
    let gateway = Gateway::again(&without).await.unwrap();
    assert_eq!(School::of(&house.world, &gateway).look(signal).await, 200, "which is why the journal is kept");
    gateway.stop().await.unwrap();
    let (_, _) = run(&without, &["ledger", "export", "--config", "sluis.toml", "--to", "nieuw"]);
    let export = fs::read_to_string(without.join("nieuw")).unwrap();
    assert!(export.contains(r#"\"zonder_journaal\":\"journaal_verloren\""#), "{export}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_a_gateway_on_sqlite_forgets_a_youth() {
    forgets(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_a_gateway_on_postgresql_forgets_a_youth() {
    forgets(Database::Postgres).await;
}

/// Killed at any moment: either nothing has happened, and it can be done, or it is done and on record, and the next one who
/// comes finishes it.
#[tokio::test(flavor = "multi_thread")]
async fn p9_an_erasure_that_is_killed_halfway_is_not_begun_or_is_finished() {
    for database in Database::ALL {
        let (house, gateway, school) = house("killed", database).await;
        let begun = Instant::now();
        let (code, said) = house.erase("beheer.een", &["levering"]);
        assert_eq!(code, 0, "{said}");
        let whole = begun.elapsed();
        for round in 1..=4 {
            school.register(&house.world).await;
            let whom = ["erase", "--school", seed::SCHOOL, "--grond", "verzoek", "--operator", "beheer.een"];
            let order = [whom.as_slice(), &["--klasse", "levering"]].concat();
            let mut child = house.begun(house.world.people.worried_about.pupil_key, &order);
            // Around the end, where everything happens: most of the time goes to opening the keys.
            tokio::time::sleep(whole.mul_f64(0.65 + 0.1 * f64::from(round))).await;
            child.kill().unwrap();
            child.wait().unwrap();
            // Whatever it came to, the next one finds it undone or finishes it.
            let (code, said) = house.erase("beheer.twee", &["levering"]);
            assert!(code == 0 || (code == 1 && said.contains("ligt hier niets")), "{round}: {code} {said}");
            let journal = house.journal();
            assert_eq!(journal.len(), usize::try_from(round + 1).unwrap(), "{round}: once and not twice");
            assert_eq!(house.erasures(), journal.into_iter().collect());
            let keys = house.dump().await;
            let keys = keys.iter().filter(|(column, cell)| column == "data_key.class" && cell == b"levering").count();
            assert_eq!(keys, 0, "{round}: nobody has a key of that class");
        }
        gateway.stop().await.unwrap();
    }
}

/// Killed between its commit and its acknowledgement, where a reader holds the last traces in the file: the next start of
/// the gateway finishes it.
#[tokio::test(flavor = "multi_thread")]
async fn p9_an_erasure_that_was_not_acknowledged_is_finished_at_the_next_start() {
    let (house, gateway, _) = house("unfinished", Database::Sqlite).await;
    gateway.stop().await.unwrap();
    let file = house.url.strip_prefix("sqlite:").unwrap();
    let mut reader = SqliteConnection::connect(file).await.unwrap();
    let keys = "SELECT count(*) FROM data_key WHERE class = 'levering'";
    let mut reading = reader.begin().await.unwrap();
    let before: i64 = sqlx::query_scalar(keys).fetch_one(&mut *reading).await.unwrap();
    let whom = ["erase", "--school", seed::SCHOOL, "--grond", "onterecht", "--operator", "beheer.een"];
    let order = [whom.as_slice(), &["--klasse", "levering"]].concat();
    let mut child = house.begun(house.world.people.worried_about.pupil_key, &order);
    let mut other = SqliteConnection::connect(file).await.unwrap();
    let count = async |connection: &mut SqliteConnection| {
        let left: i64 = sqlx::query_scalar(keys).fetch_one(connection).await.unwrap();
        left
    };
    while count(&mut other).await == before {
        assert!(child.try_wait().unwrap().is_none(), "it ended without doing anything");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(house.journal().is_empty(), "it is on record, and nobody was told that it was done");
    assert_eq!(house.erasures().len(), 1);
    reading.rollback().await.unwrap();
    reader.close().await.unwrap();
    other.close().await.unwrap();
    let gateway = Gateway::again(&house.folder).await.unwrap();
    assert_eq!(house.erasures(), house.journal().into_iter().collect());
    gateway.stop().await.unwrap();
}
