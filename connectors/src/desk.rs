// SPDX-License-Identifier: EUPL-1.2
//! What a municipal desk (wijkteam, leerplicht, access desk) is told: a signal, and that a signal is taken back.

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Inhoud: what a signal says, cut to what this desk may know.
#[doc(alias = "inhoud")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Content {
    /// Topic codes of the covenant's list (001-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onderwerpen: Option<Vec<String>>,
    /// Free text; never in an anonymous form (RL-23).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toelichting: Option<Personal>,
    /// What the sender asks of the desk, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hulpvraag: Option<Personal>,
    /// Day on which the worries were discussed with the parents (000-22), `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub besproken_met_ouders_op: Option<String>,
    /// The absence that a report to leerplicht is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verzuim: Option<Absence>,
}

/// Verzuim: how much school a youth missed in a period.
#[doc(alias = "verzuim")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Absence {
    /// First day counted, `YYYY-MM-DD`.
    pub van: String,
    /// Last day counted, `YYYY-MM-DD`.
    pub tot: String,
    /// Hours missed in that period.
    pub uren: u32,
    /// Whether the school had given leave; absent when this desk may not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geoorloofd: Option<bool>,
    /// Whether the youth was reported ill; absent when this desk may not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ziek: Option<bool>,
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
