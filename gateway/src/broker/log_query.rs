// SPDX-License-Identifier: EUPL-1.2
//! What an officer looks for in the log, and which records fit.

use jiff::civil::Date;
use serde_json::json;
use sluis_policy::{Form, Oin, Purpose, RecordClass, Rule};

use super::{SavedQuestion, Whom};
use crate::audience::Audience;
use crate::clock::midnight;
use crate::export::Format;
use crate::ledger::entry::{Entry, NOT_WEIGHED, PERMITTED, REFUSED, TURNED_AWAY, WEIGHED};
use crate::ledger::record::canonical;
use crate::store::index::{Named, Spot};
use crate::store::log::PlainRecord;
use crate::vault::Vault;

/// Zoekvraag: everything that it says must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[doc(alias = "zoekvraag")]
pub struct LogQuery {
    /// About this youth.
    pub about: Option<Whom>,
    /// With this other organisation.
    pub organisation: Option<Oin>,
    /// For this purpose.
    pub purpose: Option<Purpose>,
    /// By this rule.
    pub rule: Option<Rule>,
    /// With this outcome.
    pub outcome: Option<LogOutcome>,
    /// Only where somebody went around the usual way.
    pub overrides: bool,
    /// From this day in the Netherlands.
    pub since: Option<Date>,
    /// Until this day, which counts.
    pub until: Option<Date>,
    /// And it answers this saved question.
    pub saved: Option<SavedQuestion>,
}

/// Uitkomst that can be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "uitkomst")]
pub enum LogOutcome {
    /// Something was disclosed or done.
    Permitted,
    /// The core refused.
    Refused,
    /// Somebody was stopped at the door.
    TurnedAway,
    /// It was only asked whether it may be.
    Weighed,
    /// Something that was decided before went further.
    Further,
}

impl LogOutcome {
    /// All of them, as a form shows them.
    pub const ALL: [Self; 5] = [Self::Permitted, Self::Refused, Self::TurnedAway, Self::Weighed, Self::Further];

    /// The stable word for forms and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Permitted => PERMITTED,
            Self::Refused => REFUSED,
            Self::TurnedAway => TURNED_AWAY,
            Self::Weighed => WEIGHED,
            Self::Further => "verder_verloop",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    fn of(kind: &str) -> Self {
        match kind {
            PERMITTED => Self::Permitted,
            REFUSED => Self::Refused,
            TURNED_AWAY => Self::TurnedAway,
            WEIGHED | NOT_WEIGHED => Self::Weighed,
            _ => Self::Further,
        }
    }
}

impl LogQuery {
    /// What a record says was searched for. INVARIANT: nothing about any person: whom it was about stands elsewhere.
    pub(super) fn recorded(&self) -> String {
        canonical(&self.without_person())
    }

    /// The same, of what was taken along in a file.
    pub(super) fn recorded_as(&self, (format, audience): (Format, Audience)) -> String {
        let mut said = self.without_person();
        if let serde_json::Value::Object(said) = &mut said {
            said.insert("vorm".to_owned(), format.code().into());
            said.insert("voor".to_owned(), audience.code().into());
        }
        canonical(&said)
    }

    /// What a cursor of this search is bound to.
    pub(super) fn fingerprint(&self, vault: &Vault) -> [u8; 32] {
        let whom = match &self.about {
            None => Vec::new(),
            Some(Whom::Pupil(key)) => [b"leerling\0", key.as_bytes()].concat(),
            Some(Whom::Received(signal)) => [b"signaal\0".as_slice(), signal].concat(),
        };
        vault.lookup("zoekvraag", &[self.recorded().as_bytes(), &whom])
    }

    fn without_person(&self) -> serde_json::Value {
        let about = self.about.as_ref().map(|whom| match whom {
            Whom::Pupil(_) => "leerlingsleutel",
            Whom::Received(_) => "signaal",
        });
        let mut said = json!({
            "jeugdige": about,
            "organisatie": self.organisation.map(|oin| oin.as_str().to_owned()),
            "doel": self.purpose.map(Purpose::code),
            "regel": self.rule.map(Rule::id),
            "uitkomst": self.outcome.map(LogOutcome::code),
            "doorbreking": self.overrides.then_some(true),
            "van": self.since.map(|day| day.to_string()),
            "tot_en_met": self.until.map(|day| day.to_string()),
            "vraag": self.saved.map(SavedQuestion::code),
        });
        if let serde_json::Value::Object(said) = &mut said {
            said.retain(|_, value| !value.is_null());
        }
        said
    }

    /// The instants that it is about: from the first, before the second.
    pub(super) fn span(&self) -> (i64, i64) {
        let since = self.since.and_then(midnight).unwrap_or_default();
        let after = |day: Date| day.tomorrow().ok().and_then(midnight);
        (since, self.until.and_then(after).unwrap_or(i64::MAX))
    }

    /// Whether a record of this instant fits, as far as its facets say. About whom it is is asked of the index.
    ///
    /// INVARIANT: about a youth, a record that came without a name fits only for whoever sent it about a pupil of its own. To
    /// its receiver it must stay unjoined with what comes by name (RL-23).
    pub(super) fn fits(&self, facets: &Facets, at: i64) -> bool {
        let joined = match &self.about {
            None => true,
            Some(Whom::Pupil(_)) => facets.own || facets.by_name,
            Some(Whom::Received(_)) => facets.by_name,
        };
        joined
            && self.organisation.is_none_or(|oin| facets.others.contains(&oin.to_string()))
            && self.purpose.is_none_or(|purpose| facets.purpose == purpose.code())
            && self.rule.is_none_or(|rule| facets.rule == rule.id())
            && self.outcome.is_none_or(|outcome| LogOutcome::of(&facets.kind) == outcome)
            && (!self.overrides || facets.class == RecordClass::Override.code())
            && self.saved.is_none_or(|saved| saved.fits(facets, at))
    }
}

/// Facetten: what a search can be narrowed by, as one organisation finds a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "facetten")]
pub(super) struct Facets {
    pub(super) kind: String,
    pub(super) rule: String,
    pub(super) class: String,
    pub(super) action: String,
    purpose: String,
    /// Whether the organisation itself acted.
    pub(super) own: bool,
    /// Whether what was disclosed says who the youth is.
    pub(super) by_name: bool,
    others: Vec<String>,
}

impl Facets {
    /// The facets of an entry for an organisation whose matter it is.
    pub(super) fn of(entry: &Entry, owner: Oin) -> Self {
        let text = |code: &Option<String>| code.clone().unwrap_or_default();
        let parties = [entry.party.as_ref(), entry.receiver.as_ref()].into_iter().flatten().map(|(oin, _)| *oin);
        let others = parties.chain(entry.outcome.acting_for).filter(|oin| *oin != owner).map(|oin| oin.to_string());
        Self {
            kind: entry.outcome.kind.clone(),
            rule: text(&entry.outcome.rule),
            class: text(&entry.outcome.class),
            action: text(&entry.action),
            purpose: text(&entry.purpose),
            own: entry.party.as_ref().is_some_and(|(oin, _)| *oin == owner),
            by_name: entry.outcome.form.as_deref().is_some_and(|form| form != Form::Anonymous.code()),
            others: others.collect(),
        }
    }

    /// As the index keeps them. No code has a bar or a comma in it.
    fn written(&self) -> String {
        let flag = |yes| if yes { "1" } else { "0" };
        let Self { kind, rule, class, action, purpose, own, by_name, others } = self;
        [kind, rule, class, action, purpose, flag(*own), flag(*by_name), &others.join(",")].join("|")
    }

    /// Reads what the index keeps; nothing when it has another form.
    pub(super) fn read(written: &str) -> Option<Self> {
        let mut parts = written.split('|');
        let mut next = || parts.next().map(str::to_owned);
        let (kind, rule, class, action, purpose) = (next()?, next()?, next()?, next()?, next()?);
        let (own, by_name, others) = (next()? == "1", next()? == "1", next()?);
        let others = others.split(',').map(str::to_owned).collect();
        Some(Self { kind, rule, class, action, purpose, own, by_name, others })
    }
}

/// Everybody's finding places of a record: of each organisation whose matter it is.
pub(super) fn places(log: &str, record: &PlainRecord) -> Vec<Named> {
    let Some(entry) = Entry::read(&record.entry) else { return Vec::new() };
    let parties = [entry.party.as_ref(), entry.receiver.as_ref()].into_iter().flatten().map(|(oin, _)| *oin);
    let mut owners: Vec<Oin> = parties.chain(entry.outcome.acting_for).filter(|oin| entry.concerns(*oin)).collect();
    owners.sort_unstable();
    owners.dedup();
    let place = |owner| Named {
        owner,
        youth: record.youth,
        spot: Spot { at: entry.at, log: log.to_owned(), index: record.index },
        facets: Facets::of(&entry, owner).written(),
    };
    owners.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "99000000066800000006";
    const OTHER: &str = "99000000066800000002";

    fn facets(party: &str, rest: &str) -> Facets {
        let text = format!(
            r#"{{"beleid":{{"regels":1}},"besluit":"00","certificaat":"{OWN}","tijd":1,"partij":["{party}","school"],"doel":"vroegsignalering","ontvanger":["{OTHER}","toegang"],"uitkomst":{rest}}}"#
        );
        let facets = Facets::of(&Entry::read(&text).unwrap(), OWN.parse().unwrap());
        assert_eq!(Facets::read(&facets.written()).as_ref(), Some(&facets), "what is written is read back");
        facets
    }

    const NAMED: &str = r#"{"soort":"verstrekt","regel":"SL-801","klasse":"doorbreking","vorm":"herleidbaar"}"#;
    const NAMELESS: &str = r#"{"soort":"verstrekt","regel":"SL-901","klasse":"gewoon","vorm":"anoniem"}"#;
    const FURTHER: &str = r#"{"soort":"afgeleverd"}"#;

    /// RL-23: whoever received something without a name cannot join it, by searching, to what came by name. Who sent it about
    /// a pupil of its own knows whom it was about.
    #[test]
    fn rl_23_a_search_about_a_youth_joins_nothing_that_came_without_a_name() {
        let pupil = LogQuery { about: Some(Whom::Pupil("pk-1".into())), ..LogQuery::default() };
        let received = LogQuery { about: Some(Whom::Received([7; 16])), ..LogQuery::default() };
        for (party, outcome, of_own_pupil, of_received) in [
            (OWN, NAMED, true, true),
            (OWN, NAMELESS, true, false),
            (OWN, FURTHER, true, false),
            (OTHER, NAMED, true, true),
            (OTHER, NAMELESS, false, false),
            (OTHER, FURTHER, false, false),
        ] {
            let facets = facets(party, outcome);
            assert_eq!(pupil.fits(&facets, 1), of_own_pupil, "{party} {outcome}");
            assert_eq!(received.fits(&facets, 1), of_received, "{party} {outcome}");
            assert!(LogQuery::default().fits(&facets, 1));
        }
    }

    #[test]
    fn everything_that_is_asked_must_hold() {
        let all = LogQuery {
            organisation: OTHER.parse().ok(),
            purpose: "vroegsignalering".parse().ok(),
            rule: "SL-801".parse().ok(),
            outcome: Some(LogOutcome::Permitted),
            overrides: true,
            ..LogQuery::default()
        };
        let facets = facets(OWN, NAMED);
        assert!(all.fits(&facets, 1));
        for other in [
            LogQuery { organisation: OWN.parse().ok(), ..all.clone() },
            LogQuery { purpose: "leerplicht".parse().ok(), ..all.clone() },
            LogQuery { rule: "SL-901".parse().ok(), ..all.clone() },
            LogQuery { outcome: Some(LogOutcome::Refused), ..all.clone() },
        ] {
            assert!(!other.fits(&facets, 1), "{other:?}");
        }
        assert!(!all.fits(&self::facets(OWN, NAMELESS), 1));
    }

    /// P10: a record of a search says what was sought, and of whom only how they were named.
    #[test]
    fn p10_what_is_recorded_names_nobody() {
        let about = Some(Whom::Pupil("pk-jansen".into()));
        let query = LogQuery { about, since: "2026-11-01".parse().ok(), overrides: true, ..LogQuery::default() };
        assert_eq!(query.recorded(), r#"{"doorbreking":true,"jeugdige":"leerlingsleutel","van":"2026-11-01"}"#);
        assert_eq!(LogQuery::default().recorded(), "{}");
    }
}
