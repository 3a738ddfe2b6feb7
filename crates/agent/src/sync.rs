//! Anti-entropy: what must be written so that the catalog says of this node what the node says itself, and when to look again.
//! Decides only.
//!
//! The agent owns its node's entry. Services and checks that others have put there go at the next look, as in Consul; the
//! service `consul` and the check serfHealth are the leader's to keep. A full look compares ([`compare`]) and then writes what is
//! due ([`due`]); after a change of the agent's own only the latter. What was written is settled ([`settle`]), unless it has
//! changed again meanwhile.

mod compare;
mod due;

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_calls::catalog::{Deregister, Register};
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::Service;

pub use self::compare::compare;
pub use self::due::{due, settle};

/// How long the catalog is trusted in a small cluster, before the stagger: Consul's `AEInterval`.
const INTERVAL: Duration = Duration::from_secs(60);

/// Up to so many nodes it stays that long; each doubling beyond adds one more of it.
const SCALED_FROM: usize = 128;

/// How soon a full look follows a new server, at the latest, in a small cluster: Consul's `serverUpIntv`.
const SERVER_UP: Duration = Duration::from_secs(3);

/// What the catalog says of this node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The node of this name.
    pub node: Option<Arc<Node>>,
    /// The services on it.
    pub services: Vec<Arc<Service>>,
    /// Its checks and those of its services.
    pub checks: Vec<Arc<Check>>,
}

/// One write to the catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// What is to be written.
    pub write: Write,
    /// The token to write it with; empty for the agent's.
    pub token: String,
    /// What is right afterwards.
    pub settles: Vec<Settled>,
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// This is so.
    Register(Box<Register>),
    /// This is not there.
    Deregister(Deregister),
}

/// What is right after a write, as it was when the write was made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The node itself.
    Node,
    /// A service.
    Service(Text, u64),
    /// A check.
    Check(Text, u64),
    /// A service is gone, and all its checks.
    GoneService(Text),
    /// A check is gone.
    GoneCheck(Text),
}

/// How long until the catalog is looked at again, in a cluster of so many nodes: staggered, so that not all look at once.
pub fn pause(nodes: usize, rng: &mut Rng) -> Duration {
    let interval = INTERVAL * scale(nodes);
    interval + rng.duration_below(interval)
}

/// How long until the catalog is looked at because a server has come.
pub fn pause_after_server(nodes: usize, rng: &mut Rng) -> Duration {
    rng.duration_below(SERVER_UP * scale(nodes))
}

fn scale(nodes: usize) -> u32 {
    1 + nodes.div_ceil(SCALED_FROM).next_power_of_two().ilog2()
}

#[cfg(test)]
mod tests;
