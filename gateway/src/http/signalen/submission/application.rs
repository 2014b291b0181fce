// SPDX-License-Identifier: EUPL-1.2
//! What a citizen applies for, as the school that helps with it hands it on (004-07, 004-14, RL-12). Nothing that is missing
//! here refuses the application but who applies and since when: the rest is marked as missing.

use serde::Deserialize;
use sluis_policy::{Field, Gate, Moment, PersonRef, SignalKind};
use utoipa::ToSchema;

use super::super::super::codes;
use super::super::super::input::{Examination, Given, among, flag, id, numberless, past_day};
use crate::broker::{Applicant, Besides};

/// How it stands with the inspectorate's permission for education at a care location (004-22).
pub(in super::super::super::super) const INSPECTION: [&str; 4] = ["niet_nodig", "aangevraagd", "verleend", "geweigerd"];

/// De aanvraag van een ouder, voogd of jeugdige. Verplicht bij de soorten oza_aanvraag en jeugdhulp_aanvraag.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super::super) struct Aanvraag {
    /// Wie aanvraagt: de verwijzing uit het vastleggen van gezag. Weggelaten: de jeugdige zelf.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    /// De naam van wie aanvraagt.
    #[schema(value_type = String, max_length = 200)]
    naam: Given,
    /// Wanneer de aanvraag is ontvangen: vanaf die dag loopt de termijn.
    #[schema(value_type = String, format = Date)]
    ontvangen_dag: Given,
    #[schema(value_type = Option<Ontwikkelingsperspectief>)]
    opp: Option<Ontwikkelingsperspectief>,
    #[schema(schema_with = codes::inspection, required = false)]
    inspectie: Given,
}

/// Het ontwikkelingsperspectief, zonder de inhoud. Alleen bij oza_aanvraag.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super::super) struct Ontwikkelingsperspectief {
    /// Het eigen kenmerk van de school.
    #[schema(value_type = String, max_length = 60)]
    kenmerk: Given,
    /// Wanneer de ouders, of vanaf zestien de jeugdige, ermee akkoord gingen.
    #[schema(value_type = Option<String>, format = Date)]
    akkoord_dag: Given,
    /// Of de school het kenmerk mag meesturen.
    #[schema(value_type = Option<bool>)]
    mag_mee: Given,
}

/// What was read of it.
#[derive(Default)]
pub(super) struct Read {
    pub(super) applicant: Option<PersonRef>,
    pub(super) content: Besides,
}

/// Reads the application, and adds to `gates` what is shown by it to have happened.
pub(super) fn read(
    given: Option<&Aanvraag>,
    input: &mut Examination,
    (kind, moment): (Option<SignalKind>, Moment),
    gates: &mut Vec<Gate>,
) -> Read {
    let Some(given) = given else {
        if kind.is_some_and(|kind| kind.may_hold(Field::Applicant)) {
            input.fault("/aanvraag", "Dit veld ontbreekt.");
        }
        return Read::default();
    };
    let person = input.optional("/aanvraag/persoon", &given.persoon, id).map(PersonRef);
    let name = input.required("/aanvraag/naam", &given.naam, numberless(200));
    let received_on = input.required("/aanvraag/ontvangenDag", &given.ontvangen_dag, past_day(moment.today));
    if kind == Some(SignalKind::JeugdhulpAanvraag) {
        given.is_plain(input);
    }
    let opp_reference = given.opp.as_ref().and_then(|opp| opp.parse(input, moment, gates));
    let inspection = input.optional("/aanvraag/inspectie", &given.inspectie, among(&INSPECTION));
    gates.extend(inspection.filter(|status| status != "geweigerd").map(|_| Gate::InspectionSettled));
    let applicant = name.map(|name| Applicant { name, is_the_youth: given.persoon.is_none() });
    Read { applicant: person, content: Besides { applicant, received_on, opp_reference, ..Besides::default() } }
}

impl Aanvraag {
    /// Plain youth help asks for no ontwikkelingsperspectief and no inspectorate (004-20).
    fn is_plain(&self, input: &mut Examination) {
        for (pointer, there) in
            [("/aanvraag/opp", self.opp.is_some()), ("/aanvraag/inspectie", self.inspectie.is_some())]
        {
            if there {
                input.fault(pointer, "Dit veld hoort niet bij deze soort.");
            }
        }
    }
}

impl Ontwikkelingsperspectief {
    fn parse(&self, input: &mut Examination, moment: Moment, gates: &mut Vec<Gate>) -> Option<String> {
        let reference = input.required("/aanvraag/opp/kenmerk", &self.kenmerk, numberless(60));
        let agreed = input.optional("/aanvraag/opp/akkoordDag", &self.akkoord_dag, past_day(moment.today));
        let may_go = input.optional("/aanvraag/opp/magMee", &self.mag_mee, flag).unwrap_or(false);
        gates.push(Gate::Opp);
        gates.extend(agreed.map(|_| Gate::OppAgreed));
        gates.extend(may_go.then_some(Gate::OppMaySend));
        reference
    }
}
