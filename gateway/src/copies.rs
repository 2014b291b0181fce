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

/// Why there is no copy, or why one was not put back.
#[derive(Debug, thiserror::Error)]
pub enum CopyFault {
    /// The configuration or something that it names.
    #[error(transparent)]
    Start(#[from] StartFault),
    /// A file of the copy.
    #[error("`{path}` cannot be used: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: io::Error,
    },
    /// The folder is no whole copy that this program understands.
    #[error("`{path}` is not a whole copy of this form")]
    NotACopy {
        /// The folder.
        path: String,
    },
    /// A file is not as it was when the copy was made.
    #[error("`{name}` is missing, was added or is not as it was when the copy was made")]
    Changed {
        /// The file.
        name: String,
    },
    /// A copy of the other kind of database.
    #[error("this is a copy of a {0} database, and the configuration names another kind")]
    OtherKind(String),
    /// A copy of another version of the schema.
    #[error(
        "this copy stands at schema {found} and this program needs {needed}: restore it with the version that made it"
    )]
    OtherSchema {
        /// The steps of the copy.
        found: i64,
        /// The steps of this program.
        needed: i64,
    },
    /// The log name of the configuration is one of those in the copy.
    #[error("`origin` in the configuration is the name of a log in this copy: a restored gateway needs a new one")]
    SameOrigin,
    /// The database is in use.
    #[error("the database is not empty: a copy goes into an empty one, so that nothing is lost")]
    NotEmpty,
    /// The log is not what it was.
    #[error("the log `{origin}` in this copy is not whole: it was changed, cut off or forked")]
    NotWhole {
        /// The log.
        origin: String,
    },
    /// A checkpoint that the copy carries is not signed by this gateway's key.
    #[error("the checkpoint of `{origin}` in this copy is not signed with the key of this gateway")]
    Unsigned {
        /// The log.
        origin: String,
    },
    /// A checkpoint that somebody kept shows more than the copy holds, or something else.
    #[error(
        "the log `{origin}` in this copy does not fit a checkpoint that was kept: it has {has} entries, and had {had} then"
    )]
    NotAsKept {
        /// The log.
        origin: String,
        /// How many entries the copy has.
        has: u64,
        /// How many the checkpoint has.
        had: u64,
    },
    /// The first entry of the new log could not be written.
    #[error("the copy is back, and its new log could not be opened: empty the database and restore again")]
    Unopened,
}

impl From<Fault> for CopyFault {
    fn from(fault: Fault) -> Self {
        Self::Start(StartFault::Store(fault))
    }
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

/// Puts a copy into the empty database that the configuration names, and opens a new log on it. With `only_verify`
/// everything is done but the last step, and the database is empty again.
///
/// # Errors
/// When the copy is not whole, not signed with this gateway's key, or does not fit a checkpoint that was kept; the
/// database is as empty then as it was.
pub async fn restore(
    config: &Config,
    from: &Path,
    kept: &[Checkpoint],
    only_verify: bool,
    clock: Arc<dyn Clock>,
) -> Result<Manifest, CopyFault> {
    let manifest = read(from)?;
    let engine = app::engine(&config.database).await.map_err(StartFault::from)?;
    fits(&manifest, config, engine.as_ref()).await?;
    signed(config, &manifest)?;
    let mut filled = engine.copy_in(&CopyFolder::of(from)).await?;
    let whole = whole(filled.as_mut(), &manifest, kept).await;
    let stays = whole.is_ok() && !only_verify;
    let words = engine.batch();
    filled.transaction(if stays { words.commit } else { words.rollback }).await?;
    whole?;
    if stays {
        open_log(engine, config, clock, &manifest).await?;
    }
    Ok(manifest)
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
    manifest: &Manifest,
) -> Result<(), CopyFault> {
    let followed = |log: &CopiedLog| Predecessor {
        origin: log.oorsprong.clone(),
        size: log.omvang,
        root: log.wortel,
        checkpoint: log.controlepunt.clone(),
    };
    let followed: Vec<_> = manifest.logboeken.iter().map(followed).collect();
    let id = fresh_id().map_err(|_| CopyFault::Unopened)?;
    let leaf = first_entry(id, clock.now().instant, &followed).map_err(|_| CopyFault::Unopened)?;
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
