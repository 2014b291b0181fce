// SPDX-License-Identifier: EUPL-1.2
//! What a covenant file must not say: one fault at a time, and all at once.

use super::*;

const SHIPPED: &str = include_str!("../../covenants/west-maas-en-waal.toml");

#[test]
fn the_shipped_covenant_is_whole() {
    let covenant = Covenant::parse(SHIPPED).unwrap();
    assert_eq!((covenant.id(), covenant.version()), ("000", 2));
    assert_eq!(covenant.digest().len(), 64);
    assert!(covenant.absence_to_leerplicht() && !covenant.heard_12_15() && !covenant.one_parent_speaks());
    assert!(covenant.route(SignalKind::VerzoekTotSamenwerking).is_none());
    assert_eq!(covenant.party_named("stroomland").unwrap().name, "Samenwerkingsverband Stromenland");
    assert!(covenant.party_named("SPOM").is_none(), "a member of a meeting is not a party");
}

/// Each line: what is wrong, what of the shipped text is replaced by what, at which key, and what the refusal says.
const FAULTS: &[(&str, &str, &str, &str, &str)] = &[
    ("not TOML", "versie = 2", "versie = ", "toml", ""),
    (
        "an unknown key",
        "een_ouder_spreekt = false",
        "een_ouder_spreekt = false\nalles_mag = true",
        "schakelaars.alles_mag",
        "is geen sleutel",
    ),
    ("an unknown section", "[termijnen]", "[verruiming]\nalles = true\n\n[termijnen]", "verruiming", "is geen sleutel"),
    ("a missing switch", "gehoord_12_15 = false", "", "schakelaars.gehoord_12_15", "ontbreekt"),
    ("a switch without its row", "gehoord_12_15 = [\"RL-02\"]", "", "schakelaars.rijen.gehoord_12_15", "ontbreekt"),
    (
        "an OIN of 19 digits",
        "oin = \"99000000066800000003\"",
        "oin = \"9900000006680000003\"",
        "partij[2].oin",
        "is geen OIN",
    ),
    ("a party without OIN", "oin = \"99000000066800000003\"", "", "partij[2].oin", "ontbreekt"),
    ("a kind that is not there", "soort = \"consultatie\"", "soort = \"consult\"", "route[1].soort", "op de lijst"),
    ("no name", "naam = \"VraagWijzer West Maas en Waal\"", "naam = \" \"", "partij[1].naam", "is leeg"),
    ("version 0", "versie = 2", "versie = 0", "versie", "1 of meer"),
    ("a version below 0", "versie = 2", "versie = -2", "versie", "1 of meer"),
    (
        "an end before its start",
        "{ van = \"2020-01-01\" }",
        "{ van = \"2020-01-01\", tot = \"2020-01-01\" }",
        "geldig.tot",
        "eindigt voordat",
    ),
    ("a day that is not there", "{ van = \"2020-01-01\" }", "{ van = \"2020-02-30\" }", "geldig.van", "is geen datum"),
    (
        "a party twice",
        "oin = \"99000000066800000004\"\nnaam",
        "oin = \"99000000066800000001\"\nnaam",
        "partij[3].oin",
        "al in",
    ),
    (
        "a party without a desk",
        "loketten = { samenwerkingsverband = \"Schoolcontactpersonen\" }",
        "loketten = {}",
        "partij[2].loketten",
        "niets krijgen",
    ),
    (
        "a desk that is not there",
        "loketten = { bestuur = \"Bestuur\" }",
        "loketten = { directie = \"Directie\" }",
        "partij[3].loketten.directie",
        "is geen loket",
    ),
    (
        "a desk for residents of nowhere",
        "gemeente = \"0668\"\nloketten = { toegang",
        "loketten = { toegang",
        "partij[1].gemeente",
        "loket voor inwoners",
    ),
    ("001-13: a school of another sector", "sector = \"po\"", "sector = \"vo\"", "partij[5].sector", "verruimt niet"),
    ("a school of no sector", "sector = \"po\"", "", "partij[5].sector", "ontbreekt"),
    ("no sector at all", "sectoren = { po = [\"000-02\"] }", "", "reikwijdte.sectoren", "geen sector"),
    ("two routes for one kind", "soort = \"consultatie\"", "soort = \"preventief\"", "route[1].soort", "al een route"),
    ("a route where the law has one", "soort = \"consultatie\"", "soort = \"verzuim\"", "route[1].soort", "van de wet"),
    (
        "a route to nobody",
        "naar = { toegang = [\"000-26\"] }",
        "naar = { jgz = [\"000-26\"] }",
        "route[1].naar",
        "een route naar niemand",
    ),
    (
        "a route from nobody",
        "van = { school = [\"000-14\"] }\nnaar = { toegang = [\"000-26\"] }",
        "van = { jgz = [\"000-14\"] }\nnaar = { toegang = [\"000-26\"] }",
        "route[1].van",
        "een route van niemand",
    ),
    ("a route nowhere", "naar = { toegang = [\"000-26\"] }", "naar = {}", "route[1].naar", "een route naar niemand"),
    (
        "a route that widens",
        "naar = { toegang = [\"000-26\"] }",
        "naar = { leerplicht = [\"000-26\"] }",
        "route[1].naar",
        "verruimt niet",
    ),
    (
        "a route past the meeting",
        "zetels = [\n    { rol = \"consulent\", loket = \"toegang\", naam = \"consulent VraagWijzer\", rijen = [\"000-09\"] },",
        "zetels = [",
        "route[0].naar",
        "geen zetel",
    ),
    (
        "a receiver without a row",
        "naar = { toegang = [\"000-26\"] }",
        "naar = { toegang = [] }",
        "route[1].naar.toegang",
        "noemt geen rij",
    ),
    ("a route without a row", "rijen = [\"000-26\", \"000-28\"]", "rijen = []", "route[1].rijen", "noemt geen rij"),
    (
        "a row that is not there",
        "rijen = [\"000-26\", \"000-28\"]",
        "rijen = [\"000-26\", \"000-53\"]",
        "route[1].rijen[1]",
        "die bestaat",
    ),
    (
        "a gate that is not there",
        "vereist = { afweging_intern = [\"000-23\"] }",
        "vereist = { alles_goed = [\"000-23\"] }",
        "route[1].vereist.alles_goed",
        "op de lijst",
    ),
    ("a term of zero", "toetsen = 1", "toetsen = 0", "termijnen.toetsen", "1 of meer"),
    ("AVG 14: informing after a month", "informeren = 5", "informeren = 20", "termijnen.informeren", "verruimt niet"),
    (
        "a milestone of zero",
        "binnen = { werkdagen = 10 }",
        "binnen = { werkdagen = 0 }",
        "termijn[0].binnen",
        "1 of meer",
    ),
    (
        "a milestone in moons",
        "binnen = { werkdagen = 10 }",
        "binnen = { manen = 10 }",
        "termijn[0].binnen",
        "werkdagen",
    ),
    (
        "a warning after the end",
        "waarschuwen_na = { werkdagen = 7 }",
        "waarschuwen_na = { werkdagen = 10 }",
        "termijn[0].waarschuwen_na",
        "niet voor het einde",
    ),
    (
        "004-13: longer than the law",
        "wat = \"procesregisseur_aangewezen\"\nbinnen = { werkdagen = 10 }",
        "wat = \"oza_besluit\"\nbinnen = { weken = 9 }",
        "termijn[0].binnen",
        "verruimt niet",
    ),
    ("a meeting five times a year", "keer = 1, per", "keer = 5, per", "overleg[0].jaarlijks.keer", "hele maanden"),
    (
        "a seat for nobody",
        "rol = \"schooldirecteur\", loket = \"school\"",
        "rol = \"jeugdgezondheidszorg\", loket = \"jgz\"",
        "overleg[1].lege_stoelen[0].loket",
        "een zetel voor niemand",
    ),
    (
        "000-50: a step for nobody",
        "rol = \"teamleider\"\nloket = \"toegang\"",
        "rol = \"jeugdgezondheidszorg\"\nloket = \"jgz\"",
        "trede[1].loket",
        "voor niemand",
    ),
    ("000-50: a step without patience", "helpt\"\nwerkdagen = 5", "helpt\"", "trede[1].werkdagen", "ontbreekt"),
    (
        "000-50: a step that waits no day",
        "helpt\"\nwerkdagen = 5",
        "helpt\"\nwerkdagen = 0",
        "trede[1].werkdagen",
        "1 of meer",
    ),
    (
        "RL-28: names above the case",
        "agenda = { knelpunt = [\"000-41\"] }",
        "agenda = { casusvoortgang = [\"000-41\"] }",
        "overleg[3].agenda",
        "RL-28",
    ),
    (
        "an index elsewhere",
        "[termijnen]",
        "[verwijsindex]\n0225 = \"2026-01-01\"\n\n[termijnen]",
        "verwijsindex.0225",
        "geen partij",
    ),
    (
        "RL-25: an activity without controller",
        "verantwoordelijken = [\"99000000066800000001\"]",
        "verantwoordelijken = []",
        "verwerking[3].verantwoordelijken",
        "verwerkingsverantwoordelijke",
    ),
    (
        "RL-25: a controller outside",
        "verantwoordelijken = [\"99000000066800000001\"]",
        "verantwoordelijken = [\"99000000000000000009\"]",
        "verwerking[3].verantwoordelijken",
        "geen partij",
    ),
    (
        "RL-25: an activity that is missing",
        "activiteit = \"verantwoorden\"",
        "activiteit = \"terugkoppelen\"",
        "verwerking",
        "niemand verantwoordt verantwoorden",
    ),
    ("RL-25: no DPIA", "dpia = \"DPIA-WMW-2026-04\"", "dpia = \"\"", "verwerking[4].dpia", "is leeg"),
    (
        "RL-25: no arrangement",
        "regeling = \"AVG 26: regeling bij dit convenant, artikel 3\"",
        "",
        "verwerking[5].regeling",
        "ontbreekt",
    ),
    ("RL-25: no rights desk", "[rechtenloket]", "[rechtenloketje]", "rechtenloket", "ontbreekt"),
    (
        "RL-25: a rights desk outside",
        "[rechtenloket]\noin = \"99000000066800000001\"",
        "[rechtenloket]\noin = \"99000000000000000009\"",
        "rechtenloket.oin",
        "geen partij",
    ),
];

#[test]
fn a_faulty_covenant_is_refused() {
    for (fault, from, to, key, expected) in FAULTS {
        assert!(SHIPPED.contains(from), "{fault}: the covenant does not say `{from}`");
        let refused = Covenant::parse(&SHIPPED.replacen(from, to, 1)).expect_err(fault);
        let named = refused.faults().iter().find(|found| found.key == *key);
        let named = named.unwrap_or_else(|| panic!("{fault}: `{key}` is not named in\n{refused}"));
        assert!(named.trouble.contains(expected), "{fault}: {named}");
        assert!(named.line.is_some_and(|line| (1..=SHIPPED.lines().count() + 4).contains(&line)), "{fault}: {named}");
    }
}

/// The line is the one on which the author finds the key, whatever stands before it.
#[test]
fn a_fault_names_its_line() {
    for (from, to) in [("toetsen = 1", "toetsen = 0"), ("sector = \"po\"", "sector = \"vo\"")] {
        let text = SHIPPED.replacen(from, to, 1);
        let line = 1 + text.lines().position(|line| line == to).unwrap();
        let refused = Covenant::parse(&text).unwrap_err();
        assert!(refused.faults().iter().any(|fault| fault.line == Some(line)), "{line}: {refused}");
    }
}

/// Whoever made five mistakes hears of five.
#[test]
fn every_fault_is_named_at_once() {
    let text = SHIPPED
        .replace("versie = 2", "versie = 0")
        .replace("toetsen = 1", "toetsen = 0")
        .replace("soort = \"consultatie\"", "soort = \"verzuim\"")
        .replace("dpia = \"DPIA-WMW-2026-04\"", "dpia = \"\"")
        .replace("een_ouder_spreekt = false", "een_ouder_spreekt = \"ja\"");
    let refused = Covenant::parse(&text).unwrap_err();
    let keys: Vec<&str> = refused.faults().iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "versie",
            "route[1].soort",
            "schakelaars.een_ouder_spreekt",
            "termijnen.toetsen",
            "verwerking",
            "verwerking[4].dpia"
        ]
    );
    assert_eq!(refused.to_string().lines().count(), 6);
}

/// RL-11: two switches, and the second has a date.
#[test]
fn rl_11_the_index_needs_both_switches() {
    let on = SHIPPED.replace("verzuim_naar_verwijsindex = false", "verzuim_naar_verwijsindex = true");
    let dated = on.replace("[termijnen]", "[verwijsindex]\n0668 = \"2026-12-01\"\n\n[termijnen]");
    let covenant = Covenant::parse(&dated).unwrap();
    let (home, elsewhere) = ("0668".parse().unwrap(), "0225".parse().unwrap());
    let day = |text: &str| text.parse().unwrap();
    assert!(!covenant.absence_to_index(home, day("2026-11-30")));
    assert!(covenant.absence_to_index(home, day("2026-12-01")));
    assert!(!covenant.absence_to_index(elsewhere, day("2026-12-01")));
    assert!(!Covenant::parse(SHIPPED).unwrap().absence_to_index(home, day("2026-12-01")));
    let off_again = dated.replace("\"2026-12-01\"", "{ van = \"2026-12-01\", tot = \"2027-01-01\" }");
    let off_again = Covenant::parse(&off_again).unwrap();
    assert!(off_again.absence_to_index(home, day("2026-12-31")));
    assert!(!off_again.absence_to_index(home, day("2027-01-01")), "case 57");
    let undated = Covenant::parse(&on).unwrap();
    assert!(!undated.absence_to_index(home, day("2026-12-01")));
    assert!(undated.page().contains("Geen gemeente heeft de verwijsindex nog aangezet"));
}

/// Two covenants that bind the same two desks on the same day leave it open which one holds.
#[test]
fn covenants_overlap_where_parties_and_days_do() {
    let first = Covenant::parse(SHIPPED).unwrap();
    let dated = |period: &str| Covenant::parse(&SHIPPED.replace("{ van = \"2020-01-01\" }", period)).unwrap();
    let ended = dated("{ van = \"2020-01-01\", tot = \"2026-08-01\" }");
    assert!(first.overlap(&first).is_some());
    assert!(first.overlap(&ended).is_some() && ended.overlap(&first).is_some());
    let next = dated("{ van = \"2026-08-01\" }");
    assert_eq!((ended.overlap(&next), next.overlap(&ended)), (None, None));
    assert!(first.overlap(&next).is_some() && next.overlap(&first).is_some());
    let elsewhere = Covenant::parse(&SHIPPED.replace("990000000668", "990000000225")).unwrap();
    assert_eq!(first.overlap(&elsewhere), None);
}

/// A route narrows by who sends as well as by who receives.
#[test]
fn a_route_leads_only_from_its_senders() {
    let covenant = Covenant::parse(SHIPPED).unwrap();
    let route = covenant.route(SignalKind::Consultatie).unwrap();
    assert!(route.leads(Desk::School, Desk::AccessDesk));
    assert!(!route.leads(Desk::Wijkteam, Desk::AccessDesk) && !route.leads(Desk::School, Desk::Wijkteam));
    let open = Covenant::parse(&SHIPPED.replace("van = { school = [\"000-14\"] }\n", "")).unwrap();
    assert!(open.route(SignalKind::Consultatie).unwrap().leads(Desk::Wijkteam, Desk::AccessDesk));
}

/// 000-08 and 000-40: so often a year, counted from the last time.
#[test]
fn a_meeting_comes_round() {
    let covenant = Covenant::parse(SHIPPED).unwrap();
    let next = |kind, last: &str| covenant.meeting(kind).unwrap().next_by(last.parse().unwrap());
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(next(MeetingKind::Preventive, "2026-03-14"), day("2027-03-14"));
    assert_eq!(next(MeetingKind::Steering, "2026-11-30"), day("2027-02-28"));
    assert_eq!(next(MeetingKind::Executive, "2026-11-30"), None, "how often is still to be decided (000-42)");
}

/// What changes for whom: each line replaces some of the shipped text, and is told in this sentence alone.
#[test]
fn a_difference_is_told_in_sentences() {
    let old = Covenant::parse(SHIPPED).unwrap();
    assert_eq!(old.differences(&old), Vec::<String>::new());
    let commented = Covenant::parse(&format!("# een opmerking\n{SHIPPED}")).unwrap();
    assert_ne!(old.digest(), commented.digest());
    assert_eq!(old.differences(&commented), Vec::<String>::new());
    for (from, to, sentence) in [
        (
            "gehoord_12_15 = false",
            "gehoord_12_15 = true",
            "Jeugdigen van 12 tot en met 15 worden voortaan gehoord en beslissen niet meer mee.",
        ),
        (
            "een_ouder_spreekt = false",
            "een_ouder_spreekt = true",
            "Eén ouder mag voortaan ook voor de ander spreken, als zij samenwonen.",
        ),
        (
            "verzuim_naar_leerplicht = true",
            "verzuim_naar_leerplicht = false",
            "Leerplicht hoort niet meer van verzuim onder de drempel.",
        ),
        (
            "vervolgactie = 5",
            "vervolgactie = 3",
            "Wie een signaal krijgt, heeft voor een vervolgactie voortaan 3 in plaats van 5 werkdagen.",
        ),
        (
            "naar = { toegang = [\"000-27\"], wijkteam = [\"000-27\"] }",
            "naar = { toegang = [\"000-27\"] }",
            "Loket wijkteam krijgt geen signaal «aanmelding» meer.",
        ),
        (
            "naar = { toegang = [\"000-26\"] }",
            "naar = { toegang = [\"000-26\"], wijkteam = [\"000-26\"] }",
            "Loket wijkteam kan voortaan een signaal «consultatie» krijgen.",
        ),
        (
            "vereist = { afweging_intern = [\"000-23\"] }\n",
            "",
            "Een signaal «consultatie» wacht niet meer op: afweging intern.",
        ),
        (
            "soort = \"preventief\"\n",
            "soort = \"preventief\"\nvereist = { afweging_intern = [\"000-23\"] }\n",
            "Een signaal «preventief» gaat pas na: afweging intern.",
        ),
        (
            "keer = 4, per",
            "keer = 6, per",
            "Stuurgroep primair onderwijs en jeugdhulp is voortaan ten minste 6 keer per jaar, per convenant.",
        ),
        (
            "binnen = { werkdagen = 10 }",
            "binnen = { werkdagen = 8 }",
            "Voor iemand die het proces bewaakt geldt voortaan 8 werkdagen in plaats van 10 werkdagen.",
        ),
        (
            "nakomt\"\nwerkdagen = 5",
            "nakomt\"\nwerkdagen = 3",
            "Wie vastloopt, gaat voortaan langs: procesregisseur (consulent bij toegang), binnen 3 werkdagen, eigen \
            leidinggevende (teamleider bij toegang), binnen 5 werkdagen, stuurgroep (schoolbestuur bij bestuur), binnen 10 \
            werkdagen, bestuurlijk overleg (swv directeur bij samenwerkingsverband), binnen 10 werkdagen.",
        ),
        ("{ van = \"2020-01-01\" }", "{ van = \"2020-01-01\", tot = \"2027-08-01\" }", "Het eindigt op 2027-08-01."),
        (
            "naam = \"Privacyloket van de gemeente West Maas en Waal\"",
            "naam = \"Het loket\"",
            "Ouders en jeugdigen gaan voortaan naar: Het loket.",
        ),
        (
            "sectoren = { po = [\"000-02\"] }",
            "sectoren = { po = [\"000-02\"], sbo = [\"000-02\"] }",
            "Scholen in sbo kunnen voortaan meedoen.",
        ),
        (
            "loketten = { school = \"Interne begeleiding\" }",
            "loketten = { school = \"Interne begeleiding\", bestuur = \"Bestuur\" }",
            "Basisschool De Wilgenhoek doet voortaan ook mee met loket bestuur.",
        ),
    ] {
        assert!(SHIPPED.contains(from), "the covenant does not say `{from}`");
        let new = Covenant::parse(&SHIPPED.replacen(from, to, 1)).unwrap_or_else(|fault| panic!("{sentence}: {fault}"));
        assert_eq!(old.differences(&new), [sentence]);
        assert_eq!(new.differences(&old).len(), 1, "the way back of: {sentence}");
    }
}
