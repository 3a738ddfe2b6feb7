//! The one place that every call passes before it reads or writes: may this caller do that?
//!
//! Access control is off, as it is in Consul until it is configured: everyone may do everything.

use proconsul_calls::error::CallError;

/// What a call is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right<'a> {
    /// Read one key, or the keys under a prefix.
    KeyRead(&'a str),
    /// Write one key.
    KeyWrite(&'a str),
    /// Write all keys under a prefix.
    KeyPrefixWrite(&'a str),
    /// Read what is known about a node.
    NodeRead(&'a str),
    /// Write what is known about a node.
    NodeWrite(&'a str),
    /// Read, explain or list a prepared query of this name.
    QueryRead(&'a str),
    /// Write a prepared query of this name.
    QueryWrite(&'a str),
    /// Read what is known about the sessions of a node.
    SessionRead(&'a str),
    /// Make and end sessions of a node.
    SessionWrite(&'a str),
    /// Read what is known about a service.
    ServiceRead(&'a str),
    /// Write what is known about a service.
    ServiceWrite(&'a str),
    /// Fire a user event of this name.
    EventWrite(&'a str),
    /// Read who may call a service.
    IntentionRead(&'a str),
    /// Write who may call a service.
    IntentionWrite(&'a str),
    /// Read what holds for the whole mesh.
    MeshRead,
    /// Write what holds for the whole mesh.
    MeshWrite,
    /// Save the whole state, or put another in its place: everything that is secret is in it.
    Snapshot,
    /// Read what only operators see.
    OperatorRead,
    /// Change what only operators may.
    OperatorWrite,
}

/// Says no with [`CallError::PermissionDenied`].
pub(crate) fn authorize(right: Right<'_>) -> Result<(), CallError> {
    match right {
        Right::KeyRead(_)
        | Right::KeyWrite(_)
        | Right::KeyPrefixWrite(_)
        | Right::NodeRead(_)
        | Right::NodeWrite(_)
        | Right::QueryRead(_)
        | Right::QueryWrite(_)
        | Right::SessionRead(_)
        | Right::SessionWrite(_)
        | Right::ServiceRead(_)
        | Right::ServiceWrite(_)
        | Right::EventWrite(_)
        | Right::IntentionRead(_)
        | Right::IntentionWrite(_)
        | Right::MeshRead
        | Right::MeshWrite
        | Right::Snapshot
        | Right::OperatorRead
        | Right::OperatorWrite => Ok(()),
    }
}
