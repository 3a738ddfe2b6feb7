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
        let request = TxnRequest {
            datacenter: self.datacenter(datacenter),
            ops: self.ops(datacenter, &txn),
            token: String::new(),
        };
        let outcome: TxnOutcome = self.call("Txn.Apply", Kind::Write, &request).await?;
        outcome.read().map_err(|error| unreadable("Txn.Apply", &error))
    }

    async fn txn_read(&self, options: ReadOptions, txn: Txn) -> Result<Answer<Outcome>, CallError> {
        let asked = options.datacenter.as_deref();
        let question = TxnRead { datacenter: self.datacenter(asked), ops: self.ops(asked, &txn) };
        let mut answer = self.read("Txn.Read", question, &options, TxnOutcome::read).await?;
        // It has no index, which servers say by saying none.
        answer.index = Index::ZERO;
        if !txn.wrong.is_empty() {
            answer.value = Err(txn.wrong);
        }
        Ok(answer)
    }
}

impl<T: Transport, L: Send + Sync + 'static> Client<T, L> {
    /// The operations as they travel; nodes without a datacenter are in the one that is asked, which servers do not fill in.
    fn ops(&self, datacenter: Option<&str>, txn: &Txn) -> Option<Vec<TxnOp>> {
        let mut ops: Vec<TxnOp> = txn.ops.iter().map(TxnOp::from).collect();
        for op in ops.iter_mut().filter_map(|op| op.node.as_mut()).filter(|op| op.node.datacenter.is_empty()) {
            op.node.datacenter = self.datacenter(datacenter).into();
        }
        Some(ops)
    }
}
