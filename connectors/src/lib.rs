// SPDX-License-Identifier: EUPL-1.2
//! The wire of other people's systems: what is said to a municipal desk, a school and the verwijsindex, and how it is
//! carried there.
//!
//! Read first [`Message`] and [`Outbound::deliver`]: a message goes to a counterpart's base address over mutual TLS and
//! comes back as [`Delivered`] or as a [`Failure`] that says whether trying again can help. [`Outbound::ask`] puts a
//! question and brings the whole answer. This crate knows nothing of policy: what may be in a message is decided before
//! it is made, and an answer that says more than may be shown is cut by the caller.
//!
//! The fields of the messages carry the Dutch names of the wire; everything else here is English.

mod address;
mod delivery;
pub mod desk;
mod network;
mod outbound;
mod party;
mod personal;
pub mod school;
pub mod verwijsindex;

pub use address::{Address, AddressError, Host, HostError, OutOfReach, Reach};
pub use delivery::{Acknowledgement, Delivered, Failure, Message};
pub use outbound::{Answer, Identity, MAX_ANSWER_BYTES, Outbound, OutboundError, Settings};
pub use party::{Receiver, Sender};
pub use personal::Personal;
pub use reqwest::{Request, Url};
