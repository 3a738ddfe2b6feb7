//! Watches as they are written down: what is followed and who is told. Nothing is followed here.

mod handler;
mod parameters;

pub use self::handler::{HandlerSettings, Watch, WatchMistake, Words};
pub use self::parameters::{Kind, Parameters, Plan, PlanError};

#[cfg(test)]
mod tests;
