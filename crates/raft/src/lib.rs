//! Consensus as a pure machine: Raft, identity and bootstrap, without clock, disk or socket.
//!
//! [`Core`] is one Raft peer. It is told of ticks, messages, proposals and finished writes, and answers with [`Work`]: what to write, what
//! to send, what was committed. TiKV's `raft` does the algorithm; none of its types leave this crate, and its protobuf never reads bytes
//! from the network, because messages, members and changes have their own strict codec here.
//!
//! [`bootstrap`] decides, before there is any log, which servers make up a new cluster.

pub mod bootstrap;
mod change;
mod codec;
mod config;
mod core;
mod membership;
mod message;
mod start;
mod status;
mod work;

pub use proconsul_base::entry::SnapshotMark;

pub use self::change::{Change, InvalidChange};
pub use self::codec::Malformed;
pub use self::config::Config;
pub use self::core::{Broken, Core, StepError};
pub use self::membership::{Membership, Server};
pub use self::message::{Kind, Message};
pub use self::start::{Start, StartError, genesis};
pub use self::status::{PeerStatus, Role, Status};
pub use self::work::{Committed, Fetch, Refused, SendSnapshot, Work, Write};
