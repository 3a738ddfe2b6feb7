//! Changes of membership, as an operator or autopilot would make them: take in, promote, remove.

use proconsul_base::id::RaftId;
use proconsul_raft::{Change, Membership, Role};

use super::World;
use crate::property::Violation;
use crate::report::Event;

/// A learner this close to the end may become a voter.
const CAUGHT_UP: u64 = 8;

impl World {
    /// If this server leads: one change that makes sense, or one that is just allowed.
    pub(super) fn administer(&mut self, place: usize) -> Result<(), Violation> {
        let Some(running) = self.hosts[place].running() else { return Ok(()) };
        if running.core.role() != Role::Leader {
            return Ok(());
        }
        let membership = running.core.membership().clone();
        self.retire(&membership)?;
        let change = self.dead(&membership).or_else(|| self.newcomer(&membership)).or_else(|| self.caught_up(place));
        let change = match change {
            Some(change) => change,
            None if self.is_healed => return Ok(()),
            None => match self.victim(place, &membership) {
                Some(change) => change,
                None => return Ok(()),
            },
        };
        self.ticket += 1;
        let ticket = self.ticket;
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        if running.core.change(ticket, &change).is_ok() {
            self.report.count(match change {
                Change::AddLearner(_) => Event::LearnerAdded,
                Change::Promote(_) => Event::Promoted,
                Change::Remove(_) => Event::Removed,
            });
            self.tell(|| format!("s{place} proposes {change:?}"));
        }
        self.after(place)
    }

    /// Servers that were removed are emptied once nobody needs their vote any more, and come back as somebody new.
    fn retire(&mut self, membership: &Membership) -> Result<(), Violation> {
        let retired = |place: &usize| {
            let running = self.hosts[*place].running();
            running.is_some_and(|running| running.was_member && !membership.contains(running.id()))
        };
        let Some(place) = (0..self.hosts.len()).find(retired) else { return Ok(()) };
        // It may know a newer membership than this leader, who may be none any more.
        let knows_more = self.hosts[place].running().is_some_and(|running| running.core.commit() > self.history.end());
        if knows_more || !self.is_settled(membership) { Ok(()) } else { self.wipe(place) }
    }

    /// Whether all servers of this membership that run agree on it.
    fn is_settled(&self, membership: &Membership) -> bool {
        self.hosts
            .iter()
            .filter_map(|host| host.running())
            .filter(|running| membership.is_voter(running.id()))
            .all(|running| running.core.membership() == membership)
            && membership.voters.iter().all(|server| {
                self.hosts.iter().any(|host| host.identity.raft_id == server.raft_id && host.running().is_some())
            })
    }

    fn dead(&self, membership: &Membership) -> Option<Change> {
        let gone = membership.servers().find(|server| !self.is_alive(server.raft_id))?;
        Some(Change::Remove(gone.raft_id))
    }

    fn newcomer(&self, membership: &Membership) -> Option<Change> {
        let is_new = |host: &&crate::server::Host| {
            host.process.is_some()
                && !membership.contains(host.identity.raft_id)
                && host.running().is_none_or(|running| !running.was_member)
        };
        let host = self.hosts.iter().find(is_new)?;
        Some(Change::AddLearner(host.server()))
    }

    fn caught_up(&self, place: usize) -> Option<Change> {
        let status = self.hosts[place].running()?.core.status();
        let learner = status
            .peers
            .iter()
            .find(|peer| !peer.is_voter && peer.matched.0 > 0 && peer.matched.0 + CAUGHT_UP >= status.commit.0)?;
        Some(Change::Promote(learner.server.raft_id))
    }

    /// A voter to be removed although nothing is wrong with it, if enough others run.
    fn victim(&mut self, place: usize, membership: &Membership) -> Option<Change> {
        let me = self.hosts[place].identity.raft_id;
        let runs = |id: RaftId| self.hosts.iter().any(|host| host.identity.raft_id == id && host.running().is_some());
        let others: Vec<_> = membership.voters.iter().filter(|server| server.raft_id != me).collect();
        let all_run = others.iter().all(|server| runs(server.raft_id));
        let pick = others.get(self.rng.place(others.len()))?.raft_id;
        (all_run && self.rng.chance(1, 4)).then_some(Change::Remove(pick))
    }
}
