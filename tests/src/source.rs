//! The workspace as text: its Rust files, and their code without comments and literals.

#![allow(clippy::arithmetic_side_effects, reason = "positions within a text in memory")]

use std::path::{Path, PathBuf};

/// The deepest folder that is looked into.
const MAX_DEPTH: usize = 12;
/// Folders that hold no source of ours.
const SKIPPED: &[&str] = &["target", ".git", ".venv", ".venv-lint", ".aws-sam", ".sluice", "fixtures"];

/// One Rust file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path from the root of the workspace, with `/`.
    pub path: String,
    /// As it stands in the file.
    pub text: String,
    /// The same with comments and the contents of literals blanked; every line is where it was.
    pub code: String,
}

impl Source {
    /// The folder of its crate: `shared/domain`, `functions/normalizer`, `tests`.
    #[must_use]
    pub fn room(&self) -> &str {
        let slashes: usize = if self.path.starts_with("tests/") { 1 } else { 2 };
        let end = self.path.match_indices('/').nth(slashes.saturating_sub(1)).map_or(self.path.len(), |(at, _)| at);
        self.path.get(..end).unwrap_or(&self.path)
    }

    /// Is the whole file there for tests?
    #[must_use]
    pub fn is_test(&self) -> bool {
        let test_file = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        test_file || self.path.starts_with("tests/") || self.path.starts_with("shared/testkit/")
    }

    /// The code up to the unit tests at its end.
    #[must_use]
    pub fn production(&self) -> &str {
        let end = self.code.find("#[cfg(test)]\nmod tests {").unwrap_or(self.code.len());
        self.code.get(..end).unwrap_or(&self.code)
    }

    /// The line of a place in the text, counted from one.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.code.get(..at).unwrap_or(&self.code).lines().count().max(1)
    }
}

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Every Rust file of the workspace, in order of path.
///
/// # Panics
/// When the source cannot be read.
#[must_use]
#[allow(clippy::panic, reason = "a guard that cannot read what it guards must fail")]
pub fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    if let Err(error) = collect(&root(), MAX_DEPTH, &mut files) {
        panic!("the source cannot be read: {error}");
    }
    files.sort_by(|one: &Source, other| one.path.cmp(&other.path));
    files
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<Source>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if depth > 0 && !SKIPPED.contains(&name.as_str()) {
                collect(&path, depth - 1, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)?;
            let relative = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(Source { path: relative, code: blank(&text), text });
        }
    }
    Ok(())
}

/// Blanks comments and the contents of string and character literals, byte for byte, and keeps line ends.
#[must_use]
pub fn blank(text: &str) -> String {
    let mut rest = text;
    let mut code = String::with_capacity(text.len());
    while let Some(next) = rest.chars().next() {
        let (length, keep) = token(rest, next, code.chars().next_back());
        let (taken, left) = rest.split_at(length);
        if keep {
            code.push_str(taken);
        } else {
            let spaces = taken.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
            code.extend(spaces);
        }
        rest = left;
    }
    code
}

/// The length of what begins here, and whether it is code.
fn token(rest: &str, next: char, before: Option<char>) -> (usize, bool) {
    let in_word = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), false);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |end| end + 2), false);
    }
    if !in_word
        && (next == 'r' || next == 'b')
        && let Some(length) = raw_string(rest)
    {
        return (length, false);
    }
    match next {
        '"' => (string(rest), false),
        '\'' => character(rest).map_or((1, true), |length| (length, false)),
        other => (other.len_utf8(), true),
    }
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let body = after.trim_start_matches('#');
    let hashes = after.len() - body.len();
    let end = format!("\"{}", "#".repeat(hashes));
    let inner = body.strip_prefix('"')?;
    let length = inner.find(&end).map_or(inner.len(), |at| at + end.len());
    Some(rest.len() - inner.len() + length)
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        let closing = inner.char_indices().skip(2).find(|(_, letter)| *letter == '\'')?;
        return Some(closing.0 + 2);
    }
    let letter = inner.chars().next()?;
    inner.get(letter.len_utf8()..)?.starts_with('\'').then(|| letter.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(blank(text), expect);
    }

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        check("let a = 1; // f64\nlet b;", "let a = 1;       \nlet b;");
        check("a/* f64\n */b", "a      \n   b");
        check(r#"say("f64 \" todo!")x"#, "say(              )x");
        check("r#\"a\"b\"#;", "        ;");
        check("attr\"x\"", "attr   ");
        check("fn f<'a>(c: &'a str) -> char { '\\'' }", "fn f<'a>(c: &'a str) -> char {      }");
        check("'{' '\"' x", "        x");
    }

    #[test]
    fn rooms_are_found_by_path() {
        let room = |path: &str| {
            let source = Source { path: path.into(), text: String::new(), code: String::new() };
            source.room().to_owned()
        };
        assert_eq!(room("shared/domain/src/lib.rs"), "shared/domain");
        assert_eq!(room("tests/tests/walls.rs"), "tests");
    }
}
