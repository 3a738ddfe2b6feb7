//! The threads: what they are made of, how they begin from an empty or a recovered log, and how they are tied together.

use std::io;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_raft::{Config, Core, Membership, Start, genesis};
use proconsul_storage::directory::Directory;
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{Batch, Log, Recovered};
use tokio::runtime;

use crate::apply::{ApplyThread, Captured, Due};
use crate::callers::WhoAmI;
use crate::driver::{Driver, Input, Rhythm};
use crate::founding::Begin;
use crate::identity::Retire;
use crate::lease::Lease;
use crate::link::Links;
use crate::machine::Machine;
use crate::mailbox::Mailbox;
use crate::outlet::Outlet;
use crate::recover::{Begun, recover};
use crate::report::{ApplyReporter, LogReporter};
use crate::shared::{Shared, Status};
use crate::snapshot::{Sending, Shelf};
use crate::start::{Fatal, Removed, StartError};
use crate::waiting::Waiting;
use crate::{apply, write};

/// A tick of the core at multiplier 1. Heartbeats go out every tick, so a follower misses six before it stirs.
const TICK: Duration = Duration::from_millis(50);

/// Ticks without a leader before an election may start: 0.3 s at multiplier 1, each wait random up to twice that.
const ELECTION_TICKS: u32 = 6;

// A follower that hears a question just before its tick keeps its promise for one tick less than an election wait; a tenth
// of what is left is room for clocks that run differently. That is the lease, see `Driver`'s `lease`.

/// Everything the threads are made of.
pub(crate) struct Engine<D: Disk, M> {
    pub(crate) log: Log<D>,
    pub(crate) shelf: Shelf<D>,
    pub(crate) machine: M,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: Arc<Mailbox<Input>>,
    pub(crate) who: WhoAmI,
    pub(crate) source: Option<IpAddr>,
    pub(crate) multiplier: u32,
    pub(crate) snapshot_bytes: u64,
    pub(crate) trailing: u64,
    pub(crate) seed: u64,
    pub(crate) runtime: runtime::Handle,
    pub(crate) fatal: Fatal,
    pub(crate) retire: Retire,
    pub(crate) removed: Removed,
    pub(crate) threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    /// Locked for as long as a thread may write.
    pub(crate) directory: Arc<Directory<D>>,
}

impl<D: Disk, M: Machine> Engine<D, M> {
    /// Goes on with the cluster that the log belongs to.
    pub(crate) fn resume(mut self, found: Recovered) -> Result<(), StartError> {
        let begun = recover(found, &mut self.log, &self.shelf, &mut self.machine)?;
        self.run(begun, false)
    }

    /// Begins with an empty log.
    pub(crate) fn begin(mut self, begin: Begin) -> Result<(), StartError> {
        match begin {
            Begin::Join => self
                .run(Begun { start: Start::default(), at: Default::default(), membership: Default::default() }, false),
            Begin::Found(membership) => {
                let begun = self.found(&membership)?;
                let leads_first = membership.voters.first().is_some_and(|first| first.raft_id == self.shared.me);
                self.run(begun, leads_first)
            }
        }
    }

    /// Makes the first record of a new cluster durable: an empty snapshot of these members, after which the log begins.
    fn found(&mut self, membership: &Membership) -> Result<Begun, StartError> {
        let first = genesis(membership.clone());
        let mark = first.snapshot.unwrap_or_default();
        let bytes = membership.encode();
        self.shelf.keep(&Captured {
            index: mark.index,
            term: mark.term,
            membership: bytes.clone(),
            state: self.machine.capture(),
        })?;
        self.log.append(&Batch {
            entries: &[],
            hard_state: first.hard_state,
            membership: Some((mark.index, bytes.clone())),
            snapshot: first.snapshot,
        })?;
        let start = Start {
            hard_state: first.hard_state.unwrap_or_default(),
            membership: Some((mark.index, membership.clone())),
            snapshot: Some((mark, membership.clone())),
            compacted: mark,
            terms: Vec::new(),
            entries: Vec::new(),
            last: mark.index,
        };
        Ok(Begun { start, at: (mark.index, mark.term), membership: bytes })
    }

    fn run(self, begun: Begun, campaign: bool) -> Result<(), StartError> {
        let tick = TICK * self.multiplier;
        let core = self.core(begun.start, campaign)?;
        let (log_jobs, apply_jobs) = (Arc::new(Mailbox::default()), Arc::new(Mailbox::default()));
        self.shared.applied.publish(begun.at.0);
        let driver = Driver {
            membership_index: self.shared.status.borrow().membership_index,
            core,
            outlets: self.outlet(&apply_jobs),
            lease: Lease::new(tick * (ELECTION_TICKS - 1) * 9 / 10),
            rhythm: Rhythm { tick, trailing: self.trailing },
            shared: Arc::clone(&self.shared),
            inbox: Arc::clone(&self.inbox),
            log: Arc::clone(&log_jobs),
            apply: Arc::clone(&apply_jobs),
            waiting: Waiting::default(),
            ticked: true,
        };
        let apply = ApplyThread {
            progress: self.apply_reporter(),
            machine: self.machine,
            applied: Arc::clone(&self.shared.applied),
            due: Due { bytes: self.snapshot_bytes },
            at: begun.at,
            memberships: [(begun.at.0, begun.membership)].into(),
            since_capture: 0,
        };
        let durable =
            LogReporter { shared: Arc::clone(&self.shared), inbox: self.inbox, fatal: Arc::clone(&self.fatal) };
        let preparer = self.log.preparer();
        let (log, fatal, directory) = (self.log, self.fatal, self.directory);
        let mut threads = self.threads.lock();
        // Detached: it ends with the log and holds nothing but a segment in the making.
        let failed = Arc::clone(&fatal);
        spawn("prepare", &fatal, move || {
            if let Err(error) = preparer.run() {
                failed(error.to_string());
            }
        })?;
        threads.push(spawn("log", &fatal, move || {
            write::run(log, &log_jobs, &durable);
            drop(directory);
        })?);
        threads.push(spawn("apply", &fatal, move || apply.run(&apply_jobs))?);
        threads.push(spawn("consensus", &fatal, move || driver.run())?);
        Ok(())
    }

    fn core(&self, start: Start, campaign: bool) -> Result<Core, StartError> {
        let mut config = Config::new(self.shared.me, self.seed);
        config.heartbeat_ticks = 1;
        config.election_ticks = ELECTION_TICKS as usize;
        // What may lie in a slow follower's mailboxes: 16 MiB.
        config.max_message_bytes = 256 * 1024;
        config.max_inflight = 64;
        let membership_index = start.applied();
        let membership = start.membership.as_ref().map(|(_, membership)| membership.clone()).unwrap_or_default();
        let mut core = Core::new(config, start)?;
        // Whoever looks before the first turn sees the members that are on disk.
        self.shared.status.send_modify(|status| {
            let membership = Arc::new(membership);
            *status = Arc::new(Status { membership, membership_index, ..Status::clone(status) });
        });
        if campaign {
            core.campaign();
        }
        Ok(core)
    }

    fn outlet(&self, apply: &Arc<Mailbox<apply::Job>>) -> Outlet<D> {
        Outlet {
            links: self.links(),
            sending: Arc::new(Sending {
                shelf: self.shelf.clone(),
                who: Arc::clone(&self.who),
                source: self.source,
                book: Arc::clone(&self.shared.book),
            }),
            shelf: self.shelf.clone(),
            reader: self.log.reader(),
            inbox: Arc::clone(&self.inbox),
            apply: Arc::clone(apply),
            runtime: self.runtime.clone(),
            fatal: Arc::clone(&self.fatal),
            removed: Arc::clone(&self.removed),
            retire: Arc::clone(&self.retire),
        }
    }

    fn apply_reporter(&self) -> ApplyReporter<D> {
        ApplyReporter {
            inbox: Arc::clone(&self.inbox),
            shelf: self.shelf.clone(),
            runtime: self.runtime.clone(),
            busy: Arc::default(),
            fatal: Arc::clone(&self.fatal),
        }
    }

    fn links(&self) -> Links {
        let inbox = Arc::clone(&self.inbox);
        let unreachable = Box::new(move |peer| inbox.put(Input::Unreachable(peer)));
        Links::new((self.who)(), self.source, Arc::clone(&self.shared.book), unreachable, self.runtime.clone())
    }
}

/// A broken invariant on any of these threads ends the process: what the others would go on with is not to be trusted.
fn spawn(name: &'static str, fatal: &Fatal, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let fatal = Arc::clone(fatal);
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            fatal(format!("an invariant of the {name} thread is broken, see above"));
        }
    })
}
