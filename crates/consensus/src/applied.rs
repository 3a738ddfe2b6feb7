//! How far the state machine has come, and who waits for it to come further.

use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use proconsul_base::index::Index;
use tokio::sync::oneshot;

/// The applied index, published by the apply thread.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    index: AtomicU64,
    waiting: Mutex<BinaryHeap<Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    index: Index,
    wake: oneshot::Sender<()>,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// The smallest index is the greatest, so that the heap gives it first.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.index.cmp(&self.index)
    }
}

impl Applied {
    /// Everything up to here has been applied.
    pub(crate) fn get(&self) -> Index {
        Index(self.index.load(Ordering::Acquire))
    }

    /// Publishes progress and wakes those who waited for it.
    pub(crate) fn publish(&self, index: Index) {
        self.index.store(index.0, Ordering::Release);
        let mut waiting = self.waiting.lock();
        while waiting.peek().is_some_and(|first| first.index <= index) {
            if let Some(first) = waiting.pop() {
                let _ = first.wake.send(());
            }
        }
    }

    /// Returns when `index` has been applied.
    pub(crate) async fn reach(&self, index: Index) {
        if self.get() >= index {
            return;
        }
        let (wake, woken) = oneshot::channel();
        {
            let mut waiting = self.waiting.lock();
            // Looked at again under the lock: `publish` may have passed in between.
            if self.get() >= index {
                return;
            }
            waiting.push(Waiting { index, wake });
        }
        let _ = woken.await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn waiters_wake_when_their_index_is_applied_and_not_before() {
        let applied = Arc::new(Applied::default());
        let waiting = tokio::spawn({
            let applied = Arc::clone(&applied);
            async move {
                applied.reach(Index(5)).await;
                applied.get()
            }
        });
        tokio::task::yield_now().await;
        applied.publish(Index(4));
        assert_eq!(applied.waiting.lock().len(), 1);
        applied.publish(Index(6));
        assert_eq!(waiting.await.unwrap(), Index(6));
    }
}
