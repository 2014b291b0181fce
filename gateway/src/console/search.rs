// SPDX-License-Identifier: EUPL-1.2
//! Searching the log: the form, what it found, and the second step in which a professional is named.
//!
//! A search is sent in a body: what is asked about a youth must stand in no address (P10).

use actix_web::HttpResponse;
use actix_web::web::{Data, Form, Path};
use serde::Deserialize;
use sluis_policy::{Oin, Rule};

use super::Console;
use super::asked::Sent;
use super::lines;
use super::officer::Officer;
use super::pages;
use super::reason::Reason;
use super::searched;
use super::visitor::{Asked, Visitor};
use crate::broker::{Reply, Searched};

/// The form, empty.
pub(super) async fn form(request: actix_web::HttpRequest, visitor: Visitor, console: Data<Console>) -> HttpResponse {
    let Some(asked) = Asked::of(&request) else { return pages::misunderstood(&visitor) };
    match console.officer(&visitor, asked.organisatie) {
        Ok(officer) => searched::form(&visitor, &officer, &Sent::default(), &[]),
        Err(outside) => console.nowhere(&visitor, outside).await,
    }
}

/// What a search found.
pub(super) async fn search(visitor: Visitor, console: Data<Console>, sent: Form<Sent>) -> HttpResponse {
    let officer = match console.sender(&visitor, sent.office(), &sent.bewijs).await {
        Ok(officer) => officer,
        Err(page) => return page,
    };
    let query = match sent.query() {
        Ok(query) => query,
        Err(faults) => return searched::form(&visitor, &officer, &sent, &faults),
    };
    let reader = officer.reader_for(sent.reason());
    match console.broker.search_log(&reader, &query, sent.cursor()).await {
        Ok(Searched::Replied(Reply::Released(page))) => match page.into_content() {
            Some(page) => searched::found(&visitor, &officer, &sent, page),
            None => pages::nothing(&visitor),
        },
        // The refusal without a purpose was recorded; the form says what is missing.
        Ok(Searched::Replied(_)) if sent.reason().is_none() => {
            searched::form(&visitor, &officer, &sent, &[super::asked::NO_REASON])
        }
        Ok(Searched::Replied(Reply::Refused(refused))) if refused.rule() == Rule::WorksCouncilMissing => {
            searched::form(&visitor, &officer, &sent, &[super::asked::NO_COUNCIL])
        }
        Ok(Searched::Replied(_)) => pages::nothing(&visitor),
        Ok(Searched::ForeignCursor) => pages::misunderstood(&visitor),
        Err(trouble) => pages::trouble(&visitor, &trouble),
    }
}

/// What the form for the second step sends.
#[derive(Deserialize)]
pub(super) struct Naming {
    bewijs: String,
    #[serde(default)]
    ambt: String,
    #[serde(default)]
    reden: String,
}

/// Which professional stands behind a line.
pub(super) async fn professional(
    visitor: Visitor,
    console: Data<Console>,
    index: Path<String>,
    sent: Form<Naming>,
) -> HttpResponse {
    let officer = match console.sender(&visitor, sent.ambt.parse().ok(), &sent.bewijs).await {
        Ok(officer) => officer,
        Err(page) => return page,
    };
    let Ok(index) = index.parse() else { return pages::nothing(&visitor) };
    let reader = officer.reader_for(Reason::from_code(&sent.reden));
    match console.broker.name_professional(&reader, index).await {
        Ok(Reply::Released(named)) => match named.into_content() {
            Some(named) => searched::named(&visitor, &officer, lines::named(visitor.language, &officer, named)),
            None => pages::nothing(&visitor),
        },
        Ok(_) if reader.reason.is_empty() => pages::misunderstood(&visitor),
        Ok(_) => pages::nothing(&visitor),
        Err(trouble) => pages::trouble(&visitor, &trouble),
    }
}

impl Console {
    /// The officer who sent a form of the session's own pages; else the page that this visitor sees instead.
    pub(super) async fn sender(
        &self,
        visitor: &Visitor,
        office: Option<Oin>,
        bewijs: &str,
    ) -> Result<Officer, HttpResponse> {
        let officer = match self.officer(visitor, office) {
            Ok(officer) => officer,
            Err(outside) => return Err(self.nowhere(visitor, outside).await),
        };
        if officer.session.sent_in(bewijs) { Ok(officer) } else { Err(pages::misunderstood(visitor)) }
    }
}
