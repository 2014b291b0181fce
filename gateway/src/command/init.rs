// SPDX-License-Identifier: EUPL-1.2
//! `sluis init`: says what was made, and what to do next.

use std::path::Path;

use super::Exit;
use crate::init::{InitFault, MADE, init};

/// Makes a first folder and tells about it.
pub(super) async fn run(folder: &Path) -> Exit {
    match init(folder).await {
        Ok(()) => {
            tell(folder);
            Exit::Done
        }
        Err(fault) => {
            eprintln!("sluis: {fault}");
            match fault {
                InitFault::NotEmpty { .. } => Exit::Configuration,
                InitFault::File { .. } | InitFault::Certificates(_) => Exit::Failed,
                InitFault::Start(fault) => super::exit_of(&fault),
            }
        }
    }
}

fn tell(folder: &Path) {
    let at = folder.display();
    println!("Gemaakt in {at}:");
    for (name, what) in MADE {
        println!("  {name:<14} {what}");
    }
    println!(
        "\nStarten kan meteen:\n  sluis serve --config {at}/sluis.toml\n\
         En dan, uit een ander venster:\n  curl http://127.0.0.1:9443/readyz\n  \
         curl --cacert {at}/tls/ca.pem --cert {at}/tls/leverancier.pem --key {at}/tls/leverancier.key \
         https://localhost:8443/v1/openapi.json\n\
         Nakijken na elke wijziging:\n  sluis check --config {at}/sluis.toml\n\n\
         Voor echte gegevens: eigen certificaten in [machine] en [outbound], uw eigen register en convenanten, en \
         tls/ca.key weg."
    );
}
