//! `proxy-defaults`: what all proxies have in common. There is one, `global`; Consul names every other so too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::EntryError;
use super::proxy::{EnvoyExtension, Expose, MeshGateway, TransparentProxy};
use super::{Document, EntryMeta, is_default};

/// What all proxies have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ProxyDefaults {
    /// Always [`ProxyDefaults::NAME`].
    pub name: String,
    /// Settings for the proxy program, as the user wrote them.
    pub config: Option<BTreeMap<String, Value>>,
    /// `direct`, `transparent` or empty (1.10).
    #[serde(skip_serializing_if = "is_default")]
    pub mode: String,
    /// How transparent proxies behave (1.10).
    #[serde(alias = "transparent_proxy", skip_serializing_if = "is_default")]
    pub transparent_proxy: TransparentProxy,
    /// How other datacenters are reached.
    #[serde(alias = "mesh_gateway")]
    pub mesh_gateway: MeshGateway,
    /// What is reachable without the mesh.
    pub expose: Expose,
    /// Extensions of Envoy's configuration (1.15).
    #[serde(alias = "envoy_extensions", skip_serializing_if = "is_default")]
    pub envoy_extensions: Vec<EnvoyExtension>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

impl ProxyDefaults {
    /// The only name there is.
    pub const NAME: &'static str = "global";

    /// The protocol that services speak unless they say otherwise; empty when it says none.
    pub fn protocol(&self) -> &str {
        self.config.as_ref().and_then(|config| config.get("protocol")).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Document for ProxyDefaults {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {
        Self::NAME.clone_into(&mut self.name);
    }

    fn validate(&self) -> Result<(), EntryError> {
        EntryError::of_meta(&self.meta)
    }
}
