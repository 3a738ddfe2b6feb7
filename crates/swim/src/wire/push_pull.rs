//! Whole states, as two members exchange them over a stream: a header, the members, then bytes of the layer above.

use std::net::SocketAddr;

use proconsul_base::limit::{GOSSIP_RECORD_BYTES, GOSSIP_STREAM_BYTES, GOSSIP_STREAM_NODES};

use super::kind::Kind;
use super::message::{MessageError, Vsn, ip_bytes, ip_from, named, vsn_from};
use super::msgpack::{ReadError, Reader, Writer};

/// What a member is believed to be; the numbers are those on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum State {
    /// Answers.
    Alive = 0,
    /// Does not answer, may still refute.
    Suspect = 1,
    /// Did not refute in time.
    Dead = 2,
    /// Said that it leaves.
    Left = 3,
}

impl State {
    /// From its number; `None` when it is unknown.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Alive),
            1 => Some(Self::Suspect),
            2 => Some(Self::Dead),
            3 => Some(Self::Left),
            _ => None,
        }
    }
}

/// One member, as the sender knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeState {
    /// Its name.
    pub node: String,
    /// Where it is.
    pub address: SocketAddr,
    /// For the layer above.
    pub meta: Vec<u8>,
    /// The newest known.
    pub incarnation: u32,
    /// What it is believed to be.
    pub state: State,
    /// What it speaks.
    pub vsn: Vsn,
}

/// A whole state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushPull {
    /// Whether the sender is joining.
    pub join: bool,
    /// Everybody it knows.
    pub nodes: Vec<NodeState>,
    /// Bytes of the layer above.
    pub user_state: Vec<u8>,
}

/// Why a state was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushPullError {
    /// A record could not be read.
    #[error(transparent)]
    Record(#[from] MessageError),
    /// More members than are allowed.
    #[error("the state names {0} members, more than the {GOSSIP_STREAM_NODES} allowed")]
    Nodes(usize),
    /// More bytes for the layer above than are allowed.
    #[error("the state carries {0} bytes for the layer above, more than the {GOSSIP_STREAM_BYTES} allowed")]
    UserState(usize),
    /// One record is longer than any honest one.
    #[error("a record of the state is longer than {GOSSIP_RECORD_BYTES} bytes")]
    LongRecord,
    /// A member's state has an unknown number.
    #[error("member state {0} is unknown")]
    State(u8),
}

impl From<ReadError> for PushPullError {
    fn from(error: ReadError) -> Self {
        Self::Record(error.into())
    }
}

impl PushPull {
    /// The type byte and everything after it.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::after(vec![Kind::PushPull as u8]);
        writer.map(3).raw("Nodes").uint(self.nodes.len() as u64);
        writer.raw("UserStateLen").uint(self.user_state.len() as u64).raw("Join").bool(self.join);
        for node in &self.nodes {
            encode_node(&mut writer, node);
        }
        let mut bytes = writer.finish();
        bytes.extend_from_slice(&self.user_state);
        bytes
    }
}

fn encode_node(writer: &mut Writer, node: &NodeState) {
    writer.map(7).raw("Name").raw(&node.node).raw("Addr").raw(ip_bytes(node.address.ip()));
    writer.raw("Port").uint(node.address.port().into()).raw("Meta").raw_or_nil(&node.meta);
    writer.raw("Incarnation").uint(node.incarnation.into());
    writer.raw("State").uint(node.state as u64).raw("Vsn").raw(node.vsn);
}

/// Reads a state that arrives in pieces, each record once.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    /// Where the first record begins that is not complete yet.
    at: usize,
    header: Option<Header>,
    nodes: Vec<NodeState>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Header {
    nodes: usize,
    user_state_bytes: usize,
    join: bool,
}

impl Assembly {
    /// Goes on in `bytes`, which hold what they held last time and perhaps more; `None` while the state is incomplete.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<Option<PushPull>, PushPullError> {
        let header = match self.header {
            Some(header) => header,
            None => match self.record(bytes, decode_header)? {
                Some(header) => *self.header.insert(header),
                None => return Ok(None),
            },
        };
        while self.nodes.len() < header.nodes {
            match self.record(bytes, decode_node)? {
                Some(node) => self.nodes.push(node),
                None => return Ok(None),
            }
        }
        let Some(user_state) = bytes.get(self.at..self.at + header.user_state_bytes) else { return Ok(None) };
        let nodes = std::mem::take(&mut self.nodes);
        Ok(Some(PushPull { join: header.join, nodes, user_state: user_state.to_vec() }))
    }

    fn record<T>(
        &mut self,
        bytes: &[u8],
        decode: fn(&mut Reader<'_>) -> Result<T, PushPullError>,
    ) -> Result<Option<T>, PushPullError> {
        let rest = &bytes[self.at..];
        let mut reader = Reader::new(rest);
        match decode(&mut reader) {
            Ok(record) => {
                self.at += reader.position();
                Ok(Some(record))
            }
            Err(PushPullError::Record(MessageError::Fields(ReadError::Incomplete))) => {
                if rest.len() > GOSSIP_RECORD_BYTES { Err(PushPullError::LongRecord) } else { Ok(None) }
            }
            Err(error) => Err(error),
        }
    }
}

fn decode_header(reader: &mut Reader<'_>) -> Result<Header, PushPullError> {
    let mut header = Header::default();
    reader.fields(|key, reader| {
        match key {
            b"Nodes" => header.nodes = reader.uint()?,
            b"UserStateLen" => header.user_state_bytes = reader.uint()?,
            b"Join" => header.join = reader.bool()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if header.nodes > GOSSIP_STREAM_NODES {
        return Err(PushPullError::Nodes(header.nodes));
    }
    if header.user_state_bytes > GOSSIP_STREAM_BYTES {
        return Err(PushPullError::UserState(header.user_state_bytes));
    }
    Ok(header)
}

fn decode_node(reader: &mut Reader<'_>) -> Result<NodeState, PushPullError> {
    let (mut node, mut ip, mut port, mut meta) = ("", &[][..], 0, &[][..]);
    let (mut incarnation, mut state, mut vsn) = (0, 0, &[][..]);
    reader.fields(|key, reader| {
        match key {
            b"Name" => node = reader.text()?,
            b"Addr" => ip = reader.raw()?,
            b"Port" => port = reader.uint()?,
            b"Meta" => meta = reader.raw()?,
            b"Incarnation" => incarnation = reader.uint()?,
            b"State" => state = reader.uint()?,
            b"Vsn" => vsn = reader.raw()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(NodeState {
        node: named(node)?,
        address: SocketAddr::new(ip_from(ip)?, port),
        meta: meta.to_vec(),
        incarnation,
        state: State::from_number(state).ok_or(PushPullError::State(state))?,
        vsn: vsn_from(vsn)?,
    })
}
