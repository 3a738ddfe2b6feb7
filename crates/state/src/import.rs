//! A state put together from records that come from elsewhere, with the indexes that they bring.
//!
//! Knows no file: who reads one hands the records over in any order.

use std::collections::BTreeMap;

use proconsul_base::index::Index;
use proconsul_types::autopilot::Configuration;
use proconsul_types::check::Check;
use proconsul_types::config_entry::{ConfigEntry, ConfigRecord};
use proconsul_types::coordinate::NodeCoordinate;
use proconsul_types::intention::IntentionRecord;
use proconsul_types::kv::{Key, KvEntry};
use proconsul_types::node::Node;
use proconsul_types::query::PreparedQuery;
use proconsul_types::service::Service;
use proconsul_types::session::Session;

use crate::apply::intention;
use crate::check::Broken;
use crate::name::folded;
use crate::store::View;
use crate::table::Tables;
use crate::table::autopilot::Autopilot;
use crate::table::checks::Checks;
use crate::table::config_entries::ConfigEntries;
use crate::table::coordinates::Coordinates;
use crate::table::intentions::Intentions;
use crate::table::kv::KvTable;
use crate::table::nodes::Nodes;
use crate::table::queries::Queries;
use crate::table::services::{Services, destination};
use crate::table::sessions::Sessions;
use crate::table::tombstones::Tombstones;

/// Records of a state to be.
#[derive(Debug, Default)]
pub struct Import {
    /// The last write of the state that they come from.
    pub applied: Index,
    /// The last changes of tables, of services by their names and of whatever else has one, as Consul names them: `kvs`,
    /// `service.web`. A table that is not named was last changed with the newest of its records.
    pub indexes: BTreeMap<String, Index>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Instances of services.
    pub services: Vec<Service>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Keys.
    pub keys: Vec<KvEntry>,
    /// Keys and prefixes that were deleted.
    pub tombstones: Vec<(Index, Key)>,
    /// Sessions.
    pub sessions: Vec<Session>,
    /// Prepared queries.
    pub queries: Vec<PreparedQuery>,
    /// What autopilot goes by.
    pub autopilot: Option<Configuration>,
    /// Config entries, those of intentions among them.
    pub config_entries: Vec<ConfigRecord>,
    /// Intentions.
    pub intentions: Vec<IntentionRecord>,
    /// Where nodes are.
    pub coordinates: Vec<NodeCoordinate>,
}

impl Import {
    /// Puts the state together; an error says why the records do not make a whole one.
    pub fn finish(mut self) -> Result<View, Broken> {
        let mut tables = Tables::default();
        self.keys_into(&mut tables);
        self.sessions_into(&mut tables);
        self.catalog_into(&mut tables);
        self.mesh_into(&mut tables);
        self.queries_into(&mut tables)?;
        tables.autopilot = self.autopilot.take().map(Autopilot::restored).unwrap_or_default();
        let changed = self.changed("coordinates", [if self.coordinates.is_empty() { Index::ZERO } else { Index(1) }]);
        tables.coordinates = Coordinates::restored(changed);
        self.coordinates.into_iter().for_each(|place| tables.coordinates.restore(place));
        tables.applied = self.applied.max(newest(&tables));
        tables.check()?;
        Ok(View { tables })
    }

    /// The last change of a table: none of its records is newer.
    fn changed(&self, table: &str, records: impl IntoIterator<Item = Index>) -> Index {
        let told = self.indexes.get(table).copied().unwrap_or_default();
        records.into_iter().fold(told, Index::max)
    }

    fn keys_into(&mut self, tables: &mut Tables) {
        let deleted = self.changed("tombstones", self.tombstones.iter().map(|(index, _)| *index));
        let changed = self.changed("kvs", self.keys.iter().map(|key| key.modify_index).chain([deleted]));
        tables.kv = KvTable::restored(changed);
        self.keys.drain(..).for_each(|key| tables.kv.restore(key));
        tables.tombstones = Tombstones::default();
        for (index, key) in self.tombstones.drain(..) {
            // Consul keeps the tombstone of a key that came back; its list has the key's own index, which is newer.
            if tables.kv.get(&key).is_none() {
                tables.tombstones.insert(index, key);
            }
        }
    }

    fn sessions_into(&mut self, tables: &mut Tables) {
        let changed = self.changed("sessions", self.sessions.iter().map(|session| session.modify_index));
        tables.sessions = Sessions::restored(changed);
        self.sessions.drain(..).for_each(|session| tables.sessions.restore(session));
    }

    fn catalog_into(&mut self, tables: &mut Tables) {
        let catalog = &mut tables.catalog;
        let extinct = self.changed("service_last_extinction", []);
        let changed = self.changed("nodes", self.nodes.iter().map(|node| node.modify_index));
        catalog.nodes = Nodes::restored(changed);
        self.nodes.drain(..).for_each(|node| catalog.nodes.restore(node));

        let changes = self.services.iter().map(|service| service.modify_index);
        let changed = self.changed("services", changes.chain([extinct]));
        let seen = self.seen();
        catalog.services = Services::restored(changed, extinct);
        for service in self.services.drain(..) {
            let index = |name: &str| seen.get(&*folded(name)).copied().unwrap_or_default();
            let leading = destination(&service).map(|to| index(&leading_to(to))).unwrap_or_default();
            let indexes = [index(&service.name), leading];
            catalog.services.restore(service, indexes);
        }

        let changed = self.changed("checks", self.checks.iter().map(|check| check.modify_index));
        catalog.checks = Checks::restored(changed);
        self.checks.drain(..).for_each(|check| catalog.checks.restore(check));
    }

    /// For each name of a service, and for each that is reached through others, the last change that its readers see.
    fn seen(&self) -> BTreeMap<String, Index> {
        let mut seen: BTreeMap<String, Index> = BTreeMap::new();
        let mut touch = |name: &str, index: Index| {
            let last = seen.entry(folded(name).into_owned()).or_default();
            *last = index.max(*last);
        };
        for (name, index) in &self.indexes {
            if let Some(service) = name.strip_prefix("service.") {
                touch(service, *index);
            }
        }
        self.services.iter().for_each(|service| touch(&service.name, service.modify_index));
        for service in &self.services {
            let index = seen.get(&*folded(&service.name)).copied().unwrap_or_default();
            if let Some(to) = destination(service) {
                let last = seen.entry(folded(&leading_to(to)).into_owned()).or_default();
                *last = index.max(*last);
            }
        }
        seen
    }

    fn mesh_into(&mut self, tables: &mut Tables) {
        let entries = self.config_entries.drain(..);
        let (of_intentions, others): (Vec<_>, Vec<_>) =
            entries.partition(|record| matches!(record.entry, ConfigEntry::ServiceIntentions(_)));
        self.intentions.extend(of_intentions.iter().flat_map(intention::records_of));

        let changed = self.changed("config-entries", others.iter().map(|record| Index(record.modify_index)));
        tables.config_entries = ConfigEntries::restored(changed);
        for mut record in others {
            record.entry.normalize();
            tables.config_entries.restore(record);
        }
        let changes = self.intentions.iter().map(|record| Index(record.modify_index));
        let changed = self.changed("connect-intentions", changes);
        tables.intentions = Intentions::restored(changed);
        for mut record in self.intentions.drain(..) {
            record.intention.precedence = record.intention.pair().precedence();
            tables.intentions.restore(record);
        }
    }

    fn queries_into(&mut self, tables: &mut Tables) -> Result<(), Broken> {
        let changed = self.changed("prepared-queries", self.queries.iter().map(|query| Index(query.modify_index)));
        tables.queries = Queries::restored(changed);
        for query in self.queries.drain(..) {
            let id = query.id.clone();
            let has_id = tables.queries.restore(query).is_some();
            Broken::unless(has_id, "queries", &id, "a query has a UUID")?;
        }
        Ok(())
    }
}

/// What stands for the readers who reach a service through others, beside those of its name. No name has this character.
fn leading_to(name: &str) -> String {
    format!("{name}\0")
}

/// The newest change of all tables.
fn newest(tables: &Tables) -> Index {
    let changes = [
        tables.kv.changed(),
        tables.sessions.changed(),
        tables.catalog.newest(),
        tables.config_entries.changed(),
        tables.intentions.changed(),
        tables.queries.changed(),
        tables.coordinates.changed(),
        tables.autopilot.changed(),
    ];
    changes.into_iter().fold(Index::ZERO, Index::max)
}

#[cfg(test)]
mod tests;
