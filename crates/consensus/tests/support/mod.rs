//! Real servers of consensus in one process: loopback connections, real directories, a machine that remembers its commands.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use proconsul_base::id::{NodeId, RaftId};
use proconsul_base::index::Index;
use proconsul_base::rand::Rng;
use proconsul_consensus::{Book, Capture, Handle, Machine, MachineError, Options, Running, StartError, Status, start};
use proconsul_raft::Server;
use proconsul_raft::bootstrap::Peer;
use proconsul_storage::directory::Directory;
use proconsul_storage::disk::RealDisk;
use proconsul_storage::log::LogOptions;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// All commands by index, as each server applied them.
#[derive(Clone, Default)]
pub(crate) struct Journal(pub(crate) Arc<Mutex<BTreeMap<u64, Bytes>>>);

impl Machine for Journal {
    fn apply(&mut self, commands: &[(Index, Bytes)], replies: &mut Vec<Bytes>) -> Result<(), MachineError> {
        let mut journal = self.0.lock();
        for (index, command) in commands {
            assert!(journal.insert(index.0, command.clone()).is_none(), "no entry is applied twice");
            replies.push(command.clone());
        }
        Ok(())
    }

    fn capture(&self) -> Box<dyn Capture> {
        Box::new(Copied(self.0.lock().clone()))
    }

    fn restore(&mut self, from: &mut dyn io::Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        let mut journal = BTreeMap::new();
        let mut rest = &bytes[..];
        while let Some((index, tail)) = rest.split_first_chunk::<8>() {
            let (length, tail) = tail.split_first_chunk::<4>().unwrap();
            let (command, tail) = tail.split_at(u32::from_le_bytes(*length) as usize);
            journal.insert(u64::from_le_bytes(*index), Bytes::copy_from_slice(command));
            rest = tail;
        }
        *self.0.lock() = journal;
        Ok(())
    }
}

struct Copied(BTreeMap<u64, Bytes>);

impl Capture for Copied {
    fn write_to(&self, to: &mut dyn io::Write) -> io::Result<()> {
        for (index, command) in &self.0 {
            to.write_all(&index.to_le_bytes())?;
            to.write_all(&(command.len() as u32).to_le_bytes())?;
            to.write_all(command)?;
        }
        Ok(())
    }
}

/// One server and what a test needs of it.
pub(crate) struct Node {
    pub(crate) running: Arc<Running<RealDisk>>,
    pub(crate) journal: Journal,
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    book: Arc<Book>,
    accepting: JoinHandle<()>,
}

impl Node {
    pub(crate) fn handle(&self) -> &Handle {
        &self.running.handle
    }

    /// Ends it as a crash would, short of losing the page cache: no leadership is handed over.
    pub(crate) async fn stop(self) {
        self.accepting.abort();
        let running = Arc::clone(&self.running);
        drop(self);
        tokio::task::spawn_blocking(move || running.stop()).await.unwrap();
    }
}

/// Several servers that expect each other.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) expect: usize,
    pub(crate) snapshot_bytes: u64,
    pub(crate) trailing: u64,
}

impl World {
    pub(crate) fn new(expect: usize) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), expect, snapshot_bytes: 64 << 20, trailing: 100 }
    }

    /// Starts the server of this number on a fresh address, with whatever its directory holds.
    pub(crate) async fn start(&self, number: u64) -> Node {
        self.try_start(number).await.unwrap()
    }

    /// As [`Self::start`], for a directory that may be refused.
    pub(crate) async fn try_start(&self, number: u64) -> Result<Node, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (directory, _) = Directory::open(RealDisk, &self.path(number)).unwrap();
        let node_id = NodeId::random(&mut Rng::seeded(number));
        directory.set_node_id(node_id).unwrap();
        let journal = Journal::default();
        let book = Arc::new(Book::default());
        let options = Options {
            disk: RealDisk,
            directory,
            log: LogOptions { first_segment_bytes: 64 << 10, last_segment_bytes: 1 << 20, ..LogOptions::default() },
            node_id,
            node_name: format!("server-{number}"),
            machine: journal.clone(),
            expect: self.expect,
            source: None,
            book: Arc::clone(&book),
            hold: Duration::from_secs(7),
            multiplier: 1,
            snapshot_bytes: self.snapshot_bytes,
            trailing: self.trailing,
            seed: Rng::seeded(u64::from(address.port())).u64(),
            runtime: tokio::runtime::Handle::current(),
            removed: Arc::new(|| {}),
            fatal: Arc::new(|reason| panic!("a server failed: {reason}")),
        };
        let running = Arc::new(tokio::task::spawn_blocking(|| start(options)).await.unwrap()?);
        let accepting = tokio::spawn(proconsul_rpc::listen::accept(listener, Arc::clone(&running.gate), Arc::new(())));
        let server = Server { raft_id: running.handle.me(), node_id, name: format!("server-{number}") };
        Ok(Node { running, journal, server, address, book, accepting })
    }

    pub(crate) fn path(&self, number: u64) -> std::path::PathBuf {
        self.folder.path().join(number.to_string())
    }

    /// Tells all servers where all are, as gossip would.
    pub(crate) async fn introduce(&self, nodes: &[&Node]) {
        for node in nodes {
            node.book.update(nodes.iter().map(|other| (other.server.raft_id, other.address)));
            let others = nodes.iter().filter(|other| other.server.raft_id != node.server.raft_id);
            let peers = others.map(|other| Peer {
                server: other.server.clone(),
                cluster: *other.running.cluster().borrow(),
                expect: self.expect,
            });
            node.running.seen(peers.collect()).await;
        }
    }

    /// Introduces them until one of them leads all.
    pub(crate) async fn elect(&self, nodes: &[&Node]) -> RaftId {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            self.introduce(nodes).await;
            let statuses: Vec<Arc<Status>> = nodes.iter().map(|node| node.handle().status()).collect();
            let leader =
                statuses.iter().zip(nodes).find(|(status, _)| status.leads).map(|(_, node)| node.server.raft_id);
            if let Some(leader) = leader.filter(|_| statuses.iter().all(|status| status.leader == leader)) {
                return leader;
            }
            assert!(Instant::now() < deadline, "nobody was elected: {statuses:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Waits on a condition with a deadline; shows `history` when it fails.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool, history: impl Fn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "never came true: {what}; {}", history());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
