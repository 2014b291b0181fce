// SPDX-License-Identifier: EUPL-1.2
//! A conversation as it is written down.
//!
//! ```text
//! # Why this is tried.
//! == a title
//! > POST /v1/signalen                     the request; `operations:/readyz` goes to the operators' listener
//! > as vendor; ib.wilgenhoek of school      certificate; token; further `; …` spoil the token, see `token`
//! > Idempotency-Key: een                  any header
//! > 8 times at once                       so often, and none waits for another; `{number}` is which one it is
//! { "soort": "preventief" }               the body, until the answer
//! < 201                                   the status
//! < 201 or 409                            of several at once: each has one of these, and one at least the first
//! < Location: /v1/signalen/{id}           a header as a pattern; `{absent}` when it must not be there
//! < no connection                         in place of a status: nobody answers
//! < exactly                               the body has nothing beside what follows
//! < within 5s                             asked again until it is so
//! < same as another title                 status, headers and body are those of that answer
//! { "id": "{id}" }                        the body as a pattern
//! == another title
//! ~ wijkteam goes Down                    a counterpart behaves so from now on
//! ~ wijkteam received within 5s           the next message that came in, as a pattern
//! ~ wijkteam received nothing within 2s
//! ```

use std::time::Duration;

use serde_json::Value;

use crate::Trouble;
use crate::pattern::Extra;

/// One step, with where it stands.
#[derive(Debug)]
pub struct Step {
    /// What it is about.
    pub title: String,
    /// Line number of the title.
    pub line: usize,
    /// What is done.
    pub act: Act,
}

/// What is done in a step.
#[derive(Debug)]
pub enum Act {
    /// Something is asked and answered.
    Exchange(Request, Box<Expected>),
    /// A counterpart behaves in another way.
    Behave {
        /// Which one.
        counterpart: String,
        /// How, by the name of the sandbox's behaviour.
        behaviour: String,
    },
    /// A counterpart received the next message, or nothing.
    Received {
        /// Which one, or which desk of it.
        counterpart: String,
        /// In how long.
        within: Duration,
        /// What; nothing when absent.
        message: Option<(Value, Extra)>,
    },
}

/// A request.
#[derive(Debug, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Where to.
    pub target: String,
    /// As whom.
    pub caller: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Spaces are added to the body until it is so long.
    pub padded: usize,
    /// Asked so often at the same time, when more than once.
    pub at_once: usize,
    /// The body.
    pub body: String,
}

/// What must come back.
#[derive(Debug)]
pub struct Expected {
    /// The status.
    pub status: Option<u16>,
    /// What some of several at once may have in its place. Of those no body is expected.
    pub or_status: Option<u16>,
    /// Nobody answers.
    pub no_connection: bool,
    /// Header patterns.
    pub headers: Vec<(String, String)>,
    /// The title of an earlier answer that this one equals.
    pub same_as: Option<String>,
    /// Asked again for so long.
    pub within: Option<Duration>,
    /// Whether the body may have more.
    pub extra: Extra,
    /// The body.
    pub body: Option<Value>,
}

/// Reads a conversation.
///
/// # Errors
/// With the line that cannot be read.
pub fn read(text: &str) -> Result<Vec<Step>, Trouble> {
    let mut blocks: Vec<(usize, &str, Vec<&str>)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(title) = line.strip_prefix("== ") {
            blocks.push((number, title.trim(), Vec::new()));
        } else if line.starts_with('#') || line.trim().is_empty() {
            continue;
        } else if let Some((_, _, lines)) = blocks.last_mut() {
            lines.push(line);
        } else {
            return Err(format!("line {number}: nothing may stand before the first title"));
        }
    }
    let step = |(line, title, lines): (usize, &str, Vec<&str>)| {
        let act = act(&lines).map_err(|trouble| format!("line {line}: {title}: {trouble}"))?;
        Ok(Step { title: title.to_owned(), line, act })
    };
    blocks.into_iter().map(step).collect()
}

fn act(lines: &[&str]) -> Result<Act, Trouble> {
    match lines.split_first() {
        Some((first, rest)) if first.starts_with('~') => counterpart(first.trim_start_matches('~').trim(), rest),
        Some(_) => {
            let answer = lines.iter().position(|line| line.starts_with('<')).ok_or("there is no answer")?;
            let (request, expected) = lines.split_at(answer);
            Ok(Act::Exchange(read_request(request)?, Box::new(read_expected(expected)?)))
        }
        None => Err("there is nothing here".into()),
    }
}

fn counterpart(line: &str, body: &[&str]) -> Result<Act, Trouble> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (counterpart, nothing, within) = match words.as_slice() {
        [counterpart, "goes", behaviour] => {
            return Ok(Act::Behave { counterpart: (*counterpart).into(), behaviour: (*behaviour).into() });
        }
        [counterpart, "received", "within", time] => (counterpart, false, seconds(time)?),
        [counterpart, "received", "nothing", "within", time] => (counterpart, true, seconds(time)?),
        _ => return Err(format!("`{line}` is not understood")),
    };
    let message = if nothing {
        None
    } else {
        let exactly = body.first() == Some(&"< exactly");
        let extra = if exactly { Extra::Refused } else { Extra::Allowed };
        Some((json(&body[usize::from(exactly)..])?.ok_or("the message is not written down")?, extra))
    };
    Ok(Act::Received { counterpart: (*counterpart).into(), within, message })
}

fn read_request(lines: &[&str]) -> Result<Request, Trouble> {
    let mut request = Request::default();
    for line in lines {
        let Some(said) = line.strip_prefix('>').map(str::trim) else {
            request.body.push_str(line);
            request.body.push('\n');
            continue;
        };
        match said.split_once(' ') {
            _ if request.method.is_empty() => {
                let (method, target) = said.split_once(' ').ok_or("the first line is method and path")?;
                (request.method, request.target) = (method.into(), target.trim().into());
            }
            Some((times, "times at once")) => {
                request.at_once = times.parse().map_err(|_| format!("`{said}` is not understood"))?;
            }
            Some(("as", caller)) => request.caller = caller.trim().into(),
            Some(("padded", to)) => {
                request.padded =
                    to.trim_start_matches("to ").parse().map_err(|_| format!("`{said}` is not understood"))?;
            }
            _ => request.headers.push(header(said)?),
        }
    }
    if request.caller.is_empty() { Err("nobody asks: `> as …` is missing".into()) } else { Ok(request) }
}

fn read_expected(lines: &[&str]) -> Result<Expected, Trouble> {
    let said_until = lines.iter().position(|line| !line.starts_with('<')).unwrap_or(lines.len());
    let (said, body) = lines.split_at(said_until);
    let mut expected = Expected {
        status: None,
        or_status: None,
        no_connection: false,
        headers: vec![],
        same_as: None,
        within: None,
        extra: Extra::Allowed,
        body: json(body)?,
    };
    for line in said {
        let line = line.trim_start_matches('<').trim();
        if let Some(title) = line.strip_prefix("same as ") {
            expected.same_as = Some(title.into());
        } else if let Some(time) = line.strip_prefix("within ") {
            expected.within = Some(seconds(time)?);
        } else if line == "no connection" {
            expected.no_connection = true;
        } else if line == "exactly" {
            expected.extra = Extra::Refused;
        } else if let Ok(status) = line.parse() {
            expected.status = Some(status);
        } else if let Some((one, other)) = line.split_once(" or ") {
            let status = |text: &str| text.parse().map_err(|_| format!("`{line}` is not understood"));
            (expected.status, expected.or_status) = (Some(status(one)?), Some(status(other)?));
        } else {
            expected.headers.push(header(line)?);
        }
    }
    if expected.status.is_none() && expected.same_as.is_none() && !expected.no_connection {
        return Err("the answer has no status".into());
    }
    Ok(expected)
}

fn header(line: &str) -> Result<(String, String), Trouble> {
    let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is not understood"))?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().into()))
}

fn seconds(text: &str) -> Result<Duration, Trouble> {
    let number = text.strip_suffix('s').and_then(|number| number.parse().ok());
    number.map(Duration::from_secs).ok_or_else(|| format!("`{text}` is not a time such as 5s"))
}

fn json(lines: &[&str]) -> Result<Option<Value>, Trouble> {
    if lines.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(&lines.join("\n"))
        .map(Some)
        .map_err(|error| format!("the body that is expected is not JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "> GET /",
            "== x",
            "== x\n> GET /",
            "== x\n> GET /\n< 200",
            "== x\n> GET /\n> as nobody\n< what",
            "== x\n> GET /\n> as nobody\n< 200 or what",
            "== x\n> GET /\n> as nobody\n> many times at once\n< 200",
            "== x\n> GET /\n> as nobody\n< 200\n{",
            "== x\n~ wijkteam dances",
            "== x\n~ wijkteam received within 5",
            "== x\n~ wijkteam received within 5s",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("# why\n== x\n> GET /\n> as nobody\n< 401\n== y\n~ wijkteam goes Down\n").unwrap().len(), 2);
    }
}
