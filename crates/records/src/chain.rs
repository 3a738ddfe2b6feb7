//! Compiled discovery chains. They are written as they are; to be read they have a form of their own.

use std::collections::BTreeMap;

use proconsul_types::config_entry::{LoadBalancer, MeshGateway, Route, Span, Split, Subset, Weight};
use proconsul_types::discovery_chain as types;
use serde::{Deserialize, Deserializer, Serialize};

use crate::service::MeshGatewayConfig;

/// A question about a chain (`DiscoveryChainRequest`). Lengths of time are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DiscoveryChainRequest {
    /// The datacenter to ask.
    pub datacenter: String,
    /// The datacenter it is compiled for; empty for the one that is asked.
    pub evaluate_in_datacenter: String,
    /// The namespace it is compiled for.
    pub evaluate_in_namespace: String,
    /// The service.
    pub name: String,
    /// How long the caller wants connections to take at most; 0 for no wish.
    pub override_connect_timeout: i64,
    /// How the caller wants other datacenters to be reached.
    pub override_mesh_gateway: MeshGatewayConfig,
    /// What the caller wants the chain to speak.
    pub override_protocol: String,
}

/// A chain (`DiscoveryChainResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DiscoveryChain {
    /// The chain.
    #[serde(deserialize_with = "chain")]
    pub chain: Option<types::CompiledChain>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Chain {
    service_name: String,
    namespace: String,
    datacenter: String,
    customization_hash: String,
    protocol: String,
    start_node: String,
    nodes: BTreeMap<String, Node>,
    targets: BTreeMap<String, Target>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Node {
    #[serde(rename = "Type")]
    kind: String,
    name: String,
    routes: Vec<NextRoute>,
    splits: Vec<NextSplit>,
    resolver: Option<Resolver>,
    load_balancer: Option<LoadBalancer>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct NextRoute {
    definition: Route,
    next_node: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct NextSplit {
    definition: Option<Split>,
    weight: Weight,
    next_node: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Resolver {
    connect_timeout: Span,
    request_timeout: Span,
    default: bool,
    target: String,
    failover: Option<Failover>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Failover {
    targets: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Target {
    #[serde(rename = "ID")]
    id: String,
    service: String,
    service_subset: String,
    namespace: String,
    datacenter: String,
    mesh_gateway: MeshGateway,
    subset: Subset,
    external: bool,
    #[serde(rename = "SNI")]
    sni: String,
    name: String,
}

fn chain<'de, D: Deserializer<'de>>(from: D) -> Result<Option<types::CompiledChain>, D::Error> {
    let chain: Option<Chain> = Option::deserialize(from)?;
    Ok(chain.map(|chain| types::CompiledChain {
        service_name: chain.service_name,
        namespace: chain.namespace,
        datacenter: chain.datacenter,
        customization_hash: chain.customization_hash,
        protocol: chain.protocol,
        start_node: chain.start_node,
        nodes: chain.nodes.into_iter().map(|(name, node)| (name, node.into())).collect(),
        targets: chain.targets.into_iter().map(|(name, target)| (name, target.into())).collect(),
    }))
}

impl From<Node> for types::ChainNode {
    fn from(node: Node) -> Self {
        let route = |NextRoute { definition, next_node }| types::ChainRoute { definition, next_node };
        let split = |NextSplit { definition, weight, next_node }| types::ChainSplit { definition, weight, next_node };
        Self {
            node_type: match &*node.kind {
                "router" => "router",
                "splitter" => "splitter",
                _ => "resolver",
            },
            name: node.name,
            routes: node.routes.into_iter().map(route).collect(),
            splits: node.splits.into_iter().map(split).collect(),
            resolver: node.resolver.map(|resolver| types::ChainResolver {
                connect_timeout: resolver.connect_timeout,
                request_timeout: resolver.request_timeout,
                default: resolver.default,
                target: resolver.target,
                failover: resolver.failover.map(|Failover { targets }| types::ChainFailover { targets }),
            }),
            load_balancer: node.load_balancer,
        }
    }
}

impl From<Target> for types::ChainTarget {
    fn from(target: Target) -> Self {
        Self {
            id: target.id,
            service: target.service,
            service_subset: target.service_subset,
            namespace: target.namespace,
            datacenter: target.datacenter,
            mesh_gateway: target.mesh_gateway,
            subset: target.subset,
            external: target.external,
            sni: target.sni,
            name: target.name,
        }
    }
}
