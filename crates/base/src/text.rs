//! Text as people read and write it: durations, points in time, tables, near names, lists of mistakes.

pub mod duration;
pub mod mistakes;
pub mod nearest;
pub mod stamp;
pub mod table;
