// SPDX-License-Identifier: EUPL-1.2
//! Covenants as no author means them: spoiled by a slip of the hand, anywhere. Reading never panics, a fault has a line
//! that is there, and what is accepted can be printed, compared and carried out.

use proptest::prelude::*;
use sluis_policy::Covenant;
use sluis_policy::covenant::{MeetingKind, Milestone};

use super::SHIPPED;

/// What a slip puts in the place of some of the text.
fn slip() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("0".to_owned()),
        Just("-1".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("\"\"".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("true".to_owned()),
        Just("2026-02-30".to_owned()),
        Just("\u{2019}".to_owned()),
        "[a-z_\\[\\]{}=\",.0-9\n ]{1,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoiled_covenant_is_refused_or_whole(
        which in 0..SHIPPED.len(),
        start in 0.0..1.0_f64,
        length in 0..40_usize,
        slip in slip(),
    ) {
        let (_, text, _) = SHIPPED[which];
        let letters: Vec<char> = text.chars().collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let start = (start * letters.len() as f64) as usize;
        let end = (start + length).min(letters.len());
        let spoiled: String =
            letters[..start].iter().copied().chain(slip.chars()).chain(letters[end..].iter().copied()).collect();
        match Covenant::parse(&spoiled) {
            Err(refused) => {
                prop_assert!(!refused.faults().is_empty());
                let lines = spoiled.lines().count().max(1) + 1;
                prop_assert!(refused.faults().iter().all(|fault| fault.line.is_some_and(|line| (1..=lines).contains(&line))), "{}", refused);
            }
            Ok(covenant) => still_whole(&covenant)?,
        }
    }
}

/// What every covenant that was accepted can do, and never does.
fn still_whole(covenant: &Covenant) -> Result<(), TestCaseError> {
    prop_assert!(covenant.page().contains(covenant.digest()));
    prop_assert_eq!(covenant.differences(covenant), Vec::<String>::new());
    prop_assert!(covenant.parties().len() >= 2 && covenant.overlap(covenant).is_some());
    for route in covenant.routes() {
        prop_assert!(!route.receivers.is_empty());
        for desk in &route.receivers {
            prop_assert!(covenant.parties().iter().any(|party| party.desks.contains_key(desk)), "a route to nobody");
        }
    }
    let day = jiff::civil::date(2028, 2, 29);
    for milestone in Milestone::ALL {
        prop_assert!(covenant.term(*milestone).is_none_or(|term| term.due(day) > day), "a term of zero");
    }
    for kind in MeetingKind::ALL {
        let next = covenant.meeting(*kind).and_then(|meeting| meeting.next_by(day));
        prop_assert!(next.is_none_or(|next| next > day), "a meeting that never comes round");
    }
    let terms = covenant.terms();
    prop_assert!([terms.act, terms.ask, terms.inform, terms.review].iter().all(|days| *days >= 1));
    Ok(())
}
