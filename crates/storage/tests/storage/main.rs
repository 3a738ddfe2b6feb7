//! What is on disk keeps its promises: after crashes at every step, torn writes and flipped bits.

mod crash_disk;
mod directory;
mod log_crash;
mod log_damage;
mod log_format;
mod log_life;
mod model;
mod snapshot;
