//! Above swim: who joined, who left on purpose, tags, events, coordinates; serf's wire forms.
//!
//! Pure like `swim`: knows no socket, no clock and no thread. [`Serf`] owns the machine below and has the same five methods.

pub mod coordinate;
pub mod event;
pub mod force_leave;
pub mod intent;
pub mod lamport;
pub mod machine;
pub mod member;
pub mod query;
pub mod ring;
pub mod roster;
pub mod tags;
pub mod timing;
pub mod vivaldi;
pub mod wire;

pub use coordinate::Coordinate;
pub use event::Event;
pub use machine::{Config, Serf, Stats};
pub use member::{Member, Status, Tags, Versions};
pub use timing::Timing;
