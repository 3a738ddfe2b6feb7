//! A server as a driver would run it: a core, its log, its snapshots, its state, and what is on the way between them.
//!
//! Each arrow of the real driver is a queue here, so that a step can let one of them go on and a crash can lose what is in it.

mod identity;
mod running;
mod start;

use std::collections::BTreeMap;

use proconsul_base::id::{NodeId, RaftId};
use proconsul_base::rand::Rng;
use proconsul_raft::Server;
use proconsul_raft::bootstrap::{Bootstrap, Peer};

pub(crate) use self::identity::Identity;
pub(crate) use self::running::{Output, Running};
pub(crate) use self::start::StartFailure;
use crate::disk::SimDisk;
use crate::network::Address;

/// A machine with a disk and an address, and at most one server running on it.
pub(crate) struct Host {
    pub(crate) place: usize,
    pub(crate) node_id: NodeId,
    pub(crate) disk: SimDisk,
    pub(crate) identity: Identity,
    pub(crate) address: Address,
    /// How many servers its configuration expects; 0: it waits to be taken in.
    pub(crate) expect: usize,
    pub(crate) process: Option<Process>,
}

/// A running server.
pub(crate) struct Process {
    pub(crate) book: BTreeMap<RaftId, Address>,
    pub(crate) stage: Stage,
}

/// Whether it belongs to a cluster already.
pub(crate) enum Stage {
    Alone(Box<Bootstrap>),
    Running(Box<Running>),
}

impl Host {
    pub(crate) fn new(place: usize, expect: usize, rng: &mut Rng) -> Self {
        Self {
            place,
            node_id: NodeId::random(rng),
            disk: SimDisk::default(),
            identity: Identity::new(rng),
            address: place,
            expect,
            process: None,
        }
    }

    pub(crate) fn server(&self) -> Server {
        Server { raft_id: self.identity.raft_id, node_id: self.node_id, name: format!("s{}", self.place) }
    }

    pub(crate) fn running(&self) -> Option<&Running> {
        match &self.process.as_ref()?.stage {
            Stage::Running(running) => Some(running),
            Stage::Alone(_) => None,
        }
    }

    pub(crate) fn running_mut(&mut self) -> Option<&mut Running> {
        match &mut self.process.as_mut()?.stage {
            Stage::Running(running) => Some(running),
            Stage::Alone(_) => None,
        }
    }

    pub(crate) fn bootstrap_mut(&mut self) -> Option<&mut Bootstrap> {
        match &mut self.process.as_mut()?.stage {
            Stage::Running(_) => None,
            Stage::Alone(bootstrap) => Some(bootstrap),
        }
    }

    /// How gossip shows it.
    pub(crate) fn as_peer(&self) -> Option<Peer> {
        self.process.as_ref()?;
        Some(Peer { server: self.server(), cluster: self.identity.cluster, expect: self.expect })
    }
}
