// SPDX-License-Identifier: EUPL-1.2
//! Laws over random histories: who said what, when, about what, and in which order it arrived.

use jiff::ToSpan;
use proptest::sample::select;

use super::*;

#[derive(Debug, Clone)]
struct History {
    age: i16,
    kind: SignalKind,
    desk: Desk,
    action: Action,
    statements: Vec<Statement>,
    heard: bool,
    one_speaks: bool,
    claimed: Option<ClaimedGround>,
}

fn scopes() -> impl Strategy<Value = Scope> {
    let purposes = vec![None, Some(Purpose::VroegSignaleren), Some(Purpose::ToeleidingJeugdhulp)];
    let receivers = vec![
        ReceiverScope::Any,
        ReceiverScope::Desk(Desk::AccessDesk),
        ReceiverScope::Desk(Desk::Wijkteam),
        ReceiverScope::Party(party(Desk::AccessDesk)),
        ReceiverScope::Party(party(Desk::Wijkteam)),
    ];
    let categories =
        vec![None, None, Some(DataCategory::Identity), Some(DataCategory::Concern), Some(DataCategory::Schooling)];
    (select(purposes), select(receivers), select(categories)).prop_map(|(purpose, receiver, category)| Scope {
        purpose,
        receiver,
        category,
    })
}

fn statements() -> impl Strategy<Value = Statement> {
    let voices =
        vec![VoiceKind::Agrees, VoiceKind::Agrees, VoiceKind::Agrees, VoiceKind::Objects, VoiceKind::Withdraws];
    let people = vec![A, B, YOUTH];
    let ends = vec![None, None, Some(-1_i64), Some(30)];
    (select(people), select(voices), scopes(), -3_i64..40, select(ends)).prop_map(|(who, voice, scope, ago, end)| {
        let mut statement = said(who, voice, scope, ago);
        statement.valid.until = end.map(|days| TODAY.checked_add(days.days()).unwrap());
        statement
    })
}

fn histories() -> impl Strategy<Value = History> {
    let ages = vec![7_i16, 13, 16, 18];
    let kinds = vec![SignalKind::Preventief, SignalKind::Aanmelding];
    let desks = vec![Desk::AccessDesk, Desk::Wijkteam];
    let actions = vec![Action::Submit, Action::Dispatch, Action::Read];
    let said = prop::collection::vec(statements(), 0..10);
    let claims = vec![
        None,
        Some(ClaimedGround::Consent),
        Some(ClaimedGround::PublicTask),
        Some(ClaimedGround::AnonymousForm),
        Some(ClaimedGround::Wams),
    ];
    let question = (select(ages), select(kinds), select(desks), select(actions), select(claims));
    (question, said, any::<bool>(), any::<bool>()).prop_map(
        |((age, kind, desk, action, claimed), statements, heard, one_speaks)| History {
            age,
            kind,
            desk,
            action,
            statements,
            heard,
            one_speaks,
            claimed,
        },
    )
}

impl History {
    fn world(&self) -> World {
        let mut world = World::submitting(self.kind, self.desk).aged(self.age);
        world.covenant = Some(covenant(&[
            ("gehoord_12_15 = false", &format!("gehoord_12_15 = {}", self.heard)),
            ("een_ouder_spreekt = false", &format!("een_ouder_spreekt = {}", self.one_speaks)),
        ]));
        world.request.backing.claimed = self.claimed;
        let youth = world.youth();
        youth.parents_live_apart = Some(false);
        youth.statements = self.statements.clone();
        match self.action {
            Action::Submit => world,
            Action::Dispatch => world.then(Action::Dispatch, Desk::School),
            _ => world.then(self.action, self.desk),
        }
    }

    fn decide(&self) -> Decision {
        self.world().decide()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// RL-01: whatever is taken back, and whenever that was said, nobody sees more for it.
    #[test]
    fn withdrawal_never_widens(
        history in histories(),
        who in select(vec![A, B, YOUTH]),
        scope in scopes(),
        ago in -3_i64..40,
    ) {
        let before = history.decide();
        let mut after = history.clone();
        after.statements.push(said(who, VoiceKind::Withdraws, scope, ago));
        prop_assert!(narrows(&before, &after.decide()));
    }

    /// RL-01: nor for an objection.
    #[test]
    fn objection_never_widens(
        history in histories(),
        who in select(vec![A, B, YOUTH]),
        scope in scopes(),
        ago in -3_i64..40,
    ) {
        let before = history.decide();
        let mut after = history.clone();
        after.statements.push(said(who, VoiceKind::Objects, scope, ago));
        prop_assert!(narrows(&before, &after.decide()));
    }

    /// A general no, said last by anyone with a say, closes every name, whatever was agreed to before.
    #[test]
    fn the_last_general_no_closes(history in histories()) {
        let mut after = history.clone();
        let who = if history.age < 16 { A } else { YOUTH };
        let mut last = said(who, VoiceKind::Withdraws, anything(), 0);
        last.spoken_at = NOW;
        last.arrived_at = NOW;
        for statement in &mut after.statements {
            statement.spoken_at = statement.spoken_at.min(NOW - 1);
        }
        after.statements.push(last);
        prop_assert!(!identified(&after.decide()));
    }

    /// Removing a consent that holds today never widens. (One that has lapsed had replaced what was said before it:
    /// RL-01.)
    #[test]
    fn removing_a_consent_never_widens(history in histories()) {
        let before = history.decide();
        for (index, gone) in history.statements.iter().enumerate() {
            if gone.voice == VoiceKind::Agrees && gone.valid.contains(TODAY) && gone.spoken_at <= NOW {
                let mut after = history.clone();
                after.statements.remove(index);
                prop_assert!(narrows(&before, &after.decide()));
            }
        }
    }

    /// RL-01: the order of arrival does not matter, nor when an agreement arrived.
    #[test]
    fn arrival_does_not_matter(history in histories(), order in any::<u64>(), late in 0_i64..1_000_000) {
        let before = history.decide();
        let mut after = history.clone();
        let len = after.statements.len().max(1);
        after.statements.rotate_left(usize::try_from(order % len as u64).unwrap());
        after.statements.reverse();
        for statement in after.statements.iter_mut() {
            statement.arrived_at = statement.spoken_at.saturating_add(late);
        }
        prop_assert_eq!(before, after.decide());
    }

    /// Law: from sixteen only the youth counts (with, from eighteen, a curator or mentor; none here).
    #[test]
    fn from_sixteen_only_the_youth_counts(mut history in histories(), age in select(vec![16_i16, 17, 18, 22])) {
        history.age = age;
        let mut alone = history.clone();
        alone.statements.retain(|statement| statement.speaker == YOUTH);
        let mut world = alone.world();
        world.youth().authorities.clear();
        prop_assert_eq!(history.decide(), world.decide());
    }

    /// Below twelve the youth's word neither opens nor closes.
    #[test]
    fn below_twelve_only_the_holders_count(mut history in histories(), age in 1_i16..12) {
        history.age = age;
        let mut holders = history.clone();
        holders.statements.retain(|statement| statement.speaker != YOUTH);
        prop_assert_eq!(history.decide(), holders.decide());
    }

    /// RL-01: at equal rank the objection wins, however the two came to be equal or incomparable.
    #[test]
    fn at_equal_rank_the_objection_wins(yes in scopes(), no in scopes(), ago in 0_i64..30) {
        let world = |statements: Vec<Statement>| {
            World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
                .aged(17)
                .with(|world| world.youth().statements = statements)
        };
        let agreed = said(YOUTH, VoiceKind::Agrees, yes, 0);
        let refused = said(YOUTH, VoiceKind::Objects, no, ago);
        let alone = world(vec![agreed.clone()]).decide();
        let both = world(vec![agreed, refused.clone()]).decide();
        let closes_here = identified(&world(vec![said(YOUTH, VoiceKind::Agrees, anything(), 40), refused]).decide());
        // Where the no reaches the matter at all, only a yes that is strictly more specific, or the same and later,
        // outranks it.
        let outranks = yes == no || narrower(yes, no);
        if identified(&alone) && !closes_here && !outranks {
            prop_assert!(!identified(&both));
        }
        if identified(&alone) && outranks && ago > 0 {
            prop_assert!(identified(&both));
        }
    }
}

/// The rank of RL-01, written down a second time and otherwise: by what each part leaves open.
fn narrower(this: Scope, other: Scope) -> bool {
    let receiver = |scope: Scope| match scope.receiver {
        ReceiverScope::Any => (0, None, None),
        ReceiverScope::Desk(desk) => (1, Some(desk), None),
        ReceiverScope::Party(party) => (2, Some(party.desk), Some(party.organisation)),
    };
    let ((mine, my_desk, my_organisation), (theirs, their_desk, their_organisation)) =
        (receiver(this), receiver(other));
    let receiver_fits = mine >= theirs
        && (their_desk.is_none() || my_desk == their_desk)
        && (their_organisation.is_none() || my_organisation == their_organisation);
    let purpose_fits = other.purpose.is_none() || this.purpose == other.purpose;
    let category_fits = other.category.is_none() || this.category == other.category;
    this != other && receiver_fits && purpose_fits && category_fits
}

/// What was said, about what, how many days ago.
type Word = (VoiceKind, Scope, i64);

/// RL-01, the cases that the ruling names, one line each: (what the youth of 17 said, how many days ago) → by name or
/// not.
#[test]
fn rl_01_as_it_is_written() {
    let desk = |desk| Scope { receiver: ReceiverScope::Desk(desk), ..anything() };
    let here = Scope { receiver: ReceiverScope::Party(party(Desk::AccessDesk)), ..anything() };
    let purpose = Scope { purpose: Some(Purpose::ToeleidingJeugdhulp), ..anything() };
    let other = Scope { purpose: Some(Purpose::VroegSignaleren), ..anything() };
    let access = desk(Desk::AccessDesk);
    use VoiceKind::{Agrees, Objects, Withdraws};
    let rows: [(&str, &[Word], bool); 14] = [
        ("yes", &[(Agrees, anything(), 5)], true),
        ("a later no closes the yes", &[(Agrees, anything(), 5), (Objects, anything(), 3)], false),
        ("a later yes replaces the no in its own scope", &[(Objects, anything(), 5), (Agrees, anything(), 3)], true),
        ("a general no closes a narrower yes from before", &[(Agrees, here, 5), (Withdraws, anything(), 3)], false),
        ("a narrower yes afterwards outranks it", &[(Withdraws, anything(), 5), (Agrees, here, 3)], true),
        ("a general yes does not outrank a narrower no", &[(Objects, here, 5), (Agrees, anything(), 3)], false),
        ("nor one that was said before it", &[(Agrees, anything(), 5), (Withdraws, here, 3)], false),
        ("named receiver over category", &[(Objects, access, 3), (Agrees, here, 5)], false),
        ("named receiver over category, said later", &[(Objects, access, 5), (Agrees, here, 3)], true),
        ("incomparable: the no wins", &[(Objects, purpose, 5), (Agrees, access, 3)], false),
        ("incomparable the other way", &[(Objects, access, 5), (Agrees, purpose, 3)], false),
        ("a no for another purpose is no matter", &[(Agrees, anything(), 5), (Objects, other, 3)], true),
        ("a no for another desk is no matter", &[(Agrees, anything(), 5), (Objects, desk(Desk::Wijkteam), 3)], true),
        ("both at once: the no wins", &[(Agrees, anything(), 5), (Objects, anything(), 5)], false),
    ];
    for (what, said_rows, by_name) in rows {
        let world = World::submitting(SignalKind::Aanmelding, Desk::AccessDesk).aged(17).with(|world| {
            world.youth().statements =
                said_rows.iter().map(|(voice, scope, ago)| said(YOUTH, *voice, *scope, *ago)).collect();
        });
        assert_eq!(identified(&world.decide()), by_name, "{what}");
    }
}

/// RL-01 and RL-02: words for the future begin at their midnight; a withdrawal waits for nothing; a no has no end.
#[test]
fn words_for_another_day() {
    let tomorrow = TODAY.tomorrow().unwrap();
    let world = |statements: Vec<Statement>| {
        World::submitting(SignalKind::Aanmelding, Desk::AccessDesk)
            .aged(17)
            .with(|world| world.youth().statements = statements)
    };
    let dated = |voice, ago, valid| Statement { valid, ..said(YOUTH, voice, anything(), ago) };
    let yes = said(YOUTH, VoiceKind::Agrees, anything(), 9);
    let from = Period::since(tomorrow);
    let until_today = Period { from: date(2026, 1, 1), until: Some(TODAY) };
    let unheard = Statement { spoken_at: NOW + 1, ..yes.clone() };
    let claims_later = Statement {
        spoken_at: NOW + 86_400_000_000,
        arrived_at: NOW,
        ..said(YOUTH, VoiceKind::Withdraws, anything(), 0)
    };
    let claims_later = Statement { arrived_at: NOW - 7_200_000_000, ..claims_later };
    let after_it = Statement { spoken_at: NOW - 3_600_000_000, ..yes.clone() };
    let always = Period::since(date(2026, 1, 1));
    let here = Scope { receiver: ReceiverScope::Desk(Desk::AccessDesk), ..anything() };
    let narrow_no = Statement { scope: here, ..dated(VoiceKind::Objects, 3, until_today) };
    let same_day_yes = Statement { scope: here, ..dated(VoiceKind::Agrees, 3, always) };
    for (what, statements, by_name) in [
        ("a yes for tomorrow", vec![dated(VoiceKind::Agrees, 3, from)], false),
        ("a yes that ended at midnight", vec![dated(VoiceKind::Agrees, 3, until_today)], false),
        ("a yes not spoken yet", vec![unheard], false),
        ("a no for tomorrow", vec![yes.clone(), dated(VoiceKind::Objects, 3, from)], true),
        ("a withdrawal for tomorrow", vec![yes.clone(), dated(VoiceKind::Withdraws, 3, from)], false),
        ("a no with an end that passed", vec![yes.clone(), dated(VoiceKind::Objects, 3, until_today)], false),
        ("a withdrawal dated after its arrival", vec![yes.clone(), claims_later.clone()], false),
        ("a yes after a withdrawal dated later still", vec![claims_later, after_it], true),
        ("a narrow no with an end that passed, a general yes", vec![yes.clone(), narrow_no], false),
        ("a general no and a narrow yes on one day", vec![same_day_yes, dated(VoiceKind::Objects, 3, always)], false),
        ("a lapsed yes in the place of an open one", vec![yes, dated(VoiceKind::Agrees, 3, until_today)], false),
    ] {
        assert_eq!(identified(&world(statements).decide()), by_name, "{what}");
    }
}
