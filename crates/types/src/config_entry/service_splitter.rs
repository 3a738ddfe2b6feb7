//! `service-splitter`: how requests to a service are divided among services and subsets.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{EntryError, SplitterError};
use super::header::HeaderModifiers;
use super::weight::Weight;
use super::{Document, EntryMeta, is_default};

/// How requests to a service are divided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceSplitter {
    /// The service.
    pub name: String,
    /// The parts; together they are the whole.
    pub splits: Vec<Split>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// One part of the traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Split {
    /// How much of it.
    pub weight: Weight,
    /// The service it goes to; the splitter's own when empty.
    #[serde(skip_serializing_if = "is_default")]
    pub service: String,
    /// The subset of its instances.
    #[serde(alias = "service_subset", skip_serializing_if = "is_default")]
    pub service_subset: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    /// Changes of the headers of requests (1.11).
    #[serde(alias = "request_headers", skip_serializing_if = "is_default")]
    pub request_headers: Option<HeaderModifiers>,
    /// Changes of the headers of answers (1.11).
    #[serde(alias = "response_headers", skip_serializing_if = "is_default")]
    pub response_headers: Option<HeaderModifiers>,
}

impl Document for ServiceSplitter {
    fn name(&self) -> &str {
        &self.name
    }

    /// Nothing to do: a weight is in its normal form from the moment it is read.
    fn normalize(&mut self) {}

    fn validate(&self) -> Result<(), EntryError> {
        if self.name.is_empty() {
            return Err(EntryError::Name);
        }
        if self.splits.is_empty() {
            return Err(SplitterError::Empty.into());
        }
        EntryError::of_meta(&self.meta)?;
        let mut seen = BTreeSet::new();
        for split in &self.splits {
            let service = if split.service.is_empty() { &self.name } else { &split.service };
            if !seen.insert((service, &split.service_subset, &split.namespace)) {
                let (service, subset) = (service.clone(), split.service_subset.clone());
                return Err(SplitterError::Twice { service, subset, namespace: split.namespace.clone() }.into());
            }
        }
        let sum = self.splits.iter().fold(0_i64, |sum, split| sum.saturating_add(split.weight.0));
        if Weight(sum) == Weight::WHOLE { Ok(()) } else { Err(SplitterError::Sum(Weight(sum)).into()) }
    }
}
