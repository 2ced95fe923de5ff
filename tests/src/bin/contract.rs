//! Writes the documents of the open channel anew, after its types were changed: `cargo run -p sluice-tests --bin contract`. What was
//! published under the same version is not written over: another schema is another version.

use std::{fs, io, process::ExitCode};

use sluice_tests::{
    contract::{FOLDER, documents},
    source::root,
};

fn main() -> io::Result<ExitCode> {
    let folder = root().join(FOLDER);
    fs::create_dir_all(folder.join("published"))?;
    for (name, text) in documents() {
        let path = folder.join(&name);
        if name.starts_with("published/") && path.exists() && fs::read_to_string(&path)? != text {
            // Not written over: the test of the documents says what to do.
            return Ok(ExitCode::FAILURE);
        }
        fs::write(path, text)?;
    }
    Ok(ExitCode::SUCCESS)
}
