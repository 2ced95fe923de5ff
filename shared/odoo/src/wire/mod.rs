//! Calls and answers.

mod call;
mod fault;
mod load;
mod session;

pub use call::Call;
pub use fault::Fault;
pub use load::{LoadAnswer, LoadMode, RowMessage};
pub use session::{Connection, Odoo, Session, Version};

pub(crate) mod values;
