// SPDX-License-Identifier: EUPL-1.2
//! Step 5: not there and not for you look the same (P6).

use sluis_policy::Action;
use sluis_sandbox::participant::Reply;

use super::super::DemoFault;
use super::super::stage::Stage;
use super::super::telling::Telling;
use super::{Delivered, logged_rule};
use crate::vault::fresh_id;

/// Step 5: a worker outside the circle asks for a signal, and for one that does not exist.
pub(super) async fn outsider(stage: &Stage, told: &mut Telling, foreign: &Delivered) -> Result<(), DemoFault> {
    let worker = &stage.crew.outsider;
    told.title("Stap 5: wie er niet bij hoort, leert niet eens of het bestaat");
    told.say(
        "Een consulent van VraagWijzer doet mee in de regio, maar niet in deze zaak. Iemand heeft haar een kenmerk van \
         de aanmelding uit stap 2 gegeven. Ze vraagt het op, en daarna een kenmerk dat niet bestaat.",
    );
    let unknown = hex::encode(fresh_id().map_err(std::io::Error::other)?);
    let logged = stage.logged().await?;
    let foreign = worker.get(&format!("/v1/signalen/{}", foreign.received)).await?;
    let absent = worker.get(&format!("/v1/signalen/{unknown}")).await?;
    told.exchange(worker.name, "GET /v1/signalen/{kenmerk van een ander}", foreign.status);
    told.exchange(worker.name, "GET /v1/signalen/{onbekend kenmerk}", absent.status);
    logged_rule(stage, told, (logged, Action::Read), "SL-401").await?;
    told.shown("beide keren kreeg ze:", &String::from_utf8_lossy(&foreign.raw));
    told.check(foreign.status == 404 && absent.status == 404, "twee keer 404");
    told.check(
        without_trace(&foreign) == without_trace(&absent),
        "status, koppen en inhoud zijn byte voor byte gelijk, op het kenmerk van elk verzoek (traceId, traceparent) en de datumkop na",
    );
    Ok(())
}

/// Everything that came back, but for what belongs to each request by itself: its trace, and the time.
fn without_trace(reply: &Reply) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let trace = reply.body.get("traceId").and_then(serde_json::Value::as_str).unwrap_or("geen spoor");
    let body = String::from_utf8_lossy(&reply.raw).replace(trace, "");
    let own = ["traceparent", "date"];
    let headers = reply.headers.iter().filter(|(name, _)| !own.contains(&name.as_str())).cloned().collect();
    (reply.status, headers, body.into_bytes())
}
