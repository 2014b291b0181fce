// SPDX-License-Identifier: EUPL-1.2
//! Forged access tokens, for tests that must see them refused. Nothing in the sandbox's servers uses this.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::errors::Error;
use serde_json::{Value, json};

use crate::signing::{TokenKey, signing_input};

/// How a forged token is signed.
#[derive(Clone, Copy, Debug)]
pub enum ForgedSignature<'a> {
    /// Not at all: the part after the last dot is empty.
    Absent,
    /// HMAC-SHA-256 with these bytes as the secret, such as the provider's public key as PEM.
    Hs256(&'a [u8]),
    /// ES256 with a key of the forger's choice.
    Es256(&'a TokenKey),
    /// Sixty-four bytes that sign nothing.
    Noise,
}

/// Puts any header, any claims and any signature together into a token.
///
/// # Errors
/// When the key cannot sign.
pub fn forged_token(header: &Value, claims: &Value, signature: ForgedSignature<'_>) -> Result<String, Error> {
    let message = signing_input(header, claims)?;
    let signature = match signature {
        ForgedSignature::Es256(key) => return key.sign(header, claims),
        ForgedSignature::Absent => String::new(),
        ForgedSignature::Hs256(secret) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()))
        }
        ForgedSignature::Noise => URL_SAFE_NO_PAD.encode([7; 64]),
    };
    Ok(format!("{message}.{signature}"))
}

/// The header of an honest token of this key, to start a forgery from.
#[must_use]
pub fn plausible_header(key: &TokenKey) -> Value {
    json!({ "typ": "at+jwt", "alg": "ES256", "kid": key.kid() })
}
