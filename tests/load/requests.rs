// SPDX-License-Identifier: EUPL-1.2
//! What is asked: the same bytes of everyone, as far as they can be.

use std::sync::Arc;

use serde_json::{Value, json};
use sluis_sandbox::seed;
use sluis_tests::token::credentials;
use sluis_tests::world::World;

use super::client::Request;

/// How many pupils the signals are about.
pub(crate) const PUPILS: u64 = 5_000;
/// How many tokens are in use at a time.
const TOKENS: usize = 16;

/// Who hands signals in: a professional of a school, through its vendor.
pub(crate) const SCHOOL: &str = "vendor; ib.wilgenhoek of school";
/// Who asks a school.
pub(crate) const LEERPLICHT: &str = "municipality; ambtenaar.leerplicht of municipality";

/// Fresh tokens of one caller: they last ten minutes, and a run takes longer.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<Vec<String>>);

impl Tokens {
    pub(crate) fn of(world: &World, caller: &str) -> Self {
        Self(Arc::new((0..TOKENS).map(|_| credentials(world, caller).unwrap().token.unwrap()).collect()))
    }

    fn turn(&self, number: u64) -> &str {
        &self.0[number as usize % TOKENS]
    }
}

/// A worry without a name, about one pupil after another. What is the same in every word is one report, so each says
/// something else.
pub(crate) fn signal(tokens: Tokens) -> Request {
    Arc::new(move |number| {
        let body = json!({
            "soort": "preventief", "doel": "vroegsignalering", "opNaam": false, "onderwerpen": ["gedrag"],
            "omschrijving": format!("zorg {}", word(number)),
            "jeugdige": { "leerlingsleutel": pupil(number % PUPILS) },
            "ontvangers": [{ "organisatie": seed::MUNICIPALITY, "loket": "wijkteam" }],
        });
        post("/v1/signalen", tokens.turn(number), number, &body)
    })
}

/// A number in letters: in figures it might be somebody's.
fn word(number: u64) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// How one signal after another stands, asked by who sent it.
pub(crate) fn standing(tokens: Tokens, signals: Vec<String>) -> Request {
    Arc::new(move |number| {
        let (id, token) = (&signals[number as usize % signals.len()], tokens.turn(number));
        format!("GET /v1/signalen/{id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
            .into_bytes()
    })
}

/// Leerplicht asks about the pupil whose attendance the school's system has.
pub(crate) fn question(world: &World, tokens: Tokens) -> Request {
    let names = world.names();
    let body = json!({
        "soort": "verzuim", "jeugdige": { "bsn": names["truant.bsn"] }, "school": seed::SCHOOL,
        "van": names["four-weeks-ago"], "tot": names["yesterday"],
    });
    Arc::new(move |number| post("/v1/bevragingen", tokens.turn(number), number, &body))
}

/// The same question as it arrives at the school's system, for a proxy that forwards what it is given.
pub(crate) fn question_at_school(world: &World, tokens: Tokens) -> Request {
    let names = world.names();
    Arc::new(move |number| {
        let body = json!({
            "bevragingId": format!("{number:032x}"), "vraag": "verzuim", "leerlingsleutel": names["truant.key"],
            "van": names["four-weeks-ago"], "tot": names["yesterday"],
        });
        post(&format!("/{}/bevragingen", seed::SCHOOL), tokens.turn(number), number, &body)
    })
}

/// An address where both nginx and the gateway say by themselves that this cannot be done.
pub(crate) fn knock() -> Request {
    let asked = b"DELETE /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    Arc::new(|_| asked.to_vec())
}

/// Registers a pupil.
pub(crate) fn registration(tokens: Tokens) -> Request {
    Arc::new(move |number| {
        let body = json!({
            "leerlingsleutel": pupil(number), "voornamen": format!("Proef {number}"), "achternaam": "Belasting",
            "geboortedatum": "2018-03-01", "postcode": "6658AB", "woongemeente": seed::MUNICIPALITY_CODE,
        });
        post("/v1/jeugdigen", tokens.turn(number), number, &body)
    })
}

/// Registers the pupil about whom leerplicht asks, and then says that it was absent, which tells its number.
pub(crate) fn truant(world: &World, tokens: Tokens) -> Request {
    let names = world.names();
    let pupil = json!({
        "leerlingsleutel": names["truant.key"], "voornamen": names["truant.given"], "achternaam": names["truant.surname"],
        "geboortedatum": names["truant.born"], "postcode": names["truant.postcode"], "woongemeente": seed::MUNICIPALITY_CODE,
    });
    let absence = json!({
        "soort": "verzuim", "doel": "leerplicht", "opNaam": true,
        "jeugdige": { "leerlingsleutel": names["truant.key"], "bsn": names["truant.bsn"] },
        "ontvangers": [{ "organisatie": seed::MUNICIPALITY, "loket": "leerplicht" }],
        "verzuim": { "van": names["four-weeks-ago"], "tot": names["yesterday"], "urenInVierWeken": 25,
            "wekenOnafgebroken": 0, "grond": "ongeoorloofd", "vermoedOngeoorloofd": false },
    });
    Arc::new(move |number| {
        let (path, body) = if number == 0 { ("/v1/jeugdigen", &pupil) } else { ("/v1/signalen", &absence) };
        let key = u64::MAX - number;
        post(path, tokens.turn(number), key, body)
    })
}

fn pupil(number: u64) -> String {
    format!("L-{number:05}")
}

fn post(path: &str, token: &str, key: u64, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
