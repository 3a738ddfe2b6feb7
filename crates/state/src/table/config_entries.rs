//! Config entries by kind and name. Intentions of a service are no entries here: they stand in their own table, one by one.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::config_entry::{
    ConfigEntry, ConfigRecord, Kind, ProxyDefaults, ServiceDefaults, ServiceResolver, ServiceRouter, ServiceSplitter,
};
use proconsul_types::node::Text;

use crate::chain::Entries;
use crate::check::Broken;
use crate::name::folded;

/// Where an entry stands: its kind, and its name in lower case.
pub(crate) type EntryKey = (Kind, Text);

/// All entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigEntries {
    entries: OrdMap<EntryKey, Arc<ConfigRecord>>,
    changed: Index,
}

impl ConfigEntries {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// All entries, by kind and name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<ConfigRecord>> {
        self.entries.iter().map(|(_, record)| record)
    }

    /// The entries of a kind, by name.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Arc<ConfigRecord>> {
        let first: EntryKey = (kind, "".into());
        self.entries.range(first..).take_while(move |((other, _), _)| *other == kind).map(|(_, record)| record)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The index of the last change of any entry; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    pub(crate) fn get(&self, kind: Kind, name: &str) -> Option<&Arc<ConfigRecord>> {
        self.entries.get(&key(kind, name))
    }

    /// Makes or changes an entry; false when it is as it was.
    pub(crate) fn put(&mut self, index: Index, entry: &ConfigEntry) -> bool {
        let key = key(entry.kind(), entry.name());
        let before = self.entries.get(&key);
        if before.is_some_and(|before| before.entry == *entry) {
            return false;
        }
        let create_index = before.map_or(index.0, |before| before.create_index);
        let record = ConfigRecord { entry: entry.clone(), create_index, modify_index: index.0 };
        self.entries.insert(key, Arc::new(record));
        self.changed = index;
        true
    }

    /// Takes an entry from a snapshot.
    pub(crate) fn restore(&mut self, record: ConfigRecord) {
        self.entries.insert(key(record.entry.kind(), record.entry.name()), Arc::new(record));
    }

    /// Removes an entry; false when there was none.
    pub(crate) fn remove(&mut self, index: Index, kind: Kind, name: &str) -> bool {
        let is_removed = self.entries.remove(&key(kind, name)).is_some();
        if is_removed {
            self.changed = index;
        }
        is_removed
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        for (place, record) in &self.entries {
            let name = record.entry.name();
            let holds = |holds, invariant| Broken::unless(holds, "config_entries", name, invariant);
            holds(*place == key(record.entry.kind(), name), "an entry stands under its own kind and name")?;
            holds(place.0 != Kind::ServiceIntentions, "intentions stand in their own table")?;
            holds(record.modify_index <= self.changed.0, "no entry is newer than the table's last change")?;
            holds((1..=record.modify_index).contains(&record.create_index), "an entry is made before it is changed")?;
            let mut normal = record.entry.clone();
            normal.normalize();
            holds(normal == record.entry, "an entry has its normal form")?;
        }
        Ok(())
    }
}

pub(crate) fn key(kind: Kind, name: &str) -> EntryKey {
    (kind, folded(name).into())
}

/// Gives the document of an entry, when it is of the expected kind.
macro_rules! document {
    ($record:expr, $kind:ident) => {
        match $record {
            Some(ConfigEntry::$kind(document)) => Some(document),
            _ => None,
        }
    };
}

/// The entries as they would be after a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changed<'a> {
    entries: &'a ConfigEntries,
    change: Option<(Kind, &'a str, Option<&'a ConfigEntry>)>,
}

impl ConfigEntries {
    /// The entries as they are.
    pub(crate) fn unchanged(&self) -> Changed<'_> {
        Changed { entries: self, change: None }
    }

    /// The entries as they would be with this one set, or gone.
    pub(crate) fn with<'a>(&'a self, kind: Kind, name: &'a str, entry: Option<&'a ConfigEntry>) -> Changed<'a> {
        Changed { entries: self, change: Some((kind, name, entry)) }
    }
}

impl<'a> Changed<'a> {
    /// The entries of a kind.
    pub(crate) fn of_kind(self, kind: Kind) -> impl Iterator<Item = &'a ConfigEntry> + use<'a> {
        let Self { entries, change } = self;
        let change = change.filter(|(changed, ..)| *changed == kind);
        let is_changed =
            move |entry: &ConfigEntry| change.is_some_and(|(_, name, _)| folded(name) == folded(entry.name()));
        let others = entries.of_kind(kind).map(|record| &record.entry).filter(move |entry| !is_changed(entry));
        others.chain(change.and_then(|(_, _, entry)| entry))
    }

    fn get(&self, kind: Kind, name: &str) -> Option<&'a ConfigEntry> {
        match self.change {
            Some((changed, changed_name, entry)) if changed == kind && folded(changed_name) == folded(name) => entry,
            _ => self.entries.get(kind, name).map(|record| &record.entry),
        }
    }
}

impl Entries for Changed<'_> {
    fn router(&self, service: &str) -> Option<&ServiceRouter> {
        document!(self.get(Kind::ServiceRouter, service), ServiceRouter)
    }

    fn splitter(&self, service: &str) -> Option<&ServiceSplitter> {
        document!(self.get(Kind::ServiceSplitter, service), ServiceSplitter)
    }

    fn resolver(&self, service: &str) -> Option<&ServiceResolver> {
        document!(self.get(Kind::ServiceResolver, service), ServiceResolver)
    }

    fn service_defaults(&self, service: &str) -> Option<&ServiceDefaults> {
        document!(self.get(Kind::ServiceDefaults, service), ServiceDefaults)
    }

    fn proxy_defaults(&self) -> Option<&ProxyDefaults> {
        document!(self.get(Kind::ProxyDefaults, ProxyDefaults::NAME), ProxyDefaults)
    }
}
