// SPDX-License-Identifier: EUPL-1.2
//! An officer hands out who looked: to whom may know, after seeing who that is, on record; and nothing more than that.

use crate::browser::{Browser, Page};
use crate::stage::{OFFICER, OTHER, Stage};

struct Desk<'a> {
    stage: &'a Stage,
    browser: Browser,
    proof: String,
}

impl<'a> Desk<'a> {
    async fn new(stage: &'a Stage, person: &str) -> Self {
        let mut browser = stage.browser();
        stage.log_in(&mut browser, person).await;
        let form = browser.ask(&stage.at("/inzageverslag")).await;
        assert!(form.status == 200 && form.body.contains("Maak het verslag"), "{}", form.body);
        let proof = form.between("name=\"bewijs\" value=\"", "\"").unwrap().to_owned();
        Self { stage, browser, proof }
    }

    async fn report(&mut self, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<_> = [("bewijs", self.proof.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.browser.submit(&self.stage.at("/inzageverslag"), &fields).await
    }
}

/// AVG 15, RL-14, RL-15, RL-19, RL-20: the officer hands out, and the decision table decides.
#[tokio::test(flavor = "multi_thread")]
async fn rl_15_an_officer_hands_out_who_looked_and_no_more_than_the_person_may_know() {
    let stage = Stage::new("inspection").await;
    let names = stage.hold("inspection.txt").await;
    let name = |name: &str| names.get(name).unwrap().as_str();
    let mut school = Desk::new(&stage, OFFICER).await;
    let seen = ("vastgesteld", "identiteitsbewijs");
    let parent = [("leerling", name("worried_about.key")), ("persoon", name("one")), seen];
    let page = school.report(&parent).await;
    assert_eq!((page.status, page.url.query()), (200, None), "{}", page.body);
    // The family is shielded: not even to which municipality it went.
    let told = "Een organisatie stuurde een verzuimmelding over een jeugdige naar een organisatie.";
    assert!(page.body.contains(told) && page.body.contains("een identiteitsbewijs"), "{}", page.body);
    for hidden in ["ib.wilgenhoek", "intern begeleider", "Gemeente West Maas en Waal", "Veilig Thuis", "Pieter"] {
        assert!(!page.body.contains(hidden), "{hidden}: {}", page.body);
    }
    assert!(page.body.contains("— sluis") && page.body.contains("Kenmerk"), "the checkpoint is signed: {}", page.body);
    // Nobody: without authority, unknown, or another's pupil; all the same page.
    for fields in [
        [("leerling", name("worried_about.key")), ("persoon", name("without")), seen],
        [("leerling", "L-niemand"), ("persoon", name("one")), seen],
        [("leerling", name("refuser.key")), ("persoon", name("of-sixteen")), seen],
    ] {
        let page = school.report(&fields).await;
        assert!(page.status == 404 && page.body.contains("Hier is niets"), "{fields:?}: {}", page.body);
    }
    for (fields, words) in [
        (&[("leerling", name("worried_about.key"))][..], "Kies hoe u heeft vastgesteld"),
        (&[seen], "Noem de jeugdige"),
        (&[("leerling", "999990019"), seen], "Vul hier nooit een BSN in"),
        (&[("leerling", "x"), ("persoon", "moeder"), seen], "Dit is geen verwijzing naar een persoon"),
    ] {
        let page = school.report(fields).await;
        assert!(page.status == 422 && page.body.contains(words), "{fields:?}: {}", page.body);
        assert!(!page.body.contains("stuurde een"), "{fields:?}: {}", page.body);
    }
    assert_eq!(school.browser.submit(&stage.at("/inzageverslag"), &[("bewijs", "AAAA")]).await.status, 400);
    // The youth of sixteen at the other school, alone; a parent of thirteen only together.
    let mut other = Desk::new(&stage, OTHER).await;
    let office = ("ambt", sluis_sandbox::seed::SECOND_SCHOOL);
    let youth = other.report(&[office, ("leerling", name("refuser.key")), seen]).await;
    assert!(youth.status == 200 && youth.body.contains("legde een jeugdige vast."), "{}", youth.body);
    let thirteen = [office, ("leerling", name("teenager.key")), ("persoon", name("of-thirteen")), seen];
    let alone = other.report(&thirteen).await;
    assert!(alone.status == 422 && alone.body.contains("Dit vragen ouder en jeugdige samen"), "{}", alone.body);
    let together = other.report(&[&thirteen[..], &[("samen", "ja")]].concat()).await;
    assert!(together.status == 200 && together.body.contains("legde een jeugdige vast."), "{}", together.body);
    // That it was handed out is a line of the log, and whom it was about is in nothing that the process said.
    let form = school.browser.ask(&stage.at("/zoeken")).await;
    let proof = form.between("name=\"bewijs\" value=\"", "\"").unwrap().to_owned();
    let asked = [("bewijs", proof.as_str()), ("reden", "toezicht"), ("regel", "SL-1302")];
    let lines = school.browser.submit(&stage.at("/zoeken"), &asked).await.body;
    assert!(lines.contains("vroeg op wie gegevens van een jeugdige bekeek"), "{lines}");
    // AVG 30: what such a line was for, and who answers for it.
    let register = school.browser.ask(&stage.at("/verwerkingsregister")).await;
    for said in
        ["inzage, verbetering, bezwaar en beperking uitvoeren", "Privacyloket van de gemeente West Maas en Waal"]
    {
        assert!(register.status == 200 && register.body.contains(said), "{}", register.body);
    }
    let log = std::fs::read_to_string(stage.folder.join("gateway.log")).unwrap();
    assert!(!log.contains(name("worried_about.key")) && !log.contains(name("one")), "{log}");
}
