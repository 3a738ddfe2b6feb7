//! `exported-services`: what other partitions and peers may see (1.11). There is one, for the one partition there is.

use serde::{Deserialize, Serialize};

use super::error::EntryError;
use super::{Document, EntryMeta, is_default};

/// What other partitions and peers may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExportedServices {
    /// Always [`ExportedServices::NAME`].
    pub name: String,
    /// The services.
    pub services: Option<Vec<ExportedService>>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// A service that others may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExportedService {
    /// Its name, or all (`*`).
    pub name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    /// Who may.
    pub consumers: Option<Vec<ExportedConsumer>>,
}

/// Someone who may see a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExportedConsumer {
    /// A partition.
    #[serde(skip_serializing_if = "is_default")]
    pub partition: String,
    /// A peer (1.13).
    #[serde(alias = "peer_name", skip_serializing_if = "is_default")]
    pub peer: String,
}

impl ExportedServices {
    /// The only name there is.
    pub const NAME: &'static str = "default";
}

impl Document for ExportedServices {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {}

    fn validate(&self) -> Result<(), EntryError> {
        if self.name != Self::NAME {
            return Err(EntryError::OneName { given: self.name.clone(), wanted: Self::NAME });
        }
        EntryError::of_meta(&self.meta)
    }
}
