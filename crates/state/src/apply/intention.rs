//! What the commands on intentions do, and how the intentions of a service become one config entry and the other way round.
//!
//! There is one truth, the table of intentions: a `service-intentions` entry is what it holds about the callers of one service, so
//! the forms of Consul 1.8 and of 1.9 cannot disagree.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proconsul_base::blake2b;
use proconsul_base::index::Index;
use proconsul_types::config_entry::{
    ConfigEntry, ConfigRecord, DEFAULT_NAMESPACE, Kind, ServiceIntentions, SourceIntention,
};
use proconsul_types::intention::{Intention, IntentionRecord, NEVER};

use crate::command::intention::IntentionCommand;
use crate::failure::ConfigFailure;
use crate::name::{folded, same};
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_intention(
        &mut self,
        index: Index,
        command: &IntentionCommand,
        wakes: &mut Wakes,
    ) -> Result<(), ConfigFailure> {
        let is_changed = match command {
            IntentionCommand::Create(intention) => {
                self.refuse_duplicate(intention)?;
                if let Some(other) = self.intentions.with_id(&intention.id) {
                    return Err(ConfigFailure::DuplicateIntention(described(other)));
                }
                self.intentions.put(index, &sealed(intention))
            }
            IntentionCommand::Update(intention) => {
                self.refuse_duplicate(intention)?;
                let before = self.intentions.with_id(&intention.id).map(|before| before.intention.pair());
                let before = before.ok_or_else(|| ConfigFailure::NoIntention(intention.id.clone()))?;
                if before == intention.pair() {
                    self.intentions.put(index, &sealed(intention))
                } else {
                    self.intentions.rename(index, &before, &sealed(intention));
                    true
                }
            }
            IntentionCommand::Upsert(intention) => self.upsert_intention(index, intention),
            IntentionCommand::Delete(pair) => self.intentions.remove(index, pair),
        };
        if is_changed {
            wake(wakes);
        }
        Ok(())
    }

    /// Each pair has one intention, and each id stands for one.
    fn refuse_duplicate(&self, intention: &Intention) -> Result<(), ConfigFailure> {
        match self.intentions.get(&intention.pair()) {
            Some(other) if other.intention.id != intention.id => {
                Err(ConfigFailure::DuplicateIntention(described(other)))
            }
            _ => Ok(()),
        }
    }

    fn upsert_intention(&mut self, index: Index, intention: &Intention) -> bool {
        let Some(before) = self.intentions.get(&intention.pair()) else {
            return self.intentions.put(index, &sealed(&Intention { id: String::new(), ..intention.clone() }));
        };
        let Intention { id, created_at, updated_at, .. } = before.intention.clone();
        let now = Intention { id, created_at, ..intention.clone() };
        // Written again as it was, it is not changed: not its time either.
        let again = sealed(&Intention { updated_at, ..now.clone() });
        again != before.intention && self.intentions.put(index, &sealed(&now))
    }

    /// Makes the intentions about the callers of a service those of an entry.
    pub(super) fn set_intentions_of(&mut self, index: Index, entry: &ServiceIntentions, wakes: &mut Wakes) {
        let mut is_changed = false;
        for source in &entry.sources {
            is_changed |= self.upsert_intention(index, &intention(entry, source));
        }
        let gone = self.intentions_about(&entry.name).filter(|record| {
            let name = &record.intention.source_name;
            !entry.sources.iter().any(|source| same(&source.name, name))
        });
        let gone: Vec<_> = gone.map(|record| record.intention.pair()).collect();
        for pair in gone {
            is_changed |= self.intentions.remove(index, &pair);
        }
        if is_changed {
            wake(wakes);
        }
    }

    /// Removes the intentions about the callers of a service.
    pub(super) fn delete_intentions_of(&mut self, index: Index, service: &str, wakes: &mut Wakes) {
        let pairs: Vec<_> = self.intentions_about(service).map(|record| record.intention.pair()).collect();
        if !pairs.is_empty() {
            wake(wakes);
        }
        for pair in pairs {
            self.intentions.remove(index, &pair);
        }
    }

    /// The intentions about the callers of a service, as far as an entry can say them.
    fn intentions_about<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Arc<IntentionRecord>> {
        self.intentions.iter().filter(move |record| {
            let Intention { source_ns, destination_ns, destination_name, .. } = &record.intention;
            same(destination_name, service)
                && same(destination_ns, DEFAULT_NAMESPACE)
                && same(source_ns, DEFAULT_NAMESPACE)
        })
    }

    /// A config entry, also one that is made of intentions.
    pub(crate) fn config_entry(&self, kind: Kind, name: &str) -> Option<Arc<ConfigRecord>> {
        if kind != Kind::ServiceIntentions {
            return self.config_entries.get(kind, name).cloned();
        }
        let records: Vec<_> = self.intentions_about(name).collect();
        let first = records.first()?;
        // What is said about the entry is said about each of its intentions.
        let is_common = records.iter().all(|record| record.intention.meta == first.intention.meta);
        let meta = if is_common { first.intention.meta.clone() } else { Default::default() };
        let sources = records.iter().map(|record| source(&record.intention)).collect();
        let mut entry =
            ConfigEntry::from(ServiceIntentions { name: first.intention.destination_name.clone(), sources, meta });
        entry.normalize();
        let create_index = records.iter().map(|record| record.create_index).min()?;
        let modify_index = records.iter().map(|record| record.modify_index).max()?;
        Some(Arc::new(ConfigRecord { entry, create_index, modify_index }))
    }

    /// The config entries of a kind, by name.
    pub(crate) fn config_entries_of(&self, kind: Kind) -> Vec<Arc<ConfigRecord>> {
        if kind != Kind::ServiceIntentions {
            return self.config_entries.of_kind(kind).cloned().collect();
        }
        let names: BTreeSet<Cow<'_, str>> =
            self.intentions.iter().map(|record| folded(&record.intention.destination_name)).collect();
        names.iter().filter_map(|name| self.config_entry(kind, name)).collect()
    }
}

fn wake(wakes: &mut Wakes) {
    wakes.table(Table::Intentions);
    wakes.table(Table::ConfigEntries);
}

/// The intention with its precedence and its digest: that of all texts the user set, and the id, as Consul makes it.
fn sealed(intention: &Intention) -> Intention {
    let Intention { id, description, source_ns, source_name, destination_ns, destination_name, .. } = intention;
    let Intention { source_type, action, default_addr, meta, .. } = intention;
    let texts = [id, description, source_ns, source_name, destination_ns, destination_name];
    let texts = texts.into_iter().chain([source_type, action, default_addr]);
    let texts: String = texts.chain(meta.iter().flat_map(|(name, value)| [name, value])).map(|text| &**text).collect();
    let hash = STANDARD.encode(blake2b::digest(texts.as_bytes()));
    Intention { precedence: intention.pair().precedence(), hash, ..intention.clone() }
}

/// An intention as Consul tells one that is there already.
fn described(record: &IntentionRecord) -> String {
    let Intention { id, source_ns, source_name, destination_ns, destination_name, action, precedence, .. } =
        &record.intention;
    let action = action.to_uppercase();
    format!(
        "{action} {source_ns}/{source_name} => {destination_ns}/{destination_name} (ID: {id}, Precedence: {precedence})"
    )
}

/// The intentions that an entry stands for, each as if it had been made with it.
pub(crate) fn records_of(record: &ConfigRecord) -> Vec<IntentionRecord> {
    let ConfigEntry::ServiceIntentions(entry) = &record.entry else { return Vec::new() };
    let ConfigRecord { create_index, modify_index, .. } = *record;
    let sources = entry.sources.iter().map(|source| sealed(&intention(entry, source)));
    sources.map(|intention| IntentionRecord { intention, create_index, modify_index }).collect()
}

fn intention(entry: &ServiceIntentions, source: &SourceIntention) -> Intention {
    Intention {
        description: source.description.clone(),
        source_ns: DEFAULT_NAMESPACE.to_owned(),
        source_name: source.name.clone(),
        destination_ns: DEFAULT_NAMESPACE.to_owned(),
        destination_name: entry.name.clone(),
        source_type: source.source_type.clone(),
        action: source.action.clone(),
        permissions: source.permissions.clone(),
        meta: entry.meta.clone(),
        created_at: NEVER.to_owned(),
        updated_at: NEVER.to_owned(),
        ..Intention::default()
    }
}

fn source(intention: &Intention) -> SourceIntention {
    SourceIntention {
        name: intention.source_name.clone(),
        action: intention.action.clone(),
        permissions: intention.permissions.clone(),
        precedence: intention.precedence,
        source_type: intention.source_type.clone(),
        description: intention.description.clone(),
    }
}

#[cfg(test)]
mod tests;
