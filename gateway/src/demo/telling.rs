// SPDX-License-Identifier: EUPL-1.2
//! The telling: what a person reads, line by line, and the count of what was and was not as told.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use serde_json::Value;
use sluis_policy::Rule;

use super::layout::{laid_out, wrapped};

/// How wide a line of text is at most.
const WIDTH: usize = 100;

/// Vertelling: writes for a person, and keeps count.
///
/// A reader who walks away (a closed pipe) does not end the demo: whether each step held still decides how it ends.
#[doc(alias = "vertelling")]
pub(super) struct Telling {
    out: Box<dyn Write>,
    colour: bool,
    held: u32,
    differed: Vec<String>,
}

/// How a piece of text stands out, where that can be shown.
#[derive(Clone, Copy)]
enum Ink {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Cyan = 36,
}

impl Telling {
    /// To the screen: in colour on a terminal, unless `NO_COLOR` asks otherwise.
    pub(super) fn on_screen() -> Self {
        let asked_not_to = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|value| value == "dumb");
        let colour = io::stdout().is_terminal() && !asked_not_to && !dumb;
        Self::to(Box::new(io::stdout()), colour)
    }

    pub(super) fn to(out: Box<dyn Write>, colour: bool) -> Self {
        Self { out, colour, held: 0, differed: Vec::new() }
    }

    /// How many claims held.
    pub(super) fn held(&self) -> u32 {
        self.held
    }

    /// The claims that did not hold.
    pub(super) fn differed(&self) -> &[String] {
        &self.differed
    }

    /// The title of a part.
    pub(super) fn title(&mut self, text: &str) {
        let text = self.inked(Ink::Bold, text);
        self.line("");
        self.line(&text);
    }

    /// A paragraph.
    pub(super) fn say(&mut self, text: &str) {
        for line in wrapped(text, WIDTH - 3) {
            self.line(&format!("   {line}"));
        }
    }

    /// One fact by its name.
    pub(super) fn fact(&mut self, name: &str, text: &str) {
        let mut lines = wrapped(text, WIDTH - 14).into_iter();
        let first = lines.next().unwrap_or_default();
        let name = self.inked(Ink::Dim, &format!("{name:<11}"));
        self.line(&format!("   {name}{first}"));
        for line in lines {
            self.line(&format!("{:14}{line}", ""));
        }
    }

    /// A request as it went over the wire, and the status of its answer.
    pub(super) fn exchange(&mut self, who: &str, request: &str, status: u16) {
        let request = self.inked(Ink::Cyan, request);
        self.fact("verzoek", &format!("{request} → {status}   ({who})"));
    }

    /// What was decided about one receiver, by which rule, from which source.
    pub(super) fn decision(&mut self, receiver: &str, row: &Value) {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let form = text("vorm").map_or(String::new(), |form| format!(", {form}"));
        self.fact("besluit", &format!("{receiver}: {}{form}", text("besluit").unwrap_or("geweigerd")));
        self.rule(text("regel").unwrap_or_default(), text("uitleg"));
    }

    /// A rule by its number, with its sentence as the wire gave it, and where it comes from. The number is what the wire or
    /// the log said.
    pub(super) fn rule(&mut self, id: &str, sentence: Option<&str>) {
        let known = id.parse::<Rule>().ok();
        let own = known.map(Rule::sentence);
        self.fact("regel", &format!("{id}: {}", sentence.or(own).unwrap_or("(geen uitleg)")));
        self.fact("bron", known.map_or("(onbekende regel)", Rule::source));
        if known.is_none() || (sentence.is_some() && sentence != own) {
            self.check(false, "de regel staat zo in de beslistabel");
        }
    }

    /// A message as it was received or answered, letter for letter; only spaces and line ends were added.
    pub(super) fn shown(&mut self, heading: &str, json: &str) {
        let heading = self.inked(Ink::Dim, heading);
        self.line(&format!("   {heading}"));
        for line in laid_out(json, WIDTH - 6).lines() {
            self.line(&format!("     {line}"));
        }
    }

    /// Something to copy, as it stands.
    pub(super) fn block(&mut self, heading: &str, text: &str) {
        let heading = self.inked(Ink::Dim, heading);
        self.line("");
        self.line(&heading);
        for line in text.lines() {
            self.line(line);
        }
    }

    /// A claim of the story, and whether it holds.
    pub(super) fn check(&mut self, holds: bool, claim: &str) {
        let (mark, ink) = if holds { ("✓", Ink::Green) } else { ("✗ ANDERS DAN VERTELD:", Ink::Red) };
        let mark = self.inked(ink, mark);
        for (at, line) in wrapped(claim, WIDTH - 5).iter().enumerate() {
            self.line(&if at == 0 { format!("   {mark} {line}") } else { format!("     {line}") });
        }
        if holds {
            self.held += 1;
        } else {
            self.differed.push(claim.to_owned());
        }
    }

    fn line(&mut self, text: &str) {
        let _reader_gone = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
    }

    fn inked(&self, ink: Ink, text: &str) -> String {
        let mut inked = String::new();
        let _infallible =
            if self.colour { write!(inked, "\u{1b}[{}m{text}\u{1b}[0m", ink as u8) } else { write!(inked, "{text}") };
        inked
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_differs_is_said_and_counted() {
        let paper = Paper::default();
        let mut told = Telling::to(Box::new(paper.clone()), false);
        told.decision("wijkteam", &json!({"besluit": "verstrekt", "vorm": "anoniem", "regel": "SL-901"}));
        told.decision("wijkteam", &json!({"besluit": "verstrekt", "regel": "SL-901", "uitleg": "Zomaar."}));
        told.decision("wijkteam", &json!({"besluit": "verstrekt", "regel": "SL-999"}));
        assert_eq!((told.held(), told.differed().len()), (0, 2));
        let said = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert!(said.contains("wijkteam: verstrekt, anoniem") && said.contains(Rule::Anonymous.source()), "{said}");
        assert_eq!(said.matches("ANDERS DAN VERTELD").count(), 2);
        assert!(!said.contains('\u{1b}'), "no colour unless asked");
    }
}
