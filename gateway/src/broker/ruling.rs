// SPDX-License-Identifier: EUPL-1.2
//! A decision with everything its record needs.

use sluis_policy::{
    AccessRequest, Condition, Covenant, Decision, Facts, Gate, Moment, Oin, Permit, decide, lacking, missing,
};

use super::recorded;
use super::youths::Snapshot;
use super::{Barred, Broker, KnownYouth, Policy, Trouble};
use crate::http::caller::Caller;
use crate::http::trace::Trace;
use crate::identity::Bearer;
use crate::ledger::leaf::Leaf;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, PolicyVersions, Who};
use crate::ledger::unit::Read;
use crate::vault::{Id, YouthKeys, fresh_id};

/// Vrager: what a record says of who asked, beside the acting party.
#[derive(Debug, Clone)]
#[doc(alias = "vrager")]
pub struct Asker {
    /// The holder of the client certificate.
    pub certificate: Oin,
    /// The professional, by the id that their organisation gave them.
    pub professional: Option<String>,
    /// The W3C trace that the question belongs to.
    pub trace: Trace,
}

impl Asker {
    /// The asker behind a caller.
    #[must_use]
    pub fn of(caller: &Caller, trace: Trace) -> Self {
        let professional = match caller.bearer() {
            Bearer::Professional(id) => Some(id.to_string()),
            Bearer::System(_) => None,
        };
        Self { certificate: caller.certificate(), professional, trace }
    }
}

/// A decision that was made, not yet recorded.
#[derive(Debug, Clone)]
pub(crate) struct Ruling {
    pub(crate) id: Id,
    pub(crate) request: AccessRequest,
    pub(crate) decision: Decision,
    pub(crate) moment: Moment,
    /// What was known besides the youth's own facts, which lie with the youth.
    beside: Facts,
    /// Whether a youth was among what the core read.
    about_a_youth: bool,
    /// What the asker could still do, of a refusal.
    missing: Vec<Condition>,
    /// What an application goes along without.
    lacking: Vec<Gate>,
    policy: PolicyVersions,
    asker: Asker,
}

impl Ruling {
    /// The permit, if it is one.
    pub(crate) fn permit(&self) -> Option<&Permit> {
        self.decision.permit()
    }

    /// Who gets nothing by it, and why.
    pub(super) fn barred(&self) -> Barred {
        Barred { receiver: self.request.receiver, rule: self.decision.rule(), missing: self.missing.clone() }
    }

    /// Whether its receiver serves the municipality where the sending school stands (002-05).
    pub(super) fn is_where_the_school_stands(&self) -> bool {
        let place = self.beside.school_municipality;
        place.is_some() && place == self.beside.receiver_municipality
    }

    /// What an application goes along without (RL-12).
    pub(super) fn lacking(&self) -> &[Gate] {
        &self.lacking
    }

    /// The professional who asked, by the id that their organisation gave them.
    pub(super) fn professional(&self) -> Option<&str> {
        self.asker.professional.as_deref()
    }

    /// The holder of the certificate that was used.
    pub(crate) fn certificate(&self) -> Oin {
        self.asker.certificate
    }

    /// Its record as a leaf. About an unknown youth or thing it takes the same path under a stand-in key (P6).
    pub(crate) fn record(
        &self,
        broker: &Broker,
        youth: Option<&KnownYouth>,
        resource: Option<Id>,
    ) -> Result<Leaf, Trouble> {
        let reads = youth.map(|youth| youth.read).into_iter().collect();
        let personal = Personal {
            youth: youth.map(KnownYouth::id),
            resource,
            professional: self.asker.professional.clone(),
            reads,
            ..Personal::default()
        };
        self.leaf(broker, youth.map(|youth| &youth.keys), personal)
    }

    /// As [`Ruling::record`], about a line of the log, for the reason that was given.
    pub(super) fn record_for(&self, broker: &Broker, reason: &'static str, line: Option<Id>) -> Result<Leaf, Trouble> {
        let professional = self.asker.professional.clone();
        let personal = Personal { resource: line, professional, reason: Some(reason), ..Personal::default() };
        self.leaf(broker, None, personal)
    }

    /// As [`Ruling::record_for`], of a search, with what was searched for and about whom.
    pub(super) fn record_search(
        &self,
        broker: &Broker,
        (reason, search): (&'static str, String),
        youth: Option<&KnownYouth>,
    ) -> Result<Leaf, Trouble> {
        let personal = Personal {
            youth: youth.map(KnownYouth::id),
            professional: self.asker.professional.clone(),
            reads: youth.map(|youth| youth.read).into_iter().collect(),
            reason: Some(reason),
            search: Some(search),
            ..Personal::default()
        };
        self.leaf(broker, youth.map(|youth| &youth.keys), personal)
    }

    /// As [`Ruling::record`], about nobody, where a stand-in was opened already in place of a youth.
    pub(super) fn record_of_nobody(&self, broker: &Broker, resource: Option<Id>) -> Result<Leaf, Trouble> {
        let professional = self.asker.professional.clone();
        let personal = Personal { resource, professional, ..Personal::default() };
        self.with_question(broker, None, (Event::Decided(self.decision.clone()), personal))
    }

    /// As [`Ruling::record`], naming everything that was read.
    pub(crate) fn record_reading(
        &self,
        broker: &Broker,
        youth: &KnownYouth,
        resource: Id,
        reads: Vec<Read>,
    ) -> Result<Leaf, Trouble> {
        let personal = Personal {
            youth: Some(youth.id()),
            resource: Some(resource),
            professional: self.asker.professional.clone(),
            reads,
            ..Personal::default()
        };
        self.leaf(broker, Some(&youth.keys), personal)
    }

    /// The record that this was only asked, about whom, and what the answer was.
    pub(super) fn weighed(
        &self,
        broker: &Broker,
        (youth, resource, reads): (Option<&KnownYouth>, Option<Id>, Vec<Read>),
        candidate: &str,
        allowed: bool,
    ) -> Result<Leaf, Trouble> {
        let personal = Personal {
            youth: youth.map(KnownYouth::id),
            resource,
            professional: self.asker.professional.clone(),
            candidate: Some(candidate.to_owned()),
            reads,
            ..Personal::default()
        };
        let keys = youth.map(|youth| &youth.keys);
        if keys.is_none() {
            // What is about nobody costs an unwrapping as well (P6).
            broker.vault.dummy_keys()?;
        }
        self.with_question(broker, keys, (Event::Weighed { decision: self.decision.clone(), allowed }, personal))
    }

    fn leaf(&self, broker: &Broker, keys: Option<&YouthKeys>, personal: Personal) -> Result<Leaf, Trouble> {
        if keys.is_none() {
            // What is about nobody costs an unwrapping as well (P6).
            broker.vault.dummy_keys()?;
        }
        self.with_question(broker, keys, (Event::Decided(self.decision.clone()), personal))
    }

    /// With the question itself, so that it can be put again (P5).
    fn with_question(
        &self,
        broker: &Broker,
        keys: Option<&YouthKeys>,
        (event, personal): (Event, Personal),
    ) -> Result<Leaf, Trouble> {
        let question =
            recorded::seal((&broker.vault, keys), &self.id, (&self.request, &self.beside, self.about_a_youth));
        let personal = Personal { question, ..personal };
        Ok(self.as_record(event, personal).seal(&broker.vault, keys)?)
    }

    /// The record of a look into a list, whatever was in it.
    pub(crate) fn glance(&self, broker: &Broker) -> Result<Leaf, Trouble> {
        let personal = Personal { professional: self.asker.professional.clone(), ..Personal::default() };
        Ok(self.as_record(Event::Course("overzicht_bekeken"), personal).seal(&broker.vault, None)?)
    }

    /// A record that what was decided left in a file, with an id of its own.
    pub(super) fn left_in_a_file(&self, broker: &Broker) -> Result<Leaf, Trouble> {
        let personal = Personal { professional: self.asker.professional.clone(), ..Personal::default() };
        let record =
            AccessRecord { decision: fresh_id()?, ..self.as_record(Event::Course("meegenomen_in_bestand"), personal) };
        Ok(record.seal(&broker.vault, None)?)
    }

    /// A record of how it went further, under the same policy, with an id of its own.
    pub(crate) fn course(
        &self,
        broker: &Broker,
        keys: &YouthKeys,
        resource: Id,
        word: &'static str,
    ) -> Result<Leaf, Trouble> {
        let personal = Personal { youth: Some(keys.youth()), resource: Some(resource), ..Personal::default() };
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: broker.now()?,
            ..self.as_record(Event::Course(word), personal)
        };
        Ok(record.seal(&broker.vault, Some(keys))?)
    }

    fn as_record(&self, event: Event, personal: Personal) -> AccessRecord {
        let request = &self.request;
        AccessRecord {
            decision: self.id,
            moment: self.moment,
            who: Who {
                party: Some(request.actor.party),
                role: Some(request.actor.role),
                certificate: self.asker.certificate,
            },
            deed: Deed {
                action: Some(request.action),
                thing: request.thing(),
                purpose: Some(request.purpose),
                receiver: Some(request.receiver),
            },
            event,
            policy: self.policy.clone(),
            trace: self.asker.trace.id(),
            personal,
        }
    }
}

impl Broker {
    /// A record of how something went that carries nothing about anyone and needs no decision.
    pub(crate) fn course(&self, youth: &KnownYouth, resource: Id, word: &'static str) -> Result<Leaf, Trouble> {
        self.course_of(Some(youth), resource, word)
    }

    /// As [`Broker::course`], where the youth is erased.
    pub(crate) fn course_of_nobody(&self, resource: Id, word: &'static str) -> Result<Leaf, Trouble> {
        self.course_of(None, resource, word)
    }

    fn course_of(&self, youth: Option<&KnownYouth>, resource: Id, word: &'static str) -> Result<Leaf, Trouble> {
        let personal = Personal { youth: youth.map(KnownYouth::id), resource: Some(resource), ..Personal::default() };
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: self.now()?,
            who: Who { party: None, role: None, certificate: self.own },
            deed: Deed::default(),
            event: Event::Course(word),
            policy: versions(&self.policy.load(), None, self.register.load().version()),
            trace: Trace::continued(None).id(),
            personal,
        };
        Ok(record.seal(&self.vault, youth.map(|youth| &youth.keys))?)
    }

    /// Whether a question that was decided already is permitted on these facts as well.
    pub(super) fn permits(&self, request: &AccessRequest, snapshot: &Snapshot, moment: Moment) -> bool {
        let policy = self.policy.load();
        let covenant = Covenant::between(&policy.covenants, request);
        decide(request, &snapshot.facts, &policy.roles, covenant, moment).permit().is_some()
    }

    /// Decides one question, and keeps what its record must name.
    pub(crate) fn rule(
        &self,
        asker: &Asker,
        request: AccessRequest,
        snapshot: &Snapshot,
        moment: Moment,
    ) -> Result<Ruling, Trouble> {
        let policy = self.policy.load();
        let covenant = Covenant::between(&policy.covenants, &request);
        let facts = &snapshot.facts;
        let decision = decide(&request, facts, &policy.roles, covenant, moment);
        let missing = missing(&decision, &request, facts, covenant, moment);
        let lacking = lacking(&decision, &request, facts, covenant, moment);
        let policy = versions(&policy, covenant, &snapshot.register);
        let about_a_youth = snapshot.facts.youth.is_some();
        let beside = Facts { youth: None, ..snapshot.facts.clone() };
        let (id, asker) = (fresh_id()?, asker.clone());
        Ok(Ruling { id, request, decision, moment, beside, about_a_youth, missing, lacking, policy, asker })
    }
}

pub(super) fn versions(policy: &Policy, covenant: Option<&Covenant>, register: &[u8; 32]) -> PolicyVersions {
    PolicyVersions {
        roles: policy.roles.digest().to_owned(),
        covenant: covenant.map(|covenant| (covenant.id().to_owned(), covenant.version(), covenant.digest().to_owned())),
        register: hex::encode(register),
    }
}
