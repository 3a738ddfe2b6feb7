//! A client's packet: what it asks, or why it is turned away, as the DNS library under Consul 1.8.7 does it.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::cursor::{Cursor, Malformed};
use super::flag;
use crate::edns::{Edns, Subnet};
use crate::message::{Code, Message, Question, kind};

/// The opcodes that are let in (RFC 1035, RFC 1996); a notification is answered like a question.
const QUERY: u8 = 0;
const NOTIFY: u8 = 4;
/// The option that carries a client's network (RFC 7871 §6).
const SUBNET_OPTION: u16 = 8;

/// A question that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The number the client gave it.
    pub id: u16,
    /// The kind of message: a query or a notification.
    pub opcode: u8,
    /// Whether the client wants other servers to be asked.
    pub recursion_desired: bool,
    /// Whether the client checks signatures itself.
    pub checking_disabled: bool,
    /// The question.
    pub question: Question,
    /// What it says about itself.
    pub edns: Option<Edns>,
}

/// What to do with a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Nothing: it is no question, or too short for any answer.
    Ignored,
    /// Send this back.
    Rejected(Box<Message>),
    /// Answer it.
    Asked(Request),
}

/// Reads a packet of any bytes.
pub fn read(packet: &[u8]) -> Received {
    let mut cursor = Cursor::new(packet, 0);
    let Ok(head) = Head::read(&mut cursor) else { return Received::Ignored };
    if head.flags & flag::RESPONSE != 0 {
        return Received::Ignored;
    }
    let [questions, answers, authorities, additionals] = head.counts;
    if head.opcode != QUERY && head.opcode != NOTIFY {
        return head.reject(head.opcode, Code::NotImplemented, None);
    }
    // A notification may carry one SOA, a transfer another, and EDNS may come with a signature.
    if questions != 1 || answers > 1 || authorities > 1 || additionals > 2 {
        return head.reject(QUERY, Code::FormatError, None);
    }
    if cursor.is_at_end() {
        return head.reject(head.opcode, Code::Refused, None);
    }
    let Ok(question) = read_question(&mut cursor) else { return head.reject(QUERY, Code::FormatError, None) };
    match read_edns(&mut cursor, answers + authorities, additionals) {
        Ok(edns) => {
            let is_query = head.opcode == QUERY;
            Received::Asked(Request {
                id: head.id,
                opcode: head.opcode,
                recursion_desired: is_query && head.flags & flag::RECURSION_DESIRED != 0,
                checking_disabled: is_query && head.flags & flag::CHECKING_DISABLED != 0,
                question,
                edns,
            })
        }
        Err(Malformed) => head.reject(QUERY, Code::FormatError, Some(question)),
    }
}

/// The first twelve bytes.
struct Head {
    id: u16,
    flags: u16,
    opcode: u8,
    counts: [u16; 4],
}

impl Head {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Malformed> {
        let (id, flags) = (cursor.u16()?, cursor.u16()?);
        let counts = [cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?];
        Ok(Self { id, flags, opcode: (flags >> 11 & 0xf) as u8, counts })
    }

    fn reject(&self, opcode: u8, code: Code, question: Option<Question>) -> Received {
        Received::Rejected(Box::new(Message {
            id: self.id,
            opcode,
            recursion_desired: self.flags & flag::RECURSION_DESIRED != 0,
            checking_disabled: self.flags & flag::CHECKING_DISABLED != 0,
            code,
            question,
            ..Message::default()
        }))
    }
}

/// A packet that ends early, but between two fields, has zeros in the rest.
fn read_question(cursor: &mut Cursor<'_>) -> Result<Question, Malformed> {
    let name = cursor.name()?;
    let kind = if cursor.is_at_end() { 0 } else { cursor.u16()? };
    let class = if cursor.is_at_end() { 0 } else { cursor.u16()? };
    Ok(Question { name, kind, class })
}

/// The last OPT record. Counts that promise more than there is are forgiven when the packet ends between two records.
fn read_edns(cursor: &mut Cursor<'_>, before: u16, additionals: u16) -> Result<Option<Edns>, Malformed> {
    for _ in 0..before {
        if !cursor.is_at_end() {
            cursor.record()?;
        }
    }
    let mut edns = None;
    for _ in 0..additionals {
        if cursor.is_at_end() {
            break;
        }
        let record = cursor.record()?;
        if record.kind == kind::OPT {
            edns = Some(Edns { size: record.class, subnet: read_options(record.data)? });
        }
    }
    Ok(edns)
}

fn read_options(data: &[u8]) -> Result<Option<Subnet>, Malformed> {
    let mut cursor = Cursor::new(data, 0);
    let mut subnet = None;
    while !cursor.is_at_end() {
        let (code, length) = (cursor.u16()?, cursor.u16()?);
        let value = cursor.bytes(usize::from(length))?;
        if code == SUBNET_OPTION && subnet.is_none() {
            subnet = Some(read_subnet(value)?);
        }
    }
    Ok(subnet)
}

/// An address that is shorter than its mask is filled up with zeros.
fn read_subnet(value: &[u8]) -> Result<Subnet, Malformed> {
    let mut cursor = Cursor::new(value, 0);
    let (family, source, scope) = (cursor.u16()?, cursor.u8()?, cursor.u8()?);
    let given = value.get(4..).unwrap_or_default();
    let (address, most) = match family {
        0 => (None, 0),
        1 => (Some(Ipv4Addr::from(padded::<4>(given)).into()), 32),
        2 => (Some(Ipv6Addr::from(padded::<16>(given)).into()), 128),
        _ => return Err(Malformed),
    };
    if source > most || (scope > most && family != 0) {
        return Err(Malformed);
    }
    Ok(Subnet { address, source, scope: 0 })
}

fn padded<const N: usize>(given: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    let count = given.len().min(N);
    bytes[..count].copy_from_slice(&given[..count]);
    bytes
}
