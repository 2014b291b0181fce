// SPDX-License-Identifier: EUPL-1.2
//! Regel: every rule by which the core decides, with its number, its sources and one sentence for people.

use crate::code::closed_list;
use crate::decision::RecordClass;

mod english;
mod sentences;

closed_list! {
    /// Regel. The hundreds follow the ten tests (cases, 3.2); 11 is the way back, 12 the keeping of facts, 13 the citizens'
    /// own rights, 14 oversight.
    #[doc(alias = "regel")]
    pub enum Rule as "regel" {
        /// The role has ended or not begun.
        RoleNotValid = "SL-101",
        /// The role may not do this.
        RoleMayNot = "SL-102",
        /// A second person is needed beforehand.
        SecondPersonMissing = "SL-104",
        /// A reason must be recorded.
        ReasonMissing = "SL-105",
        /// No covenant in force binds both sides.
        NotInCovenant = "SL-103",
        /// Kind, purpose and action do not go together.
        PurposeDoesNotFit = "SL-201",
        /// The request misses a part that its action needs.
        RequestIncomplete = "SL-202",
        /// The claimed ground is none here.
        GroundNotUsable = "SL-203",
        /// The ground is not in force.
        GroundNotInForce = "SL-204",
        /// Another ground was claimed.
        GroundDoesNotFit = "SL-205",
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
        /// The topic belongs to another domain.
        TopicElsewhere = "SL-405",
        /// Another school is the right one.
        OtherSchool = "SL-406",
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
        /// Early leaving, to RMC.
        EarlyLeaving = "SL-506",
        /// A report to the index of its own.
        IndexSignal = "SL-507",
        /// Facts under a running order.
        ProtectionInformation = "SL-508",
        /// An institution asks under a running order.
        ProtectionInquiry = "SL-509",
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
        /// Not appointed to report to the index.
        ReporterNotAppointed = "SL-520",
        /// The entry has ended.
        IndexEntryEnded = "SL-521",
        /// No order of this institution runs.
        NoRunningOrder = "SL-522",
        /// Not the addressee that the law names.
        ReceiverNotCompetent = "SL-523",
        /// Contact card after a match.
        MatchContact = "SL-531",
        /// A match whose card goes by way of the procescoördinator.
        MatchContactHidden = "SL-532",
        /// Contact card after a family match.
        MatchOfFamily = "SL-533",
        /// Report to Veilig Thuis.
        SafetyReport = "SL-601",
        /// Advice without a name.
        SafetyAdvice = "SL-602",
        /// Veilig Thuis asks.
        SafetyInquiry = "SL-603",
        /// Vital interest.
        VitalInterest = "SL-604",
        /// Break-glass.
        BreakGlass = "SL-605",
        /// Safety goes nowhere else.
        SafetyElsewhere = "SL-611",
        /// Vital interest was not weighed.
        VitalInterestNotWeighed = "SL-612",
        /// A condition is missing.
        ConditionMissing = "SL-701",
        /// Not somebody who may apply.
        NotEntitledToApply = "SL-702",
        /// Application for youth help.
        Application = "SL-711",
        /// Complete application for youth help in education.
        ApplicationComplete = "SL-712",
        /// The same, incomplete.
        ApplicationIncomplete = "SL-713",
        /// The same, as one for plain youth help.
        ApplicationPlain = "SL-714",
        /// Everyone who has a say agrees.
        ConsentComplete = "SL-801",
        /// As SL-801, the youth being heard rather than deciding.
        ConsentYouthHeard = "SL-802",
        /// As SL-801, one parent speaking for both.
        ConsentOneParentSpeaks = "SL-803",
        /// Agreed in the place of who cannot judge.
        ConsentForIncapacitated = "SL-804",
        /// Between help-givers without the parents.
        ConsentAmongHelpers = "SL-805",
        /// The contact at the school's municipality, as a link.
        LinkContact = "SL-806",
        /// The record that the youth was heard is missing.
        HearingMissing = "SL-811",
        /// Secrecy is not lifted.
        SecrecyNotLifted = "SL-812",
        /// Anonymous form.
        Anonymous = "SL-901",
        /// About no person.
        PersonFree = "SL-902",
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
        /// The sender takes its signal back.
        TakenBack = "SL-1106",
        /// Somebody with a say does not want feedback, or the youth has left the sender: which, is not told.
        FeedbackClosed = "SL-1111",
        /// Its sender took it back.
        SignalTakenBack = "SL-1112",
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
        /// The speaker records the own voice.
        VoiceOfSpeaker = "SL-1206",
        /// A voice is shown again to whoever recorded it.
        VoiceShown = "SL-1207",
        /// A fact is recorded.
        FactRecorded = "SL-1208",
        /// What must be done is shown to whose it is.
        DutyShown = "SL-1209",
        /// What must be done is taken up, postponed or done.
        DutyWorked = "SL-1210",
        /// One person may come to know it.
        DutyReleased = "SL-1211",
        /// Another professional looks back.
        ReviewByAnother = "SL-1221",
        /// Withheld in an unsafe home.
        ReleaseWithheld = "SL-1222",
        /// The youth sees who looked.
        InspectionByYouth = "SL-1301",
        /// A representative sees who looked.
        InspectionByRepresentative = "SL-1302",
        /// An objection is received.
        ObjectionReceived = "SL-1303",
        /// The youth must join.
        InspectionTogether = "SL-1311",
        /// The functionaris searches.
        LogSearched = "SL-1401",
        /// A name is put to a pseudonym.
        Reidentified = "SL-1402",
        /// A saved question about staff.
        StaffMonitored = "SL-1403",
        /// The log is taken out.
        LogExported = "SL-1404",
        /// Policy is published.
        PolicyPublished = "SL-1405",
        /// What is kept of a youth is erased, or that is suspended.
        ErasureDecided = "SL-1406",
        /// The functionaris learns which professional stands behind a line.
        ProfessionalNamed = "SL-1407",
        /// The works council has not agreed.
        WorksCouncilMissing = "SL-1411",
    }
}

impl Rule {
    /// The stable number, for example `SL-801`.
    pub const fn id(self) -> &'static str {
        self.code()
    }

    /// The class of record that a decision by this rule is kept under.
    pub const fn record_class(self) -> RecordClass {
        match self {
            Self::SafetyReport | Self::VitalInterest | Self::BreakGlass => RecordClass::Override,
            Self::SafetyInquiry
            | Self::ProtectionInquiry
            | Self::ProtectionInformation
            | Self::ConsentAmongHelpers
            | Self::MatchContact
            | Self::MatchContactHidden
            | Self::MatchOfFamily
            | Self::LogSearched
            | Self::ProfessionalNamed
            | Self::Reidentified
            | Self::StaffMonitored
            | Self::LogExported
            | Self::PolicyPublished
            | Self::ErasureDecided => RecordClass::Special,
            _ => RecordClass::Ordinary,
        }
    }

    /// Where the rule comes from: articles, rows of the covenants, rulings.
    pub const fn source(self) -> &'static str {
        sentences::row(self).0
    }

    /// The rule in one Dutch sentence, for whoever is refused or receives. It says nothing about any person (RL-06).
    pub const fn sentence(self) -> &'static str {
        sentences::row(self).1
    }

    /// The same in English.
    pub const fn english(self) -> &'static str {
        english::sentence(self)
    }
}
