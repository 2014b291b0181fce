// SPDX-License-Identifier: EUPL-1.2
//! A problem as it stands on the wire (RFC 9457), and as the API's description has it.

use serde::Serialize;
use utoipa::ToSchema;

use super::InputFault;
use crate::broker::Barred;

/// Een probleem volgens RFC 9457. Wat erin staat gaat alleen over uw eigen verzoek.
#[derive(Serialize, ToSchema)]
#[schema(as = Probleem)]
pub(in super::super) struct Wire<'a> {
    /// Een vaste URN voor dit soort probleem, voor programma's.
    #[serde(rename = "type")]
    #[schema(example = "urn:sluis:probleem:ongeldige-invoer")]
    pub(super) kind: String,
    /// Wat er aan de hand is, in een paar woorden.
    #[schema(example = "De invoer klopt niet")]
    pub(super) title: &'static str,
    /// De HTTP-status.
    #[schema(example = 400)]
    pub(super) status: u16,
    /// Wat eraan te doen is. Bij een signaal over veiligheid staat hier eerst dat er geen melding is gedaan, en wie te bellen is.
    #[schema(example = "Herstel de genoemde fouten en dien het verzoek opnieuw in.")]
    pub(super) detail: String,
    /// Het kenmerk waaronder de beheerder dit verzoek terugvindt.
    #[serde(rename = "traceId", skip_serializing_if = "Option::is_none")]
    pub(super) trace_id: Option<&'a str>,
    /// Alle fouten in de invoer.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Option<Vec<InputFault>>)]
    pub(super) errors: &'a [InputFault],
    /// De regel die dit weigert.
    #[serde(rename = "regel", skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<&'static str>,
    /// Die regel in een zin.
    #[serde(rename = "uitleg", skip_serializing_if = "Option::is_none")]
    pub(super) sentence: Option<&'static str>,
    /// Bij een signaal dat naar niemand mag: de regel per ontvanger.
    #[serde(rename = "regels", skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<HeardRule>>)]
    pub(super) rules: Vec<HeardRule>,
}

/// De regel waardoor een ontvanger niets krijgt.
#[derive(Serialize, ToSchema)]
#[schema(as = GeweigerdeOntvanger)]
pub(super) struct HeardRule {
    /// Het OIN van de ontvanger.
    organisatie: String,
    /// Het loket.
    loket: &'static str,
    /// De regel.
    #[schema(example = "SL-911")]
    regel: &'static str,
    /// Die regel in een zin.
    uitleg: &'static str,
    /// Wat er in uw eigen bericht nog ontbreekt, of wat u nog kunt doen, in codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["besproken_met_ouders"]))]
    ontbreekt: Vec<&'static str>,
}

impl HeardRule {
    pub(super) fn of(Barred { receiver, rule, missing }: &Barred) -> Self {
        Self {
            organisatie: receiver.organisation.to_string(),
            loket: receiver.desk.code(),
            regel: rule.id(),
            uitleg: rule.sentence(),
            ontbreekt: missing.iter().map(|condition| condition.code()).collect(),
        }
    }
}
