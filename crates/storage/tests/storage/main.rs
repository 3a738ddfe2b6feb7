//! What is on disk keeps its promises: after crashes at every step, torn writes and flipped bits.

#![expect(
    clippy::unwrap_used,
    reason = "what fails to be set up has failed the test; clippy exempts only functions marked as tests"
)]

mod crash_disk;
mod directory;
mod log_crash;
mod log_damage;
mod log_format;
mod log_life;
mod model;
mod snapshot;
