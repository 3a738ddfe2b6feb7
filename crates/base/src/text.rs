//! Text as people read and write it: durations, tables, near names.

pub mod duration;
pub mod nearest;
pub mod table;
