//! Instances of services.

mod proxy;

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::CatalogError;
use proconsul_types::node::{Meta, Text};
use proconsul_types::service as types;
use serde::{Deserialize, Serialize};

pub use self::proxy::{ConnectProxyConfig, ExposeConfig, ExposePath, MeshGatewayConfig, Upstream};
use crate::check::some_texts;

/// An instance (`NodeService`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NodeService {
    /// Its own address; empty for the node's.
    pub address: Text,
    /// What it has to do with the mesh.
    pub connect: ServiceConnect,
    /// The write that made it.
    pub create_index: u64,
    /// Whether others may change its tags in the catalog.
    pub enable_tag_override: bool,
    /// Its id.
    #[serde(rename = "ID")]
    pub id: Text,
    /// What it is for.
    pub kind: String,
    /// Of an agent; servers never set it.
    pub locally_registered_as_sidecar: bool,
    /// What the user says about it.
    pub meta: Meta,
    /// The last write that changed it.
    pub modify_index: u64,
    /// Its port.
    pub port: i64,
    /// Its proxy part.
    pub proxy: ConnectProxyConfig,
    /// The name of the service.
    pub service: Text,
    /// Other addresses by purpose.
    pub tagged_addresses: Option<BTreeMap<String, ServiceAddress>>,
    /// Its tags.
    pub tags: Option<Arc<[Text]>>,
    /// Its weights; nil or zeros for one each.
    pub weights: Option<Weights>,
}

/// What an instance has to do with the mesh (`ServiceConnect`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceConnect {
    /// Whether it speaks the mesh's protocol itself.
    pub native: bool,
    /// Of an agent; always nil in the catalog, and not looked into.
    pub sidecar_service: Option<()>,
}

/// An address with its port (`ServiceAddress`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceAddress {
    /// The address.
    pub address: String,
    /// The port.
    pub port: i64,
}

/// SRV weights (`Weights`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Weights {
    /// While its checks pass.
    pub passing: i64,
    /// While one of them warns.
    pub warning: i64,
}

impl From<&types::Service> for NodeService {
    fn from(service: &types::Service) -> Self {
        Self {
            address: Arc::clone(&service.address),
            connect: ServiceConnect { native: service.connect_native, sidecar_service: None },
            create_index: service.create_index.0,
            enable_tag_override: service.enable_tag_override,
            id: Arc::clone(&service.id),
            kind: service.kind.word().to_owned(),
            locally_registered_as_sidecar: false,
            meta: service.meta.clone(),
            modify_index: service.modify_index.0,
            port: service.port,
            proxy: ConnectProxyConfig::from(&*service.proxy),
            service: Arc::clone(&service.name),
            tagged_addresses: addresses(service),
            tags: some_texts(&service.tags),
            weights: Some(service.weights.into()),
        }
    }
}

impl NodeService {
    /// The instance on a node. Its kind must be one that there is.
    pub fn on(self, node: Text) -> Result<types::Service, CatalogError> {
        let address = |(name, ServiceAddress { address, port })| (name, types::ServiceAddress { address, port });
        // Those who know nothing of weights send zeros.
        let weights = self.weights.filter(|weights| *weights != Weights::default());
        let weights = weights.unwrap_or(Weights { passing: 1, warning: 1 });
        Ok(types::Service {
            kind: types::ServiceKind::of_word(&self.kind).ok_or(CatalogError::UnknownKind(self.kind))?,
            id: self.id,
            name: self.service,
            node,
            tags: self.tags.unwrap_or_default(),
            address: self.address,
            tagged_addresses: self.tagged_addresses.map(|map| Arc::new(map.into_iter().map(address).collect())),
            meta: self.meta,
            port: self.port,
            weights: types::Weights { passing: weights.passing, warning: weights.warning },
            enable_tag_override: self.enable_tag_override,
            proxy: Arc::new(self.proxy.into()),
            connect_native: self.connect.native,
            create_index: Index(self.create_index),
            modify_index: Index(self.modify_index),
        })
    }
}

impl From<types::Weights> for Weights {
    fn from(types::Weights { passing, warning }: types::Weights) -> Self {
        Self { passing, warning }
    }
}

/// The other addresses of an instance.
pub(crate) fn addresses(service: &types::Service) -> Option<BTreeMap<String, ServiceAddress>> {
    let address = |(name, at): (&String, &types::ServiceAddress)| {
        (name.clone(), ServiceAddress { address: at.address.clone(), port: at.port })
    };
    service.tagged_addresses.as_deref().map(|map| map.iter().map(address).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_without_weights_weighs_one() {
        let weighs = |weights| {
            let service = NodeService { weights, ..NodeService::default() }.on("n1".into());
            service.map(|service| (service.weights.passing, service.weights.warning))
        };
        assert_eq!(weighs(None), Ok((1, 1)));
        assert_eq!(weighs(Some(Weights::default())), Ok((1, 1)));
        assert_eq!(weighs(Some(Weights { passing: 3, warning: 0 })), Ok((3, 0)));
    }

    #[test]
    fn a_kind_that_there_is_not_is_refused() {
        let service = NodeService { kind: "api-gateway".to_owned(), ..NodeService::default() };
        assert_eq!(service.on("n1".into()), Err(CatalogError::UnknownKind("api-gateway".to_owned())));
    }
}
