//! Bugs on purpose: each a wrapper around a port, none in the code that ships.

use sluice_domain::ports::Ports;

/// A bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// None yet.
    None,
}

/// The ports of a process with that bug.
#[must_use]
pub fn plant(_bug: Bug, ports: Ports) -> Ports {
    ports
}
