// SPDX-License-Identifier: EUPL-1.2
use jiff::civil::date;
use serde_json::{Value, json};
use sluis_policy::{Desk, Gate, Purpose};

use super::super::super::body::parse;
use super::*;
use crate::broker::AboutWhom;

fn whole() -> Value {
    json!({
        "soort": "preventief", "doel": "vroegsignalering", "jeugdige": {"leerlingsleutel": "L-0817"},
        "ontvangers": [{"organisatie": "99000000000000000030", "loket": "wijkteam"}],
        "opNaam": false, "onderwerpen": ["gedrag"], "voorwaarden": {"besprokenMetOuders": "2026-11-18"}
    })
}

fn absence() -> Value {
    let mut body = whole();
    body["soort"] = json!("verzuim");
    body["doel"] = json!("leerplicht");
    body["opNaam"] = json!(true);
    body["jeugdige"]["bsn"] = json!("999990019");
    body["verzuim"] = json!({
        "van": "2026-11-02", "tot": "2026-11-20", "urenInVierWeken": 20, "wekenOnafgebroken": 0,
        "grond": "ongeoorloofd", "vermoedOngeoorloofd": false
    });
    body
}

fn read(body: &Value) -> Result<NewSignal, Problem> {
    let moment = Moment { instant: 1_795_300_000_000_000, today: date(2026, 11, 22) };
    let sender = Party { organisation: "99000000000000000010".parse().unwrap(), desk: Desk::School };
    parse::<NieuwSignaal>(body.to_string().as_bytes())?.parse(sender, moment)
}

fn pointers(body: &Value) -> Vec<String> {
    match read(body) {
        Ok(_) => Vec::new(),
        Err(Problem::InvalidInput(faults)) => {
            let told = format!("{faults:?}");
            assert!(!told.contains("999990") && !told.contains("Noor"), "no fault repeats a value: {told}");
            faults.into_iter().map(|fault| fault.pointer).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_whole_signal_is_read() {
    let signal = read(&whole()).unwrap();
    assert_eq!((signal.facts.kind, signal.facts.purpose), (SignalKind::Preventief, Purpose::VroegSignaleren));
    assert_eq!(signal.facts.gates, [Gate::DiscussedWithParents]);
    assert_eq!(signal.discussed_on, Some(date(2026, 11, 18)));
    let signal = read(&absence()).unwrap();
    assert_eq!(signal.facts.absence.map(|absence| absence.hours_in_four_weeks), Some(20));
    assert!(signal.number.is_some());
}

#[test]
fn every_fault_is_told_at_once_and_at_its_place() {
    let all = json!({
        "soort": "onzin", "jeugdige": {"leerlingsleutel": "999990019"},
        "ontvangers": [{"organisatie": "9900000000000000003", "loket": "balie"}, {}],
        "opNaam": "ja", "onderwerpen": ["gedrag", "gedrag", 7], "risicoAangekruist": 1, "contactpersoon": "",
        "voorwaarden": {"besprokenMetOuders": "2026-11-23", "afwegingIntern": "ja"}
    });
    let expected = [
        "/soort",
        "/doel",
        "/jeugdige/leerlingsleutel",
        "/ontvangers/0/organisatie",
        "/ontvangers/0/loket",
        "/ontvangers/1/organisatie",
        "/ontvangers/1/loket",
        "/opNaam",
        "/onderwerpen/1",
        "/onderwerpen/2",
        "/voorwaarden/besprokenMetOuders",
        "/voorwaarden/afwegingIntern",
        "/contactpersoon",
        "/risicoAangekruist",
    ];
    assert_eq!(pointers(&all), expected);
}

/// One change to a whole body, and where the fault is placed.
#[test]
fn faults_are_placed() {
    let rows: Vec<(Value, &str, Value, Vec<&str>)> = vec![
        (whole(), "/soort", json!("veiligheid"), vec![]),
        (whole(), "/extra", json!(1), vec!["/extra"]),
        (whole(), "/jeugdige", json!("L-0817"), vec!["/jeugdige"]),
        (whole(), "/jeugdige/naam", json!("Noor"), vec!["/jeugdige/naam"]),
        (whole(), "/jeugdige/bsn", json!("999990019"), vec!["/jeugdige/bsn"]),
        (
            whole(),
            "/jeugdige/leerlingsleutel",
            json!("d41d8cd98f00b204e9800998ecf8427e"),
            vec!["/jeugdige/leerlingsleutel"],
        ),
        (whole(), "/jeugdige/leerlingsleutel", json!("L\u{0}1"), vec!["/jeugdige/leerlingsleutel"]),
        (whole(), "/ontvangers", json!([]), vec!["/ontvangers"]),
        (
            whole(),
            "/ontvangers/1",
            json!({"organisatie": "99000000000000000030", "loket": "wijkteam"}),
            vec!["/ontvangers/1"],
        ),
        (whole(), "/verzuim", absence()["verzuim"].clone(), vec!["/verzuim"]),
        (whole(), "/omschrijving", json!("Trekt zich terug."), vec![]),
        (whole(), "/omschrijving", json!("Bel 06-12345678 of mail a@b.test"), vec!["/omschrijving", "/omschrijving"]),
        (whole(), "/omschrijving", json!("BSN 999990019"), vec!["/omschrijving"]),
        (whole(), "/omschrijving", json!("a\u{0}b"), vec!["/omschrijving"]),
        (whole(), "/omschrijving", json!("x".repeat(4001)), vec!["/omschrijving"]),
        (absence(), "/soort", json!("overig_verzuim"), vec![]),
        (absence(), "/jeugdige/bsn", json!("999990010"), vec!["/jeugdige/bsn"]),
        (absence(), "/jeugdige/bsn", json!(999_990_019), vec!["/jeugdige/bsn"]),
        (absence(), "/verzuim", Value::Null, vec!["/verzuim"]),
        (absence(), "/verzuim/tot", json!("2026-11-01"), vec!["/verzuim/tot"]),
        (absence(), "/verzuim/van", json!("2026-11-31"), vec!["/verzuim/van"]),
        (absence(), "/verzuim/urenInVierWeken", json!(673), vec!["/verzuim/urenInVierWeken"]),
        (absence(), "/verzuim/wekenOnafgebroken", json!(-1), vec!["/verzuim/wekenOnafgebroken"]),
        (absence(), "/verzuim/grond", json!("zin"), vec!["/verzuim/grond"]),
        (absence(), "/omschrijving", json!("BSN 999990019, geboren 12-03-2019"), vec![]),
    ];
    for (mut body, at, value, expected) in rows {
        let (parent, key) = at.rsplit_once('/').unwrap();
        match body.pointer_mut(parent).unwrap() {
            Value::Object(members) => drop(members.insert(key.to_owned(), value)),
            Value::Array(items) => items.push(value),
            other => panic!("{other}"),
        }
        assert_eq!(pointers(&body), expected, "{at}");
    }
}

/// RL-22: on a kind without a statute a number does not go in the text either, with or without a name.
#[test]
fn rl_22_no_number_in_the_text_of_a_kind_without_statute() {
    let mut body = whole();
    body["opNaam"] = json!(true);
    body["omschrijving"] = json!("Zie 9999.90.019");
    assert_eq!(pointers(&body), ["/omschrijving"]);
    body["contactpersoon"] = json!("juf Anna, bsn 999990019");
    assert_eq!(pointers(&body), ["/omschrijving", "/contactpersoon"]);
    body["contactpersoon"] = json!("juf Anna, 06-99999001");
    body["omschrijving"] = json!("Bel 06-99999001\r\nof 06-12345678, geboren 12-03-2019");
    assert_eq!(pointers(&body), [""; 0], "by name an ordinary telephone number may go");
}

#[test]
fn rl_10_safety_is_seen_in_whatever_can_still_be_read() {
    for (body, safety) in [
        (r#"{"soort":"veiligheid"}"#, true),
        (r#"{"soort":"veiligheid","opNaam":tr"#, true),
        ("{\"jeugdige\":{}, \"soort\" :\n \"veiligheid\",", true),
        (r#"{"s\u006fort":"veiligheid"}"#, true),
        (r#"{"soort":"preventief","omschrijving":"\"soort\":\"veiligheid\""}"#, false),
        (r#"{"soort":"preventief""#, false),
        (r#"["veiligheid"]"#, false),
        ("", false),
    ] {
        assert_eq!(says_safety(body.as_bytes()), safety, "{body}");
    }
}

/// What no receiver of a kind may ever have is not taken in with it; the kinds of the first version took everything.
#[test]
fn a_kind_holds_only_what_some_receiver_may_have() {
    let application = json!({"naam": "wie het aangaat", "ontvangenDag": "2026-11-20"});
    let members = [
        ("onderwerpen", json!(["gedrag"]), Field::Topics),
        ("omschrijving", json!("trekt zich terug"), Field::Description),
        ("contactpersoon", json!("juf Anna"), Field::SenderContact),
        ("verzuim", absence()["verzuim"].clone(), Field::AbsencePeriod),
        ("aanvraag", application, Field::Applicant),
        ("reden", json!("wachttijd"), Field::ReasonCode),
    ];
    let mut refused = 0;
    for kind in KINDS.into_iter().skip(LENIENT) {
        for (name, value, field) in &members {
            let mut body = whole();
            body["soort"] = json!(kind.code());
            body[name] = value.clone();
            let told = pointers(&body).contains(&format!("/{name}"));
            assert_eq!(told, !kind.may_hold(*field), "{kind} {name}");
            refused += usize::from(told);
        }
    }
    assert!(refused > 40, "most kinds hold little: {refused}");
}

/// The school names its pupil by its own key; whoever received a signal names that; and a kind about nobody names neither.
/// 002-59, 003-05: whoever leaves the receivers out leaves them to the gateway, unless they are chosen each time.
#[test]
fn receivers_may_be_left_out_where_a_way_can_be_found() {
    let mut body = whole();
    body.as_object_mut().unwrap().remove("ontvangers");
    assert!(read(&body).unwrap().facts.receivers.is_empty());
    body["doel"] = json!("toeleiding_jeugdhulp");
    body["soort"] = json!("verzoek_tot_samenwerking");
    assert!(pointers(&body).is_empty());
    body["soort"] = json!("mdo_verzoek");
    assert_eq!(pointers(&body), ["/ontvangers"]);
}

#[test]
fn about_whom_a_signal_is() {
    let received = json!({"signaal": "5f0c6a1e9b3d47288d1f60c2a7e4b935"});
    let mut body = whole();
    body["soort"] = json!("gemeente_naar_school");
    body["jeugdige"] = received.clone();
    assert!(matches!(read(&body).unwrap().about, AboutWhom::Received(_)));
    body["jeugdige"] = json!({"signaal": "L-0817"});
    assert_eq!(pointers(&body), ["/jeugdige/signaal"]);
    body["jeugdige"] = json!({});
    assert_eq!(pointers(&body), ["/jeugdige/leerlingsleutel"]);
    let stuck = json!({
        "soort": "escalatie", "doel": "bijsturing", "trede": 2, "reden": "wachttijd",
        "ontvangers": [{"organisatie": "99000000000000000030", "loket": "bestuur"}]
    });
    let read = read(&stuck).unwrap();
    assert_eq!((read.about, read.named, read.besides.step), (AboutWhom::Nobody, false, Some(2)));
    for (trede, faults) in [(json!(0), vec!["/trede"]), (json!(10), vec!["/trede"]), (Value::Null, vec!["/trede"])] {
        let mut body = stuck.clone();
        body["trede"] = trede;
        assert_eq!(pointers(&body), faults);
    }
}

/// 004-14, 004-22: what is there beforehand is read from the application itself.
#[test]
fn an_application_shows_what_was_done() {
    let mut body = whole();
    body["soort"] = json!("oza_aanvraag");
    body["doel"] = json!("aanvraag");
    body["voorwaarden"] = json!({});
    let whole = json!({
        "naam": "wie het aangaat", "ontvangenDag": "2026-11-20", "inspectie": "aangevraagd",
        "opp": {"kenmerk": "OPP-17", "akkoordDag": "2026-11-20", "magMee": true}
    });
    let all = vec![Gate::Opp, Gate::OppAgreed, Gate::OppMaySend, Gate::InspectionSettled];
    for (at, value, expected) in [
        ("/inspectie", json!("aangevraagd"), all.clone()),
        ("/inspectie", json!("geweigerd"), all[..3].to_vec()),
        ("/opp/magMee", json!(false), vec![Gate::Opp, Gate::OppAgreed, Gate::InspectionSettled]),
        ("/opp", Value::Null, vec![Gate::InspectionSettled]),
    ] {
        let mut application = whole.clone();
        *application.pointer_mut(at).unwrap() = value;
        application.as_object_mut().unwrap().retain(|_, given| !given.is_null());
        body["aanvraag"] = application;
        assert_eq!(read(&body).unwrap().facts.gates, expected, "{at}");
    }
}
