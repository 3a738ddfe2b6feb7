//! Anti-entropy: what must be written so that the catalog says of this node what the node says itself, and when to look again.
//! Decides only.
//!
//! The agent owns its node's entry. Services and checks that others have put there go at the next look, as in Consul; the
//! service `consul` and the check serfHealth are the leader's to keep.

use std::sync::Arc;
use std::time::Duration;

use proconsul_base::rand::Rng;
use proconsul_calls::catalog::{Deregister, Register};
use proconsul_types::check::{Check, SERF_HEALTH};
use proconsul_types::node::Node;
use proconsul_types::service::Service;

/// The service that the leader keeps for servers.
const CONSUL: &str = "consul";

/// How long the catalog is trusted in a small cluster, before the stagger: Consul's `AEInterval`.
const INTERVAL: Duration = Duration::from_secs(60);

/// Up to so many nodes it stays that long; each doubling beyond adds one more of it.
const SCALED_FROM: usize = 128;

/// What the catalog says of this node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The node of this name.
    pub node: Option<Arc<Node>>,
    /// The services on it.
    pub services: Vec<Arc<Service>>,
    /// Its checks and those of its services.
    pub checks: Vec<Arc<Check>>,
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// The node is so.
    Register(Box<Register>),
    /// This is not on it.
    Deregister(Deregister),
}

/// What is to be written, in this order; nothing when the catalog is right.
pub fn due(node: &Node, seen: &Seen) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !seen.node.as_deref().is_some_and(|seen| says_the_same(node, seen)) {
        deeds.push(Deed::Register(Box::new(Register {
            datacenter: None,
            node: node.clone(),
            service: None,
            checks: Vec::new(),
            skip_node_update: false,
        })));
    }
    for service in seen.services.iter().filter(|service| &*service.id != CONSUL) {
        deeds.push(deregister(node, &service.id, ""));
    }
    // Those of a service go with it.
    for check in seen.checks.iter().filter(|check| &*check.id != SERF_HEALTH) {
        if check.service_id.is_empty() || &*check.service_id == CONSUL {
            deeds.push(deregister(node, "", &check.id));
        }
    }
    deeds
}

/// How long until the catalog is looked at again, in a cluster of so many nodes: staggered, so that not all look at once.
pub fn pause(nodes: usize, rng: &mut Rng) -> Duration {
    let doublings = nodes.div_ceil(SCALED_FROM).next_power_of_two().ilog2();
    let interval = INTERVAL * (1 + doublings);
    interval + rng.duration_below(interval)
}

fn says_the_same(ours: &Node, seen: &Node) -> bool {
    ours.id == seen.id
        && ours.address == seen.address
        && ours.tagged_addresses == seen.tagged_addresses
        && ours.meta == seen.meta
}

fn deregister(node: &Node, service: &str, check: &str) -> Deed {
    let (node, service_id, check_id) = ((&*node.name).into(), service.into(), check.into());
    Deed::Deregister(Deregister { datacenter: None, node, service_id, check_id })
}

#[cfg(test)]
mod tests;
