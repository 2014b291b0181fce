// SPDX-License-Identifier: EUPL-1.2
//! The log of the own controller: the page with its latest lines, and the page that checks one.

use actix_web::http::header;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::Console;
use super::lines;
use super::officer::Officer;
use super::pages;
use super::reason::Reason;
use super::visitor::{Asked, Visitor};
use crate::broker::{LogReader, Reply, Trouble};

/// The latest lines, or what this place is for.
pub(super) async fn front(request: HttpRequest, visitor: Visitor, console: Data<Console>) -> HttpResponse {
    let (asked, officer, reader) = match admitted(&request, &visitor, &console).await {
        Ok(admitted) => admitted,
        Err(page) => return page,
    };
    let read = console.broker.read_log(&reader, asked.logboek.as_deref(), asked.voor).await;
    match released(read) {
        Ok(Some(page)) => pages::log(&visitor, &officer, lines::page(visitor.language, &officer, page)),
        Ok(None) => pages::nothing(&visitor),
        Err(trouble) => pages::trouble(&visitor, &trouble),
    }
}

/// One line, and where it stands.
pub(super) async fn line(
    request: HttpRequest,
    visitor: Visitor,
    console: Data<Console>,
    index: Path<String>,
) -> HttpResponse {
    let (_, officer, reader) = match admitted(&request, &visitor, &console).await {
        Ok(admitted) => admitted,
        Err(page) => return page,
    };
    let Ok(index) = index.parse() else { return pages::nothing(&visitor) };
    match released(console.broker.check_line(&reader, index).await) {
        Ok(Some(checked)) => pages::check(&visitor, &officer, lines::check(visitor.language, &officer, checked)),
        Ok(None) => pages::nothing(&visitor),
        Err(trouble) => pages::trouble(&visitor, &trouble),
    }
}

/// What the form for a reason sends.
#[derive(Deserialize)]
pub(super) struct Given {
    bewijs: String,
    #[serde(default)]
    reden: String,
}

/// Takes a reason, from a form of the session's own page, and goes on to the log.
pub(super) async fn reason(visitor: Visitor, console: Data<Console>, form: Form<Given>) -> HttpResponse {
    let officer = match console.officer(&visitor, None) {
        Ok(officer) => officer,
        Err(outside) => return console.outside(&visitor, outside).await,
    };
    if !officer.session.sent_in(&form.bewijs) {
        return pages::misunderstood(&visitor);
    }
    let Some(reason) = Reason::from_code(&form.reden) else { return pages::reason(&visitor, &officer) };
    console.sessions.give(visitor.session.as_deref().unwrap_or_default(), reason);
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish()
}

/// What is asked and by which officer, who has said why; else the page that this visitor sees instead.
async fn admitted(
    request: &HttpRequest,
    visitor: &Visitor,
    console: &Console,
) -> Result<(Asked, Officer, LogReader), HttpResponse> {
    let Some(asked) = Asked::of(request) else { return Err(pages::misunderstood(visitor)) };
    let officer = match console.officer(visitor, asked.organisatie) {
        Ok(officer) => officer,
        Err(outside) => return Err(console.outside(visitor, outside).await),
    };
    let Some(reader) = officer.reader() else { return Err(pages::reason(visitor, &officer)) };
    Ok((asked, officer, reader))
}

/// What was released; whoever may not read finds nothing.
fn released<T>(reply: Result<Reply<Option<T>>, Trouble>) -> Result<Option<T>, Trouble> {
    Ok(match reply? {
        Reply::Released(disclosure) => disclosure.into_content(),
        Reply::Refused(_) | Reply::KeyReused | Reply::Conflict | Reply::Names(_) => None,
    })
}
