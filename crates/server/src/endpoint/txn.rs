//! Transactions: each operation is looked at by itself first, and tried only when nothing is wrong with any of them.

use std::time::Instant;

use proconsul_base::index::Index;
use proconsul_calls::catalog::meta;
use proconsul_calls::error::CallError;
use proconsul_calls::read::{Answer, ReadOptions};
use proconsul_calls::txn::{Txn, TxnCalls};
use proconsul_state::command::Command;
use proconsul_state::command::txn::TxnCommand;
use proconsul_state::outcome::Outcome as Applied;
use proconsul_telemetry::names::server as names;
use proconsul_types::service::Service;
use proconsul_types::txn::{KvOp, KvVerb, Op, OpError, Outcome, Verb};

use super::Server;
use crate::authorize::{Right, authorize};
use crate::local::Local;
use crate::replica::Replica;

impl<R: Replica, L: Local> TxnCalls for Server<R, L> {
    async fn txn_apply(&self, datacenter: Option<&str>, txn: Txn) -> Result<Outcome, CallError> {
        self.own_datacenter(datacenter)?;
        let ops = match self.prepared(txn) {
            Ok(ops) => ops,
            Err(errors) => {
                // Only a leader can say so in Consul.
                self.fresh(&ReadOptions::default()).await?;
                return Ok(Err(errors));
            }
        };
        match self.outcome(&Command::Txn(TxnCommand { ops })).await? {
            Applied::Results(results) => Ok(Ok(results)),
            Applied::Errors(errors) => Ok(Err(errors)),
            _ => Err(CallError::UnknownOutcome),
        }
    }

    async fn txn_read(&self, options: ReadOptions, txn: Txn) -> Result<Answer<Outcome>, CallError> {
        let began = Instant::now();
        self.fresh(&options).await?;
        let value = self.prepared(txn).and_then(|ops| self.store.view().transact(&ops));
        names::TXN_READ.took(began.elapsed());
        Ok(Answer { index: Index::ZERO, contact: self.replica.contact(), value })
    }
}

impl<R: Replica, L: Local> Server<R, L> {
    /// The operations with all filled in that may be left out; or all that is wrong with them.
    fn prepared(&self, Txn { mut ops, wrong: mut errors }: Txn) -> Result<Vec<Op>, Vec<OpError>> {
        for (place, op) in ops.iter_mut().enumerate() {
            if let Err(refused) = self.prepare(op) {
                errors.push(OpError { op_index: place as u32, what: refused.to_string() });
            }
        }
        errors.sort_by_key(|error| error.op_index);
        if errors.is_empty() { Ok(ops) } else { Err(errors) }
    }

    fn prepare(&self, op: &mut Op) -> Result<(), Refused> {
        match op {
            Op::Kv(op) => Ok(authorize_key(op)?),
            Op::Node(Verb::Get, node) => Ok(authorize(Right::NodeRead(&node.name))?),
            Op::Node(_, node) => {
                if node.name.is_empty() {
                    return Err(Refused::NoNode);
                }
                if node.datacenter.is_empty() {
                    node.datacenter = (*self.settings.datacenter).into();
                }
                Ok(authorize(Right::NodeWrite(&node.name))?)
            }
            Op::Service(Verb::Get, service) => Ok(authorize(Right::ServiceRead(&service.name))?),
            Op::Service(_, service) => {
                if service.id.is_empty() {
                    service.id = service.name.clone();
                }
                if service.name.is_empty() && !service.id.is_empty() {
                    return Err(Refused::NoServiceName);
                }
                if matches!(&*service.address, "0.0.0.0" | "::" | "[::]") {
                    return Err(Refused::ServiceAddress);
                }
                authorize(Right::ServiceWrite(&service.name))?;
                // This one is told only when it is the operation's turn.
                if let Err(mistake) = meta::check(&service.meta) {
                    let Service { node, id, .. } = service;
                    *op = Op::Never(format!("Invalid Service Meta for node {node} and serviceID {id}: {mistake}"));
                }
                Ok(())
            }
            Op::Check(Verb::Get, check) => Ok(authorize(Right::NodeRead(&check.node))?),
            Op::Check(_, check) => {
                if check.id.is_empty() {
                    check.id = check.name.clone();
                }
                Ok(authorize(Right::NodeWrite(&check.node))?)
            }
            Op::Never(_) => Ok(()),
        }
    }
}

/// Why an operation is not tried. The texts are Consul's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("Must provide key")]
    NoKey,
    #[error("Must provide node")]
    NoNode,
    #[error("Must provide service name with ID")]
    NoServiceName,
    #[error("Invalid service address")]
    ServiceAddress,
    #[error(transparent)]
    Call(#[from] CallError),
}

fn authorize_key(op: &KvOp) -> Result<(), Refused> {
    if op.key.is_empty() && op.verb != KvVerb::DeleteTree {
        return Err(Refused::NoKey);
    }
    Ok(authorize(match &op.verb {
        KvVerb::DeleteTree => Right::KeyPrefixWrite(&op.key),
        KvVerb::Set | KvVerb::Delete | KvVerb::DeleteCas | KvVerb::Cas | KvVerb::Lock | KvVerb::Unlock => {
            Right::KeyWrite(&op.key)
        }
        _ => Right::KeyRead(&op.key),
    })?)
}
