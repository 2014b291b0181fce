// SPDX-License-Identifier: EUPL-1.2
//! Reading the role files. casbin accepts much that it later drops, breaks on or misreads; so every line is checked and
//! parsed here, the grants are compiled by us, and casbin is asked afterwards whether it agrees.

use std::collections::{BTreeMap, BTreeSet};

use casbin::prelude::{CoreApi, DefaultModel, Enforcer, StringAdapter};
use sha2::{Digest, Sha256};

use super::{RoleGrant, RoleTable};
use crate::action::{Action, Thing};
use crate::organisation::{Desk, Role};
use crate::signal::Purpose;

/// The model file that ships, and the only one that is accepted.
pub const SHIPPED_MODEL: &str = include_str!("../../roles/model.conf");

/// The policy file that ships.
pub const SHIPPED_POLICY: &str = include_str!("../../roles/policy.csv");

/// How many cells of each answer casbin is asked about at load: enough to see a wrong model, few enough to take
/// milliseconds.
const SAMPLES: usize = 24;

/// Why a pair of files is not a role table. Lines count from 1. What stood on the line is not repeated: it may be
/// anything.
#[derive(Debug, thiserror::Error)]
pub enum RoleFileError {
    /// The model is not, byte for byte, the one that ships: another effect or matcher may panic or allow everything.
    #[error("the role model is not the one that this version of the rules was checked with")]
    Model,
    /// A character that casbin's reader treats in ways of its own: quotes, a comment behind a row.
    #[error("line {line}: only lower-case words, digits, `_`, `,` and spaces")]
    Character {
        /// Which line.
        line: usize,
    },
    /// Neither `p` nor `g`: casbin would drop it in silence.
    #[error("line {line}: a row starts with `p` or `g`")]
    LineKind {
        /// Which line.
        line: usize,
    },
    /// Too few or too many fields: casbin would break every request that reaches the row.
    #[error("line {line}: {found} fields where {expected} are needed")]
    FieldCount {
        /// Which line.
        line: usize,
        /// How many are needed.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A word that is on no list: casbin would refuse whoever was meant, in silence.
    #[error("line {line}: no such {list}")]
    Word {
        /// Which line.
        line: usize,
        /// The list it was looked for on.
        list: &'static str,
    },
    /// A row for a cell that no decision asks about.
    #[error("line {line}: this action, thing and purpose do not go together, so nobody would ever read the row")]
    NeverAsked {
        /// Which line.
        line: usize,
    },
    /// The same row twice.
    #[error("line {line}: this row stands here twice")]
    Twice {
        /// Which line.
        line: usize,
    },
    /// A group that has members but no rights, or that is named like a role.
    #[error("line {line}: this group grants nothing or is named like a role")]
    Group {
        /// Which line.
        line: usize,
    },
    /// No rows: casbin would allow a request of empty words.
    #[error("the role policy grants nothing")]
    Empty,
    /// casbin itself failed on the files.
    #[error("casbin cannot use the role files")]
    Engine(#[from] casbin::Error),
    /// casbin answers otherwise than the compiled table.
    #[error("casbin and the compiled role table differ on `{role}`, `{desk}`, `{action}`, `{thing}`, `{purpose}`")]
    Disagreement {
        /// The role of the cell.
        role: Role,
        /// The desk of the cell.
        desk: Desk,
        /// The action of the cell.
        action: Action,
        /// The thing of the cell.
        thing: Thing,
        /// The purpose of the cell.
        purpose: Purpose,
    },
}

impl RoleTable {
    /// The table that ships with this version of the rules.
    ///
    /// # Errors
    /// As [`load`]; for the shipped files only if casbin itself fails.
    pub async fn shipped() -> Result<Self, RoleFileError> {
        load(SHIPPED_MODEL, SHIPPED_POLICY).await
    }
}

/// Reads, checks and compiles the two files, and lets casbin confirm a sample.
///
/// # Errors
/// [`RoleFileError`]; nothing is half loaded.
pub async fn load(model: &str, policy: &str) -> Result<RoleTable, RoleFileError> {
    if model != SHIPPED_MODEL {
        return Err(RoleFileError::Model);
    }
    let grants = compile(policy)?;
    let digest = hex::encode(Sha256::new().chain_update(model).chain_update([0]).chain_update(policy).finalize());
    let table = RoleTable { grants, digest };
    let oracle = oracle(model, policy).await?;
    for cell in samples(&table) {
        if agrees(&oracle, &cell)? != table.allows(&cell) {
            let RoleGrant { role, desk, action, thing, purpose } = cell;
            return Err(RoleFileError::Disagreement { role, desk, action, thing, purpose });
        }
    }
    Ok(table)
}

/// casbin on the same files. It is thrown away after the comparison, so that its off switch (`enable_enforce`) switches
/// nothing.
async fn oracle(model: &str, policy: &str) -> Result<Enforcer, RoleFileError> {
    Ok(Enforcer::new(DefaultModel::from_str(model).await?, StringAdapter::new(policy)).await?)
}

fn agrees(oracle: &Enforcer, cell: &RoleGrant) -> Result<bool, RoleFileError> {
    let RoleGrant { role, desk, action, thing, purpose } = cell;
    Ok(oracle.enforce((role.code(), desk.code(), action.code(), thing.code(), purpose.code()))?)
}

/// Grants from all over the table, and for each a neighbour that differs in the role.
fn samples(table: &RoleTable) -> Vec<RoleGrant> {
    let step = table.grants.len().div_ceil(SAMPLES).max(1);
    let granted: Vec<RoleGrant> = table.grants.iter().copied().step_by(step).collect();
    let neighbours =
        granted.iter().zip(Role::ALL.iter().cycle()).map(|(cell, role)| RoleGrant { role: *role, ..*cell });
    granted.iter().copied().chain(neighbours).collect()
}

/// A row as it stands in the file, every word known.
struct Row {
    line: usize,
    subject: String,
    desk: Desk,
    action: Action,
    thing: Thing,
    purpose: Purpose,
}

fn compile(policy: &str) -> Result<BTreeSet<RoleGrant>, RoleFileError> {
    let mut rows = Vec::new();
    let mut groups: BTreeMap<String, BTreeSet<Role>> = BTreeMap::new();
    let mut group_lines = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (index, text) in policy.lines().enumerate() {
        let line = index + 1;
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let fields = fields(line, text)?;
        if !seen.insert(fields.clone()) {
            return Err(RoleFileError::Twice { line });
        }
        match fields.as_slice() {
            ["p", rest @ ..] => rows.push(row(line, rest)?),
            ["g", rest @ ..] => {
                let (role, group) = link(line, rest)?;
                group_lines.entry(group.to_owned()).or_insert(line);
                groups.entry(group.to_owned()).or_default().insert(role);
            }
            _ => return Err(RoleFileError::LineKind { line }),
        }
    }
    if let Some((_, line)) = group_lines.iter().find(|(group, _)| rows.iter().all(|row| row.subject != **group)) {
        return Err(RoleFileError::Group { line: *line });
    }
    let mut grants = BTreeSet::new();
    for row in &rows {
        grants.extend(expand(row, &groups)?);
    }
    if grants.is_empty() { Err(RoleFileError::Empty) } else { Ok(grants) }
}

fn fields(line: usize, text: &str) -> Result<Vec<&str>, RoleFileError> {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | ',' | ' ');
    if !text.chars().all(plain) {
        return Err(RoleFileError::Character { line });
    }
    Ok(text.split(',').map(str::trim).collect())
}

fn row(line: usize, fields: &[&str]) -> Result<Row, RoleFileError> {
    let [subject, desk, action, thing, purpose] = fields else {
        return Err(RoleFileError::FieldCount { line, expected: 6, found: fields.len() + 1 });
    };
    let known = |unknown: crate::code::UnknownCode| RoleFileError::Word { line, list: unknown.list };
    Ok(Row {
        line,
        subject: (*subject).to_owned(),
        desk: desk.parse().map_err(known)?,
        action: action.parse().map_err(known)?,
        thing: thing.parse().map_err(known)?,
        purpose: purpose.parse().map_err(known)?,
    })
}

fn link<'a>(line: usize, fields: &[&'a str]) -> Result<(Role, &'a str), RoleFileError> {
    let [role, group] = fields else {
        return Err(RoleFileError::FieldCount { line, expected: 3, found: fields.len() + 1 });
    };
    let role: Role = role.parse().map_err(|_| RoleFileError::Word { line, list: "rol" })?;
    // A group named like a role would hand that role's rights on without anybody reading it as such.
    if group.is_empty() || group.parse::<Role>().is_ok() {
        return Err(RoleFileError::Group { line });
    }
    Ok((role, group))
}

/// The role, or every role of the group, with the row's cell.
fn expand(row: &Row, groups: &BTreeMap<String, BTreeSet<Role>>) -> Result<Vec<RoleGrant>, RoleFileError> {
    let line = row.line;
    let roles: Vec<Role> = match (row.subject.parse::<Role>(), groups.get(&row.subject)) {
        (Ok(role), _) => vec![role],
        (Err(_), Some(members)) => members.iter().copied().collect(),
        (Err(_), None) => return Err(RoleFileError::Word { line, list: "rol" }),
    };
    roles
        .into_iter()
        .map(|role| {
            let cell = RoleGrant { role, desk: row.desk, action: row.action, thing: row.thing, purpose: row.purpose };
            if cell.is_asked() { Ok(cell) } else { Err(RoleFileError::NeverAsked { line }) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(row: &str) -> String {
        format!("p, intern_begeleider, school, indienen, preventief, vroegsignalering\n{row}\n")
    }

    /// Each trap that was found by running casbin (design.md, section 5), and each kind of row that it would misread.
    #[tokio::test]
    async fn every_trap_is_refused() {
        let traps = [
            (
                "a field too few",
                with("p, consulent, wijkteam, lezen, preventief"),
                "line 2: 5 fields where 6 are needed",
            ),
            (
                "a field too many",
                with("p, consulent, wijkteam, lezen, preventief, vroegsignalering, deny"),
                "line 2: 7 fields where 6 are needed",
            ),
            (
                "an unknown line kind",
                with("q, consulent, wijkteam, lezen, preventief, vroegsignalering"),
                "line 2: a row starts with `p` or `g`",
            ),
            (
                "a second policy kind",
                with("p2, consulent, wijkteam, lezen, preventief, vroegsignalering"),
                "line 2: a row starts with `p` or `g`",
            ),
            (
                "a misspelt role",
                with("p, consulant, wijkteam, lezen, preventief, vroegsignalering"),
                "line 2: no such rol",
            ),
            (
                "a misspelt desk",
                with("p, consulent, wijkteem, lezen, preventief, vroegsignalering"),
                "line 2: no such loket",
            ),
            (
                "a misspelt action",
                with("p, consulent, wijkteam, lees, preventief, vroegsignalering"),
                "line 2: no such handeling",
            ),
            (
                "a misspelt thing",
                with("p, consulent, wijkteam, lezen, preventie, vroegsignalering"),
                "line 2: no such ding",
            ),
            (
                "a misspelt purpose",
                with("p, consulent, wijkteam, lezen, preventief, signalering"),
                "line 2: no such doel",
            ),
            ("an empty field", with("p, consulent, , lezen, preventief, vroegsignalering"), "line 2: no such loket"),
            (
                "a quoted field",
                with("p, \"consulent\", wijkteam, lezen, preventief, vroegsignalering"),
                "line 2: only lower-case",
            ),
            (
                "a comment behind a row",
                with("p, consulent, wijkteam, lezen, preventief, vroegsignalering # x"),
                "line 2: only lower-case",
            ),
            ("a star", with("p, consulent, wijkteam, lezen, *, vroegsignalering"), "line 2: only lower-case"),
            (
                "a cell nobody asks",
                with("p, consulent, wijkteam, lezen, verzuim, vroegsignalering"),
                "line 2: this action",
            ),
            (
                "a row for Veilig Thuis",
                with("p, consulent, wijkteam, indienen, veiligheid, veiligheid"),
                "line 2: this action",
            ),
            (
                "the same row twice",
                with("p, intern_begeleider, school, indienen, preventief,  vroegsignalering"),
                "line 2: this row stands here twice",
            ),
            ("a link to a role", with("g, leerkracht, intern_begeleider"), "line 2: this group"),
            ("a link of a group", with("g, iedereen, anderen"), "line 2: no such rol"),
            ("a link with three ends", with("g, leerkracht, iedereen, school"), "line 2: 4 fields where 3 are needed"),
            ("a group without rights", with("g, leerkracht, iedereen"), "line 2: this group"),
            ("an empty file", String::new(), "the role policy grants nothing"),
            ("only comments", "# niets\n\n".to_owned(), "the role policy grants nothing"),
        ];
        for (trap, policy, expected) in traps {
            let refused = load(SHIPPED_MODEL, &policy).await.expect_err(trap).to_string();
            assert!(refused.starts_with(expected), "{trap}: {refused}");
        }
    }

    /// An unsupported effect panics casbin on first use, and a matcher is a script: only the pinned model is read.
    #[tokio::test]
    async fn only_the_pinned_model_is_read() {
        for (from, to) in [
            ("some(where (p.eft == allow))", "!some(where (p.eft == deny))"),
            ("r.desk == p.desk && ", ""),
            ("g = _, _\n", "g = _, _\n\n"),
        ] {
            let model = SHIPPED_MODEL.replace(from, to);
            assert_ne!(model, SHIPPED_MODEL);
            assert!(matches!(load(&model, SHIPPED_POLICY).await, Err(RoleFileError::Model)), "{from}");
        }
    }

    /// The file in git is the one that was reviewed: whoever changes the matcher changes this line too.
    #[test]
    fn the_model_is_pinned_by_digest() {
        let digest = hex::encode(Sha256::digest(SHIPPED_MODEL));
        assert_eq!(digest, "80909036f7f9230c52b22aaa74961e6157e946963c882bcf397dcb9edaf371be");
    }

    /// casbin with its switch off allows everything; the table never held on to it.
    #[tokio::test]
    async fn casbins_off_switch_switches_nothing() {
        let table = RoleTable::shipped().await.unwrap();
        let mut oracle = oracle(SHIPPED_MODEL, SHIPPED_POLICY).await.unwrap();
        oracle.enable_enforce(false);
        let cell = RoleGrant {
            role: Role::Leerkracht,
            desk: Desk::School,
            action: Action::Ask,
            thing: Thing::Attendance,
            purpose: Purpose::Leerplicht,
        };
        assert!(agrees(&oracle, &cell).unwrap());
        assert!(!table.allows(&cell));
    }

    /// Every cell that any decision can ask for, in the compiled table and by casbin itself. casbin walks all rows at every
    /// question, so it gets the rows of one desk and action at a time: the matcher wants both to be equal.
    #[tokio::test]
    async fn casbin_agrees_on_every_cell() {
        let table = RoleTable::shipped().await.unwrap();
        let mut asked = 0;
        for (&desk, &action) in Desk::ALL.iter().flat_map(|desk| Action::ALL.iter().map(move |action| (desk, action))) {
            let here = |line: &&str| {
                let words: Vec<&str> = line.split(", ").collect();
                words[0] != "p" || words[2..4] == [desk.code(), action.code()]
            };
            let rows: Vec<&str> = SHIPPED_POLICY.lines().filter(here).collect();
            let oracle = oracle(SHIPPED_MODEL, &rows.join("\n")).await.unwrap();
            for cell in cells(desk, action).filter(RoleGrant::is_asked) {
                asked += 1;
                assert_eq!(agrees(&oracle, &cell).unwrap(), table.allows(&cell), "{cell:?}");
            }
        }
        assert!(asked > 10_000, "{asked} cells");
    }

    fn cells(desk: Desk, action: Action) -> impl Iterator<Item = RoleGrant> {
        Role::ALL.iter().flat_map(move |&role| {
            Thing::all().flat_map(move |thing| {
                Purpose::ALL.iter().map(move |&purpose| RoleGrant { role, desk, action, thing, purpose })
            })
        })
    }
}
