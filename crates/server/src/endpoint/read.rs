//! How every read of the store goes: fresh enough first, then a look, and for a waiting read more looks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use proconsul_base::index::Index;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, Consistency, ReadOptions, Wait};
use proconsul_state::store::Store;
use proconsul_telemetry::names::{agent, raft, server as names};

use super::Server;
use crate::blocking::{self, Ended, Topics};
use crate::local::Local;
use crate::replica::Replica;

/// A read that waits, for as long as it does.
struct Blocking;

/// Reads that wait now.
static BLOCKING: AtomicUsize = AtomicUsize::new(0);

impl Blocking {
    fn begin() -> Self {
        names::RPC_QUERIES_BLOCKING.set((BLOCKING.fetch_add(1, Ordering::Relaxed) + 1) as f32);
        Self
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        names::RPC_QUERIES_BLOCKING.set((BLOCKING.fetch_sub(1, Ordering::Relaxed) - 1) as f32);
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    /// Returns when this server may answer a read: right datacenter, state as fresh as asked.
    pub(super) async fn fresh(&self, options: &ReadOptions) -> Result<(), CallError> {
        agent::CLIENT_RPC.one();
        names::RPC_QUERY.one();
        self.own_datacenter(options.datacenter.as_deref())?;
        let consistency = match options.consistency {
            Consistency::Stale { at_most: Some(limit) } if self.replica.contact().last_contact > limit => {
                Consistency::Default
            }
            Consistency::Stale { .. } => return Ok(()),
            asked => asked,
        };
        if consistency == Consistency::Default {
            return Ok(self.replica.barrier(consistency).await?);
        }
        raft::VERIFY_LEADER.one();
        let began = Instant::now();
        self.replica.barrier(consistency).await?;
        names::RPC_CONSISTENT_READ.took(began.elapsed());
        Ok(())
    }

    /// Answers a read by looking at the store.
    pub(super) async fn read<'t, T: Send>(
        &self,
        options: &ReadOptions,
        topics: impl Into<Topics<'t>> + Send,
        look: impl Fn(&Store) -> (T, Index) + Send + Sync,
    ) -> Result<Answer<T>, CallError> {
        self.fresh(options).await?;
        let (value, index) = match options.wait {
            None => look(&self.store),
            // In a box of its own, so that reads that do not wait stay small.
            Some(wait) => Box::pin(self.wait(options, topics.into(), wait, look)).await?,
        };
        // 0 would tell the caller that there is nothing to wait for.
        Ok(Answer { index: index.max(Index(1)), contact: self.replica.contact(), value })
    }

    /// A change that woke the read is an answer in any mode: it was committed after the read began. When the time is over
    /// without one, the read asks for freshness again, so that it does not say "nothing new" without a leader.
    async fn wait<T: Send>(
        &self,
        options: &ReadOptions,
        topics: Topics<'_>,
        wait: Wait,
        look: impl Fn(&Store) -> (T, Index) + Send + Sync,
    ) -> Result<(T, Index), CallError> {
        let _counted = Blocking::begin();
        match blocking::wait(&self.store, topics, wait, self.settings.query_time, &self.rng, &look).await {
            Ended::Passed(value, index) => Ok((value, index)),
            Ended::TimeOver => {
                self.fresh(options).await?;
                Ok(look(&self.store))
            }
        }
    }
}
