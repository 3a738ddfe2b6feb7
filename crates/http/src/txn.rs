//! `/v1/txn`: several operations, all or none.

mod body;
mod check;
mod result;
mod service;

use hyper::StatusCode;
use proconsul_calls::door::Door;
use proconsul_types::txn::Op;

use self::body::Operations;
use crate::body::BodyLimit;
use crate::cx::Cx;
use crate::error::HttpError;
use crate::reply::{self, Reply};

/// Most operations of one transaction, as in Consul up to 1.13.
const OPERATIONS: usize = 64;

pub(crate) async fn answer<D: Door>(cx: &mut Cx<'_, D>) -> Result<Reply, HttpError> {
    let limit = BodyLimit::transaction(cx.config);
    let Operations(operations) = cx.decoded(limit, HttpError::DecodeTransaction).await?;
    if operations.len() > OPERATIONS {
        return Err(HttpError::Operations(operations.len(), OPERATIONS));
    }
    let txn = body::read(operations, cx.config.kv_value_bytes_max)?;
    if txn.ops.iter().any(Op::writes) || !txn.wrong.is_empty() {
        let outcome = cx.door.txn_apply(cx.query.filled("dc"), txn).await?;
        return Ok(told(cx.json(result::written(&outcome)), outcome.is_ok()));
    }
    let options = cx.read_options()?;
    let answer = cx.door.txn_read(options, txn).await?;
    let reply = told(cx.json(result::read(&answer)), answer.value.is_ok());
    Ok(reply::with_contact(reply, answer.contact))
}

/// A transaction that failed is a conflict.
fn told(mut reply: Reply, is_done: bool) -> Reply {
    if !is_done {
        *reply.status_mut() = StatusCode::CONFLICT;
    }
    reply
}
