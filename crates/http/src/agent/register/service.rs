//! A service with its checks and its sidecar.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_types::registration::ServiceRegistration;

use super::check::{OfService, Several};
use crate::catalog::{AddressBody, Kind, ProxyBody, WeightsBody};
use crate::decode::record;
use crate::error::HttpError;

/// A service to be held.
#[derive(Clone, Debug, Default)]
pub(in crate::agent) struct ServiceBody {
    kind: Kind,
    id: String,
    name: String,
    tags: Vec<String>,
    address: String,
    tagged_addresses: Option<BTreeMap<String, AddressBody>>,
    meta: Option<BTreeMap<String, String>>,
    port: i64,
    check: OfService,
    checks: Several,
    weights: Option<WeightsBody>,
    token: String,
    enable_tag_override: bool,
    proxy: Option<ProxyBody>,
    connect: Option<ConnectBody>,
}

record!(
    ServiceBody,
    "struct { EnableTagOverrideSnake bool \"json:\\\"enable_tag_override\\\"\"; TaggedAddressesSnake map[string]structs.ServiceAddress \"json:\\\"tagged_addresses\\\"\"; *structs.Alias }",
    itself strict {
        "Kind" => kind,
        "ID" => id,
        "Name" => name,
        "Tags" => tags,
        "Address" => address,
        "TaggedAddresses" | "tagged_addresses" => tagged_addresses,
        "Meta" => meta,
        "Port" => port,
        "Check" => check,
        "Checks" => checks,
        "Weights" => weights,
        "Token" => token,
        "EnableTagOverride" | "enable_tag_override" => enable_tag_override,
        "Proxy" => proxy,
        "Connect" => connect,
    }
);

/// Whether the service speaks the mesh's protocol, by itself or through a proxy.
#[derive(Clone, Debug, Default)]
struct ConnectBody {
    native: bool,
    sidecar: Option<Arc<ServiceBody>>,
}

record!(
    ConnectBody,
    "struct { SidecarServiceSnake *structs.ServiceDefinition \"json:\\\"sidecar_service\\\"\"; *structs.Alias }",
    itself lenient {
        "Native" => native,
        "SidecarService" | "sidecar_service" => sidecar,
    }
);

impl TryFrom<ServiceBody> for ServiceRegistration {
    type Error = HttpError;

    fn try_from(body: ServiceBody) -> Result<Self, HttpError> {
        let connect = body.connect.unwrap_or_default();
        let sidecar = connect.sidecar.map(|sidecar| Self::try_from(Arc::unwrap_or_clone(sidecar))).transpose()?;
        let addresses = body.tagged_addresses;
        // One that says nothing is none; in the list it would be a check without anything to do.
        let check = Some(body.check).filter(|check| *check != OfService::default());
        Ok(Self {
            kind: body.kind.read()?,
            id: body.id,
            name: body.name,
            tags: body.tags,
            address: body.address,
            tagged_addresses: addresses.map(|map| map.into_iter().map(|(name, at)| (name, at.into())).collect()),
            meta: body.meta,
            port: body.port,
            weights: body.weights.map(Into::into),
            enable_tag_override: body.enable_tag_override,
            checks: check.into_iter().chain(body.checks.0).map(Into::into).collect(),
            proxy: body.proxy.map(Into::into),
            connect_native: connect.native,
            sidecar: sidecar.map(Box::new),
            token: body.token,
        })
    }
}
