//! `Txn`: transactions.

use proconsul_calls::door::Door;
use proconsul_records::options::{name, reply};
use proconsul_records::txn::{TxnOutcome, TxnRead, TxnRequest, read};
use proconsul_records::{Read, Reply};

use crate::call;
use crate::refused::Refused;

pub(crate) async fn answer<D: Door>(door: &D, method: &str, request: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
    match method {
        "Apply" => call!(door, request, apply),
        "Read" => call!(door, request, only_read),
        _ => None,
    }
}

async fn apply<D: Door>(door: &D, request: TxnRequest) -> Result<TxnOutcome, Refused> {
    let outcome = door.txn_apply(name(&request.datacenter).as_deref(), read(request.ops)).await?;
    Ok((&outcome).into())
}

async fn only_read<D: Door>(door: &D, ask: Read<TxnRead>) -> Result<Reply<TxnOutcome>, Refused> {
    let answer = door.txn_read(ask.embedded.to_read(&ask.own.datacenter), read(ask.own.ops)).await?;
    Ok(reply(answer, |outcome| (&outcome).into()))
}
