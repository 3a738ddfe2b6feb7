//! Whether a node is in touch with its cluster, as what it follows tells.

use std::sync::Arc;

use proconsul_client::forward::Known;
use proconsul_consensus::Status;

/// What tells it.
pub(crate) trait Contact: Send + Sync + 'static {
    /// Whether there is somebody to turn to.
    fn is_there(&self) -> bool;
}

/// A server is in touch while it knows a leader.
impl Contact for Arc<Status> {
    fn is_there(&self) -> bool {
        self.leader.is_some()
    }
}

/// A client agent is in touch while it knows a server.
impl Contact for Known {
    fn is_there(&self) -> bool {
        self.servers > 0
    }
}
