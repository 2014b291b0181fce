// SPDX-License-Identifier: EUPL-1.2
//! What a configuration names: each thing read, opened or made from its files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sluis_connectors::{Identity, Outbound, Reach, Settings};
use sluis_policy::{Covenant, Oin, RoleTable, roles};
use zeroize::Zeroizing;

use super::StartFault;
use crate::broker::Policy;
use crate::config::{Config, Database, Secret};
use crate::keeping::Keeping;
use crate::keys::{Keys, out_of_reach};
use crate::register::Register;
use crate::retention::Terms;
use crate::store::engine::{Engine, Fault};
use crate::store::index::Index;
use crate::store::postgres::Postgres;
use crate::store::sqlite::Sqlite;
use crate::tls::{self, ClientCertificate};

/// Opens the database that the configuration names.
///
/// # Errors
/// When it cannot be opened.
pub async fn engine(database: &Database) -> Result<Arc<dyn Engine>, Fault> {
    Ok(match database {
        Database::Sqlite(file) => Arc::new(Sqlite::open(file).await?),
        Database::Postgres(url) => Arc::new(Postgres::open(url.expose())?),
    })
}

/// Opens the index to the logs of the database that the configuration names.
///
/// # Errors
/// When it cannot be opened.
pub(crate) async fn index(database: &Database) -> Result<Index, Fault> {
    let engine: Arc<dyn Engine> = match database {
        Database::Sqlite(file) => Arc::new(Sqlite::beside(file).await?),
        Database::Postgres(url) => Arc::new(Postgres::beside(url.expose())?),
    };
    Ok(Index::new(engine))
}

/// The database, as its owner reaches it: by an address in a file that nobody else can read.
///
/// # Errors
/// When others can read the file, or it holds no such address.
pub fn owned_database(path: &Path) -> Result<Database, StartFault> {
    out_of_reach(path, None)?;
    let whole = Zeroizing::new(file(path)?);
    let address = std::str::from_utf8(&whole).ok().and_then(|text| text.lines().next()).map(str::trim);
    match address.filter(|address| address.starts_with("postgres://") || address.starts_with("postgresql://")) {
        Some(address) => Ok(Database::Postgres(Secret::new(address.to_owned()))),
        None => Err(StartFault::Owner { path: path.display().to_string() }),
    }
}

/// Reads the register that the configuration names. Its addresses must be within reach.
///
/// # Errors
/// When it cannot be read, or has faults.
pub fn register(config: &Config, reach: &Reach) -> Result<Register, StartFault> {
    let text = String::from_utf8_lossy(&file(&config.register)?).into_owned();
    Register::parse(&text, reach)
        .map_err(|faults| StartFault::Register { path: config.register.display().to_string(), faults })
}

/// What the configuration says about keeping, with the terms that it names; nothing where nothing goes by itself.
///
/// # Errors
/// When the terms cannot be read, or have faults.
pub(crate) fn keeping(config: &Config) -> Result<Option<Keeping>, StartFault> {
    let (Some(retention), Some(erasure)) = (&config.retention, &config.erasure) else { return Ok(None) };
    let text = String::from_utf8_lossy(&file(&retention.terms)?).into_owned();
    let terms = Terms::parse(&text)
        .map_err(|faults| StartFault::Terms { path: retention.terms.display().to_string(), faults })?;
    let data = data_folder(config).map(Path::to_path_buf);
    Ok(Some(Keeping { terms, rest: retention.rest, erasure: erasure.clone(), data }))
}

/// The client for every outbound call, as the configuration bounds it.
///
/// # Errors
/// When a file cannot be read or the certificates cannot be used.
pub fn outbound(config: &Config) -> Result<Outbound, StartFault> {
    let ours = &config.outbound;
    let settings = Settings {
        roots_pem: file(&ours.roots)?,
        identity: Some(Identity { chain_pem: file(&ours.certificate)?, key_pem: file(&ours.key)? }),
        reach: ours.reach.clone(),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(15),
    };
    Ok(Outbound::new(settings)?)
}

/// Opens the keys that the configuration names.
///
/// # Errors
/// When there are none, or they do not open, or lie with the data.
pub fn keys(config: &Config) -> Result<Keys, StartFault> {
    Ok(Keys::open(&config.keys.file, &passphrase(config)?, data_folder(config))?)
}

/// The folder that is copied when the data are; a database server has its own.
pub(crate) fn data_folder(config: &Config) -> Option<&Path> {
    match &config.database {
        Database::Sqlite(file) => file.parent(),
        Database::Postgres(_) => None,
    }
}

/// Makes the keys that the configuration names, where there are none yet; for one more gateway on the database of another,
/// beside the keys of that one.
///
/// # Errors
/// When the file exists already or cannot be written, or the keys of the other cannot be opened.
pub fn make_keys(config: &Config, beside: Option<&Config>) -> Result<(), StartFault> {
    let made = match beside {
        Some(other) => keys(other)?.beside()?,
        None => Keys::fresh()?,
    };
    Ok(made.save(&config.keys.file, &passphrase(config)?)?)
}

/// The fewest characters of a passphrase.
const PASSPHRASE: usize = 16;

fn passphrase(config: &Config) -> Result<Zeroizing<String>, StartFault> {
    let path = &config.keys.passphrase;
    out_of_reach(path, data_folder(config))?;
    let whole = Zeroizing::new(file(path)?);
    let first = std::str::from_utf8(&whole).ok().and_then(|text| text.lines().next()).map(str::trim);
    match first {
        Some(phrase) if phrase.chars().count() >= PASSPHRASE => Ok(Zeroizing::new(phrase.to_owned())),
        _ => Err(StartFault::Passphrase { path: path.display().to_string() }),
    }
}

/// The roles and covenants that the configuration names; without roles, those that ship with this program.
///
/// # Errors
/// When one cannot be read, or has faults, or two covenants have one number.
pub async fn policy(config: &Config) -> Result<Policy, StartFault> {
    let roles = match &config.roles {
        None => RoleTable::shipped().await?,
        Some(path) => roles::load(roles::SHIPPED_MODEL, &String::from_utf8_lossy(&file(path)?)).await?,
    };
    let mut covenants: Vec<Covenant> = Vec::new();
    for path in &config.covenants {
        let named = || path.display().to_string();
        let text = String::from_utf8_lossy(&file(path)?).into_owned();
        let covenant = Covenant::parse(&text).map_err(|trouble| StartFault::Covenant { path: named(), trouble })?;
        if covenants.iter().any(|other| other.id() == covenant.id()) {
            return Err(StartFault::CovenantTwice { path: named() });
        }
        if let Some(other) = covenants.iter().find(|other| other.overlap(&covenant).is_some()) {
            return Err(StartFault::CovenantsOverlap { path: named(), other: other.name().to_owned() });
        }
        covenants.push(covenant);
    }
    Ok(Policy { roles, covenants })
}

/// The identification number in the certificate that this gateway shows to others.
pub(crate) fn own_number(config: &Config) -> Result<Oin, StartFault> {
    let shown = tls::credentials(&config.outbound.certificate, &config.outbound.key)?;
    let number = shown.cert.first().and_then(|first| ClientCertificate::from_der(first).ok());
    number.map(|certificate| certificate.oin()).ok_or(StartFault::OwnNumber)
}

/// Reads a file that somebody named.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, StartFault> {
    std::fs::read(path).map_err(|trouble| StartFault::File { path: path.display().to_string(), trouble })
}
