// SPDX-License-Identifier: EUPL-1.2
//! Uitleg: a decision as a machine reads it and a person understands it, in one JSON form that stays.

use serde_json::{Value, json};

use crate::condition::Condition;
use crate::decision::{Decision, Form, Permit};
use crate::field::Field;
use crate::rules::RULES_VERSION;

impl Decision {
    /// The stable code of what came of it: refused, or disclosed in a form.
    pub fn code(&self) -> &'static str {
        match self.permit().map(Permit::form) {
            None => "geweigerd",
            Some(Form::Anonymous) => "verstrekt_anoniem",
            Some(Form::Pseudonymous) => "verstrekt_pseudoniem",
            Some(Form::Identified) => "verstrekt_herleidbaar",
        }
    }

    /// The decision as JSON: code, rule, sentences, sources, form, ground, fields, duties, and the conditions that
    /// [`missing`](crate::rules::missing) found.
    ///
    /// It says nothing about any person (RL-06).
    pub fn explained(&self, missing: &[Condition]) -> Value {
        let rule = self.rule();
        let permit = self.permit();
        let due = self
            .obligations()
            .iter()
            .map(|due| json!({"plicht": due.duty, "eigenaar": due.owner, "binnenWerkdagen": due.due_working_days}));
        json!({
            "code": self.code(),
            "regel": rule.id(),
            "regelversie": RULES_VERSION,
            "zin": {"nl": rule.sentence(), "en": rule.english()},
            "bronnen": rule.source().split(", ").collect::<Vec<_>>(),
            "logklasse": rule.record_class(),
            "vorm": permit.map(Permit::form),
            "grondslag": permit.map(Permit::basis),
            "verwerkingsactiviteit": permit.map(Permit::activity),
            "velden": permit.map(Permit::fields).unwrap_or_default().iter().map(Field::code).collect::<Vec<_>>(),
            "plichten": due.collect::<Vec<_>>(),
            "ontbreekt": missing.iter().map(|condition| condition.code()).collect::<Vec<_>>(),
        })
    }
}
