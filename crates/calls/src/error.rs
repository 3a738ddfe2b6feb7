//! Why a call has no answer. The texts are Consul's where Consul has one; the doors add only the form.

mod forward;

use std::time::Duration;

use proconsul_base::limit;

use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::coordinate::CoordinateError;
use crate::event::EventError;
use crate::intention::IntentionError;
use crate::operator::RaftError;
use crate::query::QueryError;
use crate::session::SessionError;
use crate::snapshot::SnapshotError;

pub use forward::{ForwardError, Meaning};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The servers could not do it now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The call was passed on to a server, which did not answer it.
    #[error(transparent)]
    Forward(#[from] ForwardError),
    /// A datacenter nobody here knows.
    #[error("No path to datacenter")]
    NoPathToDatacenter,
    /// Access control says no.
    #[error("Permission denied")]
    PermissionDenied,
    /// The replicated state turned it down; nothing was changed. The text is Consul's.
    #[error("{0}")]
    Failed(String),
    /// More than one write may bring, in bytes. Nothing was changed.
    #[error("the change takes {0} bytes; at most {limit} are kept in one", limit = limit::COMMAND_BYTES)]
    TooLarge(usize),
    /// Something in it could not be read again, such as lists inside lists without end. Nothing was changed.
    #[error("the change cannot be kept: its lists and objects are nested too deeply")]
    TooDeep,
    /// The catalog does not take it.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A node cannot be where it is said to be.
    #[error(transparent)]
    Coordinate(#[from] CoordinateError),
    /// A prepared query that cannot be kept or answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The Raft membership was not changed.
    #[error(transparent)]
    Raft(#[from] RaftError),
    /// A user event that was not fired.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A session that cannot be made or found.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A snapshot that was not restored.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Config entries that cannot be kept or used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An intention that cannot be kept or found.
    #[error(transparent)]
    Intention(#[from] IntentionError),
    /// The state machine answered in a form this server does not know: the servers run different versions.
    #[error("the servers answered the write in a form unknown to this one; bring all servers to one version")]
    UnknownOutcome,
}

impl CallError {
    /// Whether nobody knows the datacenter, here or at the server that was asked.
    pub fn is_no_path(&self) -> bool {
        matches!(self, Self::NoPathToDatacenter) || self.means(Meaning::NoPathToDatacenter)
    }

    /// Whether access control says no, here or at the server that was asked.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::PermissionDenied) || self.means(Meaning::PermissionDenied)
    }

    /// Whether there is no such prepared query, here or at the server that was asked.
    pub fn is_query_not_found(&self) -> bool {
        matches!(self, Self::Query(QueryError::NotFound)) || self.means(Meaning::QueryNotFound)
    }

    fn means(&self, asked: Meaning) -> bool {
        matches!(self, Self::Forward(ForwardError::Refused { meaning, .. }) if *meaning == asked)
    }
}

/// Why the servers could not take a write or vouch for a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No leader showed up within the hold time. Nothing was written.
    #[error("No cluster leader")]
    NoLeader,
    /// The leader has not yet applied the entries of earlier terms. Nothing was written.
    #[error("Not ready to serve consistent reads")]
    NotReady,
    /// Leadership went away after the write was proposed: it may or may not take place.
    #[error("leadership lost while committing log")]
    LeadershipLost,
    /// No outcome came within this time: the write may or may not take place.
    #[error("timed out after {0:?} waiting for the write to commit; it may still take place")]
    TimedOut(Duration),
    /// The queue of proposals is full. Nothing was written.
    #[error("rpc error: too many requests wait for the leader, try again later")]
    Overloaded,
    /// This server is stopping. Nothing was written.
    #[error("rpc error: the server is shutting down")]
    ShuttingDown,
}
