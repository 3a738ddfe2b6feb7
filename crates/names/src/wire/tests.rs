//! Packets byte for byte, and packets of any bytes.

use proptest::prelude::*;

use super::request::{Received, Request, read};
use super::{reply, write};
use crate::edns::{Edns, Subnet};
use crate::fixture::{address, name};
use crate::message::{Code, Data, Message, Question, Record, kind};

/// A header with these flags and counts, then the rest.
fn packet(flags: u16, counts: [u16; 4], rest: &[u8]) -> Vec<u8> {
    let words = [0x1234, flags].into_iter().chain(counts).flat_map(u16::to_be_bytes);
    words.chain(rest.iter().copied()).collect()
}

/// `foo.consul A IN`.
const QUESTION: &[u8] = b"\x03foo\x06consul\x00\x00\x01\x00\x01";
const ASKED: u16 = 0x0100;

fn opt(options: &[u8]) -> Vec<u8> {
    let mut record = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00".to_vec();
    record.extend((options.len() as u16).to_be_bytes());
    record.extend(options);
    record
}

fn asked(packet: &[u8]) -> Request {
    match read(packet) {
        Received::Asked(request) => request,
        other => panic!("{other:?}"),
    }
}

fn rejected(packet: &[u8]) -> (u8, Code, bool) {
    match read(packet) {
        Received::Rejected(message) => (message.opcode, message.code, message.question.is_some()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_question_is_read_with_the_wishes_of_the_client() {
    let request = asked(&packet(ASKED | 0x10, [1, 0, 0, 0], QUESTION));
    assert_eq!(request.question, Question { name: name("foo.consul"), kind: kind::A, class: 1 });
    assert!(request.recursion_desired && request.checking_disabled && request.edns.is_none());
    // Bytes behind the question are not looked at, and missing records are forgiven.
    asked(&packet(ASKED, [1, 1, 0, 1], QUESTION));
    asked(&packet(ASKED, [1, 0, 0, 0], &[QUESTION, b"xxxx"].concat()));
    assert_eq!(asked(&packet(ASKED, [1, 0, 0, 0], &QUESTION[..14])).question.class, 0);
}

#[test]
fn what_is_no_question_is_ignored() {
    let whole = packet(ASKED, [1, 0, 0, 0], QUESTION);
    assert_eq!(read(&[]), Received::Ignored);
    assert_eq!(read(&whole[..11]), Received::Ignored);
    assert_eq!(read(&packet(0x8000 | ASKED, [1, 0, 0, 0], QUESTION)), Received::Ignored);
}

#[test]
fn other_messages_are_turned_away() {
    let counted = |counts| rejected(&packet(ASKED, counts, QUESTION));
    assert_eq!(rejected(&packet(0x2800, [1, 0, 0, 0], QUESTION)), (5, Code::NotImplemented, false));
    for counts in [[0, 0, 0, 0], [2, 0, 0, 0], [1, 2, 0, 0], [1, 0, 2, 0], [1, 0, 0, 3]] {
        assert_eq!(counted(counts), (0, Code::FormatError, false), "{counts:?}");
    }
    assert_eq!(rejected(&packet(ASKED, [1, 0, 0, 0], &[])), (0, Code::Refused, false));
    assert!(!asked(&packet(0x2100, [1, 0, 0, 0], QUESTION)).recursion_desired, "a notification wishes nothing");
}

#[test]
fn a_broken_question_is_a_format_error() {
    let broken = [
        &QUESTION[..6],
        &QUESTION[..QUESTION.len() - 3],
        b"\xc0\x0c\x00\x01\x00\x01",
        b"\xc0\xff\x00\x01\x00\x01",
        b"\x41ab\x00\x00\x01\x00\x01",
    ];
    for rest in broken {
        assert_eq!(rejected(&packet(ASKED, [1, 0, 0, 0], rest)), (0, Code::FormatError, false), "{rest:?}");
    }
    let long = [b"\x3c".as_slice(), &[b'a'; 60]].concat().repeat(5);
    assert_eq!(
        rejected(&packet(ASKED, [1, 0, 0, 0], &[&long[..], b"\x00\x00\x01\x00\x01"].concat())).1,
        Code::FormatError
    );
}

#[test]
fn the_last_edns_record_counts() {
    let rest = [QUESTION, &opt(&[]), &opt(b"\x00\x08\x00\x07\x00\x01\x18\x00\x01\x02\x03")].concat();
    let subnet = Subnet { address: Some(address("1.2.3.0")), source: 24, scope: 0 };
    assert_eq!(asked(&packet(ASKED, [1, 0, 0, 2], &rest)).edns, Some(Edns { size: 1232, subnet: Some(subnet) }));
}

#[test]
fn a_broken_option_is_told_with_its_question() {
    let broken: [&[u8]; 6] = [
        b"\x00\x08\x00\x07\x00\x03\x18\x00\x01\x02\x03",
        b"\x00\x08\x00\x07\x00\x01\x21\x00\x01\x02\x03",
        b"\x00\x08\x00\x07\x00\x01\x18\x40\x01\x02\x03",
        b"\x00\x08\x00\x03\x00\x01\x18",
        b"\x00\x08\x00\x04\x00\x00\x18\x00",
        b"\x00\x0a\x00",
    ];
    for options in broken {
        let whole = packet(ASKED, [1, 0, 0, 1], &[QUESTION, &opt(options)].concat());
        assert_eq!(rejected(&whole), (0, Code::FormatError, true), "{options:?}");
    }
}

fn message() -> Message {
    let record = |owner: &str, data| Record { name: name(owner), ttl: 5, data };
    let target = name("n1.node.dc1.consul");
    Message {
        id: 0x1234,
        authoritative: true,
        recursion_desired: true,
        question: Some(Question { name: name("web.service.consul"), kind: kind::SRV, class: 1 }),
        answers: vec![
            record("web.service.consul", Data::Srv { priority: 1, weight: 2, port: 80, target: target.clone() }),
            record("web.service.consul", Data::Cname(name("N1.node.dc1.consul"))),
        ],
        authorities: vec![record("consul", Data::Ns(target))],
        additionals: vec![
            record("n1.node.dc1.consul", address("10.0.0.1").into()),
            record("n1.node.dc1.consul", Data::Txt(vec![b'x'; 300].into())),
        ],
        edns: Some(Edns { size: 4096, subnet: None }),
        ..Message::default()
    }
}

#[test]
fn names_are_compressed_but_not_inside_services() {
    let bytes = write::packet(&message(), true);
    let expected = [
        b"\x12\x34\x85\x00\x00\x01\x00\x02\x00\x01\x00\x03".as_slice(),
        b"\x03web\x07service\x06consul\x00\x00\x21\x00\x01",
        b"\xc0\x0c\x00\x21\x00\x01\x00\x00\x00\x05\x00\x1a\x00\x01\x00\x02\x00\x50",
        b"\x02n1\x04node\x03dc1\x06consul\x00",
        // Another spelling of the first label, so only the rest is pointed to.
        b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x05\x00\x05\x02N1\xc0\x39",
        b"\xc0\x18\x00\x02\x00\x01\x00\x00\x00\x05\x00\x02\xc0\x36",
        b"\xc0\x36\x00\x01\x00\x01\x00\x00\x00\x05\x00\x04\x0a\x00\x00\x01",
        b"\xc0\x36\x00\x10\x00\x01\x00\x00\x00\x05\x01\x2e\xff",
        &[b'x'; 255],
        b"\x2d",
        &[b'x'; 45],
        b"\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00",
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn the_plain_length_is_that_of_the_plain_packet() {
    let message = Message { edns: None, ..message() };
    assert_eq!(write::plain_length(&message), write::packet(&message, false).len());
}

#[test]
fn the_subnet_is_repeated_with_its_prefix() {
    let subnet = Subnet { address: Some(address("1.2.255.4")), source: 20, scope: 20 };
    let message = Message { edns: Some(Edns { size: 1232, subnet: Some(subnet) }), ..Message::default() };
    let bytes = write::packet(&message, true);
    assert!(bytes.ends_with(b"\x00\x0b\x00\x08\x00\x07\x00\x01\x14\x14\x01\x02\xf0"), "{bytes:x?}");
}

#[test]
fn records_of_other_servers_read_back() {
    let mut message = message();
    message.answers.extend(std::mem::take(&mut message.additionals));
    let bytes = write::packet(&message, true);
    let head = reply::head(&bytes).expect("a head");
    assert!(head.is_response && head.id == 0x1234 && head.code == 0);
    // SRV is no record to follow.
    assert_eq!(reply::answers(&bytes).expect("records"), message.answers[1..]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
        let _ = reply::answers(&bytes);
        let mut asked = packet(ASKED, [1, 1, 1, 2], QUESTION);
        asked.extend(&bytes);
        let _ = read(&asked);
        asked[7] = 200;
        let _ = reply::answers(&asked);
    }
}
