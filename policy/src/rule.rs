// SPDX-License-Identifier: EUPL-1.2
//! Regel: every rule by which the core decides, with its number, its sources and one sentence for people.

use crate::code::closed_list;
use crate::decision::RecordClass;

closed_list! {
    /// Regel. The hundreds follow the ten tests (cases, 3.2); 11 is the way back, 12 the keeping of facts.
    #[doc(alias = "regel")]
    pub enum Rule as "regel" {
        /// The role has ended or not begun.
        RoleNotValid = "SL-101",
        /// The role may not do this.
        RoleMayNot = "SL-102",
        /// No covenant in force binds both sides.
        NotInCovenant = "SL-103",
        /// Kind, purpose and action do not go together.
        PurposeDoesNotFit = "SL-201",
        /// The request misses a part that its action needs.
        RequestIncomplete = "SL-202",
        /// Not in the age range.
        OutOfAge = "SL-301",
        /// The youth has died.
        Deceased = "SL-302",
        /// Processing is restricted.
        Restricted = "SL-303",
        /// There is none, or it is not for you.
        NotFound = "SL-401",
        /// The covenant has no route to this desk.
        NoRoute = "SL-402",
        /// Another municipality is the right one.
        OtherMunicipality = "SL-403",
        /// A parent's own question does not go to education.
        AdviceWall = "SL-404",
        /// Statutory absence report.
        AbsenceReport = "SL-501",
        /// Statutory absence report to RMC.
        AbsenceReportRmc = "SL-502",
        /// Index metadata.
        IndexReport = "SL-503",
        /// Leerplicht asks a school.
        AttendanceQuestion = "SL-504",
        /// Absence below the threshold.
        MinorAbsence = "SL-505",
        /// Not of compulsory school age.
        NotCompulsory = "SL-511",
        /// Below the statutory threshold.
        BelowThreshold = "SL-512",
        /// Above it, but sent as minor.
        AboveThreshold = "SL-513",
        /// Sickness or suspension without doubt.
        SicknessNotReported = "SL-514",
        /// Absence goes nowhere else.
        AbsenceElsewhere = "SL-515",
        /// No risk ground ticked.
        IndexWithoutRisk = "SL-516",
        /// Index switched off.
        IndexSwitchedOff = "SL-517",
        /// Index entry frozen.
        IndexFrozen = "SL-518",
        /// The covenant does not carry 000-15.
        MinorAbsenceNotAgreed = "SL-519",
        /// Report to Veilig Thuis.
        SafetyReport = "SL-601",
        /// Safety goes nowhere else.
        SafetyElsewhere = "SL-611",
        /// A condition is missing.
        ConditionMissing = "SL-701",
        /// Everyone who has a say agrees.
        ConsentComplete = "SL-801",
        /// As SL-801, the youth being heard rather than deciding.
        ConsentYouthHeard = "SL-802",
        /// As SL-801, one parent speaking for both.
        ConsentOneParentSpeaks = "SL-803",
        /// The record that the youth was heard is missing.
        HearingMissing = "SL-811",
        /// Anonymous form.
        Anonymous = "SL-901",
        /// The group is too small.
        GroupTooSmall = "SL-911",
        /// The consent is not complete.
        ConsentMissing = "SL-1001",
        /// Status codes back to the sender.
        FeedbackStatus = "SL-1101",
        /// Feedback with explanation, on consent.
        FeedbackExplained = "SL-1102",
        /// Coded next step on an anonymous signal.
        FeedbackAnonymous = "SL-1103",
        /// Handling one's own received signal.
        Handling = "SL-1104",
        /// The sender follows its own signal.
        OwnSignal = "SL-1105",
        /// Somebody with a say does not want feedback.
        FeedbackUnwanted = "SL-1111",
        /// A school registers its own pupil.
        OwnPupil = "SL-1201",
        /// Authority is registered.
        AuthorityRecorded = "SL-1202",
        /// A voice is recorded.
        VoiceRecorded = "SL-1203",
        /// A withdrawal is recorded.
        VoiceWithdrawn = "SL-1204",
        /// The directory is read.
        DirectoryRead = "SL-1205",
    }
}

impl Rule {
    /// The stable number, for example `SL-801`.
    pub const fn id(self) -> &'static str {
        self.code()
    }

    /// The class of record that a decision by this rule is kept under.
    pub const fn record_class(self) -> RecordClass {
        if matches!(self, Self::SafetyReport) {
            RecordClass::Override
        } else {
            RecordClass::Ordinary
        }
    }
}
