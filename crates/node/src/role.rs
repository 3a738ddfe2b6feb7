//! What a node is besides an agent: a server of its cluster, or a client of its servers.

use std::collections::BTreeMap;

use proconsul_agent::Config;
use proconsul_agent::config::Bootstrap;
use proconsul_base::id::ClusterId;
use proconsul_base::index::Index;
use proconsul_client::forward::Known;
use proconsul_consensus as consensus;
use proconsul_gossip::Handle as Gossip;
use tokio::sync::watch;

use crate::HAND_OVER_PATIENCE;
use crate::local::section;
use crate::rejoin::Memory;

/// What only nodes of one kind have.
pub(crate) enum Role {
    /// A server.
    Server(AsServer),
    /// A client agent.
    Client(AsClient),
}

/// What only a server has.
pub(crate) struct AsServer {
    pub(crate) consensus: consensus::Handle,
    /// The cluster it belongs to, once it does.
    pub(crate) cluster: watch::Receiver<Option<ClusterId>>,
}

/// What only a client agent has.
pub(crate) struct AsClient {
    /// What it knows of the servers.
    pub(crate) known: watch::Receiver<Known>,
    /// What it remembers of its cluster; nothing in development mode.
    pub(crate) memory: Option<Memory>,
}

impl Role {
    /// The cluster, as far as this node knows it.
    pub(crate) fn cluster(&self) -> Option<ClusterId> {
        match self {
            Self::Server(server) => *server.cluster.borrow(),
            Self::Client(_) => None,
        }
    }

    /// Before the node stops: a leader has another server take over.
    pub(crate) async fn hand_over(&self) {
        match self {
            Self::Server(server) => drop(server.consensus.hand_over(HAND_OVER_PATIENCE).await),
            Self::Client(_) => {}
        }
    }

    /// Before the node leaves: a server hands leadership over and gives its Raft identity up, a client agent
    /// remembers that it left.
    pub(crate) async fn retire(&self, gossip: &Gossip) {
        match self {
            Self::Server(server) => server.retire().await,
            Self::Client(client) => {
                if let Some(memory) = &client.memory {
                    memory.leave(gossip).await;
                }
            }
        }
    }

    /// The last entry in the state and the last of the log, of a node that has one.
    pub(crate) fn log_indexes(&self) -> Option<(Index, Index)> {
        match self {
            Self::Server(server) => Some((server.consensus.applied(), server.consensus.status().last)),
            Self::Client(_) => None,
        }
    }

    /// The sections of `consul info` that depend on the role.
    pub(crate) fn stats(&self, config: &Config) -> BTreeMap<String, BTreeMap<String, String>> {
        match self {
            Self::Server(server) => server.stats(config),
            Self::Client(client) => client.stats(),
        }
    }
}

impl AsServer {
    async fn retire(&self) {
        self.consensus.hand_over(HAND_OVER_PATIENCE).await;
        if let Err(error) = self.consensus.retire().await {
            tracing::error!(target: "agent.server", %error, "failed to give the Raft identity up; this server may come back under it");
        }
    }

    fn stats(&self, config: &Config) -> BTreeMap<String, BTreeMap<String, String>> {
        let status = self.consensus.status();
        let leads = status.leader == Some(self.consensus.me());
        let leader = self.consensus.leader_address().map(|address| address.to_string()).unwrap_or_default();
        let raft = [
            ("applied_index", self.consensus.applied().to_string()),
            ("commit_index", status.commit.to_string()),
            ("last_contact", if leads { "0".to_owned() } else { format!("{:?}", self.consensus.last_contact()) }),
            ("last_log_index", status.last.to_string()),
            ("latest_configuration_index", status.membership_index.to_string()),
            ("num_peers", status.membership.voters.len().saturating_sub(1).to_string()),
            ("protocol_version", config.raft.protocol.to_string()),
            ("state", if leads { "Leader" } else { "Follower" }.to_owned()),
            ("term", status.term.to_string()),
        ];
        let consul = [
            ("acl", "disabled".to_owned()),
            ("bootstrap", (config.bootstrap == Bootstrap::Alone).to_string()),
            ("known_datacenters", "1".to_owned()),
            ("leader", leads.to_string()),
            ("leader_addr", leader),
            ("server", config.server.to_string()),
        ];
        BTreeMap::from([("consul".to_owned(), section(consul)), ("raft".to_owned(), section(raft))])
    }
}

impl AsClient {
    fn stats(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let consul = [
            ("acl", "disabled".to_owned()),
            ("known_servers", self.known.borrow().servers.to_string()),
            ("server", "false".to_owned()),
        ];
        BTreeMap::from([("consul".to_owned(), section(consul))])
    }
}
