//! Transactions.

use proconsul_base::index::Index;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::txn::{Txn, TxnCalls};
use proconsul_records::txn::{TxnOp, TxnOutcome, TxnRead, TxnRequest};
use proconsul_types::txn::Outcome;

use super::Client;
use super::ask::unreadable;
use crate::forward::{Kind, Transport};

impl<T: Transport, L: Send + Sync + 'static> TxnCalls for Client<T, L> {
    async fn txn_apply(&self, datacenter: Option<&str>, txn: Txn) -> Result<Outcome, CallError> {
        if !txn.wrong.is_empty() {
            return Ok(Err(txn.wrong));
        }
        let request = TxnRequest { datacenter: self.datacenter(datacenter), ops: ops(&txn), token: String::new() };
        let outcome: TxnOutcome = self.call("Txn.Apply", Kind::Write, &request).await?;
        outcome.read().map_err(|error| unreadable("Txn.Apply", &error))
    }

    async fn txn_read(&self, options: ReadOptions, txn: Txn) -> Result<Answer<Outcome>, CallError> {
        let datacenter = self.datacenter(options.datacenter.as_deref());
        let question = TxnRead { datacenter, ops: ops(&txn) };
        let mut answer = self.read("Txn.Read", question, &options, TxnOutcome::read).await?;
        // It has no index, which servers say by saying none.
        answer.index = Index::ZERO;
        if !txn.wrong.is_empty() {
            answer.value = Err(txn.wrong);
        }
        Ok(answer)
    }
}

fn ops(txn: &Txn) -> Option<Vec<TxnOp>> {
    Some(txn.ops.iter().map(TxnOp::from).collect())
}
