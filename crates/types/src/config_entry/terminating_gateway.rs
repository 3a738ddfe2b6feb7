//! `terminating-gateway`: which services a gateway out of the mesh stands for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{EntryError, TerminatingError};
use super::{Document, EntryMeta, is_default};

/// Which services a gateway out of the mesh stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TerminatingGateway {
    /// The gateway's service.
    pub name: String,
    /// The services.
    pub services: Option<Vec<LinkedService>>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// A service outside the mesh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LinkedService {
    /// Its name, or all (`*`).
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The certificates it is verified with.
    #[serde(rename = "CAFile", alias = "ca_file", skip_serializing_if = "is_default")]
    pub ca_file: String,
    /// The certificate shown to it.
    #[serde(alias = "cert_file", skip_serializing_if = "is_default")]
    pub cert_file: String,
    /// The key of that certificate.
    #[serde(alias = "key_file", skip_serializing_if = "is_default")]
    pub key_file: String,
    /// The name in TLS handshakes with it.
    #[serde(rename = "SNI", skip_serializing_if = "is_default")]
    pub sni: String,
}

impl TerminatingGateway {
    /// The services.
    pub fn services(&self) -> &[LinkedService] {
        self.services.as_deref().unwrap_or_default()
    }
}

impl Document for TerminatingGateway {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {}

    fn validate(&self) -> Result<(), EntryError> {
        EntryError::of_meta(&self.meta)?;
        let mut seen = BTreeSet::new();
        for service in self.services() {
            if service.name.is_empty() {
                return Err(TerminatingError::Nameless.into());
            }
            if !seen.insert(&service.name) {
                return Err(TerminatingError::Twice(service.name.clone()).into());
            }
            let has_pair = !service.cert_file.is_empty() && !service.key_file.is_empty();
            let has_part = !service.cert_file.is_empty() || !service.key_file.is_empty();
            if has_part && (service.ca_file.is_empty() || !has_pair) {
                return Err(TerminatingError::Tls(service.name.clone()).into());
            }
        }
        Ok(())
    }
}
