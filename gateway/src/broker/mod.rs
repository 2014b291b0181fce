// SPDX-License-Identifier: EUPL-1.2
//! The use cases: read facts, decide, commit, and only then release.
//!
//! Each use case is a loop of one turn: what moved between reading and committing sends it round again. A refusal is
//! committed as well, before the caller hears of it; nothing passes unrecorded.

mod again;
mod asking;
mod attesting;
mod checkpoint;
mod composing;
mod cursors;
mod denials;
mod directory;
mod disclosure;
mod door;
mod duties;
mod entitled;
pub(crate) mod erasing;
mod feedback;
mod found;
mod halting;
mod handling;
mod inbox;
mod indexing;
mod inspection;
mod log_export;
mod log_naming;
mod log_query;
mod log_reading;
mod log_saved;
mod log_search;
mod memory;
mod naming;
mod natural;
mod objecting;
mod once;
mod operating;
mod receipts;
mod recorded;
mod registering;
mod renewing;
pub(crate) mod replaying;
mod reply;
mod retracting;
mod routing;
mod ruling;
mod said;
mod sealing;
mod secrets;
mod signals;
mod stated;
mod stating;
mod telling;
mod terms;
mod tree;
mod voices;
pub mod weighing;
mod whom;
mod witness;
mod youths;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use sluis_policy::{Covenant, Desk, Moment, Oin, Party, RoleTable};
use tokio::sync::Notify;

pub(crate) use self::again::Again;
pub use self::asking::{AnsweredDay, AttendanceAnswer, NewQuestion};
pub(crate) use self::attesting::PATIENCE as WITNESS_PATIENCE;
pub use self::attesting::Witness;
pub use self::checkpoint::Signed;
pub(crate) use self::composing::Composed;
pub(crate) use self::denials::A_MINUTE as DENIALS_A_MINUTE;
use self::denials::Denials;
pub use self::denials::Numbers;
pub use self::disclosure::Disclosure;
pub(crate) use self::duties::DutyBody;
pub use self::duties::{
    DutyPage, DutyStep, DutyView, ESCALATED, Ending, Finishing, Heard, Hearer, NOT_TOLD_FOR, OUTCOMES, POSTPONED_FOR,
    Postponement, SORTING_OUT, Silence, Telling, WEIGHED, Worked,
};
pub use self::entitled::{Entitled, IDENTIFIED_BY};
pub(crate) use self::feedback::FeedbackBody;
pub use self::feedback::SignalStatus;
use self::halting::Postponed;
pub use self::handling::{HandlingStep, Progress};
pub use self::inbox::{InboxPage, InboxRow, Reading, ReceivedSignal};
pub use self::indexing::Backlog;
pub use self::inspection::{InspectionReport, InspectionRequest, ToldLine, Why};
pub use self::log_export::{MOST_TAKEN, Taken};
pub use self::log_naming::NamedLine;
pub use self::log_query::{LogOutcome, LogQuery};
pub use self::log_reading::{CheckedLine, Finding, LINES_A_PAGE, LogLine, LogPage, LogReader};
pub use self::log_saved::SavedQuestion;
pub use self::log_search::{FoundLine, SearchPage, Searched};
pub use self::objecting::{NewObjection, OBJECTIONS};
pub use self::once::{Once, OnceKey, Running};
pub use self::receipts::{VoiceRecord, VoiceView};
pub use self::registering::{NewAuthority, NewYouth};
pub use self::renewing::Renewal;
pub use self::reply::{Barred, Refused, Reply};
pub use self::retracting::{RETRACTED_FOR, TakenBack};
pub use self::ruling::Asker;
pub(crate) use self::ruling::Ruling;
pub use self::said::{AboutWhom, Applicant, Besides, InformLater};
pub(crate) use self::sealing::{DeliveryBody, SignalBody};
pub use self::signals::{NewSignal, ReceiverState, SignalView};
pub use self::stated::{FACT_SOURCES, Fact};
pub use self::stating::{FactEnd, NewContent, NewFact};
pub use self::telling::{CHANNELS, EVIDENCE, Evidence, Manner, VoiceState};
pub(crate) use self::terms::obligation;
pub use self::tree::{ProvenGrowth, ProvenLine};
pub use self::voices::NewVoice;
pub use self::whom::Whom;
pub use self::witness::{CosignRequest, Cosigning};
pub(crate) use self::youths::KnownYouth;
use crate::clock::{Clock, moment_at};
use crate::ledger::{CommitError, Ledger};
use crate::register::Register;
use crate::store::Store;
use crate::store::engine::Fault;
use crate::store::index::Index;
use crate::vault::{Unsealable, Vault};

#[cfg(feature = "demo")]
#[cfg(test)]
pub(crate) mod contract;

/// How often a use case goes round because its facts moved, before it gives up for now.
const TURNS: u32 = 16;

/// How far the clock may be behind the last commit: more would revive what has ended (design, section 9).
const CLOCK_SLACK: i64 = 5_000_000;

/// How far our clock and that of the database server may differ, in microseconds (design, section 9).
const CLOCKS_DIFFER: i64 = 60_000_000;

/// Makelaar: the one place where a question becomes a decision, a record and an answer.
#[derive(Debug)]
#[doc(alias = "makelaar")]
pub struct Broker {
    pub(crate) store: Store,
    index: Index,
    pub(crate) ledger: Ledger,
    pub(crate) vault: Vault,
    pub(crate) register: Arc<ArcSwap<Register>>,
    pub(crate) policy: Arc<ArcSwap<Policy>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) outbound: sluis_connectors::Outbound,
    /// The gateway's own identification number.
    own: Oin,
    /// Woken when something may leave, or must not leave any more.
    pub(crate) queue_changed: Arc<Notify>,
    running: Running,
    postponed: Postponed,
    denials: Denials,
    /// About whom something was asked a moment ago.
    memory: memory::Memory,
    /// Whether our clock and that of the database server were too far apart when they were last compared.
    clocks_apart: AtomicBool,
    /// What is known of this gateway's own log for proofs.
    blocks: tree::Blocks,
    /// What was signed last.
    published: checkpoint::Published,
    /// Whom this gateway witnesses.
    witness: witness::Known,
    /// Who witness this gateway.
    witnesses: attesting::Witnesses,
}

/// The two kinds of policy that come as files, swapped whole.
#[derive(Debug)]
pub struct Policy {
    /// Who may do what.
    pub roles: RoleTable,
    /// The covenants in force.
    pub covenants: Vec<Covenant>,
}

/// What a broker is made of.
#[derive(Debug)]
pub struct Parts {
    /// What is kept.
    pub store: Store,
    /// Where in the logs everybody is named.
    pub index: Index,
    /// The one way to keep more.
    pub ledger: Ledger,
    /// Seals and opens.
    pub vault: Vault,
    /// Who takes part.
    pub register: Arc<ArcSwap<Register>>,
    /// Roles and covenants.
    pub policy: Arc<ArcSwap<Policy>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How other systems are called.
    pub outbound: sluis_connectors::Outbound,
    /// The gateway's own identification number.
    pub own: Oin,
}

/// What keeps a question from being answered, through nobody's fault but ours. Nothing was disclosed; and nothing was
/// stored, but for what [`CommitError::Unknown`] and [`Trouble::Unshown`] leave open.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error(transparent)]
    Store(#[from] Fault),
    /// The ledger.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A key is gone or a row was changed.
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    /// A youth was erased between finding and reading it. Asked again, it is not there.
    #[error("what was looked for was erased meanwhile")]
    Erased,
    /// The clock is behind the last commit: what has ended would count again.
    #[error("the clock is behind the last commit")]
    ClockBehind,
    /// The clock is far from that of the database server: one of them would count what has ended, or not yet begun.
    #[error("the clock is more than a minute off the database server")]
    ClocksApart,
    /// The facts kept moving.
    #[error("the facts kept moving")]
    Contended,
    /// A permit was to be used without its record.
    #[error("a disclosure has no receipt")]
    NotRecorded,
    /// The log is long, and was not gone through yet since this gateway started.
    #[error("the log is still being gone through")]
    StillCounting,
    /// What the same request led to before stands, and cannot be shown now.
    #[error("what was done before cannot be shown: {0}")]
    Unshown(Box<Self>),
}

impl Trouble {
    /// The same trouble, met when what was asked stands already.
    fn unshown(self) -> Self {
        Self::Unshown(Box::new(self))
    }
}

impl Broker {
    /// A broker on these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { store, index, ledger, vault, register, policy, clock, outbound, own } = parts;
        Self {
            store,
            index,
            ledger,
            vault,
            register,
            policy,
            clock,
            outbound,
            own,
            queue_changed: Arc::new(Notify::new()),
            running: Running::default(),
            postponed: Postponed::default(),
            denials: Denials::recorded(denials::A_MINUTE),
            memory: memory::Memory::default(),
            clocks_apart: AtomicBool::new(false),
            blocks: tree::Blocks::default(),
            published: checkpoint::Published::default(),
            witness: witness::Known::default(),
            witnesses: attesting::Witnesses::default(),
        }
    }

    /// Now: never before the last commit.
    ///
    /// # Errors
    /// When the clock is further behind than clocks may differ, or too far from that of the database server.
    pub fn now(&self) -> Result<Moment, Trouble> {
        if self.clocks_apart.load(Ordering::Acquire) {
            return Err(Trouble::ClocksApart);
        }
        let (system, committed) = (self.clock.now(), self.ledger.standing().committed_at);
        if committed - system.instant > CLOCK_SLACK {
            return Err(Trouble::ClockBehind);
        }
        Ok(if system.instant < committed { moment_at(committed) } else { system })
    }

    /// The gateway's own identification number.
    fn own_number(&self) -> Oin {
        self.own
    }

    /// The desk of those who run this gateway.
    pub(crate) fn own_desk(&self) -> Party {
        Party { organisation: self.own, desk: Desk::Gateway }
    }

    /// Compares our clock with that of the database server, whose time `server` reads. From then on [`Broker::now`] refuses
    /// while they are too far apart. A server that does not answer says nothing about the time, and nothing can be
    /// committed on it either.
    pub async fn compare_clocks(&self, server: impl Future<Output = Result<i64, Fault>>) {
        if !self.store.has_another_clock() {
            return;
        }
        let asked = self.clock.now().instant;
        let Ok(server) = server.await else { return };
        let answered = self.clock.now().instant;
        // How long the answer took is nobody's clock being wrong.
        let apart = asked - server > CLOCKS_DIFFER || server - answered > CLOCKS_DIFFER;
        self.clocks_apart.store(apart, Ordering::Release);
    }

    /// What is woken when the queue changes.
    #[must_use]
    pub fn queue_changed(&self) -> Arc<Notify> {
        Arc::clone(&self.queue_changed)
    }

    /// Roles and covenants as they are now.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// The register as it is now.
    #[must_use]
    pub fn known(&self) -> Arc<Register> {
        self.register.load_full()
    }

    /// The ledger that this broker commits to.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What this broker reads from.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}
