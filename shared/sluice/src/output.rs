//! The one place that writes to the terminal.

use std::io::{ErrorKind, Write};

/// Why a verb ends early.
pub(crate) struct Problem {
    /// What went wrong and what to do.
    pub(crate) text: String,
    /// 1 refused or findings, 2 wrong usage.
    pub(crate) code: u8,
}

impl Problem {
    /// Exit 1.
    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    /// Exit 2.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }
}

/// A result, on stdout. A reader that went away (`| head`) ends the process quietly.
pub(crate) fn result(line: &str) {
    write(&mut std::io::stdout().lock(), line);
}

/// A note or progress, on stderr.
pub(crate) fn note(line: &str) {
    write(&mut std::io::stderr().lock(), line);
}

/// Clap's own message, where it belongs.
pub(crate) fn clap(error: &clap::Error) {
    let text = error.render().to_string();
    if error.use_stderr() { note(text.trim_end()) } else { result(text.trim_end()) }
}

fn write(to: &mut impl Write, line: &str) {
    let written = writeln!(to, "{}", printable(line)).and_then(|()| to.flush());
    if let Err(error) = written
        && error.kind() == ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}

/// Text from outside must not steer the terminal: control characters other than line breaks and tabs are shown, not sent.
fn printable(line: &str) -> String {
    let steers = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
    if !line.chars().any(steers) {
        return line.to_owned();
    }
    line.chars()
        .flat_map(|letter| if steers(letter) { letter.escape_default().collect() } else { vec![letter] })
        .collect()
}
