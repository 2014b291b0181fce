// SPDX-License-Identifier: EUPL-1.2
//! The product held against what nobody here wrote: design rules and their linter, validators, generators of clients, a
//! tester that makes requests up from the description, an identity provider, rules for what may be built upon.
//!
//! The outside programs are installed by `tests/standards/install`, which `tests/run` calls.

mod authzen;
mod changes;
mod clients;
mod described;
mod design;
mod exports;
mod identity;
mod patch;
mod rules;
mod standing;
mod supply;
mod tlog;
mod tools;
mod witness;
