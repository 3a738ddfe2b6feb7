//! Serf's wire forms: a type byte, then a msgpack map. They travel as memberlist's user messages and user state.

use std::net::SocketAddr;

use proconsul_swim::wire::message::{MessageError, ip_bytes, ip_from};
use proconsul_swim::wire::msgpack::{ReadError, Reader, Writer};

use crate::lamport::Time;

mod query;
mod state;

pub use query::{Answer, Conflict, Filter, Query, Relayed, key_refusal};
pub use state::{EventsAt, RemoteState};

const LEAVE: u8 = 0;
const JOIN: u8 = 1;
const PUSH_PULL: u8 = 2;
const USER_EVENT: u8 = 3;
const QUERY: u8 = 4;
const ANSWER: u8 = 5;
const CONFLICT: u8 = 6;
const KEY_RESPONSE: u8 = 8;
const RELAY: u8 = 9;

/// Why a message was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Nothing at all.
    #[error("the message is empty")]
    Empty,
    /// An unknown type byte.
    #[error("serf message type {0} is unknown")]
    Type(u8),
    /// Its fields could not be read.
    #[error(transparent)]
    Fields(#[from] ReadError),
    /// An address in it could not be read.
    #[error(transparent)]
    Address(#[from] MessageError),
    /// More entries than are allowed.
    #[error("the message lists {0} entries, more than are allowed")]
    TooMany(usize),
}

/// Somebody leaves on purpose, or is made to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// When.
    pub time: Time,
    /// Who.
    pub node: String,
    /// Whether it is to be forgotten at once.
    pub prune: bool,
}

/// Somebody joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// When.
    pub time: Time,
    /// Who.
    pub node: String,
}

/// A short message for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEvent {
    /// When.
    pub time: Time,
    /// Its name.
    pub name: String,
    /// What it carries.
    pub payload: Vec<u8>,
    /// Whether events of this name may be merged into the last.
    pub coalesce: bool,
}

/// One message of serf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Somebody leaves on purpose, or is made to.
    Leave(Leave),
    /// Somebody joined.
    Join(Join),
    /// A short message for everybody.
    UserEvent(UserEvent),
    /// A question to everybody.
    Query(Query),
    /// An answer to the asker.
    Answer(Answer),
    /// A message to be passed on to one member.
    Relay(Relayed),
}

impl Message {
    /// The type byte and the body.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Leave(leave) => {
                let mut writer = Writer::after(vec![LEAVE]);
                writer.map(3).raw("LTime").uint(leave.time).raw("Node").raw(&leave.node);
                writer.raw("Prune").bool(leave.prune);
                writer.finish()
            }
            Self::Join(join) => {
                let mut writer = Writer::after(vec![JOIN]);
                writer.map(2).raw("LTime").uint(join.time).raw("Node").raw(&join.node);
                writer.finish()
            }
            Self::UserEvent(event) => {
                let mut writer = Writer::after(vec![USER_EVENT]);
                writer.map(4).raw("LTime").uint(event.time).raw("Name").raw(&event.name);
                writer.raw("Payload").raw_or_nil(&event.payload).raw("CC").bool(event.coalesce);
                writer.finish()
            }
            Self::Query(query) => query.encode(),
            Self::Answer(answer) => answer.encode(),
            Self::Relay(relayed) => relayed.encode(),
        }
    }

    /// From a type byte and a body.
    ///
    /// # Errors
    /// It is to be dropped.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (&kind, body) = bytes.split_first().ok_or(WireError::Empty)?;
        let reader = &mut Reader::new(body);
        match kind {
            LEAVE => decode_leave(reader).map(Self::Leave),
            JOIN => decode_leave(reader).map(|Leave { time, node, .. }| Self::Join(Join { time, node })),
            USER_EVENT => decode_event(reader).map(Self::UserEvent),
            QUERY => Query::decode(reader).map(Self::Query),
            ANSWER => Answer::decode(reader).map(Self::Answer),
            RELAY => Relayed::decode(body).map(Self::Relay),
            _ => Err(WireError::Type(kind)),
        }
    }
}

fn decode_leave(reader: &mut Reader<'_>) -> Result<Leave, WireError> {
    let mut leave = Leave { time: 0, node: String::new(), prune: false };
    reader.fields(|key, reader| {
        match key {
            b"LTime" => leave.time = reader.u64()?,
            b"Node" => leave.node = reader.text()?.to_owned(),
            b"Prune" => leave.prune = reader.bool()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(leave)
}

fn decode_event(reader: &mut Reader<'_>) -> Result<UserEvent, WireError> {
    let mut event = UserEvent { time: 0, name: String::new(), payload: Vec::new(), coalesce: false };
    reader.fields(|key, reader| {
        match key {
            b"LTime" => event.time = reader.u64()?,
            b"Name" => event.name = reader.text()?.to_owned(),
            b"Payload" => event.payload = reader.raw()?.to_vec(),
            b"CC" => event.coalesce = reader.bool()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(event)
}

fn address_from(ip: &[u8], port: u16) -> Result<SocketAddr, WireError> {
    Ok(SocketAddr::new(ip_from(ip)?, port))
}

fn address_bytes(address: SocketAddr) -> Vec<u8> {
    ip_bytes(address.ip())
}

#[cfg(test)]
mod tests;
