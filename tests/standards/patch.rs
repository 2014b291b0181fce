// SPDX-License-Identifier: EUPL-1.2
//! A document that differs in a few places from another.

use serde_json::{Map, Value};

/// Sets what each JSON pointer points at; null takes it away. The place where it stands must be there.
pub(crate) fn changed(document: &Value, change: &Map<String, Value>) -> Value {
    let mut document = document.clone();
    for (pointer, value) in change {
        set(&mut document, pointer, value);
    }
    document
}

fn set(document: &mut Value, pointer: &str, value: &Value) {
    let (place, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) {
        Value::Object(members) if value.is_null() => {
            assert!(members.remove(&name).is_some(), "there is no {pointer}");
        }
        Value::Object(members) => drop(members.insert(name, value.clone())),
        Value::Array(items) => match name.parse::<usize>().unwrap() {
            index if value.is_null() => drop(items.remove(index)),
            index if index == items.len() => items.push(value.clone()),
            index => items[index] = value.clone(),
        },
        _ => panic!("{place} holds nothing"),
    }
}
