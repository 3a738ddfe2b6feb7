//! A seeded world of clock, network and disk, in which real servers run: `raft`'s core over `storage`'s log and snapshots.
//!
//! One thread, one seed, one step at a time: a message arrives, a clock ticks, a disk finishes a write, a client asks, something breaks.
//! After each step every property in [`property`] is checked. The same seed gives the same history, so a failure is a number.
//!
//! Knows nothing of threads, sockets and files; those are for the tests of the rooms that drive the machines.

mod disk;
mod machine;
mod network;
mod plan;
mod property;
mod report;
mod server;
mod sweep;
mod world;

pub use plan::{Options, Plant};
pub use property::Violation;
pub use report::{Event, Report};
pub use sweep::{Failure, Sweep, run, sweep};
