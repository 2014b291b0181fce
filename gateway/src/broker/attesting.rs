// SPDX-License-Identifier: EUPL-1.2
//! Others witness this gateway's own log: each checkpoint is shown to them before it is published, in the background, and
//! what they cosigned is published with it (C2SP tlog-witness, L4).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Method;
use sluis_connectors::{Address, Failure, Outbound};
use tokio::task::JoinSet;

use super::checkpoint::Signed;
use super::{Broker, Trouble};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::{Cosigned, WitnessKey};
use crate::ledger::mark::Mark;
use crate::ledger::merkle::Hash;

/// How long a witness is waited for. A checkpoint is published without those that do not answer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1_500);

/// Getuige of our own log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Below what `add-checkpoint` is.
    pub address: Address,
    /// What its cosignatures are checked with.
    pub key: WitnessKey,
}

/// Getuigen: who they are, and how much of our log each has seen as far as we know.
#[derive(Debug, Default)]
#[doc(alias = "getuigen")]
pub(super) struct Witnesses {
    all: Vec<Witness>,
    seen: Mutex<BTreeMap<String, u64>>,
}

/// What a witness said.
enum Said {
    Cosigned(Cosigned),
    /// It saw a tree of another size last.
    SawLast(u64),
    /// It would not, or its answer means nothing here.
    Nothing,
}

impl Witnesses {
    pub(super) fn of(all: Vec<Witness>) -> Self {
        Self { all, seen: Mutex::default() }
    }

    fn seen_by(&self, witness: &str) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(witness).copied().unwrap_or_default()
    }

    fn note(&self, witness: &str, size: u64) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(witness.to_owned(), size);
    }
}

impl Broker {
    /// Signs where the log stands and publishes it, with the cosignatures of those witnesses that answer in time. Where
    /// nothing happened since, only who did not answer before is asked again.
    ///
    /// # Errors
    /// When the log cannot be signed or read, or a cosignature cannot be kept.
    pub async fn attest(&self) -> Result<(), Trouble> {
        let signed = self.unpublished()?;
        let cosigned = self.ask_witnesses(&signed).await?;
        if signed.cosigned.len() == cosigned.len() && self.is_published(&signed) {
            return Ok(());
        }
        let more = cosigned.len() > signed.cosigned.len();
        let published = self.publish_signed(Signed { cosigned, ..Signed::clone(&signed) });
        if more { self.keep(&published).await } else { Ok(()) }
    }

    /// The cosignatures of this checkpoint: those that are there already, and those that come in time.
    async fn ask_witnesses(&self, signed: &Signed) -> Result<BTreeMap<String, Cosigned>, Trouble> {
        let mut cosigned = signed.cosigned.clone();
        let mut asked = JoinSet::new();
        for witness in self.witnesses.all.iter().filter(|witness| !cosigned.contains_key(witness.key.name())) {
            let message = self.message(witness.key.name(), signed).await?;
            asked.spawn(ask(self.outbound.clone(), witness.clone(), message, signed.checkpoint.body()));
        }
        while let Some(told) = asked.join_next().await {
            let Ok((witness, said)) = told else { continue };
            match said {
                Said::Cosigned(line) => {
                    self.witnesses.note(&witness, signed.checkpoint.size);
                    cosigned.insert(witness, line);
                }
                Said::SawLast(size) => self.goes_on_from(&witness, size, &signed.checkpoint),
                Said::Nothing => metrics::counter!("sluis_witness_silences_total").increment(1),
            }
        }
        Ok(cosigned)
    }

    /// A witness that saw more of our log than there is, saw a log that was longer: ours was put back.
    fn goes_on_from(&self, witness: &str, size: u64, now: &Checkpoint) {
        if size > now.size {
            tracing::error!(witness, size, own = now.size, "a witness saw more of this log than there is");
            metrics::counter!("sluis_witness_contradictions_total").increment(1);
        } else {
            self.witnesses.note(witness, size);
        }
    }

    async fn message(&self, witness: &str, signed: &Signed) -> Result<String, Trouble> {
        let now = &signed.checkpoint;
        let old = self.witnesses.seen_by(witness);
        let path: Vec<Hash> = if old == 0 || old == now.size {
            Vec::new()
        } else {
            self.consistency(&now.origin, old, now.size).await?.path
        };
        let path: String = path.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
        Ok(format!("old {old}\n{path}\n{}", signed.own))
    }

    /// Keeps the note that others cosigned, for whoever asks later how far this log was seen.
    async fn keep(&self, published: &Signed) -> Result<(), Trouble> {
        let Checkpoint { origin, size, root } = &published.checkpoint;
        let before = self.store.witnessed(origin).await?.map(|kept| (kept.size, kept.root));
        let mark = Mark { log: origin.clone(), before, size: *size, root: *root, note: published.note() };
        // Where another row came meanwhile, that one is as good.
        self.ledger.mark(mark).await?;
        Ok(())
    }
}

async fn ask(outbound: Outbound, witness: Witness, message: String, body: String) -> (String, Said) {
    let name = witness.key.name().to_owned();
    let said = match tokio::time::timeout(PATIENCE, sent(&outbound, &witness, message)).await {
        Ok(Ok((200, text))) => witness.key.saw(&body, &text).map_or(Said::Nothing, Said::Cosigned),
        Ok(Ok((409, text))) => text.trim_end().parse().map_or(Said::Nothing, Said::SawLast),
        Ok(Ok(_) | Err(_)) | Err(_) => Said::Nothing,
    };
    (name, said)
}

async fn sent(outbound: &Outbound, witness: &Witness, message: String) -> Result<(u16, String), Failure> {
    let mut request = reqwest::Request::new(Method::POST, witness.address.below("add-checkpoint"));
    *request.body_mut() = Some(message.into());
    let answer = outbound.exchange(request).await?;
    Ok((answer.status, String::from_utf8_lossy(&answer.body).into_owned()))
}
