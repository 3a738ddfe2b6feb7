//! How what only the leader knows is asked.

use proconsul_calls::error::CallError;

use super::Server;
use crate::local::Local;
use crate::question::{Answer, Question};
use crate::replica::Replica;

impl<R: Replica, L: Local> Server<R, L> {
    /// The leader's answer, from wherever the leader is.
    pub(super) async fn ask(&self, question: &Question) -> Result<Answer, CallError> {
        let answer = self.replica.ask(question.encode()).await?;
        Answer::decode(&answer).ok_or(CallError::UnknownOutcome)
    }
}
