// SPDX-License-Identifier: EUPL-1.2
//! The store: what the gateway keeps, on SQLite or PostgreSQL, with one body for both.
//!
//! Reading happens here, by use case. Writing happens only through the ledger, which commits a unit's writes together
//! with its access records.

pub mod copying;
pub mod duties;
pub mod engine;
mod gathering;
pub mod index;
pub(crate) mod kept;
pub mod known;
pub(crate) mod log;
mod migrations;
pub mod postgres;
pub mod reading;
pub(crate) mod rehearsal;
pub mod sqlite;

pub use reading::Store;
#[cfg(test)]
mod due;
#[cfg(test)]
pub(crate) mod trial;
