// SPDX-License-Identifier: EUPL-1.2
//! Verwerkingsregister (AVG 30): of every processing activity what it is for, about whom, with which data, on which grounds,
//! between which desks and for how long. It is made from the catalogue of kinds, so that it cannot say something else than what
//! is done; what the catalogue cannot know stands here, once.

use crate::decision::LegalBasis;
use crate::organisation::Desk;
use crate::signal::{ProcessingActivity, Purpose, SignalKind};

mod page;

/// The edition of the register. A change of the printed page without a raise fails a test; earlier editions stay in
/// `EDITIONS`, because records point to them.
pub const EDITION: u32 = 1;

/// Uitgaven: from which version of the rules each edition counts, and its text as it was printed. INVARIANT: oldest first, and
/// none ever goes.
const EDITIONS: &[(u32, &str)] = &[(1, include_str!("../tables/verwerkingsregister-1.md"))];

/// Verwerking: one entry of the register.
#[doc(alias = "verwerking")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processing {
    /// Which activity.
    pub activity: ProcessingActivity,
    /// What it is, in Dutch.
    pub what: &'static str,
    /// Under which purposes it is done.
    pub purposes: Vec<Purpose>,
    /// With which kinds of signals.
    pub kinds: Vec<SignalKind>,
    /// From which desks those leave.
    pub from: Vec<Desk>,
    /// To which desks they may go; a covenant narrows.
    pub to: Vec<Desk>,
    /// On which grounds, one of which holds each time.
    pub grounds: &'static [LegalBasis],
    /// About whom, in Dutch.
    pub people: &'static str,
    /// With which categories of data, in Dutch.
    pub data: &'static str,
    /// How long it should be kept at most, in Dutch: a proposal, until the controller decides on a shorter term.
    pub kept: &'static str,
}

impl Processing {
    /// Every entry, in the order of the activities.
    pub fn register() -> impl Iterator<Item = Self> {
        ProcessingActivity::ALL.iter().copied().map(Self::of)
    }

    /// The entry of one activity.
    pub fn of(activity: ProcessingActivity) -> Self {
        let purposes: Vec<Purpose> = Purpose::ALL.iter().copied().filter(|one| one.activity() == activity).collect();
        let fits = |kind: &SignalKind| kind.row().purposes.iter().any(|purpose| purposes.contains(purpose));
        let kinds: Vec<SignalKind> = SignalKind::ALL.iter().copied().filter(fits).collect();
        let desks = |of: fn(SignalKind) -> &'static [Desk]| {
            Desk::ALL.iter().copied().filter(|desk| kinds.iter().any(|kind| of(*kind).contains(desk))).collect()
        };
        let (from, to) = (desks(|kind| kind.row().from), desks(|kind| kind.row().to));
        let Told { what, grounds, people, data, kept } = told(activity);
        Self { activity, what, purposes, kinds, from, to, grounds, people, data, kept }
    }
}

/// The printed text of an edition; nothing of one that does not exist.
pub fn edition(number: u32) -> Option<&'static str> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    EDITIONS.get(index).map(|(_, text)| *text)
}

/// The edition that a record made under a version of the rules points to; nothing before the first.
pub fn edition_under(rules: u32) -> Option<u32> {
    let known = EDITIONS.iter().filter(|(since, _)| *since <= rules).count();
    u32::try_from(known).ok().filter(|known| *known > 0)
}

/// What the catalogue cannot know.
struct Told {
    what: &'static str,
    grounds: &'static [LegalBasis],
    people: &'static str,
    data: &'static str,
    kept: &'static str,
}

const YOUTH: &str = "jeugdigen tot 23 jaar";
const FAMILY: &str = "jeugdigen tot 23 jaar en wie hen vertegenwoordigt";
const SENT: &str = "inhoud tot de bevestigde aflevering en ten hoogste dertig dagen; dat het is verstuurd vijf jaar";
const LOGGED: &str = "vijf jaar";
const WORRY: &str =
    "naam, geboortedatum en pseudoniem, of alleen leeftijdsband en gemeente; onderwerpen in codes; een omschrijving";
const ATTENDANCE: &str =
    "naam, geboortedatum, burgerservicenummer; verzuim in uren en weken met de grond, zonder reden";

#[rustfmt::skip]
const fn told(activity: ProcessingActivity) -> Told {
    use LegalBasis::{
        Accountability, AnonymousForm, Application, CitizenRights, Consent, OwnAdministration, ProofOfConsent,
        ProtectionOrder, PublicTask, StatutoryAbsenceReport, StatutoryIndexReport, VeiligThuisReport, VitalInterest,
    };
    match activity {
        ProcessingActivity::EarlyConcern => Told { what: "een vroege zorg delen", grounds: &[Consent, AnonymousForm, OwnAdministration], people: YOUTH, data: WORRY, kept: SENT },
        ProcessingActivity::Referral => Told { what: "naar jeugdhulp leiden en daarin samenwerken", grounds: &[Consent, AnonymousForm, PublicTask, VitalInterest, OwnAdministration], people: FAMILY, data: WORRY, kept: SENT },
        ProcessingActivity::Attendance => Told { what: "verzuim melden en ernaar vragen", grounds: &[StatutoryAbsenceReport, PublicTask, Consent, AnonymousForm, OwnAdministration], people: YOUTH, data: ATTENDANCE, kept: SENT },
        ProcessingActivity::IndexReport => Told { what: "de verwijsindex vertellen dat er zorg is, en een match lezen", grounds: &[StatutoryIndexReport, OwnAdministration], people: YOUTH, data: "burgerservicenummer, wie meldde en wanneer; nooit waarom", kept: "twee jaar, en niet na de 23e verjaardag" },
        ProcessingActivity::SafetyReport => Told { what: "melden bij Veilig Thuis en daar advies vragen", grounds: &[VeiligThuisReport, AnonymousForm, PublicTask, VitalInterest, OwnAdministration], people: FAMILY, data: "naam, geboortedatum, burgerservicenummer, zorgen in codes en woorden", kept: SENT },
        ProcessingActivity::CaseProgress => Told { what: "terugkoppelen wat er met een signaal gebeurt", grounds: &[Consent, AnonymousForm, PublicTask, StatutoryAbsenceReport, StatutoryIndexReport, VeiligThuisReport, ProtectionOrder, Application, VitalInterest], people: YOUTH, data: "een stap in codes, en met toestemming een toelichting", kept: SENT },
        ProcessingActivity::Accountability => Told { what: "vastleggen wie wat zag, en dat nagaan", grounds: &[Accountability], people: "jeugdigen, en medewerkers die iets deden", data: "pseudoniem, organisatie, rol, handeling, doel, grond, regel en tijd; de medewerker verzegeld", kept: LOGGED },
        ProcessingActivity::FactKeeping => Told { what: "bijhouden waar besluiten op rusten: wie gezag heeft, wat iemand zei, welke maatregel loopt", grounds: &[OwnAdministration, ProofOfConsent, AnonymousForm, Accountability], people: FAMILY, data: "naam, geboortedatum, postcode, gemeente, gezag, uitingen, maatregelen", kept: "zolang de toestemming of inschrijving duurt, en vijf jaar daarna" },
        ProcessingActivity::YouthHealth => Told { what: "ziekteverzuim bij de jeugdgezondheidszorg melden", grounds: &[Consent, AnonymousForm, OwnAdministration], people: YOUTH, data: "naam, geboortedatum, pseudoniem; dat er ziekteverzuim is", kept: SENT },
        ProcessingActivity::Application => Told { what: "een aanvraag van een burger behandelen", grounds: &[Application, OwnAdministration], people: FAMILY, data: "naam, geboortedatum, wat wordt aangevraagd en wat daarbij hoort", kept: SENT },
        ProcessingActivity::ProtectionOrder => Told { what: "vragen en vertellen onder een maatregel van kinderbescherming", grounds: &[ProtectionOrder, OwnAdministration], people: FAMILY, data: "naam, geboortedatum, wat voor de maatregel nodig is", kept: SENT },
        ProcessingActivity::Steering => Told { what: "de samenwerking bijsturen, zonder personen", grounds: &[AnonymousForm, OwnAdministration], people: "niemand", data: "wat er stroef loopt, in codes en woorden", kept: SENT },
        ProcessingActivity::CitizenRights => Told { what: "inzage, verbetering, bezwaar en beperking uitvoeren", grounds: &[CitizenRights], people: FAMILY, data: "wie wanneer waarom iets zag, zonder medewerkers; wat er wordt gevraagd", kept: LOGGED },
    }
}
