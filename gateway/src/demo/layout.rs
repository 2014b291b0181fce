// SPDX-License-Identifier: EUPL-1.2
//! Text on a screen: lines of words, and JSON with room around it.

/// A text in lines of at most so many characters, broken between words.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A JSON text with its members on lines of their own; what fits on a line stays on it. Nothing is reordered, and every
/// letter of every value stays.
pub(super) fn laid_out(json: &str, width: usize) -> String {
    let mut text = String::new();
    lay(json.trim(), 0, (0, width), &mut text);
    text
}

/// Writes a value that starts at `column` on a line with this indent. The outermost value always gets room.
fn lay(json: &str, indent: usize, (column, width): (usize, usize), text: &mut String) {
    let inner = json.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let listed = json.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let Some(inside) = inner.or(listed) else {
        text.push_str(json);
        return;
    };
    let inline = spaced(json);
    if inside.trim().is_empty() || (column > 0 && column + inline.chars().count() <= width) {
        text.push_str(&inline);
        return;
    }
    let (open, close) = if inner.is_some() { ('{', '}') } else { ('[', ']') };
    text.push(open);
    for (at, member) in split(inside, ',').into_iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(indent + 2));
        let parts = split(member, ':');
        match (inner, parts.as_slice()) {
            (Some(_), [name, ..]) => {
                let value = member.get(name.len() + 1..).unwrap_or_default();
                text.push_str(name.trim());
                text.push_str(": ");
                lay(value.trim(), indent + 2, (indent + 4 + name.trim().chars().count(), width), text);
            }
            _ => lay(member.trim(), indent + 2, (indent + 2, width), text),
        }
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(close);
}

/// The parts between separators that stand in no string and no inner object or list.
fn split(json: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, letter, quoted) in letters(json) {
        match letter {
            _ if quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ if letter == separator && depth == 0 => {
                parts.extend(json.get(from..at));
                from = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(json.get(from..));
    parts
}

fn spaced(json: &str) -> String {
    let mut text = String::new();
    for (_, letter, quoted) in letters(json) {
        text.push(letter);
        if !quoted && matches!(letter, ',' | ':') {
            text.push(' ');
        }
    }
    text
}

/// Each letter with its place, and whether it stands in a string.
fn letters(json: &str) -> impl Iterator<Item = (usize, char, bool)> + '_ {
    let (mut quoted, mut escaped) = (false, false);
    json.char_indices().map(move |(at, letter)| {
        let inside = quoted;
        if !escaped && letter == '"' {
            quoted = !quoted;
        }
        escaped = quoted && !escaped && letter == '\\';
        (at, letter, inside || quoted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_broken_and_none_is_lost() {
        assert_eq!(wrapped("een  twee drie\nvier", 9), ["een twee", "drie vier"]);
        assert_eq!(wrapped("onbreekbaarlang ja", 5), ["onbreekbaarlang", "ja"]);
        assert!(wrapped(" ", 5).is_empty());
    }

    #[test]
    fn json_gets_room_and_keeps_its_order_and_letters() {
        let json = r#"{"b":{"y":"a, \"b\": {c}","x":[1,2]},"a":{},"lang":{"een":"1234567890","twee":"1234567890"}}"#;
        let wanted = r#"{
  "b": {"y": "a, \"b\": {c}", "x": [1, 2]},
  "a": {},
  "lang": {
    "een": "1234567890",
    "twee": "1234567890"
  }
}"#;
        assert_eq!(laid_out(json, 44), wanted);
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        for width in [1, 10, 40, 200] {
            assert_eq!(value(&laid_out(json, width)), value(json));
        }
        assert_eq!(laid_out("\"los\"", 40), "\"los\"");
    }
}
