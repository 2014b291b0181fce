// SPDX-License-Identifier: EUPL-1.2
//! The other side of the counter: someone with a certificate and a token who calls a gateway, as a school system or a
//! back-office does.

use std::time::Duration;

use reqwest::header::HeaderName;
use serde_json::Value;
use sluis_connectors::{Failure, Outbound, OutboundError, Reach, Request, Settings, Url};
use tokio::sync::Mutex;

use crate::pki::{Issued, Pki};

/// Deelnemer: a machine that calls in the name of one professional, or of nobody. It asks its provider for a token when
/// it first needs one and keeps that.
#[doc(alias = "deelnemer")]
pub struct Participant {
    outbound: Outbound,
    access: Access,
    token: Mutex<Option<String>>,
}

/// Where a participant gets its tokens, and for whom.
#[derive(Clone, Debug)]
pub struct Access {
    /// The provider's issuer.
    pub issuer: String,
    /// The client's id at the provider.
    pub client_id: String,
    /// The professional who acts; none for the machine itself.
    pub professional: Option<String>,
    /// OIN of the organisation acted for; the provider's choice when absent.
    pub oin: Option<String>,
}

/// What a participant asks of a gateway.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// Further headers, such as `idempotency-key`.
    pub headers: &'a [(&'a str, &'a str)],
    /// JSON body.
    pub body: Option<&'a Value>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; null when it is empty or not JSON.
    pub body: Value,
    /// The body, byte for byte.
    pub raw: Vec<u8>,
}

/// Why a participant got no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The call itself failed.
    #[error("gateway or provider: {0}")]
    Failed(#[from] Failure),
    /// The provider gave no token.
    #[error("provider gave no token, status {0}")]
    NoToken(u16),
    /// Method, URL or headers cannot be written.
    #[error("request cannot be written")]
    Unwritable,
}

impl Participant {
    /// Someone with this certificate, who trusts `pki` and calls loopback only.
    ///
    /// # Errors
    /// When the certificate cannot be used.
    pub fn new(pki: &Pki, certificate: &Issued, access: Access) -> Result<Self, OutboundError> {
        let loopback = ["localhost", "127.0.0.1"].map(|host| host.parse());
        let outbound = Outbound::new(Settings {
            roots_pem: pki.ca_pem().into(),
            identity: Some(certificate.identity()),
            reach: Reach::new([], loopback.into_iter().flatten()),
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(30),
        })?;
        Ok(Self { outbound, access, token: Mutex::new(None) })
    }

    /// The same machine in the name of another professional, with no token yet.
    #[must_use]
    pub fn acting_as(&self, professional: &str) -> Self {
        let access = Access { professional: Some(professional.to_owned()), ..self.access.clone() };
        Self { outbound: self.outbound.clone(), access, token: Mutex::new(None) }
    }

    /// Calls with a token, asking for one first if there is none.
    ///
    /// # Errors
    /// When there is no token, or no whole reply came.
    pub async fn call(&self, call: Call<'_>) -> Result<Reply, CallError> {
        let bearer = format!("Bearer {}", self.token().await?);
        let mut request = written(call.method, call.url)?;
        let headers = call.headers.iter().copied().chain([("authorization", bearer.as_str())]);
        for (name, value) in headers {
            put(&mut request, name, value)?;
        }
        if let Some(body) = call.body {
            put(&mut request, "content-type", "application/json")?;
            *request.body_mut() = Some(body.to_string().into());
        }
        let answer = self.outbound.exchange(request).await?;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        Ok(Reply {
            status: answer.status,
            headers: answer.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            body: serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
            raw: answer.body,
        })
    }

    /// The token in use, asked for when there is none.
    ///
    /// # Errors
    /// When the provider gives none.
    pub async fn token(&self) -> Result<String, CallError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref() {
            return Ok(token.clone());
        }
        let mut request = written("POST", &format!("{}/token", self.access.issuer))?;
        put(&mut request, "content-type", "application/x-www-form-urlencoded")?;
        *request.body_mut() = Some(self.form()?.into());
        let answer = self.outbound.exchange(request).await?;
        let given: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let token = given.as_ref().and_then(|given| given.get("access_token")?.as_str());
        let token = token.ok_or(CallError::NoToken(answer.status))?.to_owned();
        *kept = Some(token.clone());
        Ok(token)
    }

    /// Forgets the token, so that the next call asks for a new one.
    pub async fn forget_token(&self) {
        *self.token.lock().await = None;
    }

    fn form(&self) -> Result<String, CallError> {
        let Access { issuer, client_id, professional, oin } = &self.access;
        let fields = [
            ("grant_type", Some("client_credentials")),
            ("client_id", Some(client_id.as_str())),
            ("professional", professional.as_deref()),
            ("oin", oin.as_deref()),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        // A form is written like a query.
        let written = Url::parse_with_params(issuer, given).map_err(|_| CallError::Unwritable)?;
        Ok(written.query().unwrap_or_default().to_owned())
    }
}

fn written(method: &str, url: &str) -> Result<Request, CallError> {
    let method = method.parse().map_err(|_| CallError::Unwritable)?;
    let url = Url::parse(url).map_err(|_| CallError::Unwritable)?;
    Ok(Request::new(method, url))
}

fn put(request: &mut Request, name: &str, value: &str) -> Result<(), CallError> {
    let name: HeaderName = name.parse().map_err(|_| CallError::Unwritable)?;
    let value = value.parse().map_err(|_| CallError::Unwritable)?;
    request.headers_mut().insert(name, value);
    Ok(())
}
