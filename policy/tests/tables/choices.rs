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
        "12 tot en met 15: wie gezag heeft én de jeugdige; waar een convenant dat kiest is de jeugdige gehoord. Negentig dagen voor 12, 16 en 18 vraagt de proceshouder wie dan spreekt.",
        &["src/rules/consent.rs", "src/term.rs", "cases/08b-dertien-gehoord.toml", "cases/rl-02-vooraf-vragen.toml"],
    ),
    ruling(
        "RL-03",
        "Hulpverleners onderling bij 12 tot en met 15 (Jeugdwet 7.3.4): met vastgelegde bevinding en het ja van de jeugdige, zonder de ouders; een ander kijkt het na.",
        &["src/rules/consent.rs", "cases/rl-03-hulpverleners-onderling.toml"],
    ),
    ruling(
        "RL-04",
        "Toestemming die een beroepsgeheim opheft: een eigen tabel, per team, nooit gelijk aan toestemming als grond.",
        &["src/rules/secrecy.rs", "src/organisation.rs", "cases/rl-04-beroepsgeheim.toml"],
    ),
    ruling(
        "RL-05",
        "Wie vertegenwoordigt: ouder met gezag, voogd, GI met deelgezag binnen haar zaak, vanaf 18 curator en mentor; iedereen die enige bron noemt. Onvermogen telt alleen met einddatum en als het is verteld.",
        &["src/youth.rs", "src/rules/consent.rs", "cases/rl-05-onvermogen-bij-zestien.toml"],
    ),
    ruling(
        "RL-06",
        "Niemand hoort wiens woord ontbreekt: de weigering is steeds dezelfde.",
        &["src/rules/consent.rs", "tests/laws.rs"],
    ),
    ruling(
        "RL-07",
        "Na een nee mogen preventief en consultatie nog zonder naam.",
        &["src/signal/catalogue.rs", "cases/04-een-ouder-nee.toml"],
    ),
    ruling(
        "RL-08",
        "Deuren van de wet staan op zichzelf.",
        &["src/rules/statutory.rs", "src/rules/safety.rs", "tests/laws.rs"],
    ),
    ruling(
        "RL-09",
        "Een melding bij Veilig Thuis wacht op niemand, en wordt achteraf door een ander getoetst. Een tweede persoon vooraf alleen voor glas breken, herleiden, uitvoeren en publiceren.",
        &[
            "src/rules/safety.rs",
            "src/rules/caller.rs",
            "src/rules/oversight.rs",
            "cases/58b-tweede-persoon-vooraf.toml",
        ],
    ),
    ruling("RL-10", "De woorden als er niet gemeld is: bij de deur van de gateway, aan de soort veiligheid.", &[]),
    ruling(
        "RL-11",
        "Verzuim en de index: alleen met risicogrond, convenant en gemeente; faalt alleen. De schakelaar van een gemeente heeft een begin en kan een einde hebben.",
        &["src/rules/index.rs", "src/covenant.rs", "cases/57-index-uitgezet.toml"],
    ),
    ruling(
        "RL-12",
        "Aanvragen van burgers worden nooit op inhoud geweigerd: onvolledig of als gewone jeugdhulp gaan zij door.",
        &["src/rules/application.rs", "cases/32-aanvraag-zonder-opp.toml", "cases/33-vrijgesteld.toml"],
    ),
    ruling(
        "RL-13",
        "De sluis waarschuwt nooit zelf: plichten zijn taken voor een professional; uitstel van informeren wordt een taak om het te herzien.",
        &[
            "src/decision.rs",
            "src/rules.rs",
            "src/rules/duties.rs",
            "cases/24b-informeren-uitgesteld.toml",
            "cases/rl-13-vrijgeven.toml",
        ],
    ),
    ruling(
        "RL-14",
        "Vertrouwelijkheid per lezer: wat voor een lezer verborgen is, leest als er niets is.",
        &["src/rules/citizen.rs", "src/request.rs"],
    ),
    ruling(
        "RL-15",
        "Afgeschermde plaatsen: postcode en gemeente vallen weg, visitekaartjes gaan via de procescoördinator, inzage noemt een ander dan de jeugdige geen organisatie.",
        &["src/field.rs", "src/rules/citizen.rs", "cases/rl-15-afgeschermd.toml"],
    ),
    ruling(
        "RL-16",
        "Gevoelige organisaties heten voor een school «nog een organisatie»; Veilig Thuis en politie staan voor niemand in een match.",
        &["src/rules/index.rs", "cases/41-match.toml"],
    ),
    ruling(
        "RL-17",
        "Terugkoppelen is een verstrekking terug: codes, op een signaal zonder naam alleen de vervolgstap, toelichting alleen met instemming.",
        &["src/rules/inbox.rs", "src/rules/schema.rs"],
    ),
    ruling(
        "RL-18",
        "Vanaf 16 zien ouders niets, ook niet dat de jeugdige bekend is.",
        &["src/rules/citizen.rs", "cases/52-ouder-van-zestien-wil-inzage.toml"],
    ),
    ruling(
        "RL-19",
        "Inzage op 13 alleen samen met de jeugdige; drie maanden zijn kalendermaanden.",
        &[
            "src/rules/citizen.rs",
            "src/term.rs",
            "cases/51-ouder-van-dertien-wil-inzage.toml",
            "cases/60-thuiszitter.toml",
        ],
    ),
    ruling(
        "RL-20",
        "De functionaris leest, zoekt en adviseert; stelt niets vast en is nooit de tweede persoon.",
        &["src/rules/oversight.rs", "src/organisation.rs", "cases/58b-tweede-persoon-vooraf.toml"],
    ),
    ruling(
        "RL-21",
        "Vragen over personeel alleen als de ondernemingsraad daarmee instemde.",
        &["src/rules/oversight.rs"],
    ),
    ruling(
        "RL-22",
        "Nummers en alles wat ervan is afgeleid alleen op soorten met een wet.",
        &["src/number.rs", "src/signal/catalogue.rs", "tests/laws.rs"],
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
    ruling(
        "RL-27",
        "Vreemde toestemming is geleend: een ja dat elders wordt bewaard vervalt met zijn lening, een nee niet.",
        &["src/voice.rs", "src/voice/standing.rs", "cases/rl-27-geleende-toestemming.toml"],
    ),
    ruling(
        "RL-28",
        "Opschalen boven de zaak alleen zonder personen, ook als iedereen instemt.",
        &["src/signal.rs", "src/rules/sharing.rs", "cases/rl-28-opschalen-zonder-personen.toml"],
    ),
    ruling(
        "RL-29",
        "Wie legt wat vast: wie moet vragen of wie spreekt, de school de eigen leerlingen, gezag van school of gemeente.",
        &["src/rules/records.rs", "src/rules/citizen.rs", "cases/rl-29-eigen-woord.toml"],
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
        "Op het mbo onder 18 gaat verzuim naar RMC, en staat ook de weg naar leerplicht open.",
        "RMC voert daar de leerplicht uit (002-27), maar de wet noemt de gemeente: een melding strandt niet op het loket (RL-08).",
    ),
    (
        "Een onbekende schoolsoort is geen uitzondering op de kwalificatieplicht.",
        "002-26 is de uitzondering; een school voor praktijkonderwijs of VSO weet dat zelf en legt het vast.",
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
        "Is niet bekend wie gezag heeft, dan stopt ieders vastgelegde nee de terugkoppeling op naam onder 16.",
        "Een ontbrekend feit verruimt niet: het nee kan van een gezagsdrager zijn.",
    ),
    (
        "Een bevraging door leerplicht laat de plicht na om te informeren.",
        "De bronnen zwijgen; AVG 14 vraagt het van wie gegevens krijgt van een ander dan de jeugdige.",
    ),
    (
        "Curator en mentor beslissen vanaf 18 naast de jeugdige, en alleen bij vastgelegd onvermogen in de plaats; een nee van de jeugdige blijft dan staan.",
        "RL-05 noemt hen vertegenwoordiger; wie iets niet kan beoordelen, kan nog wel nee zeggen, en dat wordt gehoord.",
    ),
    (
        "Deelgezag van een GI telt naast de andere gezagsdragers, niet in hun plaats.",
        "RL-05: wie enige bron noemt telt mee. Weigert een ouder, dan kan de rechter vervangen.",
    ),
    (
        "Tussen hulpverleners zonder de ouders is het eigen ja van de jeugdige altijd nodig, ook bij ernstig nadeel.",
        "RL-03 laat de ouders weg, niet de jeugdige.",
    ),
    (
        "Wie onder een beroepsgeheim zendt, moet daarvan ontheven zijn, ook als iedereen met delen instemt.",
        "RL-04: twee woorden, nooit een.",
    ),
    (
        "Een betrokkenheid voor het ene doel opent geen signaal voor het andere.",
        "000-49, 000-52: doelen zijn muren. Feiten bijhouden en terugkoppelen horen bij elk doel.",
    ),
    (
        "Advies van Veilig Thuis hangt niet aan de groepsgrootte; het bevat dan ook geen gemeente.",
        "Veiligheid gaat voor geheimhouding: een drempel voor advies kost meer dan hij beschermt.",
    ),
    (
        "Levensbelang gaat naar wie kan helpen en naar de school, niet naar bestuur, leerplicht of samenwerkingsverband.",
        "Het minste dat helpt; wie niets kan doen hoort niets.",
    ),
    ("Een verkeerd genoemde grond houdt een melding bij Veilig Thuis niet op.", "RL-09: die wacht op niemand."),
    (
        "Veilig Thuis en een gecertificeerde instelling vragen alleen wie de jeugdige op school of in zorg heeft of had.",
        "De vraag zelf vertelt al iets; wie niemand kent hoort haar niet. Bellen kan altijd.",
    ),
    (
        "Een aanvraag door een van twee ouders met gezag gaat door.",
        "RL-12 weigert niet op inhoud; over de hulp zelf beslist het college met beide ouders.",
    ),
    (
        "Een aanvraag aan een gemeente die niet de woongemeente is, gaat niet door deze sluis.",
        "Doorzenden is van het college (Awb 2:3); de sluis wijst geen vreemde gemeente een jeugdige aan.",
    ),
    (
        "De dagen waarop een aanvraag wordt aangevuld tellen in hele dagen: van de dag na het verzoek tot de dag waarop zij volledig is.",
        "Awb 4:15 schort op; RL-12 noemt het begin.",
    ),
    (
        "Wie ooit sprak mag dat altijd terugnemen, ook wie nu geen stem meer heeft.",
        "AVG 7(3): een woord dat niet meer telt, terugnemen verruimt niets.",
    ),
    (
        "Een bezwaar krijgt vier weken, een teruggenomen signaal een werkdag voor de weging of het een datalek is.",
        "De kortste termijn die in gebruik is (P8); de klok van AVG 33 loopt in het weekend door.",
    ),
    (
        "Een inzage door een vertegenwoordiger vanaf 18 kan alleen samen met de jeugdige.",
        "RL-18 en RL-19 in dezelfde richting: de eigen stem gaat voor.",
    ),
    (
        "De gronden gelden vanaf de dag dat hun wet gold; op een eerdere dag gaat niets.",
        "Wat niet gold, kan niets dragen.",
    ),
    (
        "Vanaf 16 telt het gesprek met de jeugdige in plaats van dat met de ouders.",
        "Anders zou de voorwaarde de ouders laten horen wat de jeugdige alleen mag beslissen (004-06).",
    ),
    ("Een eigen hulpvraag van een ouder gaat ook zonder naam niet naar het onderwijs.", "004-41 noemt geen vorm."),
    (
        "Wie om stilte vroeg telt vanaf twaalf; de taak om te informeren blijft, en vrijgeven wordt ingehouden, bij elke soort.",
        "RL-13 noemt de leeftijd en maakt geen verschil tussen soorten.",
    ),
    (
        "Wie in een rol zonder eigen taken meldt bij Veilig Thuis, ziet en doet daarna wat uit die melding volgt, en niets van een collega.",
        "RL-08: in dienst is genoeg om te melden. Wie meldde kan het beste informeren; een collega met de taak kan het overnemen.",
    ),
    (
        "Een reden van uitstel die bij de leeftijd niet past, houdt een melding bij Veilig Thuis niet op.",
        "RL-09: die wacht op niemand. Vrijgeven wordt bij veiligheid toch ingehouden.",
    ),
    (
        "Vrije tekst zonder naam wordt vergeleken met de namen van deze jeugdige en van niemand anders, en pas als vaststaat dat de verzender over deze jeugdige mag zenden.",
        "Zo verraadt een weigering niet wie hier bekend is (belofte 6). Een woord dat gelijk is aan een naam houdt de tekst tegen, ook als het een gewoon woord is: herschrijven kost minder dan herkend worden.",
    ),
    (
        "Wat een ontvanger terugschrijft op een signaal zonder naam wordt met geen naam vergeleken.",
        "Het antwoord zou zeggen over wie het gaat. Die woorden gaan dan ook niet terug (RL-17).",
    ),
    (
        "Wat niet is opgezocht telt als verborgen: voor wie een vermelding verborgen is, en of een organisatie gevoelig is.",
        "Een ontbrekend feit verruimt niet (RL-14, RL-16).",
    ),
    (
        "Wie is aangewezen om zelf aan de verwijsindex te melden staat in het register, per persoon en met dagen; een rol alleen is niet genoeg.",
        "Jeugdwet 7.1.4.1 en casus 40. Zonder nummer neemt de index niets aan, dus dan ook de gateway niet.",
    ),
    (
        "Wie geen school is noemt een jeugdige door het signaal dat het eigen loket op naam ontving; een signaal zonder naam leidt naar niemand.",
        "RL-23: wat later bekend wordt maakt een eerder naamloos signaal niet herleidbaar; en niemand wordt op naam gezocht.",
    ),
    (
        "Een weigering zegt wat er in het eigen bericht van de verzender nog ontbreekt, en van instemming alleen dat zij er niet is.",
        "RL-06: wie haar niet gaf blijft bij wie moet vragen.",
    ),
    (
        "Een nummer van acht of negen cijfers dat de elfproef doorstaat, geldt als BSN, ook in een eigen leerlingsleutel.",
        "Eén op elf willekeurige sleutels wordt zo ten onrechte geweigerd; een letter erin helpt.",
    ),
    (
        "Het indexdeel van een verzuimmelding vraagt niet wie meldingsbevoegd is; een eigen signaal aan de index wel.",
        "RL-11 noemt risicogrond, convenant en gemeente; casus 40 gaat over wie zelf signaleert.",
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
