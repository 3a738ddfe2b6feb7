//! The node as its own endpoints see it: members from gossip, figures from consensus, configuration as it was checked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use parking_lot::RwLock;
use proconsul_agent::config::Bootstrap;
use proconsul_agent::event::{Heard, History};
use proconsul_agent::{Config, version};
use proconsul_base::id::ClusterId;
use proconsul_base::text::stamp;
use proconsul_calls::agent::{AgentError, PoolCalls, SelfCalls};
use proconsul_calls::event::BroadcastError;
use proconsul_consensus as consensus;
use proconsul_server::local::Local;
use proconsul_types::agent::{AgentConfig, AgentSelf, Coordinate, Member};
use proconsul_types::event::UserEvent;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use crate::events;

/// What the doors of this node ask it.
pub(crate) struct Node {
    pub(crate) config: Arc<Config>,
    pub(crate) gossip: proconsul_gossip::Handle,
    pub(crate) consensus: consensus::Handle,
    /// The cluster this server belongs to, once it does.
    pub(crate) cluster: watch::Receiver<Option<ClusterId>>,
    /// What gossip's task told last about itself.
    pub(crate) figures: RwLock<Figures>,
    /// Wakes whoever waits to stop the node after it has left.
    pub(crate) left: Arc<Notify>,
    /// Whether it is on its way out of the cluster.
    pub(crate) leaving: AtomicBool,
    /// The user events that were heard.
    pub(crate) events: Arc<History>,
}

/// What only gossip's own task knows; asked once a second, so that answers need not wait for it.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    coordinate: Option<Coordinate>,
    gossip: proconsul_gossip::Stats,
}

/// Keeps the figures fresh until the pool stops.
pub(crate) async fn refresh(node: Arc<Node>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    while let (Ok(coordinate), Ok(gossip)) = (node.gossip.coordinate().await, node.gossip.stats().await) {
        let coordinate = Some(Coordinate {
            vec: coordinate.vector.to_vec(),
            error: coordinate.error,
            adjustment: coordinate.adjustment,
            height: coordinate.height,
        });
        *node.figures.write() = Figures { coordinate, gossip };
        seconds.tick().await;
    }
}

impl PoolCalls for Node {
    fn members(&self, wide_area: bool) -> Vec<Member> {
        if wide_area { Vec::new() } else { self.gossip.members().iter().map(member).collect() }
    }

    async fn leave(&self) -> Result<(), AgentError> {
        self.depart().await;
        self.left.notify_one();
        Ok(())
    }
}

impl SelfCalls for Node {
    fn describe(&self) -> AgentSelf {
        AgentSelf {
            config: AgentConfig {
                datacenter: self.config.datacenter.clone(),
                node_name: self.config.node_name.clone(),
                node_id: self.config.node_id.to_string(),
                revision: String::new(),
                server: self.config.server,
                version: version::CONSUL.to_owned(),
            },
            debug_config: debug_config(&self.config),
            coord: self.coordinate(),
            member: member(&self.gossip.local()),
            stats: self.stats(),
            meta: self.config.node_meta.clone(),
        }
    }
}

impl Local for Node {
    fn datacenters(&self) -> Vec<String> {
        vec![self.config.datacenter.clone()]
    }

    async fn fire_event(&self, event: &UserEvent) -> Result<(), BroadcastError> {
        events::fire(&self.gossip, event).await
    }

    fn events(&self) -> watch::Receiver<Heard> {
        self.events.watch()
    }

    fn wall_clock(&self) -> String {
        stamp::utc(SystemTime::now(), 9)
    }

    fn trust_domain(&self) -> Option<String> {
        let cluster = *self.cluster.borrow();
        // Until there is a cluster nothing is answered that could show it.
        let cluster = cluster.map(|cluster| cluster.to_string()).unwrap_or_default();
        self.config.mesh.then(|| format!("{cluster}.consul"))
    }
}

impl Node {
    /// Where gossip last saw this node.
    pub(crate) fn coordinate(&self) -> Option<Coordinate> {
        self.figures.read().coordinate.clone()
    }

    /// Hands leadership over, tells everybody that this node goes, and waits until that has spread.
    pub(crate) async fn depart(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        self.consensus.hand_over(crate::HAND_OVER_PATIENCE).await;
        if let Err(error) = self.consensus.retire().await {
            tracing::error!(target: "agent.server", %error, "failed to give the Raft identity up; this server may come back under it");
        }
        // Stopped already is what the caller wants.
        let _ = self.gossip.leave().await;
    }

    fn stats(&self) -> BTreeMap<String, BTreeMap<String, String>> {
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
            ("protocol_version", self.config.raft.protocol.to_string()),
            ("state", if leads { "Leader" } else { "Follower" }.to_owned()),
            ("term", status.term.to_string()),
        ];
        let consul = [
            ("acl", "disabled".to_owned()),
            ("bootstrap", (self.config.bootstrap == Bootstrap::Alone).to_string()),
            ("known_datacenters", "1".to_owned()),
            ("leader", leads.to_string()),
            ("leader_addr", leader),
            ("server", self.config.server.to_string()),
        ];
        let build = [
            ("prerelease", String::new()),
            ("revision", String::new()),
            ("version", version::CONSUL.to_owned()),
            ("proconsul", version::PROCONSUL.to_owned()),
        ];
        let runtime = [
            ("arch", std::env::consts::ARCH.to_owned()),
            ("os", std::env::consts::OS.to_owned()),
            ("cpu_count", std::thread::available_parallelism().map_or(1, usize::from).to_string()),
        ];
        BTreeMap::from([
            ("build".to_owned(), section(build)),
            ("consul".to_owned(), section(consul)),
            ("raft".to_owned(), section(raft)),
            ("runtime".to_owned(), section(runtime)),
            ("serf_lan".to_owned(), section(self.figures.read().gossip.rows())),
        ])
    }
}

fn section<const N: usize>(rows: [(&str, String); N]) -> BTreeMap<String, String> {
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A gossip member in the shape of `GET /v1/agent/members`.
fn member(member: &proconsul_gossip::Member) -> Member {
    Member {
        name: member.name.to_string(),
        addr: member.address.ip().to_string(),
        port: member.address.port(),
        tags: member.tags.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        status: member.status as u8,
        protocol_min: member.protocol.min,
        protocol_max: member.protocol.max,
        protocol_cur: member.protocol.current,
        delegate_min: member.delegate.min,
        delegate_max: member.delegate.max,
        delegate_cur: member.delegate.current,
    }
}

/// The rest of the configuration, for people to read, under Consul's names.
fn debug_config(config: &Config) -> BTreeMap<String, Value> {
    let addresses: Vec<String> = config.client_addrs.iter().map(ToString::to_string).collect();
    let expect = match config.bootstrap {
        Bootstrap::Expect(count) => count,
        Bootstrap::Never | Bootstrap::Alone => 0,
    };
    let data_dir = config.data_dir.as_ref().map(|place| place.shown().display().to_string()).unwrap_or_default();
    [
        ("AdvertiseAddrLAN", json!(config.advertise_addr)),
        ("AltDomain", json!(config.dns.alt_domain.as_ref().map(ToString::to_string).unwrap_or_default())),
        ("BindAddr", json!(config.bind_addr)),
        ("Bootstrap", json!(config.bootstrap == Bootstrap::Alone)),
        ("BootstrapExpect", json!(expect)),
        ("ClientAddrs", json!(addresses)),
        ("DNSDomain", json!(config.dns.domain.to_string())),
        ("DataDir", json!(data_dir)),
        ("Datacenter", json!(config.datacenter)),
        ("DevMode", json!(config.dev)),
        ("EnableUI", json!(config.ui)),
        ("NodeID", json!(config.node_id.to_string())),
        ("NodeName", json!(config.node_name)),
        ("RetryJoinLAN", json!(config.join.retry)),
        ("ServerMode", json!(config.server)),
        ("ServerPort", json!(config.ports.server)),
        ("SerfPortLAN", json!(config.ports.serf_lan)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
