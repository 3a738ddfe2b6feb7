//! Reads on a follower: all that wait share one question to the leader, and while it is under way the next batch gathers.

use std::sync::Arc;

use parking_lot::Mutex;
use proconsul_base::index::Index;
use tokio::runtime;
use tokio::sync::{Notify, oneshot};

use crate::callers::Callers;
use crate::error::Unavailable;
use crate::shared::Shared;
use crate::wire::{self, Certainty};

type Waiting = Vec<oneshot::Sender<Result<Index, Unavailable>>>;

/// Two lines of readers, one per certainty.
pub(crate) struct ReadBatch {
    lease: Arc<Line>,
    quorum: Arc<Line>,
}

#[derive(Default)]
struct Line {
    waiting: Mutex<Waiting>,
    more: Notify,
}

impl ReadBatch {
    pub(crate) fn new(shared: &Arc<Shared>, callers: &Arc<Callers>, runtime: &runtime::Handle) -> Self {
        let line = |certainty| {
            let line = Arc::new(Line::default());
            runtime.spawn(serve(Arc::downgrade(&line), certainty, Arc::clone(shared), Arc::clone(callers)));
            line
        };
        Self { lease: line(Certainty::Lease), quorum: line(Certainty::Quorum) }
    }

    /// The index that the leader of this moment vouches for.
    pub(crate) async fn ask(&self, certainty: Certainty) -> Result<Index, Unavailable> {
        let line = match certainty {
            Certainty::Lease => &self.lease,
            Certainty::Quorum => &self.quorum,
        };
        let (reply, answer) = oneshot::channel();
        let first = {
            let mut waiting = line.waiting.lock();
            waiting.push(reply);
            waiting.len() == 1
        };
        if first {
            line.more.notify_one();
        }
        answer.await.unwrap_or(Err(Unavailable::Stopping))
    }
}

impl Drop for ReadBatch {
    fn drop(&mut self) {
        self.lease.more.notify_one();
        self.quorum.more.notify_one();
    }
}

async fn serve(line: std::sync::Weak<Line>, certainty: Certainty, shared: Arc<Shared>, callers: Arc<Callers>) {
    loop {
        // Held only while waiting for work: when the batch is dropped, this is the last one.
        let Some(held) = line.upgrade() else { return };
        let waiting = std::mem::take(&mut *held.waiting.lock());
        if waiting.is_empty() {
            held.more.notified().await;
            if Arc::strong_count(&held) == 1 {
                return;
            }
            continue;
        }
        drop(held);
        // Asked after all of these have begun to wait, so the answer is fresh enough for each of them.
        let answer = ask_leader(certainty, &shared, &callers).await;
        for reader in waiting {
            let _ = reader.send(answer);
        }
    }
}

async fn ask_leader(certainty: Certainty, shared: &Shared, callers: &Callers) -> Result<Index, Unavailable> {
    let leader = shared.status.borrow().leader.ok_or(Unavailable::NoLeader)?;
    if leader == shared.me {
        // Elected meanwhile: the reader tries again and finds itself at the source.
        return Err(Unavailable::NoLeader);
    }
    let mut status = shared.status.subscribe();
    let answer = tokio::select! {
        answer = callers.call(leader, wire::READ_INDEX, certainty.body()) => answer?,
        // A leader that is frozen or cut off never answers; its successor will.
        _ = status.wait_for(|status| status.leader != Some(leader)) => return Err(Unavailable::NoLeader),
    };
    wire::index_from(&answer).ok_or(Unavailable::OutcomeUnknown)
}
