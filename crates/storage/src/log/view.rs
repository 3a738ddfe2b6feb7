//! What writer and readers share: what the log holds, where, and in which open files.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::content::Content;

/// The readers' picture of the log. A batch shows in it once it is written, and synced where it asks for that.
#[derive(Debug)]
pub(super) struct View<F> {
    pub(super) content: Content,
    /// The segments that hold frames, by generation.
    pub(super) files: BTreeMap<u64, Arc<F>>,
}

/// The picture behind its lock, held only for look-ups and changes in memory.
pub(super) type Shared<F> = Arc<RwLock<View<F>>>;
