//! The operations as they are written, and what they mean.

use std::borrow::Cow;

use proconsul_base::index::Index;
use proconsul_calls::catalog::CatalogError;
use proconsul_calls::txn::Txn;
use proconsul_types::node::{Meta, Node, Text};
use proconsul_types::txn::{KvOp, KvVerb, Op, OpError, Verb};

use super::check::CheckOperation;
use super::service::ServiceOperation;
use crate::catalog::node_id;
use crate::decode::{Base64, DecodeError, FromJson, Json, Named, named, record};
use crate::error::HttpError;

/// A whole transaction; a list with a name of its own in Go.
#[derive(Debug, Default)]
pub(super) struct Operations(pub(super) Vec<Operation>);

impl FromJson for Operations {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("api.TxnOps")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::List(_) => Vec::from_json(json).map(Self),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

/// One operation: the first of its parts counts. One without any is none.
#[derive(Debug, Default)]
pub(super) struct Operation {
    kv: Option<KvOperation>,
    node: Option<NodeOperation>,
    service: Option<ServiceOperation>,
    check: Option<CheckOperation>,
}

record!(Operation, "api.TxnOp", strict { "KV" => kv, "Node" => node, "Service" => service, "Check" => check });

#[derive(Debug, Default)]
struct KvOperation {
    verb: Named<Kv>,
    key: Text,
    value: Base64,
    flags: u64,
    index: u64,
    session: Text,
    namespace: Text,
}

record!(KvOperation, "api.KVTxnOp", strict {
    "Verb" => verb,
    "Key" => key,
    "Value" => value,
    "Flags" => flags,
    "Index" => index,
    "Session" => session,
    "Namespace" => namespace,
});

#[derive(Debug, Default)]
struct NodeOperation {
    verb: Named<OfNode>,
    node: NodeBody,
}

record!(NodeOperation, "api.NodeTxnOp", strict { "Verb" => verb, "Node" => node });

#[derive(Debug, Default)]
struct NodeBody {
    id: Text,
    name: Text,
    address: Text,
    datacenter: Text,
    tagged_addresses: Meta,
    meta: Meta,
    create_index: u64,
    modify_index: u64,
}

record!(NodeBody, "api.Node", strict {
    "ID" => id,
    "Node" => name,
    "Address" => address,
    "Datacenter" => datacenter,
    "TaggedAddresses" => tagged_addresses,
    "Meta" => meta,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});

named!(Kv = "api.KVOp", OfNode = "api.NodeOp", OfService = "api.ServiceOp", OfCheck = "api.CheckOp");

/// The verb of the catalog that a word is.
pub(super) fn verb<T>(word: Named<T>) -> Verb {
    match &*word.text {
        "set" => Verb::Set,
        "cas" => Verb::Cas,
        "get" => Verb::Get,
        "delete" => Verb::Delete,
        "delete-cas" => Verb::DeleteCas,
        _ => Verb::Unknown(word.text),
    }
}

fn kv_verb(word: Named<Kv>) -> KvVerb {
    match &*word.text {
        "set" => KvVerb::Set,
        "delete" => KvVerb::Delete,
        "delete-cas" => KvVerb::DeleteCas,
        "delete-tree" => KvVerb::DeleteTree,
        "cas" => KvVerb::Cas,
        "lock" => KvVerb::Lock,
        "unlock" => KvVerb::Unlock,
        "get" => KvVerb::Get,
        "get-or-empty" => KvVerb::GetOrEmpty,
        "get-tree" => KvVerb::GetTree,
        "check-session" => KvVerb::CheckSession,
        "check-index" => KvVerb::CheckIndex,
        "check-not-exists" => KvVerb::CheckNotExists,
        _ => KvVerb::Unknown(word.text),
    }
}

/// What the operations mean. Those without any part are passed over, and not counted.
pub(super) fn read(operations: Vec<Operation>, value_bytes_max: usize) -> Result<Txn, HttpError> {
    let mut txn = Txn::default();
    for operation in operations {
        let Operation { kv, node, service, check } = operation;
        let op = match (kv, node, service, check) {
            (Some(kv), ..) => Op::Kv(kv.read(value_bytes_max)?),
            (None, Some(node), ..) => node.read().unwrap_or_else(|wrong| {
                txn.wrong.push(OpError { op_index: txn.ops.len() as u32, what: wrong.clone() });
                Op::Never(wrong)
            }),
            (None, None, Some(service), _) => service.into(),
            (None, None, None, Some(check)) => check.into(),
            (None, None, None, None) => continue,
        };
        txn.ops.push(op);
    }
    Ok(txn)
}

impl KvOperation {
    fn read(self, value_bytes_max: usize) -> Result<KvOp, HttpError> {
        let Self { verb, key, flags, index, session, value: Base64(value), .. } = self;
        if value.len() > value_bytes_max {
            return Err(HttpError::Value { key: key.to_string(), bytes: value.len(), limit: value_bytes_max });
        }
        Ok(KvOp { verb: kv_verb(verb), key, value, flags, index: Index(index), session })
    }
}

impl NodeOperation {
    /// A node with an id that is none is told as wrong, but for reads: those fail when it is their turn.
    fn read(self) -> Result<Op, String> {
        let (verb, node) = (verb(self.verb), self.node);
        let id = match node_id(&node.id) {
            Ok(id) => id,
            Err(error) if verb == Verb::Get => {
                return Ok(Op::Never(format!("node lookup by ID failed, wrong UUID: {error} for '{}'", node.id)));
            }
            // That there is no name is told in its place.
            Err(_) if node.name.is_empty() => None,
            Err(error) => return Err(CatalogError::from(error).to_string()),
        };
        let node = Node {
            id,
            name: node.name,
            address: node.address,
            datacenter: node.datacenter,
            tagged_addresses: node.tagged_addresses,
            meta: node.meta,
            create_index: Index(node.create_index),
            modify_index: Index(node.modify_index),
        };
        Ok(Op::Node(verb, node))
    }
}
