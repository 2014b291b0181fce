// SPDX-License-Identifier: EUPL-1.2
//! Catalogus: what each kind of signal is for, who may send it, who may ever receive it, by which door it goes, and what must
//! have happened first. One readable place; the printed table is made from it.

use super::{Gate, Purpose, SignalKind};
use crate::code::closed_list;
use crate::organisation::Desk;

closed_list! {
    /// Deur: on what a kind leans. Two doors are never merged into one wider message.
    #[doc(alias = "deur")]
    pub enum Door as "deur" {
        /// Consent, or no name, along a route of the covenant.
        Covenant = "convenant",
        /// The statutory absence report.
        Absence = "verzuimmelding",
        /// Absence below the threshold, where the covenant says so (RL-30).
        MinorAbsence = "overig_verzuim",
        /// The statutory report of early leaving.
        EarlyLeaving = "voortijdig_vertrek",
        /// The statutory report to the index.
        Index = "verwijsindex",
        /// The report to Veilig Thuis.
        Safety = "melding_veilig_thuis",
        /// Advice of Veilig Thuis without a name.
        SafetyAdvice = "advies_veilig_thuis",
        /// A question of Veilig Thuis or a gecertificeerde instelling.
        Inquiry = "informatieverzoek",
        /// The information right of a gecertificeerde instelling.
        Protection = "informatierecht",
        /// Vital interest.
        VitalInterest = "levensbelang",
        /// An application by a citizen.
        Application = "aanvraag",
        /// About no person.
        PersonFree = "zonder_personen",
    }
}

/// Catalogusregel: what holds for one kind, whatever a covenant adds.
#[doc(alias = "catalogusregel")]
#[derive(Debug, Clone, Copy)]
pub struct KindRow {
    /// By which door it goes.
    pub door: Door,
    /// For which purposes.
    pub purposes: &'static [Purpose],
    /// From which desks.
    pub from: &'static [Desk],
    /// To which desks at most; a covenant's route narrows.
    pub to: &'static [Desk],
    /// Whether it may go without a name when the consent for a name is not there (000-10, 000-26, RL-07).
    pub anonymous: bool,
    /// Whether a statute lets it carry a BSN or education number (RL-22).
    pub number: bool,
    /// What must have happened first, in any form.
    pub gates: &'static [Gate],
    /// The rows, rulings and articles behind it.
    pub source: &'static str,
}

impl SignalKind {
    /// What holds for this kind, whatever a covenant adds.
    pub const fn row(self) -> KindRow {
        match self {
            Self::Preventief => PREVENTIEF,
            Self::Consultatie => CONSULTATIE,
            Self::Aanmelding => AANMELDING,
            Self::VerzoekTotSamenwerking => VERZOEK_TOT_SAMENWERKING,
            Self::Verzuim => VERZUIM,
            Self::OverigVerzuim => OVERIG_VERZUIM,
            Self::Veiligheid => VEILIGHEID,
            Self::VerzuimMetZorg => VERZUIM_MET_ZORG,
            Self::Vsv => VSV,
            Self::Ziekteverzuim => ZIEKTEVERZUIM,
            Self::Thuiszitter => THUISZITTER,
            Self::OzaAanvraag => OZA_AANVRAAG,
            Self::JeugdhulpAanvraag => JEUGDHULP_AANVRAAG,
            Self::GemeenteNaarSchool => GEMEENTE_NAAR_SCHOOL,
            Self::MdoVerzoek => MDO_VERZOEK,
            Self::Observatieverzoek => OBSERVATIEVERZOEK,
            Self::VerwijsindexSignaal => VERWIJSINDEX_SIGNAAL,
            Self::Escalatie => ESCALATIE,
            Self::Knelpunt => KNELPUNT,
            Self::AdviesVeiligThuis => ADVIES_VEILIG_THUIS,
            Self::Informatieverzoek => INFORMATIEVERZOEK,
            Self::InformatieJeugdbescherming => INFORMATIE_JEUGDBESCHERMING,
            Self::Overdracht => OVERDRACHT,
            Self::Levensbelang => LEVENSBELANG,
            Self::AdviesPassendOnderwijs => ADVIES_PASSEND_ONDERWIJS,
            Self::AdviesJeugdhulp => ADVIES_JEUGDHULP,
        }
    }

    /// Whether a signal of this kind may be sent for this purpose (test 2).
    pub fn fits(self, purpose: Purpose) -> bool {
        self.row().purposes.contains(&purpose)
    }

    /// Whether this kind may go without a name when the consent for a name is not there (000-10, 000-26, RL-07).
    pub const fn may_be_anonymous(self) -> bool {
        self.row().anonymous
    }

    /// Whether it goes where a covenant says, on consent or without a name.
    pub const fn goes_by_covenant(self) -> bool {
        matches!(self.row().door, Door::Covenant)
    }

    /// Whether a covenant may route it: the other kinds have their addressee from the law or from RL-30.
    pub const fn takes_route(self) -> bool {
        matches!(self.row().door, Door::Covenant | Door::Application | Door::PersonFree)
    }

    /// Whether a statute lets this kind carry a BSN or education number (RL-22). On every other kind a number, or a
    /// digest of one, is refused.
    pub const fn may_carry_number(self) -> bool {
        self.row().number
    }

    /// Whether it is about a youth at all.
    pub const fn is_about_a_youth(self) -> bool {
        !matches!(self.row().door, Door::PersonFree)
    }

    /// Whether a youth is read at all to decide about it: not for what is about no person, and not for advice of Veilig Thuis,
    /// which holds no reference to the youth (case 26).
    pub const fn reads_a_youth(self) -> bool {
        !matches!(self.row().door, Door::PersonFree | Door::SafetyAdvice)
    }

    /// Whether a desk of this sort may ever send it.
    pub fn leaves_from(self, desk: Desk) -> bool {
        self.row().from.contains(&desk)
    }

    /// Whether a desk of this sort may ever receive it, whatever a covenant says.
    pub fn may_reach(self, desk: Desk) -> bool {
        self.row().to.contains(&desk)
    }
}

const SCHOOL: &[Desk] = &[Desk::School];
const MUNICIPAL: &[Desk] = &[Desk::AccessDesk, Desk::Wijkteam];
const HELP: &[Desk] = &[Desk::AccessDesk, Desk::Wijkteam, Desk::Jgz];
const EARLY: &[Desk] = &[Desk::School, Desk::Samenwerkingsverband, Desk::AccessDesk, Desk::Wijkteam, Desk::Jgz];
const PROFESSIONALS: &[Desk] = &[Desk::School, Desk::AccessDesk, Desk::Wijkteam, Desk::Jgz];
const PARTNERS: &[Desk] = &[
    Desk::School,
    Desk::Samenwerkingsverband,
    Desk::AccessDesk,
    Desk::Wijkteam,
    Desk::Leerplicht,
    Desk::Rmc,
    Desk::Jgz,
];
/// The partners, and parents and youth themselves at the portal (003-04).
const CALLERS: &[Desk] = &[
    Desk::School,
    Desk::Samenwerkingsverband,
    Desk::AccessDesk,
    Desk::Wijkteam,
    Desk::Leerplicht,
    Desk::Rmc,
    Desk::Jgz,
    Desk::Gateway,
];
const REPORTERS: &[Desk] = &[
    Desk::School,
    Desk::AccessDesk,
    Desk::Wijkteam,
    Desk::Leerplicht,
    Desk::Rmc,
    Desk::Jgz,
    Desk::GecertificeerdeInstelling,
];
const RESCUERS: &[Desk] =
    &[Desk::School, Desk::AccessDesk, Desk::Wijkteam, Desk::Jgz, Desk::VeiligThuis, Desk::GecertificeerdeInstelling];

const PREVENTIEF: KindRow = KindRow {
    purposes: &[Purpose::VroegSignaleren],
    anonymous: true,
    ..by_name(SCHOOL, EARLY, "000-05, 000-09, 000-10")
};
const CONSULTATIE: KindRow = KindRow {
    purposes: &[Purpose::VroegSignaleren, Purpose::ToeleidingJeugdhulp],
    anonymous: true,
    ..by_name(SCHOOL, EARLY, "000-26")
};
const AANMELDING: KindRow = by_name(SCHOOL, HELP, "000-27");
const VERZOEK_TOT_SAMENWERKING: KindRow =
    by_name(&[Desk::School, Desk::AccessDesk, Desk::Wijkteam], EARLY, "002-08, 002-16");
const VERZUIM: KindRow = by_statute(
    Door::Absence,
    &[Purpose::Leerplicht],
    SCHOOL,
    &[Desk::Leerplicht, Desk::Rmc, Desk::Verwijsindex],
    "000-15, 002-25, RL-08",
);
const OVERIG_VERZUIM: KindRow =
    by_statute(Door::MinorAbsence, &[Purpose::Leerplicht], SCHOOL, &[Desk::Leerplicht], "000-15, RL-30");
const VEILIGHEID: KindRow =
    by_statute(Door::Safety, &[Purpose::Veiligheid], Desk::ALL, &[Desk::VeiligThuis], "000-16, RL-09, Wmo 2015 5.2.6");
const VERZUIM_MET_ZORG: KindRow = KindRow {
    gates: &[Gate::DiscussedWithParents],
    ..by_name(&[Desk::School, Desk::Leerplicht, Desk::Rmc], PROFESSIONALS, "002-33, 002-34, 002-36")
};
const VSV: KindRow = by_statute(Door::EarlyLeaving, &[Purpose::Leerplicht], SCHOOL, &[Desk::Rmc], "002-28, 002-30");
const ZIEKTEVERZUIM: KindRow =
    KindRow { purposes: &[Purpose::Jeugdgezondheid], ..by_name(SCHOOL, &[Desk::Jgz], "003-17") };
// For leerplicht by statute, for help by covenant: two purposes, two signals.
const THUISZITTER: KindRow = KindRow {
    purposes: &[Purpose::Leerplicht, Purpose::ToeleidingJeugdhulp],
    ..by_name(
        &[Desk::School, Desk::Leerplicht],
        &[Desk::AccessDesk, Desk::Wijkteam, Desk::Leerplicht, Desk::Jgz],
        "003-08",
    )
};
const OZA_AANVRAAG: KindRow = KindRow {
    number: false,
    ..by_statute(
        Door::Application,
        &[Purpose::Aanvraag],
        &[Desk::School, Desk::Gateway],
        MUNICIPAL,
        "004-07, 004-14, RL-12",
    )
};
const JEUGDHULP_AANVRAAG: KindRow = KindRow {
    number: false,
    ..by_statute(
        Door::Application,
        &[Purpose::Aanvraag],
        &[Desk::School, Desk::Gateway],
        MUNICIPAL,
        "004-20, RL-12, Awb 4:1",
    )
};
const GEMEENTE_NAAR_SCHOOL: KindRow =
    KindRow { gates: &[Gate::EducationWeighed], ..by_name(MUNICIPAL, SCHOOL, "002-17, 004-36") };
const MDO_VERZOEK: KindRow = by_name(CALLERS, PARTNERS, "003-03, 003-04, 003-05");
const OBSERVATIEVERZOEK: KindRow = by_name(SCHOOL, &[Desk::Wijkteam, Desk::Jgz], "004-31");
const VERWIJSINDEX_SIGNAAL: KindRow =
    by_statute(Door::Index, &[Purpose::Verwijsindex], REPORTERS, &[Desk::Verwijsindex], "002-14, Jeugdwet 7.1.4.1");
const ESCALATIE: KindRow =
    without_persons(&[Desk::Board, Desk::Samenwerkingsverband, Desk::Policy], "000-38, 000-41, 001-06, RL-28");
const KNELPUNT: KindRow = without_persons(
    &[Desk::School, Desk::Board, Desk::Samenwerkingsverband, Desk::AccessDesk, Desk::Wijkteam, Desk::Policy],
    "000-11, 000-37",
);
const ADVIES_VEILIG_THUIS: KindRow = KindRow {
    anonymous: true,
    number: false,
    ..by_statute(Door::SafetyAdvice, &[Purpose::Veiligheid], Desk::ALL, &[Desk::VeiligThuis], "002-54, Wmo 2015 4.1.1")
};
const INFORMATIEVERZOEK: KindRow = KindRow {
    number: false,
    ..by_statute(
        Door::Inquiry,
        &[Purpose::Veiligheid, Purpose::Jeugdbescherming],
        &[Desk::VeiligThuis, Desk::GecertificeerdeInstelling],
        PROFESSIONALS,
        "Wmo 2015 5.2.6, Jeugdwet 7.3.11",
    )
};
const INFORMATIE_JEUGDBESCHERMING: KindRow = by_statute(
    Door::Protection,
    &[Purpose::Jeugdbescherming],
    &[Desk::School, Desk::AccessDesk, Desk::Wijkteam, Desk::Leerplicht, Desk::Jgz],
    &[Desk::GecertificeerdeInstelling],
    "Jeugdwet 7.3.11",
);
const OVERDRACHT: KindRow = by_name(HELP, HELP, "000-51, 002-16");
const LEVENSBELANG: KindRow = KindRow {
    gates: &[Gate::VitalInterestWeighed],
    number: false,
    ..by_statute(Door::VitalInterest, &[Purpose::Veiligheid], Desk::ALL, RESCUERS, "AVG 6(1)(d), AVG 9(2)(c)")
};
const ADVIES_PASSEND_ONDERWIJS: KindRow = by_name(&[Desk::Samenwerkingsverband], SCHOOL, "004-30, ROL-09");
const ADVIES_JEUGDHULP: KindRow = by_name(HELP, SCHOOL, "004-30, ROL-11");

/// A kind that goes by covenant and only by name.
const fn by_name(from: &'static [Desk], to: &'static [Desk], source: &'static str) -> KindRow {
    let purposes = &[Purpose::ToeleidingJeugdhulp];
    KindRow { door: Door::Covenant, purposes, from, to, anonymous: false, number: false, gates: &[], source }
}

/// A kind with a door of its own in a statute, that may carry a number.
const fn by_statute(
    door: Door,
    purposes: &'static [Purpose],
    from: &'static [Desk],
    to: &'static [Desk],
    source: &'static str,
) -> KindRow {
    KindRow { door, purposes, from, to, anonymous: false, number: true, gates: &[], source }
}

/// A kind about no person: no youth is read, no name and no topic leaves.
const fn without_persons(to: &'static [Desk], source: &'static str) -> KindRow {
    let purposes = &[Purpose::Bijsturing];
    KindRow { door: Door::PersonFree, purposes, from: PARTNERS, to, anonymous: true, number: false, gates: &[], source }
}
