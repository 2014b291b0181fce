// SPDX-License-Identifier: EUPL-1.2
//! Reading what a caller wrote, value by value: every fault is kept with its place, so that all are told at once. A fault
//! never repeats the value.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use sluis_policy::number::{NumberLike, number_like};
use sluis_policy::{Bsn, BsnError, MunicipalityCode, Oin};

use super::problem::{InputFault, Problem};
use crate::vault::Id;

/// What is wrong with a value, in Dutch, without the value.
pub(super) type Wrong = Cow<'static, str>;

/// A value as the caller gave it; nothing when it was left out.
pub(super) type Given = Option<Value>;

/// Doorlichting: the faults that one body turned out to have.
#[derive(Debug, Default)]
#[doc(alias = "doorlichting")]
pub(super) struct Examination(Vec<InputFault>);

impl Examination {
    /// Reads a value that must be there.
    pub(super) fn required<T>(
        &mut self,
        pointer: &str,
        given: &Given,
        read: impl Fn(&Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        if given.is_none() {
            self.fault(pointer, "Dit veld ontbreekt.");
        }
        self.optional(pointer, given, read)
    }

    /// Reads a value that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        pointer: &str,
        given: &Given,
        read: impl Fn(&Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        match read(given.as_ref()?) {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.fault(pointer, wrong);
                None
            }
        }
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, pointer: &str, wrong: impl Into<Wrong>) {
        self.0.push(InputFault::new(pointer, wrong.into()));
    }

    /// What was read, if there was no fault.
    ///
    /// # Errors
    /// With every fault.
    pub(super) fn finish<T>(self, whole: Option<T>) -> Result<T, Problem> {
        match whole {
            Some(whole) if self.0.is_empty() => Ok(whole),
            _ => Err(Problem::InvalidInput(self.0)),
        }
    }
}

fn written(value: &Value) -> Result<&str, Wrong> {
    value.as_str().ok_or(Cow::Borrowed("Hier hoort tekst te staan."))
}

/// One line of text of at most so many characters.
pub(super) fn line(longest: usize) -> impl Fn(&Value) -> Result<String, Wrong> {
    move |value| bounded(written(value)?, longest, |_| false)
}

/// Text of at most so many characters, in which lines may end, in either way of ending them.
pub(super) fn text(longest: usize) -> impl Fn(&Value) -> Result<String, Wrong> {
    move |value| bounded(&written(value)?.replace("\r\n", "\n"), longest, |letter| letter == '\n')
}

// INVARIANT: no control character reaches the store, and none that turns the direction of writing round: a text must
// read for the receiver as it read for the sender.
fn bounded(text: &str, longest: usize, allowed: impl Fn(char) -> bool) -> Result<String, Wrong> {
    let strange = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
    };
    if text.chars().any(|letter| strange(letter) && !allowed(letter)) {
        return Err("Hier staan stuurtekens in, en die zijn niet toegestaan.".into());
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("Dit mag niet leeg zijn.".into());
    }
    if trimmed.chars().count() > longest {
        return Err(format!("Dit is te lang: ten hoogste {longest} tekens.").into());
    }
    Ok(trimmed.to_owned())
}

/// One line in which no number stands, nor a digest of one (RL-22).
pub(super) fn numberless(longest: usize) -> impl Fn(&Value) -> Result<String, Wrong> {
    move |value| {
        let line = line(longest)(value)?;
        number_like(&line).map_or(Ok(line), |likeness| Err(resembles(likeness).into()))
    }
}

/// The school's own key of a pupil: opaque, and no number (RL-22).
pub(super) fn pupil_key(value: &Value) -> Result<String, Wrong> {
    numberless(64)(value)
}

fn resembles(likeness: NumberLike) -> &'static str {
    match likeness {
        NumberLike::CitizenNumber => {
            "Dit lijkt op een burgerservicenummer, en dat hoort hier niet. Zet in een eigen sleutel een letter."
        }
        NumberLike::EducationNumber => "Dit lijkt op een onderwijsnummer, en dat hoort hier niet.",
        NumberLike::ChainIdentifier => "Dit lijkt op een ECK iD, en dat hoort hier niet.",
        NumberLike::Digest => "Dit lijkt op de hash van een nummer, en die geldt ook als nummer.",
    }
}

/// A code from a closed list.
pub(super) fn code<T: FromStr>(value: &Value) -> Result<T, Wrong> {
    written(value)?.parse().map_err(|_| "Dit is geen bekende code.".into())
}

/// A code from a closed list of texts.
pub(super) fn among(codes: &'static [&'static str]) -> impl Fn(&Value) -> Result<String, Wrong> {
    move |value| {
        let known = value.as_str().and_then(|text| codes.iter().find(|code| **code == text));
        known.map(|code| (*code).to_owned()).ok_or_else(|| "Dit is geen bekende code.".into())
    }
}

/// The number of an organisation.
pub(super) fn oin(value: &Value) -> Result<Oin, Wrong> {
    written(value)?.parse().map_err(|_| "Een OIN bestaat uit precies twintig cijfers.".into())
}

/// A municipality, by its CBS code.
pub(super) fn municipality(value: &Value) -> Result<MunicipalityCode, Wrong> {
    written(value)?.parse().map_err(|_| "Een gemeentecode bestaat uit precies vier cijfers.".into())
}

/// A citizen service number, on a kind whose statute gives it.
pub(super) fn bsn(value: &Value) -> Result<Bsn, Wrong> {
    written(value)?.parse().map_err(|fault| match fault {
        BsnError::Length => "Een burgerservicenummer bestaat uit precies negen cijfers.".into(),
        BsnError::ElevenTest => "Dit is geen burgerservicenummer: de elfproef klopt niet.".into(),
    })
}

/// A Dutch postcode, kept as four digits and two capitals.
pub(super) fn postcode(value: &Value) -> Result<String, Wrong> {
    let text = written(value)?.to_ascii_uppercase();
    let wrong = || Wrong::from("Een postcode bestaat uit vier cijfers en twee letters.");
    let (digits, letters) = text.split_at_checked(4).ok_or_else(wrong)?;
    let letters = letters.strip_prefix(' ').unwrap_or(letters);
    let plausible = digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && letters.len() == 2
        && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    if plausible { Ok(format!("{digits}{letters}")) } else { Err(wrong()) }
}

/// A day: `YYYY-MM-DD`, never with a time.
pub(super) fn day(value: &Value) -> Result<Date, Wrong> {
    parse_day(written(value)?).ok_or(Cow::Borrowed("Een datum is geschreven als JJJJ-MM-DD en bestaat op de kalender."))
}

fn parse_day(text: &str) -> Option<Date> {
    let in_form = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    text.parse().ok().filter(|_| in_form)
}

/// A day that is not after `today`.
pub(super) fn past_day(today: Date) -> impl Fn(&Value) -> Result<Date, Wrong> {
    move |value| {
        day(value).and_then(|day| if day <= today { Ok(day) } else { Err("Deze datum ligt in de toekomst.".into()) })
    }
}

/// A day that is not before `today`.
pub(super) fn coming_day(today: Date) -> impl Fn(&Value) -> Result<Date, Wrong> {
    move |value| {
        day(value).and_then(|day| if today <= day { Ok(day) } else { Err("Deze datum ligt in het verleden.".into()) })
    }
}

/// How far the clock of a caller may be ahead of ours, in microseconds.
const AHEAD: i64 = 60_000_000;

/// An instant that is not after now: RFC 3339 with any offset, capital `T` and `Z`.
pub(super) fn past_instant(now: i64) -> impl Fn(&Value) -> Result<i64, Wrong> {
    move |value| {
        let text = written(value)?;
        let instant = parse_instant(text)
            .ok_or(Cow::Borrowed("Een tijdstip is geschreven volgens RFC 3339, bijvoorbeeld 2026-11-20T09:30:00Z."))?;
        if instant <= now.saturating_add(AHEAD) { Ok(instant) } else { Err("Dit tijdstip ligt in de toekomst.".into()) }
    }
}

fn parse_instant(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    parse_day(date)?;
    let offset_at = time.find(['Z', '+', '-'])?;
    let (clock, offset) = time.split_at_checked(offset_at)?;
    let plain_clock =
        clock.len() >= 8 && clock.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let plain_offset =
        offset == "Z" || (offset.len() == 6 && offset != "-00:00" && offset.as_bytes().get(3) == Some(&b':'));
    if plain_clock && plain_offset { Some(text.parse::<Timestamp>().ok()?.as_microsecond()) } else { None }
}

/// A yes or no.
pub(super) fn flag(value: &Value) -> Result<bool, Wrong> {
    value.as_bool().ok_or(Cow::Borrowed("Hier hoort true of false te staan."))
}

/// A whole number from 0 up to and including `most`.
pub(super) fn count(most: u16) -> impl Fn(&Value) -> Result<u16, Wrong> {
    move |value| {
        // To JSON `3.0` and `3e0` are the whole number 3, and some languages write them so.
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=f64::from(most)).contains(number));
        let whole = number.map(|number| number as u16);
        whole.ok_or_else(|| format!("Hier hoort een geheel getal van 0 tot en met {most} te staan.").into())
    }
}

/// An id that this gateway gave out.
pub(super) fn id(value: &Value) -> Result<Id, Wrong> {
    parse_id(written(value)?).ok_or(Cow::Borrowed("Dit is geen verwijzing die deze gateway heeft uitgegeven."))
}

/// Thirty-two lower-case hexadecimal digits.
pub(super) fn parse_id(text: &str) -> Option<Id> {
    let mut id = Id::default();
    let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    hex::decode_to_slice(text, &mut id).ok().filter(|()| lower).map(|()| id)
}

/// Where the faults are of a body that is `whole` but for `change`: a member that is null there is left out.
#[cfg(test)]
pub(super) fn pointers<D: serde::de::DeserializeOwned, T>(
    whole: &Value,
    change: &Value,
    read: impl Fn(&D) -> Result<T, Problem>,
) -> Vec<String> {
    let mut body = whole.as_object().unwrap().clone();
    body.extend(change.as_object().unwrap().clone());
    body.retain(|_, value| !value.is_null());
    let body = Value::Object(body).to_string();
    match super::body::parse(body.as_bytes()).and_then(|given| read(&given)) {
        Ok(_) => Vec::new(),
        Err(Problem::InvalidInput(faults)) => {
            assert!(!format!("{faults:?}").contains("99999001"), "no fault repeats a value: {faults:?}");
            faults.into_iter().map(|fault| fault.pointer).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_count_is_a_whole_number_however_it_is_written() {
        for (value, read) in [
            (json!(0), Some(0)),
            (json!(16), Some(16)),
            (json!(3.0), Some(3)),
            (json!(-0.0), Some(0)),
            (json!(3.5), None),
            (json!(-1), None),
            (json!(17), None),
            (json!(1e300), None),
            (json!("3"), None),
            (json!(null), None),
        ] {
            assert_eq!(count(16)(&value).ok(), read, "{value}");
        }
    }

    #[test]
    fn days_and_instants_have_one_form() {
        for (text, read) in [
            ("2019-02-28", true),
            ("2019-02-29", false),
            ("20190228", false),
            ("2019-02-28T00:00:00Z", false),
            ("2019-2-28", false),
            ("+002019-02-28", false),
            ("", false),
        ] {
            assert_eq!(day(&json!(text)).is_ok(), read, "{text}");
        }
        let now = "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap().as_microsecond();
        for (text, read) in [
            ("2026-11-22T11:59:59Z", true),
            ("2026-11-22T12:59:59.123+01:00", true),
            ("2026-11-22T12:00:59Z", true),
            ("2026-11-22T12:01:01Z", false),
            ("2026-11-22T11:59:59-00:00", false),
            ("2026-11-22t11:59:59Z", false),
            ("2026-11-22T11:59:59z", false),
            ("2026-11-22 11:59:59Z", false),
            ("2026-11-22T11:59:59", false),
            ("2026-11-22T11:59:59+01:00[Europe/Amsterdam]", false),
            ("2026-11-22", false),
        ] {
            assert_eq!(past_instant(now)(&json!(text)).is_ok(), read, "{text}");
        }
        assert!(past_day(date(2026, 11, 22))(&json!("2026-11-22")).is_ok());
        assert!(past_day(date(2026, 11, 22))(&json!("2026-11-23")).is_err());
    }

    #[test]
    fn text_holds_no_control_characters_and_has_an_end() {
        for (given, read) in [
            (json!("Jan"), Some("Jan")),
            (json!("  Jan "), Some("Jan")),
            (json!("Ja\u{0}n"), None),
            (json!("Ja\nn"), None),
            (json!("Ja\u{202e}n"), None),
            (json!(" "), None),
            (json!("12345"), None),
            (json!(7), None),
            (json!(null), None),
        ] {
            assert_eq!(line(4)(&given).ok().as_deref(), read, "{given}");
        }
        assert_eq!(text(9)(&json!("een\ntwee")).unwrap(), "een\ntwee");
        assert_eq!(text(9)(&json!("een\r\ntwee")).unwrap(), "een\ntwee");
        assert!(text(9)(&json!("een\rtwee")).is_err());
        assert!(text(9)(&json!("een\n\u{1b}")).is_err());
    }

    #[test]
    fn postcodes_are_kept_in_one_form() {
        for (given, read) in [
            ("1234AB", Some("1234AB")),
            ("1234 ab", Some("1234AB")),
            ("0234AB", None),
            ("1234  AB", None),
            ("1234A", None),
            ("１２３４AB", None),
            ("éé34AB", None),
        ] {
            assert_eq!(postcode(&json!(given)).ok().as_deref(), read, "{given}");
        }
    }

    #[test]
    fn rl_22_a_pupil_key_is_no_number() {
        for (given, read) in [("L-0817", true), ("999990019", false), ("d41d8cd98f00b204e9800998ecf8427e", false)] {
            let key = pupil_key(&json!(given));
            assert_eq!(key.is_ok(), read, "{given}");
            assert!(!key.unwrap_or_default().contains("999990019"));
        }
    }

    #[test]
    fn an_id_is_lower_case_hexadecimal() {
        for (text, read) in [
            ("0123456789abcdef0123456789abcdef", true),
            ("0123456789ABCDEF0123456789ABCDEF", false),
            ("0123", false),
            ("", false),
        ] {
            assert_eq!(parse_id(text).is_some(), read, "{text}");
        }
    }
}
