// SPDX-License-Identifier: EUPL-1.2
//! A municipal back-office: its desks take in signals and notices of withdrawal, and it keeps the ledger checkpoints it
//! is handed, so that someone other than the gateway can tell later whether the ledger was rewritten.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, PayloadConfig, ServiceConfig},
};

use crate::counterpart::{Counterpart, Mailbox, Refusal, Settings};
use crate::desk::resources;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// Starts a back-office. A desk's base address is the counterpart's address with the desk's code as its path, and before it the
/// number of the organisation where several share one; each
/// checkpoint handed to `POST /checkpoints` becomes the next file in the folder `checkpoints`, which must exist.
///
/// # Errors
/// When certificates cannot be made or no port is free.
pub async fn start(settings: Settings<'_>, checkpoints: &Path) -> io::Result<Counterpart> {
    let folder = Arc::new(checkpoints.to_owned());
    Counterpart::start(settings, "GMWM", move |mailbox, config| routes(mailbox, &folder, config)).await
}

/// The checkpoints that a back-office keeps in this folder, oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn checkpoints(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("checkpoint-")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Keeps one more checkpoint in this folder, as a back-office does with one that it fetched itself.
///
/// INVARIANT: a checkpoint that was kept is never written over; that is what makes it worth comparing with.
///
/// # Errors
/// When the folder cannot be read or the file cannot be written.
pub fn keep(folder: &Path, text: &str) -> io::Result<PathBuf> {
    let path = folder.join(format!("checkpoint-{:04}.txt", checkpoints(folder)?.len() + 1));
    let mut file = fs::File::create_new(&path)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()?;
    Ok(path)
}

fn routes(mailbox: &Arc<Mailbox>, folder: &Arc<PathBuf>, config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(BODY_LIMIT))
        .app_data(web::Data::from(Arc::clone(mailbox)))
        .app_data(web::Data::from(Arc::clone(folder)))
        .service(web::resource("/checkpoints").route(web::post().to(keep_checkpoint)));
    for resource in ["/{desk}", "/{organisation}/{desk}"].into_iter().flat_map(resources) {
        config.service(resource);
    }
}

async fn keep_checkpoint(
    request: HttpRequest,
    body: String,
    mailbox: web::Data<Mailbox>,
    folder: web::Data<PathBuf>,
) -> Result<HttpResponse, Refusal> {
    mailbox.admitted(&request)?;
    let kept = keep(&folder, &body).map_err(|_| Refusal::Unkept)?;
    let name = kept.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(HttpResponse::Created().json(serde_json::json!({ "bewaard": name })))
}
