// SPDX-License-Identifier: EUPL-1.2
//! The covenant's file: its keys, and what must be true before it counts as an agreement.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Account, Covenant, CovenantParty, RightsDesk, Route, Switches, Terms};
use crate::moment::Period;
use crate::organisation::{Desk, MunicipalityCode, Oin};
use crate::signal::{Gate, ProcessingActivity, SignalKind};

/// Why a file is not a covenant that can be signed.
#[derive(Debug, thiserror::Error)]
pub enum CovenantError {
    /// The text is not TOML, or has an unknown, missing or wrongly typed key.
    #[error("covenant file: {0}")]
    Form(#[from] toml::de::Error),
    /// A text that must say something is empty.
    #[error("covenant key `{0}` is empty")]
    Empty(&'static str),
    /// The version is not at least 1.
    #[error("covenant key `versie` must be 1 or more")]
    Version,
    /// It ends before, or on the day, it starts.
    #[error("covenant key `geldig` ends before it begins")]
    Period,
    /// Fewer than two organisations agree.
    #[error("a covenant has at least two parties")]
    TooFewParties,
    /// The same organisation stands in it twice.
    #[error("organisation `{0}` is a party twice")]
    PartyTwice(Oin),
    /// A party without a desk can neither send nor receive.
    #[error("party `{0}` has no desk")]
    PartyWithoutDesk(Oin),
    /// A desk that serves residents, without saying of which municipality.
    #[error("party `{0}` has a desk for residents but names no municipality")]
    PartyWithoutMunicipality(Oin),
    /// Two routes for one kind.
    #[error("kind `{0}` has two routes")]
    RouteTwice(SignalKind),
    /// A route for a kind whose addressee the law names.
    #[error("kind `{0}` has its addressee from the law and takes no route in a covenant (RL-08)")]
    RouteOfStatute(SignalKind),
    /// A route that leads to nobody.
    #[error("the route of kind `{kind}` goes to desk `{desk}`, which no party has")]
    RouteToNobody {
        /// The kind.
        kind: SignalKind,
        /// The desk.
        desk: Desk,
    },
    /// A route without receivers.
    #[error("the route of kind `{0}` has no receivers")]
    RouteWithoutReceivers(SignalKind),
    /// A route that no row of the agreement stands behind.
    #[error("the route of kind `{0}` names no row of the covenant")]
    RouteWithoutRows(SignalKind),
    /// A route to a desk for which the core has no field schema.
    #[error(
        "the route of kind `{kind}` goes to desk `{desk}`, for which no fields are laid down: a covenant does not widen"
    )]
    RouteWidens {
        /// The kind.
        kind: SignalKind,
        /// The desk.
        desk: Desk,
    },
    /// A term of zero days.
    #[error("covenant key `termijnen.{0}` must be 1 or more")]
    TermOfZero(&'static str),
    /// The index part is on, but no municipality switched the index ground on.
    #[error("`verzuim_naar_verwijsindex` is on, but no municipality has a dated switch under `verwijsindex` (RL-11)")]
    IndexWithoutSwitch,
    /// A processing activity stands in it twice.
    #[error("activity `{0}` is accounted for twice")]
    AccountTwice(ProcessingActivity),
    /// An activity for which nobody is controller (RL-25).
    #[error("activity `{0}` has no controller, arrangement and DPIA reference (RL-25)")]
    AccountMissing(ProcessingActivity),
    /// Somebody answers for something without being a party.
    #[error("`{0}` answers for processing or rights but is not a party (RL-25)")]
    NotAParty(Oin),
}

pub(super) fn parse(text: &str) -> Result<Covenant, CovenantError> {
    let file: File = toml::from_str(text)?;
    let parties = parties(file.parties)?;
    let covenant = Covenant {
        id: filled("id", file.id)?,
        name: filled("naam", file.name)?,
        version: if file.version == 0 {
            return Err(CovenantError::Version);
        } else {
            file.version
        },
        digest: hex::encode(Sha256::digest(text.as_bytes())),
        valid: valid(file.valid)?,
        routes: routes(file.routes, &parties)?,
        switches: switches(&file.switches, &file.index)?,
        index_since: file.index,
        terms: terms(&file.terms)?,
        accounts: accounts(file.accounts, &parties)?,
        rights_desk: rights_desk(file.rights_desk, &parties)?,
        parties,
    };
    Ok(covenant)
}

fn filled(key: &'static str, text: String) -> Result<String, CovenantError> {
    if text.trim().is_empty() { Err(CovenantError::Empty(key)) } else { Ok(text) }
}

fn valid(file: ValidFile) -> Result<Period, CovenantError> {
    match file.until {
        Some(until) if until <= file.from => Err(CovenantError::Period),
        until => Ok(Period { from: file.from, until }),
    }
}

fn parties(files: Vec<PartyFile>) -> Result<Vec<CovenantParty>, CovenantError> {
    let mut seen = BTreeSet::new();
    let mut parties = Vec::with_capacity(files.len());
    for file in files {
        if !seen.insert(file.oin) {
            return Err(CovenantError::PartyTwice(file.oin));
        }
        if file.desks.is_empty() {
            return Err(CovenantError::PartyWithoutDesk(file.oin));
        }
        if file.municipality.is_none() && file.desks.keys().any(|desk| desk.serves_residents()) {
            return Err(CovenantError::PartyWithoutMunicipality(file.oin));
        }
        parties.push(CovenantParty {
            organisation: file.oin,
            name: filled("partij.naam", file.name)?,
            aliases: file.aliases,
            municipality: file.municipality,
            desks: file.desks,
        });
    }
    if parties.len() < 2 { Err(CovenantError::TooFewParties) } else { Ok(parties) }
}

fn routes(files: Vec<RouteFile>, parties: &[CovenantParty]) -> Result<Vec<Route>, CovenantError> {
    let mut seen = BTreeSet::new();
    files
        .into_iter()
        .map(
            |file| {
                if seen.insert(file.kind) { route(file, parties) } else { Err(CovenantError::RouteTwice(file.kind)) }
            },
        )
        .collect()
}

fn route(file: RouteFile, parties: &[CovenantParty]) -> Result<Route, CovenantError> {
    let kind = file.kind;
    if !kind.goes_by_covenant() {
        return Err(CovenantError::RouteOfStatute(kind));
    }
    if file.receivers.is_empty() {
        return Err(CovenantError::RouteWithoutReceivers(kind));
    }
    if file.rows.is_empty() {
        return Err(CovenantError::RouteWithoutRows(kind));
    }
    for &desk in &file.receivers {
        if !parties.iter().any(|party| party.desks.contains_key(&desk)) {
            return Err(CovenantError::RouteToNobody { kind, desk });
        }
        if crate::rules::named_fields(desk).is_empty() {
            return Err(CovenantError::RouteWidens { kind, desk });
        }
    }
    Ok(Route {
        kind,
        receivers: file.receivers,
        required: file.required,
        required_by_name: file.required_by_name,
        rows: file.rows,
    })
}

fn switches(file: &SwitchesFile, index: &BTreeMap<MunicipalityCode, Date>) -> Result<Switches, CovenantError> {
    if file.absence_to_index && index.is_empty() {
        return Err(CovenantError::IndexWithoutSwitch);
    }
    Ok(Switches {
        absence_to_leerplicht: file.absence_to_leerplicht,
        absence_to_index: file.absence_to_index,
        heard_12_15: file.heard_12_15,
        one_parent_speaks: file.one_parent_speaks,
    })
}

fn terms(file: &TermsFile) -> Result<Terms, CovenantError> {
    let positive = |key, days| {
        if days == 0 { Err(CovenantError::TermOfZero(key)) } else { Ok(days) }
    };
    Ok(Terms {
        act: positive("vervolgactie", file.act)?,
        ask: positive("toestemming_vragen", file.ask)?,
        inform: positive("informeren", file.inform)?,
        review: positive("toetsen", file.review)?,
    })
}

fn accounts(files: Vec<AccountFile>, parties: &[CovenantParty]) -> Result<Vec<Account>, CovenantError> {
    let mut accounts: Vec<Account> = Vec::with_capacity(files.len());
    for file in files {
        let activity = file.activity;
        if accounts.iter().any(|account| account.activity == activity) {
            return Err(CovenantError::AccountTwice(activity));
        }
        if file.controllers.is_empty() {
            return Err(CovenantError::AccountMissing(activity));
        }
        if let Some(stranger) =
            file.controllers.iter().find(|oin| parties.iter().all(|party| party.organisation != **oin))
        {
            return Err(CovenantError::NotAParty(*stranger));
        }
        accounts.push(Account {
            activity,
            controllers: file.controllers,
            arrangement: filled("verwerking.regeling", file.arrangement)?,
            dpia: filled("verwerking.dpia", file.dpia)?,
        });
    }
    match ProcessingActivity::ALL.iter().find(|activity| accounts.iter().all(|account| account.activity != **activity))
    {
        Some(missing) => Err(CovenantError::AccountMissing(*missing)),
        None => Ok(accounts),
    }
}

fn rights_desk(file: RightsDeskFile, parties: &[CovenantParty]) -> Result<RightsDesk, CovenantError> {
    if parties.iter().all(|party| party.organisation != file.oin) {
        return Err(CovenantError::NotAParty(file.oin));
    }
    Ok(RightsDesk { organisation: file.oin, name: filled("rechtenloket.naam", file.name)? })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    #[serde(rename = "naam")]
    name: String,
    #[serde(rename = "versie")]
    version: u32,
    #[serde(rename = "geldig")]
    valid: ValidFile,
    #[serde(rename = "partij")]
    parties: Vec<PartyFile>,
    #[serde(rename = "route", default)]
    routes: Vec<RouteFile>,
    #[serde(rename = "schakelaars")]
    switches: SwitchesFile,
    #[serde(rename = "verwijsindex", default)]
    index: BTreeMap<MunicipalityCode, Date>,
    #[serde(rename = "termijnen")]
    terms: TermsFile,
    #[serde(rename = "verwerking")]
    accounts: Vec<AccountFile>,
    #[serde(rename = "rechtenloket")]
    rights_desk: RightsDeskFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidFile {
    #[serde(rename = "van")]
    from: Date,
    #[serde(rename = "tot")]
    until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyFile {
    oin: Oin,
    #[serde(rename = "naam")]
    name: String,
    #[serde(rename = "ook_bekend_als", default)]
    aliases: Vec<String>,
    #[serde(rename = "gemeente")]
    municipality: Option<MunicipalityCode>,
    #[serde(rename = "loketten")]
    desks: BTreeMap<Desk, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteFile {
    #[serde(rename = "soort")]
    kind: SignalKind,
    #[serde(rename = "naar")]
    receivers: Vec<Desk>,
    #[serde(rename = "vereist", default)]
    required: Vec<Gate>,
    #[serde(rename = "vereist_op_naam", default)]
    required_by_name: Vec<Gate>,
    #[serde(rename = "rijen")]
    rows: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchesFile {
    #[serde(rename = "verzuim_naar_leerplicht")]
    absence_to_leerplicht: bool,
    #[serde(rename = "verzuim_naar_verwijsindex")]
    absence_to_index: bool,
    #[serde(rename = "gehoord_12_15")]
    heard_12_15: bool,
    #[serde(rename = "een_ouder_spreekt")]
    one_parent_speaks: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsFile {
    #[serde(rename = "vervolgactie")]
    act: u8,
    #[serde(rename = "toestemming_vragen")]
    ask: u8,
    #[serde(rename = "informeren")]
    inform: u8,
    #[serde(rename = "toetsen")]
    review: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    #[serde(rename = "activiteit")]
    activity: ProcessingActivity,
    #[serde(rename = "verantwoordelijken")]
    controllers: Vec<Oin>,
    #[serde(rename = "regeling")]
    arrangement: String,
    dpia: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RightsDeskFile {
    oin: Oin,
    #[serde(rename = "naam")]
    name: String,
}
