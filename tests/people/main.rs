// SPDX-License-Identifier: EUPL-1.2
//! The people listener from outside: real HTTPS, a real OpenID provider that nobody here wrote, and a real browser.

mod browser;
mod chromium;
mod inspecting;
mod login;
mod outsiders;
mod reading;
mod searching;
mod stage;
