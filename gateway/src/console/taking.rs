// SPDX-License-Identifier: EUPL-1.2
//! Taking along what a search found, in a file. It leaves as it is read, after it was recorded.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Form};
use futures_util::stream;
use sluis_policy::Rule;

use super::Console;
use super::asked::Sent;
use super::pages;
use super::searched;
use super::visitor::Visitor;
use crate::broker::{Reply, Taken, Trouble};
use crate::export::Format;

/// The file, or why there is none.
pub(super) async fn file(visitor: Visitor, console: Data<Console>, sent: Form<Sent>) -> HttpResponse {
    let officer = match console.sender(&visitor, sent.office(), &sent.bewijs).await {
        Ok(officer) => officer,
        Err(page) => return page,
    };
    let (query, how) = match (sent.query(), sent.how()) {
        (Ok(query), Some(how)) => (query, how),
        (Ok(_), None) => return pages::misunderstood(&visitor),
        (Err(faults), _) => return searched::form(&visitor, &officer, &sent, &faults),
    };
    // Another's office is asked for as what it is, so that it is refused on record.
    let of = sent.office().unwrap_or_else(|| officer.office.organisation());
    match console.broker.take_along(&officer.reader_for(sent.reason()), (&query, of), how).await {
        Ok(Reply::Released(taken)) => match taken.into_content() {
            Some(taken) => streamed(console, taken, how.0),
            None => pages::nothing(&visitor),
        },
        Ok(_) if sent.reason().is_none() => searched::form(&visitor, &officer, &sent, &[super::asked::NO_REASON]),
        Ok(Reply::Refused(refused)) if refused.rule() == Rule::WorksCouncilMissing => {
            searched::form(&visitor, &officer, &sent, &[super::asked::NO_COUNCIL])
        }
        Ok(_) if of != officer.office.organisation() => pages::nothing(&visitor),
        Ok(_) => searched::form(&visitor, &officer, &sent, &[super::asked::TOO_LARGE]),
        Err(trouble) => pages::trouble(&visitor, &trouble),
    }
}

/// One piece at a time, so that no file is ever whole in memory. Where reading fails the connection breaks: a file that is cut
/// off must not look whole.
fn streamed(console: Data<Console>, taken: Taken, format: Format) -> HttpResponse {
    let name = format!("attachment; filename=\"logboek.{}\"", format.ending());
    let pieces = stream::try_unfold((console, taken, Some(format.head())), async |(console, mut taken, head)| {
        if let Some(head) = head {
            return Ok::<_, Trouble>(Some((Bytes::from(head), (console, taken, None))));
        }
        let next = console.broker.next_lines(&mut taken).await?;
        Ok(next.map(|text| (Bytes::from(text), (console, taken, None))))
    });
    HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(pieces)
}
