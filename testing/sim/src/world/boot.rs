//! Servers start, find each other, become a cluster or are taken in.

use proconsul_base::id::ClusterId;
use proconsul_raft::Membership;
use proconsul_raft::bootstrap::{Action, Bootstrap, Peer};

use super::{World, plant_in_disk};
use crate::disk::SimDisk;
use crate::network::Content;
use crate::plan::Plant;
use crate::property::Violation;
use crate::report::Event;
use crate::server::{Process, Running, Stage, StartFailure};

impl World {
    /// Starts a server from what is on its disk.
    pub(super) fn start(&mut self, place: usize) -> Result<(), Violation> {
        let seed = self.rng.u64();
        let host = &self.hosts[place];
        let me = host.server();
        // What is replayed may be new to everybody: committed, and not applied by anyone before the crash.
        let outputs = &mut self.outputs;
        let stage = match host.identity.cluster {
            Some(cluster) => Running::start(&host.disk, me.raft_id, cluster, seed, self.options.plant, outputs)
                .map(|running| Stage::Running(Box::new(running))),
            None => {
                let rng = proconsul_base::rand::Rng::seeded(seed);
                Bootstrap::new(me.clone(), host.expect, host.identity.promise(), None, rng)
                    .map(|bootstrap| Stage::Alone(Box::new(bootstrap)))
                    .map_err(StartFailure::from)
            }
        };
        match stage {
            Ok(stage) => {
                self.tell(|| format!("s{place} starts as {}", me.raft_id));
                self.hosts[place].process = Some(Process { book: Default::default(), stage });
                self.after(place)
            }
            Err(error) => self.stored(place, Err(error)),
        }
    }

    /// Gossip reaches a server: where the others are, and what they are.
    pub(super) fn gossip(&mut self, place: usize) -> Result<(), Violation> {
        if self.hosts[place].process.is_none() {
            return Ok(());
        }
        let mut peers: Vec<Peer> = Vec::new();
        let mut hints = Vec::new();
        for other in 0..self.hosts.len() {
            let is_near = !self.network.is_cut(other, place) && (self.is_healed || self.rng.chance(9, 10));
            let host = &self.hosts[other];
            if other != place
                && is_near
                && let Some(peer) = host.as_peer()
            {
                hints.push((peer.server.raft_id, host.address));
                peers.push(peer);
            }
        }
        if let Some(process) = &mut self.hosts[place].process {
            process.book.extend(hints);
        }
        if let Some(bootstrap) = self.hosts[place].bootstrap_mut() {
            bootstrap.seen(&peers);
        }
        self.bootstrap(place)
    }

    /// Carries out what the bootstrap machine wants.
    pub(super) fn bootstrap(&mut self, place: usize) -> Result<(), Violation> {
        while let Some(action) = self.hosts[place].bootstrap_mut().and_then(Bootstrap::next_action) {
            match action {
                Action::Store(promise) => {
                    self.report.count(if promise.is_some() { Event::Promised } else { Event::Released });
                    self.hosts[place].identity.store(promise);
                    if self.options.plant == Some(Plant::BootstrapTwice)
                        && let Some(bootstrap) = self.hosts[place].bootstrap_mut()
                    {
                        bootstrap.stored();
                    }
                }
                Action::Send(to, message) => self.post(place, to, Content::Bootstrap(message)),
                Action::Start { cluster, membership } => return self.begin(place, cluster, &membership),
            }
        }
        Ok(())
    }

    /// The disk finishes writing a promise; answers whether there was one.
    pub(super) fn finish_identity(&mut self, place: usize) -> Result<bool, Violation> {
        if self.hosts[place].process.is_none() || !self.hosts[place].identity.finish() {
            return Ok(false);
        }
        if let Some(bootstrap) = self.hosts[place].bootstrap_mut() {
            bootstrap.stored();
        }
        self.bootstrap(place).map(|()| true)
    }

    fn begin(&mut self, place: usize, cluster: ClusterId, membership: &Membership) -> Result<(), Violation> {
        self.report.count(Event::Bootstrapped);
        self.tell(|| format!("s{place} begins cluster {cluster} of {} servers", membership.voters.len()));
        self.empty_disk(place);
        let begun = Running::begin(&self.hosts[place].disk, membership);
        self.stored(place, begun)?;
        // Power fails before the cluster is named: all of this never was.
        if !self.is_healed && self.rng.chance(1, 10) {
            return self.crash(place);
        }
        self.hosts[place].identity.cluster = Some(cluster);
        self.restart(place)
    }

    /// A server that belongs to nothing is spoken to by a cluster: it becomes part of it, with an empty log.
    pub(super) fn join(&mut self, place: usize, cluster: ClusterId) -> Result<(), Violation> {
        let may_join = self.hosts[place].bootstrap_mut().is_some_and(|bootstrap| bootstrap.may_join());
        if !may_join {
            return Ok(());
        }
        self.report.count(Event::Joined);
        self.empty_disk(place);
        self.hosts[place].identity.cluster = Some(cluster);
        self.restart(place)
    }

    pub(super) fn restart(&mut self, place: usize) -> Result<(), Violation> {
        let book = self.hosts[place].process.take().map(|process| process.book).unwrap_or_default();
        self.start(place)?;
        if let Some(process) = &mut self.hosts[place].process {
            process.book = book;
        }
        Ok(())
    }

    pub(super) fn empty_disk(&mut self, place: usize) {
        self.hosts[place].disk = SimDisk::default();
        plant_in_disk(&self.hosts[place], self.options.plant);
    }
}
