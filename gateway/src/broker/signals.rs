// SPDX-License-Identifier: EUPL-1.2
//! A signal is submitted: one question, one decision and one record a receiver, and one commit for all of it.

mod kept;

use std::sync::Arc;

use futures_util::future::join;
use jiff::civil::Date;
use sluis_policy::routing::{Gap, Leg, Routing};
use sluis_policy::{
    AccessRequest, Action, Actor, Backing, Bsn, Decision, Form, Moment, Party, Rule, SignalFacts, SignalKind, Thing,
};

use self::kept::{body_of, queued};
use super::denials::Denial;
use super::natural::Twin;
use super::once::Before;
use super::retracting::TakenBack;
use super::sealing::{IntakeOutcome, YouthFact};
use super::{
    AboutWhom, Asker, Besides, Broker, Disclosure, InformLater, KnownYouth, Once, Refused, Reply, Ruling, TURNS,
    Trouble, natural, routing, terms,
};
use crate::ledger::unit::{Claim, DataKeyRow, DeliveryState, Read, SignalRow, Subject, Unit};
use crate::vault::{Id, fresh_id};

/// A signal as it arrives, parsed.
#[derive(Clone)]
pub struct NewSignal {
    /// What is said, to whom: everything that a decision reads. To nobody named: its way is looked for.
    pub facts: SignalFacts,
    /// Whether a name is asked for.
    pub named: bool,
    /// About whom.
    pub about: AboutWhom,
    /// The citizen service number, on a kind whose statute gives it (RL-22).
    pub number: Option<Bsn>,
    /// Free text; never in the anonymous form.
    pub description: Option<String>,
    /// When it was talked over with the parents.
    pub discussed_on: Option<Date>,
    /// Whom the receiver may ring.
    pub contact: Option<String>,
    /// The school location, for the small-group check (RL-23).
    pub location: Option<String>,
    /// What only some kinds hold.
    pub besides: Besides,
    /// Why parents and youth are not informed yet.
    pub inform_later: Option<InformLater>,
}

// INVARIANT: what a signal says does not print.
impl std::fmt::Debug for NewSignal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSignal").field("kind", &self.facts.kind).finish_non_exhaustive()
    }
}

/// What the sender sees of its own signal.
#[derive(Debug, Clone)]
pub struct SignalView {
    /// By which it is followed.
    pub id: Id,
    /// The facts it was decided on.
    pub facts: SignalFacts,
    /// When it was accepted, in microseconds.
    pub created_at: i64,
    /// Receiver by receiver.
    pub receivers: Vec<ReceiverState>,
    /// What was missing when its way was looked for; somebody has each of them to mend.
    pub gaps: Vec<Gap>,
    /// Since when and why it is taken back.
    pub taken_back: Option<TakenBack>,
}

/// How a signal stands with one receiver.
#[derive(Debug, Clone)]
pub struct ReceiverState {
    /// Who.
    pub party: Party,
    /// The rule that decided at intake.
    pub rule: Rule,
    /// In what form it goes; nothing when it does not go.
    pub form: Option<Form>,
    /// Why it goes there, where its sender did not say to whom.
    pub led: Option<Leg>,
    /// Where its delivery stands.
    pub delivery: Option<DeliveryState>,
    /// What the receiver did with it, as far as the way back permits (RL-17).
    pub progress: Vec<super::Progress>,
}

/// A youth and what is stored with the first signal about a number.
struct Prepared {
    youth: Arc<KnownYouth>,
    learned: Option<(YouthFact, Claim)>,
    /// The number that came with the signal is not this youth's, as far as is known here.
    doubtful: bool,
    /// The keys of nobody: what is about no youth is sealed under keys of its own, and forgotten by itself.
    keys: Vec<DataKeyRow>,
}

impl Broker {
    /// Submits a signal.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored and nothing will leave.
    pub async fn submit(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewSignal,
        once: &Once,
    ) -> Result<Reply<SignalView>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            // Both are read in one go.
            let (before, prepared) = join(self.before(once), self.prepared(actor, new, moment)).await;
            match before? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(signal) => return self.follow(asker, actor, signal).await.map_err(Trouble::unshown),
                Before::Nothing => {}
            }
            let prepared = prepared?;
            let own = prepared.as_ref().and_then(|prepared| new.applied_by(&prepared.youth));
            let new = own.as_ref().unwrap_or(new);
            let routed = self.routed(new, prepared.as_ref().map(|prepared| prepared.youth.as_ref()), moment);
            let (new, routing) = (&routed.signal(new), &routed.routing);
            let rulings = self.rule_on_each(asker, actor, new, (prepared.as_ref(), moment))?;
            let done = match prepared {
                Some(prepared) if rulings.iter().any(|ruling| ruling.permit().is_some()) => {
                    self.accept((asker, actor), (prepared, (new, routing)), &rulings, once).await?
                }
                prepared => {
                    let youth = prepared.map(|prepared| prepared.youth).filter(|youth| !youth.is_nobody());
                    self.refuse_all((&rulings, routing), youth.as_deref()).await?
                }
            };
            if let Some(reply) = done {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    /// Places a signal that may go to somebody: unless its words name whom they may not, or it stands already.
    async fn accept(
        &self,
        (asker, actor): (&Asker, Actor),
        (prepared, (new, routing)): (Prepared, (&NewSignal, &Routing)),
        rulings: &[Ruling],
        once: &Once,
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        if let Some(stopped) = self.stopped_by_a_name((new, &prepared.youth), rulings).await? {
            return Ok(stopped);
        }
        match self.twin((asker, actor), new, prepared.youth.id(), rulings).await? {
            Twin::Stands(signal, read) => {
                self.meet_again((asker, actor), (&prepared.youth, rulings), (signal, read), once).await
            }
            Twin::None(natural) => self.place(prepared, (new, routing), rulings, (once, natural)).await,
        }
    }

    fn rule_on_each(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewSignal,
        (prepared, moment): (Option<&Prepared>, Moment),
    ) -> Result<Vec<Ruling>, Trouble> {
        let youth = prepared.map(|prepared| prepared.youth.as_ref());
        let group = Some((actor.party.organisation, new.location.as_deref()));
        let rule = |receiver: &Party| {
            let request = AccessRequest {
                actor,
                action: Action::Submit,
                purpose: new.facts.purpose,
                receiver: *receiver,
                named: new.named,
                signal: Some(new.facts.clone()),
                asked: None,
                backing: Backing::default(),
            };
            let mut snapshot = self.facts(youth, *receiver, group, moment.today);
            snapshot.facts.reporter =
                self.index_reporter(Some(&new.facts), asker.professional.as_deref(), moment.today);
            self.rule(asker, request, &snapshot, moment)
        };
        // What leads to nobody is asked about for its sender.
        let nobody = new.facts.receivers.is_empty().then_some(actor.party);
        new.facts.receivers.iter().chain(&nobody).map(rule).collect()
    }

    /// Commits the signal with a delivery for each permit, the duties, and a record of every decision.
    async fn place(
        &self,
        prepared: Prepared,
        (new, routing): (&NewSignal, &Routing),
        rulings: &[Ruling],
        (once, natural): (&Once, Option<[u8; 32]>),
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        let Prepared { youth, learned, doubtful, keys } = prepared;
        let Some(first) = rulings.first() else { return Err(Trouble::NotRecorded) };
        let (id, now) = (fresh_id()?, first.moment.instant);
        let subject = Read { subject: Subject::signal(id), version: 0 };
        let mut unit = Unit::default().reading(youth.read).moving(subject).claiming(once.claim(id, now));
        unit = natural.map(|key| natural::of_today(key, id, now)).into_iter().fold(unit, Unit::claiming);
        unit = keys.into_iter().fold(unit, Unit::with_key);
        if let Some((fact, claim)) = &learned {
            unit = fact.add_to(unit, &youth, now)?.claiming(claim.clone());
        }
        if doubtful {
            unit = unit.with_obligation(terms::to_sort_out(first, id, &youth, "nummer_nagaan")?);
        }
        unit = routing::to_mend(routing, rulings, (id, &youth))?.into_iter().fold(unit, Unit::with_obligation);
        for ruling in rulings {
            unit = unit.and_record(ruling.record_reading(self, &youth, id, vec![youth.read])?);
            unit = terms::rows_or_later(ruling, id, &youth, new.inform_later.as_ref())?
                .into_iter()
                .fold(unit, Unit::with_obligation);
            if let Decision::Permit(permit) = &ruling.decision {
                unit = unit.with_delivery(queued(new, &youth, (id, now), ruling.request.receiver, permit)?);
            }
        }
        let body = body_of((new, routing), first, rulings);
        unit = unit.with_signal(SignalRow {
            id,
            youth: youth.id(),
            sender: new.facts.sender.organisation.as_str().to_owned(),
            kind: new.facts.kind.code(),
            created_at: now,
            sealed: body.seal(&youth.keys, &id)?,
        });
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        self.queue_changed.notify_waiters();
        let view = SignalView {
            id,
            created_at: now,
            receivers: body.outcomes.iter().map(ReceiverState::at_intake).collect(),
            facts: body.facts,
            gaps: body.gaps,
            taken_back: None,
        };
        Ok(Some(Reply::Released(Disclosure::release(&rulings.iter().collect::<Vec<_>>(), &receipt, view)?)))
    }

    /// Records that nothing goes to anybody, with what must follow, and says so.
    async fn refuse_all(
        &self,
        (rulings, routing): (&[Ruling], &Routing),
        youth: Option<&KnownYouth>,
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        let refused = Refused(rulings.iter().map(|ruling| routing::barred(ruling, routing)).collect());
        // A report about safety that does not pass is always recorded by itself.
        let about_nobody = |ruling: &Ruling| {
            ruling.decision.rule() == Rule::NotFound
                && ruling.request.thing() != Some(Thing::Signal(SignalKind::Veiligheid))
        };
        if let Some(first) = rulings.first().filter(|_| youth.is_none() && rulings.iter().all(about_nobody))
            && !self.recorded_singly(first.certificate(), Denial::NotFound).await?
        {
            return Ok(Some(Reply::Refused(refused)));
        }
        let mut unit = youth.into_iter().fold(Unit::default(), |unit, youth| unit.reading(youth.read));
        for ruling in rulings {
            unit = unit.and_record(ruling.record(self, youth, None)?);
            if let Some(youth) = youth {
                unit = terms::rows(ruling, ruling.id, youth)?.into_iter().fold(unit, Unit::with_obligation);
            }
        }
        if let Some((first, youth)) = rulings.first().zip(youth) {
            let to_mend = routing::to_mend(routing, rulings, (first.id, youth))?;
            unit = to_mend.into_iter().fold(unit, Unit::with_obligation);
        }
        Ok(self.commit(unit).await?.map(|_| Reply::Refused(refused)))
    }

    /// The youth that a signal is about, with what the signal itself brings; nothing when nobody known here is meant.
    async fn prepared(&self, actor: Actor, new: &NewSignal, moment: Moment) -> Result<Option<Prepared>, Trouble> {
        let youth = match &new.about {
            AboutWhom::Pupil(key) => self.pupil_lately(actor.party.organisation, key).await?,
            AboutWhom::Received(id) => self.youth_received(actor, *id).await?,
            AboutWhom::Nobody => {
                let (keys, rows) = self.vault.fresh_keys(fresh_id()?)?;
                let youth = Arc::new(KnownYouth::nobody(keys));
                return Ok(Some(Prepared { youth, learned: None, doubtful: false, keys: rows }));
            }
        };
        match youth {
            None => Ok(None),
            Some(youth) => Ok(Some(self.with_number(youth, new, moment).await?)),
        }
    }

    /// The youth of a signal that this desk received by name. One that came without a name leads to nobody: whoever it is
    /// about stays unknown (RL-23).
    async fn youth_received(&self, actor: Actor, id: Id) -> Result<Option<Arc<KnownYouth>>, Trouble> {
        let looked = self.look_up(id, &[actor]).await?;
        let by_name = looked.filter(|looked| looked.delivery_body.as_ref().is_some_and(|body| body.named));
        Ok(by_name.map(|looked| looked.youth).filter(|youth| !youth.is_nobody()))
    }

    /// The youth with the number that the signal brings, if it brings one. A number that belongs to another youth, or to
    /// a youth who has another, is not learned and not guessed about: it goes to the receiver as it was sent, nobody is
    /// told what is known here, and a person gets the duty to look.
    async fn with_number(
        &self,
        mut youth: Arc<KnownYouth>,
        new: &NewSignal,
        moment: Moment,
    ) -> Result<Prepared, Trouble> {
        let none = Vec::new();
        let Some(number) = &new.number else {
            return Ok(Prepared { youth, learned: None, doubtful: false, keys: none });
        };
        let key = self.vault.lookup_number(number);
        let holder = self.store.claimed(&key).await?.map(|claimed| claimed.resource);
        if youth.number.is_none() && holder.is_none() {
            let fact = YouthFact::Number { bsn: number.expose().to_owned() };
            Arc::make_mut(&mut youth).learn(&fact)?;
            let claim = Claim::by_nature("nummer", key, youth.id(), moment.instant);
            return Ok(Prepared { youth, learned: Some((fact, claim)), doubtful: false, keys: Vec::new() });
        }
        let doubtful = youth.number.as_ref() != Some(number) || holder != Some(youth.id());
        Ok(Prepared { youth, learned: None, doubtful, keys: Vec::new() })
    }
}

impl NewSignal {
    /// The same, once it is known who it is about, where a youth applies in person; nothing otherwise.
    fn applied_by(&self, youth: &KnownYouth) -> Option<Self> {
        let in_person = self.besides.applicant.as_ref().is_some_and(|applicant| applicant.is_the_youth);
        let applicant = in_person.then_some(youth.facts.youth_person);
        applicant
            .map(|person| Self { facts: SignalFacts { applicant: Some(person), ..self.facts.clone() }, ..self.clone() })
    }
}

impl ReceiverState {
    fn at_intake(outcome: &IntakeOutcome) -> Self {
        let delivery = outcome.form.map(|_| DeliveryState::Waiting);
        let IntakeOutcome { receiver: party, rule, form, led } = outcome.clone();
        Self { party, rule, form, led, delivery, progress: Vec::new() }
    }
}
