//! The Raft adapter: threads around the pure core; proposals, reads, apply, snapshots, transport.
//!
//! Three threads of its own: consensus (owns the core, no I/O), log (the only writer of the disk), apply (the only writer of
//! the state); connections run as tokio tasks. Knows nothing of what is replicated: that is a [`Machine`].
//!
//! ```text
//!   handle ──propose, read──▶ driver ──write──▶ write (log thread) ──written──▶ driver
//!   gate ────messages───────▶   │   ──send───▶ link ▶ peers
//!                               └──committed──▶ apply (apply thread) ──replies──▶ handle
//! ```

mod answer;
mod applied;
mod apply;
mod book;
mod callers;
mod counted;
mod driver;
mod engine;
mod error;
mod founding;
mod gate;
mod handle;
mod identity;
mod lease;
mod link;
mod machine;
mod mailbox;
mod outlet;
mod read;
mod recover;
mod report;
mod shared;
mod snapshot;
mod start;
mod waiting;
mod wire;
mod write;

pub use answer::{Answerer, Answering};
pub use book::Book;
pub use error::Unavailable;
pub use gate::ServerGate;
pub use handle::Handle;
pub use machine::{Capture, Machine, MachineError};
pub use shared::{Progress, Status};
pub use start::{Fatal, Options, Removed, Running, StartError, start};
pub use wire::Certainty;
