//! What is wrong with the configuration, where, and how to put it right.

/// A mistake in the configuration. Names the place and the fix, and never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A variable of the environment.
    #[error("{variable}: {problem}: {fix}")]
    Variable {
        /// Its name.
        variable: &'static str,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// A file as a whole.
    #[error("{file}: {problem}: {fix}")]
    File {
        /// The file, as it was named.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// A field of an account.
    #[error("{file}: account `{account}`: {field}: {problem}: {fix}")]
    Account {
        /// The file, as it was named.
        file: String,
        /// The account, or its position where it has no readable name.
        account: String,
        /// The field, as a path: `rounding.net_tolerance_minor`.
        field: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
}
