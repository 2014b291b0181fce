// SPDX-License-Identifier: EUPL-1.2
//! How this gateway says who it is to the identity provider: by a signed assertion (`private_key_jwt`, RFC 7523), so that no
//! secret is ever sent, and none stands in a configuration.

use std::path::Path;

use aws_lc_rs::rand;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

/// How long an assertion holds, in seconds.
const HOLDS: i64 = 60;

/// Sleutel that signs assertions: P-256, or RSA. It does not print.
#[derive(Clone)]
#[doc(alias = "sleutel")]
pub struct AssertionKey {
    algorithm: Algorithm,
    key: EncodingKey,
}

/// Why a key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum AssertionFault {
    /// It cannot be read.
    #[error("`{path}` cannot be read: {trouble}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        trouble: std::io::Error,
    },
    /// It is of another kind.
    #[error("`{path}` holds no P-256 or RSA private key in PEM")]
    Kind {
        /// The file.
        path: String,
    },
}

impl std::fmt::Debug for AssertionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AssertionKey")
    }
}

impl AssertionKey {
    /// Reads a private key, PEM.
    ///
    /// # Errors
    /// When the file cannot be read, or holds another kind of key.
    pub fn read(file: &Path) -> Result<Self, AssertionFault> {
        let path = || file.display().to_string();
        let pem = std::fs::read(file).map_err(|trouble| AssertionFault::File { path: path(), trouble })?;
        let curve = EncodingKey::from_ec_pem(&pem).map(|key| Self { algorithm: Algorithm::ES256, key });
        let key =
            curve.or_else(|_| EncodingKey::from_rsa_pem(&pem).map(|key| Self { algorithm: Algorithm::PS256, key }));
        // A curve other than P-256 is only found out by signing.
        key.ok().filter(|key| key.sign("probe", "probe", 0).is_some()).ok_or(AssertionFault::Kind { path: path() })
    }

    /// An assertion that this is `client`, for `audience`, at this instant in microseconds.
    pub(super) fn sign(&self, client: &str, audience: &str, now: i64) -> Option<String> {
        let mut id = [0; 16];
        rand::fill(&mut id).ok()?;
        let seconds = now.div_euclid(1_000_000);
        let claims = json!({
            "iss": client, "sub": client, "aud": audience, "jti": hex::encode(id), "iat": seconds, "exp": seconds + HOLDS,
        });
        jsonwebtoken::encode(&Header::new(self.algorithm), &claims, &self.key).ok()
    }
}
