//! How the servers are, as autopilot judges them. Decides only; is told the time.

use std::collections::BTreeMap;
use std::time::Duration;

use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use proconsul_consensus::Progress;
use proconsul_raft::{Membership, Server};
use proconsul_types::autopilot::{Configuration, Health, ServerHealth};

use crate::pool::{Member, Presence};

/// Shown for a server that this leader has never heard of: the longest that Go's durations hold.
const NEVER: Duration = Duration::from_nanos(i64::MAX as u64);

/// What there is to judge by, as the leader knows it.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The Raft membership.
    pub membership: &'a Membership,
    /// The gossip pool.
    pub pool: &'a [Member],
    /// The other servers' logs.
    pub progress: &'a [Progress],
    /// The leader itself.
    pub leader: RaftId,
    /// Its term.
    pub term: Term,
    /// The end of its log.
    pub last: Index,
}

/// A leader's judgement of the servers, and since when it stands; begins empty with each leadership.
#[derive(Debug, Default)]
pub struct Judge {
    stands: BTreeMap<RaftId, Stand>,
}

#[derive(Clone, Copy, Debug)]
struct Stand {
    healthy: bool,
    /// Seconds since 1970.
    since: u64,
}

impl Judge {
    /// Judges all servers of the membership anew. `now` is in seconds since 1970.
    pub fn judge(&mut self, now: u64, evidence: &Evidence<'_>, goes_by: &Configuration) -> Health {
        self.stands.retain(|id, _| evidence.membership.contains(*id));
        let mut server = |server, voter| self.judge_one(now, evidence, goes_by, server, voter);
        let mut servers: Vec<ServerHealth> = Vec::new();
        servers.extend(evidence.membership.voters.iter().map(|voter| server(voter, true)));
        servers.extend(evidence.membership.learners.iter().map(|learner| server(learner, false)));
        let quorum = evidence.membership.voters.len() / 2 + 1;
        let healthy_voters = servers.iter().filter(|server| server.voter && server.healthy).count();
        Health {
            healthy: servers.iter().all(|server| server.healthy),
            failure_tolerance: healthy_voters.saturating_sub(quorum) as u64,
            servers,
        }
    }

    /// Whether a server has been healthy for long enough to get a vote.
    pub fn is_stable(&self, server: RaftId, now: u64, goes_by: &Configuration) -> bool {
        let stand = self.stands.get(&server).filter(|stand| stand.healthy);
        let healthy_for = stand.map(|stand| Duration::from_secs(now.saturating_sub(stand.since)));
        healthy_for.is_some_and(|time| time >= nanos(goes_by.server_stabilization_time))
    }

    fn judge_one(
        &mut self,
        now: u64,
        evidence: &Evidence<'_>,
        goes_by: &Configuration,
        server: &Server,
        voter: bool,
    ) -> ServerHealth {
        let member = evidence.pool.iter().find(|member| member.raft_id() == Some(server.raft_id));
        let (silence, matched) = evidence.of(server.raft_id);
        let healthy = member.is_some_and(|member| member.presence == Presence::Alive)
            && silence.is_some_and(|silence| silence <= nanos(goes_by.last_contact_threshold))
            && matched.0.saturating_add(goes_by.max_trailing_logs) >= evidence.last.0;
        let stand = self.stands.entry(server.raft_id).or_insert(Stand { healthy, since: now });
        if stand.healthy != healthy {
            *stand = Stand { healthy, since: now };
        }
        let tags = member.and_then(|member| member.server.as_ref());
        ServerHealth {
            id: server.node_id.to_string(),
            name: server.name.clone(),
            address: member.and_then(Member::server_address).map(|address| address.to_string()).unwrap_or_default(),
            serf_status: member.map_or_else(|| "none".to_owned(), |member| member.presence.to_string()),
            version: tags.map(|tags| tags.version.clone()).unwrap_or_default(),
            leader: server.raft_id == evidence.leader,
            last_contact: silence.unwrap_or(NEVER),
            // A log that matches the leader's, and was matched in its term, ends in no earlier one.
            last_term: if matched > Index::ZERO { evidence.term.0 } else { 0 },
            last_index: matched.0,
            healthy,
            voter,
            stable_since: stand.since,
        }
    }
}

impl Evidence<'_> {
    /// How long a server has been silent, and how far its log is known to reach.
    fn of(&self, server: RaftId) -> (Option<Duration>, Index) {
        if server == self.leader {
            return (Some(Duration::ZERO), self.last);
        }
        let progress = self.progress.iter().find(|progress| progress.raft_id == server);
        progress.map_or((None, Index::ZERO), |progress| (progress.silence, progress.matched))
    }
}

/// A time as operators give it; one below zero asks for nothing.
fn nanos(nanos: i64) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}

#[cfg(test)]
mod tests;
