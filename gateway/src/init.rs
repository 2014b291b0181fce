// SPDX-License-Identifier: EUPL-1.2
//! A first folder: everything that `serve` needs, made so that it starts as it lies, on this machine and with nobody in it
//! who exists.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::app::{self, StartFault};
use crate::config::Config;
use crate::keys::Secret;

mod pki;

use pki::{DevelopmentPki, Issued};

/// What is in the folder: each file and what it is for, in the order of telling.
pub const MADE: [(&str, &str); 7] = [
    ("sluis.toml", "de configuratie, met uitleg bij elke sleutel"),
    ("register.toml", "een verzonnen register: wie meedoet, voor wie en in welke rol. Zet uw eigen deelnemers erin"),
    ("convenanten/", "een convenant om mee te beginnen. Zet uw eigen afspraken ernaast"),
    ("sleutels/", "de verzegelde sleutels van deze gateway en hun wachtzin. Bewaar van elk een kopie, niet bij elkaar"),
    ("tls/", "een PKI om mee te ontwikkelen, 90 dagen geldig. Nooit voor echte gegevens"),
    ("gegevens/", "de database (SQLite), nog leeg"),
    ("journaal/", "hier komt het journaal van wat is vernietigd. Bewaar het apart van elke kopie van de database"),
];

const CONFIGURATION: &str = include_str!("../../deploy/voorbeeld/sluis.toml");
const REGISTER: &str = include_str!("../../deploy/voorbeeld/register.toml");
const COVENANT: &str = include_str!("../../policy/covenants/west-maas-en-waal.toml");

/// The gateway's own number in the example.
const GATEWAY: &str = "99000000000000000099";
/// The vendor's number in the example.
const VENDOR: &str = "99000000000000000001";

/// Why there is no first folder.
#[derive(Debug, thiserror::Error)]
pub enum InitFault {
    /// There is something in it.
    #[error("`{path}` is not empty: nothing was made, so that nothing is overwritten")]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// A file cannot be written.
    #[error("`{path}` cannot be made: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: io::Error,
    },
    /// A certificate cannot be made.
    #[error("certificates cannot be made: {0}")]
    Certificates(#[from] rcgen::Error),
    /// What was made is not good enough to start with.
    #[error(transparent)]
    Start(#[from] StartFault),
}

/// Makes a first folder. It may exist when there is nothing in it.
///
/// # Errors
/// When the folder is not empty, or something cannot be made.
pub async fn init(folder: &Path) -> Result<(), InitFault> {
    make_folder(folder)?;
    for room in ["convenanten", "sleutels", "tls", "gegevens", "journaal"] {
        new_folder(&folder.join(room))?;
    }
    write(&folder.join("sluis.toml"), CONFIGURATION, 0o644)?;
    write(&folder.join("register.toml"), REGISTER, 0o644)?;
    write(&folder.join("convenanten/west-maas-en-waal.toml"), COVENANT, 0o644)?;
    let passphrase = hex::encode(Secret::fresh().map_err(StartFault::from)?.bytes());
    write(&folder.join("sleutels/wachtzin"), &format!("{passphrase}\n"), 0o600)?;
    certificates(&folder.join("tls"))?;
    let config = Config::load(&folder.join("sluis.toml")).map_err(StartFault::from)?;
    app::make_keys(&config, None)?;
    let engine = app::engine(&config.database).await.map_err(StartFault::from)?;
    engine.migrate().await.map_err(StartFault::from)?;
    Ok(())
}

fn certificates(folder: &Path) -> Result<(), InitFault> {
    let pki = DevelopmentPki::new(SystemTime::now())?;
    for (name, issued) in [
        ("ca", pki.authority()),
        ("server", pki.server()?),
        ("uitgaand", pki.client("Sluis", GATEWAY)?),
        ("leverancier", pki.client("Leerlingsysteem", VENDOR)?),
    ] {
        let Issued { certificate, key } = issued;
        write(&folder.join(format!("{name}.pem")), &certificate, 0o644)?;
        write(&folder.join(format!("{name}.key")), &key, 0o600)?;
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), InitFault> {
    match fs::read_dir(folder) {
        Ok(mut there) => match there.next() {
            Some(_) => Err(InitFault::NotEmpty { path: folder.display().to_string() }),
            None => Ok(()),
        },
        Err(absent) if absent.kind() == io::ErrorKind::NotFound => new_folder(folder),
        Err(trouble) => Err(unmade(folder)(trouble)),
    }
}

/// For its owner only.
fn new_folder(path: &Path) -> Result<(), InitFault> {
    DirBuilder::new().mode(0o700).create(path).map_err(unmade(path))
}

fn write(path: &PathBuf, text: &str, mode: u32) -> Result<(), InitFault> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(unmade(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unmade(path))
}

fn unmade(path: &Path) -> impl FnOnce(io::Error) -> InitFault + use<> {
    let path = path.display().to_string();
    |trouble| InitFault::File { path, trouble }
}

#[cfg(test)]
mod tests {
    use sluis_policy::Covenant;

    use super::*;
    use crate::register::Register;

    #[test]
    fn every_example_that_ships_is_read() {
        let folder = Path::new("/etc/sluis");
        let first = Config::parse(CONFIGURATION, folder).unwrap();
        let register = Register::parse(REGISTER, &first.outbound.reach).unwrap();
        assert!(Covenant::parse(COVENANT).is_ok());
        assert!(register.organisation(VENDOR.parse().unwrap()).is_some());
        let production = include_str!("../../deploy/productie/sluis.toml");
        let production = Config::parse(production, folder).unwrap();
        assert!(!production.machine.revocations.is_empty(), "an example to follow shows what closes doors");
        let unit = include_str!("../../deploy/systemd/sluis.service");
        let people = production.people.expect("an example to follow shows the listener for people too");
        for credential in [&production.keys.file, &production.keys.passphrase, &people.client_key] {
            let name = credential.file_name().unwrap().to_str().unwrap();
            assert!(credential.starts_with("/run/credentials/sluis.service"), "{name}");
            assert!(unit.contains(&format!("={name}")), "the service is handed {name}");
        }
    }
}
