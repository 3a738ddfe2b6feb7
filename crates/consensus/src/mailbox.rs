//! How threads hand each other work: many put, one takes everything there is at once.
//!
//! Taking all at once is what makes group commit and batched apply: the busier the thread, the larger its batches. A
//! mailbox has no bound of its own; what may be in it is bounded where it comes from (proposals by permits, messages by
//! Raft's windows, the rest by one item per thread), and each putter says so.

use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// A queue with one taker.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    queue: Mutex<Queue<T>>,
    filled: Condvar,
}

#[derive(Debug)]
struct Queue<T> {
    items: Vec<T>,
    taker_waits: bool,
    closed: bool,
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self {
            queue: Mutex::new(Queue { items: Vec::new(), taker_waits: false, closed: false }),
            filled: Condvar::new(),
        }
    }
}

impl<T> Mailbox<T> {
    /// Puts one item; dropped when nobody takes any more.
    pub(crate) fn put(&self, item: T) {
        self.try_put(item);
    }

    /// Puts one item. False when nobody takes any more: the item is dropped.
    pub(crate) fn try_put(&self, item: T) -> bool {
        let mut queue = self.queue.lock();
        if queue.closed {
            return false;
        }
        queue.items.push(item);
        let wake = std::mem::take(&mut queue.taker_waits);
        drop(queue);
        if wake {
            self.filled.notify_one();
        }
        true
    }

    /// Puts one item that can wait until something else wakes the taker, or [`Self::nudge`] does.
    pub(crate) fn put_lazily(&self, item: T) {
        let mut queue = self.queue.lock();
        if !queue.closed {
            queue.items.push(item);
        }
    }

    /// Wakes the taker when something lies there.
    pub(crate) fn nudge(&self) {
        let mut queue = self.queue.lock();
        let wake = !queue.items.is_empty() && std::mem::take(&mut queue.taker_waits);
        drop(queue);
        if wake {
            self.filled.notify_one();
        }
    }

    /// The taker is gone: drops what is there and whatever is put from now on.
    pub(crate) fn close(&self) {
        let mut queue = self.queue.lock();
        queue.closed = true;
        let left = std::mem::take(&mut queue.items);
        drop(queue);
        drop(left);
    }

    /// Swaps everything there is into `items`, which must be empty; waits for the first item until `deadline`.
    pub(crate) fn take_until(&self, items: &mut Vec<T>, deadline: Instant) {
        let mut queue = self.queue.lock();
        while queue.items.is_empty() {
            queue.taker_waits = true;
            if self.filled.wait_until(&mut queue, deadline).timed_out() {
                break;
            }
        }
        queue.taker_waits = false;
        std::mem::swap(&mut queue.items, items);
    }

    /// As [`Self::take_until`], without a deadline.
    pub(crate) fn take(&self, items: &mut Vec<T>) {
        let mut queue = self.queue.lock();
        while queue.items.is_empty() {
            queue.taker_waits = true;
            self.filled.wait(&mut queue);
        }
        queue.taker_waits = false;
        std::mem::swap(&mut queue.items, items);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_put_is_taken_once_and_in_order() {
        let mailbox = Arc::new(Mailbox::default());
        let putting = std::thread::spawn({
            let mailbox = Arc::clone(&mailbox);
            move || (0..10_000).for_each(|number| assert!(mailbox.try_put(number)))
        });
        let (mut taken, mut batch) = (Vec::new(), Vec::new());
        while taken.len() < 10_000 {
            mailbox.take(&mut batch);
            taken.append(&mut batch);
        }
        putting.join().unwrap();
        assert!(taken.into_iter().eq(0..10_000));
    }

    #[test]
    fn an_empty_mailbox_gives_the_taker_back_its_deadline() {
        let mut items: Vec<u8> = Vec::new();
        Mailbox::default().take_until(&mut items, Instant::now() + Duration::from_millis(1));
        assert!(items.is_empty());
    }
}
