// SPDX-License-Identifier: EUPL-1.2
//! The story, step by step, and what its steps have in common: a signal is sent, its decisions are told, and what the
//! receiver got is shown and looked through.

mod absence;
mod checkpoints;
mod circle;
mod consent;
mod feedback;
mod first;
mod queue;

use serde_json::{Value, json};
use sluis_policy::Action;
use sluis_sandbox::participant::Reply;
use sluis_sandbox::seed::{self, Youth};
use sluis_sandbox::{Counterpart, Received};

use super::DemoFault;
use super::crew::{Player, text};
use super::stage::Stage;
use super::telling::Telling;

/// Where the back-office takes in signals for its wijkteam.
const WIJKTEAM: &str = "/wijkteam/signalen";

/// Says what is about to happen.
pub(super) fn welcome(told: &mut Telling) {
    told.title("Sluis: een verhaal in negen stappen");
    told.say(
        "Sluis laat signalen over jeugdigen door tussen school, verwijsindex en gemeente. Deze demo start de gateway en \
         de systemen eromheen, elk als echte server op dit apparaat, en speelt een verhaal. Alles wat u leest is zojuist \
         echt verstuurd en ontvangen. Niemand in het verhaal bestaat.",
    );
}

/// Plays every step. What differs from the story is counted by the telling; the story goes on as far as it can.
///
/// # Errors
/// When a step cannot be finished, so that those after it would tell nothing.
pub(super) async fn play(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    first::contact(stage, told).await?;
    checkpoints::kept(stage, told).await?;
    consent::nobody_asked(stage, told).await?;
    let registration = consent::everyone_agrees(stage, told).await?;
    consent::youth_refuses(stage, told).await?;
    absence::reported(stage, told).await?;
    circle::outsider(stage, told, &registration).await?;
    queue::withdrawn(stage, told).await?;
    feedback::given(stage, told, &registration).await?;
    checkpoints::kept(stage, told).await?;
    absence::asked(stage, told).await?;
    checkpoints::compared(stage, told).await
}

/// A signal that arrived by name: by what its sender and its receiver know it.
struct Delivered {
    sent: String,
    received: String,
}

/// A signal to the wijkteam, asked by name, with more in it than every receiver may get.
fn to_wijkteam(kind: &str, youth: &Youth, conditions: &Value) -> Value {
    let location = if youth.school == seed::SCHOOL { seed::LOCATION } else { seed::SECOND_LOCATION };
    let purpose = if kind == "preventief" { "vroegsignalering" } else { "toeleiding_jeugdhulp" };
    json!({
        "soort": kind, "doel": purpose, "jeugdige": {"leerlingsleutel": youth.pupil_key},
        "ontvangers": [{"organisatie": seed::MUNICIPALITY, "loket": "wijkteam"}], "opNaam": true,
        "onderwerpen": ["gedrag"], "omschrijving": "Is de laatste weken stil en komt vaak zonder ontbijt.",
        "voorwaarden": conditions, "contactpersoon": "Interne begeleiding, 0487-000000", "locatie": location,
    })
}

/// Sends a signal and tells what was decided about each receiver.
///
/// # Errors
/// When there was no answer.
async fn send(player: &Player, signal: &Value, told: &mut Telling) -> Result<Reply, DemoFault> {
    let reply = player.post("/v1/signalen", signal).await?;
    told.exchange(player.name, "POST /v1/signalen", reply.status);
    let rows = ["/ontvangers", "/regels"].iter().find_map(|place| reply.body.pointer(place)?.as_array());
    for row in rows.into_iter().flatten() {
        told.decision(row.get("loket").and_then(Value::as_str).unwrap_or("?"), row);
    }
    Ok(reply)
}

/// Shows what a receiver got, letter for letter.
///
/// # Errors
/// When it got nothing.
async fn receipt(
    stage: &Stage,
    told: &mut Telling,
    (counterpart, path, who): (&Counterpart, &str, &'static str),
    seen: usize,
) -> Result<(Received, Value), DemoFault> {
    let received = stage.arrival(told, (counterpart, path), seen).await.ok_or(DemoFault::NothingArrived(who))?;
    told.shown(&format!("{who} ontving:"), &received.body);
    let message = serde_json::from_str(&received.body).map_err(|_| DemoFault::Missing("een JSON-bericht"))?;
    Ok((received, message))
}

/// Tells the one rule by which this was decided, as the log has it since it had so many entries.
///
/// # Errors
/// When the log cannot be read.
async fn logged_rule(
    stage: &Stage,
    told: &mut Telling,
    (since, action): (u64, Action),
    expected: &str,
) -> Result<(), DemoFault> {
    let rules = stage.rules_since(since, action).await?;
    rules.first().into_iter().for_each(|rule| told.rule(rule, None));
    let same = !rules.is_empty() && rules.iter().all(|rule| rule == expected);
    told.check(same, &format!("het logboek noemt deze regel ({expected}) bij elk besluit hierover"));
    Ok(())
}

/// Whether a text holds nothing by which this youth could be known.
fn names_nobody(body: &str, youth: &Youth) -> bool {
    let born = youth.born.to_string();
    let known = [youth.given_name, youth.surname, &born, youth.postcode, youth.bsn, youth.pupil_key];
    known.iter().chain(&youth.parents).all(|secret| !body.contains(secret))
}

/// The names of the members of an object, in order.
fn members<'a>(message: &'a Value, place: &str) -> Vec<&'a str> {
    let object = message.pointer(place).and_then(Value::as_object);
    let mut names: Vec<_> = object.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Whether a text at a place is this.
fn says(body: &Value, place: &str, wanted: &str) -> bool {
    body.pointer(place).and_then(Value::as_str) == Some(wanted)
}

/// By what a sender follows its signal.
fn id_of(reply: &Reply) -> Result<String, DemoFault> {
    text(&reply.body, "/signaalId")
}
