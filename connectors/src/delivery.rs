// SPDX-License-Identifier: EUPL-1.2
//! Handing a message to a counterpart, and what counts as handed over.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    desk::{Delivery, Withdrawal},
    outbound::{Answer, Outbound},
    school::{Attendance, Feedback, Question},
    verwijsindex::Report,
};

/// Bericht: anything that waits in an outbox for a counterpart. Its serialised form names the variant and is meant for
/// keeping; what goes over the wire is the message inside.
#[doc(alias = "bericht")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A signal, to a municipal desk.
    Delivery(Box<Delivery>),
    /// A signal is taken back, to the desk that has it.
    Withdrawal(Withdrawal),
    /// There is concern, to the verwijsindex.
    Report(Report),
    /// What became of a signal, to a school system.
    Feedback(Feedback),
}

impl Message {
    /// Id of the message, the same at every retry.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Delivery(message) => &message.bericht_id,
            Self::Withdrawal(message) => &message.bericht_id,
            Self::Report(message) => &message.bericht_id,
            Self::Feedback(message) => &message.bericht_id,
        }
    }

    /// Path below the counterpart's base address.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::Delivery(_) => "signalen",
            Self::Withdrawal(_) => "berichten",
            Self::Report(_) => "meldingen",
            Self::Feedback(_) => "terugkoppelingen",
        }
    }

    fn wire(&self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Delivery(message) => serde_json::to_vec(message),
            Self::Withdrawal(message) => serde_json::to_vec(message),
            Self::Report(message) => serde_json::to_vec(message),
            Self::Feedback(message) => serde_json::to_vec(message),
        }
    }
}

/// Ontvangstbevestiging: the body by which a counterpart says that it has a message.
#[doc(alias = "ontvangstbevestiging")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Acknowledgement {
    /// Id of the message that was received.
    pub ontvangen: String,
    /// Under what reference the counterpart keeps it.
    pub kenmerk: String,
}

/// Afgeleverd: proof that a counterpart acknowledged this very message. Only [`Outbound::deliver`] makes one.
#[doc(alias = "afgeleverd")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    kenmerk: String,
}

impl Delivered {
    /// The counterpart's own reference: 1 to 64 printable ASCII characters.
    #[must_use]
    pub fn kenmerk(&self) -> &str {
        &self.kenmerk
    }
}

/// Mislukking: why a call did not end as agreed. No variant carries anything that the counterpart wrote.
#[doc(alias = "mislukking")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection came to stand, so nothing left: no such name, nobody there, or a server whose certificate is not
    /// accepted here.
    #[error("counterpart is unreachable")]
    Unreachable,
    /// The connection stood, and broke before the answer was whole. The counterpart may have the message all the same;
    /// one that does not accept our certificate looks like this too (TLS 1.3 tells only afterwards).
    #[error("connection broke before the answer was whole")]
    Broken,
    /// No whole answer before the deadline. The counterpart may have the message all the same.
    #[error("counterpart did not answer in time")]
    TimedOut,
    /// The counterpart said no, with this HTTP status (4xx or 5xx).
    #[error("counterpart refused with status {status}")]
    Refused {
        /// HTTP status of the answer.
        status: u16,
    },
    /// A 2xx answer that is not the agreed one, or is about another message or question.
    #[error("counterpart did not acknowledge the message")]
    NotAcknowledged,
    /// The counterpart pointed elsewhere, which is never followed.
    #[error("counterpart redirected the call")]
    Redirected,
    /// The answer is larger than 256 KiB.
    #[error("answer is too large")]
    TooLarge,
    /// The address is not on the list of hosts, or leads into a private network that is not listed.
    #[error("address is out of reach")]
    OutOfReach,
    /// The message cannot be written as JSON or the address not as a request.
    #[error("message cannot be sent")]
    Unsendable,
}

impl Failure {
    /// Whether the same message can arrive later without anyone changing something at this side.
    #[must_use]
    pub fn retry_can_help(self) -> bool {
        match self {
            Self::Unreachable | Self::Broken | Self::TimedOut | Self::NotAcknowledged => true,
            Self::Refused { status } => status >= 500 || matches!(status, 408 | 425 | 429),
            Self::Redirected | Self::TooLarge | Self::OutOfReach | Self::Unsendable => false,
        }
    }

    /// Whether the message may be with the counterpart although this call failed. Where that is not certain the answer is
    /// yes: somebody may have to be told that it is taken back.
    #[must_use]
    pub fn may_have_arrived(self) -> bool {
        match self {
            Self::Broken | Self::TimedOut | Self::NotAcknowledged | Self::TooLarge => true,
            Self::Refused { status } => status >= 500,
            Self::Unreachable | Self::Redirected | Self::OutOfReach | Self::Unsendable => false,
        }
    }

    /// Stable code for records and counters.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "onbereikbaar",
            Self::Broken => "verbinding-verbroken",
            Self::TimedOut => "geen-antwoord-op-tijd",
            Self::Refused { .. } => "geweigerd",
            Self::NotAcknowledged => "niet-bevestigd",
            Self::Redirected => "doorverwezen",
            Self::TooLarge => "antwoord-te-groot",
            Self::OutOfReach => "buiten-bereik",
            Self::Unsendable => "niet-te-versturen",
        }
    }
}

impl Outbound {
    /// Hands a message to the counterpart at `base`, once. It counts as delivered only when the answer is 2xx and
    /// acknowledges this message's own id.
    ///
    /// # Errors
    /// Every way in which that did not happen; see [`Failure::retry_can_help`].
    pub async fn deliver(&self, base: &Address, message: &Message) -> Result<Delivered, Failure> {
        let body = message.wire().map_err(|_| Failure::Unsendable)?;
        let answer = self.post(base, message.path(), body).await?;
        acknowledged(&answer, message.id())
    }

    /// Asks a school system for one pupil's attendance. The answer is whole and about this very question and pupil; it
    /// still holds more than may be shown.
    ///
    /// # Errors
    /// Every way in which no such answer came. The question may have been seen all the same.
    pub async fn ask(&self, base: &Address, question: &Question) -> Result<Attendance, Failure> {
        let body = serde_json::to_vec(question).map_err(|_| Failure::Unsendable)?;
        let answer = self.post(base, "bevragingen", body).await?;
        let attendance: Attendance = agreed(&answer)?;
        let about_this =
            attendance.bevraging_id == question.bevraging_id && attendance.leerlingsleutel == question.leerlingsleutel;
        if about_this { Ok(attendance) } else { Err(Failure::NotAcknowledged) }
    }

    async fn post(&self, base: &Address, path: &str, body: Vec<u8>) -> Result<Answer, Failure> {
        let mut request = reqwest::Request::new(Method::POST, base.below(path));
        let json = reqwest::header::HeaderValue::from_static("application/json");
        request.headers_mut().insert(reqwest::header::ACCEPT, json.clone());
        request.headers_mut().insert(reqwest::header::CONTENT_TYPE, json);
        *request.body_mut() = Some(body.into());
        self.exchange(request).await
    }
}

fn acknowledged(answer: &Answer, id: &str) -> Result<Delivered, Failure> {
    let Acknowledgement { ontvangen, kenmerk } = agreed(answer)?;
    let readable = (1..=64).contains(&kenmerk.len()) && kenmerk.bytes().all(|byte| byte.is_ascii_graphic());
    if ontvangen != id || !readable {
        return Err(Failure::NotAcknowledged);
    }
    Ok(Delivered { kenmerk })
}

fn agreed<'a, T: Deserialize<'a>>(answer: &'a Answer) -> Result<T, Failure> {
    match answer.status {
        200..=299 => serde_json::from_slice(&answer.body).map_err(|_| Failure::NotAcknowledged),
        status => Err(Failure::Refused { status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: reqwest::header::HeaderMap::new(), body: body.into() }
    }

    #[test]
    fn only_the_agreed_answer_acknowledges() {
        let whole = r#"{"ontvangen":"b-1","kenmerk":"K-1"}"#;
        let long = format!(r#"{{"ontvangen":"b-1","kenmerk":"{}"}}"#, "k".repeat(65));
        let table = [
            (200, whole, Ok("K-1")),
            (202, whole, Ok("K-1")),
            (200, r#"{"ontvangen":"b-2","kenmerk":"K-1"}"#, Err(Failure::NotAcknowledged)),
            (200, r#"{"ontvangen":"b-1"}"#, Err(Failure::NotAcknowledged)),
            (200, r#"{"ontvangen":"b-1","kenmerk":""}"#, Err(Failure::NotAcknowledged)),
            (200, r#"{"ontvangen":"b-1","kenmerk":"K 1"}"#, Err(Failure::NotAcknowledged)),
            (200, r#"{"ontvangen":"b-1","kenmerk":"K-1","extra":1}"#, Err(Failure::NotAcknowledged)),
            (200, &long, Err(Failure::NotAcknowledged)),
            (200, "", Err(Failure::NotAcknowledged)),
            (400, whole, Err(Failure::Refused { status: 400 })),
            (503, whole, Err(Failure::Refused { status: 503 })),
        ];
        for (status, body, expected) in table {
            let delivered = acknowledged(&answer(status, body), "b-1");
            let kenmerk = delivered.as_ref().map(Delivered::kenmerk).map_err(|failure| *failure);
            assert_eq!(kenmerk, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_retry_helps_when_the_other_side_can_get_well_by_itself() {
        for status in [400, 401, 403, 404, 409, 413, 422] {
            assert!(!Failure::Refused { status }.retry_can_help(), "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(Failure::Refused { status }.retry_can_help(), "{status}");
        }
    }
}
