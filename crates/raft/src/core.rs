//! One Raft peer as a pure machine: told of ticks, messages, proposals and finished writes, it answers with [`Work`].
//!
//! Knows no clock, disk, socket or thread, and no meaning of commands. The rules that keep the engine safe live here, so that no
//! driver can break them by accident:
//!
//! 1. A change of membership takes effect only after a write with the log up to it, the commit index and the resulting membership is
//!    durable. Otherwise a crash could bring an old membership back, and with it two leaders in one term.
//! 2. No message leaves while a change of term or vote is not durable, not even a leader's: a lone voter wins before its vote for
//!    itself is on disk.
//! 3. A server that was removed leads and stands no more. It still answers those who ask for its vote: they may not know yet that it was
//!    removed, and could be without a majority otherwise.
//!
//! The driver's loop: feed inputs, then [`Core::ready`] until it answers `None`, carry out the work, report what is done.

mod apply;
mod check;
mod outbox;
mod reads;
mod step;
mod tail;
mod tickets;
mod turn;
mod view;

use std::collections::HashMap;

use bytes::Bytes;
use proconsul_base::entry::{Entry, HardState, SnapshotMark};
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use proconsul_base::rand::Rng;
use raft::{RawNode, SnapshotStatus, StateRole};

use self::apply::Apply;
pub use self::check::Broken;
use self::outbox::Outbox;
use self::reads::Reads;
pub use self::step::StepError;
use self::tail::Tail;
use self::tickets::Tickets;
use crate::change::Change;
use crate::config::Config;
use crate::membership::Membership;
use crate::start::{Start, StartError};
use crate::status::Role;
use crate::work::{Proposal, Refused, SendSnapshot, Work};

/// Proposals gathered in one turn; more are refused as busy.
const PROPOSALS_MAX: usize = 16 * 1024;

/// One Raft peer.
pub struct Core {
    config: Config,
    node: RawNode<Tail>,
    rng: Rng,
    /// The election wait in force; the engine draws its own from thread-local randomness, which is overwritten.
    wait: usize,
    ticks: u64,
    /// Until this tick no vote is given: a leader may hold a lease that this peer granted before it was restarted.
    silent_until: u64,
    seen: Seen,
    membership: Membership,
    /// The newest membership asked to be written, by index.
    marked: Index,
    bytes_since_mark: usize,
    written: HardState,
    outbox: Outbox,
    apply: Apply,
    reads: Reads,
    tickets: Tickets,
    proposals: Vec<Proposal>,
    proposed_bytes: usize,
    refused: Vec<(u64, Refused)>,
    last_contact: HashMap<RaftId, u64>,
    may_lease: bool,
    life: Life,
}

/// What the engine was after the last call, to notice changes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    term: u64,
    role: StateRole,
    leader: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Runs,
    /// Removed; the driver is still to be told.
    Ends,
    /// Removed, and nothing but a voice for those who do not know it yet.
    Over,
}

impl Core {
    /// Begins from what recovery found.
    pub fn new(config: Config, start: Start) -> Result<Self, StartError> {
        start.check()?;
        let mut rng = Rng::seeded(config.seed);
        let applied = start.applied();
        let membership = start.membership.as_ref().map(|(_, membership)| membership.clone()).unwrap_or_default();
        let is_removed = !membership.voters.is_empty() && !membership.contains(config.id);
        let life = if is_removed { Life::Ends } else { Life::Runs };
        let node = RawNode::new(&engine_config(&config, applied), Tail::new(&start), &silent_logger());
        // The engine refuses only what `Start::check` and `engine_config` rule out.
        let node = node.unwrap_or_else(|error| panic!("a checked start is accepted by the engine: {error}"));
        // A cluster that never had a leader has no lease to respect.
        let is_new = start.hard_state.term <= Term(1) && start.hard_state.vote.is_none();
        let mut core = Self {
            wait: config.election_ticks,
            ticks: 0,
            silent_until: if is_new { 0 } else { config.election_ticks as u64 },
            seen: Seen { term: 0, role: StateRole::Follower, leader: 0 },
            membership,
            marked: applied,
            bytes_since_mark: 0,
            written: start.hard_state,
            outbox: Outbox::default(),
            apply: Apply::new(applied, config.max_unapplied_bytes),
            reads: Reads::new(config.id, rng.u64()),
            tickets: Tickets::default(),
            proposals: Vec::new(),
            proposed_bytes: 0,
            refused: Vec::new(),
            last_contact: HashMap::new(),
            may_lease: true,
            life,
            config,
            node,
            rng,
        };
        core.notice();
        Ok(core)
    }

    /// Time has gone on by one tick.
    pub fn tick(&mut self) {
        self.ticks += 1;
        self.reads.expire(self.ticks, self.config.election_ticks as u64);
        if self.role() == Role::Leader || self.may_campaign() {
            self.node.tick();
            self.notice();
        }
    }

    /// Proposes a command. It comes back in [`Work::committed`] with this ticket, or the ticket in [`Work::refused`].
    pub fn propose(&mut self, ticket: u64, data: Bytes) -> Result<(), Refused> {
        self.may_propose()?;
        let waiting = self.node.raft.uncommitted_size() + self.proposed_bytes;
        let is_full = waiting > 0 && waiting + data.len() > self.config.max_uncommitted_bytes;
        if is_full || self.proposals.len() >= PROPOSALS_MAX || self.apply.is_behind() {
            return Err(Refused::Busy);
        }
        self.proposed_bytes += data.len();
        self.proposals.push(Proposal { ticket, data });
        Ok(())
    }

    /// Proposes a change of membership. Its ticket is answered as a command's.
    pub fn change(&mut self, ticket: u64, change: &Change) -> Result<(), Refused> {
        self.may_propose()?;
        self.flush_proposals();
        if self.node.raft.has_pending_conf() || self.apply.holds_change() {
            return Err(Refused::ChangePending);
        }
        self.membership.after(change)?;
        if *change == Change::Remove(self.config.id) {
            return Err(Refused::RemovesLeader);
        }
        self.propose_change(ticket, change)
    }

    fn may_propose(&self) -> Result<(), Refused> {
        if self.life != Life::Runs {
            return Err(Refused::Stopped);
        }
        if self.role() != Role::Leader {
            return Err(Refused::NotLeader { leader: self.leader() });
        }
        if self.node.raft.lead_transferee.is_some() {
            return Err(Refused::Transferring);
        }
        Ok(())
    }

    /// Asks for an index at which a read is linearizable: confirmed by a quorum after this call. All reads of one turn share one
    /// question. Answered in [`Work::reads`] or [`Work::refused`]; works on followers too.
    pub fn read_index(&mut self, ticket: u64) {
        match self.life {
            Life::Runs => self.reads.ask(ticket),
            Life::Ends | Life::Over => self.refused.push((ticket, Refused::Stopped)),
        }
    }

    /// Hands leadership over to a voter. Given up by itself after an election wait.
    pub fn transfer(&mut self, to: RaftId) -> Result<(), Refused> {
        self.may_propose()?;
        if self.membership.is_voter(to) && to != self.config.id {
            self.flush_proposals();
            self.node.transfer_leader(to.get());
            // From now on another server may be elected in spite of what a quorum has confirmed.
            self.may_lease = false;
            self.notice();
        }
        Ok(())
    }

    /// Stands for election now, if this peer may: for the first voter of a new cluster, which has nobody to wait for.
    pub fn campaign(&mut self) {
        if self.life == Life::Runs && self.role() != Role::Leader && self.node.raft.promotable() && self.may_campaign()
        {
            // Fails only for messages that are not this one.
            let _ = self.node.campaign();
            self.notice();
        }
    }

    /// All writes up to this number are done; those marked `sync` are durable.
    pub fn persisted(&mut self, number: u64) {
        if let Some(ready) = self.outbox.persisted(number) {
            self.node.on_persist_ready(ready);
        }
        self.apply.persisted(number);
        self.notice();
    }

    /// Entries that were asked for by [`Work::fetch`]: as many as there are, none when they are gone from the disk.
    pub fn fetched(&mut self, number: u64, entries: &[Entry]) {
        for context in self.node.mut_store().brought(number, entries) {
            self.node.on_entries_fetched(context);
        }
        self.node.mut_store().forget_brought();
    }

    /// The state machine has applied everything up to this index.
    pub fn applied(&mut self, index: Index) {
        self.apply.applied(index);
    }

    /// A snapshot of the state machine, with the membership as of it, is durable; it may be sent to others from now on.
    pub fn snapshot_taken(&mut self, mark: SnapshotMark, membership: Membership) {
        assert!(mark.index <= self.apply.handed(), "a snapshot covers only what was handed out");
        self.node.mut_store().offer(mark, membership);
    }

    /// The log on disk begins after this index now. Never beyond the newest snapshot.
    pub fn compacted(&mut self, through: Index) {
        let tail = self.node.mut_store();
        assert!(
            tail.snapshot_mark().is_some_and(|mark| through <= mark.index) || through <= tail.compacted().index,
            "only what a snapshot covers is cut off"
        );
        tail.compact(through);
    }

    /// A snapshot has arrived at a peer and was given to its core, or could not be sent.
    pub fn snapshot_sent(&mut self, to: RaftId, is_ok: bool) {
        let status = if is_ok { SnapshotStatus::Finish } else { SnapshotStatus::Failure };
        self.node.report_snapshot(to.get(), status);
    }

    /// Messages to a peer are being lost.
    pub fn unreachable(&mut self, to: RaftId) {
        self.node.report_unreachable(to.get());
    }

    /// The engine counts on two things that are not so at any moment when writes are on their way. A lone voter wins at once, so its
    /// log must be durable before it stands. And whoever stands looks through what it has not handed out yet, which is cut off while
    /// a received snapshot is being written.
    fn may_campaign(&self) -> bool {
        let log = &self.node.raft.raft_log;
        let is_durable = log.persisted == log.last_index();
        !self.apply.installs() && (is_durable || !self.node.raft.prs().is_singleton())
    }

    /// After each call that may have changed the engine's role: draws a new election wait, forgets what belonged to the term.
    fn notice(&mut self) {
        let raft = &mut self.node.raft;
        let seen = Seen { term: raft.term, role: raft.state, leader: raft.leader_id };
        if (seen.term, seen.role) != (self.seen.term, self.seen.role) {
            let ticks = self.config.election_ticks;
            self.wait = ticks + self.rng.place(ticks);
        }
        raft.set_randomized_election_timeout(self.wait);
        if seen != self.seen {
            self.reads.ask_again();
        }
        if seen.term != self.seen.term {
            self.last_contact.clear();
            self.may_lease = true;
        }
        self.seen = seen;
    }
}

fn engine_config(config: &Config, applied: Index) -> raft::Config {
    raft::Config {
        id: config.id.get(),
        election_tick: config.election_ticks,
        heartbeat_tick: config.heartbeat_ticks,
        applied: applied.0,
        max_size_per_msg: config.max_message_bytes,
        max_inflight_msgs: config.max_inflight,
        check_quorum: true,
        pre_vote: true,
        // One batch of committed entries; the rest follows in the next turn.
        max_committed_size_per_ready: config.max_message_bytes,
        // Proposals are counted before they reach the engine.
        max_uncommitted_size: u64::MAX - 1,
        ..raft::Config::default()
    }
}

/// The engine's log lines tell nothing that [`Status`] and [`Work`] do not.
fn silent_logger() -> slog::Logger {
    slog::Logger::root(slog::Discard, slog::o!())
}

/// Sends to streams what is no plain message.
fn part_snapshots(work: &mut Work) {
    let messages = std::mem::take(&mut work.send);
    for message in messages {
        match message.kind {
            crate::Kind::Snapshot { mark, .. } => {
                work.send_snapshot.push(SendSnapshot { to: message.to, mark, message });
            }
            _ => work.send.push(message),
        }
    }
}
