//! What breaks: power, disks, network, addresses, leadership.

use proconsul_raft::Role;

use super::World;
use crate::plan::Plant;
use crate::property::Violation;
use crate::report::Event;
use crate::server::Identity;

impl World {
    pub(super) fn fault(&mut self, place: usize) -> Result<(), Violation> {
        let other = self.rng.place(self.hosts.len());
        match self.rng.below(100) {
            0..30 if self.hosts[place].process.is_some() => self.crash(place),
            0..60 => self.power_on(place),
            60..72 => {
                self.report.count(Event::Cut);
                self.network.cut(place, other);
                Ok(())
            }
            72..84 => {
                self.report.count(Event::Heal);
                self.network.heal();
                Ok(())
            }
            84..88 => self.move_to_new_address(place),
            88..92 => {
                self.report.count(Event::Swap);
                let address = self.hosts[place].address;
                self.hosts[place].address = self.hosts[other].address;
                self.hosts[other].address = address;
                Ok(())
            }
            92..94 if self.may_wipe(place) => self.wipe(place),
            _ => self.transfer(place),
        }
    }

    fn power_on(&mut self, place: usize) -> Result<(), Violation> {
        if self.hosts[place].process.is_some() {
            return Ok(());
        }
        self.report.count(Event::Restart);
        self.start(place)
    }

    fn move_to_new_address(&mut self, place: usize) -> Result<(), Violation> {
        self.report.count(Event::Move);
        // Addresses beyond those of the hosts, so that one that was left is sometimes somebody else's later.
        let address = self.rng.place(self.hosts.len() * 2);
        if self.hosts.iter().all(|host| host.address != address) {
            self.hosts[place].address = address;
        }
        Ok(())
    }

    fn transfer(&mut self, place: usize) -> Result<(), Violation> {
        let roll = self.rng.u64();
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        let voters = &running.core.membership().voters;
        if running.core.role() != Role::Leader || voters.is_empty() {
            return Ok(());
        }
        let to = voters[(roll % voters.len() as u64) as usize].raft_id;
        if running.core.transfer(to).is_ok() {
            self.report.count(Event::Transfer);
        }
        self.after(place)
    }

    /// The power fails, perhaps in the middle of a write or a snapshot.
    pub(super) fn crash(&mut self, place: usize) -> Result<(), Violation> {
        let operations = self.rng.below(6);
        let in_write = self.rng.chance(1, 2);
        let host = &mut self.hosts[place];
        let disk = host.disk.clone();
        if let Some(running) = host.running_mut() {
            disk.light_fuse(operations);
            // Nobody is told how it ended.
            if in_write {
                let _ = running.write_next();
                self.report.count(Event::TornWrite);
            } else if running.wants_snapshot() {
                let _ = running.take_snapshot();
                self.report.count(Event::TornSnapshot);
            }
        }
        let host = &mut self.hosts[place];
        host.process = None;
        host.identity.crash();
        let lost = disk.crash(&mut self.rng);
        self.report.count(Event::Crash);
        self.report.add(Event::LostBytes, lost);
        self.tell(|| format!("s{place} crashes, {lost} unsynced changes are gone"));
        Ok(())
    }

    /// The data directory is emptied; what starts there is somebody new.
    pub(super) fn wipe(&mut self, place: usize) -> Result<(), Violation> {
        self.report.count(Event::Wipe);
        self.tell(|| format!("s{place} is wiped"));
        let old = self.hosts[place].identity.raft_id;
        self.empty_disk(place);
        self.hosts[place].identity = Identity::new(&mut self.rng);
        if self.options.plant == Some(Plant::OldIdentity) {
            self.hosts[place].identity.raft_id = old;
        }
        self.hosts[place].process = None;
        // One that needs nobody else would begin a cluster of its own again; its operator knows that.
        if self.hosts[place].expect == 1 {
            self.hosts[place].expect = 0;
        }
        self.start(place)
    }

    /// Whether enough servers are left for the cluster to go on. It would stay safe without, but not come back.
    fn may_wipe(&self, place: usize) -> bool {
        let id = self.hosts[place].identity.raft_id;
        let memberships = self.hosts.iter().filter_map(|host| host.running()).map(|running| running.core.membership());
        let mut is_known = false;
        for membership in memberships {
            is_known = true;
            let gone =
                membership.servers().filter(|server| server.raft_id == id || !self.is_alive(server.raft_id)).count();
            if gone > membership.voters.len().saturating_sub(1) / 2 {
                return false;
            }
        }
        // Before there is a cluster, an attempt may count on any of those who will begin it.
        let founders = self.hosts.iter().map(|host| host.expect).max().unwrap_or_default() as u64;
        let is_early = self.clusters.first().is_none();
        if is_early && self.report.of(Event::Wipe) >= founders.saturating_sub(1) / 2 {
            return false;
        }
        let all_run = self.hosts.iter().all(|host| host.identity.cluster.is_none() || host.running().is_some());
        let is_settled =
            !self.hosts.iter().filter_map(|host| host.running()).any(|running| running.changes_membership());
        all_run && is_settled && (is_known || is_early)
    }

    /// Whether a host still has this identity.
    pub(super) fn is_alive(&self, id: proconsul_base::id::RaftId) -> bool {
        self.hosts.iter().any(|host| host.identity.raft_id == id)
    }
}
