// SPDX-License-Identifier: EUPL-1.2
//! Files as nobody means them: covenants, role files and cases, cut up and put together again from what ships. Reading never
//! panics; and what is accepted is what a reader of our own here, who knows nothing of the loader, would accept too.
//!
//! The dice fall the same in every run. With `SLUIS_TEST_LONG` they are thrown for hours.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sluis_policy::roles::{SHIPPED_MODEL, SHIPPED_POLICY, load};
use sluis_policy::*;

use crate::world::*;

/// How many times the usual number when asked for hours.
const LONG: u64 = 500;

/// Dice that fall the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.throw() % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Says on which throw something panicked.
struct Throw(&'static str, u64);

impl Drop for Throw {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: the dice had started at {}", self.0, self.1);
        }
    }
}

/// So many rounds, and many times as many when asked for hours.
fn rounds(few: u64) -> std::ops::Range<u64> {
    0..few * if std::env::var_os("SLUIS_TEST_LONG").is_some() { LONG } else { 1 }
}

const SLIPS: [&str; 16] = [
    "",
    "0",
    "-1",
    "99999999999999999999",
    "\"\"",
    "[]",
    "{}",
    "true",
    "2026-02-30",
    "\u{2019}",
    "\u{0}",
    "#",
    "\"",
    "=",
    "[[partij]]",
    "9e9",
];

/// A text with one to four things wrong with it, taken from itself and from its like.
fn spoiled(text: &str, likes: &[String], dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(4) {
        if lines.is_empty() {
            break;
        }
        let at = dice.below(lines.len());
        let other: Vec<&str> = dice.one_of(likes).lines().collect();
        match dice.below(9) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let with = dice.below(lines.len());
                lines.swap(at, with);
            }
            3 if !other.is_empty() => lines.insert(at, (*dice.one_of(&other)).to_owned()),
            4 => lines.truncate(at),
            5 if !other.is_empty() => {
                let from = dice.below(other.len());
                lines.splice(at.., other[from..].iter().map(|line| (*line).to_owned()));
            }
            6 => {
                let slip: &str = SLIPS[dice.below(SLIPS.len())];
                lines[at] = with_word(&lines[at], slip, dice);
            }
            7 if !other.is_empty() => {
                let words: Vec<&str> = dice.one_of(&other).split_whitespace().collect();
                let word = if words.is_empty() { "" } else { dice.one_of(&words) };
                lines[at] = with_word(&lines[at], word, dice);
            }
            _ => lines[at] = with_letter(&lines[at], dice),
        }
    }
    lines.join("\n")
}

fn with_word(line: &str, word: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    let at = dice.below(words.len());
    words[at] = word;
    words.join(" ")
}

fn with_letter(line: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = line.chars().collect();
    let letter = char::from(u8::try_from(32 + dice.below(95)).unwrap());
    if letters.is_empty() {
        return letter.to_string();
    }
    let at = dice.below(letters.len());
    if dice.below(2) == 0 {
        letters[at] = letter;
    } else {
        letters.remove(at);
    }
    letters.into_iter().collect()
}

fn texts(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "toml"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn no_spoiled_covenant_panics_or_widens() {
    let shipped = texts("covenants");
    let (mut accepted, mut refused) = (0, 0);
    for round in rounds(1_500) {
        let _throw = Throw("covenants", round);
        let mut dice = Dice(round);
        let text = spoiled(dice.one_of(&shipped).as_str(), &shipped, &mut dice);
        match Covenant::parse(&text) {
            Err(fault) => {
                refused += 1;
                assert!(!fault.faults().is_empty() && !fault.to_string().is_empty());
            }
            Ok(covenant) => {
                accepted += 1;
                signable(&covenant);
                widens_nothing(covenant);
            }
        }
    }
    assert!(accepted > 20 && refused > 200, "{accepted} accepted and {refused} refused: the dice are loaded");
}

/// RL-25 and what the issue of the covenants names as bad input, read from the covenant as it stands.
fn signable(covenant: &Covenant) {
    assert!(covenant.valid().until.is_none_or(|until| covenant.valid().from < until));
    assert!(covenant.page().contains(covenant.digest()));
    let parties: BTreeSet<Oin> = covenant.parties().iter().map(|party| party.organisation).collect();
    assert_eq!(parties.len(), covenant.parties().len(), "a party twice");
    assert!(!covenant.accounts().is_empty(), "a controller for each activity");
    for account in covenant.accounts() {
        assert!(!account.controllers.is_empty() && account.controllers.iter().all(|one| parties.contains(one)));
        assert!(!account.arrangement.trim().is_empty() && !account.dpia.trim().is_empty());
    }
    for activity in ProcessingActivity::ALL.iter().filter(|activity| activity.is_in_every_covenant()) {
        assert!(covenant.accounts().iter().any(|account| account.activity == *activity), "{activity}");
    }
    for route in covenant.routes() {
        let served = |desk: &Desk| covenant.parties().iter().any(|party| party.desks.contains_key(desk));
        assert!(!route.receivers.is_empty() && route.receivers.iter().all(served), "a route to nobody");
        assert!(route.receivers.iter().all(|desk| route.kind.may_reach(*desk)), "a route that widens");
    }
    let terms = covenant.terms();
    assert!([terms.act, terms.ask, terms.inform, terms.review].iter().all(|days| *days > 0));
}

/// Whatever a covenant says: nobody's name goes without a word, a number never goes to a samenwerkingsverband, and from
/// sixteen silence of the youth is not filled by anybody.
fn widens_nothing(covenant: Covenant) {
    let covenant = std::sync::Arc::new(covenant);
    for kind in [SignalKind::Preventief, SignalKind::Consultatie, SignalKind::Aanmelding, SignalKind::MdoVerzoek] {
        for desk in [Desk::AccessDesk, Desk::Wijkteam, Desk::Samenwerkingsverband, Desk::Jgz] {
            for (age, spoken) in [(7, false), (13, false), (16, true), (19, true)] {
                let mut world = World::submitting(kind, desk).aged(age);
                if spoken {
                    world = world.says(A, VoiceKind::Agrees).says(B, VoiceKind::Agrees);
                }
                world.covenant = Some(covenant.clone());
                let decision = world.decide();
                let form = decision.permit().map(Permit::form);
                assert!(form.is_none_or(|form| form == Form::Anonymous), "{kind} to {desk} at {age}: {decision:?}");
                let number = decision.permit().is_some_and(|permit| permit.fields().contains(Field::Bsn));
                assert!(!number, "{kind} to {desk} with a number");
            }
        }
    }
}

#[test]
fn no_spoiled_role_file_panics_or_grants_what_it_does_not_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mut accepted, mut refused) = (0, 0);
    let shipped = [SHIPPED_POLICY.to_owned()];
    let rows: Vec<&str> = SHIPPED_POLICY.lines().collect();
    for round in rounds(400) {
        let _throw = Throw("roles", round);
        let mut dice = Dice(round);
        // Some rows of the file, so that casbin's own reading of it stays short.
        let few: Vec<&str> = (0..12).map(|_| *dice.one_of(&rows)).chain(rows.iter().copied().rev().take(23)).collect();
        let text = spoiled(&few.join("\n"), &shipped, &mut dice);
        match runtime.block_on(load(SHIPPED_MODEL, &text)) {
            Err(fault) => {
                refused += 1;
                assert!(!fault.to_string().is_empty());
            }
            Ok(table) => {
                accepted += 1;
                let granted: BTreeSet<RoleGrant> = table.grants().copied().collect();
                assert_eq!(granted, said(&text), "round {round}: {text}");
            }
        }
    }
    assert!(accepted > 10 && refused > 100, "{accepted} accepted and {refused} refused: the dice are loaded");
}

use sluis_policy::roles::RoleGrant;

/// What a role file says, read as simply as can be: a row is a role's, or that of everybody in its group. A row that is not
/// understood ends the reading, for then the file should have been refused.
fn said(text: &str) -> BTreeSet<RoleGrant> {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split(',').map(str::trim).collect())
        .collect();
    let members = |group: &str| -> Vec<&str> {
        rows.iter().filter(|row| row[0] == "g" && row[2] == group).map(|row| row[1]).collect()
    };
    let mut grants = BTreeSet::new();
    for row in &rows {
        assert!(row.len() == if row[0] == "p" { 6 } else { 3 }, "{row:?}");
        if row[0] == "g" {
            continue;
        }
        let roles = if row[1].parse::<Role>().is_ok() { vec![row[1]] } else { members(row[1]) };
        assert!(!roles.is_empty(), "{row:?}");
        for role in roles {
            let cell = RoleGrant {
                role: role.parse().unwrap(),
                desk: row[2].parse().unwrap(),
                action: row[3].parse().unwrap(),
                thing: row[4].parse().unwrap(),
                purpose: row[5].parse().unwrap(),
            };
            assert!(cell.is_asked(), "{row:?}");
            grants.insert(cell);
        }
    }
    grants
}

#[test]
fn no_spoiled_case_panics_or_is_read_two_ways() {
    let shipped = texts("cases");
    let (mut accepted, mut refused) = (0, 0);
    for round in rounds(2_000) {
        let _throw = Throw("cases", round);
        let mut dice = Dice(round);
        let text = spoiled(dice.one_of(&shipped).as_str(), &shipped, &mut dice);
        match Case::read(&text, &CIRCLE) {
            Err(fault) => {
                refused += 1;
                assert!(!fault.faults().is_empty() && !fault.to_string().is_empty());
            }
            Ok(case) => {
                accepted += 1;
                let answered = case.answered();
                assert_eq!(answered, Case::read(&text, &CIRCLE).unwrap().answered(), "round {round}");
                assert!(!case.sources.is_empty() && case.questions.len() + case.terms.len() > 0);
                let table: toml::Table = toml::from_str(&text).unwrap();
                let json = serde_json::to_string(&table).unwrap();
                assert_eq!(answered, Case::read(&json, &CIRCLE).unwrap().answered(), "round {round} as JSON");
            }
        }
    }
    assert!(accepted > 100 && refused > 200, "{accepted} accepted and {refused} refused: the dice are loaded");
}
