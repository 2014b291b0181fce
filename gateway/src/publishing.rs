// SPDX-License-Identifier: EUPL-1.2
//! Publiceren: other roles or another covenant take the place of what is in force. One person proposes after a trial run,
//! another publishes, and one command puts back what stood there (RL-09, RL-20). A running gateway takes it over at SIGHUP.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sluis_policy::{AccessRequest, Action, Backing, Covenant, Decision, Desk, Facts, Party, Purpose, decide};

use crate::app::{self, StartFault};
use crate::broker::Policy;
use crate::config::Config;
use crate::operator::{Done, Office, OperatorFault, Told};
use crate::register::Register;
use crate::shadow::{self, Tally};

/// What stands behind the name of a file in that of the one that stood there before.
const BEFORE: &str = "vorige";
/// And of the one that is about to.
const NEXT: &str = "nieuw";

const PROPOSED: &str = "beleid_voorgesteld";
const PUBLISHED: &str = "beleid_gepubliceerd";
const PUT_BACK: &str = "beleid_teruggedraaid";

/// Which part of the policy, and the file with the next one. One at a time: two files cannot be swapped in one.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Roles(PathBuf),
    Covenant(PathBuf),
}

/// Voorstel: a part, checked, with what stands in its place.
struct Proposal {
    /// The whole policy as it would be.
    policy: Policy,
    /// Which part, in the log.
    part: &'static str,
    /// The file in force.
    place: PathBuf,
    text: Vec<u8>,
    was: String,
    is: String,
}

/// Why something is not published or put back, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unpublished {
    #[error("de configuratie noemt hiervoor nog geen bestand: zet het er eerst in")]
    NoPlace,
    #[error("dit is wat er al geldt")]
    InForce,
    #[error("niemand stelde dit voor op het beleid van nu: `sluis policy propose`")]
    NotProposed,
    #[error("{} ({})", .0.rule().sentence(), .0.rule().id())]
    Refused(Box<Decision>),
    #[error("er is geen publicatie om terug te draaien, of haar bestanden zijn intussen veranderd")]
    NothingBefore,
    #[error(transparent)]
    Office(#[from] OperatorFault),
}

impl From<StartFault> for Unpublished {
    fn from(fault: StartFault) -> Self {
        Self::Office(fault.into())
    }
}

impl From<crate::broker::Trouble> for Unpublished {
    fn from(trouble: crate::broker::Trouble) -> Self {
        Self::Office(trouble.into())
    }
}

impl From<crate::store::engine::Fault> for Unpublished {
    fn from(fault: crate::store::engine::Fault) -> Self {
        Self::Office(crate::broker::Trouble::from(fault).into())
    }
}

/// Tries a part on what was decided in the last days, and records that it is proposed.
///
/// # Errors
/// When it cannot be in force, or the proposal cannot be recorded.
pub(crate) async fn propose(
    config: &Config,
    office: &Office,
    part: &Part,
    (days, since): (u16, i64),
) -> Result<Tally, Unpublished> {
    let proposal = Proposal::of(config, &office.policy, part).await?;
    let policies = (&office.policy, &proposal.policy);
    let tally = shadow::run(&office.store, office.replayer(), since, policies).await?;
    let mut particulars = proposal.told();
    if let Value::Object(particulars) = &mut particulars {
        particulars.insert("dagen".into(), days.into());
        particulars.insert("anders".into(), tally.differ().into());
    }
    office.record(Done::changed(PROPOSED, particulars), None).await?;
    Ok(tally)
}

/// Puts a part in the place of what is in force, when somebody else proposed it on the policy of now. Gives the file.
///
/// # Errors
/// When it may not be, cannot be in force, or cannot be recorded; then nothing has changed.
pub(crate) async fn publish(config: &Config, office: &Office, part: &Part) -> Result<PathBuf, Unpublished> {
    let proposal = Proposal::of(config, &office.policy, part).await?;
    let proposer = office.last(PROPOSED, &proposal.told()).await?.ok_or(Unpublished::NotProposed)?;
    let decision = weigh(office, &app::register(config, &config.outbound.reach)?, Some(&proposer.who));
    if decision.permit().is_none() {
        return refused(office, decision).await;
    }
    let mut particulars = proposal.told();
    if let Value::Object(particulars) = &mut particulars {
        particulars.insert("voorstel".into(), proposer.record.into());
        particulars.insert("regel".into(), decision.rule().id().into());
    }
    // INVARIANT: what is about to happen is on disk and on record before the one step that makes it so.
    let current = app::file(&proposal.place)?;
    written(&beside(&proposal.place, NEXT), &proposal.text)?;
    written(&beside(&proposal.place, BEFORE), &current)?;
    office.record(Done::changed(PUBLISHED, particulars), None).await?;
    taken_over(proposal.place)
}

/// Puts back what stood there before the last publication. Gives the file.
///
/// # Errors
/// When nothing was published, its files have changed since, or it may not be or cannot be recorded.
pub(crate) async fn put_back(config: &Config, office: &Office) -> Result<PathBuf, Unpublished> {
    let published = office.last(PUBLISHED, &json!({})).await?.ok_or(Unpublished::NothingBefore)?;
    let proposal = before(config, office, &published).await.ok_or(Unpublished::NothingBefore)?;
    let register = app::register(config, &config.outbound.reach)?;
    // It was in force before, and two agreed on what replaced it: either of them may take it back.
    let proposer = office.last(PROPOSED, &proposal.turned()).await?.map(|proposed| proposed.who);
    let agreed = [Some(published.who), proposer];
    let others = agreed.iter().flatten().filter(|who| *who != office.who());
    let decided =
        others.map(|other| weigh(office, &register, Some(other))).find(|decision| decision.permit().is_some());
    let decision = decided.unwrap_or_else(|| weigh(office, &register, None));
    if decision.permit().is_none() {
        return refused(office, decision).await;
    }
    written(&beside(&proposal.place, NEXT), &proposal.text)?;
    office.record(Done::changed(PUT_BACK, proposal.told()), None).await?;
    taken_over(proposal.place)
}

/// What stood there before a publication, when its files are still those of then.
async fn before(config: &Config, office: &Office, published: &Told) -> Option<Proposal> {
    let member = |name: &str| published.outcome.get(name).and_then(Value::as_str).unwrap_or_default();
    for place in config.covenants.iter().chain(&config.roles) {
        let kept = beside(place, BEFORE);
        let part = if config.roles.as_ref() == Some(place) { Part::Roles(kept) } else { Part::Covenant(kept) };
        let Ok(proposal) = Proposal::of(config, &office.policy, &part).await else { continue };
        if proposal.place == *place && proposal.was == member("is") && proposal.is == member("was") {
            return Some(proposal);
        }
    }
    None
}

async fn refused(office: &Office, decision: Decision) -> Result<PathBuf, Unpublished> {
    office.record(Done::decided(decision.clone()), None).await?;
    Err(Unpublished::Refused(Box::new(decision)))
}

impl Proposal {
    async fn of(config: &Config, now: &Policy, part: &Part) -> Result<Self, Unpublished> {
        let (roles, covenant) = match part {
            Part::Roles(path) => (Some(path.as_path()), None),
            Part::Covenant(path) => (None, Some(path.as_path())),
        };
        let policy = shadow::proposed(config, roles, covenant).await?;
        let (Part::Roles(path) | Part::Covenant(path)) = part;
        let text = app::file(path)?;
        let (part, place, was, is) = match part {
            Part::Roles(_) => {
                let place = config.roles.clone().ok_or(Unpublished::NoPlace)?;
                ("rollen", place, now.roles.digest().to_owned(), policy.roles.digest().to_owned())
            }
            Part::Covenant(_) => {
                let numbered = |covenant: &&Covenant| {
                    Covenant::parse(&String::from_utf8_lossy(&text)).is_ok_and(|next| next.id() == covenant.id())
                };
                // INVARIANT: the covenants stand in the order of their files.
                let mut stand = now.covenants.iter().zip(&config.covenants);
                let (old, place) = stand.find(|(old, _)| numbered(old)).ok_or(Unpublished::NoPlace)?;
                let next = policy.covenants.iter().find(|next| next.id() == old.id()).ok_or(Unpublished::NoPlace)?;
                ("convenant", place.clone(), old.digest().to_owned(), next.digest().to_owned())
            }
        };
        if was == is { Err(Unpublished::InForce) } else { Ok(Self { policy, part, place, text, was, is }) }
    }

    /// What the log says of it.
    fn told(&self) -> Value {
        json!({"onderdeel": self.part, "was": self.was, "is": self.is})
    }

    /// What the log says of its opposite.
    fn turned(&self) -> Value {
        json!({"onderdeel": self.part, "was": self.is, "is": self.was})
    }
}

/// Whether this operator, with the other as second person, may change the policy: as the register has them today.
fn weigh(office: &Office, register: &Register, other: Option<&String>) -> Decision {
    let now = office.now();
    let here = Party { organisation: office.own(), desk: Desk::Gateway };
    let actor = |who: &str| office.actor(register, who);
    let request = AccessRequest {
        actor: actor(office.who()).unwrap_or_else(|| office.nobody()),
        action: Action::PublishPolicy,
        purpose: Purpose::Gegevensbeheer,
        receiver: here,
        named: true,
        signal: None,
        asked: None,
        backing: Backing {
            reasoned: true,
            second: other.filter(|other| *other != office.who()).and_then(|other| actor(other)),
            ..Backing::default()
        },
    };
    decide(&request, &Facts::default(), &office.policy.roles, None, now)
}

fn beside(place: &Path, word: &str) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(".");
    name.push(word);
    PathBuf::from(name)
}

fn written(path: &Path, text: &[u8]) -> Result<(), StartFault> {
    let put = || {
        let mut file = File::create(path)?;
        file.write_all(text)?;
        file.sync_all()
    };
    put().map_err(|trouble| StartFault::File { path: path.display().to_string(), trouble })
}

/// The one step in which a file takes the place of another.
fn taken_over(place: PathBuf) -> Result<PathBuf, Unpublished> {
    let moved = fs::rename(beside(&place, NEXT), &place);
    moved.map_err(|trouble| StartFault::File { path: place.display().to_string(), trouble })?;
    Ok(place)
}
