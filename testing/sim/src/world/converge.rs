//! The end of a run: everything is healed, and all servers must agree before long.

use proconsul_raft::Role;

use super::World;
use crate::property::Violation;
use crate::report::Event;
use crate::server::{Host, Stage};

/// Steps that healing may take.
const STEPS_MAX: u64 = 60_000;

impl World {
    pub(super) fn converge(&mut self) -> Result<(), Violation> {
        self.network.heal();
        self.is_healed = true;
        self.tell(|| "everything is healed".to_owned());
        for place in 0..self.hosts.len() {
            self.hosts[place].address = place;
            if self.hosts[place].process.is_none() {
                self.start(place)?;
            }
        }
        let end = self.step + STEPS_MAX;
        while self.step < end {
            self.step += 1;
            self.next_healed()?;
            if self.step.is_multiple_of(64) && self.disagreement().is_none() {
                self.report.count(Event::Converged);
                return self.writes.check(&self.history);
            }
        }
        let reason = self.disagreement().unwrap_or_default();
        Err(Violation::NotConverged { steps: STEPS_MAX, reason })
    }

    fn next_healed(&mut self) -> Result<(), Violation> {
        let place = self.rng.place(self.hosts.len());
        match self.rng.below(100) {
            0..50 => self.deliver(),
            50..60 => self.tick(place),
            60..78 => self.disk(place),
            78..92 => self.apply(place),
            92..96 => self.gossip(place),
            96..98 => self.administer(place),
            _ => self.housekeeping(place),
        }
    }

    /// What is still missing for agreement.
    fn disagreement(&self) -> Option<String> {
        if self.clusters.first().is_none() && self.hosts.iter().all(|host| host.identity.cluster.is_none()) {
            return Some(format!("no cluster was begun{}", self.standing()));
        }
        let leader = self
            .hosts
            .iter()
            .filter_map(|host| host.running())
            .filter(|running| running.core.role() == Role::Leader)
            .max_by_key(|running| running.core.term());
        let Some(leader) = leader else { return Some(format!("nobody leads{}", self.standing())) };
        let commit = leader.core.commit();
        if !leader.core.may_lease() && !leader.core.status().is_current {
            return Some("the leader has committed nothing in its term".to_owned());
        }
        for host in &self.hosts {
            let Some(running) = host.running() else { return Some(format!("s{} belongs to nothing", host.place)) };
            let is_member = leader.core.membership().is_voter(running.id());
            let agrees = running.state.applied == commit && running.core.commit() == commit && running.is_idle();
            if !is_member || !agrees {
                return Some(format!(
                    "s{} (voter {is_member}) has applied {} of {commit}",
                    host.place, running.state.applied
                ));
            }
        }
        None
    }

    /// How each server stands, a line each.
    fn standing(&self) -> String {
        let line = |host: &Host| {
            let standing = match host.process.as_ref().map(|process| &process.stage) {
                Some(Stage::Running(running)) => format!("{:?}", running.core.status()),
                Some(Stage::Alone(bootstrap)) => format!("{bootstrap:?}"),
                None => "does not run".to_owned(),
            };
            format!("\n  s{} {} {standing}", host.place, host.identity.raft_id)
        };
        self.hosts.iter().map(line).collect()
    }
}
