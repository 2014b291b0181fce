// SPDX-License-Identifier: EUPL-1.2
//! Several statements in one trip to a connection.
//!
//! Every call of the driver is a trip to the connection's own thread and back: two messages, two threads woken, and on one
//! core two changes of thread, which cost more than most statements. The driver takes a text of several statements with the
//! values of them all, runs one after the other and stops at the first that fails, so a trip can carry as many statements
//! as do not wait for each other's answers.

use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Either, Executor, Sqlite};

use crate::store::engine::{Fault, Row, Step, bound, read_row};

/// How many rows may wait for whoever asked. A thread that finds no room stops and is woken again, row by row.
pub(super) const MOST_ROWS_UNDER_WAY: usize = 1_024;

/// Runs statements one after the other in one trip, and gives the rows of each.
///
/// INVARIANT: there is an answer for each statement, or a fault: a driver that left one out would not pass unseen.
pub(super) async fn fetch_each(
    connection: &mut SqliteConnection,
    steps: impl Iterator<Item = &Step> + Clone,
) -> Result<Vec<Vec<Row>>, Fault> {
    let (text, expected) = joined(steps.clone().map(|step| step.sql));
    let values = steps.flat_map(|step| &step.values);
    let query = bound::<Sqlite>(sqlx::query(AssertSqlSafe(text)), values);
    let mut stream = connection.fetch_many(query);
    let (mut answers, mut rows) = (Vec::with_capacity(expected), Vec::new());
    while let Some(next) = stream.try_next().await? {
        match next {
            Either::Right(row) => rows.push(read_row::<Sqlite>(&row)?),
            Either::Left(_done) => answers.push(std::mem::take(&mut rows)),
        }
    }
    if answers.len() == expected { Ok(answers) } else { Err(Fault::Misread { column: 0 }) }
}

/// One text of these statements, and how many they are. The values of all of them are numbered through, because the driver
/// counts them over the whole text.
fn joined<'a>(statements: impl Iterator<Item = &'a str>) -> (String, usize) {
    let (mut text, mut before, mut count) = (String::new(), 0, 0);
    for statement in statements {
        let mut highest = 0;
        let mut parts = statement.split('$');
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            text.push('$');
            // A path into JSON begins with the same sign, and no number follows.
            if let Ok(number) = number.parse::<usize>() {
                highest = highest.max(number);
                text.push_str(&(before + number).to_string());
            }
            text.push_str(rest);
        }
        text.push_str(";\n");
        (before, count) = (before + highest, count + 1);
    }
    (text, count)
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;
    use crate::store::engine::Value;

    #[test]
    fn values_are_numbered_through_and_paths_are_left_alone() {
        let (text, count) =
            joined(["BEGIN", "SELECT $2, $1", "SELECT x ->> '$[0][1]' FROM t WHERE a = $1"].into_iter());
        assert_eq!(text, "BEGIN;\nSELECT $2, $1;\nSELECT x ->> '$[0][1]' FROM t WHERE a = $3;\n");
        assert_eq!(count, 3);
    }

    #[tokio::test]
    async fn each_statement_has_its_own_answer_and_nothing_runs_behind_a_fault() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let steps = |last: &'static str| {
            [
                Step::new("CREATE TABLE IF NOT EXISTS t (a INTEGER NOT NULL)", []),
                Step::new("INSERT INTO t SELECT value FROM json_each($1) RETURNING a", ["[1,2,3]".into()]),
                Step::new("SELECT a FROM t WHERE a > $1 AND a < $2", [Value::Int(5), Value::Int(9)]),
                Step::new(last, []),
                Step::new("DELETE FROM t", []),
            ]
        };
        let answers = fetch_each(&mut connection, steps("SELECT count(*) FROM t").iter()).await.unwrap();
        let sizes: Vec<usize> = answers.iter().map(Vec::len).collect();
        assert_eq!(sizes, [0, 3, 0, 1, 0]);
        assert_eq!(answers[3][0].int(0).unwrap(), 3);
        assert!(fetch_each(&mut connection, steps("SELECT json('no')").iter()).await.is_err());
        let left = fetch_each(&mut connection, [Step::new("SELECT count(*) FROM t", [])].iter()).await.unwrap();
        assert_eq!(left[0][0].int(0).unwrap(), 3, "the deletion was not reached");
    }
}
