// SPDX-License-Identifier: EUPL-1.2
//! Names in free text: whether a text that is to go without a name names the youth. The door sees numbers, days and
//! addresses in it; only here is it known what the youth is called.
//!
//! It is looked at for a sender who may send about this very youth, after that was decided, and with the names of nobody else.
//! So it tells nobody whether a youth is known (P6). A receiver's words about somebody it does not know are never compared: the
//! answer would say who it is. A net with known holes: nicknames, initials, misspellings, and of the family only whoever has
//! the same surname, because no other name of the family is kept.

use std::ops::Range;

use sluis_policy::{Form, Permit};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::sealing::IdentityFact;
use super::{Broker, KnownYouth, NewSignal, Reply, Ruling, SignalView, Trouble};
use crate::ledger::unit::Unit;

/// Parts of a surname that are ordinary words, and name nobody by themselves.
const PARTICLES: [&str; 33] = [
    "aan", "al", "bij", "da", "das", "de", "den", "der", "di", "do", "dos", "du", "el", "en", "het", "in", "la", "le",
    "of", "op", "over", "te", "ten", "ter", "tot", "uit", "uijt", "van", "vander", "ver", "von", "voor", "zu",
];

/// What Dutch puts behind a name.
const ENDINGS: [&str; 8] = ["", "s", "je", "jes", "tje", "tjes", "pje", "pjes"];

/// From how many letters a name is looked for inside a longer word as well.
const LONG: usize = 7;

impl Broker {
    /// Records that somebody offered a text without a name that names the youth, and says where; nothing when it does not.
    /// `None` inside when the facts moved: decide again.
    pub(super) async fn stopped_by_a_name(
        &self,
        (new, youth): (&NewSignal, &KnownYouth),
        rulings: &[Ruling],
    ) -> Result<Option<Option<Reply<SignalView>>>, Trouble> {
        let places = places(new, youth, rulings);
        if places.is_empty() {
            return Ok(None);
        }
        let mut unit = Unit::default().reading(youth.read);
        for ruling in rulings {
            // Nothing goes to anybody: what is recorded is that it was asked, and that the answer was no.
            let candidate = ruling.professional().unwrap_or_default();
            let about = (Some(youth), None, vec![youth.read]);
            unit = unit.and_record(ruling.weighed(self, about, candidate, false)?);
        }
        Ok(Some(self.commit(unit).await?.map(|_| Reply::Names(places))))
    }
}

/// Where the text names the youth, in characters; nowhere when it goes by name, or to nobody without one.
fn places(new: &NewSignal, youth: &KnownYouth, rulings: &[Ruling]) -> Vec<Range<usize>> {
    // A report that goes by name whatever was asked for is never held up by its own words (RL-09).
    let nameless = rulings.iter().any(|ruling| ruling.permit().map(Permit::form) == Some(Form::Anonymous));
    match (&new.description, &youth.identity) {
        (Some(text), Some(identity)) if nameless && !new.named => named_in(text, identity),
        _ => Vec::new(),
    }
}

/// Every word of the text that is a name of the youth, by its place in characters.
fn named_in(text: &str, identity: &IdentityFact) -> Vec<Range<usize>> {
    let names = names(identity);
    let named = |word: &str| names.iter().any(|name| is_named(word, name));
    words(text).into_iter().filter(|(_, word)| named(word)).map(|(place, _)| place).collect()
}

fn is_named(word: &str, name: &str) -> bool {
    let behind = word.strip_prefix(name);
    behind.is_some_and(|ending| ENDINGS.contains(&ending)) || (name.chars().count() >= LONG && word.contains(name))
}

/// Each given name, each part of the surname that is no ordinary word, and the surname written as one.
fn names(identity: &IdentityFact) -> Vec<String> {
    let parts = |text: &str| words(text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
    let (given, surname) = (parts(&identity.given_names), parts(&identity.surname));
    let whole = surname.concat();
    let own = surname.into_iter().filter(|part| !PARTICLES.contains(&part.as_str()));
    given.into_iter().chain(own).chain([whole]).filter(|name| name.chars().count() > 1).collect()
}

/// The words of a text with their places in characters: without accents, in small letters, and whole where something invisible
/// was put between two letters.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words: Vec<(Range<usize>, String)> = Vec::new();
    for (at, letter) in text.chars().enumerate() {
        let inside = letter.is_alphabetic() || is_combining_mark(letter) || is_invisible(letter);
        match words.last_mut() {
            Some((place, word)) if inside && place.end == at => {
                place.end = at + 1;
                word.extend(folded(letter));
            }
            _ if letter.is_alphabetic() => words.push((at..at + 1, folded(letter).collect())),
            _ => {}
        }
    }
    words
}

/// Characters that nobody sees: soft hyphens, joiners, marks of direction.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn folded(letter: char) -> impl Iterator<Item = char> {
    let whole = std::iter::once(letter).nfkd().filter(|part| !is_combining_mark(*part) && !is_invisible(*part));
    whole.flat_map(char::to_lowercase).map(|part| match part {
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given_names: &str, surname: &str) -> IdentityFact {
        IdentityFact { given_names: given_names.into(), surname: surname.into(), postcode: "6658ZA".into() }
    }

    #[test]
    fn rl_23_a_name_is_found_at_its_place() {
        let found = |text: &str, who: &IdentityFact| -> Vec<(usize, usize)> {
            named_in(text, who).into_iter().map(|place| (place.start, place.end)).collect()
        };
        let juultje = of("Juultje Anne-Mei", "van den Kwikstaart-Øster");
        for (text, places) in [
            ("Juultje trekt zich terug.", vec![(0, 7)]),
            ("Sinds JUULTJES verjaardag", vec![(6, 14)]),
            ("we zien dat juultje, Mei en Anne", vec![(12, 19), (21, 24), (28, 32)]),
            ("de familie Kwikstaart is verhuisd", vec![(11, 21)]),
            ("mevrouw vandenkwikstaartoster belde", vec![(8, 29)]),
            ("broer van Oster", vec![(10, 15)]),
            ("Ju\u{200b}ul\u{ad}tje en Jüültje", vec![(0, 9), (13, 20)]),
            ("Ｊｕｕｌｔｊｅ", vec![(0, 7)]),
            ("van den Berg en der Mey", vec![]),
            ("trekt zich terug, eet weinig en slaapt op school", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(text, &juultje), places, "{text}");
        }
        let short = of("Bo Q.", "Ly");
        for (text, places) in [
            ("Bo is vaak weg", vec![(0, 2)]),
            ("boos om Bo's broer, en Ly ook", vec![(8, 10), (23, 25)]),
            ("q en boot", vec![]),
        ] {
            assert_eq!(found(text, &short), places, "{text}");
        }
        assert!(found("Iedereen", &of("", "")).is_empty());
    }
}
