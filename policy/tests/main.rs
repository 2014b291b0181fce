// SPDX-License-Identifier: EUPL-1.2
//! The core from outside: the tables people sign, the worked cases, and the laws. One binary, one world.
#![expect(clippy::disallowed_methods, reason = "tests read and bless the golden files")]

// `cfg(test)` is always on here; written out, it tells clippy that these modules are tests and may unwrap.
#[cfg(test)]
mod cases;
#[cfg(test)]
mod covenants;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod world;
