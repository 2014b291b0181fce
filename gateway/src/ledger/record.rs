// SPDX-License-Identifier: EUPL-1.2
//! An access record, and how it becomes a leaf: what is not personal stands in the log, what is lies beside it.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use sluis_policy::{Action, Decision, Moment, Oin, Party, Purpose, RULES_VERSION, Role, Thing};

use super::leaf::{Leaf, SealedFields};
use super::unit::Read;
use crate::broker::Numbers;
use crate::vault::{Id, NO_YOUTH, Place, RetentionClass, Unsealable, Vault, YouthKeys};

/// Toegangsregistratie: one line of who did or asked what about whom, on which rule, and what came of it (AVG 5(2), NEN 7513).
#[derive(Debug, Clone)]
#[doc(alias = "toegangsregistratie")]
pub struct AccessRecord {
    /// The id of the decision. A receipt covers it by this id.
    pub decision: Id,
    /// When it was decided.
    pub moment: Moment,
    /// Who acted.
    pub who: Who,
    /// What was asked of whom.
    pub deed: Deed,
    /// What came of it.
    pub event: Event,
    /// By what it was decided.
    pub policy: PolicyVersions,
    /// The trace that it belongs to (W3C), 32 hexadecimal digits.
    pub trace: String,
    /// Whom it is about, and who exactly acted.
    pub personal: Personal,
}

/// Who acted: organisations and role, no person.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// The acting party; none when somebody was stopped at the door.
    pub party: Option<Party>,
    /// In which role.
    pub role: Option<Role>,
    /// The holder of the client certificate: the vendor under a mandate, or the organisation itself (RL-26).
    pub certificate: Oin,
}

/// What was asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deed {
    /// The action.
    pub action: Option<Action>,
    /// To what.
    pub thing: Option<Thing>,
    /// For what.
    pub purpose: Option<Purpose>,
    /// Who would come to know something.
    pub receiver: Option<Party>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Event {
    /// The core decided.
    Decided(Decision),
    /// Somebody asked whether it may be, and did not do it.
    Weighed {
        /// What the core decided.
        decision: Decision,
        /// What was answered: a permit can give less than was asked for.
        allowed: bool,
    },
    /// Somebody asked whether something may be that cannot be weighed here, or about somebody who is not known here.
    NotWeighed,
    /// A request was stopped at the door.
    Denied {
        /// The reason's code.
        reason: &'static str,
        /// For whom it would have acted, when its token held (RL-26).
        acting_for: Option<Oin>,
    },
    /// A delivery went further: the word for how.
    Course(&'static str),
    /// An operator did something: the word for it, and its particulars. INVARIANT: nothing about any person.
    Operated {
        /// What.
        word: &'static str,
        /// With what, in members of the outcome.
        particulars: Value,
    },
    /// Denials of one minute that are not recorded one by one: without numbers, that it is so from now on.
    DenialsCounted {
        /// When the minute began, in microseconds.
        from: i64,
        /// How many they were, once it is over.
        numbers: Option<Numbers>,
    },
}

/// By what a decision was made (P5).
#[derive(Debug, Clone)]
pub struct PolicyVersions {
    /// The digest of the role table.
    pub roles: String,
    /// Id, version and digest of the covenant.
    pub covenant: Option<(String, u32, String)>,
    /// The digest of the register.
    pub register: String,
}

/// The personal fields of a record: they lie beside the log, sealed.
#[derive(Debug, Clone, Default)]
pub struct Personal {
    /// The youth.
    pub youth: Option<Id>,
    /// The signal, or whatever else was asked for.
    pub resource: Option<Id>,
    /// The professional, by the id that their organisation gave them.
    pub professional: Option<String>,
    /// What was read, and at which version.
    pub reads: Vec<Read>,
    /// The code of the reason that was given, where one is asked for.
    pub reason: Option<&'static str>,
    /// The question that was decided, sealed once more under the class of what it says, so that it is forgotten with it;
    /// in base64.
    pub question: Option<String>,
    /// What was searched for, as the codes of the form. Whom it was about stands in `youth` only.
    pub search: Option<String>,
    /// About whose doing it was asked, where it was only asked, by the id that their organisation gave them.
    pub candidate: Option<String>,
}

impl AccessRecord {
    /// The leaf of this record. About a youth, its personal fields are sealed under that youth's key; about nobody, under the
    /// gateway's own.
    ///
    /// # Errors
    /// When the youth's key is gone, or there is no randomness.
    pub fn seal(&self, vault: &Vault, keys: Option<&YouthKeys>) -> Result<Leaf, Unsealable> {
        let mut salt = [0; 16];
        rand::fill(&mut salt).map_err(|_| Unsealable)?;
        let personal = canonical(&self.personal.as_json());
        let commitment = digest(&SHA256, &[salt.as_slice(), personal.as_bytes()].concat());
        let entry = canonical(&self.as_json(&hex::encode(commitment)));
        let beside = [salt.as_slice(), personal.as_bytes()].concat();
        let place = Place { table: "log_fields", column: "sealed", row: &self.decision };
        let (youth, sealed) = match keys {
            Some(keys) if self.personal.youth.is_some() => {
                (keys.youth(), keys.seal(RetentionClass::AccessRecord, place, &beside)?)
            }
            _ => (NO_YOUTH, vault.seal_own(place, &beside)?),
        };
        Leaf::new(self.decision, entry, Some(SealedFields { youth, sealed })).map_err(|_| Unsealable)
    }

    // INVARIANT: the keys and forms written here stay readable for ever; a new form gets a new leaf version.
    fn as_json(&self, commitment: &str) -> Value {
        let mut entry = json!({
            "besluit": hex::encode(self.decision),
            "tijd": self.moment.instant,
            "certificaat": self.who.certificate.as_str(),
            "partij": self.who.party.map(party),
            "rol": self.who.role.map(Role::code),
            "handeling": self.deed.action.map(Action::code),
            "ding": self.deed.thing.map(Thing::code),
            "doel": self.deed.purpose.map(Purpose::code),
            "ontvanger": self.deed.receiver.map(party),
            "uitkomst": self.event.outcome(),
            "beleid": {"regels": RULES_VERSION, "rollen": self.policy.roles, "register": self.policy.register, "convenant": self.policy.covenant},
            "trace": self.trace,
            "persoonlijk": commitment,
        });
        if let Value::Object(entry) = &mut entry {
            entry.retain(|_, value| !value.is_null());
        }
        entry
    }
}

impl Event {
    /// What came of it, as a record says it.
    pub(crate) fn outcome(&self) -> Value {
        match self {
            Self::Decided(Decision::Permit(permit)) => json!({
                "soort": "verstrekt",
                "regel": permit.rule().id(),
                "klasse": permit.rule().record_class().code(),
                "vorm": permit.form().code(),
                "grondslag": permit.basis().code(),
                "activiteit": permit.activity().code(),
                "velden": permit.fields().iter().map(sluis_policy::Field::code).collect::<Vec<_>>(),
            }),
            Self::Decided(Decision::Refusal(refusal)) => json!({"soort": "geweigerd", "regel": refusal.rule().id()}),
            Self::Weighed { decision, allowed } => {
                json!({"soort": "beoordeeld", "regel": decision.rule().id(), "mag": allowed})
            }
            Self::NotWeighed => json!({"soort": "niet_beoordeeld"}),
            Self::Denied { reason, acting_for: None } => json!({"soort": "aan_de_deur_geweigerd", "reden": reason}),
            Self::Denied { reason, acting_for: Some(organisation) } => {
                json!({"soort": "aan_de_deur_geweigerd", "reden": reason, "namens": organisation.as_str()})
            }
            Self::Course(word) => json!({"soort": word}),
            Self::Operated { word, particulars } => {
                let mut outcome = json!({"soort": word});
                if let (Value::Object(outcome), Value::Object(particulars)) = (&mut outcome, particulars) {
                    outcome.extend(particulars.clone());
                }
                outcome
            }
            Self::DenialsCounted { from, numbers: None } => {
                json!({"soort": "weigeringen_worden_samengevat", "vanaf": from})
            }
            Self::DenialsCounted { from, numbers: Some(numbers) } => json!({
                "soort": "weigeringen_samengevat",
                "vanaf": from,
                "aan_de_deur": numbers.at_the_door,
                "niet_gevonden": numbers.not_found,
            }),
        }
    }
}

impl Personal {
    fn as_json(&self) -> Value {
        let mut fields = json!({
            "jeugdige": self.youth.map(hex::encode),
            "object": self.resource.map(hex::encode),
            "medewerker": self.professional,
            "gelezen": self.reads.iter().map(|read| (hex::encode(read.subject.as_bytes()), read.version)).collect::<Vec<_>>(),
        });
        if let Value::Object(fields) = &mut fields {
            let further = [
                ("reden", self.reason),
                ("vraag", self.question.as_deref()),
                ("gezocht", self.search.as_deref()),
                ("over", self.candidate.as_deref()),
            ];
            fields.extend(further.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
        }
        fields
    }
}

fn party(party: Party) -> Value {
    json!([party.organisation.as_str(), party.desk.code()])
}

/// Canonical JSON: keys sorted, no white space (RFC 8785 for the values that occur here: text, whole numbers, lists, objects).
#[must_use]
pub fn canonical(value: &Value) -> String {
    // Nothing in a value can fail to be written.
    serde_json::to_string(&Canonical(value)).unwrap_or_default()
}

struct Canonical<'a>(&'a Value);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().map(|(key, value)| (key, Canonical(value))).collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                serializer.collect_map(members)
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Canonical)),
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::moment_at;
    use crate::keys::Keys;
    use crate::vault::fresh_id;

    #[test]
    fn canonical_json_is_one_text_for_one_value() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"z":null,"a":"é\n"}],"a":true}"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":true,"b":[1,{"a":"é\n","z":null}]}"#);
    }

    #[test]
    fn p8_a_leaf_holds_nothing_personal_and_commits_to_it() {
        let vault = Vault::new(Arc::new(Keys::fresh().unwrap()));
        let youth = fresh_id().unwrap();
        let (keys, _) = vault.fresh_keys(youth).unwrap();
        let record = AccessRecord {
            decision: fresh_id().unwrap(),
            moment: moment_at(1_800_000_000_000_000),
            who: Who { party: None, role: None, certificate: "99000000000000000001".parse().unwrap() },
            deed: Deed::default(),
            event: Event::Denied { reason: "no_mandate", acting_for: None },
            policy: PolicyVersions { roles: "r".into(), covenant: None, register: "g".into() },
            trace: "0".repeat(32),
            personal: Personal { youth: Some(youth), professional: Some("ib-jansen".into()), ..Personal::default() },
        };
        let leaf = record.seal(&vault, Some(&keys)).unwrap();
        assert!(!leaf.entry.contains(&hex::encode(youth)) && !leaf.entry.contains("jansen"), "{}", leaf.entry);
        let fields = leaf.fields.as_ref().unwrap();
        let place = Place { table: "log_fields", column: "sealed", row: &record.decision };
        let beside = keys.open(RetentionClass::AccessRecord, place, &fields.sealed).unwrap();
        assert!(leaf.entry.contains(&hex::encode(digest(&SHA256, &beside))), "the entry commits to salt and fields");
        // The same fields under another salt give another commitment, so nobody can try out who it was.
        assert_ne!(record.seal(&vault, Some(&keys)).unwrap().hash, leaf.hash);
    }
}
