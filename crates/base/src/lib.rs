//! What every room may use: ids, indexes, instants, seeded randomness, limits, text.
//!
//! Knows no clock, no operating-system randomness, no file and no socket: those are made in `node` and passed in.

pub mod blake2b;
pub mod cidr;
pub mod entry;
pub mod id;
pub mod index;
pub mod limit;
pub mod rand;
pub mod text;
pub mod time;
