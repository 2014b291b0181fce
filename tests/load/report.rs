// SPDX-License-Identifier: EUPL-1.2
//! Figures: kept raw, told as medians, and set beside what they are compared with.

use std::path::Path;

use serde_json::{Value, json};

use super::client::Sample;

/// One case in one round.
pub(crate) struct Figure {
    pub(crate) case: &'static str,
    /// What it is compared with.
    pub(crate) beside: &'static str,
    pub(crate) connections: usize,
    pub(crate) sample: Sample,
    /// Microseconds of CPU of the server for each answer that counts.
    pub(crate) cpu: f64,
}

/// Everything that was measured in one run.
#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<Figure>,
    single: Vec<(String, f64)>,
}

impl Report {
    pub(crate) fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// A figure that stands by itself.
    pub(crate) fn single(&mut self, name: &str, value: f64) {
        self.single.push((name.to_owned(), value));
    }

    /// The middle one of several such.
    pub(crate) fn middle(&mut self, name: &str, mut values: Vec<f64>) {
        self.single(name, middle(&mut values));
    }

    /// Prints the tables.
    pub(crate) fn print(&self) {
        println!(
            "\n| case | connections | answers/s | p50 ms | p99 ms | CPU µs | core % | failed | rate of nginx | CPU of nginx |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        let mut seen: Vec<(&str, usize)> = Vec::new();
        for figure in &self.figures {
            if !seen.contains(&(figure.case, figure.connections)) {
                seen.push((figure.case, figure.connections));
                self.print_one(figure);
            }
        }
        println!("\n| figure | value |\n|---|---|");
        for (name, value) in &self.single {
            println!("| {name} | {value:.3} |");
        }
    }

    fn print_one(&self, figure: &Figure) {
        let of = |what: fn(&Figure) -> f64| self.median(figure.case, figure.connections, what);
        let base = |what: fn(&Figure) -> f64| self.median(figure.beside, figure.connections, what);
        let (rate, cpu) = (of(|figure| figure.sample.rate()), of(|figure| figure.cpu));
        println!(
            "| {} | {} | {rate:.0} | {:.2} | {:.2} | {cpu:.1} | {:.0} | {:.0} | {:.3} | {:.2} |",
            figure.case,
            figure.connections,
            of(|figure| figure.sample.percentile(0.5)),
            of(|figure| figure.sample.percentile(0.99)),
            rate * cpu / 10_000.0,
            of(|figure| figure.sample.failed as f64),
            rate / base(|figure| figure.sample.rate()),
            cpu / base(|figure| figure.cpu),
        );
    }

    /// Writes every figure of every round, for whoever wants to reckon anew.
    pub(crate) fn keep(&self, file: &Path, about: &Value) {
        let rounds: Vec<Value> = self.figures.iter().map(raw).collect();
        let single: serde_json::Map<String, Value> =
            self.single.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let whole = json!({ "about": about, "rounds": rounds, "figures": single });
        std::fs::write(file, format!("{whole:#}\n")).unwrap();
    }

    fn median(&self, case: &str, connections: usize, what: fn(&Figure) -> f64) -> f64 {
        let these = self.figures.iter().filter(|figure| figure.case == case && figure.connections == connections);
        middle(&mut these.map(what).collect::<Vec<f64>>())
    }
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn raw(figure: &Figure) -> Value {
    let round = |value: f64| (value * 1_000.0).round() / 1_000.0;
    json!({
        "case": figure.case,
        "connections": figure.connections,
        "answers": figure.sample.took.len(),
        "failed": figure.sample.failed,
        "seconds": round(figure.sample.lasted.as_secs_f64()),
        "p50_ms": round(figure.sample.percentile(0.5)),
        "p99_ms": round(figure.sample.percentile(0.99)),
        "cpu_us": round(figure.cpu),
    })
}
