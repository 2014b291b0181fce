// SPDX-License-Identifier: EUPL-1.2
//! The configuration: one TOML file. Unknown keys are refused, every fault is listed with its path, secrets do not print.
//! Relative paths are relative to the folder of the file.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sluis_connectors::{Address, AddressError, Host, Reach};
use toml::Value;
use zeroize::Zeroizing;

use crate::broker::{DENIALS_A_MINUTE, Witness};
use crate::document::{self, Fault, Faults, Findings, Reading, Section};
use crate::ledger::checkpoint::VerifierKey;

mod keeping;

pub use self::keeping::{Erasure, Retention};

/// Everything that an operator decides about one gateway.
#[derive(Debug)]
pub struct Config {
    /// The identifier of this gateway that access tokens must name in `aud`.
    pub audience: String,
    /// The name of this instance's own log, once chosen never changed: no two instances share one.
    pub origin: String,
    /// The file with organisations, mandates, professionals, issuers and pupil counts.
    pub register: PathBuf,
    /// Where this gateway's own keys are.
    pub keys: KeyFile,
    /// The covenant files in force.
    pub covenants: Vec<PathBuf>,
    /// The role file in force; without one it is the one that ships.
    pub roles: Option<PathBuf>,
    /// Where everything is kept.
    pub database: Database,
    /// The listener for systems, with mutual TLS.
    pub machine: MachineListener,
    /// The listener for people, where there is one.
    pub people: Option<PeopleListener>,
    /// The listener for operators.
    pub operations: SocketAddr,
    /// How this gateway calls others.
    pub outbound: Outbound,
    /// What bounds a caller.
    pub limits: Limits,
    /// How what is erased stays so; without it nothing can be erased.
    pub erasure: Option<Erasure>,
    /// For how long what is kept is kept; without it nothing goes by itself.
    pub retention: Option<Retention>,
    /// The logs of other gateways that this one witnesses, each by its key.
    pub witnessed: Vec<VerifierKey>,
    /// Who witness the log of this gateway.
    pub witnesses: Vec<Witness>,
}

/// Where this gateway's own keys are: sealed in one file, under a passphrase in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// The sealed keys. Not in the folder of the database, or a copy of one would be a copy of both.
    pub file: PathBuf,
    /// A file whose first line is the passphrase, such as a systemd credential.
    pub passphrase: PathBuf,
}

/// The database, by the scheme of its URL.
#[derive(Debug)]
pub enum Database {
    /// `sqlite:FILE`: embedded, in this file.
    Sqlite(PathBuf),
    /// `postgres://…`: a server. The URL may hold a password.
    Postgres(Secret),
}

/// A text that must not be seen: it does not print, and its memory is cleared when it goes.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The listener for systems.
#[derive(Debug)]
pub struct MachineListener {
    /// Where to listen. Port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The server's certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// Who may have issued client certificates, PEM.
    pub client_roots: PathBuf,
    /// Which of their certificates were withdrawn, PEM, one list a file. When there are any, a certificate that none
    /// covers is refused.
    pub revocations: Vec<PathBuf>,
}

/// The listener for people: officers who log in with the identity provider of their organisation.
#[derive(Debug)]
pub struct PeopleListener {
    /// Where to listen. Port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The server's certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// The origin that browsers know this listener by: `https://host` or `https://host:port`, as registered with the issuer.
    pub url: String,
    /// Who vouches for people, exactly as it calls itself. Organisations trust it by the register, as for tokens.
    pub issuer: String,
    /// What the issuer calls this gateway.
    pub client_id: String,
    /// The private key, PEM, with which this gateway shows the issuer who it is (`private_key_jwt`).
    pub client_key: PathBuf,
}

/// How this gateway calls others.
#[derive(Debug)]
pub struct Outbound {
    /// Who may have issued the certificates of servers that are called, PEM.
    pub roots: PathBuf,
    /// The certificate chain that this gateway shows, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// The hosts that may be called at all, and which of them may be or lead to private addresses.
    pub reach: Reach,
}

/// The largest body that [`Limits::body`] may allow, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;

/// What bounds a caller. Each has a default that suits a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes.
    pub body: usize,
    /// All headers of a request together, in bytes.
    pub headers: usize,
    /// How long a caller may take to send the headers, and again to send the body.
    pub patience: Duration,
    /// Open connections per listener.
    pub connections: usize,
    /// Access tokens that may be verified at the same time; those that were seen before do not count.
    pub verifications: usize,
    /// Requests of one certificate holder that are worked on at the same time; a quarter of them only for what may be a
    /// report. A vendor of many schools has one certificate.
    pub requests: usize,
    /// Denials of one certificate holder that are recorded one by one in a minute; the rest stand in one record together.
    pub denials: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * 1024,
            headers: 16 * 1024,
            patience: Duration::from_secs(10),
            connections: 4096,
            verifications: 64,
            requests: 128,
            denials: DENIALS_A_MINUTE,
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// The file cannot be opened.
    #[error("`{path}` cannot be read: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: std::io::Error,
    },
    /// The file says something that cannot be.
    #[error("{path} has faults:\n{faults}")]
    Content {
        /// The file.
        path: String,
        /// All of them.
        faults: Faults,
    },
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// When the file cannot be read, or with every fault that it has.
    pub fn load(path: &Path) -> Result<Self, ConfigFault> {
        let written = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|trouble| ConfigFault::File { path: written.clone(), trouble })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder).map_err(|faults| ConfigFault::Content { path: written, faults })
    }

    /// Reads and checks a text whose relative paths start at `folder`.
    ///
    /// # Errors
    /// With every fault that the text has.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Faults> {
        let findings = Findings::default();
        let config = Section::root(text, &findings).and_then(|root| read(root, folder));
        findings.conclude(config)
    }

    /// As [`Config::parse`], with both the faults and what can be read in spite of them: for looking further, never for
    /// starting.
    #[must_use]
    pub fn inspect(text: &str, folder: &Path) -> (Option<Self>, Vec<Fault>) {
        let findings = Findings::default();
        let config = Section::root(text, &findings).and_then(|root| read(root, folder));
        findings.part(config)
    }
}

// Every part is read before the first `?`, so that a fault in one does not hide those in the next.
fn read(mut root: Section<'_>, folder: &Path) -> Option<Config> {
    let file = |value: &Value| document::text(value).map(|path| folder.join(path));
    let audience = root.required("audience", document::text);
    let origin = root.required("origin", origin);
    let register = root.required("register", file);
    let keys = root.required_section("keys").and_then(|section| keys(section, folder));
    let covenants = root.list("covenants", file);
    let roles = root.optional("roles", file);
    let database = root.required("database", |value| database(value, folder));
    let machine = root.required_section("machine").and_then(|section| machine(section, folder));
    // What is wrong in it is a fault already; without it nothing listens.
    let people = root.section("people").and_then(|section| people(section, folder));
    let operations = root.optional("operations", document::parsed);
    let outbound = root.required_section("outbound").and_then(|section| outbound(section, folder));
    let reached = |people: &PeopleListener, outbound: &Outbound| {
        people.issuer.parse::<Address>().is_ok_and(|issuer| outbound.reach.permit(issuer.url()).is_ok())
    };
    if let (Some(people), Some(outbound)) = (&people, &outbound)
        && !reached(people, outbound)
    {
        root.fault("people.issuer", "must be at one of the hosts that may be called");
    }
    let limits = root.section("limits").map_or_else(Limits::default, limits);
    let erasure = root.section("erasure").and_then(|section| Erasure::read(section, folder));
    let retention = root.section("retention").and_then(|section| Retention::read(section, folder));
    if retention.is_some() && erasure.is_none() {
        root.fault("retention", "needs [erasure] with its journal: what goes by a term must stay gone");
    }
    let witnessed = root.list("witnessed", document::parsed::<VerifierKey>);
    let witnesses: Vec<Witness> = root.sections("witnesses").into_iter().filter_map(witness).collect();
    refuse_witnessing(&root, (&witnessed, &witnesses), (origin.as_deref(), outbound.as_ref()));
    Some(Config {
        audience: audience?,
        origin: origin?,
        register: register?,
        keys: keys?,
        covenants,
        roles,
        database: database?,
        machine: machine?,
        people,
        operations: operations.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 9443))),
        outbound: outbound?,
        limits,
        erasure,
        retention,
        witnessed,
        witnesses,
    })
}

fn witness(mut section: Section<'_>) -> Option<Witness> {
    let address = section.required("url", document::parsed::<Address>);
    let key = section.required("key", document::parsed);
    Some(Witness { address: address?, key: key? })
}

/// Nobody witnesses their own log, nor what they cannot call.
fn refuse_witnessing(
    root: &Section<'_>,
    (witnessed, witnesses): (&[VerifierKey], &[Witness]),
    (origin, outbound): (Option<&str>, Option<&Outbound>),
) {
    if witnessed.iter().any(|key| Some(key.origin()) == origin) {
        root.fault("witnessed", "must be the logs of others");
    }
    for (number, witness) in witnesses.iter().enumerate() {
        if Some(witness.key.name()) == origin {
            root.fault(&format!("witnesses[{number}].key"), "must be the key of another gateway");
        }
        if outbound.is_some_and(|outbound| outbound.reach.permit(witness.address.url()).is_err()) {
            root.fault(&format!("witnesses[{number}].url"), "must be at one of the hosts that may be called");
        }
    }
}

// The first line of a checkpoint: one line, no spaces, no plus sign (C2SP tlog-checkpoint).
fn origin(value: &Value) -> Reading<String> {
    let origin = document::text(value)?;
    let plain = origin.chars().all(|letter| letter.is_ascii_graphic() && letter != '+');
    if plain && origin.len() <= 128 {
        Ok(origin)
    } else {
        Err("must be one word of at most 128 letters without a plus sign, such as sluis.example.nl/1".into())
    }
}

fn database(value: &Value, folder: &Path) -> Reading<Database> {
    let url = document::text(value)?;
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.trim_start_matches("//");
        if path.is_empty() || path.contains('?') {
            return Err("must name a file, without options: sqlite:FILE".into());
        }
        return Ok(Database::Sqlite(folder.join(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Database::Postgres(Secret::new(url)));
    }
    Err("must start with sqlite: or postgres://".into())
}

fn keys(mut section: Section<'_>, folder: &Path) -> Option<KeyFile> {
    let file = |value: &Value| document::text(value).map(|path| folder.join(path));
    let sealed = section.required("file", file);
    let passphrase = section.required("passphrase", file);
    Some(KeyFile { file: sealed?, passphrase: passphrase? })
}

fn machine(mut section: Section<'_>, folder: &Path) -> Option<MachineListener> {
    let file = |value: &Value| document::text(value).map(|path| folder.join(path));
    let listen = section.optional("listen", document::parsed);
    let certificate = section.required("certificate", file);
    let key = section.required("key", file);
    let client_roots = section.required("client_roots", file);
    let revocations = section.list("revocations", file);
    Some(MachineListener {
        listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8443))),
        certificate: certificate?,
        key: key?,
        client_roots: client_roots?,
        revocations,
    })
}

fn people(mut section: Section<'_>, folder: &Path) -> Option<PeopleListener> {
    let file = |value: &Value| document::text(value).map(|path| folder.join(path));
    let listen = section.optional("listen", document::parsed);
    let certificate = section.required("certificate", file);
    let key = section.required("key", file);
    let url = section.required("url", web_origin);
    let issuer = section.required("issuer", https);
    let client_id = section.required("client_id", document::text);
    let client_key = section.required("client_key", file);
    Some(PeopleListener {
        listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8444))),
        certificate: certificate?,
        key: key?,
        url: url?,
        issuer: issuer?,
        client_id: client_id?,
        client_key: client_key?,
    })
}

// Kept as written: an issuer is compared exactly.
fn https(value: &Value) -> Reading<String> {
    let written = document::text(value)?;
    written.parse::<Address>().map(|_| written).map_err(|error| error.to_string())
}

// Cookies belong to a whole origin, so nothing else may live beside this under a path.
fn web_origin(value: &Value) -> Reading<String> {
    let written = document::text(value)?;
    let address: Address = written.parse().map_err(|error: AddressError| error.to_string())?;
    let origin = address.url().origin().ascii_serialization();
    if written == origin {
        Ok(origin)
    } else {
        Err("must be an origin, such as https://sluis.example.nl, and no more".into())
    }
}

fn outbound(mut section: Section<'_>, folder: &Path) -> Option<Outbound> {
    let file = |value: &Value| document::text(value).map(|path| folder.join(path));
    let roots = section.required("roots", file);
    let certificate = section.required("certificate", file);
    let key = section.required("key", file);
    let hosts = section.list("hosts", document::parsed::<Host>);
    let private = section.list("private_hosts", document::parsed::<Host>);
    Some(Outbound { roots: roots?, certificate: certificate?, key: key?, reach: Reach::new(hosts, private) })
}

fn limits(mut section: Section<'_>) -> Limits {
    let default = Limits::default();
    let mut size = |key: &str, least: u64, most: u64, default: usize| {
        let number = section.optional(key, document::number(least, most));
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
    };
    Limits {
        body: size("body_bytes", 1024, LARGEST_BODY as u64, default.body),
        headers: size("header_bytes", 1024, 64 * 1024, default.headers),
        connections: size("connections", 16, 100_000, default.connections),
        verifications: size("verifications", 1, 10_000, default.verifications),
        requests: size("requests_per_organisation", 4, 2_000, default.requests),
        denials: u32::try_from(size("denials_per_minute", 1, 1_000_000, DENIALS_A_MINUTE as usize))
            .unwrap_or(default.denials),
        patience: section
            .optional("patience_seconds", document::number(1, 120))
            .map_or(default.patience, Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
audience = "https://sluis.test"
origin = "sluis.test/1"
register = "register.toml"
covenants = ["convenanten/een.toml"]
database = "sqlite:data/sluis.db"
[keys]
file = "/etc/sluis/keys"
passphrase = "passphrase"
[machine]
certificate = "tls/server.pem"
key = "tls/server.key"
client_roots = "tls/clients.pem"
[outbound]
roots = "tls/roots.pem"
certificate = "tls/client.pem"
key = "tls/client.key"
hosts = ["idp.school.test"]
private_hosts = ["127.0.0.1"]
"#;

    #[test]
    fn a_whole_file_is_read_and_listens_on_loopback_unless_told_otherwise() {
        let config = Config::parse(WHOLE, Path::new("/srv/sluis")).unwrap();
        assert_eq!(config.machine.listen.to_string(), "127.0.0.1:8443");
        assert_eq!(config.operations.to_string(), "127.0.0.1:9443");
        assert_eq!(config.register, Path::new("/srv/sluis/register.toml"));
        assert_eq!(config.keys.file, Path::new("/etc/sluis/keys"));
        assert_eq!(config.keys.passphrase, Path::new("/srv/sluis/passphrase"));
        assert!(matches!(config.database, Database::Sqlite(path) if path == Path::new("/srv/sluis/data/sluis.db")));
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn a_password_in_the_database_url_does_not_print() {
        let text = WHOLE.replace("sqlite:data/sluis.db", "postgres://app:hunter2@db.test/sluis");
        let config = Config::parse(&text, Path::new(".")).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let Database::Postgres(url) = config.database else { panic!("postgres asked for") };
        assert!(url.expose().ends_with("@db.test/sluis"));
    }

    /// Each row: what is replaced, by what, and the faults that must be named, all of them.
    #[test]
    fn every_fault_is_named_by_its_path() {
        let rows: &[(&str, &str, &[&str])] = &[
            ("audience = \"https://sluis.test\"", "", &["audience"]),
            ("audience", "audiance", &["audiance", "audience"]),
            ("audience = \"https://sluis.test\"", "audience = \" \"", &["audience"]),
            ("sluis.test/1", "sluis test", &["origin"]),
            ("sluis.test/1", "sluis+test", &["origin"]),
            ("sqlite:data/sluis.db", "mysql://db", &["database"]),
            ("sqlite:data/sluis.db", "sqlite:", &["database"]),
            ("sqlite:data/sluis.db", "sqlite:x.db?mode=memory", &["database"]),
            ("[machine]", "[machine]\nlisten = \"localhost\"", &["machine.listen"]),
            ("[machine]", "[machine]\nport = 8443", &["machine.port"]),
            ("client_roots = \"tls/clients.pem\"", "", &["machine.client_roots"]),
            ("passphrase = \"passphrase\"", "", &["keys.passphrase"]),
            ("[outbound]", "[outbond]", &["outbond", "outbound"]),
            (
                "[\"idp.school.test\"]",
                "[\"https://x.test/\", \"x.test:443\", \"u@x.test\", \"\", \"X.test\"]",
                &["outbound.hosts[0]", "outbound.hosts[1]", "outbound.hosts[2]", "outbound.hosts[3]"],
            ),
            ("[\"127.0.0.1\"]", "[\"127.0.0.0/8\"]", &["outbound.private_hosts[0]"]),
            (
                "[machine]",
                "[limits]\nbody_bytes = 1\npatience_seconds = 0\n[machine]",
                &["limits.body_bytes", "limits.patience_seconds"],
            ),
            (
                "[machine]",
                "[limits]\nconnections = \"many\"\nrate = 5\n[machine]",
                &["limits.connections", "limits.rate"],
            ),
            ("[machine]", "[retention]\nterms = \"termijnen.toml\"\n[machine]", &["retention"]),
            (
                "[machine]",
                "[erasure]\njournal = \"j\"\n[retention]\nrest_hours = 1000\n[machine]",
                &["retention.rest_hours", "retention.terms"],
            ),
            ("[machine]", "[machine", &["line 10"]),
        ];
        for (old, new, paths) in rows {
            let text = WHOLE.replacen(old, new, 1);
            assert_ne!(text, WHOLE, "the row must change something: {old}");
            let faults = Config::parse(&text, Path::new(".")).unwrap_err();
            let found: Vec<_> = faults.list().iter().map(|fault| fault.path.as_str()).collect();
            assert_eq!(&found, paths, "{old} -> {new}\n{faults}");
        }
    }

    const PEOPLE: &str = r#"[people]
certificate = "tls/people.pem"
key = "tls/people.key"
url = "https://fg.sluis.test"
issuer = "https://idp.school.test/oidc"
client_id = "sluis"
client_key = "tls/client-assertion.key"
[outbound]"#;

    #[test]
    fn without_the_section_nothing_listens_for_people_and_with_it_all_of_it_is_needed() {
        let parse = |text: &str| Config::parse(text, Path::new("/srv/sluis"));
        assert!(parse(WHOLE).unwrap().people.is_none());
        let whole = WHOLE.replace("[outbound]", PEOPLE);
        let people = parse(&whole).unwrap().people.unwrap();
        assert_eq!(people.listen.to_string(), "127.0.0.1:8444");
        assert_eq!(people.client_key, Path::new("/srv/sluis/tls/client-assertion.key"));
        for (old, new, path) in [
            ("client_id = \"sluis\"", "", "people.client_id"),
            ("client_id = \"sluis\"", "client_id = \"sluis\"\nclient_secret = \"x\"", "people.client_secret"),
            ("https://fg.sluis.test", "https://fg.sluis.test/", "people.url"),
            ("https://fg.sluis.test", "https://fg.sluis.test/fg", "people.url"),
            ("https://fg.sluis.test", "http://fg.sluis.test", "people.url"),
            ("https://idp.school.test", "http://idp.school.test", "people.issuer"),
            ("https://idp.school.test", "https://idp.elsewhere.test", "people.issuer"),
        ] {
            let faults = parse(&whole.replacen(old, new, 1)).unwrap_err();
            let found: Vec<_> = faults.list().iter().map(|fault| fault.path.as_str()).collect();
            assert_eq!(found, [path], "{old} -> {new}");
        }
    }

    #[test]
    fn who_witnesses_whom_is_held_to_its_form() {
        let (log, witness) = keys_of("sluis.elders/1");
        let told = |log: &str, witness: &str, url: &str| {
            let more = format!("[[witnesses]]\nurl = \"{url}\"\nkey = \"{witness}\"\n");
            let text = format!("witnessed = [\"{log}\"]\n{WHOLE}{more}");
            Config::parse(&text, Path::new("."))
        };
        let good = told(&log, &witness, "https://idp.school.test/tlog").unwrap();
        assert_eq!((good.witnessed[0].origin(), good.witnesses[0].key.name()), ("sluis.elders/1", "sluis.elders/1"));
        let (own_log, own_witness) = keys_of("sluis.test/1");
        for (log, witness, url, path) in [
            (&witness, &witness, "https://idp.school.test/tlog", "witnessed[0]"),
            (&log, &log, "https://idp.school.test/tlog", "witnesses[0].key"),
            (&own_log, &witness, "https://idp.school.test/tlog", "witnessed"),
            (&log, &own_witness, "https://idp.school.test/tlog", "witnesses[0].key"),
            (&log, &witness, "https://elsewhere.test/tlog", "witnesses[0].url"),
            (&log, &witness, "http://idp.school.test/tlog", "witnesses[0].url"),
        ] {
            let faults = told(log, witness, url).unwrap_err();
            let found: Vec<_> = faults.list().iter().map(|fault| fault.path.as_str()).collect();
            assert_eq!(found, [path], "{log} {witness} {url}");
        }
    }

    fn keys_of(name: &str) -> (String, String) {
        let keys = crate::keys::Keys::fresh().unwrap();
        let log = VerifierKey::of(name, &keys.signing().unwrap());
        let witness = crate::ledger::cosignature::WitnessKey::of(name, &keys.witnessing().unwrap());
        (log.to_string(), witness.to_string())
    }

    #[test]
    fn an_empty_file_lists_all_that_is_missing() {
        let faults = Config::parse("", Path::new(".")).unwrap_err();
        let found: Vec<_> = faults.list().iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(found, ["audience", "database", "keys", "machine", "origin", "outbound", "register"]);
    }
}
