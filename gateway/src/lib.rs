// SPDX-License-Identifier: EUPL-1.2
//! Sluis: a federated API gateway with a consent and privacy layer for signals about youths.

pub mod clock;
pub mod ledger;
pub mod store;
