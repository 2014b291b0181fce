// SPDX-License-Identifier: EUPL-1.2
//! Veld: the fields that a receiver may get, and sets of them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::closed_list;
use crate::voice::DataCategory;

closed_list! {
    /// Veld: one field of a message as it stands on the wire. Who sent what kind when is the envelope and not listed
    /// here.
    #[doc(alias = "veld")]
    pub enum Field as "veld" {
        /// Given names.
        GivenNames = "voornamen",
        /// Surname with its prefix.
        Surname = "achternaam",
        /// Birth date.
        BirthDate = "geboortedatum",
        /// Postcode.
        Postcode = "postcode",
        /// BSN or education number: only where a statute allows it (RL-22).
        Bsn = "bsn",
        /// The receiver's own pseudonym of the youth.
        Pseudonym = "pseudoniem",
        /// Four-year age band (RL-23).
        AgeBand = "leeftijdsband",
        /// Municipality: the smallest region of the anonymous form.
        Municipality = "gemeente",
        /// School of enrolment.
        School = "school",
        /// Topic codes.
        Topics = "onderwerpen",
        /// Free text on the worry.
        Description = "omschrijving",
        /// Whether and when the worry was talked over with the parents.
        DiscussedWithParents = "besprokenMetOuders",
        /// How to reach the professional who sent it.
        SenderContact = "contactpersoon",
        /// First and last day of absence.
        AbsencePeriod = "verzuimPeriode",
        /// Hours and weeks of absence.
        AbsenceHours = "verzuimUren",
        /// Ground of absence.
        AbsenceGround = "verzuimSoort",
        /// Which organisation reports, to the index.
        Reporter = "melder",
        /// When it reports.
        ReportedOn = "gemeldOp",
        /// Status code of a signal.
        Status = "status",
        /// Coded next step.
        NextStep = "vervolgstap",
        /// Free text of feedback.
        Explanation = "toelichting",
        /// How the sender's own delivery went.
        Delivery = "aflevering",
        /// The reference of a record that the actor's own party made.
        RecordReference = "registratie",
        /// Names, OINs and desks of organisations.
        Organisation = "organisatie",
        /// Functional contact points of organisations.
        ContactPoint = "contactpunt",
        /// Contact point of the home municipality: the procescoördinator (002-14, 002-16).
        HomeContact = "contactWoongemeente",
        /// Reference of the ontwikkelingsperspectief, never its content (004-39).
        OppReference = "oppKenmerk",
        /// What is missing from an application (RL-12).
        Incomplete = "onvolledig",
        /// When an application was received: its term runs from there.
        ReceivedOn = "ontvangenOp",
        /// Who applies.
        Applicant = "aanvrager",
        /// Which order runs, and until when.
        Order = "maatregel",
        /// Step of the ladder that an escalation has reached.
        EscalationStep = "trap",
        /// Coded reason, about no person.
        ReasonCode = "reden",
        /// When data were consulted.
        LogWhen = "geraadpleegdOp",
        /// Why data were consulted.
        LogWhy = "geraadpleegdWaarom",
        /// Which organisation consulted data; never which employee.
        LogOrganisation = "geraadpleegdDoor",
        /// A line of the log under pseudonyms.
        LogLine = "logregel",
        /// Which professional of the own organisation stands behind a line of the log, by the id that it gave them.
        LogProfessional = "medewerker",
    }
}

impl Field {
    /// The category that a voice must have agreed to before this field may go on the ground of consent; None where the
    /// field is not about the youth.
    pub const fn category(self) -> Option<DataCategory> {
        match self {
            Self::GivenNames
            | Self::Surname
            | Self::BirthDate
            | Self::Postcode
            | Self::Bsn
            | Self::Pseudonym
            | Self::AgeBand
            | Self::Municipality => Some(DataCategory::Identity),
            Self::School => Some(DataCategory::Schooling),
            Self::Topics | Self::Description | Self::DiscussedWithParents => Some(DataCategory::Concern),
            Self::AbsencePeriod | Self::AbsenceHours | Self::AbsenceGround => Some(DataCategory::Attendance),
            Self::Status | Self::NextStep | Self::Explanation => Some(DataCategory::Progress),
            Self::OppReference => Some(DataCategory::Schooling),
            Self::Order | Self::LogLine => Some(DataCategory::Concern),
            Self::Applicant => Some(DataCategory::Identity),
            Self::SenderContact
            | Self::Reporter
            | Self::ReportedOn
            | Self::Delivery
            | Self::RecordReference
            | Self::Organisation
            | Self::ContactPoint
            | Self::HomeContact
            | Self::Incomplete
            | Self::ReceivedOn
            | Self::EscalationStep
            | Self::ReasonCode
            | Self::LogWhen
            | Self::LogWhy
            | Self::LogOrganisation
            | Self::LogProfessional => None,
        }
    }

    /// Whether the field says directly, or by a key that somebody holds, who the youth is. None of these is ever in the
    /// anonymous form.
    pub const fn identifies(self) -> bool {
        match self {
            Self::GivenNames
            | Self::Surname
            | Self::BirthDate
            | Self::Postcode
            | Self::Bsn
            | Self::Pseudonym
            | Self::School
            | Self::Description
            | Self::Explanation
            | Self::OppReference
            | Self::Applicant
            | Self::Order
            | Self::LogLine => true,
            Self::AgeBand
            | Self::Municipality
            | Self::Topics
            | Self::DiscussedWithParents
            | Self::SenderContact
            | Self::AbsencePeriod
            | Self::AbsenceHours
            | Self::AbsenceGround
            | Self::Reporter
            | Self::ReportedOn
            | Self::Status
            | Self::NextStep
            | Self::Delivery
            | Self::RecordReference
            | Self::Organisation
            | Self::ContactPoint
            | Self::HomeContact
            | Self::Incomplete
            | Self::ReceivedOn
            | Self::EscalationStep
            | Self::ReasonCode
            | Self::LogWhen
            | Self::LogWhy
            | Self::LogOrganisation
            | Self::LogProfessional => false,
        }
    }

    /// Whether the place where the youth stays can follow from the field (RL-15).
    pub const fn reveals_place(self) -> bool {
        matches!(
            self,
            Self::Postcode
                | Self::Municipality
                | Self::School
                | Self::SenderContact
                | Self::Organisation
                | Self::ContactPoint
                | Self::LogOrganisation
        )
    }
}

/// Veldenlijst: the set of fields that a permit lists. Whatever is not in it does not leave.
#[doc(alias = "velden")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FieldSet(u64);

impl FieldSet {
    /// No field.
    pub const EMPTY: Self = Self(0);

    /// The set of these fields.
    pub const fn of(fields: &[Field]) -> Self {
        let mut bits = 0;
        let mut rest = fields;
        while let [first, tail @ ..] = rest {
            bits |= Self::bit(*first);
            rest = tail;
        }
        Self(bits)
    }

    /// Whether the field is in the set.
    pub const fn contains(self, field: Field) -> bool {
        self.0 & Self::bit(field) != 0
    }

    /// Whether every field here is there too.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is no field in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The fields in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The fields, in their declared order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| self.contains(*field))
    }

    /// The set without the fields that `keep` does not hold for.
    pub(crate) fn keep(self, keep: impl Fn(Field) -> bool) -> Self {
        self.iter().filter(|field| keep(*field)).collect()
    }

    // INVARIANT: Field has fewer than 64 members, so every member has its own bit; a test counts.
    const fn bit(field: Field) -> u64 {
        1 << field as u32
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        Self(fields.into_iter().fold(0, |bits, field| bits | Self::bit(field)))
    }
}

impl fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Field::code)).finish()
    }
}

impl Serialize for FieldSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for FieldSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Field>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_bit() {
        assert!(Field::ALL.len() < 64);
        for &field in Field::ALL {
            assert_eq!(FieldSet::of(&[field]).iter().collect::<Vec<_>>(), [field]);
        }
    }

    #[test]
    fn a_set_survives_the_wire() {
        let set = FieldSet::of(&[Field::Surname, Field::ContactPoint]);
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, r#"["achternaam","contactpunt"]"#);
        assert_eq!(serde_json::from_str::<FieldSet>(&json).unwrap(), set);
    }
}
