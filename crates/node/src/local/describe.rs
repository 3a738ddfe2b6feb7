//! What the node says about itself.

use proconsul_agent::version;
use proconsul_calls::agent::SelfCalls;
use proconsul_types::agent::{AgentConfig, AgentSelf};

use super::{Node, debug, pool};

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
            debug_config: debug::config(&self.config),
            coord: self.coordinate(),
            member: pool::member(&self.gossip.local()),
            stats: self.stats(),
            meta: proconsul_agent::local::node(&self.config).meta.as_deref().cloned().unwrap_or_default(),
        }
    }
}
