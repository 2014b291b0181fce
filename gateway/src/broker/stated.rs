// SPDX-License-Identifier: EUPL-1.2
//! Vastgelegde feiten: what decisions rest on besides who holds authority and what was said. A fact is never changed: a later
//! version with the same id takes its place, from the commit on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sluis_policy::{
    CareRegister, Enrolment, FactKind, Hearing, HelperFinding, HelperGround, Incapacity, Involvement, MunicipalityCode,
    OrderKind, Party, Period, PersonRef, ProtectionOrder, Purpose, SchoolKind, Scope, SecrecyPermission, Statement,
    Stay, SubstituteConsent, VoiceKind, YouthFacts,
};

use crate::vault::Id;

/// Bronnen: who says so. A closed list.
#[doc(alias = "bron")]
pub const FACT_SOURCES: [&str; 7] = [
    "rechterlijke_uitspraak",
    "gezagsregister",
    "gemeente",
    "school",
    "gecertificeerde_instelling",
    "ouder_of_jeugdige",
    "hulpverlener",
];

/// Vastgelegd feit, in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedFact {
    /// Which; the same in each of its versions.
    #[serde(with = "hex::serde")]
    pub(crate) id: Id,
    /// Who recorded this version.
    pub(crate) by: Party,
    /// Who says so, from [`FACT_SOURCES`].
    pub(crate) source: String,
    /// From when until when it holds.
    pub(crate) period: Period,
    /// What.
    pub(crate) fact: Fact,
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    /// An order of child protection.
    Order {
        /// Which.
        kind: OrderKind,
        /// Who carries it out.
        institution: Party,
    },
    /// A stay in care.
    Stay {
        /// The municipality of registration directly before.
        before: MunicipalityCode,
    },
    /// An exemption from compulsory education.
    Exemption {},
    /// A party helps.
    Involvement {
        /// Who.
        party: Party,
        /// For what.
        purpose: Purpose,
    },
    /// The enrolment at a school, as it turned out to be.
    Enrolment {
        /// The school.
        school: Party,
        /// What sort of education.
        kind: Option<SchoolKind>,
    },
    /// A secret address or shielded place.
    Shielding {},
    /// A restriction of processing.
    Restriction {},
    /// The youth has died.
    Death {},
    /// A court's yes in the place of a holder of authority.
    Substitute {
        /// In whose place.
        person: PersonRef,
        /// For what.
        scope: Scope,
        /// The court's reference.
        reference: String,
    },
    /// Where the parents live.
    Household {
        /// Whether apart.
        apart: bool,
    },
    /// What was said about a team's professional secrecy.
    Permission {
        /// Whose secrecy.
        of: Party,
        /// What was said; the days on which it holds are those of the fact.
        statement: Statement,
    },
    /// The youth was heard, on the first day of the fact.
    Hearing {
        /// By whom.
        by: Party,
        /// What the youth said.
        said: VoiceKind,
        /// About what.
        scope: Scope,
    },
    /// The youth cannot judge a matter.
    Incapacity {
        /// Whose professional found it.
        by: Party,
        /// In which register that professional stands.
        register: CareRegister,
        /// Which matter.
        scope: Scope,
        /// When the youth was told.
        told_on: Date,
    },
    /// The youth asked that nothing be told at home.
    Silence {},
    /// What is about a signal is kept from a reader.
    Confidentiality {
        /// Which signal.
        #[serde(with = "hex::serde")]
        signal: Id,
        /// From whom; none is from everybody who represents the youth.
        from: Option<PersonRef>,
    },
    /// Why a help-giver goes on without the parents.
    Finding {
        /// Which help-giver.
        by: Party,
        /// Why.
        ground: HelperGround,
        /// In which matter.
        scope: Scope,
    },
}

impl RecordedFact {
    /// Whether it ended before it began: then it turned out never to have held.
    pub(super) fn never_held(&self) -> bool {
        self.period.until.is_some_and(|until| until <= self.period.from)
    }
}

impl Fact {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Order { .. } => FactKind::Order,
            Self::Stay { .. } => FactKind::Stay,
            Self::Exemption {} => FactKind::Exemption,
            Self::Involvement { .. } => FactKind::Involvement,
            Self::Enrolment { .. } => FactKind::Enrolment,
            Self::Shielding {} => FactKind::Shielding,
            Self::Restriction {} => FactKind::Restriction,
            Self::Death {} => FactKind::Death,
            Self::Substitute { .. } => FactKind::Substitute,
            Self::Household { .. } => FactKind::Household,
            Self::Permission { .. } => FactKind::Permission,
            Self::Hearing { .. } => FactKind::Hearing,
            Self::Incapacity { .. } => FactKind::Incapacity,
            Self::Finding { .. } => FactKind::Finding,
            Self::Silence {} => FactKind::Silence,
            Self::Confidentiality { .. } => FactKind::Confidentiality,
        }
    }
}

/// Puts an earlier version aside, and keeps this one.
pub(super) fn replace(recorded: &mut Vec<RecordedFact>, version: &RecordedFact) {
    recorded.retain(|earlier| earlier.id != version.id);
    recorded.push(version.clone());
}

/// Adds what was recorded to what is known of a youth otherwise, as it stands on a day.
pub(super) fn apply(facts: &mut YouthFacts, recorded: &[RecordedFact], today: Date) {
    // What a school found its enrolment to be takes the place of what registering said.
    let corrected = |school: Party| {
        recorded.iter().any(|one| matches!(one.fact, Fact::Enrolment { school: found, .. } if found == school))
    };
    facts.enrolments.retain(|enrolment| !corrected(enrolment.school));
    for RecordedFact { period, fact, .. } in recorded.iter().filter(|one| !one.never_held()) {
        let period = *period;
        match fact {
            Fact::Order { kind, institution } => {
                facts.orders.push(ProtectionOrder { kind: *kind, institution: *institution, period });
            }
            Fact::Stay { before } => facts.stays.push(Stay { before: *before, period }),
            Fact::Exemption {} => facts.exemptions.push(period),
            Fact::Involvement { party, purpose } => {
                facts.involvements.push(Involvement { party: *party, purpose: *purpose, period });
            }
            Fact::Enrolment { school, kind } => {
                facts.enrolments.push(Enrolment { school: *school, period, kind: *kind });
            }
            Fact::Shielding {} => facts.shielded |= period.contains(today),
            Fact::Restriction {} => facts.restricted |= period.contains(today),
            Fact::Silence {} => facts.asks_silence |= period.contains(today),
            // It changes no decision about sharing: it is read where somebody asks who looked.
            Fact::Confidentiality { .. } => {}
            Fact::Death {} => {
                let died = Some(period.from).filter(|_| period.contains(today));
                facts.deceased = facts.deceased.or(died);
            }
            Fact::Substitute { person, scope, reference } => facts.substitutes.push(SubstituteConsent {
                person: *person,
                scope: *scope,
                valid: period,
                court_reference: reference.clone(),
            }),
            Fact::Household { .. }
            | Fact::Permission { .. }
            | Fact::Hearing { .. }
            | Fact::Incapacity { .. }
            | Fact::Finding { .. } => told(facts, fact, period, today),
        }
    }
}

/// Adds what was said, heard or found.
fn told(facts: &mut YouthFacts, fact: &Fact, period: Period, today: Date) {
    match fact {
        // Where what was recorded differs, they live apart: that asks for both.
        Fact::Household { apart } if period.contains(today) => {
            facts.parents_live_apart = Some(*apart || facts.parents_live_apart == Some(true));
        }
        Fact::Permission { of, statement } => facts
            .permissions
            .push(SecrecyPermission { of: *of, statement: Statement { valid: period, ..statement.clone() } }),
        Fact::Hearing { by, said, scope } if period.contains(today) => {
            facts.hearings.push(Hearing { on: period.from, by: *by, said: *said, scope: *scope });
        }
        Fact::Incapacity { by, register, scope, told_on } => facts.incapacities.push(Incapacity {
            scope: *scope,
            period,
            by: *by,
            register: *register,
            told_on: Some(*told_on),
        }),
        Fact::Finding { by, ground, scope } => {
            facts.findings.push(HelperFinding { by: *by, ground: *ground, scope: *scope, period });
        }
        Fact::Household { .. }
        | Fact::Hearing { .. }
        | Fact::Order { .. }
        | Fact::Stay { .. }
        | Fact::Exemption {}
        | Fact::Involvement { .. }
        | Fact::Enrolment { .. }
        | Fact::Shielding {}
        | Fact::Restriction {}
        | Fact::Silence {}
        | Fact::Confidentiality { .. }
        | Fact::Death {}
        | Fact::Substitute { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const BY: &str = r#"{"organisation":"99000000066800000001","desk":"wijkteam"}"#;
    const ANYTHING: &str = r#"{"purpose":"toeleiding_jeugdhulp","receiver":"any","category":null}"#;

    fn recorded(fact: &str, period: &str) -> String {
        format!(
            r#"{{"id":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","by":{BY},"source":"gemeente","period":{period},"fact":{fact}}}"#
        )
    }

    /// One of each kind, as it was first stored.
    fn stored() -> Vec<(FactKind, String)> {
        let person = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
        let statement = format!(
            r#"{{"id":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","speaker":"{person}","voice":"akkoord","scope":{ANYTHING},"spoken_at":1,"arrived_at":2,"valid":{{"from":"2026-01-01","until":null}},"text_version":"1","speaks_for_other":false}}"#
        );
        vec![
            (FactKind::Order, format!(r#"{{"order":{{"kind":"ondertoezichtstelling","institution":{BY}}}}}"#)),
            (FactKind::Stay, r#"{"stay":{"before":"0225"}}"#.into()),
            (FactKind::Exemption, r#"{"exemption":{}}"#.into()),
            (FactKind::Involvement, format!(r#"{{"involvement":{{"party":{BY},"purpose":"toeleiding_jeugdhulp"}}}}"#)),
            (FactKind::Enrolment, format!(r#"{{"enrolment":{{"school":{BY},"kind":null}}}}"#)),
            (FactKind::Shielding, r#"{"shielding":{}}"#.into()),
            (FactKind::Restriction, r#"{"restriction":{}}"#.into()),
            (FactKind::Death, r#"{"death":{}}"#.into()),
            (
                FactKind::Substitute,
                format!(r#"{{"substitute":{{"person":"{person}","scope":{ANYTHING},"reference":"C/05/1"}}}}"#),
            ),
            (FactKind::Household, r#"{"household":{"apart":true}}"#.into()),
            (FactKind::Permission, format!(r#"{{"permission":{{"of":{BY},"statement":{statement}}}}}"#)),
            (FactKind::Hearing, format!(r#"{{"hearing":{{"by":{BY},"said":"bezwaar","scope":{ANYTHING}}}}}"#)),
            (
                FactKind::Incapacity,
                format!(r#"{{"incapacity":{{"by":{BY},"register":"skj","scope":{ANYTHING},"told_on":"2026-01-02"}}}}"#),
            ),
            (FactKind::Silence, r#"{"silence":{}}"#.into()),
            (FactKind::Confidentiality, format!(r#"{{"confidentiality":{{"signal":"{person}","from":"{person}"}}}}"#)),
            (FactKind::Finding, format!(r#"{{"finding":{{"by":{BY},"ground":"ernstig_nadeel","scope":{ANYTHING}}}}}"#)),
        ]
    }

    /// What was stored stays readable, letter for letter, so that two versions can stand beside each other; and there is no
    /// kind that cannot be stored.
    #[test]
    fn facts_stay_as_they_were_stored() {
        let kinds: Vec<FactKind> = stored().into_iter().map(|(kind, _)| kind).collect();
        assert!(FactKind::ALL.iter().all(|kind| kinds.contains(kind)) && kinds.len() == FactKind::ALL.len());
        for (kind, fact) in stored() {
            let text = recorded(&fact, r#"{"from":"2026-01-01","until":null}"#);
            let read: RecordedFact = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
            assert_eq!(read.fact.kind(), kind);
        }
        let more =
            recorded(r#"{"household":{"apart":true,"since":"2020-01-01"}}"#, r#"{"from":"2026-01-01","until":null}"#);
        assert!(serde_json::from_str::<RecordedFact>(&more).is_err(), "what says more is not read");
    }

    /// Each kind changes what a decision reads, on its days and on no other; what turned out never to have held changes
    /// nothing.
    #[test]
    fn every_kind_reaches_the_decision_on_its_days() {
        let known = YouthFacts::new(date(2014, 1, 1), PersonRef([0; 16]));
        let on = |fact: &str, period: &str, today: Date| {
            let version: RecordedFact = serde_json::from_str(&recorded(fact, period)).unwrap();
            let mut facts = known.clone();
            apply(&mut facts, &[version], today);
            facts
        };
        let shared = |(kind, _): &(FactKind, String)| *kind != FactKind::Confidentiality;
        for (kind, fact) in stored().into_iter().filter(shared) {
            let whole = r#"{"from":"2026-03-01","until":null}"#;
            assert_ne!(on(&fact, whole, date(2026, 3, 1)), known, "{kind}");
            let never = r#"{"from":"2026-03-01","until":"2026-03-01"}"#;
            assert_eq!(on(&fact, never, date(2026, 3, 1)), known, "{kind}");
        }
        let apart = |said: [bool; 2]| {
            let one = |apart: bool| {
                let fact = format!(r#"{{"household":{{"apart":{apart}}}}}"#);
                serde_json::from_str(&recorded(&fact, r#"{"from":"2026-01-01","until":null}"#)).unwrap()
            };
            let mut facts = known.clone();
            apply(&mut facts, &said.map(one), date(2026, 3, 1));
            facts.parents_live_apart
        };
        let outcomes = [[true, false], [false, true], [false, false]].map(apart);
        assert_eq!(outcomes, [Some(true), Some(true), Some(false)], "where it differs, both are asked");
    }
}
