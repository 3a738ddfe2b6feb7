//! Recognises what was seen before, for messages that travel by gossip and so arrive many times.

use proconsul_base::limit::{SERF_RING_SAME_TIME, SERF_RING_SLOTS};

use crate::lamport::Time;

/// The last messages by Lamport time. Older ones are taken for seen.
#[derive(Clone, Debug)]
pub struct Ring<T> {
    slots: Vec<Option<(Time, Vec<T>)>>,
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self { slots: (0..SERF_RING_SLOTS).map(|_| None).collect() }
    }
}

impl<T: PartialEq> Ring<T> {
    /// Remembers a message; true when it is new. `clock` is the newest time seen, this message included.
    pub fn admit(&mut self, clock: Time, time: Time, item: T) -> bool {
        let slots = self.slots.len() as u64;
        if clock > slots && time < clock - slots {
            return false;
        }
        let slot = &mut self.slots[(time % slots) as usize];
        match slot {
            Some((same, items)) if *same == time => {
                let is_new = !items.contains(&item) && items.len() < SERF_RING_SAME_TIME;
                if is_new {
                    items.push(item);
                }
                is_new
            }
            _ => {
                *slot = Some((time, vec![item]));
                true
            }
        }
    }

    /// Everything remembered.
    pub fn iter(&self) -> impl Iterator<Item = (Time, &[T])> {
        self.slots.iter().flatten().map(|(time, items)| (*time, items.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_new_once() {
        let mut ring = Ring::default();
        assert!(ring.admit(2, 1, "a"));
        assert!(ring.admit(2, 1, "b"));
        assert!(!ring.admit(2, 1, "a"));
        assert!(ring.admit(3, 2, "a"));
    }

    #[test]
    fn what_is_older_than_the_ring_is_taken_for_seen() {
        let mut ring = Ring::default();
        let slots = SERF_RING_SLOTS as u64;
        assert!(ring.admit(slots + 2, slots + 1, 'a'));
        assert!(!ring.admit(slots + 2, 1, 'a'));
        assert!(ring.admit(slots + 2, 2, 'a'));
    }

    #[test]
    fn one_time_cannot_fill_the_memory() {
        let mut ring = Ring::default();
        let admitted = (0..1000).filter(|number| ring.admit(2, 1, *number)).count();
        assert_eq!(admitted, SERF_RING_SAME_TIME);
    }
}
