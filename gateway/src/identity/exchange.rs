// SPDX-License-Identifier: EUPL-1.2
//! How the OpenID Connect library calls out: through the one client for outbound calls.

use openidconnect::{HttpRequest, HttpResponse, http};
use sluis_connectors::{Failure, Outbound};

/// Sends one request and reads the whole answer.
pub(crate) async fn call(outbound: &Outbound, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let request = reqwest::Request::try_from(request).map_err(|_| Failure::Unsendable)?;
    let answer = outbound.exchange(request).await?;
    let mut response = http::Response::new(answer.body);
    *response.status_mut() = http::StatusCode::from_u16(answer.status).map_err(|_| Failure::Unreachable)?;
    *response.headers_mut() = answer.headers;
    Ok(response)
}
