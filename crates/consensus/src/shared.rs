//! What the consensus thread publishes for everyone else: who leads, what may be read, how long ago the leader was heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use proconsul_raft::{Membership, Role};
use tokio::sync::watch;

use crate::applied::Applied;
use crate::book::Book;

/// The server's place in its cluster; replaced as a whole when something of it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The newest term.
    pub term: Term,
    /// What this server is in it.
    pub role: Role,
    /// Who leads it, as far as this server knows.
    pub leader: Option<RaftId>,
    /// Whether this server leads and has applied everything of earlier terms.
    pub leads: bool,
    /// The members in force here.
    pub membership: Arc<Membership>,
    /// The index of the entry that made them so.
    pub membership_index: Index,
    /// How far each peer's log is known to match, on the leader only.
    pub matched: Vec<(RaftId, Index)>,
    /// Known to be committed.
    pub commit: Index,
    /// The newest entry of the log.
    pub last: Index,
}

/// How far another server is, as its leader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Who.
    pub raft_id: RaftId,
    /// The last index known to be durable there.
    pub matched: Index,
    /// How long nothing was heard from it, in whole ticks; `None` when this leader has not heard from it yet.
    pub silence: Option<Duration>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            term: Term::default(),
            role: Role::Follower,
            leader: None,
            leads: false,
            membership: Arc::new(Membership::default()),
            membership_index: Index::ZERO,
            matched: Vec::new(),
            commit: Index::ZERO,
            last: Index::ZERO,
        }
    }
}

/// Shared by the threads and all handles.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) me: RaftId,
    pub(crate) applied: Arc<Applied>,
    pub(crate) book: Arc<Book>,
    pub(crate) status: watch::Sender<Arc<Status>>,
    /// On the leader only, as of its last tick. Apart from the status, because it changes with every tick and wakes nobody.
    pub(crate) progress: Mutex<Vec<Progress>>,
    began: Instant,
    /// Nanoseconds since `began` until which this server may answer default reads by itself; 0 for not at all.
    lease_until: AtomicU64,
    /// Nanoseconds since `began` at which the leader was last heard.
    last_contact: AtomicU64,
}

impl Shared {
    pub(crate) fn new(me: RaftId, applied: Arc<Applied>, book: Arc<Book>) -> Self {
        Self {
            me,
            applied,
            book,
            status: watch::Sender::new(Arc::default()),
            progress: Mutex::default(),
            began: Instant::now(),
            lease_until: AtomicU64::new(0),
            last_contact: AtomicU64::new(0),
        }
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Whether this server leads and its lease has not run out: then what it has applied is what a reader must see.
    pub(crate) fn holds_lease(&self) -> bool {
        let until = self.lease_until.load(Ordering::Acquire);
        until != 0 && self.nanos(Instant::now()) < until
    }

    /// `None` ends the lease at once.
    pub(crate) fn set_lease(&self, until: Option<Instant>) {
        self.lease_until.store(until.map_or(0, |until| self.nanos(until)), Ordering::Release);
    }

    pub(crate) fn heard_leader(&self, at: Instant) {
        self.last_contact.store(self.nanos(at), Ordering::Relaxed);
    }

    /// How long ago the leader was heard; counted from the start when it never was.
    pub(crate) fn since_contact(&self) -> Duration {
        Duration::from_nanos(self.nanos(Instant::now()).saturating_sub(self.last_contact.load(Ordering::Relaxed)))
    }
}
