//! Who a server is, as it stands on its disk: three small facts, each written as a whole or not at all.

use bytes::Bytes;
use proconsul_base::id::{ClusterId, RaftId};
use proconsul_base::rand::Rng;

/// What is durable, and the promise that is on its way to disk.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) raft_id: RaftId,
    pub(crate) cluster: Option<ClusterId>,
    promise: Option<Bytes>,
    /// To be written next.
    storing: Option<Option<Bytes>>,
}

impl Identity {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        Self { raft_id: RaftId::random(rng), cluster: None, promise: None, storing: None }
    }

    pub(crate) fn promise(&self) -> Option<&Bytes> {
        self.promise.as_ref()
    }

    pub(crate) fn store(&mut self, promise: Option<Bytes>) {
        self.storing = Some(promise);
    }

    /// The disk is done; answers whether there was something to do.
    pub(crate) fn finish(&mut self) -> bool {
        let storing = self.storing.take();
        let is_done = storing.is_some();
        if let Some(promise) = storing {
            self.promise = promise;
        }
        is_done
    }

    /// What was on its way is lost.
    pub(crate) fn crash(&mut self) {
        self.storing = None;
    }
}
