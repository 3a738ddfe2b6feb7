//! The key/value entry. Knows its fields, not how a door writes them.

use std::sync::Arc;

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_base::index::Index;

/// A key: text of any length the doors let in, cheap to clone.
pub type Key = Arc<str>;

/// One key with its value and its history, as `GET /v1/kv/:key` shows it.
///
/// Users see the fields as `LockIndex, Key, Flags, Value, Session, CreateIndex, ModifyIndex`, in this order; an empty value is
/// `null` and a missing session is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvEntry {
    /// How often the lock on the key was taken.
    pub lock_index: u64,
    /// The key.
    pub key: Key,
    /// A number the user keeps beside the value.
    pub flags: u64,
    /// The value; users see it in base64.
    pub value: Bytes,
    /// The session that holds the lock.
    pub session: Option<SessionId>,
    /// The write that made the key.
    pub create_index: Index,
    /// The last write that changed it.
    pub modify_index: Index,
}
