//! One turn: from everything that came in to the work that follows.

use proconsul_base::entry::{Entry, EntryKind, HardState};
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use raft::eraftpb::{self, ConfChangeType, ConfChangeV2, EntryType, MessageType};

use super::{Core, Life, part_snapshots};
use crate::change::Change;
use crate::membership::Membership;
use crate::message::{entry_from_engine, from_engine, mark_of};
use crate::status::Role;
use crate::work::{Committed, Refused, Work, Write};

impl Core {
    /// What is to be done now; `None` when nothing is. To be called again until then.
    pub fn ready(&mut self) -> Option<Work> {
        let mut work = Work::default();
        self.flush_proposals();
        self.ask_reads();
        self.take_engine(&mut work);
        self.hand_out(&mut work);
        self.mark(&mut work);
        self.node.mut_store().evict(self.apply.handed(), self.config.cache_bytes);
        work.fetch = self.node.mut_store().take_fetches();
        work.wants_snapshot = self.node.mut_store().take_wants_snapshot();
        work.send = self.outbox.take();
        part_snapshots(&mut work);
        if self.life == Life::Ends {
            self.end(&mut work);
        }
        work.refused.append(&mut self.refused);
        (!work.is_empty()).then_some(work)
    }

    /// Gives the gathered proposals to the engine as one message.
    pub(super) fn flush_proposals(&mut self) {
        if self.proposals.is_empty() {
            return;
        }
        self.proposed_bytes = 0;
        let proposals = std::mem::take(&mut self.proposals);
        let entries = proposals
            .iter()
            .map(|proposal| eraftpb::Entry { data: proposal.data.clone(), ..Default::default() })
            .collect::<Vec<_>>();
        let tickets = proposals.into_iter().map(|proposal| proposal.ticket);
        if let Err(refused) = self.may_propose() {
            self.refused.extend(tickets.map(|ticket| (ticket, refused)));
            return;
        }
        let first = self.node.raft.raft_log.last_index() + 1;
        match self.step_proposal(entries) {
            Ok(()) => {
                let term = self.term();
                for (index, ticket) in (first..).zip(tickets) {
                    self.tickets.open(Index(index), term, ticket);
                }
            }
            Err(_) => self.refused.extend(tickets.map(|ticket| (ticket, Refused::Busy))),
        }
    }

    pub(super) fn propose_change(&mut self, ticket: u64, change: &Change) -> Result<(), Refused> {
        let entry =
            eraftpb::Entry { entry_type: EntryType::EntryConfChange, context: change.encode(), ..Default::default() };
        let index = Index(self.node.raft.raft_log.last_index()).next();
        self.step_proposal(vec![entry]).map_err(|_| Refused::Busy)?;
        self.tickets.open(index, self.term(), ticket);
        Ok(())
    }

    fn step_proposal(&mut self, entries: Vec<eraftpb::Entry>) -> raft::Result<()> {
        let message = eraftpb::Message {
            msg_type: MessageType::MsgPropose,
            from: self.config.id.get(),
            entries: entries.into(),
            ..Default::default()
        };
        self.node.raft.step(message)
    }

    fn ask_reads(&mut self) {
        if !self.reads.is_waiting() {
            return;
        }
        let leader = self.leader();
        let Some(_) = leader else {
            let refused = Refused::NotLeader { leader };
            self.refused.extend(self.reads.take_waiting().into_iter().map(|ticket| (ticket, refused)));
            return;
        };
        // A new leader learns the cluster's commit index with the first entry of its term; until then the reads wait.
        if self.role() == Role::Leader && !self.node.raft.commit_to_current_term() {
            return;
        }
        if let Some(context) = self.reads.question(self.ticks) {
            self.node.read_index(context.to_vec());
        }
    }

    /// Takes over what the engine has for us.
    fn take_engine(&mut self, work: &mut Work) {
        if !self.node.has_ready() {
            return;
        }
        let mut ready = self.node.ready();
        let number = ready.number();
        let hard_state = ready.hs().map(hard_state);
        let entries = ready.take_entries();
        let snapshot = (!ready.snapshot().is_empty()).then(|| ready.snapshot().clone());
        if hard_state.is_some() || !entries.is_empty() || snapshot.is_some() {
            let is_fence = hard_state.is_some_and(|new| (new.term, new.vote) != (self.written.term, self.written.vote));
            self.written = hard_state.unwrap_or(self.written);
            work.write = Some(Write {
                number: self.outbox.write(Some(number), is_fence),
                snapshot: snapshot.as_ref().map(mark_of),
                entries: entries.iter().map(entry_from_engine).collect(),
                hard_state,
                membership: None,
                sync: ready.must_sync(),
            });
        }
        if let (Some(snapshot), Some(write)) = (&snapshot, &mut work.write) {
            self.restore(snapshot, write);
        }
        self.node.mut_store().append(&entries);
        for state in ready.take_read_states() {
            self.reads.answer(&state.request_ctx, Index(state.index), &mut work.reads);
        }
        for message in ready.take_messages().into_iter().chain(ready.take_persisted_messages()) {
            if let Some(message) = from_engine(message) {
                self.outbox.send(message);
            }
        }
        for entry in ready.take_committed_entries() {
            self.apply.commit(entry_from_engine(&entry));
        }
        self.node.advance_append_async(ready);
        if work.write.is_none() && self.outbox.pass(number) {
            self.node.on_persist_ready(number);
        }
    }

    /// A snapshot from the leader: membership, log and state begin with it.
    fn restore(&mut self, snapshot: &eraftpb::Snapshot, write: &mut Write) {
        let mark = mark_of(snapshot);
        let membership = Membership::decode(&snapshot.data);
        let membership =
            membership.unwrap_or_else(|error| panic!("a snapshot's membership was checked on arrival: {error}"));
        write.membership = Some((mark.index, membership.clone()));
        write.hard_state = Some(self.hard_state());
        self.note_mark(mark.index);
        self.apply.replace(write.number, mark);
        self.membership = membership.clone();
        self.node.mut_store().restore(mark, membership);
    }

    /// Hands out what is committed, as far as it may be.
    fn hand_out(&mut self, work: &mut Work) {
        if let Some(mark) = self.apply.take_install() {
            self.tickets.skip(mark.index, &mut self.refused);
            self.node.advance_apply_to(mark.index.0);
            work.install_snapshot = Some(mark);
            work.membership_changed.push((mark.index, self.membership.clone()));
        }
        while self.life == Life::Runs {
            let Some(entry) = self.apply.front() else { break };
            if entry.kind == EntryKind::Membership && !self.hand_out_change(work) {
                break;
            }
            let Some(entry) = self.apply.pop() else { break };
            self.node.advance_apply_to(entry.index.0);
            self.bytes_since_mark += entry.data.len();
            let ticket = self.tickets.commit(entry.index, entry.term, &mut self.refused);
            work.committed.push(Committed { entry, ticket });
        }
    }

    /// A change is at the front: asks for its write, or puts it in force when that is durable. `true`: it may be handed out.
    fn hand_out_change(&mut self, work: &mut Work) -> bool {
        if self.apply.holds_change() {
            let Some(held) = self.apply.take_durable_change() else { return false };
            let index = self.apply.handed().next();
            self.put_in_force(index, &held.change, held.membership, work);
            return true;
        }
        let Some(entry) = self.apply.front().cloned() else { return false };
        let change = decode_change(&entry);
        // A change that does not fit any more changes nothing, on every server alike.
        let Ok(membership) = self.membership.after(&change) else { return true };
        let number = self.write_membership(entry.index, &membership, work);
        self.apply.hold(number, change, membership);
        false
    }

    fn put_in_force(&mut self, index: Index, change: &Change, membership: Membership, work: &mut Work) {
        let applied = self.node.apply_conf_change(&engine_change(change));
        assert!(applied.is_ok(), "the engine accepts a change that fits the membership: {applied:?}");
        self.membership = membership;
        work.membership_changed.push((index, self.membership.clone()));
        if *change == Change::Remove(self.config.id) {
            self.life = Life::Ends;
            // The engine would still count on a leader or candidate being one of its members.
            self.node.raft.become_follower(self.node.raft.term, raft::INVALID_ID);
        }
        self.notice();
    }

    /// Bounds what must be in memory after a restart: when much was committed since the membership was last written, it is written
    /// again as of a newer index.
    fn mark(&mut self, work: &mut Work) {
        let is_due = self.bytes_since_mark > self.config.cache_bytes / 2;
        if is_due && !self.apply.holds_change() && self.life == Life::Runs && work.write.is_some() {
            let membership = self.membership.clone();
            self.write_membership(self.apply.handed(), &membership, work);
        }
    }

    /// Adds the membership as of an index, which is committed and durable, to this turn's write.
    fn write_membership(&mut self, index: Index, membership: &Membership, work: &mut Work) -> u64 {
        let hard_state = self.hard_state();
        let write = work.write.get_or_insert_with(|| Write {
            number: self.outbox.write(None, false),
            snapshot: None,
            entries: Vec::new(),
            hard_state: None,
            membership: None,
            sync: true,
        });
        assert!(write.membership.is_none(), "one write carries one membership");
        write.hard_state = Some(hard_state);
        write.membership = Some((index, membership.clone()));
        write.sync = true;
        let number = write.number;
        self.note_mark(index);
        number
    }

    fn note_mark(&mut self, index: Index) {
        assert!(index >= self.marked, "memberships are written in order of their index");
        self.marked = index;
        self.bytes_since_mark = 0;
    }

    fn hard_state(&self) -> HardState {
        hard_state(&self.node.raft.hard_state())
    }

    fn end(&mut self, work: &mut Work) {
        self.life = Life::Over;
        work.is_stopped = true;
        self.tickets.close(&mut self.refused);
        self.reads.ask_again();
        let reads = self.reads.take_waiting().into_iter();
        let proposals = std::mem::take(&mut self.proposals).into_iter().map(|proposal| proposal.ticket);
        self.refused.extend(reads.chain(proposals).map(|ticket| (ticket, Refused::Stopped)));
    }
}

fn hard_state(from: &eraftpb::HardState) -> HardState {
    HardState { term: Term(from.term), vote: RaftId::new(from.vote), commit: Index(from.commit) }
}

fn decode_change(entry: &Entry) -> Change {
    Change::decode(&entry.data)
        .unwrap_or_else(|error| panic!("a change in the log was checked on arrival, at index {}: {error}", entry.index))
}

fn engine_change(change: &Change) -> ConfChangeV2 {
    let (id, kind) = match change {
        Change::AddLearner(server) => (server.raft_id, ConfChangeType::AddLearnerNode),
        Change::Promote(id) => (*id, ConfChangeType::AddNode),
        Change::Remove(id) => (*id, ConfChangeType::RemoveNode),
    };
    let single = raft::eraftpb::ConfChangeSingle { change_type: kind, node_id: id.get(), ..Default::default() };
    ConfChangeV2 { changes: vec![single].into(), ..Default::default() }
}
