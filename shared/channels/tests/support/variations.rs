//! What the tests of every channel share.
#![allow(dead_code, reason = "each test file uses some of it")]

use serde_json::Value;

/// Sets a value, new or not.
#[track_caller]
pub(crate) fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let parent = if parent.is_empty() { body } else { body.pointer_mut(&format!("/{parent}")).unwrap() };
    match parent {
        Value::Object(object) => {
            object.insert(name.to_owned(), value);
        }
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
}

/// Every order of these items.
pub(crate) fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let without = |at: usize| items.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, v)| *v).collect::<Vec<_>>();
    (0..items.len())
        .flat_map(|at| {
            permutations(&without(at)).into_iter().map(move |mut rest| {
                rest.insert(0, items[at]);
                rest
            })
        })
        .collect()
}
