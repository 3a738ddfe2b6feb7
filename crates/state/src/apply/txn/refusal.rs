//! Why an operation of a transaction fails, in Consul's words.

use proconsul_base::id::lookup::LookupError;
use proconsul_base::index::Index;
use proconsul_base::text::quote::quoted;

use crate::failure::Failure;

/// The reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// As the same change would be refused outside a transaction.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The session of a lock cannot be looked up.
    #[error("failed session lookup: index error: {0}")]
    Lookup(#[from] LookupError),
    /// It was known before that it would.
    #[error("{0}")]
    Never(String),
    /// A word that is no verb.
    #[error("unknown {kind} verb {}", quoted(word))]
    NoVerb {
        /// What it was to be done to: `KV`, `Node`, `Service`, `Check`.
        kind: &'static str,
        /// The word.
        word: String,
    },
    /// There is no such key.
    #[error("key {} doesn't exist", quoted(.0))]
    NoKey(String),
    /// There is such a key.
    #[error("key {} exists", quoted(.0))]
    KeyExists(String),
    /// The key was changed since, or made, or deleted.
    #[error("failed to set key {}, index is stale", quoted(.0))]
    SetKeyStale(String),
    /// The key was changed since.
    #[error("failed to delete key {}, index is stale", quoted(.0))]
    DeleteKeyStale(String),
    /// Another session holds the lock.
    #[error("failed to lock key {}, lock is already held", quoted(.0))]
    LockHeld(String),
    /// The lock's last session was invalidated a moment ago.
    #[error("failed to lock key {} due to lock delay", quoted(.0))]
    LockDelay(String),
    /// There is no lock to give back.
    #[error("failed to unlock key {}, lock isn't held, or is held by another session", quoted(.0))]
    NotLocked(String),
    /// There is no such key to compare with a session.
    #[error("failed to check session, key {} doesn't exist", quoted(.0))]
    NoKeyForSession(String),
    /// Another session holds the lock.
    #[error("failed session check for key {}, current session {} != {}", quoted(key), quoted(current), quoted(wanted))]
    OtherSession {
        /// The key.
        key: String,
        /// Who holds it; empty for nobody.
        current: String,
        /// Who should.
        wanted: String,
    },
    /// There is no such key to compare with an index.
    #[error("failed to check index, key {} doesn't exist", quoted(.0))]
    NoKeyForIndex(String),
    /// The key was changed since.
    #[error("failed index check for key {}, current modify index {current} != {wanted}", quoted(key))]
    OtherIndex {
        /// The key.
        key: String,
        /// When it was changed last.
        current: Index,
        /// When it should have been.
        wanted: Index,
    },
    /// There is no such node.
    #[error("node {} doesn't exist", quoted(.0))]
    NoNode(String),
    /// There is no such instance or check.
    #[error("{kind} {} on node {} doesn't exist", quoted(id), quoted(node))]
    NotOnNode {
        /// `service` or `check`.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The node.
        node: String,
    },
    /// The node was changed since, or made, or removed.
    #[error("failed to {verb} node {}, index is stale", quoted(node))]
    NodeStale {
        /// `set` or `delete`.
        verb: &'static str,
        /// The node.
        node: String,
    },
    /// The instance or the check was changed since, or made, or removed.
    #[error("failed to {verb} {kind} {} on node {}, index is stale", quoted(id), quoted(node))]
    Stale {
        /// `set` or `delete`.
        verb: &'static str,
        /// `service` or `check`.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The node.
        node: String,
    },
    /// An instance or a check without an id.
    #[error("failed inserting {0}: object missing primary index")]
    NoId(&'static str),
    /// More keys and values than travel at once. Consul has no such limit.
    #[error("the transaction reads more than can be told in one answer; read outside of the transaction")]
    ReadsTooMuch,
}
