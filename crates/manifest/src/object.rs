//! One object of a manifest: its kind, its fields as written, and where they stand.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::yaml::Mark;
use crate::{Kind, Path};

/// An object as written, without defaults; unknown fields are gone, as in Kubernetes.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// Its fields.
    pub value: Value,
    /// The name of the source it was read from.
    pub file: String,
    /// The line its document begins on, from 1.
    pub line: usize,
    pub(crate) marks: BTreeMap<Path, Mark>,
}

/// Why an object cannot be seen as a Kubernetes type.
#[derive(Debug, thiserror::Error)]
#[error("reading {kind} {name:?} as its Kubernetes type")]
pub struct TypedError {
    kind: Kind,
    name: String,
    source: serde_json::Error,
}

impl Object {
    /// `metadata.name`, empty when there is none.
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// The namespace; `default` when none is given, `None` for kinds that stand in none.
    pub fn namespace(&self) -> Option<&str> {
        self.kind.is_namespaced().then(|| self.text("namespace").unwrap_or("default"))
    }

    /// `metadata.labels`, when there are any.
    pub fn labels(&self) -> Option<&Map<String, Value>> {
        self.value.pointer("/metadata/labels")?.as_object()
    }

    /// The object as its Kubernetes type.
    ///
    /// # Errors
    /// When a field has another type than Kubernetes gives it, which reading has refused already.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, TypedError> {
        serde_json::from_value(self.value.clone()).map_err(|source| TypedError {
            kind: self.kind,
            name: self.name().to_owned(),
            source,
        })
    }

    /// Line and column, both from 1, of a field or of the nearest field above it.
    pub fn place(&self, path: &Path) -> (usize, usize) {
        let mut path = Some(path.clone());
        while let Some(here) = path {
            if let Some(mark) = self.marks.get(&here) {
                return (mark.line, mark.column);
            }
            path = here.parent();
        }
        (self.line, 1)
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.value.get("metadata")?.get(field)?.as_str().filter(|text| !text.is_empty())
    }
}
