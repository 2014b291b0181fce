// SPDX-License-Identifier: EUPL-1.2
//! A look at everything that a configuration names, before anything starts or changes: all that is wrong at once.
//!
//! Nothing is made, nothing is written and nothing is taken; a gateway that runs on the same files does not notice.

use std::fmt;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use sluis_policy::{Covenant, Oin, RoleTable};

use crate::app::{self, StartFault};
use crate::clock::moment_at;
use crate::config::{Config, Database};
use crate::console::AssertionKey;
use crate::keys::out_of_reach;
use crate::register::Register;
use crate::store::engine::{Engine, Fault};
use crate::tls::{self, ClientCertificate, Trusted};

/// A certificate that ends sooner than this deserves a word, in microseconds.
const SOON: i64 = 30 * DAY;
const DAY: i64 = 24 * 3600 * 1_000_000;

/// Bevinding: one thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "bevinding")]
pub struct Finding {
    /// How bad it is.
    pub weight: Weight,
    /// What it is about: a file, an address.
    pub about: String,
    /// What is the matter. Never a secret.
    pub words: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Fout: the gateway would not start, or refuse whom it should serve.
    Fault,
    /// Something outside cannot be reached now.
    Unreachable,
    /// It starts, and somebody should know.
    Remark,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Fault => "fout",
            Weight::Unreachable => "onbereikbaar",
            Weight::Remark => "let op",
        };
        write!(f, "{weight:<13} {}: {}", self.about, self.words.replace('\n', &format!("\n{:<13} ", "")))
    }
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, weight: Weight, about: impl fmt::Display, words: impl fmt::Display) {
        self.0.push(Finding { weight, about: about.to_string(), words: words.to_string() });
    }

    fn fault(&mut self, about: impl fmt::Display, words: impl fmt::Display) {
        self.add(Weight::Fault, about, words);
    }

    fn remark(&mut self, about: impl fmt::Display, words: impl fmt::Display) {
        self.add(Weight::Remark, about, words);
    }

    /// The value, or nothing with its fault noted.
    fn take<T>(&mut self, about: impl fmt::Display, read: Result<T, impl fmt::Display>) -> Option<T> {
        read.map_err(|fault| self.fault(about, fault)).ok()
    }
}

/// Looks at a configuration file and everything that it names. `now` is in microseconds since 1970 (UTC).
pub async fn check(path: &Path, now: i64) -> Vec<Finding> {
    tls::install_provider();
    let mut found = Findings::default();
    let Some(config) = configuration(path, &mut found) else { return found.0 };
    keys(&config, &mut found);
    journal(&config, &mut found);
    terms(&config, now, &mut found);
    certificates(&config, now, &mut found);
    let register = found.take(config.register.display(), app::register(&config, &config.outbound.reach));
    let covenants = covenants(&config, &mut found);
    found.take("de rollen van dit programma", RoleTable::shipped().await);
    if let Some(register) = register {
        whole(&register, &covenants, own_number(&config), &mut found);
        texts(&register, config.register.display(), now, &mut found);
    }
    let people = config.people.as_ref().map(|people| people.listen);
    for at in [config.machine.listen, config.operations].into_iter().chain(people) {
        address(at, &mut found);
    }
    database(&config.database, &mut found).await;
    found.0.sort_by_key(|finding| finding.weight);
    found.0
}

/// The configuration, also when keys in it are faulty, as long as all that is needed can be read.
fn configuration(path: &Path, found: &mut Findings) -> Option<Config> {
    let text = found.take(path.display(), fs::read_to_string(path))?;
    let (config, faults) = Config::inspect(&text, path.parent().unwrap_or(Path::new(".")));
    for fault in faults {
        found.fault(path.display(), fault);
    }
    if config.is_none() {
        found.remark(path.display(), "de rest is pas na te kijken als deze sleutels kloppen");
    }
    config
}

fn keys(config: &Config, found: &mut Findings) {
    let files = &config.keys;
    if !files.file.exists() {
        found.fault(files.file.display(), "er zijn nog geen sleutels: `sluis keys` maakt ze");
        return;
    }
    found.take(files.file.display(), app::keys(config));
}

/// Whether the journal of what is erased can be where the configuration wants it: in a folder that is there, and not with the
/// data, because a copy would bring back an older one.
fn journal(config: &Config, found: &mut Findings) {
    let Some(path) = config.erasure.as_ref().map(|erasure| &erasure.journal) else { return };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |folder: &Path| folder.canonicalize().ok();
    match (real(folder), app::data_folder(config).and_then(real)) {
        (None, _) => found.fault(path.display(), "de map is er niet"),
        (Some(folder), Some(data)) if folder.starts_with(&data) => {
            found
                .fault(path.display(), "ligt in de map van de database: een kopie zou een ouder journaal terugbrengen");
        }
        _ => {}
    }
}

/// Whether what may not be kept any longer goes by itself, and by which decision.
fn terms(config: &Config, now: i64, found: &mut Findings) {
    let Some(retention) = &config.retention else {
        found.remark("retention", "er zijn geen bewaartermijnen (`[retention]`): niets gaat vanzelf weg");
        return;
    };
    let about = retention.terms.display();
    let Some(Some(keeping)) = found.take(&about, app::keeping(config)) else { return };
    let (today, (_, decided)) = (moment_at(now).today, keeping.terms.decided());
    if decided > today {
        return found
            .fault(&about, format!("is besloten op {decided}, en dat moet nog komen: tot dan blijft alles liggen"));
    }
    for without in keeping.terms.missing(today) {
        found.fault(&about, format!("er geldt vandaag geen termijn voor {without}: dat blijft liggen"));
    }
    if retention.rest.is_zero() {
        found.remark(&about, "rest_hours is 0: een klok die verspringt vernietigt meteen");
    }
}

fn certificates(config: &Config, now: i64, found: &mut Findings) {
    let (machine, out) = (&config.machine, &config.outbound);
    found.take(machine.certificate.display(), tls::credentials(&machine.certificate, &machine.key));
    let usable = found.take(out.certificate.display(), app::outbound(config)).is_some();
    if usable && own_number(config).is_none() {
        found.fault(out.certificate.display(), StartFault::OwnNumber);
    }
    let mut keys = vec![&machine.key, &out.key];
    let mut shown = vec![&machine.certificate, &machine.client_roots, &out.certificate, &out.roots];
    if let Some(people) = &config.people {
        found.take(people.certificate.display(), tls::credentials(&people.certificate, &people.key));
        found.take(people.client_key.display(), AssertionKey::read(&people.client_key));
        keys.extend([&people.key, &people.client_key]);
        shown.push(&people.certificate);
    }
    for key in keys {
        if let Err(fault @ crate::keys::KeyFault::Open { .. }) = out_of_reach(key, None) {
            found.fault(key.display(), fault);
        }
    }
    for file in shown {
        // That it cannot be read was said above.
        let Ok(end) = tls::first_end(file) else { continue };
        match (end - now) / DAY {
            _ if end <= now => found.fault(file.display(), "een certificaat hierin is verlopen"),
            days if end - now < SOON => {
                found.remark(file.display(), format!("een certificaat hierin verloopt over {days} dagen"))
            }
            _ => {}
        }
    }
    if let Some(trusted) =
        found.take(machine.client_roots.display(), Trusted::read(&machine.client_roots, &machine.revocations))
    {
        for fault in trusted.faults(now) {
            found.fault("intrekkingslijsten", fault);
        }
    }
}

fn own_number(config: &Config) -> Option<Oin> {
    let shown = tls::credentials(&config.outbound.certificate, &config.outbound.key).ok()?;
    ClientCertificate::from_der(shown.cert.first()?).ok().map(|certificate| certificate.oin())
}

fn covenants(config: &Config, found: &mut Findings) -> Vec<Covenant> {
    let mut covenants: Vec<Covenant> = Vec::new();
    for path in &config.covenants {
        let Some(text) = found.take(path.display(), fs::read_to_string(path)) else { continue };
        let Some(covenant) = found.take(path.display(), Covenant::parse(&text)) else { continue };
        if covenants.iter().any(|other| other.id() == covenant.id()) {
            found.fault(path.display(), StartFault::CovenantTwice { path: path.display().to_string() });
        }
        if let Some(other) = covenants.iter().find(|other| other.overlap(&covenant).is_some()) {
            let (path, other) = (path.display().to_string(), other.name().to_owned());
            found.fault(&path, StartFault::CovenantsOverlap { path: path.clone(), other });
        }
        covenants.push(covenant);
    }
    if config.covenants.is_empty() {
        found.remark("covenants", "geen convenant: alleen wat de wet rechtstreeks regelt gaat door");
    }
    covenants
}

/// What the parts say of each other.
fn whole(register: &Register, covenants: &[Covenant], own: Option<Oin>, found: &mut Findings) {
    for organisation in register.organisations() {
        let bound = organisation.desks.iter().any(|desk| {
            let party = sluis_policy::Party { organisation: organisation.oin, desk: *desk };
            covenants.iter().any(|covenant| covenant.binds(party))
        });
        let ours = Some(organisation.oin) == own;
        if !bound && !ours && !organisation.desks.is_empty() && !covenants.is_empty() {
            found.remark(&organisation.name, "staat in het register en in geen enkel convenant");
        }
        if !organisation.desks.is_empty() && organisation.issuers.is_empty() && !ours {
            found.remark(&organisation.name, "heeft geen uitgever van tokens: niemand kan namens haar handelen");
        }
    }
}

/// Whether anybody can say yes: a yes counts only on a text that was in use when it was said (AVG 7(1)).
fn texts(register: &Register, about: impl fmt::Display, now: i64, found: &mut Findings) {
    let today = moment_at(now).today;
    if register.texts().next().is_none() {
        found.remark(about, "er staat geen tekst van toestemming in (`[[consent_text]]`): elk ja wordt geweigerd");
    } else if !register.texts().any(|text| text.was_in_use_on(today)) {
        found.remark(about, "geen tekst van toestemming is vandaag in gebruik: elk ja van vandaag wordt geweigerd");
    }
}

/// A port that is taken may be taken by this gateway itself.
fn address(at: SocketAddr, found: &mut Findings) {
    match TcpListener::bind(at) {
        Err(taken) if taken.kind() == std::io::ErrorKind::AddrInUse => {
            found.remark(at, "is in gebruik, misschien door deze gateway zelf");
        }
        Err(trouble) => found.fault(at, trouble),
        Ok(_free) => {}
    }
}

async fn database(database: &Database, found: &mut Findings) {
    // Opening a file that is not there would make it.
    if let Database::Sqlite(file) = database
        && !file.exists()
    {
        let folder = file.parent().is_some_and(Path::is_dir);
        let words = "er is nog geen database: `sluis migrate` maakt haar";
        return if folder {
            found.fault(file.display(), words)
        } else {
            found.fault(file.display(), "de map is er niet")
        };
    }
    match app::engine(database).await {
        Ok(engine) => stands(engine, found).await,
        Err(fault) => noted(&fault, found),
    }
}

async fn stands(engine: Arc<dyn Engine>, found: &mut Findings) {
    if let Err(fault) = engine.schema().await {
        return noted(&fault, found);
    }
    let mut connection = match engine.writer().await {
        Ok(connection) => connection,
        Err(fault) => return noted(&fault, found),
    };
    for seen in [engine.durability(connection.as_mut()).await, engine.restraint(connection.as_mut()).await] {
        if let Err(fault) = seen {
            noted(&fault, found);
        }
    }
}

fn noted(fault: &Fault, found: &mut Findings) {
    let outside = matches!(fault, Fault::Gone { .. } | Fault::Contended | Fault::FlushFailed);
    found.add(if outside { Weight::Unreachable } else { Weight::Fault }, "database", fault);
}
