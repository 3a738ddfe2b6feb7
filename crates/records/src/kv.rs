//! Keys.

use bytes::Bytes;
use proconsul_base::id::{IdError, SessionId};
use proconsul_base::index::Index;
use proconsul_calls::kv::{Change, When, Write};
use proconsul_gopack::Raw;
use proconsul_types::kv::{Key, KvEntry};
use serde::{Deserialize, Serialize};

use crate::options::name;

/// A key with its value; also how it stands in a snapshot file (`DirEntry`). Of a deleted key only name and index are left there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DirEntry {
    /// The write that made it.
    pub create_index: u64,
    /// A number of the user's.
    pub flags: u64,
    /// The key.
    pub key: Key,
    /// How often its lock was taken.
    pub lock_index: u64,
    /// The last write that changed it.
    pub modify_index: u64,
    /// The session that holds its lock; empty for none.
    pub session: String,
    /// The value; nil and empty are the same.
    pub value: Option<Raw>,
}

impl From<&KvEntry> for DirEntry {
    fn from(entry: &KvEntry) -> Self {
        Self {
            create_index: entry.create_index.0,
            flags: entry.flags,
            key: entry.key.clone(),
            lock_index: entry.lock_index,
            modify_index: entry.modify_index.0,
            session: entry.session.map(|session| session.to_string()).unwrap_or_default(),
            value: (!entry.value.is_empty()).then(|| Raw(entry.value.clone())),
        }
    }
}

impl TryFrom<DirEntry> for KvEntry {
    type Error = IdError;

    fn try_from(entry: DirEntry) -> Result<Self, IdError> {
        let session = (!entry.session.is_empty()).then(|| entry.session.parse::<SessionId>()).transpose()?;
        Ok(Self {
            lock_index: entry.lock_index,
            key: entry.key,
            flags: entry.flags,
            value: entry.value.map(|value| value.0).unwrap_or_default(),
            session,
            create_index: Index(entry.create_index),
            modify_index: Index(entry.modify_index),
        })
    }
}

/// A write (`KVSRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KvsRequest {
    /// The datacenter.
    pub datacenter: String,
    /// The key, and whatever of it the operation needs.
    pub dir_ent: DirEntry,
    /// What to do.
    pub op: String,
    /// The secret of who asks.
    pub token: String,
}

/// Why a write is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Without a key there is nothing to do but to remove all.
    #[error("Must provide key")]
    NoKey,
    /// A word that is no operation.
    #[error("Invalid KVS operation '{0}'")]
    Unknown(String),
}

impl TryFrom<KvsRequest> for Write {
    type Error = WriteError;

    fn try_from(request: KvsRequest) -> Result<Self, WriteError> {
        let KvsRequest { datacenter, dir_ent, op, .. } = request;
        let DirEntry { key, flags, modify_index, session, value, .. } = dir_ent;
        if key.is_empty() && op != "delete-tree" {
            return Err(WriteError::NoKey);
        }
        let value = value.map_or_else(Bytes::new, |value| value.0);
        let put = |when| Change::Put { key: key.clone(), value, flags, when };
        let change = match &*op {
            "set" => put(When::Always),
            "cas" => put(When::Unchanged(Index(modify_index))),
            "lock" => put(When::Acquire(session.into())),
            "unlock" => put(When::Release(session.into())),
            "delete" => Change::Delete { key, cas: None },
            "delete-cas" => Change::Delete { key, cas: Some(Index(modify_index)) },
            "delete-tree" => Change::DeleteTree { prefix: key },
            _ => return Err(WriteError::Unknown(op)),
        };
        Ok(Self { datacenter: name(&datacenter), change })
    }
}

impl From<Write> for KvsRequest {
    fn from(write: Write) -> Self {
        let mut dir_ent = DirEntry::default();
        let op = match write.change {
            Change::Put { key, value, flags, when } => {
                dir_ent = DirEntry { key, flags, value: Some(Raw(value)), ..dir_ent };
                match when {
                    When::Always => "set",
                    When::Unchanged(index) => {
                        dir_ent.modify_index = index.0;
                        "cas"
                    }
                    When::Acquire(session) => {
                        dir_ent.session = session.into();
                        "lock"
                    }
                    When::Release(session) => {
                        dir_ent.session = session.into();
                        "unlock"
                    }
                }
            }
            Change::Delete { key, cas } => {
                dir_ent.key = key;
                dir_ent.modify_index = cas.unwrap_or_default().0;
                if cas.is_some() { "delete-cas" } else { "delete" }
            }
            Change::DeleteTree { prefix } => {
                dir_ent.key = prefix;
                "delete-tree"
            }
        };
        let datacenter = write.datacenter.unwrap_or_default().into();
        Self { datacenter, dir_ent, op: op.to_owned(), token: String::new() }
    }
}

/// A question about a key, or about all under a prefix (`KeyRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyRequest {
    /// The datacenter.
    pub datacenter: String,
    /// The key or the prefix.
    pub key: String,
}

/// A question about names of keys (`KeyListRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyListRequest {
    /// The datacenter.
    pub datacenter: String,
    /// What they begin with.
    pub prefix: String,
    /// What they are cut after; spelled as Consul spells it.
    #[serde(rename = "Seperator")]
    pub separator: String,
}

/// Entries (`IndexedDirEntries`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DirEntries {
    /// The entries, in the order of their keys.
    pub entries: Option<Vec<DirEntry>>,
}

/// Names of keys (`IndexedKeyList`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyList {
    /// The names, in their order.
    pub keys: Option<Vec<Key>>,
}
