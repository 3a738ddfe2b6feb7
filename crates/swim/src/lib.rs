//! The membership protocol as a pure machine, on memberlist's wire forms.
//!
//! SWIM (Das, Gupta, Motivala 2002) with Lifeguard (Dadgar, Phillips, Currey 2017). Knows no socket, no clock and no thread:
//! time and bytes come in as arguments; sends, events and the next deadline come out.

pub mod awareness;
pub mod broadcast;
pub mod event;
pub mod exchange;
pub mod machine;
pub mod members;
pub mod probe;
pub mod relay;
pub mod suspicion;
pub mod timing;
pub mod wire;

pub use event::{Event, Ticket, Transmit, Upper};
pub use exchange::ExchangeError;
pub use machine::{Config, MetaTooLong, Swim};
pub use members::Node;
pub use timing::Timing;
pub use wire::push_pull::State;

/// A member's name; cheap to copy.
pub type Name = std::sync::Arc<str>;
