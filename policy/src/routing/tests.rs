// SPDX-License-Identifier: EUPL-1.2
//! Where signals go, row by row: with the shipped covenants, and a directory as their parties would give it.

use jiff::civil::{Date, date};

use super::*;
use crate::moment::Period;
use crate::youth::{Enrolment, OrderKind, PersonRef, ProtectionOrder, SchoolKind, Stay};

const TODAY: Date = date(2026, 9, 1);
const GRONINGEN: &str = "0014";
const HOGELAND: &str = "1966";
const ELSEWHERE: &str = "0344";

const CITY: &str = "99000000001400000001";
const COAST: &str = "99000000196600000001";
const HET_WAD: &str = "99000000001400000006";
const WIERDE: &str = "99000000001400000008";
const HEFBOOM: &str = "99000000001400000010";
const MAAR: &str = "99000000001400000011";
const VTG: &str = "99000000001400000005";
const ZVJG: &str = "99000000001400000007";
const GGD: &str = "99000000001400000009";
const INSTITUTION: &str = "99000000001400000012";
const FAR: &str = "99000000034400000001";
const VRAAGWIJZER: &str = "99000000066800000002";
const WEST: &str = "99000000066800000001";
const WILGENHOEK: &str = "99000000066800000006";
const KERSENGAARD: &str = "99000000028100000006";
const TIEL: &str = "99000000028100000001";

fn party(organisation: &str, desk: Desk) -> Party {
    Party { organisation: organisation.parse().unwrap(), desk }
}

fn code(municipality: &str) -> MunicipalityCode {
    municipality.parse().unwrap()
}

fn covenants() -> Vec<Covenant> {
    let texts = [
        include_str!("../../covenants/west-maas-en-waal.toml"),
        include_str!("../../covenants/betuwe.toml"),
        include_str!("../../covenants/groningen.toml"),
    ];
    texts.into_iter().map(|text| Covenant::parse(text).unwrap()).collect()
}

fn tie(kind: LinkKind, to: Party, location: Option<&str>) -> Link {
    Link {
        kind,
        party: to,
        location: location.map(str::to_owned),
        period: Period::since(date(2020, 1, 1)),
        substitute: false,
    }
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    for (organisation, place, desks) in [
        (CITY, GRONINGEN, &[Desk::Wijkteam, Desk::Leerplicht, Desk::Rmc][..]),
        (COAST, HOGELAND, &[Desk::Wijkteam, Desk::Leerplicht, Desk::Rmc]),
        (FAR, ELSEWHERE, &[Desk::Wijkteam, Desk::Leerplicht]),
        (VTG, GRONINGEN, &[Desk::VeiligThuis]),
        (VTG, HOGELAND, &[Desk::VeiligThuis]),
        (ZVJG, GRONINGEN, &[Desk::Verwijsindex]),
        (GGD, GRONINGEN, &[Desk::Jgz]),
        (VRAAGWIJZER, "0668", &[Desk::AccessDesk]),
        (WEST, "0668", &[Desk::Wijkteam, Desk::Leerplicht]),
        (TIEL, "0281", &[Desk::Wijkteam]),
    ] {
        desks.iter().for_each(|desk| directory.serve(party(organisation, *desk), code(place)));
    }
    for school in [HET_WAD, WIERDE, HEFBOOM, MAAR] {
        directory.stand(school.parse().unwrap(), code(GRONINGEN));
        let kind = LinkKind::Contact;
        directory.tie(school.parse().unwrap(), tie(kind, party(CITY, Desk::Wijkteam), Some("99ZZ00")));
    }
    directory.stand(WILGENHOEK.parse().unwrap(), code("0668"));
    directory.stand(KERSENGAARD.parse().unwrap(), code("0281"));
    directory
}

fn signal(kind: SignalKind, sender: Party) -> SignalFacts {
    SignalFacts {
        kind,
        purpose: kind.row().purposes[0],
        sender,
        receivers: Vec::new(),
        topics: Vec::new(),
        gates: Vec::new(),
        absence: None,
        risk_ticked: false,
        applicant: None,
        inform_postponed: false,
        taken_back: false,
    }
}

fn youth(born: Date, home: Option<&str>, school: (&str, SchoolKind)) -> YouthFacts {
    let mut youth = YouthFacts::new(born, PersonRef([1; 16]));
    youth.home = home.map(code);
    youth.start_qualification = Some(false);
    let (school, kind) = (party(school.0, Desk::School), Some(school.1));
    youth.enrolments = vec![Enrolment { school, period: Period::since(date(2015, 8, 1)), kind }];
    youth
}

/// As one line: `why organisation.desk`, …; `missing: because`, …
fn told(routing: &Routing) -> String {
    let leg = |leg: &Leg| format!("{} {}.{}", leg.why, leg.party.organisation, leg.party.desk);
    let gap = |gap: &Gap| format!("{}: {}", gap.missing, gap.because);
    let told: Vec<String> = routing.legs.iter().map(leg).chain(routing.gaps.iter().map(gap)).collect();
    told.join(", ")
}

fn routed(signal: &SignalFacts, youth: &YouthFacts, location: Option<&str>) -> Routing {
    let now = Moment { instant: 0, today: TODAY };
    route(&Errand { signal, youth: Some(youth), location, now }, &directory(), &covenants())
}

/// What the law routes, by residence and the duty to be at school: born, home, school → where (002-23…002-28, 002-39, RL-08).
#[test]
fn absence_goes_to_leerplicht_or_rmc_of_residence() {
    let (po, vo) = ((HET_WAD, SchoolKind::Po), (WIERDE, SchoolKind::Vo));
    let (pro, mbo) = ((HEFBOOM, SchoolKind::Pro), (MAAR, SchoolKind::Mbo));
    for (rows, born, home, school, wanted) in [
        ("002-25", date(2016, 5, 1), Some(GRONINGEN), po, format!("woongemeente {CITY}.leerplicht")),
        ("casus 50", date(2016, 5, 1), Some(HOGELAND), po, format!("woongemeente {COAST}.leerplicht")),
        (
            "RL-08: a municipality outside the covenant",
            date(2016, 5, 1),
            Some(ELSEWHERE),
            po,
            format!("woongemeente {FAR}.leerplicht"),
        ),
        ("002-24", date(2010, 3, 1), Some(GRONINGEN), vo, format!("woongemeente {CITY}.leerplicht")),
        ("002-27", date(2010, 3, 1), Some(HOGELAND), mbo, format!("woongemeente {COAST}.rmc")),
        ("002-28", date(2006, 3, 1), Some(GRONINGEN), vo, format!("woongemeente {CITY}.rmc")),
        ("002-39", date(2010, 3, 1), Some(GRONINGEN), pro, "geen_route: geen_onderwijsplicht".to_owned()),
        ("never a guess", date(2016, 5, 1), None, po, "geen_route: woonplaats_onbekend".to_owned()),
        ("002-39: no RMC there", date(2006, 3, 1), Some(ELSEWHERE), vo, "geen_route: geen_loket".to_owned()),
    ] {
        let sender = party(school.0, Desk::School);
        let found = routed(&signal(SignalKind::Verzuim, sender), &youth(born, home, school), None);
        assert_eq!(told(&found), wanted, "{rows}");
    }
}

/// 002-05, 002-16, casus 49, casus 50: help is of the municipality that answers for it, and the school's own municipality is
/// the link.
#[test]
fn a_request_goes_to_the_team_of_the_home_and_the_contact_is_the_link() {
    let sender = party(HET_WAD, Desk::School);
    let request = signal(SignalKind::VerzoekTotSamenwerking, sender);
    let resident = |home| youth(date(2016, 5, 1), home, (HET_WAD, SchoolKind::Po));
    let in_care = |mut youth: YouthFacts| {
        youth.stays = vec![Stay { before: code(HOGELAND), period: Period::since(date(2026, 1, 1)) }];
        youth
    };
    for (rows, youth, location, wanted) in [
        ("002-05", resident(Some(GRONINGEN)), Some("99ZZ00"), format!("contactpersoon {CITY}.wijkteam")),
        (
            "002-16",
            resident(Some(HOGELAND)),
            None,
            format!("jeugdhulpgemeente {COAST}.wijkteam, schakel {CITY}.wijkteam"),
        ),
        (
            "casus 49",
            in_care(resident(Some(GRONINGEN))),
            None,
            format!("jeugdhulpgemeente {COAST}.wijkteam, schakel {CITY}.wijkteam"),
        ),
        (
            "002-05: another location",
            resident(Some(GRONINGEN)),
            Some("99ZZ01"),
            format!("jeugdhulpgemeente {CITY}.wijkteam, geen_contact: niet_opgegeven"),
        ),
        (
            "no party of this covenant",
            resident(Some(ELSEWHERE)),
            None,
            format!("schakel {CITY}.wijkteam, geen_route: geen_loket"),
        ),
        ("never a guess", resident(None), None, "geen_route: woonplaats_onbekend".to_owned()),
    ] {
        let found = routed(&request, &youth, location);
        let mut told = told(&found).split(", ").map(str::to_owned).collect::<Vec<_>>();
        let mut wanted = wanted.split(", ").map(str::to_owned).collect::<Vec<_>>();
        told.sort();
        wanted.sort();
        assert_eq!(told, wanted, "{rows}");
    }
}

/// 002-60: a bare number means nothing; the same number stands in two systems, and each way names its own.
#[test]
fn numbered_ways_keep_their_system() {
    let resident = youth(date(2016, 5, 1), Some(GRONINGEN), (HET_WAD, SchoolKind::Po));
    let way = |kind, sender| {
        let found = routed(&signal(kind, sender), &resident, None);
        found.legs[0].way.clone().unwrap()
    };
    let one = way(SignalKind::VerzoekTotSamenwerking, party(HET_WAD, Desk::School));
    let two = way(SignalKind::GemeenteNaarSchool, party(CITY, Desk::Wijkteam));
    let absence = way(SignalKind::VerzuimMetZorg, party(CITY, Desk::Leerplicht));
    assert_eq!((one.number.as_str(), two.number.as_str()), ("route 1", "route 2"));
    assert_eq!(one.system, two.system);
    assert_eq!((absence.number == two.number, absence == two), (true, false), "{absence:?} {two:?}");
}

/// The other kinds, each by its own area.
#[test]
fn each_kind_by_its_own_area() {
    let mut pupil = youth(date(2016, 5, 1), Some(HOGELAND), (HET_WAD, SchoolKind::Po));
    let institution = party(INSTITUTION, Desk::GecertificeerdeInstelling);
    let order = |kind, until| ProtectionOrder { kind, institution, period: Period { from: date(2026, 1, 1), until } };
    pupil.orders = vec![order(OrderKind::Probation, None), order(OrderKind::Supervision, Some(TODAY))];
    let mut ordered = pupil.clone();
    ordered.orders.push(order(OrderKind::Supervision, None));
    let mut homeless = pupil.clone();
    homeless.home = None;
    let (school, team) = (party(HET_WAD, Desk::School), party(COAST, Desk::Wijkteam));
    let west = youth(date(2016, 5, 1), Some("0668"), (WILGENHOEK, SchoolKind::Po));
    let (of_west, betuwe) = (party(WILGENHOEK, Desk::School), party(KERSENGAARD, Desk::School));
    let pear = youth(date(2016, 5, 1), Some("0281"), (KERSENGAARD, SchoolKind::Po));
    for (rows, kind, sender, youth, wanted) in [
        ("002-54", SignalKind::Veiligheid, school, &pupil, format!("woongemeente {VTG}.veilig_thuis")),
        ("RL-09", SignalKind::Veiligheid, school, &homeless, format!("gemeente_van_de_melder {VTG}.veilig_thuis")),
        ("002-14", SignalKind::VerwijsindexSignaal, school, &pupil, "geen_route: geen_loket".to_owned()),
        (
            "no order that informs",
            SignalKind::InformatieJeugdbescherming,
            school,
            &pupil,
            "geen_route: geen_maatregel".to_owned(),
        ),
        (
            "casus 28",
            SignalKind::InformatieJeugdbescherming,
            school,
            &ordered,
            format!("maatregel {INSTITUTION}.gecertificeerde_instelling"),
        ),
        ("004-17, 002-06", SignalKind::GemeenteNaarSchool, team, &pupil, format!("inschrijving {HET_WAD}.school")),
        (
            "002-16",
            SignalKind::Overdracht,
            party(CITY, Desk::Wijkteam),
            &pupil,
            format!("jeugdhulpgemeente {COAST}.wijkteam"),
        ),
        ("003-05", SignalKind::MdoVerzoek, school, &pupil, "geen_route: zelf_te_kiezen".to_owned()),
        ("not in this region", SignalKind::Aanmelding, school, &pupil, "geen_route: niet_afgesproken".to_owned()),
        ("000-27", SignalKind::Aanmelding, of_west, &west, format!("jeugdhulpgemeente {VRAAGWIJZER}.toegang")),
        (
            "002-59: one desk",
            SignalKind::Preventief,
            of_west,
            &west,
            format!("jeugdhulpgemeente {VRAAGWIJZER}.toegang"),
        ),
        (
            "001-03",
            SignalKind::Preventief,
            betuwe,
            &pear,
            format!("jeugdhulpgemeente {TIEL}.wijkteam, geen_tandem: niet_opgegeven"),
        ),
    ] {
        assert_eq!(told(&routed(&signal(kind, sender), youth, None)), wanted, "{rows}");
    }
}

/// 000-15, 002-10, RL-11: beside leerplicht the index, where covenant, municipality and sender all say so.
#[test]
fn absence_reaches_the_index_only_where_three_say_so() {
    let text = include_str!("../../covenants/groningen.toml");
    let on = Covenant::parse(&text.replace("[verwijsindex]", "[verwijsindex]\n0014 = \"2026-01-01\"")).unwrap();
    let off = Covenant::parse(text).unwrap();
    let pupil = youth(date(2016, 5, 1), Some(GRONINGEN), (HET_WAD, SchoolKind::Po));
    let now = Moment { instant: 0, today: TODAY };
    for (covenant, risk_ticked, legs) in [(&on, true, 2), (&on, false, 1), (&off, true, 1)] {
        let signal = SignalFacts { risk_ticked, ..signal(SignalKind::Verzuim, party(HET_WAD, Desk::School)) };
        let errand = Errand { signal: &signal, youth: Some(&pupil), location: None, now };
        let found = route(&errand, &directory(), std::slice::from_ref(covenant));
        assert_eq!((found.legs.len(), found.gaps.len()), (legs, 0), "{risk_ticked}");
    }
}

/// 001-03, 002-19: among several teams of one municipality the tandem or the contact decides; without one nothing is guessed.
#[test]
fn several_desks_are_told_apart_by_who_is_tied_to_the_school() {
    let second = "99000000021400000001";
    let pupil = youth(date(2016, 5, 1), Some("0281"), (KERSENGAARD, SchoolKind::Po));
    let signal = signal(SignalKind::Preventief, party(KERSENGAARD, Desk::School));
    let now = Moment { instant: 0, today: TODAY };
    let errand = Errand { signal: &signal, youth: Some(&pupil), location: None, now };
    let mut directory = directory();
    directory.serve(party(second, Desk::Wijkteam), code("0281"));
    assert_eq!(
        told(&route(&errand, &directory, &covenants())),
        "geen_route: meer_dan_een_loket, geen_tandem: niet_opgegeven"
    );
    let ended = Period { from: date(2020, 1, 1), until: Some(TODAY) };
    let tandem = tie(LinkKind::Tandem, party(second, Desk::Wijkteam), None);
    directory.tie(KERSENGAARD.parse().unwrap(), Link { period: ended, ..tandem.clone() });
    assert_eq!(
        told(&route(&errand, &directory, &covenants())),
        "geen_route: meer_dan_een_loket, geen_tandem: niet_opgegeven"
    );
    directory.tie(KERSENGAARD.parse().unwrap(), tandem);
    assert_eq!(told(&route(&errand, &directory, &covenants())), format!("tandem {second}.wijkteam"));
    // 001-12: nobody's absence is a dead letter.
    let stand_in = Link { substitute: true, ..tie(LinkKind::Tandem, party(TIEL, Desk::Wijkteam), None) };
    directory.tie(KERSENGAARD.parse().unwrap(), stand_in);
    assert_eq!(told(&route(&errand, &directory, &covenants())), format!("tandem {TIEL}.wijkteam"));
}
