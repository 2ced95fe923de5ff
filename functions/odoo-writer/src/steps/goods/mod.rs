//! Goods: those that the buyer has already are delivered, and those that came back are taken back.

mod hand_over;
mod take_back;

pub(super) use take_back::{tell_unstated, wanted};
