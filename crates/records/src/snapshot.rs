//! What stands before a snapshot on a connection that carries one.

use serde::{Deserialize, Serialize};

use crate::Reply;

/// The archive is asked for.
pub const SAVE: i64 = 0;
/// The archive follows, and is to be restored.
pub const RESTORE: i64 = 1;

/// What is asked (`SnapshotRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SnapshotRequest {
    /// Whether any server may save what it has.
    pub allow_stale: bool,
    /// The datacenter.
    pub datacenter: String,
    /// [`SAVE`] or [`RESTORE`].
    pub op: i64,
    /// The secret of who asks.
    pub token: String,
}

/// What is answered (`SnapshotResponse`), with how fresh it is; when saving the archive follows.
pub type SnapshotResponse = Reply<Verdict>;

/// Whether it was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Verdict {
    /// Why not; empty when it was.
    pub error: String,
}
