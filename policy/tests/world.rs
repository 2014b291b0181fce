// SPDX-License-Identifier: EUPL-1.2
//! The small world of the tests: the circle of the worked cases. Everything is in order until a test changes it.

use std::sync::{Arc, LazyLock};

use jiff::civil::date;
use sluis_policy::case::world as usual;
use sluis_policy::*;

pub(crate) use sluis_policy::case::World;
pub(crate) use usual::{TODAY, absence, actor, anything, usual_role, usual_sender};

/// Noon on that day, in microseconds.
pub(crate) const NOW: i64 = 1_795_345_200_000_000;
pub(crate) const A: PersonRef = case::Speaker::ParentA.person();
pub(crate) const B: PersonRef = case::Speaker::ParentB.person();
pub(crate) const YOUTH: PersonRef = case::Speaker::Youth.person();

pub(crate) static CIRCLE: LazyLock<Circle> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Circle::new(runtime.block_on(RoleTable::shipped()).unwrap()).unwrap()
});

pub(crate) static ROLES: LazyLock<Arc<RoleTable>> = LazyLock::new(|| CIRCLE.roles().clone());

/// The covenant of the tests: the shipped one with some of its text replaced.
pub(crate) fn covenant(replaced: &[(&str, &str)]) -> Arc<Covenant> {
    let shipped = include_str!("../covenants/west-maas-en-waal.toml");
    for (from, _) in replaced {
        assert!(shipped.contains(from), "the covenant does not say `{from}`");
    }
    CIRCLE.covenant(replaced).unwrap()
}

/// The party that has this desk; desks outside the covenant get an organisation of their own.
pub(crate) fn party(desk: Desk) -> Party {
    CIRCLE.party(desk)
}

/// An action that is not about a signal, by the usual role of a desk.
pub(crate) fn keeping(action: Action, desk: Desk, age: i16) -> World {
    CIRCLE.keeping(action, desk).aged(age)
}

/// Something said this many days ago, that arrived at once and holds from that day on.
pub(crate) fn said(who: PersonRef, voice: VoiceKind, scope: Scope, days_ago: i64) -> Statement {
    usual::said(who, voice, scope, days_ago, usual::noon_of(TODAY))
}

/// How a test changes a world.
pub(crate) trait Changing: Sized {
    /// The usual role offers a signal by name; nobody has said anything yet.
    fn submitting(kind: SignalKind, to: Desk) -> Self;
    /// The same signal, stored, and somebody at this desk who does something with it.
    fn then(self, action: Action, at: Desk) -> Self;
    fn aged(self, years: i16) -> Self;
    fn says(self, who: PersonRef, voice: VoiceKind) -> Self;
    fn with(self, change: impl FnOnce(&mut Self)) -> Self;
    fn youth(&mut self) -> &mut YouthFacts;
    fn signal(&mut self) -> &mut SignalFacts;
}

impl Changing for World {
    fn submitting(kind: SignalKind, to: Desk) -> Self {
        CIRCLE.submitting(kind, to)
    }

    fn then(self, action: Action, at: Desk) -> Self {
        CIRCLE.then(self, action, at)
    }

    fn aged(mut self, years: i16) -> Self {
        self.youth().born = date(TODAY.year() - years, 3, 14);
        self
    }

    fn says(mut self, who: PersonRef, voice: VoiceKind) -> Self {
        let statement = said(who, voice, anything(), 0);
        self.youth().statements.push(statement);
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn youth(&mut self) -> &mut YouthFacts {
        self.facts.youth.as_mut().unwrap()
    }

    fn signal(&mut self) -> &mut SignalFacts {
        self.request.signal.as_mut().unwrap()
    }
}
