//! When a server that its cluster has removed is over: it then starts again as a new one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;

use crate::local::Node;

/// How long it still answers its peers: some may need its voice until they have heard of the removal.
const LAST_VOICE: Duration = Duration::from_secs(5);

/// Returns a while after the removal. Never when the node leaves on purpose, which comes to its own end.
pub(crate) async fn passed(mut removed: watch::Receiver<bool>, node: Arc<Node>) {
    let is_removed = removed.wait_for(|removed| *removed).await.is_ok();
    tokio::time::sleep(LAST_VOICE).await;
    if !is_removed || node.leaving.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}
