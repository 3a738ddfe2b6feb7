//! What a leader remembers of its rounds through the pool: whom it has seen, and since when a node of the catalog is missing.
//! Is told the time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proconsul_base::time::Instant;
use proconsul_types::node::Text;

/// A leader's memory of the pool; begins empty with each leadership.
#[derive(Debug, Default)]
pub struct Rounds {
    seen: BTreeSet<Text>,
    missing_since: BTreeMap<Text, Instant>,
}

/// What is to be thought of a node that has a serfHealth and is not in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The pool has forgotten it, or nobody has seen it for long: it is gone.
    Gone,
    /// This leader has never seen it. After a restart of all nodes it may still be on its way, so it only counts as failed.
    Failed,
}

impl Rounds {
    /// Takes over who is in the pool now.
    pub fn saw<'a>(&mut self, names: impl Iterator<Item = &'a Text>) {
        for name in names {
            self.missing_since.remove(name);
            if !self.seen.contains(name) {
                self.seen.insert(name.clone());
            }
        }
    }

    /// Judges a node of the catalog that was not among those.
    pub fn unseen(&mut self, now: Instant, name: &Text, patience: Duration) -> Unseen {
        if self.seen.contains(name) {
            return Unseen::Gone;
        }
        let since = *self.missing_since.entry(name.clone()).or_insert(now);
        if now.since(since) >= patience { Unseen::Gone } else { Unseen::Failed }
    }

    /// The node is out of the catalog: should it come back, it is a new one.
    pub fn forget(&mut self, name: &Text) {
        self.seen.remove(name);
        self.missing_since.remove(name);
    }
}
