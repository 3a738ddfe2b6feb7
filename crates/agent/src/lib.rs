//! The duties of every node: configuration from flags and files to one checked struct; what the node claims to be, and how the
//! catalog comes to say the same.
//!
//! Knows no socket and no clock; what it must know of the machine comes in through [`config::environment`].

pub mod config;
pub mod event;
pub mod flag;
pub mod local;
pub mod sync;
pub mod version;
pub mod watch;

pub use config::Config;
