// SPDX-License-Identifier: EUPL-1.2
//! `GET /v1/signalen`: what a desk received, page by page.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::{IntoParams, ToSchema};

use super::super::api::{capacity_at, instant, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::page;
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::SIGNALS;
use crate::broker::{Asker, Broker, InboxRow};

/// Welke bladzijde van welke inbox.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct Bladzijde {
    /// Het loket waarvan de inbox wordt gelezen, als code: een van de waarden die `loket` in een bericht kan hebben.
    #[param(value_type = codes::DeskCode, inline, example = "wijkteam")]
    loket: Option<String>,
    /// Vanaf waar, zoals `volgende` of `hervat` van een eerdere bladzijde het gaf. Werkt alleen voor dezelfde vrager en hetzelfde loket.
    #[param(pattern = "^[A-Za-z0-9_-]{1,200}$")]
    vanaf: Option<String>,
    /// Hoeveel signalen er ten hoogste op de bladzijde staan: 1 tot en met 50, anders 25.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 50)]
    aantal: Option<String>,
}

/// Een bladzijde van een inbox, in de volgorde van binnenkomst.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct Inbox {
    /// De signalen op deze bladzijde.
    signalen: Vec<Inboxrij>,
    /// Waar de volgende bladzijde begint; afwezig als er geen is. Staat ook in de kop Link.
    #[serde(skip_serializing_if = "Option::is_none")]
    volgende: Option<String>,
    /// Vanaf waar later verder te lezen is: wie dit bewaart en het dan als `vanaf` meegeeft, ziet elk signaal dat na deze bladzijde binnenkomt, en elk één keer.
    hervat: String,
}

/// Een ontvangen signaal in de inbox.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Inboxrij {
    /// Het kenmerk waaronder dit loket het signaal kent.
    signaal_id: String,
    #[schema(schema_with = codes::kind, required)]
    soort: &'static str,
    #[schema(schema_with = codes::form, required)]
    vorm: &'static str,
    /// Wanneer het voor dit loket klaarstond.
    #[schema(format = DateTime)]
    ontvangen_op: String,
    #[schema(schema_with = codes::status, required)]
    status: &'static str,
    /// Het pseudoniem dat deze organisatie van de jeugdige heeft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudoniem: Option<String>,
}

impl Inboxrij {
    fn of(row: InboxRow) -> Self {
        Self {
            signaal_id: hex::encode(row.id),
            soort: row.kind.code(),
            vorm: row.form.code(),
            ontvangen_op: instant(row.received_at),
            status: row.status.code(),
            pseudoniem: row.pseudonym,
        }
    }
}

/// Lees de inbox van een loket.
///
/// Over elk signaal wordt apart besloten en elk wordt apart vastgelegd; wat deze vrager vandaag niet mag zien, staat er
/// niet tussen.
#[utoipa::path(get, path = "/v1/signalen", operation_id = "leesInbox", tag = "signalen", params(Bladzijde),
    responses((status = 200, description = "Een bladzijde van de inbox.", body = Inbox,
        headers(("Link" = String, description = "De volgende bladzijde, met `rel=\"next\"`; afwezig als er geen is.")))))]
pub(in super::super) async fn list(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Query<Bladzijde>,
) -> Result<HttpResponse, Problem> {
    let (desk, rows) = page::desk_and_rows(asked.loket.as_deref(), asked.aantal.as_deref())?;
    let actor = capacity_at(&broker, (&caller, trace), desk, Action::List).await?;
    let asker = Asker::of(&caller, trace);
    let beyond = match &asked.vanaf {
        None => 0,
        Some(cursor) => broker.open_cursor(&asker, actor.party, cursor).ok_or_else(page::foreign_cursor)?,
    };
    let shown = released(broker.inbox(&asker, actor, beyond, rows).await, trace)?;
    let onward = broker.seal_cursor(&asker, actor.party, shown.beyond).map_err(|_| Problem::Internal)?;
    let mut answer = HttpResponse::Ok();
    if shown.more {
        answer.insert_header(page::next(SIGNALS, (desk, rows), &onward));
    }
    let signalen = shown.rows.into_iter().map(Inboxrij::of).collect();
    Ok(answer.json(Inbox { signalen, volgende: shown.more.then(|| onward.clone()), hervat: onward }))
}
