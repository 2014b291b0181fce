// SPDX-License-Identifier: EUPL-1.2
//! Geheimhouding (RL-14): what about one signal is kept from one reader, or from all who represent the youth, until a person
//! ends that. It is a fact about the youth like another, recorded by whoever knows of the danger.

use std::collections::BTreeSet;

use jiff::civil::Date;
use sluis_policy::{Actor, PersonRef};

use super::replaying::RecordedDecision;
use super::stated::Fact;
use super::{Broker, KnownYouth, Trouble};
use crate::vault::Id;

/// Geheimen of a youth on a day.
#[derive(Debug, Default)]
#[doc(alias = "geheimen")]
pub(super) struct Secrets(Vec<Secret>);

#[derive(Debug)]
struct Secret {
    /// The signal, and the ids by which its receivers know it.
    objects: BTreeSet<Id>,
    from: Vec<PersonRef>,
}

impl Secrets {
    /// Whether nothing is kept from anybody.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn kept_from(&self, object: &Id) -> Vec<PersonRef> {
        self.0.iter().filter(|secret| secret.objects.contains(object)).flat_map(|secret| secret.from.clone()).collect()
    }
}

impl Broker {
    /// What of a youth is kept from whom.
    pub(super) async fn secrets_of(&self, youth: &KnownYouth, today: Date) -> Result<Secrets, Trouble> {
        let mut secrets = Vec::new();
        for recorded in youth.recorded_facts().iter().filter(|one| !one.never_held() && one.period.contains(today)) {
            let Fact::Confidentiality { signal, from } = &recorded.fact else { continue };
            let deliveries = self.store.deliveries_of(*signal).await?;
            let objects = [*signal].into_iter().chain(deliveries.into_iter().map(|delivery| delivery.id)).collect();
            let all = youth.facts.authorities.iter().map(|held| held.person);
            secrets.push(Secret { objects, from: from.map_or_else(|| all.collect(), |person| vec![person]) });
        }
        Ok(Secrets(secrets))
    }

    /// From whom a record is kept, as the core reads it: nothing, which hides it from everybody, where it cannot be told what
    /// the record is about.
    pub(super) async fn hidden_from(
        &self,
        secrets: &Secrets,
        youth: &KnownYouth,
        (log, index): (&str, u64),
    ) -> Result<Option<Vec<PersonRef>>, Trouble> {
        if secrets.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let records = self.store.records(log, index..index.saturating_add(1), "", 1).await?;
        let Some(recorded) = records.into_iter().next().and_then(RecordedDecision::read) else { return Ok(None) };
        let Ok(personal) = recorded.personal(&self.vault, Some(&youth.keys)) else { return Ok(None) };
        Ok(Some(personal.object().map(|object| secrets.kept_from(&object)).unwrap_or_default()))
    }

    /// The signal that somebody wants to keep secret, when they have it and it is about this youth.
    pub(super) async fn to_keep_secret(
        &self,
        actor: Actor,
        known_as: Id,
        youth: &KnownYouth,
    ) -> Result<Option<Id>, Trouble> {
        let looked = self.look_up(known_as, &[actor]).await?;
        Ok(looked.filter(|looked| looked.youth.id() == youth.id()).map(|looked| looked.signal))
    }
}
