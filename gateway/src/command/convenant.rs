// SPDX-License-Identifier: EUPL-1.2
//! `sluis convenant …`: look at a covenant before it is in force. Needs no configuration, database or network.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use sluis_policy::processing::Processing;
use sluis_policy::{Covenant, Oin};

use super::Exit;

const CODES: &str = "\
Afsluitcodes:
   0  klaar: wat werd gelezen is een convenant dat ondertekend kan worden
  64  de opdracht is niet begrepen
  78  een bestand is niet te lezen, of heeft fouten; alle fouten staan op het scherm, elk met bestand en regel";

#[derive(Debug, Subcommand)]
pub(super) enum ConvenantCommand {
    /// Gaat na of een convenant ondertekend en uitgevoerd kan worden.
    ///
    /// Alle fouten staan er in een keer, elk met bestand, regel en sleutel. Bij meer dan een bestand gaat het ook na of twee
    /// convenanten dezelfde partijen op dezelfde dag binden: dan zou niet vaststaan welk van beide geldt.
    #[command(after_help = CODES)]
    Check {
        /// Het convenant (TOML). Mag vaker.
        #[arg(value_name = "BESTAND", required = true)]
        files: Vec<PathBuf>,
    },
    /// Drukt het blad af dat de partijen ondertekenen.
    #[command(after_help = CODES)]
    Show {
        /// Het convenant (TOML).
        #[arg(value_name = "BESTAND")]
        file: PathBuf,
    },
    /// Zegt in zinnen wat er voor wie verandert als het tweede convenant in de plaats komt van het eerste.
    #[command(after_help = CODES)]
    Diff {
        /// Het convenant dat nu geldt (TOML).
        #[arg(value_name = "OUD")]
        old: PathBuf,
        /// Het convenant dat ervoor in de plaats komt (TOML).
        #[arg(value_name = "NIEUW")]
        new: PathBuf,
    },
    /// Drukt het verwerkingsregister af (AVG 30).
    #[command(after_help = CODES)]
    Register,
    /// Drukt het werkdocument van een DPIA af (AVG 35): wat de sluis weet is ingevuld, wat mensen wegen is gevraagd.
    #[command(after_help = CODES)]
    Dpia {
        /// Het convenant (TOML). Mag vaker.
        #[arg(value_name = "BESTAND", required = true)]
        files: Vec<PathBuf>,
    },
    /// Drukt de bijlage bij de verwerkersovereenkomst van een verantwoordelijke af (AVG 28).
    #[command(after_help = CODES)]
    Bijlage {
        /// Het OIN van de verantwoordelijke.
        #[arg(long, value_name = "OIN")]
        organisatie: Oin,
        /// Het convenant (TOML). Mag vaker.
        #[arg(value_name = "BESTAND", required = true)]
        files: Vec<PathBuf>,
    },
}

/// Does what the command line asks of covenants.
pub(super) fn run(command: &ConvenantCommand) -> Exit {
    let done = match command {
        ConvenantCommand::Check { files } => check(files),
        ConvenantCommand::Show { file } => read(file).map(|covenant| print!("{}", covenant.page())),
        ConvenantCommand::Diff { old, new } => difference(old, new),
        ConvenantCommand::Register => {
            print!("{}", Processing::page());
            Ok(())
        }
        ConvenantCommand::Dpia { files } => all(files).map(|all| print!("{}", Processing::assessment(&all))),
        ConvenantCommand::Bijlage { organisatie, files } => all(files).and_then(|all| annex(&all, *organisatie)),
    };
    match done {
        Ok(()) => Exit::Done,
        Err(faults) => {
            eprintln!("{}", faults.join("\n"));
            Exit::Configuration
        }
    }
}

fn check(files: &[PathBuf]) -> Result<(), Vec<String>> {
    let mut faults = Vec::new();
    let mut sound: Vec<(&Path, Covenant)> = Vec::new();
    for file in files {
        match read(file) {
            Ok(covenant) => {
                faults.extend(sound.iter().filter_map(|(other, before)| between(file, &covenant, other, before)));
                sound.push((file, covenant));
            }
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for (file, covenant) in sound {
        let (parties, routes) = (covenant.parties().len(), covenant.routes().len());
        println!(
            "{}: klopt. {}, versie {}: {parties} partijen, {routes} routes.",
            file.display(),
            covenant.name(),
            covenant.version()
        );
    }
    Ok(())
}

/// Why two covenants cannot be in force together.
fn between(file: &Path, covenant: &Covenant, other: &Path, before: &Covenant) -> Option<String> {
    let (file, other) = (file.display(), other.display());
    if covenant.id() == before.id() {
        return Some(format!("{file}: `id`: is ook het nummer van {other}"));
    }
    let (one, two) = covenant.overlap(before)?;
    let name = |oin| covenant.party(oin).map_or("", |party| party.name.as_str());
    Some(format!(
        "{file}: `partij`: bindt {} en {} op dagen waarop {other} dat ook doet; dan staat niet vast welk van beide geldt",
        name(one.organisation),
        name(two.organisation)
    ))
}

fn difference(old: &Path, new: &Path) -> Result<(), Vec<String>> {
    let (old, new) = match (read(old), read(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => return Err([old.err(), new.err()].into_iter().flatten().flatten().collect()),
    };
    let changes = old.differences(&new);
    if changes.is_empty() {
        println!("Er verandert voor niemand iets.");
    }
    for change in changes {
        println!("- {change}");
    }
    if old.digest() != new.digest() && new.version() <= old.version() {
        println!("Let op: de tekst verschilt, maar de versie is niet opgehoogd ({}).", new.version());
    }
    Ok(())
}

/// Prints the annex of an organisation that is responsible for something under these covenants.
fn annex(covenants: &[Covenant], controller: Oin) -> Result<(), Vec<String>> {
    let mut accounts = covenants.iter().flat_map(Covenant::accounts);
    if !accounts.any(|account| account.controllers.contains(&controller)) {
        return Err(vec![format!("{controller}: is onder deze convenanten nergens verantwoordelijk voor")]);
    }
    print!("{}", Processing::annex(covenants, controller));
    Ok(())
}

/// All of these, or every fault of every one.
fn all(files: &[PathBuf]) -> Result<Vec<Covenant>, Vec<String>> {
    let (mut covenants, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        match read(file) {
            Ok(covenant) => covenants.push(covenant),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(covenants) } else { Err(faults) }
}

fn read(path: &Path) -> Result<Covenant, Vec<String>> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|trouble| vec![format!("{shown}: is niet te lezen: {trouble}")])?;
    let told = |fault: &sluis_policy::DocumentFault| format!("{shown}: {fault}");
    Covenant::parse(&text).map_err(|error| error.faults().iter().map(told).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../policy/covenants/west-maas-en-waal.toml");

    fn written(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("sluis-convenant-{}-{name}.toml", std::process::id()));
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn every_fault_comes_with_its_file_and_line() {
        let text = SHIPPED.replace("toetsen = 1", "toetsen = 0").replace("versie = 2", "versie = 0");
        let (faulty, sound) = (written("fout", &text), written("goed", SHIPPED));
        let faults = check(&[sound.clone(), faulty.clone()]).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with(&format!("{}: regel 9, `versie`: ", faulty.display())), "{faults:?}");
        assert_eq!(run(&ConvenantCommand::Check { files: vec![faulty.clone()] }), Exit::Configuration);
        assert_eq!(run(&ConvenantCommand::Check { files: vec![sound.clone()] }), Exit::Done);
        assert_eq!(run(&ConvenantCommand::Show { file: sound.clone() }), Exit::Done);
        assert_eq!(run(&ConvenantCommand::Diff { old: sound.clone(), new: faulty.clone() }), Exit::Configuration);
        assert_eq!(run(&ConvenantCommand::Diff { old: sound.clone(), new: sound.clone() }), Exit::Done);
        assert_eq!(run(&ConvenantCommand::Dpia { files: vec![sound.clone(), faulty.clone()] }), Exit::Configuration);
        let absent = faulty.with_extension("weg");
        assert_eq!(run(&ConvenantCommand::Show { file: absent }), Exit::Configuration);
    }

    /// RL-25: the documents of a controller; whoever answers for nothing has none.
    #[test]
    fn rl_25_the_annex_is_for_who_is_responsible() {
        let sound = written("bijlage", SHIPPED);
        let annex = |oin: &str| {
            run(&ConvenantCommand::Bijlage { organisatie: oin.parse().unwrap(), files: vec![sound.clone()] })
        };
        assert_eq!((annex("99000000066800000001"), annex("99000000000000000098")), (Exit::Done, Exit::Configuration));
        assert_eq!(run(&ConvenantCommand::Register), Exit::Done);
        assert_eq!(run(&ConvenantCommand::Dpia { files: vec![sound.clone()] }), Exit::Done);
    }

    #[test]
    fn two_that_bind_the_same_are_told_apart() {
        let (one, same) = (written("een", SHIPPED), written("twee", SHIPPED));
        let other = written("drie", &SHIPPED.replace("id = \"000\"", "id = \"000-b\""));
        let elsewhere =
            written("vier", &SHIPPED.replace("id = \"000\"", "id = \"9\"").replace("990000000668", "990000000225"));
        assert!(check(&[one.clone(), same]).unwrap_err()[0].contains("`id`"));
        assert!(check(&[one.clone(), other]).unwrap_err()[0].contains("welk van beide geldt"));
        assert_eq!(check(&[one, elsewhere]), Ok(()));
    }
}
