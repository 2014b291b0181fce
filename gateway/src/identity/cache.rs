// SPDX-License-Identifier: EUPL-1.2
//! Tokens that were verified before. Only successes are kept, only what the token says, only until it ends or its
//! issuer's keys change, and only so many.

use std::sync::Arc;

use super::Claims;
use crate::recent::Recent;

/// SHA-256 over certificate thumbprint and token: a token is only ever found again with the certificate it came with.
pub(super) type CacheKey = [u8; 32];

pub(super) type TokenCache = Recent<CacheKey, Cached>;

#[derive(Debug)]
pub(super) struct Cached {
    pub(super) claims: Arc<Claims>,
    pub(super) key_set: u64,
}
