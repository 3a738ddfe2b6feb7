//! Members as the layers above see them. Knows nothing of how their states are decided.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// A member's tags: short texts it tells about itself.
pub type Tags = BTreeMap<String, String>;

/// What is known of a member's presence; the numbers are those of Consul's HTTP interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Status {
    /// Answers, or is only suspected.
    Alive = 1,
    /// Has said that it leaves.
    Leaving = 2,
    /// Has left on purpose.
    Left = 3,
    /// Stopped answering without a word.
    Failed = 4,
}

impl Status {
    /// The number in Consul's HTTP interface.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alive => "alive",
            Self::Leaving => "leaving",
            Self::Left => "left",
            Self::Failed => "failed",
        })
    }
}

/// The versions of a protocol that a member speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Versions {
    /// The oldest it understands.
    pub min: u8,
    /// The newest it understands.
    pub max: u8,
    /// The one it speaks.
    pub current: u8,
}

/// One member of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, unique in the pool.
    pub name: Arc<str>,
    /// Where it receives gossip.
    pub address: SocketAddr,
    /// What it tells about itself.
    pub tags: Tags,
    /// Its presence.
    pub status: Status,
    /// The memberlist protocol.
    pub protocol: Versions,
    /// The serf protocol.
    pub delegate: Versions,
    /// How often it has spoken up about itself (SWIM paper §4.2).
    pub incarnation: u32,
}
