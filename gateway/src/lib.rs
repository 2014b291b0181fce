// SPDX-License-Identifier: EUPL-1.2
//! Sluis: a federated API gateway with a consent and privacy layer for signals about youths.

pub mod app;
pub mod audience;
pub mod broker;
pub mod check;
pub mod clock;
pub mod command;
pub mod config;
pub mod console;
pub mod copies;
#[cfg(feature = "demo")]
mod demo;
pub mod document;
mod erasing;
pub mod export;
pub mod http;
pub mod identity;
pub mod import;
mod indexing;
pub mod init;
mod journal;
mod keeping;
pub mod keys;
pub mod ledger;
pub mod log;
pub mod operations;
mod operator;
pub mod outbox;
mod publishing;
mod recent;
pub mod register;
pub mod retention;
mod shadow;
pub mod store;
pub mod tls;
pub mod upkeep;
pub mod vault;
