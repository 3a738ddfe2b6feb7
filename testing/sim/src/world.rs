//! The world: hosts, network, clients, and the one hand that moves them.

mod admin;
mod boot;
mod client;
mod converge;
mod deliver;
mod fault;
mod output;

use std::collections::VecDeque;

use proconsul_base::rand::Rng;
use proconsul_raft::Role;

use crate::network::Network;
use crate::plan::{Options, Plant};
use crate::property::{Clusters, History, Leaders, Reads, Violation, Votes, Writes};
use crate::report::{Event, Report};
use crate::server::{Host, Output, StartFailure};

/// Events kept as text when the run is told.
const TOLD_MAX: usize = 400;

/// Everything there is.
pub(crate) struct World {
    pub(crate) rng: Rng,
    pub(crate) options: Options,
    pub(crate) hosts: Vec<Host>,
    pub(crate) network: Network,
    pub(crate) report: Report,
    pub(crate) step: u64,
    leaders: Leaders,
    votes: Votes,
    history: History,
    writes: Writes,
    reads: Reads,
    clusters: Clusters,
    ticket: u64,
    /// How rough this world is, in percent.
    faults: u64,
    is_healed: bool,
    outputs: Vec<Output>,
    pub(crate) told: VecDeque<String>,
}

impl World {
    pub(crate) fn new(seed: u64, options: Options) -> Self {
        let mut rng = Rng::seeded(seed);
        let faults = [5, 15, 40, 100][rng.place(4)];
        let expect = [1, 3, 3, 3, 5][rng.place(5)];
        let count = (expect + rng.place(3)).min(5);
        let mut hosts: Vec<_> =
            (0..count).map(|place| Host::new(place, if place < expect { expect } else { 0 }, &mut rng)).collect();
        hosts.iter().for_each(|host| plant_in_disk(host, options.plant));
        rng.shuffle(&mut hosts);
        hosts.iter_mut().enumerate().for_each(|(place, host)| (host.place, host.address) = (place, place));
        Self {
            rng,
            options,
            hosts,
            network: Network::default(),
            report: Report::default(),
            step: 0,
            leaders: Leaders::default(),
            votes: Votes::default(),
            history: History::default(),
            writes: Writes::default(),
            reads: Reads::default(),
            clusters: Clusters::default(),
            ticket: 0,
            faults,
            is_healed: false,
            outputs: Vec::new(),
            told: VecDeque::new(),
        }
    }

    /// Runs all steps, then heals everything and waits for agreement.
    pub(crate) fn run(&mut self) -> Result<(), Violation> {
        for place in 0..self.hosts.len() {
            self.start(place)?;
        }
        while self.step < self.options.steps {
            self.step += 1;
            self.next()?;
        }
        self.converge()
    }

    /// One random event.
    fn next(&mut self) -> Result<(), Violation> {
        let place = self.rng.place(self.hosts.len());
        match self.rng.below(1000) {
            0..430 => self.deliver(),
            430..600 => self.tick(place),
            600..760 => self.disk(place),
            760..880 => self.apply(place),
            880..935 => self.ask(place),
            935..965 => self.gossip(place),
            965..972 => self.administer(place),
            972..980 => self.housekeeping(place),
            _ if self.rng.chance(self.faults, 100) => self.fault(place),
            _ => self.deliver(),
        }
    }

    fn tick(&mut self, place: usize) -> Result<(), Violation> {
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        running.core.tick();
        self.report.count(Event::Tick);
        self.after(place)
    }

    fn disk(&mut self, place: usize) -> Result<(), Violation> {
        if self.finish_identity(place)? {
            return Ok(());
        }
        let most = 1 + self.rng.below(4);
        let mut outputs = std::mem::take(&mut self.outputs);
        let Some(running) = self.hosts[place].running_mut() else {
            self.outputs = outputs;
            return Ok(());
        };
        let mut done = 0;
        let mut result = Ok(());
        while done < most && result.is_ok() && !running.writes.is_empty() {
            result = running.write_next().map(|_| ()).map_err(StartFailure::from);
            done += 1;
        }
        if done == 0 {
            result = running.disk_idles(&mut outputs);
        }
        self.outputs = outputs;
        self.report.add(Event::Sync, done);
        self.stored(place, result)?;
        self.after(place)
    }

    fn apply(&mut self, place: usize) -> Result<(), Violation> {
        let mut outputs = std::mem::take(&mut self.outputs);
        let most = 1 + self.rng.below(6);
        let Some(running) = self.hosts[place].running_mut() else {
            self.outputs = outputs;
            return Ok(());
        };
        let result = (0..most).try_for_each(|_| running.apply_next(&mut outputs));
        self.outputs = outputs;
        self.stored(place, result)?;
        self.after(place)
    }

    fn housekeeping(&mut self, place: usize) -> Result<(), Violation> {
        let Some(running) = self.hosts[place].running_mut() else { return Ok(()) };
        let result = if running.wants_snapshot() {
            self.report.count(Event::SnapshotTaken);
            running.take_snapshot()
        } else {
            let compacted = running.compact(&mut self.rng);
            self.report.add(Event::Compacted, u64::from(matches!(compacted, Ok(true))));
            compacted.map(|_| ()).map_err(StartFailure::from)
        };
        self.stored(place, result)?;
        let recycled = self.hosts[place].disk.take_recycled();
        self.report.add(Event::Recycled, recycled);
        self.after(place)
    }

    /// After everything that touched a server: carries out what it wants, and checks it.
    fn after(&mut self, place: usize) -> Result<(), Violation> {
        let mut outputs = std::mem::take(&mut self.outputs);
        let drained = self.hosts[place].running_mut().map_or(Ok(()), |running| running.drain(&mut outputs));
        let handled = outputs.drain(..).try_for_each(|output| self.output(place, output));
        self.outputs = outputs;
        self.stored(place, drained)?;
        handled?;
        let Some(running) = self.hosts[place].running() else { return Ok(()) };
        let (server, core) = (running.id(), &running.core);
        core.check().map_err(|broken| Violation::Order { server, broken })?;
        let (cluster, term) = (running.cluster, core.term());
        if core.role() == Role::Leader && self.leaders.leads(cluster, term, server)? {
            self.report.count(Event::Elected);
            self.tell(|| format!("s{place} {server} leads term {term}"));
        }
        Ok(())
    }

    /// An error from a disk whose power did not fail is the end of the run.
    fn stored(&mut self, place: usize, result: Result<(), StartFailure>) -> Result<(), Violation> {
        result.map_err(|error| Violation::Storage { place, reason: chain(&error) })
    }

    pub(crate) fn tell(&mut self, what: impl FnOnce() -> String) {
        if self.options.tells {
            if self.told.len() == TOLD_MAX {
                self.told.pop_front();
            }
            self.told.push_back(format!("{:>6}  {}", self.step, what()));
        }
    }
}

fn plant_in_disk(host: &Host, plant: Option<Plant>) {
    match plant {
        Some(Plant::NoGeneration) => host.disk.forget_generations(),
        Some(Plant::LostSnapshotTail) => host.disk.forget_snapshot_tails(),
        _ => {}
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
