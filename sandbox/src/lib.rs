// SPDX-License-Identifier: EUPL-1.2
//! Other people's systems to play against: a municipal back-office, a school system, a verwijsindex and an identity
//! provider, as real servers behind mutual TLS on loopback, with a development PKI made per run and a synthetic world to
//! talk about.
//!
//! Each server is started by an async function on the caller's tokio or actix runtime (its requests are answered on
//! threads of its own), listens on a free port of 127.0.0.1 and gives back a handle with its address, what it received
//! so far, and a way to stop. None of this is for production: the certificates are worth nothing outside one run.

pub mod back_office;
pub mod behaviour;
mod counterpart;
mod desk;
pub mod forgery;
mod listener;
pub mod participant;
pub mod pki;
pub mod provider;
pub mod school;
pub mod seed;
pub mod signing;
pub mod verwijsindex;

pub use counterpart::{Counterpart, Received, Settings};
