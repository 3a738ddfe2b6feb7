//! Transactions: several operations on keys and on the catalog, all or none.

use std::future::Future;

use proconsul_types::txn::{Op, OpError, Outcome};

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `PUT /v1/txn`.
pub trait TxnCalls {
    /// One that writes.
    fn txn_apply(&self, datacenter: Option<&str>, txn: Txn) -> impl Future<Output = Result<Outcome, CallError>> + Send;

    /// One that only reads. Does not wait for changes, and has no index.
    fn txn_read(
        &self,
        options: ReadOptions,
        txn: Txn,
    ) -> impl Future<Output = Result<Answer<Outcome>, CallError>> + Send;
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Txn {
    /// The operations, in their order.
    pub ops: Vec<Op>,
    /// What who asks already knows to be wrong: all of this is told before any operation is tried.
    pub wrong: Vec<OpError>,
}
