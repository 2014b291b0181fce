// SPDX-License-Identifier: EUPL-1.2
//! Wegwijzen: a signal whose sender names nobody goes where covenant, directory and the youth's own facts lead it. What is missing
//! becomes work with an owner and a day, and never a silent loss (P7).

use sluis_policy::routing::{Errand, Missing, Routing, finds_its_way, route};
use sluis_policy::{Condition, Moment, Rule, SignalFacts};

use super::reply::Barred;
use super::signals::NewSignal;
use super::{Broker, KnownYouth, Ruling, Trouble, terms};
use crate::ledger::unit::ObligationRow;
use crate::vault::Id;

/// A signal's way, as far as it was looked for.
pub(super) struct Routed {
    looked_for: bool,
    pub(super) routing: Routing,
}

impl Routed {
    /// The signal with those to whom it goes.
    pub(super) fn signal(&self, new: &NewSignal) -> NewSignal {
        if !self.looked_for {
            return new.clone();
        }
        let receivers = self.routing.legs.iter().map(|leg| leg.party).collect();
        NewSignal { facts: SignalFacts { receivers, ..new.facts.clone() }, ..new.clone() }
    }
}

impl Broker {
    /// Looks for the way of a signal that names no receiver. Of a youth who is not known here nothing is looked for.
    pub(super) fn routed(&self, new: &NewSignal, youth: Option<&KnownYouth>, moment: Moment) -> Routed {
        let about_somebody = youth.filter(|youth| !youth.is_nobody());
        let looked_for = new.facts.receivers.is_empty()
            && finds_its_way(new.facts.kind)
            && (about_somebody.is_some() || !new.facts.kind.reads_a_youth());
        if !looked_for {
            return Routed { looked_for, routing: Routing::default() };
        }
        let facts = about_somebody.map(|youth| youth.facts_on(moment.today));
        let (register, policy) = (self.register.load(), self.policy());
        let errand =
            Errand { signal: &new.facts, youth: facts.as_ref(), location: new.location.as_deref(), now: moment };
        Routed { looked_for, routing: route(&errand, register.directory(), &policy.covenants) }
    }
}

/// What somebody has to mend, each with an owner and a day. A contact is for the municipality to name: for its desk, where that
/// got the signal. The rest is for whoever sent it. What may not be sent at all leaves nothing to mend.
pub(super) fn to_mend(
    routing: &Routing,
    rulings: &[Ruling],
    (about, youth): (Id, &KnownYouth),
) -> Result<Vec<ObligationRow>, Trouble> {
    let Some(first) =
        rulings.iter().find(|ruling| ruling.permit().is_some() || ruling.decision.rule() == Rule::NoRoute)
    else {
        return Ok(Vec::new());
    };
    let here = |ruling: &&Ruling| ruling.permit().is_some() && ruling.is_where_the_school_stands();
    let named_by = rulings.iter().find(here);
    let row = |missing: Missing| match (missing, named_by) {
        (Missing::Contact, Some(ruling)) => terms::to_mend_there(ruling, about, youth, missing.code()),
        _ => terms::to_sort_out(first, about, youth, missing.code()),
    };
    routing.gaps.iter().map(|gap| row(gap.missing)).collect()
}

/// Why somebody gets nothing; of what leads to nobody, why it does.
pub(super) fn barred(ruling: &Ruling, routing: &Routing) -> Barred {
    let barred = ruling.barred();
    let unrouted = barred.rule == Rule::NoRoute && routing.legs.is_empty();
    let because = routing.gaps.iter().filter(|_| unrouted).map(|gap| Condition::Way(gap.because));
    Barred { missing: barred.missing.into_iter().chain(because).collect(), ..barred }
}
