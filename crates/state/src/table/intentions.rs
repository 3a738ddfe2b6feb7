//! Intentions: by who calls whom, whatever the case of the letters, and by id where they have one.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::intention::{Intention, IntentionRecord, Pair};

use crate::check::Broken;
use crate::name::folded;

/// All intentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intentions {
    intentions: OrdMap<Pair, Arc<IntentionRecord>>,
    by_id: OrdMap<String, Pair>,
    changed: Index,
}

impl Intentions {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// All intentions, in the order of their pairs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<IntentionRecord>> {
        self.intentions.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.intentions.len()
    }

    /// The index of the last change of any intention; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    pub(crate) fn get(&self, pair: &Pair) -> Option<&Arc<IntentionRecord>> {
        self.intentions.get(&key(pair))
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<&Arc<IntentionRecord>> {
        self.by_id.get(id).and_then(|key| self.intentions.get(key))
    }

    /// Makes an intention or changes the one of its pair; false when it is as it was.
    pub(crate) fn put(&mut self, index: Index, intention: &Intention) -> bool {
        let pair = intention.pair();
        let before = self.get(&pair);
        if before.is_some_and(|before| before.intention == *intention) {
            return false;
        }
        let create_index = before.map_or(index.0, |before| before.create_index);
        self.take(&pair);
        self.restore(IntentionRecord { intention: intention.clone(), create_index, modify_index: index.0 });
        self.changed = index;
        true
    }

    /// Takes an intention as it is, from a snapshot.
    pub(crate) fn restore(&mut self, record: IntentionRecord) {
        let key = key(&record.intention.pair());
        if !record.intention.id.is_empty() {
            self.by_id.insert(record.intention.id.clone(), key.clone());
        }
        self.intentions.insert(key, Arc::new(record));
    }

    /// Removes an intention; false when there was none.
    pub(crate) fn remove(&mut self, index: Index, pair: &Pair) -> bool {
        let is_removed = self.take(pair).is_some();
        if is_removed {
            self.changed = index;
        }
        is_removed
    }

    /// Gives an intention another pair, keeping when it was made.
    pub(crate) fn rename(&mut self, index: Index, from: &Pair, to: &Intention) {
        let create_index = self.take(from).map_or(index.0, |before| before.create_index);
        self.restore(IntentionRecord { intention: to.clone(), create_index, modify_index: index.0 });
        self.changed = index;
    }

    fn take(&mut self, pair: &Pair) -> Option<Arc<IntentionRecord>> {
        let record = self.intentions.remove(&key(pair))?;
        self.by_id.remove(&record.intention.id);
        Some(record)
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        for (pair, record) in &self.intentions {
            let intention = &record.intention;
            let holds = |holds, invariant| Broken::unless(holds, "intentions", &intention.destination_name, invariant);
            holds(*pair == key(&intention.pair()), "an intention stands under its own pair")?;
            holds(intention.precedence == pair.precedence(), "an intention knows how exact its pair is")?;
            holds(record.modify_index <= self.changed.0, "no intention is newer than the table's last change")?;
            holds(
                (1..=record.modify_index).contains(&record.create_index),
                "an intention is made before it is changed",
            )?;
            let is_found = intention.id.is_empty() || self.by_id.get(&intention.id) == Some(pair);
            holds(is_found, "an intention is found by its id")?;
        }
        let with_ids = self.iter().filter(|record| !record.intention.id.is_empty()).count();
        Broken::unless(with_ids == self.by_id.len(), "intentions", "", "every id leads to its intention")
    }
}

/// A pair as the table tells pairs apart.
fn key(pair: &Pair) -> Pair {
    let Pair { source_ns, source_name, destination_ns, destination_name } = pair;
    let [source_ns, source_name, destination_ns, destination_name] =
        [source_ns, source_name, destination_ns, destination_name].map(|name| folded(name).into_owned());
    Pair { source_ns, source_name, destination_ns, destination_name }
}
