// SPDX-License-Identifier: EUPL-1.2
//! A new signal as the wire has it, and its way to a [`NewSignal`].

use serde::Deserialize;
use sluis_policy::routing::finds_its_way;
use sluis_policy::{AbsenceFacts, Field, Moment, Party, SignalFacts, SignalKind};
use utoipa::ToSchema;

use super::super::codes;
use super::super::input::{Examination, Given, Wrong, code, count, flag, line, numberless, oin, text};
use super::super::problem::Problem;
use super::super::screening::{Sort, identifying};
use crate::broker::{Besides, NewSignal};

mod about;
mod application;
mod beforehand;

use about::OverJeugdige;
use application::Aanvraag;
pub(in super::super) use application::INSPECTION;
use beforehand::{InformerenUitgesteld, Verzuim, Voorwaarden};

/// To how many desks one signal may go.
const RECEIVERS: usize = 12;

/// The kinds that can be sent: every one. Those of the first version of the API stand first.
pub(in super::super) const KINDS: [SignalKind; 26] = [
    SignalKind::Preventief,
    SignalKind::Consultatie,
    SignalKind::Aanmelding,
    SignalKind::VerzoekTotSamenwerking,
    SignalKind::Verzuim,
    SignalKind::OverigVerzuim,
    SignalKind::Veiligheid,
    SignalKind::Vsv,
    SignalKind::InformatieJeugdbescherming,
    SignalKind::VerzuimMetZorg,
    SignalKind::Ziekteverzuim,
    SignalKind::Thuiszitter,
    SignalKind::OzaAanvraag,
    SignalKind::JeugdhulpAanvraag,
    SignalKind::GemeenteNaarSchool,
    SignalKind::MdoVerzoek,
    SignalKind::Observatieverzoek,
    SignalKind::Escalatie,
    SignalKind::Knelpunt,
    SignalKind::AdviesVeiligThuis,
    SignalKind::Informatieverzoek,
    SignalKind::Overdracht,
    SignalKind::Levensbelang,
    SignalKind::AdviesPassendOnderwijs,
    SignalKind::AdviesJeugdhulp,
    SignalKind::VerwijsindexSignaal,
];

/// How many of [`KINDS`] took every member from the first version of the API on. What their receivers may not have is held
/// back from the message; the kinds after them refuse it at the door.
const LENIENT: usize = 9;

/// Een signaal aan een of meer loketten: over een jeugdige, of bij `escalatie`, `knelpunt` en `advies_veilig_thuis` over
/// niemand. Wat geen ontvanger van een soort mag krijgen, hoort ook niet in het bericht.
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
    #[schema(value_type = Option<OverJeugdige>)]
    jeugdige: Option<OverJeugdige>,
    /// De loketten waar het signaal heen gaat. Over elk wordt apart besloten. Weggelaten: de sluis zoekt de weg, naar soort,
    /// convenant, school en woonplaats, en zegt in het antwoord waarheen en waarom. Waar de verzender zelf kiest wie het krijgt
    /// (`escalatie`, `knelpunt`, `mdo_verzoek`, `informatieverzoek`, `levensbelang`) hoort het erbij.
    #[schema(value_type = Option<Vec<OntvangendLoket>>, min_items = 1, max_items = 12)]
    ontvangers: Option<Vec<OntvangendLoket>>,
    /// Of om verzending op naam wordt gevraagd. Zonder naam mag er niets in staan dat de jeugdige herleidbaar maakt. Alleen
    /// bij een soort die over niemand gaat kan dit weg.
    #[schema(value_type = Option<bool>)]
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
    #[schema(value_type = Option<Aanvraag>)]
    aanvraag: Option<Aanvraag>,
    /// De leeftijd, in een band van enkele jaren. Alleen bij `advies_veilig_thuis`.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,2}-[0-9]{1,2}$")]
    leeftijdsband: Given,
    /// Bij `escalatie`: op welke trede van het convenant het nu ligt.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 9)]
    trede: Given,
    #[schema(schema_with = codes::stuck_reason, required = false)]
    reden: Given,
    #[schema(value_type = Option<InformerenUitgesteld>)]
    informeren_uitgesteld: Option<InformerenUitgesteld>,
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
        let kind: Option<SignalKind> = input.required("/soort", &self.soort, code);
        let purpose = input.required("/doel", &self.doel, code);
        let about = about::read(self.jeugdige.as_ref(), &mut input, kind);
        let receivers = self.receivers(&mut input, kind);
        let named = self.named(&mut input, kind);
        let topics = self.topics(&mut input);
        let description = self.description(&mut input, kind, named);
        let (mut gates, discussed_on) =
            self.voorwaarden.as_ref().map_or_else(Default::default, |given| given.parse(&mut input, moment.today));
        let contact = input.optional("/contactpersoon", &self.contactpersoon, contact);
        let location = input.optional("/locatie", &self.locatie, numberless(40));
        let absence = self.absence(&mut input, kind, moment);
        let risk_ticked = input.optional("/risicoAangekruist", &self.risico_aangekruist, flag).unwrap_or(false);
        let besides = self.besides(&mut input, kind, (moment, &mut gates));
        let inform_later = self.informeren_uitgesteld.as_ref().and_then(|given| given.parse(&mut input, moment.today));
        if let Some(kind) = kind {
            self.without_others(&mut input, kind);
        }
        let whole = || {
            let (about, number) = about?;
            let facts = SignalFacts {
                kind: kind?,
                purpose: purpose?,
                sender,
                receivers,
                topics,
                gates,
                absence,
                risk_ticked,
                applicant: besides.applicant,
                inform_postponed: inform_later.is_some(),
                taken_back: false,
            };
            let besides = besides.content;
            Some(NewSignal {
                facts,
                named: named?,
                about,
                number,
                description,
                discussed_on,
                contact,
                location,
                besides,
                inform_later,
            })
        };
        input.finish(whole())
    }

    /// Notes every member that no receiver of this kind may have.
    fn without_others(&self, input: &mut Examination, kind: SignalKind) {
        let lenient = KINDS.iter().take(LENIENT).any(|early| *early == kind);
        let holds = |field| kind.may_hold(field);
        let (about_a_youth, to_index) = (kind.reads_a_youth(), kind == SignalKind::VerwijsindexSignaal);
        let given = [
            ("/onderwerpen", self.onderwerpen.is_some(), lenient || holds(Field::Topics)),
            ("/omschrijving", self.omschrijving.is_some(), lenient || holds(Field::Description)),
            ("/voorwaarden", self.voorwaarden.is_some(), about_a_youth),
            ("/contactpersoon", self.contactpersoon.is_some(), lenient || holds(Field::SenderContact)),
            ("/locatie", self.locatie.is_some(), lenient),
            ("/verzuim", self.verzuim.is_some(), holds(Field::AbsencePeriod)),
            ("/risicoAangekruist", self.risico_aangekruist.is_some(), lenient || to_index),
            ("/aanvraag", self.aanvraag.is_some(), holds(Field::Applicant)),
            ("/leeftijdsband", self.leeftijdsband.is_some(), kind == SignalKind::AdviesVeiligThuis),
            ("/trede", self.trede.is_some(), kind == SignalKind::Escalatie),
            ("/reden", self.reden.is_some(), holds(Field::ReasonCode)),
            ("/informerenUitgesteld", self.informeren_uitgesteld.is_some(), kind.may_inform_later()),
        ];
        for (pointer, _, _) in given.into_iter().filter(|(_, there, belongs)| *there && !belongs) {
            input.fault(pointer, "Dit veld hoort niet bij deze soort.");
        }
    }

    /// Whether a name is asked for. Of nobody there is none.
    fn named(&self, input: &mut Examination, kind: Option<SignalKind>) -> Option<bool> {
        if kind.is_none_or(SignalKind::reads_a_youth) {
            return input.required("/opNaam", &self.op_naam, flag);
        }
        let named = input.optional("/opNaam", &self.op_naam, flag).unwrap_or(false);
        if named {
            input.fault("/opNaam", "Deze soort gaat over niemand, en kan dus niet op naam.");
        }
        Some(false)
    }

    /// What only some kinds hold. A step and a reason are all that an escalation says (RL-28).
    fn besides(
        &self,
        input: &mut Examination,
        kind: Option<SignalKind>,
        (moment, gates): (Moment, &mut Vec<sluis_policy::Gate>),
    ) -> application::Read {
        let mut read = application::read(self.aanvraag.as_ref(), input, (kind, moment), gates);
        let stuck = kind.is_some_and(|kind| kind.may_hold(Field::ReasonCode));
        let reason = if stuck { Examination::required } else { Examination::optional };
        let step = if kind == Some(SignalKind::Escalatie) { Examination::required } else { Examination::optional };
        read.content = Besides {
            age_band: input.optional("/leeftijdsband", &self.leeftijdsband, code),
            step: step(input, "/trede", &self.trede, ladder_step),
            reason: reason(input, "/reden", &self.reden, code),
            ..read.content
        };
        read
    }

    fn receivers(&self, input: &mut Examination, kind: Option<SignalKind>) -> Vec<Party> {
        let Some(given) = &self.ontvangers else {
            if !kind.is_none_or(finds_its_way) {
                input.fault("/ontvangers", "Dit veld ontbreekt.");
            }
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

    fn absence(&self, input: &mut Examination, kind: Option<SignalKind>, moment: Moment) -> Option<AbsenceFacts> {
        // Whoever informs an institution may tell of absence too; every other kind that holds it is about it.
        let about_it = kind
            .is_some_and(|kind| kind.may_hold(Field::AbsencePeriod) && kind != SignalKind::InformatieJeugdbescherming);
        if about_it && self.verzuim.is_none() {
            input.fault("/verzuim", "Dit veld ontbreekt.");
        }
        self.verzuim.as_ref()?.parse(input, moment.today)
    }
}

/// A step of the ladder; no covenant has more than nine.
fn ladder_step(value: &serde_json::Value) -> Result<u8, Wrong> {
    let step = count(9)(value)?;
    u8::try_from(step).ok().filter(|step| *step > 0).ok_or_else(|| "Een trede is een getal van 1 tot en met 9.".into())
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
