// SPDX-License-Identifier: EUPL-1.2
//! A new signal as the wire has it, and its way to a [`NewSignal`].

use jiff::civil::Date;
use serde::Deserialize;
use sluis_policy::{AbsenceFacts, Gate, Moment, Party, SignalFacts, SignalKind};
use utoipa::ToSchema;

use super::super::codes;
use super::super::input::{
    Examination, Given, Wrong, bsn, code, count, day, flag, line, numberless, oin, past_day, pupil_key, text,
};
use super::super::problem::Problem;
use super::super::screening::{Sort, identifying};
use crate::broker::NewSignal;

/// To how many desks one signal may go.
const RECEIVERS: usize = 12;

/// The kinds that the wire can say whole. The core decides more of them: some need a field that stands nowhere here, some
/// are about no youth at all. Said by half, such a signal would go astray or name whom it must not, so it is refused.
pub(in super::super) const KINDS: [SignalKind; 9] = [
    SignalKind::Preventief,
    SignalKind::Consultatie,
    SignalKind::Aanmelding,
    SignalKind::VerzoekTotSamenwerking,
    SignalKind::Verzuim,
    SignalKind::OverigVerzuim,
    SignalKind::Veiligheid,
    SignalKind::Vsv,
    SignalKind::InformatieJeugdbescherming,
];

/// Een signaal over een jeugdige, aan een of meer loketten.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "soort": "preventief", "doel": "vroegsignalering", "jeugdige": {"leerlingsleutel": "L-2026-0817"},
    "ontvangers": [{"organisatie": "99000000000000000030", "loket": "wijkteam"}],
    "opNaam": false, "onderwerpen": ["gedrag"], "voorwaarden": {"besprokenMetOuders": "2026-11-18"}
}))]
pub(in super::super) struct NieuwSignaal {
    #[schema(schema_with = codes::kind_to_send, required)]
    soort: Given,
    #[schema(schema_with = codes::purpose, required)]
    doel: Given,
    #[schema(value_type = OverJeugdige)]
    jeugdige: Option<OverJeugdige>,
    /// De loketten waar het signaal heen gaat. Over elk wordt apart besloten.
    #[schema(value_type = Vec<OntvangendLoket>, min_items = 1, max_items = 12)]
    ontvangers: Option<Vec<OntvangendLoket>>,
    /// Of om verzending op naam wordt gevraagd. Zonder naam mag er niets in staan dat de jeugdige herleidbaar maakt.
    #[schema(value_type = bool)]
    op_naam: Given,
    #[schema(schema_with = codes::topics)]
    onderwerpen: Option<Vec<Given>>,
    /// Vrije tekst. Gaat alleen mee op naam, naar een ontvanger die dat veld mag krijgen.
    #[schema(value_type = Option<String>, max_length = 4000)]
    omschrijving: Given,
    #[schema(value_type = Option<Voorwaarden>)]
    voorwaarden: Option<Voorwaarden>,
    /// Wie de ontvanger kan bellen.
    #[schema(value_type = Option<String>, max_length = 200)]
    contactpersoon: Given,
    /// De code van de schoollocatie, zoals die in het register staat.
    #[schema(value_type = Option<String>, max_length = 40)]
    locatie: Given,
    #[schema(value_type = Option<Verzuim>)]
    verzuim: Option<Verzuim>,
    /// Of de verzender een risicogrond van de verwijsindex heeft aangekruist. Welke, blijft bij de verzender.
    #[schema(value_type = Option<bool>)]
    risico_aangekruist: Given,
}

/// Over wie het gaat.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct OverJeugdige {
    /// De eigen sleutel van de school, zoals bij het vastleggen van de leerling.
    #[schema(value_type = String, max_length = 64)]
    leerlingsleutel: Given,
    /// Het burgerservicenummer, alleen bij een soort waarvoor een wet dat nummer voorschrijft (verzuim, overig_verzuim, veiligheid, vsv, informatie_jeugdbescherming).
    #[schema(value_type = Option<String>, pattern = "^[0-9]{9}$")]
    bsn: Given,
}

/// Een loket van een organisatie.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct OntvangendLoket {
    /// Het OIN van de organisatie.
    #[schema(value_type = String, pattern = "^[0-9]{20}$")]
    organisatie: Given,
    #[schema(schema_with = codes::desk, required)]
    loket: Given,
}

/// Wat er vooraf is gedaan.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Voorwaarden {
    /// Wanneer de zorg met de ouders is besproken.
    #[schema(value_type = Option<String>, format = Date)]
    besproken_met_ouders: Given,
    /// Wanneer de zorg met de jeugdige is besproken.
    #[schema(value_type = Option<String>, format = Date)]
    besproken_met_jeugdige: Given,
    /// Of school, ouders en samenwerkingsverband hebben afgewogen of de school het zelf kan.
    #[schema(value_type = Option<bool>)]
    afweging_intern: Given,
}

/// Het verzuim dat wordt gemeld. Verplicht bij de soorten verzuim, overig_verzuim en vsv; mag bij informatie_jeugdbescherming.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Verzuim {
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

impl NieuwSignaal {
    /// The kind, as far as it can be read.
    pub(super) fn kind(&self) -> Option<SignalKind> {
        self.soort.as_ref()?.as_str()?.parse().ok()
    }

    /// Judges every value.
    ///
    /// # Errors
    /// With every fault.
    pub(in super::super) fn parse(&self, sender: Party, moment: Moment) -> Result<NewSignal, Problem> {
        let mut input = Examination::default();
        let kind: Option<SignalKind> = input.required("/soort", &self.soort, kind);
        let purpose = input.required("/doel", &self.doel, code);
        let pupil = self.pupil(&mut input, kind);
        let receivers = self.receivers(&mut input);
        let named = input.required("/opNaam", &self.op_naam, flag);
        let topics = self.topics(&mut input);
        let description = self.description(&mut input, kind, named);
        let (gates, discussed_on) =
            self.voorwaarden.as_ref().map_or_else(Default::default, |given| given.parse(&mut input, moment.today));
        let contact = input.optional("/contactpersoon", &self.contactpersoon, contact);
        let location = input.optional("/locatie", &self.locatie, numberless(40));
        let absence = self.absence(&mut input, kind, moment.today);
        let risk_ticked = input.optional("/risicoAangekruist", &self.risico_aangekruist, flag).unwrap_or(false);
        let whole = || {
            let (pupil_key, number) = pupil?;
            let facts = SignalFacts {
                kind: kind?,
                purpose: purpose?,
                sender,
                receivers,
                topics,
                gates,
                absence,
                risk_ticked,
                applicant: None,
                inform_postponed: false,
            };
            Some(NewSignal { facts, named: named?, pupil_key, number, description, discussed_on, contact, location })
        };
        input.finish(whole())
    }

    fn pupil(&self, input: &mut Examination, kind: Option<SignalKind>) -> Option<(String, Option<sluis_policy::Bsn>)> {
        let Some(given) = &self.jeugdige else {
            input.fault("/jeugdige", "Dit veld ontbreekt.");
            return None;
        };
        let key = input.required("/jeugdige/leerlingsleutel", &given.leerlingsleutel, pupil_key);
        if given.bsn.is_some() && !kind.is_none_or(SignalKind::may_carry_number) {
            input.fault(
                "/jeugdige/bsn",
                "Bij deze soort mag geen burgerservicenummer mee: daarvoor is geen wettelijke grond.",
            );
            return None;
        }
        let number = input.optional("/jeugdige/bsn", &given.bsn, bsn);
        Some((key?, number))
    }

    fn receivers(&self, input: &mut Examination) -> Vec<Party> {
        let Some(given) = &self.ontvangers else {
            input.fault("/ontvangers", "Dit veld ontbreekt.");
            return Vec::new();
        };
        if given.is_empty() || given.len() > RECEIVERS {
            input.fault("/ontvangers", format!("Noem 1 tot {RECEIVERS} ontvangers."));
            return Vec::new();
        }
        let mut receivers: Vec<Party> = Vec::new();
        for (at, one) in given.iter().enumerate() {
            let organisation = input.required(&format!("/ontvangers/{at}/organisatie"), &one.organisatie, oin);
            let desk = input.required(&format!("/ontvangers/{at}/loket"), &one.loket, code);
            let Some((organisation, desk)) = organisation.zip(desk) else { continue };
            let party = Party { organisation, desk };
            if receivers.contains(&party) {
                input.fault(&format!("/ontvangers/{at}"), "Deze ontvanger staat er al.");
            }
            receivers.push(party);
        }
        receivers
    }

    fn topics(&self, input: &mut Examination) -> Vec<sluis_policy::Topic> {
        let mut topics = Vec::new();
        for (at, given) in self.onderwerpen.iter().flatten().enumerate() {
            let pointer = format!("/onderwerpen/{at}");
            let Some(topic) = input.required(&pointer, given, code) else { continue };
            if topics.contains(&topic) {
                input.fault(&pointer, "Dit onderwerp staat er al.");
            }
            topics.push(topic);
        }
        topics
    }

    /// Free text: without a name nothing in it may identify (RL-23), and without a statute it holds no number (RL-22).
    fn description(&self, input: &mut Examination, kind: Option<SignalKind>, named: Option<bool>) -> Option<String> {
        let description = input.optional("/omschrijving", &self.omschrijving, text(4000))?;
        let without_name = named == Some(false);
        let without_statute = !kind.is_none_or(SignalKind::may_carry_number);
        let why = if without_name { "zonder naam" } else { "bij deze soort" };
        for find in identifying(&description) {
            if without_name || (without_statute && find.sort == Sort::Number) {
                let (from, until, sort) = (find.place.start + 1, find.place.end, find.sort.words());
                let wrong = format!("Teken {from} tot en met {until} lijkt op {sort}; {why} mag dat er niet in staan.");
                input.fault("/omschrijving", wrong);
            }
        }
        Some(description)
    }

    fn absence(&self, input: &mut Examination, kind: Option<SignalKind>, today: Date) -> Option<AbsenceFacts> {
        let reports = |kind| matches!(kind, SignalKind::Verzuim | SignalKind::OverigVerzuim | SignalKind::Vsv);
        let may_tell = |kind| reports(kind) || kind == SignalKind::InformatieJeugdbescherming;
        match (&self.verzuim, kind.map(|kind| (reports(kind), may_tell(kind)))) {
            (Some(_), Some((_, false))) => {
                let wrong = "Dit veld hoort alleen bij verzuim, overig_verzuim, vsv en informatie_jeugdbescherming.";
                input.fault("/verzuim", wrong);
                None
            }
            (None, Some((true, _))) => {
                input.fault("/verzuim", "Dit veld ontbreekt.");
                None
            }
            (given, _) => given.as_ref()?.parse(input, today),
        }
    }
}

impl Voorwaarden {
    fn parse(&self, input: &mut Examination, today: Date) -> (Vec<Gate>, Option<Date>) {
        let parents = input.optional("/voorwaarden/besprokenMetOuders", &self.besproken_met_ouders, past_day(today));
        let youth = input.optional("/voorwaarden/besprokenMetJeugdige", &self.besproken_met_jeugdige, past_day(today));
        let weighed = input.optional("/voorwaarden/afwegingIntern", &self.afweging_intern, flag).unwrap_or(false);
        let gates = [
            parents.map(|_| Gate::DiscussedWithParents),
            youth.map(|_| Gate::DiscussedWithYouth),
            weighed.then_some(Gate::WeighedInternally),
        ];
        (gates.into_iter().flatten().collect(), parents)
    }
}

impl Verzuim {
    fn parse(&self, input: &mut Examination, today: Date) -> Option<AbsenceFacts> {
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

fn kind(value: &serde_json::Value) -> Result<SignalKind, Wrong> {
    let kind = code(value)?;
    let sendable = KINDS.contains(&kind);
    sendable.then_some(kind).ok_or_else(|| "Een signaal van deze soort kan nog niet langs deze weg.".into())
}

/// Whom to ring: a telephone number may stand in it, a number of a person may not (RL-22).
fn contact(value: &serde_json::Value) -> Result<String, Wrong> {
    let contact = line(200)(value)?;
    let numbered = identifying(&contact).iter().any(|find| find.sort == Sort::Number);
    if numbered { Err("Hier lijkt een nummer van een persoon in te staan.".into()) } else { Ok(contact) }
}

/// Whether the body says, as far as it can be read, that it is about safety: then whatever goes wrong is told in the
/// words of RL-10. A broken body still says it.
pub(in super::super) fn says_safety(body: &[u8]) -> bool {
    let safety = SignalKind::Veiligheid.code();
    if let Ok(whole) = serde_json::from_slice::<serde_json::Value>(body) {
        return whole.get("soort").and_then(serde_json::Value::as_str) == Some(safety);
    }
    let text = String::from_utf8_lossy(body);
    text.split("\"soort\"").skip(1).any(|rest| {
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        value.and_then(|value| value.strip_prefix('"')?.strip_prefix(safety)?.strip_prefix('"')).is_some()
    })
}

#[cfg(test)]
mod tests;
