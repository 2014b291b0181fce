// SPDX-License-Identifier: EUPL-1.2
//! The vault: what is about a youth is sealed under that youth's own keys, and each organisation knows the youth by its
//! own pseudonym.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::rand;
use aws_lc_rs::signature::Ed25519KeyPair;
use sluis_policy::{Bsn, Oin};
use zeroize::Zeroizing;

use crate::keys::{Keys, Secret, open_bytes, seal_bytes};
use crate::ledger::unit::DataKeyRow;

/// Sixteen random bytes: of a youth, a signal, a person.
pub type Id = [u8; 16];

/// The youth of what is about no youth: sealed under the gateway's own key.
pub const NO_YOUTH: Id = [0; 16];

/// A fresh random id.
///
/// # Errors
/// When the system has no randomness to give.
pub fn fresh_id() -> Result<Id, Unsealable> {
    let mut id = [0; 16];
    rand::fill(&mut id).map_err(|_| Unsealable)?;
    Ok(id)
}

/// Bewaarklasse: what is forgotten together, and kept together (RL-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bewaarklasse")]
pub enum RetentionClass {
    /// Who the youth is, and what is on its way.
    Delivery,
    /// What was said about sharing.
    Consent,
    /// Who looked.
    AccessRecord,
    /// Why something may not be erased for now. Its key is made with the first hold, and goes with the last class.
    Hold,
}

impl RetentionClass {
    const ALL: [Self; 4] = [Self::Delivery, Self::Consent, Self::AccessRecord, Self::Hold];

    /// Every class that a youth has a key for from the start, in the order in which they may be erased: what rests on an
    /// earlier one outlives it.
    pub const FROM_THE_START: [Self; 3] = [Self::Delivery, Self::Consent, Self::AccessRecord];

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Delivery => "levering",
            Self::Consent => "toestemming",
            Self::AccessRecord => "toegang",
            Self::Hold => "opschorting",
        }
    }

    /// Reads what was stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }
}

/// Where sealed bytes stand. They open nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row.
    pub row: &'a [u8],
}

impl Place<'_> {
    fn context(&self) -> Vec<u8> {
        [self.table.as_bytes(), b"\0", self.column.as_bytes(), b"\0", self.row].concat()
    }
}

/// The open data keys of one youth, for as long as one request lasts. A destroyed class has none.
#[derive(Debug, Clone)]
pub struct YouthKeys {
    youth: Id,
    keys: HashMap<RetentionClass, Secret>,
}

impl YouthKeys {
    /// Whose keys.
    #[must_use]
    pub fn youth(&self) -> Id {
        self.youth
    }

    /// Whether the class still has its key. Without it what was sealed under it is erased (RL-24).
    #[must_use]
    pub fn holds(&self, class: RetentionClass) -> bool {
        self.keys.contains_key(&class)
    }

    /// Seals bytes of a class, for one place.
    ///
    /// # Errors
    /// When the class has no key any more.
    pub fn seal(&self, class: RetentionClass, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let key = self.keys.get(&class).ok_or(Unsealable)?;
        seal_bytes(key, &place.context(), plain).ok_or(Unsealable)
    }

    /// Opens bytes of a class, from the place they were sealed for.
    ///
    /// # Errors
    /// When the class has no key any more, or the bytes are not what was sealed.
    pub fn open(
        &self,
        class: RetentionClass,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let key = self.keys.get(&class).ok_or(Unsealable)?;
        open_bytes(key, &place.context(), sealed).ok_or(Unsealable)
    }
}

/// Something cannot be sealed or opened: its key is gone, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes cannot be made or opened")]
pub struct Unsealable;

/// Kluis: seals, opens, hashes and names.
#[derive(Debug, Clone)]
#[doc(alias = "kluis")]
pub struct Vault {
    keys: Arc<Keys>,
}

impl Vault {
    /// A vault on these keys.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys }
    }

    /// The key that signs checkpoints of the log.
    #[must_use]
    pub fn signing(&self) -> Option<Ed25519KeyPair> {
        self.keys.signing()
    }

    /// The key that cosigns what others sign.
    #[must_use]
    pub fn witnessing(&self) -> Option<Ed25519KeyPair> {
        self.keys.witnessing()
    }

    /// Fresh data keys for a youth, open and wrapped.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn fresh_keys(&self, youth: Id) -> Result<(YouthKeys, Vec<DataKeyRow>), Unsealable> {
        let mut keys = YouthKeys { youth, keys: HashMap::new() };
        let rows = RetentionClass::FROM_THE_START.into_iter().map(|class| self.fresh_key(&mut keys, class));
        let rows = rows.collect::<Result<_, _>>()?;
        Ok((keys, rows))
    }

    /// A fresh data key of one class, among the youth's open keys and wrapped.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn fresh_key(&self, among: &mut YouthKeys, class: RetentionClass) -> Result<DataKeyRow, Unsealable> {
        let (version, wrapping) = self.keys.wrapping_now().ok_or(Unsealable)?;
        let (youth, key) = (among.youth, Secret::fresh().map_err(|_| Unsealable)?);
        let wrapped = seal_bytes(wrapping, &wrap_context(&youth, class, version), key.bytes()).ok_or(Unsealable)?;
        among.keys.insert(class, key);
        Ok(DataKeyRow { youth, class: class.code(), kek_version: i64::from(version), wrapped })
    }

    /// Opens wrapped data keys of a youth.
    ///
    /// # Errors
    /// When one does not open: a changed row is no reason to go on with less.
    pub fn open_keys<'a>(
        &self,
        youth: Id,
        wrapped: impl Iterator<Item = (&'a str, u32, &'a [u8])>,
    ) -> Result<YouthKeys, Unsealable> {
        let mut keys = HashMap::new();
        for (class, version, wrapped) in wrapped {
            let class = RetentionClass::from_code(class).ok_or(Unsealable)?;
            let wrapping = self.keys.wrapping(version).ok_or(Unsealable)?;
            let key = open_bytes(wrapping, &wrap_context(&youth, class, version), wrapped).ok_or(Unsealable)?;
            keys.insert(class, Secret::from_bytes(key.as_slice().try_into().map_err(|_| Unsealable)?));
        }
        Ok(YouthKeys { youth, keys })
    }

    /// The stand-in that an unknown id is unwrapped with, so that it costs what a known one costs (P6).
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn dummy_keys(&self) -> Result<YouthKeys, Unsealable> {
        let (_, rows) = self.fresh_keys(NO_YOUTH)?;
        self.open_keys(
            NO_YOUTH,
            rows.iter().map(|row| (row.class, u32::try_from(row.kek_version).unwrap_or(0), row.wrapped.as_slice())),
        )
    }

    /// Seals what is about no youth.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal_own(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Unsealable> {
        seal_bytes(self.keys.own(), &place.context(), plain).ok_or(Unsealable)
    }

    /// Opens what is about no youth.
    ///
    /// # Errors
    /// When the bytes are not what was sealed for this place.
    pub fn open_own(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        open_bytes(self.keys.own(), &place.context(), sealed).ok_or(Unsealable)
    }

    /// A keyed hash to look something up by, or to claim it by: never over a number without the key.
    #[must_use]
    pub fn lookup(&self, kind: &str, parts: &[&[u8]]) -> [u8; 32] {
        let all: Vec<&[u8]> = std::iter::once(kind.as_bytes()).chain(parts.iter().copied()).collect();
        self.keys.lookup().mac(&all)
    }

    /// An id that follows from the keys and from what it belongs to: the first half of [`Self::lookup`].
    #[must_use]
    pub fn lookup_id(&self, kind: &str, parts: &[&[u8]]) -> Id {
        let mut id = Id::default();
        self.lookup(kind, parts).iter().zip(&mut id).for_each(|(from, to)| *to = *from);
        id
    }

    /// The look-up hash of a citizen service number.
    #[must_use]
    pub fn lookup_number(&self, number: &Bsn) -> [u8; 32] {
        self.lookup("bsn", &[number.expose().as_bytes()])
    }

    /// The pseudonym by which one organisation knows a youth. Two organisations cannot join their lists, and it follows
    /// from the random id and a key of the youth's own, never from a number (A1). Once that key is destroyed, nobody can
    /// tell any more which id an organisation's pseudonym belonged to (RL-24).
    ///
    /// # Errors
    /// When there is no pseudonym key, or the youth is erased.
    pub fn pseudonym(&self, youth: &YouthKeys, organisation: Oin) -> Result<String, Unsealable> {
        let (version, key) = self.keys.pseudonym_now().ok_or(Unsealable)?;
        let own = youth.keys.get(&RetentionClass::Delivery).ok_or(Unsealable)?.mac(&[b"pseudoniem"]);
        let tag = key.mac(&[&youth.youth, &own, organisation.as_str().as_bytes()]);
        let (short, _) = tag.split_at(16);
        Ok(format!("p{version}-{}", hex::encode(short)))
    }
}

fn wrap_context(youth: &Id, class: RetentionClass, version: u32) -> Vec<u8> {
    [b"data_key\0wrapped\0".as_slice(), youth, class.code().as_bytes(), &version.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(Arc::new(Keys::fresh().unwrap()))
    }

    const PLACE: Place<'static> = Place { table: "fact", column: "sealed", row: b"1" };

    #[test]
    fn a_youths_keys_come_back_from_their_rows_and_open_only_their_own_class_and_place() {
        let vault = vault();
        let youth = fresh_id().unwrap();
        let (keys, rows) = vault.fresh_keys(youth).unwrap();
        let sealed = keys.seal(RetentionClass::Consent, PLACE, b"no").unwrap();
        let again = vault.open_keys(youth, rows.iter().map(|row| (row.class, 1, row.wrapped.as_slice()))).unwrap();
        assert_eq!(again.open(RetentionClass::Consent, PLACE, &sealed).unwrap().as_slice(), b"no");
        assert!(again.open(RetentionClass::Delivery, PLACE, &sealed).is_err());
        assert!(again.open(RetentionClass::Consent, Place { row: b"2", ..PLACE }, &sealed).is_err());
        let another = fresh_id().unwrap();
        assert!(
            vault.open_keys(another, rows.iter().map(|row| (row.class, 1, row.wrapped.as_slice()))).is_err(),
            "a row moved to another youth"
        );
    }

    #[test]
    fn a_class_whose_key_is_destroyed_stays_closed_and_the_others_open() {
        let vault = vault();
        let youth = fresh_id().unwrap();
        let (keys, rows) = vault.fresh_keys(youth).unwrap();
        let gone = keys.seal(RetentionClass::Delivery, PLACE, b"name").unwrap();
        let kept = keys.seal(RetentionClass::AccessRecord, PLACE, b"who looked").unwrap();
        let left = vault
            .open_keys(
                youth,
                rows.iter().filter(|row| row.class != "levering").map(|row| (row.class, 1, row.wrapped.as_slice())),
            )
            .unwrap();
        assert!(left.open(RetentionClass::Delivery, PLACE, &gone).is_err());
        assert!(left.open(RetentionClass::AccessRecord, PLACE, &kept).is_ok());
    }

    #[test]
    fn a1_two_organisations_know_a_youth_by_different_pseudonyms() {
        let vault = vault();
        let youth = fresh_id().unwrap();
        let (keys, rows) = vault.fresh_keys(youth).unwrap();
        let of = |oin: &str| vault.pseudonym(&keys, oin.parse().unwrap()).unwrap();
        assert_eq!(of("99000000000000000020"), of("99000000000000000020"));
        assert_ne!(of("99000000000000000020"), of("99000000000000000030"));
        assert!(of("99000000000000000020").starts_with("p1-"));
        // RL-24: without the key of who the youth is there is no way from the id to what an organisation has in its files.
        let left = rows.iter().filter(|row| row.class != "levering");
        let left = vault.open_keys(youth, left.map(|row| (row.class, 1, row.wrapped.as_slice()))).unwrap();
        assert!(vault.pseudonym(&left, "99000000000000000020".parse().unwrap()).is_err());
    }

    #[test]
    fn p10_a_look_up_hash_is_not_a_plain_digest_of_the_number() {
        let number: Bsn = "999990019".parse().unwrap();
        assert_ne!(vault().lookup_number(&number), vault().lookup_number(&number), "another key, another hash");
    }
}
