// SPDX-License-Identifier: EUPL-1.2
//! From AuthZEN's words to a question for the core.
//!
//! The organisation's own system, which enforces what is answered, asks about everybody in service there. A professional
//! asks about themselves: what a colleague may do with a youth, tells about that youth. Nobody asks about another
//! organisation's people; they are as unknown here as somebody who does not exist.

use serde_json::{Value, json};
use sluis_policy::{Action, Actor, Desk, Field, Form, ProcessingActivity, SignalKind};

use super::super::api::id_in_path;
use super::super::caller::Caller;
use super::super::input::pupil_key;
use super::super::problem::Problem;
use super::super::signalen::submission::NieuwSignaal;
use super::wire::{Deed, Entity, Members};
use crate::broker::AboutWhom;
use crate::broker::weighing::{About, Candidate, Demand, Matter, Offer};
use crate::identity::Bearer;

/// A person in service.
pub(super) const PROFESSIONAL: &str = "urn:sluis:medewerker";
/// A program without a person behind it.
pub(super) const SYSTEM: &str = "urn:sluis:systeem";
/// A signal, as a desk received it.
pub(super) const RECEIVED: &str = "urn:sluis:ontvangen-signaal";
/// A signal, as its sender follows it.
pub(super) const SENT: &str = "urn:sluis:verzonden-signaal";
/// A pupil of the own school.
pub(super) const PUPIL: &str = "urn:sluis:leerling";
/// The directory.
pub(super) const DIRECTORY: &str = "urn:sluis:adresboek";

/// What a signal has that is weighed, and may stand in the properties of an action.
const SAID: [&str; 8] =
    ["soort", "doel", "opNaam", "onderwerpen", "voorwaarden", "locatie", "verzuim", "risicoAangekruist"];

/// One question, ready to be weighed.
pub(super) fn matter(caller: &Caller, subject: &Entity, deed: &Deed, resource: &Entity) -> Result<Matter, Problem> {
    let candidate = candidate(caller, subject, deed);
    let about = match &candidate {
        Some(candidate) => about(caller, resource, (candidate, &deed.properties))?,
        None => About::Nothing,
    };
    Ok(Matter { about, candidates: candidate.into_iter().collect() })
}

/// Somebody who might do something; nothing, when the action or what is demanded is not known here.
pub(super) fn candidate(caller: &Caller, subject: &Entity, deed: &Deed) -> Option<Candidate> {
    let action = deed.name.parse().ok()?;
    Some(Candidate { id: subject.id.clone(), actors: capacities(caller, subject), action, demand: demand(deed)? })
}

/// Every capacity of somebody of the own organisation that the properties leave over.
fn capacities(caller: &Caller, subject: &Entity) -> Vec<Actor> {
    let mut actors: Vec<Actor> = match (subject.kind.as_str(), caller.bearer()) {
        (PROFESSIONAL, Bearer::Professional(own)) | (SYSTEM, Bearer::System(own)) if **own == *subject.id => {
            caller.actors().collect()
        }
        (PROFESSIONAL, Bearer::System(_)) => caller.actors_of(&subject.id).collect(),
        _ => Vec::new(),
    };
    let fits = |name: &str, code: &str| subject.properties.get(name).is_none_or(|wanted| wanted == code);
    actors.retain(|actor| fits("rol", actor.role.code()) && fits("loket", actor.party.desk.code()));
    actors
}

/// What a permit must give; nothing, when that cannot be understood.
fn demand(deed: &Deed) -> Option<Demand> {
    let mut demand = Demand::default();
    if let Some(fields) = deed.properties.get("velden") {
        let field = |field: &Value| field.as_str()?.parse::<Field>().ok();
        demand.fields = Some(fields.as_array()?.iter().map(field).collect::<Option<_>>()?);
    }
    if let Some(form) = deed.properties.get("vorm") {
        demand.form = Some(form.as_str()?.parse::<Form>().ok()?);
    }
    if let Some(activity) = deed.properties.get("processing_activity_id") {
        demand.activity = Some(activity.as_str()?.parse::<ProcessingActivity>().ok()?);
    }
    Some(demand)
}

/// What it is about, as far as that can be asked here.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn about(
    caller: &Caller,
    resource: &Entity,
    (candidate, said): (&Candidate, &Members),
) -> Result<About, Problem> {
    // A property that says what it is, and that it is not, leads to nothing.
    let kind = resource.properties.get("soort").map(|code| code.as_str().and_then(|code| code.parse().ok()));
    if kind == Some(None::<SignalKind>) {
        return Ok(About::Nothing);
    }
    Ok(match resource.kind.as_str() {
        RECEIVED => About::Received(id_in_path(&resource.id)?, kind.flatten()),
        SENT => About::Sent(id_in_path(&resource.id)?, kind.flatten()),
        PUPIL if candidate.action == Action::Submit => {
            offer(caller, resource, (candidate, said)).map_or(About::Nothing, |offer| About::Offer(Box::new(offer)))
        }
        PUPIL => pupil_key(&json!(resource.id)).map_or(About::Nothing, About::Pupil),
        DIRECTORY if resource.id == DIRECTORY_ID => About::Directory,
        _ => About::Nothing,
    })
}

/// The one directory that there is.
pub(super) const DIRECTORY_ID: &str = "adresboek";

/// A signal that might be sent, read as one that is sent: by the same reader, with the same faults. With a fault it is no
/// signal.
fn offer(caller: &Caller, resource: &Entity, (candidate, said): (&Candidate, &Members)) -> Option<Offer> {
    let sender = candidate.actors.first()?.party;
    let mut body: Members = said.iter().filter(|(name, _)| SAID.contains(&name.as_str())).map(owned).collect();
    body.insert("jeugdige".into(), json!({ "leerlingsleutel": resource.id }));
    body.insert("ontvangers".into(), json!([said.get("ontvanger")?]));
    let signal: NieuwSignaal = serde_json::from_value(Value::Object(body)).ok()?;
    let new = signal.parse(sender, caller.moment()).ok()?;
    let receiver = new.facts.receivers.first().copied()?;
    let AboutWhom::Pupil(pupil_key) = new.about else { return None };
    Some(Offer { pupil_key, facts: new.facts, receiver, named: new.named, location: new.location })
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// What can be asked about a thing of this sort without saying more.
pub(super) fn deeds(kind: &str) -> &'static [Action] {
    match kind {
        RECEIVED => &crate::broker::weighing::RECEIVED,
        SENT => &crate::broker::weighing::SENT,
        PUPIL => &crate::broker::weighing::PUPIL,
        DIRECTORY => &[Action::ReadDirectory],
        _ => &[],
    }
}

/// The desks of these capacities, each once, in order.
pub(super) fn desks(actors: &[Actor]) -> Vec<sluis_policy::Party> {
    let mut desks: Vec<_> = actors.iter().map(|actor| actor.party).collect();
    desks.sort_unstable_by_key(|party| Desk::ALL.iter().position(|desk| *desk == party.desk));
    desks.dedup();
    desks
}
