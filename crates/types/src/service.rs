//! An instance of a service in the catalog, with its proxy and gateway parts.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::node::{Meta, Node, Text};

/// What an instance is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// An ordinary service; users see no kind at all.
    #[default]
    Typical,
    /// `connect-proxy`: speaks the mesh's protocol for another service.
    ConnectProxy,
    /// `mesh-gateway`: leads into other datacenters.
    MeshGateway,
    /// `terminating-gateway`: leads out of the mesh.
    TerminatingGateway,
    /// `ingress-gateway`: leads into the mesh.
    IngressGateway,
}

impl ServiceKind {
    /// What users call it; nothing for an ordinary service.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Typical => "",
            Self::ConnectProxy => "connect-proxy",
            Self::MeshGateway => "mesh-gateway",
            Self::TerminatingGateway => "terminating-gateway",
            Self::IngressGateway => "ingress-gateway",
        }
    }

    /// The kind that users call so.
    pub fn of_word(word: &str) -> Option<Self> {
        let kinds =
            [Self::Typical, Self::ConnectProxy, Self::MeshGateway, Self::TerminatingGateway, Self::IngressGateway];
        kinds.into_iter().find(|kind| kind.word() == word)
    }
}

/// An address with its port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAddress {
    /// An address or a host name.
    pub address: String,
    /// The port; the catalog takes any number.
    pub port: i64,
}

/// How much of the traffic an instance takes (SRV weights).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// While its checks pass.
    pub passing: i64,
    /// While one of them warns.
    pub warning: i64,
}

/// One instance of a service on a node.
///
/// Users see `Kind` (unless typical), `ID, Service, Tags, Address, TaggedAddresses, Meta, Port, Weights, EnableTagOverride, Proxy,
/// Connect, CreateIndex, ModifyIndex`, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What it is for.
    pub kind: ServiceKind,
    /// Its id, unique on its node.
    pub id: Text,
    /// The name of the service.
    pub name: Text,
    /// The node it is registered on, spelled as in its last registration.
    pub node: Text,
    /// Its tags, in the user's order.
    pub tags: Arc<[Text]>,
    /// Its own address; empty for the node's.
    pub address: Text,
    /// Other addresses by purpose.
    pub tagged_addresses: Option<Arc<BTreeMap<String, ServiceAddress>>>,
    /// What the user says about it.
    pub meta: Meta,
    /// Its port; 0 for none.
    pub port: i64,
    /// Its weights.
    pub weights: Weights,
    /// Whether others may change its tags in the catalog.
    pub enable_tag_override: bool,
    /// What it is a proxy of, and how; for ordinary services without content.
    pub proxy: Arc<Proxy>,
    /// Whether it speaks the mesh's protocol itself.
    pub connect_native: bool,
    /// The write that made it.
    pub create_index: Index,
    /// The last write that changed it.
    pub modify_index: Index,
}

/// A proxy's part of an instance (`Proxy`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// The service it stands for; empty when it is no sidecar.
    pub destination_service_name: String,
    /// The instance it stands for, if one alone.
    pub destination_service_id: String,
    /// Where that instance listens.
    pub local_service_address: String,
    /// Its port; 0 for none.
    pub local_service_port: i64,
    /// Settings for the proxy program, as the user wrote them.
    pub config: Option<BTreeMap<String, serde_json::Value>>,
    /// The services it calls for its own.
    pub upstreams: Vec<Upstream>,
    /// How it reaches other datacenters: `none`, `local`, `remote`, or empty.
    pub mesh_gateway_mode: String,
    /// Whether the paths of its checks are reachable without the mesh.
    pub expose_checks: bool,
    /// Further paths that are reachable without the mesh.
    pub expose_paths: Vec<ExposePath>,
}

/// A service that a proxy calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Upstream {
    /// `service` or `prepared_query`.
    pub destination_type: String,
    /// Its namespace; `default` or empty.
    pub destination_namespace: String,
    /// Its name.
    pub destination_name: String,
    /// Its datacenter; empty for the own one.
    pub datacenter: String,
    /// Where the proxy listens for it.
    pub local_bind_address: String,
    /// On which port.
    pub local_bind_port: i64,
    /// Settings for the proxy program.
    pub config: Option<BTreeMap<String, serde_json::Value>>,
    /// How it is reached in other datacenters.
    pub mesh_gateway_mode: String,
}

/// A path that is reachable without the mesh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExposePath {
    /// The port the proxy listens on.
    pub listener_port: i64,
    /// The path.
    pub path: String,
    /// The service's port behind it.
    pub local_path_port: i64,
    /// `http` or `http2`.
    pub protocol: String,
    /// Whether it was made from a check.
    pub parsed_from_check: bool,
}

/// An instance with the node it is on and all checks that concern it, the node's own first to last among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInstance {
    /// The node.
    pub node: Arc<Node>,
    /// The instance.
    pub service: Arc<Service>,
    /// The checks of the node and of the instance.
    pub checks: Vec<Arc<Check>>,
}
