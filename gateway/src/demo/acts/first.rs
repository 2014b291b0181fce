// SPDX-License-Identifier: EUPL-1.2
//! Before the story: the first token, the open description.

use sluis_connectors::{Outbound, Reach, Request, Settings, Url};
use sluis_sandbox::seed;

use super::super::DemoFault;
use super::super::stage::Stage;
use super::super::telling::Telling;

/// Tells what stands where, and makes the first calls.
pub(super) async fn contact(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    told.title("Vooraf: alles staat");
    told.fact("map", &format!("{}   (alleen voor u leesbaar, weg zodra de demo stopt)", stage.folder.path().display()));
    told.fact("gateway", &format!("{}   SQLite, sleutels van deze keer, wederzijds TLS", stage.base));
    told.fact(
        "eromheen",
        "een leerlingsysteem van een leverancier, een verwijsindex, een gemeentelijk systeem met loketten wijkteam en \
         leerplicht, en een uitgever van tokens; elk een eigen server",
    );
    let described = described(stage).await?;
    told.check(described, "de beschrijving van de API is voor iedereen te lezen, ook zonder certificaat");
    let school = &stage.crew.guidance;
    let reply = school.get("/v1/organisaties").await?;
    told.exchange(school.name, "GET /v1/organisaties", reply.status);
    told.check(
        reply.status == 200 && String::from_utf8_lossy(&reply.raw).contains(seed::MUNICIPALITY),
        "het eerste token werkt: certificaat, mandaat en rol kloppen, en de school vindt de gemeente",
    );
    Ok(())
}

/// Reads the description as a stranger, without a certificate.
async fn described(stage: &Stage) -> Result<bool, DemoFault> {
    let stranger = Outbound::new(Settings {
        roots_pem: stage.pki.ca_pem().into(),
        identity: None,
        reach: Reach::new([], "localhost".parse()),
        connect_within: std::time::Duration::from_secs(5),
        answer_within: std::time::Duration::from_secs(5),
    })?;
    let url = Url::parse(&format!("{}/v1/openapi.json", stage.base)).map_err(|_| DemoFault::Missing("een adres"))?;
    let answer = stranger.exchange(Request::new(reqwest::Method::GET, url)).await;
    let answer = answer.map_err(sluis_sandbox::participant::CallError::from)?;
    let document: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
    Ok(document.is_some_and(|document| document.pointer("/paths/~1signalen/post").is_some()))
}
