//! All tables of the store, as one value that is cheap to clone.

pub(crate) mod autopilot;
pub(crate) mod catalog;
pub(crate) mod checks;
pub(crate) mod config_entries;
pub(crate) mod coordinates;
pub(crate) mod intentions;
pub(crate) mod kv;
pub(crate) mod lock_delays;
pub(crate) mod nodes;
pub(crate) mod queries;
pub(crate) mod restores;
mod seen;
pub(crate) mod services;
pub(crate) mod sessions;
pub(crate) mod tombstones;

use proconsul_base::index::Index;
use proconsul_types::check::CRITICAL;

use crate::check::Broken;
use autopilot::Autopilot;
use catalog::Catalog;
use config_entries::ConfigEntries;
use coordinates::Coordinates;
use intentions::Intentions;
use kv::KvTable;
use lock_delays::LockDelays;
use queries::Queries;
use restores::Restores;
use sessions::Sessions;
use tombstones::Tombstones;

/// The whole state as it is at one index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tables {
    /// The last command that was applied.
    pub(crate) applied: Index,
    pub(crate) kv: KvTable,
    pub(crate) tombstones: Tombstones,
    pub(crate) queries: Queries,
    pub(crate) autopilot: Autopilot,
    pub(crate) coordinates: Coordinates,
    pub(crate) sessions: Sessions,
    pub(crate) lock_delays: LockDelays,
    pub(crate) catalog: Catalog,
    pub(crate) config_entries: ConfigEntries,
    pub(crate) intentions: Intentions,
    pub(crate) restores: Restores,
}

impl Tables {
    /// The state's index for an index of the log.
    pub(crate) fn index_of(&self, log: Index) -> Index {
        Index(log.0.saturating_add(self.restores.ahead()))
    }

    /// The index to answer a list with: the newest change under the prefix, deletions included; the table's own when there
    /// is none, or when everything is listed. 0 in a store that was never written.
    pub(crate) fn prefix_index(&self, prefix: &str) -> Index {
        if prefix.is_empty() {
            return self.kv.changed();
        }
        let newest = self.kv.newest_under(prefix).max(self.tombstones.newest_under(prefix));
        newest.unwrap_or_else(|| self.kv.changed())
    }

    /// Says which invariant of the whole does not hold, if any.
    pub(crate) fn check(&self) -> Result<(), Broken> {
        self.kv.check()?;
        self.tombstones.check()?;
        self.autopilot.check()?;
        self.restores.check()?;
        let is_behind = self.restores.ahead() <= self.applied.0;
        Broken::unless(is_behind, "restores", "", "no state is ahead of the log by more than its own index")?;
        self.queries.check()?;
        let bound = self.queries.sessions().all(|session| self.sessions.get(session).is_some());
        Broken::unless(bound, "queries", "", "a query's session exists")?;
        self.coordinates.check()?;
        self.config_entries.check()?;
        self.intentions.check()?;
        let newest = self.config_entries.changed().max(self.intentions.changed());
        Broken::unless(newest <= self.applied, "config_entries", "", "nothing changes after the last applied command")?;
        self.catalog.check()?;
        let newest = self.catalog.newest();
        Broken::unless(newest <= self.applied, "catalog", "", "nothing changes after the last applied command")?;
        Broken::unless(self.kv.changed() <= self.applied, "kv", "", "nothing changes after the last applied command")?;
        let newest = self.tombstones.newest_under("").unwrap_or_default();
        Broken::unless(newest <= self.kv.changed(), "tombstones", "", "a deletion is a change of the kv table")?;
        self.check_sessions()
    }

    /// What sessions, locks and lock-delays have to do with each other.
    fn check_sessions(&self) -> Result<(), Broken> {
        self.sessions.check()?;
        self.lock_delays.check()?;
        let changed = self.sessions.changed();
        Broken::unless(changed <= self.applied, "sessions", "", "nothing changes after the last applied command")?;
        for session in self.sessions.iter() {
            let holds = |holds, invariant| Broken::unless(holds, "sessions", &session.id.to_string(), invariant);
            holds(self.catalog.nodes.get(&session.node).is_some(), "a session's node is there")?;
            let passes =
                |id| self.catalog.checks.get(&session.node, id).is_some_and(|check| *check.status != *CRITICAL);
            holds(session.check_ids().all(|id| passes(id)), "a session's checks are there, and none is critical")?;
        }
        for (session, key) in self.kv.held() {
            let exists = self.sessions.get(*session).is_some();
            Broken::unless(exists, "kv", key, "the session that holds a lock exists")?;
        }
        for (key, end) in self.lock_delays.iter() {
            let is_free = self.kv.get(key).is_none_or(|entry| entry.session.is_none());
            Broken::unless(is_free, "lock_delays", key, "nobody holds the lock of a key that waits")?;
            Broken::unless(end.since <= changed, "lock_delays", key, "a key waits since a session was invalidated")?;
        }
        Ok(())
    }
}
