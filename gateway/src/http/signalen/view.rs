// SPDX-License-Identifier: EUPL-1.2
//! A signal as its sender and its receivers see it.

use serde::Serialize;
use sluis_connectors::Personal;
use sluis_connectors::desk::{AbsenceHours, AbsencePeriod, ContactPerson, Content, RunningOrder, School, Youth};
use utoipa::ToSchema;

use super::super::codes;
use super::instant;
use super::way::{GevondenWeg, OntbrekendeWeg};
use crate::broker::{Progress, ReceivedSignal, ReceiverState, SignalStatus, SignalView};

/// Een signaal, voor de verzender of voor een ontvanger.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in super::super) enum SignaalWeergave {
    /// Voor de verzender.
    Verzonden(VerzondenSignaal),
    /// Voor een ontvanger.
    Ontvangen(Box<OntvangenSignaal>),
}

/// Een signaal, voor wie het verzond.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct VerzondenSignaal {
    /// Het kenmerk waaronder de verzender het signaal volgt.
    #[schema(example = "5f0c6a1e9b3d47288d1f60c2a7e4b935")]
    signaal_id: String,
    #[schema(schema_with = codes::kind, required)]
    soort: &'static str,
    #[schema(schema_with = codes::purpose, required)]
    doel: &'static str,
    /// Wanneer het is aangenomen.
    #[schema(format = DateTime)]
    ingediend_op: String,
    /// Hoe het er bij elke ontvanger voor staat.
    ontvangers: Vec<StandBijOntvanger>,
    /// Wat er ontbrak toen de sluis de weg zocht. Elk is een verplichting van wie het kan herstellen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<OntbrekendeWeg>>)]
    ontbreekt: Vec<OntbrekendeWeg>,
    /// Dat het is teruggenomen; afwezig zolang het staat.
    #[serde(skip_serializing_if = "Option::is_none")]
    terugname: Option<Terugname>,
}

/// Dat de verzender het signaal terugnam.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct Terugname {
    #[schema(schema_with = codes::retracted_for, required)]
    reden: String,
    /// Wanneer.
    #[schema(format = DateTime)]
    op: String,
}

/// Hoe een signaal er bij een ontvanger voor staat.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct StandBijOntvanger {
    /// Het OIN van de ontvanger.
    organisatie: String,
    #[schema(schema_with = codes::desk, required)]
    loket: &'static str,
    /// `verstrekt`: het gaat, in de genoemde vorm. `geweigerd`: het gaat niet.
    #[schema(example = "verstrekt")]
    besluit: &'static str,
    #[schema(schema_with = codes::form)]
    #[serde(skip_serializing_if = "Option::is_none")]
    vorm: Option<&'static str>,
    /// De regel waarop het besluit rust.
    #[schema(example = "SL-901")]
    regel: &'static str,
    /// Die regel in een zin.
    uitleg: &'static str,
    /// Waarom de sluis het hierheen bracht; afwezig als de verzender deze ontvanger noemde.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GevondenWeg>)]
    weg: Option<GevondenWeg>,
    /// Waar de aflevering staat: `wacht`, `op_te_halen`, `verzonden`, `afgeleverd`, `tegengehouden` of `mislukt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    aflevering: Option<&'static str>,
    /// Wat de ontvanger ermee deed, voor zover de weg terug dat toelaat.
    voortgang: Vec<Stap>,
}

/// Een stap van een ontvanger.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct Stap {
    #[schema(schema_with = codes::status)]
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// De gecodeerde vervolgstap.
    #[serde(skip_serializing_if = "Option::is_none")]
    vervolgstap: Option<String>,
    /// Vrije tekst, alleen met instemming voor de weg terug, en zolang die niet bij de verzender is afgeleverd.
    #[serde(skip_serializing_if = "Option::is_none")]
    toelichting: Option<String>,
    /// Wanneer.
    #[schema(format = DateTime)]
    op: String,
}

impl VerzondenSignaal {
    pub(super) fn of(view: SignalView) -> Self {
        Self {
            signaal_id: hex::encode(view.id),
            soort: view.facts.kind.code(),
            doel: view.facts.purpose.code(),
            ingediend_op: instant(view.created_at),
            ontvangers: view.receivers.into_iter().map(StandBijOntvanger::of).collect(),
            ontbreekt: view.gaps.iter().map(OntbrekendeWeg::of).collect(),
            terugname: view.taken_back.map(|taken| Terugname { reden: taken.reason, op: instant(taken.at) }),
        }
    }
}

impl StandBijOntvanger {
    fn of(state: ReceiverState) -> Self {
        Self {
            organisatie: state.party.organisation.to_string(),
            loket: state.party.desk.code(),
            besluit: if state.form.is_some() { "verstrekt" } else { "geweigerd" },
            vorm: state.form.map(|form| form.code()),
            regel: state.rule.id(),
            uitleg: state.rule.sentence(),
            weg: state.led.map(GevondenWeg::of),
            aflevering: state.delivery.map(|delivery| delivery.code()),
            voortgang: state.progress.into_iter().map(Stap::of).collect(),
        }
    }
}

impl Stap {
    fn of(progress: Progress) -> Self {
        let Progress { status, next_step, explanation, at } = progress;
        Self {
            status: status.map(SignalStatus::code),
            vervolgstap: next_step,
            toelichting: explanation,
            op: instant(at),
        }
    }
}

/// Een signaal, voor een loket dat het ontving. Wat dit loket niet mag zien, staat er niet in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct OntvangenSignaal {
    /// Het kenmerk waaronder dit loket het signaal kent.
    signaal_id: String,
    #[schema(schema_with = codes::kind, required)]
    soort: &'static str,
    #[schema(schema_with = codes::purpose, required)]
    doel: &'static str,
    #[schema(schema_with = codes::form, required)]
    vorm: &'static str,
    #[schema(schema_with = codes::basis, required)]
    grondslag: &'static str,
    /// De regel waarop dit loket het mag zien.
    regel: &'static str,
    /// Die regel in een zin.
    uitleg: &'static str,
    afzender: Afzender,
    /// Wanneer het voor dit loket klaarstond.
    #[schema(format = DateTime)]
    ontvangen_op: String,
    #[schema(schema_with = codes::status, required)]
    status: &'static str,
    jeugdige: JeugdigeInSignaal,
    inhoud: InhoudVanSignaal,
}

/// Wie het signaal verzond.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct Afzender {
    /// Het OIN.
    organisatie: String,
    #[schema(schema_with = codes::desk, required)]
    loket: &'static str,
}

impl OntvangenSignaal {
    pub(super) fn of(received: ReceivedSignal) -> Self {
        let permit = &received.permit;
        Self {
            signaal_id: hex::encode(received.id),
            soort: received.kind.code(),
            doel: received.purpose.code(),
            vorm: permit.form().code(),
            grondslag: permit.basis().code(),
            regel: permit.rule().id(),
            uitleg: permit.rule().sentence(),
            afzender: Afzender {
                organisatie: received.sender.organisation.to_string(),
                loket: received.sender.desk.code(),
            },
            ontvangen_op: instant(received.received_at),
            status: received.status.code(),
            jeugdige: JeugdigeInSignaal::of(received.youth),
            inhoud: InhoudVanSignaal::of(received.content),
        }
    }
}

/// Over wie het gaat, voor zover dit loket dat mag weten.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct JeugdigeInSignaal {
    /// Het pseudoniem dat deze organisatie van de jeugdige heeft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudoniem: Option<String>,
    /// De leeftijd, in een band van enkele jaren.
    #[serde(skip_serializing_if = "Option::is_none")]
    leeftijdsband: Option<String>,
    /// De woongemeente, als CBS-code.
    #[serde(skip_serializing_if = "Option::is_none")]
    gemeente: Option<String>,
    /// Het burgerservicenummer, alleen waar een wet het voorschrijft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    bsn: Option<Personal>,
    /// Voornamen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    voornamen: Option<Personal>,
    /// Achternaam.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    achternaam: Option<Personal>,
    /// Geboortedatum.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    geboortedatum: Option<Personal>,
    /// Postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    postcode: Option<Personal>,
    /// De school van inschrijving.
    #[serde(skip_serializing_if = "Option::is_none")]
    school: Option<SchoolInSignaal>,
}

/// De school van inschrijving.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct SchoolInSignaal {
    /// Het OIN.
    oin: String,
    /// De naam.
    #[schema(value_type = String)]
    naam: Personal,
}

impl JeugdigeInSignaal {
    // Taken apart whole, so that a field that is added below must be thought of here.
    fn of(youth: Youth) -> Self {
        let Youth { pseudoniem, leeftijdsband, gemeente, bsn, voornamen, achternaam, geboortedatum, postcode, school } =
            youth;
        let school = school.map(|School { oin, naam }| SchoolInSignaal { oin, naam });
        Self { pseudoniem, leeftijdsband, gemeente, bsn, voornamen, achternaam, geboortedatum, postcode, school }
    }
}

/// Wat het signaal zegt, voor zover dit loket dat mag weten.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct InhoudVanSignaal {
    /// Waar het over gaat, in codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    onderwerpen: Option<Vec<String>>,
    /// Vrije tekst.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    omschrijving: Option<Personal>,
    /// Wanneer de zorg met de ouders is besproken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    besproken_met_ouders: Option<String>,
    /// Wie te bellen is.
    #[serde(skip_serializing_if = "Option::is_none")]
    contactpersoon: Option<ContactInSignaal>,
    /// Eerste en laatste dag van het verzuim.
    #[serde(skip_serializing_if = "Option::is_none")]
    verzuim_periode: Option<VerzuimPeriode>,
    /// Hoeveel er is gemist.
    #[serde(skip_serializing_if = "Option::is_none")]
    verzuim_uren: Option<VerzuimUren>,
    /// De grond van het verzuim.
    #[serde(skip_serializing_if = "Option::is_none")]
    verzuim_soort: Option<String>,
    /// Wie aanvraagt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    aanvrager: Option<Personal>,
    /// Wanneer een aanvraag is ontvangen: vanaf die dag loopt de termijn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    ontvangen_dag: Option<String>,
    /// Wat er bij een aanvraag nog ontbreekt, in codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    onvolledig: Option<Vec<String>>,
    /// Het kenmerk van het ontwikkelingsperspectief.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    opp_kenmerk: Option<Personal>,
    /// De trede die een escalatie heeft bereikt.
    #[serde(skip_serializing_if = "Option::is_none")]
    trede: Option<u8>,
    /// Waarom het vastloopt.
    #[serde(skip_serializing_if = "Option::is_none")]
    reden: Option<String>,
    /// De maatregel waarop een vraag rust.
    #[serde(skip_serializing_if = "Option::is_none")]
    maatregel: Option<MaatregelInSignaal>,
    /// Wie te bereiken is in de gemeente waar de jeugdige woont.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_woongemeente: Option<ContactInSignaal>,
}

/// Een lopende maatregel.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct MaatregelInSignaal {
    /// Welke.
    soort: String,
    /// De eerste dag waarop die niet meer loopt; afwezig zolang geen einde bekend is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    tot: Option<String>,
}

/// Wie te bellen is over een signaal.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct ContactInSignaal {
    /// Naam.
    #[schema(value_type = String)]
    naam: Personal,
    /// Telefoonnummer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    telefoon: Option<Personal>,
    /// E-mailadres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    email: Option<Personal>,
}

/// Eerste en laatste dag van het verzuim.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct VerzuimPeriode {
    /// De eerste dag.
    #[schema(format = Date)]
    van: String,
    /// De laatste dag; afwezig zolang het duurt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    tot: Option<String>,
}

/// Hoeveel er is gemist.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct VerzuimUren {
    /// Ongeoorloofd gemiste uren in de laatste vier weken.
    uren_in_vier_weken: u16,
    /// Hele weken aaneengesloten verzuim.
    weken_onafgebroken: u8,
}

impl InhoudVanSignaal {
    fn of(content: Content) -> Self {
        let Content {
            onderwerpen,
            omschrijving,
            besproken_met_ouders,
            contactpersoon,
            verzuim_periode,
            verzuim_uren,
            verzuim_soort,
            aanvrager,
            ontvangen_op: ontvangen_dag,
            onvolledig,
            opp_kenmerk,
            trede,
            reden,
            maatregel,
            contact_woongemeente,
        } = content;
        let maatregel = maatregel.map(|RunningOrder { soort, tot }| MaatregelInSignaal { soort, tot });
        let contact = |ContactPerson { naam, telefoon, email }| ContactInSignaal { naam, telefoon, email };
        let (contactpersoon, contact_woongemeente) = (contactpersoon.map(contact), contact_woongemeente.map(contact));
        let verzuim_periode = verzuim_periode.map(|AbsencePeriod { van, tot }| VerzuimPeriode { van, tot });
        let verzuim_uren = verzuim_uren.map(|AbsenceHours { uren_in_vier_weken, weken_onafgebroken }| VerzuimUren {
            uren_in_vier_weken,
            weken_onafgebroken,
        });
        Self {
            onderwerpen,
            omschrijving,
            besproken_met_ouders,
            contactpersoon,
            verzuim_periode,
            verzuim_uren,
            verzuim_soort,
            aanvrager,
            ontvangen_dag,
            onvolledig,
            opp_kenmerk,
            trede,
            reden,
            maatregel,
            contact_woongemeente,
        }
    }
}
