//! Transactions.

use std::sync::Arc;

use proconsul_base::id::IdError;
use proconsul_base::index::Index;
use proconsul_calls::catalog::CatalogError;
use proconsul_calls::txn::Txn;
use proconsul_gopack::Raw;
use proconsul_types::node::Text;
use proconsul_types::txn as types;
use serde::{Deserialize, Serialize};

use crate::check::HealthCheck;
use crate::kv::DirEntry;
use crate::node::Node;
use crate::service::NodeService;

/// A transaction that writes (`TxnRequest`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TxnRequest {
    /// The datacenter.
    pub datacenter: String,
    /// The operations, in their order.
    pub ops: Option<Vec<TxnOp>>,
    /// The secret of who asks.
    pub token: String,
}

/// A transaction that only reads (`TxnReadRequest`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TxnRead {
    /// The datacenter.
    pub datacenter: String,
    /// The operations, in their order.
    pub ops: Option<Vec<TxnOp>>,
}

/// One operation: one of its parts is filled (`TxnOp`). Operations on sessions and intentions exist in the form and nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TxnOp {
    /// On a check.
    pub check: Option<CheckOp>,
    /// On an intention.
    pub intention: Option<()>,
    /// On keys.
    #[serde(rename = "KV")]
    pub kv: Option<KvOp>,
    /// On a node.
    pub node: Option<NodeOp>,
    /// On an instance.
    pub service: Option<ServiceOp>,
    /// On a session.
    pub session: Option<()>,
}

/// An operation on keys (`TxnKVOp`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KvOp {
    /// The key, and whatever of it the operation needs.
    pub dir_ent: DirEntry,
    /// What to do.
    pub verb: String,
}

/// An operation on a node (`TxnNodeOp`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeOp {
    /// The node.
    pub node: Node,
    /// What to do.
    pub verb: String,
}

/// An operation on an instance (`TxnServiceOp`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceOp {
    /// Its node.
    pub node: Text,
    /// The instance.
    pub service: NodeService,
    /// What to do.
    pub verb: String,
}

/// An operation on a check (`TxnCheckOp`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CheckOp {
    /// The check.
    pub check: HealthCheck,
    /// What to do.
    pub verb: String,
}

/// What came of a transaction: records, or errors (`TxnResponse`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TxnOutcome {
    /// Every operation that failed.
    pub errors: Option<Vec<TxnError>>,
    /// The records, in the order of the operations.
    pub results: Option<Vec<TxnResult>>,
}

/// Why an operation failed (`TxnError`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TxnError {
    /// Its place in the transaction.
    pub op_index: u32,
    /// The reason.
    pub what: String,
}

/// A record that an operation wrote or read: one of its parts is filled (`TxnResult`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TxnResult {
    /// A check.
    pub check: Option<HealthCheck>,
    /// A key.
    #[serde(rename = "KV")]
    pub kv: Option<DirEntry>,
    /// A node.
    pub node: Option<Node>,
    /// An instance.
    pub service: Option<NodeService>,
}

/// Why a record is no result of an operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeError {
    /// A key locked by what is no session.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A node or an instance that cannot be.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Nothing in it.
    #[error("an operation's result is empty")]
    Empty,
}

/// What operations mean. Those without any part are passed over.
pub fn read(ops: Option<Vec<TxnOp>>) -> Txn {
    let mut txn = Txn::default();
    for TxnOp { check, kv, node, service, .. } in ops.unwrap_or_default() {
        let op = match (kv, node, service, check) {
            (Some(KvOp { dir_ent, verb }), ..) => Ok(types::Op::Kv(kv_op(dir_ent, &verb))),
            (None, Some(NodeOp { node, verb }), ..) => node_op(node, &verb),
            (None, None, Some(ServiceOp { node, service, verb }), _) => {
                service.on(node).map(|service| types::Op::Service(of_word(&verb), service))
            }
            (None, None, None, Some(CheckOp { check, verb })) => Ok(types::Op::Check(of_word(&verb), check.into())),
            (None, None, None, None) => continue,
        };
        let op = op.unwrap_or_else(|wrong| {
            txn.wrong.push(types::OpError { op_index: txn.ops.len() as u32, what: wrong.to_string() });
            types::Op::Never(wrong.to_string())
        });
        txn.ops.push(op);
    }
    txn
}

fn kv_op(entry: DirEntry, verb: &str) -> types::KvOp {
    types::KvOp {
        verb: kv_of_word(verb),
        key: entry.key,
        value: entry.value.map(|value| value.0).unwrap_or_default(),
        flags: entry.flags,
        index: Index(entry.modify_index),
        session: entry.session.into(),
    }
}

/// A node with an id that is none is told as wrong, but for reads: those fail when it is their turn.
fn node_op(node: Node, verb: &str) -> Result<types::Op, CatalogError> {
    let verb = of_word(verb);
    let (id, is_nameless) = (node.id.clone(), node.node.is_empty());
    let nameless = Node { id: String::new(), ..node.clone() };
    match proconsul_types::node::Node::try_from(node) {
        Ok(node) => Ok(types::Op::Node(verb, node)),
        Err(error) if verb == types::Verb::Get => {
            Ok(types::Op::Never(format!("node lookup by ID failed, wrong UUID: {error} for '{id}'")))
        }
        // That there is no name is told in its place.
        Err(_) if is_nameless => Ok(types::Op::Node(verb, nameless.try_into()?)),
        Err(error) => Err(error.into()),
    }
}

const KV_VERBS: [(types::KvVerb, &str); 13] = [
    (types::KvVerb::Set, "set"),
    (types::KvVerb::Delete, "delete"),
    (types::KvVerb::DeleteCas, "delete-cas"),
    (types::KvVerb::DeleteTree, "delete-tree"),
    (types::KvVerb::Cas, "cas"),
    (types::KvVerb::Lock, "lock"),
    (types::KvVerb::Unlock, "unlock"),
    (types::KvVerb::Get, "get"),
    (types::KvVerb::GetOrEmpty, "get-or-empty"),
    (types::KvVerb::GetTree, "get-tree"),
    (types::KvVerb::CheckSession, "check-session"),
    (types::KvVerb::CheckIndex, "check-index"),
    (types::KvVerb::CheckNotExists, "check-not-exists"),
];

const VERBS: [(types::Verb, &str); 5] = [
    (types::Verb::Set, "set"),
    (types::Verb::Cas, "cas"),
    (types::Verb::Get, "get"),
    (types::Verb::Delete, "delete"),
    (types::Verb::DeleteCas, "delete-cas"),
];

fn kv_of_word(word: &str) -> types::KvVerb {
    let known = KV_VERBS.into_iter().find(|(_, known)| *known == word);
    known.map_or_else(|| types::KvVerb::Unknown(word.into()), |(verb, _)| verb)
}

fn of_word(word: &str) -> types::Verb {
    let known = VERBS.into_iter().find(|(_, known)| *known == word);
    known.map_or_else(|| types::Verb::Unknown(word.into()), |(verb, _)| verb)
}

fn kv_word(verb: &types::KvVerb) -> String {
    match verb {
        types::KvVerb::Unknown(word) => word.to_string(),
        known => KV_VERBS.iter().find(|(verb, _)| verb == known).map(|(_, word)| *word).unwrap_or_default().to_owned(),
    }
}

fn word(verb: &types::Verb) -> String {
    match verb {
        types::Verb::Unknown(word) => word.to_string(),
        known => VERBS.iter().find(|(verb, _)| verb == known).map(|(_, word)| *word).unwrap_or_default().to_owned(),
    }
}

impl From<&types::Op> for TxnOp {
    /// Operations that can never be carried out have no form: who asks tells of them before anything is sent.
    fn from(op: &types::Op) -> Self {
        match op {
            types::Op::Kv(op) => {
                let dir_ent = DirEntry {
                    flags: op.flags,
                    key: Arc::clone(&op.key),
                    modify_index: op.index.0,
                    session: op.session.to_string(),
                    value: (!op.value.is_empty()).then(|| Raw(op.value.clone())),
                    ..DirEntry::default()
                };
                Self { kv: Some(KvOp { dir_ent, verb: kv_word(&op.verb) }), ..Self::default() }
            }
            types::Op::Node(verb, node) => {
                Self { node: Some(NodeOp { node: node.into(), verb: word(verb) }), ..Self::default() }
            }
            types::Op::Service(verb, service) => {
                let (node, verb) = (Arc::clone(&service.node), word(verb));
                Self { service: Some(ServiceOp { node, service: service.into(), verb }), ..Self::default() }
            }
            types::Op::Check(verb, check) => {
                Self { check: Some(CheckOp { check: check.into(), verb: word(verb) }), ..Self::default() }
            }
            types::Op::Never(_) => Self::default(),
        }
    }
}

impl From<&types::Outcome> for TxnOutcome {
    fn from(outcome: &types::Outcome) -> Self {
        match outcome {
            Ok(results) => Self { errors: None, results: Some(results.iter().map(Into::into).collect()) },
            Err(errors) => {
                let error = |error: &types::OpError| TxnError { op_index: error.op_index, what: error.what.clone() };
                Self { errors: Some(errors.iter().map(error).collect()), results: None }
            }
        }
    }
}

impl From<&types::OpResult> for TxnResult {
    fn from(result: &types::OpResult) -> Self {
        match result {
            types::OpResult::Kv(entry) => Self { kv: Some((&**entry).into()), ..Self::default() },
            types::OpResult::Node(node) => Self { node: Some((&**node).into()), ..Self::default() },
            types::OpResult::Service(service) => Self { service: Some((&**service).into()), ..Self::default() },
            types::OpResult::Check(check) => Self { check: Some((&**check).into()), ..Self::default() },
        }
    }
}

impl TxnOutcome {
    /// What came of the transaction.
    pub fn read(self) -> Result<types::Outcome, OutcomeError> {
        let error = |TxnError { op_index, what }| types::OpError { op_index, what };
        match self.errors.unwrap_or_default() {
            errors if !errors.is_empty() => Ok(Err(errors.into_iter().map(error).collect())),
            _ => self.results.unwrap_or_default().into_iter().map(TxnResult::read).collect::<Result<_, _>>().map(Ok),
        }
    }
}

impl TxnResult {
    fn read(self) -> Result<types::OpResult, OutcomeError> {
        Ok(match self {
            Self { kv: Some(entry), .. } => types::OpResult::Kv(Arc::new(entry.try_into()?)),
            Self { node: Some(node), .. } => {
                types::OpResult::Node(Arc::new(node.try_into().map_err(CatalogError::from)?))
            }
            // Which node it is on, the operation says.
            Self { service: Some(service), .. } => types::OpResult::Service(Arc::new(service.on(Text::default())?)),
            Self { check: Some(check), .. } => types::OpResult::Check(Arc::new(check.into())),
            _ => return Err(OutcomeError::Empty),
        })
    }
}
