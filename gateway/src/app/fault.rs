// SPDX-License-Identifier: EUPL-1.2
//! Why a gateway does not start.

use std::io;
use std::net::SocketAddr;

use sluis_connectors::OutboundError;
use sluis_policy::DocumentError;
use sluis_policy::roles::RoleFileError;

use crate::broker::Trouble;
use crate::config::ConfigFault;
use crate::console::AssertionFault;
use crate::document::Faults;
use crate::keys::KeyFault;
use crate::store::engine::Fault;
use crate::tls::{ListFault, TlsFault};

/// Why a gateway does not start, or keeps what it had when it was told to reload.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// A certificate, key or root.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// A file that the configuration names.
    #[error("`{path}` cannot be read: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: io::Error,
    },
    /// The register.
    #[error("{path} has faults:\n{faults}")]
    Register {
        /// The file.
        path: String,
        /// All of them.
        faults: Faults,
    },
    /// The terms of keeping.
    #[error("{path} has faults:\n{faults}")]
    Terms {
        /// The file.
        path: String,
        /// All of them.
        faults: Faults,
    },
    /// A covenant.
    #[error("`{path}` cannot be in force:\n{trouble}")]
    Covenant {
        /// The file.
        path: String,
        /// What is wrong with it.
        trouble: DocumentError,
    },
    /// A covenant with the number of another.
    #[error("`{path}` has the number of a covenant that was named before it")]
    CovenantTwice {
        /// The file.
        path: String,
    },
    /// Two covenants that bind the same two desks on the same day.
    #[error("`{path}` binds two desks that `{other}` binds too, on the same days: it would not be known which holds")]
    CovenantsOverlap {
        /// The file.
        path: String,
        /// The covenant named before it.
        other: String,
    },
    /// The role table.
    #[error("the role table cannot be in force: {0}")]
    Roles(#[from] RoleFileError),
    /// The certificate for outbound calls names nobody.
    #[error("the certificate for outbound calls has not exactly one serialNumber with an OIN")]
    OwnNumber,
    /// The keys of this gateway.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// The file with the passphrase of the keys.
    #[error("`{path}` must hold a passphrase of at least 16 characters on its first line")]
    Passphrase {
        /// The file.
        path: String,
    },
    /// A revocation list that would not count.
    #[error("{0}")]
    Revocations(ListFault),
    /// Something that only a restart can change.
    #[error("only a restart can change {keys}")]
    NeedsRestart {
        /// The keys of the configuration.
        keys: String,
    },
    /// The change cannot be recorded, so it does not happen.
    #[error("the change cannot be recorded: {0}")]
    Unrecorded(Trouble),
    /// The file with the address of the database for its owner.
    #[error("`{path}` must hold a postgres:// address on its first line")]
    Owner {
        /// The file.
        path: String,
    },
    /// The client for outbound calls.
    #[error("outbound calls cannot be set up: {0}")]
    Outbound(#[from] OutboundError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Fault),
    /// An address that cannot be listened on.
    #[error("`{at}` cannot be listened on: {trouble}")]
    Socket {
        /// The address.
        at: SocketAddr,
        /// What the system said.
        trouble: io::Error,
    },
    /// The key that shows the identity provider of people who this gateway is.
    #[error(transparent)]
    Assertion(#[from] AssertionFault),
    /// The counters.
    #[error("counters cannot be started: {0}")]
    Counters(#[from] metrics_exporter_prometheus::BuildError),
    /// The signals of the system cannot be listened for.
    #[error("signals cannot be listened for: {0}")]
    Signals(io::Error),
}
