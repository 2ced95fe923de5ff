//! The rules of Sluice, and nothing else: what an order is, how evidence folds into state, what the difference to a
//! target asks for, and the ports through which the shell reaches the world.
//!
//! **Architecture invariant:** no clock, no socket, no environment, no provider's name and no runtime in this crate.

pub mod account;
pub mod delivery;
pub mod disposition;
pub mod entity;
pub mod order;
pub mod plan;
pub mod ports;
pub mod state;
pub mod summary;
pub mod value;
