//! The one place that reads the environment.

/// Gives a variable of the environment, or of a test's.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable of this process. One that is empty counts as absent, for `make` passes on what it was not given.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment: everybody else takes a lookup")]
pub fn environment(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    (!value.is_empty()).then(|| value.to_string_lossy().into_owned())
}
