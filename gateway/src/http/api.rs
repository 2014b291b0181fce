// SPDX-License-Identifier: EUPL-1.2
//! The product API, version 1: which resources there are, and what every handler shares: in which capacity a caller acts,
//! and how a use case's reply or trouble becomes an answer.

use std::ops::Range;

use sluis_policy::{Action, Actor, Desk, Rule};

use super::caller::Caller;
use super::input::parse_id;
use super::problem::{InputFault, Problem, RETRY_SECONDS};
use super::rejection::{Reason, Rejection};
use super::trace::Trace;
use super::writing::Writing;
use super::{
    Routes, authzen, bevragingen, bewijzen, bezwaren, controlepunten, feiten, gezag, inzageverslagen, jeugdigen,
    openapi, organisaties, signalen, tlog, toestemmingen, verplichtingen, verwerkingsregisters,
};
use crate::broker::{Asker, Broker, Once, Reply, Trouble};
use crate::ledger::CommitError;
use crate::store::engine::Fault;
use crate::vault::{Id, fresh_id};

/// Registers every resource of the product API, and the surface for other enforcement points. The handlers take the [`Broker`] as `web::Data`.
pub fn routes(routes: &mut Routes<'_>) {
    signalen::routes(routes);
    jeugdigen::routes(routes);
    gezag::routes(routes);
    feiten::routes(routes);
    toestemmingen::routes(routes);
    bevragingen::routes(routes);
    verplichtingen::routes(routes);
    inzageverslagen::routes(routes);
    bezwaren::routes(routes);
    verwerkingsregisters::routes(routes);
    organisaties::routes(routes);
    controlepunten::routes(routes);
    bewijzen::routes(routes);
    tlog::routes(routes);
    authzen::routes(routes);
    routes.open_document("/v1/openapi.json", openapi::DOCUMENT);
}

/// The capacities of a caller, those first in which the action is granted at all.
pub(super) fn capacities(broker: &Broker, caller: &Caller, action: Action) -> Vec<Actor> {
    let policy = broker.policy();
    let mut actors: Vec<Actor> = caller.actors().collect();
    actors.sort_by_key(|actor| !policy.roles.allows_somewhere(actor.role, actor.party.desk, action));
    actors
}

/// The capacity for the caller's own administration.
///
/// # Errors
/// When the caller has none; the gate lets no such caller in.
pub(super) fn capacity(broker: &Broker, caller: &Caller, action: Action) -> Result<Actor, Problem> {
    capacities(broker, caller, action).first().copied().ok_or(Problem::NotPermitted)
}

/// What a write to the caller's own administration works with: who asks, in which capacity, and the key under which it is
/// done once. `route` is the registered one, with what the path names in it.
///
/// # Errors
/// Without a key or a capacity, and while the same key is being worked on.
pub(super) fn begin(
    broker: &Broker,
    (caller, trace): (&Caller, Trace),
    action: Action,
    (writing, route, within): (&Writing, &'static str, &str),
) -> Result<(Asker, Actor, Once), Problem> {
    let once = writing.begin(broker, caller, route, within)?;
    Ok((Asker::of(caller, trace), capacity(broker, caller, action)?, once))
}

/// The capacity at one desk. Who works elsewhere is turned away, and that is recorded.
///
/// # Errors
/// When the caller works elsewhere.
pub(super) async fn capacity_at(
    broker: &Broker,
    (caller, trace): (&Caller, Trace),
    desk: Desk,
    action: Action,
) -> Result<Actor, Problem> {
    let at_desk = capacities(broker, caller, action).into_iter().find(|actor| actor.party.desk == desk);
    if at_desk.is_none() {
        let (oin, acting_for) = (Some(caller.certificate()), Some(caller.organisation()));
        let rejection = Rejection { oin, acting_for, reason: Reason::NoRole };
        broker.turned_away(rejection, trace).await.map_err(|trouble| problem_of(&trouble, trace))?;
    }
    at_desk.ok_or(Problem::NotPermitted)
}

/// What a use case released, or the problem that its caller hears.
///
/// # Errors
/// When it was refused, does not fit, or could not be done.
pub(super) fn released<T>(reply: Result<Reply<T>, Trouble>, trace: Trace) -> Result<T, Problem> {
    match reply.map_err(|trouble| problem_of(&trouble, trace))? {
        Reply::Released(disclosure) => Ok(disclosure.into_content()),
        Reply::Refused(refused) => Err(problem_by(refused.rule())),
        Reply::KeyReused => Err(Problem::IdempotencyKeyReused),
        Reply::Conflict => Err(Problem::Conflict),
        Reply::Names(places) => Err(Problem::InvalidInput(places.iter().map(names).collect())),
    }
}

/// A name of the youth in the free text, by its place and never by what it says.
fn names(place: &Range<usize>) -> InputFault {
    let (from, until) = (place.start + 1, place.end);
    let words =
        format!("Teken {from} tot en met {until} is een naam van de jeugdige; zonder naam mag dat er niet in staan.");
    InputFault::new("/omschrijving", words)
}

/// What a refused caller hears. What is not there and what is not for them are one answer (P6).
pub(super) fn problem_by(rule: Rule) -> Problem {
    if rule == Rule::NotFound { Problem::NotFound } else { Problem::Refused(rule) }
}

/// What a caller hears of our own trouble: whether trying again can help, and nothing of how this is built.
pub(super) fn problem_of(trouble: &Trouble, trace: Trace) -> Problem {
    // What was, or may be, done cannot be shown; whoever repeats it hears of it.
    let uncertain = matches!(trouble, Trouble::Commit(CommitError::Unknown) | Trouble::Unshown(_));
    let passes = matches!(
        trouble,
        Trouble::ClockBehind
            | Trouble::ClocksApart
            | Trouble::Contended
            | Trouble::StillCounting
            | Trouble::Commit(CommitError::Busy | CommitError::Unavailable)
            | Trouble::Store(Fault::Contended | Fault::Gone { .. } | Fault::FlushFailed | Fault::NotDurable { .. })
    );
    tracing::warn!(%trouble, trace = trace.id(), "a request could not be answered");
    match (uncertain, passes) {
        (true, _) => Problem::Uncertain(RETRY_SECONDS),
        (false, true) => Problem::Unavailable(RETRY_SECONDS),
        (false, false) => Problem::Internal,
    }
}

/// The id in a path. A text that is no id asks after one that nobody has: the same work, the same answer (P6).
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn id_in_path(text: &str) -> Result<Id, Problem> {
    parse_id(text).map_or_else(fresh_id, Ok).map_err(|_| Problem::Internal)
}

/// An instant as the wire has it: RFC 3339 in UTC.
pub(super) fn instant(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds).map(|instant| instant.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rl_10_that_nothing_was_done_is_said_only_where_it_is_certain() {
        let gone = || Fault::Gone { reason: "proef".into() };
        for (trouble, code, first) in [
            (Trouble::Commit(CommitError::Busy), "niet-beschikbaar", "Er is geen melding gedaan."),
            (Trouble::Commit(CommitError::Unavailable), "niet-beschikbaar", "Er is geen melding gedaan."),
            (Trouble::Commit(CommitError::Rejected), "fout-bij-ons", "Er is geen melding gedaan."),
            (Trouble::Store(gone()), "niet-beschikbaar", "Er is geen melding gedaan."),
            (Trouble::ClockBehind, "niet-beschikbaar", "Er is geen melding gedaan."),
            (Trouble::Commit(CommitError::Unknown), "onzeker", "Het is niet zeker dat de melding is gedaan."),
            // The first request under this key made the report; that it cannot be shown does not undo it.
            (Trouble::Unshown(Box::new(gone().into())), "onzeker", "Het is niet zeker dat de melding is gedaan."),
        ] {
            let problem = problem_of(&trouble, Trace::continued(None));
            assert_eq!(problem.code(), code, "{trouble}");
            assert!(problem.on_safety().detail().starts_with(first), "{trouble}");
        }
    }
}
