//! Streams by their bytes, in pieces, and by what strangers may send.

use proptest::prelude::*;

use super::*;
use crate::wire::push_pull::{NodeState, State};

fn state(nodes: usize) -> PushPull {
    let node = |number: usize| NodeState {
        node: format!("node-{number}"),
        address: "127.0.0.1:8301".parse().unwrap(),
        meta: vec![255, 0x80],
        incarnation: 3,
        state: State::Suspect,
        vsn: [1, 5, 2, 2, 5, 4],
    };
    PushPull { join: true, nodes: (0..nodes).map(node).collect(), user_state: b"above".to_vec() }
}

/// Byte by byte, the message is complete exactly at the end.
fn check_in_pieces(stream: &[u8], label: &[u8], expected: &StreamMessage) {
    let mut reader = StreamReader::new(label);
    let (last, first) = stream.split_last().unwrap();
    for byte in first {
        assert_eq!(reader.push(&[*byte]), Ok(None));
    }
    assert_eq!(reader.push(&[*last]), Ok(Some(expected.clone())));
}

#[test]
fn a_state_has_these_bytes() {
    let mut state = state(1);
    state.nodes[0].node = "a".into();
    let golden = b"\x06\x83\xa5Nodes\x01\xacUserStateLen\x05\xa4Join\xc3\
        \x87\xa4Name\xa1a\xa4Addr\xa4\x7f\x00\x00\x01\xa4Port\xcd\x20\x6d\xa4Meta\xa2\xff\x80\
        \xabIncarnation\x03\xa5State\x01\xa3Vsn\xa6\x01\x05\x02\x02\x05\x04above";
    assert_eq!(state.encode().escape_ascii().to_string(), golden.escape_ascii().to_string());
    check_in_pieces(golden, b"", &StreamMessage::PushPull(state));
}

#[test]
fn a_user_message_has_these_bytes() {
    assert_eq!(encode_user(b"hi"), b"\x08\x81\xaaUserMsgLen\x02hi");
    check_in_pieces(&encode_user(b"hi"), b"", &StreamMessage::User(b"hi".to_vec()));
}

#[test]
fn every_message_reads_back_in_pieces_with_and_without_label() {
    for message in [
        StreamMessage::PushPull(state(40)),
        StreamMessage::Ping(Ping { sequence: 1, node: "a".into(), source: None }),
        StreamMessage::Ack(Ack { sequence: 1, payload: vec![1] }),
        StreamMessage::User(vec![7; 300]),
        StreamMessage::Error("no".into()),
    ] {
        check_in_pieces(&message.encode(b""), b"", &message);
        check_in_pieces(&message.encode(b"blue"), b"blue", &message);
    }
}

#[test]
fn an_encrypted_stream_is_named_as_such() {
    assert_eq!(StreamReader::new(b"").push(&[10, 0, 0, 0, 50]), Err(StreamError::Encrypted));
}

#[test]
fn false_promises_are_refused_before_anything_is_reserved() {
    let header = |nodes: u64, user: u64| {
        let mut writer = Writer::after(vec![6]);
        writer.map(2).raw("Nodes").uint(nodes).raw("UserStateLen").uint(user);
        StreamReader::new(b"").push(&writer.finish())
    };
    assert_eq!(header(1 << 40, 0), Err(PushPullError::Nodes(1 << 40).into()));
    assert_eq!(header(0, 1 << 40), Err(PushPullError::UserState(1 << 40).into()));
}

#[test]
fn an_endless_record_is_given_up() {
    let mut reader = StreamReader::new(b"");
    let promise = b"\x06\x81\xa5Extra\xdb\x00\x10\x00\x00";
    assert_eq!(reader.push(promise), Ok(None));
    assert_eq!(reader.push(&vec![0; GOSSIP_RECORD_BYTES]), Err(PushPullError::LongRecord.into()));
}

proptest! {
    #[test]
    fn random_streams_never_panic(kind in 0u8..14, pieces: Vec<Vec<u8>>) {
        let mut reader = StreamReader::new(b"");
        let _ = reader.push(&[kind]);
        for piece in pieces {
            if reader.push(&piece).is_err() {
                break;
            }
        }
    }

    #[test]
    fn damaged_states_never_panic(at: prop::sample::Index, byte: u8) {
        let mut stream = state(3).encode();
        let at = at.index(stream.len());
        stream[at] = byte;
        let _ = StreamReader::new(b"").push(&stream);
    }
}
