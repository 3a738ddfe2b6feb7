//! Between our messages and the engine's. The only place that knows the fields the engine uses for each kind.
//!
//! A membership change travels in the engine's `context` with empty `data`: the engine parses the `data` of such entries as protobuf
//! when they are proposed, and the empty text is a valid change of nothing. Its own reading of it is never used.

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind, SnapshotMark};
use proconsul_base::id::RaftId;
use proconsul_base::index::{Index, Term};
use raft::eraftpb::{self, EntryType, MessageType};

use super::{Kind, Message};
use crate::membership::Membership;

/// The mark the engine uses in vote requests that follow a transfer.
const TRANSFER: &[u8] = raft::CAMPAIGN_TRANSFER;

pub(crate) fn entry_to_engine(entry: &Entry) -> eraftpb::Entry {
    let mut to = eraftpb::Entry { index: entry.index.0, term: entry.term.0, ..Default::default() };
    match entry.kind {
        EntryKind::Command => to.data = entry.data.clone(),
        EntryKind::Membership => {
            to.entry_type = EntryType::EntryConfChange;
            to.context = entry.data.clone();
        }
    }
    to
}

pub(crate) fn entry_from_engine(entry: &eraftpb::Entry) -> Entry {
    let (kind, data) = match entry.entry_type {
        EntryType::EntryNormal => (EntryKind::Command, entry.data.clone()),
        EntryType::EntryConfChange | EntryType::EntryConfChangeV2 => (EntryKind::Membership, entry.context.clone()),
    };
    Entry { index: Index(entry.index), term: Term(entry.term), kind, data }
}

pub(crate) fn snapshot_to_engine(mark: SnapshotMark, membership: &Membership) -> eraftpb::Snapshot {
    let mut snapshot = eraftpb::Snapshot::default();
    let metadata = snapshot.mut_metadata();
    metadata.index = mark.index.0;
    metadata.term = mark.term.0;
    metadata.set_conf_state(conf_state(membership));
    snapshot.data = membership.encode();
    snapshot
}

impl Membership {
    /// As the engine counts it.
    pub(crate) fn conf_state(&self) -> eraftpb::ConfState {
        conf_state(self)
    }
}

fn conf_state(membership: &Membership) -> eraftpb::ConfState {
    let ids = |servers: &[crate::Server]| servers.iter().map(|server| server.raft_id.get()).collect::<Vec<_>>();
    (ids(&membership.voters), ids(&membership.learners)).into()
}

pub(crate) fn mark_of(snapshot: &eraftpb::Snapshot) -> SnapshotMark {
    let metadata = snapshot.get_metadata();
    mark(metadata.index, metadata.term)
}

fn mark(index: u64, term: u64) -> SnapshotMark {
    SnapshotMark { index: Index(index), term: Term(term) }
}

/// The engine's form of a message from a peer.
pub(crate) fn to_engine(message: Message) -> eraftpb::Message {
    let mut to =
        eraftpb::Message { from: message.from.get(), to: message.to.get(), term: message.term.0, ..Default::default() };
    match message.kind {
        Kind::Append { previous, commit, entries } => {
            to.msg_type = MessageType::MsgAppend;
            (to.index, to.log_term) = (previous.index.0, previous.term.0);
            to.commit = commit.0;
            to.entries = entries.iter().map(entry_to_engine).collect::<Vec<_>>().into();
        }
        Kind::Appended { matched, commit } => {
            to.msg_type = MessageType::MsgAppendResponse;
            (to.index, to.commit) = (matched.0, commit.0);
        }
        Kind::Rejected { previous, hint, commit } => {
            to.msg_type = MessageType::MsgAppendResponse;
            to.reject = true;
            (to.index, to.commit) = (previous.0, commit.0);
            (to.reject_hint, to.log_term) = (hint.index.0, hint.term.0);
        }
        Kind::Heartbeat { commit, context } => {
            to.msg_type = MessageType::MsgHeartbeat;
            (to.commit, to.context) = (commit.0, context);
        }
        Kind::HeartbeatReply { commit, context } => {
            to.msg_type = MessageType::MsgHeartbeatResponse;
            (to.commit, to.context) = (commit.0, context);
        }
        Kind::RequestVote { is_pre, is_transfer, last, commit } => {
            to.msg_type = if is_pre { MessageType::MsgRequestPreVote } else { MessageType::MsgRequestVote };
            to.context = if is_transfer { Bytes::from_static(TRANSFER) } else { Bytes::new() };
            (to.index, to.log_term) = (last.index.0, last.term.0);
            (to.commit, to.commit_term) = (commit.index.0, commit.term.0);
        }
        Kind::Vote { is_pre, is_granted, commit } => {
            to.msg_type =
                if is_pre { MessageType::MsgRequestPreVoteResponse } else { MessageType::MsgRequestVoteResponse };
            to.reject = !is_granted;
            (to.commit, to.commit_term) = (commit.index.0, commit.term.0);
        }
        Kind::Snapshot { mark, membership } => {
            to.msg_type = MessageType::MsgSnapshot;
            to.set_snapshot(snapshot_to_engine(mark, &membership));
        }
        Kind::TimeoutNow => to.msg_type = MessageType::MsgTimeoutNow,
        Kind::ReadIndex { context } => {
            to.msg_type = MessageType::MsgReadIndex;
            to.entries = vec![eraftpb::Entry { data: context, ..Default::default() }].into();
        }
        Kind::ReadIndexReply { index, context } => {
            to.msg_type = MessageType::MsgReadIndexResp;
            to.index = index.0;
            to.entries = vec![eraftpb::Entry { data: context, ..Default::default() }].into();
        }
    }
    to
}

/// Our form of a message the engine wants sent; `None` for what never leaves a peer.
pub(crate) fn from_engine(mut from: eraftpb::Message) -> Option<Message> {
    let context =
        |from: &mut eraftpb::Message| from.entries.first().map(|entry| entry.data.clone()).unwrap_or_default();
    let kind = match from.msg_type {
        MessageType::MsgAppend => Kind::Append {
            previous: mark(from.index, from.log_term),
            commit: Index(from.commit),
            entries: from.entries.iter().map(entry_from_engine).collect(),
        },
        MessageType::MsgAppendResponse if from.reject => Kind::Rejected {
            previous: Index(from.index),
            hint: mark(from.reject_hint, from.log_term),
            commit: Index(from.commit),
        },
        MessageType::MsgAppendResponse => Kind::Appended { matched: Index(from.index), commit: Index(from.commit) },
        MessageType::MsgHeartbeat => Kind::Heartbeat { commit: Index(from.commit), context: from.context },
        MessageType::MsgHeartbeatResponse => Kind::HeartbeatReply { commit: Index(from.commit), context: from.context },
        MessageType::MsgRequestVote | MessageType::MsgRequestPreVote => Kind::RequestVote {
            is_pre: from.msg_type == MessageType::MsgRequestPreVote,
            is_transfer: from.context == TRANSFER,
            last: mark(from.index, from.log_term),
            commit: mark(from.commit, from.commit_term),
        },
        MessageType::MsgRequestVoteResponse | MessageType::MsgRequestPreVoteResponse => Kind::Vote {
            is_pre: from.msg_type == MessageType::MsgRequestPreVoteResponse,
            is_granted: !from.reject,
            commit: mark(from.commit, from.commit_term),
        },
        MessageType::MsgSnapshot => Kind::Snapshot {
            mark: mark_of(from.get_snapshot()),
            membership: Membership::decode(&from.get_snapshot().data).ok()?,
        },
        MessageType::MsgTimeoutNow => Kind::TimeoutNow,
        MessageType::MsgReadIndex => Kind::ReadIndex { context: context(&mut from) },
        MessageType::MsgReadIndexResp => Kind::ReadIndexReply { index: Index(from.index), context: context(&mut from) },
        MessageType::MsgHup
        | MessageType::MsgBeat
        | MessageType::MsgPropose
        | MessageType::MsgUnreachable
        | MessageType::MsgSnapStatus
        | MessageType::MsgCheckQuorum
        | MessageType::MsgTransferLeader => return None,
    };
    Some(Message { from: RaftId::new(from.from)?, to: RaftId::new(from.to)?, term: Term(from.term), kind })
}
