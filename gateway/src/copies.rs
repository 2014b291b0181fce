// SPDX-License-Identifier: EUPL-1.2
//! Reservekopie: a copy of everything that a gateway keeps, made while it runs, and put back into an empty database after
//! its log was counted again from the first entry.
//!
//! The keys of the gateway are not in it. Whoever has the copy without them can read nothing of a person in it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::app::{self, StartFault};
use crate::clock::Clock;
use crate::config::{Config, Database};
use crate::ledger::checkpoint::{Checkpoint, VerifierKey};
use crate::ledger::succession::{Predecessor, first_entry, recount};
use crate::ledger::unit::Unit;
use crate::ledger::{Ledger, Outcome};
use crate::store::copying::{CopiedHead, CopyFolder};
use crate::store::engine::{Engine, Fault, Writer};
use crate::vault::fresh_id;

mod fault;
mod forgetting;
pub(crate) mod leaves;

pub use self::fault::CopyFault;
pub use self::forgetting::Forgotten;

/// The file that tells what a copy holds. It is written last: a folder without it is no copy.
const MANIFEST: &str = "reservekopie.json";

/// The form of the manifest.
const FORM: u32 = 1;

/// What is not there in a database that nobody used.
const IN_USE: &str = "SELECT (SELECT count(*) FROM log_head) + (SELECT count(*) FROM version)";

/// What a copy holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    vorm: u32,
    /// `sqlite` or `postgres`.
    database: String,
    /// The steps that the schema had taken.
    stappen: i64,
    /// When it was made, in microseconds.
    gemaakt: i64,
    /// Every log in it.
    logboeken: Vec<CopiedLog>,
    bestanden: Vec<CopiedFile>,
}

/// Where a log stood.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiedLog {
    /// Its name.
    pub oorsprong: String,
    /// How many entries.
    pub omvang: u64,
    #[serde(with = "hex::serde")]
    wortel: [u8; 32],
    /// The signed note over it, when it is the log of the gateway that made the copy.
    pub controlepunt: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CopiedFile {
    naam: String,
    omvang: u64,
    #[serde(with = "hex::serde")]
    sha256: [u8; 32],
}

/// Makes a copy in a folder that is not there yet, or empty. A gateway on the same database goes on meanwhile.
///
/// # Errors
/// When the folder is not empty, or the database cannot be read.
pub async fn backup(config: &Config, to: &Path, now: i64) -> Result<Manifest, CopyFault> {
    let engine = app::engine(&config.database).await.map_err(StartFault::from)?;
    engine.schema().await?;
    let signing = app::keys(config)?.signing().ok_or(StartFault::Keys(crate::keys::KeyFault::NoRandomness))?;
    new_folder(to)?;
    let folder = CopyFolder::make(to).map_err(unusable(to))?;
    let heads = engine.copy_out(&folder).await?;
    let copied = |head: CopiedHead| {
        let checkpoint = Checkpoint { origin: head.origin.clone(), size: head.size, root: head.root };
        let own = head.origin == config.origin;
        let controlepunt = own.then(|| checkpoint.sign(&signing));
        CopiedLog { oorsprong: head.origin, omvang: head.size, wortel: head.root, controlepunt }
    };
    let manifest = Manifest {
        vorm: FORM,
        database: kind(&config.database).to_owned(),
        stappen: steps(engine.as_ref()).await?,
        gemaakt: now,
        logboeken: heads.into_iter().map(copied).collect(),
        bestanden: files(to)?,
    };
    write(&to.join(MANIFEST), &manifest)?;
    Ok(manifest)
}

/// How a copy is put back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// Everything is done but the last step, and the database is empty again.
    pub only_verify: bool,
    /// The code of the reason to go without the journal of what was erased.
    pub without_journal: Option<&'static str>,
}

/// Teruggezet: what was put back, and what was erased again.
#[derive(Debug)]
#[doc(alias = "teruggezet")]
pub struct Restored {
    /// What the copy holds.
    pub manifest: Manifest,
    /// What came of the journal.
    pub forgotten: Forgotten,
}

/// Puts a copy into the empty database that the configuration names, erases again what was erased since it was made, and
/// opens a new log on it.
///
/// # Errors
/// When the copy is not whole, not signed with this gateway's key, or does not fit a checkpoint that was kept; the
/// database is as empty then as it was.
pub async fn restore(
    config: &Config,
    from: &Path,
    kept: &[Checkpoint],
    manner: Manner,
    clock: Arc<dyn Clock>,
) -> Result<Restored, CopyFault> {
    let manifest = read(from)?;
    let journal = forgetting::journal(config, manner.without_journal)?;
    let engine = app::engine(&config.database).await.map_err(StartFault::from)?;
    fits(&manifest, config, engine.as_ref()).await?;
    signed(config, &manifest)?;
    let mut filled = engine.copy_in(&CopyFolder::of(from)).await?;
    let words = engine.batch();
    let put_back = async {
        whole(filled.as_mut(), &manifest, kept).await?;
        // INVARIANT: in the transaction that puts the copy back, so that nobody ever sees what was erased.
        forgetting::again(filled.as_mut(), words, &journal, clock.now()).await
    };
    let put_back = put_back.await;
    let stays = put_back.is_ok() && !manner.only_verify;
    filled.transaction(if stays { words.commit } else { words.rollback }).await?;
    drop(filled);
    let forgotten = put_back?;
    engine.scrub().await?;
    if stays {
        open_log(engine, config, clock, (&manifest, &forgotten)).await?;
    }
    Ok(Restored { manifest, forgotten })
}

impl Manifest {
    /// Every log in the copy.
    #[must_use]
    pub fn logs(&self) -> &[CopiedLog] {
        &self.logboeken
    }

    /// How many bytes its files measure.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bestanden.iter().map(|file| file.omvang).sum()
    }
}

fn kind(database: &Database) -> &'static str {
    match database {
        Database::Sqlite(_) => "sqlite",
        Database::Postgres(_) => "postgres",
    }
}

async fn steps(engine: &dyn Engine) -> Result<i64, Fault> {
    let rows = engine.read("SELECT count(*) FROM _sqlx_migrations", &[]).await?;
    rows.first().ok_or(Fault::Misread { column: 0 })?.int(0)
}

/// Whether a copy can go into this database under this configuration at all.
async fn fits(manifest: &Manifest, config: &Config, engine: &dyn Engine) -> Result<(), CopyFault> {
    if manifest.database != kind(&config.database) {
        return Err(CopyFault::OtherKind(manifest.database.clone()));
    }
    engine.schema().await?;
    let needed = steps(engine).await?;
    if manifest.stappen != needed {
        return Err(CopyFault::OtherSchema { found: manifest.stappen, needed });
    }
    if manifest.logboeken.iter().any(|log| log.oorsprong == config.origin) {
        return Err(CopyFault::SameOrigin);
    }
    let rows = engine.read(IN_USE, &[]).await?;
    let empty = rows.first().ok_or(Fault::Misread { column: 0 })?.int(0)? == 0;
    if empty { Ok(()) } else { Err(CopyFault::NotEmpty) }
}

/// The log that carries a checkpoint is signed with the key that this gateway has: a copy of somebody else does not pass.
fn signed(config: &Config, manifest: &Manifest) -> Result<(), CopyFault> {
    let signing = app::keys(config)?.signing().ok_or(StartFault::Keys(crate::keys::KeyFault::NoRandomness))?;
    let unsigned = |log: &CopiedLog| CopyFault::Unsigned { origin: log.oorsprong.clone() };
    for log in &manifest.logboeken {
        let Some(note) = &log.controlepunt else { continue };
        let key = VerifierKey::of(&log.oorsprong, &signing);
        let checkpoint = Checkpoint::verify(note, &[key]).map_err(|_| unsigned(log))?;
        if (checkpoint.size, checkpoint.root) != (log.omvang, log.wortel) {
            return Err(unsigned(log));
        }
    }
    Ok(())
}

/// Counts every log again, and compares it with the manifest and with what was kept.
async fn whole(on: &mut dyn Writer, manifest: &Manifest, kept: &[Checkpoint]) -> Result<(), CopyFault> {
    for log in &manifest.logboeken {
        let of_this = || kept.iter().filter(|checkpoint| checkpoint.origin == log.oorsprong);
        let asked: Vec<u64> = of_this().map(|checkpoint| checkpoint.size).collect();
        let counted = recount(on, &log.oorsprong, &asked).await?;
        let Some(roots) = counted.filter(|roots| roots.contains(&(log.omvang, log.wortel))) else {
            return Err(CopyFault::NotWhole { origin: log.oorsprong.clone() });
        };
        if let Some(other) = of_this().find(|checkpoint| !roots.contains(&(checkpoint.size, checkpoint.root))) {
            return Err(CopyFault::NotAsKept { origin: log.oorsprong.clone(), has: log.omvang, had: other.size });
        }
    }
    Ok(())
}

/// Opens the new log, whose first entry names those that it follows.
async fn open_log(
    engine: Arc<dyn Engine>,
    config: &Config,
    clock: Arc<dyn Clock>,
    (manifest, forgotten): (&Manifest, &Forgotten),
) -> Result<(), CopyFault> {
    let followed = |log: &CopiedLog| Predecessor {
        origin: log.oorsprong.clone(),
        size: log.omvang,
        root: log.wortel,
        checkpoint: log.controlepunt.clone(),
    };
    let followed: Vec<_> = manifest.logboeken.iter().map(followed).collect();
    let id = fresh_id().map_err(|_| CopyFault::Unopened)?;
    let leaf = first_entry(id, clock.now().instant, (&followed, &forgotten.told())).map_err(|_| CopyFault::Unopened)?;
    let (ledger, writer) = Ledger::open(engine, clock, &config.origin).await?;
    let outcome = ledger.commit(Unit::record(leaf)).await;
    drop(ledger);
    let ended = writer.await.is_ok();
    if ended && matches!(outcome, Ok(Outcome::Committed(_))) { Ok(()) } else { Err(CopyFault::Unopened) }
}

fn new_folder(to: &Path) -> Result<(), CopyFault> {
    match fs::read_dir(to) {
        Ok(there) => match there.count() {
            0 => Ok(()),
            _ => Err(unusable(to)(io::ErrorKind::DirectoryNotEmpty.into())),
        },
        Err(_) => DirBuilder::new().mode(0o700).create(to).map_err(unusable(to)),
    }
}

/// Every file of a copy, flushed and measured.
fn files(copy: &Path) -> Result<Vec<CopiedFile>, CopyFault> {
    let names = CopyFolder::files(copy).map_err(unusable(copy))?;
    let file = |name: String| {
        let path = copy.join(&name);
        let (omvang, sha256) = measured(&path).map_err(unusable(&path))?;
        Ok::<_, CopyFault>(CopiedFile { naam: name, omvang, sha256 })
    };
    names.into_iter().map(file).collect()
}

fn measured(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let mut file = File::open(path)?;
    file.sync_all()?;
    let mut context = Context::new(&SHA256);
    let (mut size, mut piece) = (0_u64, vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        let Some(filled) = piece.get(..read).filter(|filled| !filled.is_empty()) else { break };
        context.update(filled);
        size = size.saturating_add(filled.len() as u64);
    }
    let mut sum = [0; 32];
    sum.copy_from_slice(context.finish().as_ref());
    Ok((size, sum))
}

fn write(path: &Path, manifest: &Manifest) -> Result<(), CopyFault> {
    let text = serde_json::to_string_pretty(manifest).map_err(|error| unusable(path)(error.into()))?;
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    written().map_err(unusable(path))
}

/// The manifest of a copy whose files are all there and as they were.
fn read(copy: &Path) -> Result<Manifest, CopyFault> {
    let path = copy.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(unusable(&path))?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|_| CopyFault::NotACopy { path: copy.display().to_string() })?;
    if manifest.vorm != FORM {
        return Err(CopyFault::NotACopy { path: copy.display().to_string() });
    }
    let there = files(copy)?;
    let other = there.iter().find(|file| !manifest.bestanden.contains(file));
    match other.or_else(|| manifest.bestanden.iter().find(|file| !there.contains(file))) {
        Some(file) => Err(CopyFault::Changed { name: file.naam.clone() }),
        None => Ok(manifest),
    }
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> CopyFault + use<> {
    let path = path.display().to_string();
    |trouble| CopyFault::File { path, trouble }
}
