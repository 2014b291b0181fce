// SPDX-License-Identifier: EUPL-1.2
//! How a counterpart behaves, switchable while it runs, and what that looks like on the wire.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::header,
    web::Bytes,
};
use sluis_connectors::{Acknowledgement, MAX_ANSWER_BYTES};
use tokio::time::{Sleep, sleep};

/// Gedrag: what a counterpart does with a well-formed message.
#[doc(alias = "gedrag")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it in and says so.
    #[default]
    Healthy,
    /// Refuses connections.
    Down,
    /// Takes it in and never answers.
    Hangs,
    /// Takes nothing in and points elsewhere.
    Redirects,
    /// Takes it in and breaks the connection off without an answer.
    Breaks,
    /// Takes it in and answers 200 with an empty object.
    NoAcknowledgement,
    /// Takes it in and acknowledges another message or question.
    WrongId,
    /// Takes it in and acknowledges it under a reference that is no reference.
    OddReference,
    /// Takes nothing in and answers 500.
    Fails,
    /// Takes it in and answers more than anyone may read, announced by its length.
    HugeAnswer,
    /// The same, poured out without saying how much will come.
    EndlessAnswer,
    /// Takes it in and answers at once, but so slowly that the answer never ends.
    Trickles,
}

impl Behaviour {
    /// Whether a message sent to a counterpart of this behaviour is kept there.
    #[must_use]
    pub fn takes_in(self) -> bool {
        match self {
            Self::Healthy
            | Self::Hangs
            | Self::Breaks
            | Self::NoAcknowledgement
            | Self::WrongId
            | Self::OddReference
            | Self::Trickles
            | Self::HugeAnswer
            | Self::EndlessAnswer => true,
            Self::Down | Self::Redirects | Self::Fails => false,
        }
    }
}

/// The answer that a behaviour gives in place of `honest`; `wrong` is the same answer about something else.
pub(crate) async fn answer(behaviour: Behaviour, honest: HttpResponse, wrong: HttpResponse) -> HttpResponse {
    match behaviour {
        // The reference is odd already; see Mailbox::acknowledge.
        Behaviour::Healthy | Behaviour::OddReference => honest,
        Behaviour::Hangs => std::future::pending().await,
        Behaviour::Breaks => HttpResponse::Ok().body(Broken),
        Behaviour::Redirects => {
            HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "https://localhost/elders")).finish()
        }
        Behaviour::NoAcknowledgement => HttpResponse::Ok().json(serde_json::json!({})),
        Behaviour::WrongId => wrong,
        Behaviour::Down | Behaviour::Fails => HttpResponse::InternalServerError().finish(),
        Behaviour::HugeAnswer => HttpResponse::Ok().body(vec![b' '; MAX_ANSWER_BYTES + 1]),
        Behaviour::EndlessAnswer => HttpResponse::Ok().body(Endless),
        Behaviour::Trickles => HttpResponse::Ok().body(Trickle(None)),
    }
}

/// The acknowledgement of one message.
pub(crate) fn acknowledged(message_id: &str, kenmerk: &str) -> HttpResponse {
    HttpResponse::Ok().json(Acknowledgement { ontvangen: message_id.to_owned(), kenmerk: kenmerk.to_owned() })
}

/// A body that cannot be given: the server can only end the connection.
struct Broken;

impl MessageBody for Broken {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(1)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
    }
}

/// A body without an end.
struct Endless;

impl MessageBody for Endless {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(Some(Ok(Bytes::from_static(&[b' '; 16 * 1024]))))
    }
}

/// A body of one space every fifty milliseconds, without an end.
struct Trickle(Option<Pin<Box<Sleep>>>);

impl MessageBody for Trickle {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let pause = self.0.get_or_insert_with(|| Box::pin(sleep(Duration::from_millis(50))));
        if pause.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.0 = None;
        Poll::Ready(Some(Ok(Bytes::from_static(b" "))))
    }
}
