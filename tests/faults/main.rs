// SPDX-License-Identifier: EUPL-1.2
//! What must hold when machines fail (P9), tried on the real binary.

mod clock;
mod intake;
mod kill;
mod severed;
mod storage;

/// How often a round is played: 5, or as many as `tests/run --long` wants.
fn rounds() -> usize {
    if std::env::var_os("SLUIS_TEST_LONG").is_some() { 50 } else { 5 }
}
