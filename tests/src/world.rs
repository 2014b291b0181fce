// SPDX-License-Identifier: EUPL-1.2
//! Everything that stands around a gateway: certificates, identity providers, the systems of school, municipality and
//! verwijsindex, and the files that an operator would write.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use sluis_sandbox::pki::{Issued, Oddity, Pki};
use sluis_sandbox::provider::{Provider, ProviderClient, ProviderSettings};
use sluis_sandbox::{Counterpart, Settings, back_office, school, seed, verwijsindex};

use crate::Trouble;
use crate::pattern::Names;
use crate::region::{self, Neighbour};

/// The gateway's own identifier.
pub const AUDIENCE: &str = "https://sluis.test";
/// A vendor whose mandate ended at the midnight that began this day.
pub const ENDED_VENDOR: &str = "99000000000000000002";
/// A vendor without a mandate.
pub const OTHER_VENDOR: &str = "99000000000000000003";
/// Nobody in the register.
pub const STRANGER: &str = "99000000000000000098";
/// A municipality in the register that signed no covenant.
pub const OUTSIDER: &str = "99000000000000000060";
/// A gecertificeerde instelling, which signed no covenant either.
pub const INSTITUTION: &str = "99000000000000000061";
/// The board of schools that signed the covenant.
pub const BOARD: &str = "99000000066800000004";
/// The RMC desk of the region.
pub const EARLY_LEAVERS: &str = "99000000000000000062";

/// The covenant of the region that most conversations are about; its parties are those of the seed.
const COVENANT: &str = include_str!("../../policy/covenants/west-maas-en-waal.toml");

/// What stands around a gateway, for as long as it is kept.
pub struct World {
    /// The authority of every certificate but one.
    pub pki: Pki,
    /// The synthetic people.
    pub people: seed::World,
    /// Providers by name: `schools`, `municipality`, and `unknown`, whom the register does not name.
    pub providers: BTreeMap<&'static str, Provider>,
    /// Certificates by name.
    pub certificates: BTreeMap<String, Issued>,
    /// The parties of the other covenants.
    pub neighbours: Vec<Neighbour>,
    /// Systems by name: `back-office` of the municipality, `access-office`, `school-system`, `verwijsindex`, and
    /// `neighbours`, which the parties of the other covenants share.
    pub counterparts: BTreeMap<&'static str, Counterpart>,
    /// Where its files lie.
    pub folder: PathBuf,
}

/// Short names of organisations, as conversations use them.
pub const ORGANISATIONS: [(&str, &str); 16] = [
    ("vendor", seed::VENDOR),
    ("ended-vendor", ENDED_VENDOR),
    ("other-vendor", OTHER_VENDOR),
    ("school", seed::SCHOOL),
    ("second-school", seed::SECOND_SCHOOL),
    ("municipality", seed::MUNICIPALITY),
    ("access-desk", seed::ACCESS_DESK),
    ("swv", seed::SAMENWERKINGSVERBAND),
    ("verwijsindex", seed::VERWIJSINDEX),
    ("outsider", OUTSIDER),
    ("institution", INSTITUTION),
    ("early-leavers", EARLY_LEAVERS),
    ("board", BOARD),
    ("gateway", seed::GATEWAY),
    ("stranger", STRANGER),
    ("short", "9900000000000000001"),
];

/// The number of an organisation by its short name.
///
/// # Errors
/// When nobody is called so.
pub fn oin(name: &str) -> Result<&'static str, Trouble> {
    let found = ORGANISATIONS.iter().find(|(short, _)| *short == name);
    found.map(|(_, oin)| *oin).ok_or_else(|| format!("there is no organisation `{name}`"))
}

impl World {
    /// Starts everything. `folder` is made when it is not there.
    ///
    /// # Errors
    /// When something cannot start.
    pub async fn start(folder: &Path) -> Result<Self, Trouble> {
        let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
        fs::create_dir_all(folder.join("checkpoints")).map_err(|error| format!("{}: {error}", folder.display()))?;
        let pki = Pki::new("Sluis test-CA").map_err(|error| error.to_string())?;
        let today = Timestamp::now().in_tz("Europe/Amsterdam").map_err(|error| error.to_string())?.date();
        let people = seed::World::on(today);
        let mut providers = BTreeMap::new();
        for name in ["schools", "municipality", "unknown"] {
            let settings = ProviderSettings { pki: &pki, audience: AUDIENCE.into(), clients: vec![] };
            providers.insert(name, Provider::start(settings).await.map_err(|error| error.to_string())?);
        }
        let settings = || Settings { pki: &pki, callers: vec![seed::GATEWAY.into()] };
        let counterparts = BTreeMap::from([
            ("back-office", back_office::start(settings(), &folder.join("checkpoints")).await),
            ("access-office", back_office::start(settings(), &folder.join("checkpoints")).await),
            ("school-system", school::start(settings(), people.pupils()).await),
            ("verwijsindex", verwijsindex::start(settings()).await),
            ("neighbours", back_office::start(settings(), &folder.join("checkpoints")).await),
        ]);
        let started =
            |(name, counterpart): (_, Result<Counterpart, _>)| counterpart.map(|counterpart| (name, counterpart));
        let counterparts = counterparts.into_iter().map(started).collect::<Result<_, _>>();
        let neighbours = region::neighbours()?;
        let world = Self {
            certificates: certificates(&pki, &neighbours)?,
            neighbours,
            counterparts: counterparts.map_err(|error: std::io::Error| error.to_string())?,
            folder: folder.to_owned(),
            pki,
            people,
            providers,
        };
        world.write_files().map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(world)
    }

    /// What conversations may name: numbers of organisations, days, and what is known of the youths.
    #[must_use]
    pub fn names(&self) -> Names {
        let mut names: Names =
            ORGANISATIONS.iter().map(|(name, oin)| (format!("oin.{name}"), (*oin).to_owned())).collect();
        names.extend(self.neighbours.iter().map(|known| (format!("oin.{}", known.short), known.oin.clone())));
        let today = self.people.today;
        let mut day = |name: &str, day: Date| names.insert(name.into(), day.to_string());
        day("today", today);
        day("tomorrow", today.saturating_add(1.day()));
        day("yesterday", today.saturating_sub(1.day()));
        day("four-weeks-ago", today.saturating_sub(4.weeks()));
        day("turns-23-tomorrow", today.saturating_add(1.day()).saturating_sub(23.years()));
        for years in [4_i16, 5, 16, 23] {
            day(&format!("{years}-years-ago"), today.saturating_sub(years.years()));
        }
        let called = ["worried_about", "registered", "withdrawn", "truant", "teenager", "refuser", "adult"];
        for (name, youth) in called.iter().zip(self.people.youths()) {
            let [first, second] = youth.parents;
            let born = youth.born.to_string();
            for (what, value) in [
                ("key", youth.pupil_key),
                ("bsn", youth.bsn),
                ("given", youth.given_name),
                ("surname", youth.surname),
                ("born", &born),
                ("postcode", youth.postcode),
                ("parent-one", first),
                ("parent-two", second),
            ] {
                names.insert(format!("{name}.{what}"), value.to_owned());
            }
        }
        names
    }

    /// The number of an organisation by its short name.
    ///
    /// # Errors
    /// When nobody is called so.
    pub fn oin(&self, name: &str) -> Result<&str, Trouble> {
        let neighbour = self.neighbours.iter().find(|known| known.short == name);
        neighbour.map_or_else(|| oin(name), |known| Ok(&known.oin))
    }

    /// Whether the schools' provider speaks for it.
    #[must_use]
    pub fn is_school(&self, oin: &str) -> bool {
        [seed::SCHOOL, seed::SECOND_SCHOOL].contains(&oin)
            || self.neighbours.iter().any(|known| known.oin == oin && known.is_school())
    }

    /// A text for output: without anything that is known of a youth.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        self.people.secrets().iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[…]"))
    }

    /// The client that a provider would know for a certificate.
    #[must_use]
    pub fn client(certificate: &str, certificate_oin: &str, acts_for: &str) -> ProviderClient {
        ProviderClient {
            client_id: format!("client-{certificate}"),
            certificate_oin: certificate_oin.into(),
            acts_for: vec![acts_for.into()],
        }
    }

    fn write_files(&self) -> std::io::Result<()> {
        self.pki.write_ca(&self.folder)?;
        let made = |issued: Result<Issued, _>| issued.map_err(std::io::Error::other);
        made(self.pki.server())?.write(&self.folder, "server")?;
        made(self.pki.client("Sluis West Maas en Waal", seed::GATEWAY))?.write(&self.folder, "client")?;
        fs::write(self.folder.join("convenant.toml"), COVENANT)?;
        for (name, text) in region::COVENANTS {
            fs::write(self.folder.join(format!("convenant-{name}.toml")), region::chosen(name, text))?;
        }
        fs::write(self.folder.join("register.toml"), self.register())
    }

    /// The register, with every organisation but the stranger.
    fn register(&self) -> String {
        let mut text = String::from(seed::CONSENT_TEXT);
        let extra = [
            (ENDED_VENDOR, "Voormalig Leerlingsysteem", [].as_slice()),
            (OTHER_VENDOR, "Ander Leerlingsysteem", [].as_slice()),
            (OUTSIDER, "Gemeente Verderop", ["wijkteam"].as_slice()),
            (INSTITUTION, "Jeugdbescherming Waalbocht", ["gecertificeerde_instelling"].as_slice()),
            (EARLY_LEAVERS, "RMC Rivierenland", ["rmc"].as_slice()),
            (BOARD, "Stichting Groeisaam", ["bestuur"].as_slice()),
        ];
        let known = seed::ORGANISATIONS.iter().map(|known| (known.oin, known.name, known.desks));
        for (oin, name, desks) in known.chain(extra) {
            let _infallible = write!(
                text,
                "[[organisation]]\noin = \"{oin}\"\nname = \"{name}\"\ndesks = {desks:?}\nissuers = {:?}\n{}",
                self.issuers(oin),
                self.desks(oin, desks)
            );
        }
        for (school, vendor, until) in [
            (seed::SCHOOL, seed::VENDOR, None),
            (seed::SECOND_SCHOOL, seed::VENDOR, None),
            (seed::SCHOOL, ENDED_VENDOR, Some(self.people.today)),
        ] {
            let until = until.map_or(String::new(), |until| format!("until = {until}\n"));
            let _infallible =
                write!(text, "[[mandate]]\nschool = \"{school}\"\nvendor = \"{vendor}\"\nfrom = 2020-01-01\n{until}");
        }
        for known in seed::PROFESSIONALS {
            let (id, organisation, desk, role) = (known.id, known.organisation, known.desk, known.role);
            text.push_str(&professional(id, organisation, desk, role, ""));
        }
        let address = |name: &str| self.counterparts.get(name).map(Counterpart::address).unwrap_or_default();
        let systems = (address("neighbours"), address("verwijsindex"));
        for neighbour in &self.neighbours {
            let provider = if neighbour.is_school() { "schools" } else { "municipality" };
            let issuer = self.providers.get(provider).map(Provider::issuer).unwrap_or_default();
            text.push_str(&neighbour.registered(&issuer, (&systems.0, &systems.1), seed::VENDOR));
        }
        let ended = format!("until = {}\n", self.people.today);
        text.push_str(&professional("vertrokken.wilgenhoek", seed::SCHOOL, "school", "leerkracht", &ended));
        // Somebody beside whoever reports, because nobody looks back on their own deed (RL-09).
        text.push_str(&professional("collega.wilgenhoek", seed::SCHOOL, "school", "intern_begeleider", ""));
        text.push_str(&professional("consulent.verderop", OUTSIDER, "wijkteam", "consulent", ""));
        text.push_str(&professional("voogd.waalbocht", INSTITUTION, "gecertificeerde_instelling", "gezinsvoogd", ""));
        // The officer of those who run this gateway, and of a participant.
        text.push_str(&professional("fg.sluis", seed::GATEWAY, "sluis", "functionaris_gegevensbescherming", ""));
        text.push_str(&professional("fg.groeisaam", BOARD, "bestuur", "functionaris_gegevensbescherming", ""));
        // Somebody in a care register (RL-05).
        let registered = "psycholoog.wijkteam\"\ncare_register = \"skj";
        text.push_str(&professional(registered, seed::MUNICIPALITY, "wijkteam", "consulent", ""));
        // Somebody with two roles at one desk.
        text.push_str(&professional("teamleider.toegang", seed::ACCESS_DESK, "toegang", "teamleider", ""));
        text.push_str("[[professional.role]]\nrole = \"screener\"\ndesk = \"toegang\"\nfrom = 2020-01-01\n");
        text
    }

    fn issuers(&self, oin: &str) -> Vec<String> {
        let provider = match oin {
            seed::SCHOOL | seed::SECOND_SCHOOL => "schools",
            seed::VENDOR | ENDED_VENDOR | OTHER_VENDOR => return vec![],
            _ => "municipality",
        };
        self.providers.get(provider).map(Provider::issuer).into_iter().collect()
    }

    /// Where each desk is delivered to, where it is, and how many pupils there are.
    fn desks(&self, oin: &str, desks: &[&str]) -> String {
        let (system, inner) = match oin {
            seed::SCHOOL | seed::SECOND_SCHOOL => ("school-system", oin),
            seed::VERWIJSINDEX => ("verwijsindex", ""),
            seed::ACCESS_DESK | seed::SAMENWERKINGSVERBAND => ("access-office", "desk"),
            _ => ("back-office", "desk"),
        };
        let base = self.counterparts.get(system).map(Counterpart::address).unwrap_or_default();
        let mut text = String::new();
        for desk in desks.iter().filter(|_| oin != seed::GATEWAY) {
            let path = if inner == "desk" { desk } else { inner };
            let address = format!("{base}/{path}");
            let _infallible = writeln!(text, "deliveries.{desk} = \"{}\"", address.trim_end_matches('/'));
        }
        if ["wijkteam", "toegang", "rmc"].iter().any(|desk| desks.contains(desk)) {
            let code = if oin == OUTSIDER { "0344" } else { seed::MUNICIPALITY_CODE };
            let _infallible = writeln!(text, "municipality = \"{code}\"");
        }
        let counts = seed::World::pupil_counts(oin);
        if !counts.is_empty() {
            let counts: Vec<_> = counts.iter().map(|(age, pupils)| format!("{age} = {pupils}")).collect();
            let _infallible = write!(
                text,
                "[[organisation.contact]]\nname = \"Interne begeleiding\"\ndesk = \"school\"\ntelephone = \"0487-000000\"\n\
                 [[organisation.location]]\ncode = \"{}\"\npupils = {{ {} }}\n",
                if oin == seed::SCHOOL { seed::LOCATION } else { seed::SECOND_LOCATION },
                counts.join(", ")
            );
        }
        text
    }
}

fn professional(id: &str, organisation: &str, desk: &str, role: &str, until: &str) -> String {
    format!(
        "[[professional]]\norganisation = \"{organisation}\"\nid = \"{id}\"\n\
         [[professional.role]]\nrole = \"{role}\"\ndesk = \"{desk}\"\nfrom = 2020-01-01\n{until}"
    )
}

fn certificates(pki: &Pki, neighbours: &[Neighbour]) -> Result<BTreeMap<String, Issued>, Trouble> {
    let mut all = BTreeMap::new();
    let mut keep = |name: &str, issued: Result<Issued, sluis_sandbox::pki::PkiError>| {
        issued.map(|issued| all.insert(name.to_owned(), issued)).map_err(|error| error.to_string())
    };
    for known in neighbours {
        keep(&known.short, pki.client(&known.short, &known.oin))?;
    }
    for (name, oin) in ORGANISATIONS {
        keep(name, pki.client(name, oin))?;
    }
    keep("second-certificate-of-vendor", pki.client("vendor", seed::VENDOR))?;
    keep("twice-numbered", pki.odd_client("vendor", seed::VENDOR, Oddity::TwoSerialNumbers))?;
    keep("unnumbered", pki.odd_client("vendor", seed::VENDOR, Oddity::NoSerialNumber))?;
    keep("expired", pki.odd_client("vendor", seed::VENDOR, Oddity::Expired))?;
    let elsewhere = Pki::new("Andere CA").map_err(|error| error.to_string())?;
    keep("other-authority", elsewhere.client("vendor", seed::VENDOR))?;
    Ok(all)
}
