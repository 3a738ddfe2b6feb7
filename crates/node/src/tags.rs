//! What an agent tells about itself in gossip: the tags of a Consul agent, so that Consul agents and `consul members` understand
//! it. Servers add two of our own, which name their Raft identity and their cluster.

use std::collections::BTreeMap;

use proconsul_agent::Config;
use proconsul_agent::config::Bootstrap;
use proconsul_agent::version;
use proconsul_base::id::{ClusterId, RaftId};

/// Our tag for the Raft identity, 16 hexadecimal digits.
pub(crate) const RAFT: &str = "pc_raft";

/// Our tag for the cluster id; absent until the server belongs to one.
pub(crate) const CLUSTER: &str = "pc_cluster";

/// The tags of this server. `server_port` is the port that was bound.
pub(crate) fn of_server(
    config: &Config,
    server_port: u16,
    raft_id: RaftId,
    cluster: Option<ClusterId>,
) -> BTreeMap<String, String> {
    let mut tags = of_agent(config, "consul");
    tags.insert("port".to_owned(), server_port.to_string());
    tags.insert("raft_vsn".to_owned(), config.raft.protocol.to_string());
    tags.insert(RAFT.to_owned(), raft_id.to_string());
    if let Some(port) = config.ports.serf_wan {
        tags.insert("wan_join_port".to_owned(), port.to_string());
    }
    match config.bootstrap {
        Bootstrap::Never => {}
        Bootstrap::Alone => drop(tags.insert("bootstrap".to_owned(), "1".to_owned())),
        Bootstrap::Expect(count) => drop(tags.insert("expect".to_owned(), count.to_string())),
    }
    if let Some(cluster) = cluster {
        tags.insert(CLUSTER.to_owned(), cluster.to_string());
    }
    tags
}

/// The tags of this client agent.
pub(crate) fn of_client(config: &Config) -> BTreeMap<String, String> {
    of_agent(config, "node")
}

/// What all agents tell.
fn of_agent(config: &Config, role: &str) -> BTreeMap<String, String> {
    [
        ("role", role.to_owned()),
        ("dc", config.datacenter.clone()),
        ("segment", String::new()),
        ("id", config.node_id.to_string()),
        ("vsn", "2".to_owned()),
        ("vsn_min", "2".to_owned()),
        ("vsn_max", "3".to_owned()),
        ("build", format!("{}:", version::CONSUL)),
        ("acls", "0".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
