//! The fields Kubernetes v1.36 gives the served kinds, from the embedded schema. The one source of field validation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::Kind;

/// A type with named fields.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its name in Go: `StatefulSetSpec`.
    pub(crate) name: String,
    /// Its fields.
    pub(crate) properties: BTreeMap<String, Shape>,
}

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A type with named fields, by its name among the definitions.
    Object(String),
    /// Values of one shape by free keys.
    Map(Box<Shape>),
    /// Values of one shape in a row.
    List(Box<Shape>),
    /// Text.
    Text,
    /// Bytes as base64 text.
    Bytes,
    /// RFC 3339 text.
    Time,
    /// `true` or `false`.
    Bool,
    /// A whole number of 32 bits, or of 64.
    Integer { is_wide: bool },
    /// A number with a unit, as text or number.
    Quantity,
    /// A port number or name.
    IntOrText,
    /// Anything (`managedFields`).
    Any,
}

/// All definitions.
#[derive(Debug)]
pub(crate) struct Schema {
    kinds: BTreeMap<String, String>,
    definitions: BTreeMap<String, Definition>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let document: Document = serde_json::from_str(include_str!("../schema/v1.36.json"))
        .expect("the embedded schema is JSON of the form that xtask/schemas writes, as a test checks");
    let definitions = document.definitions.into_iter().filter_map(|(name, raw)| {
        let properties = raw.properties?.into_iter().map(|(field, raw)| (field, raw.shape())).collect();
        let short = name.rsplit('.').next().unwrap_or(&name).to_owned();
        Some((name, Definition { name: short, properties }))
    });
    Schema { kinds: document.kinds, definitions: definitions.collect() }
});

impl Schema {
    /// The schema of Kubernetes v1.36.
    pub(crate) fn get() -> &'static Self {
        &SCHEMA
    }

    /// The type of a kind.
    pub(crate) fn kind(&self, kind: Kind) -> &Definition {
        self.definition(&self.kinds[kind.name()])
    }

    /// A type by its full name.
    pub(crate) fn definition(&self, name: &str) -> &Definition {
        &self.definitions[name]
    }
}

impl Shape {
    /// As Go names the type in decoding errors.
    pub(crate) fn go_type(&self) -> String {
        match self {
            Self::Object(name) => {
                let mut parts = name.rsplit('.');
                let (short, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                format!("{version}.{short}")
            }
            Self::Map(inner) => format!("map[string]{}", inner.go_type()),
            Self::List(inner) => format!("[]{}", inner.go_type()),
            Self::Text => "string".to_owned(),
            Self::Bytes => "[]uint8".to_owned(),
            Self::Time => "v1.Time".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Integer { is_wide: true } => "int64".to_owned(),
            Self::Integer { is_wide: false } => "int32".to_owned(),
            Self::Quantity => "resource.Quantity".to_owned(),
            Self::IntOrText => "intstr.IntOrString".to_owned(),
            Self::Any => "interface {}".to_owned(),
        }
    }
}

/// The file as written by `xtask/schemas`.
#[derive(Deserialize)]
struct Document {
    kinds: BTreeMap<String, String>,
    definitions: BTreeMap<String, Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    format: Option<String>,
    items: Option<Box<Raw>>,
    additional_properties: Option<Box<Raw>>,
    properties: Option<BTreeMap<String, Raw>>,
}

impl Raw {
    fn shape(self) -> Shape {
        if let Some(reference) = self.reference {
            return named(reference.trim_start_matches("#/definitions/"));
        }
        let inner = |raw: Option<Box<Self>>| Box::new(raw.map_or(Shape::Any, |raw| raw.shape()));
        match (self.kind.as_deref(), self.format.as_deref()) {
            (Some("array"), _) => Shape::List(inner(self.items)),
            (Some("object"), _) if self.additional_properties.is_some() => {
                Shape::Map(inner(self.additional_properties))
            }
            (Some("string"), Some("byte")) => Shape::Bytes,
            (Some("string"), Some("date-time")) => Shape::Time,
            (Some("string"), _) => Shape::Text,
            (Some("boolean"), _) => Shape::Bool,
            (Some("integer"), format) => Shape::Integer { is_wide: format == Some("int64") },
            _ => Shape::Any,
        }
    }
}

/// A reference to a type; some types are single values in JSON.
fn named(name: &str) -> Shape {
    match name.rsplit('.').next() {
        Some("Quantity") => Shape::Quantity,
        Some("IntOrString") => Shape::IntOrText,
        Some("Time" | "MicroTime") => Shape::Time,
        Some("FieldsV1") => Shape::Any,
        _ => Shape::Object(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_every_reference_has_its_definition() {
        fn check(schema: &Schema, shape: &Shape) {
            match shape {
                Shape::Object(name) => assert!(!schema.definition(name).properties.is_empty(), "{name}"),
                Shape::Map(inner) | Shape::List(inner) => check(schema, inner),
                _ => {}
            }
        }
        let schema = Schema::get();
        for kind in Kind::ALL {
            assert_eq!(schema.kind(kind).name, kind.name());
        }
        schema.definitions.values().flat_map(|found| found.properties.values()).for_each(|shape| check(schema, shape));
    }
}
