// SPDX-License-Identifier: EUPL-1.2
//! Besluit: the answer of the core. A permit or a refusal, each with one rule and the duties that follow.

use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::field::FieldSet;
use crate::organisation::Party;
use crate::rule::Rule;
use crate::signal::ProcessingActivity;

closed_list! {
    /// Vorm: how much the receiver learns of who it is about. Ordered; a pseudonym is not anonymous.
    #[doc(alias = "vorm")]
    pub enum Form as "vorm" {
        /// Nothing that says who it is about.
        Anonymous = "anoniem",
        /// A reference that the receiver can resolve and others cannot.
        Pseudonymous = "pseudoniem",
        /// By name or number.
        Identified = "herleidbaar",
    }
}

closed_list! {
    /// Grondslag: on what ground. They stand side by side and two are never merged into a wider message.
    #[doc(alias = "grondslag")]
    pub enum LegalBasis as "grondslag" {
        /// Consent (AVG 6(1)(a)).
        Consent = "toestemming",
        /// The statutory absence report (AVG 6(1)(c), Leerplichtwet).
        StatutoryAbsenceReport = "wettelijke_verzuimmelding",
        /// The report to the index (Jeugdwet 7.1): metadata, while the index ground is switched on (RL-11).
        StatutoryIndexReport = "wettelijke_indexmelding",
        /// A public task laid down in law (AVG 6(1)(e)).
        PublicTask = "publieke_taak",
        /// The right to report to Veilig Thuis (Wmo 2015, 5.2.6).
        VeiligThuisReport = "melding_veilig_thuis",
        /// No personal data of a youth leaves: AVG recital 26.
        AnonymousForm = "geen_persoonsgegevens",
        /// The actor's own administration of what it did or was told.
        OwnAdministration = "eigen_administratie",
        /// The duty to be able to show consent (AVG 7(1)).
        ProofOfConsent = "bewijs_van_toestemming",
        /// The right of a gecertificeerde instelling to know what a running order needs (Jeugdwet 7.3.11).
        ProtectionOrder = "informatierecht_gi",
        /// Vital interest (AVG 6(1)(d)): the last resort.
        VitalInterest = "vitaal_belang",
        /// Handling what a citizen applies for (AVG 6(1)(e), Awb 4:1).
        Application = "aanvraag",
        /// The citizen's own rights (AVG 15–22).
        CitizenRights = "rechten_van_betrokkene",
        /// The controller's duty to account, and the functionaris' task (AVG 5(2), 39).
        Accountability = "verantwoordingsplicht",
    }
}

closed_list! {
    /// Verplichting: what somebody still has to do. The gateway itself never tells or asks a parent or youth anything
    /// (RL-13).
    #[doc(alias = "verplichting")]
    pub enum Duty as "verplichting" {
        /// Inform the parents or the youth, or record why not yet.
        Inform = "informeren",
        /// Ask who has a say; whose voice is missing is shown only to the professional who must ask (RL-06).
        Ask = "toestemming_vragen",
        /// Take a next step: signalling is never the end (003-06).
        Act = "vervolgactie",
        /// Have another professional look back (RL-09).
        Review = "toetsen",
        /// Tell the sender why.
        Note = "reden_melden",
        /// Ask, before the next birthday that matters, who will speak then (RL-02).
        AskAhead = "opnieuw_vragen",
        /// Look again at why somebody was not informed; passing the day reminds and never releases (RL-13).
        ReviewPostponement = "uitstel_herzien",
        /// Complete what is missing from an application (Awb 4:5).
        Complete = "aanvullen",
        /// Decide on an application or objection.
        Decide = "beslissen",
        /// Tell everyone who received it that it was taken back (AVG 19).
        TellReceivers = "ontvangers_berichten",
        /// Weigh whether it was a breach (AVG 33): the clock of 72 hours runs.
        AssessBreach = "datalek_beoordelen",
    }
}

closed_list! {
    /// Eigenaar of a duty.
    #[doc(alias = "eigenaar")]
    pub enum Owner as "eigenaar" {
        /// The professional who sent, asked or recorded.
        Sender = "verzender",
        /// The desk that received.
        Receiver = "ontvanger",
        /// Another professional of the acting organisation: the aandachtsfunctionaris.
        OtherProfessional = "aandachtsfunctionaris",
        /// Who guards the process of the case: at the receiving side (000-20).
        ProcessHolder = "proceshouder",
        /// Who answers for the processing: for help and the index the college of the home municipality.
        Controller = "verwerkingsverantwoordelijke",
    }
}

closed_list! {
    /// Logklasse: under which class a record is kept.
    #[doc(alias = "logklasse")]
    pub enum RecordClass as "logklasse" {
        /// Ordinary.
        Ordinary = "gewoon",
        /// Identified without or against consent on a professional's weighing (RL-09).
        Override = "doorbreking",
        /// A door that deserves a second look: help-givers without the parents (RL-03), an order, a match, the log itself.
        Special = "bijzonder",
    }
}

/// Verplichting with its owner and term.
#[doc(alias = "verplichting")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obligation {
    /// What.
    pub duty: Duty,
    /// Who.
    pub owner: Owner,
    /// Within how many working days; 0 is today.
    pub due_working_days: u8,
}

/// Verplichting as it stands, for a question about it.
#[doc(alias = "verplichting")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyFacts {
    /// Whose it is.
    pub owner: Party,
    /// Whether it is to look back on what somebody did (RL-09).
    pub review: bool,
    /// Whether whoever asks did that.
    pub own_deed: bool,
    /// Whether this youth's home is known to be unsafe, or the youth asked for silence (RL-13): somebody said so with this duty,
    /// or the owner reported to Veilig Thuis.
    pub withheld: bool,
}

/// Toestemming van de sluis: what may be done and exactly what the receiver may get.
///
/// Only [`decide`](crate::decide) makes one. A test that holds a permit compiles:
///
/// ```
/// fn form_of(permit: sluis_policy::Permit) -> sluis_policy::Form { permit.form() }
/// ```
///
/// and one that reaches for its inside to make or change one does not:
///
/// ```compile_fail,E0616
/// fn form_of(permit: sluis_policy::Permit) -> sluis_policy::Form { permit.form }
/// ```
#[doc(alias = "verstrekkingsgrond")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    rule: Rule,
    form: Form,
    basis: LegalBasis,
    activity: ProcessingActivity,
    fields: FieldSet,
    obligations: Vec<Obligation>,
}

impl Permit {
    /// The one rule that allows it.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// How much the receiver learns of who it is about.
    pub fn form(&self) -> Form {
        self.form
    }

    /// On what ground.
    pub fn basis(&self) -> LegalBasis {
        self.basis
    }

    /// Under which register entry.
    pub fn activity(&self) -> ProcessingActivity {
        self.activity
    }

    /// The fields the receiver may get; nothing else leaves.
    pub fn fields(&self) -> FieldSet {
        self.fields
    }

    /// What must follow.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }
}

/// Weigering: nothing is disclosed.
#[doc(alias = "weigering")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    rule: Rule,
    obligations: Vec<Obligation>,
}

impl Refusal {
    /// The one rule that refuses it.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What must follow.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }
}

/// Besluit.
#[doc(alias = "besluit")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may, thus far.
    Permit(Permit),
    /// It may not.
    Refusal(Refusal),
}

impl Decision {
    /// The one rule that decided (promise 5).
    pub fn rule(&self) -> Rule {
        match self {
            Self::Permit(permit) => permit.rule(),
            Self::Refusal(refusal) => refusal.rule(),
        }
    }

    /// What must follow.
    pub fn obligations(&self) -> &[Obligation] {
        match self {
            Self::Permit(permit) => permit.obligations(),
            Self::Refusal(refusal) => refusal.obligations(),
        }
    }

    /// The permit, if it is one.
    pub fn permit(&self) -> Option<&Permit> {
        match self {
            Self::Permit(permit) => Some(permit),
            Self::Refusal(_) => None,
        }
    }
}

/// What a rule grants: the parts of a permit before the rule's own constants are added. Crate-internal, so that nobody
/// outside mints.
pub(crate) struct Grant {
    pub(crate) form: Form,
    pub(crate) basis: LegalBasis,
    pub(crate) activity: ProcessingActivity,
    pub(crate) fields: FieldSet,
    pub(crate) obligations: Vec<Obligation>,
}

impl Grant {
    pub(crate) fn by(self, rule: Rule) -> Decision {
        Decision::Permit(Permit {
            rule,
            form: self.form,
            basis: self.basis,
            activity: self.activity,
            fields: self.fields,
            obligations: self.obligations,
        })
    }
}

/// The refusal of a rule, with the duties that go with it.
pub(crate) fn refusal(rule: Rule, obligations: Vec<Obligation>) -> Refusal {
    Refusal { rule, obligations }
}
