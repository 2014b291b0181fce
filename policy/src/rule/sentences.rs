// SPDX-License-Identifier: EUPL-1.2
//! Bron en zin of every rule: the words that a lawyer reads and a caller hears.

use super::Rule;

/// Where the rule comes from, and what it says.
pub(super) const fn row(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::RoleNotValid => ("002-02", "De rol van de vrager geldt vandaag niet."),
        Rule::RoleMayNot => ("002-02, AVG 25(2)", "Deze rol mag dit niet."),
        Rule::SecondPersonMissing => (
            "RL-09, RL-20",
            "Hiervoor moet vooraf een tweede persoon meedoen, die geen functionaris gegevensbescherming is.",
        ),
        Rule::ReasonMissing => ("AVG 5(2), RL-09", "Hiervoor moet een reden zijn vastgelegd."),
        Rule::NotInCovenant => ("000-01", "Geen geldig convenant verbindt verzender en ontvanger."),
        Rule::PurposeDoesNotFit => ("000-49, AVG 5(1)(b)", "Het doel past niet bij deze soort of deze handeling."),
        Rule::RequestIncomplete => {
            ("AVG 5(1)(c), AVG 5(2)", "Het verzoek mist een onderdeel dat bij deze handeling hoort.")
        }
        Rule::GroundNotUsable => (
            "AVG 6(1), RL-04",
            "Op deze grondslag gaat hier niets: zij is er niet voor overheid en onderwijs, is geen grondslag, of geldt nog niet.",
        ),
        Rule::GroundNotInForce => ("AVG 6(3)", "De grondslag geldt vandaag niet."),
        Rule::GroundDoesNotFit => (
            "AVG 5(1)(a), AVG 5(2)",
            "De genoemde grondslag is niet die waarop dit kan; de sluis wisselt nooit stil van grondslag.",
        ),
        Rule::OutOfAge => {
            ("003-02, 002-28", "De leeftijd valt buiten het bereik: nog niet geboren, of 23 jaar of ouder.")
        }
        Rule::Deceased => ("AVG overweging 27", "De jeugdige is overleden."),
        Rule::Restricted => ("AVG 18(2), AVG 21(1)", "De verwerking is beperkt of er loopt een bezwaar."),
        Rule::NotFound => ("002-55, AVG 5(1)(f), RL-06", "Er is niets gevonden, of het is niet voor u."),
        Rule::NoRoute => {
            ("000-09, 000-26, 000-27, RL-08", "Het convenant kent voor deze soort geen route naar dit loket.")
        }
        Rule::OtherMunicipality => (
            "002-16, Jeugdwet 1.1",
            "De ontvanger werkt niet voor de woongemeente van de jeugdige, of een van beide is niet bekend.",
        ),
        Rule::AdviceWall => {
            ("004-41", "Een eigen hulpvraag van een ouder gaat niet naar school of samenwerkingsverband.")
        }
        Rule::TopicElsewhere => (
            "004-12, 004-31",
            "Waar het alleen om leren gaat, is observeren door het wijkteam niet de weg: dat hoort bij school en samenwerkingsverband.",
        ),
        Rule::OtherSchool => {
            ("004-17, 004-18", "De ontvangende school is niet de school waar de jeugdige nu is ingeschreven.")
        }
        Rule::AbsenceReport => (
            "000-15, RL-08, Leerplichtwet 1969 21",
            "Verzuim boven de drempel gaat naar de leerplicht van de woongemeente, met alleen de verzuimgegevens; toestemming is niet nodig.",
        ),
        Rule::AbsenceReportRmc => (
            "002-27, 002-28, RL-08",
            "Verzuim van een jeugdige vanaf 18 zonder startkwalificatie, of op het mbo vanaf de kwalificatieplicht, gaat naar RMC, met alleen de verzuimgegevens.",
        ),
        Rule::IndexReport => (
            "002-14, RL-11, Jeugdwet 7.1.4.1",
            "De verwijsindex hoort dát er zorg is: wie meldt, wanneer en over welk nummer.",
        ),
        Rule::AttendanceQuestion => (
            "RL-31",
            "Leerplicht mag de school van een ingezetene naar de aanwezigheid vragen en krijgt alleen de verzuimgegevens.",
        ),
        Rule::MinorAbsence => (
            "000-15, RL-30",
            "Verzuim onder de drempel gaat naar de leerplicht van de woongemeente, omdat het convenant dat afspreekt.",
        ),
        Rule::EarlyLeaving => (
            "002-28, 002-30",
            "Wie zonder startkwalificatie de school verlaat, wordt gemeld bij RMC van de woongemeente.",
        ),
        Rule::IndexSignal => (
            "002-14, Jeugdwet 7.1.4.1",
            "Wie meldingsbevoegd is en een risico aanvinkt, laat de verwijsindex weten dát er zorg is, en niet wat.",
        ),
        Rule::ProtectionInformation => (
            "Jeugdwet 7.3.11, RL-08",
            "Wat een gecertificeerde instelling nodig heeft voor een lopende maatregel, mag haar zonder toestemming worden verteld.",
        ),
        Rule::ProtectionInquiry => (
            "Jeugdwet 7.3.11, RL-08",
            "Een gecertificeerde instelling mag onder een lopende maatregel vragen; een mens bij de ontvanger beslist wat nodig is.",
        ),
        Rule::NotCompulsory => (
            "002-23, 002-24, 002-26, 002-28, 004-19",
            "De jeugdige is niet leerplichtig of kwalificatieplichtig, of dat is niet bekend.",
        ),
        Rule::BelowThreshold => (
            "RL-30, Leerplichtwet 1969 21",
            "Het verzuim haalt de wettelijke drempel niet; gebruik de soort overig verzuim.",
        ),
        Rule::AboveThreshold => {
            ("RL-30, Leerplichtwet 1969 21", "Het verzuim haalt de wettelijke drempel; gebruik de soort verzuim.")
        }
        Rule::SicknessNotReported => (
            "003-17, Leerplichtwet 1969 11",
            "Ziekte of schorsing zonder twijfel wordt niet aan leerplicht gemeld; bij ziekte is de jeugdgezondheidszorg de weg, met toestemming.",
        ),
        Rule::AbsenceElsewhere => {
            ("000-15, 002-34", "Verzuimgegevens gaan alleen naar het loket dat de wet of RL-30 aanwijst.")
        }
        Rule::IndexWithoutRisk => {
            ("RL-11, Jeugdwet 7.1.4.1", "De verzender heeft geen risicogrond aangevinkt; de verwijsindex hoort niets.")
        }
        Rule::IndexSwitchedOff => {
            ("RL-11", "Convenant of gemeente heeft de melding aan de verwijsindex niet aangezet.")
        }
        Rule::IndexFrozen => ("RL-08", "De melding aan de verwijsindex is bevroren: leeftijd, beperking of bezwaar."),
        Rule::MinorAbsenceNotAgreed => {
            ("RL-30", "Het convenant draagt 000-15 niet; verzuim onder de drempel wordt niet gemeld.")
        }
        Rule::ReporterNotAppointed => {
            ("Jeugdwet 7.1.1.1, 002-14", "Wie vraagt is vandaag niet aangewezen om aan de verwijsindex te melden.")
        }
        Rule::IndexEntryEnded => (
            "Jeugdwet 7.1.4.5",
            "Dit indexsignaal staat er niet meer: ingetrokken, twee jaar oud, of de jeugdige is 23.",
        ),
        Rule::NoRunningOrder => (
            "Jeugdwet 7.3.11",
            "Er loopt voor deze instelling geen maatregel over deze jeugdige die een informatierecht geeft.",
        ),
        Rule::ReceiverNotCompetent => ("RL-08", "Dit loket is voor deze soort niet de ontvanger die de wet aanwijst."),
        Rule::MatchContact => (
            "002-14, RL-16",
            "Wie dezelfde jeugdige meldde, ziet van de ander het visitekaartje en niets over de zaak.",
        ),
        Rule::MatchContactHidden => {
            ("RL-15, RL-16", "Er is nog een organisatie, te bereiken via de procescoördinator.")
        }
        Rule::MatchOfFamily => (
            "002-14, RL-16",
            "Wie een ander kind van dezelfde ouder meldde, ziet het visitekaartje en niets over het andere kind.",
        ),
        Rule::SafetyReport => (
            "000-16, RL-08, RL-09, Wmo 2015 5.2.6",
            "Een melding bij Veilig Thuis gaat altijd, zonder op iemand te wachten.",
        ),
        Rule::SafetyAdvice => {
            ("002-54, Wmo 2015 4.1.1", "Advies van Veilig Thuis wordt gevraagd zonder te zeggen om wie het gaat.")
        }
        Rule::SafetyInquiry => (
            "Wmo 2015 5.2.6, RL-08",
            "Veilig Thuis mag vragen; een mens bij de ontvanger beslist wat nodig is en meldt dat terug.",
        ),
        Rule::VitalInterest => (
            "AVG 6(1)(d), AVG 9(2)(c), RL-09",
            "Ernstig nadeel dreigt en er is geen andere weg: het hoognodige gaat naar wie kan helpen, en een ander kijkt het na.",
        ),
        Rule::BreakGlass => (
            "RL-09, AVG 5(2)",
            "In nood aan de sluis zelf mag de beheerder met een tweede persoon bij wie het betreft; een ander kijkt het na.",
        ),
        Rule::SafetyElsewhere => ("000-16, Wmo 2015 5.2.6", "Een veiligheidsmelding gaat alleen naar Veilig Thuis."),
        Rule::VitalInterestNotWeighed => (
            "AVG 6(1)(d)",
            "Er is niet vastgelegd dat ernstig nadeel dreigt, dat er geen andere weg is, en wat het minste is dat helpt.",
        ),
        Rule::ConditionMissing => {
            ("000-22, 000-23, 002-07, 002-17", "Er is nog niet gedaan wat vooraf moet: gesprek of interne afweging.")
        }
        Rule::NotEntitledToApply => ("004-07, 004-08", "Deze persoon kan voor deze jeugdige geen aanvraag doen."),
        Rule::Application => (
            "004-20, RL-12, Awb 4:1",
            "Een aanvraag van wie haar mag doen, gaat naar het college, wat er ook in staat.",
        ),
        Rule::ApplicationComplete => (
            "004-07, 004-14, 004-21, RL-12",
            "Een volledige aanvraag voor jeugdhulp in het onderwijs gaat naar het college.",
        ),
        Rule::ApplicationIncomplete => (
            "004-15, RL-12, Awb 4:5, Awb 4:15",
            "De aanvraag gaat naar het college met de vermelding wat ontbreekt; zij wordt niet geweigerd en het ontbrekende gaat niet mee.",
        ),
        Rule::ApplicationPlain => (
            "004-20, 004-21, RL-12, Awb 2:3",
            "Zonder inschrijving of met een vrijstelling gaat de aanvraag naar het college als aanvraag voor gewone jeugdhulp, met de datum van ontvangst.",
        ),
        Rule::ConsentComplete => (
            "000-10, 000-27, 004-06, RL-02",
            "Iedereen wiens woord telt, heeft ingestemd met deze ontvanger en dit doel.",
        ),
        Rule::ConsentYouthHeard => {
            ("004-06, RL-02", "Wie gezag heeft stemt in en de jeugdige van 12 tot en met 15 is gehoord.")
        }
        Rule::ConsentOneParentSpeaks => {
            ("BW 1:251, RL-02", "Eén ouder stemt in en spreekt, zoals het convenant toelaat, ook voor de ander.")
        }
        Rule::ConsentForIncapacitated => (
            "RL-05, Jeugdwet 7.3.4",
            "Wie vertegenwoordigt stemt in; een zorgprofessional stelde voor deze zaak vast dat de jeugdige het niet kan beoordelen, en de jeugdige zei geen nee.",
        ),
        Rule::ConsentAmongHelpers => (
            "RL-03, Jeugdwet 7.3.4",
            "Tussen hulpverleners gaat het zonder de ouders: de jeugdige van 12 tot en met 15 wil het en de hulpverlener legde vast waarom.",
        ),
        Rule::LinkContact => (
            "002-05, 002-16",
            "Het contact in de gemeente van de school hoort dat er een verzoek loopt en met wie, en niet waarover.",
        ),
        Rule::HearingMissing => ("RL-02", "Er is niet vastgelegd dat de jeugdige is gehoord."),
        Rule::SecrecyNotLifted => (
            "RL-04, Jeugdwet 7.3.11",
            "Wie onder een beroepsgeheim werkt, mag dit pas delen als dat geheim voor deze ontvanger is opgeheven.",
        ),
        Rule::Anonymous => {
            ("000-10, 000-26, RL-07, RL-23", "Zonder naam, in een groep die groot genoeg is om in op te gaan.")
        }
        Rule::PersonFree => ("000-11, 000-37, RL-28", "Dit gaat over de samenwerking en over geen persoon."),
        Rule::GroupTooSmall => (
            "RL-23",
            "De groep is te klein, of de telling ontbreekt: zonder naam zou toch te zien zijn om wie het gaat.",
        ),
        Rule::ConsentMissing => ("000-10, 000-27, RL-06", "De toestemming is niet compleet."),
        Rule::FeedbackStatus => ("RL-17, 003-13", "De verzender hoort met codes hoe het met het signaal staat."),
        Rule::FeedbackExplained => ("RL-17", "Met instemming hoort de verzender ook de toelichting."),
        Rule::FeedbackAnonymous => ("RL-17", "Op een signaal zonder naam gaat alleen de gecodeerde vervolgstap terug."),
        Rule::Handling => ("003-06", "Wie een signaal ontving, houdt bij hoe het ermee staat."),
        Rule::OwnSignal => ("003-06, RL-17", "De verzender volgt het eigen signaal."),
        Rule::TakenBack => {
            ("AVG 16, AVG 17, AVG 19", "De verzender neemt een onjuist signaal terug; wie het zag, hoort dat.")
        }
        Rule::FeedbackClosed => {
            ("RL-17, RL-15, 004-18", "Over deze jeugdige gaat geen terugkoppeling meer naar de verzender.")
        }
        Rule::SignalTakenBack => ("AVG 16, AVG 17, AVG 19", "De verzender heeft dit signaal teruggenomen."),
        Rule::OwnPupil => ("RL-29", "Een school legt de eigen leerling vast."),
        Rule::AuthorityRecorded => ("RL-29, RL-05", "Gezag komt van school of gemeente, met de bron erbij."),
        Rule::VoiceRecorded => ("RL-29, RL-06", "De professional die moet vragen, legt vast wat is gezegd."),
        Rule::VoiceWithdrawn => ("AVG 7(3), RL-29", "Intrekken is zo eenvoudig als geven."),
        Rule::DirectoryRead => ("002-22", "Wie in dienst is, vindt organisaties en contactpunten."),
        Rule::VoiceShown => ("RL-06, AVG 7(1)", "Wie een uiting vastlegde, kan laten zien wat er is vastgelegd."),
        Rule::FactRecorded => {
            ("RL-29, RL-05", "Wie het feit mag kennen, legt het vast, met de bron en de periode erbij.")
        }
        Rule::DutyShown => ("003-06, RL-13", "Wie een taak heeft, ziet wat er te doen is."),
        Rule::DutyWorked => ("003-06, RL-13", "Wie een taak heeft, legt vast wat ermee is gedaan."),
        Rule::DutyReleased => {
            ("RL-13, AVG 13, AVG 14", "Een professional geeft vrij dat deze ene persoon het te weten komt.")
        }
        Rule::ReviewByAnother => ("RL-09", "Toetsen achteraf doet een ander dan wie het deed."),
        Rule::ReleaseWithheld => {
            ("RL-13", "Dit wordt ingehouden, tenzij het voor deze persoon is afgewogen en de reden is vastgelegd.")
        }
        Rule::VoiceOfSpeaker => ("RL-29, AVG 7(3)", "Wie spreekt, legt het eigen woord vast."),
        Rule::InspectionByYouth => {
            ("AVG 15, RL-14", "De jeugdige ziet wanneer, waarom en door welke organisatie gegevens zijn geraadpleegd.")
        }
        Rule::InspectionByRepresentative => (
            "AVG 15, RL-15, RL-19",
            "Wie vertegenwoordigt ziet wanneer, waarom en door welke organisatie gegevens zijn geraadpleegd.",
        ),
        Rule::ObjectionReceived => (
            "AVG 16, AVG 21, AVG 18(1)",
            "Een bezwaar of correctieverzoek wordt altijd aangenomen; de verantwoordelijke beslist.",
        ),
        Rule::InspectionTogether => (
            "RL-19",
            "Van 12 tot en met 15 vragen ouder en jeugdige dit samen, en vanaf 18 de vertegenwoordiger samen met de jeugdige.",
        ),
        Rule::LogSearched => (
            "AVG 39, RL-20",
            "De functionaris doorzoekt het logboek van de eigen verantwoordelijke, onder pseudoniem; het zoeken zelf wordt vastgelegd.",
        ),
        Rule::ProfessionalNamed => (
            "AVG 39, RL-20",
            "Met een reden, opnieuw gegeven, hoort de functionaris welke medewerker van de eigen verantwoordelijke achter een regel staat.",
        ),
        Rule::Reidentified => {
            ("RL-09, RL-20", "Bij een pseudoniem in het logboek wordt met reden en een tweede persoon de naam gezocht.")
        }
        Rule::StaffMonitored => (
            "RL-21, WOR 27(1)",
            "Een bewaarde vraag over het gebruik door personeel, waarmee de ondernemingsraad instemde.",
        ),
        Rule::LogExported => {
            ("RL-09, AVG 5(2)", "Het logboek gaat in zijn geheel de deur uit, met reden en een tweede persoon.")
        }
        Rule::PolicyPublished => ("RL-09, RL-20", "Nieuw beleid geldt pas als een tweede persoon het mee vaststelt."),
        Rule::ErasureDecided => (
            "RL-24, RL-20, AVG 17",
            "Een mens besluit, met reden, dat wat van een jeugdige wordt bewaard wordt vernietigd, of voorlopig blijft.",
        ),
        Rule::WorksCouncilMissing => ("RL-21, WOR 27(1)", "De instemming van de ondernemingsraad is niet vastgelegd."),
    }
}
