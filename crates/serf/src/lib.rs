//! Above swim: who joined, who left on purpose, tags, events, coordinates; serf's wire forms.
//!
//! Pure like `swim`: knows no socket, no clock and no thread.

pub mod coordinate;
pub mod event;
pub mod force_leave;
pub mod member;
pub mod tags;
pub mod timing;

pub use coordinate::Coordinate;
pub use member::{Member, Status, Tags, Versions};
pub use timing::Timing;
