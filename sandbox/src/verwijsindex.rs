// SPDX-License-Identifier: EUPL-1.2
//! A verwijsindex that is told that there is concern. What it received shows also what it did not hear.

use std::{io, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, ServiceConfig},
};
use sluis_connectors::{desk::Withdrawal, verwijsindex::Report};

use crate::counterpart::{Counterpart, Mailbox, Refusal, Settings};

/// Starts a verwijsindex; its base address is the counterpart's address.
///
/// # Errors
/// When certificates cannot be made or no port is free.
pub async fn start(settings: Settings<'_>) -> io::Result<Counterpart> {
    Counterpart::start(settings, "VI", routes).await
}

fn routes(mailbox: &Arc<Mailbox>, config: &mut ServiceConfig) {
    config
        .app_data(web::Data::from(Arc::clone(mailbox)))
        .service(web::resource("/meldingen").route(web::post().to(report)))
        .service(web::resource("/berichten").route(web::post().to(take_back)));
}

async fn report(request: HttpRequest, body: String, mailbox: web::Data<Mailbox>) -> Result<HttpResponse, Refusal> {
    let accepted = mailbox.accept::<Report>(&request, &body)?;
    let id = accepted.message.bericht_id.clone();
    Ok(mailbox.acknowledge(accepted, &id).await)
}

async fn take_back(request: HttpRequest, body: String, mailbox: web::Data<Mailbox>) -> Result<HttpResponse, Refusal> {
    let accepted = mailbox.accept::<Withdrawal>(&request, &body)?;
    let id = accepted.message.bericht_id.clone();
    Ok(mailbox.acknowledge(accepted, &id).await)
}
