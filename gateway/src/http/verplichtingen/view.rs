// SPDX-License-Identifier: EUPL-1.2
//! A duty as the wire shows it.

use serde::Serialize;
use sluis_policy::AuthorityKind;
use utoipa::ToSchema;

use super::super::api::instant;
use super::super::codes;
use crate::broker::{DutyView, Ending, Hearer, Silence, Telling};

/// Een verplichting: wat iemand nog moet doen, of heeft gedaan.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct VerplichtingWeergave {
    /// Het kenmerk.
    #[schema(example = "5d0e8c1fa94b4d07b2c6e18f3a7d9042")]
    verplichting_id: String,
    #[schema(schema_with = codes::duty, required)]
    soort: String,
    #[schema(schema_with = codes::duty_state, required)]
    toestand: &'static str,
    /// De laatste dag; van wat is uitgesteld de dag waarop het opnieuw wordt bekeken.
    #[schema(format = Date)]
    uiterlijk: String,
    /// Of die dag voorbij is en het nog niet is gedaan. Dat herinnert alleen: er gaat niets vanzelf naar een ouder of jeugdige.
    te_laat: bool,
    /// Wanneer het ontstond.
    #[schema(format = DateTime)]
    ontstaan_op: String,
    /// De regel waaruit het volgt.
    #[serde(skip_serializing_if = "Option::is_none")]
    regel: Option<&'static str>,
    /// De professional die het heeft, zoals de eigen organisatie die kent; afwezig zolang het van het loket is.
    #[serde(skip_serializing_if = "Option::is_none")]
    behandelaar: Option<String>,
    /// Het signaal waaruit het volgt, met het kenmerk waaronder dit loket het kent; afwezig als er geen signaal uit voortkwam.
    #[serde(skip_serializing_if = "Option::is_none")]
    signaal_id: Option<String>,
    /// Het pseudoniem dat deze organisatie van de jeugdige heeft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudoniem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uitstel: Option<Uitstel>,
    /// Of vrijgeven aan een ouder of jeugdige eerst een afweging per persoon vraagt, omdat het thuis niet veilig kan zijn. Alleen bij
    /// wat over informeren of vragen gaat.
    #[serde(skip_serializing_if = "Option::is_none")]
    ingehouden: Option<bool>,
    /// Wie het moet horen of hoorde. Alleen bij wat over informeren of vragen gaat.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    personen: Vec<Toehoorder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    afronding: Option<Afgerond>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stilte: Option<Stilte>,
}

/// Wat elders niet op zijn dag is gedaan. Alleen bij `opgeschaald`: zonder naam, signaal of kenmerk van wie het betreft.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Stilte {
    #[schema(schema_with = codes::duty, required)]
    soort: String,
    /// De organisatie waar het niet is gedaan.
    #[schema(pattern = "^[0-9]{20}$")]
    organisatie: String,
    #[schema(schema_with = codes::desk, required)]
    loket: &'static str,
    /// De dag waarop het gedaan moest zijn.
    #[schema(format = Date)]
    was_uiterlijk: String,
    /// De trede van de ladder in het convenant waarop dit loket het hoort: 1 is de laagste.
    #[schema(minimum = 1)]
    trede: u8,
}

/// Waarom het wacht.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Uitstel {
    #[schema(schema_with = codes::postponed_for, required)]
    reden: String,
    /// De laatste dag voordat het werd uitgesteld.
    #[schema(format = Date)]
    was_uiterlijk: String,
}

/// Iemand die het moet horen of hoorde.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Toehoorder {
    /// De verwijzing naar de persoon.
    persoon: String,
    #[schema(schema_with = codes::capacity_of_person, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    hoedanigheid: Option<&'static str>,
    /// Op welke dag het is verteld of gevraagd.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    dag: Option<String>,
    #[schema(schema_with = codes::channel, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    kanaal: Option<String>,
    #[schema(schema_with = codes::not_told_for, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    niet_verteld: Option<String>,
    /// Sinds wanneer deze persoon het mag weten.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    vrijgegeven_op: Option<String>,
}

/// Hoe het eindigde.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Afgerond {
    /// Op welke dag.
    #[schema(format = Date)]
    dag: String,
    #[schema(schema_with = codes::duty_outcome, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    uitkomst: Option<String>,
}

impl VerplichtingWeergave {
    pub(super) fn of(view: DutyView) -> Self {
        Self {
            verplichting_id: hex::encode(view.id),
            soort: view.kind,
            toestand: view.state.code(),
            uiterlijk: view.due_on,
            te_laat: view.overdue,
            ontstaan_op: instant(view.created_at),
            regel: view.rule.map(sluis_policy::Rule::id),
            behandelaar: view.holder,
            signaal_id: view.signal.map(hex::encode),
            pseudoniem: view.pseudonym,
            uitstel: view.postponed.map(|why| Uitstel { reden: why.reason, was_uiterlijk: why.was_due_on }),
            ingehouden: view.withheld,
            personen: view.people.into_iter().map(Toehoorder::of).collect(),
            afronding: view.done.map(Afgerond::of),
            stilte: view.silence.map(Stilte::of),
        }
    }
}

impl Stilte {
    fn of(silence: Silence) -> Self {
        Self {
            soort: silence.kind,
            organisatie: silence.at.organisation.as_str().to_owned(),
            loket: silence.at.desk.code(),
            was_uiterlijk: silence.due_on,
            trede: silence.step,
        }
    }
}

impl Toehoorder {
    fn of(hearer: Hearer) -> Self {
        let (dag, kanaal, niet_verteld) = match hearer.heard {
            Some(Telling::Told { on, channel }) => (Some(on.to_string()), Some(channel), None),
            Some(Telling::Not { reason }) => (None, None, Some(reason)),
            None => (None, None, None),
        };
        Self {
            persoon: hex::encode(hearer.person.0),
            hoedanigheid: hearer.capacity.map(AuthorityKind::code),
            dag,
            kanaal,
            niet_verteld,
            vrijgegeven_op: hearer.released_at.map(instant),
        }
    }
}

impl Afgerond {
    fn of(ending: Ending) -> Self {
        Self { dag: ending.on.to_string(), uitkomst: ending.outcome }
    }
}
