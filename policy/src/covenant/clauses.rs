// SPDX-License-Identifier: EUPL-1.2
//! Which key of a covenant carries which rows of the agreement as it was signed.

use std::str::FromStr;

use super::row::{Clause, Row};
use crate::document::{Section, parsed};

impl Section<'_> {
    /// A table of codes, each with the rows that it carries: `naar = { toegang = ["000-26"] }`.
    pub(in crate::covenant) fn coded<T: FromStr>(&mut self, key: &str) -> Vec<T> {
        let mut section = self.section(key);
        let mut codes = Vec::new();
        for code in section.keys() {
            section.rows_at(&code, &code);
            match code.parse() {
                Ok(found) => codes.push(found),
                Err(_) => section.fault(&code, "staat niet op de lijst"),
            }
        }
        codes
    }

    /// The rows that this section carries; at least one.
    pub(in crate::covenant) fn rows(&mut self) {
        if !self.has("rijen") {
            self.fault("", "noemt geen rij van het convenant (`rijen`)");
        }
        self.rows_at("rijen", "");
    }

    /// The rows that stand under one key, carried by another: at least one.
    pub(in crate::covenant) fn rows_at(&mut self, key: &str, carried_by: &str) {
        let rows: Vec<Row> = self.list(key, parsed);
        if rows.is_empty() && self.has(key) {
            self.fault(key, "noemt geen rij van het convenant");
        }
        let clause = Clause { key: self.path_of(carried_by), rows };
        self.findings.clauses.borrow_mut().push(clause);
    }

    /// The rows of a key elsewhere: `[termijnen.rijen]` for the keys of `[termijnen]`.
    pub(in crate::covenant) fn rows_for(&mut self, keys: &[&str]) {
        let path = self.path_of("");
        let mut rows = self.section("rijen");
        for key in keys {
            if !rows.has(key) {
                rows.fault(key, "ontbreekt: elke keuze noemt haar rij of uitspraak");
            }
            let read: Vec<Row> = rows.list(key, parsed);
            rows.findings.clauses.borrow_mut().push(Clause { key: format!("{path}.{key}"), rows: read });
        }
    }
}
