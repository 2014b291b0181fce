// SPDX-License-Identifier: EUPL-1.2
//! `POST /tlog/add-checkpoint`: this gateway as a witness, as C2SP tlog-witness describes it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::body::whole;
use super::super::hygiene::AsPrescribed;
use super::{Broker, Peer, Problem, Trace, problem_of};
use crate::broker::{CosignRequest, Cosigning};

/// How many hashes a proof has at most: no tree is deeper.
const LONGEST_PROOF: usize = 63;

/// The body of a request, read.
pub(super) struct Sent(CosignRequest);

/// Cosigns a checkpoint of another log, or says why not.
pub(super) async fn cosign(
    _peer: Peer,
    broker: Data<Broker>,
    trace: Trace,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    match broker.cosign(&sent.0).await.map_err(|trouble| problem_of(&trouble, trace))? {
        Cosigning::Cosigned(line) => Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(line)),
        Cosigning::UnknownLog => Err(Problem::NotFound),
        Cosigning::UnknownKey => Err(Problem::NotPermitted),
        Cosigning::Unreadable => Err(unreadable()),
        Cosigning::Stale(size) => Ok(seen(StatusCode::CONFLICT, size)),
        Cosigning::Unproven(size) => Ok(seen(StatusCode::UNPROCESSABLE_ENTITY, size)),
    }
}

/// A refusal that tells how large the tree was that was cosigned last.
fn seen(status: StatusCode, size: u64) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CONTENT_TYPE, "text/x.tlog.size"));
    let mut answer = answer.body(format!("{size}\n"));
    answer.extensions_mut().insert(AsPrescribed);
    answer
}

fn unreadable() -> Problem {
    Problem::invalid("", "Dit is geen verzoek om een controlepunt mede te ondertekenen.")
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let whole = whole(request, payload);
        Box::pin(async move {
            let bytes = whole.await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
            read(text).map(Self).ok_or_else(unreadable)
        })
    }
}

/// The size that was cosigned last, the proof from there, an empty line, and the checkpoint.
fn read(text: &str) -> Option<CosignRequest> {
    let (said, note) = text.split_once("\n\n")?;
    let mut lines = said.split('\n');
    let old = lines.next()?.strip_prefix("old ")?;
    let canonical = old == "0" || !old.starts_with('0');
    let old = old.bytes().all(|digit| digit.is_ascii_digit()).then(|| old.parse().ok())?.filter(|_| canonical)?;
    let hash = |line: &str| BASE64.decode(line).ok()?.try_into().ok();
    let path: Vec<_> = lines.map(hash).collect::<Option<_>>()?;
    (path.len() <= LONGEST_PROOF).then(|| CosignRequest { old, path, note: note.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_one_form() {
        let hash = BASE64.encode([7; 32]);
        let note = "a\n1\nAAAA\n\n- a AAAA\n".to_owned();
        assert_eq!(read(&format!("old 0\n\n{note}")), Some(CosignRequest { old: 0, path: vec![], note: note.clone() }));
        let two = read(&format!("old 12\n{hash}\n{hash}\n\n{note}")).unwrap();
        assert_eq!((two.old, two.path, two.note), (12, vec![[7; 32]; 2], note.clone()));
        for text in [
            String::new(),
            note.clone(),
            format!("old 0\n{note}"),
            format!("old\n\n{note}"),
            format!("old 00\n\n{note}"),
            format!("old 01\n\n{note}"),
            format!("old -1\n\n{note}"),
            format!("old +1\n\n{note}"),
            format!("old \n\n{note}"),
            format!("old 18446744073709551616\n\n{note}"),
            format!("new 0\n\n{note}"),
            format!("old 1\n{}\n\n{note}", &hash[4..]),
            format!("old 1\n {hash}\n\n{note}"),
            format!("old 1\n{}\n{note}", format!("{hash}\n").repeat(64)),
        ] {
            assert!(read(&text).is_none(), "{text}");
        }
    }
}
