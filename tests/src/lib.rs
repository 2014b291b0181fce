// SPDX-License-Identifier: EUPL-1.2
//! The product from outside. A [`world::World`] of real servers stands around one real [`gateway::Gateway`] process on a
//! [`database::Database`]; a [`conversation`] is a file of plain HTTP that [`play`] holds with it, comparing each answer
//! with the [`pattern`] written there.

pub mod conversation;
pub mod database;
pub mod gateway;
pub mod pattern;
pub mod play;
pub mod region;
pub mod seat;
pub mod token;
pub mod world;

/// Why a trial failed, in words for whoever reads the output.
pub type Trouble = String;
