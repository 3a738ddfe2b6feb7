//! Whole packets: many small messages packed into few datagrams, and taken apart again. Bad parts do not spoil good ones.

use proconsul_base::limit::GOSSIP_PACKET_UNPACKED_BYTES;

use super::compress::{self, CompressError};
use super::kind::Kind;
use super::message::{Message, MessageError};

/// Bytes that a compound costs itself, and each part of it.
pub const COMPOUND_BYTES: usize = 2;
/// The most parts of one compound.
pub const COMPOUND_PARTS: usize = 255;
/// The first protocol version whose speakers check a CRC.
pub const CRC_SINCE: u8 = 5;
/// Below this, compression cannot win back what its own fields cost.
const COMPRESS_FROM_BYTES: usize = 128;
/// How deep compounds and compressed messages may nest; ours nest twice.
const DEPTH_MAX: u32 = 6;
const CRC_BYTES: usize = 5;
/// Version byte, nonce and tag of an encrypted packet.
const ENCRYPTED_BYTES_MIN: usize = 29;

/// Why a packet, or a part of it, was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// It ends too early.
    #[error("the packet is cut short")]
    Short,
    /// Its label is not ours.
    #[error("the packet bears label {found:?}, this pool has {ours:?}")]
    Label {
        /// The packet's, empty for none.
        found: String,
        /// Ours, empty for none.
        ours: String,
    },
    /// It is encrypted.
    #[error(
        "the packet seems to be encrypted, but this member has no gossip key; all members need the same key, or none"
    )]
    Encrypted,
    /// Its checksum does not fit its bytes.
    #[error("the packet's checksum does not match; it was damaged on the way")]
    Checksum,
    /// A type that does not travel in packets.
    #[error("message type {0} is unknown in packets")]
    Type(u8),
    /// Nested too deep, or unpacks to too much.
    #[error("the packet unpacks to more than {GOSSIP_PACKET_UNPACKED_BYTES} bytes or {DEPTH_MAX} levels")]
    TooMuch,
    /// A compressed part was not unpacked.
    #[error(transparent)]
    Compressed(#[from] CompressError),
    /// A message was not understood.
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// One or several encoded messages as one packet; `protocol_max` is the receiver's, when known.
///
/// Panics never; more than 255 parts lose those beyond, which callers exclude by the packet's size.
pub fn seal(parts: &[Vec<u8>], label: &[u8], protocol_max: Option<u8>) -> Vec<u8> {
    let body = match parts {
        [one] => one.clone(),
        many => compound(many),
    };
    let body = compressed(body);
    let mut packet = Vec::with_capacity(body.len() + CRC_BYTES + label.len() + 2);
    label_onto(&mut packet, label);
    if protocol_max.is_some_and(|max| max >= CRC_SINCE) {
        packet.push(Kind::Crc as u8);
        packet.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
    }
    packet.extend_from_slice(&body);
    packet
}

/// Puts the label's head before a packet or a stream; none when it is empty.
pub fn label_onto(bytes: &mut Vec<u8>, label: &[u8]) {
    if !label.is_empty() {
        bytes.extend_from_slice(&[Kind::Label as u8, label.len() as u8]);
        bytes.extend_from_slice(label);
    }
}

/// How many bytes the label takes on each packet.
pub const fn label_bytes(label: &[u8]) -> usize {
    if label.is_empty() { 0 } else { label.len() + 2 }
}

fn compound(parts: &[Vec<u8>]) -> Vec<u8> {
    let parts = &parts[..parts.len().min(COMPOUND_PARTS)];
    let mut bytes = vec![Kind::Compound as u8, parts.len() as u8];
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u16).to_be_bytes());
    }
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

fn compressed(body: Vec<u8>) -> Vec<u8> {
    if body.len() < COMPRESS_FROM_BYTES {
        return body;
    }
    compress::pack(&body).filter(|packed| packed.len() < body.len()).unwrap_or(body)
}

/// Takes a packet apart. All messages that could be understood are there, whatever the error.
pub fn open(packet: &[u8], label: &[u8]) -> (Vec<Message>, Option<PacketError>) {
    let mut opening = Opening { messages: Vec::new(), error: None, budget: GOSSIP_PACKET_UNPACKED_BYTES };
    match unwrap(packet, label) {
        Ok(body) => opening.part(body, DEPTH_MAX),
        Err(error) => opening.error = Some(error),
    }
    (opening.messages, opening.error)
}

/// Takes off label and checksum.
fn unwrap<'a>(packet: &'a [u8], label: &[u8]) -> Result<&'a [u8], PacketError> {
    let body = check_label(packet, label)?.ok_or(PacketError::Short)?;
    if body.first() != Some(&(Kind::Crc as u8)) {
        return if looks_encrypted(body) { Err(PacketError::Encrypted) } else { Ok(body) };
    }
    let (expected, message) = body[1..].split_first_chunk().ok_or(PacketError::Short)?;
    if crc32fast::hash(message).to_be_bytes() != *expected {
        return Err(PacketError::Checksum);
    }
    Ok(message)
}

/// What follows the label; `None` while the label itself is cut short.
pub(super) fn check_label<'a>(bytes: &'a [u8], ours: &[u8]) -> Result<Option<&'a [u8]>, PacketError> {
    let (found, rest) = match bytes {
        [first, rest @ ..] if *first == Kind::Label as u8 => {
            let Some((length, rest)) = rest.split_first() else { return Ok(None) };
            let Some(parts) = rest.split_at_checked(usize::from(*length)) else { return Ok(None) };
            parts
        }
        _ => (&[][..], bytes),
    };
    if found != ours {
        let text = |label| String::from_utf8_lossy(label).into_owned();
        return Err(PacketError::Label { found: text(found), ours: text(ours) });
    }
    Ok(Some(rest))
}

/// Encrypted packets have no type byte: they begin with version 0 or 1, then a random nonce. The plain messages of those
/// numbers begin with a map.
fn looks_encrypted(body: &[u8]) -> bool {
    let is_map = |byte: u8| matches!(byte, 0x80..=0x8f | 0xde | 0xdf);
    body.len() >= ENCRYPTED_BYTES_MIN && body[0] <= 1 && !is_map(body[1])
}

/// What has come out of a packet so far, and how much may still.
struct Opening {
    messages: Vec<Message>,
    error: Option<PacketError>,
    budget: usize,
}

impl Opening {
    fn part(&mut self, part: &[u8], depth: u32) {
        if let Err(error) = self.try_part(part, depth) {
            self.error.get_or_insert(error);
        }
    }

    fn try_part(&mut self, part: &[u8], depth: u32) -> Result<(), PacketError> {
        let depth = depth.checked_sub(1).ok_or(PacketError::TooMuch)?;
        let (&number, body) = part.split_first().ok_or(PacketError::Short)?;
        let kind = Kind::from_number(number).ok_or(PacketError::Type(number))?;
        self.budget = self.budget.checked_sub(part.len()).ok_or(PacketError::TooMuch)?;
        match kind {
            Kind::Compound => self.compound(body, depth),
            Kind::Compress => {
                let unpacked = compress::unpack(body, self.budget)?;
                self.try_part(&unpacked, depth)
            }
            _ => {
                let message = Message::decode(kind, body).ok_or(PacketError::Type(number))?;
                self.messages.push(message?);
                Ok(())
            }
        }
    }

    fn compound(&mut self, body: &[u8], depth: u32) -> Result<(), PacketError> {
        let (&count, body) = body.split_first().ok_or(PacketError::Short)?;
        let (lengths, mut bodies) = body.split_at_checked(usize::from(count) * 2).ok_or(PacketError::Short)?;
        for length in lengths.chunks_exact(2) {
            let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
            let (part, rest) = bodies.split_at_checked(length).ok_or(PacketError::Short)?;
            self.part(part, depth);
            bodies = rest;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
