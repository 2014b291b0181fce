// SPDX-License-Identifier: EUPL-1.2
//! `sluis check`: says what was found.

use std::path::Path;

use super::Exit;
use crate::check::{Finding, Weight, check};
use crate::clock::{Clock, SystemClock};

/// Looks, tells, and answers with what is worst.
pub(super) async fn run(config: &Path) -> Exit {
    let findings = check(config, SystemClock.now().instant).await;
    for finding in &findings {
        println!("{finding}");
    }
    println!("{}", summary(&findings));
    match findings.iter().map(|finding| finding.weight).min() {
        Some(Weight::Fault) => Exit::Configuration,
        Some(Weight::Unreachable) => Exit::Unavailable,
        Some(Weight::Remark) | None => Exit::Done,
    }
}

fn summary(findings: &[Finding]) -> String {
    let count = |weight| findings.iter().filter(|finding| finding.weight == weight).count();
    match (count(Weight::Fault), count(Weight::Unreachable), count(Weight::Remark)) {
        (0, 0, 0) => "in orde".to_owned(),
        (0, 0, remarks) => format!("in orde, met {remarks} keer «let op»"),
        (faults, unreachable, remarks) => {
            format!("niet in orde: {faults} fout, {unreachable} onbereikbaar, {remarks} let op")
        }
    }
}
