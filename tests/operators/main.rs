// SPDX-License-Identifier: EUPL-1.2
//! What an operator does, tried on the real binary: a first start, a reload while systems send, a certificate that is
//! withdrawn, a copy that is put back.

mod changes;
mod copies;
mod decisions;
mod first;
mod forgetting;
mod publish;
mod reload;
mod replay;
mod retention;
mod revocation;
mod roles;
mod school;
