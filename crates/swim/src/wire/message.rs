//! The messages of packets, each with its map of fields. Unknown fields are skipped, missing ones are empty.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::kind::Kind;
use super::msgpack::{ReadError, Reader, Writer};

/// A protocol and a delegate version range: pmin, pmax, pcur, dmin, dmax, dcur.
pub type Vsn = [u8; 6];

/// Why a message could not be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Its fields could not be read.
    #[error(transparent)]
    Fields(#[from] ReadError),
    /// An address has neither 4 nor 16 bytes.
    #[error("an address of {0} bytes; expected 4 or 16")]
    Address(usize),
    /// A version record does not have six bytes.
    #[error("a version record of {0} bytes; expected 6")]
    Versions(usize),
    /// A member without a name.
    #[error("a member without a name")]
    Nameless,
}

/// Who sent a ping, as it wants to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where the answer goes.
    pub address: SocketAddr,
    /// The asker's name.
    pub node: String,
}

/// Are you there?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Comes back in the ack.
    pub sequence: u32,
    /// Who is meant; anybody else ignores it. Empty means whoever receives it.
    pub node: String,
    /// Who asks; old members do not say.
    pub source: Option<Source>,
}

/// Ping somebody in my place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndirectPing {
    /// Comes back in the ack or nack.
    pub sequence: u32,
    /// Where the member is to be pinged.
    pub target: SocketAddr,
    /// Who is to be pinged.
    pub node: String,
    /// Whether a nack is wanted.
    pub nack: bool,
    /// Who asks; old members do not say.
    pub source: Option<Source>,
}

/// I am here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Of the ping.
    pub sequence: u32,
    /// From the layer above; empty when it has none.
    pub payload: Vec<u8>,
}

/// A member does not answer (suspect), or is gone (dead).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accusation {
    /// Of the accused, as the accuser knows it.
    pub incarnation: u32,
    /// The accused.
    pub node: String,
    /// The accuser; in a dead message the accused itself when it left on purpose.
    pub from: String,
}

/// A member speaks about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alive {
    /// Grows whenever the member has something new to say.
    pub incarnation: u32,
    /// Its name.
    pub node: String,
    /// Where it is.
    pub address: SocketAddr,
    /// For the layer above.
    pub meta: Vec<u8>,
    /// What it speaks.
    pub vsn: Vsn,
}

/// One message of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Are you there?
    Ping(Ping),
    /// Ping somebody in my place.
    IndirectPing(IndirectPing),
    /// I am here.
    Ack(Ack),
    /// The member you asked me to ping does not answer in time; the sequence of the request.
    Nack(u32),
    /// A member does not answer.
    Suspect(Accusation),
    /// A member speaks about itself.
    Alive(Alive),
    /// A member is gone, or left.
    Dead(Accusation),
    /// Bytes of the layer above.
    User(Vec<u8>),
}

impl Message {
    /// The type byte and the body.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ping(ping) => encode_ping(ping),
            Self::IndirectPing(request) => encode_indirect_ping(request),
            Self::Ack(ack) => {
                let mut writer = begin(Kind::Ack);
                writer.map(2).raw("SeqNo").uint(ack.sequence.into()).raw("Payload").raw_or_nil(&ack.payload);
                writer.finish()
            }
            Self::Nack(sequence) => {
                let mut writer = begin(Kind::Nack);
                writer.map(1).raw("SeqNo").uint((*sequence).into());
                writer.finish()
            }
            Self::Suspect(accusation) => encode_accusation(Kind::Suspect, accusation),
            Self::Dead(accusation) => encode_accusation(Kind::Dead, accusation),
            Self::Alive(alive) => encode_alive(alive),
            Self::User(bytes) => [&[Kind::User as u8], bytes.as_slice()].concat(),
        }
    }

    /// From the body after a type byte that stands for a plain message; `None` for all other kinds.
    pub fn decode(kind: Kind, body: &[u8]) -> Option<Result<Self, MessageError>> {
        let reader = &mut Reader::new(body);
        Some(match kind {
            Kind::Ping => decode_ping(reader).map(Self::Ping),
            Kind::IndirectPing => decode_indirect_ping(reader).map(Self::IndirectPing),
            Kind::Ack => decode_ack(reader).map(Self::Ack),
            Kind::Nack => decode_ack(reader).map(|ack| Self::Nack(ack.sequence)),
            Kind::Suspect => decode_accusation(reader).map(Self::Suspect),
            Kind::Dead => decode_accusation(reader).map(Self::Dead),
            Kind::Alive => decode_alive(reader).map(Self::Alive),
            Kind::User => Ok(Self::User(body.to_vec())),
            _ => return None,
        })
    }
}

fn begin(kind: Kind) -> Writer {
    Writer::after(vec![kind as u8])
}

pub(super) fn encode_ping(ping: &Ping) -> Vec<u8> {
    let mut writer = begin(Kind::Ping);
    writer.map(if ping.source.is_some() { 5 } else { 2 });
    writer.raw("SeqNo").uint(ping.sequence.into()).raw("Node").raw(&ping.node);
    write_source(&mut writer, ping.source.as_ref());
    writer.finish()
}

fn encode_indirect_ping(request: &IndirectPing) -> Vec<u8> {
    let mut writer = begin(Kind::IndirectPing);
    writer.map(if request.source.is_some() { 8 } else { 5 });
    writer.raw("SeqNo").uint(request.sequence.into());
    writer.raw("Target").raw(ip_bytes(request.target.ip()));
    writer.raw("Port").uint(request.target.port().into());
    writer.raw("Node").raw(&request.node).raw("Nack").bool(request.nack);
    write_source(&mut writer, request.source.as_ref());
    writer.finish()
}

fn encode_accusation(kind: Kind, accusation: &Accusation) -> Vec<u8> {
    let mut writer = begin(kind);
    writer.map(3).raw("Incarnation").uint(accusation.incarnation.into());
    writer.raw("Node").raw(&accusation.node).raw("From").raw(&accusation.from);
    writer.finish()
}

fn encode_alive(alive: &Alive) -> Vec<u8> {
    let mut writer = begin(Kind::Alive);
    writer.map(6).raw("Incarnation").uint(alive.incarnation.into()).raw("Node").raw(&alive.node);
    writer.raw("Addr").raw(ip_bytes(alive.address.ip())).raw("Port").uint(alive.address.port().into());
    writer.raw("Meta").raw_or_nil(&alive.meta).raw("Vsn").raw(alive.vsn);
    writer.finish()
}

fn write_source(writer: &mut Writer, source: Option<&Source>) {
    if let Some(source) = source {
        writer.raw("SourceAddr").raw(ip_bytes(source.address.ip()));
        writer.raw("SourcePort").uint(source.address.port().into());
        writer.raw("SourceNode").raw(&source.node);
    }
}

pub(super) fn decode_ping(reader: &mut Reader<'_>) -> Result<Ping, MessageError> {
    let (mut sequence, mut node, mut source) = (0, "", SourceFields::default());
    reader.fields(|key, reader| {
        match key {
            b"SeqNo" => sequence = reader.uint()?,
            b"Node" => node = reader.text()?,
            _ => source.read(key, reader)?,
        }
        Ok(())
    })?;
    Ok(Ping { sequence, node: node.to_owned(), source: source.finish()? })
}

fn decode_indirect_ping(reader: &mut Reader<'_>) -> Result<IndirectPing, MessageError> {
    let (mut sequence, mut node, mut source) = (0, "", SourceFields::default());
    let (mut target, mut port, mut nack) = (&[][..], 0, false);
    reader.fields(|key, reader| {
        match key {
            b"SeqNo" => sequence = reader.uint()?,
            b"Target" => target = reader.raw()?,
            b"Port" => port = reader.uint()?,
            b"Node" => node = reader.text()?,
            b"Nack" => nack = reader.bool()?,
            _ => source.read(key, reader)?,
        }
        Ok(())
    })?;
    let target = SocketAddr::new(ip_from(target)?, port);
    Ok(IndirectPing { sequence, target, node: node.to_owned(), nack, source: source.finish()? })
}

pub(super) fn decode_ack(reader: &mut Reader<'_>) -> Result<Ack, MessageError> {
    let (mut sequence, mut payload) = (0, &[][..]);
    reader.fields(|key, reader| {
        match key {
            b"SeqNo" => sequence = reader.uint()?,
            b"Payload" => payload = reader.raw()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(Ack { sequence, payload: payload.to_vec() })
}

fn decode_accusation(reader: &mut Reader<'_>) -> Result<Accusation, MessageError> {
    let (mut incarnation, mut node, mut from) = (0, "", "");
    reader.fields(|key, reader| {
        match key {
            b"Incarnation" => incarnation = reader.uint()?,
            b"Node" => node = reader.text()?,
            b"From" => from = reader.text()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(Accusation { incarnation, node: node.to_owned(), from: from.to_owned() })
}

fn decode_alive(reader: &mut Reader<'_>) -> Result<Alive, MessageError> {
    let (mut incarnation, mut node, mut meta, mut vsn) = (0, "", &[][..], &[][..]);
    let (mut ip, mut port) = (&[][..], 0);
    reader.fields(|key, reader| {
        match key {
            b"Incarnation" => incarnation = reader.uint()?,
            b"Node" => node = reader.text()?,
            b"Addr" => ip = reader.raw()?,
            b"Port" => port = reader.uint()?,
            b"Meta" => meta = reader.raw()?,
            b"Vsn" => vsn = reader.raw()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let address = SocketAddr::new(ip_from(ip)?, port);
    Ok(Alive { incarnation, node: named(node)?, address, meta: meta.to_vec(), vsn: vsn_from(vsn)? })
}

/// The optional fields that say who asks.
#[derive(Default)]
struct SourceFields<'a> {
    ip: &'a [u8],
    port: u16,
    node: &'a str,
}

impl<'a> SourceFields<'a> {
    fn read(&mut self, key: &[u8], reader: &mut Reader<'a>) -> Result<(), ReadError> {
        match key {
            b"SourceAddr" => self.ip = reader.raw()?,
            b"SourcePort" => self.port = reader.uint()?,
            b"SourceNode" => self.node = reader.text()?,
            _ => reader.skip()?,
        }
        Ok(())
    }

    fn finish(self) -> Result<Option<Source>, MessageError> {
        if self.ip.is_empty() || self.port == 0 {
            return Ok(None);
        }
        let address = SocketAddr::new(ip_from(self.ip)?, self.port);
        Ok(Some(Source { address, node: self.node.to_owned() }))
    }
}

/// The 4 or 16 bytes of an address.
pub fn ip_bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// An address from its 4 or 16 bytes; an IPv4 address in its IPv6 form becomes the former.
pub fn ip_from(bytes: &[u8]) -> Result<IpAddr, MessageError> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Ok(Ipv4Addr::from(bytes).into());
    }
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| MessageError::Address(bytes.len()))?;
    Ok(IpAddr::from(bytes).to_canonical())
}

pub(super) fn named(node: &str) -> Result<String, MessageError> {
    if node.is_empty() { Err(MessageError::Nameless) } else { Ok(node.to_owned()) }
}

/// Very old members say nothing about versions: all zero.
pub(super) fn vsn_from(bytes: &[u8]) -> Result<Vsn, MessageError> {
    if bytes.is_empty() {
        return Ok([0; 6]);
    }
    bytes.try_into().map_err(|_| MessageError::Versions(bytes.len()))
}

#[cfg(test)]
mod tests;
