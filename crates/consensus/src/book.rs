//! Where peers are now: the newest hint of each Raft identity's address, from gossip. A hint is never a reason to remove
//! or demote anyone; it only says where to dial.

use std::collections::HashMap;
use std::net::SocketAddr;

use parking_lot::RwLock;
use proconsul_base::id::RaftId;
use tokio::sync::watch;

/// The address book. Cheap to read; each change wakes those who dial.
#[derive(Debug)]
pub struct Book {
    hints: RwLock<HashMap<RaftId, SocketAddr>>,
    version: watch::Sender<u64>,
}

impl Default for Book {
    fn default() -> Self {
        Self { hints: RwLock::default(), version: watch::Sender::new(0) }
    }
}

impl Book {
    /// Takes over what gossip says now. Peers that it does not name keep their last hint.
    pub fn update(&self, hints: impl IntoIterator<Item = (RaftId, SocketAddr)>) {
        let mut changed = false;
        let mut known = self.hints.write();
        for (peer, address) in hints {
            changed |= known.insert(peer, address) != Some(address);
        }
        drop(known);
        if changed {
            self.version.send_modify(|version| *version += 1);
        }
    }

    /// The newest hint of a peer.
    pub fn address(&self, peer: RaftId) -> Option<SocketAddr> {
        self.hints.read().get(&peer).copied()
    }

    /// Wakes after each change.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}
