//! What came of a transaction, as it travels between servers.
//!
//! ```text
//! results  4 u8, count u32, then each record
//! errors   5 u8, count u32, then each: place u32, reason text
//! kv       1 u8, entry bytes
//! node     2 u8, created u64, changed u64, node
//! service  3 u8, created u64, changed u64, node text, service
//! check    4 u8, created u64, changed u64, node text, check
//! ```
//!
//! The records have the forms of [`crate::record`].

use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::Service;
use proconsul_types::txn::{OpError, OpResult};

use crate::record;
use crate::wire::{Body, put_bytes, put_count, put_text, put_u64};

pub(super) const RESULTS: u8 = 4;
pub(super) const ERRORS: u8 = 5;

const KV: u8 = 1;
const NODE: u8 = 2;
const SERVICE: u8 = 3;
const CHECK: u8 = 4;

pub(super) fn encode_results(results: &[OpResult]) -> Bytes {
    let mut to = vec![RESULTS];
    put_count(&mut to, results.len());
    results.iter().for_each(|result| put_result(&mut to, result));
    to.into()
}

pub(super) fn encode_errors(errors: &[OpError]) -> Bytes {
    let mut to = vec![ERRORS];
    put_count(&mut to, errors.len());
    for error in errors {
        put_count(&mut to, error.op_index as usize);
        put_text(&mut to, &error.what);
    }
    to.into()
}

pub(super) fn results(body: &mut Body<'_>) -> Option<Vec<OpResult>> {
    let count = body.u32()?;
    (0..count).map(|_| result(body)).collect()
}

pub(super) fn errors(body: &mut Body<'_>) -> Option<Vec<OpError>> {
    let count = body.u32()?;
    (0..count).map(|_| Some(OpError { op_index: body.u32()?, what: body.text()?.to_owned() })).collect()
}

/// How many bytes a record takes in an answer.
pub(crate) fn told_bytes(result: &OpResult) -> usize {
    let mut bytes = Vec::new();
    put_result(&mut bytes, result);
    bytes.len()
}

fn put_result(to: &mut Vec<u8>, result: &OpResult) {
    match result {
        OpResult::Kv(entry) => {
            let mut bytes = Vec::new();
            record::kv::append(&mut bytes, entry);
            to.push(KV);
            put_bytes(to, &bytes);
        }
        OpResult::Node(node) => {
            put_head(to, NODE, node.create_index, node.modify_index);
            record::node::append(to, node);
        }
        OpResult::Service(service) => {
            put_head(to, SERVICE, service.create_index, service.modify_index);
            put_text(to, &service.node);
            record::service::append(to, service);
        }
        OpResult::Check(check) => {
            put_head(to, CHECK, check.create_index, check.modify_index);
            put_text(to, &check.node);
            record::check::append(to, check);
        }
    }
}

fn put_head(to: &mut Vec<u8>, kind: u8, created: Index, changed: Index) {
    to.push(kind);
    put_u64(to, created.0);
    put_u64(to, changed.0);
}

fn result(body: &mut Body<'_>) -> Option<OpResult> {
    let kind = body.u8()?;
    if kind == KV {
        return record::kv::read(body.bytes()?).map(Arc::new).map(OpResult::Kv);
    }
    let (create_index, modify_index) = (Index(body.u64()?), Index(body.u64()?));
    Some(match kind {
        NODE => OpResult::Node(Arc::new(Node { create_index, modify_index, ..record::node::read(body)? })),
        SERVICE => {
            let node = Text::from(body.text()?);
            let service = record::service::read(body, node)?;
            OpResult::Service(Arc::new(Service { create_index, modify_index, ..service }))
        }
        CHECK => {
            let node = Text::from(body.text()?);
            let check = record::check::read(body, node)?;
            OpResult::Check(Arc::new(Check { create_index, modify_index, ..check }))
        }
        _ => return None,
    })
}
