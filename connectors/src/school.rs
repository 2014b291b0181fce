// SPDX-License-Identifier: EUPL-1.2
//! What a school system is asked and told: one pupil's attendance, and what became of a signal.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    party::{Receiver, Sender},
    personal::Personal,
};

/// Bevraging: the question for one pupil's attendance, `POST {base}/bevragingen` (RL-31). The answer comes in the same
/// exchange.
#[doc(alias = "bevraging")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Question {
    /// Id of this question, repeated in the answer.
    pub bevraging_id: String,
    /// Always `verzuim`.
    pub vraag: QuestionKind,
    /// The school's own key of the pupil.
    pub leerlingsleutel: Personal,
    /// First day asked for, `YYYY-MM-DD`.
    pub van: String,
    /// Last day asked for, `YYYY-MM-DD`.
    pub tot: String,
}

/// Vraag: what a school is asked.
#[doc(alias = "vraag")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuestionKind {
    /// Attendance over a period.
    #[serde(rename = "verzuim")]
    Attendance,
}

/// Verzuimoverzicht: what a school system answers. It says more than anyone may see: whoever shows it cuts it first to
/// the fields of the permit.
#[doc(alias = "verzuimoverzicht")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Attendance {
    /// Id of the question that this answers.
    pub bevraging_id: String,
    /// The school's own key of the pupil.
    pub leerlingsleutel: Personal,
    /// First day covered, `YYYY-MM-DD`.
    pub van: String,
    /// Last day covered, `YYYY-MM-DD`.
    pub tot: String,
    /// Group or class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groep: Option<Personal>,
    /// Name of the mentor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentor: Option<Personal>,
    /// Each absence in the period, by day.
    pub afwezigheden: Vec<AbsentDay>,
}

/// Afwezigheid: one day on which a pupil missed lessons.
#[doc(alias = "afwezigheid")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbsentDay {
    /// The day, `YYYY-MM-DD`.
    pub datum: String,
    /// Hours missed that day.
    pub uren: u16,
    /// Code of the ground of the absence.
    pub soort: String,
    /// Reason as the school wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reden: Option<Personal>,
    /// A teacher's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notitie: Option<Personal>,
}

/// Shows only that it is there: a log line never says what is known of a youth (promise 10).
impl fmt::Debug for AbsentDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AbsentDay")
    }
}

/// Terugkoppeling: what became of a signal, `POST {base}/terugkoppelingen`. A disclosure of its own in the other
/// direction (RL-17): codes by default.
#[doc(alias = "terugkoppeling")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Feedback {
    /// Id of this message; the same at every retry.
    pub bericht_id: String,
    /// Id of the signal that it answers.
    pub signaal_id: String,
    /// Who answers.
    pub afzender: Sender,
    /// Which organisation and desk it is for.
    pub ontvanger: Receiver,
    /// Code of where the signal stands; absent where it went without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Code of the next step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vervolgstap: Option<String>,
    /// Free text, only where the way back permits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toelichting: Option<Personal>,
    /// When the gateway let it go, RFC 3339.
    pub verstuurd_op: String,
}
