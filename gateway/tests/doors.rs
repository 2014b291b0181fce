// SPDX-License-Identifier: EUPL-1.2
//! Whatever comes in at a door is read or refused; nothing makes the process panic, and no value is repeated in a fault.

use std::path::Path;

use proptest::prelude::*;
use sluis::config::Config;
use sluis::http::body;
use sluis::http::trace::Trace;
use sluis::register::Register;
use sluis::tls::ClientCertificate;
use sluis_connectors::Reach;

const REGISTER: &str = r#"
[[organisation]]
oin = "99000000000000000001"
name = "Basisschool De Wilgenboom"
desks = ["school"]
fetches = ["school"]
municipality = "0363"
[[organisation.location]]
code = "99ZZ00"
pupils = { 7 = 31 }
[[professional]]
organisation = "99000000000000000001"
id = "p-1"
[[professional.role]]
role = "intern_begeleider"
desk = "school"
from = 2025-08-01
"#;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_text_is_a_configuration_or_has_faults(text in ".{0,400}") {
        prop_assert!(Config::parse(&text, Path::new(".")).is_err());
        prop_assert!(Register::parse(&text, &Reach::default()).is_err());
    }

    #[test]
    fn a_register_with_a_piece_replaced_is_read_or_has_faults(at in 0..REGISTER.len(), cut in 0_usize..20, put in "[ -~]{0,12}") {
        let end = (at + cut).min(REGISTER.len());
        let (before, after) = (REGISTER.get(..at).unwrap_or(""), REGISTER.get(end..).unwrap_or(""));
        let text = [before, &put, after].concat();
        if let Err(faults) = Register::parse(&text, &Reach::default()) {
            prop_assert!(!faults.list().is_empty());
        }
    }

    #[test]
    fn a_number_where_none_belongs_is_not_repeated(key in "(oin|name|municipality|desks|from|role|id)") {
        let number = "999990019";
        let text: String = REGISTER
            .lines()
            .map(|line| if line.starts_with(&key) { format!("{key} = \"{number}\"\n") } else { format!("{line}\n") })
            .collect();
        if let Err(faults) = Register::parse(&text, &Reach::default()) {
            prop_assert!(!faults.to_string().contains(number), "{faults}");
        }
    }

    #[test]
    fn any_header_gives_a_trace_that_can_be_sent_on(header in "[ -~]{0,80}") {
        let sent = Trace::continued(Some(&header)).to_string();
        let next = Trace::continued(Some(&sent));
        prop_assert_eq!(next.id(), Trace::continued(Some(&sent)).id());
    }

    #[test]
    fn any_bytes_are_a_certificate_or_not(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(ClientCertificate::from_der(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_a_body_or_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let read = body::parse::<serde_json::Map<String, serde_json::Value>>(&bytes);
        prop_assert_eq!(read.is_ok(), serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).is_ok());
    }
}

#[test]
fn a_body_nested_too_deep_is_refused_and_not_followed() {
    let deep = "[".repeat(100_000);
    assert!(body::parse::<serde_json::Value>(deep.as_bytes()).is_err());
}
