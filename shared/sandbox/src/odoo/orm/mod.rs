//! What every model does: search, read, write, names, rights.

pub(crate) mod access;
pub(crate) mod compute;
pub(crate) mod domain;
pub(crate) mod env;
pub(crate) mod names;
pub(crate) mod read;
pub(crate) mod search;
pub(crate) mod write;
