// SPDX-License-Identifier: EUPL-1.2
//! Where a list goes on, sealed: it says nothing to whoever holds it, and works for nobody else and nowhere else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis_policy::Party;

use super::{Asker, Broker, Trouble};
use crate::vault::{Place, Unsealable, Vault};

impl Broker {
    /// A cursor for this asker in the inbox of this party, beyond this place.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal_cursor(&self, asker: &Asker, party: Party, beyond: i64) -> Result<String, Trouble> {
        Ok(seal(&self.vault, &bound_to(asker, party), beyond)?)
    }

    /// Where to go on; nothing when the cursor was not given to this asker for this inbox.
    #[must_use]
    pub fn open_cursor(&self, asker: &Asker, party: Party, cursor: &str) -> Option<i64> {
        open(&self.vault, &bound_to(asker, party), cursor)
    }
}

fn seal(vault: &Vault, bound: &[u8], beyond: i64) -> Result<String, Unsealable> {
    Ok(URL_SAFE_NO_PAD.encode(vault.seal_own(place(bound), &beyond.to_be_bytes())?))
}

fn open(vault: &Vault, bound: &[u8], cursor: &str) -> Option<i64> {
    let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let plain = vault.open_own(place(bound), &sealed).ok()?;
    Some(i64::from_be_bytes(plain.as_slice().try_into().ok()?))
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: "inbox", column: "cursor", row }
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
        let beyond = 0x0707_0707_0707_0707;
        let cursor = seal(&vault, &bound, beyond).unwrap();
        assert_eq!(open(&vault, &bound, &cursor), Some(beyond));
        assert!(!cursor.contains(&URL_SAFE_NO_PAD.encode([7; 6])), "it says nothing");
        for (asker, party) in [
            (asker(other, Some("w-1")), at(own, Desk::Wijkteam)),
            (asker(own, Some("w-2")), at(own, Desk::Wijkteam)),
            (asker(own, None), at(own, Desk::Wijkteam)),
            (asker(own, Some("w-1")), at(other, Desk::Wijkteam)),
            (asker(own, Some("w-1")), at(own, Desk::Leerplicht)),
        ] {
            assert!(open(&vault, &bound_to(&asker, party), &cursor).is_none(), "{asker:?} {party:?}");
        }
        for forged in ["", "AAAA", "geen base64!", &cursor[1..], &format!("{cursor}A")] {
            assert!(open(&vault, &bound, forged).is_none(), "{forged}");
        }
    }
}
