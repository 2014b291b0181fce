// SPDX-License-Identifier: EUPL-1.2
//! A page of what a desk has: of which desk, how many rows, and where the next one begins.

use actix_web::http::header::{self, HeaderName};
use sluis_policy::Desk;

use super::problem::{InputFault, Problem};

/// How many rows a page has, when the caller does not say.
const ROWS: u8 = 25;
/// How many it has at most: each row is a decision and a record of its own.
const MOST_ROWS: u8 = 50;

/// Which desk, and how many rows.
pub(super) fn desk_and_rows(loket: Option<&str>, aantal: Option<&str>) -> Result<(Desk, u8), Problem> {
    let mut faults = Vec::new();
    let desk = loket.map(str::parse::<Desk>);
    match desk {
        Some(Ok(_)) => {}
        Some(Err(_)) => faults.push(InputFault::new("loket", "Dit is geen bekende code.")),
        None => faults.push(InputFault::new("loket", "Deze parameter ontbreekt.")),
    }
    let rows = aantal.map_or(Some(ROWS), |given| given.parse().ok());
    let rows = rows.filter(|rows| (1..=MOST_ROWS).contains(rows));
    if rows.is_none() {
        let wrong = format!("Hier hoort een getal van 1 tot en met {MOST_ROWS} te staan.");
        faults.push(InputFault::new("aantal", wrong));
    }
    desk.and_then(Result::ok).zip(rows).ok_or(Problem::InvalidInput(faults))
}

/// The header that leads to the page after this one.
pub(super) fn next(path: &str, (desk, rows): (Desk, u8), onward: &str) -> (HeaderName, String) {
    (header::LINK, format!("<{path}?loket={}&vanaf={onward}&aantal={rows}>; rel=\"next\"", desk.code()))
}

pub(super) fn foreign_cursor() -> Problem {
    Problem::invalid("vanaf", "Dit is geen vervolg dat aan deze vrager voor dit loket is gegeven.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_in_the_query_are_listed_together() {
        for (loket, aantal, pointers) in [
            (Some("wijkteam"), None, vec![]),
            (Some("wijkteam"), Some("50"), vec![]),
            (None, None, vec!["loket"]),
            (Some("balie"), Some("51"), vec!["loket", "aantal"]),
            (Some("wijkteam"), Some("0"), vec!["aantal"]),
            (Some("wijkteam"), Some("tien"), vec!["aantal"]),
        ] {
            let found = match desk_and_rows(loket, aantal) {
                Ok(_) => Vec::new(),
                Err(Problem::InvalidInput(faults)) => faults.into_iter().map(|fault| fault.pointer).collect(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, pointers, "{loket:?} {aantal:?}");
        }
    }
}
