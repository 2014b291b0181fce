// SPDX-License-Identifier: EUPL-1.2
//! Who gets in, who does not, and until when.

use std::process::Command;
use std::time::Duration;

use crate::stage::{ENDED, OFFICER, OTHER, Stage, USUAL};

const SESSION: &str = "__Host-sluis-sessie";
const LOGIN: &str = "__Host-sluis-aanmelding";
/// A word that only the log's own page has.
const LOG: &str = "Logboek van";
const WELCOME: &str = "U meldt zich aan bij uw eigen organisatie";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_in_there_is_a_way_in_and_nothing_else() {
    let stage = Stage::new("outside").await;
    let mut browser = stage.browser();
    for (path, status, says) in [
        ("/", 200, WELCOME),
        ("/regels/0", 200, WELCOME),
        ("/?voor=3", 200, WELCOME),
        ("/?voor=drie", 400, "Dit kan hier niet"),
        ("/v1/signalen", 404, "Hier is niets"),
        ("/regels", 404, "Hier is niets"),
        ("/afmelden", 405, "Dit kan hier niet"),
        ("/opmaak.css", 200, "--water"),
    ] {
        let page = browser.ask(&stage.at(path)).await;
        assert_eq!(page.status, status, "{path}: {}", page.body);
        assert!(page.body.contains(says), "{path}: {}", page.body);
        assert!(!page.body.contains(LOG), "{path}");
        let policy =
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        for (name, value) in [
            ("content-security-policy", policy),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}: {name}");
        }
        assert!(!page.body.contains("<script") && !page.body.contains("style="), "{path}");
    }
    assert!(browser.cookies.is_empty(), "who only looks gets no cookie: {:?}", browser.cookies);
    browser.language = "en-GB,en;q=0.9";
    let page = browser.ask(&stage.at("/")).await;
    assert!(page.body.contains("<html lang=\"en\">") && page.body.contains("Log in"), "{}", page.body);
    assert_eq!(page.header("content-language"), Some("en"));
    let page = browser.ask(&stage.at("/?taal=nl")).await;
    assert!(page.body.contains("<html lang=\"nl\">"));
    let page = browser.ask(&stage.at("/")).await;
    assert!(page.body.contains("<html lang=\"nl\">"), "the choice is remembered over what the browser prefers");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_comes_in_by_the_own_provider_and_goes_out_by_a_button() {
    let stage = Stage::new("in-and-out").await;
    let mut browser = stage.browser();
    let page = stage.log_in(&mut browser, OFFICER).await;
    assert_eq!((page.status, page.url.path()), (200, "/"), "{}", page.body);
    assert!(page.body.contains(LOG) && page.body.contains("Basisschool De Wilgenhoek"), "{}", page.body);
    for forged in [&[("bewijs", ""), ("reden", "toezicht")][..], &[("reden", "toezicht")]] {
        assert_eq!(browser.submit(&stage.at("/reden"), forged).await.status, 400, "{forged:?}");
    }
    let session = browser.cookie(SESSION).unwrap().clone();
    assert!(session.header.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{}", session.header);
    assert!(session.value.len() >= 43, "256 bits");
    assert!(browser.cookie(LOGIN).is_none(), "used up");
    // Each log-in has a session of its own, and ends the one that the browser brought along.
    let mut second = browser.clone();
    stage.log_in(&mut second, OFFICER).await;
    assert_ne!(second.cookie(SESSION).unwrap().value, session.value);
    assert!(browser.ask(&stage.at("/")).await.body.contains(WELCOME), "the earlier session ended");
    // Out: only by a form of the session's own page.
    let page = second.ask(&stage.at("/")).await;
    let proof = page.between("name=\"bewijs\" value=\"", "\"").unwrap().to_owned();
    for forged in [&[][..], &[("bewijs", "")], &[("bewijs", &session.value)]] {
        assert_eq!(second.submit(&stage.at("/afmelden"), forged).await.status, 400, "{forged:?}");
    }
    assert!(second.ask(&stage.at("/")).await.body.contains(LOG), "still there");
    let kept = second.clone();
    let out = second.submit(&stage.at("/afmelden"), &[("bewijs", &proof)]).await;
    assert!(out.status == 200 && out.body.contains("U bent hier afgemeld"), "{}", out.body);
    assert!(second.cookie(SESSION).is_none());
    for mut after in [second, kept] {
        assert!(after.ask(&stage.at("/")).await.body.contains(WELCOME), "the cookie opens nothing any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_officer_today_sees_a_page_and_is_recorded() {
    let stage = Stage::new("refused").await;
    for person in ["ib.wilgenhoek", ENDED, "niemand"] {
        let mut browser = stage.browser();
        let page = stage.log_in(&mut browser, person).await;
        assert_eq!(page.status, 403, "{person}: {}", page.body);
        assert!(page.body.contains("Alleen wie vandaag functionaris gegevensbescherming is"), "{}", page.body);
        assert!(!page.body.contains(LOG) && !page.body.contains(person), "{person}: {}", page.body);
        assert!(browser.cookie(SESSION).is_none(), "{person}");
        assert!(browser.ask(&stage.at("/")).await.body.contains(WELCOME), "{person}");
    }
    // Those whom the school knows are in the school's log; a stranger is nobody's.
    let page = stage.log_in(&mut stage.browser(), OFFICER).await;
    let tried = page.body.matches("Iemand die bekend is bij Basisschool De Wilgenhoek, wilde zich hier aanmelden.");
    assert_eq!(tried.count(), 2, "{}", page.body);
    assert!(page.body.contains("deze persoon is vandaag geen functionaris"), "{}", page.body);
    let metrics = reqwest::get(format!("{}/metrics", stage.gateway.operations)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("sluis_console_logins_total{outcome=\"login_person_unknown\"} 1"), "{metrics}");
}

/// What a browser comes back with is turned in one way each time; none of it opens anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_that_is_not_the_way_out_leads_nowhere() {
    let stage = Stage::new("turned").await;
    let replaced = |url: &str, name: &str, value: &str| {
        let before = url.split_once(&format!("{name}=")).unwrap();
        let rest = before.1.split_once('&').map_or(String::new(), |(_, rest)| format!("&{rest}"));
        format!("{}{name}={value}{rest}", before.0)
    };
    let mut browser = stage.browser();
    let good = stage.way_back(&mut browser, OFFICER).await;
    for (url, status) in [
        (replaced(&good, "state", "anders"), 400),
        (replaced(&good, "state", ""), 400),
        (replaced(&good, "iss", "https://idp.elders.test"), 400),
        (replaced(&good, "code", "verzonnen"), 403),
        (stage.at("/aanmelden/terug"), 400),
        (stage.at("/aanmelden/terug?error=access_denied"), 400),
    ] {
        let page = browser.clone().ask(&url).await;
        assert_eq!(page.status, status, "{url}: {}", page.body);
        assert!(page.header("location").is_none() && !page.body.contains(LOG), "{url}");
    }
    // Another browser, without the cookie, and one with the cookie of a log-in of its own.
    assert_eq!(stage.browser().ask(&good).await.status, 400);
    let mut other = stage.browser();
    other.ask(&stage.at("/aanmelden")).await;
    assert_eq!(other.ask(&good).await.status, 400);
    // The first use of a code counts; the provider takes no second.
    let mut again = browser.clone();
    assert_eq!(browser.ask(&good).await.status, 303);
    assert_eq!(again.ask(&good).await.status, 403);
    // At the provider another nonce or challenge was asked for than this browser left with.
    for (name, value) in [("nonce", "een-andere"), ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")] {
        let mut browser = stage.browser();
        let out = browser.ask(&stage.at("/aanmelden")).await;
        let out = out.header("location").unwrap();
        assert!(out.contains("code_challenge_method=S256") && out.contains("response_type=code"), "{out}");
        let back = browser.through_provider(&replaced(out, name, value), OFFICER, &stage.at("/aanmelden/terug")).await;
        let page = browser.ask(back.as_str()).await;
        assert_eq!(page.status, 403, "{name}: {}", page.body);
        assert!(browser.cookie(SESSION).is_none(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_counts_only_with_an_algorithm_of_the_list() {
    let mut stage = Stage::new("algorithms").await;
    let mut before = USUAL;
    for (algorithm, status) in [("PS256", 200), ("RS256", 200), ("ES384", 403), ("ES256", 200)] {
        let file = stage.folder.join("sluis.toml");
        stage.edit(&file, |text| text.replace(&format!("sluis-{before}"), &format!("sluis-{algorithm}")));
        before = algorithm;
        stage = stage.restart().await;
        let page = stage.log_in(&mut stage.browser(), OFFICER).await;
        assert_eq!(page.status, status, "{algorithm}: {}", page.body);
        assert_eq!(page.body.contains(LOG), status == 200, "{algorithm}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_after_a_working_day_and_with_the_role() {
    let stage = Stage::new("ends").await;
    let mut browser = stage.browser();
    stage.log_in(&mut browser, OFFICER).await;
    for (seconds, open) in [(899, true), (899 + 899, true), (899 + 899 + 901, false)] {
        stage.turn(seconds);
        assert_eq!(browser.ask(&stage.at("/")).await.body.contains(LOG), open, "after {seconds} seconds");
    }
    // The role is taken away while the session lasts.
    let mut other = stage.browser();
    assert!(stage.log_in(&mut other, OTHER).await.body.contains("Waalkanter College"));
    let register = stage.world.folder.join("register.toml");
    let today = stage.world.people.today;
    stage.edit(&register, |text| {
        let (before, after) = text.rsplit_once("id = \"fg.waalkanter\"").unwrap();
        let (first, second) = before.rsplit_once("id = \"fg.waalkanter\"").unwrap();
        let ended =
            |text: &str| text.replacen("from = 2020-01-01\n", &format!("from = 2020-01-01\nuntil = {today}\n"), 1);
        format!("{first}id = \"fg.waalkanter\"{}id = \"fg.waalkanter\"{}", ended(second), ended(after))
    });
    let told = Command::new("kill").args(["-HUP", &stage.gateway.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut page = other.ask(&stage.at("/")).await;
    for _ in 0..100 {
        if page.status == 403 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        page = other.ask(&stage.at("/")).await;
    }
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(page.body.contains("Alleen wie vandaag") && other.cookie(SESSION).is_none(), "{}", page.body);
    // P1, P9: on a clock that went back nothing can be recorded or judged, so nothing is shown.
    stage.turn(0);
    let page = browser.ask(&stage.at("/")).await;
    assert_eq!((page.status, page.header("retry-after")), (503, Some("5")), "{}", page.body);
    assert!(page.body.contains("Er is een storing") && !page.body.contains(LOG), "{}", page.body);
}
