//! Serf's part of a whole state: the clocks, when each member's status changed, who left, the last events.

use proconsul_base::limit::{GOSSIP_STREAM_NODES, SERF_RING_SLOTS};
use proconsul_swim::wire::msgpack::{ReadError, Reader, Writer};

use super::{PUSH_PULL, WireError};
use crate::lamport::Time;

/// The events of one Lamport time: names and payloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsAt {
    /// When.
    pub time: Time,
    /// Names and payloads.
    pub events: Vec<(String, Vec<u8>)>,
}

/// Serf's part of a whole state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteState {
    /// The clock of joins and leaves.
    pub time: Time,
    /// When each member's status changed last.
    pub statuses: Vec<(String, Time)>,
    /// Who left.
    pub left: Vec<String>,
    /// The clock of events.
    pub event_time: Time,
    /// The last events.
    pub events: Vec<EventsAt>,
    /// The clock of queries.
    pub query_time: Time,
}

impl RemoteState {
    /// The type byte and the body.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::after(vec![PUSH_PULL]);
        writer.map(6).raw("LTime").uint(self.time).raw("StatusLTimes").map(self.statuses.len());
        for (node, time) in &self.statuses {
            writer.raw(node).uint(*time);
        }
        writer.raw("LeftMembers").array(self.left.len());
        self.left.iter().for_each(|node| {
            writer.raw(node);
        });
        writer.raw("EventLTime").uint(self.event_time).raw("Events").array(self.events.len());
        self.events.iter().for_each(|events| encode_events(&mut writer, events));
        writer.raw("QueryLTime").uint(self.query_time);
        writer.finish()
    }

    /// From a type byte and a body.
    ///
    /// # Errors
    /// It is to be dropped.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (&kind, body) = bytes.split_first().ok_or(WireError::Empty)?;
        if kind != PUSH_PULL {
            return Err(WireError::Type(kind));
        }
        let (mut state, mut too_many) = (Self::default(), 0);
        Reader::new(body).fields(|key, reader| {
            match key {
                b"LTime" => state.time = reader.u64()?,
                b"StatusLTimes" => too_many = read_statuses(reader, &mut state.statuses)?.max(too_many),
                b"LeftMembers" => too_many = read_left(reader, &mut state.left)?.max(too_many),
                b"EventLTime" => state.event_time = reader.u64()?,
                b"Events" => read_events(reader, &mut state.events)?,
                b"QueryLTime" => state.query_time = reader.u64()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        if too_many > GOSSIP_STREAM_NODES { Err(WireError::TooMany(too_many)) } else { Ok(state) }
    }
}

fn encode_events(writer: &mut Writer, events: &EventsAt) {
    writer.map(2).raw("LTime").uint(events.time).raw("Events").array(events.events.len());
    for (name, payload) in &events.events {
        writer.map(2).raw("Name").raw(name).raw("Payload").raw_or_nil(payload);
    }
}

/// Reads at most as many as are allowed and passes over the rest; tells how many there were.
fn read_statuses(reader: &mut Reader<'_>, statuses: &mut Vec<(String, Time)>) -> Result<usize, ReadError> {
    let count = reader.map()?;
    for _ in 0..count {
        let (node, time) = (reader.text()?, reader.u64()?);
        if statuses.len() < GOSSIP_STREAM_NODES {
            statuses.push((node.to_owned(), time));
        }
    }
    Ok(count)
}

fn read_left(reader: &mut Reader<'_>, left: &mut Vec<String>) -> Result<usize, ReadError> {
    let count = reader.array()?;
    for _ in 0..count {
        let node = reader.text()?;
        if left.len() < GOSSIP_STREAM_NODES {
            left.push(node.to_owned());
        }
    }
    Ok(count)
}

/// Empty slots of the sender's ring come as nil; more than a ring holds is passed over.
fn read_events(reader: &mut Reader<'_>, all: &mut Vec<EventsAt>) -> Result<(), ReadError> {
    for _ in 0..reader.array()? {
        let mut at = EventsAt::default();
        reader.fields(|key, reader| {
            match key {
                b"LTime" => at.time = reader.u64()?,
                b"Events" => read_events_at(reader, &mut at.events)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        if !at.events.is_empty() && all.len() < SERF_RING_SLOTS {
            all.push(at);
        }
    }
    Ok(())
}

fn read_events_at(reader: &mut Reader<'_>, events: &mut Vec<(String, Vec<u8>)>) -> Result<(), ReadError> {
    for _ in 0..reader.array()? {
        let (mut name, mut payload) = ("", &[][..]);
        reader.fields(|key, reader| {
            match key {
                b"Name" => name = reader.text()?,
                b"Payload" => payload = reader.raw()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        events.push((name.to_owned(), payload.to_vec()));
    }
    Ok(())
}
