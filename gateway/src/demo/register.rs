// SPDX-License-Identifier: EUPL-1.2
//! The files that an operator would write, for this one run: configuration, register and covenants.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sluis_sandbox::seed::{self, Organisation, World};

/// The gateway's own identifier, which tokens name.
pub(super) const AUDIENCE: &str = "https://sluis.demo";

/// The covenant that ships for West Maas en Waal, and one that was invented so that a secondary school takes part.
const COVENANTS: [(&str, &str); 2] = [
    ("convenant-po.toml", include_str!("../../../policy/covenants/west-maas-en-waal.toml")),
    ("convenant-vo.toml", include_str!("convenant-vo.toml")),
];

/// A vendor that may act for the school from the day of the demo.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    /// Its name.
    pub(super) name: String,
    /// Its OIN.
    pub(super) oin: &'static str,
    /// The first and the first no longer counting day of its mandate (RL-26).
    pub(super) mandate: (Date, Date),
}

/// Where messages go and tokens come from, once the systems around the gateway listen.
pub(super) struct Addresses {
    /// Who issues tokens.
    pub(super) issuer: String,
    /// Base addresses.
    pub(super) back_office: String,
    pub(super) school_system: String,
    pub(super) verwijsindex: String,
}

/// Writes all files into a folder, and says where the configuration is.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(folder: &Path, addresses: &Addresses, guest: Option<&Guest>) -> io::Result<PathBuf> {
    for (name, text) in COVENANTS {
        fs::write(folder.join(name), text)?;
    }
    fs::write(folder.join("register.toml"), register(addresses, guest))?;
    let config = folder.join("sluis.toml");
    fs::write(&config, CONFIGURATION)?;
    Ok(config)
}

// Names of files are relative to the folder of this one. Ports are free ones; `localhost` may be called because the demo
// says so.
const CONFIGURATION: &str = r#"audience = "https://sluis.demo"
origin = "sluis.demo/1"
register = "register.toml"
covenants = ["convenant-po.toml", "convenant-vo.toml"]
database = "sqlite:gegevens/sluis.db"
operations = "127.0.0.1:0"

[keys]
file = "sleutels/sluis.sleutels"
passphrase = "sleutels/wachtzin"

[machine]
listen = "127.0.0.1:0"
certificate = "tls/server.pem"
key = "tls/server.key"
client_roots = "tls/ca.pem"

[outbound]
roots = "tls/ca.pem"
certificate = "tls/client.pem"
key = "tls/client.key"
private_hosts = ["localhost"]
"#;

fn register(addresses: &Addresses, guest: Option<&Guest>) -> String {
    let mut text = String::from("# Het register van deze demo: wie er meedoet, voor wie, in welke rol, en waar.\n");
    for known in &seed::ORGANISATIONS {
        text.push_str(&organisation(known, addresses));
    }
    text.push_str(seed::CONSENT_TEXT);
    for school in [seed::SCHOOL, seed::SECOND_SCHOOL] {
        text.push_str(&mandate(school, seed::VENDOR, "from = 2020-01-01"));
    }
    if let Some(Guest { name, oin, mandate: (from, until) }) = guest {
        let _infallible = write!(text, "\n[[organisation]]\noin = \"{oin}\"\nname = {}\n", quoted(name));
        text.push_str(&mandate(seed::SCHOOL, oin, &format!("from = {from}\nuntil = {until}")));
    }
    for known in &seed::PROFESSIONALS {
        let _infallible = write!(
            text,
            "\n[[professional]]\norganisation = \"{}\"\nid = \"{}\"\n[[professional.role]]\nrole = \"{}\"\n\
             desk = \"{}\"\nfrom = 2020-01-01\n",
            known.organisation, known.id, known.role, known.desk
        );
    }
    text
}

fn organisation(known: &Organisation, addresses: &Addresses) -> String {
    let Organisation { oin, name, desks } = known;
    let mut text = format!("\n[[organisation]]\noin = \"{oin}\"\nname = \"{name}\"\ndesks = {desks:?}\n");
    // A vendor acts for others and the gateway for nobody: neither has an issuer of its own.
    if ![seed::VENDOR, seed::GATEWAY].contains(oin) {
        let _infallible = writeln!(text, "issuers = [\"{}\"]", addresses.issuer);
        for desk in *desks {
            let _infallible = writeln!(text, "deliveries.{desk} = \"{}\"", delivery(oin, desk, addresses));
        }
    }
    if [seed::MUNICIPALITY, seed::ACCESS_DESK].contains(oin) {
        let _infallible = writeln!(text, "municipality = \"{}\"", seed::MUNICIPALITY_CODE);
    }
    let location = if *oin == seed::SCHOOL { seed::LOCATION } else { seed::SECOND_LOCATION };
    let pupils: Vec<_> = World::pupil_counts(oin).iter().map(|(age, pupils)| format!("{age} = {pupils}")).collect();
    if !pupils.is_empty() {
        let _infallible = write!(
            text,
            "[[organisation.contact]]\nname = \"Interne begeleiding\"\ndesk = \"school\"\n\
             telephone = \"0487-000000\"\n[[organisation.location]]\ncode = \"{location}\"\npupils = {{ {} }}\n",
            pupils.join(", ")
        );
    }
    text
}

fn delivery(oin: &str, desk: &str, addresses: &Addresses) -> String {
    match oin {
        seed::SCHOOL | seed::SECOND_SCHOOL => format!("{}/{oin}", addresses.school_system),
        seed::VERWIJSINDEX => addresses.verwijsindex.clone(),
        _ => format!("{}/{desk}", addresses.back_office),
    }
}

fn mandate(school: &str, vendor: &str, period: &str) -> String {
    format!("\n[[mandate]]\nschool = \"{school}\"\nvendor = \"{vendor}\"\n{period}\n")
}

/// A text of the command line as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::register::Register;

    #[test]
    fn the_files_are_what_an_operator_could_have_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |port: u16| format!("https://localhost:{port}");
        let addresses = Addresses { issuer: at(1), back_office: at(2), school_system: at(3), verwijsindex: at(4) };
        let today = "2026-11-22".parse().unwrap();
        let until = "2026-12-22".parse().unwrap();
        let name = "Nieuw \"Leerling\\systeem\"".to_owned();
        let guest = Guest { name: name.clone(), oin: "99000000000000000100", mandate: (today, until) };
        let config = Config::load(&write(folder.path(), &addresses, Some(&guest)).unwrap()).unwrap();
        assert_eq!(config.audience, AUDIENCE);
        let text = fs::read_to_string(&config.register).unwrap();
        let register = Register::parse(&text, &config.outbound.reach).unwrap();
        let (vendor, school) = (guest.oin.parse().unwrap(), seed::SCHOOL.parse().unwrap());
        assert_eq!(register.organisation(vendor).unwrap().name, name);
        assert!(register.mandate(vendor, school, today).is_some());
        assert!(register.mandate(vendor, school, until).is_none());
    }
}
