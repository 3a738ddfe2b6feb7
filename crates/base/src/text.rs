//! Text as people read and write it: durations, points in time, tables, quotes, near names, lists of mistakes.

pub mod duration;
pub mod mistakes;
pub mod nearest;
pub mod quote;
pub mod stamp;
pub mod table;
