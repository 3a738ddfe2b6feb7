//! The command that carries out several operations, or none of them.
//!
//! ```text
//! txn      count u32, then each operation
//! verb     u8 | 255 u8, word text
//! kv       1 u8, verb, index u64, flags u64, session text, key text, value bytes
//! node     2 u8, verb, index u64, node
//! service  3 u8, verb, index u64, node text, service
//! check    4 u8, verb, index u64, node text, check
//! never    5 u8, reason text
//! ```
//!
//! The records have the forms of [`crate::record`]; the index is the one to compare.

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::Service;
use proconsul_types::txn::{KvOp, KvVerb, Op, Verb};

use super::header;
use crate::record;
use crate::wire::{Body, put_bytes, put_count, put_text, put_u64};

pub(super) const VERSION: u8 = 1;
pub(super) const TXN: u16 = 0x0040;

const KV: u8 = 1;
const NODE: u8 = 2;
const SERVICE: u8 = 3;
const CHECK: u8 = 4;
const NEVER: u8 = 5;

/// Stands for a verb that is none.
const WORD: u8 = 0xff;

/// The verbs of keys, each at the place that stands for it in bytes.
const KV_VERBS: [KvVerb; 13] = [
    KvVerb::Set,
    KvVerb::Delete,
    KvVerb::DeleteCas,
    KvVerb::DeleteTree,
    KvVerb::Cas,
    KvVerb::Lock,
    KvVerb::Unlock,
    KvVerb::Get,
    KvVerb::GetOrEmpty,
    KvVerb::GetTree,
    KvVerb::CheckSession,
    KvVerb::CheckIndex,
    KvVerb::CheckNotExists,
];

/// The verbs of the catalog, likewise.
const VERBS: [Verb; 5] = [Verb::Set, Verb::Cas, Verb::Get, Verb::Delete, Verb::DeleteCas];

/// A transaction that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnCommand {
    /// What to do, in this order.
    pub ops: Vec<Op>,
}

impl TxnCommand {
    pub(super) fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Body(body);
        let count = body.u32()?;
        let ops: Option<Vec<Op>> = (0..count).map(|_| op(&mut body)).collect();
        body.end()?;
        Some(Self { ops: ops? })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let values = self.ops.iter().map(|op| if let Op::Kv(op) = op { op.value.len() } else { 0 });
        let mut bytes = header(TXN, VERSION, 64 * self.ops.len() + values.sum::<usize>());
        put_count(&mut bytes, self.ops.len());
        self.ops.iter().for_each(|op| put_op(&mut bytes, op));
        bytes
    }
}

fn put_op(to: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Kv(op) => {
            to.push(KV);
            match &op.verb {
                KvVerb::Unknown(word) => put_word(to, word),
                verb => to.push(place(&KV_VERBS, verb)),
            }
            put_u64(to, op.index.0);
            put_u64(to, op.flags);
            put_text(to, &op.session);
            put_text(to, &op.key);
            put_bytes(to, &op.value);
        }
        Op::Node(verb, node) => {
            put_head(to, NODE, verb, node.modify_index);
            record::node::append(to, node);
        }
        Op::Service(verb, service) => {
            put_head(to, SERVICE, verb, service.modify_index);
            put_text(to, &service.node);
            record::service::append(to, service);
        }
        Op::Check(verb, check) => {
            put_head(to, CHECK, verb, check.modify_index);
            put_text(to, &check.node);
            record::check::append(to, check);
        }
        Op::Never(reason) => {
            to.push(NEVER);
            put_text(to, reason);
        }
    }
}

fn put_head(to: &mut Vec<u8>, kind: u8, verb: &Verb, index: Index) {
    to.push(kind);
    match verb {
        Verb::Unknown(word) => put_word(to, word),
        verb => to.push(place(&VERBS, verb)),
    }
    put_u64(to, index.0);
}

fn put_word(to: &mut Vec<u8>, word: &str) {
    to.push(WORD);
    put_text(to, word);
}

fn place<V: PartialEq>(verbs: &[V], verb: &V) -> u8 {
    let place = verbs.iter().position(|known| known == verb);
    assert!(place.is_some(), "every verb has its place among the verbs");
    place.unwrap_or_default() as u8
}

fn verb<V: Clone>(body: &mut Body<'_>, verbs: &[V], unknown: fn(Text) -> V) -> Option<V> {
    match body.u8()? {
        WORD => body.text().map(|word| unknown(word.into())),
        place => verbs.get(usize::from(place)).cloned(),
    }
}

fn op(body: &mut Body<'_>) -> Option<Op> {
    let kind = body.u8()?;
    match kind {
        KV => return kv(body).map(Op::Kv),
        NEVER => return body.text().map(|reason| Op::Never(reason.to_owned())),
        _ => {}
    }
    let verb = verb(body, &VERBS, Verb::Unknown)?;
    let modify_index = Index(body.u64()?);
    Some(match kind {
        NODE => Op::Node(verb, Node { modify_index, ..record::node::read(body)? }),
        SERVICE => {
            let node = body.text()?.into();
            Op::Service(verb, Service { modify_index, ..record::service::read(body, node)? })
        }
        CHECK => {
            let node = body.text()?.into();
            Op::Check(verb, Check { modify_index, ..record::check::read(body, node)? })
        }
        _ => return None,
    })
}

fn kv(body: &mut Body<'_>) -> Option<KvOp> {
    Some(KvOp {
        verb: verb(body, &KV_VERBS, KvVerb::Unknown)?,
        index: Index(body.u64()?),
        flags: body.u64()?,
        session: body.text()?.into(),
        key: body.text()?.into(),
        value: Bytes::copy_from_slice(body.bytes()?),
    })
}
