//! May whoever writes after an earlier JSON Schema go on? Not if a body that was right would be wrong, and not if a field that was
//! read is read no more.

use std::collections::BTreeSet;

use serde_json::Value;

/// Keywords that say something to people only, or hold what is referred to.
const NOTES: &[&str] = &["$schema", "$defs", "title", "description", "version", "examples"];
/// Keywords whose larger number lets less through.
const LEAST: &[&str] = &["minLength", "minimum", "minItems"];
/// Keywords whose smaller number lets less through.
const MOST: &[&str] = &["maxLength", "maximum", "maxItems"];

/// What a later schema breaks of an earlier one, each with its place. Only schemas as this project writes them are understood:
/// a keyword that is not known here and has changed counts as a break.
#[must_use]
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, seen: BTreeSet::new(), found: Vec::new() };
    comparison.schemas(old, new, "");
    comparison.found
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Pairs of definitions that were compared.
    seen: BTreeSet<(&'a str, &'a str)>,
    found: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn schemas(&mut self, old: &'a Value, new: &'a Value, at: &str) {
        let (names, [old, new]) = ((name(old), name(new)), [resolved(self.old, old), resolved(self.new, new)]);
        if let (Some(old), Some(new)) = names
            && !self.seen.insert((old, new))
        {
            return;
        }
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
            self.found.push(format!("{at}: what it refers to is gone"));
            return;
        };
        let keywords: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for keyword in keywords.into_iter().filter(|keyword| !NOTES.contains(&keyword.as_str())) {
            self.keyword(keyword, [old.get(keyword), new.get(keyword)], at);
        }
    }

    fn keyword(&mut self, keyword: &str, [old, new]: [Option<&'a Value>; 2], at: &str) {
        match (keyword, old, new) {
            ("required", _, Some(new)) => {
                let known = words(old);
                for name in words(Some(new)).difference(&known) {
                    self.found.push(format!("{at}/{name}: newly required"));
                }
            }
            ("properties", Some(old), new) => self.properties(old, new, at),
            ("properties", None, _) | (_, _, None) if keyword != "anyOf" => {}
            ("items" | "additionalProperties", Some(old), Some(new)) if old.is_object() && new.is_object() => {
                self.schemas(old, new, &format!("{at}/*"));
            }
            ("anyOf" | "oneOf", Some(old), new) => self.alternatives(old, new, at),
            ("type" | "enum", Some(old), Some(new)) => {
                for word in words(Some(old)).difference(&words(Some(new))) {
                    // A whole number is a number.
                    if !(word == "\"integer\"" && words(Some(new)).contains("\"number\"")) {
                        self.found.push(format!("{at}: {keyword} {word} is no longer allowed"));
                    }
                }
            }
            (_, Some(old), Some(new)) if LEAST.contains(&keyword) && new.as_i64() <= old.as_i64() => {}
            (_, Some(old), Some(new)) if MOST.contains(&keyword) && new.as_i64() >= old.as_i64() => {}
            (_, Some(old), Some(new)) if old == new => {}
            (_, Some(_), _) => self.found.push(format!("{at}: {keyword} was changed")),
            (_, None, _) => self.found.push(format!("{at}: {keyword} was added")),
        }
    }

    fn properties(&mut self, old: &'a Value, new: Option<&'a Value>, at: &str) {
        for (name, schema) in old.as_object().into_iter().flatten() {
            let place = format!("{at}/{name}");
            match new.and_then(|new| new.get(name)) {
                Some(new) => self.schemas(schema, new, &place),
                None => self.found.push(format!("{place}: removed")),
            }
        }
    }

    /// Each alternative is found again by the name that it refers to, else by its place.
    fn alternatives(&mut self, old: &'a Value, new: Option<&'a Value>, at: &str) {
        let all = |value: Option<&'a Value>| value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let new = all(new);
        for (index, one) in all(Some(old)).iter().enumerate() {
            let same = match name(one) {
                Some(wanted) => new.iter().find(|new| name(new) == Some(wanted)),
                None => new.get(index),
            };
            let place = format!("{at}({})", name(one).map_or_else(|| index.to_string(), ToOwned::to_owned));
            match same {
                Some(new) => self.schemas(one, new, &place),
                None => self.found.push(format!("{place}: removed")),
            }
        }
    }
}

/// The definition that a schema refers to.
fn name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(target) => root.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => schema,
    }
}

/// The words of a list, or the one word.
fn words(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::Array(all)) => all.iter().map(word).collect(),
        Some(one) => BTreeSet::from([word(one)]),
        None => BTreeSet::new(),
    }
}

fn word(value: &Value) -> String {
    value.to_string()
}
