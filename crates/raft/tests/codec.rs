//! Bytes of messages, memberships, changes and promises: golden, there and back, and never a panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use bytes::Bytes;
use proconsul_base::entry::{Entry, EntryKind};
use proconsul_base::id::{ClusterId, NodeId, RaftId};
use proconsul_base::index::{Index, Term};
use proconsul_raft::bootstrap::BootstrapMessage;
use proconsul_raft::{Change, Kind, Malformed, Membership, Message, Server, SnapshotMark};
use proptest::prelude::*;

fn id(number: u64) -> RaftId {
    RaftId::new(number).unwrap()
}

fn server(number: u64) -> Server {
    Server { raft_id: id(number), node_id: NodeId::from_bytes([number as u8; 16]), name: format!("s{number}") }
}

fn mark(index: u64, term: u64) -> SnapshotMark {
    SnapshotMark { index: Index(index), term: Term(term) }
}

fn entry(index: u64, kind: EntryKind, data: Bytes) -> Entry {
    Entry { index: Index(index), term: Term(3), kind, data }
}

fn kinds() -> Vec<Kind> {
    let context = Bytes::from_static(b"read");
    let change = Change::AddLearner(server(4)).encode();
    let entries = vec![
        entry(8, EntryKind::Command, Bytes::from_static(b"set")),
        entry(9, EntryKind::Command, Bytes::new()),
        entry(10, EntryKind::Membership, change),
    ];
    vec![
        Kind::Append { previous: mark(7, 3), commit: Index(6), entries },
        Kind::Append { previous: mark(0, 0), commit: Index(0), entries: Vec::new() },
        Kind::Appended { matched: Index(10), commit: Index(9) },
        Kind::Rejected { previous: Index(7), hint: mark(5, 2), commit: Index(4) },
        Kind::Heartbeat { commit: Index(9), context: context.clone() },
        Kind::HeartbeatReply { commit: Index(9), context: context.clone() },
        Kind::RequestVote { is_pre: true, is_transfer: false, last: mark(10, 3), commit: mark(9, 3) },
        Kind::RequestVote { is_pre: false, is_transfer: true, last: mark(10, 3), commit: mark(9, 3) },
        Kind::Vote { is_pre: false, is_granted: true, commit: mark(0, 0) },
        Kind::Vote { is_pre: true, is_granted: false, commit: mark(9, 3) },
        Kind::Snapshot { mark: mark(9, 3), membership: Membership::of_voters(vec![server(2), server(1)]) },
        Kind::TimeoutNow,
        Kind::ReadIndexReply { index: Index(9), context },
    ]
}

fn encoded(message: &Message) -> Bytes {
    let mut bytes = Vec::new();
    message.encode_into(&mut bytes);
    bytes.into()
}

#[test]
fn every_message_reads_back() {
    let mut messages: Vec<_> =
        kinds().into_iter().map(|kind| Message { from: id(1), to: id(2), term: Term(3), kind }).collect();
    let kind = Kind::ReadIndex { context: Bytes::from_static(b"read") };
    messages.push(Message { from: id(1), to: id(2), term: Term(0), kind });
    for message in messages {
        assert_eq!(Message::decode(&encoded(&message)), Ok(message));
    }
}

#[test]
fn a_heartbeat_has_these_bytes() {
    let kind = Kind::Heartbeat { commit: Index(0x0102), context: Bytes::from_static(b"ab") };
    let bytes = encoded(&Message { from: id(1), to: id(2), term: Term(3), kind });
    let expected = [
        [1, 3].as_slice(),
        &1_u64.to_le_bytes(),
        &2_u64.to_le_bytes(),
        &3_u64.to_le_bytes(),
        &0x0102_u64.to_le_bytes(),
        &2_u32.to_le_bytes(),
        b"ab",
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn a_message_cut_short_or_followed_by_more_is_refused() {
    for kind in kinds() {
        let bytes = encoded(&Message { from: id(1), to: id(2), term: Term(3), kind });
        for length in 0..bytes.len() {
            assert!(Message::decode(&bytes.slice(..length)).is_err());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Message::decode(&longer.into()), Err(Malformed::Left(1)));
    }
}

#[test]
fn entries_with_a_gap_or_a_falling_term_are_refused() {
    let entries = |indexes: [u64; 2], previous: SnapshotMark| {
        let entries = indexes.map(|index| entry(index, EntryKind::Command, Bytes::new())).to_vec();
        let kind = Kind::Append { previous, commit: Index(0), entries };
        Message::decode(&encoded(&Message { from: id(1), to: id(2), term: Term(3), kind }))
    };
    assert!(entries([8, 9], mark(7, 3)).is_ok());
    assert!(entries([8, 10], mark(7, 3)).is_err());
    assert!(entries([9, 10], mark(7, 3)).is_err());
    assert!(entries([8, 9], mark(7, 4)).is_err());
}

#[test]
fn only_a_passed_on_read_comes_without_a_term() {
    let message = Message { from: id(1), to: id(2), term: Term(0), kind: Kind::TimeoutNow };
    assert!(Message::decode(&encoded(&message)).is_err());
}

#[test]
fn a_membership_without_voters_or_with_a_server_twice_is_refused() {
    let good = Membership { voters: vec![server(1)], learners: vec![server(2)] };
    assert_eq!(Membership::decode(&good.encode()), Ok(good));
    for bad in [
        Membership { voters: vec![], learners: vec![server(2)] },
        Membership { voters: vec![server(1)], learners: vec![server(1)] },
        Membership { voters: vec![server(2), server(1)], learners: vec![] },
    ] {
        assert!(Membership::decode(&bad.encode()).is_err());
    }
}

#[test]
fn every_bootstrap_message_reads_back() {
    let cluster = ClusterId::from_bytes([7; 16]);
    let members = Membership::of_voters(vec![server(1), server(2), server(3)]);
    for message in [
        BootstrapMessage::Ask { cluster, members },
        BootstrapMessage::Promised { cluster },
        BootstrapMessage::Refused { is_member: true },
        BootstrapMessage::Release { cluster },
    ] {
        let mut bytes = Vec::new();
        message.encode_into(&mut bytes);
        assert_eq!(BootstrapMessage::decode(&bytes.into()), Ok(message));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0..12_u8) {
        let mut framed = vec![1, kind];
        framed.extend_from_slice(&bytes);
        for bytes in [Bytes::from(framed), Bytes::from(bytes)] {
            let _ = Message::decode(&bytes);
            let _ = Membership::decode(&bytes);
            let _ = Change::decode(&bytes);
            let _ = BootstrapMessage::decode(&bytes);
        }
    }
}
