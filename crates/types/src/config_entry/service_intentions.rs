//! `service-intentions`: who may call a service (1.9).

use std::collections::BTreeSet;

use proconsul_base::limit;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::EntryError;
use super::{DEFAULT_NAMESPACE, Document, EntryMeta, is_default};
use crate::intention::{self, Action, CONSUL, Pair};

/// Who may call a service, or any (`*`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceIntentions {
    /// The service that is called.
    pub name: String,
    /// What is said about those who call, the most exact first.
    pub sources: Vec<SourceIntention>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// What is said about one who calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SourceIntention {
    /// The service that calls, or any (`*`).
    pub name: String,
    /// `allow` or `deny`; empty with permissions.
    #[serde(skip_serializing_if = "is_default")]
    pub action: String,
    /// What is allowed or denied request by request; kept as it was written.
    #[serde(skip_serializing_if = "is_default")]
    pub permissions: Vec<Value>,
    /// How exact the pair of names is; computed.
    pub precedence: i64,
    /// Always `consul`.
    #[serde(rename = "Type")]
    pub source_type: String,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub description: String,
}

/// What makes no sense in intentions of a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntentionsError {
    #[error("Name: wildcard character '*' cannot be used with partial values")]
    PartialWildcard,
    #[error("At least one source is required")]
    NoSource,
    #[error("Sources[{0}].Name is required")]
    SourceNameless(usize),
    #[error("Sources[{0}].Name: wildcard character '*' cannot be used with partial values")]
    SourcePartialWildcard(usize),
    #[error("Sources[{0}].Action must be set to 'allow' or 'deny'")]
    SourceAction(usize),
    #[error("Sources[{0}].Action must be omitted if Permissions are specified")]
    ActionAndPermissions(usize),
    #[error("Sources[{0}].Type must be set to 'consul'")]
    SourceType(usize),
    #[error("Sources[{place}] defines {name:?} more than once")]
    SourceTwice { place: usize, name: String },
    #[error(
        "Meta is kept with each of the {sources} sources, {bytes} bytes in all; more than {limit} are not taken: say less, or name fewer sources",
        limit = limit::INTENTIONS_META_BYTES
    )]
    TooMuchMeta { sources: usize, bytes: usize },
}

impl Document for ServiceIntentions {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {
        for source in &mut self.sources {
            source.precedence = source.pair(&self.name).precedence();
            if source.source_type.is_empty() {
                CONSUL.clone_into(&mut source.source_type);
            }
        }
        self.sources
            .sort_by(|one, other| other.precedence.cmp(&one.precedence).then_with(|| one.name.cmp(&other.name)));
    }

    fn validate(&self) -> Result<(), EntryError> {
        if self.name.is_empty() {
            return Err(EntryError::Name);
        }
        if intention::is_partial_wildcard(&self.name) {
            return Err(IntentionsError::PartialWildcard.into());
        }
        EntryError::of_meta(&self.meta)?;
        if self.sources.is_empty() {
            return Err(IntentionsError::NoSource.into());
        }
        let each: usize = self.meta.iter().map(|(name, value)| name.len() + value.len()).sum();
        let (sources, bytes) = (self.sources.len(), each.saturating_mul(self.sources.len()));
        if bytes > limit::INTENTIONS_META_BYTES {
            return Err(IntentionsError::TooMuchMeta { sources, bytes }.into());
        }
        let mut seen = BTreeSet::new();
        for (place, source) in self.sources.iter().enumerate() {
            source.validate(place)?;
            if !seen.insert(&source.name) {
                return Err(IntentionsError::SourceTwice { place, name: source.name.clone() }.into());
            }
        }
        Ok(())
    }
}

impl SourceIntention {
    /// Who calls whom, when this is said of the callers of a service.
    pub fn pair(&self, destination: &str) -> Pair {
        Pair {
            source_ns: DEFAULT_NAMESPACE.to_owned(),
            source_name: self.name.clone(),
            destination_ns: DEFAULT_NAMESPACE.to_owned(),
            destination_name: destination.to_owned(),
        }
    }

    fn validate(&self, place: usize) -> Result<(), IntentionsError> {
        if self.name.is_empty() {
            return Err(IntentionsError::SourceNameless(place));
        }
        if intention::is_partial_wildcard(&self.name) {
            return Err(IntentionsError::SourcePartialWildcard(place));
        }
        let is_action = self.action.parse::<Action>().is_ok();
        match (self.permissions.is_empty(), self.action.is_empty()) {
            (false, false) => return Err(IntentionsError::ActionAndPermissions(place)),
            (true, _) if !is_action => return Err(IntentionsError::SourceAction(place)),
            _ => {}
        }
        if self.source_type == CONSUL { Ok(()) } else { Err(IntentionsError::SourceType(place)) }
    }
}
