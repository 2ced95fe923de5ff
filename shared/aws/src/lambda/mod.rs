//! What the Lambda functions share: start, the loop, batches of queue messages.
//!
//! A function is a [`Function`]: an event in, an answer out. Everything else (logs, metrics, the deadline, a panic) is the
//! same for all and stands here.

mod absent;
mod batch;
mod serve;
mod start;

pub use absent::Absent;
pub use batch::{QueueMessage, answer, each_batch, messages};
pub use serve::{Function, Invocation, serve};
pub use start::{Shell, StartError};
