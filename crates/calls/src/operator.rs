//! What operators ask for.

use std::future::Future;

use proconsul_types::operator::RaftConfiguration;

use crate::error::CallError;
use crate::read::ReadOptions;

/// `/v1/operator/`.
pub trait OperatorCalls {
    /// The Raft configuration; without `Stale` only when there is a leader. Does not wait for changes.
    fn raft_configuration(
        &self,
        options: ReadOptions,
    ) -> impl Future<Output = Result<RaftConfiguration, CallError>> + Send;
}
