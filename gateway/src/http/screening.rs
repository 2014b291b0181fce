// SPDX-License-Identifier: EUPL-1.2
//! Free text on a signal without a name: whether something in it would say who it is about. What is found is told by its
//! place and sort, never by what it says.
//!
//! A net with known holes: it sees numbers, addresses, dates and classes. What the youth is called is known to the broker only,
//! which looks for that once it is decided that the sender may (`broker/naming.rs`). Where a name may not go, the broker keeps no
//! free text at all (RL-23); this tells the writer before that.

use std::ops::Range;

use sluis_policy::number::number_like;

/// What something in a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A citizen service or education number, or a digest of one.
    Number,
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Mail,
    /// A postcode.
    Postcode,
    /// A day.
    Day,
    /// A class, where a pupil is one of few.
    Class,
}

impl Sort {
    /// In Dutch, for the writer.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Number => "een burgerservicenummer, een onderwijsnummer of de hash van een nummer",
            Self::Telephone => "een telefoonnummer",
            Self::Mail => "een e-mailadres",
            Self::Postcode => "een postcode",
            Self::Day => "een datum",
            Self::Class => "een groep of klas",
        }
    }
}

/// Vondst: something in a text that would identify.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "vondst")]
pub(super) struct Find {
    /// What it looks like.
    pub(super) sort: Sort,
    /// Where, in characters from 0; the whole text when it cannot be said closer.
    pub(super) place: Range<usize>,
}

/// Everything in the text that looks like it identifies somebody, in order of place.
pub(super) fn identifying(text: &str) -> Vec<Find> {
    let letters: Vec<char> = text.chars().collect();
    let mut finds: Vec<Find> = digit_runs(&letters).into_iter().filter_map(|run| in_digits(&letters, run)).collect();
    finds.extend(word_ranges(&letters).filter_map(|word| in_word(&letters, word)));
    finds.extend(named_days(&letters));
    finds.extend(classes(&letters));
    if finds.is_empty() && number_like(text).is_some() {
        finds.push(Find { sort: Sort::Number, place: 0..letters.len() });
    }
    finds.sort_by_key(|find| (find.place.start, find.place.end));
    finds.dedup_by(|later, earlier| later.place.start < earlier.place.end);
    finds
}

fn part(letters: &[char], range: Range<usize>) -> &[char] {
    letters.get(range).unwrap_or_default()
}

fn is_digit(letter: char) -> bool {
    letter.is_numeric()
}

/// Runs of digits with at most two separators between two of them.
fn digit_runs(letters: &[char]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, letter) in letters.iter().enumerate().filter(|(_, letter)| is_digit(**letter)) {
        debug_assert!(is_digit(*letter));
        match runs.last_mut() {
            Some(run) if part(letters, run.end..at).iter().all(|between| separates(*between)) && at - run.end <= 3 => {
                run.end = at + 1
            }
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn separates(letter: char) -> bool {
    matches!(letter, ' ' | '.' | '-' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200d}' | '\u{a0}')
}

fn in_digits(letters: &[char], run: Range<usize>) -> Option<Find> {
    let shown: String = part(letters, run.clone()).iter().collect();
    let digits: Vec<u32> = shown.chars().filter(|letter| is_digit(*letter)).map(value).collect();
    let international = run.start.checked_sub(1).and_then(|before| letters.get(before)) == Some(&'+');
    let sort = if is_day(&shown) {
        Sort::Day
    } else if (international && digits.len() >= 9) || (digits.first() == Some(&0) && (10..=13).contains(&digits.len()))
    {
        Sort::Telephone
    } else if number_like(&shown).is_some() {
        Sort::Number
    } else if is_postcode(letters, &run) {
        Sort::Postcode
    } else {
        return None;
    };
    Some(Find { sort, place: run })
}

fn value(letter: char) -> u32 {
    // A digit of another script counts as a digit that is not zero; full-width digits count as what they show.
    letter.to_digit(10).or_else(|| u32::from(letter).checked_sub(0xff10).filter(|value| *value < 10)).unwrap_or(1)
}

/// `12-03-2019`, `2019/3/12`, `12.3.19`.
fn is_day(shown: &str) -> bool {
    let parts: Vec<&str> = shown.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return false };
    let number =
        |text: &str| text.chars().map(value).fold(0_u32, |sum, digit| sum.saturating_mul(10).saturating_add(digit));
    let day = |text: &str| text.chars().count() <= 2 && (1..=31).contains(&number(text));
    let month = |text: &str| text.chars().count() <= 2 && (1..=12).contains(&number(text));
    let year = |text: &str| matches!(text.chars().count(), 2 | 4);
    (day(first) && month(second) && year(third)) || (first.chars().count() == 4 && month(second) && day(third))
}

/// Two-letter words that follow a year or a sum as easily as a postcode has two letters.
const SHORT_WORDS: [&str; 26] = [
    "al", "af", "by", "de", "en", "er", "ga", "he", "ik", "in", "is", "je", "ja", "kg", "km", "me", "na", "nu", "of",
    "om", "op", "te", "uw", "we", "ze", "zo",
];

fn is_postcode(letters: &[char], run: &Range<usize>) -> bool {
    let digits = part(letters, run.clone());
    if digits.len() != 4
        || !digits.iter().all(|letter| is_digit(*letter))
        || value(*digits.first().unwrap_or(&'0')) == 0
    {
        return false;
    }
    let behind = part(letters, run.end..letters.len().min(run.end.saturating_add(4)));
    let (apart, behind) = match behind.split_first() {
        Some((' ' | '\u{a0}', rest)) => (true, rest),
        _ => (false, behind),
    };
    let [first, second, rest @ ..] = behind else { return false };
    let ends = rest.first().is_none_or(|letter| !letter.is_alphanumeric());
    let word = [first.to_ascii_lowercase(), second.to_ascii_lowercase()].iter().collect::<String>();
    let in_words = apart && first.is_lowercase() && SHORT_WORDS.contains(&word.as_str());
    first.is_ascii_alphabetic() && second.is_ascii_alphabetic() && ends && !in_words
}

fn word_ranges(letters: &[char]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    let ends = (0..=letters.len()).filter(|at| letters.get(*at).is_none_or(|letter| letter.is_whitespace()));
    ends.map(move |end| std::mem::replace(&mut from, end + 1)..end).filter(|word| !word.is_empty())
}

fn in_word(letters: &[char], word: Range<usize>) -> Option<Find> {
    let shown: String = part(letters, word.clone()).iter().collect();
    let mail = shown.split_once('@').is_some_and(|(before, behind)| {
        before.ends_with(char::is_alphanumeric) && behind.starts_with(char::is_alphanumeric)
    });
    let sort = if mail {
        Sort::Mail
    } else if !shown.chars().all(|letter| is_digit(letter) || separates(letter)) && number_like(&shown).is_some() {
        Sort::Number
    } else {
        return None;
    };
    Some(Find { sort, place: word })
}

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// `12 maart`, with a year or without.
fn named_days(letters: &[char]) -> Vec<Find> {
    let words: Vec<Range<usize>> = word_ranges(letters).collect();
    let of = |word: &Range<usize>| part(letters, word.clone()).iter().collect::<String>().to_lowercase();
    let pairs = words.iter().zip(words.iter().skip(1));
    let days = pairs.filter(|(day, month)| {
        let (day, month) = (of(day), of(month));
        let month = month.trim_end_matches(|letter: char| !letter.is_alphabetic());
        let named = MONTHS.iter().any(|name| *name == month || (month.chars().count() >= 3 && name.starts_with(month)));
        (named || month == "mrt") && day.chars().count() <= 2 && day.chars().all(is_digit)
    });
    days.map(|(day, month)| Find { sort: Sort::Day, place: day.start..month.end }).collect()
}

/// Words before the number of a class, and behind it.
const CLASS: [&str; 5] = ["groep", "klas", "leerjaar", "brugklas", "jaarlaag"];
const LEVEL: [&str; 9] = ["havo", "vwo", "vmbo", "mavo", "gymnasium", "atheneum", "mbo", "vso", "pro"];

/// `groep 7b`, `klas 2`, `4 havo`, `vwo 5`.
fn classes(letters: &[char]) -> Vec<Find> {
    let words: Vec<Range<usize>> = word_ranges(letters).map(|word| inside(letters, word)).collect();
    let of = |word: &Range<usize>| part(letters, word.clone()).iter().collect::<String>().to_lowercase();
    let pairs = words.iter().zip(words.iter().skip(1));
    let classes = pairs.filter(|(first, second)| {
        let (first, second) = (of(first), of(second));
        let level = |word: &str| LEVEL.contains(&word);
        (CLASS.contains(&first.as_str()) || level(&first)) && is_class(&second) || is_class(&first) && level(&second)
    });
    classes.map(|(first, second)| Find { sort: Sort::Class, place: first.start..second.end }).collect()
}

/// The word without what stands around it.
fn inside(letters: &[char], word: Range<usize>) -> Range<usize> {
    let around = |letter: &&char| !letter.is_alphanumeric();
    let shown = part(letters, word.clone());
    let (before, behind) = (shown.iter().take_while(around).count(), shown.iter().rev().take_while(around).count());
    word.start + before..word.end.saturating_sub(behind).max(word.start + before)
}

/// A number of a class, with what tells it from its neighbours: `7`, `7b`, `2kb`, `h4b`.
fn is_class(word: &str) -> bool {
    let digits = word.chars().filter(|letter| is_digit(*letter)).count();
    let first = word.chars().find(|letter| is_digit(*letter)).map(value);
    (1..=2).contains(&digits)
        && word.chars().count() <= 4
        && first.is_some_and(|year| (1..=8).contains(&year))
        && word.chars().all(char::is_alphanumeric)
        && (digits == 1 || word.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rl_23_what_identifies_is_found_at_its_place() {
        for (text, sort, place) in [
            ("bsn 999990019 van het kind", Sort::Number, 4..13),
            ("bsn 9999.90.019", Sort::Number, 4..15),
            ("９９９９９００１９", Sort::Number, 0..9),
            ("mail naar moeder@voorbeeld.test graag", Sort::Mail, 10..31),
            ("bel 06-12345678", Sort::Telephone, 4..15),
            ("bel 06 1234 5678.", Sort::Telephone, 4..16),
            ("bel +31 6 12345678", Sort::Telephone, 5..18),
            ("woont op 6651AB", Sort::Postcode, 9..13),
            ("woont op 6651 ab, bij oma", Sort::Postcode, 9..13),
            ("geboren 12-03-2019", Sort::Day, 8..18),
            ("geboren 2019/3/12", Sort::Day, 8..17),
            ("geboren op 12 maart 2019", Sort::Day, 11..19),
            ("jarig op 3 mrt", Sort::Day, 9..14),
            ("zit in groep 7b, bij de juf", Sort::Class, 7..15),
            ("gaat naar klas 2.", Sort::Class, 10..16),
            ("blijft in 4 havo zitten", Sort::Class, 10..16),
            ("(vwo 5)", Sort::Class, 1..6),
            ("sleutel d41d8cd98f00b204e9800998ecf8427e", Sort::Number, 8..40),
        ] {
            assert_eq!(identifying(text), [Find { sort, place }], "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_pass() {
        for text in [
            "Trekt zich terug en eet weinig.",
            "Sinds schooljaar 2025-2026 vaak te laat, 4 keer ziek.",
            "In 2024 is het gezin verhuisd; in 2025 en 2026 ging het beter.",
            "Heeft 16 uur gemist in 4 weken.",
            "Werkt in een groep van 4 kinderen, 28 leerlingen in de klas",
            "Gaat met 14 jaar van de klas af",
            "",
        ] {
            assert_eq!(identifying(text), [], "{text}");
        }
    }
}
