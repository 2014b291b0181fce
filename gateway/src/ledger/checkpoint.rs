// SPDX-License-Identifier: EUPL-1.2
//! Checkpoints: where a log stood, signed. What an outsider keeps to catch a roll-back, a truncation or a fork (P8).
//!
//! The form is C2SP's `tlog-checkpoint` in a signed note with Ed25519, so that others' witnesses and verifiers can read it.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Standing;
use super::merkle::Hash;

/// The signature type of a signed note for Ed25519.
const ED25519_NOTE: u8 = 1;

/// Controlepunt: a log's name, size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "controlepunt")]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many leaves it had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A key that checkpoints are checked with: the log's name and its public key (a C2SP verifier key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey(NamedKey);

/// Any verifier key of a signed note: whose it is, for which sort of signature, and the public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedKey {
    name: String,
    kind: u8,
    public: [u8; 32],
}

/// One signature line of a note.
pub(super) struct Signature<'a> {
    name: &'a str,
    id: [u8; 4],
    /// What stands behind the key's id.
    pub(super) bytes: Vec<u8>,
}

/// Why a text is not a checkpoint or key that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// It has another form.
    #[error("this is not a checkpoint or key")]
    Form,
    /// None of its signatures is by a key that was given.
    #[error("no signature on this checkpoint is by a key that was given")]
    Unsigned,
    /// A signature by a given key does not hold.
    #[error("the signature on this checkpoint does not hold")]
    Signature,
}

impl Checkpoint {
    /// Where a log stands now.
    #[must_use]
    pub fn of(standing: &Standing) -> Self {
        Self { origin: standing.origin.clone(), size: standing.size, root: standing.root }
    }

    /// The signed note.
    #[must_use]
    pub fn sign(&self, key: &Ed25519KeyPair) -> String {
        let body = self.body();
        let line = NamedKey::of(&self.origin, ED25519_NOTE, key).line(key.sign(body.as_bytes()).as_ref());
        format!("{body}\n{line}")
    }

    /// Reads a signed note, and believes it only when a given key signed it.
    ///
    /// # Errors
    /// When it has another form, is not signed by a given key, or the signature does not hold.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Self, NoteFault> {
        let (checkpoint, signatures) = Self::unverified(note)?;
        let body = checkpoint.body();
        for line in signatures.lines() {
            let signature = Signature::read(line)?;
            let own = |key: &&VerifierKey| key.0.made(&signature) && key.0.name == checkpoint.origin;
            if let Some(key) = keys.iter().find(own) {
                let public = UnparsedPublicKey::new(&ED25519, &key.0.public);
                return public
                    .verify(body.as_bytes(), &signature.bytes)
                    .map(|()| checkpoint)
                    .map_err(|_| NoteFault::Signature);
            }
        }
        Err(NoteFault::Unsigned)
    }

    /// What a note claims, and the lines below it. Nothing of it is known to be true.
    pub(crate) fn unverified(note: &str) -> Result<(Self, &str), NoteFault> {
        let (body, signatures) = note.split_once("\n\n").ok_or(NoteFault::Form)?;
        let checkpoint = Self::read(&format!("{body}\n")).ok_or(NoteFault::Form)?;
        Ok((checkpoint, signatures))
    }

    /// The text that is signed.
    pub(crate) fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    fn read(body: &str) -> Option<Self> {
        let mut lines = body.lines();
        let origin = lines.next()?.to_owned();
        let size = lines.next()?;
        let root = BASE64.decode(lines.next()?).ok()?.try_into().ok()?;
        let canonical = size == "0" || !size.starts_with('0');
        let checkpoint = Self { origin, size: size.parse().ok().filter(|_| canonical)?, root };
        // Further lines are extensions, which we neither write nor trust.
        (checkpoint.body() == body).then_some(checkpoint)
    }
}

impl VerifierKey {
    /// The public half of the key that signs a log's checkpoints.
    #[must_use]
    pub fn of(origin: &str, key: &Ed25519KeyPair) -> Self {
        Self(NamedKey::of(origin, ED25519_NOTE, key))
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0.name
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteFault;

    fn from_str(text: &str) -> Result<Self, NoteFault> {
        NamedKey::read(text, ED25519_NOTE).map(Self)
    }
}

impl NamedKey {
    pub(super) fn of(name: &str, kind: u8, key: &Ed25519KeyPair) -> Self {
        let mut public = [0; 32];
        public.copy_from_slice(key.public_key().as_ref());
        Self { name: name.to_owned(), kind, public }
    }

    /// Reads a key of this sort.
    pub(super) fn read(text: &str, kind: u8) -> Result<Self, NoteFault> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, typed) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(id), Some(typed)) = (name, id, typed) else { return Err(NoteFault::Form) };
        let typed = BASE64.decode(typed).map_err(|_| NoteFault::Form)?;
        let (&said, public) = typed.split_first().ok_or(NoteFault::Form)?;
        let public: [u8; 32] = public.try_into().map_err(|_| NoteFault::Form)?;
        let key = Self { name: name.to_owned(), kind, public };
        let right =
            said == kind && id == hex::encode(key.id()) && !name.is_empty() && !name.contains(char::is_whitespace);
        right.then_some(key).ok_or(NoteFault::Form)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Whether a signature says that it is by this key.
    pub(super) fn made(&self, signature: &Signature<'_>) -> bool {
        self.name == signature.name && self.id() == signature.id
    }

    /// The line for a signature by this key, with its end.
    pub(super) fn line(&self, signature: &[u8]) -> String {
        format!("\u{2014} {} {}\n", self.name, BASE64.encode([self.id().as_slice(), signature].concat()))
    }

    fn id(&self) -> [u8; 4] {
        let hashed = digest(&SHA256, &[self.name.as_bytes(), b"\n", &[self.kind], &self.public].concat());
        let mut id = [0; 4];
        hashed.as_ref().iter().zip(&mut id).for_each(|(from, to)| *to = *from);
        id
    }
}

impl fmt::Display for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [[self.kind].as_slice(), &self.public].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), BASE64.encode(typed))
    }
}

impl<'a> Signature<'a> {
    pub(super) fn read(line: &'a str) -> Result<Self, NoteFault> {
        let (name, encoded) =
            line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).ok_or(NoteFault::Form)?;
        let signature = BASE64.decode(encoded).map_err(|_| NoteFault::Form)?;
        let (id, bytes) = signature.split_first_chunk::<4>().ok_or(NoteFault::Form)?;
        Ok(Self { name, id: *id, bytes: bytes.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;

    #[test]
    fn a_checkpoint_survives_the_wire_and_nothing_else_does() {
        let key = Keys::fresh().unwrap().signing().unwrap();
        let verifier = VerifierKey::of("sluis.test/1", &key);
        assert_eq!(verifier.to_string().parse(), Ok(verifier.clone()));
        let checkpoint = Checkpoint { origin: "sluis.test/1".into(), size: 42, root: [7; 32] };
        let note = checkpoint.sign(&key);
        assert_eq!(Checkpoint::verify(&note, std::slice::from_ref(&verifier)), Ok(checkpoint));
        let other = VerifierKey::of("sluis.test/1", &Keys::fresh().unwrap().signing().unwrap());
        let foreign = VerifierKey::of("sluis.test/2", &key);
        for (text, keys, fault) in [
            (note.replace("\n42\n", "\n41\n"), vec![verifier.clone()], NoteFault::Signature),
            (note.replace("\n42\n", "\n042\n"), vec![verifier.clone()], NoteFault::Form),
            (note.clone(), vec![], NoteFault::Unsigned),
            (note.clone(), vec![other, foreign], NoteFault::Unsigned),
            (note.replace("\n\n", "\n"), vec![verifier.clone()], NoteFault::Form),
            (note.replace("\n\n", "\nmore\n\n"), vec![verifier], NoteFault::Form),
        ] {
            assert_eq!(Checkpoint::verify(&text, &keys), Err(fault), "{text}");
        }
        assert!("sluis.test/1+00000000+AAAA".parse::<VerifierKey>().is_err());
    }
}
