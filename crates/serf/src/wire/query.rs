//! Queries, their answers, and the way of an answer through another member.

use std::net::SocketAddr;

use proconsul_base::limit::GOSSIP_STREAM_NODES;
use proconsul_swim::wire::msgpack::{ReadError, Reader, Writer};

use super::{ANSWER, CONFLICT, KEY_RESPONSE, QUERY, RELAY, WireError, address_bytes, address_from};
use crate::lamport::Time;
use crate::member::Member;
use crate::tags;

/// An ack is wanted besides the answer; in an answer: this is the ack.
const FLAG_ACK: u32 = 1;
/// The query is not to be passed on.
const FLAG_NO_BROADCAST: u32 = 2;

/// Whom a query is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Members of these names.
    Nodes(Vec<String>),
    /// Members one of whose tags matches.
    Tag {
        /// The tag.
        tag: String,
        /// A regular expression for its value.
        expression: String,
    },
}

/// A question to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// When.
    pub time: Time,
    /// Random, tells queries of the same time apart.
    pub id: u32,
    /// Where answers go.
    pub address: SocketAddr,
    /// Who asks.
    pub source: String,
    /// Whom it is meant for; all must fit.
    pub filters: Vec<Filter>,
    /// Whether an ack is wanted.
    pub wants_ack: bool,
    /// Whether it is not to be passed on.
    pub is_private: bool,
    /// Through how many others answers go as well.
    pub relay_factor: u8,
    /// How long the asker waits, in nanoseconds.
    pub timeout_ns: i64,
    /// Its name.
    pub name: String,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl Query {
    pub(super) fn encode(&self) -> Vec<u8> {
        let flags = u32::from(self.wants_ack) * FLAG_ACK + u32::from(self.is_private) * FLAG_NO_BROADCAST;
        let mut writer = Writer::after(vec![QUERY]);
        writer.map(11).raw("LTime").uint(self.time).raw("ID").uint(self.id.into());
        writer.raw("Addr").raw(address_bytes(self.address)).raw("Port").uint(self.address.port().into());
        writer.raw("SourceNode").raw(&self.source).raw("Filters").array(self.filters.len());
        for filter in &self.filters {
            writer.raw(filter.encode());
        }
        writer.raw("Flags").uint(flags.into()).raw("RelayFactor").uint(self.relay_factor.into());
        writer.raw("Timeout").int(self.timeout_ns).raw("Name").raw(&self.name);
        writer.raw("Payload").raw_or_nil(&self.payload);
        writer.finish()
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let (mut ip, mut port, mut flags) = (&[][..], 0, 0u32);
        let mut filters = Vec::new();
        let mut query = Self {
            time: 0,
            id: 0,
            address: SocketAddr::from(([0, 0, 0, 0], 0)),
            source: String::new(),
            filters: Vec::new(),
            wants_ack: false,
            is_private: false,
            relay_factor: 0,
            timeout_ns: 0,
            name: String::new(),
            payload: Vec::new(),
        };
        reader.fields(|key, reader| {
            match key {
                b"LTime" => query.time = reader.u64()?,
                b"ID" => query.id = reader.uint()?,
                b"Addr" => ip = reader.raw()?,
                b"Port" => port = reader.uint()?,
                b"SourceNode" => query.source = reader.text()?.to_owned(),
                b"Filters" => filters = read_list(reader, Reader::raw)?,
                b"Flags" => flags = reader.uint()?,
                b"RelayFactor" => query.relay_factor = reader.uint()?,
                b"Timeout" => query.timeout_ns = reader.i64()?,
                b"Name" => query.name = reader.text()?.to_owned(),
                b"Payload" => query.payload = reader.raw()?.to_vec(),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        query.address = address_from(ip, port)?;
        query.filters = filters.into_iter().map(Filter::decode).collect::<Result<_, _>>()?;
        query.wants_ack = flags & FLAG_ACK != 0;
        query.is_private = flags & FLAG_NO_BROADCAST != 0;
        Ok(query)
    }
}

impl Filter {
    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Nodes(names) => {
                let mut writer = Writer::after(vec![0]);
                writer.array(names.len());
                names.iter().for_each(|name| {
                    writer.raw(name);
                });
                writer.finish()
            }
            Self::Tag { tag, expression } => {
                let mut writer = Writer::after(vec![1]);
                writer.map(2).raw("Tag").raw(tag).raw("Expr").raw(expression);
                writer.finish()
            }
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (&kind, body) = bytes.split_first().ok_or(WireError::Empty)?;
        let reader = &mut Reader::new(body);
        match kind {
            0 => Ok(Self::Nodes(read_list(reader, Reader::text)?.into_iter().map(str::to_owned).collect())),
            1 => {
                let (mut tag, mut expression) = ("", "");
                reader.fields(|key, reader| {
                    match key {
                        b"Tag" => tag = reader.text()?,
                        b"Expr" => expression = reader.text()?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
                Ok(Self::Tag { tag: tag.to_owned(), expression: expression.to_owned() })
            }
            _ => Err(WireError::Type(kind)),
        }
    }
}

fn read_list<'a, T>(
    reader: &mut Reader<'a>,
    element: impl Fn(&mut Reader<'a>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let count = reader.array()?;
    (0..count.min(GOSSIP_STREAM_NODES)).map(|_| element(reader)).collect()
}

/// An answer to a query, or its ack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Of the query.
    pub time: Time,
    /// Of the query.
    pub id: u32,
    /// Who answers.
    pub from: String,
    /// Whether this only says that the query arrived.
    pub is_ack: bool,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl Answer {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::after(vec![ANSWER]);
        writer.map(5).raw("LTime").uint(self.time).raw("ID").uint(self.id.into()).raw("From").raw(&self.from);
        writer.raw("Flags").uint(u64::from(self.is_ack)).raw("Payload").raw_or_nil(&self.payload);
        writer.finish()
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut flags = 0u32;
        let mut answer = Self { time: 0, id: 0, from: String::new(), is_ack: false, payload: Vec::new() };
        reader.fields(|key, reader| {
            match key {
                b"LTime" => answer.time = reader.u64()?,
                b"ID" => answer.id = reader.uint()?,
                b"From" => answer.from = reader.text()?.to_owned(),
                b"Flags" => flags = reader.uint()?,
                b"Payload" => answer.payload = reader.raw()?.to_vec(),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        answer.is_ack = flags & FLAG_ACK != 0;
        Ok(answer)
    }
}

/// A message to be passed on to one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// Where to.
    pub to: SocketAddr,
    /// The receiver's name.
    pub name: String,
    /// The message, type byte and all.
    pub message: Vec<u8>,
}

impl Relayed {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::after(vec![RELAY]);
        writer.map(2).raw("DestAddr").map(3).raw("IP").raw(address_bytes(self.to));
        writer.raw("Port").uint(self.to.port().into()).raw("Zone").raw("");
        writer.raw("DestName").raw(&self.name);
        let mut bytes = writer.finish();
        bytes.extend_from_slice(&self.message);
        bytes
    }

    pub(super) fn decode(body: &[u8]) -> Result<Self, WireError> {
        let (mut ip, mut port, mut name) = (&[][..], 0, "");
        let mut reader = Reader::new(body);
        reader.fields(|key, reader| match key {
            b"DestAddr" => reader.fields(|key, reader| {
                match key {
                    b"IP" => ip = reader.raw()?,
                    b"Port" => port = reader.uint()?,
                    _ => reader.skip()?,
                }
                Ok(())
            }),
            b"DestName" => {
                name = reader.text()?;
                Ok(())
            }
            _ => reader.skip(),
        })?;
        Ok(Self { to: address_from(ip, port)?, name: name.to_owned(), message: reader.rest().to_vec() })
    }
}

/// What a member knows of a disputed name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Where the bearer of the name is.
    pub address: SocketAddr,
}

impl Conflict {
    /// The payload of an answer: the whole record of the member.
    pub fn encode(member: &Member) -> Vec<u8> {
        let mut writer = Writer::after(vec![CONFLICT]);
        writer.map(11).raw("Name").raw(&*member.name).raw("Addr").raw(address_bytes(member.address));
        writer.raw("Port").uint(member.address.port().into()).raw("Tags");
        tags::write(&mut writer, &member.tags);
        writer.raw("Status").uint(member.status.number().into());
        for (protocol, versions) in [("Protocol", member.protocol), ("Delegate", member.delegate)] {
            for (bound, value) in [("Min", versions.min), ("Max", versions.max), ("Cur", versions.current)] {
                writer.raw(format!("{protocol}{bound}")).uint(value.into());
            }
        }
        writer.finish()
    }

    /// From the payload of an answer.
    ///
    /// # Errors
    /// The answer does not count.
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        let (&kind, body) = payload.split_first().ok_or(WireError::Empty)?;
        if kind != CONFLICT {
            return Err(WireError::Type(kind));
        }
        let (mut ip, mut port) = (&[][..], 0);
        Reader::new(body).fields(|key, reader| {
            match key {
                b"Addr" => ip = reader.raw()?,
                b"Port" => port = reader.uint()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(Self { address: address_from(ip, port)? })
    }
}

/// The answer of a member without a key ring to a query about keys.
pub fn key_refusal() -> Vec<u8> {
    let mut writer = Writer::after(vec![KEY_RESPONSE]);
    writer.map(4).raw("Result").bool(false).raw("Message").raw("this member's gossip is not encrypted: it has no keys");
    writer.raw("Keys").nil().raw("PrimaryKey").raw("");
    writer.finish()
}
