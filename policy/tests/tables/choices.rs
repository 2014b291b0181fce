// SPDX-License-Identifier: EUPL-1.2
//! `keuzes.md`: every ruling and every choice of our own, in one place where a lawyer can change it.

use std::fmt::Write;

pub(crate) struct Ruling {
    pub(crate) number: &'static str,
    what: &'static str,
    /// The files that carry it; none where another part of the product does, or will.
    pub(crate) carried: &'static [&'static str],
}

const fn ruling(number: &'static str, what: &'static str, carried: &'static [&'static str]) -> Ruling {
    Ruling { number, what, carried }
}

pub(crate) const RULINGS: &[Ruling] = &[
    ruling(
        "RL-01",
        "Welke uiting staat: het laatst gesprokene per persoon en bereik; het bijzondere gaat voor; bij gelijke rang wint het nee.",
        &["src/voice/standing.rs", "tests/laws/histories.rs"],
    ),
    ruling(
        "RL-02",
        "12 tot en met 15: wie gezag heeft én de jeugdige; waar een convenant dat kiest is de jeugdige gehoord.",
        &["src/rules/consent.rs", "cases/08b-dertien-gehoord.toml"],
    ),
    ruling(
        "RL-03",
        "Hulpverleners onderling bij 12 tot en met 15 (Jeugdwet 7.3.4): nog geen soort die hulpverleners verbindt, dus niets gaat langs deze deur.",
        &[],
    ),
    ruling(
        "RL-04",
        "Toestemming die een beroepsgeheim opheft: een eigen tabel; nog geen soort die haar nodig heeft. Wie hulp verleent onder een beroepsgeheim geeft daarom nooit toelichting.",
        &["src/organisation.rs", "src/rules/inbox.rs"],
    ),
    ruling(
        "RL-05",
        "Wie vertegenwoordigt: ouder met gezag, voogd, vanaf 18 curator en mentor naast de jeugdige; iedereen die enige bron noemt.",
        &["src/youth.rs", "src/rules/consent.rs"],
    ),
    ruling(
        "RL-06",
        "Niemand hoort wiens woord ontbreekt: de weigering is steeds dezelfde.",
        &["src/rules/consent.rs", "tests/laws.rs"],
    ),
    ruling(
        "RL-07",
        "Na een nee mogen preventief en consultatie nog zonder naam.",
        &["src/signal.rs", "cases/04-een-ouder-nee.toml"],
    ),
    ruling(
        "RL-08",
        "Deuren van de wet staan op zichzelf.",
        &["src/rules/statutory.rs", "src/rules/safety.rs", "tests/laws.rs"],
    ),
    ruling(
        "RL-09",
        "Een melding bij Veilig Thuis wacht op niemand, en wordt achteraf door een ander getoetst.",
        &["src/rules/safety.rs", "src/rules/caller.rs"],
    ),
    ruling("RL-10", "De woorden als er niet gemeld is: bij de deur van de gateway, aan de soort veiligheid.", &[]),
    ruling(
        "RL-11",
        "Verzuim en de index: alleen met risicogrond, convenant en gemeente; faalt alleen.",
        &["src/rules/statutory.rs", "src/covenant.rs"],
    ),
    ruling("RL-12", "Aanvragen van burgers: nog geen soort.", &[]),
    ruling("RL-13", "De sluis waarschuwt nooit zelf: plichten zijn taken voor een professional.", &["src/decision.rs"]),
    ruling("RL-14", "Vertrouwelijkheid per lezer: bij het inzageverslag, nog niet in de kern.", &[]),
    ruling(
        "RL-15",
        "Afgeschermde plaatsen: nog niet in de kern. Een vroegere school ziet al niets meer dan haar eigen aflevering.",
        &[],
    ),
    ruling("RL-16", "Gevoelige organisaties: bij het adresboek, nog niet in de kern.", &[]),
    ruling(
        "RL-17",
        "Terugkoppelen is een verstrekking terug: codes, op een signaal zonder naam alleen de vervolgstap, toelichting alleen met instemming.",
        &["src/rules/inbox.rs", "src/rules/schema.rs"],
    ),
    ruling("RL-18", "Vanaf 16 zien ouders niets: er is nog geen weg waarlangs een ouder iets ziet.", &[]),
    ruling("RL-19", "Inzage op 13 en de termijn van drie maanden: nog geen soort.", &[]),
    ruling(
        "RL-20",
        "De functionaris leest en adviseert: geen recht in de rollentabel dan het adresboek.",
        &["src/organisation.rs"],
    ),
    ruling("RL-21", "Toezicht op personeel: bij het zoeken in het logboek, nog niet.", &[]),
    ruling(
        "RL-22",
        "Nummers en alles wat ervan is afgeleid alleen op soorten met een wet.",
        &["src/number.rs", "src/signal.rs", "tests/laws.rs"],
    ),
    ruling(
        "RL-23",
        "Kleine groepen: 10, bij zeldzaam onderwerp 50, nooit onder 5; een ontbrekende telling weigert; geen vrije tekst zonder naam.",
        &["src/anonymity.rs", "src/parameters.rs", "src/rules/schema.rs"],
    ),
    ruling("RL-24", "Sleutels: niet in de kern.", &[]),
    ruling(
        "RL-25",
        "Een convenant zonder verantwoordelijke, regeling, DPIA of rechtenloket wordt geweigerd.",
        &["src/covenant/file.rs"],
    ),
    ruling("RL-26", "Leveranciers: het mandaat is getoetst voor de kern iets ziet.", &["src/request.rs"]),
    ruling("RL-27", "Vreemde toestemming is geleend: pas met een tweede sluis.", &[]),
    ruling("RL-28", "Opschalen boven de zaak alleen zonder personen: nog geen soort.", &[]),
    ruling(
        "RL-29",
        "Wie legt wat vast: wie moet vragen, de school de eigen leerlingen, gezag van school of gemeente.",
        &["src/rules/records.rs"],
    ),
    ruling(
        "RL-30",
        "Verzuim onder de drempel is overig verzuim, alleen waar het convenant 000-15 draagt.",
        &["src/rules/statutory.rs", "cases/18b-verzuim-onder-drempel.toml"],
    ),
    ruling("RL-31", "Leerplicht vraagt de school van een ingezetene.", &["src/rules/statutory.rs"]),
];

/// What no source settles, and how it was read: safety first, then the youth's voice, then secrecy.
const OWN: &[(&str, &str)] = &[
    (
        "De kring van de verzender wordt getoetst vóór de toestand van de jeugdige.",
        "Anders zou een weigering wegens leeftijd, overlijden of beperking een vreemde verraden dat de jeugdige bekend is (belofte 6).",
    ),
    (
        "Een bezwaar of intrekking heeft geen einddatum.",
        "Wie nee zei, hoeft dat niet te vernieuwen; alleen een later ja opent weer.",
    ),
    (
        "Een intrekking wacht nooit op een ingangsdatum; een bezwaar voor later wel.",
        "AVG 7(3): intrekken werkt bij aankomst. Wie uitdrukkelijk pas later nee zegt, wordt op zijn woord genomen.",
    ),
    (
        "Een nee dat later gedateerd is dan het aankwam, telt vanaf de aankomst.",
        "Niemand spreekt nadat men hem hoorde; een verkeerde klok maakt geen ja van morgen ongedaan.",
    ),
    (
        "Een ja dat de jeugdige gaf voor de jaren onder 12, telt niet vanaf 12; een nee wel.",
        "Het woord begint te tellen op 12. Een ja dat voor later is bedoeld heeft een ingangsdatum vanaf die dag.",
    ),
    (
        "Naam en zorg moeten beide zijn toegestaan; andere soorten gegevens vallen anders weg.",
        "Een naam zonder waarom, of een waarom met een halve naam, is niemands bedoeling.",
    ),
    (
        "Wat op naam in de wachtrij staat, vertrekt op naam of niet.",
        "Stil terugvallen op «zonder naam» zou met het oude kenmerk toch te koppelen zijn (RL-23).",
    ),
    (
        "Wat zonder naam kwam, wordt bij het lezen nooit op naam, ook niet na latere toestemming.",
        "Een latere naam koppelt niets terug (RL-23).",
    ),
    (
        "De rij in de inbox, in behandeling nemen en afronden hangen niet aan toestemming.",
        "Wie een signaal ontving moet het kunnen afronden; de rij toont een eigen kenmerk en een status, geen inhoud.",
    ),
    (
        "Overig verzuim is geen deur van de wet: convenant, kring en beperking worden getoetst.",
        "De grond is de afspraak 000-15; RL-08 noemt alleen wettelijke deuren.",
    ),
    (
        "Overig verzuim dat de drempel haalt wordt geweigerd, verzuim dat haar niet haalt ook; de weigering noemt de andere soort.",
        "Een wettelijke melding mag niet als vrijwillige meelopen, en omgekeerd.",
    ),
    (
        "Na het schooljaar waarin iemand 16 wordt gaat verzuim alleen als vaststaat dat er geen startkwalificatie is.",
        "Een ontbrekend feit verruimt niet (002-24).",
    ),
    (
        "Leerplicht begint op de eerste dag van de maand na de vijfde verjaardag.",
        "Vóór de eerste schooldag van die maand kan niemand verzuimen.",
    ),
    (
        "Onder 18 is leerplicht altijd het adres van verzuim.",
        "Mbo onder 18 bij RMC (002-27) en de uitzondering voor praktijkonderwijs en VSO (002-26) vragen het schooltype, dat nog geen feit is.",
    ),
    (
        "Een systeem zonder professional meldt niet bij Veilig Thuis.",
        "Een melding is een weging door een mens (Wmo 2015, 5.2.6).",
    ),
    (
        "Een uitdrukkelijk nee, of het vertrek van de jeugdige bij de verzender, stopt de terugkoppeling op naam.",
        "RL-17 geeft de weg terug een eigen toestemming; codes gaan standaard wel. Op een wettelijke melding stopt een nee niets: daar is het antwoord een publieke taak.",
    ),
    (
        "Curator en mentor beslissen vanaf 18 naast de jeugdige, niet in de plaats.",
        "Onbekwaamheid is nog geen vastgelegd feit; tot dan is beider ja nodig.",
    ),
    (
        "Vanaf 16 telt het gesprek met de jeugdige in plaats van dat met de ouders.",
        "Anders zou de voorwaarde de ouders laten horen wat de jeugdige alleen mag beslissen (004-06).",
    ),
    ("Een eigen hulpvraag van een ouder gaat ook zonder naam niet naar het onderwijs.", "004-41 noemt geen vorm."),
    (
        "Een nummer van acht of negen cijfers dat de elfproef doorstaat, geldt als BSN, ook in een eigen leerlingsleutel.",
        "Eén op elf willekeurige sleutels wordt zo ten onrechte geweigerd; een letter erin helpt.",
    ),
    (
        "Het inlichten van de index vraagt nog niet wie meldingsbevoegd is.",
        "Het meegeleverde convenant heeft de index uit staan; het feit hoort bij de rol en komt met de verwijsindex zelf (casus 40).",
    ),
];

pub(crate) fn page() -> String {
    let mut page = String::new();
    writeln!(page, "# Keuzes\n\nWaar de bronnen zwijgen of verschillen. Bescherming van de jeugdige eerst: veiligheid, dan de eigen stem, dan geheimhouding.\n").unwrap();
    writeln!(page, "## Uitspraken vooraf\n\n| nummer | wat | waar gedragen |\n|---|---|---|").unwrap();
    for ruling in RULINGS {
        let carried: Vec<String> = ruling.carried.iter().map(|file| format!("`{file}`")).collect();
        let carried = if carried.is_empty() { "niet in deze map".to_owned() } else { carried.join(", ") };
        writeln!(page, "| {} | {} | {carried} |", ruling.number, ruling.what).unwrap();
    }
    writeln!(page, "\n## Eigen keuzes\n\n| keuze | waarom |\n|---|---|").unwrap();
    for (choice, reason) in OWN {
        writeln!(page, "| {choice} | {reason} |").unwrap();
    }
    page
}
