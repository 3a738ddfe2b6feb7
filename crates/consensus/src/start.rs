//! Putting the parts together: recovery, the founding task, the threads.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::entry::SnapshotMark;
use proconsul_base::id::{NodeId, RaftId};
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_raft::bootstrap::{Bootstrap, Peer};
use proconsul_raft::{Config, Core, Malformed, Membership, Server, Start, genesis};
use proconsul_storage::directory::{self, Directory, DirectoryError};
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{Batch, Log, LogError, LogOptions, ReadError};
use proconsul_storage::snapshot::{SnapshotError, Snapshots};
use tokio::runtime;
use tokio::sync::{Semaphore, watch};

use crate::applied::Applied;
use crate::apply::{ApplyThread, Captured, Due, Progress};
use crate::book::Book;
use crate::callers::{Callers, WhoAmI};
use crate::driver::{Driver, Input, Rhythm, Waiting};
use crate::founding::{Begin, Belonging, Founder, Founding, Launch};
use crate::gate::ServerGate;
use crate::handle::{Handle, PERMITS, Parts};
use crate::link::Links;
use crate::machine::{Machine, MachineError};
use crate::mailbox::Mailbox;
use crate::outlet::Outlet;
use crate::read::ReadBatch;
use crate::recover::{Begun, recover};
use crate::shared::{Shared, Status};
use crate::snapshot::{Receiving, Sending, Shelf};
use crate::write;

/// A tick of the core at multiplier 1. Heartbeats go out every tick, so a follower misses six before it stirs.
const TICK: Duration = Duration::from_millis(50);

/// Ticks without a leader before an election may start: 0.3 s at multiplier 1, each wait random up to twice that.
const ELECTION_TICKS: u32 = 6;

/// Told when this server can promise nothing any more; the process must end.
pub type Fatal = Arc<dyn Fn(String) + Send + Sync>;

/// What a consensus is built from.
pub struct Options<D: Disk, M> {
    /// The disk that the directory is on.
    pub disk: D,
    /// This server's data directory; held until all threads have ended.
    pub directory: Directory<D>,
    /// Sizes of the log.
    pub log: LogOptions,
    /// The node it runs on.
    pub node_id: NodeId,
    /// The node's name.
    pub node_name: String,
    /// What is replicated, empty.
    pub machine: M,
    /// How many servers make up a new cluster; 0 waits to be added to one.
    pub expect: usize,
    /// Where outgoing connections come from; `None` leaves it to the system.
    pub source: Option<IpAddr>,
    /// Where peers are.
    pub book: Arc<Book>,
    /// How long a request waits for a leader.
    pub hold: Duration,
    /// By how much the election timing is stretched; at least 1.
    pub multiplier: u32,
    /// A snapshot is due after this many bytes of log, or the size of the last one if that is more.
    pub snapshot_bytes: u64,
    /// Entries kept behind a snapshot for followers that lag a little.
    pub trailing: u64,
    /// The seed of this start; must differ from start to start.
    pub seed: u64,
    /// Where connections and file jobs run.
    pub runtime: runtime::Handle,
    /// Told when the disk or the state fails.
    pub fatal: Fatal,
}

/// Why consensus does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An entry that should be there cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A snapshot's contents.
    #[error("the snapshot of index {index} cannot be restored: {source}")]
    Restore {
        /// Which.
        index: Index,
        /// Why.
        source: io::Error,
    },
    /// The log does not fit together.
    #[error(transparent)]
    Core(#[from] proconsul_raft::StartError),
    /// A membership or promise on disk.
    #[error("a record of the data directory cannot be read: {0}")]
    Record(#[from] Malformed),
    /// A command of the log.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// A thread could not be started.
    #[error("cannot start a thread of consensus: {0}")]
    Spawn(#[from] io::Error),
    /// A task ended before its time.
    #[error("a task of consensus ended before its time")]
    Thread,
}

/// A started consensus.
pub struct Running<D: Disk> {
    /// How the rest of the program uses it.
    pub handle: Handle,
    /// Who answers on the server port.
    pub gate: Arc<ServerGate<D>>,
    belonging: Arc<Belonging>,
    founding: Founding,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl<D: Disk> Running<D> {
    /// The cluster this server belongs to; wakes when it has one.
    pub fn cluster(&self) -> watch::Receiver<Option<proconsul_base::id::ClusterId>> {
        self.belonging.cluster.subscribe()
    }

    /// What gossip shows of the other servers: to be told after each change, and once a second until there is a cluster.
    pub async fn seen(&self, peers: Vec<Peer>) {
        self.founding.seen(peers).await;
    }

    /// Ends all threads and waits for them; blocks. Hand leadership over first.
    pub fn stop(&self) {
        self.handle.0.inbox.put(Input::Stop);
        let threads = std::mem::take(&mut *self.threads.lock());
        for thread in threads {
            // A thread that panicked has said so; there is nothing left to do for it.
            let _ = thread.join();
        }
    }
}

/// Recovers what is on disk and starts; blocks while it reads.
pub fn start<D: Disk, M: Machine>(options: Options<D, M>) -> Result<Running<D>, StartError> {
    let mut rng = Rng::seeded(options.seed);
    let (log, found) = Log::open(options.disk.clone(), &options.directory.log_folder(), options.log)?;
    let shelf = Shelf(Snapshots::open(options.disk.clone(), &options.directory.snapshot_folder())?);
    let identity = identity(&options, &found, &mut rng)?;
    let is_begun = found.last > Index::ZERO;

    let cluster = watch::Sender::new(identity.cluster_id.filter(|_| is_begun));
    let belonging = Arc::new(Belonging { me: identity.raft_id, cluster });
    let who: WhoAmI = {
        let belonging = Arc::clone(&belonging);
        Arc::new(move || belonging.identity())
    };
    let applied = Arc::new(Applied::default());
    let shared = Arc::new(Shared::new(identity.raft_id, Arc::clone(&applied), Arc::clone(&options.book)));
    let callers = Arc::new(Callers::new(Arc::clone(&who), options.source, Arc::clone(&options.book)));
    let inbox = Arc::new(Mailbox::default());
    let handle = Handle(Arc::new(Parts {
        reads: ReadBatch::new(&shared, &callers, &options.runtime),
        shared: Arc::clone(&shared),
        inbox: Arc::clone(&inbox),
        callers: Arc::clone(&callers),
        room: Semaphore::new(PERMITS),
        hold: options.hold,
    }));

    let me = Server { raft_id: identity.raft_id, node_id: options.node_id, name: options.node_name.clone() };
    let promise = (!identity.promise.is_empty()).then(|| identity.promise.clone());
    let member_of = identity.cluster_id.filter(|_| is_begun);
    let bootstrap = Bootstrap::new(me, options.expect, promise.as_ref(), member_of, rng.fork())?;
    let directory = Arc::new(options.directory);
    let threads = Arc::new(Mutex::new(Vec::new()));
    let fatal = Arc::clone(&options.fatal);
    let engine = Engine {
        log,
        shelf: shelf.clone(),
        machine: options.machine,
        shared,
        inbox,
        who,
        source: options.source,
        multiplier: options.multiplier.max(1),
        snapshot_bytes: options.snapshot_bytes,
        trailing: options.trailing,
        seed: rng.u64(),
        runtime: options.runtime.clone(),
        fatal: Arc::clone(&fatal),
        threads: Arc::clone(&threads),
        _directory: Arc::clone(&directory),
    };
    let launch: Option<Launch> = if is_begun {
        engine.resume(found)?;
        None
    } else {
        Some(Box::new(move |begin| engine.begin(begin)))
    };
    let directory = launch.is_some().then_some(directory);
    let founder = Founder { bootstrap, directory, identity, belonging: Arc::clone(&belonging), callers, launch, fatal };
    let founding = founder.spawn(&options.runtime);
    let receiving = Receiving { shelf, applied, one: tokio::sync::Mutex::new(()) };
    let gate = Arc::new(ServerGate { handle: handle.clone(), founding: founding.clone(), receiving });
    Ok(Running { handle, gate, belonging, founding, threads })
}

/// The identity on disk, or a new one. An identity that belongs to a cluster but has no log, and no promise that would let it
/// found the log again, has lost it: its Raft id must not vote again, so it gets another (design: Raft identity).
fn identity<D: Disk, M>(
    options: &Options<D, M>,
    found: &proconsul_storage::log::Recovered,
    rng: &mut Rng,
) -> Result<directory::Identity, StartError> {
    let known = options.directory.identity()?;
    let is_empty = found.last == Index::ZERO && found.hard_state == Default::default();
    let lost = |known: &directory::Identity| is_empty && known.cluster_id.is_some() && known.promise.is_empty();
    match known {
        Some(known) if !lost(&known) => Ok(known),
        known => {
            if let Some(known) = known {
                tracing::warn!(target: "agent.server.raft", old = %known.raft_id, "the log of this server is gone; it joins again under a new Raft id");
            }
            let identity = directory::Identity {
                raft_id: RaftId::random(rng),
                node_id: options.node_id,
                node_name: options.node_name.clone(),
                cluster_id: None,
                promise: Default::default(),
            };
            options.directory.set_identity(&identity)?;
            Ok(identity)
        }
    }
}

/// Everything the threads are made of.
struct Engine<D: Disk, M> {
    log: Log<D>,
    shelf: Shelf<D>,
    machine: M,
    shared: Arc<Shared>,
    inbox: Arc<Mailbox<Input>>,
    who: WhoAmI,
    source: Option<IpAddr>,
    multiplier: u32,
    snapshot_bytes: u64,
    trailing: u64,
    seed: u64,
    runtime: runtime::Handle,
    fatal: Fatal,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    /// Locked for as long as a thread may write.
    _directory: Arc<Directory<D>>,
}

impl<D: Disk, M: Machine> Engine<D, M> {
    /// Goes on with the cluster that the log belongs to.
    fn resume(mut self, found: proconsul_storage::log::Recovered) -> Result<(), StartError> {
        let begun = recover(found, &mut self.log, &self.shelf, &mut self.machine)?;
        self.run(begun, false)
    }

    /// Begins with an empty log.
    fn begin(mut self, begin: Begin) -> Result<(), StartError> {
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
        let mut config = Config::new(self.shared.me, self.seed);
        config.heartbeat_ticks = 1;
        config.election_ticks = ELECTION_TICKS as usize;
        let membership_index = begun.start.applied();
        let members = begun.start.membership.as_ref().map(|(_, membership)| membership.clone()).unwrap_or_default();
        let mut core = Core::new(config, begun.start)?;
        // Whoever looks before the first turn sees the members that are on disk.
        self.shared.status.send_modify(|status| {
            let membership = Arc::new(members);
            *status = Arc::new(Status { membership, membership_index, ..Status::clone(status) });
        });
        if campaign {
            core.campaign();
        }
        let log_jobs = Arc::new(Mailbox::default());
        let apply_jobs = Arc::new(Mailbox::default());
        self.shared.applied.publish(begun.at.0);
        let reader = self.log.reader();
        let outlet = Outlet {
            links: self.links(),
            sending: Arc::new(Sending {
                shelf: self.shelf.clone(),
                who: Arc::clone(&self.who),
                source: self.source,
                book: Arc::clone(&self.shared.book),
            }),
            shelf: self.shelf.clone(),
            reader,
            inbox: Arc::clone(&self.inbox),
            apply: Arc::clone(&apply_jobs),
            runtime: self.runtime.clone(),
            fatal: Arc::clone(&self.fatal),
        };
        let driver = Driver {
            core,
            outlets: outlet,
            // Nine tenths of an election wait: room for clocks that run differently.
            rhythm: Rhythm { tick, lease: tick * ELECTION_TICKS * 9 / 10, trailing: self.trailing },
            shared: Arc::clone(&self.shared),
            inbox: Arc::clone(&self.inbox),
            log: Arc::clone(&log_jobs),
            apply: Arc::clone(&apply_jobs),
            waiting: Waiting::default(),
            lease_question: None,
            lease_until: None,
            current: None,
            membership_index,
            ticked: true,
        };
        let apply = ApplyThread {
            machine: self.machine,
            progress: Reporter {
                inbox: Arc::clone(&self.inbox),
                shelf: self.shelf.clone(),
                runtime: self.runtime.clone(),
                busy: Arc::default(),
                fatal: Arc::clone(&self.fatal),
            },
            applied: Arc::clone(&self.shared.applied),
            due: Due { bytes: self.snapshot_bytes },
            at: begun.at,
            memberships: [(begun.at.0, begun.membership)].into(),
            since_capture: 0,
        };
        let preparer = self.log.preparer();
        let durable = LogReporter { inbox: Arc::clone(&self.inbox), fatal: Arc::clone(&self.fatal) };
        let (log, fatal) = (self.log, self.fatal);
        let mut threads = self.threads.lock();
        // Detached: it ends with the log and holds nothing but a segment in the making.
        spawn("prepare", move || {
            if let Err(error) = preparer.run() {
                fatal(error.to_string());
            }
        })?;
        let directory = self._directory;
        threads.push(spawn("log", move || {
            write::run(log, &log_jobs, &durable);
            drop(directory);
        })?);
        threads.push(spawn("apply", move || apply.run(&apply_jobs))?);
        threads.push(spawn("consensus", move || driver.run())?);
        Ok(())
    }

    fn links(&self) -> Links {
        let inbox = Arc::clone(&self.inbox);
        let unreachable = Box::new(move |peer| inbox.put(Input::Unreachable(peer)));
        Links::new((self.who)(), self.source, Arc::clone(&self.shared.book), unreachable, self.runtime.clone())
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// How the log thread reports.
struct LogReporter {
    inbox: Arc<Mailbox<Input>>,
    fatal: Fatal,
}

impl write::Durable for LogReporter {
    fn written(&self, number: u64) {
        self.inbox.put(Input::Written(number));
    }

    fn fatal(&self, error: LogError) {
        (self.fatal)(error.to_string());
    }
}

/// How the apply thread reports, and where captured states go.
struct Reporter<D: Disk> {
    inbox: Arc<Mailbox<Input>>,
    shelf: Shelf<D>,
    runtime: runtime::Handle,
    /// A snapshot is being written; the next is due again after as much log.
    busy: Arc<AtomicBool>,
    fatal: Fatal,
}

impl<D: Disk> Progress for Reporter<D> {
    fn applied(&self, index: Index) {
        // The core only wants to know how far behind the state is; that can wait for its next turn.
        self.inbox.put_lazily(Input::Applied(index));
    }

    fn captured(&self, captured: Captured) {
        if self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let (inbox, shelf) = (Arc::clone(&self.inbox), self.shelf.clone());
        let (busy, fatal) = (Arc::clone(&self.busy), Arc::clone(&self.fatal));
        self.runtime.spawn_blocking(move || {
            let mark = SnapshotMark { index: captured.index, term: captured.term };
            match (shelf.keep(&captured), Membership::decode(&captured.membership)) {
                (Ok(_), Ok(membership)) => {
                    tracing::debug!(target: "agent.server.snapshot", index = %mark.index, "snapshot complete");
                    inbox.put(Input::SnapshotTaken { mark, membership });
                }
                // Without snapshots the log would grow without bound, and a disk that fails once is not to be trusted.
                (Err(error), _) => fatal(error.to_string()),
                (_, Err(error)) => fatal(format!("the membership at index {} cannot be read: {error}", mark.index)),
            }
            busy.store(false, Ordering::Release);
        });
    }

    fn fatal(&self, reason: String) {
        (self.fatal)(reason);
    }
}
