// SPDX-License-Identifier: EUPL-1.2
//! Looks for secrets in bytes, however they are written.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};
use md5::{Digest, Md5};
use sluis_sandbox::seed::World;

/// Something that should not be there.
#[derive(Debug)]
pub(crate) struct Finding {
    /// What, without saying it.
    pub(crate) what: String,
    /// At which byte of what was searched.
    pub(crate) at: usize,
}

/// What is looked for: in the bytes as they are, in them without capitals, and in their digits without separators.
pub(crate) struct Search {
    exact: Needles,
    lower: Needles,
    digits: Needles,
}

impl Search {
    /// Everything that is known of everybody, and further texts.
    pub(crate) fn for_all(world: &World, said: &[&str]) -> Self {
        let mut search = Self { exact: Needles::default(), lower: Needles::default(), digits: Needles::default() };
        for youth in world.youths() {
            let who = youth.pupil_key;
            search.encoded(&format!("the number of {who}"), youth.bsn);
            search.digits.add(format!("the number of {who}"), youth.bsn.into());
            for (digest, way) in digests(youth.bsn.as_bytes()).into_iter().zip(["SHA-256", "SHA-1", "MD5", "SHA-512"]) {
                search.spelled(&format!("the {way} of the number of {who}"), &digest);
            }
            search.lower.add(format!("the surname of {who}"), youth.surname.to_lowercase().into());
            search.encoded(&format!("the surname of {who}"), youth.surname);
            for name in [youth.given_name, youth.parents[0], youth.parents[1]] {
                search.lower.add_word(format!("a given name around {who}"), name.to_lowercase().into());
            }
            search.born(&format!("the birth date of {who}"), &youth.born.to_string());
        }
        for text in said {
            search.lower.add(format!("what was said: {:.8}…", text), text.to_lowercase().into());
        }
        search
    }

    /// All findings, at most one of each sort.
    pub(crate) fn through(&self, content: &[u8]) -> Vec<Finding> {
        let mut findings = self.exact.find(content);
        findings.extend(self.lower.find(&content.to_ascii_lowercase()));
        findings.extend(self.digits.find(&digits_of(content)));
        findings
    }

    fn born(&mut self, what: &str, born: &str) {
        self.encoded(what, born);
        self.exact.add(what.into(), born.into());
        self.exact.add_word(what.into(), born.replace('-', "").into());
        let turned: Vec<&str> = born.split('-').rev().collect();
        self.exact.add_word(what.into(), turned.concat().into());
        for between in ["-", "/", ".", " "] {
            self.exact.add(what.into(), turned.join(between).into());
        }
    }

    /// A text as hexadecimal digits and in base64, wherever it begins there.
    fn encoded(&mut self, what: &str, text: &str) {
        self.lower.add(format!("{what}, in hexadecimal"), hex(text.as_bytes()).into());
        for before in 0..3 {
            let encoded = base64(&[&vec![0; before], text.as_bytes()].concat());
            // The first and last letters also hold bits of what stands around.
            let inner = &encoded[(before * 4).div_ceil(3)..((before + text.len()) * 4) / 3];
            self.exact.add(format!("{what}, in base64"), inner.into());
            self.exact.add(format!("{what}, in base64"), inner.replace('+', "-").replace('/', "_").into());
        }
    }

    /// Bytes as they are, as hexadecimal digits and in base64.
    fn spelled(&mut self, what: &str, bytes: &[u8]) {
        let encoded = base64(bytes).replace('=', "");
        self.exact.add(what.into(), bytes.into());
        self.exact.add(what.into(), encoded.replace('+', "-").replace('/', "_").into());
        self.exact.add(what.into(), encoded.into());
        self.lower.add(what.into(), hex(bytes).into());
    }
}

/// Texts to find, by their first two bytes.
#[derive(Default)]
struct Needles(BTreeMap<[u8; 2], Vec<Needle>>);

struct Needle {
    what: String,
    bytes: Vec<u8>,
    /// Whether letters and digits around it make it something else.
    word: bool,
}

impl Needles {
    fn add(&mut self, what: String, bytes: Vec<u8>) {
        self.keep(Needle { what, bytes, word: false });
    }

    fn add_word(&mut self, what: String, bytes: Vec<u8>) {
        self.keep(Needle { what, bytes, word: true });
    }

    fn keep(&mut self, needle: Needle) {
        assert!(needle.bytes.len() >= 5, "too short to mean anything: {}", needle.what);
        self.0.entry([needle.bytes[0], needle.bytes[1]]).or_default().push(needle);
    }

    fn find(&self, content: &[u8]) -> Vec<Finding> {
        let mut begins = vec![false; 1 << 16];
        for start in self.0.keys() {
            begins[usize::from(u16::from_be_bytes(*start))] = true;
        }
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, pair) in content.windows(2).enumerate() {
            let start = [pair[0], pair[1]];
            if !begins[usize::from(u16::from_be_bytes(start))] {
                continue;
            }
            for needle in self.0.get(&start).into_iter().flatten() {
                if needle.stands_at(content, at) {
                    found.entry(&needle.what).or_insert(at);
                }
            }
        }
        found.into_iter().map(|(what, at)| Finding { what: what.to_owned(), at }).collect()
    }
}

impl Needle {
    fn stands_at(&self, content: &[u8], at: usize) -> bool {
        let end = at + self.bytes.len();
        let around =
            |place: Option<usize>| place.and_then(|place| content.get(place)).is_some_and(u8::is_ascii_alphanumeric);
        content.get(at..end) == Some(self.bytes.as_slice())
            && !(self.word && (around(at.checked_sub(1)) || around(Some(end))))
    }
}

/// The digits of a text with the separators that people write between them left out, and full-width digits as the digits
/// that they are. Anything else ends a number.
fn digits_of(content: &[u8]) -> Vec<u8> {
    let mut digits = Vec::new();
    let mut rest = content;
    let mut gap = 0;
    while let Some((first, after)) = rest.split_first() {
        if let [0xef, 0xbc, last @ 0x90..=0x99, after @ ..] = rest {
            (gap, rest) = (0, after);
            digits.push(last - 0x90 + b'0');
            continue;
        }
        rest = after;
        if first.is_ascii_digit() {
            gap = 0;
            digits.push(*first);
        } else if gap == 0 && b" .-/_".contains(first) {
            gap = 1;
        } else if digits.last().is_some_and(u8::is_ascii_digit) {
            (gap, rest) = (0, after);
            digits.push(b'|');
        }
    }
    digits
}

/// SHA-256, SHA-1, MD5 and SHA-512 of bytes, without a key.
pub(crate) fn digests(bytes: &[u8]) -> [Vec<u8>; 4] {
    let of = |algorithm| digest(algorithm, bytes).as_ref().to_vec();
    [of(&SHA256), of(&SHA1_FOR_LEGACY_USE_ONLY), Md5::digest(bytes).to_vec(), of(&SHA512)]
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes in base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
