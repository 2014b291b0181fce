// SPDX-License-Identifier: EUPL-1.2
//! What a municipal desk (wijkteam, leerplicht, access desk) is told: a signal, and that a signal is taken back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    party::{Receiver, Sender},
    personal::Personal,
};

/// Levering: one signal on its way to one desk, `POST {base}/signalen`. It holds what the permit allows and nothing
/// else: a field that may not be shown is absent, not empty.
#[doc(alias = "levering")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Delivery {
    /// Id of this message; the same at every retry, and what the desk repeats in its acknowledgement.
    pub bericht_id: String,
    /// Id of the signal at the gateway, by which the desk answers it.
    pub signaal_id: String,
    /// Code of the kind of signal.
    pub soort: String,
    /// Code of the purpose.
    pub doel: String,
    /// Code of the legal basis.
    pub grondslag: String,
    /// `anoniem`, `pseudoniem` or `herleidbaar`.
    pub vorm: String,
    /// Who signals.
    pub afzender: Sender,
    /// Which desk it is for.
    pub ontvanger: Receiver,
    /// About whom, as far as may be known.
    pub jeugdige: Youth,
    /// What is signalled, as far as may be known.
    pub inhoud: Content,
    /// When the gateway let it go, RFC 3339.
    pub verstuurd_op: String,
}

/// Jeugdige: about whom a signal is, cut to what this desk may know.
#[doc(alias = "jeugdige")]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Youth {
    /// The desk's own pseudonym of this youth; no other organisation has the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pseudoniem: Option<String>,
    /// Age band, such as `4-11`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leeftijdsband: Option<String>,
    /// CBS code of the municipality of residence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gemeente: Option<String>,
    /// Citizen service number, only to a desk whose statute gives it (RL-22).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsn: Option<Personal>,
    /// Given names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voornamen: Option<Personal>,
    /// Surname with its prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub achternaam: Option<Personal>,
    /// Birth date, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geboortedatum: Option<Personal>,
    /// Postcode of the home address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Personal>,
    /// School of enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<School>,
}

/// Shows only that it is there: a log line never says what is known of a youth (promise 10).
impl fmt::Debug for Youth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Youth")
    }
}

/// School: where a youth is enrolled.
#[doc(alias = "school")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct School {
    /// OIN of the organisation, 20 digits.
    pub oin: String,
    /// Name of the school.
    pub naam: Personal,
}

/// Inhoud: what a signal says, cut to what this desk may know.
#[doc(alias = "inhoud")]
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Content {
    /// Topic codes of the covenant's list (001-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onderwerpen: Option<Vec<String>>,
    /// Free text on the worry; never in an anonymous form (RL-23).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub omschrijving: Option<Personal>,
    /// Day on which the worry was talked over with the parents (000-22), `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub besproken_met_ouders: Option<String>,
    /// How to reach the professional who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contactpersoon: Option<ContactPerson>,
    /// From when until when the youth was absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verzuim_periode: Option<AbsencePeriod>,
    /// How much school was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verzuim_uren: Option<AbsenceHours>,
    /// Code of the ground of the absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verzuim_soort: Option<String>,
    /// Name of the citizen who applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aanvrager: Option<Personal>,
    /// Day on which an application was received, `YYYY-MM-DD`: its term runs from there (RL-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ontvangen_op: Option<String>,
    /// What an application goes along without, in codes; the term stands still until it is there (RL-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onvolledig: Option<Vec<String>>,
    /// The school's reference of the ontwikkelingsperspectief; its content stays where it is (004-39).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opp_kenmerk: Option<Personal>,
    /// Step of the ladder that an escalation has reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trede: Option<u8>,
    /// Code of why it is stuck, about no person (RL-28).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reden: Option<String>,
    /// On which running order a question leans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maatregel: Option<RunningOrder>,
    /// Whom to reach in the municipality where the youth lives, when the receiver is only the link there (002-16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_woongemeente: Option<ContactPerson>,
}

/// Shows only that it is there: a log line never says what is known of a youth (promise 10).
impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Content")
    }
}

/// Lopende maatregel: an order of child protection, as whoever is asked may know it.
#[doc(alias = "maatregel")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RunningOrder {
    /// Code of the order.
    pub soort: String,
    /// First day on which it no longer runs, `YYYY-MM-DD`; absent while no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tot: Option<String>,
}

/// Contactpersoon: the professional whom a desk may call about a signal.
#[doc(alias = "contactpersoon")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ContactPerson {
    /// Name.
    pub naam: Personal,
    /// Telephone number at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefoon: Option<Personal>,
    /// E-mail address at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal>,
}

/// Verzuimperiode: first and last day of an absence.
#[doc(alias = "verzuimperiode")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbsencePeriod {
    /// First day, `YYYY-MM-DD`.
    pub van: String,
    /// Last day, inclusive; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tot: Option<String>,
}

/// Verzuimuren: how much school was missed.
#[doc(alias = "verzuimuren")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AbsenceHours {
    /// Hours of unauthorised absence in the last four weeks.
    pub uren_in_vier_weken: u16,
    /// Whole weeks of unbroken absence.
    pub weken_onafgebroken: u8,
}

/// Intrekking: notice that a signal which was already sent is taken back, `POST {base}/berichten`.
#[doc(alias = "intrekking")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Withdrawal {
    /// Id of this notice.
    pub bericht_id: String,
    /// Always `intrekking`.
    pub soort: NoticeKind,
    /// Id of the signal that is taken back.
    pub signaal_id: String,
    /// Which desk holds it.
    pub ontvanger: Receiver,
    /// When the gateway let the notice go, RFC 3339.
    pub verstuurd_op: String,
}

/// Soort bericht: what a notice to a desk says.
#[doc(alias = "berichtsoort")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// The signal is taken back; its ground has fallen away.
    #[serde(rename = "intrekking")]
    Withdrawal,
}
