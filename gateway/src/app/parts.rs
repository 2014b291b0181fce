// SPDX-License-Identifier: EUPL-1.2
//! What a gateway runs on, by the digest of each part: what a record of a change names, without what stands in it.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Value, json};
use sluis_policy::Covenant;

use super::{StartFault, named};
use crate::broker::Policy;
use crate::config::Config;
use crate::keeping::Keeping;
use crate::register::Register;
use crate::tls::Trusted;

/// Onderdelen, each with its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[doc(alias = "onderdelen")]
pub(super) struct Parts(BTreeMap<&'static str, String>);

impl Parts {
    /// The parts that a reload can change. Files of keys are not among them.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub(super) fn of(
        config: &Config,
        (register, policy, trusted): (&Register, &Policy, &Trusted),
    ) -> Result<Self, StartFault> {
        let covenants: Vec<&[u8]> = policy.covenants.iter().map(Covenant::digest).map(str::as_bytes).collect();
        let outbound = &config.outbound;
        let (roots, shown) = (named::file(&outbound.roots)?, named::file(&outbound.certificate)?);
        let reach = format!("{:?}", outbound.reach);
        let mut parts = BTreeMap::from([
            ("register", hex::encode(register.version())),
            ("rollen", policy.roles.digest().to_owned()),
            ("convenanten", digest(&covenants)),
            ("certificaat", digest(&[&named::file(&config.machine.certificate)?])),
            ("vertrouwen", digest(&trusted.anchors().iter().map(Vec::as_slice).collect::<Vec<_>>())),
            ("uitgaand", digest(&[&roots, &shown, reach.as_bytes()])),
            ("grenzen", digest(&[format!("{:?}", config.limits).as_bytes()])),
        ]);
        if let Some(people) = &config.people {
            parts.insert("certificaat voor mensen", digest(&[&named::file(&people.certificate)?]));
        }
        Ok(Self(parts))
    }

    /// The same, with the terms of keeping, or that there are none.
    pub(super) fn with_terms(mut self, keeping: Option<&Keeping>) -> Self {
        let digest = keeping.map_or_else(|| "geen".to_owned(), |keeping| keeping.terms.digest().to_owned());
        self.0.insert("bewaartermijnen", digest);
        self
    }

    /// What is another now: each part with its digest before and after.
    pub(super) fn changes(&self, next: &Self) -> Value {
        let other = next.0.iter().filter(|(part, digest)| self.0.get(*part) != Some(digest));
        let changes: BTreeMap<_, _> =
            other.map(|(part, digest)| (*part, json!({"was": self.0.get(part), "is": digest}))).collect();
        json!({"onderdelen": changes})
    }
}

/// SHA-256 over texts, each with its length, in hexadecimal.
fn digest(texts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    for text in texts {
        context.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(text);
    }
    hex::encode(context.finish())
}
