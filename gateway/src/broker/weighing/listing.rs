// SPDX-License-Identifier: EUPL-1.2
//! What a search goes through, page by page, and where it goes on: sealed, so that it says nothing to whoever holds it, and
//! bound to who asked what.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis_policy::{Oin, Party};

use super::super::{Asker, Broker, Trouble};
use crate::vault::{Id, Place};

/// Zoekvraag: who searches for what. A page that was given for one is no page of another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "zoekvraag")]
pub struct Query(Vec<u8>);

impl Query {
    /// The search of this asker for this organisation, by the text of what was asked.
    #[must_use]
    pub fn of(asker: &Asker, organisation: Oin, asked: &str) -> Self {
        let professional = asker.professional.as_deref().unwrap_or_default();
        let parts = [asker.certificate.as_str(), organisation.as_str(), professional, asked];
        Self(parts.join("\0").into_bytes())
    }

    fn place(&self) -> Place<'_> {
        Place { table: "zoeken", column: "bladzijde", row: &self.0 }
    }
}

/// Where the list of received signals goes on: at which of the desks, beyond which place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Onward {
    /// The number of the desk in the list.
    pub desk: usize,
    /// The place in its inbox.
    pub beyond: i64,
}

impl Broker {
    /// Where a search goes on, sealed.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal_page(&self, query: &Query, onward: &str) -> Result<String, Trouble> {
        Ok(URL_SAFE_NO_PAD.encode(self.vault.seal_own(query.place(), onward.as_bytes())?))
    }

    /// Where this search goes on; nothing when it was not given for this one.
    #[must_use]
    pub fn open_page(&self, query: &Query, token: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        let plain = self.vault.open_own(query.place(), &sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }

    /// The ids of what these desks received, in order; and where the list goes on, when it may.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn received(
        &self,
        desks: &[Party],
        from: Onward,
        limit: usize,
    ) -> Result<(Vec<Id>, Option<Onward>), Trouble> {
        let (mut ids, mut at) = (Vec::new(), from);
        while let Some(desk) = desks.get(at.desk) {
            let wanted = i64::try_from(limit.saturating_sub(ids.len())).unwrap_or(i64::MAX);
            if wanted == 0 {
                return Ok((ids, Some(at)));
            }
            let rows = self.store.inbox(*desk, at.beyond, wanted).await?;
            let beyond = rows.last().map_or(at.beyond, |row| row.reached.place());
            ids.extend(rows.iter().map(|row| row.id));
            let whole = i64::try_from(rows.len()).unwrap_or(i64::MAX) < wanted;
            at = if whole { Onward { desk: at.desk + 1, beyond: 0 } } else { Onward { beyond, ..at } };
        }
        Ok((ids, None))
    }
}
