// SPDX-License-Identifier: EUPL-1.2
//! Where a list goes on, sealed: it says nothing to whoever holds it, and works for nobody else and nowhere else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis_policy::Party;

use super::{Asker, Broker, Trouble};
use crate::store::index::Spot;
use crate::vault::{Id, Place, Unsealable, Vault};

impl Broker {
    /// A cursor for this asker in the inbox of this party, beyond this place.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal_cursor(&self, asker: &Asker, party: Party, beyond: i64) -> Result<String, Trouble> {
        Ok(seal(&self.vault, ("inbox", &bound_to(asker, party)), &beyond.to_be_bytes())?)
    }

    /// Where to go on; nothing when the cursor was not given to this asker for this inbox.
    #[must_use]
    pub fn open_cursor(&self, asker: &Asker, party: Party, cursor: &str) -> Option<i64> {
        let plain = open(&self.vault, ("inbox", &bound_to(asker, party)), cursor)?;
        Some(i64::from_be_bytes(plain.as_slice().try_into().ok()?))
    }

    /// A cursor for this asker in what this party must still do, beyond this day and id.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal_duty_cursor(&self, asker: &Asker, party: Party, beyond: &(String, Id)) -> Result<String, Trouble> {
        let place = [beyond.1.as_slice(), beyond.0.as_bytes()].concat();
        Ok(seal(&self.vault, ("obligation", &bound_to(asker, party)), &place)?)
    }

    /// Where to go on; nothing when the cursor was not given to this asker for what this party must still do.
    #[must_use]
    pub fn open_duty_cursor(&self, asker: &Asker, party: Party, cursor: &str) -> Option<(String, Id)> {
        let plain = open(&self.vault, ("obligation", &bound_to(asker, party)), cursor)?;
        let (id, day) = plain.split_first_chunk()?;
        Some((String::from_utf8(day.to_vec()).ok()?, *id))
    }
}

impl Broker {
    /// A cursor for this asker in what one search of the log finds, before this spot.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(super) fn seal_search_cursor(
        &self,
        asker: &Asker,
        (party, search): (Party, &[u8; 32]),
        before: &Spot,
    ) -> Result<String, Trouble> {
        let Spot { at, log, index } = before;
        let place = [at.to_be_bytes().as_slice(), &index.to_be_bytes(), log.as_bytes()].concat();
        Ok(seal(&self.vault, ("log_search", &[&bound_to(asker, party), search.as_slice()].concat()), &place)?)
    }

    /// Where to go on; nothing when the cursor was not given to this asker for this very search.
    pub(super) fn open_search_cursor(
        &self,
        asker: &Asker,
        (party, search): (Party, &[u8; 32]),
        cursor: &str,
    ) -> Option<Spot> {
        let bound = [&bound_to(asker, party), search.as_slice()].concat();
        let plain = open(&self.vault, ("log_search", &bound), cursor)?;
        let (at, rest) = plain.split_first_chunk()?;
        let (index, log) = rest.split_first_chunk()?;
        let log = String::from_utf8(log.to_vec()).ok()?;
        Some(Spot { at: i64::from_be_bytes(*at), log, index: u64::from_be_bytes(*index) })
    }
}

/// A list by its table, and whom it is for.
type Bound<'a> = (&'static str, &'a [u8]);

fn seal(vault: &Vault, bound: Bound<'_>, beyond: &[u8]) -> Result<String, Unsealable> {
    Ok(URL_SAFE_NO_PAD.encode(vault.seal_own(place(bound), beyond)?))
}

fn open(vault: &Vault, bound: Bound<'_>, cursor: &str) -> Option<Vec<u8>> {
    let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    vault.open_own(place(bound), &sealed).ok().map(|plain| plain.to_vec())
}

fn place((table, row): Bound<'_>) -> Place<'_> {
    Place { table, column: "cursor", row }
}

fn bound_to(asker: &Asker, party: Party) -> Vec<u8> {
    let professional = asker.professional.as_deref().unwrap_or_default();
    let parts = [asker.certificate.as_str(), party.organisation.as_str(), party.desk.code(), professional];
    parts.join("\0").into_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sluis_policy::Desk;

    use super::*;
    use crate::http::trace::Trace;
    use crate::keys::Keys;

    #[test]
    fn a_cursor_opens_only_for_who_got_it_and_where_they_got_it() {
        let vault = Vault::new(Arc::new(Keys::fresh().unwrap()));
        let oin = |text: &str| text.parse().unwrap();
        let asker = |certificate: &str, professional: Option<&str>| Asker {
            certificate: oin(certificate),
            professional: professional.map(str::to_owned),
            trace: Trace::continued(None),
        };
        let at = |organisation: &str, desk| Party { organisation: oin(organisation), desk };
        let (own, other) = ("99000000000000000030", "99000000000000000031");
        let bound = bound_to(&asker(own, Some("w-1")), at(own, Desk::Wijkteam));
        let beyond = [7; 8];
        let cursor = seal(&vault, ("inbox", &bound), &beyond).unwrap();
        assert_eq!(open(&vault, ("inbox", &bound), &cursor).as_deref(), Some(beyond.as_slice()));
        assert!(open(&vault, ("obligation", &bound), &cursor).is_none(), "another list");
        assert!(!cursor.contains(&URL_SAFE_NO_PAD.encode([7; 6])), "it says nothing");
        for (asker, party) in [
            (asker(other, Some("w-1")), at(own, Desk::Wijkteam)),
            (asker(own, Some("w-2")), at(own, Desk::Wijkteam)),
            (asker(own, None), at(own, Desk::Wijkteam)),
            (asker(own, Some("w-1")), at(other, Desk::Wijkteam)),
            (asker(own, Some("w-1")), at(own, Desk::Leerplicht)),
        ] {
            assert!(open(&vault, ("inbox", &bound_to(&asker, party)), &cursor).is_none(), "{asker:?} {party:?}");
        }
        for forged in ["", "AAAA", "geen base64!", &cursor[1..], &format!("{cursor}A")] {
            assert!(open(&vault, ("inbox", &bound), forged).is_none(), "{forged}");
        }
    }
}
