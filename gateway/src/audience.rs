// SPDX-License-Identifier: EUPL-1.2
//! For whom a record of the log is written out, and what they see of it: one table, for every form in which it leaves (L7).
//!
//! Which professional acted is in none of the columns: that is asked line by line, in a second step, and never leaves in a
//! file.

use serde_json::Value;
use sluis_policy::Desk;

use crate::ledger::entry::Entry;

/// Publiek.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "publiek")]
pub enum Audience {
    /// The officer of the controller, for the own files.
    Officer,
    /// A municipality that takes part.
    Municipality,
    /// A school that takes part.
    School,
    /// Whom it is about, or who represents them.
    Citizen,
    /// The system that watches over security.
    Siem,
}

impl Audience {
    /// All of them, as a form shows them.
    pub const ALL: [Self; 5] = [Self::Officer, Self::Municipality, Self::School, Self::Citizen, Self::Siem];

    /// The stable word for forms and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Officer => "functionaris",
            Self::Municipality => "gemeente",
            Self::School => "school",
            Self::Citizen => "betrokkene",
            Self::Siem => "siem",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.code() == code)
    }

    /// Whether this audience sees this member of a record.
    #[must_use]
    pub fn sees(self, member: &str) -> bool {
        let row = TABLE.iter().find(|(name, ..)| *name == member);
        row.is_some_and(|(_, officer, municipality, school, citizen, siem)| match self {
            Self::Officer => *officer,
            Self::Municipality => *municipality,
            Self::School => *school,
            Self::Citizen => *citizen,
            Self::Siem => *siem,
        })
    }

    /// Whether a record is kept from this audience as a whole. That somebody turned to Veilig Thuis is told to whom it is about
    /// by a person who weighed it, never by a file (RL-13, RL-16).
    #[must_use]
    pub fn misses(self, entry: &Entry) -> bool {
        let parties = [entry.party.as_ref(), entry.receiver.as_ref()];
        let safety = parties.into_iter().flatten().any(|(_, desk)| desk == Desk::VeiligThuis.code());
        self == Self::Citizen && safety
    }

    /// What this audience sees of a record, and under which pseudonym it may know whom it was about. What is not in the table
    /// is seen by nobody.
    #[must_use]
    pub fn seen(self, entry: &Entry, pseudonym: Option<&str>) -> Seen {
        let outcome = &entry.outcome;
        let covenant = entry.policy.covenant.as_ref().map(|(id, version, _)| format!("{id}/{version}"));
        let (party, desk) = split(entry.party.as_ref());
        let (receiver, receiver_desk) = split(entry.receiver.as_ref());
        let all: [(&'static str, Option<String>); 19] = [
            ("tijd", Some(crate::clock::rfc3339(entry.at))),
            ("besluit", Some(entry.decision.clone())),
            ("trace", entry.trace.clone()),
            ("certificaat", Some(entry.certificate.to_string())),
            ("organisatie", party),
            ("loket", desk),
            ("rol", entry.role.clone()),
            ("handeling", entry.action.clone()),
            ("ding", entry.thing.clone()),
            ("doel", entry.purpose.clone()),
            ("activiteit", outcome.activity.clone()),
            ("ontvanger", receiver),
            ("ontvanger_loket", receiver_desk),
            ("uitkomst", Some(outcome.kind.clone())),
            ("regel", outcome.rule.clone()),
            ("grondslag", outcome.basis.clone()),
            ("vorm", outcome.form.clone()),
            ("convenant", covenant),
            ("jeugdige", pseudonym.map(str::to_owned)),
        ];
        let reason = [("reden", outcome.reason.clone())];
        let regels = [("regelversie", Some(entry.policy.rules.to_string()))];
        let all = all.into_iter().chain(reason).chain(regels);
        let members = all.filter(|(member, _)| self.sees(member)).filter_map(|(member, value)| Some((member, value?)));
        Seen { at: entry.at, members: members.collect() }
    }
}

const YES: bool = true;
const NO: bool = false;

/// What is seen by whom.
///
/// A participant of the covenant gets what it needs to compare with its own log. Whom it was about is for the own controller
/// and for that person; the rule and the ground are for whoever may contest them; security sees what happened at which door,
/// and nothing by which one youth's matters could be told from another's.
#[rustfmt::skip]
const TABLE: [(&str, bool, bool, bool, bool, bool); 21] = [
    //  member            officer  municipality  school  citizen  siem
    ("tijd",              YES,     YES,          YES,    YES,     YES),
    ("besluit",           YES,     YES,          YES,    YES,     YES),
    ("trace",             YES,     YES,          YES,    NO,      YES),
    ("certificaat",       YES,     NO,           NO,     NO,      YES),
    ("organisatie",       YES,     YES,          YES,    YES,     YES),
    ("loket",             YES,     YES,          YES,    NO,      YES),
    ("rol",               YES,     YES,          NO,     NO,      NO),
    ("handeling",         YES,     YES,          YES,    YES,     YES),
    ("ding",              YES,     YES,          YES,    YES,     NO),
    ("doel",              YES,     YES,          YES,    YES,     NO),
    ("activiteit",        YES,     YES,          YES,    YES,     NO),
    ("ontvanger",         YES,     YES,          YES,    YES,     YES),
    ("ontvanger_loket",   YES,     YES,          YES,    NO,      YES),
    ("uitkomst",          YES,     YES,          YES,    YES,     YES),
    ("regel",             YES,     YES,          YES,    YES,     NO),
    ("regelversie",       YES,     YES,          YES,    YES,     NO),
    ("grondslag",         YES,     YES,          YES,    YES,     NO),
    ("vorm",              YES,     YES,          YES,    YES,     NO),
    ("convenant",         YES,     YES,          YES,    YES,     NO),
    ("jeugdige",          YES,     NO,           NO,     YES,     NO),
    ("reden",             YES,     NO,           NO,     NO,      YES),
];

/// The members of the table, in its order.
pub fn members() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(member, ..)| *member)
}

/// Gezien: a record as one audience sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "gezien")]
pub struct Seen {
    /// When, in microseconds.
    pub at: i64,
    members: Vec<(&'static str, String)>,
}

impl Seen {
    /// A member, when this audience sees it and the record has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&str> {
        self.members.iter().find(|(member, _)| *member == name).map(|(_, value)| value.as_str())
    }

    /// The same, for a form in JSON.
    #[must_use]
    pub fn value(&self, name: &str) -> Value {
        self.member(name).map_or(Value::Null, Value::from)
    }
}

fn split(party: Option<&(sluis_policy::Oin, String)>) -> (Option<String>, Option<String>) {
    let (oin, desk) = party.cloned().unzip();
    (oin.map(|oin| oin.to_string()), desk)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{"besluit":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","certificaat":"99000000000000000001","tijd":1800000000000000,
        "partij":["99000000066800000006","school"],"rol":"intern_begeleider","handeling":"afleveren","ding":"aanmelding",
        "doel":"toeleiding_jeugdhulp","ontvanger":["99000000066800000002","toegang"],"trace":"4bf92f3577b34da6a3ce929d0e0e4736",
        "uitkomst":{"soort":"verstrekt","regel":"SL-801","klasse":"gewoon","vorm":"herleidbaar","grondslag":"toestemming","activiteit":"toeleiding","reden":"x"},
        "beleid":{"regels":5,"convenant":["000",1,"d"]}}"#;

    /// RL-13, RL-16: who may be the danger does not read in a file that somebody turned to Veilig Thuis.
    #[test]
    fn rl_16_whom_it_is_about_gets_no_line_of_veilig_thuis() {
        let report = Entry::read(&ENTRY.replace("\"toegang\"", "\"veilig_thuis\"")).unwrap();
        let other = Entry::read(ENTRY).unwrap();
        for audience in Audience::ALL {
            assert_eq!(audience.misses(&report), audience == Audience::Citizen, "{audience:?}");
            assert!(!audience.misses(&other), "{audience:?}");
        }
    }

    /// L7: each audience sees its own columns, and a member that the table does not know is seen by nobody.
    #[test]
    fn l7_each_audience_sees_what_its_column_allows() {
        let entry = Entry::read(ENTRY).unwrap();
        for (audience, hidden) in [
            (Audience::Officer, &[][..]),
            (Audience::Municipality, &["certificaat", "jeugdige", "reden"]),
            (Audience::School, &["certificaat", "rol", "jeugdige", "reden"]),
            (Audience::Citizen, &["trace", "certificaat", "loket", "rol", "ontvanger_loket", "reden"]),
            (
                Audience::Siem,
                &[
                    "rol",
                    "ding",
                    "doel",
                    "activiteit",
                    "regel",
                    "regelversie",
                    "grondslag",
                    "vorm",
                    "convenant",
                    "jeugdige",
                ],
            ),
        ] {
            let seen = audience.seen(&entry, Some("p1-00"));
            let not_seen: Vec<_> = members().filter(|member| seen.member(member).is_none()).collect();
            assert_eq!(not_seen, hidden, "{audience:?}");
            assert!(!audience.sees("medewerker") && seen.member("medewerker").is_none(), "{audience:?}");
        }
    }
}
