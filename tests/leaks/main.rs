// SPDX-License-Identifier: EUPL-1.2
//! P10: after everything has run, nothing that it left behind says who anybody is. Every file under `SLUIS_LEAK_FOLDER` is
//! searched: output of tests, logs, databases and their dump, metrics, folders of trials. What the sandbox's systems were
//! rightly told stays in their memory, and so is not among it.

mod search;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use search::{Finding, Search};
use sluis_sandbox::seed::World;

/// What the school's own register says of a pupil beside the attendance, and what conversations write as free text.
const SAID: [&str; 4] = [
    "volgens de buren samen op pad",
    "zonder brood op school",
    "J. Wulpveen",
    "slaapt in de klas en praat niet over thuis",
];

#[test]
fn p10_nothing_that_was_left_behind_says_who_anybody_is() {
    let folder = std::env::var("SLUIS_LEAK_FOLDER").expect("SLUIS_LEAK_FOLDER names what to search: use tests/run");
    let files = files_under(Path::new(&folder));
    for kind in ["postgres.sql", "gateway.log", "metrics.txt", "sluis.db"] {
        let some = files.iter().any(|file| file.ends_with(kind));
        assert!(some, "there is no {kind} to search: run this after the conversations");
    }
    let dump = fs::read_to_string(Path::new(&folder).join("dump/postgres.sql")).unwrap();
    assert!(dump.contains("INSERT INTO public.log_leaf"), "the dump holds what gateways wrote");
    let search = Search::for_all(&world(), &SAID);
    let mut found: Vec<String> = Vec::new();
    for file in &files {
        let content = fs::read(file).unwrap();
        let findings = search.through(&content);
        found.extend(findings.iter().map(|finding| told(file, finding)));
    }
    println!("{} files searched", files.len());
    assert!(found.is_empty(), "found:\n{}", found.join("\n"));
}

/// The search itself is tried: each way of writing a secret down is found, and innocent text is not.
#[test]
fn every_way_to_write_it_down_is_found() {
    let world = world();
    let search = Search::for_all(&world, &SAID);
    let youth = &world.refuser;
    let bsn = youth.bsn;
    let wide: String = bsn.chars().filter_map(|digit| char::from_u32(u32::from(digit) + 0xfee0)).collect();
    let parts = |with: &str| [&bsn[..3], &bsn[3..6], &bsn[6..]].join(with);
    let turned: Vec<_> = youth.born.to_string().split('-').rev().map(str::to_owned).collect();
    let mut planted = vec![
        bsn.to_owned(),
        format!("\"bsn\":{bsn},"),
        parts(" "),
        parts("."),
        parts("-"),
        wide,
        search::hex(bsn.as_bytes()),
        search::hex(bsn.as_bytes()).to_uppercase(),
        youth.surname.to_owned(),
        youth.surname.to_uppercase(),
        search::hex(youth.surname.as_bytes()),
        format!("naam={}&", youth.given_name),
        youth.born.to_string(),
        youth.born.to_string().replace('-', ""),
        turned.join("-"),
        turned.join("/"),
        SAID[0].to_owned(),
    ];
    for before in ["", "a", "ab"] {
        planted.push(search::base64(format!("{before}{bsn}en verder").as_bytes()));
        planted.push(search::base64(format!("{before}{} en verder", youth.surname).as_bytes()));
    }
    for digest in search::digests(bsn.as_bytes()) {
        planted.extend([search::hex(&digest), search::hex(&digest).to_uppercase(), search::base64(&digest)]);
        planted.push(search::base64(&digest).replace('+', "-").replace('/', "_").replace('=', ""));
    }
    for text in &planted {
        let around = format!("{{\"level\":\"info\"}} {text} tail 123");
        assert!(!search.through(around.as_bytes()).is_empty(), "not found: {text}");
    }
    let digest = &search::digests(bsn.as_bytes())[0];
    assert!(!search.through(digest).is_empty(), "a digest as bytes");
    for innocent in ["999990019", "1795300000000000", "2026-11-22T10:00:00Z 200 12ms", "", "Roderickje"] {
        assert!(search.through(innocent.as_bytes()).is_empty(), "found in: {innocent}");
    }
}

fn world() -> World {
    World::on(Timestamp::now().in_tz("Europe/Amsterdam").unwrap().date())
}

fn told(file: &Path, finding: &Finding) -> String {
    format!("{} at byte {}: {}", file.display(), finding.at, finding.what)
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            files.extend(files_under(&path));
        } else if kind.is_file() {
            files.push(path);
        }
    }
    files.sort();
    files
}
