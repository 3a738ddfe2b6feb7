//! Writes the schema of the kinds the runtime serves: `cargo run --manifest-path xtask/schemas/Cargo.toml > crates/manifest/schema/v1.36.json`.
//!
//! The source is the JSON schema that `k8s-openapi` carries, itself generated from the OpenAPI document of Kubernetes v1.36.
//! Only what field validation needs is kept: names, types, formats and required fields. Descriptions are dropped.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolume, PersistentVolumeClaim, Pod, Secret, Service};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// What a reader of the file must know about where it comes from.
const NOTE: &str = "Cut from the OpenAPI document of Kubernetes v1.36 (Copyright The Kubernetes Authors, Apache-2.0) through k8s-openapi 0.29.0 \
                    (Apache-2.0) by xtask/schemas; do not edit by hand";

/// The parts of a schema that say what a value may be.
const KEPT: [&str; 8] =
    ["$ref", "additionalProperties", "format", "items", "properties", "required", "type", "x-kubernetes-int-or-string"];

fn main() {
    let mut generator = SchemaSettings::draft07().into_generator();
    let kinds = json!({
        "ConfigMap": name::<ConfigMap>(&mut generator),
        "PersistentVolume": name::<PersistentVolume>(&mut generator),
        "PersistentVolumeClaim": name::<PersistentVolumeClaim>(&mut generator),
        "Pod": name::<Pod>(&mut generator),
        "Secret": name::<Secret>(&mut generator),
        "Service": name::<Service>(&mut generator),
        "StatefulSet": name::<StatefulSet>(&mut generator),
    });
    println!("{{\n\"note\": {},\n\"kinds\": {kinds},\n\"definitions\": {{", json!(NOTE));
    let definitions: Vec<String> = generator
        .take_definitions(true)
        .iter()
        .map(|(name, schema)| format!("{}: {}", json!(name), cut(schema)))
        .collect();
    println!("{}\n}}\n}}", definitions.join(",\n"));
}

/// Adds a kind and all it refers to; the answer is its name among the definitions.
fn name<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> String {
    generator.subschema_for::<T>();
    T::schema_name().into_owned()
}

/// A schema without descriptions. `properties` maps names to schemas, so its keys are not filtered. Draft 7 wraps a reference
/// that has a description in `allOf`; what is wrapped takes its place.
fn cut(schema: &Value) -> Value {
    let Value::Object(fields) = schema else { return schema.clone() };
    if let Some(wrapped) = fields.get("allOf").and_then(|all| all.get(0)) {
        return cut(wrapped);
    }
    let kept = fields.iter().filter(|(key, _)| KEPT.contains(&key.as_str())).map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                Value::Object(properties.iter().map(|(name, schema)| (name.clone(), cut(schema))).collect())
            }
            ("items" | "additionalProperties", schema) => cut(schema),
            (_, other) => other.clone(),
        };
        (key.clone(), value)
    });
    Value::Object(kept.collect::<Map<_, _>>())
}
