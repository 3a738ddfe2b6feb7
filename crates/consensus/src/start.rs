//! Putting the parts together: recovery, the founding task, the threads.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use proconsul_base::id::{ClusterId, NodeId};
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_raft::bootstrap::{Bootstrap, Peer};
use proconsul_raft::{Malformed, Server};
use proconsul_storage::directory::{Directory, DirectoryError};
use proconsul_storage::disk::Disk;
use proconsul_storage::log::{LogError, LogOptions, ReadError};
use proconsul_storage::snapshot::{SnapshotError, Snapshots};
use tokio::runtime;
use tokio::sync::{Semaphore, watch};

use crate::applied::Applied;
use crate::book::Book;
use crate::callers::{Callers, WhoAmI};
use crate::driver::Input;
use crate::engine::Engine;
use crate::founding::{Belonging, Founder, Founding, Launch};
use crate::gate::ServerGate;
use crate::handle::{Handle, PERMITS, Parts};
use crate::identity::{self, Opened, Retire, Retirement};
use crate::machine::Machine;
use crate::machine::MachineError;
use crate::mailbox::Mailbox;
use crate::read::ReadBatch;
use crate::shared::Shared;
use crate::snapshot::{Receiving, Shelf};

/// Told when this server can promise nothing any more; the process must end.
pub type Fatal = Arc<dyn Fn(String) + Send + Sync>;

/// Told when this server has been removed from its cluster and has given its identity up: the next start is that of a new
/// server. Until then it only keeps its voice for those who do not know of the removal.
pub type Removed = Arc<dyn Fn() + Send + Sync>;

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
    /// Told when this server is no member any more.
    pub removed: Removed,
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
    /// A log whose owner is unknown.
    #[error("data directory {} holds a log, but no identity beside it (raft/identity); restore it, or empty the directory and let the server join again", .0.display())]
    NoIdentity(PathBuf),
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
    pub fn cluster(&self) -> watch::Receiver<Option<ClusterId>> {
        self.belonging.cluster.subscribe()
    }

    /// What gossip shows of the other servers: to be told after each change, and once a second until there is a cluster.
    pub async fn seen(&self, peers: Vec<Peer>) {
        self.founding.seen(peers).await;
    }

    /// Ends all threads and waits for them; blocks. Hand leadership over first.
    pub fn stop(&self) {
        self.handle.0.inbox.put(Input::Stop);
        // It may hold a handle of its own.
        self.handle.0.answerer.lock().take();
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
    let node = (options.node_id, options.node_name.as_str());
    let Opened { log, found, identity } =
        identity::open(&options.disk, &options.directory, options.log, node, &mut rng)?;
    let shelf = Shelf(Snapshots::open(options.disk.clone(), &options.directory.snapshot_folder())?);
    let is_begun = found.last > Index::ZERO;

    let cluster = watch::Sender::new(identity.cluster_id.filter(|_| is_begun));
    let belonging = Arc::new(Belonging { me: identity.raft_id, cluster });
    let who: WhoAmI = {
        let belonging = Arc::clone(&belonging);
        Arc::new(move || belonging.identity())
    };
    let directory = Arc::new(options.directory);
    let retirement = Retirement { directory: Arc::downgrade(&directory), identity: identity.clone() };
    let retire: Retire = Arc::new(move || retirement.retire());
    let applied = Arc::new(Applied::default());
    let shared = Arc::new(Shared::new(identity.raft_id, Arc::clone(&applied), Arc::clone(&options.book)));
    let callers = Arc::new(Callers::new(Arc::clone(&who), options.source, Arc::clone(&options.book)));
    let inbox = Arc::new(Mailbox::default());
    let handle = Handle(Arc::new(Parts {
        reads: ReadBatch::new(&shared, &callers, &options.runtime),
        shared: Arc::clone(&shared),
        inbox: Arc::clone(&inbox),
        callers: Arc::clone(&callers),
        answerer: Mutex::default(),
        room: Semaphore::new(PERMITS),
        hold: options.hold,
        retire: Arc::clone(&retire),
    }));

    let me = Server { raft_id: identity.raft_id, node_id: options.node_id, name: options.node_name.clone() };
    let promise = (!identity.promise.is_empty()).then(|| identity.promise.clone());
    let member_of = identity.cluster_id.filter(|_| is_begun);
    let bootstrap = Bootstrap::new(me, options.expect, promise.as_ref(), member_of, rng.fork())?;
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
        retire,
        removed: options.removed,
        threads: Arc::clone(&threads),
        directory: Arc::clone(&directory),
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
