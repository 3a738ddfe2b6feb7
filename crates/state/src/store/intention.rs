//! What can be read of intentions.

use std::cmp::Reverse;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::config_entry::WILDCARD;
use proconsul_types::intention::{IntentionRecord, Pair};

use super::View;
use crate::name::same;

/// On which side of an intention a service is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those who call.
    Source,
    /// Those who are called.
    Destination,
}

impl View {
    /// All intentions, the most exact first; equals in the order of their names.
    pub fn intentions(&self) -> Vec<Arc<IntentionRecord>> {
        let mut intentions: Vec<_> = self.tables.intentions.iter().cloned().collect();
        intentions.sort_by_cached_key(|record| (Reverse(record.intention.precedence), record.intention.pair()));
        intentions
    }

    /// The index to wait on for intentions: the last change of any of them, 0 when there was none.
    pub fn intentions_index(&self) -> Index {
        self.tables.intentions.changed()
    }

    /// The intention with an id.
    pub fn intention(&self, id: &str) -> Option<&Arc<IntentionRecord>> {
        self.tables.intentions.with_id(id)
    }

    /// The intention of a pair, and of no other.
    pub fn intention_of(&self, pair: &Pair) -> Option<&Arc<IntentionRecord>> {
        self.tables.intentions.get(pair)
    }

    /// The intentions that concern a service on one side, the most exact first.
    pub fn matching_intentions(&self, side: Side, namespace: &str, name: &str) -> Vec<Arc<IntentionRecord>> {
        let concerns = |record: &Arc<IntentionRecord>| {
            let (ns, other) = match side {
                Side::Source => (&*record.intention.source_ns, &*record.intention.source_name),
                Side::Destination => (&*record.intention.destination_ns, &*record.intention.destination_name),
            };
            let fits = |pattern: &str, text: &str| pattern == WILDCARD || same(pattern, text);
            fits(ns, namespace) && fits(other, name)
        };
        self.intentions().into_iter().filter(concerns).collect()
    }
}
