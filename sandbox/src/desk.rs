// SPDX-License-Identifier: EUPL-1.2
//! Taking in what is meant for a desk: a signal, a notice that one is taken back, what became of one. Every organisation
//! does that in the same way, whether it is sent to or answered.

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    web::{self, Data},
};
use serde::de::DeserializeOwned;
use sluis_connectors::{
    Receiver,
    desk::{Delivery, Withdrawal},
    school::Feedback,
};

use crate::counterpart::{Mailbox, Refusal};

/// A message that says for whom it is.
pub(crate) trait Addressed: DeserializeOwned {
    fn receiver(&self) -> &Receiver;
    fn id(&self) -> &str;
}

impl Addressed for Delivery {
    fn receiver(&self) -> &Receiver {
        &self.ontvanger
    }

    fn id(&self) -> &str {
        &self.bericht_id
    }
}

impl Addressed for Withdrawal {
    fn receiver(&self) -> &Receiver {
        &self.ontvanger
    }

    fn id(&self) -> &str {
        &self.bericht_id
    }
}

impl Addressed for Feedback {
    fn receiver(&self) -> &Receiver {
        &self.ontvanger
    }

    fn id(&self) -> &str {
        &self.bericht_id
    }
}

/// The three resources of a desk below a path with `{desk}`, `{organisation}` or both in it.
pub(crate) fn resources(below: &str) -> [Resource; 3] {
    [
        web::resource(format!("{below}/signalen")).route(web::post().to(take::<Delivery>)),
        web::resource(format!("{below}/berichten")).route(web::post().to(take::<Withdrawal>)),
        web::resource(format!("{below}/terugkoppelingen")).route(web::post().to(take::<Feedback>)),
    ]
}

async fn take<T: Addressed>(
    request: HttpRequest,
    body: String,
    mailbox: Data<Mailbox>,
) -> Result<HttpResponse, Refusal> {
    let accepted = mailbox.accept::<T>(&request, &body)?;
    let (receiver, addressed) = (accepted.message.receiver(), request.match_info());
    let is = |part: &str, own: &str| addressed.get(part).is_none_or(|said| said == own);
    if !is("desk", &receiver.loket) || !is("organisation", &receiver.oin) {
        return Err(Refusal::OtherDesk);
    }
    let id = accepted.message.id().to_owned();
    Ok(mailbox.acknowledge(accepted, &id).await)
}
