//! An instance of a service in a body.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::CatalogError;
use proconsul_types::node::Meta;
use proconsul_types::service::{ExposePath, Proxy, Service, ServiceAddress, ServiceKind, Upstream, Weights};
use serde_json::Value;

use crate::decode::{DecodeError, FromJson, Json, record};
use crate::error::HttpError;

/// An instance of a registration.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServiceBody {
    kind: Kind,
    id: Arc<str>,
    name: Arc<str>,
    tags: Arc<[Arc<str>]>,
    address: Arc<str>,
    tagged_addresses: Option<BTreeMap<String, AddressBody>>,
    meta: Meta,
    port: i64,
    weights: Option<WeightsBody>,
    enable_tag_override: bool,
    proxy: ProxyBody,
    connect: ConnectBody,
    create_index: u64,
    modify_index: u64,
}

record!(ServiceBody, "structs.NodeService", strict {
    "Kind" => kind,
    "ID" => id,
    "Service" => name,
    "Tags" => tags,
    "Address" => address,
    "TaggedAddresses" => tagged_addresses,
    "Meta" => meta,
    "Port" => port,
    "Weights" => weights,
    "EnableTagOverride" => enable_tag_override,
    "Proxy" => proxy,
    "Connect" => connect,
    "CreateIndex" => create_index,
    "ModifyIndex" => modify_index,
});

impl TryFrom<ServiceBody> for Service {
    type Error = HttpError;

    fn try_from(body: ServiceBody) -> Result<Self, HttpError> {
        let addresses = |map: BTreeMap<String, AddressBody>| map.into_iter().map(|(name, at)| (name, at.into()));
        Ok(Self {
            kind: body.kind.read()?,
            id: body.id,
            name: body.name,
            node: Arc::from(""),
            tags: body.tags,
            address: body.address,
            tagged_addresses: body.tagged_addresses.map(|map| Arc::new(addresses(map).collect())),
            meta: body.meta,
            port: body.port,
            weights: body.weights.map_or(Weights { passing: 1, warning: 1 }, Into::into),
            enable_tag_override: body.enable_tag_override,
            proxy: Arc::new(body.proxy.into()),
            connect_native: body.connect.native,
            create_index: Index(body.create_index),
            modify_index: Index(body.modify_index),
        })
    }
}

/// A kind as it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kind(String);

impl FromJson for Kind {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("structs.ServiceKind")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::Text(text) => Ok(Self(text.clone().into_owned())),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

impl Kind {
    pub(crate) fn read(self) -> Result<ServiceKind, HttpError> {
        Ok(match &*self.0 {
            "" => ServiceKind::Typical,
            "connect-proxy" => ServiceKind::ConnectProxy,
            "mesh-gateway" => ServiceKind::MeshGateway,
            "terminating-gateway" => ServiceKind::TerminatingGateway,
            "ingress-gateway" => ServiceKind::IngressGateway,
            _ => return Err(HttpError::Call(CatalogError::UnknownKind(self.0).into())),
        })
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct AddressBody {
    address: String,
    port: i64,
}

record!(AddressBody, "structs.ServiceAddress", strict { "Address" => address, "Port" => port });

impl From<AddressBody> for ServiceAddress {
    fn from(AddressBody { address, port }: AddressBody) -> Self {
        Self { address, port }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct WeightsBody {
    passing: i64,
    warning: i64,
}

record!(WeightsBody, "structs.Weights", strict { "Passing" => passing, "Warning" => warning });

impl From<WeightsBody> for Weights {
    fn from(WeightsBody { passing, warning }: WeightsBody) -> Self {
        Self { passing, warning }
    }
}

#[derive(Clone, Debug, Default)]
struct ConnectBody {
    native: bool,
}

record!(ConnectBody, "struct { SidecarServiceSnake *structs.ServiceDefinition \"json:\\\"sidecar_service\\\"\"; *structs.Alias }", itself lenient {
    "Native" => native,
});

#[derive(Clone, Debug, Default)]
pub(crate) struct ProxyBody {
    destination_service_name: String,
    destination_service_id: String,
    local_service_address: String,
    local_service_port: i64,
    config: Option<BTreeMap<String, Value>>,
    upstreams: Upstreams,
    mesh_gateway: MeshGatewayBody,
    expose: ExposeBody,
}

record!(
    ProxyBody,
    "struct { DestinationServiceNameSnake string \"json:\\\"destination_service_name\\\"\"; DestinationServiceIDSnake string \"json:\\\"destination_service_id\\\"\"; LocalServiceAddressSnake string \"json:\\\"local_service_address\\\"\"; LocalServicePortSnake int \"json:\\\"local_service_port\\\"\"; *structs.Alias }",
    itself strict {
        "DestinationServiceName" | "destination_service_name" => destination_service_name,
        "DestinationServiceID" | "destination_service_id" => destination_service_id,
        "LocalServiceAddress" | "local_service_address" => local_service_address,
        "LocalServicePort" | "local_service_port" => local_service_port,
        "Config" => config,
        "Upstreams" => upstreams,
        "MeshGateway" => mesh_gateway,
        "Expose" => expose,
    }
);

impl From<ProxyBody> for Proxy {
    fn from(body: ProxyBody) -> Self {
        Self {
            destination_service_name: body.destination_service_name,
            destination_service_id: body.destination_service_id,
            local_service_address: body.local_service_address,
            local_service_port: body.local_service_port,
            config: body.config,
            upstreams: body.upstreams.0.into_iter().map(Into::into).collect(),
            mesh_gateway_mode: body.mesh_gateway.mode,
            expose_checks: body.expose.checks,
            expose_paths: body.expose.paths.into_iter().map(Into::into).collect(),
        }
    }
}

/// Several upstreams; a list with a name of its own in Go.
#[derive(Clone, Debug, Default)]
struct Upstreams(Vec<UpstreamBody>);

impl FromJson for Upstreams {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("structs.Upstreams")
    }

    fn from_json(json: &Json<'_>) -> Result<Self, DecodeError> {
        match json {
            Json::List(_) => Vec::from_json(json).map(Self),
            other => Err(DecodeError::kind::<Self>(other)),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct UpstreamBody {
    destination_type: String,
    destination_namespace: String,
    destination_name: String,
    datacenter: String,
    local_bind_address: String,
    local_bind_port: i64,
    config: Option<BTreeMap<String, Value>>,
    mesh_gateway: MeshGatewayBody,
}

record!(
    UpstreamBody,
    "struct { DestinationTypeSnake string \"json:\\\"destination_type\\\"\"; DestinationNamespaceSnake string \"json:\\\"destination_namespace\\\"\"; DestinationNameSnake string \"json:\\\"destination_name\\\"\"; LocalBindPortSnake int \"json:\\\"local_bind_port\\\"\"; LocalBindAddressSnake string \"json:\\\"local_bind_address\\\"\"; *structs.Alias }",
    itself strict {
    "DestinationType" | "destination_type" => destination_type,
    "DestinationNamespace" | "destination_namespace" => destination_namespace,
    "DestinationName" | "destination_name" => destination_name,
    "Datacenter" => datacenter,
    "LocalBindAddress" | "local_bind_address" => local_bind_address,
    "LocalBindPort" | "local_bind_port" => local_bind_port,
    "Config" => config,
    "MeshGateway" => mesh_gateway,
});

impl From<UpstreamBody> for Upstream {
    fn from(body: UpstreamBody) -> Self {
        Self {
            destination_type: body.destination_type,
            destination_namespace: body.destination_namespace,
            destination_name: body.destination_name,
            datacenter: body.datacenter,
            local_bind_address: body.local_bind_address,
            local_bind_port: body.local_bind_port,
            config: body.config,
            mesh_gateway_mode: body.mesh_gateway.mode,
        }
    }
}

#[derive(Clone, Debug, Default)]
struct MeshGatewayBody {
    mode: String,
}

record!(MeshGatewayBody, "structs.MeshGatewayConfig", strict { "Mode" => mode });

#[derive(Clone, Debug, Default)]
struct ExposeBody {
    checks: bool,
    paths: Vec<ExposePathBody>,
}

record!(ExposeBody, "structs.ExposeConfig", strict { "Checks" => checks, "Paths" => paths });

#[derive(Clone, Debug, Default)]
struct ExposePathBody {
    listener_port: i64,
    path: String,
    local_path_port: i64,
    protocol: String,
    parsed_from_check: bool,
}

record!(
    ExposePathBody,
    "struct { LocalPathPortSnake int \"json:\\\"local_path_port\\\"\"; ListenerPortSnake int \"json:\\\"listener_port\\\"\"; *structs.Alias }",
    itself strict {
    "ListenerPort" | "listener_port" => listener_port,
    "Path" => path,
    "LocalPathPort" | "local_path_port" => local_path_port,
    "Protocol" => protocol,
    "ParsedFromCheck" => parsed_from_check,
});

impl From<ExposePathBody> for ExposePath {
    fn from(body: ExposePathBody) -> Self {
        let ExposePathBody { listener_port, path, local_path_port, protocol, parsed_from_check } = body;
        Self { listener_port, path, local_path_port, protocol, parsed_from_check }
    }
}
