// SPDX-License-Identifier: EUPL-1.2
//! What a covenant file must not say, one fault at a time.

use super::*;

const SHIPPED: &str = include_str!("../../covenants/west-maas-en-waal.toml");

#[test]
fn the_shipped_covenant_is_whole() {
    let covenant = Covenant::parse(SHIPPED).unwrap();
    assert_eq!((covenant.id(), covenant.version()), ("000", 1));
    assert_eq!(covenant.digest().len(), 64);
    assert!(covenant.absence_to_leerplicht() && !covenant.heard_12_15() && !covenant.one_parent_speaks());
    assert!(covenant.route(SignalKind::VerzoekTotSamenwerking).is_none());
}

/// Each line: what is wrong, what of the shipped text is replaced by what, and how the refusal begins.
#[test]
fn a_faulty_covenant_is_refused() {
    let faults = [
        (
            "an unknown key",
            "een_ouder_spreekt = false",
            "een_ouder_spreekt = false\nalles_mag = true",
            "covenant file:",
        ),
        ("a missing switch", "gehoord_12_15 = false ", "# ", "covenant file:"),
        ("an OIN of 19 digits", "oin = \"99000000066800000001\"", "oin = \"9900000006680000001\"", "covenant file:"),
        ("a kind that is not there", "soort = \"consultatie\"", "soort = \"consult\"", "covenant file:"),
        ("no name", "naam = \"VraagWijzer West Maas en Waal\"", "naam = \" \"", "covenant key `partij.naam` is empty"),
        ("version 0", "versie = 1", "versie = 0", "covenant key `versie`"),
        (
            "an end before its start",
            "{ van = \"2020-01-01\" }",
            "{ van = \"2020-01-01\", tot = \"2020-01-01\" }",
            "covenant key `geldig`",
        ),
        (
            "a party twice",
            "oin = \"99000000066800000002\"\nnaam",
            "oin = \"99000000066800000001\"\nnaam",
            "organisation `99000000066800000001` is a party twice",
        ),
        ("a party without a desk", "{ bestuur = \"Bestuur\" }", "{}", "party `99000000066800000004` has no desk"),
        (
            "a desk for residents of nowhere",
            "gemeente = \"0668\"\nloketten = { toegang",
            "loketten = { toegang",
            "party `99000000066800000002` has a desk for residents",
        ),
        (
            "two routes for one kind",
            "soort = \"consultatie\"",
            "soort = \"preventief\"",
            "kind `preventief` has two routes",
        ),
        (
            "a route where the law has one",
            "soort = \"consultatie\"",
            "soort = \"verzuim\"",
            "kind `verzuim` has its addressee from the law",
        ),
        (
            "a route to nobody",
            "naar = [\"toegang\"]",
            "naar = [\"jgz\"]",
            "the route of kind `consultatie` goes to desk `jgz`, which no party has",
        ),
        ("a route nowhere", "naar = [\"toegang\"]", "naar = []", "the route of kind `consultatie` has no receivers"),
        (
            "a route that widens",
            "naar = [\"toegang\"]",
            "naar = [\"leerplicht\"]",
            "the route of kind `consultatie` goes to desk `leerplicht`, for which",
        ),
        (
            "a route without a row",
            "rijen = [\"000-22\", \"000-23\", \"000-26\"]",
            "rijen = []",
            "the route of kind `consultatie` names no row",
        ),
        ("a term of zero", "toetsen = 1", "toetsen = 0", "covenant key `termijnen.toetsen`"),
        (
            "an index that nobody switched on",
            "verzuim_naar_verwijsindex = false",
            "verzuim_naar_verwijsindex = true",
            "`verzuim_naar_verwijsindex` is on",
        ),
        (
            "RL-25: an activity without controller",
            "verantwoordelijken = [\"99000000066800000001\"]",
            "verantwoordelijken = []",
            "activity `verwijsindex_melden` has no controller",
        ),
        (
            "RL-25: an activity that is missing",
            "activiteit = \"verantwoorden\"",
            "activiteit = \"terugkoppelen\"",
            "activity `terugkoppelen` is accounted for twice",
        ),
        ("RL-25: no DPIA", "dpia = \"DPIA-WMW-2026-04\"", "dpia = \"\"", "covenant key `verwerking.dpia` is empty"),
        (
            "RL-25: no arrangement",
            "regeling = \"AVG 26: regeling bij dit convenant, artikel 3\"",
            "regeling = \"\"",
            "covenant key `verwerking.regeling` is empty",
        ),
        ("RL-25: no rights desk", "[rechtenloket]", "[rechtenloketje]", "covenant file:"),
        (
            "RL-25: a rights desk outside",
            "[rechtenloket]\noin = \"99000000066800000001\"",
            "[rechtenloket]\noin = \"99000000000000000009\"",
            "`99000000000000000009` answers for",
        ),
    ];
    for (fault, from, to, expected) in faults {
        assert!(SHIPPED.contains(from), "{fault}: the covenant does not say `{from}`");
        let refused = Covenant::parse(&SHIPPED.replace(from, to)).expect_err(fault).to_string();
        assert!(refused.starts_with(expected), "{fault}: {refused}");
    }
    let last = SHIPPED.find("[[verwerking]]\nactiviteit = \"feiten_beheren\"").unwrap();
    let end = SHIPPED.find("[rechtenloket]").unwrap();
    let without = format!("{}{}", &SHIPPED[..last], &SHIPPED[end..]);
    let refused = Covenant::parse(&without).expect_err("RL-25: an activity is missing").to_string();
    assert!(refused.starts_with("activity `feiten_beheren` has no controller"), "{refused}");
}

/// RL-11: two switches, and the second has a date.
#[test]
fn rl_11_the_index_needs_both_switches() {
    let text = SHIPPED
        .replace("verzuim_naar_verwijsindex = false", "verzuim_naar_verwijsindex = true")
        .replace("[termijnen]", "[verwijsindex]\n0668 = \"2026-12-01\"\n\n[termijnen]");
    let covenant = Covenant::parse(&text).unwrap();
    let (home, elsewhere) = ("0668".parse().unwrap(), "0225".parse().unwrap());
    let day = |text: &str| text.parse().unwrap();
    assert!(!covenant.absence_to_index(home, day("2026-11-30")));
    assert!(covenant.absence_to_index(home, day("2026-12-01")));
    assert!(!covenant.absence_to_index(elsewhere, day("2026-12-01")));
    assert!(!Covenant::parse(SHIPPED).unwrap().absence_to_index(home, day("2026-12-01")));
}
