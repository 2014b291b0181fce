// SPDX-License-Identifier: EUPL-1.2
//! The gateway's own keys, in a file that is sealed by a passphrase and lies outside the data.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, RandomizedNonceKey};
use aws_lc_rs::rand;
use aws_lc_rs::signature::Ed25519KeyPair;
use aws_lc_rs::{hmac, pbkdf2};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The first line of a key file.
const HEADER: &str = "sluis-sleutels 1";

/// How often the passphrase is stretched.
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();

/// A secret of 256 bits. It does not print, and leaves memory with its owner.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(#[serde(with = "hex::serde")] [u8; 32]);

impl Secret {
    /// A fresh one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn fresh() -> Result<Self, KeyFault> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| KeyFault::NoRandomness)?;
        Ok(Self(bytes))
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A keyed hash (HMAC-SHA-256) of parts, each with its length, so that two ways to cut a text never give one hash.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Sleutels: all keys of one gateway. Gateways of one database share everything but the signing key (design, section 6).
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "sleutels")]
pub struct Keys {
    /// Key-encryption keys by version; the highest wraps, all unwrap.
    wrapping: BTreeMap<u32, Secret>,
    /// For look-up hashes of identities and once-only keys.
    lookup: Secret,
    /// For pairwise pseudonyms, by version.
    pseudonym: BTreeMap<u32, Secret>,
    /// Seals what is about no youth: the personal fields of refusals.
    own: Secret,
    /// The seed of the Ed25519 key that signs checkpoints of this gateway's log. Never shared.
    signing: Secret,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// A file cannot be read or written.
    #[error("`{path}` cannot be used: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: std::io::Error,
    },
    /// Others may read the file, or could.
    #[error("`{path}` may be read by others: set its mode to 0600")]
    Open {
        /// The file.
        path: String,
    },
    /// The file lies with the data that it protects, and would be copied with it.
    #[error("`{path}` lies in the folder of the data that it protects: move it elsewhere")]
    WithTheData {
        /// The file.
        path: String,
    },
    /// The passphrase does not open the file, or the file was changed.
    #[error("`{path}` does not open with this passphrase")]
    Sealed {
        /// The file.
        path: String,
    },
}

impl Keys {
    /// Fresh keys for a first gateway.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn fresh() -> Result<Self, KeyFault> {
        Ok(Self {
            wrapping: BTreeMap::from([(1, Secret::fresh()?)]),
            lookup: Secret::fresh()?,
            pseudonym: BTreeMap::from([(1, Secret::fresh()?)]),
            own: Secret::fresh()?,
            signing: Secret::fresh()?,
        })
    }

    /// Keys for one more gateway on the same database: the same, but for the one that signs its own log.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn beside(self) -> Result<Self, KeyFault> {
        Ok(Self { signing: Secret::fresh()?, ..self })
    }

    /// Opens a sealed key file. `data` is the folder that it must not lie in.
    ///
    /// # Errors
    /// When the file is readable by others, lies with the data, or does not open with the passphrase.
    pub fn open(file: &Path, passphrase: &str, data: Option<&Path>) -> Result<Self, KeyFault> {
        let path = file.display().to_string();
        out_of_reach(file, data)?;
        let unusable = |trouble| KeyFault::File { path: path.clone(), trouble };
        let text = std::fs::read_to_string(file).map_err(unusable)?;
        unseal(&text, passphrase).ok_or(KeyFault::Sealed { path })
    }

    /// Writes the keys, sealed, into a new file that only its owner may read.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn save(&self, file: &Path, passphrase: &str) -> Result<(), KeyFault> {
        let unusable = |trouble| KeyFault::File { path: file.display().to_string(), trouble };
        let text = self.seal(passphrase)?;
        let mut options = std::fs::OpenOptions::new();
        let mut target = options.write(true).create_new(true).mode(0o600).open(file).map_err(unusable)?;
        std::io::Write::write_all(&mut target, text.as_bytes()).map_err(unusable)?;
        target.sync_all().map_err(unusable)
    }

    fn seal(&self, passphrase: &str) -> Result<String, KeyFault> {
        let mut salt = [0; 16];
        rand::fill(&mut salt).map_err(|_| KeyFault::NoRandomness)?;
        let plain = Zeroizing::new(serde_json::to_vec(self).map_err(|_| KeyFault::NoRandomness)?);
        let sealed =
            seal_bytes(&stretched(passphrase, &salt), HEADER.as_bytes(), &plain).ok_or(KeyFault::NoRandomness)?;
        Ok(format!("{HEADER}\n{}\n{}\n", BASE64.encode(salt), BASE64.encode(sealed)))
    }

    /// The key-encryption key that wraps now, with its version.
    pub(crate) fn wrapping_now(&self) -> Option<(u32, &Secret)> {
        self.wrapping.last_key_value().map(|(version, key)| (*version, key))
    }

    /// The key-encryption key of a version.
    pub(crate) fn wrapping(&self, version: u32) -> Option<&Secret> {
        self.wrapping.get(&version)
    }

    /// The pseudonym key in use, with its version.
    pub(crate) fn pseudonym_now(&self) -> Option<(u32, &Secret)> {
        self.pseudonym.last_key_value().map(|(version, key)| (*version, key))
    }

    pub(crate) fn lookup(&self) -> &Secret {
        &self.lookup
    }

    pub(crate) fn own(&self) -> &Secret {
        &self.own
    }

    /// The key that cosigns the checkpoints of others. It follows from the one that signs our own, and is another, so that
    /// neither can be made to sign what the other would.
    #[must_use]
    pub fn witnessing(&self) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(&self.signing.mac(&[b"getuige"])).ok()
    }

    /// The key that signs checkpoints.
    #[must_use]
    pub fn signing(&self) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(self.signing.bytes()).ok()
    }
}

/// Holds a file with a secret to this: nobody but its owner can open it, and it is not copied with the data in `data`.
pub(crate) fn out_of_reach(file: &Path, data: Option<&Path>) -> Result<(), KeyFault> {
    let path = file.display().to_string();
    let unusable = |trouble| KeyFault::File { path: path.clone(), trouble };
    let found = std::fs::metadata(file).map_err(unusable)?;
    if open_to_others(found.mode(), found.uid(), found.gid()) {
        return Err(KeyFault::Open { path });
    }
    let real = file.canonicalize().map_err(unusable)?;
    if data.and_then(|data| data.canonicalize().ok()).is_some_and(|data| real.starts_with(data)) {
        return Err(KeyFault::WithTheData { path });
    }
    Ok(())
}

/// systemd hands a credential to a service's user by an access list. Such a file is root's, and its mode then shows the
/// bounds of that list as 0440.
fn open_to_others(mode: u32, owner: u32, group: u32) -> bool {
    let credential = mode & 0o777 == 0o440 && owner == 0 && group == 0;
    mode & 0o077 != 0 && !credential
}

/// Seals bytes with AES-256-GCM: a random nonce, the ciphertext, the tag. `None` only without randomness.
pub(crate) fn seal_bytes(key: &Secret, context: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key.bytes()).ok()?;
    let mut body = plain.to_vec();
    let nonce = cipher.seal_in_place_append_tag(Aad::from(context), &mut body).ok()?;
    let mut sealed = nonce.as_ref().to_vec();
    sealed.append(&mut body);
    Some(sealed)
}

/// Opens what [`seal_bytes`] sealed in the same context.
pub(crate) fn open_bytes(key: &Secret, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = aws_lc_rs::aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = Zeroizing::new(body.to_vec());
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key.bytes()).ok()?;
    let length = cipher.open_in_place(nonce, Aad::from(context), &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

fn unseal(text: &str, passphrase: &str) -> Option<Keys> {
    let mut lines = text.lines();
    (lines.next() == Some(HEADER)).then_some(())?;
    let salt = BASE64.decode(lines.next()?).ok()?;
    let sealed = BASE64.decode(lines.next()?).ok()?;
    let plain = open_bytes(&stretched(passphrase, &salt), HEADER.as_bytes(), &sealed)?;
    let keys: Keys = serde_json::from_slice(&plain).ok()?;
    (!keys.wrapping.is_empty() && !keys.pseudonym.is_empty()).then_some(keys)
}

fn stretched(passphrase: &str, salt: &[u8]) -> Secret {
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, passphrase.as_bytes(), &mut key);
    Secret(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_file_opens_only_with_its_passphrase_and_out_of_reach_of_others() {
        let folder = tempfile::TempDir::new().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let file = folder.path().join("sleutels");
        let keys = Keys::fresh().unwrap();
        keys.save(&file, "een lange zin").unwrap();
        assert_eq!(Keys::open(&file, "een lange zin", Some(&data)).unwrap().lookup.0, keys.lookup.0);
        assert!(matches!(Keys::open(&file, "een andere zin", None), Err(KeyFault::Sealed { .. })));
        assert!(matches!(keys.save(&file, "x"), Err(KeyFault::File { .. })), "an existing file stays");
        assert!(matches!(Keys::open(&file, "een lange zin", Some(folder.path())), Err(KeyFault::WithTheData { .. })));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keys::open(&file, "een lange zin", None), Err(KeyFault::Open { .. })));
    }

    #[test]
    fn a_secret_is_its_owners_alone_or_a_credential_of_systemd() {
        for (mode, owner, group, open) in [
            (0o100_600, 1000, 1000, false),
            (0o100_400, 1000, 1000, false),
            (0o100_440, 0, 0, false),
            (0o100_440, 1000, 0, true),
            (0o100_440, 0, 1000, true),
            (0o100_640, 0, 0, true),
            (0o100_444, 0, 0, true),
            (0o100_604, 1000, 1000, true),
        ] {
            assert_eq!(open_to_others(mode, owner, group), open, "{mode:o} {owner} {group}");
        }
    }

    #[test]
    fn gateways_of_one_database_share_every_key_but_the_one_that_signs() {
        let first = Keys::fresh().unwrap();
        let json = |keys: &Keys| serde_json::to_value(keys).unwrap();
        let before = json(&first);
        let second = json(&first.beside().unwrap());
        for key in ["wrapping", "lookup", "pseudonym", "own"] {
            assert_eq!(before[key], second[key], "{key}");
        }
        assert_ne!(before["signing"], second["signing"]);
    }

    #[test]
    fn p10_keys_do_not_print() {
        let keys = Keys::fresh().unwrap();
        let printed = format!("{keys:?}");
        assert!(!printed.contains(&hex::encode(keys.lookup.0)) && printed.contains("Secret"), "{printed}");
    }

    #[test]
    fn a_mac_tells_two_cuts_of_one_text_apart() {
        let key = Secret::fresh().unwrap();
        assert_ne!(key.mac(&[b"ab", b"c"]), key.mac(&[b"a", b"bc"]));
    }

    #[test]
    fn what_is_sealed_opens_only_whole_and_in_its_own_place() {
        let key = Secret::fresh().unwrap();
        let sealed = seal_bytes(&key, b"here", b"secret").unwrap();
        assert_eq!(open_bytes(&key, b"here", &sealed).unwrap().as_slice(), b"secret");
        assert!(open_bytes(&key, b"there", &sealed).is_none());
        assert!(open_bytes(&key, b"here", &sealed[..sealed.len() - 1]).is_none());
        assert!(open_bytes(&key, b"here", &[]).is_none());
    }
}
