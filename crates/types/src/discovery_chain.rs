//! A compiled discovery chain: the graph that a proxy follows from a service's name to instances.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config_entry::{LoadBalancer, MeshGateway, Route, Span, Split, Subset, Weight};

/// The chain of one service, as seen from one datacenter. Nodes and targets stand under their own names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompiledChain {
    /// The service, spelled as it was asked for.
    pub service_name: String,
    /// Its namespace.
    pub namespace: String,
    /// The datacenter it was compiled for.
    pub datacenter: String,
    /// A digest of the settings that made this chain another than the common one; empty for the common one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub customization_hash: String,
    /// What all services on the chain speak.
    pub protocol: String,
    /// The node where it begins.
    pub start_node: String,
    /// All nodes.
    pub nodes: BTreeMap<String, ChainNode>,
    /// All sets of instances that it can lead to.
    pub targets: BTreeMap<String, ChainTarget>,
}

/// A node of the chain: a router, a splitter or a resolver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainNode {
    /// `router`, `splitter` or `resolver`.
    #[serde(rename = "Type")]
    pub node_type: &'static str,
    /// The service, or the target of a resolver.
    pub name: String,
    /// A router's ways.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<ChainRoute>,
    /// A splitter's parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<ChainSplit>,
    /// A resolver's target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<ChainResolver>,
    /// How instances are chosen (1.9).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
}

/// One way of a router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainRoute {
    /// Which requests take it, as the user wrote it.
    pub definition: Route,
    /// The node it leads to.
    pub next_node: String,
}

/// One part of a splitter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainSplit {
    /// What is done to its headers on the way; absent when nothing is (1.11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<Split>,
    /// Its share.
    pub weight: Weight,
    /// The node it leads to.
    pub next_node: String,
}

/// A resolver's target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainResolver {
    /// How long a connection may take to be made.
    pub connect_timeout: Span,
    /// How long a request may take (1.16).
    #[serde(skip_serializing_if = "is_zero")]
    pub request_timeout: Span,
    /// Whether no config entry says anything about it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
    /// The target.
    pub target: String,
    /// What stands in for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<ChainFailover>,
}

/// What stands in for a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainFailover {
    /// Targets, in the order they are tried.
    pub targets: Vec<String>,
}

/// A set of instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChainTarget {
    /// Its name on the chain.
    #[serde(rename = "ID")]
    pub id: String,
    /// The service.
    pub service: String,
    /// The subset of its instances.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_subset: String,
    /// Its namespace.
    pub namespace: String,
    /// Its datacenter.
    pub datacenter: String,
    /// How that datacenter is reached.
    pub mesh_gateway: MeshGateway,
    /// Which instances are in the subset.
    pub subset: Subset,
    /// Whether it lies outside the mesh.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub external: bool,
    /// The name in TLS handshakes with it.
    #[serde(rename = "SNI")]
    pub sni: String,
    /// The name a proxy gives it.
    pub name: String,
}

fn is_zero(span: &Span) -> bool {
    *span == Span::default()
}
