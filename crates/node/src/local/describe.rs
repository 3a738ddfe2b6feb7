//! What the node says about itself: who it is, and the configuration it runs on.

use std::collections::BTreeMap;

use proconsul_agent::config::Bootstrap;
use proconsul_agent::{Config, version};
use proconsul_calls::agent::SelfCalls;
use proconsul_types::agent::{AgentConfig, AgentSelf};
use serde_json::{Value, json};

use super::{Node, pool};

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
            member: pool::member(&self.gossip.local()),
            stats: self.stats(),
            meta: proconsul_agent::local::node(&self.config).meta.as_deref().cloned().unwrap_or_default(),
        }
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
