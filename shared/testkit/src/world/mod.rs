//! The World: every handler of Sluice in one thread of virtual time, driven by one seed.
//!
//! The handlers are the real ones. A port call is the only place where they stop, and there anything may happen: another
//! worker goes on, the process dies, the call fails, or takes effect and says that it failed. Nothing reads a clock or a
//! random source of the machine, so a seed is a story that can be told again.

mod dice;
mod engine;
mod fault;
mod kernel;
mod mailbox;
mod ports;
mod setup;
mod task;
mod trace;
mod webhook;

pub use dice::Dice;
pub use engine::{Pulls, World, WorldConfig};
pub use fault::{Plan, Port, Rates, Strike, Trouble};
pub use ports::Peer;
pub use setup::{FALLBACK, account, administer, administration, rpc, stocked_odoo, tax_name};
pub use trace::Trace;
pub use webhook::{Content, FORGERS_SECRET, Webhook};

pub use kernel::later;
