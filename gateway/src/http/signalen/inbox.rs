// SPDX-License-Identifier: EUPL-1.2
//! `GET /v1/signalen`: what a desk received, page by page.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Desk};
use utoipa::{IntoParams, ToSchema};

use super::super::api::{capacity_at, instant, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::problem::{InputFault, Problem};
use super::super::trace::Trace;
use super::SIGNALS;
use crate::broker::{Asker, Broker, InboxRow};

/// How many rows a page has, when the caller does not say.
const PAGE: u8 = 25;
/// How many it has at most: each row is a decision and a record of its own.
const LARGEST_PAGE: u8 = 50;

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

impl Bladzijde {
    fn parse(&self) -> Result<(Desk, u8), Problem> {
        let mut faults = Vec::new();
        let desk = match self.loket.as_deref().map(str::parse::<Desk>) {
            Some(Ok(desk)) => Some(desk),
            Some(Err(_)) => {
                faults.push(InputFault::new("loket", "Dit is geen bekende code."));
                None
            }
            None => {
                faults.push(InputFault::new("loket", "Deze parameter ontbreekt."));
                None
            }
        };
        let count = self.aantal.as_deref().map_or(Some(PAGE), |given| given.parse().ok());
        let count = count.filter(|count| (1..=LARGEST_PAGE).contains(count));
        if count.is_none() {
            faults.push(InputFault::new(
                "aantal",
                format!("Hier hoort een getal van 1 tot en met {LARGEST_PAGE} te staan."),
            ));
        }
        desk.zip(count).ok_or(Problem::InvalidInput(faults))
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
    page: Query<Bladzijde>,
) -> Result<HttpResponse, Problem> {
    let (desk, count) = page.parse()?;
    let actor = capacity_at(&broker, (&caller, trace), desk, Action::List).await?;
    let asker = Asker::of(&caller, trace);
    let beyond = match &page.vanaf {
        None => 0,
        Some(cursor) => broker.open_cursor(&asker, actor.party, cursor).ok_or_else(foreign_cursor)?,
    };
    let shown = released(broker.inbox(&asker, actor, beyond, count).await, trace)?;
    let onward = broker.seal_cursor(&asker, actor.party, shown.beyond).map_err(|_| Problem::Internal)?;
    let mut answer = HttpResponse::Ok();
    if shown.more {
        let link = format!("<{SIGNALS}?loket={}&vanaf={onward}&aantal={count}>; rel=\"next\"", desk.code());
        answer.insert_header((header::LINK, link));
    }
    let signalen = shown.rows.into_iter().map(Inboxrij::of).collect();
    Ok(answer.json(Inbox { signalen, volgende: shown.more.then(|| onward.clone()), hervat: onward }))
}

fn foreign_cursor() -> Problem {
    Problem::invalid("vanaf", "Dit is geen vervolg dat aan deze vrager voor dit loket is gegeven.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_in_the_query_are_listed_together() {
        for (loket, aantal, pointers) in [
            (Some("wijkteam"), None, vec![]),
            (Some("wijkteam"), Some("50"), vec![]),
            (None, None, vec!["loket"]),
            (Some("balie"), Some("51"), vec!["loket", "aantal"]),
            (Some("wijkteam"), Some("0"), vec!["aantal"]),
            (Some("wijkteam"), Some("tien"), vec!["aantal"]),
        ] {
            let page = Bladzijde { loket: loket.map(str::to_owned), vanaf: None, aantal: aantal.map(str::to_owned) };
            let found = match page.parse() {
                Ok(_) => Vec::new(),
                Err(Problem::InvalidInput(faults)) => faults.into_iter().map(|fault| fault.pointer).collect(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, pointers, "{loket:?} {aantal:?}");
        }
    }
}
