// SPDX-License-Identifier: EUPL-1.2
//! A signal is submitted: one question, one decision and one record a receiver, and one commit for all of it.

use std::sync::Arc;

use futures_util::future::join;
use jiff::civil::Date;
use sluis_policy::{
    AccessRequest, Action, Actor, Backing, Bsn, Decision, Form, LegalBasis, Moment, Party, Permit, Rule, SignalFacts,
    SignalKind, Thing,
};

use super::denials::Denial;
use super::natural::Twin;
use super::once::Before;
use super::retracting::TakenBack;
use super::sealing::{DeliveryBody, IntakeOutcome, SignalBody, YouthFact};
use super::{
    AboutWhom, Asker, Besides, Broker, Disclosure, InformLater, KnownYouth, Once, Refused, Reply, Ruling, TURNS,
    Trouble, natural, terms,
};
use crate::ledger::unit::{
    Claim, DataKeyRow, DeliveryKind, DeliveryRow, DeliveryState, Reached, Read, SignalRow, Subject, Unit,
};
use crate::vault::{Id, fresh_id};

/// A signal as it arrives, parsed.
#[derive(Clone)]
pub struct NewSignal {
    /// What is said, to whom: everything that a decision reads.
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
            let rulings = self.rule_on_each(asker, actor, new, (prepared.as_ref(), moment))?;
            let done = match prepared {
                Some(prepared) if rulings.iter().any(|ruling| ruling.permit().is_some()) => {
                    self.accept((asker, actor), (prepared, new), &rulings, once).await?
                }
                prepared => {
                    let youth = prepared.map(|prepared| prepared.youth).filter(|youth| !youth.is_nobody());
                    self.refuse_all(&rulings, youth.as_deref()).await?
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
        (prepared, new): (Prepared, &NewSignal),
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
            Twin::None(natural) => self.place(prepared, new, rulings, (once, natural)).await,
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
        new.facts.receivers.iter().map(rule).collect()
    }

    /// Commits the signal with a delivery for each permit, the duties, and a record of every decision.
    async fn place(
        &self,
        prepared: Prepared,
        new: &NewSignal,
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
        for ruling in rulings {
            unit = unit.and_record(ruling.record_reading(self, &youth, id, vec![youth.read])?);
            unit = terms::rows_or_later(ruling, id, &youth, new.inform_later.as_ref())?
                .into_iter()
                .fold(unit, Unit::with_obligation);
            if let Decision::Permit(permit) = &ruling.decision {
                unit = unit.with_delivery(queued(new, &youth, (id, now), ruling.request.receiver, permit)?);
            }
        }
        let body = body_of(new, first, rulings);
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
            taken_back: None,
        };
        Ok(Some(Reply::Released(Disclosure::release(&rulings.iter().collect::<Vec<_>>(), &receipt, view)?)))
    }

    /// Records that nothing goes to anybody, with what must follow, and says so.
    async fn refuse_all(
        &self,
        rulings: &[Ruling],
        youth: Option<&KnownYouth>,
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        let refused = Refused(rulings.iter().map(Ruling::barred).collect());
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
        Self { party: outcome.receiver, rule: outcome.rule, form: outcome.form, delivery, progress: Vec::new() }
    }
}

/// The question as it was put and what was decided, for every later decision about this signal.
fn body_of(new: &NewSignal, first: &Ruling, rulings: &[Ruling]) -> SignalBody {
    let outcome = |ruling: &Ruling| IntakeOutcome {
        receiver: ruling.request.receiver,
        rule: ruling.decision.rule(),
        form: ruling.permit().map(Permit::form),
    };
    SignalBody {
        facts: new.facts.clone(),
        role: first.request.actor.role,
        role_valid: first.request.actor.role_valid,
        via: first.request.actor.via,
        certificate: first.certificate(),
        location: new.location.clone(),
        outcomes: rulings.iter().map(outcome).collect(),
    }
}

fn queued(
    new: &NewSignal,
    youth: &KnownYouth,
    (signal, now): (Id, i64),
    receiver: Party,
    permit: &Permit,
) -> Result<DeliveryRow, Trouble> {
    let id = fresh_id()?;
    let named = permit.form() != Form::Anonymous;
    // What may not go is not kept for going: an anonymous delivery holds no words of the sender (RL-23).
    let of_nobody = youth.is_nobody();
    let body = DeliveryBody {
        named,
        number: new.number.as_ref().map(|number| number.expose().to_owned()).filter(|_| named),
        description: new.description.clone().filter(|_| named),
        discussed_on: new.discussed_on.filter(|_| named),
        contact: new.contact.clone().filter(|_| named || of_nobody),
        besides: if named || of_nobody { new.besides.clone() } else { Besides::default() },
    };
    Ok(DeliveryRow {
        id,
        signal,
        youth: youth.id(),
        receiver: receiver.organisation.as_str().to_owned(),
        desk: receiver.desk.code().to_owned(),
        kind: DeliveryKind::Signal,
        urgent: !matches!(permit.basis(), LegalBasis::Consent | LegalBasis::AnonymousForm),
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: 0,
        created_at: now,
        reached: Reached::Never,
        sealed: body.seal(&youth.keys, &id)?,
    })
}
