//! The outside world behind the domain's ports: HTTP over TCP, the clock, randomness, configuration and logs.
//!
//! **Architecture invariant:** this is the only crate that reads the environment, the clock or a socket. No business rule
//! and no provider's wire lives here; nothing of AWS either, until the feature that adds it.

pub mod clock;
pub mod config;
pub mod http;
pub mod telemetry;

pub use clock::{OsRandom, SystemClock, SystemTimer};
pub use config::{ConfigError, Settings};
pub use http::HttpClient;
