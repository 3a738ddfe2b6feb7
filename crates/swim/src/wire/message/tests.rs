//! The bytes of each message, written down by hand from the format, and what decoders must survive.

use proptest::prelude::*;

use super::*;
use crate::wire::kind::Kind;

fn check(message: Message, golden: &[u8]) {
    let bytes = message.encode();
    assert_eq!(bytes.escape_ascii().to_string(), golden.escape_ascii().to_string());
    let kind = Kind::from_number(bytes[0]).unwrap();
    assert_eq!(Message::decode(kind, &bytes[1..]), Some(Ok(message)));
}

fn source() -> Option<Source> {
    Some(Source { address: "10.0.0.1:8301".parse().unwrap(), node: "b".into() })
}

#[test]
fn a_ping_has_these_bytes() {
    check(
        Message::Ping(Ping { sequence: 200, node: "a".into(), source: None }),
        b"\x00\x82\xa5SeqNo\xcc\xc8\xa4Node\xa1a",
    );
    check(
        Message::Ping(Ping { sequence: 1, node: "a".into(), source: source() }),
        b"\x00\x85\xa5SeqNo\x01\xa4Node\xa1a\xaaSourceAddr\xa4\x0a\x00\x00\x01\xaaSourcePort\xcd\x20\x6d\xaaSourceNode\xa1b",
    );
}

#[test]
fn an_indirect_ping_has_these_bytes() {
    let target = "10.0.0.2:1".parse().unwrap();
    check(
        Message::IndirectPing(IndirectPing { sequence: 1, target, node: "a".into(), nack: true, source: None }),
        b"\x01\x85\xa5SeqNo\x01\xa6Target\xa4\x0a\x00\x00\x02\xa4Port\x01\xa4Node\xa1a\xa4Nack\xc3",
    );
}

#[test]
fn acks_and_nacks_have_these_bytes() {
    check(Message::Ack(Ack { sequence: 7, payload: vec![] }), b"\x02\x82\xa5SeqNo\x07\xa7Payload\xc0");
    check(Message::Ack(Ack { sequence: 7, payload: vec![1, 2] }), b"\x02\x82\xa5SeqNo\x07\xa7Payload\xa2\x01\x02");
    check(Message::Nack(7), b"\x0b\x81\xa5SeqNo\x07");
}

#[test]
fn accusations_have_these_bytes() {
    let accusation = Accusation { incarnation: 70_000, node: "a".into(), from: "b".into() };
    let body = b"\x83\xabIncarnation\xce\x00\x01\x11\x70\xa4Node\xa1a\xa4From\xa1b";
    check(Message::Suspect(accusation.clone()), &[&[3], &body[..]].concat());
    check(Message::Dead(accusation), &[&[5], &body[..]].concat());
}

#[test]
fn an_alive_has_these_bytes() {
    let alive = Alive {
        incarnation: 2,
        node: "a".into(),
        address: "127.0.0.1:8301".parse().unwrap(),
        meta: vec![255, 0x80],
        vsn: [1, 5, 2, 2, 5, 4],
    };
    check(
        Message::Alive(alive),
        b"\x04\x86\xabIncarnation\x02\xa4Node\xa1a\xa4Addr\xa4\x7f\x00\x00\x01\xa4Port\xcd\x20\x6d\xa4Meta\xa2\xff\x80\xa3Vsn\xa6\x01\x05\x02\x02\x05\x04",
    );
}

#[test]
fn user_bytes_follow_the_type_byte_as_they_are() {
    check(Message::User(vec![9, 8]), b"\x08\x09\x08");
}

#[test]
fn an_ipv4_address_in_ipv6_form_is_the_same_address() {
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1];
    assert_eq!(ip_from(&mapped), Ok(IpAddr::from([10, 0, 0, 1])));
    assert_eq!(ip_from(&[1, 2]), Err(MessageError::Address(2)));
}

#[test]
fn a_member_without_a_name_is_refused() {
    assert_eq!(Message::decode(Kind::Alive, b"\x81\xa4Addr\xa4\x0a\x00\x00\x01"), Some(Err(MessageError::Nameless)));
}

proptest! {
    #[test]
    fn random_bodies_never_panic(kind in 0u8..16, body: Vec<u8>) {
        if let Some(kind) = Kind::from_number(kind) {
            let _ = Message::decode(kind, &body);
        }
    }

    #[test]
    fn damaged_messages_never_panic(at in 0usize..60, byte: u8) {
        let mut bytes = Message::Ping(Ping { sequence: 1, node: "a".into(), source: source() }).encode();
        let at = 1 + at % (bytes.len() - 1);
        bytes[at] = byte;
        let _ = Message::decode(Kind::Ping, &bytes[1..]);
    }
}
