//! An instance of a service in a transaction, as Go's client writes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::node::{Meta, Text};
use proconsul_types::service::{Proxy, Service, ServiceKind, Weights};
use proconsul_types::txn::Op;
use serde_json::Value;

use super::body::{OfService, verb};
use crate::decode::{Named, named, record};

#[derive(Debug, Default)]
pub(super) struct ServiceOperation {
    verb: Named<OfService>,
    node: Text,
    service: ServiceBody,
}

record!(ServiceOperation, "api.ServiceTxnOp", strict { "Verb" => verb, "Node" => node, "Service" => service });

/// Kind, tagged addresses, proxy and mesh are taken and not looked at: Consul's transactions drop them.
#[derive(Debug, Default)]
struct ServiceBody {
    kind: Named<KindName>,
    id: Text,
    name: Text,
    tags: Arc<[Text]>,
    meta: Meta,
    port: i64,
    address: Text,
    tagged_addresses: BTreeMap<String, AddressBody>,
    weights: WeightsBody,
    enable_tag_override: bool,
    create_index: u64,
    modify_index: u64,
    content_hash: String,
    proxy: ProxyBody,
    connect: ConnectBody,
    namespace: String,
}

record!(ServiceBody, "api.AgentService", strict {
    "Kind" => kind,
    "ID" => id,
    "Service" => name,
    "Tags" => tags,
    "Meta" => meta,
    "Port" => port,
    "Address" => address,
    "TaggedAddresses" => tagged_addresses,
    "Weights" => weights,
    "EnableTagOverride" => enable_tag_override,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
    "ContentHash" => content_hash,
    "Proxy" => proxy,
    "Connect" => connect,
    "Namespace" => namespace,
});

/// Not looked at deeper than this.
#[derive(Debug, Default)]
struct ProxyBody {
    destination_service_name: String,
    destination_service_id: String,
    local_service_address: String,
    local_service_port: i64,
    config: Value,
    upstreams: Value,
    mesh_gateway: Value,
    expose: Value,
}

record!(ProxyBody, "api.AgentServiceConnectProxyConfig", strict {
    "DestinationServiceName" => destination_service_name,
    "DestinationServiceID" => destination_service_id,
    "LocalServiceAddress" => local_service_address,
    "LocalServicePort" => local_service_port,
    "Config" => config,
    "Upstreams" => upstreams,
    "MeshGateway" => mesh_gateway,
    "Expose" => expose,
});

#[derive(Debug, Default)]
struct ConnectBody {
    native: bool,
    sidecar_service: Value,
}

record!(ConnectBody, "api.AgentServiceConnect", strict { "Native" => native, "SidecarService" => sidecar_service });

#[derive(Debug, Default)]
struct WeightsBody {
    passing: i64,
    warning: i64,
}

record!(WeightsBody, "api.AgentWeights", strict { "Passing" => passing, "Warning" => warning });

#[derive(Debug, Default)]
struct AddressBody {
    address: String,
    port: i64,
}

record!(AddressBody, "api.ServiceAddress", strict { "Address" => address, "Port" => port });

named!(KindName = "api.ServiceKind");

impl WeightsBody {
    /// Weights that no instance can have count as none.
    fn read(&self) -> Weights {
        let fits = |weight| (0..=65_535).contains(&weight);
        match *self {
            Self { passing, warning } if passing > 0 && fits(passing) && fits(warning) => Weights { passing, warning },
            _ => Weights { passing: 1, warning: 1 },
        }
    }
}

impl From<ServiceOperation> for Op {
    fn from(ServiceOperation { verb: word, node, service }: ServiceOperation) -> Self {
        let service = Service {
            kind: ServiceKind::Typical,
            id: service.id,
            name: service.name,
            node,
            tags: service.tags,
            address: service.address,
            tagged_addresses: None,
            meta: service.meta,
            port: service.port,
            weights: service.weights.read(),
            enable_tag_override: service.enable_tag_override,
            proxy: Arc::new(Proxy::default()),
            connect_native: false,
            create_index: Index(service.create_index),
            modify_index: Index(service.modify_index),
        };
        Self::Service(verb(word), service)
    }
}
