//! The running consensus as the endpoints use it: a thin translation between two rooms' words.

use std::net::SocketAddr;

use bytes::Bytes;
use proconsul_calls::error::Unavailable;
use proconsul_calls::read::{Consistency, Contact};
use proconsul_consensus as consensus;
use proconsul_consensus::Certainty;
use proconsul_raft::Server;
use proconsul_types::operator::{RaftConfiguration, RaftServer};

use crate::replica::Replica;

/// What Consul's clients read in place of a Raft protocol version: ours has one, and behaves as Consul's third.
const RAFT_PROTOCOL: &str = "3";

impl Replica for consensus::Handle {
    async fn propose(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.propose(command).await.map_err(unavailable)
    }

    async fn propose_as_leader(&self, command: Bytes) -> Result<Bytes, Unavailable> {
        self.propose_here(command).await.map_err(unavailable)
    }

    async fn ask(&self, question: Bytes) -> Result<Bytes, Unavailable> {
        self.ask(question).await.map_err(unavailable)
    }

    async fn barrier(&self, consistency: Consistency) -> Result<(), Unavailable> {
        let certainty = match consistency {
            Consistency::Default => Certainty::Lease,
            Consistency::Consistent => Certainty::Quorum,
            Consistency::Stale { .. } => return Ok(()),
        };
        self.read_barrier(certainty).await.map_err(unavailable)
    }

    fn contact(&self) -> Contact {
        Contact { known_leader: self.has_leader(), last_contact: self.last_contact() }
    }

    fn is_leader(&self) -> bool {
        self.status().leads
    }

    fn term(&self) -> u64 {
        self.status().term.0
    }

    fn leader(&self) -> Option<SocketAddr> {
        self.leader_address()
    }

    fn peers(&self) -> Vec<SocketAddr> {
        let members = &self.status().membership;
        members.servers().filter_map(|server| self.book().address(server.raft_id)).collect()
    }

    fn raft_configuration(&self) -> RaftConfiguration {
        let status = self.status();
        let row = |server: &Server, voter| RaftServer {
            id: server.node_id.to_string(),
            node: server.name.clone(),
            address: self.book().address(server.raft_id).map(|address| address.to_string()).unwrap_or_default(),
            leader: status.leader == Some(server.raft_id),
            protocol_version: RAFT_PROTOCOL.to_owned(),
            voter,
        };
        let voters = status.membership.voters.iter().map(|server| row(server, true));
        let learners = status.membership.learners.iter().map(|server| row(server, false));
        RaftConfiguration { servers: voters.chain(learners).collect(), index: status.membership_index.0 }
    }
}

fn unavailable(error: consensus::Unavailable) -> Unavailable {
    match error {
        consensus::Unavailable::NoLeader | consensus::Unavailable::LeaderUnreachable => Unavailable::NoLeader,
        consensus::Unavailable::OutcomeUnknown | consensus::Unavailable::LeadershipLost => Unavailable::LeadershipLost,
        consensus::Unavailable::Busy => Unavailable::Overloaded,
        consensus::Unavailable::Stopping => Unavailable::ShuttingDown,
    }
}
