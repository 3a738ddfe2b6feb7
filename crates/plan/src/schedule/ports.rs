//! Ports of the node itself, which only one pod can have.

use k8s_openapi::api::core::v1::{Node, Pod};

use super::{Cluster, Refusal, node};
use crate::pod;

pub(super) fn are_free(pod: &Pod, node: &Node, cluster: Cluster<'_>) -> Vec<Refusal> {
    let taken: Vec<HostPort> = cluster.on(node::name(node)).flat_map(host_ports).collect();
    if host_ports(pod).iter().any(|wanted| taken.iter().any(|taken| wanted.collides(taken))) {
        return vec![Refusal::crowded("node(s) didn't have free ports for the requested pod ports")];
    }
    Vec::new()
}

struct HostPort {
    port: i32,
    protocol: String,
    address: String,
}

impl HostPort {
    fn collides(&self, other: &Self) -> bool {
        let is_any = |address: &str| matches!(address, "" | "0.0.0.0" | "::");
        self.port == other.port
            && self.protocol == other.protocol
            && (self.address == other.address || is_any(&self.address) || is_any(&other.address))
    }
}

fn host_ports(pod: &Pod) -> Vec<HostPort> {
    let containers = pod::spec(pod).map(|spec| spec.containers.as_slice()).unwrap_or_default();
    let ports = containers.iter().flat_map(|container| container.ports.as_deref().unwrap_or_default());
    ports
        .filter_map(|port| {
            Some(HostPort {
                port: port.host_port.filter(|port| *port > 0)?,
                protocol: port.protocol.clone().unwrap_or_else(|| "TCP".to_owned()),
                address: port.host_ip.clone().unwrap_or_default(),
            })
        })
        .collect()
}
