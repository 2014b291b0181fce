// SPDX-License-Identifier: EUPL-1.2
//! What a desk must still do (P7): seen as a list, in the order of its days, and one by one. Every look is decided and recorded.

mod body;
mod escalating;
mod passing;
mod working;

use jiff::civil::Date;
use sluis_policy::{
    AccessRequest, Action, Actor, AuthorityKind, Duty, DutyFacts, Field, Moment, Oin, Party, PersonRef, Rule,
};

pub(crate) use self::body::DutyBody;
pub use self::body::{Ending, Heard, Postponement, Telling};
pub(in crate::broker) use self::escalating::due_anew;
pub use self::escalating::{ESCALATED, Silence};
pub use self::working::{DutyStep, Finishing, NOT_TOLD_FOR, OUTCOMES, POSTPONED_FOR, WEIGHED, Worked};
use super::inbox::readable;
use super::registering::own_request;
use super::reply::is_refusal;
use super::sealing::{DeliveryBody, SignalBody};
use super::{Asker, Broker, Disclosure, KnownYouth, Reply, Ruling, TURNS, Trouble};
use crate::ledger::unit::{DeliveryKind, DutyState, ObligationRow, Read, Subject, Unit};
use crate::vault::{Id, NO_YOUTH, fresh_id};

/// What the gateway itself asks a desk to sort out, beside the duties of the decision core.
pub const SORTING_OUT: [&str; 6] =
    ["nummer_nagaan", "aflevering_nagaan", "vernietiging_nagaan", "geen_route", "geen_contact", "geen_tandem"];

/// A page of what a desk must still do.
#[derive(Debug, Clone)]
pub struct DutyPage {
    /// The rows: what is due first before the rest.
    pub rows: Vec<DutyView>,
    /// The day and id beyond which everything is that this page and those before it did not show.
    pub beyond: (String, Id),
    /// Whether there may be more already.
    pub more: bool,
}

/// A duty as its desk sees it.
#[derive(Debug, Clone)]
pub struct DutyView {
    /// Its id.
    pub id: Id,
    /// What must be done, as a code.
    pub kind: String,
    /// How it stands.
    pub state: DutyState,
    /// By which day, or, of what was postponed, on which day to look at it again.
    pub due_on: String,
    /// Whether that day has passed and it is still to be done.
    pub overdue: bool,
    /// When it arose, in microseconds.
    pub created_at: i64,
    /// The rule that it follows from.
    pub rule: Option<Rule>,
    /// The professional who has it.
    pub holder: Option<String>,
    /// The signal, by the id that this desk knows it by; nothing where no signal came of the decision.
    pub signal: Option<Id>,
    /// The desk's own pseudonym of the youth.
    pub pseudonym: Option<String>,
    /// Why it waits.
    pub postponed: Option<Postponement>,
    /// Whether a release needs to be weighed first; nothing where there is nothing to release.
    pub withheld: Option<bool>,
    /// Who must hear, where somebody must, and how far that is.
    pub people: Vec<Hearer>,
    /// How it ended.
    pub done: Option<Ending>,
    /// What was not done elsewhere, where it was escalated to this desk.
    pub silence: Option<Silence>,
}

/// Somebody who must hear, or heard.
#[derive(Debug, Clone)]
pub struct Hearer {
    /// Who.
    pub person: PersonRef,
    /// In which capacity; nothing is the youth.
    pub capacity: Option<AuthorityKind>,
    /// How they were told or asked.
    pub heard: Option<Telling>,
    /// Since when it is released to them, in microseconds.
    pub released_at: Option<i64>,
}

/// What stands behind the id of a duty.
struct Known {
    row: ObligationRow,
    owner: Party,
    body: DutyBody,
    youth: KnownYouth,
    /// The version of what it follows from; every step with the duty moves it.
    read: Read,
    signal: Option<SignalBody>,
    known_as: Option<Id>,
    named: bool,
    reported: bool,
}

impl Broker {
    /// Lists what a desk must still do, each row decided and recorded by itself.
    ///
    /// # Errors
    /// When the records cannot be made durable; then nothing is shown.
    pub async fn duties(
        &self,
        asker: &Asker,
        actor: Actor,
        beyond: &(String, Id),
        limit: u8,
    ) -> Result<Reply<DutyPage>, Trouble> {
        for _ in 0..TURNS {
            if let Some(reply) = self.duties_once(asker, actor, beyond, limit).await? {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    async fn duties_once(
        &self,
        asker: &Asker,
        actor: Actor,
        beyond: &(String, Id),
        limit: u8,
    ) -> Result<Option<Reply<DutyPage>>, Trouble> {
        let moment = self.now()?;
        // Looking into an empty list is looking too, and whether this role may look does not depend on what is in it.
        let glance = self.rule_on(asker, (actor, Action::ReadDuty), None, moment)?;
        if glance.decision.rule() != Rule::NotFound {
            return self.refuse(&glance, None, None).await;
        }
        let found = self.store.to_do(actor.party, (&beyond.0, beyond.1), i64::from(limit)).await?;
        let more = found.len() == usize::from(limit);
        let beyond = found.last().map_or_else(|| beyond.clone(), |row| (row.due_on.clone(), row.id));
        let mut unit = Unit::record(glance.glance(self)?);
        let (mut rulings, mut rows): (Vec<Ruling>, Vec<DutyView>) = (vec![glance], Vec::new());
        for row in found {
            let Some(known) = self.known_duty(row.id, &[actor]).await? else { continue };
            let ruling = self.rule_on(asker, (actor, Action::ReadDuty), Some(&known), moment)?;
            unit = known.reading(unit.and_record(known.record(self, &ruling)?));
            if ruling.permit().is_some() {
                rows.push(self.duty_view(asker, (&ruling, actor), &known, moment)?);
            }
            rulings.push(ruling);
        }
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        let page = DutyPage { rows, beyond, more };
        Ok(Some(Reply::Released(Disclosure::release(&rulings.iter().collect::<Vec<_>>(), &receipt, page)?)))
    }

    /// Reads one duty.
    ///
    /// # Errors
    /// When the record cannot be made durable; then nothing is shown.
    pub async fn duty(&self, asker: &Asker, actors: &[Actor], id: Id) -> Result<Reply<DutyView>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let known = self.known_duty(id, actors).await?;
            let actor = standing(actors, known.as_ref())?;
            let ruling = self.rule_on(asker, (actor, Action::ReadDuty), known.as_ref(), moment)?;
            let done = match &known {
                Some(known) if !is_refusal(&ruling) => {
                    let view = self.duty_view(asker, (&ruling, actor), known, moment)?;
                    let unit = known.reading(Unit::record(known.record(self, &ruling)?)).reading(known.read);
                    match self.commit(unit).await? {
                        Some(receipt) => Some(Reply::Released(Disclosure::release(&[&ruling], &receipt, view)?)),
                        None => None,
                    }
                }
                known => self.refuse(&ruling, known.as_ref().and_then(Known::about), Some(id)).await?,
            };
            if let Some(reply) = done {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    /// What stands behind the id of a duty, for whoever's it is.
    ///
    /// INVARIANT: for somebody else's the store is asked the same questions as for one that does not exist, and nothing is
    /// opened for either (P6). A desk that has not received a signal yet, or will not, has nothing to do about it.
    async fn known_duty(&self, id: Id, actors: &[Actor]) -> Result<Option<Known>, Trouble> {
        let row = self.store.obligation(id).await?;
        let owner = row.as_ref().and_then(ObligationRow::party);
        let own = row.filter(|_| owner.is_some_and(|owner| actors.iter().any(|actor| actor.party == owner)));
        let about = own.as_ref().map_or_else(fresh_id, |row| Ok(row.signal))?;
        let read = Read { subject: Subject::signal(about), version: self.store.version(Subject::signal(about)).await? };
        let (stored, deliveries) = (self.store.signal(about).await?, self.store.deliveries_of(about).await?);
        // Whoever hears that something was not done learns nothing of the signal (RL-28).
        let stored = stored.filter(|_| own.as_ref().is_none_or(|row| row.kind != ESCALATED));
        let (Some(row), Some(owner)) = (own, owner) else {
            self.store.youth(about).await?;
            self.store.reported_to_safety(about, "").await?;
            return Ok(None);
        };
        let erased = row.youth == NO_YOUTH;
        let youth = if erased { KnownYouth::nobody(self.vault.dummy_keys()?) } else { self.youth(row.youth).await? };
        let reported = self.store.reported_to_safety(row.youth, &row.owner).await?;
        let open =
            |stored: &crate::store::reading::StoredSignal| SignalBody::open(&stored.sealed, &youth.keys, &stored.id);
        let signal = stored.as_ref().map(open).transpose()?;
        let (known_as, named) = if signal.as_ref().is_none_or(|signal| signal.facts.sender == owner) {
            (stored.map(|stored| stored.id), true)
        } else {
            let received = |row: &&crate::ledger::unit::DeliveryRow| {
                row.kind == DeliveryKind::Signal && row.party() == Some(owner) && readable(row)
            };
            let Some(delivery) = deliveries.iter().find(received) else { return Ok(None) };
            let body = DeliveryBody::open(&delivery.sealed, &youth.keys, &delivery.id)?;
            (Some(delivery.id), body.named)
        };
        let body = if erased {
            DutyBody::open_of_nobody(&row.sealed, &self.vault, &row.id)?
        } else {
            DutyBody::open(&row.sealed, &youth.keys, &row.id)?
        };
        Ok(Some(Known { row, owner, body, youth, read, signal, known_as, named, reported }))
    }

    /// Decides a question about a duty.
    fn rule_on(
        &self,
        asker: &Asker,
        (actor, action): (Actor, Action),
        known: Option<&Known>,
        moment: Moment,
    ) -> Result<Ruling, Trouble> {
        self.rule_weighed(asker, (actor, action, false), known, moment)
    }

    /// As [`Broker::rule_on`]; `weighed` says whether the asker gave a reason.
    fn rule_weighed(
        &self,
        asker: &Asker,
        (actor, action, weighed): (Actor, Action, bool),
        known: Option<&Known>,
        moment: Moment,
    ) -> Result<Ruling, Trouble> {
        let mut request = AccessRequest {
            named: known.is_none_or(|known| known.named),
            signal: known.and_then(|known| known.signal.as_ref().map(|signal| signal.facts.clone())),
            ..own_request(actor, action)
        };
        request.backing.reasoned = weighed;
        let mut snapshot = self.facts(known.and_then(Known::about), actor.party, None, moment.today);
        snapshot.facts.duty = known.map(|known| known.facts(asker));
        self.rule(asker, request, &snapshot, moment)
    }

    fn duty_view(
        &self,
        asker: &Asker,
        (ruling, actor): (&Ruling, Actor),
        known: &Known,
        moment: Moment,
    ) -> Result<DutyView, Trouble> {
        let Known { row, body, youth, .. } = known;
        let knows = ruling.permit().is_some_and(|permit| permit.fields().contains(Field::Pseudonym));
        let knows = knows && !youth.is_nobody();
        let telling = known.is_telling() && knows;
        // Whether it is withheld is asked of the core itself, so that what is shown is what will be decided.
        let release = self.rule_on(asker, (actor, Action::ReleaseTo), Some(known), moment)?;
        Ok(DutyView {
            id: row.id,
            kind: row.kind.clone(),
            state: row.state,
            due_on: row.due_on.clone(),
            overdue: row.state != DutyState::Done && row.due_on < moment.today.to_string(),
            created_at: row.created_at,
            rule: body.rule,
            holder: body.holder.clone(),
            signal: known.known_as,
            pseudonym: knows.then(|| self.vault.pseudonym(&youth.keys, organisation(actor))).transpose()?,
            postponed: body.postponed.clone(),
            withheld: telling.then(|| release.decision.rule() == Rule::ReleaseWithheld),
            people: if telling { known.people(moment.today) } else { Vec::new() },
            done: body.done.clone(),
            silence: body.silence.clone(),
        })
    }
}

fn organisation(actor: Actor) -> Oin {
    actor.party.organisation
}

/// The capacity in which the caller has this duty; any, when in none.
fn standing(actors: &[Actor], known: Option<&Known>) -> Result<Actor, Trouble> {
    let owns = |actor: &&Actor| known.is_some_and(|known| known.owner == actor.party);
    actors.iter().find(owns).or_else(|| actors.first()).copied().ok_or(Trouble::NotRecorded)
}

impl Known {
    fn facts(&self, asker: &Asker) -> DutyFacts {
        DutyFacts {
            owner: self.owner,
            review: self.row.kind == Duty::Review.code(),
            // What was escalated is about nobody, and has come to whoever leads the desk as well.
            own_deed: self.body.silence.is_some()
                || asker.professional.is_some() && asker.professional == self.body.author,
            withheld: self.body.silent || self.reported,
        }
    }

    fn record(&self, broker: &Broker, ruling: &Ruling) -> Result<crate::ledger::leaf::Leaf, Trouble> {
        match self.about() {
            Some(youth) => ruling.record_reading(broker, youth, self.row.id, vec![youth.read, self.read]),
            None => ruling.record_of_nobody(broker, Some(self.row.id)),
        }
    }

    /// Whom it is about; nobody once the youth was erased.
    fn about(&self) -> Option<&KnownYouth> {
        (self.row.youth != NO_YOUTH).then_some(&self.youth)
    }

    /// The unit, which stands only as long as nothing more is known of the youth.
    fn reading(&self, unit: Unit) -> Unit {
        match self.about() {
            Some(youth) => unit.reading(youth.read),
            None => unit,
        }
    }

    /// Whether it is about telling or asking people.
    fn is_telling(&self) -> bool {
        let telling = [Duty::Inform, Duty::Ask, Duty::AskAhead, Duty::ReviewPostponement];
        telling.iter().any(|duty| duty.code() == self.row.kind)
    }

    /// Who must hear today, and whoever else heard.
    fn people(&self, today: Date) -> Vec<Hearer> {
        let mut people = self.youth.facts_on(today).who_hears(today);
        for heard in &self.body.heard {
            if people.iter().all(|(person, _)| *person != heard.person) {
                people.push((heard.person, self.capacity(heard.person)));
            }
        }
        let hearer = |(person, capacity)| Hearer {
            person,
            capacity,
            heard: self.body.heard.iter().find(|heard| heard.person == person).map(|heard| heard.how.clone()),
            released_at: self.body.released.iter().find(|release| release.person == person).map(|release| release.at),
        };
        people.into_iter().map(hearer).collect()
    }

    fn capacity(&self, person: PersonRef) -> Option<AuthorityKind> {
        self.youth.facts.authorities.iter().find(|held| held.person == person).map(|held| held.kind)
    }

    /// Whether any source names this person, or it is the youth.
    fn knows(&self, person: PersonRef) -> bool {
        self.youth.facts.youth_person == person || self.capacity(person).is_some()
    }
}
