// SPDX-License-Identifier: EUPL-1.2
//! The register of processing activities (AVG 30), for the officer who watches over it. Nothing about anyone; looked up on record.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use sluis_policy::Covenant;
use sluis_policy::processing::{EDITION, Processing};

use super::Console;
use super::language::Language;
use super::pages::{self, Frame, answer};
use super::visitor::{Asked, Visitor};
use super::words;
use crate::broker::Reply;

/// One entry, as text.
struct Entry {
    code: &'static str,
    what: &'static str,
    purposes: String,
    grounds: String,
    people: &'static str,
    data: &'static str,
    kept: &'static str,
    /// Covenant, controllers, arrangement, DPIA and rights desk.
    accounts: Vec<(String, String, String, String, String)>,
}

#[derive(Template)]
#[template(path = "verwerkingsregister.html")]
struct RegisterShown {
    frame: Frame,
    edition: u32,
    entries: Vec<Entry>,
}

impl Entry {
    fn of(language: Language, entry: &Processing, covenants: &[Covenant]) -> Self {
        let purposes = entry.purposes.iter().map(|one| words::purpose(language, one.code()));
        let grounds =
            entry.grounds.iter().map(|one| format!("{} ({})", words::basis(language, one.code()), one.source()));
        Self {
            code: entry.activity.code(),
            what: entry.what,
            purposes: purposes.collect::<Vec<_>>().join("; "),
            grounds: grounds.collect::<Vec<_>>().join("; "),
            people: entry.people,
            data: entry.data,
            kept: entry.kept,
            accounts: covenants.iter().flat_map(|covenant| accounts(entry, covenant)).collect(),
        }
    }
}

fn accounts(entry: &Processing, covenant: &Covenant) -> Vec<(String, String, String, String, String)> {
    let named =
        |oin: &sluis_policy::Oin| covenant.party(*oin).map_or_else(|| oin.to_string(), |party| party.name.clone());
    let own = covenant.accounts().iter().filter(|account| account.activity == entry.activity);
    own.map(|account| {
        let controllers: Vec<String> = account.controllers.iter().map(named).collect();
        let title = format!("{} ({}, {})", covenant.name(), covenant.id(), covenant.version());
        let desk = covenant.rights_desk().name.clone();
        (title, controllers.join(", "), account.arrangement.clone(), account.dpia.clone(), desk)
    })
    .collect()
}

/// The register, as it counts now.
pub(super) async fn register(
    request: actix_web::HttpRequest,
    visitor: Visitor,
    console: Data<Console>,
) -> HttpResponse {
    let Some(asked) = Asked::of(&request) else { return pages::misunderstood(&visitor) };
    let officer = match console.officer(&visitor, asked.organisatie) {
        Ok(officer) => officer,
        Err(outside) => return console.nowhere(&visitor, outside).await,
    };
    let reader = officer.reader_for(None);
    match console.broker.directory(&reader.asker, reader.actor).await {
        Ok(Reply::Released(_)) => {}
        Ok(_) => return pages::nothing(&visitor),
        Err(trouble) => return pages::trouble(&visitor, &trouble),
    }
    let policy = console.broker.policy();
    let entries = Processing::register().map(|entry| Entry::of(visitor.language, &entry, &policy.covenants)).collect();
    let frame = Frame::of(&visitor, "Verwerkingsregister", "Register of processing activities").with(&officer);
    answer(StatusCode::OK, &visitor, &RegisterShown { frame, edition: EDITION, entries })
}
