// SPDX-License-Identifier: EUPL-1.2
//! Uitgifte: records of the log in the forms that others read, one line a record. What a line may say was decided before, by
//! the [`Audience`] that it is for; a form only says it in its own words.

use serde_json::{Value, json};
use sluis_policy::processing::edition_under;

use crate::audience::{Seen, members};
use crate::clock::rfc3339;
use crate::ledger::entry::{NOT_WEIGHED, PERMITTED, REFUSED, TURNED_AWAY, WEIGHED};

/// Vorm of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "uitgiftevorm")]
pub enum Format {
    /// Values in columns, for a spreadsheet (RFC 4180).
    Csv,
    /// Processing records of Logboek Dataverwerkingen 1.0, a JSON object a line. No user is in one, as that standard wants.
    Ldv,
    /// Records of the Authorization Decision Log, a JSON object a line: of decisions only.
    Adl,
    /// AuditEvent of FHIR R4B, a JSON object a line, with what NEN 7513 asks for.
    AuditEvent,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The log.
    pub log: &'a str,
    /// Its place, from zero.
    pub index: u64,
}

/// How our own codes and numbers are told from others'.
const OWN: &str = "urn:sluis";
/// Identification numbers of organisations.
const OIN: &str = "urn:oid:2.16.528.1.1003.1.3.5.5.2";
/// How many microseconds a millisecond has.
const MILLISECOND: i64 = 1_000;

impl Format {
    /// All of them, as a form shows them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Ldv, Self::Adl, Self::AuditEvent];

    /// The stable word for forms and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ldv => "ldv",
            Self::Adl => "adl",
            Self::AuditEvent => "auditevent",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// The media type of the file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ldv | Self::Adl => "application/x-ndjson",
            Self::AuditEvent => "application/fhir+ndjson",
        }
    }

    /// How the name of the file ends.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ldv | Self::Adl | Self::AuditEvent => "ndjson",
        }
    }

    /// What stands above the lines.
    #[must_use]
    pub fn head(self) -> String {
        match self {
            Self::Csv => row(["logboek", "nummer"].into_iter().chain(members())),
            Self::Ldv | Self::Adl | Self::AuditEvent => String::new(),
        }
    }

    /// A record as a line; nothing where this form has no words for such a record.
    #[must_use]
    pub fn line(self, standing: Standing<'_>, seen: &Seen) -> Option<String> {
        let object = match self {
            Self::Csv => return Some(csv(standing, seen)),
            Self::Ldv => ldv(standing, seen),
            Self::Adl => adl(standing, seen)?,
            Self::AuditEvent => audit_event(standing, seen),
        };
        Some(format!("{object}\n"))
    }
}

fn csv(standing: Standing<'_>, seen: &Seen) -> String {
    let number = standing.index.saturating_add(1).to_string();
    let values = members().map(|member| seen.member(member).unwrap_or_default());
    row([standing.log, &number].into_iter().chain(values))
}

/// Each value in quotes. One that a spreadsheet would take for a formula is kept from being one.
fn row<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let quoted = |value: &str| {
        let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, value.replace('"', "\"\""))
    };
    let values: Vec<String> = values.map(quoted).collect();
    format!("{}\r\n", values.join(","))
}

/// The processing log: `Unset` for what was refused, because nothing went wrong (LDV 1.0). Each record is of one action and
/// of at most one person.
fn ldv(standing: Standing<'_>, seen: &Seen) -> Value {
    let mut attributes = json!({"sluis.outcome": seen.value("uitkomst")});
    // The rules under which it was recorded lead to the edition of the register that it points to.
    let edition = seen.member("regelversie").and_then(|rules| edition_under(rules.parse().ok()?));
    if let Some((activity, edition)) = seen.member("activiteit").zip(edition) {
        set(
            &mut attributes,
            "dpl.core.processing_activity_id",
            format!("{OWN}:verwerkingsactiviteit:{activity}:{edition}"),
        );
    }
    if let Some(youth) = seen.member("jeugdige") {
        set(&mut attributes, "dpl.core.data_subject_id", youth);
        set(&mut attributes, "dpl.core.data_subject_id_type", format!("{OWN}:pseudoniem"));
    }
    for (name, member) in [("sluis.purpose", "doel"), ("sluis.rule", "regel"), ("sluis.receiver", "ontvanger")] {
        if let Some(value) = seen.member(member) {
            set(&mut attributes, name, value);
        }
    }
    json!({
        "trace_id": trace(seen),
        "span_id": span(seen),
        "status": if denied(seen) { "Unset" } else { "Ok" },
        "name": name(seen),
        "start_time": seen.at / MILLISECOND,
        "end_time": seen.at / MILLISECOND,
        "resource": resource(standing),
        "attributes": attributes,
    })
}

/// The log of decisions: what was asked, what was answered, and by which version of which policy. Of what followed later, and
/// of whoever never came past the door, there is no decision.
fn adl(standing: Standing<'_>, seen: &Seen) -> Option<Value> {
    let kind = seen.member("uitkomst")?;
    let decided = matches!(kind, PERMITTED | REFUSED | WEIGHED | NOT_WEIGHED);
    decided.then(|| {
        json!({
            "trace_id": trace(seen),
            "span_id": span(seen),
            "event_name": "adl.access_evaluation",
            "timestamp": seen.at / MILLISECOND,
            "status": if denied(seen) { "Unset" } else { "Ok" },
            "resource": resource(standing),
            "attributes": {},
            "body": {
                "adl.core.request": {
                    "subject": {"type": "rol", "id": seen.value("rol"), "properties": {
                        "organisatie": seen.value("organisatie"), "loket": seen.value("loket")}},
                    "action": {"name": seen.value("handeling")},
                    "resource": {"type": seen.value("ding"), "id": seen.value("jeugdige")},
                    "context": {"doel": seen.value("doel"), "ontvanger": seen.value("ontvanger")},
                },
                "adl.core.response": {
                    "decision": kind == PERMITTED,
                    "context": {"regel": seen.value("regel"), "vorm": seen.value("vorm"), "uitkomst": kind},
                },
                "adl.core.policies": {
                    "regels": seen.value("regelversie"), "convenant": seen.value("convenant")},
            },
        })
    })
}

/// What happened, when, about whom, by whose hand and on whose behalf. FHIR knows no empty members, so that what is not seen
/// is left out.
fn audit_event(standing: Standing<'_>, seen: &Seen) -> Value {
    let mut agent = json!({
        "who": organisation(seen.member("organisatie").or(seen.member("certificaat"))),
        "requestor": true,
    });
    if let Some(role) = seen.member("rol") {
        set(&mut agent, "role", json!([{"coding": [{"system": format!("{OWN}:code:rol"), "code": role}]}]));
    }
    if let Some(purpose) = seen.member("doel") {
        set(&mut agent, "purposeOfUse", json!([{"coding": [{"system": format!("{OWN}:code:doel"), "code": purpose}]}]));
    }
    let receiver = seen.member("ontvanger").filter(|receiver| Some(*receiver) != seen.member("organisatie"));
    let receiver = receiver.map(|receiver| json!({"who": organisation(Some(receiver)), "requestor": false}));
    let agents: Vec<Value> = std::iter::once(agent).chain(receiver).collect();
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": seen.member("besluit").unwrap_or_default(),
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "subtype": [{"system": format!("{OWN}:code:handeling"), "code": name(seen)}],
        "action": action(seen.member("handeling").unwrap_or_default()),
        "recorded": rfc3339(seen.at),
        "outcome": if denied(seen) { "4" } else { "0" },
        "agent": agents,
        "source": {"observer": {"identifier": {"system": format!("{OWN}:logboek"), "value": standing.log}}},
    });
    if let Some(rule) = seen.member("regel").or(seen.member("reden")) {
        set(&mut event, "outcomeDesc", rule);
    }
    if let Some(youth) = seen.member("jeugdige") {
        let whom = json!({"identifier": {"system": format!("{OWN}:pseudoniem"), "value": youth}});
        let person = json!({"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1"});
        set(&mut event, "entity", json!([{"what": whom, "type": person}]));
    }
    event
}

/// Create, read, update, delete or execute, as NEN 7513 tells them apart.
fn action(code: &str) -> &'static str {
    match code {
        "indienen" | "uiting_vastleggen" | "feit_vastleggen" | "jeugdige_vastleggen" | "gezag_vastleggen" => "C",
        "in_behandeling_nemen" | "afronden" | "verplichting_bijwerken" | "uiting_intrekken" | "terugnemen" => "U",
        "vernietigen" => "D",
        "afleveren" | "terugkoppelen" | "beleid_publiceren" | "vrijgeven" | "logboek_uitvoeren" => "E",
        _ => "R",
    }
}

fn denied(seen: &Seen) -> bool {
    matches!(seen.member("uitkomst"), Some(REFUSED | TURNED_AWAY | NOT_WEIGHED))
}

/// Never empty: what was done, or else how something went further.
fn name(seen: &Seen) -> &str {
    seen.member("handeling").or(seen.member("uitkomst")).unwrap_or("onbekend")
}

fn organisation(oin: Option<&str>) -> Value {
    json!({"identifier": {"system": OIN, "value": oin.unwrap_or("onbekend")}})
}

fn resource(standing: Standing<'_>) -> Value {
    json!({"attributes": {
        "service.name": "sluis", "service.version": env!("CARGO_PKG_VERSION"), "service.instance.id": standing.log,
        "sluis.log.index": standing.index}})
}

/// The trace, or for who does not see it one that follows from the record alone.
fn trace(seen: &Seen) -> String {
    seen.member("trace").or(seen.member("besluit")).unwrap_or_default().to_owned()
}

/// The first half of the record's own id.
fn span(seen: &Seen) -> String {
    seen.member("besluit").unwrap_or_default().chars().take(16).collect()
}

fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::audience::Audience;
    use crate::ledger::entry::Entry;

    /// Records of every kind of outcome, as the log has them.
    fn entries() -> Vec<Entry> {
        let parts = r#""certificaat":"99000000000000000001","trace":"4bf92f3577b34da6a3ce929d0e0e4736","beleid":{"regels":5,"convenant":["000",1,"d"]}"#;
        let deed = r#""partij":["99000000066800000006","school"],"rol":"intern_begeleider","handeling":"afleveren","ding":"aanmelding","doel":"toeleiding_jeugdhulp","ontvanger":["99000000066800000002","toegang"]"#;
        let outcomes = [
            r#"{"soort":"verstrekt","regel":"SL-801","klasse":"gewoon","vorm":"herleidbaar","grondslag":"toestemming","activiteit":"toeleiding","velden":["voornamen"]}"#,
            r#"{"soort":"geweigerd","regel":"SL-1001"}"#,
            r#"{"soort":"beoordeeld","regel":"SL-801","mag":true}"#,
            r#"{"soort":"afgeleverd"}"#,
        ];
        let done = outcomes.iter().enumerate().map(|(number, outcome)| {
            format!(
                r#"{{{parts},{deed},"tijd":18000000000{number}0000,"besluit":"{}","uitkomst":{outcome}}}"#,
                "0f".repeat(16)
            )
        });
        let door = format!(
            r#"{{{parts},"tijd":1800000000090000,"besluit":"{}","uitkomst":{{"soort":"aan_de_deur_geweigerd","reden":"no_mandate","namens":"99000000066800000006"}}}}"#,
            "1e".repeat(16)
        );
        done.chain([door]).map(|text| Entry::read(&text).unwrap()).collect()
    }

    fn file(format: Format, audience: Audience) -> String {
        let mut text = format.head();
        for (entry, index) in entries().iter().zip(41..) {
            let by_name = entry.outcome.form.as_deref() == Some("herleidbaar") && audience.sees("jeugdige");
            let seen = audience.seen(entry, by_name.then_some("p1-00112233445566778899aabbccddeeff"));
            text.extend(format.line(Standing { log: "sluis.test/1", index }, &seen));
        }
        text
    }

    /// The kept files are what is written, and what the schemas beside them are held against. After a change on purpose:
    /// `SLUIS_BLESS=1 cargo test -p sluis export`.
    #[test]
    fn l10_the_kept_files_are_what_is_written() {
        for format in Format::ALL {
            for audience in Audience::ALL {
                let name = format!("{}-{}.{}", format.code(), audience.code(), format.ending());
                let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/standards/exports").join(name);
                let written = file(format, audience);
                if std::env::var_os("SLUIS_BLESS").is_some() {
                    std::fs::write(&kept, &written).unwrap();
                }
                let stands = std::fs::read_to_string(&kept).unwrap_or_default();
                assert!(stands == written, "{} differs: look at the change and bless it", kept.display());
            }
        }
    }

    /// Of decisions only, so what followed and who was stopped at the door are no lines of an ADL; every other form has all.
    #[test]
    fn every_record_has_a_line_and_the_decision_log_has_decisions() {
        for audience in Audience::ALL {
            assert_eq!(file(Format::Csv, audience).lines().count(), entries().len() + 1);
            assert_eq!(file(Format::Ldv, audience).lines().count(), entries().len());
            assert_eq!(file(Format::AuditEvent, audience).lines().count(), entries().len());
            assert_eq!(file(Format::Adl, audience).lines().count(), 3);
        }
    }

    #[test]
    fn what_a_spreadsheet_would_take_for_a_formula_is_text() {
        let cells = ["=1+1", "+31", "-1", "@a", "plain", "with \"quotes\", and a comma"];
        let expected = "\"'=1+1\",\"'+31\",\"'-1\",\"'@a\",\"plain\",\"with \"\"quotes\"\", and a comma\"\r\n";
        assert_eq!(row(cells.into_iter()), expected);
    }
}
