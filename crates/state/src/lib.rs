//! The replicated store: same commands, same order, same bytes.
//!
//! Knows no clock, no randomness, no file and no socket: what a command needs of these is inside it.

mod apply;
pub mod chain;
pub mod check;
pub mod command;
pub mod failure;
mod gateway;
pub mod import;
pub mod name;
mod near;
pub mod outcome;
mod record;
pub mod restore;
pub mod snapshot;
pub mod store;
mod table;
mod wake;
pub mod watch;
mod wire;
