// SPDX-License-Identifier: EUPL-1.2
//! Signaal: what is sent, and for what purpose.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::organisation::Party;
use crate::youth::PersonRef;

mod catalogue;
pub use catalogue::{Door, KindRow};

closed_list! {
    /// Soort signaal: the catalogue of the covenants. What each may do stands in [`SignalKind::row`]; a kind that is not
    /// here is refused at the door.
    #[doc(alias = "soort")]
    pub enum SignalKind as "soort" {
        /// An early worry, shared in the preventive meeting; anonymous without consent (000-05, 000-10).
        Preventief = "preventief",
        /// A consultation with the screeners, not yet a registration (000-26).
        Consultatie = "consultatie",
        /// A registration for help: hard consent gate (000-27).
        Aanmelding = "aanmelding",
        /// A request to work together (002-08).
        VerzoekTotSamenwerking = "verzoek_tot_samenwerking",
        /// Absence that the law says must be reported (000-15).
        Verzuim = "verzuim",
        /// Absence below the statutory threshold (RL-30).
        OverigVerzuim = "overig_verzuim",
        /// A report to Veilig Thuis (000-16, RL-09).
        Veiligheid = "veiligheid",
        /// Absence with worries behind it: leerplicht widens to help, after the talk (002-33, 002-34).
        VerzuimMetZorg = "verzuim_met_zorg",
        /// Early school leaving, to RMC (002-28, 002-30).
        Vsv = "vsv",
        /// Absence by sickness, to youth health care and not to leerplicht (003-17).
        Ziekteverzuim = "ziekteverzuim",
        /// A youth who sits at home without a fitting offer (003-08).
        Thuiszitter = "thuiszitter",
        /// A citizen's application for youth help in education (004-07, RL-12).
        OzaAanvraag = "oza_aanvraag",
        /// A citizen's application for youth help (004-20, RL-12).
        JeugdhulpAanvraag = "jeugdhulp_aanvraag",
        /// The municipality involves the school, after weighing it with the parents (002-17, 004-36).
        GemeenteNaarSchool = "gemeente_naar_school",
        /// A call for a multidisciplinary meeting, by any core partner, parents and pupil too (003-04).
        MdoVerzoek = "mdo_verzoek",
        /// A request to come and observe, for what is not directly about learning (004-31).
        Observatieverzoek = "observatieverzoek",
        /// A report to the index: that there is concern (002-14).
        VerwijsindexSignaal = "verwijsindex_signaal",
        /// Escalation above the case: without persons (RL-28).
        Escalatie = "escalatie",
        /// A general bottleneck: about no person at all (000-11, 000-37).
        Knelpunt = "knelpunt",
        /// Advice of Veilig Thuis without naming the youth (002-54).
        AdviesVeiligThuis = "advies_veilig_thuis",
        /// Veilig Thuis or a gecertificeerde instelling asks a professional for facts; a person answers.
        Informatieverzoek = "informatieverzoek",
        /// Facts for a gecertificeerde instelling under a running order (Jeugdwet 7.3.11).
        InformatieJeugdbescherming = "informatie_jeugdbescherming",
        /// Warm hand-over to another team (000-51, 002-16).
        Overdracht = "overdracht",
        /// Vital interest: serious harm threatens and there is no other way (AVG 6(1)(d)).
        Levensbelang = "levensbelang",
        /// Advice on passend onderwijs, by the samenwerkingsverband only (004-30).
        AdviesPassendOnderwijs = "advies_passend_onderwijs",
        /// Advice on youth help, by municipality or youth health care only (004-30).
        AdviesJeugdhulp = "advies_jeugdhulp",
    }
}

closed_list! {
    /// Doel: why data are processed. A closed list; there is no «other».
    #[doc(alias = "doel")]
    pub enum Purpose as "doel" {
        /// Seeing early that a youth needs something.
        VroegSignaleren = "vroegsignalering",
        /// Leading a youth to help.
        ToeleidingJeugdhulp = "toeleiding_jeugdhulp",
        /// Compulsory education.
        Leerplicht = "leerplicht",
        /// Ending abuse or examining a reasonable suspicion of it.
        Veiligheid = "veiligheid",
        /// Telling the sender what became of a signal (003-06, 003-13).
        Casusvoortgang = "casusvoortgang",
        /// Accounting for who saw what (AVG 5(2)).
        Verantwoording = "verantwoording",
        /// Keeping the facts that decisions rest on.
        Gegevensbeheer = "gegevensbeheer",
        /// Youth health care (000-49: a purpose of its own).
        Jeugdgezondheid = "jeugdgezondheid",
        /// Handling what a citizen applies for (Awb 4:1).
        Aanvraag = "aanvraag",
        /// Telling and reading the index of youths at risk (Jeugdwet 7.1).
        Verwijsindex = "verwijsindex",
        /// Carrying out a child-protection order.
        Jeugdbescherming = "jeugdbescherming",
        /// Steering how parties work together; about no person (000-37…000-41).
        Bijsturing = "bijsturing",
        /// The rights of the youth and the representatives (AVG 15–22).
        Rechten = "rechten",
        /// Access in an emergency of the gateway itself (break-glass).
        Noodtoegang = "noodtoegang",
    }
}

closed_list! {
    /// Verwerkingsactiviteit: the entry in the register of AVG 30 that a disclosure is accounted under.
    #[doc(alias = "verwerkingsactiviteit")]
    pub enum ProcessingActivity as "verwerkingsactiviteit" {
        /// Sharing early worries.
        EarlyConcern = "vroeg_signaleren",
        /// Leading to youth help.
        Referral = "toeleiden_naar_jeugdhulp",
        /// Reporting and asking about attendance.
        Attendance = "verzuim_melden",
        /// Telling the index that there is concern.
        IndexReport = "verwijsindex_melden",
        /// Reporting to Veilig Thuis.
        SafetyReport = "veiligheid_melden",
        /// Feedback on a signal.
        CaseProgress = "terugkoppelen",
        /// The access log and its use.
        Accountability = "verantwoorden",
        /// Registering youths, authority and voices.
        FactKeeping = "feiten_beheren",
        /// Sickness absence to youth health care.
        YouthHealth = "jeugdgezondheid_signaleren",
        /// Handling a citizen's application.
        Application = "aanvragen_behandelen",
        /// Asking and telling under a child-protection order.
        ProtectionOrder = "jeugdbescherming_informeren",
        /// Steering the working together, without persons.
        Steering = "samenwerking_bijsturen",
        /// Answering the youth's and representatives' own requests.
        CitizenRights = "rechten_uitvoeren",
    }
}

impl Purpose {
    /// The register entry under which a disclosure for this purpose falls.
    pub const fn activity(self) -> ProcessingActivity {
        match self {
            Self::VroegSignaleren => ProcessingActivity::EarlyConcern,
            Self::ToeleidingJeugdhulp => ProcessingActivity::Referral,
            Self::Leerplicht => ProcessingActivity::Attendance,
            Self::Veiligheid => ProcessingActivity::SafetyReport,
            Self::Casusvoortgang => ProcessingActivity::CaseProgress,
            Self::Verantwoording => ProcessingActivity::Accountability,
            Self::Gegevensbeheer => ProcessingActivity::FactKeeping,
            Self::Jeugdgezondheid => ProcessingActivity::YouthHealth,
            Self::Aanvraag => ProcessingActivity::Application,
            Self::Verwijsindex => ProcessingActivity::IndexReport,
            Self::Jeugdbescherming => ProcessingActivity::ProtectionOrder,
            Self::Bijsturing => ProcessingActivity::Steering,
            Self::Rechten => ProcessingActivity::CitizenRights,
            Self::Noodtoegang => ProcessingActivity::Accountability,
        }
    }
}

impl ProcessingActivity {
    /// Whether every covenant accounts for it (RL-25). The other activities are accounted for by the covenants whose routes
    /// lead to them.
    pub const fn is_in_every_covenant(self) -> bool {
        match self {
            Self::EarlyConcern
            | Self::Referral
            | Self::Attendance
            | Self::IndexReport
            | Self::SafetyReport
            | Self::CaseProgress
            | Self::Accountability
            | Self::FactKeeping => true,
            Self::YouthHealth | Self::Application | Self::ProtectionOrder | Self::Steering | Self::CitizenRights => {
                false
            }
        }
    }
}

closed_list! {
    /// Onderwerp: what a signal is about, in codes. The first five are the shared list of 001-14; every other one
    /// counts as rare (RL-23).
    #[doc(alias = "onderwerp")]
    pub enum Topic as "onderwerp" {
        /// Daily living.
        Adl = "adl",
        /// Behaviour.
        Gedrag = "gedrag",
        /// Social and emotional development.
        SociaalEmotioneel = "sociaal_emotioneel",
        /// A learning problem.
        Leerprobleem = "leerprobleem",
        /// The situation at home.
        Thuis = "thuis",
        /// Attendance worries behind the absence itself.
        Schoolgang = "schoolgang",
        /// Health.
        Gezondheid = "gezondheid",
        /// Grief.
        Rouw = "rouw",
        /// Addiction.
        Verslaving = "verslaving",
        /// Pregnancy.
        Zwangerschap = "zwangerschap",
        /// Money.
        Geld = "geld",
        /// A parent's own question for help: never to a school or samenwerkingsverband (004-41).
        HulpvraagOuder = "hulpvraag_ouder",
    }
}

impl Topic {
    /// Whether few youths share this topic, so that it singles out (RL-23: k = 50).
    pub const fn is_rare(self) -> bool {
        match self {
            Self::Adl | Self::Gedrag | Self::SociaalEmotioneel | Self::Leerprobleem | Self::Thuis => false,
            Self::Schoolgang
            | Self::Gezondheid
            | Self::Rouw
            | Self::Verslaving
            | Self::Zwangerschap
            | Self::Geld
            | Self::HulpvraagOuder => true,
        }
    }
}

closed_list! {
    /// Voorwaarde: something that must have happened before a signal may go (test 7).
    #[doc(alias = "voorwaarde")]
    pub enum Gate as "voorwaarde" {
        /// The worry was talked over with the parents first (000-22).
        DiscussedWithParents = "besproken_met_ouders",
        /// The worry was talked over with the youth; takes the place of the parents from 16 (004-06).
        DiscussedWithYouth = "besproken_met_jeugdige",
        /// School, parents and SWV contact weighed whether the school can handle it (000-23).
        WeighedInternally = "afweging_intern",
        /// Discussed in the own support team, all disciplines and the SWV (002-07).
        DiscussedInTeam = "intern_besproken",
        /// Weighed with the parents, or from 16 with the youth, whether education should be involved (002-17).
        EducationWeighed = "onderwijs_betrekken_afgewogen",
        /// There is an ontwikkelingsperspectief (004-14).
        Opp = "opp",
        /// The parents, or from 16 the youth, agree with it (004-14, 004-37).
        OppAgreed = "opp_akkoord",
        /// They permit the school to send it along (004-14).
        OppMaySend = "opp_mag_mee",
        /// The inspectorate's permission is not needed, applied for, or granted (004-22).
        InspectionSettled = "inspectie_geregeld",
        /// Serious harm threatens, there is no other way, and this is the least of it (AVG 6(1)(d)).
        VitalInterestWeighed = "levensbelang_afgewogen",
    }
}

closed_list! {
    /// Verzuimgrond: why the youth was not there, as the school knows it.
    #[doc(alias = "verzuimgrond")]
    pub enum AbsenceGround as "verzuimgrond" {
        /// Without leave.
        Unauthorised = "ongeoorloofd",
        /// A holiday outside the school holidays without leave.
        Luxury = "luxeverzuim",
        /// Sickness.
        Sickness = "ziekte",
        /// Suspended by the school.
        Suspension = "schorsing",
        /// Late-coming and other small absence.
        Late = "te_laat",
    }
}

closed_list! {
    /// Reden: what an escalation or a bottleneck is about, in a code, because it is about no person (RL-28).
    #[doc(alias = "reden")]
    pub enum StuckReason as "reden" {
        /// Those who do the work do not agree (001-06, 003-25).
        NoAgreement = "geen_overeenstemming",
        /// There is no fitting place (003-25).
        NoPlace = "geen_passende_plek",
        /// People wait too long.
        Waiting = "wachttijd",
        /// What was promised was not done in time (000-44).
        Overdue = "actie_verlopen",
        /// It is not clear who leads (000-35).
        NoLead = "regie_onduidelijk",
        /// The way of working itself falls short (000-37).
        WayOfWorking = "werkwijze",
        /// Somebody cannot be reached.
        Unreachable = "bereikbaarheid",
    }
}

/// Verzuim: the attendance facts that the absence rules read (law and practice, 2e).
#[doc(alias = "verzuim")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceFacts {
    /// First day of the absence reported.
    pub from: Date,
    /// Last day of it, inclusive; None while it goes on.
    pub until: Option<Date>,
    /// Unauthorised hours in the last four weeks.
    pub hours_in_four_weeks: u16,
    /// Whole weeks of unbroken absence.
    pub unbroken_weeks: u8,
    /// Why.
    pub ground: AbsenceGround,
    /// Whether the school suspects that sickness or suspension hides unauthorised absence.
    pub suspected_unauthorised: bool,
}

impl SignalKind {
    /// Whether parents and youth may be informed later, for a reason and with a day to look at that again: where safety is at
    /// stake, and nowhere else (RL-13; 000-16).
    pub const fn may_inform_later(self) -> bool {
        matches!(self.row().door, Door::Safety | Door::VitalInterest)
    }
}

/// Signaal, as far as a decision reads it: what is being sent, or what is stored. Carries no name, number or text.
#[doc(alias = "signaal")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalFacts {
    /// The kind.
    pub kind: SignalKind,
    /// The purpose it was sent for.
    pub purpose: Purpose,
    /// Who sent it.
    pub sender: Party,
    /// Every party it is addressed to.
    pub receivers: Vec<Party>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// What the sender recorded as having happened beforehand; a reason why not does not count.
    pub gates: Vec<Gate>,
    /// The attendance facts, on the absence kinds.
    pub absence: Option<AbsenceFacts>,
    /// Whether the sender ticked, locally, a risk ground of the index (RL-11); which one never leaves the sender.
    pub risk_ticked: bool,
    /// Who applies, on the application kinds (004-07).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<PersonRef>,
    /// Whether the sender recorded why parents or youth are not informed yet, and a day to look at that again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inform_postponed: bool,
    /// Whether its sender took it back since (case 55).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
}
