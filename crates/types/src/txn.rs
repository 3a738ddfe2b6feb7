//! Transactions: the operations asked for, and what came of them.

use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::index::Index;

use crate::check::Check;
use crate::kv::{Key, KvEntry};
use crate::node::{Node, Text};
use crate::service::Service;

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// On a key, or on all keys under a prefix.
    Kv(KvOp),
    /// On a node; the name, or for reads the id, says which.
    Node(Verb, Node),
    /// On an instance; its node and its id say which.
    Service(Verb, Service),
    /// On a check; its node and its id say which.
    Check(Verb, Check),
    /// One that cannot be carried out whatever there is, and the words to say so: it fails at its place among the others.
    Never(String),
}

/// An operation on keys. What its verb does not need is left empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KvOp {
    /// What to do.
    pub verb: KvVerb,
    /// The key or the prefix.
    pub key: Key,
    /// The new value.
    pub value: Bytes,
    /// The new flags.
    pub flags: u64,
    /// The index at which the key must have been changed last.
    pub index: Index,
    /// The session of a lock, as the user wrote it.
    pub session: Text,
}

/// What an operation does to keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KvVerb {
    /// `set`
    Set,
    /// `delete`
    Delete,
    /// `delete-cas`: if the index is right.
    DeleteCas,
    /// `delete-tree`: all keys under the prefix.
    DeleteTree,
    /// `cas`: sets if the index is right.
    Cas,
    /// `lock`: sets, if the session can have the lock.
    Lock,
    /// `unlock`: sets, if the session holds the lock, which it gives back.
    Unlock,
    /// `get`: fails when there is no such key.
    #[default]
    Get,
    /// `get-or-empty`: the key, or an entry without a value.
    GetOrEmpty,
    /// `get-tree`: all keys under the prefix.
    GetTree,
    /// `check-session`: fails unless the session holds the lock.
    CheckSession,
    /// `check-index`: fails unless the index is right.
    CheckIndex,
    /// `check-not-exists`: fails if there is such a key.
    CheckNotExists,
    /// A word that is no verb: it fails at its place among the others.
    Unknown(Text),
}

/// What an operation does to a record of the catalog. Where an index is compared, it is the record's `modify_index`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `set`
    Set,
    /// `cas`: sets if the index is right; index 0: if there is none.
    Cas,
    /// `get`: fails when there is none.
    Get,
    /// `delete`
    Delete,
    /// `delete-cas`: if the index is right.
    DeleteCas,
    /// A word that is no verb: it fails at its place among the others.
    Unknown(Text),
}

/// A record that an operation wrote or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpResult {
    /// A key; without its value unless it was read.
    Kv(Arc<KvEntry>),
    /// A node.
    Node(Arc<Node>),
    /// An instance.
    Service(Arc<Service>),
    /// A check.
    Check(Arc<Check>),
}

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpError {
    /// Its place in the transaction.
    pub op_index: u32,
    /// The reason, in Consul's words.
    pub what: String,
}

/// What came of a transaction: the records in the order of the operations, or every operation that failed, and then nothing was
/// changed.
pub type Outcome = Result<Vec<OpResult>, Vec<OpError>>;

impl Op {
    /// Whether it counts as one that changes something: so do words that are no verbs, but those for keys.
    pub const fn writes(&self) -> bool {
        match self {
            Self::Kv(op) => op.verb.writes(),
            Self::Node(verb, _) | Self::Service(verb, _) | Self::Check(verb, _) => !matches!(verb, Verb::Get),
            Self::Never(_) => false,
        }
    }
}

impl KvVerb {
    const fn writes(&self) -> bool {
        match self {
            Self::Set | Self::Delete | Self::DeleteCas | Self::DeleteTree | Self::Cas | Self::Lock | Self::Unlock => {
                true
            }
            Self::Get
            | Self::GetOrEmpty
            | Self::GetTree
            | Self::CheckSession
            | Self::CheckIndex
            | Self::CheckNotExists
            | Self::Unknown(_) => false,
        }
    }
}
