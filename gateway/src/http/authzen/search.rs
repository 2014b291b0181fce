// SPDX-License-Identifier: EUPL-1.2
//! Searches: who may do this, to what, and what may they do. Each is the filter of single decisions, made and recorded one
//! by one, a page at a time.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::Value;

use super::super::caller::Caller;
use super::super::input::{Examination, count};
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::asking::{self, DIRECTORY, DIRECTORY_ID, PROFESSIONAL, RECEIVED, SYSTEM};
use super::wire::{Deed, Entity, Members, Needed, Onward, Question, Results, as_object, context, deed, entity};
use super::{asker, description, weigh};
use crate::broker::weighing::listing::{Onward as Place, Query};
use crate::broker::weighing::{About, Candidate, Matter, Until, Weighed};
use crate::broker::{Asker, Broker};
use crate::identity::Bearer;

/// How many are weighed for a page when nobody says, and at most: each is a decision and a record of its own.
const PAGE: usize = 50;
/// What somebody may ask for at most; a page holds no more than it holds.
const LARGEST_LIMIT: u16 = 1000;

/// Which page.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    limit: usize,
    /// Where it begins, as it was given out; empty at the start.
    token: String,
}

/// Zoek wie iets mag.
///
/// Gezocht wordt onder wie bij de eigen organisatie in dienst is. Een `id` bij het subject telt niet mee.
#[utoipa::path(post, path = "/access/v1/search/subject", operation_id = "searchSubject", tag = "toegang",
    request_body = description::SubjectSearch,
    responses((status = 200, description = "Wie het mogen.", body = Results<Entity>)))]
pub(super) async fn subjects(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Question,
) -> Result<HttpResponse, Problem> {
    let ((subject, deed, resource), search) = open(&broker, (&caller, trace), "subject", &asked.0, |input, asked| {
        let (subject, deed) = (entity(input, asked, "subject", Needed::KindOnly), deed(input, asked));
        let resource = entity(input, asked, "resource", Needed::Whole);
        Some((subject?, deed?, resource?))
    })?;
    let (people, next) = people(&caller, &subject.kind, &search);
    let one = |id: &String| asking::candidate(&caller, &Entity { id: id.clone(), ..subject.clone() }, &deed);
    let candidates: Vec<Candidate> = people.iter().filter_map(one).collect();
    let about = match candidates.iter().find(|candidate| !candidate.actors.is_empty()).or(candidates.first()) {
        Some(candidate) => asking::about(&caller, &resource, (candidate, &deed.properties))?,
        None => About::Nothing,
    };
    let told = weigh(&broker, &search.asker, &[Matter { about, candidates }], Until::End).await?;
    let results = people.into_iter().zip(told.iter().flatten()).filter(|(_, one)| one.allowed);
    let results = results.map(|(id, _)| Entity { id, ..subject.clone() }).collect();
    found(&broker, &search.query, results, next)
}

/// Zoek waarmee iemand iets mag doen.
///
/// Doorzocht wordt wat de loketten van die persoon ontvingen (`urn:sluis:ontvangen-signaal`) en het adresboek. Naar
/// jeugdigen wordt nooit gezocht: wie niet genoemd wordt, wordt niet gevonden.
#[utoipa::path(post, path = "/access/v1/search/resource", operation_id = "searchResource", tag = "toegang",
    request_body = description::ResourceSearch,
    responses((status = 200, description = "Waarmee het mag.", body = Results<Entity>)))]
pub(super) async fn resources(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Question,
) -> Result<HttpResponse, Problem> {
    let ((subject, deed, resource), search) = open(&broker, (&caller, trace), "resource", &asked.0, |input, asked| {
        let (subject, deed) = (entity(input, asked, "subject", Needed::Whole), deed(input, asked));
        let resource = entity(input, asked, "resource", Needed::KindOnly);
        Some((subject?, deed?, resource?))
    })?;
    let candidate = asking::candidate(&caller, &subject, &deed);
    let (ids, next) = things(&broker, &resource.kind, candidate.as_ref(), &search, trace).await?;
    let one = |id: &String| asking::matter(&caller, &subject, &deed, &Entity { id: id.clone(), ..resource.clone() });
    let mut matters = ids.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    if matters.is_empty() {
        // To look where nothing lies is to look as well.
        matters.push(Matter { about: About::Nothing, candidates: candidate.into_iter().collect() });
    }
    let told = weigh(&broker, &search.asker, &matters, Until::End).await?;
    let may = |weighed: &&Vec<Weighed>| weighed.iter().any(|one| one.allowed);
    let results = ids.into_iter().zip(&told).filter(|(_, weighed)| may(weighed));
    let results = results.map(|(id, _)| Entity { id, ..resource.clone() }).collect();
    found(&broker, &search.query, results, next)
}

/// Zoek wat iemand ergens mee mag doen.
///
/// Wat er mag zonder meer te zeggen; een signaal indienen vraagt eigenschappen, en staat er dus niet bij.
#[utoipa::path(post, path = "/access/v1/search/action", operation_id = "searchAction", tag = "toegang",
    request_body = description::ActionSearch,
    responses((status = 200, description = "Wat er mag.", body = Results<Deed>)))]
pub(super) async fn actions(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    asked: Question,
) -> Result<HttpResponse, Problem> {
    let ((subject, resource), search) = open(&broker, (&caller, trace), "action", &asked.0, |input, asked| {
        let subject = entity(input, asked, "subject", Needed::Whole);
        let resource = entity(input, asked, "resource", Needed::Whole);
        Some((subject?, resource?))
    })?;
    let named = |name: &str| Deed { name: name.to_owned(), properties: Members::new() };
    let deeds: Vec<Deed> = asking::deeds(&resource.kind).iter().map(|action| named(action.code())).collect();
    let candidates: Vec<_> = deeds.iter().filter_map(|deed| asking::candidate(&caller, &subject, deed)).collect();
    let about = match candidates.first() {
        Some(candidate) => asking::about(&caller, &resource, (candidate, &Members::new()))?,
        None => About::Nothing,
    };
    let told = weigh(&broker, &search.asker, &[Matter { about, candidates }], Until::End).await?;
    let results = deeds.into_iter().zip(told.iter().flatten()).filter(|(_, one)| one.allowed);
    found(&broker, &search.query, results.map(|(deed, _)| deed).collect::<Vec<Deed>>(), None)
}

/// Which page a search is about, and where it begins.
struct Search {
    asker: Asker,
    query: Query,
    /// What the page before gave out; empty at the start.
    begin: String,
    limit: usize,
}

/// The parts of a question and its page, with every fault of both told at once.
fn open<T>(
    broker: &Broker,
    (caller, trace): (&Caller, Trace),
    search: &str,
    members: &Members,
    parts: impl FnOnce(&mut Examination, &Members) -> Option<T>,
) -> Result<(T, Search), Problem> {
    let mut input = Examination::default();
    let parts = parts(&mut input, members);
    let asker = asker(caller, trace, context(&mut input, members));
    let page = page(&mut input, members);
    let (parts, page) = input.finish(parts.zip(page))?;
    let query = query(&asker, caller, search, members);
    let begin = begins(broker, &query, &page)?;
    Ok((parts, Search { asker, query, begin, limit: page.limit }))
}

fn page(input: &mut Examination, members: &Members) -> Option<Page> {
    let Some(page) = members.get("page") else { return Some(Page { limit: PAGE, token: String::new() }) };
    let page = as_object(input, page, "/page")?;
    let limit = match page.get("limit") {
        None => Some(PAGE),
        Some(limit) => count(LARGEST_LIMIT)(limit).ok().filter(|limit| *limit > 0).map(usize::from),
    };
    if limit.is_none() {
        input.fault("/page/limit", "Hier hoort een geheel getal van 1 tot en met 1000 te staan.");
    }
    let token = match page.get("token") {
        None => Some(String::new()),
        Some(token) => token.as_str().map(str::to_owned),
    };
    if token.is_none() {
        input.fault("/page/token", "Hier hoort tekst te staan.");
    }
    Some(Page { limit: limit?.min(PAGE), token: token? })
}

/// Everything that a next page must share with the first.
fn query(asker: &Asker, caller: &Caller, search: &str, members: &Members) -> Query {
    let parts = ["subject", "action", "resource"].map(|part| members.get(part).map(Value::to_string));
    Query::of(asker, caller.organisation(), &format!("{search}\0{parts:?}"))
}

fn begins(broker: &Broker, query: &Query, page: &Page) -> Result<String, Problem> {
    if page.token.is_empty() {
        return Ok(String::new());
    }
    let foreign =
        || Problem::invalid("/page/token", "Dit is geen vervolg dat aan deze vrager voor deze vraag is gegeven.");
    broker.open_page(query, &page.token).ok_or_else(foreign)
}

/// The people of a page: those of the own organisation that come after this one; whoever asks about themselves is alone.
fn people(caller: &Caller, kind: &str, search: &Search) -> (Vec<String>, Option<String>) {
    let known: Vec<String> = match (kind, caller.bearer()) {
        (PROFESSIONAL, Bearer::Professional(own)) | (SYSTEM, Bearer::System(own)) => vec![own.to_string()],
        (PROFESSIONAL, Bearer::System(_)) => {
            caller.register().professionals(caller.organisation()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    let mut later = known.into_iter().filter(|id| *id > search.begin);
    let page: Vec<String> = later.by_ref().take(search.limit).collect();
    let next = later.next().and_then(|_| page.last().cloned());
    (page, next)
}

/// The ids that are weighed for a page, and where it goes on.
async fn things(
    broker: &Broker,
    kind: &str,
    candidate: Option<&Candidate>,
    search: &Search,
    trace: Trace,
) -> Result<(Vec<String>, Option<String>), Problem> {
    match (kind, candidate) {
        (RECEIVED, Some(candidate)) => {
            let from = search
                .begin
                .split_once(' ')
                .and_then(|(desk, beyond)| Some(Place { desk: desk.parse().ok()?, beyond: beyond.parse().ok()? }));
            let listed =
                broker.received(&asking::desks(&candidate.actors), from.unwrap_or_default(), search.limit).await;
            let (ids, next) = listed.map_err(|trouble| super::problem_of(&trouble, trace))?;
            Ok((ids.iter().map(hex::encode).collect(), next.map(|at| format!("{} {}", at.desk, at.beyond))))
        }
        (DIRECTORY, _) => Ok((vec![DIRECTORY_ID.to_owned()], None)),
        _ => Ok((Vec::new(), None)),
    }
}

fn found<T: serde::Serialize + utoipa::ToSchema>(
    broker: &Broker,
    query: &Query,
    results: Vec<T>,
    next: Option<String>,
) -> Result<HttpResponse, Problem> {
    let sealed = next.map(|onward| broker.seal_page(query, &onward)).transpose().map_err(|_| Problem::Internal)?;
    let page = Onward { next_token: sealed.unwrap_or_default() };
    Ok(HttpResponse::Ok().json(Results { results, page }))
}
