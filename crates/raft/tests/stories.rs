//! Small clusters in one place, disks that are always done, messages that always arrive: what a driver may count on, and the stories of
//! bugs that the simulation found.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::collections::BTreeMap;

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, HardState};
use proconsul_base::id::{NodeId, RaftId};
use proconsul_base::index::{Index, Term};
use proconsul_raft::{
    Change, Config, Core, Kind, Membership, Message, Refused, Role, Server, SnapshotMark, Start, StepError, Work,
    genesis,
};

fn id(number: u64) -> RaftId {
    RaftId::new(number).unwrap()
}

fn server(number: u64) -> Server {
    Server { raft_id: id(number), node_id: NodeId::from_bytes([number as u8; 16]), name: format!("s{number}") }
}

fn founder(number: u64, members: &Membership) -> Core {
    let write = genesis(members.clone());
    let mark = write.snapshot.unwrap();
    let start = Start {
        hard_state: write.hard_state.unwrap(),
        membership: write.membership,
        compacted: mark,
        snapshot: Some((mark, members.clone())),
        last: mark.index,
        ..Start::default()
    };
    Core::new(Config::new(id(number), number), start).unwrap()
}

/// Cores with perfect disks and wires.
struct Cluster {
    cores: BTreeMap<RaftId, Core>,
    committed: BTreeMap<RaftId, Vec<(Index, Option<u64>)>>,
    reads: Vec<(u64, Index)>,
    refused: Vec<(u64, Refused)>,
    wants_snapshot: bool,
}

impl Cluster {
    fn of(count: u64) -> Self {
        let members = Membership::of_voters((1..=count).map(server).collect());
        let cores = (1..=count).map(|number| (id(number), founder(number, &members))).collect();
        Self { cores, committed: BTreeMap::new(), reads: Vec::new(), refused: Vec::new(), wants_snapshot: false }
    }

    fn core(&mut self, number: u64) -> &mut Core {
        self.cores.get_mut(&id(number)).unwrap()
    }

    fn elect(&mut self, number: u64) {
        self.core(number).campaign();
        self.settle();
        assert_eq!(self.core(number).role(), Role::Leader);
    }

    /// Until nobody has anything to do.
    fn settle(&mut self) {
        loop {
            let ids: Vec<_> = self.cores.keys().copied().collect();
            let mut messages = Vec::new();
            for id in ids {
                while let Some(work) = self.cores.get_mut(&id).unwrap().ready() {
                    messages.extend(self.carry_out(id, work));
                }
            }
            if messages.is_empty() {
                return;
            }
            for message in messages {
                if let Some(core) = self.cores.get_mut(&message.to) {
                    core.step(message).unwrap();
                }
            }
        }
    }

    fn carry_out(&mut self, id: RaftId, work: Work) -> Vec<Message> {
        let core = self.cores.get_mut(&id).unwrap();
        if let Some(write) = work.write {
            core.persisted(write.number);
        }
        let committed = self.committed.entry(id).or_default();
        for entry in work.committed {
            core.applied(entry.entry.index);
            committed.push((entry.entry.index, entry.ticket));
        }
        core.check().unwrap();
        self.wants_snapshot |= work.wants_snapshot;
        self.reads.extend(work.reads);
        self.refused.extend(work.refused);
        work.send.into_iter().chain(work.send_snapshot.into_iter().map(|send| send.message)).collect()
    }
}

#[test]
fn a_ticket_comes_back_with_its_entry_and_only_where_it_was_proposed() {
    let mut cluster = Cluster::of(3);
    cluster.elect(1);
    cluster.core(1).propose(7, Bytes::from_static(b"x")).unwrap();
    cluster.settle();
    assert_eq!(cluster.committed[&id(1)].last(), Some(&(Index(3), Some(7))));
    assert_eq!(cluster.committed[&id(2)].last(), Some(&(Index(3), None)));
}

#[test]
fn a_follower_refuses_a_proposal_and_names_the_leader() {
    let mut cluster = Cluster::of(3);
    cluster.elect(1);
    let refused = cluster.core(2).propose(7, Bytes::new());
    assert_eq!(refused, Err(Refused::NotLeader { leader: Some(id(1)) }));
}

#[test]
fn reads_of_one_turn_share_a_question_on_leader_and_follower_alike() {
    let mut cluster = Cluster::of(3);
    cluster.elect(1);
    for number in [1, 2] {
        cluster.core(number).read_index(10 * number);
        cluster.core(number).read_index(10 * number + 1);
        let work = cluster.core(number).ready().unwrap();
        let questions = work.send.iter().filter(|message| match &message.kind {
            Kind::Heartbeat { context, .. } | Kind::ReadIndex { context } => !context.is_empty(),
            _ => false,
        });
        assert_eq!(questions.count(), if number == 1 { 2 } else { 1 });
        let messages = cluster.carry_out(id(number), work);
        for message in messages {
            cluster.cores.get_mut(&message.to).unwrap().step(message).unwrap();
        }
        cluster.settle();
    }
    cluster.reads.sort_unstable();
    assert_eq!(cluster.reads, [(10, Index(2)), (11, Index(2)), (20, Index(2)), (21, Index(2))]);
}

#[test]
fn a_lone_voter_says_nothing_before_its_vote_is_durable() {
    let mut members = Membership::of_voters(vec![server(1)]);
    members.learners.push(server(2));
    let mut core = founder(1, &members);
    core.campaign();
    let work = core.ready().unwrap();
    assert_eq!(core.role(), Role::Leader);
    assert_eq!(work.write.as_ref().and_then(|write| write.hard_state.map(|state| state.vote)), Some(Some(id(1))));
    assert!(work.send.is_empty());
    core.persisted(work.write.unwrap().number);
    assert!(!core.ready().unwrap().send.is_empty());
}

#[test]
fn a_change_takes_effect_only_when_commit_and_membership_are_durable() {
    let mut core = founder(1, &Membership::of_voters(vec![server(1)]));
    let finish = |core: &mut Core| {
        while let Some(work) = core.ready() {
            work.write.iter().for_each(|write| core.persisted(write.number));
        }
    };
    core.campaign();
    finish(&mut core);
    core.change(5, &Change::AddLearner(server(2))).unwrap();
    let appended = core.ready().unwrap().write.unwrap();
    core.persisted(appended.number);
    let held = core.ready().unwrap();
    assert!(held.committed.is_empty() && !core.membership().contains(id(2)));
    let write = held.write.unwrap();
    let (index, membership) = write.membership.clone().unwrap();
    assert!(write.sync && membership.contains(id(2)) && write.hard_state.unwrap().commit >= index);
    assert_eq!(core.change(6, &Change::Promote(id(2))), Err(Refused::ChangePending));
    core.persisted(write.number);
    let work = core.ready().unwrap();
    assert_eq!(work.committed[0].ticket, Some(5));
    assert!(core.membership().contains(id(2)));
}

#[test]
fn a_leader_is_not_removed_before_it_has_handed_over() {
    let mut cluster = Cluster::of(3);
    cluster.elect(1);
    assert_eq!(cluster.core(1).change(1, &Change::Remove(id(1))), Err(Refused::RemovesLeader));
    cluster.core(1).transfer(id(2)).unwrap();
    cluster.settle();
    assert_eq!(cluster.core(2).role(), Role::Leader);
    cluster.core(2).change(1, &Change::Remove(id(1))).unwrap();
    cluster.settle();
    assert!(!cluster.core(2).membership().contains(id(1)));
}

/// With two voters the one that stays lost, in a crash, that it had removed the other. Only the other could elect it, and did not
/// answer any more because it knew of its removal; later it did not because it still believed in its last leader.
#[test]
fn a_removed_server_still_elects_one_that_does_not_know_of_the_removal() {
    let mut cluster = Cluster::of(2);
    cluster.elect(1);
    cluster.core(1).change(1, &Change::Remove(id(2))).unwrap();
    cluster.settle();
    assert!(cluster.core(2).status().is_stopped || cluster.core(2).membership().contains(id(2)));
    let last = cluster.core(2).status().last;
    for _ in 0..20 {
        cluster.core(2).tick();
    }
    let term = Term(cluster.core(2).term().0 + 1);
    let last = SnapshotMark { index: last, term: Term(2) };
    let kind = Kind::RequestVote { is_pre: false, is_transfer: false, last, commit: SnapshotMark::default() };
    cluster.core(2).step(Message { from: id(1), to: id(2), term, kind }).unwrap();
    let mut sent = Vec::new();
    while let Some(work) = cluster.core(2).ready() {
        sent.extend(cluster.carry_out(id(2), work));
    }
    assert!(sent.iter().any(|message| matches!(message.kind, Kind::Vote { is_granted: true, is_pre: false, .. })));
}

/// A server that was added after the newest snapshot could not receive it: the snapshot's membership did not name it.
#[test]
fn a_newcomer_makes_its_leader_want_a_newer_snapshot() {
    let mut cluster = Cluster::of(1);
    cluster.elect(1);
    cluster.cores.insert(id(2), Core::new(Config::new(id(2), 2), Start::default()).unwrap());
    cluster.core(1).change(1, &Change::AddLearner(server(2))).unwrap();
    for _ in 0..10 {
        cluster.core(1).tick();
        cluster.settle();
    }
    assert!(cluster.wants_snapshot);
    let (index, membership) = (cluster.core(1).commit(), cluster.core(1).membership().clone());
    cluster.core(1).snapshot_taken(SnapshotMark { index, term: Term(2) }, membership);
    for _ in 0..10 {
        cluster.core(1).tick();
        cluster.settle();
    }
    assert!(cluster.core(2).membership().contains(id(2)));
}

#[test]
fn a_message_for_another_identity_is_refused() {
    let mut cluster = Cluster::of(1);
    let message = Message { from: id(2), to: id(3), term: Term(9), kind: Kind::TimeoutNow };
    assert_eq!(cluster.core(1).step(message), Err(StepError::NotForMe { to: id(3), me: id(1) }));
}

#[test]
fn a_log_that_lost_committed_entries_is_no_start() {
    let hard_state = HardState { term: Term(2), vote: None, commit: Index(9) };
    let start = Start { hard_state, ..Start::default() };
    let error = Core::new(Config::new(id(1), 1), start).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("index 9 was committed, but the log ends at 0: acknowledged entries are lost"));
}

#[test]
fn a_snapshot_the_log_has_not_heard_of_becomes_its_beginning() {
    let members = Membership::of_voters(vec![server(1)]);
    let entry = Entry { index: Index(2), term: Term(2), kind: EntryKind::Command, data: Bytes::new() };
    let log = Start {
        hard_state: HardState { term: Term(2), vote: Some(id(1)), commit: Index(2) },
        compacted: SnapshotMark { index: Index(1), term: Term(1) },
        terms: vec![(Index(2), Term(2))],
        entries: vec![entry],
        last: Index(2),
        membership: Some((Index(1), members.clone())),
        ..Start::default()
    };
    let known = SnapshotMark { index: Index(2), term: Term(2) };
    assert!(log.clone().with_snapshot(known, members.clone()).1.is_none());
    let ahead = SnapshotMark { index: Index(50), term: Term(3) };
    let (start, write) = log.with_snapshot(ahead, members);
    assert_eq!(write.and_then(|write| write.snapshot), Some(ahead));
    assert_eq!((start.applied(), start.last, start.hard_state.vote), (Index(50), Index(50), Some(id(1))));
    assert!(Core::new(Config::new(id(1), 1), start).is_ok());
}
