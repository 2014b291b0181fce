// SPDX-License-Identifier: EUPL-1.2
//! What the search form sends, read field by field. A fault never repeats what was filled in.

use serde::Deserialize;
use sluis_policy::Oin;
use sluis_policy::number::number_like;

use super::language::Language;
use super::reason::Reason;
use crate::audience::Audience;
use crate::broker::{LogOutcome, LogQuery, SavedQuestion, Whom};
use crate::export::Format;
use crate::vault::Id;

/// The longest key of a pupil, in characters.
const LONGEST_KEY: usize = 64;

/// What was filled in, as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    /// That the form is of the session's own pages.
    pub(super) bewijs: String,
    /// As officer of which organisation.
    pub(super) ambt: String,
    /// Why.
    pub(super) reden: String,
    /// About whom, by the school's own key.
    pub(super) leerling: String,
    /// About whom, by a signal that came by name.
    pub(super) signaal: String,
    /// With which other organisation.
    pub(super) organisatie: String,
    /// For what.
    pub(super) doel: String,
    /// By which rule.
    pub(super) regel: String,
    /// With what outcome.
    pub(super) uitkomst: String,
    /// Only where somebody went around the usual way.
    pub(super) doorbreking: String,
    /// From which day.
    pub(super) van: String,
    /// Until which day, which counts.
    pub(super) tot: String,
    /// Which saved question it answers.
    pub(super) vraag: String,
    /// Where the search goes on.
    pub(super) verder: String,
    /// In which form it is taken along.
    pub(super) vorm: String,
    /// For whom it is taken along.
    pub(super) voor: String,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FieldFault {
    /// The field.
    pub(super) field: &'static str,
    dutch: &'static str,
    english: &'static str,
}

impl FieldFault {
    pub(super) const fn new(field: &'static str, dutch: &'static str, english: &'static str) -> Self {
        Self { field, dutch, english }
    }

    /// What is wrong.
    pub(super) const fn words(self, language: Language) -> &'static str {
        language.of(self.dutch, self.english)
    }
}

/// A search without a purpose.
pub(super) const NO_REASON: FieldFault = FieldFault::new(
    "reden",
    "Kies waarom u zoekt. Zonder reden wordt er niet gezocht; dat u het probeerde is vastgelegd.",
    "Choose why you search. Without a reason nothing is searched; that you tried has been recorded.",
);
/// More than an officer may take along alone.
pub(super) const TOO_LARGE: FieldFault = FieldFault::new(
    "van",
    "Dit is meer dan duizend regels. Neem een kortere periode of vraag preciezer; in zijn geheel gaat het logboek alleen met een tweede persoon naar buiten.",
    "This is more than a thousand lines. Take a shorter period or ask more precisely; as a whole the log leaves only with a second person.",
);
const KEY: FieldFault = FieldFault::new(
    "leerling",
    "Dit kan geen leerlingsleutel zijn: het is te lang, of het lijkt op een nummer van een persoon. Vul hier nooit een BSN in.",
    "This cannot be a pupil key: it is too long, or resembles a person’s number. Never fill in a BSN here.",
);
const SIGNAL: FieldFault = FieldFault::new(
    "signaal",
    "Dit is geen verwijzing naar een signaal: dat zijn 32 cijfers en letters a tot en met f.",
    "This is no reference of a signal: those are 32 digits and letters a to f.",
);
const TWICE: FieldFault = FieldFault::new(
    "signaal",
    "Noem de jeugdige met een leerlingsleutel of met een signaal, niet met beide.",
    "Name the young person by a pupil key or by a signal, not by both.",
);
/// A question about how staff work, without the consent of their works council.
pub(super) const NO_COUNCIL: FieldFault = FieldFault::new(
    "vraag",
    "Deze vraag gaat over hoe medewerkers werken. Die staat uit tot in het register staat sinds wanneer de ondernemingsraad instemt; dat u het probeerde is vastgelegd.",
    "This question is about how staff work. It is off until the register says since when the works council agrees; that you tried has been recorded.",
);
const CODE: [FieldFault; 5] = [
    FieldFault::new("organisatie", "Deze organisatie is hier niet bekend.", "This organisation is not known here."),
    FieldFault::new("doel", "Dit doel bestaat niet.", "This purpose does not exist."),
    FieldFault::new(
        "regel",
        "Deze regel bestaat niet. Een regel heet bijvoorbeeld SL-801.",
        "This rule does not exist. A rule is called, for example, SL-801.",
    ),
    FieldFault::new("uitkomst", "Deze uitkomst bestaat niet.", "This outcome does not exist."),
    FieldFault::new("vraag", "Deze vraag bestaat niet.", "This question does not exist."),
];
const DAY: [FieldFault; 2] = [
    FieldFault::new(
        "van",
        "Dit is geen datum. Schrijf bijvoorbeeld 2026-11-23.",
        "This is no date. Write, for example, 2026-11-23.",
    ),
    FieldFault::new(
        "tot",
        "Dit is geen datum. Schrijf bijvoorbeeld 2026-11-23.",
        "This is no date. Write, for example, 2026-11-23.",
    ),
];
const BACKWARDS: FieldFault =
    FieldFault::new("tot", "De laatste dag ligt voor de eerste.", "The last day lies before the first.");

impl Sent {
    /// In which office.
    pub(super) fn office(&self) -> Option<Oin> {
        self.ambt.parse().ok()
    }

    /// Why, when that was said.
    pub(super) fn reason(&self) -> Option<Reason> {
        Reason::from_code(&self.reden)
    }

    /// Where it goes on.
    pub(super) fn cursor(&self) -> Option<&str> {
        Some(self.verder.as_str()).filter(|cursor| !cursor.is_empty())
    }

    /// In which form it is taken along, and for whom.
    pub(super) fn how(&self) -> Option<(Format, Audience)> {
        Format::from_code(&self.vorm).zip(Audience::from_code(&self.voor))
    }

    /// What is sought.
    pub(super) fn query(&self) -> Result<LogQuery, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut kept = |fault: FieldFault| faults.push(fault);
        let query = LogQuery {
            about: whom(&self.leerling, &self.signaal).unwrap_or_else(|fault| {
                kept(fault);
                None
            }),
            organisation: read(&self.organisatie, |text| text.parse().ok(), CODE[0], &mut kept),
            purpose: read(&self.doel, |text| text.parse().ok(), CODE[1], &mut kept),
            rule: read(&self.regel, |text| text.to_uppercase().parse().ok(), CODE[2], &mut kept),
            outcome: read(&self.uitkomst, LogOutcome::from_code, CODE[3], &mut kept),
            overrides: !self.doorbreking.is_empty(),
            since: read(&self.van, |text| text.parse().ok(), DAY[0], &mut kept),
            until: read(&self.tot, |text| text.parse().ok(), DAY[1], &mut kept),
            saved: read(&self.vraag, SavedQuestion::from_code, CODE[4], &mut kept),
        };
        if query.since.zip(query.until).is_some_and(|(since, until)| until < since) {
            kept(BACKWARDS);
        }
        if faults.is_empty() { Ok(query) } else { Err(faults) }
    }
}

/// Reads a field that may be left empty.
fn read<T>(
    sent: &str,
    parse: impl Fn(&str) -> Option<T>,
    fault: FieldFault,
    kept: &mut impl FnMut(FieldFault),
) -> Option<T> {
    let sent = sent.trim();
    let parsed = parse(sent);
    if parsed.is_none() && !sent.is_empty() {
        kept(fault);
    }
    parsed.filter(|_| !sent.is_empty())
}

fn whom(pupil: &str, signal: &str) -> Result<Option<Whom>, FieldFault> {
    let (pupil, signal) = (pupil.trim(), signal.trim());
    match (pupil.is_empty(), signal.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Err(TWICE),
        (false, true) if pupil.chars().count() > LONGEST_KEY || number_like(pupil).is_some() => Err(KEY),
        (false, true) => Ok(Some(Whom::Pupil(pupil.to_owned()))),
        (true, false) => {
            let mut id = Id::default();
            hex::decode_to_slice(signal, &mut id).map_err(|_| SIGNAL)?;
            Ok(Some(Whom::Received(id)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_form_is_told_at_once_and_none_repeats_what_was_sent() {
        let sent = Sent {
            leerling: "999990019".into(),
            organisatie: "de gemeente".into(),
            doel: "nieuwsgierig".into(),
            regel: "SL-0".into(),
            uitkomst: "iets".into(),
            van: "gisteren".into(),
            tot: "2026-13-01".into(),
            vraag: "wie was er laat".into(),
            ..Sent::default()
        };
        let faults = sent.query().unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["leerling", "organisatie", "doel", "regel", "uitkomst", "van", "tot", "vraag"]);
        for (sent, field) in [
            (Sent { signaal: "zz".into(), ..Sent::default() }, "signaal"),
            (Sent { leerling: "pk-1".into(), signaal: "0f".repeat(16), ..Sent::default() }, "signaal"),
            (Sent { leerling: "x".repeat(65), ..Sent::default() }, "leerling"),
            (Sent { van: "2026-11-02".into(), tot: "2026-11-01".into(), ..Sent::default() }, "tot"),
        ] {
            assert_eq!(sent.query().unwrap_err()[0].field, field);
        }
    }

    #[test]
    fn what_is_left_empty_asks_nothing_and_what_is_filled_in_is_asked() {
        assert_eq!(Sent::default().query(), Ok(LogQuery::default()));
        let sent = Sent {
            leerling: " pk-1 ".into(),
            organisatie: "99000000066800000001".into(),
            doel: "vroegsignalering".into(),
            regel: "sl-801".into(),
            uitkomst: "geweigerd".into(),
            doorbreking: "ja".into(),
            van: "2026-11-01".into(),
            tot: "2026-11-01".into(),
            ..Sent::default()
        };
        let query = sent.query().unwrap();
        assert_eq!(query.about, Some(Whom::Pupil("pk-1".into())));
        assert_eq!(query.rule.map(sluis_policy::Rule::id), Some("SL-801"));
        assert_eq!(query.outcome, Some(LogOutcome::Refused));
        assert!(query.overrides && query.since == query.until && query.purpose.is_some());
        assert_eq!(query.organisation, "99000000066800000001".parse().ok());
    }
}
