// SPDX-License-Identifier: EUPL-1.2
//! Somebody asks whether somebody in service of the own organisation may do something, without doing it. The same core
//! answers from the same facts as when it is done, and the answer is recorded before it is given: what may be, and what may
//! not, says something about a youth (P1).
//!
//! What is not there and what is not for them are looked for in the same way and answered the same (P6).

pub mod listing;

use std::sync::Arc;

use sluis_policy::{
    AccessRequest, Action, Actor, Backing, Decision, Form, Moment, Party, Permit, ProcessingActivity, Rule,
    SignalFacts, SignalKind,
};

use super::denials::Denial;
use super::handling::nothing;
use super::inbox::Looked;
use super::registering::own_request;
use super::youths::Snapshot;
use super::{Asker, Broker, Disclosure, KnownYouth, Ruling, TURNS, Trouble};
use crate::ledger::leaf::Leaf;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, Who};
use crate::ledger::unit::{Read, Unit};
use crate::vault::{Id, fresh_id};

/// Weegvraag: one thing, and those about whom it is asked what they may do to it.
#[derive(Debug, Clone)]
#[doc(alias = "weegvraag")]
pub struct Matter {
    /// What it is about.
    pub about: About,
    /// Who might do what. Nobody, when what was asked cannot be weighed; that is recorded too.
    pub candidates: Vec<Candidate>,
}

/// What is asked about.
#[derive(Debug, Clone)]
pub enum About {
    /// A signal that a desk received, by the id that it has there.
    Received(Id, Option<SignalKind>),
    /// A signal that was sent, by the id that its sender has.
    Sent(Id, Option<SignalKind>),
    /// A pupil, by the own key of the school.
    Pupil(String),
    /// A signal that might be sent about a pupil.
    Offer(Box<Offer>),
    /// The directory.
    Directory,
    /// Nothing that this gateway knows.
    Nothing,
}

/// A signal that might be sent: to one receiver, by whoever might send it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The pupil, by the own key of the school.
    pub pupil_key: String,
    /// What would be sent.
    pub facts: SignalFacts,
    /// To whom.
    pub receiver: Party,
    /// Whether a name would be asked for.
    pub named: bool,
    /// The school location.
    pub location: Option<String>,
}

/// Somebody who might do something.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// By the id that their organisation gave them.
    pub id: String,
    /// In which capacities. Nobody who is not known here has any.
    pub actors: Vec<Actor>,
    /// What they might do.
    pub action: Action,
    /// What a permit must give, at least.
    pub demand: Demand,
}

/// Eis: what a permit must give for the answer to be yes.
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "eis")]
pub struct Demand {
    /// These fields.
    pub fields: Option<sluis_policy::FieldSet>,
    /// At least this form.
    pub form: Option<Form>,
    /// Under this activity of the register.
    pub activity: Option<ProcessingActivity>,
}

impl Demand {
    fn is_met_by(&self, permit: &Permit) -> bool {
        self.fields.is_none_or(|fields| fields.is_subset(permit.fields()))
            && self.form.is_none_or(|form| form <= permit.form())
            && self.activity.is_none_or(|activity| activity == permit.activity())
    }
}

/// Up to where the matters are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// All of them.
    End,
    /// The first that is denied.
    FirstDenied,
    /// The first that is permitted.
    FirstPermitted,
}

/// Oordeel: whether somebody may, and what the core decided.
#[derive(Debug, Clone)]
#[doc(alias = "oordeel")]
pub struct Weighed {
    /// Whether they may, and a permit gives what was demanded.
    pub allowed: bool,
    /// What was decided; nothing, when nobody known here was asked about, or nothing that can be weighed.
    pub decision: Option<Decision>,
    /// By which this is found in the log; nothing, when it stands in the summary of its minute.
    pub record: Option<Id>,
}

/// What stands behind a matter.
enum Found {
    Signal(Option<Box<Looked>>),
    Pupil(Option<Arc<KnownYouth>>),
    NoYouth,
}

impl Found {
    fn youth(&self) -> Option<&KnownYouth> {
        match self {
            Self::Signal(looked) => looked.as_ref().map(|looked| looked.youth.as_ref()),
            Self::Pupil(youth) => youth.as_deref(),
            Self::NoYouth => None,
        }
    }

    fn reads(&self) -> Vec<Read> {
        let signal = if let Self::Signal(Some(looked)) = self { Some(looked.read) } else { None };
        self.youth().map(|youth| youth.read).into_iter().chain(signal).collect()
    }
}

impl About {
    /// The id of what was asked for, for the record.
    fn resource(&self) -> Option<Id> {
        match self {
            Self::Received(id, _) | Self::Sent(id, _) => Some(*id),
            Self::Pupil(_) | Self::Offer(_) | Self::Directory | Self::Nothing => None,
        }
    }
}

impl Broker {
    /// Weighs, records, and only then tells.
    ///
    /// # Errors
    /// When it cannot be recorded; then nothing is told.
    pub async fn weigh(
        &self,
        asker: &Asker,
        matters: &[Matter],
        until: Until,
    ) -> Result<Disclosure<Vec<Vec<Weighed>>>, Trouble> {
        for _ in 0..TURNS {
            if let Some(told) = self.weigh_once(asker, matters, until).await? {
                return Ok(told);
            }
        }
        Err(Trouble::Contended)
    }

    async fn weigh_once(
        &self,
        asker: &Asker,
        matters: &[Matter],
        until: Until,
    ) -> Result<Option<Disclosure<Vec<Vec<Weighed>>>>, Trouble> {
        let (moment, mut unit, mut told) = (self.now()?, Unit::default(), Vec::new());
        for matter in matters {
            let (grown, weighed) = self.weigh_one(asker, matter, (unit, moment)).await?;
            unit = grown;
            let allowed = weighed.iter().any(|one| one.allowed);
            told.push(weighed);
            let stops = match until {
                Until::End => false,
                Until::FirstDenied => !allowed,
                Until::FirstPermitted => allowed,
            };
            if stops {
                break;
            }
        }
        let recorded: Vec<Id> = told.iter().flatten().filter_map(|one| one.record).collect();
        if recorded.is_empty() {
            // Every one of them stands in the summary of its minute, and none says anything about anyone.
            for read in unit.reads() {
                if !self.still_stands(*read).await? {
                    return Ok(None);
                }
            }
            return Ok(Some(Disclosure::weighed(&recorded, None, told)?));
        }
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        Ok(Some(Disclosure::weighed(&recorded, Some(&receipt), told)?))
    }

    async fn weigh_one(
        &self,
        asker: &Asker,
        matter: &Matter,
        (mut unit, moment): (Unit, Moment),
    ) -> Result<(Unit, Vec<Weighed>), Trouble> {
        let found = self.find(&matter.about, &matter.candidates).await?;
        unit = found.reads().into_iter().fold(unit, Unit::reading);
        let mut weighed: Vec<Weighed> = Vec::new();
        for candidate in &matter.candidates {
            let ruling = self.judge(asker, (matter, &found), candidate, moment)?;
            let absent = ruling.as_ref().is_none_or(|(ruling, _)| ruling.decision.rule() == Rule::NotFound);
            // Whoever looks for what is not there leaves one record of that, however many are asked about.
            let again = absent && found.youth().is_none() && !weighed.is_empty();
            if again || (absent && !self.recorded_singly(asker.certificate, Denial::NotFound).await?) {
                let decision = ruling.map(|(ruling, _)| ruling.decision);
                weighed.push(Weighed { allowed: false, decision, record: None });
                continue;
            }
            let (leaf, one) = match ruling {
                Some((ruling, allowed)) => {
                    let about = (found.youth(), matter.about.resource(), found.reads());
                    let leaf = ruling.weighed(self, about, &candidate.id, allowed)?;
                    (leaf, Weighed { allowed, record: Some(ruling.id), decision: Some(ruling.decision) })
                }
                None => self.not_weighed(asker, &candidate.id)?,
            };
            unit = unit.and_record(leaf);
            weighed.push(one);
        }
        if matter.candidates.is_empty() && self.recorded_singly(asker.certificate, Denial::NotFound).await? {
            let (leaf, one) = self.not_weighed(asker, "")?;
            unit = unit.and_record(leaf);
            weighed.push(one);
        }
        Ok((unit, weighed))
    }

    async fn find(&self, about: &About, candidates: &[Candidate]) -> Result<Found, Trouble> {
        let actors: Vec<Actor> = candidates.iter().flat_map(|one| one.actors.iter().copied()).collect();
        let Some(first) = actors.first() else { return Ok(Found::NoYouth) };
        let organisation = first.party.organisation;
        match about {
            About::Received(id, kind) | About::Sent(id, kind) => {
                let received = matches!(about, About::Received(..));
                let is_meant = |looked: &Looked| {
                    looked.delivery.is_some() == received && kind.is_none_or(|kind| kind == looked.body.facts.kind)
                };
                Ok(Found::Signal(self.look_up(*id, &actors).await?.filter(is_meant).map(Box::new)))
            }
            About::Pupil(key) => Ok(Found::Pupil(self.pupil_lately(organisation, key).await?)),
            About::Offer(offer) => Ok(Found::Pupil(self.pupil_lately(organisation, &offer.pupil_key).await?)),
            About::Directory | About::Nothing => Ok(Found::NoYouth),
        }
    }

    /// What is decided about one candidate: by the capacity that may, otherwise by the first that has anything to do with
    /// it. Nothing, when they have no capacity here.
    fn judge(
        &self,
        asker: &Asker,
        (matter, found): (&Matter, &Found),
        candidate: &Candidate,
        moment: Moment,
    ) -> Result<Option<(Ruling, bool)>, Trouble> {
        let mut denied: Option<Ruling> = None;
        let standing = standing(&candidate.actors, found);
        // Whoever has nothing to do with it asks after something that is not there.
        let (actors, about) = match (standing.is_empty(), candidate.actors.first()) {
            (true, Some(any)) => (vec![*any], &About::Nothing),
            _ => (standing, &matter.about),
        };
        for actor in actors {
            let (request, mut snapshot) = self.question((about, found), (actor, candidate.action), moment);
            snapshot.facts.reporter =
                self.index_reporter(request.signal.as_ref(), Some(candidate.id.as_str()), moment.today);
            let ruling = self.rule(asker, request, &snapshot, moment)?;
            if ruling.permit().is_some_and(|permit| candidate.demand.is_met_by(permit)) {
                return Ok(Some((ruling, true)));
            }
            // A permit that gives too little says more of why not than a refusal.
            let says_more = ruling.permit().is_some() && denied.as_ref().is_some_and(|first| first.permit().is_none());
            if denied.is_none() || says_more {
                denied = Some(ruling);
            }
        }
        Ok(denied.map(|ruling| (ruling, false)))
    }

    /// The question as it is put when it is done, and the facts that are read then.
    fn question(
        &self,
        (about, found): (&About, &Found),
        (actor, action): (Actor, Action),
        moment: Moment,
    ) -> (AccessRequest, Snapshot) {
        let mut group = None;
        let request = match (about, found) {
            (About::Received(..) | About::Sent(..), Found::Signal(Some(looked))) if is_step(about, action) => {
                let sender = looked.body.facts.sender.organisation;
                group = (action == Action::Read).then_some((sender, looked.body.location.as_deref()));
                looked.question(actor, action)
            }
            (About::Pupil(_), _) if is_fact(action) => own_request(actor, action),
            (About::Offer(offer), _) if action == Action::Submit => {
                group = Some((actor.party.organisation, offer.location.as_deref()));
                offer.request(actor)
            }
            (About::Directory, _) if action == Action::ReadDirectory => own_request(actor, action),
            _ => return (nothing(actor, action), self.facts(None, actor.party, None, moment.today)),
        };
        let facts = self.facts(found.youth(), request.receiver, group, moment.today);
        (request, facts)
    }

    /// A question that nobody known here could be asked about, or that cannot be weighed, with its record.
    fn not_weighed(&self, asker: &Asker, candidate: &str) -> Result<(Leaf, Weighed), Trouble> {
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: self.now()?,
            who: Who { party: None, role: None, certificate: asker.certificate },
            deed: Deed::default(),
            event: Event::NotWeighed,
            policy: self.at_the_door(),
            trace: asker.trace.id(),
            personal: Personal {
                professional: asker.professional.clone(),
                candidate: Some(candidate.to_owned()).filter(|id| !id.is_empty()),
                ..Personal::default()
            },
        };
        let weighed = Weighed { allowed: false, decision: None, record: Some(record.decision) };
        Ok((record.seal(&self.vault, None)?, weighed))
    }
}

/// The capacities that have something to do with what was found.
fn standing(actors: &[Actor], found: &Found) -> Vec<Actor> {
    let Found::Signal(Some(looked)) = found else { return actors.to_vec() };
    let party = match &looked.delivery {
        Some(delivery) => delivery.party(),
        None => Some(looked.body.facts.sender),
    };
    actors.iter().copied().filter(|actor| Some(actor.party) == party).collect()
}

/// What can be done with a signal, by who received or sent it.
fn is_step(about: &About, action: Action) -> bool {
    if matches!(about, About::Received(..)) { RECEIVED.contains(&action) } else { SENT.contains(&action) }
}

fn is_fact(action: Action) -> bool {
    PUPIL.contains(&action)
}

/// What can be asked about a received signal.
pub const RECEIVED: [Action; 5] = [Action::List, Action::Read, Action::TakeUp, Action::Answer, Action::Close];
/// What can be asked about a signal that was sent.
pub const SENT: [Action; 3] = [Action::List, Action::Read, Action::Retract];
/// What can be asked about a pupil without saying more.
pub const PUPIL: [Action; 5] =
    [Action::RecordVoice, Action::WithdrawVoice, Action::ReadVoice, Action::RegisterYouth, Action::RegisterAuthority];

impl Offer {
    fn request(&self, actor: Actor) -> AccessRequest {
        AccessRequest {
            actor,
            action: Action::Submit,
            purpose: self.facts.purpose,
            receiver: self.receiver,
            named: self.named,
            signal: Some(SignalFacts { sender: actor.party, ..self.facts.clone() }),
            asked: None,
            backing: Backing::default(),
        }
    }
}
