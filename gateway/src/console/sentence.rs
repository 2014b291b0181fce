// SPDX-License-Identifier: EUPL-1.2
//! An entry of the log as sentences: who did what, and what came of it. No name of a person is among what is read here.

use sluis_policy::Oin;

use super::doings::doing;
use super::language::Language;
use super::words;
use crate::broker::ToldLine;
use crate::clock::in_amsterdam;
use crate::ledger::entry::{Entry, NOT_WEIGHED, PERMITTED, REFUSED, TURNED_AWAY, WEIGHED};
use crate::register::Register;

/// How a record ended, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Permitted,
    Refused,
    Further,
}

/// The word for a look into a list, whatever was in it.
const GLANCE: &str = "overzicht_bekeken";

/// Who did what.
pub(super) fn deed(language: Language, register: &Register, entry: &Entry) -> String {
    if entry.outcome.kind == TURNED_AWAY {
        return at_the_door(language, register, entry);
    }
    let who = actor(language, register, entry);
    if entry.outcome.kind == GLANCE {
        return format!(
            "{who} {}.",
            language.of("bekeek de lijst van wat is ontvangen", "looked at the list of what was received")
        );
    }
    if entry.outcome.kind == NOT_WEIGHED {
        return language
            .of(
                "Er is gevraagd of iemand iets mag; die vraag was hier niet te beantwoorden.",
                "It was asked whether somebody may do something; that could not be answered here.",
            )
            .to_owned();
    }
    let done = !matches!(entry.outcome.kind.as_str(), REFUSED | WEIGHED);
    let code = entry.action.as_deref().unwrap_or_default();
    let doing = doing(language, code, done).map_or_else(|| format!("«{}»", code.replace('_', " ")), str::to_owned);
    let thing = entry.thing.as_deref().map_or_else(
        || {
            language
                .of("iets dat er niet is of niet voor deze organisatie is", "something that is not there or not theirs")
                .to_owned()
        },
        |code| words::thing(language, code),
    );
    let doing = doing.replace("{wat}", &thing).replace("{wie}", &party(language, register, entry.receiver.as_ref()));
    match entry.outcome.kind.as_str() {
        WEIGHED => asked_whether(language, &who, &doing),
        REFUSED => format!("{who} {}{doing}.", language.of("wilde ", "wanted ")),
        _ => format!("{who} {doing}."),
    }
}

/// The same for whom it is about: no role, no desk, and no organisation where that would tell where somebody is (RL-15).
pub(super) fn told(language: Language, register: &Register, line: &ToldLine) -> String {
    let some = language.of("een organisatie", "an organisation");
    let named = |oin: Option<Oin>| oin.map_or_else(|| some.to_owned(), |oin| organisation(language, register, oin));
    let (who, to) = (named(line.who.map(|(by, _)| by)), named(line.who.and_then(|(by, to)| to.or(Some(by)))));
    let code = line.why.as_ref().map(|why| why.action.as_str()).unwrap_or_default();
    let thing = line.why.as_ref().and_then(|why| why.thing.as_deref());
    let thing = thing.map(|code| words::thing(language, code)).unwrap_or_default();
    let doing = doing(language, code, true).map_or_else(|| format!("«{}»", code.replace('_', " ")), str::to_owned);
    let said = format!("{who} {}.", doing.replace("{wat}", &thing).replace("{wie}", &to));
    let mut letters = said.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// What came of it.
pub(super) fn came(language: Language, entry: &Entry) -> (Ending, String) {
    let outcome = &entry.outcome;
    match outcome.kind.as_str() {
        PERMITTED => {
            let form = outcome.form.as_deref().map(|code| words::form(language, code)).unwrap_or_default();
            (Ending::Permitted, format!("{}, {form}", language.of("Toegestaan", "Permitted")))
        }
        REFUSED => {
            (Ending::Refused, language.of("Geweigerd; er is niets verstrekt", "Refused; nothing was disclosed").into())
        }
        TURNED_AWAY => {
            let reason = outcome.reason.as_deref().map(|code| words::reason(language, code)).unwrap_or_default();
            (Ending::Refused, format!("{}: {reason}", language.of("Tegengehouden", "Turned away")))
        }
        GLANCE => (Ending::Permitted, language.of("Toegestaan", "Permitted").into()),
        WEIGHED if outcome.allowed == Some(true) => {
            (Ending::Further, language.of("Antwoord: ja", "Answer: yes").into())
        }
        WEIGHED | NOT_WEIGHED => (Ending::Further, language.of("Antwoord: nee", "Answer: no").into()),
        word => (
            Ending::Further,
            format!("{}: {}", language.of("Verder verloop", "What followed"), words::course(language, word)),
        ),
    }
}

/// Somebody asked about somebody, and nothing was done.
fn asked_whether(language: Language, who: &str, doing: &str) -> String {
    let mut who = who.chars();
    let who: String = who.next().into_iter().flat_map(char::to_lowercase).chain(who).collect();
    match language {
        Language::Dutch => format!("Er is gevraagd of {who} dit mag: {doing}."),
        Language::English => {
            format!("It was asked whether {who} may do this: {}.", doing.strip_prefix("to ").unwrap_or(doing))
        }
    }
}

/// The day and time in Amsterdam.
pub(super) fn when(language: Language, at: i64) -> (String, String) {
    let time = in_amsterdam(at);
    let day = format!("{} {} {}", time.day(), words::month(language, time.month()), time.year());
    (day, format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()))
}

/// The name of an organisation, or its number.
pub(super) fn organisation(language: Language, register: &Register, oin: Oin) -> String {
    let named = register.organisation(oin).map(|known| known.name.clone());
    named.unwrap_or_else(|| format!("{} {oin}", language.of("organisatie", "organisation")))
}

fn actor(language: Language, register: &Register, entry: &Entry) -> String {
    let role = entry
        .role
        .as_deref()
        .map_or_else(|| language.of("Iemand", "Somebody").to_owned(), |code| words::role(language, code));
    format!("{role} {} {}", language.of("van", "of"), party(language, register, entry.party.as_ref()))
}

fn party(language: Language, register: &Register, party: Option<&(Oin, String)>) -> String {
    let Some((oin, desk)) = party else {
        return language.of("een onbekende organisatie", "an unknown organisation").to_owned();
    };
    format!("{} ({})", organisation(language, register, *oin), words::desk(language, desk))
}

fn at_the_door(language: Language, register: &Register, entry: &Entry) -> String {
    let login = entry.outcome.reason.as_deref().is_some_and(|reason| reason.starts_with("login_"));
    let own = entry.outcome.acting_for.map(|oin| organisation(language, register, oin));
    let own = own.unwrap_or_else(|| language.of("niemand", "nobody").to_owned());
    if login {
        return match language {
            Language::Dutch => format!("Iemand die bekend is bij {own}, wilde zich hier aanmelden."),
            Language::English => format!("Somebody who is known at {own} wanted to log in here."),
        };
    }
    let holder = organisation(language, register, entry.certificate);
    match language {
        Language::Dutch => format!("Iemand met het certificaat van {holder} wilde iets doen namens {own}."),
        Language::English => format!("Somebody with the certificate of {holder} wanted to do something for {own}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register() -> Register {
        let text = "[[organisation]]\noin = \"99000000066800000006\"\nname = \"De Wilgenhoek\"\ndesks = [\"school\"]\nfetches = [\"school\"]\n\
            [[organisation]]\noin = \"99000000066800000002\"\nname = \"VraagWijzer\"\ndesks = [\"toegang\"]\nfetches = [\"toegang\"]\n";
        Register::parse(text, &sluis_connectors::Reach::default()).unwrap()
    }

    fn entry(rest: &str) -> Entry {
        let text = format!(
            r#"{{"beleid":{{"regels":1}},"besluit":"00","certificaat":"99000000066800000006","tijd":1800000000000000,{rest}}}"#
        );
        Entry::read(&text).unwrap()
    }

    const SCHOOL: &str = r#""partij":["99000000066800000006","school"],"rol":"intern_begeleider","ontvanger":["99000000066800000002","toegang"]"#;

    #[test]
    fn an_entry_reads_as_a_sentence_in_both_languages() {
        for (rest, dutch, english) in [
            (
                r#""handeling":"indienen","ding":"aanmelding","uitkomst":{"soort":"verstrekt","vorm":"herleidbaar"}"#,
                "Een intern begeleider van De Wilgenhoek (school) diende een aanmelding van een jeugdige in, voor VraagWijzer (toegang tot jeugdhulp). Toegestaan, op naam of nummer",
                "A pupil support coordinator of De Wilgenhoek (school) submitted a registration of a young person for help, for VraagWijzer (access to youth help). Permitted, by name or number",
            ),
            (
                r#""handeling":"lezen","uitkomst":{"soort":"geweigerd","regel":"SL-401"}"#,
                "Een intern begeleider van De Wilgenhoek (school) wilde iets dat er niet is of niet voor deze organisatie is lezen. Geweigerd; er is niets verstrekt",
                "A pupil support coordinator of De Wilgenhoek (school) wanted to read something that is not there or not theirs. Refused; nothing was disclosed",
            ),
            (
                r#""handeling":"afleveren","ding":"verzuim","uitkomst":{"soort":"afgeleverd"}"#,
                "Een intern begeleider van De Wilgenhoek (school) stuurde een verzuimmelding over een jeugdige naar VraagWijzer (toegang tot jeugdhulp). Verder verloop: afgeleverd",
                "A pupil support coordinator of De Wilgenhoek (school) sent an absence report about a young person to VraagWijzer (access to youth help). What followed: delivered",
            ),
            (
                r#""handeling":"lezen","ding":"aanmelding","uitkomst":{"soort":"beoordeeld","regel":"SL-801","mag":true}"#,
                "Er is gevraagd of een intern begeleider van De Wilgenhoek (school) dit mag: een aanmelding van een jeugdige lezen. Antwoord: ja",
                "It was asked whether a pupil support coordinator of De Wilgenhoek (school) may do this: read a registration of a young person for help. Answer: yes",
            ),
            (
                r#""uitkomst":{"soort":"niet_beoordeeld"}"#,
                "Er is gevraagd of iemand iets mag; die vraag was hier niet te beantwoorden. Antwoord: nee",
                "It was asked whether somebody may do something; that could not be answered here. Answer: no",
            ),
            (
                r#""uitkomst":{"soort":"overzicht_bekeken"}"#,
                "Een intern begeleider van De Wilgenhoek (school) bekeek de lijst van wat is ontvangen. Toegestaan",
                "A pupil support coordinator of De Wilgenhoek (school) looked at the list of what was received. Permitted",
            ),
            (
                r#""uitkomst":{"soort":"aan_de_deur_geweigerd","reden":"login_no_office","namens":"99000000066800000002"}"#,
                "Iemand die bekend is bij VraagWijzer, wilde zich hier aanmelden. Tegengehouden: deze persoon is vandaag geen functionaris gegevensbescherming",
                "Somebody who is known at VraagWijzer wanted to log in here. Turned away: this person is no data protection officer today",
            ),
        ] {
            let entry = entry(&format!("{SCHOOL},{rest}"));
            for (language, expected) in [(Language::Dutch, dutch), (Language::English, english)] {
                let said = format!("{} {}", deed(language, &register(), &entry), came(language, &entry).1);
                assert_eq!(said, expected);
            }
        }
    }

    #[test]
    fn time_is_amsterdams_in_summer_and_winter() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        assert_eq!(when(Language::Dutch, at("2026-01-14T23:00:01Z")), ("15 januari 2026".into(), "00:00:01".into()));
        assert_eq!(when(Language::English, at("2026-07-14T21:59:59Z")), ("14 July 2026".into(), "23:59:59".into()));
    }
}
