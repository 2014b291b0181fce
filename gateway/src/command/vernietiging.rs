// SPDX-License-Identifier: EUPL-1.2
//! `sluis vernietiging …`: what is kept of a youth goes, or may not go for now.

use std::io::BufRead;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sluis_policy::Oin;
use zeroize::Zeroizing;

use super::Exit;
use crate::config::Config;
use crate::erasing::{self, Order, Proof, Unerased, Whom};
use crate::operator::{Office, OperatorFault, id_of};
use crate::vault::{Id, RetentionClass};

const CODES: &str = "\
Afsluitcodes:
   0  gedaan, en vastgelegd
   1  het mag of kan niet: de reden staat op het scherm, en er is niets vernietigd
  64  de opdracht is niet begrepen
  69  de database of het journaal is nu niet te gebruiken. Staat er dat het nog niet af is, dan maakt de volgende start het af
  78  de configuratie klopt niet of noemt geen journaal; er is niets veranderd";

#[derive(Debug, Subcommand)]
pub(super) enum VernietigingCommand {
    /// Vernietigt wat van een jeugdige wordt bewaard, per klasse.
    ///
    /// De sleutels van de klasse gaan weg, en met `levering` ook elke weg naar de jeugdige; daarna kan niemand nog lezen wat
    /// eronder lag, ook de beheerder niet. Het is niet terug te draaien. De regels in het logboek blijven kloppen, en wat
    /// anderen nog te doen hebben blijft staan. De gateway mag draaien.
    ///
    /// Om wie het gaat staat op de eerste regel van de standaardinvoer, zodat het in geen lijst van opdrachten terechtkomt: de
    /// leerlingsleutel van de school (met --school), of een BSN.
    #[command(after_help = CODES)]
    Erase {
        #[command(flatten)]
        by: By,
        /// De school die de jeugdige onder de leerlingsleutel op de standaardinvoer kent (OIN).
        #[arg(long, value_name = "OIN", conflicts_with = "vervolg")]
        school: Option<Oin>,
        /// Het kenmerk van een eerdere vernietiging of opschorting: om dezelfde jeugdige gaat het. Dan wordt er niets van de
        /// standaardinvoer gelezen.
        #[arg(long, value_name = "KENMERK", value_parser = read_id)]
        vervolg: Option<Id>,
        /// Wat er weg moet. Mag vaker; de volgorde is levering, toestemming, toegang.
        #[arg(long, value_name = "KLASSE", value_enum, required = true)]
        klasse: Vec<Class>,
        /// Waarom.
        #[arg(long, value_name = "GROND", value_enum)]
        grond: Ground,
    },
    /// Schort vernietiging op: niets van deze jeugdige gaat weg zolang dit staat.
    ///
    /// Om wie het gaat staat op de eerste regel van de standaardinvoer, als bij `erase`.
    #[command(after_help = CODES)]
    Hold {
        #[command(flatten)]
        by: By,
        /// De school die de jeugdige onder de leerlingsleutel op de standaardinvoer kent (OIN).
        #[arg(long, value_name = "OIN", conflicts_with = "vervolg")]
        school: Option<Oin>,
        /// Het kenmerk van een eerdere vernietiging of opschorting: om dezelfde jeugdige gaat het.
        #[arg(long, value_name = "KENMERK", value_parser = read_id)]
        vervolg: Option<Id>,
        /// Waarom.
        #[arg(long, value_name = "GROND", value_enum)]
        grond: HoldGround,
    },
    /// Beëindigt een opschorting.
    #[command(after_help = CODES)]
    Release {
        #[command(flatten)]
        by: By,
        /// Het kenmerk dat `hold` gaf.
        #[arg(long, value_name = "KENMERK", value_parser = read_id)]
        opschorting: Id,
    },
}

/// Who decides, for which gateway.
#[derive(Debug, Args)]
pub(super) struct By {
    /// Het configuratiebestand (TOML).
    #[arg(long, value_name = "BESTAND")]
    config: PathBuf,
    /// Uw eigen kenmerk, zoals het in het register staat: functioneel beheerder van deze gateway.
    #[arg(long, value_name = "KENMERK")]
    operator: String,
}

/// Bewaarklasse, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Class {
    /// Wie het is en wat er loopt: naam, nummer, feiten, signalen, berichten.
    Levering,
    /// Wat er over delen is gezegd, en door wie.
    Toestemming,
    /// Wie er keek.
    Toegang,
}

/// Why something is erased. A closed list: what is typed here stands in the log.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Ground {
    /// De jeugdige of een vertegenwoordiger vroeg erom (AVG 17).
    Verzoek,
    /// De bewaartermijn is om.
    Termijn,
    /// Het had hier nooit mogen staan.
    Onterecht,
}

/// Why nothing may be erased for now.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum HoldGround {
    /// Een rechtszaak.
    Procedure,
    /// Een klacht of bezwaar.
    Klacht,
    /// Een onderzoek van een toezichthouder.
    Toezicht,
    /// Een vordering van een rechter, officier of toezichthouder om het te bewaren.
    Vordering,
    /// Een wettelijke bewaarplicht.
    Bewaarplicht,
}

impl Class {
    fn class(self) -> RetentionClass {
        match self {
            Self::Levering => RetentionClass::Delivery,
            Self::Toestemming => RetentionClass::Consent,
            Self::Toegang => RetentionClass::AccessRecord,
        }
    }
}

impl Ground {
    fn code(self) -> &'static str {
        match self {
            Self::Verzoek => "verzoek",
            Self::Termijn => "termijn",
            Self::Onterecht => "onterecht",
        }
    }
}

impl HoldGround {
    fn code(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Klacht => "klacht",
            Self::Toezicht => "toezicht",
            Self::Vordering => "vordering",
            Self::Bewaarplicht => "bewaarplicht",
        }
    }
}

/// Does what the command line asks.
pub(super) async fn run(command: VernietigingCommand) -> Exit {
    let done = match command {
        VernietigingCommand::Erase { by, school, vervolg, klasse, grond } => {
            let Some(whom) = whom(school, vervolg) else { return Exit::Usage };
            let classes = RetentionClass::FROM_THE_START;
            let chosen = |class: &RetentionClass| klasse.iter().any(|chosen| chosen.class() == *class);
            let classes = classes.into_iter().filter(chosen).collect();
            let order = Order { whom, classes, ground: grond.code() };
            erase(&by, &order).await
        }
        VernietigingCommand::Hold { by, school, vervolg, grond } => {
            let Some(whom) = whom(school, vervolg) else { return Exit::Usage };
            hold(&by, &whom, grond.code()).await
        }
        VernietigingCommand::Release { by, opschorting } => release(&by, opschorting).await,
    };
    done.map_or_else(failed, |()| Exit::Done)
}

async fn erase(by: &By, order: &Order) -> Result<(), Unerased> {
    let (config, office) = by.office().await?;
    let proof = erasing::erase(&config, &office, order).await?;
    office.close().await;
    told(&proof);
    Ok(())
}

async fn hold(by: &By, whom: &Whom, ground: &'static str) -> Result<(), Unerased> {
    let (config, office) = by.office().await?;
    let id = erasing::hold(&config, &office, whom, ground).await?;
    office.close().await;
    println!("Opgeschort: van deze jeugdige gaat niets weg tot dit eindigt. Kenmerk {}.", hex::encode(id));
    Ok(())
}

async fn release(by: &By, hold: Id) -> Result<(), Unerased> {
    let (config, office) = by.office().await?;
    let id = erasing::release(&config, &office, hold).await?;
    office.close().await;
    println!("De opschorting is beeindigd. Kenmerk {}.", hex::encode(id));
    Ok(())
}

impl By {
    async fn office(&self) -> Result<(Config, Office), Unerased> {
        let config = Config::load(&self.config).map_err(OperatorFault::from)?;
        let office = Office::open(&config, Some(&self.operator)).await?;
        Ok((config, office))
    }
}

/// Whom it is about; says what is wrong where that cannot be read.
fn whom(school: Option<Oin>, before: Option<Id>) -> Option<Whom> {
    if let Some(record) = before {
        return Some(Whom::Before(record));
    }
    let mut line = Zeroizing::new(String::new());
    let read = std::io::stdin().lock().read_line(&mut line);
    let typed = line.trim();
    let whom = match (read, school) {
        (Ok(_), Some(school)) if !typed.is_empty() => Some(Whom::Pupil(school, typed.to_owned())),
        (Ok(_), None) => typed.parse().ok().map(Whom::Number),
        _ => None,
    };
    if whom.is_none() {
        eprintln!("sluis: op de eerste regel van de standaardinvoer staat geen leerlingsleutel (met --school) of BSN");
    }
    whom
}

/// What was done, without a word about whom.
fn told(proof: &Proof) {
    let record = hex::encode(proof.record);
    println!("Vernietigd, vastgelegd en in het journaal. Kenmerk {record}.");
    println!("Beeindigd voordat het aankwam: {}; de afzender heeft de taak dat na te gaan.", proof.ended);
    for (organisation, desk, id) in &proof.arrived {
        println!("  heeft het, en hoort het van u (AVG 19): {organisation} {desk}, bericht {}", hex::encode(id));
    }
    let where_left = if proof.server { "het logboek van de databaseserver en in kopieen" } else { "kopieen" };
    println!("Tot uiterlijk {} kan een sleutel nog bestaan in {where_left}.", proof.lapses);
    print!("Bewijs, om te bewaren:\n{}", proof.checkpoint);
}

fn failed(why: Unerased) -> Exit {
    match why {
        Unerased::Office(fault) => super::failed(fault),
        why => {
            eprintln!("sluis: {why}");
            match why {
                Unerased::NoJournal | Unerased::Journal(_) => Exit::Configuration,
                Unerased::Unfinished(_) => Exit::Unavailable,
                _ => Exit::Failed,
            }
        }
    }
}

fn read_id(text: &str) -> Result<Id, String> {
    id_of(text).ok_or_else(|| "een kenmerk heeft 32 hexadecimale cijfers".to_owned())
}
