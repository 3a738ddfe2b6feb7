//! What the commands on config entries do. A change that would break a discovery chain or an ingress gateway is refused.

mod graph;

use proconsul_base::index::Index;
use proconsul_types::config_entry::{ConfigEntry, Kind, WILDCARD};

use crate::command::config::{ConfigCommand, EntryName};
use crate::failure::ConfigFailure;
use crate::name::folded;
use crate::table::Tables;
use crate::wake::Wakes;
use crate::watch::Table;

impl Tables {
    pub(super) fn apply_config(
        &mut self,
        index: Index,
        command: &ConfigCommand,
        wakes: &mut Wakes,
    ) -> Result<bool, ConfigFailure> {
        match command {
            ConfigCommand::Set(entry) => self.set_entry(index, entry, wakes)?,
            ConfigCommand::SetCas(entry, at) => {
                if self.entry_index(entry.kind(), entry.name()) != *at {
                    return Ok(false);
                }
                self.set_entry(index, entry, wakes)?;
            }
            ConfigCommand::Delete(name) => self.delete_entry(index, name, wakes)?,
            ConfigCommand::DeleteCas(name, at) => {
                let now = self.entry_index(name.kind, &name.name);
                if now == Index::ZERO || now != *at {
                    return Ok(false);
                }
                self.delete_entry(index, name, wakes)?;
            }
        }
        Ok(true)
    }

    fn set_entry(&mut self, index: Index, entry: &ConfigEntry, wakes: &mut Wakes) -> Result<(), ConfigFailure> {
        if let ConfigEntry::ServiceIntentions(intentions) = entry {
            self.set_intentions_of(index, intentions, wakes);
            return Ok(());
        }
        graph::allows(&self.config_entries, entry.kind(), entry.name(), Some(entry))?;
        if entry.name().is_empty() {
            return Err(ConfigFailure::EntryNameless);
        }
        let before = self.config_entries.get(entry.kind(), entry.name()).cloned();
        if self.config_entries.put(index, entry) {
            self.wake_entry(entry, wakes);
            // Services that were behind a gateway may be so no longer.
            before.iter().for_each(|before| self.wake_entry(&before.entry, wakes));
        }
        Ok(())
    }

    fn delete_entry(&mut self, index: Index, name: &EntryName, wakes: &mut Wakes) -> Result<(), ConfigFailure> {
        let EntryName { kind, name } = name;
        if *kind == Kind::ServiceIntentions {
            self.delete_intentions_of(index, name, wakes);
            return Ok(());
        }
        let Some(before) = self.config_entries.get(*kind, name).cloned() else { return Ok(()) };
        graph::allows(&self.config_entries, *kind, name, None)?;
        self.config_entries.remove(index, *kind, name);
        self.wake_entry(&before.entry, wakes);
        Ok(())
    }

    /// Wakes those who wait for an entry, and for the services that a gateway stands for: all there are for a `*`.
    fn wake_entry(&self, entry: &ConfigEntry, wakes: &mut Wakes) {
        wakes.table(Table::ConfigEntries);
        let named: Vec<&str> = match entry {
            ConfigEntry::IngressGateway(gateway) => {
                let services = gateway.listeners().iter().flat_map(|listener| listener.services());
                services.into_iter().map(|service| &*service.name).collect()
            }
            ConfigEntry::TerminatingGateway(gateway) => {
                gateway.services().iter().map(|service| &*service.name).collect()
            }
            // What they speak decides whether a `*` stands for them.
            ConfigEntry::ServiceDefaults(defaults) => vec![&defaults.name],
            ConfigEntry::ProxyDefaults(_) => vec![WILDCARD],
            _ => return,
        };
        wakes.table(Table::Services);
        if named.contains(&WILDCARD) {
            let all = self.catalog.services.iter_by_name();
            all.for_each(|service| wakes.row(Table::Services, folded(&service.name).into()));
        }
        named.into_iter().for_each(|name| wakes.row(Table::Services, folded(name).into()));
    }

    /// When an entry was last changed; 0 when there is none.
    fn entry_index(&self, kind: Kind, name: &str) -> Index {
        self.config_entry(kind, name).map_or(Index::ZERO, |record| Index(record.modify_index))
    }
}

#[cfg(test)]
mod tests;
