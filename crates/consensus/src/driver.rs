//! The consensus thread: owns the core, feeds it, and hands out what it asks for. It does no I/O and takes no decision.
//!
//! One turn: take everything that has arrived, tell the core, then carry out its work until it has none. Messages and
//! writes of one turn leave together, so a leader's own disk and its followers' disks work at the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use proconsul_base::entry::Entry;
use proconsul_base::entry::SnapshotMark;
use proconsul_base::id::RaftId;
use proconsul_base::index::Index;
use proconsul_raft::{Change, Core, Fetch, Membership, Message, PeerStatus, Role, SendSnapshot, StepError, Work};
use proconsul_telemetry::names::raft as metric;
use tokio::sync::oneshot;

use crate::apply::{self, Reply};
use crate::counted;
use crate::error::Unavailable;
use crate::lease::Lease;
use crate::mailbox::Mailbox;
use crate::shared::{Progress, Shared, Status};
use crate::waiting::Waiting;
use crate::write;

/// What reaches the consensus thread.
pub(crate) enum Input {
    /// A command to be replicated.
    Propose { command: Bytes, reply: Reply },
    /// A change of membership.
    Change { change: Change, reply: Reply },
    /// A reader that wants a quorum's word.
    Read { reply: oneshot::Sender<Result<Index, Unavailable>> },
    /// A message from a peer, or, for a snapshot, the word that its file is complete.
    Message(Message),
    /// The log thread: everything up to this write is on disk.
    Written(u64),
    /// The reading thread: entries that the cache no longer had.
    Fetched { number: u64, entries: Vec<Entry> },
    /// The apply thread: applied up to here.
    Applied(Index),
    /// A snapshot of the state is on disk.
    SnapshotTaken { mark: SnapshotMark, membership: Membership },
    /// A snapshot was received by that peer, or not.
    SnapshotSent { to: RaftId, ok: bool },
    /// Messages to that peer are being lost.
    Unreachable(RaftId),
    /// Leadership is to be handed to that voter, or to whoever is best prepared.
    Transfer(Option<RaftId>),
    /// The consensus is over.
    Stop,
}

/// Where the work of a turn goes.
pub(crate) trait Outlets {
    fn send(&self, messages: &[Message]);
    fn send_snapshot(&self, snapshot: SendSnapshot);
    fn fetch(&self, fetch: Fetch);
    /// Opens a received snapshot for the apply thread.
    fn install_snapshot(&self, mark: SnapshotMark);
    fn members_changed(&self, members: &Membership);
    /// This server is no member any more.
    fn removed(&self);
    /// This server can promise nothing any more.
    fn fatal(&self, reason: String);
}

/// How often the core's clock ticks and what follows from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rhythm {
    pub(crate) tick: Duration,
    /// Entries kept behind a snapshot for followers that lag a little.
    pub(crate) trailing: u64,
}

pub(crate) struct Driver<O> {
    pub(crate) core: Core,
    pub(crate) outlets: O,
    pub(crate) rhythm: Rhythm,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: Arc<Mailbox<Input>>,
    pub(crate) log: Arc<Mailbox<write::Job>>,
    pub(crate) apply: Arc<Mailbox<apply::Job>>,
    pub(crate) waiting: Waiting,
    pub(crate) lease: Lease,
    pub(crate) membership_index: Index,
    /// A tick has passed since the status was last published.
    pub(crate) ticked: bool,
}

impl<O: Outlets> Driver<O> {
    /// Runs until told to stop.
    pub(crate) fn run(mut self) {
        let mut inputs = Vec::new();
        let mut next_tick = Instant::now() + self.rhythm.tick;
        loop {
            self.inbox.take_until(&mut inputs, next_tick);
            if !self.feed(&mut inputs) {
                break;
            }
            // What had already arrived is heard before time passes: a thread that was not scheduled in time must not take
            // heartbeats that wait in its own mailbox for missed ones. A late timer counts once.
            let now = Instant::now();
            if now >= next_tick {
                self.core.tick();
                self.log.nudge();
                self.renew_lease(now);
                self.ticked = true;
                next_tick = now + self.rhythm.tick;
            }
            self.work();
            self.publish();
        }
        self.close();
    }

    /// Tells the core everything that arrived. False when it is over.
    fn feed(&mut self, inputs: &mut Vec<Input>) -> bool {
        let (mut readers, now) = (Vec::new(), Instant::now());
        for input in inputs.drain(..) {
            match input {
                Input::Propose { command, reply } => {
                    metric::APPLY.one();
                    let ticket = self.waiting.proposal(reply, now);
                    if let Err(refused) = self.core.propose(ticket, command) {
                        self.waiting.refuse(ticket, refused);
                    }
                }
                Input::Change { change, reply } => {
                    let ticket = self.waiting.proposal(reply, now);
                    if let Err(refused) = self.core.change(ticket, &change) {
                        tracing::debug!(target: "agent.server.raft", ?change, %refused, "membership change refused");
                        self.waiting.refuse(ticket, refused);
                    }
                }
                Input::Read { reply } => readers.push(reply),
                Input::Message(message) => self.hear(message),
                Input::Written(number) => self.core.persisted(number),
                Input::Fetched { number, entries } => self.core.fetched(number, &entries),
                Input::Applied(index) => self.core.applied(index),
                Input::SnapshotTaken { mark, membership } => self.snapshot_taken(mark, membership),
                Input::SnapshotSent { to, ok } => self.core.snapshot_sent(to, ok),
                Input::Unreachable(peer) => self.core.unreachable(peer),
                Input::Transfer(to) => self.transfer(to),
                Input::Stop => return false,
            }
        }
        self.read(readers);
        true
    }

    fn hear(&mut self, message: Message) {
        let from = message.from;
        let stepped = self.core.step(message);
        if let Err(lost @ StepError::LogLost { .. }) = stepped {
            self.outlets.fatal(lost.to_string());
        }
        if let Err(error) = stepped {
            tracing::debug!(target: "agent.server.raft", peer = %from, %error, "message from peer refused");
        } else if self.shared.status.borrow().leader == Some(from) {
            self.shared.heard_leader(Instant::now());
        }
    }

    /// All readers of a turn share one question to the quorum.
    fn read(&mut self, readers: Vec<oneshot::Sender<Result<Index, Unavailable>>>) {
        if readers.is_empty() {
            return;
        }
        let ticket = self.waiting.readers(readers);
        self.core.read_index(ticket);
    }

    /// A leader asks its quorum once per tick, whether anyone reads or not: the answers keep its lease alive.
    fn renew_lease(&mut self, now: Instant) {
        if self.core.role() == Role::Leader && self.lease.is_question_due(self.core.term(), now) {
            let ticket = self.waiting.ticket();
            self.lease.asked(ticket, self.core.term(), now);
            self.core.read_index(ticket);
        }
    }

    fn snapshot_taken(&mut self, mark: SnapshotMark, membership: Membership) {
        self.core.snapshot_taken(mark, membership);
        let through = Index(mark.index.0.saturating_sub(self.rhythm.trailing));
        if through > Index::ZERO {
            self.core.compacted(through);
            self.log.put(write::Job::Compact(through));
        }
    }

    fn transfer(&mut self, to: Option<RaftId>) {
        let status = self.core.status();
        let able = |peer: &&PeerStatus| {
            peer.is_voter && peer.is_active && to.is_none_or(|wanted| wanted == peer.server.raft_id)
        };
        let best = status.peers.iter().filter(able).max_by_key(|peer| peer.matched);
        // Before the word to stand for election leaves: readers must not rely on a lease that the successor ignores.
        self.shared.set_lease(None);
        if let Some(Err(refused)) = best.map(|peer| self.core.transfer(peer.server.raft_id)) {
            tracing::debug!(target: "agent.server.raft", %refused, "leadership not handed over");
        }
    }

    /// Carries out everything the core asks for. A server that was removed goes on until its process ends, because the others
    /// may still need its vote to elect the one who removes it for good (thesis §4.2.2); it asks for nothing itself.
    fn work(&mut self) {
        while let Some(work) = self.core.ready() {
            if work.is_stopped {
                tracing::info!(target: "agent.server.raft", "removed from the cluster; this server takes part in nothing any more");
                self.outlets.removed();
            }
            self.carry_out(work);
        }
    }

    fn carry_out(&mut self, work: Work) {
        if let Some(write) = work.write {
            self.write(write);
        }
        if !work.send.is_empty() {
            self.outlets.send(&work.send);
        }
        for snapshot in work.send_snapshot {
            self.outlets.send_snapshot(snapshot);
        }
        for fetch in work.fetch {
            self.outlets.fetch(fetch);
        }
        if let Some(mark) = work.install_snapshot {
            self.outlets.install_snapshot(mark);
        }
        self.commit(work.committed, work.membership_changed);
        if work.wants_snapshot {
            // After what was committed, so that the capture names the server that needs it.
            self.apply.put(apply::Job::Capture);
        }
        for (ticket, refused) in work.refused {
            self.waiting.refuse(ticket, refused);
        }
        for (ticket, index) in work.reads {
            if let Some(asked) = self.lease.confirmed(ticket, self.core.term()) {
                metric::LEADER_LAST_CONTACT.took(asked.elapsed());
            }
            self.waiting.read(ticket, index);
        }
    }

    fn write(&self, write: proconsul_raft::Write) {
        let can_wait = !write.sync && write.entries.is_empty();
        let job = write::Job::Write(write::Write {
            number: write.number,
            bytes: write.entries.iter().map(|entry| entry.data.len()).sum(),
            entries: write.entries,
            hard_state: write.hard_state,
            membership: write.membership.map(|(index, membership)| (index, membership.encode())),
            snapshot: write.snapshot,
        });
        // A commit index alone goes to disk with the next write, or at the next tick: nothing waits for it.
        if can_wait { self.log.put_lazily(job) } else { self.log.put(job) }
    }

    fn commit(&mut self, committed: Vec<proconsul_raft::Committed>, changes: Vec<(Index, Membership)>) {
        // A capture between two jobs must find the membership of its index: a change takes effect before what follows it.
        for (index, membership) in changes {
            self.membership_index = index;
            self.outlets.members_changed(&membership);
            self.apply.put(apply::Job::Membership(index, membership.encode()));
        }
        if committed.is_empty() {
            return;
        }
        let mut entries = Vec::with_capacity(committed.len());
        let (mut replies, now) = (Vec::new(), Instant::now());
        metric::COMMIT_NUM_LOGS.set(committed.len() as f32);
        for committed in committed {
            if let Some((reply, since)) = committed.ticket.and_then(|ticket| self.waiting.committed(ticket)) {
                metric::COMMIT_TIME.took(now.duration_since(since));
                replies.push((committed.entry.index, reply));
            }
            entries.push(committed.entry);
        }
        self.apply.put(apply::Job::Commit { entries, replies });
    }

    /// Tells everybody how this server stands now: at once when its place has changed, the figures once per tick.
    fn publish(&mut self) {
        // A reader may rely on the lease only when everything of earlier terms has been applied here.
        let leads = self.core.may_lease()
            && self.shared.applied.get() >= self.lease.current_from(self.core.term(), self.core.commit());
        self.shared.set_lease(self.lease.until().filter(|_| leads));
        let known = Arc::clone(&self.shared.status.borrow());
        let place = (self.core.term(), self.core.role(), self.core.leader(), leads);
        let is_new = place != (known.term, known.role, known.leader, known.leads);
        if known.role != self.core.role() {
            counted::place(self.core.role());
        }
        if is_new && known.leader != self.core.leader() {
            self.shared.heard_leader(Instant::now());
        }
        if is_new || std::mem::take(&mut self.ticked) {
            let now = self.core.status();
            *self.shared.progress.lock() = now.peers.iter().map(|peer| self.progress(&now, peer)).collect();
            let next = self.status(now, leads, &known);
            if next != *known {
                self.shared.status.send_replace(Arc::new(next));
            }
        }
    }

    fn progress(&self, now: &proconsul_raft::Status, peer: &PeerStatus) -> Progress {
        // What came during the last tick is as fresh as it can be told.
        let silent_ticks = peer.last_contact.map(|tick| now.ticks.saturating_sub(tick).saturating_sub(1));
        let silence = silent_ticks.map(|ticks| self.rhythm.tick * u32::try_from(ticks).unwrap_or(u32::MAX));
        Progress { raft_id: peer.server.raft_id, matched: peer.matched, silence }
    }

    fn status(&self, now: proconsul_raft::Status, leads: bool, known: &Status) -> Status {
        let membership =
            if *known.membership == now.membership { Arc::clone(&known.membership) } else { Arc::new(now.membership) };
        Status {
            term: now.term,
            role: now.role,
            leader: now.leader,
            leads,
            membership,
            membership_index: self.membership_index,
            matched: now.peers.iter().map(|peer| (peer.server.raft_id, peer.matched)).collect(),
            commit: now.commit,
            last: now.last,
        }
    }

    fn close(self) {
        self.shared.set_lease(None);
        self.inbox.close();
        self.shared.status.send_modify(|status| {
            *status = Arc::new(Status { leader: None, leads: false, role: Role::Follower, ..Status::clone(status) });
        });
        self.waiting.abandon();
        self.log.put(write::Job::Stop);
        self.apply.put(apply::Job::Stop);
    }
}
