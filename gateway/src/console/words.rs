// SPDX-License-Identifier: EUPL-1.2
//! What codes are called by people, in both languages. The codes come from records, which may be older or newer than this
//! program: one that is not here is shown as it was written, with spaces.

use super::language::Language;

/// A code, and what it is called in Dutch and in English.
type Word = (&'static str, &'static str, &'static str);

/// Who acts, by role.
pub(super) fn role(language: Language, code: &str) -> String {
    named(ROLES, language, code)
}

/// Where in an organisation.
pub(super) fn desk(language: Language, code: &str) -> String {
    named(DESKS, language, code)
}

/// What it is about.
pub(super) fn thing(language: Language, code: &str) -> String {
    named(THINGS, language, code)
}

/// On what ground.
pub(super) fn basis(language: Language, code: &str) -> String {
    named(BASES, language, code)
}

/// For what.
pub(super) fn purpose(language: Language, code: &str) -> String {
    named(PURPOSES, language, code)
}

/// In which form.
pub(super) fn form(language: Language, code: &str) -> String {
    named(FORMS, language, code)
}

/// Why somebody was turned away.
pub(super) fn reason(language: Language, code: &str) -> String {
    named(REASONS, language, code)
}

/// How something went further.
pub(super) fn course(language: Language, code: &str) -> String {
    named(COURSES, language, code)
}

/// An outcome that can be searched for.
pub(super) fn outcome(language: Language, code: &str) -> String {
    named(OUTCOMES, language, code)
}

/// A saved question.
pub(super) fn question(language: Language, code: &str) -> String {
    named(QUESTIONS, language, code)
}

/// The form of a file.
pub(super) fn format(language: Language, code: &str) -> String {
    named(FORMATS, language, code)
}

/// For whom a file is.
pub(super) fn audience(language: Language, code: &str) -> String {
    named(AUDIENCES, language, code)
}

/// How it was established who asks.
pub(super) fn identified(language: Language, code: &str) -> String {
    named(IDENTIFIED, language, code)
}

/// A month by its number.
pub(super) fn month(language: Language, number: i8) -> &'static str {
    let index = usize::try_from(number - 1).unwrap_or_default();
    MONTHS.get(index).map_or("", |(dutch, english)| language.of(dutch, english))
}

fn named(words: &[Word], language: Language, code: &str) -> String {
    let found = words.iter().find(|(known, _, _)| *known == code);
    found.map_or_else(|| code.replace('_', " "), |(_, dutch, english)| language.of(dutch, english).to_owned())
}

const OUTCOMES: &[Word] = &[
    ("verstrekt", "Toegestaan", "Permitted"),
    ("geweigerd", "Geweigerd", "Refused"),
    ("aan_de_deur_geweigerd", "Aan de deur tegengehouden", "Turned away at the door"),
    ("beoordeeld", "Alleen gevraagd of het mag", "Only asked whether it may be"),
    ("verder_verloop", "Hoe het verder ging", "What followed"),
];

const QUESTIONS: &[Word] = &[
    (
        "zonder_betrokkenheid",
        "Wie keek of wilde kijken zonder betrokkenheid?",
        "Who looked, or wished to, without being involved?",
    ),
    ("wacht_op_toetsing", "Welke doorbrekingen wachten op toetsing?", "Which overrides wait for review?"),
    (
        "buiten_werktijd",
        "Wat deden medewerkers buiten werktijd? (alleen als de ondernemingsraad instemt)",
        "What did staff do outside working hours? (only where the works council agrees)",
    ),
];

const FORMATS: &[Word] = &[
    ("csv", "Tabel (CSV)", "Table (CSV)"),
    ("ldv", "Logboek Dataverwerkingen (LDV 1.0, JSON)", "Processing log (LDV 1.0, JSON)"),
    ("adl", "Beslissingen (ADL, JSON)", "Decisions (ADL, JSON)"),
    ("auditevent", "NEN 7513 (FHIR R4B AuditEvent)", "NEN 7513 (FHIR R4B AuditEvent)"),
];

const IDENTIFIED: &[Word] = &[
    ("identiteitsbewijs", "een identiteitsbewijs", "an identity document"),
    ("digid", "DigiD", "DigiD"),
    ("bekend_bij_medewerker", "een medewerker die deze persoon kent", "a professional who knows this person"),
];

const AUDIENCES: &[Word] = &[
    ("functionaris", "Mijzelf", "Myself"),
    ("gemeente", "Een gemeente die meedoet", "A municipality that takes part"),
    ("school", "Een school die meedoet", "A school that takes part"),
    ("betrokkene", "Wie het betreft", "Whom it is about"),
    ("siem", "De bewaking van de beveiliging (SIEM)", "Security monitoring (SIEM)"),
];

const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

const ROLES: &[Word] = &[
    ("leerkracht", "Een leerkracht", "A teacher"),
    ("intern_begeleider", "Een intern begeleider", "A pupil support coordinator"),
    ("schooldirecteur", "Een schooldirecteur", "A head teacher"),
    ("schoolmaatschappelijk_werker", "Een schoolmaatschappelijk werker", "A school social worker"),
    ("schoolbestuur", "Een schoolbestuurder", "A member of the school board"),
    ("swv_contact", "Een contactpersoon van het samenwerkingsverband", "A contact of the school partnership"),
    ("swv_directeur", "De directeur van het samenwerkingsverband", "The director of the school partnership"),
    ("screener", "Een screener", "A screener"),
    ("consulent", "Een consulent", "A youth consultant"),
    ("teamleider", "Een teamleider", "A team leader"),
    ("procescoordinator", "Een procescoördinator", "A process coordinator"),
    ("casemanager", "Een casemanager", "A case manager"),
    ("leerplichtambtenaar", "Een leerplichtambtenaar", "A school attendance officer"),
    ("rmc_trajectbegeleider", "Een trajectbegeleider van het RMC", "A counsellor for early school leavers"),
    ("jeugdgezondheidszorg", "Een medewerker van de jeugdgezondheidszorg", "A youth health care professional"),
    ("veilig_thuis_medewerker", "Een medewerker van Veilig Thuis", "A Veilig Thuis professional"),
    ("gezinsvoogd", "Een gezinsvoogd", "A family supervisor"),
    ("voogd", "Een voogd", "A guardian"),
    ("beleidsambtenaar", "Een beleidsambtenaar", "A policy officer"),
    ("functionaris_gegevensbescherming", "De functionaris gegevensbescherming", "The data protection officer"),
    ("functioneel_beheerder", "Een functioneel beheerder", "A functional administrator"),
    ("operator", "Een technisch beheerder", "An operator"),
    ("systeem", "Het systeem", "The system"),
    ("vertegenwoordiger", "Een ouder of andere vertegenwoordiger", "A parent or other representative"),
    ("jeugdige", "Een jeugdige", "A young person"),
];

const DESKS: &[Word] = &[
    ("school", "school", "school"),
    ("bestuur", "bestuur", "board"),
    ("samenwerkingsverband", "samenwerkingsverband", "school partnership"),
    ("toegang", "toegang tot jeugdhulp", "access to youth help"),
    ("wijkteam", "wijkteam", "neighbourhood team"),
    ("leerplicht", "leerplicht", "school attendance"),
    ("rmc", "RMC", "early school leaving"),
    ("jgz", "jeugdgezondheidszorg", "youth health care"),
    ("veilig_thuis", "Veilig Thuis", "Veilig Thuis"),
    ("gecertificeerde_instelling", "gecertificeerde instelling", "certified youth protection"),
    ("verwijsindex", "verwijsindex", "referral index"),
    ("sluis", "Sluis", "Sluis"),
    ("beleid", "beleid", "policy"),
];

const THINGS: &[Word] = &[
    ("preventief", "een preventief signaal over een jeugdige", "an early concern about a young person"),
    ("consultatie", "een consultatie over een jeugdige", "a consultation about a young person"),
    ("aanmelding", "een aanmelding van een jeugdige", "a registration of a young person for help"),
    (
        "verzoek_tot_samenwerking",
        "een verzoek tot samenwerking over een jeugdige",
        "a request to work together for a young person",
    ),
    ("verzuim", "een verzuimmelding over een jeugdige", "an absence report about a young person"),
    (
        "overig_verzuim",
        "een melding van overig verzuim over een jeugdige",
        "a report of minor absence about a young person",
    ),
    ("veiligheid", "een veiligheidsmelding over een jeugdige", "a safety report about a young person"),
    (
        "verzuim_met_zorg",
        "een verzuimmelding met zorg over een jeugdige",
        "an absence report with concern about a young person",
    ),
    ("vsv", "een melding van schooluitval van een jeugdige", "a report of early school leaving of a young person"),
    ("ziekteverzuim", "een signaal van ziekteverzuim van een jeugdige", "a report of sick leave of a young person"),
    ("thuiszitter", "een melding dat een jeugdige thuiszit", "a report that a young person stays at home"),
    (
        "oza_aanvraag",
        "een aanvraag van onderwijs-zorg voor een jeugdige",
        "an application for education with care for a young person",
    ),
    (
        "jeugdhulp_aanvraag",
        "een aanvraag van jeugdhulp voor een jeugdige",
        "an application for youth help for a young person",
    ),
    (
        "gemeente_naar_school",
        "een bericht van de gemeente aan school over een jeugdige",
        "a message of the municipality to school about a young person",
    ),
    ("mdo_verzoek", "een verzoek om overleg over een jeugdige", "a request for a joint meeting about a young person"),
    ("observatieverzoek", "een verzoek om observatie van een jeugdige", "a request to observe a young person"),
    (
        "verwijsindex_signaal",
        "een signaal over een jeugdige aan de verwijsindex",
        "a signal about a young person to the referral index",
    ),
    ("escalatie", "een opschaling, zonder personen", "an escalation, about no person"),
    ("knelpunt", "een knelpunt, zonder personen", "a bottleneck, about no person"),
    ("advies_veilig_thuis", "een vraag om advies aan Veilig Thuis", "a question for advice to Veilig Thuis"),
    (
        "informatieverzoek",
        "een verzoek om informatie over een jeugdige",
        "a request for information about a young person",
    ),
    (
        "informatie_jeugdbescherming",
        "informatie voor de jeugdbescherming over een jeugdige",
        "information for youth protection about a young person",
    ),
    ("overdracht", "een overdracht van een jeugdige", "a handover of a young person"),
    (
        "levensbelang",
        "een melding van levensbelang over een jeugdige",
        "a report of vital interest about a young person",
    ),
    (
        "advies_passend_onderwijs",
        "een vraag om advies over passend onderwijs",
        "a question for advice on fitting education",
    ),
    ("advies_jeugdhulp", "een vraag om advies over jeugdhulp", "a question for advice on youth help"),
    ("uiting", "wat een ouder of jeugdige zei", "what a parent or young person said"),
    ("jeugdige", "een jeugdige", "a young person"),
    ("gezag", "gezag over een jeugdige", "authority over a young person"),
    ("aanwezigheid", "de aanwezigheid van een jeugdige", "the attendance of a young person"),
    ("adresboek", "het adresboek", "the directory"),
    ("logboek", "het logboek", "the log"),
    ("match", "een match in de verwijsindex", "a match in the referral index"),
    ("bezwaar", "een bezwaar", "an objection"),
    ("beleid", "het beleid", "the policy"),
    ("maatregel", "een maatregel van kinderbescherming", "a child-protection order"),
    ("verblijf", "een verblijf in zorg", "a stay in care"),
    ("vrijstelling", "een vrijstelling van de leerplicht", "an exemption from compulsory education"),
    ("betrokkenheid", "wie er helpt", "who helps"),
    (
        "inschrijving",
        "tot wanneer en in welk onderwijs iemand is ingeschreven",
        "until when and in which education somebody is enrolled",
    ),
    ("afscherming", "een geheim adres", "a secret address"),
    ("beperking", "een beperking van de verwerking", "a restriction of processing"),
    ("overlijden", "een overlijden", "a death"),
    ("gezin", "of de ouders samen wonen", "whether the parents live together"),
    (
        "vervangende_toestemming",
        "een vervangende toestemming van de rechter",
        "consent given by a court in place of a parent",
    ),
    ("opheffing_beroepsgeheim", "wat het beroepsgeheim opheft", "what lifts professional secrecy"),
    ("gehoord", "dat een jeugdige is gehoord", "that a young person was heard"),
    ("onvermogen", "dat een jeugdige iets niet zelf kan beoordelen", "that a young person cannot judge a matter"),
    ("bevinding", "waarom hulpverleners zonder de ouders verdergaan", "why help-givers go on without the parents"),
    ("geheimhouding", "dat iets voor iemand geheim blijft", "that something is kept from somebody"),
    ("stilte", "dat een jeugdige thuis niets wil laten vertellen", "that a young person wants nothing told at home"),
];

const FORMS: &[Word] = &[
    ("anoniem", "zonder naam", "without a name"),
    ("pseudoniem", "onder een kenmerk, zonder naam", "under a reference, without a name"),
    ("herleidbaar", "op naam of nummer", "by name or number"),
];

const BASES: &[Word] = &[
    ("toestemming", "toestemming (AVG 6(1)(a))", "consent (GDPR 6(1)(a))"),
    (
        "wettelijke_verzuimmelding",
        "wettelijke verzuimmelding (Leerplichtwet)",
        "statutory absence report (Leerplichtwet)",
    ),
    (
        "wettelijke_indexmelding",
        "wettelijke melding aan de verwijsindex (Jeugdwet 7.1)",
        "statutory report to the referral index (Jeugdwet 7.1)",
    ),
    ("publieke_taak", "publieke taak (AVG 6(1)(e))", "public task (GDPR 6(1)(e))"),
    ("melding_veilig_thuis", "melding bij Veilig Thuis (Wmo 2015, 5.2.6)", "report to Veilig Thuis (Wmo 2015, 5.2.6)"),
    ("geen_persoonsgegevens", "geen persoonsgegevens van een jeugdige", "no personal data of a young person"),
    ("eigen_administratie", "eigen administratie", "own administration"),
    ("bewijs_van_toestemming", "bewijs van toestemming (AVG 7(1))", "proof of consent (GDPR 7(1))"),
    (
        "informatierecht_gi",
        "informatierecht bij een maatregel (Jeugdwet 7.3.11)",
        "right to information under an order (Jeugdwet 7.3.11)",
    ),
    ("vitaal_belang", "vitaal belang (AVG 6(1)(d))", "vital interest (GDPR 6(1)(d))"),
    ("aanvraag", "behandelen van een aanvraag (AVG 6(1)(e))", "handling an application (GDPR 6(1)(e))"),
    ("rechten_van_betrokkene", "rechten van betrokkene (AVG 15–22)", "rights of the data subject (GDPR 15–22)"),
    ("verantwoordingsplicht", "verantwoordingsplicht (AVG 5(2), 39)", "duty to account (GDPR 5(2), 39)"),
];

const PURPOSES: &[Word] = &[
    ("vroegsignalering", "vroeg signaleren", "seeing early"),
    ("toeleiding_jeugdhulp", "toeleiden naar jeugdhulp", "leading to youth help"),
    ("leerplicht", "leerplicht", "compulsory education"),
    ("veiligheid", "veiligheid", "safety"),
    ("casusvoortgang", "voortgang van de casus", "progress of the case"),
    ("verantwoording", "verantwoording", "accountability"),
    ("gegevensbeheer", "gegevensbeheer", "keeping facts"),
    ("jeugdgezondheid", "jeugdgezondheid", "youth health"),
    ("aanvraag", "een aanvraag behandelen", "handling an application"),
    ("verwijsindex", "verwijsindex", "referral index"),
    ("jeugdbescherming", "jeugdbescherming", "youth protection"),
    ("bijsturing", "de samenwerking bijsturen", "steering the cooperation"),
    ("rechten", "rechten van burgers", "rights of citizens"),
    ("noodtoegang", "noodtoegang", "emergency access"),
];

const REASONS: &[Word] = &[
    ("no_mandate", "er is vandaag geen mandaat", "there is no mandate today"),
    ("no_role", "deze medewerker heeft vandaag geen rol", "this professional has no role today"),
    (
        "issuer_of_another",
        "de uitgever spreekt niet voor deze organisatie",
        "the issuer does not speak for this organisation",
    ),
    (
        "login_token",
        "het bewijs van de identiteitsaanbieder klopt niet",
        "what the identity provider said does not hold",
    ),
    (
        "login_nonce",
        "het bewijs hoort bij een andere aanmelding",
        "what the identity provider said is of another log-in",
    ),
    ("login_person_unknown", "deze persoon staat niet in het register", "this person is not in the register"),
    (
        "login_no_office",
        "deze persoon is vandaag geen functionaris gegevensbescherming",
        "this person is no data protection officer today",
    ),
];

const COURSES: &[Word] = &[
    ("meegenomen_in_bestand", "meegenomen in een bestand", "taken along in a file"),
    ("termijn_verstreken", "de termijn van een taak verstreek", "the term of a task passed"),
    ("wacht", "wacht in de rij", "waits in the queue"),
    ("op_te_halen", "ligt klaar voor de ontvanger", "lies ready for the receiver"),
    ("verzonden", "verzonden", "sent"),
    ("onbevestigd", "verzonden, en nog niet bevestigd", "sent, and not acknowledged yet"),
    ("afgeleverd", "afgeleverd", "delivered"),
    ("tegengehouden", "tegengehouden", "held back"),
    ("teruggenomen", "teruggenomen door de verzender", "taken back by the sender"),
    ("mislukt", "niet gelukt; iemand moet ernaar kijken", "failed; a person must look"),
    ("beantwoord", "beantwoord", "answered"),
    ("niet_beantwoord", "niet beantwoord", "not answered"),
    ("vernietigd", "vernietigd", "erased"),
    ("vernietiging_geweigerd", "niet vernietigd: er staat iets in de weg", "not erased: something stands in the way"),
    ("vernietiging_opgeschort", "vernietiging opgeschort", "erasure suspended"),
    ("signaal_verlopen", "de bewaartermijn van een signaal was om", "the term for keeping a signal was over"),
    ("bewaartermijnen_toegepast", "bewaartermijnen toegepast", "terms of keeping applied"),
    ("opschorting_beeindigd", "opschorting van vernietiging beëindigd", "suspension of erasure ended"),
];

#[cfg(test)]
mod tests {
    use sluis_policy::{Action, Desk, FactKind, Form, LegalBasis, Purpose, Role, SignalKind};

    use super::super::doings::doing;
    use super::*;
    use crate::audience::Audience;
    use crate::broker::{LogOutcome, SavedQuestion};
    use crate::export::Format;

    fn missing(words: &[Word], codes: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
        codes.filter(|code| !words.iter().any(|(known, _, _)| known == code)).collect()
    }

    /// Whatever the core may write, a person can read in both languages.
    #[test]
    fn everything_that_the_core_may_write_has_words() {
        let none: Vec<&str> = Vec::new();
        assert_eq!(missing(ROLES, Role::ALL.iter().map(|role| role.code())), none);
        assert_eq!(missing(DESKS, Desk::ALL.iter().map(|desk| desk.code())), none);
        assert_eq!(missing(FORMS, Form::ALL.iter().map(|form| form.code())), none);
        assert_eq!(missing(BASES, LegalBasis::ALL.iter().map(|basis| basis.code())), none);
        assert_eq!(missing(PURPOSES, Purpose::ALL.iter().map(|purpose| purpose.code())), none);
        assert_eq!(missing(THINGS, SignalKind::ALL.iter().map(|kind| kind.code())), none);
        assert_eq!(missing(THINGS, FactKind::ALL.iter().map(|kind| kind.code())), none);
        assert_eq!(missing(OUTCOMES, LogOutcome::ALL.iter().map(|outcome| outcome.code())), none);
        assert_eq!(missing(QUESTIONS, SavedQuestion::ALL.iter().map(|question| question.code())), none);
        assert_eq!(missing(FORMATS, Format::ALL.iter().map(|format| format.code())), none);
        assert_eq!(missing(IDENTIFIED, crate::broker::IDENTIFIED_BY.into_iter()), none);
        assert_eq!(missing(AUDIENCES, Audience::ALL.iter().map(|audience| audience.code())), none);
        let doings = Action::ALL.iter().map(|action| action.code());
        assert_eq!(doings.filter(|code| doing(Language::Dutch, code, true).is_none()).collect::<Vec<_>>(), none);
    }

    #[test]
    fn a_code_of_another_time_is_shown_as_it_was_written() {
        assert_eq!(role(Language::English, "heel_iets_anders"), "heel iets anders");
        assert_eq!(doing(Language::Dutch, "heel_iets_anders", true), None);
    }
}
