//! `mesh`: the mesh as a whole (1.10). There is one, which is called so itself.

use serde::{Deserialize, Serialize};

use super::error::EntryError;
use super::{Document, EntryMeta, is_default};

/// The mesh as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Mesh {
    /// How transparent proxies behave everywhere.
    #[serde(alias = "transparent_proxy")]
    pub transparent_proxy: MeshTransparentProxy,
    /// Whether sidecars have mutual TLS only, and without exception (1.16).
    #[serde(rename = "AllowEnablingPermissiveMutualTLS", alias = "allow_enabling_permissive_mutual_tls")]
    #[serde(skip_serializing_if = "is_default")]
    pub allow_enabling_permissive_mutual_tls: bool,
    /// How TLS is spoken (1.12).
    #[serde(rename = "TLS", skip_serializing_if = "is_default")]
    pub tls: Option<MeshTls>,
    /// How HTTP is treated (1.11).
    #[serde(rename = "HTTP", skip_serializing_if = "is_default")]
    pub http: Option<MeshHttp>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// How transparent proxies behave everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MeshTransparentProxy {
    /// Whether only services of the mesh can be reached.
    #[serde(alias = "mesh_destinations_only")]
    pub mesh_destinations_only: bool,
}

/// How TLS is spoken (1.12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MeshTls {
    /// By those who are called.
    #[serde(skip_serializing_if = "is_default")]
    pub incoming: Option<MeshTlsDirection>,
    /// By those who call.
    #[serde(skip_serializing_if = "is_default")]
    pub outgoing: Option<MeshTlsDirection>,
}

/// How TLS is spoken in one direction (1.12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MeshTlsDirection {
    /// The lowest version.
    #[serde(rename = "TLSMinVersion", alias = "tls_min_version", skip_serializing_if = "is_default")]
    pub tls_min_version: String,
    /// The highest version.
    #[serde(rename = "TLSMaxVersion", alias = "tls_max_version", skip_serializing_if = "is_default")]
    pub tls_max_version: String,
    /// The cipher suites.
    #[serde(alias = "cipher_suites", skip_serializing_if = "is_default")]
    pub cipher_suites: Vec<String>,
}

/// How HTTP is treated (1.11).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MeshHttp {
    /// Whether a called proxy leaves the caller's certificate out of the request.
    #[serde(alias = "sanitize_x_forwarded_client_cert")]
    pub sanitize_x_forwarded_client_cert: bool,
}

impl Mesh {
    /// The only name there is.
    pub const NAME: &'static str = "mesh";
}

impl Document for Mesh {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn normalize(&mut self) {}

    fn validate(&self) -> Result<(), EntryError> {
        EntryError::of_meta(&self.meta)
    }
}
