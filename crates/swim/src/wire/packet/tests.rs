//! Packets by their bytes, by their way there and back, and by what strangers may send.

use proptest::prelude::*;

use super::*;

fn nack(sequence: u32) -> Vec<u8> {
    Message::Nack(sequence).encode()
}

#[test]
fn a_compound_has_these_bytes() {
    let packet = seal(&[nack(1), nack(2)], b"", None);
    assert_eq!(
        packet.escape_ascii().to_string(),
        b"\x07\x02\x00\x09\x00\x09\x0b\x81\xa5SeqNo\x01\x0b\x81\xa5SeqNo\x02".escape_ascii().to_string()
    );
    assert_eq!(open(&packet, b""), (vec![Message::Nack(1), Message::Nack(2)], None));
}

#[test]
fn a_checksum_goes_only_to_those_who_check_it() {
    let packet = seal(&[nack(1)], b"", Some(5));
    let sum = crc32fast::hash(&nack(1)).to_be_bytes();
    assert_eq!(packet, [&[12][..], &sum, &nack(1)].concat());
    assert_eq!(open(&packet, b"").0, [Message::Nack(1)]);
    assert_eq!(seal(&[nack(1)], b"", Some(4)), nack(1));
}

#[test]
fn a_damaged_packet_is_told_by_its_checksum() {
    let mut packet = seal(&[nack(1)], b"", Some(5));
    packet[7] ^= 1;
    assert_eq!(open(&packet, b""), (vec![], Some(PacketError::Checksum)));
}

#[test]
fn a_label_must_be_ours() {
    let packet = seal(&[nack(1)], b"blue", Some(5));
    assert_eq!(packet[..6], *b"\xf4\x04blue");
    assert_eq!(open(&packet, b"blue").0, [Message::Nack(1)]);
    let refused = |found: &str, ours: &str| Some(PacketError::Label { found: found.into(), ours: ours.into() });
    assert_eq!(open(&packet, b"").1, refused("blue", ""));
    assert_eq!(open(&nack(1), b"blue").1, refused("", "blue"));
}

#[test]
fn long_packets_are_compressed_and_read_back() {
    let user = Message::User(vec![b'x'; 1000]);
    let packet = seal(&[user.encode(), nack(3)], b"", None);
    assert!(packet.len() < 200, "{}", packet.len());
    assert_eq!(packet[0], 9);
    assert_eq!(open(&packet, b""), (vec![user, Message::Nack(3)], None));
}

#[test]
fn a_bad_part_does_not_spoil_the_others() {
    let packet = seal(&[nack(1), vec![99], nack(2)], b"", None);
    assert_eq!(open(&packet, b""), (vec![Message::Nack(1), Message::Nack(2)], Some(PacketError::Type(99))));
}

#[test]
fn an_encrypted_packet_is_named_as_such() {
    let packet = [&[1][..], &[0xaa; 40]].concat();
    assert_eq!(open(&packet, b"").1, Some(PacketError::Encrypted));
}

#[test]
fn nested_bombs_are_refused() {
    let mut bomb = vec![Kind::User as u8; 200];
    for _ in 0..DEPTH_MAX {
        bomb = compress::pack(&bomb).unwrap();
    }
    assert_eq!(open(&bomb, b"").1, Some(PacketError::TooMuch));
    let wide = compress::pack(&vec![Kind::User as u8; 900_000]).unwrap();
    let packet = seal(&[wide.clone(), wide], b"", None);
    assert_eq!(open(&packet, b"").0.len(), 1);
}

proptest! {
    #[test]
    fn random_packets_never_panic(packet: Vec<u8>) {
        let _ = open(&packet, b"");
    }

    #[test]
    fn random_packets_of_nesting_kinds_never_panic(head in prop::collection::vec(prop::sample::select(vec![7u8, 9, 12, 244]), 1..8), rest: Vec<u8>) {
        let _ = open(&[head, rest].concat(), b"");
    }
}
