//! The duties of every node: configuration from flags and files to one checked struct.
//!
//! Knows no socket and no clock; what it must know of the machine comes in through [`config::environment`].

pub mod config;
pub mod flag;
pub mod version;

pub use config::Config;
