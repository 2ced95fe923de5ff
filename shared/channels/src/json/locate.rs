//! From the parser's line and column to the name of the field, without repeating what stands there.

use serde_json::error::Category;

use super::refuse;
use crate::Refusal;

/// Says which field the parser stumbled over, and what it expected there.
pub(super) fn refusal(text: &str, error: &serde_json::Error) -> Refusal {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let found = found(message);
    let path = place(text, offset(text, error.line(), error.column()), found);
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let here = if path.is_empty() { "body" } else { path.as_str() };
    match error.classify() {
        Category::Io | Category::Eof => refuse("body", "the JSON ends too early"),
        Category::Syntax if message.contains("recursion limit") => refuse(here, "nested too deeply"),
        Category::Syntax if message.contains("out of range") => refuse(here, "the number is out of range"),
        Category::Syntax => refuse(here, format!("not valid JSON (line {}, column {})", error.line(), error.column())),
        Category::Data => quoted(message, "missing field `")
            .map(|name| refuse(inside(name), "missing"))
            .or_else(|| quoted(message, "duplicate field `").map(|_| refuse(here, "stated twice")))
            .unwrap_or_else(|| refuse(here, unexpected(message, found))),
    }
}

/// The static name that serde put between backticks.
fn quoted<'m>(message: &'m str, prefix: &str) -> Option<&'m str> {
    message.strip_prefix(prefix)?.split('`').next()
}

/// What was expected (text of this program's own), and the kind of what was found; never the value.
fn unexpected(message: &str, found: &str) -> String {
    let Some((_, expected)) = message.rsplit_once(", expected ") else {
        return format!("not what was expected, got {found}");
    };
    let expected = if expected.starts_with("struct ") { "an object" } else { expected };
    let expected = if expected == "a sequence" { "a list" } else { expected };
    format!("expected {expected}, got {found}")
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before.saturating_add(column).min(text.len())
}

/// The kind of what the parser found, from the first words of its message.
fn found(message: &str) -> &'static str {
    let rest = message.split_once(": ").map_or("", |(_, rest)| rest);
    let kinds = [
        ("boolean `true`", "true"),
        ("boolean `false`", "false"),
        ("null", "null"),
        ("string", "text"),
        ("integer", "a number"),
        ("floating point", "a number"),
        ("number", "a number"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    kinds.iter().find(|(word, _)| rest.starts_with(word)).map_or("something else", |(_, kind)| kind)
}

enum Frame<'t> {
    List(usize),
    Object(&'t str),
}

/// Walks the tokens up to an offset, and names the field there.
fn place(text: &str, end: usize, found: &str) -> String {
    let bytes = text.as_bytes();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let (mut at, mut expects_key) = (0, false);
    while let Some(byte) = bytes.get(at).filter(|_| at < end) {
        let start = at;
        at = at.saturating_add(1);
        match byte {
            b'{' => {
                frames.push(Frame::Object(""));
                expects_key = true;
            }
            b'[' => {
                frames.push(Frame::List(0));
                expects_key = false;
            }
            b'}' | b']' => {
                frames.pop();
            }
            // The parser may have looked one byte ahead: a comma there does not yet begin the next field.
            b',' if at < end => match frames.last_mut() {
                Some(Frame::List(index)) => *index = index.saturating_add(1),
                Some(Frame::Object(_)) => expects_key = true,
                None => {}
            },
            b':' => expects_key = false,
            b'"' => {
                at = string_end(bytes, at);
                if let (true, Some(Frame::Object(key))) = (expects_key, frames.last_mut()) {
                    *key = text.get(start.saturating_add(1)..at.saturating_sub(1)).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    // A list or an object that was refused as a whole may have been entered already.
    if matches!((frames.last(), found), (Some(Frame::List(0)), "a list") | (Some(Frame::Object("")), "an object")) {
        frames.pop();
    }
    written(&frames)
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        at = at.saturating_add(if *byte == b'\\' { 2 } else { 1 });
        if *byte == b'"' {
            break;
        }
    }
    at.min(bytes.len())
}

/// The longest path, in characters, and the longest name in it: keys are the sender's too.
const MAX_PATH: usize = 200;

fn written(frames: &[Frame<'_>]) -> String {
    let mut path = String::new();
    for frame in frames {
        match frame {
            Frame::List(index) => path.extend(["[", &index.to_string(), "]"]),
            Frame::Object(key) => {
                let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte));
                if !path.is_empty() && !key.is_empty() {
                    path.push('.');
                }
                path.push_str(if plain { key } else { "?" });
            }
        }
    }
    path.chars().take(MAX_PATH).collect()
}
