//! What another server answered, as far as its records are passed on or followed.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::cursor::{Cursor, Malformed, RecordHead};
use super::flag;
use crate::message::{Data, Record, kind};

/// The head of another server's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyHead {
    /// The number of the question it belongs to.
    pub id: u16,
    /// The number of its code (RFC 1035 §4.1.1).
    pub code: u8,
    /// Whether it is an answer at all.
    pub is_response: bool,
}

/// Reads only the head.
pub fn head(packet: &[u8]) -> Result<ReplyHead, Malformed> {
    let mut cursor = Cursor::new(packet, 0);
    let (id, flags) = (cursor.u16()?, cursor.u16()?);
    Ok(ReplyHead { id, code: (flags & 0xf) as u8, is_response: flags & flag::RESPONSE != 0 })
}

/// The records of the answer section; types that are not known here are left out.
pub fn answers(packet: &[u8]) -> Result<Vec<Record>, Malformed> {
    let mut cursor = Cursor::new(packet, 0);
    cursor.u32()?;
    let (questions, answers) = (cursor.u16()?, cursor.u16()?);
    cursor.u32()?;
    for _ in 0..questions {
        cursor.name()?;
        cursor.u32()?;
    }
    let mut records = Vec::new();
    for _ in 0..answers {
        let head = cursor.record()?;
        if let Some(data) = data(&head)? {
            records.push(Record { name: head.name, ttl: head.ttl, data });
        }
    }
    Ok(records)
}

fn data(head: &RecordHead<'_>) -> Result<Option<Data>, Malformed> {
    let mut cursor = head.data_cursor;
    Ok(Some(match head.kind {
        kind::A => Data::A(Ipv4Addr::from(<[u8; 4]>::try_from(head.data).map_err(|_| Malformed)?)),
        kind::AAAA => Data::Aaaa(Ipv6Addr::from(<[u8; 16]>::try_from(head.data).map_err(|_| Malformed)?)),
        kind::CNAME => Data::Cname(cursor.name()?),
        kind::NS => Data::Ns(cursor.name()?),
        kind::PTR => Data::Ptr(cursor.name()?),
        kind::TXT => Data::Txt(text(head.data)?),
        _ => return Ok(None),
    }))
}

/// The pieces of a text, joined.
fn text(data: &[u8]) -> Result<Box<[u8]>, Malformed> {
    let mut cursor = Cursor::new(data, 0);
    let mut text = Vec::with_capacity(data.len());
    while !cursor.is_at_end() {
        let length = cursor.u8()?;
        text.extend_from_slice(cursor.bytes(usize::from(length))?);
    }
    Ok(text.into())
}
