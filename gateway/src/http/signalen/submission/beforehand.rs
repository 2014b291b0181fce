// SPDX-License-Identifier: EUPL-1.2
//! What was done before a signal, and the absence that it tells of.

use jiff::civil::Date;
use serde::Deserialize;
use sluis_policy::{AbsenceFacts, Gate};
use utoipa::ToSchema;

use super::super::super::codes;
use super::super::super::input::{Examination, Given, among, code, coming_day, count, day, flag, past_day};
use crate::broker::{InformLater, POSTPONED_FOR};

/// Wat er vooraf is gedaan.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super::super) struct Voorwaarden {
    /// Wanneer de zorg met de ouders is besproken.
    #[schema(value_type = Option<String>, format = Date)]
    besproken_met_ouders: Given,
    /// Wanneer de zorg met de jeugdige is besproken.
    #[schema(value_type = Option<String>, format = Date)]
    besproken_met_jeugdige: Given,
    /// Of school, ouders en samenwerkingsverband hebben afgewogen of de school het zelf kan.
    #[schema(value_type = Option<bool>)]
    afweging_intern: Given,
    /// Wanneer het eigen ondersteuningsteam het heeft besproken.
    #[schema(value_type = Option<String>, format = Date)]
    intern_besproken: Given,
    /// Wanneer met de ouders, of vanaf zestien met de jeugdige, is gewogen of de school erbij moet.
    #[schema(value_type = Option<String>, format = Date)]
    onderwijs_betrekken_afgewogen: Given,
    /// Of is gewogen dat ernstige schade dreigt, dat het niet anders kan, en dat dit het minste is. Alleen bij `levensbelang`.
    #[schema(value_type = Option<bool>)]
    levensbelang_afgewogen: Given,
}

/// Waarom ouders of jeugdige nog niet zijn ingelicht, en wanneer dat opnieuw wordt bekeken. Alleen bij `veiligheid` en
/// `levensbelang`; de melding zelf wacht er niet op.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super::super) struct InformerenUitgesteld {
    #[schema(schema_with = codes::postponed_for, required)]
    reden: Given,
    /// De dag waarop het opnieuw wordt bekeken. Niet in het verleden.
    #[schema(value_type = String, format = Date)]
    herzien_dag: Given,
}

/// Het verzuim dat wordt gemeld. Verplicht bij de soorten verzuim, overig_verzuim, vsv, ziekteverzuim en thuiszitter; mag bij
/// informatie_jeugdbescherming.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super::super) struct Verzuim {
    /// De eerste dag.
    #[schema(value_type = String, format = Date)]
    van: Given,
    /// De laatste dag, die zelf meetelt. Weggelaten zolang het verzuim duurt.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Given,
    /// Ongeoorloofd gemiste uren in de laatste vier weken.
    #[schema(value_type = u16, maximum = 672)]
    uren_in_vier_weken: Given,
    /// Hele weken aaneengesloten verzuim.
    #[schema(value_type = u16, maximum = 255)]
    weken_onafgebroken: Given,
    #[schema(schema_with = codes::absence_ground, required)]
    grond: Given,
    /// Of de school vermoedt dat achter ziekte of schorsing ongeoorloofd verzuim schuilgaat.
    #[schema(value_type = bool)]
    vermoed_ongeoorloofd: Given,
}

impl InformerenUitgesteld {
    pub(super) fn parse(&self, input: &mut Examination, today: Date) -> Option<InformLater> {
        let reason = input.required("/informerenUitgesteld/reden", &self.reden, among(&POSTPONED_FOR));
        let review_on = input.required("/informerenUitgesteld/herzienDag", &self.herzien_dag, coming_day(today));
        Some(InformLater { reason: reason?, review_on: review_on? })
    }
}

impl Voorwaarden {
    /// What was done, and when the worry was talked over with the parents.
    pub(super) fn parse(&self, input: &mut Examination, today: Date) -> (Vec<Gate>, Option<Date>) {
        let parents = input.optional("/voorwaarden/besprokenMetOuders", &self.besproken_met_ouders, past_day(today));
        let youth = input.optional("/voorwaarden/besprokenMetJeugdige", &self.besproken_met_jeugdige, past_day(today));
        let weighed = input.optional("/voorwaarden/afwegingIntern", &self.afweging_intern, flag).unwrap_or(false);
        let team = input.optional("/voorwaarden/internBesproken", &self.intern_besproken, past_day(today));
        let school = &self.onderwijs_betrekken_afgewogen;
        let school = input.optional("/voorwaarden/onderwijsBetrekkenAfgewogen", school, past_day(today));
        let vital = input.optional("/voorwaarden/levensbelangAfgewogen", &self.levensbelang_afgewogen, flag);
        let gates = [
            parents.map(|_| Gate::DiscussedWithParents),
            youth.map(|_| Gate::DiscussedWithYouth),
            weighed.then_some(Gate::WeighedInternally),
            team.map(|_| Gate::DiscussedInTeam),
            school.map(|_| Gate::EducationWeighed),
            vital.unwrap_or(false).then_some(Gate::VitalInterestWeighed),
        ];
        (gates.into_iter().flatten().collect(), parents)
    }
}

impl Verzuim {
    pub(super) fn parse(&self, input: &mut Examination, today: Date) -> Option<AbsenceFacts> {
        let from = input.required("/verzuim/van", &self.van, past_day(today));
        let until = input.optional("/verzuim/tot", &self.tot, day);
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            input.fault("/verzuim/tot", "De laatste dag ligt voor de eerste.");
        }
        let hours_in_four_weeks = input.required("/verzuim/urenInVierWeken", &self.uren_in_vier_weken, count(672));
        let weeks = input.required("/verzuim/wekenOnafgebroken", &self.weken_onafgebroken, count(u16::from(u8::MAX)));
        let ground = input.required("/verzuim/grond", &self.grond, code);
        let suspected_unauthorised = input.required("/verzuim/vermoedOngeoorloofd", &self.vermoed_ongeoorloofd, flag);
        Some(AbsenceFacts {
            from: from?,
            until,
            hours_in_four_weeks: hours_in_four_weeks?,
            unbroken_weeks: u8::try_from(weeks?).ok()?,
            ground: ground?,
            suspected_unauthorised: suspected_unauthorised?,
        })
    }
}
