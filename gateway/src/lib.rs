// SPDX-License-Identifier: EUPL-1.2
//! Sluis: a gateway between schools, the verwijsindex and municipal youth care. This crate is the only shell around the
//! decision core; the binary `sluis` starts it.

pub mod clock;
pub mod config;
pub mod document;
pub mod http;
pub mod identity;
pub mod register;
pub mod tls;
