//! Builds the tree of tasks from the checked configuration; owns start, reload, shutdown.
//!
//! [`start`] builds an agent, for the command line and for tests alike. The real clock, the real disk and
//! the operating system's randomness are made here and passed down.

mod anti_entropy;
mod checks;
mod contact;
mod dns;
mod duties;
mod error;
mod events;
mod handle;
mod host;
mod identity;
mod join;
mod local;
mod local_state;
pub mod log;
mod members;
mod metrics;
mod pool;
mod position;
mod rejoin;
mod reload;
mod removal;
mod resolve;
mod role;
mod servers;
mod start;
mod tags;
mod watches;

use std::time::Duration;

pub use checks::MeansError;
pub use error::StartError;
pub use handle::{Handle, Shutdown};
pub use join::Exhausted;
pub use reload::Reread;
pub use resolve::ResolverError;
pub use start::{start, start_server};

/// How long a leader that stops waits for another server to take over; when all stop at once, nobody does.
const HAND_OVER_PATIENCE: Duration = Duration::from_secs(1);
