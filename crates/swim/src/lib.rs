//! The membership protocol as a pure machine, on memberlist's wire forms.
//!
//! SWIM (Das, Gupta, Motivala 2002) with Lifeguard (Dadgar, Phillips, Currey 2017). Knows no socket, no clock and no thread:
//! time and bytes come in as arguments; sends, events and the next deadline come out.

pub mod exchange;
pub mod timing;
pub mod wire;

pub use exchange::ExchangeError;
pub use timing::Timing;

/// A member's name; cheap to copy.
pub type Name = std::sync::Arc<str>;
