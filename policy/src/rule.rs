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
        /// Somebody with a say does not want feedback, or the youth has left the sender: which, is not told.
        FeedbackClosed = "SL-1111",
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
        if matches!(self, Self::SafetyReport) { RecordClass::Override } else { RecordClass::Ordinary }
    }

    /// Where the rule comes from: rows of the covenants, rulings, articles, cases.
    pub const fn source(self) -> &'static str {
        self.row().0
    }

    /// The rule in one Dutch sentence, for whoever is refused or receives. It says nothing about any person (RL-06).
    pub const fn sentence(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::RoleNotValid => ("002-02, design 6", "De rol van de vrager geldt vandaag niet."),
            Self::RoleMayNot => ("domein 4, 3.2 toets 1", "Deze rol mag dit niet."),
            Self::NotInCovenant => ("000-01, 3.2 toets 1", "Geen geldig convenant verbindt verzender en ontvanger."),
            Self::PurposeDoesNotFit => ("000-49, 3.2 toets 2", "Het doel past niet bij deze soort of deze handeling."),
            Self::RequestIncomplete => ("3.2 toets 2", "Het verzoek mist een onderdeel dat bij deze handeling hoort."),
            Self::OutOfAge => {
                ("003-02, 002-28", "De leeftijd valt buiten het bereik: nog niet geboren, of 23 jaar of ouder.")
            }
            Self::Deceased => ("3.2 toets 3", "De jeugdige is overleden."),
            Self::Restricted => ("AVG 18(2), 3.2 toets 3", "De verwerking is beperkt of er loopt een bezwaar."),
            Self::NotFound => ("3.2 toets 4, belofte 6", "Er is niets gevonden, of het is niet voor u."),
            Self::NoRoute => {
                ("000-09, 000-26, 000-27, RL-08", "Het convenant kent voor deze soort geen route naar dit loket.")
            }
            Self::OtherMunicipality => (
                "002-16, 3.2 toets 4",
                "De ontvanger werkt niet voor de woongemeente van de jeugdige, of een van beide is niet bekend.",
            ),
            Self::AdviceWall => {
                ("004-41", "Een eigen hulpvraag van een ouder gaat niet naar school of samenwerkingsverband.")
            }
            Self::AbsenceReport => (
                "000-15, 2e, RL-08",
                "Verzuim boven de drempel gaat naar de leerplicht van de woongemeente, met alleen de verzuimgegevens; toestemming is niet nodig.",
            ),
            Self::AbsenceReportRmc => (
                "002-28, RL-08",
                "Verzuim van een jeugdige vanaf 18 zonder startkwalificatie gaat naar RMC, met alleen de verzuimgegevens.",
            ),
            Self::IndexReport => {
                ("002-14, RL-11", "De verwijsindex hoort dát er zorg is: wie meldt, wanneer en over welk nummer.")
            }
            Self::AttendanceQuestion => (
                "RL-31",
                "Leerplicht mag de school van een ingezetene naar de aanwezigheid vragen en krijgt alleen de verzuimgegevens.",
            ),
            Self::MinorAbsence => (
                "000-15, RL-30",
                "Verzuim onder de drempel gaat naar de leerplicht van de woongemeente, omdat het convenant dat afspreekt.",
            ),
            Self::NotCompulsory => (
                "002-23, 002-24, 002-28, 004-19",
                "De jeugdige is niet leerplichtig of kwalificatieplichtig, of dat is niet bekend.",
            ),
            Self::BelowThreshold => {
                ("2e, RL-30", "Het verzuim haalt de wettelijke drempel niet; gebruik de soort overig verzuim.")
            }
            Self::AboveThreshold => ("2e, RL-30", "Het verzuim haalt de wettelijke drempel; gebruik de soort verzuim."),
            Self::SicknessNotReported => (
                "2e, 003-17",
                "Ziekte of schorsing zonder twijfel wordt niet aan leerplicht gemeld; bij ziekte is de jeugdgezondheidszorg de weg, met toestemming.",
            ),
            Self::AbsenceElsewhere => {
                ("000-15, 002-34", "Verzuimgegevens gaan alleen naar het loket dat de wet of RL-30 aanwijst.")
            }
            Self::IndexWithoutRisk => {
                ("RL-11, 2a", "De verzender heeft geen risicogrond aangevinkt; de verwijsindex hoort niets.")
            }
            Self::IndexSwitchedOff => {
                ("RL-11", "Convenant of gemeente heeft de melding aan de verwijsindex niet aangezet.")
            }
            Self::IndexFrozen => {
                ("RL-08", "De melding aan de verwijsindex is bevroren: leeftijd, beperking of bezwaar.")
            }
            Self::MinorAbsenceNotAgreed => {
                ("RL-30", "Het convenant draagt 000-15 niet; verzuim onder de drempel wordt niet gemeld.")
            }
            Self::SafetyReport => (
                "000-16, RL-08, RL-09, Wmo 2015 5.2.6",
                "Een melding bij Veilig Thuis gaat altijd, zonder op iemand te wachten.",
            ),
            Self::SafetyElsewhere => ("000-16, casus 25", "Een veiligheidsmelding gaat alleen naar Veilig Thuis."),
            Self::ConditionMissing => {
                ("000-22, 000-23, 3.2 toets 7", "Er is nog niet gedaan wat vooraf moet: gesprek of interne afweging.")
            }
            Self::ConsentComplete => (
                "000-10, 000-27, 004-06, RL-02",
                "Iedereen wiens woord telt, heeft ingestemd met deze ontvanger en dit doel.",
            ),
            Self::ConsentYouthHeard => {
                ("004-06, RL-02", "Wie gezag heeft stemt in en de jeugdige van 12 tot en met 15 is gehoord.")
            }
            Self::ConsentOneParentSpeaks => {
                ("casus 6", "Eén ouder stemt in en spreekt, zoals het convenant toelaat, ook voor de ander.")
            }
            Self::HearingMissing => ("RL-02", "Er is niet vastgelegd dat de jeugdige is gehoord."),
            Self::Anonymous => {
                ("000-10, 000-26, RL-07, RL-23", "Zonder naam, in een groep die groot genoeg is om in op te gaan.")
            }
            Self::GroupTooSmall => (
                "RL-23",
                "De groep is te klein, of de telling ontbreekt: zonder naam zou toch te zien zijn om wie het gaat.",
            ),
            Self::ConsentMissing => ("000-10, 000-27, RL-06", "De toestemming is niet compleet."),
            Self::FeedbackStatus => ("RL-17, 003-13", "De verzender hoort met codes hoe het met het signaal staat."),
            Self::FeedbackExplained => ("RL-17", "Met instemming hoort de verzender ook de toelichting."),
            Self::FeedbackAnonymous => {
                ("RL-17", "Op een signaal zonder naam gaat alleen de gecodeerde vervolgstap terug.")
            }
            Self::Handling => ("003-06", "Wie een signaal ontving, houdt bij hoe het ermee staat."),
            Self::OwnSignal => ("003-06, RL-17", "De verzender volgt het eigen signaal."),
            Self::FeedbackClosed => {
                ("RL-17, RL-15, 004-18", "Over deze jeugdige gaat geen terugkoppeling meer naar de verzender.")
            }
            Self::OwnPupil => ("RL-29", "Een school legt de eigen leerling vast."),
            Self::AuthorityRecorded => ("RL-29, RL-05", "Gezag komt van school of gemeente, met de bron erbij."),
            Self::VoiceRecorded => ("RL-29, RL-06", "De professional die moet vragen, legt vast wat is gezegd."),
            Self::VoiceWithdrawn => ("AVG 7(3), RL-29", "Intrekken is zo eenvoudig als geven."),
            Self::DirectoryRead => ("002-22", "Wie in dienst is, vindt organisaties en contactpunten."),
        }
    }
}
