//! What operators ask for.

use proconsul_calls::error::CallError;
use proconsul_calls::operator::OperatorCalls;
use proconsul_calls::read::ReadOptions;
use proconsul_types::operator::RaftConfiguration;

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> OperatorCalls for Server<R, L> {
    async fn raft_configuration(&self, options: ReadOptions) -> Result<RaftConfiguration, CallError> {
        authorize(Right::OperatorRead)?;
        self.fresh(&options).await?;
        Ok(self.replica.raft_configuration())
    }
}
