//! Are two answers the same, but for what no two servers agree on?

use serde_json::Value as Json;

/// Masks what differs between two servers: clocks, numbers of rows, tokens.
fn mask(text: &str) -> String {
    let is_datetime = text.len() == 19
        && text.chars().enumerate().all(|(at, letter)| match at {
            4 | 7 => letter == '-',
            10 => letter == ' ',
            13 | 16 => letter == ':',
            _ => letter.is_ascii_digit(),
        });
    // The dates that orders were given stay; they are all on the hour.
    if is_datetime && !text.ends_with(":00:00") {
        return "<clock>".into();
    }
    let text = text
        .replace("User: 2)", "User: <uid>)")
        .replace("User: 5)", "User: <uid>)")
        .replace("User: 6)", "User: <uid>)");
    let text = text.replace("(id=2)", "(id=<uid>)").replace("(id=5)", "(id=<uid>)");
    for cut in ["DETAIL:", "account_token="] {
        if let Some((kept, _)) = text.split_once(cut) {
            return format!("{kept}{cut}<masked>");
        }
    }
    // Exchange 244 ends with the number of a row of `ir.model.data`.
    match text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((kept, digits)) if kept.starts_with("For external id") && digits.chars().all(|c| c.is_ascii_digit()) => {
            format!("{kept}(<row>)")
        }
        _ => text,
    }
}

fn same_number(left: &serde_json::Number, right: &serde_json::Number) -> bool {
    let read = |number: &serde_json::Number| {
        let text = number.to_string();
        let exact = text.parse().or_else(|_| rust_decimal::Decimal::from_scientific(&text)).unwrap();
        let rounded: rust_decimal::Decimal = exact;
        (rounded.round_dp(6), text.contains('.'))
    };
    // `25` and `25.0` are different types to a client.
    read(left) == read(right)
}

/// The first difference, as a path and the two values.
pub(crate) fn difference(path: &str, recorded: &Json, answered: &Json) -> Option<String> {
    let differs = || Some(format!("{path}: recorded {recorded}, answered {answered}"));
    match (recorded, answered) {
        (Json::Object(left), Json::Object(right)) => {
            if let Some(key) = left.keys().find(|key| !right.contains_key(*key) && *key != "debug") {
                return Some(format!("{path}.{key}: not answered"));
            }
            if let Some(key) = right.keys().find(|key| !left.contains_key(*key)) {
                return Some(format!("{path}.{key}: not recorded"));
            }
            let mut keys = left.iter().filter(|(key, _)| *key != "debug");
            keys.find_map(|(key, value)| difference(&format!("{path}.{key}"), value, &right[key]))
        }
        (Json::Array(left), Json::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(at, (left, right))| difference(&format!("{path}[{at}]"), left, right))
        }
        (Json::Number(left), Json::Number(right)) if same_number(left, right) => None,
        (Json::String(left), Json::String(right)) if mask(left) == mask(right) => None,
        (left, right) if left == right => None,
        _ => differs(),
    }
}

#[test]
fn a_different_amount_type_key_or_length_is_a_difference() {
    let recorded = serde_json::json!({ "total": 10.83, "name": "S1", "lines": [1, 2], "debug": "x" });
    for (key, value) in [
        ("total", serde_json::json!(10.82)),
        ("total", serde_json::json!("10.83")),
        ("name", serde_json::json!(false)),
        ("lines", serde_json::json!([1])),
        ("more", serde_json::json!(1)),
    ] {
        let mut answered = recorded.clone();
        answered[key] = value;
        assert!(difference("", &recorded, &answered).is_some(), "{key}");
    }
    assert!(difference("", &serde_json::json!(25), &serde_json::json!(25.0)).is_some());
    assert_eq!(difference("", &recorded, &recorded), None);
}
