// SPDX-License-Identifier: EUPL-1.2
//! Where a list goes on, sealed: it says nothing to whoever holds it, and works for nobody else and nowhere else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis_policy::Party;

use super::{Asker, Broker, Trouble};
use crate::store::reading::After;
use crate::vault::Place;

impl Broker {
    /// A cursor for this asker in the inbox of this party.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal_cursor(&self, asker: &Asker, party: Party, after: After) -> Result<String, Trouble> {
        let plain = [after.created_at.to_be_bytes().as_slice(), &after.id].concat();
        let sealed = self.vault.seal_own(place(&bound_to(asker, party)), &plain)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Where to go on; nothing when the cursor was not given to this asker for this inbox.
    #[must_use]
    pub fn open_cursor(&self, asker: &Asker, party: Party, cursor: &str) -> Option<After> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let plain = self.vault.open_own(place(&bound_to(asker, party)), &sealed).ok()?;
        let (created_at, id) = plain.split_first_chunk::<8>()?;
        Some(After { created_at: i64::from_be_bytes(*created_at), id: id.try_into().ok()? })
    }
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: "inbox", column: "cursor", row }
}

fn bound_to(asker: &Asker, party: Party) -> Vec<u8> {
    let professional = asker.professional.as_deref().unwrap_or_default();
    let parts = [asker.certificate.as_str(), party.organisation.as_str(), party.desk.code(), professional];
    parts.join("\0").into_bytes()
}
