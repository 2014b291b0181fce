// SPDX-License-Identifier: EUPL-1.2
//! Step 7: the receiver takes a signal up and answers, and the sender sees what the way back permits (RL-17).

use serde_json::{Value, json};
use sluis_policy::Action;

use super::super::DemoFault;
use super::super::crew::Player;
use super::super::stage::Stage;
use super::super::telling::Telling;
use super::{Delivered, logged_rule, members, receipt, says};

/// What the wijkteam writes; nobody agreed that the school may read it.
const EXPLANATION: &str = "Moeder vertelde over schulden; eerst rust in huis.";

/// Step 7: the wijkteam takes the registration of step 2 up and answers with a code and an explanation.
pub(super) async fn given(stage: &Stage, told: &mut Telling, signal: &Delivered) -> Result<(), DemoFault> {
    let (worker, school) = (&stage.crew.wijkteam, &stage.crew.guidance);
    told.title("Stap 7: het wijkteam pakt de aanmelding op, en de school hoort hoe het gaat");
    told.say(
        "De consulent vindt de aanmelding uit stap 2 in de inbox, neemt die in behandeling en koppelt terug: een code, \
         en een toelichting met iets wat de moeder in vertrouwen vertelde. Voor de weg terug heeft niemand toestemming \
         gegeven.",
    );
    let inbox = worker.get("/v1/signalen?loket=wijkteam").await?;
    told.exchange(worker.name, "GET /v1/signalen?loket=wijkteam", inbox.status);
    let rows = inbox.body.pointer("/signalen").and_then(Value::as_array).cloned().unwrap_or_default();
    told.check(
        rows.iter().any(|row| says(row, "/signaalId", &signal.received)),
        "het signaal staat in de inbox van het wijkteam",
    );
    let (logged, came) = (stage.logged().await?, stage.school_system.received().len());
    handle(worker, told, signal).await?;
    received(stage, told, came).await?;
    let seen = school.get(&format!("/v1/signalen/{}", signal.sent)).await?;
    told.exchange(school.name, "GET /v1/signalen/{id}", seen.status);
    logged_rule(stage, told, (logged, Action::Answer), "SL-1101").await?;
    told.shown("de school ziet:", &String::from_utf8_lossy(&seen.raw));
    let steps = seen.body.pointer("/ontvangers/0/voortgang").and_then(Value::as_array).cloned().unwrap_or_default();
    told.check(
        steps.iter().any(|step| says(step, "/status", "in_behandeling"))
            && steps.iter().any(|step| says(step, "/vervolgstap", "gesprek_gepland")),
        "de school ziet dat het is opgepakt, en welke stap volgt",
    );
    told.check(
        !String::from_utf8_lossy(&seen.raw).contains("schulden"),
        "de toelichting bereikt de school niet: daarvoor is op de weg terug instemming nodig",
    );
    Ok(())
}

/// The school's own system is told, with what the way back lets through.
async fn received(stage: &Stage, told: &mut Telling, came: usize) -> Result<(), DemoFault> {
    let path = format!("/{}/terugkoppelingen", sluis_sandbox::seed::SCHOOL);
    let (_, message) = receipt(stage, told, (&stage.school_system, &path, "het systeem van de school"), came).await?;
    told.check(
        says(&message, "/status", "teruggekoppeld") && says(&message, "/vervolgstap", "gesprek_gepland"),
        "het systeem van de school kreeg de terugkoppeling zelf thuisbezorgd",
    );
    let fields = ["afzender", "berichtId", "ontvanger", "signaalId", "status", "verstuurdOp", "vervolgstap"];
    told.check(members(&message, "") == fields, "met de status en de code, en geen woord meer");
    Ok(())
}

/// Takes the signal up, and answers it.
async fn handle(worker: &Player, told: &mut Telling, signal: &Delivered) -> Result<(), DemoFault> {
    let path = format!("/v1/signalen/{}/acties", signal.received);
    for step in [
        json!({"soort": "in_behandeling_nemen"}),
        json!({"soort": "terugkoppelen", "vervolgstap": "gesprek_gepland", "toelichting": EXPLANATION}),
    ] {
        let reply = worker.post(&path, &step).await?;
        let sort = step.get("soort").and_then(Value::as_str).unwrap_or_default();
        told.exchange(worker.name, &format!("POST …/acties ({sort})"), reply.status);
        told.check(reply.status == 201, "de stap is vastgelegd");
    }
    Ok(())
}
