//! What came of a transaction, in JSON.

use proconsul_calls::read::Answer;
use proconsul_types::txn::{OpError, OpResult, Outcome};

use crate::json::{check, node, number, parts, service, string};
use crate::kv;

/// Of one that may write.
pub(super) fn written(outcome: &Outcome) -> Vec<u8> {
    let mut out = lists(outcome);
    out.push(b'}');
    out
}

/// Of one that only reads: with what Consul tells of reads in headers elsewhere, as far as it tells it here.
pub(super) fn read(answer: &Answer<Outcome>) -> Vec<u8> {
    let mut out = lists(&answer.value);
    out.extend_from_slice(b",\"Index\":");
    number(&mut out, answer.index.0);
    out.extend_from_slice(b",\"LastContact\":");
    number(&mut out, u64::try_from(answer.contact.last_contact.as_nanos()).unwrap_or(u64::MAX));
    out.extend_from_slice(b",\"KnownLeader\":");
    parts::boolean(&mut out, answer.contact.known_leader);
    out.extend_from_slice(b",\"ConsistencyLevel\":\"\"}");
    out
}

/// The beginning of both.
fn lists(outcome: &Outcome) -> Vec<u8> {
    let mut out = b"{\"Results\":".to_vec();
    match outcome {
        Ok(results) => {
            parts::array(&mut out, results, result);
            out.extend_from_slice(b",\"Errors\":null");
        }
        Err(errors) => {
            out.extend_from_slice(b"null,\"Errors\":");
            parts::array(&mut out, errors, error);
        }
    }
    out
}

fn result(out: &mut Vec<u8>, result: &OpResult) {
    match result {
        OpResult::Kv(entry) => {
            out.extend_from_slice(b"{\"KV\":");
            kv::object(out, entry);
        }
        OpResult::Node(node) => {
            out.extend_from_slice(b"{\"Node\":");
            node::object(out, node);
        }
        OpResult::Service(service) => {
            out.extend_from_slice(b"{\"Service\":");
            service::object_of_txn(out, service);
        }
        OpResult::Check(check) => {
            out.extend_from_slice(b"{\"Check\":");
            check::object_of_txn(out, check);
        }
    }
    out.push(b'}');
}

fn error(out: &mut Vec<u8>, OpError { op_index, what }: &OpError) {
    out.extend_from_slice(b"{\"OpIndex\":");
    number(out, u64::from(*op_index));
    out.extend_from_slice(b",\"What\":");
    string(out, what);
    out.push(b'}');
}
