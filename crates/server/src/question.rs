//! What only the leader's memory can answer, and the answers: session timers, the health of servers, what operators ask of
//! Raft. Knows neither how a question travels nor how it is answered.
//!
//! Between servers: one byte for the variant, then its fields, numbers little-endian, lengths (four bytes) before texts.

mod wire;

use std::time::Duration;

use bytes::Bytes;
use proconsul_base::id::SessionId;
use proconsul_types::autopilot::{Health, ServerHealth};

use self::wire::{Fields, Put};

/// Put to the leader by any server ([`Replica::ask`](crate::replica::Replica::ask)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Begin the time to live of a session anew. Answered with `Done`, or `NotFound` when there is no such session.
    RenewSession(SessionId),
    /// How the servers are. Answered with `Health`.
    AutopilotHealth,
    /// Hand leadership over: to the server of this node id, or to whoever is best prepared. Answered with `Done`, with
    /// `NotFound` when no voter has that id, or with `Refused` when nobody took over.
    TransferLeadership(Option<String>),
    /// Remove a server from the Raft membership. Answered with `Done`, with `NotFound`, or with `Refused` when it is the last
    /// voter or the change could not be made.
    RemovePeer(PeerKey),
}

/// How an operator names a server of the Raft membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerKey {
    /// By its node id.
    Id(String),
    /// By the `ip:port` of its server port.
    Address(String),
}

/// What the leader says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// What the question is about does not exist.
    NotFound,
    /// It cannot be done now.
    Refused,
    /// How the servers are.
    Health(Health),
}

impl Question {
    /// Its form between servers.
    pub fn encode(&self) -> Bytes {
        let mut to = Vec::new();
        match self {
            Self::RenewSession(id) => {
                to.push(1);
                to.extend_from_slice(id.as_bytes());
            }
            Self::AutopilotHealth => to.push(2),
            Self::TransferLeadership(None) => to.push(3),
            Self::TransferLeadership(Some(id)) => {
                to.push(4);
                to.put_text(id);
            }
            Self::RemovePeer(PeerKey::Id(id)) => {
                to.push(5);
                to.put_text(id);
            }
            Self::RemovePeer(PeerKey::Address(address)) => {
                to.push(6);
                to.put_text(address);
            }
        }
        to.into()
    }

    /// From its form between servers; `None` when this version does not know it.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let question = match fields.u8()? {
            1 => Self::RenewSession(SessionId::from_bytes(fields.id()?)),
            2 => Self::AutopilotHealth,
            3 => Self::TransferLeadership(None),
            4 => Self::TransferLeadership(Some(fields.text()?)),
            5 => Self::RemovePeer(PeerKey::Id(fields.text()?)),
            6 => Self::RemovePeer(PeerKey::Address(fields.text()?)),
            _ => return None,
        };
        fields.end()?;
        Some(question)
    }
}

impl Answer {
    /// Its form between servers.
    pub fn encode(&self) -> Bytes {
        let mut to = Vec::new();
        match self {
            Self::Done => to.push(1),
            Self::NotFound => to.push(2),
            Self::Refused => to.push(3),
            Self::Health(health) => {
                to.push(4);
                put_health(&mut to, health);
            }
        }
        to.into()
    }

    /// From its form between servers; `None` when this version does not know it.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let answer = match fields.u8()? {
            1 => Self::Done,
            2 => Self::NotFound,
            3 => Self::Refused,
            4 => Self::Health(health(&mut fields)?),
            _ => return None,
        };
        fields.end()?;
        Some(answer)
    }
}

fn put_health(to: &mut Vec<u8>, health: &Health) {
    to.put_bool(health.healthy);
    to.put_u64(health.failure_tolerance);
    to.put_u64(health.servers.len() as u64);
    for server in &health.servers {
        for text in [&server.id, &server.name, &server.address, &server.serf_status, &server.version] {
            to.put_text(text);
        }
        to.put_bool(server.leader);
        to.put_u64(u64::try_from(server.last_contact.as_nanos()).unwrap_or(u64::MAX));
        to.put_u64(server.last_term);
        to.put_u64(server.last_index);
        to.put_bool(server.healthy);
        to.put_bool(server.voter);
        to.put_u64(server.stable_since);
    }
}

fn health(fields: &mut Fields<'_>) -> Option<Health> {
    let (healthy, failure_tolerance) = (fields.bool()?, fields.u64()?);
    let count = fields.u64()?;
    let servers = (0..count).map(|_| server_health(fields)).collect::<Option<Vec<_>>>()?;
    Some(Health { healthy, failure_tolerance, servers })
}

fn server_health(fields: &mut Fields<'_>) -> Option<ServerHealth> {
    Some(ServerHealth {
        id: fields.text()?,
        name: fields.text()?,
        address: fields.text()?,
        serf_status: fields.text()?,
        version: fields.text()?,
        leader: fields.bool()?,
        last_contact: Duration::from_nanos(fields.u64()?),
        last_term: fields.u64()?,
        last_index: fields.u64()?,
        healthy: fields.bool()?,
        voter: fields.bool()?,
        stable_since: fields.u64()?,
    })
}

#[cfg(test)]
mod tests;
