// SPDX-License-Identifier: EUPL-1.2
//! Veldenschema's: what each receiver may get at most, in each form. Whatever ground opens, a message is never wider
//! than this.

use crate::field::{Field, FieldSet};
use crate::organisation::Desk;
use crate::signal::{Door, Purpose, SignalKind};
use crate::voice::DataCategory;

/// The anonymous form: no direct identifier, no place below the municipality, no free text (RL-23).
pub(super) const ANONYMOUS: FieldSet = FieldSet::of(&[Field::AgeBand, Field::Municipality, Field::Topics]);

/// The attendance schema of leerplicht and RMC (000-15).
pub(super) const ATTENDANCE: FieldSet = FieldSet::of(&[
    Field::Bsn,
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::School,
    Field::AbsencePeriod,
    Field::AbsenceHours,
    Field::AbsenceGround,
    Field::SenderContact,
]);

/// A school's answer to leerplicht (RL-31): the asker knows who it is about, and no number comes back in an answer.
pub(super) const ATTENDANCE_ANSWER: FieldSet =
    FieldSet::of(&[Field::Pseudonym, Field::School, Field::AbsencePeriod, Field::AbsenceHours, Field::AbsenceGround]);

/// The index: that there is concern, never what (law and practice, 2a).
pub(super) const INDEX: FieldSet = FieldSet::of(&[Field::Bsn, Field::Reporter, Field::ReportedOn]);

/// Veilig Thuis: what is needed to end abuse or examine a suspicion of it (Wmo 2015, 5.2.6).
pub(super) const SAFETY: FieldSet = FieldSet::of(&[
    Field::Bsn,
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Postcode,
    Field::Pseudonym,
    Field::School,
    Field::Topics,
    Field::Description,
    Field::DiscussedWithParents,
    Field::SenderContact,
]);

/// Feedback by status code on a signal that went by name (RL-17).
pub(super) const FEEDBACK: FieldSet = FieldSet::of(&[Field::Status, Field::NextStep]);

/// Feedback on an anonymous signal: coded next steps only (RL-17).
pub(super) const FEEDBACK_ANONYMOUS: FieldSet = FieldSet::of(&[Field::NextStep]);

const HELP: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Postcode,
    Field::Pseudonym,
    Field::School,
    Field::Topics,
    Field::Description,
    Field::DiscussedWithParents,
    Field::SenderContact,
]);

// A samenwerkingsverband never receives a number (case 38), and advises on education: no address, no free text on the
// worry.
const EDUCATION: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::School,
    Field::Topics,
    Field::SenderContact,
]);

// A meeting is called with who and what about, in codes; what there is to say is said there (003-05, 003-10).
const MEETING: FieldSet = EDUCATION;

// Advice to a school may be in words; it stays in the adviser's own domain (004-30).
const ADVICE: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::Topics,
    Field::Description,
    Field::SenderContact,
]);

// Absence as health care or help may know it, on consent: how long and of what sort, no words about the cause.
const ABSENT: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::School,
    Field::AbsencePeriod,
    Field::AbsenceHours,
    Field::AbsenceGround,
    Field::DiscussedWithParents,
    Field::SenderContact,
]);

/// The contact at the school's municipality: that a request runs and with whom, not what about (002-16).
pub(super) const LINK: FieldSet =
    FieldSet::of(&[Field::Pseudonym, Field::School, Field::SenderContact, Field::HomeContact]);

/// Early leaving, to RMC: who, from which school, since when.
pub(super) const EARLY_LEAVING: FieldSet = FieldSet::of(&[
    Field::Bsn,
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::School,
    Field::AbsencePeriod,
    Field::SenderContact,
]);

/// A gecertificeerde instelling under a running order: what the order needs (Jeugdwet 7.3.11).
pub(super) const PROTECTION: FieldSet = FieldSet::of(&[
    Field::Bsn,
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::School,
    Field::Topics,
    Field::Description,
    Field::AbsencePeriod,
    Field::AbsenceHours,
    Field::AbsenceGround,
    Field::SenderContact,
]);

/// A question of Veilig Thuis: who it is about and who asks; not why.
pub(super) const INQUIRY: FieldSet =
    FieldSet::of(&[Field::GivenNames, Field::Surname, Field::BirthDate, Field::Pseudonym, Field::SenderContact]);

/// A question of a gecertificeerde instelling shows besides on which order it leans, so that whoever answers can check.
pub(super) const INQUIRY_ORDER: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Pseudonym,
    Field::SenderContact,
    Field::Order,
]);

/// Advice of Veilig Thuis: no reference to the youth at all, and no place.
pub(super) const SAFETY_ADVICE: FieldSet = FieldSet::of(&[Field::AgeBand, Field::Topics, Field::SenderContact]);

/// Vital interest: the least that lets somebody help at once.
pub(super) const VITAL: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Postcode,
    Field::School,
    Field::Description,
    Field::SenderContact,
]);

/// An application: who applies, for whom, about what, since when, and what is missing, if anything is.
pub(super) const APPLICATION: FieldSet = FieldSet::of(&[
    Field::GivenNames,
    Field::Surname,
    Field::BirthDate,
    Field::Postcode,
    Field::Pseudonym,
    Field::Applicant,
    Field::Topics,
    Field::Description,
    Field::ReceivedOn,
    Field::Incomplete,
    Field::SenderContact,
]);

/// An escalation or bottleneck: about no person, so not even a topic or a municipality.
pub(super) const PERSON_FREE: FieldSet = FieldSet::of(&[Field::EscalationStep, Field::ReasonCode]);

/// A contact card after a match, and nothing about the case (law and practice, 2a).
pub(super) const CARD: FieldSet = FieldSet::of(&[Field::Organisation, Field::ContactPoint]);

/// What stands in the place of a card that may not be shown (RL-15, RL-16).
pub(super) const CARD_HIDDEN: FieldSet = FieldSet::of(&[Field::HomeContact]);

/// What a citizen sees of the log: when, why and which organisation; names of employees never (case 53).
pub(super) const INSPECTION: FieldSet = FieldSet::of(&[Field::LogWhen, Field::LogWhy, Field::LogOrganisation]);

/// A name put to a pseudonym in the log, or reached by break-glass.
pub(super) const NAME: FieldSet =
    FieldSet::of(&[Field::GivenNames, Field::Surname, Field::BirthDate, Field::Pseudonym]);

/// What a desk may get by name on consent, by kind; empty where consent opens nothing.
pub(super) fn named_fields(kind: SignalKind, desk: Desk) -> FieldSet {
    if !kind.goes_by_covenant() || !kind.may_reach(desk) {
        return FieldSet::EMPTY;
    }
    match kind {
        SignalKind::Ziekteverzuim | SignalKind::Thuiszitter => ABSENT,
        SignalKind::AdviesPassendOnderwijs | SignalKind::AdviesJeugdhulp => ADVICE,
        SignalKind::MdoVerzoek => MEETING,
        SignalKind::Preventief
        | SignalKind::Consultatie
        | SignalKind::Aanmelding
        | SignalKind::VerzoekTotSamenwerking
        | SignalKind::VerzuimMetZorg
        | SignalKind::GemeenteNaarSchool
        | SignalKind::Observatieverzoek
        | SignalKind::Overdracht => {
            if desk.is_education() {
                EDUCATION
            } else {
                HELP
            }
        }
        SignalKind::Verzuim
        | SignalKind::OverigVerzuim
        | SignalKind::Veiligheid
        | SignalKind::Vsv
        | SignalKind::OzaAanvraag
        | SignalKind::JeugdhulpAanvraag
        | SignalKind::VerwijsindexSignaal
        | SignalKind::Escalatie
        | SignalKind::Knelpunt
        | SignalKind::AdviesVeiligThuis
        | SignalKind::Informatieverzoek
        | SignalKind::InformatieJeugdbescherming
        | SignalKind::Levensbelang => FieldSet::EMPTY,
    }
}

impl SignalKind {
    /// Whether some receiver may get this field with a signal of this kind, in some form. What nobody may ever get need not
    /// be handed to a gateway either.
    pub fn may_hold(self, field: Field) -> bool {
        widest(self).any(|schema| schema.contains(field))
    }
}

fn widest(kind: SignalKind) -> impl Iterator<Item = FieldSet> {
    let beside = match kind.row().door {
        Door::Covenant if kind.may_be_anonymous() => ANONYMOUS,
        Door::Covenant if kind.fits(Purpose::Leerplicht) => ATTENDANCE.keep(|field| field != Field::Bsn),
        Door::Covenant => FieldSet::EMPTY,
        Door::Absence | Door::MinorAbsence => ATTENDANCE,
        Door::EarlyLeaving => EARLY_LEAVING,
        Door::Index => INDEX,
        Door::Safety => SAFETY,
        Door::SafetyAdvice => SAFETY_ADVICE,
        Door::Inquiry => INQUIRY_ORDER,
        Door::Protection => PROTECTION,
        Door::VitalInterest => VITAL,
        Door::Application => APPLICATION,
        Door::PersonFree => PERSON_FREE,
    };
    Desk::ALL.iter().map(move |desk| named_fields(kind, *desk)).chain([beside])
}

/// The categories without which a message of this kind is nobody's intention: who, and what about.
pub(super) const fn essential(kind: SignalKind) -> [DataCategory; 2] {
    let about = if matches!(kind, SignalKind::Ziekteverzuim | SignalKind::Thuiszitter) {
        DataCategory::Attendance
    } else {
        DataCategory::Concern
    };
    [DataCategory::Identity, about]
}
