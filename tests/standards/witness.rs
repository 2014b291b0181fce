// SPDX-License-Identifier: EUPL-1.2
//! One gateway witnesses another (C2SP tlog-witness and tlog-cosignature, L4, P8): over real mutual TLS, with the form of every
//! refusal, past a power cut, and against a log that was put back.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Client;
use signed_note::{Note, StandardVerifier, VerifierList};
use sluis_tests::database::{Database, connect, owned};
use sluis_tests::gateway::{Gateway, command, trial_folder};
use sluis_tests::seat::Seat;
use sluis_tests::world::World;
use sqlx::Connection;
use tlog_tiles::Checkpoint;

use crate::standing::client_of;

/// A log with its witness, each a gateway of its own.
struct Pair {
    world: World,
    folder: PathBuf,
    database: Database,
    log: Gateway,
    witness: Gateway,
    log_key: String,
    witness_key: String,
    /// The database of the log.
    url: String,
    _seat: Seat,
}

fn key_of(folder: &Path, more: &[&str]) -> String {
    let mut command = command(folder).unwrap();
    command.current_dir(folder).args(["ledger", "key", "--config", "sluis.toml"]).args(more);
    String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
}

fn edit(folder: &Path, change: impl Fn(&str) -> String) {
    let file = folder.join("sluis.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, change(&text)).unwrap();
}

impl Pair {
    async fn start(database: Database) -> Self {
        let folder = trial_folder(&format!("witness-{}", database.name())).unwrap();
        let world = World::start(&folder.join("world")).await.unwrap();
        let mut urls = Vec::new();
        for (name, origin) in [("log", "sluis.test/1"), ("witness", "getuige.test/1")] {
            let own = folder.join(name);
            std::fs::create_dir_all(&own).unwrap();
            let url = database.fresh(&own).await.unwrap();
            Gateway::prepare(&world, &own, &url).unwrap();
            edit(&own, |text| text.replace("sluis.test/1", origin));
            urls.push(url);
        }
        let url = urls.swap_remove(0);
        let (log, witness) = (folder.join("log"), folder.join("witness"));
        let (log_key, witness_key) = (key_of(&log, &[]), key_of(&witness, &["--witness"]));
        edit(&witness, |text| format!("witnessed = [\"{log_key}\"]\n{text}"));
        // So that it comes back where the log looks for it.
        let seat = Seat::taken().unwrap();
        seat.give(&witness).unwrap();
        let gateway = Gateway::again(&witness).await.unwrap();
        let at = format!("{}/tlog", gateway.machine);
        edit(&log, |text| format!("{text}\n[[witnesses]]\nurl = \"{at}\"\nkey = \"{witness_key}\"\n"));
        let log = Gateway::again(&log).await.unwrap();
        Self { world, folder, database, log, witness: gateway, log_key, witness_key, url, _seat: seat }
    }

    fn client(&self) -> Client {
        client_of(&self.world, Some("gateway"))
    }

    /// Reads in the log grow it.
    async fn something_happens(&self, gateway: &Gateway) {
        let caller = "municipality; consulent.wijkteam of municipality";
        let token = sluis_tests::token::credentials(&self.world, caller).unwrap().token.unwrap();
        let client = client_of(&self.world, Some("municipality"));
        let asked = client.get(format!("{}/v1/organisaties", gateway.machine)).bearer_auth(token);
        assert_eq!(asked.send().await.unwrap().status().as_u16(), 200);
    }

    /// The published note of the log.
    async fn note(&self, gateway: &Gateway) -> String {
        let asked = self.client().get(format!("{}/tlog/sluis.test%2F1/checkpoint", gateway.machine));
        asked.send().await.unwrap().text().await.unwrap()
    }

    /// A published note of at least this size that the witness cosigned. It comes by itself.
    async fn cosigned(&self, size: u64) -> (String, Checkpoint) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let note = self.note(&self.log).await;
            let checkpoint = self.checked(&note);
            if checkpoint.size() >= size && self.seen_at(&note).is_some() {
                return (note, checkpoint);
            }
            assert!(Instant::now() < until, "the witness cosigned nothing: {note}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The checkpoint of a note that the log signed.
    fn checked(&self, note: &str) -> Checkpoint {
        let note = Note::from_bytes(note.as_bytes()).unwrap();
        let key = StandardVerifier::new(&self.log_key).unwrap();
        note.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
        Checkpoint::from_bytes(note.text()).unwrap()
    }

    /// When the witness saw it, by its cosignature in the note: counted again here from the standard.
    fn seen_at(&self, note: &str) -> Option<u64> {
        let mut parts = self.witness_key.splitn(3, '+');
        let (name, id, typed) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let typed = BASE64.decode(typed).unwrap();
        assert_eq!((name, typed[0], typed.len()), ("getuige.test/1", 4, 33), "the key of a cosigner");
        let (body, lines) = note.split_once("\n\n").unwrap();
        let line = lines.lines().find_map(|line| line.strip_prefix(&format!("\u{2014} {name} ")))?;
        let signature = BASE64.decode(line).unwrap();
        assert_eq!((hex(&signature[..4]), signature.len()), (id.to_owned(), 4 + 8 + 64));
        let seconds = u64::from_be_bytes(signature[4..12].try_into().unwrap());
        let message = format!("cosignature/v1\ntime {seconds}\n{body}\n");
        let key = UnparsedPublicKey::new(&ED25519, &typed[1..]);
        key.verify(message.as_bytes(), &signature[12..]).unwrap();
        Some(seconds)
    }

    /// What the witness answers: status, kind and body.
    async fn ask(&self, message: String) -> (u16, String, String) {
        let asked = self.client().post(format!("{}/tlog/add-checkpoint", self.witness.machine)).body(message);
        let came = asked.send().await.unwrap();
        let kind = came.headers()["content-type"].to_str().unwrap().to_owned();
        (came.status().as_u16(), kind, came.text().await.unwrap())
    }

    async fn refuses(&self, status: u16, message: String) {
        let (came, kind, body) = self.ask(message.clone()).await;
        assert_eq!((came, kind.as_str()), (status, "application/problem+json"), "{message}: {body}");
    }

    async fn tells_the_size(&self, status: u16, size: u64, message: String) {
        let told = (status, "text/x.tlog.size".to_owned(), format!("{size}\n"));
        assert_eq!(self.ask(message.clone()).await, told, "{message}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn witnessed(database: Database) {
    let mut pair = Pair::start(database).await;
    pair.something_happens(&pair.log).await;
    let (first, _) = pair.cosigned(1).await;
    pair.something_happens(&pair.log).await;
    pair.something_happens(&pair.log).await;
    let (second, last) = pair.cosigned(3).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(pair.seen_at(&second).unwrap() <= now);
    every_refusal_has_its_form(&pair, &first, &second, last.size()).await;

    // P9: what was cosigned is known after a power cut, and nothing that contradicts it is cosigned then.
    pair.witness.kill();
    pair.witness = Gateway::again(&pair.folder.join("witness")).await.unwrap();
    pair.tells_the_size(409, last.size(), format!("old 0\n\n{}", own(&first))).await;
    pair.something_happens(&pair.log).await;
    let (_, later) = pair.cosigned(last.size() + 1).await;
    where_it_lies(&pair).await;
    put_back(&pair, later.size()).await;
    tampered(&pair).await;
}

/// Runs a command in a folder; gives its exit code and what it said.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = command(folder).unwrap().current_dir(folder).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.code().unwrap(), said)
}

/// P8: what can be known of a log in use and of a copy of it, by who holds keys and what a witness says.
async fn where_it_lies(pair: &Pair) {
    let log = pair.folder.join("log");
    std::fs::write(log.join("openbaar"), format!("{}\n", pair.log_key)).unwrap();
    std::fs::write(log.join("getuigen"), format!("{}\n", pair.witness_key)).unwrap();
    let verify = |more: &[&str]| run(&log, &[["ledger", "verify", "--keys", "openbaar"].as_slice(), more].concat());

    // What lies beside the log counts only where a witness signed it.
    let (code, said) = verify(&["--config", "sluis.toml"]);
    assert!(code == 2 && said.starts_with("innerlijk consistent"), "{code} {said}");
    let (code, said) = verify(&["--config", "sluis.toml", "--witnesses", "getuigen"]);
    assert!(code == 0 && said.contains("(getuige.test/1 op 20"), "{code} {said}");

    let (code, note) =
        run(&pair.folder.join("witness"), &["ledger", "witnessed", "--config", "sluis.toml", "--log", "sluis.test/1"]);
    assert!(code == 0 && pair.seen_at(&note).is_some(), "{code} {note}");
    std::fs::write(log.join("van-de-getuige"), note).unwrap();
    for (folder, name) in [(&log, "sluis.test/1"), (&pair.folder.join("witness"), "sluis.test/9")] {
        let (code, said) = run(folder, &["ledger", "witnessed", "--config", "sluis.toml", "--log", name]);
        assert!(code == 1 && said.contains("niets gezien"), "{code} {said}");
    }
    let (code, said) = run(&log, &["backup", "--config", "sluis.toml", "--to", "kopie"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = verify(&["--copy", "kopie"]);
    assert!(code == 2 && said.starts_with("innerlijk consistent"), "{code} {said}");
    let (code, said) = verify(&["--copy", "kopie", "--checkpoint", "van-de-getuige", "--witnesses", "getuigen"]);
    assert!(code == 0 && said.contains("gezien door getuigen"), "{code} {said}");
    let (code, said) = verify(&["--copy", "kopie", "--origin", "sluis.test/9"]);
    assert!(code == 78 && said.contains("no such log"), "{code} {said}");

    // What came since is named.
    for _ in 0..3 {
        pair.something_happens(&pair.log).await;
    }
    let (code, said) = run(&log, &["ledger", "export", "--config", "sluis.toml", "--to", "uit"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = verify(&["--export", "uit", "--checkpoint", "van-de-getuige", "--witnesses", "getuigen"]);
    assert!(
        code == 0 && said.contains("daarna, vanaf nummer") && said.contains("zag nog geen getuige"),
        "{code} {said}"
    );
    let (code, said) = verify(&["--copy", "kopie", "--config", "sluis.toml"]);
    assert_eq!(code, 64, "one of the two: {said}");
}

/// By somebody who may do everything in the database, and counts nothing anew.
async fn tampered(pair: &Pair) {
    let change = "UPDATE log_leaf SET entry = entry || ' ' WHERE origin = 'sluis.test/1' AND leaf_index = 1";
    match pair.url.strip_prefix("sqlite:") {
        Some(file) => {
            let mut connection = sqlx::SqliteConnection::connect(file).await.unwrap();
            sqlx::raw_sql("DROP TRIGGER log_leaf_stays").execute(&mut connection).await.unwrap();
            sqlx::raw_sql(change).execute(&mut connection).await.unwrap();
        }
        None => {
            let mut connection = connect(&owned(&pair.url).unwrap()).await.unwrap();
            sqlx::raw_sql(change).execute(&mut connection).await.unwrap();
        }
    }
    let verify = ["ledger", "verify", "--keys", "openbaar", "--config", "sluis.toml", "--witnesses", "getuigen"];
    let (code, said) = run(&pair.folder.join("log"), &verify);
    assert!(code == 1 && said.contains("de regel met nummer 1 is gewijzigd"), "{code} {said}");
}

/// The note without what others added to it.
fn own(note: &str) -> String {
    let (body, lines) = note.split_once("\n\n").unwrap();
    format!("{body}\n\n{}\n", lines.lines().next().unwrap())
}

async fn every_refusal_has_its_form(pair: &Pair, first: &str, second: &str, size: u64) {
    let (first, second) = (own(first), own(second));
    let hash = BASE64.encode([7; 32]);
    for message in [
        String::new(),
        second.clone(),
        format!("old 0\n{second}"),
        format!("old {}\n\n{second}", size + 1),
        format!("old {size}\nzz\n\n{second}"),
        format!("old {size}\n\n{}", second.replace("\n\n", "\n")),
    ] {
        pair.refuses(400, message).await;
    }
    pair.refuses(404, format!("old 0\n\n{}", second.replace("sluis.test/1", "sluis.test/2"))).await;
    // Signed by nobody who is known, and by who is known but not so.
    let (body, line) = second.split_once("\n\n").unwrap();
    pair.refuses(403, format!("old {size}\n\n{body}\n\n{}", line.replace("sluis.test/1 ", "sluis.test/3 "))).await;
    let changed = body.replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    pair.refuses(403, format!("old {size}\n\n{changed}\n\n{line}")).await;
    // From where it does not stand: the form of an earlier size, and of a first time.
    for stale in [format!("old 0\n\n{second}"), format!("old 1\n{hash}\n\n{second}"), format!("old 0\n\n{first}")] {
        pair.tells_the_size(409, size, stale).await;
    }
    pair.tells_the_size(422, size, format!("old {size}\n{hash}\n\n{second}")).await;
    // The same once more is no contradiction.
    let (status, _, line) = pair.ask(format!("old {size}\n\n{second}")).await;
    assert_eq!(status, 200, "{line}");
    assert!(pair.seen_at(&format!("{second}{line}")).is_some(), "{line}");
    // Who takes part needs no token, and who does not sees nothing.
    let stranger = client_of(&pair.world, Some("stranger"));
    let asked = stranger.post(format!("{}/tlog/add-checkpoint", pair.witness.machine)).body(second);
    assert_eq!(asked.send().await.unwrap().status().as_u16(), 401);
}

/// The log begins anew under its old name and key: it grows past nothing that the witness saw, and gets no cosignature.
async fn put_back(pair: &Pair, size: u64) {
    let (log, folder) = (pair.folder.join("log"), pair.folder.join("put-back"));
    std::fs::create_dir_all(&folder).unwrap();
    let url = pair.database.fresh(&folder).await.unwrap();
    Gateway::prepare(&pair.world, &folder, &url).unwrap();
    for file in ["keys", "passphrase"] {
        std::fs::copy(log.join(file), folder.join(file)).unwrap();
    }
    let witnesses = std::fs::read_to_string(log.join("sluis.toml")).unwrap();
    let witnesses = witnesses.split_once("[[witnesses]]").unwrap().1.to_owned();
    edit(&folder, |text| format!("{text}\n[[witnesses]]{witnesses}"));
    let gateway = Gateway::again(&folder).await.unwrap();
    pair.something_happens(&gateway).await;
    let until = Instant::now() + Duration::from_secs(60);
    while !gateway.log().contains("a witness saw more of this log than there is") {
        assert!(Instant::now() < until, "nothing is said of what the witness knows");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let note = pair.note(&gateway).await;
    let checkpoint = pair.checked(&note);
    assert!(checkpoint.size() < size && pair.seen_at(&note).is_none(), "{note}");
    // And where it says itself that it begins anew, it is told how much there was.
    let (status, _, body) = pair.ask(format!("old 0\n\n{}", own(&note))).await;
    assert_eq!(status, 409);
    assert!(body.trim_end().parse::<u64>().unwrap() >= size, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_witness_cosigns_what_grew_and_nothing_that_contradicts_it_on_sqlite() {
    witnessed(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_a_witness_cosigns_what_grew_and_nothing_that_contradicts_it_on_postgres() {
    witnessed(Database::Postgres).await;
}
