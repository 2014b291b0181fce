// SPDX-License-Identifier: EUPL-1.2
//! Veldenschema's: what each receiver may get at most, in each form. Whatever ground opens, a message is never wider
//! than this.

use crate::field::{Field, FieldSet};
use crate::organisation::Desk;

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

/// What a desk may get by name on consent; empty where consent opens nothing, so that no covenant can route there.
pub(crate) const fn named_fields(desk: Desk) -> FieldSet {
    match desk {
        Desk::AccessDesk | Desk::Wijkteam | Desk::Jgz => HELP,
        Desk::School | Desk::Samenwerkingsverband => EDUCATION,
        Desk::Board
        | Desk::Leerplicht
        | Desk::Rmc
        | Desk::VeiligThuis
        | Desk::GecertificeerdeInstelling
        | Desk::Verwijsindex
        | Desk::Gateway => FieldSet::EMPTY,
    }
}
