// SPDX-License-Identifier: EUPL-1.2
//! An officer searches: with a purpose or not at all, among the own controller's lines, on record.

use crate::browser::{Browser, Page};
use crate::stage::{MUNICIPAL, OFFICER, Stage};

/// An officer at the search form, with what a form must bring back.
struct Searcher<'a> {
    stage: &'a Stage,
    browser: Browser,
    proof: String,
}

impl<'a> Searcher<'a> {
    async fn new(stage: &'a Stage, person: &str) -> Self {
        let mut browser = stage.browser();
        stage.log_in(&mut browser, person).await;
        let form = browser.ask(&stage.at("/zoeken")).await;
        assert_eq!(form.status, 200, "{}", form.body);
        let proof = form.between("name=\"bewijs\" value=\"", "\"").unwrap().to_owned();
        Self { stage, browser, proof }
    }

    async fn search(&mut self, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<_> = [("bewijs", self.proof.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.browser.submit(&self.stage.at("/zoeken"), &fields).await
    }

    /// A search to supervise.
    async fn supervise(&mut self, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<_> = [("reden", "toezicht")].into_iter().chain(fields.iter().copied()).collect();
        let page = self.search(&fields).await;
        assert_eq!(page.status, 200, "{fields:?}: {}", page.body);
        page
    }
}

const SIGNAL: &str = "preventief signaal over een jeugdige";

/// L1, P10: found by pupil, organisation, rule, outcome and day; what is asked stands in no address.
#[tokio::test(flavor = "multi_thread")]
async fn l11_an_officer_finds_what_was_done_about_a_pupil_and_the_search_is_a_line_itself() {
    let stage = Stage::new("search").await;
    stage.hold("signalling.txt").await;
    let key = stage.world.names().get("worried_about.key").unwrap().to_owned();
    let mut school = Searcher::new(&stage, OFFICER).await;
    let today = stage.world.people.today.to_string();
    let yesterday = stage.world.people.today.yesterday().unwrap().to_string();
    for (fields, found) in [
        (&[("leerling", key.as_str())][..], true),
        (
            &[("leerling", key.as_str()), ("doel", "vroegsignalering"), ("regel", "sl-901"), ("van", today.as_str())],
            true,
        ),
        (&[("leerling", "een-ander")], false),
        (&[("regel", "SL-801")], false),
        (&[("organisatie", sluis_sandbox::seed::MUNICIPALITY), ("uitkomst", "verstrekt")], true),
        (&[("organisatie", sluis_sandbox::seed::SECOND_SCHOOL)], false),
        (&[("tot", yesterday.as_str())], false),
        (&[("doorbreking", "ja")], false),
    ] {
        let page = school.supervise(fields).await;
        assert_eq!(page.body.contains(SIGNAL), found, "{fields:?}: {}", page.body);
        assert_eq!(page.body.contains("Niets gevonden"), !found, "{fields:?}: {}", page.body);
        assert_eq!(page.url.query(), None);
        assert!(!page.body.contains("ib.wilgenhoek"), "no professional by name");
    }
    // Each of them is a line of the log, and is found like any other.
    let looks = school.supervise(&[("regel", "SL-1401")]).await;
    let line = "De functionaris gegevensbescherming van Basisschool De Wilgenhoek (Sluis) las in dit logboek.";
    assert!(looks.body.matches(line).count() >= 8, "{}", looks.body);
    // RL-06: the receiver's officer finds what came, and not what was offered.
    let mut team = Searcher::new(&stage, MUNICIPAL).await;
    let came = team.supervise(&[("regel", "SL-901")]).await.body;
    assert!(came.contains(&format!("stuurde een {SIGNAL} naar Gemeente West Maas en Waal")), "{came}");
    assert!(!came.contains("diende een"), "{came}");
    team.browser.language = "en";
    let english = team.supervise(&[("regel", "SL-901")]).await.body;
    assert!(english.contains("Lines found, newest first") && english.contains("<html lang=\"en\">"), "{english}");
    // P10: not in what the process said either.
    let log = std::fs::read_to_string(stage.folder.join("gateway.log")).unwrap();
    assert!(!log.contains(&key), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_without_a_purpose_or_of_somebody_else_finds_nothing_and_shows_nothing() {
    let stage = Stage::new("refused-search").await;
    stage.hold("signalling.txt").await;
    let mut school = Searcher::new(&stage, OFFICER).await;
    let silent = school.search(&[("regel", "SL-901")]).await;
    assert_eq!(silent.status, 422, "{}", silent.body);
    assert!(silent.body.contains("Zonder reden wordt er niet gezocht") && !silent.body.contains(SIGNAL));
    let refused = school.supervise(&[("uitkomst", "geweigerd")]).await.body;
    assert!(refused.contains("wilde in dit logboek lezen") && refused.contains("SL-105"), "{refused}");
    let wrong = school.search(&[("reden", "toezicht"), ("leerling", "999990019"), ("van", "<b>gisteren")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    assert!(wrong.body.contains("Vul hier nooit een BSN in") && wrong.body.contains("Dit is geen datum"));
    assert!(!wrong.body.contains("<b>") && wrong.body.contains("aria-invalid"), "{}", wrong.body);
    // A cursor that this search did not give, a form of another session, and a foreign office.
    for fields in [&[("reden", "toezicht"), ("verder", "AAAA")][..], &[("reden", "toezicht"), ("bewijs", "AAAA")]] {
        let page = school.browser.submit(&stage.at("/zoeken"), fields).await;
        assert_eq!(page.status, 400, "{fields:?}: {}", page.body);
    }
    let own = school.supervise(&[("ambt", sluis_sandbox::seed::MUNICIPALITY), ("regel", "SL-901")]).await.body;
    assert!(own.contains("Logboek van <strong>Basisschool De Wilgenhoek"), "{own}");
    // Without a log-in there is the way in; and whoever is no officer any more sees what an unknown page shows.
    let nobody = stage.browser().ask(&stage.at("/zoeken")).await;
    assert!(nobody.status == 200 && nobody.body.contains("U meldt zich aan"), "{}", nobody.body);
    let unknown = school.browser.ask(&stage.at("/bestaat-niet")).await;
    let register = stage.world.folder.join("register.toml");
    stage.edit(&register, |text| text.replace(&format!("id = \"{OFFICER}\""), "id = \"iemand.anders\""));
    let told = std::process::Command::new("kill").args(["-HUP", &stage.gateway.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut after = school.browser.ask(&stage.at("/zoeken")).await;
    for _ in 0..200 {
        if after.status == 404 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        after = school.browser.ask(&stage.at("/zoeken")).await;
    }
    assert_eq!((after.status, after.body.replace("/zoeken", "/bestaat-niet")), (404, unknown.body));
}

/// RL-21: a saved question is one choice of the form. The one that watches people is refused, on record, until the register says
/// since when the works council agrees; then it is answered as what it is.
#[tokio::test(flavor = "multi_thread")]
async fn rl_21_a_saved_question_is_asked_in_the_form_and_watching_people_waits_for_their_council() {
    let stage = Stage::new("question").await;
    stage.hold("signalling.txt").await;
    let mut school = Searcher::new(&stage, OFFICER).await;
    let involved = school.supervise(&[("vraag", "wacht_op_toetsing")]).await.body;
    assert!(involved.contains("<option value=\"wacht_op_toetsing\" selected>"), "{involved}");
    assert!(involved.contains("Niets gevonden"), "nobody went around the usual way: {involved}");
    let unknown = school.search(&[("reden", "toezicht"), ("vraag", "wie_was_er_laat")]).await;
    assert!(unknown.status == 422 && unknown.body.contains("Deze vraag bestaat niet"), "{}", unknown.body);
    let watching = [("reden", "toezicht"), ("vraag", "buiten_werktijd")];
    let proof = school.proof.clone();
    for address in ["/zoeken", "/zoeken/bestand"] {
        let fields = [watching.as_slice(), &[("bewijs", &proof), ("vorm", "csv"), ("voor", "functionaris")]].concat();
        let page = school.browser.submit(&stage.at(address), &fields).await;
        assert!(page.status == 422 && page.body.contains("ondernemingsraad instemt"), "{address}: {}", page.body);
        assert!(!page.body.contains("<tbody"), "{address}: {}", page.body);
    }
    let refused = school.supervise(&[("regel", "SL-1411")]).await.body;
    assert_eq!(refused.matches("wilde een vraag stellen over het gebruik door medewerkers").count(), 2, "{refused}");
    let (register, oin) = (stage.world.folder.join("register.toml"), sluis_sandbox::seed::SCHOOL);
    let agreed = format!("oin = \"{oin}\"\nworks_council_since = {}\n", stage.world.people.today);
    stage.edit(&register, |text| text.replacen(&format!("oin = \"{oin}\"\n"), &agreed, 1));
    let told = std::process::Command::new("kill").args(["-HUP", &stage.gateway.id().to_string()]).status().unwrap();
    assert!(told.success());
    school.browser.language = "en";
    let mut page = school.search(&watching).await;
    for _ in 0..200 {
        if page.status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        page = school.search(&watching).await;
    }
    assert!(page.status == 200 && page.body.contains("What did staff do outside working hours?"), "{}", page.body);
    let asked = school.supervise(&[("regel", "SL-1403")]).await.body;
    assert!(asked.contains("asked how staff use the system"), "{asked}");
}

/// L10: what a search found leaves in a file, by the own organisation's officer only, and that is a line of the log.
#[tokio::test(flavor = "multi_thread")]
async fn l10_an_officer_takes_along_what_a_search_found() {
    let stage = Stage::new("file").await;
    stage.hold("signalling.txt").await;
    let mut school = Searcher::new(&stage, OFFICER).await;
    let (address, proof) = (stage.at("/zoeken/bestand"), school.proof.clone());
    let asked = [("bewijs", proof.as_str()), ("reden", "vraag_van_betrokkene"), ("regel", "SL-901")];
    let with = |more: &[(&'static str, &'static str)]| [asked.as_slice(), more].concat();
    let found = school.supervise(&[("regel", "SL-901")]).await.body.matches("<tr role=\"row\">").count() - 1;
    assert!(found > 1);
    for (form, kind, said) in [
        ("csv", "text/csv; charset=utf-8; header=present", "\"afleveren\""),
        ("ldv", "application/x-ndjson", "\"name\":\"afleveren\""),
        ("adl", "application/x-ndjson", "\"adl.core.response\""),
        ("auditevent", "application/fhir+ndjson", "\"resourceType\":\"AuditEvent\""),
    ] {
        let file = school.browser.submit(&address, &with(&[("vorm", form), ("voor", "betrokkene")])).await;
        assert_eq!((file.status, file.header("content-type")), (200, Some(kind)), "{}", file.body);
        assert!(file.header("content-disposition").unwrap().starts_with("attachment; filename=\"logboek."));
        assert_eq!(file.body.lines().count() - usize::from(form == "csv"), found, "{form}: {}", file.body);
        assert!(file.body.contains(said), "{form}: {}", file.body);
        for hidden in ["ib.wilgenhoek", "intern_begeleider", "99000000000000000001"] {
            assert!(!file.body.contains(hidden), "{form}: {hidden}: {}", file.body);
        }
    }
    let left = school.supervise(&[("uitkomst", "verder_verloop")]).await.body;
    assert_eq!(left.matches("meegenomen in een bestand").count(), 4, "{left}");
    for (fields, status) in [
        (with(&[("vorm", "csv"), ("voor", "siem"), ("ambt", sluis_sandbox::seed::MUNICIPALITY)]), 404),
        (with(&[("vorm", "xlsx"), ("voor", "siem")]), 400),
        (vec![("bewijs", proof.as_str()), ("vorm", "csv"), ("voor", "siem")], 422),
        (vec![("reden", "toezicht"), ("vorm", "csv"), ("voor", "siem")], 400),
    ] {
        let page = school.browser.submit(&address, &fields).await;
        assert_eq!(page.status, status, "{fields:?}: {}", page.body);
        assert!(page.header("content-disposition").is_none());
    }
}

/// Who stands behind a line: asked for by itself, with a reason of its own, about the own staff only, on record.
#[tokio::test(flavor = "multi_thread")]
async fn rl_20_a_professional_is_named_in_a_second_step_with_a_reason() {
    let stage = Stage::new("second-step").await;
    stage.hold("signalling.txt").await;
    let mut school = Searcher::new(&stage, OFFICER).await;
    let found = school.supervise(&[("regel", "SL-901"), ("uitkomst", "verstrekt")]).await;
    let line = found.body.rsplit_once("<a href=\"/regels/").unwrap().1.split('"').next().unwrap().to_owned();
    let check = school.browser.ask(&stage.at(&format!("/regels/{line}"))).await.body;
    assert!(check.contains("Welke medewerker was dit?") && !check.contains("ib.wilgenhoek"), "{check}");
    let address = stage.at(&format!("/regels/{line}/medewerker"));
    let proof = school.proof.clone();
    let silent = school.browser.submit(&address, &[("bewijs", &proof)]).await;
    assert!(silent.status == 400 && !silent.body.contains("ib.wilgenhoek"), "{}", silent.body);
    let named = school.browser.submit(&address, &[("bewijs", &proof), ("reden", "mogelijk_datalek")]).await;
    assert!(
        named.status == 200 && named.body.contains("<strong class=\"naam\">ib.wilgenhoek</strong>"),
        "{}",
        named.body
    );
    let asked = school.supervise(&[("regel", "SL-1407")]).await.body;
    assert!(asked.contains("vroeg op welke medewerker achter een regel staat"), "{asked}");
    // The staff of another organisation is theirs: as absent as what does not exist.
    let mut team = Searcher::new(&stage, MUNICIPAL).await;
    let proof = team.proof.clone();
    for line in [line.as_str(), "999999"] {
        let address = stage.at(&format!("/regels/{line}/medewerker"));
        let page = team.browser.submit(&address, &[("bewijs", &proof), ("reden", "toezicht")]).await;
        assert!(page.status == 404 && page.body.contains("Hier is niets"), "{}", page.body);
    }
}
