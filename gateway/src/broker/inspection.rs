// SPDX-License-Identifier: EUPL-1.2
//! Inzage (AVG 15): a youth, or whoever represents them, hears who placed and saw what about them, when, why, and at which
//! organisation. There is no portal yet, so that somebody who established who is asking hands the report out, on record.
//!
//! Who may ask is decided as if the person stood here themselves; whoever hands out adds nothing. A professional tells of
//! the own desk, an officer of the own organisation: what others did, others tell.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::json;
use sluis_policy::{Action, Actor, Facts, Field, Oin, Purpose, RecordClass, Role};

use super::disclosure::Sieve;
use super::log_search::{Hunt, Quarry};
use super::reply::is_refusal;
use super::youths::Snapshot;
use super::{
    Asker, Broker, Disclosure, Entitled, FoundLine, KnownYouth, LogOutcome, LogQuery, ProvenLine, Reply, Ruling, TURNS,
    Trouble, Whom,
};
use crate::audience::Audience;
use crate::clock::in_amsterdam;
use crate::ledger::Receipt;
use crate::ledger::entry::Entry;
use crate::ledger::record::canonical;
use crate::ledger::unit::Unit;
use crate::store::index::Spot;
use crate::vault::Id;

/// How many lines a report has at most.
const MOST_TOLD: usize = 1_000;

/// How many records are gone through for one report at most, and how many are read at a time.
const MOST_FOUND: usize = 20_000;
const AT_A_TIME: usize = 500;

/// What of the log is told to whom it is about: that something was placed, sent or looked at. Who has authority, what somebody
/// said and what a desk still has to do are told by a person: a line about them says who spoke, or asked for silence (RL-06,
/// RL-13). Nor is an earlier report told of: whoever asked for it may not want that to be known.
const TOLD: [Action; 14] = [
    Action::Submit,
    Action::Dispatch,
    Action::List,
    Action::Read,
    Action::TakeUp,
    Action::Answer,
    Action::Close,
    Action::Retract,
    Action::RegisterYouth,
    Action::Ask,
    Action::ReadMatch,
    Action::SearchLog,
    Action::Reidentify,
    Action::BreakGlass,
];

/// Inzageverzoek: what somebody wants to know, and who it is.
#[derive(Debug, Clone)]
#[doc(alias = "inzageverzoek")]
pub struct InspectionRequest {
    /// About whom.
    pub whom: Whom,
    /// On whose behalf.
    pub entitled: Entitled,
    /// From this day in the Netherlands.
    pub since: Option<Date>,
    /// Until this day, which counts.
    pub until: Option<Date>,
}

/// Inzageverslag.
#[derive(Debug, Clone)]
#[doc(alias = "inzageverslag")]
pub struct InspectionReport {
    /// Which: the id of the decision that let it out.
    pub id: Id,
    /// When it was made, in microseconds.
    pub made_at: i64,
    /// Of which organisation's doings it tells.
    pub organisation: Oin,
    /// Whether of all its desks.
    pub whole_organisation: bool,
    /// What happened, latest first.
    pub lines: Vec<ToldLine>,
    /// The signed checkpoint that the proofs lead to.
    pub checkpoint: String,
}

/// Verslagregel: as much of a record as the person may know.
#[derive(Debug, Clone, Default)]
#[doc(alias = "verslagregel")]
pub struct ToldLine {
    /// When, in microseconds.
    pub at: Option<i64>,
    /// What was done, to what, for what and on which ground.
    pub why: Option<Why>,
    /// Which organisation did it, and to which it went.
    pub who: Option<(Oin, Option<Oin>)>,
    /// That it stands in the log, where this gateway writes that.
    pub proof: Option<ProvenLine>,
}

/// Waarom something was done, in codes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "waarom")]
pub struct Why {
    /// What was done.
    pub action: String,
    /// To what.
    pub thing: Option<String>,
    /// For what.
    pub purpose: Option<String>,
    /// On which ground.
    pub basis: Option<String>,
    /// In which form.
    pub form: Option<String>,
}

impl Broker {
    /// Makes the report of one youth for one person, decided and recorded before it is shown. A conflict is more than one
    /// report holds: then a shorter period is to be asked for.
    ///
    /// # Errors
    /// When it cannot be recorded, or the index is too far behind to tell everything; then nothing is shown.
    pub async fn inspect(
        &self,
        asker: &Asker,
        actor: Actor,
        asked: &InspectionRequest,
    ) -> Result<Reply<InspectionReport>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let youth = self.whose_report(actor, &asked.whom).await?;
            let mut facts = self.facts(youth.as_ref(), actor.party, None, moment.today);
            facts.facts.hidden_from = Some(Vec::new());
            let ruling =
                self.rule(asker, asked.entitled.request(actor, Action::Inspect, youth.as_ref()), &facts, moment)?;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let told = self.told(&ruling, (&youth, facts), asked).await?;
            let record = ruling.record_search(self, (asked.entitled.identified_by, asked.recorded()), Some(&youth))?;
            let Some(receipt) = self.commit(Unit::record(record).reading(youth.read)).await? else { continue };
            return Ok(match told {
                Some(told) => Reply::Released(self.handed_out(&ruling, &receipt, told).await?),
                None => Reply::Conflict,
            });
        }
        Err(Trouble::Contended)
    }

    /// The report with its proofs, cut to what the person may know.
    async fn handed_out(
        &self,
        ruling: &Ruling,
        receipt: &Receipt,
        told: Vec<FoundLine>,
    ) -> Result<Disclosure<InspectionReport>, Trouble> {
        let signed = self.signed()?;
        let mut proven = Vec::with_capacity(told.len());
        for line in told {
            let proof = if line.own { self.line_in(&signed, line.index, signed.checkpoint.size).await? } else { None };
            proven.push((line.entry, proof));
        }
        let actor = ruling.request.actor;
        Disclosure::permitted(ruling, receipt, |sieve| InspectionReport {
            id: ruling.id,
            made_at: ruling.moment.instant,
            organisation: actor.party.organisation,
            whole_organisation: tells_of_all(actor),
            lines: proven.into_iter().map(|(entry, proof)| ToldLine::of(sieve, &entry, proof)).collect(),
            checkpoint: signed.own,
        })
    }

    /// The youth whom whoever hands out can name.
    async fn whose_report(&self, actor: Actor, whom: &Whom) -> Result<Option<KnownYouth>, Trouble> {
        if tells_of_all(actor) { self.sought_after(actor, whom).await } else { self.named_by(actor, whom).await }
    }

    /// What may be told, latest first; nothing when that is more than one report holds.
    async fn told(
        &self,
        ruling: &Ruling,
        (youth, facts): (&KnownYouth, Snapshot),
        asked: &InspectionRequest,
    ) -> Result<Option<Vec<FoundLine>>, Trouble> {
        let Some(lines) = self.all_about(ruling, youth, asked).await? else { return Ok(None) };
        let mut lists = BTreeSet::new();
        let secrets = self.secrets_of(youth, ruling.moment.today).await?;
        let mut told = Vec::new();
        for line in lines.into_iter().filter(|line| is_told(&line.entry, ruling.request.actor)) {
            let hidden_from = self.hidden_from(&secrets, youth, (&line.log, line.index)).await?;
            let facts = Snapshot { facts: Facts { hidden_from, ..facts.facts.clone() }, ..facts };
            // INVARIANT: each record is decided by itself, and what is kept from this person counts for nothing after that: not
            // as the look at a list that stands for the others of its day either (RL-14).
            let may_know = self.permits(&ruling.request, &facts, ruling.moment);
            if may_know && !is_told_already(&line.entry, &mut lists) {
                told.push(line);
            }
        }
        Ok(Some(told).filter(|told| told.len() <= MOST_TOLD))
    }

    /// Every record about a youth that whoever hands out may find, latest first; nothing when that is too much.
    async fn all_about(
        &self,
        ruling: &Ruling,
        youth: &KnownYouth,
        asked: &InspectionRequest,
    ) -> Result<Option<Vec<FoundLine>>, Trouble> {
        let query = LogQuery {
            about: Some(asked.whom.clone()),
            outcome: Some(LogOutcome::Permitted),
            since: asked.since,
            until: asked.until,
            ..LogQuery::default()
        };
        let (since, before) = query.span();
        let before = Spot { at: before, log: String::new(), index: 0 };
        let owner = ruling.request.actor.party.organisation;
        let youth = Some(youth.id());
        let hunt = Hunt { query: &query, owner, youth, since, before, instants: None, most: MOST_FOUND };
        let Quarry { spots, stopped, behind } = self.quarry(&hunt).await?;
        if behind {
            return Err(Trouble::StillCounting);
        }
        if stopped.is_some() {
            return Ok(None);
        }
        let (spots, mut lines): (Vec<Spot>, Vec<FoundLine>) = (spots.into_iter().rev().collect(), Vec::new());
        for some in spots.chunks(AT_A_TIME) {
            lines.extend(self.lines_at(&hunt, some.to_vec()).await?.into_iter().map(|(line, _)| line));
        }
        Ok(Some(lines))
    }
}

impl InspectionRequest {
    /// What a record says was asked for. INVARIANT: nothing about any person: who asked stands in the sealed question.
    fn recorded(&self) -> String {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let mut said = json!({
            "verslag": "inzage",
            "samen_met_jeugdige": self.entitled.with_youth.then_some(true),
            "van": day(self.since),
            "tot_en_met": day(self.until),
        });
        if let serde_json::Value::Object(said) = &mut said {
            said.retain(|_, value| !value.is_null());
        }
        canonical(&said)
    }
}

impl ToldLine {
    fn of(sieve: Sieve, entry: &Entry, proof: Option<ProvenLine>) -> Self {
        let by = entry.party.as_ref().map(|(organisation, _)| *organisation);
        let to = entry.receiver.as_ref().map(|(organisation, _)| *organisation).filter(|to| Some(*to) != by);
        let why = Why {
            action: entry.action.clone().unwrap_or_default(),
            thing: entry.thing.clone(),
            purpose: entry.purpose.clone(),
            basis: entry.outcome.basis.clone(),
            form: entry.outcome.form.clone(),
        };
        Self {
            at: sieve.pass(Field::LogWhen, entry.at),
            why: sieve.pass(Field::LogWhy, why),
            who: sieve.pass(Field::LogOrganisation, by.map(|by| (by, to))),
            proof,
        }
    }
}

/// Whether the same was told already. A list of what came in is looked at all day long: that it was, is told once a day of an
/// organisation.
fn is_told_already(entry: &Entry, lists: &mut BTreeSet<(Date, Option<Oin>)>) -> bool {
    let by = entry.party.as_ref().map(|(organisation, _)| *organisation);
    entry.action.as_deref() == Some(Action::List.code()) && !lists.insert((in_amsterdam(entry.at).date(), by))
}

/// An officer answers for the whole organisation, a professional for the own desk: the domains of one organisation stay
/// apart here too (000-52).
fn tells_of_all(actor: Actor) -> bool {
    actor.role == Role::DataProtectionOfficer
}

/// Whether a record may be told of at all. What touches Veilig Thuis, a report about safety or an override is told by a person
/// who weighed it (RL-13, RL-16).
fn is_told(entry: &Entry, actor: Actor) -> bool {
    let action = entry.action.as_deref().and_then(|code| code.parse().ok());
    let own_desk = [entry.party.as_ref(), entry.receiver.as_ref()]
        .into_iter()
        .flatten()
        .any(|(organisation, desk)| *organisation == actor.party.organisation && desk == actor.party.desk.code());
    let safety = entry.purpose.as_deref() == Some(Purpose::Veiligheid.code())
        || entry.outcome.class.as_deref() == Some(RecordClass::Override.code());
    action.is_some_and(|action| TOLD.contains(&action))
        && (own_desk || tells_of_all(actor))
        && !safety
        && !Audience::Citizen.misses(entry)
}
