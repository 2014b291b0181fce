// SPDX-License-Identifier: EUPL-1.2
//! The log as an outsider checks it (P8, L3, L5): fetched from the running gateway over mutual TLS, and judged by `signed_note` and
//! `tlog_tiles`, which nobody here wrote. Of our own code nothing takes part but the gateway itself.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Client;
use serde_json::Value;
use signed_note::{Note, StandardVerifier, VerifierList};
use sluis_tests::database::Database;
use sluis_tests::gateway::command;
use tlog_tiles::{
    Checkpoint, Error, Hash, HashReader, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record,
    prove_tree, record_hash, stored_hash_index,
};
use tokio::runtime::Handle;

use crate::standing::{CALLER, Standing};

/// How wide tiles are, in bits (C2SP tlog-tiles).
const HEIGHT: u8 = 8;

/// Enough for full tiles at two levels.
const READINGS: usize = 530;

/// What an outsider has: a certificate, the log's public key from a file, and the address of its log.
struct Outsider {
    client: Client,
    log: String,
    key: String,
    tiles: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Outsider {
    fn of(standing: &Standing) -> Self {
        let mut command = command(&standing.folder).unwrap();
        command.current_dir(&standing.folder).args(["ledger", "key", "--config", "sluis.toml"]);
        let told = command.output().unwrap();
        let key = String::from_utf8(told.stdout).unwrap().trim().to_owned();
        let log = format!("{}/tlog/sluis.test%2F1", standing.gateway.machine);
        Self { client: standing.client(Some("municipality")), log, key, tiles: Mutex::default() }
    }

    /// The latest checkpoint, as far as its signature holds.
    async fn checkpoint(&self) -> Checkpoint {
        let came = self.client.get(format!("{}/checkpoint", self.log)).send().await.unwrap();
        assert_eq!(came.status().as_u16(), 200);
        let note = Note::from_bytes(&came.bytes().await.unwrap()).unwrap();
        let key = StandardVerifier::new(&self.key).unwrap();
        note.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
        let checkpoint = Checkpoint::from_bytes(note.text()).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.extension()), ("sluis.test/1", ""));
        checkpoint
    }

    /// A checkpoint of at least this size. It comes by itself.
    async fn checkpoint_of(&self, size: u64) -> Checkpoint {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let checkpoint = self.checkpoint().await;
            if checkpoint.size() >= size {
                return checkpoint;
            }
            assert!(Instant::now() < until, "no checkpoint of {size} came");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn fetch(&self, path: &str) -> Option<Vec<u8>> {
        let came = self.client.get(format!("{}/{path}", self.log)).send().await.unwrap();
        match came.status().as_u16() {
            200 => Some(came.bytes().await.unwrap().to_vec()),
            404 => None,
            other => panic!("{path}: {other}"),
        }
    }
}

/// The crate puts the height of a tile in its path; the standard has one height.
fn path_of(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

impl TileReader for Outsider {
    fn height(&self) -> u8 {
        HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| {
            let path = path_of(tile);
            if let Some(known) = self.tiles.lock().unwrap().get(&path) {
                return Ok(known.clone());
            }
            Handle::current().block_on(self.fetch(&path)).ok_or(Error::InvalidTile)
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, tiles: &[Tile], data: &[Vec<u8>]) {
        let mut kept = self.tiles.lock().unwrap();
        kept.extend(tiles.iter().map(path_of).zip(data.iter().cloned()));
    }
}

/// The entries of a tree, from bundles that the officer of the gateway fetched.
async fn entries(standing: &Standing, size: u64) -> Vec<Vec<u8>> {
    let (client, token) = (standing.client(Some("gateway")), standing.token("gateway; fg.sluis of gateway"));
    let mut entries = Vec::new();
    for tile in Tile::new_tiles(HEIGHT, 0, size).into_iter().filter(|tile| tile.level() == 0) {
        let place = path_of(&tile).replacen("tile/0/", "tile/entries/", 1);
        let asked = client.get(format!("{}/tlog/sluis.test%2F1/{place}", standing.gateway.machine));
        let came = asked.bearer_auth(&token).send().await.unwrap();
        assert_eq!(came.status().as_u16(), 200, "{place}");
        let bundle = came.bytes().await.unwrap();
        let mut rest = bundle.as_ref();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            entries.push(entry.to_vec());
            rest = after;
        }
        assert!(rest.is_empty(), "{place} ends in the middle of an entry");
    }
    entries
}

async fn checked_by_others(database: Database) {
    let standing = Standing::start("tlog", database).await;
    let outsider = Outsider::of(&standing);
    let pupil = standing.register_pupil().await;
    assert_eq!(standing.signal(&standing.token(CALLER), &pupil).await, 201);
    let early = outsider.checkpoint_of(1).await;
    read_often(&standing).await;
    let late = outsider.checkpoint_of(READINGS as u64).await;
    let entries = entries(&standing, late.size()).await;
    assert_eq!(entries.len() as u64, late.size());
    nothing_personal(&standing, &entries);
    let proofs = proofs(&standing, &[0, 1, 255, 256, late.size() - 1], &late, &early).await;
    // The crate reads as a program without an executor does.
    tokio::task::spawn_blocking(move || judge(&outsider, &entries, (&early, &late), &proofs)).await.unwrap();
}

/// Somebody looks in the directory, which leaves a record each time.
async fn read_often(standing: &Standing) {
    let (client, token) = (standing.client(Some("vendor")), standing.token(CALLER));
    for _ in 0..READINGS {
        let asked = client.get(format!("{}/organisaties", standing.base())).bearer_auth(&token);
        assert_eq!(asked.send().await.unwrap().status().as_u16(), 200);
    }
}

/// P8, P10: no entry says who it is about, not even by the school's own key.
fn nothing_personal(standing: &Standing, entries: &[Vec<u8>]) {
    for entry in entries {
        let text = String::from_utf8_lossy(entry);
        let named = ["L-2026-0817", "Noor", "van den Akker", "2019-03-14", "6651AB", "wilgenhoek", "fg.sluis"];
        let secrets = standing.world.people.secrets();
        let said = named.into_iter().chain(secrets.iter().map(AsRef::as_ref)).find(|secret| text.contains(*secret));
        assert_eq!(said, None, "{text}");
    }
}

/// What the product API proves: lines, and last the growth since the earlier checkpoint.
async fn proofs(
    standing: &Standing,
    lines: &[u64],
    late: &Checkpoint,
    early: &Checkpoint,
) -> Vec<(u64, Hash, Vec<Hash>)> {
    let (client, token) = (standing.client(Some("municipality")), "municipality; consulent.wijkteam of municipality");
    let token = standing.token(token);
    let size = late.size();
    let lines = lines.iter().map(|line| (*line, format!("insluitingsbewijzen/{line}?omvang={size}")));
    let growth = (early.size(), format!("consistentiebewijzen/{}?omvang={size}", early.size()));
    let mut proofs = Vec::new();
    for (place, path) in lines.chain([growth]) {
        let came = client.get(format!("{}/{path}", standing.base())).bearer_auth(&token).send().await.unwrap();
        assert_eq!(came.status().as_u16(), 200, "{path}");
        let proof: Value = came.json().await.unwrap();
        let hash = |value: &Value| Hash(BASE64.decode(value.as_str().unwrap()).unwrap().try_into().unwrap());
        let leaf = proof.get("blad").map(hash).unwrap_or_default();
        proofs.push((place, leaf, proof["pad"].as_array().unwrap().iter().map(hash).collect()));
    }
    proofs
}

fn judge(
    outsider: &Outsider,
    entries: &[Vec<u8>],
    (early, late): (&Checkpoint, &Checkpoint),
    proofs: &[(u64, Hash, Vec<Hash>)],
) {
    let tree = TileHashReader::new(late.size(), *late.hash(), outsider);
    let places: Vec<u64> = (0..late.size()).map(|place| stored_hash_index(0, place)).collect();
    let leaves = tree.read_hashes(&places).unwrap();
    for (place, (leaf, entry)) in (0..).zip(leaves.iter().zip(entries)) {
        assert!(*leaf == record_hash(entry), "entry {place} is another");
    }
    for place in [0, late.size() / 2, late.size() - 1] {
        let proof = prove_record(late.size(), place, &tree).unwrap();
        let leaf = record_hash(&entries[usize::try_from(place).unwrap()]);
        check_record(&proof, late.size(), *late.hash(), place, leaf).unwrap();
    }
    let proof = prove_tree(late.size(), early.size(), &tree).unwrap();
    check_tree(&proof, late.size(), *late.hash(), early.size(), *early.hash()).unwrap();
    let (growth, lines) = proofs.split_last().unwrap();
    check_tree(&growth.2, late.size(), *late.hash(), early.size(), *early.hash()).unwrap();
    for (place, leaf, proof) in lines {
        assert!(*leaf == record_hash(&entries[usize::try_from(*place).unwrap()]));
        check_record(proof, late.size(), *late.hash(), *place, *leaf).unwrap();
        // What is moved does not hold, so the crate does look.
        assert!(check_record(proof, late.size(), *late.hash(), place ^ 1, *leaf).is_err());
    }
    assert!(check_tree(&growth.2, late.size(), *early.hash(), early.size(), *late.hash()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_outsiders_check_the_log_with_tools_of_their_own_on_sqlite() {
    checked_by_others(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_outsiders_check_the_log_with_tools_of_their_own_on_postgres() {
    checked_by_others(Database::Postgres).await;
}
