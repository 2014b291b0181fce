// SPDX-License-Identifier: EUPL-1.2
//! Step 6: a consent is withdrawn while a delivery waits, and it never leaves (P3).

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluis_policy::Action;
use sluis_sandbox::behaviour::Behaviour;

use super::super::DemoFault;
use super::super::crew::Player;
use super::super::stage::Stage;
use super::super::telling::Telling;
use super::{id_of, logged_rule, says, send, to_wijkteam};

/// Longer than the pauses between the first tries: what still would leave, leaves within it.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// How soon a withdrawal must stop what waits (P3).
const WITHIN: Duration = Duration::from_secs(1);

/// Step 6: the back-office is down, the delivery waits, a parent withdraws, the back-office comes back.
pub(super) async fn withdrawn(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    let (youth, school) = (&stage.people.withdrawn, &stage.crew.guidance);
    told.title("Stap 6: een ouder trekt de toestemming in terwijl de aanmelding nog wacht");
    told.say(&format!(
        "Het systeem van de gemeente ligt plat. De aanmelding van {} wacht in de rij. Dan bedenkt een ouder zich.",
        youth.given_name
    ));
    let voice = everyone_agrees(stage, told).await?;
    let (received, attempts) = (stage.back_office.received().len(), stage.back_office.attempts());
    stage.back_office.behave(Behaviour::Down).await?;
    let done = json!({"besprokenMetOuders": stage.people.today.to_string(), "afwegingIntern": true});
    let reply = send(school, &to_wijkteam("aanmelding", youth, &done), told).await?;
    told.check(says(&reply.body, "/ontvangers/0/vorm", "herleidbaar"), "aangenomen, op naam");
    let signal = id_of(&reply)?;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let waiting = delivery(school, &signal).await?;
    told.fact("aflevering", &waiting);
    told.check(["wacht", "verzonden"].contains(&waiting.as_str()), "de gateway probeert het en krijgt het niet weg");
    let logged = stage.logged().await?;
    let reply = school.post(&format!("/v1/toestemmingen/{voice}/intrekking"), &json!({})).await?;
    told.exchange(school.name, "POST /v1/toestemmingen/{id}/intrekking", reply.status);
    logged_rule(stage, told, (logged, Action::WithdrawVoice), "SL-1204").await?;
    told.check(reply.status == 201, "de intrekking is vastgelegd");
    let stopped = stopped_within(school, &signal).await?;
    told.check(stopped, "binnen een seconde is de aflevering tegengehouden");
    stage.back_office.behave(Behaviour::Healthy).await?;
    told.say(&format!(
        "Het systeem van de gemeente doet het weer. We wachten {} s of er toch iets komt …",
        LONG_ENOUGH.as_secs()
    ));
    tokio::time::sleep(LONG_ENOUGH).await;
    told.check(
        stage.back_office.received().len() == received && stage.back_office.attempts() == attempts,
        "er is niets vertrokken, ook geen bericht dat er iets was",
    );
    Ok(())
}

/// Both parents agree; gives back by what the first of them can withdraw.
async fn everyone_agrees(stage: &Stage, told: &mut Telling) -> Result<String, DemoFault> {
    let (youth, school) = (&stage.people.withdrawn, &stage.crew.guidance);
    let [one, other] = school.register(youth).await?;
    let first = school.voice(youth, Some(&one), "akkoord", &stage.people).await?;
    school.voice(youth, Some(&other), "akkoord", &stage.people).await?;
    told.fact("vooraf", "leerling, twee ouders en van elk een ja vastgelegd");
    Ok(first)
}

async fn stopped_within(school: &Player, signal: &str) -> Result<bool, DemoFault> {
    let begun = Instant::now();
    while begun.elapsed() < WITHIN {
        if delivery(school, signal).await? == "tegengehouden" {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(false)
}

/// Where the delivery stands, as the school sees it.
async fn delivery(school: &Player, signal: &str) -> Result<String, DemoFault> {
    let reply = school.get(&format!("/v1/signalen/{signal}")).await?;
    let state = reply.body.pointer("/ontvangers/0/aflevering").and_then(Value::as_str);
    state.map(str::to_owned).ok_or(DemoFault::Missing("/ontvangers/0/aflevering"))
}
