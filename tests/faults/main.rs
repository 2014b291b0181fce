// SPDX-License-Identifier: EUPL-1.2
//! What must hold when machines fail (P9), tried on the real binary.

mod balancer;
mod clock;
mod cluster;
mod failover;
mod intake;
mod kill;
mod pair;
mod severed;
mod storage;
mod withdrawal;

/// Whether there is time for many rounds.
fn long() -> bool {
    std::env::var_os("SLUIS_TEST_LONG").is_some()
}
