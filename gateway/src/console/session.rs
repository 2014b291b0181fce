// SPDX-License-Identifier: EUPL-1.2
//! Sessions of people who logged in. They live in the memory of one gateway: a restart ends them all, and where several
//! gateways stand behind one address a person stays with one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::reason::Reason;

/// Without a request for so long, in microseconds, a session ends.
const IDLE: i64 = 15 * 60 * SECOND;
/// After so long it ends in any case.
const LONGEST: i64 = 8 * 60 * 60 * SECOND;
const SECOND: i64 = 1_000_000;

/// How many there may be. Each took a log-in at the identity provider.
const AT_ONCE: usize = 10_000;

/// Sessies by the hash of their token: who reads this memory cannot take one over.
#[derive(Debug, Default)]
#[doc(alias = "sessies")]
pub(super) struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

/// The token of a session, as only the browser has it.
pub(super) type Token = [u8; 32];

/// Sessie of one person.
#[derive(Clone)]
#[doc(alias = "sessie")]
pub(super) struct Session {
    /// The person, as the identity provider knows them. INVARIANT: personal data, never printed.
    pub(super) subject: String,
    /// What a form must bring back.
    pub(super) form: Token,
    /// Why the person reads, once they said so.
    pub(super) reason: Option<Reason>,
    began: i64,
    seen: i64,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl Sessions {
    /// Begins a session for a person who just logged in, under a token that nobody had before.
    ///
    /// Nothing when the system has no randomness to give.
    pub(super) fn begin(&self, subject: String, now: i64) -> Option<Token> {
        let (mut token, mut form) = ([0; 32], [0; 32]);
        rand::fill(&mut token).ok()?;
        rand::fill(&mut form).ok()?;
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, session| session.holds(now));
        if held.len() >= AT_ONCE {
            let idlest = held.iter().min_by_key(|(_, session)| session.seen).map(|(key, _)| *key);
            idlest.and_then(|key| held.remove(&key));
        }
        held.insert(hashed(&token), Session { subject, form, reason: None, began: now, seen: now });
        Some(token)
    }

    /// The session of a token, if it still holds; being asked for keeps it from idling.
    pub(super) fn find(&self, token: &[u8], now: i64) -> Option<Session> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = hashed(token);
        let session = held.get_mut(&key)?;
        if !session.holds(now) {
            held.remove(&key);
            return None;
        }
        session.seen = session.seen.max(now);
        Some(session.clone())
    }

    /// Keeps the reason that a person gave.
    pub(super) fn give(&self, token: &[u8], reason: Reason) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.entry(hashed(token)).and_modify(|session| session.reason = Some(reason));
    }

    /// Ends a session.
    pub(super) fn end(&self, token: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&hashed(token));
    }
}

impl Session {
    fn holds(&self, now: i64) -> bool {
        // A session of the future is one of a clock that went back: it would hold too long.
        (0..IDLE).contains(&(now - self.seen)) && (0..LONGEST).contains(&(now - self.began))
    }

    /// Whether a form of this session's own pages was sent.
    pub(super) fn sent(&self, form: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.form, form).is_ok()
    }

    /// As [`Session::sent`], from the field of a form as it was written there.
    pub(super) fn sent_in(&self, field: &str) -> bool {
        self.sent(&URL_SAFE_NO_PAD.decode(field).unwrap_or_default())
    }
}

fn hashed(token: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * SECOND;

    #[test]
    fn it_ends_when_idle_and_after_a_working_day_however_busy() {
        let sessions = Sessions::default();
        let token = sessions.begin("fg".into(), 0).unwrap();
        let mut now = 0;
        while now < LONGEST - 14 * MINUTE {
            assert!(sessions.find(&token, now).is_some(), "at {} minutes", now / MINUTE);
            now += 14 * MINUTE;
        }
        assert!(sessions.find(&token, now).is_some());
        assert!(sessions.find(&token, LONGEST - 1).is_some());
        assert!(sessions.find(&token, LONGEST).is_none(), "eight hours, however busy");
        assert!(sessions.find(&token, LONGEST - 1).is_none(), "it does not come back");
        let idle = sessions.begin("fg".into(), 0).unwrap();
        assert!(sessions.find(&idle, IDLE).is_none());
    }

    #[test]
    fn a_clock_that_went_back_revives_none() {
        let sessions = Sessions::default();
        let token = sessions.begin("fg".into(), 100 * MINUTE).unwrap();
        assert!(sessions.find(&token, 99 * MINUTE).is_none());
    }

    #[test]
    fn every_log_in_has_a_token_of_its_own_and_only_its_hash_is_kept() {
        let sessions = Sessions::default();
        let (one, other) = (sessions.begin("fg".into(), 0).unwrap(), sessions.begin("fg".into(), 0).unwrap());
        assert_ne!(one, other);
        assert!(!sessions.0.lock().unwrap().contains_key(&one));
        sessions.end(&one);
        assert!(sessions.find(&one, 0).is_none());
        let session = sessions.find(&other, 0).unwrap();
        assert!(session.sent(&session.form) && !session.sent(&other) && !session.sent(b""));
    }

    #[test]
    fn they_are_bounded_and_the_idlest_goes_first() {
        let sessions = Sessions::default();
        let first = sessions.begin("fg".into(), 0).unwrap();
        for _ in 0..AT_ONCE {
            sessions.begin("fg".into(), 1).unwrap();
        }
        assert_eq!(sessions.0.lock().unwrap().len(), AT_ONCE);
        assert!(sessions.find(&first, 2).is_none());
    }
}
