//! Reads and writes of keys.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::index::Index;
use proconsul_types::kv::{Key, KvEntry};

use crate::error::CallError;
use crate::read::{Answer, ReadOptions};

/// `/v1/kv/`.
pub trait KvCalls {
    /// `GET /v1/kv/:key`.
    fn kv_get(&self, get: Get<'_>) -> impl Future<Output = Result<Answer<Option<Arc<KvEntry>>>, CallError>> + Send;

    /// `GET /v1/kv/:prefix?recurse`.
    fn kv_list(&self, list: List<'_>) -> impl Future<Output = Result<Answer<Vec<Arc<KvEntry>>>, CallError>> + Send;

    /// `GET /v1/kv/:prefix?keys`.
    fn kv_keys(&self, keys: Keys<'_>) -> impl Future<Output = Result<Answer<Vec<Key>>, CallError>> + Send;

    /// `PUT` and `DELETE /v1/kv/:key`: whether the change took place.
    fn kv_write(&self, write: Write) -> impl Future<Output = Result<bool, CallError>> + Send;
}

/// Reads one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Get<'a> {
    /// The key, not empty.
    pub key: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// Reads all entries under a prefix, in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<'a> {
    /// The prefix; empty for everything.
    pub prefix: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// Reads the names of the keys under a prefix, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys<'a> {
    /// The prefix; empty for everything.
    pub prefix: &'a str,
    /// Names are cut after the first of these past the prefix, and each cut name is told once; empty for whole names.
    pub separator: &'a str,
    /// How to read.
    pub options: ReadOptions,
}

/// One change of the key space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The datacenter to write to; `None` for the agent's own.
    pub datacenter: Option<Box<str>>,
    /// What to change.
    pub change: Change,
}

/// Under which condition a key is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Under none.
    #[default]
    Always,
    /// Only when the key was last changed at this index; index 0: only when there is no such key.
    Unchanged(Index),
    /// Only together with its lock, which this session takes, or has already.
    Acquire(Box<str>),
    /// Only together with its lock, which this session holds and gives back.
    Release(Box<str>),
}

/// What a write does; its reply is whether it took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets a key.
    Put {
        /// The key, not empty.
        key: Key,
        /// The new value.
        value: Bytes,
        /// The new flags.
        flags: u64,
        /// When it is set.
        when: When,
    },
    /// Removes a key.
    Delete {
        /// The key, not empty.
        key: Key,
        /// Only when the key was last changed at this index; never when it is 0.
        cas: Option<Index>,
    },
    /// Removes all keys under a prefix.
    DeleteTree {
        /// The prefix; empty for everything.
        prefix: Key,
    },
}
