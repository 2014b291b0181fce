// SPDX-License-Identifier: EUPL-1.2
//! Cosignatures: another's word that it saw a checkpoint, and never one that contradicts it (C2SP tlog-cosignature, version 1
//! with Ed25519). Who holds enough of them needs nobody's word that a log was not rolled back or forked.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

use super::checkpoint::{NamedKey, NoteFault, Signature};

/// The signature type of a cosignature, version 1.
const COSIGNATURE: u8 = 4;

/// Getuigensleutel: the key that a witness's cosignatures are checked with (a C2SP verifier key).
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "getuigensleutel")]
pub struct WitnessKey(NamedKey);

impl WitnessKey {
    /// The public half of the key with which a witness cosigns.
    #[must_use]
    pub fn of(name: &str, key: &Ed25519KeyPair) -> Self {
        Self(NamedKey::of(name, COSIGNATURE, key))
    }

    /// What the witness is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// When the witness saw this checkpoint, in whole seconds, as one of its lines says; nothing when none of them holds.
    #[must_use]
    pub fn saw(&self, body: &str, lines: &str) -> Option<Cosigned> {
        lines.lines().find_map(|line| {
            let signature = Signature::read(line).ok().filter(|signature| self.0.made(signature))?;
            let (seconds, rest) = signature.bytes.split_first_chunk::<8>()?;
            let seconds = u64::from_be_bytes(*seconds);
            let public = UnparsedPublicKey::new(&ED25519, self.0.public());
            public.verify(message(body, seconds).as_bytes(), rest).ok()?;
            Some(Cosigned { line: format!("{line}\n"), seconds })
        })
    }
}

/// Medeondertekening: one line of a witness, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "medeondertekening")]
pub struct Cosigned {
    /// The line of the note, with its end.
    pub line: String,
    /// When the witness saw it, in seconds since 1970.
    pub seconds: u64,
}

/// Cosigns the body of a checkpoint: the line of the note, with its end.
#[must_use]
pub fn cosign(name: &str, key: &Ed25519KeyPair, body: &str, seconds: u64) -> String {
    let signature = [seconds.to_be_bytes().as_slice(), key.sign(message(body, seconds).as_bytes()).as_ref()].concat();
    NamedKey::of(name, COSIGNATURE, key).line(&signature)
}

/// What is signed. Its first line keeps a cosignature from passing for a log's own signature.
fn message(body: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{body}")
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for WitnessKey {
    type Err = NoteFault;

    fn from_str(text: &str) -> Result<Self, NoteFault> {
        NamedKey::read(text, COSIGNATURE).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::checkpoint::VerifierKey;
    use super::*;
    use crate::keys::Keys;

    #[test]
    fn a_cosignature_says_who_saw_what_and_when_and_nothing_else_passes_for_it() {
        let keys = Keys::fresh().unwrap();
        let (witness, log) = (keys.witnessing().unwrap(), keys.signing().unwrap());
        let key = WitnessKey::of("getuige.test", &witness);
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        let body = "sluis.test/1\n42\nAAAA\n";
        let line = cosign("getuige.test", &witness, body, 1_800_000_000);
        let seen = key.saw(body, &format!("\u{2014} ander.test AAAAAAAA\n{line}")).unwrap();
        assert_eq!((seen.line.as_str(), seen.seconds), (line.as_str(), 1_800_000_000));
        for (body, line) in [
            ("sluis.test/1\n43\nAAAA\n", line.clone()),
            (body, cosign("ander.test", &witness, body, 1_800_000_000)),
            (body, cosign("getuige.test", &log, body, 1_800_000_000)),
            (body, line.replace("\u{2014} ", "- ")),
            (body, line[..line.len() - 9].to_owned()),
            (body, String::new()),
        ] {
            assert_eq!(key.saw(body, &line), None, "{line}");
        }
        // The key of a log is another sort of key, also where the name and the bytes are the same.
        let of_a_log = VerifierKey::of("getuige.test", &witness);
        assert!(of_a_log.to_string().parse::<WitnessKey>().is_err() && key.to_string().parse::<VerifierKey>().is_err());
    }
}
