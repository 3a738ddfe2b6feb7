//! Text as people read and write it: durations, tables, near names, lists of mistakes.

pub mod duration;
pub mod mistakes;
pub mod nearest;
pub mod table;
