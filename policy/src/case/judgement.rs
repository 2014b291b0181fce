// SPDX-License-Identifier: EUPL-1.2
//! What the core answers to a case, and how that differs from what the case says.

use serde_json::{Value, json};

use super::{Case, Expected, Question, TermQuestion};
use crate::decision::{Decision, Duty, Permit};
use crate::field::{Field, FieldSet};
use crate::rules::missing;

impl Case {
    /// The answers to everything that is asked, as JSON; `klopt` says whether each is as the case expects.
    pub fn answered(&self) -> Value {
        json!({
            "casus": self.number,
            "zin": self.sentence,
            "bron": self.sources,
            "klopt": self.differences().is_empty(),
            "vragen": self.questions.iter().map(Question::answered).collect::<Vec<_>>(),
            "termijnen": self.terms.iter().map(TermQuestion::answered).collect::<Vec<_>>(),
        })
    }

    /// Every answer that is not as the case expects: in which question, and how.
    pub fn differences(&self) -> Vec<String> {
        let decided = self.questions.iter().flat_map(|question| {
            let differences = question.differences(&question.world.decide());
            differences.into_iter().map(move |difference| format!("{}: {difference}", question.sentence))
        });
        let timed = self.terms.iter().filter_map(TermQuestion::difference);
        decided.chain(timed).collect()
    }
}

impl Question {
    fn answered(&self) -> Value {
        let world = &self.world;
        let decision = world.decide();
        let missing = missing(&decision, &world.request, &world.facts, world.covenant.as_deref(), world.now);
        let differences = self.differences(&decision);
        json!({
            "zin": self.sentence,
            "klopt": differences.is_empty(),
            "verschillen": differences,
            "besluit": decision.explained(&missing),
        })
    }

    /// How a decision differs from what the case expects of it; nothing where it expects nothing.
    pub fn differences(&self, decision: &Decision) -> Vec<String> {
        self.expected.as_ref().map(|expected| expected.differences(decision)).unwrap_or_default()
    }
}

impl Expected {
    fn differences(&self, decision: &Decision) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, is: String, expected: String| {
            if is != expected {
                differences.push(format!("{what}: {is}, en niet {expected}"));
            }
        };
        let permit = decision.permit();
        let form = |form: Option<crate::Form>| form.map_or("geweigerd", crate::Form::code).to_owned();
        compare("regel", decision.rule().id().to_owned(), self.rule.id().to_owned());
        compare("vorm", form(permit.map(Permit::form)), form(self.form));
        let mut duties: Vec<Duty> = decision.obligations().iter().map(|due| due.duty).collect();
        duties.sort_by_key(|duty| duty.code());
        compare("plichten", listed(&duties, Duty::code), listed(&self.duties, Duty::code));
        let fields: Vec<Field> = permit.map(Permit::fields).unwrap_or_default().iter().collect();
        if let Some(wanted) = &self.fields {
            let wanted: Vec<Field> = wanted.iter().copied().collect::<FieldSet>().iter().collect();
            compare("velden", listed(&fields, Field::code), listed(&wanted, Field::code));
        }
        let leaked: Vec<Field> = fields.iter().copied().filter(|field| self.absent.contains(field)).collect();
        compare("niet", listed(&leaked, Field::code), String::new());
        for (duty, days) in &self.due {
            let terms: Vec<u8> =
                decision.obligations().iter().filter(|due| due.duty == *duty).map(|due| due.due_working_days).collect();
            let is = if terms.contains(days) { vec![*days] } else { terms };
            compare(duty.code(), format!("{is:?} werkdagen"), format!("[{days}] werkdagen"));
        }
        differences
    }
}

impl TermQuestion {
    fn answered(&self) -> Value {
        json!({"zin": self.sentence, "klopt": self.difference().is_none(), "uiterlijk": self.day()})
    }

    fn difference(&self) -> Option<String> {
        let told = |day: Option<jiff::civil::Date>| day.map_or_else(|| "geen dag".to_owned(), |day| day.to_string());
        let day = self.day();
        (day != self.expected).then(|| format!("{}: {}, en niet {}", self.sentence, told(day), told(self.expected)))
    }
}

fn listed<T: Copy>(values: &[T], code: impl Fn(T) -> &'static str) -> String {
    values.iter().map(|value| code(*value)).collect::<Vec<_>>().join(", ")
}
