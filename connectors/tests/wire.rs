// SPDX-License-Identifier: EUPL-1.2
//! The messages as they stand on the wire, letter for letter.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must stop")]

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sluis_connectors::{
    Message,
    desk::{Delivery, Withdrawal},
    school::{Attendance, Feedback, Question},
    verwijsindex::Report,
};

const ANONYMOUS: &str = r#"{
    "berichtId": "b-1", "signaalId": "s-1", "soort": "preventief", "doel": "vroegsignalering",
    "grondslag": "geen_persoonsgegevens", "vorm": "anoniem",
    "afzender": { "oin": "99000000066800000006", "naam": "Basisschool De Wilgenhoek", "loket": "school" },
    "ontvanger": { "oin": "99000000066800000001", "loket": "wijkteam" },
    "jeugdige": { "leeftijdsband": "4-7", "gemeente": "0555" },
    "inhoud": { "onderwerpen": ["thuis"] },
    "verstuurdOp": "2026-11-22T10:00:00Z"
}"#;

const IDENTIFIED: &str = r#"{
    "berichtId": "b-2", "signaalId": "s-2", "soort": "aanmelding", "doel": "toeleiding_jeugdhulp",
    "grondslag": "toestemming", "vorm": "herleidbaar",
    "afzender": { "oin": "99000000066800000006", "naam": "Basisschool De Wilgenhoek", "loket": "school" },
    "ontvanger": { "oin": "99000000066800000002", "loket": "toegang" },
    "jeugdige": {
        "pseudoniem": "p-1", "leeftijdsband": "8-11", "gemeente": "0555", "bsn": "999990019",
        "voornamen": "Voornaamzoek", "achternaam": "Achternaamzoek", "geboortedatum": "2018-08-14",
        "postcode": "6658ZA", "school": { "oin": "99000000066800000006", "naam": "Schoolnaamzoek" }
    },
    "inhoud": {
        "onderwerpen": ["gedrag", "rouw"], "omschrijving": "Tekstzoek", "besprokenMetOuders": "2026-11-20",
        "contactpersoon": { "naam": "Contactzoek", "telefoon": "0887-000000", "email": "ib@school.test" },
        "verzuimPeriode": { "van": "2026-11-02", "tot": "2026-11-20" },
        "verzuimUren": { "urenInVierWeken": 25, "wekenOnafgebroken": 0 }, "verzuimSoort": "ongeoorloofd"
    },
    "verstuurdOp": "2026-11-22T10:00:00Z"
}"#;

const WITHDRAWAL: &str = r#"{
    "berichtId": "b-3", "soort": "intrekking", "signaalId": "s-2",
    "ontvanger": { "oin": "99000000066800000002", "loket": "toegang" }, "verstuurdOp": "2026-11-22T10:00:00Z"
}"#;

const REPORT: &str = r#"{
    "berichtId": "b-4", "melder": { "oin": "99000000066800000001", "naam": "Gemeente", "loket": "leerplicht" },
    "nummer": "999990019", "gemeldOp": "2026-11-22T10:00:00Z"
}"#;

const FEEDBACK: &str = r#"{
    "berichtId": "b-5", "signaalId": "s-2",
    "afzender": { "oin": "99000000066800000001", "naam": "Gemeente", "loket": "wijkteam" },
    "ontvanger": { "oin": "99000000066800000006", "loket": "school" },
    "status": "teruggekoppeld", "vervolgstap": "gesprek", "toelichting": "Tekstzoek",
    "verstuurdOp": "2026-11-22T10:00:00Z"
}"#;

const FEEDBACK_ON_NOBODY: &str = r#"{
    "berichtId": "b-6", "signaalId": "s-1",
    "afzender": { "oin": "99000000066800000001", "naam": "Gemeente", "loket": "wijkteam" },
    "ontvanger": { "oin": "99000000066800000006", "loket": "school" },
    "vervolgstap": "gesprek", "verstuurdOp": "2026-11-22T10:00:00Z"
}"#;

const QUESTION: &str = r#"{
    "bevragingId": "v-1", "vraag": "verzuim", "leerlingsleutel": "Sleutelzoek", "van": "2026-11-02", "tot": "2026-11-20"
}"#;

const ATTENDANCE: &str = r#"{
    "bevragingId": "v-1", "leerlingsleutel": "Sleutelzoek", "van": "2026-11-02", "tot": "2026-11-20",
    "groep": "Groepzoek", "mentor": "Mentorzoek",
    "afwezigheden": [
        { "datum": "2026-11-03", "uren": 5, "soort": "ongeoorloofd", "reden": "Redenzoek", "notitie": "Notitiezoek" },
        { "datum": "2026-11-04", "uren": 2, "soort": "ziekte" }
    ]
}"#;

/// What identifies or describes someone in the messages above, and what an unknown field in one of them would hold.
const PERSONAL: [&str; 20] = [
    "rouw",
    "0555",
    "p-1",
    "8-11",
    "ziekte",
    "999990019",
    "Voornaamzoek",
    "Achternaamzoek",
    "2018-08-14",
    "6658ZA",
    "Schoolnaamzoek",
    "Tekstzoek",
    "Contactzoek",
    "0887-000000",
    "ib@school.test",
    "Sleutelzoek",
    "Groepzoek",
    "Mentorzoek",
    "Redenzoek",
    "Notitiezoek",
];

fn as_agreed<T: Serialize + DeserializeOwned + std::fmt::Debug>(text: &str) -> T {
    let message: T = serde_json::from_str(text).unwrap();
    let agreed: Value = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&message).unwrap(), agreed, "written as it was read");
    let printed = format!("{message:?}");
    for personal in PERSONAL {
        assert!(!printed.contains(personal), "P10: {personal} in {printed}");
    }
    refuses_unknown_fields::<T>(&agreed);
    message
}

/// Adds a field to every object of a message in turn.
fn refuses_unknown_fields<T: DeserializeOwned>(agreed: &Value) {
    let mut objects = vec![String::new()];
    while let Some(pointer) = objects.pop() {
        let mut widened = agreed.clone();
        let place = widened.pointer_mut(&pointer).unwrap();
        if let Value::Object(fields) = place {
            objects.extend(fields.keys().map(|name| format!("{pointer}/{name}")));
            fields.insert("onbekend".into(), Value::Null);
            assert!(serde_json::from_value::<T>(widened).is_err(), "an unknown field at `{pointer}`");
        } else if let Value::Array(items) = place {
            objects.extend((0..items.len()).map(|index| format!("{pointer}/{index}")));
        }
    }
}

#[test]
fn p10_each_message_reads_and_writes_as_agreed_and_prints_nobody() {
    let table = [
        Message::Delivery(Box::new(as_agreed::<Delivery>(ANONYMOUS))),
        Message::Delivery(Box::new(as_agreed::<Delivery>(IDENTIFIED))),
        Message::Withdrawal(as_agreed::<Withdrawal>(WITHDRAWAL)),
        Message::Report(as_agreed::<Report>(REPORT)),
        Message::Feedback(as_agreed::<Feedback>(FEEDBACK)),
        Message::Feedback(as_agreed::<Feedback>(FEEDBACK_ON_NOBODY)),
    ];
    let expected = [
        ("b-1", "signalen"),
        ("b-2", "signalen"),
        ("b-3", "berichten"),
        ("b-4", "meldingen"),
        ("b-5", "terugkoppelingen"),
        ("b-6", "terugkoppelingen"),
    ];
    for (message, expected) in table.iter().zip(expected) {
        assert_eq!((message.id(), message.path()), expected);
        let kept = serde_json::to_string(message).unwrap();
        assert_eq!(&serde_json::from_str::<Message>(&kept).unwrap(), message, "as an outbox keeps it");
    }
    as_agreed::<Question>(QUESTION);
    as_agreed::<Attendance>(ATTENDANCE);
}
