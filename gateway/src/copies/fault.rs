// SPDX-License-Identifier: EUPL-1.2
//! Why there is no copy, or why one was not put back.

use std::io;

use crate::app::StartFault;
use crate::store::engine::Fault;

/// Why there is no copy, or why one was not put back.
#[derive(Debug, thiserror::Error)]
pub enum CopyFault {
    /// The configuration or something that it names.
    #[error(transparent)]
    Start(#[from] StartFault),
    /// A file of the copy.
    #[error("`{path}` cannot be used: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: io::Error,
    },
    /// The folder is no whole copy that this program understands.
    #[error("`{path}` is not a whole copy of this form")]
    NotACopy {
        /// The folder.
        path: String,
    },
    /// The log that was asked for is not in it.
    #[error("`{path}` holds no such log")]
    NoSuchLog {
        /// The folder.
        path: String,
    },
    /// A file is not as it was when the copy was made.
    #[error("`{name}` is missing, was added or is not as it was when the copy was made")]
    Changed {
        /// The file.
        name: String,
    },
    /// A copy of the other kind of database.
    #[error("this is a copy of a {0} database, and the configuration names another kind")]
    OtherKind(String),
    /// A copy of another version of the schema.
    #[error(
        "this copy stands at schema {found} and this program needs {needed}: restore it with the version that made it"
    )]
    OtherSchema {
        /// The steps of the copy.
        found: i64,
        /// The steps of this program.
        needed: i64,
    },
    /// The log name of the configuration is one of those in the copy.
    #[error("`origin` in the configuration is the name of a log in this copy: a restored gateway needs a new one")]
    SameOrigin,
    /// The database is in use.
    #[error("the database is not empty: a copy goes into an empty one, so that nothing is lost")]
    NotEmpty,
    /// The log is not what it was.
    #[error("the log `{origin}` in this copy is not whole: it was changed, cut off or forked")]
    NotWhole {
        /// The log.
        origin: String,
    },
    /// A checkpoint that the copy carries is not signed by this gateway's key.
    #[error("the checkpoint of `{origin}` in this copy is not signed with the key of this gateway")]
    Unsigned {
        /// The log.
        origin: String,
    },
    /// A checkpoint that somebody kept shows more than the copy holds, or something else.
    #[error(
        "the log `{origin}` in this copy does not fit a checkpoint that was kept: it has {has} entries, and had {had} then"
    )]
    NotAsKept {
        /// The log.
        origin: String,
        /// How many entries the copy has.
        has: u64,
        /// How many the checkpoint has.
        had: u64,
    },
    /// There is nothing that says what was erased since.
    #[error("no erasure journal can be read: name it under [erasure], or say with --zonder-journaal why there is none")]
    NoJournal,
    /// The journal cannot be read, or was changed.
    #[error("{0}")]
    Journal(String),
    /// The journal does not have what the logs of the copy say was erased.
    #[error(
        "the erasure journal is not the whole one: the copy itself tells of an erasure, `{record}`, that is not in it"
    )]
    JournalShort {
        /// The record of that erasure.
        record: String,
    },
    /// Something that was erased could not be erased again.
    #[error("what was erased since could not be erased again: {0}")]
    Unforgotten(#[from] crate::broker::Trouble),
    /// The first entry of the new log could not be written.
    #[error("the copy is back, and its new log could not be opened: empty the database and restore again")]
    Unopened,
}

impl From<Fault> for CopyFault {
    fn from(fault: Fault) -> Self {
        Self::Start(StartFault::Store(fault))
    }
}
