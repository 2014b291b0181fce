// SPDX-License-Identifier: EUPL-1.2
//! Nummer: the citizen service number, and whether a text looks like a number or like a digest of one (RL-22).

use std::fmt;
use std::str::FromStr;

/// BSN: a citizen service number that passes the eleven-test. Never printed (promise 10): neither Debug nor Display
/// shows a digit.
#[doc(alias = "burgerservicenummer")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bsn([u8; 9]);

/// Why a text is not a BSN. Says nothing of what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BsnError {
    /// Not exactly nine ASCII digits.
    #[error("a BSN has exactly nine digits")]
    Length,
    /// The eleven-test fails.
    #[error("this is not a BSN: the eleven-test fails")]
    ElevenTest,
}

impl Bsn {
    /// The nine digits, for the one place that seals or sends them.
    pub fn expose(&self) -> &str {
        // INVARIANT: FromStr is the only constructor and admits ASCII digits only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Bsn {
    type Err = BsnError;

    fn from_str(text: &str) -> Result<Self, BsnError> {
        let digits: [u8; 9] = text.as_bytes().try_into().map_err(|_| BsnError::Length)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(BsnError::Length);
        }
        if eleven_remainder(&digits) == 0 && digits != *b"000000000" {
            Ok(Self(digits))
        } else {
            Err(BsnError::ElevenTest)
        }
    }
}

impl fmt::Debug for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bsn(…)")
    }
}

impl fmt::Display for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(bsn)")
    }
}

/// What a text that should hold no number looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberLike {
    /// A BSN, and so a PGN.
    #[error("this looks like a citizen service number")]
    CitizenNumber,
    /// An education number.
    #[error("this looks like an education number")]
    EducationNumber,
    /// An ECK iD.
    #[error("this looks like an ECK iD")]
    ChainIdentifier,
    /// A digest: a hashed number is still a number.
    #[error("this looks like the digest of a number")]
    Digest,
}

/// Whether anything in the text looks like a number or a digest of one. For keys and for free text, on kinds without a
/// statute (RL-22).
///
/// Digits of every script count, and so do digits with separators between them. A UUID of version 4 or 7 in its usual
/// notation is taken for what it says it is, so that a school may use one as its own pupil key. A text in which nine
/// digits happen to pass the eleven-test is refused too: one random key in eleven, and the school is told to put a
/// letter in it.
pub fn number_like(text: &str) -> Option<NumberLike> {
    if text.to_lowercase().contains("ketenid.nl") {
        return Some(NumberLike::ChainIdentifier);
    }
    digit_runs(text).iter().find_map(Run::number).or_else(|| words(text).find_map(|word| digest_in(&word)))
}

/// Digits of the text, as ASCII, with nothing but separators between them.
#[derive(Default)]
struct Run {
    digits: Vec<u8>,
    /// Whether a separator stood between two of them: a date does, a number whose leading zero was dropped does not.
    broken: bool,
    separated: bool,
}

impl Run {
    fn push(&mut self, digit: u8) {
        self.broken |= self.separated && !self.digits.is_empty();
        self.separated = false;
        self.digits.push(b'0' + digit);
    }

    fn number(&self) -> Option<NumberLike> {
        if self.digits.len() == 8 && !self.broken {
            let padded: Vec<u8> = [b'0'].into_iter().chain(self.digits.iter().copied()).collect();
            return nine_digits(&padded);
        }
        self.digits.windows(9).find_map(nine_digits)
    }
}

fn digit_runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run::default();
    for letter in text.chars() {
        match digit_value(letter) {
            Some(digit) => run.push(digit),
            None if is_separator(letter) => run.separated = true,
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    runs
}

/// ASCII digits, and the decimal digits of other scripts that are in use for writing numbers: full-width, Arabic-Indic,
/// Devanagari, mathematical.
fn digit_value(letter: char) -> Option<u8> {
    const ZEROS: [u32; 11] = [0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6];
    ZEROS.iter().find_map(|zero| u8::try_from(u32::from(letter).checked_sub(*zero)?).ok().filter(|digit| *digit < 10))
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '.' | '-' | '_' | '/' | ',' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200d}')
}

fn nine_digits(digits: &[u8]) -> Option<NumberLike> {
    match (eleven_remainder(digits), digits) {
        (0, _) => Some(NumberLike::CitizenNumber),
        (5, [b'1', b'0', ..]) => Some(NumberLike::EducationNumber),
        _ => None,
    }
}

/// The weighted sum of the eleven-test, modulo eleven: weights 9 down to 2, and -1 for the last digit.
fn eleven_remainder(digits: &[u8]) -> i32 {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 = WEIGHTS.iter().zip(digits).map(|(weight, digit)| weight * i32::from(digit - b'0')).sum();
    sum.rem_euclid(11)
}

/// Words of the letters and signs that encodings of digests use; and the whole text with separators taken out.
fn words(text: &str) -> impl Iterator<Item = String> {
    let encoded = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_' | '.');
    let joined = if is_random_uuid(text) {
        String::new()
    } else {
        text.chars().filter(|letter| !is_separator(*letter) && *letter != ':').collect()
    };
    text.split(move |letter| !encoded(letter)).map(str::to_owned).chain([joined])
}

/// Hexadecimal of 16 to 64 bytes, or base64 or base32 of the lengths that digests have.
fn digest_in(word: &str) -> Option<NumberLike> {
    let length = word.len();
    let all = |allowed: fn(&char) -> bool| word.chars().all(|letter| allowed(&letter));
    let any = |wanted: fn(&char) -> bool| word.chars().any(|letter| wanted(&letter));
    let hexadecimal = [32, 40, 56, 64, 96, 128].contains(&length) && all(char::is_ascii_hexdigit);
    let base64 = [22, 27, 38, 43, 64, 86].contains(&length)
        && all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_'))
        && any(char::is_ascii_digit)
        && any(char::is_ascii_uppercase)
        && any(char::is_ascii_lowercase);
    let base32 = [26, 32, 52, 103].contains(&length)
        && all(|letter| letter.is_ascii_alphabetic() || matches!(letter, '2'..='7'))
        && any(char::is_ascii_digit);
    (hexadecimal || base64 || base32).then_some(NumberLike::Digest)
}

fn is_random_uuid(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    let [a, b, c, d, e] = groups.as_slice() else {
        return false;
    };
    [a.len(), b.len(), c.len(), d.len(), e.len()] == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.chars().all(|letter| letter.is_ascii_hexdigit()))
        && matches!(c.chars().next(), Some('4' | '7'))
        && matches!(d.chars().next(), Some('8' | '9' | 'a' | 'b' | 'A' | 'B'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p10_a_bsn_never_prints() {
        let bsn: Bsn = "999990019".parse().unwrap();
        assert_eq!(bsn.expose(), "999990019");
        assert!(!format!("{bsn} {bsn:?}").chars().any(|letter| letter.is_ascii_digit()));
    }

    #[test]
    fn eleven_test() {
        for (text, expected) in [
            ("999990019", Ok(())),
            ("999990010", Err(BsnError::ElevenTest)),
            ("000000000", Err(BsnError::ElevenTest)),
            ("99999001", Err(BsnError::Length)),
            ("9999900190", Err(BsnError::Length)),
            ("９９９９９００１９", Err(BsnError::Length)),
            ("99999001a", Err(BsnError::Length)),
        ] {
            assert_eq!(text.parse::<Bsn>().map(|_| ()), expected, "{text}");
        }
    }

    /// RL-22: in every encoding.
    #[test]
    fn rl_22_numbers_and_digests_are_seen() {
        for (text, expected) in [
            ("L-2024-0817", None),
            ("leerling 7b, groep 4", None),
            ("6f1e0c52-0f0e-4f0b-9a51-3d6b1c0f7e2a", None),
            ("6f1e0c52-0f0e-1f0b-9a51-3d6b1c0f7e2a", Some(NumberLike::Digest)),
            ("999990019", Some(NumberLike::CitizenNumber)),
            ("1 2 3 4 5 6 7 2", None),
            ("10000009", None),
            ("10000008", Some(NumberLike::CitizenNumber)),
            ("10-00-0008", None),
            ("bsn:999990019!", Some(NumberLike::CitizenNumber)),
            ("9999.90.019", Some(NumberLike::CitizenNumber)),
            ("999 990 019", Some(NumberLike::CitizenNumber)),
            ("９９９９９００１９", Some(NumberLike::CitizenNumber)),
            ("x0099999001900", Some(NumberLike::CitizenNumber)),
            ("https://ketenid.nl/201703/af", Some(NumberLike::ChainIdentifier)),
            ("d41d8cd98f00b204e9800998ecf8427e", Some(NumberLike::Digest)),
            ("hash=d41d8cd98f00b204e9800998ecf8427e;", Some(NumberLike::Digest)),
            ("d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e", Some(NumberLike::Digest)),
            ("4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ", Some(NumberLike::Digest)),
            ("01J9ZK3V8QW5T0X1Y2B3C4D5E6", None),
            ("Ze is de laatste weken stiller dan eerst, en slaapt slecht.", None),
            ("2jmj7l5rSw0yVb/vlWAYkK/YBwk=", Some(NumberLike::Digest)),
            ("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", Some(NumberLike::Digest)),
        ] {
            assert_eq!(number_like(text), expected, "{text}");
        }
    }
}
