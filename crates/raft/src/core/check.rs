//! The order that must hold at any moment, for tests and simulation.

use proconsul_base::index::Index;

use super::{Core, Life};
use crate::status::Role;

/// An invariant that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Purged ≤ snapshot ≤ handed out ≤ committed ≤ last.
    #[error(
        "cut off {purged} ≤ snapshot {snapshot} ≤ handed out {handed} ≤ committed {committed} ≤ last {last} does not hold"
    )]
    Order {
        /// The last index cut off the log.
        purged: Index,
        /// The newest snapshot that may be sent.
        snapshot: Index,
        /// Handed out to the state machine.
        handed: Index,
        /// Committed.
        committed: Index,
        /// The end of the log.
        last: Index,
    },
    /// More was handed out than is durable here.
    #[error("handed out {handed}, but only {persisted} is durable here")]
    Durable {
        /// Handed out.
        handed: Index,
        /// Durable.
        persisted: Index,
    },
    /// A leader that is no voter.
    #[error("leads without being a voter")]
    Leader,
    /// The engine counts other servers than the membership names.
    #[error("the engine's members differ from the membership")]
    Membership,
}

impl Core {
    /// Whether the invariants hold. A removed server has none to keep.
    pub fn check(&self) -> Result<(), Broken> {
        if self.life != Life::Runs {
            return Ok(());
        }
        let (tail, log) = (self.node.store(), &self.node.raft.raft_log);
        let purged = tail.compacted().index;
        let (handed, committed, last) = (self.apply.handed(), Index(log.committed), Index(log.last_index()));
        let snapshot = tail.snapshot_mark().map_or(Index::ZERO, |mark| mark.index);
        // A received snapshot is ahead of what was handed out until it is durable.
        let installs = tail.snapshot_mark().is_some_and(|mark| mark.index > handed);
        if !(purged <= snapshot && (snapshot <= handed || installs) && handed <= committed && committed <= last) {
            return Err(Broken::Order { purged, snapshot, handed, committed, last });
        }
        let persisted = Index(log.persisted);
        if handed > persisted {
            return Err(Broken::Durable { handed, persisted });
        }
        if self.role() == Role::Leader && !self.node.raft.promotable() {
            return Err(Broken::Leader);
        }
        let counted = self.node.raft.prs().conf().to_conf_state();
        let named = self.membership.conf_state();
        let sorted = |ids: &[u64]| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids
        };
        let agrees =
            sorted(&counted.voters) == sorted(&named.voters) && sorted(&counted.learners) == sorted(&named.learners);
        if agrees { Ok(()) } else { Err(Broken::Membership) }
    }
}
