// SPDX-License-Identifier: EUPL-1.2
//! The people listener, where the configuration asks for one.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::Data;

use super::reload::Reloadable;
use super::{StartFault, bind};
use crate::broker::Broker;
use crate::config::{Limits, PeopleListener};
use crate::console::{self, AssertionKey, BACK, Console, Provider, Registration};
use crate::tls;

/// Listens, and gives the address back.
pub(super) fn listen(
    config: Option<&PeopleListener>,
    limits: Limits,
    broker: &Arc<Broker>,
    reloadable: &Reloadable,
) -> Result<Option<(SocketAddr, Server)>, StartFault> {
    let (Some(config), Some(certificate)) = (config, &reloadable.people) else { return Ok(None) };
    let registration = Registration {
        issuer: config.issuer.clone(),
        client: config.client_id.clone(),
        key: AssertionKey::read(&config.client_key)?,
        back: format!("{}{BACK}", config.url),
    };
    let provider = Provider::new(registration, broker.outbound.clone());
    let console = Data::new(Console::new(Arc::clone(broker), provider));
    let tls = tls::people(Arc::clone(certificate), Arc::clone(&broker.clock))?;
    let (at, socket) = bind(config.listen)?;
    let server = console::listen(socket, tls, console, limits).map_err(|trouble| StartFault::Socket { at, trouble })?;
    Ok(Some((at, server)))
}
