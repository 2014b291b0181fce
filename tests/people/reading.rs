// SPDX-License-Identifier: EUPL-1.2
//! What an officer sees: the own controller's lines, all of them and no others, and where each stands.

use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::{Connection, SqliteConnection};

use crate::stage::{MUNICIPAL, OFFICER, OTHER, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn rl_20_an_officer_sees_the_own_controller_and_nobody_elses() {
    let stage = Stage::new("own").await;
    stage.hold("signalling.txt").await;
    let own = stage.log_in(&mut stage.browser(), OFFICER).await.body;
    for said in [
        "Een intern begeleider van Basisschool De Wilgenhoek (school) diende een preventief signaal over een jeugdige in, voor Gemeente West Maas en Waal (wijkteam).",
        "stuurde een preventief signaal over een jeugdige naar Gemeente West Maas en Waal (wijkteam).",
        "Toegestaan, zonder naam",
        "<strong>SL-901</strong> <span lang=\"nl\">Zonder naam, in een groep die groot genoeg is om in op te gaan.</span>",
        "000-10, 000-26, RL-07, RL-23",
        "geen persoonsgegevens van een jeugdige",
        " (000), versie ",
        "vroeg signaleren",
    ] {
        assert!(own.contains(said), "{said}\n{own}");
    }
    let team = stage.log_in(&mut stage.browser(), MUNICIPAL).await.body;
    assert!(
        team.contains("stuurde een preventief signaal over een jeugdige naar Gemeente West Maas en Waal"),
        "{team}"
    );
    assert!(!team.contains("diende een preventief signaal"), "what was offered had not come yet (RL-06): {team}");
    let other = stage.log_in(&mut stage.browser(), OTHER).await.body;
    assert!(!other.contains("De Wilgenhoek") && other.contains("Waalkanter College"), "{other}");
    // No professional by name, and nothing that is known of any youth.
    for page in [&own, &team, &other] {
        for name in ["ib.wilgenhoek", "consulent.wijkteam", "zorg.waalkanter", "leerkracht.wilgenhoek"] {
            assert!(!page.contains(name), "{name}");
        }
        for (name, value) in stage.world.names() {
            let known = ["given", "surname", "bsn", "born", "key", "postcode"];
            assert!(!known.iter().any(|what| name.ends_with(what)) || !page.contains(&value), "{name}");
        }
    }
    // One person may be the officer of two organisations, and reads one at a time.
    let mut browser = stage.browser();
    let both = stage.log_in(&mut browser, OTHER).await.body;
    assert!(both.contains("Uw organisaties") && both.contains("Samenwerkingsverband Stromenland"), "{both}");
    let second = browser.ask(&stage.at(&format!("/?organisatie={}", sluis_sandbox::seed::SAMENWERKINGSVERBAND))).await;
    assert!(second.body.contains("Logboek van <strong>Samenwerkingsverband Stromenland</strong>"), "{}", second.body);
    let foreign = browser.ask(&stage.at(&format!("/?organisatie={}", sluis_sandbox::seed::SCHOOL))).await;
    assert!(!foreign.body.contains("De Wilgenhoek"), "{}", foreign.body);
}

/// P1: reading is recorded before it is shown, and the record is a line like any other.
#[tokio::test(flavor = "multi_thread")]
async fn p1_every_reading_is_a_line_of_the_log_and_pages_reach_the_first() {
    let stage = Stage::new("readings").await;
    let mut browser = stage.browser();
    let reading = "De functionaris gegevensbescherming van Basisschool De Wilgenhoek (Sluis) las in dit logboek.";
    let first = stage.log_in(&mut browser, OFFICER).await.body;
    assert!(first.contains("Hier staan geen regels") && !first.contains(reading), "{first}");
    for before in 1..=30_usize {
        let page = browser.ask(&stage.at("/")).await.body;
        assert_eq!(page.matches(reading).count(), before.min(25), "after {before} readings");
        assert!(page.contains("SL-1401") && page.contains("verantwoording"), "{page}");
    }
    browser.language = "en";
    let page = browser.ask(&stage.at("/")).await;
    let english = "The data protection officer of Basisschool De Wilgenhoek (Sluis) read this log.";
    assert_eq!(page.body.matches(english).count(), 25, "{}", page.body);
    assert!(page.body.contains("<caption>Lines of the log"), "{}", page.body);
    let older = page.between("<li><a href=\"", "\" rel=\"next\"").unwrap();
    let page = browser.ask(&stage.at(older)).await;
    assert_eq!(page.body.matches(english).count(), 6, "{older}: {}", page.body);
    assert!(!page.body.contains("rel=\"next\"") && page.body.contains("Newest lines"), "{}", page.body);
}

/// P8: what the page claims is worked out again here, from what it shows.
#[tokio::test(flavor = "multi_thread")]
async fn p8_a_line_leads_to_the_checkpoint_and_a_changed_one_does_not() {
    let stage = Stage::new("proof").await;
    stage.hold("signalling.txt").await;
    let mut browser = stage.browser();
    let log = stage.log_in(&mut browser, OFFICER).await;
    let checks: Vec<String> =
        log.body.split("<a href=\"/regels/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(checks.len() > 3, "{}", log.body);
    for index in &checks {
        let page = browser.ask(&stage.at(&format!("/regels/{index}"))).await;
        assert!(page.body.contains("De regel staat waar hij hoort."), "{}", page.body);
        assert!(page.body.contains("Innerlijk consistent; niet vergeleken met een eerder bewijs."), "{}", page.body);
        let (root, size) = shown_root(&page.body);
        assert_eq!(followed(index.parse().unwrap(), size, &page.body), root, "line {index}");
    }
    // What is somebody else's is as absent as what does not exist.
    let ours = |index: &u64| log.body.contains(&format!("/regels/{index}\""));
    let of_others = (0..100).find(|index| !ours(index)).unwrap();
    let foreign = browser.ask(&stage.at(&format!("/regels/{of_others}"))).await;
    let absent = browser.ask(&stage.at("/regels/999999999")).await;
    assert_eq!((foreign.status, absent.status), (404, 404));
    assert_eq!(foreign.body.replace(&of_others.to_string(), "N"), absent.body.replace("999999999", "N"));
    // Somebody with the database in hand changes who acted.
    let line = checks.last().unwrap();
    rewritten(&stage.folder, line, "replace(entry, '\"intern_begeleider\"', '\"leerkracht\"')").await;
    let page = browser.ask(&stage.at(&format!("/regels/{line}"))).await;
    assert!(page.body.contains("De regel klopt niet met het controlepunt."), "{}", page.body);
    let untouched = browser.ask(&stage.at(&format!("/regels/{}", checks[0]))).await;
    assert!(untouched.body.contains("De regel staat waar hij hoort."), "its own text is as it was: {}", untouched.body);
}

/// Names come from a register that somebody else may keep, and words from records of another time: all of it is text.
#[tokio::test(flavor = "multi_thread")]
async fn what_looks_like_markup_is_shown_as_it_was_written() {
    let hostile = "De <script>alert(1)</script> \\\"'><img src=x onerror=alert(1)>";
    let stage = Stage::with("hostile", |register| register.replace("Basisschool De Wilgenhoek", hostile)).await;
    stage.hold("signalling.txt").await;
    let mut browser = stage.browser();
    let log = stage.log_in(&mut browser, OFFICER).await;
    let line = log.between("<a href=\"/regels/", "\"").unwrap().to_owned();
    rewritten(&stage.folder, &line, "replace(entry, '\"rol\":\"', '\"rol\":\"<b>rol</b>')").await;
    for path in ["/".to_owned(), format!("/regels/{line}"), format!("/?voor={}&logboek=<script>", u64::MAX / 4)] {
        let page = browser.ask(&stage.at(&path)).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        for raw in ["<script", "<img", "<b>rol", "onerror=alert(1)>"] {
            assert!(!page.body.contains(raw), "{path}: {raw}");
        }
        assert!(page.body.contains("&#60;script&#62;") || path.contains("regels"), "{path}: {}", page.body);
    }
    let page = browser.ask(&stage.at("/")).await;
    assert!(page.body.contains("&#60;b&#62;rol"), "{}", page.body);
}

/// Size and root of the checkpoint on a page.
fn shown_root(page: &str) -> (Vec<u8>, u64) {
    let note = page.split_once("<pre tabindex=\"0\">").unwrap().1;
    let mut lines = note.lines().skip(1);
    let size = lines.next().unwrap().parse().unwrap();
    let root = lines.next().unwrap().replace("&#43;", "+").replace("&#61;", "=");
    (STANDARD.decode(root).unwrap(), size)
}

/// From the text of the line, by the hashes on the page, to a root: recursion over the halves, unlike what made the page.
fn followed(index: u64, size: u64, page: &str) -> Vec<u8> {
    let text = page.split_once("<pre tabindex=\"0\" lang=\"nl\">").unwrap().1.split_once("</pre>").unwrap().0;
    let text = text
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">");
    let way: Vec<Vec<u8>> = page.split_once("<ol class=\"weg\">").map_or_else(Vec::new, |(_, rest)| {
        let list = rest.split_once("</ol>").unwrap().0;
        list.split("<code>").skip(1).map(|item| from_hex(&item[..64])).collect()
    });
    let leaf = hash(&[&[0], &[1], text.as_bytes()]);
    above(leaf, index, size, &way)
}

fn above(leaf: Vec<u8>, index: u64, size: u64, way: &[Vec<u8>]) -> Vec<u8> {
    let Some((beside, below)) = way.split_last() else {
        assert_eq!(size, 1, "the way is too short");
        return leaf;
    };
    let half = size.next_power_of_two() / 2;
    if index < half {
        hash(&[&[1], &above(leaf, index, half, below), beside])
    } else {
        hash(&[&[1], beside, &above(leaf, index - half, size - half, below)])
    }
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    digest(&SHA256, &parts.concat()).as_ref().to_vec()
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..32).map(|byte| u8::from_str_radix(&text[2 * byte..2 * byte + 2], 16).unwrap()).collect()
}

/// Changes a line behind the gateway's back, as somebody with the file can.
async fn rewritten(folder: &Path, line: &str, entry: &str) {
    let configuration = fs::read_to_string(folder.join("sluis.toml")).unwrap();
    let url = configuration.split_once("database = \"sqlite:").unwrap().1.split_once('"').unwrap().0;
    let file = folder.join(url.trim_start_matches("//"));
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("DROP TRIGGER log_leaf_stays").execute(&mut database).await.unwrap();
    let change = format!("UPDATE log_leaf SET entry = {entry} WHERE leaf_index = {line}");
    let changed = sqlx::query(sqlx::AssertSqlSafe(change)).execute(&mut database).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
}
