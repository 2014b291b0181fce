// SPDX-License-Identifier: EUPL-1.2
//! Steps 1 to 3: nobody was asked, everyone agrees, and the one who decides refuses.

use serde_json::json;

use super::super::DemoFault;
use super::super::crew::text;
use super::super::stage::Stage;
use super::super::telling::Telling;
use super::{Delivered, WIJKTEAM, id_of, members, names_nobody, receipt, says, send, to_wijkteam};

/// Step 1: a preventive signal about a child of 7, asked by name, arrives without.
pub(super) async fn nobody_asked(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    let (youth, school) = (&stage.people.worried_about, &stage.crew.guidance);
    told.title("Stap 1: een zorg over een kind van 7, zonder toestemming");
    told.say(&format!(
        "Basisschool De Wilgenhoek maakt zich zorgen over {} {} en vraagt het wijkteam mee te denken, op naam. Aan de \
         ouders is nog niets gevraagd.",
        youth.given_name, youth.surname
    ));
    school.register(youth).await?;
    told.fact("vooraf", "leerling en twee ouders vastgelegd (POST /v1/jeugdigen, /v1/gezag)");
    let seen = stage.back_office.received().len();
    let signal = to_wijkteam("preventief", youth, &json!({}));
    told.shown("de school stuurt:", &signal.to_string());
    let reply = send(school, &signal, told).await?;
    told.check(reply.status == 201 && says(&reply.body, "/ontvangers/0/vorm", "anoniem"), "het gaat, zonder naam");
    let wijkteam = (&stage.back_office, WIJKTEAM, "het wijkteam");
    let (received, message) = receipt(stage, told, wijkteam, seen).await?;
    told.check(says(&message, "/vorm", "anoniem"), "het kwam zonder naam aan");
    told.check(
        members(&message, "/jeugdige") == ["gemeente", "leeftijdsband"]
            && members(&message, "/inhoud") == ["onderwerpen"],
        "alleen leeftijdsband, gemeente en onderwerp; de vrije tekst bleef achter",
    );
    told.check(names_nobody(&received.body, youth), "geen naam, nummer, geboortedatum, postcode of leerlingsleutel");
    Ok(())
}

/// Step 2: both holders of authority agree, and the registration arrives by name, with the receiver's fields.
pub(super) async fn everyone_agrees(stage: &Stage, told: &mut Telling) -> Result<Delivered, DemoFault> {
    let (youth, school) = (&stage.people.registered, &stage.crew.guidance);
    told.title("Stap 2: een aanmelding van een kind van 8, beide ouders stemmen in");
    told.say(&format!(
        "De ouders van {} {} hebben allebei gezag en zeggen allebei ja. De school meldt aan bij het wijkteam.",
        youth.given_name, youth.surname
    ));
    for parent in school.register(youth).await? {
        school.voice(youth, Some(&parent), "akkoord", &stage.people).await?;
    }
    told.fact("vooraf", "leerling, twee ouders en van elk een ja vastgelegd (ook POST /v1/toestemmingen)");
    let seen = stage.back_office.received().len();
    let done = json!({"besprokenMetOuders": stage.people.today.to_string(), "afwegingIntern": true});
    let reply = send(school, &to_wijkteam("aanmelding", youth, &done), told).await?;
    told.check(reply.status == 201 && says(&reply.body, "/ontvangers/0/vorm", "herleidbaar"), "het gaat, op naam");
    let wijkteam = (&stage.back_office, WIJKTEAM, "het wijkteam");
    let (received, message) = receipt(stage, told, wijkteam, seen).await?;
    let fields = ["achternaam", "geboortedatum", "postcode", "pseudoniem", "school", "voornamen"];
    let content = ["besprokenMetOuders", "contactpersoon", "omschrijving", "onderwerpen"];
    told.check(
        says(&message, "/jeugdige/achternaam", youth.surname) && says(&message, "/grondslag", "toestemming"),
        "het kwam op naam aan, op grond van toestemming",
    );
    told.check(
        members(&message, "/jeugdige") == fields && members(&message, "/inhoud") == content,
        "precies de velden die het wijkteam mag krijgen, en geen veld meer",
    );
    told.check(
        !received.body.contains(youth.bsn) && !received.body.contains(youth.pupil_key),
        "geen BSN, en niet de leerlingsleutel van de school",
    );
    Ok(Delivered { sent: id_of(&reply)?, received: text(&message, "/signaalId")? })
}

/// Step 3: from 16 the youth decides. Both parents agree, the youth does not, and no name passes.
pub(super) async fn youth_refuses(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    let (youth, school) = (&stage.people.refuser, &stage.crew.second_guidance);
    told.title("Stap 3: een jongere van 16 zegt nee, beide ouders zeggen ja");
    told.say(&format!(
        "{} zit op het Waalkanter College (dat meedoet onder een voor de demo verzonnen convenant) en wil niet dat \
         zijn naam naar het wijkteam gaat. Vanaf 16 beslist de jongere zelf.",
        youth.given_name
    ));
    for parent in school.register(youth).await? {
        school.voice(youth, Some(&parent), "akkoord", &stage.people).await?;
    }
    school.voice(youth, None, "bezwaar", &stage.people).await?;
    told.fact("vooraf", "leerling, twee ouders, van elk een ja, en van de jongere een nee vastgelegd");
    let seen = stage.back_office.received().len();
    let done = json!({"besprokenMetJeugdige": stage.people.today.to_string(), "afwegingIntern": true});
    let refused = send(school, &to_wijkteam("aanmelding", youth, &done), told).await?;
    told.check(
        refused.status == 403 && says(&refused.body, "/regels/0/regel", "SL-1001"),
        "de aanmelding gaat niet: zonder naam bestaat die niet",
    );
    let reply = send(school, &to_wijkteam("preventief", youth, &done), told).await?;
    told.check(says(&reply.body, "/ontvangers/0/vorm", "anoniem"), "een preventief signaal gaat wel, zonder naam");
    let wijkteam = (&stage.back_office, WIJKTEAM, "het wijkteam");
    receipt(stage, told, wijkteam, seen).await?;
    let since: Vec<_> = stage.back_office.received().into_iter().skip(seen).collect();
    told.check(
        since.len() == 1 && since.iter().all(|received| names_nobody(&received.body, youth)),
        "het wijkteam ontving één bericht, en daarin staat geen naam",
    );
    Ok(())
}
