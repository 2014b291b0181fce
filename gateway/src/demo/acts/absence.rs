// SPDX-License-Identifier: EUPL-1.2
//! Steps 4 and 8: a school reports absence by its statutory door, and leerplicht asks a school.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use sluis_policy::Action;
use sluis_sandbox::seed::{self, Youth};

use super::super::DemoFault;
use super::super::stage::Stage;
use super::super::telling::Telling;
use super::{logged_rule, members, receipt, says, send};

/// How long the index is given to hear something after all.
const LISTEN: Duration = Duration::from_millis(1_500);

/// Step 4: unauthorised absence goes to leerplicht without consent, attendance only, and the index hears nothing.
pub(super) async fn reported(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    let (youth, school) = (&stage.people.truant, &stage.crew.school_system);
    told.title("Stap 4: ongeoorloofd verzuim gaat naar leerplicht, zonder toestemming");
    told.say(&format!(
        "{} miste in vier weken 25 uur zonder verlof. Dat moet de school melden. Het leerlingsysteem doet het zelf, \
         vult ook een omschrijving in en noemt de verwijsindex als tweede ontvanger. Een risicogrond is niet aangekruist.",
        youth.given_name
    ));
    school.register(youth).await?;
    let seen = stage.back_office.received().len();
    let signal = report(youth, stage.people.today);
    told.shown("het leerlingsysteem stuurt:", &signal.to_string());
    let reply = send(school, &signal, told).await?;
    told.check(
        reply.status == 201 && says(&reply.body, "/ontvangers/0/regel", "SL-501"),
        "leerplicht krijgt het, op grond van de wet",
    );
    told.check(says(&reply.body, "/ontvangers/1/regel", "SL-516"), "de verwijsindex krijgt het niet");
    let leerplicht = (&stage.back_office, "/leerplicht/signalen", "leerplicht");
    let (received, message) = receipt(stage, told, leerplicht, seen).await?;
    told.check(
        says(&message, "/jeugdige/bsn", youth.bsn) && says(&message, "/grondslag", "wettelijke_verzuimmelding"),
        "met het BSN, want voor verzuim schrijft de wet dat voor",
    );
    told.check(
        members(&message, "/inhoud") == ["contactpersoon", "verzuimPeriode", "verzuimSoort", "verzuimUren"]
            && !received.body.contains("ruzie"),
        "alleen verzuimgegevens; de ruzie thuis en het onderwerp bleven achter",
    );
    tokio::time::sleep(LISTEN).await;
    told.check(
        stage.verwijsindex.attempts() == 0 && stage.verwijsindex.received().is_empty(),
        "de verwijsindex ontving niets: er is geen enkel verzoek naartoe gegaan",
    );
    Ok(())
}

/// What the school system sends: the report, with more in it than leerplicht may get.
fn report(youth: &Youth, today: Date) -> Value {
    json!({
        "soort": "verzuim", "doel": "leerplicht", "opNaam": true, "risicoAangekruist": false,
        "jeugdige": {"leerlingsleutel": youth.pupil_key, "bsn": youth.bsn},
        "ontvangers": [
            {"organisatie": seed::MUNICIPALITY, "loket": "leerplicht"},
            {"organisatie": seed::VERWIJSINDEX, "loket": "verwijsindex"},
        ],
        "onderwerpen": ["thuis"], "omschrijving": "Thuis is er veel ruzie.",
        "contactpersoon": "Interne begeleiding, 0487-000000",
        "verzuim": {
            "van": today.saturating_sub(4.weeks()).to_string(), "urenInVierWeken": 25, "wekenOnafgebroken": 0,
            "grond": "ongeoorloofd", "vermoedOngeoorloofd": true,
        },
    })
}

/// Step 8: the leerplichtambtenaar asks the school for one youth's attendance and gets the permitted fields.
pub(super) async fn asked(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    let (youth, officer) = (&stage.people.truant, &stage.crew.leerplicht);
    told.title("Stap 8: de leerplichtambtenaar vraagt de school naar het verzuim");
    told.say(&format!(
        "De ambtenaar wil de dagen van {} zien. De vraag wordt vastgelegd voordat die vertrekt. De school weet meer dan \
         gevraagd is: groep, mentor, redenen en notities.",
        youth.given_name
    ));
    let seen = stage.school_system.received().len();
    let question = json!({
        "soort": "verzuim", "jeugdige": {"bsn": youth.bsn}, "school": seed::SCHOOL,
        "van": stage.people.today.saturating_sub(4.weeks()).to_string(), "tot": stage.people.today.to_string(),
    });
    let logged = stage.logged().await?;
    let reply = officer.post("/v1/bevragingen", &question).await?;
    told.exchange(officer.name, "POST /v1/bevragingen", reply.status);
    logged_rule(stage, told, (logged, Action::Ask), "SL-504").await?;
    let path = format!("/{}/bevragingen", seed::SCHOOL);
    let (received, _) = receipt(stage, told, (&stage.school_system, &path, "de school"), seen).await?;
    let answer = String::from_utf8_lossy(&reply.raw).into_owned();
    told.shown("de ambtenaar kreeg:", &answer);
    let days = reply.body.pointer("/dagen").and_then(Value::as_array).cloned().unwrap_or_default();
    let pupils = stage.people.pupils();
    let known = pupils.iter().find(|pupil| pupil.pupil_key == youth.pupil_key);
    told.check(
        reply.status == 200 && known.is_some_and(|pupil| pupil.absences.len() == days.len()),
        "elke dag die de school kent, staat in het antwoord",
    );
    told.check(
        !days.is_empty() && days.iter().all(|day| members(day, "") == ["dag", "soort", "uren"]),
        "van elke dag alleen datum, uren en soort",
    );
    let kept_back = ["Wulpveen", "Reiger", "buren", "brood"];
    told.check(
        kept_back.iter().all(|secret| !answer.contains(secret)) && !received.body.contains(youth.bsn),
        "mentor, groep, redenen en notities bleven achter; de school zag geen BSN maar haar eigen leerlingsleutel",
    );
    Ok(())
}
