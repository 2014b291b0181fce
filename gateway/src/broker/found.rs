// SPDX-License-Identifier: EUPL-1.2
//! Who a look-up by number or by statement leads to. Where it leads to nobody, a stand-in is read in the same way, so that
//! neither the answer nor its time tells what is not there from what is not for the asker (P6).
//!
//! A pupil key needs no stand-in: it is hashed with the organisation that asks, so another school's pupil has no row either,
//! and whether a pupil of one's own is known is one's own administration. What stands behind the id of a signal is told
//! from its row alone, before anything is opened.

use jiff::civil::{Date, date};
use sluis_policy::{
    Authority, AuthorityKind, AuthoritySource, Bsn, Desk, Oin, Party, Period, PersonRef, ReceiverScope, Scope,
    Statement, VoiceKind,
};

use super::reply::Seen;
use super::sealing::{IdentityFact, YouthFact};
use super::telling::Telling;
use super::youths::unless_erased;
use super::{Broker, KnownYouth, Trouble};
use crate::ledger::unit::Unit;
use crate::vault::Id;

/// Gevonden: a youth, or the stand-in that costs the same to read.
#[derive(Debug)]
#[doc(alias = "gevonden")]
pub(super) enum Found {
    Youth(KnownYouth),
    Nobody(KnownYouth),
}

impl Found {
    /// The youth, if it is one.
    pub(super) fn youth(&self) -> Option<&KnownYouth> {
        match self {
            Self::Youth(youth) => Some(youth),
            Self::Nobody(_) => None,
        }
    }

    /// What was seen of it, for a refusal.
    pub(super) fn seen(&self) -> Seen<'_> {
        match self {
            Self::Youth(youth) => Seen::Youth(youth),
            Self::Nobody(stand_in) => Seen::StandIn(stand_in.read),
        }
    }
}

impl Broker {
    /// The youth with this number, if a statute ever brought it here.
    pub(super) async fn found_by_number(&self, number: &Bsn) -> Result<Found, Trouble> {
        self.found_by_lookup(&self.vault.lookup_number(number)).await
    }

    /// The youth behind a look-up hash.
    ///
    /// INVARIANT: the store is asked the same questions and as much is opened, whether there is one or not.
    pub(super) async fn found_by_lookup(&self, hash: &[u8; 32]) -> Result<Found, Trouble> {
        let youth = match self.store.claimed(hash).await? {
            Some(claimed) => unless_erased(self.youth(claimed.resource).await)?,
            None => None,
        };
        match youth {
            Some(youth) => Ok(Found::Youth(youth)),
            None => Ok(Found::Nobody(self.stand_in().await?)),
        }
    }

    /// Plaatsvervanger: a youth that does not exist, with as much stored about it as about another. Which one follows from
    /// the keys, so the gateways of one database share it. It is made when it is first needed.
    async fn stand_in(&self) -> Result<KnownYouth, Trouble> {
        let id = self.vault.lookup_id("plaatsvervanger", &[]);
        let known = self.youth(id).await?;
        if known.read.version > 0 {
            return Ok(known);
        }
        let now = self.now()?;
        let (keys, rows) = self.vault.fresh_keys(id)?;
        let youth = KnownYouth::unborn(keys, Date::ZERO, PersonRef(id));
        let mut unit = rows.into_iter().fold(Unit::default(), Unit::with_key);
        for fact in stand_in_facts(id, self.own_number(), now.today) {
            unit = fact.add_to(unit, &youth, now.instant)?;
        }
        // Where another made it meanwhile, that one is read.
        self.commit(unit).await?;
        self.youth(id).await
    }
}

/// What is usually known of a youth who comes up here: who it is, a school, two who hold authority, what they said.
fn stand_in_facts(id: Id, school: Oin, today: Date) -> Vec<YouthFact> {
    let person = PersonRef(id);
    let school = Party { organisation: school, desk: Desk::School };
    let words = |word: &str| word.to_owned();
    let identity = IdentityFact {
        given_names: words("Plaatsvervanger"),
        surname: words("van Niemand"),
        postcode: words("0000AA"),
    };
    let authority = |person| {
        YouthFact::Authority(Authority {
            person,
            kind: AuthorityKind::Parent,
            since: today,
            until: None,
            source: AuthoritySource::School,
            scope: None,
        })
    };
    let telling = Telling {
        statement: id,
        by: school,
        capacity: Some(AuthorityKind::Parent),
        channel: Some(words("gesprek")),
        evidence: None,
        follows: None,
    };
    let statement = Statement {
        id,
        speaker: person,
        voice: VoiceKind::Objects,
        scope: Scope { purpose: None, receiver: ReceiverScope::Any, category: None },
        spoken_at: 0,
        arrived_at: 0,
        valid: Period::since(today),
        text_version: words("2026-1"),
        speaks_for_other: false,
        lease_until: None,
    };
    vec![
        YouthFact::Base { born: date(2012, 1, 1), person, home: None, start_qualification: None },
        YouthFact::Identity(identity),
        YouthFact::Pupil { school, key: words("niemand"), period: Period::since(today) },
        authority(person),
        authority(PersonRef([0; 16])),
        YouthFact::Voiced { statement, telling },
    ]
}
