// SPDX-License-Identifier: EUPL-1.2
//! What is stored for years: a fact as an earlier version wrote it still reads, and one that uses nothing new is still written
//! as that version would, so that two versions can stand beside each other while one replaces the other.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluis_policy::*;

/// Reads the text and writes it back, letter for letter.
fn survives<T: Serialize + DeserializeOwned>(text: &str) {
    let fact: T = serde_json::from_str(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    assert_eq!(serde_json::to_string(&fact).unwrap(), text);
}

#[test]
fn facts_of_the_first_version_stay_as_they_were() {
    survives::<Authority>(
        r#"{"person":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","kind":"ouder_met_gezag","since":"2019-03-14","until":null,"source":"school"}"#,
    );
    survives::<Statement>(
        r#"{"id":"00000000000000000000000000000000","speaker":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","voice":"akkoord","scope":{"purpose":null,"receiver":{"desk":"toegang"},"category":null},"spoken_at":1,"arrived_at":2,"valid":{"from":"2026-01-01","until":null},"text_version":"1","speaks_for_other":false}"#,
    );
    survives::<SignalFacts>(
        r#"{"kind":"aanmelding","purpose":"toeleiding_jeugdhulp","sender":{"organisation":"99000000066800000006","desk":"school"},"receivers":[{"organisation":"99000000066800000002","desk":"toegang"}],"topics":["gedrag"],"gates":["besproken_met_ouders","afweging_intern"],"absence":null,"risk_ticked":false}"#,
    );
    survives::<Involvement>(
        r#"{"party":{"organisation":"99000000066800000002","desk":"toegang"},"purpose":"toeleiding_jeugdhulp","period":{"from":"2026-01-01","until":null}}"#,
    );
    survives::<Enrolment>(
        r#"{"school":{"organisation":"99000000066800000006","desk":"school"},"period":{"from":"2026-01-01","until":null}}"#,
    );
    survives::<HelperFinding>(
        r#"{"by":{"organisation":"99000000066800000001","desk":"wijkteam"},"ground":"ernstig_nadeel","scope":{"purpose":"toeleiding_jeugdhulp","receiver":"any","category":null},"period":{"from":"2026-01-01","until":null}}"#,
    );
    survives::<Backing>(r#"{"reasoned":false,"fact":"gehoord"}"#);
}

/// A fact that says more than this version understands is refused: leaving out what closes a door would open it.
#[test]
fn a_fact_that_says_more_is_not_read() {
    let newer = r#"{"school":{"organisation":"99000000066800000006","desk":"school"},"period":{"from":"2026-01-01","until":null},"suspended":true}"#;
    assert!(serde_json::from_str::<Enrolment>(newer).is_err());
}
