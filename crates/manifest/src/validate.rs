//! The rules the API server holds an object against, once its fields are known to be of the right type and its defaults are in.
//! Knows no other object: a claim that does not exist or a port that is taken is found by who has the store.

mod at;
mod claim;
mod config;
mod container;
mod error;
mod metadata;
mod name;
mod pod;
mod probe;
mod selector;
mod service;
mod stateful_set;
mod volume;
mod volume_source;

use serde_json::Value;

use crate::Kind;
use at::{At, Errors};

pub use error::{Fault, FieldError};
pub use name::{config_key, label as dns_label, subdomain as dns_subdomain};

/// What is wrong with a new object. Empty when nothing is.
pub fn create(kind: Kind, object: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let object = At::root(object);
    metadata::check(kind, object.field("metadata"), &mut errors);
    match kind {
        Kind::ConfigMap => config::config_map(&object, &mut errors),
        Kind::Secret => config::secret(&object, &mut errors),
        Kind::Pod => pod::spec(&object.field("spec"), pod::Use::Pod, &mut errors),
        Kind::Service => service::check(&object.field("spec"), &mut errors),
        Kind::StatefulSet => stateful_set::check(&object.field("spec"), &mut errors),
        Kind::PersistentVolume => volume::check(&object, &mut errors),
        Kind::PersistentVolumeClaim => claim::check(&object.field("spec"), &mut errors),
    }
    errors.into_vec()
}

/// What is wrong with a change: everything that would be wrong with the new object, and every field that may not change.
pub fn update(kind: Kind, old: &Value, new: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let (before, after) = (At::root(old), At::root(new));
    metadata::update(&before.field("metadata"), &after.field("metadata"), &mut errors);
    match kind {
        Kind::ConfigMap => config::update_config_map(&before, &after, &mut errors),
        Kind::Secret => config::update_secret(&before, &after, &mut errors),
        Kind::Pod => pod::update(&before.field("spec"), &after.field("spec"), &mut errors),
        Kind::Service => service::update(&before.field("spec"), &after.field("spec"), &mut errors),
        Kind::StatefulSet => stateful_set::update(&before.field("spec"), &after.field("spec"), &mut errors),
        Kind::PersistentVolume => volume::update(&before.field("spec"), &after.field("spec"), &mut errors),
        Kind::PersistentVolumeClaim => claim::update(&before, &after, &mut errors),
    }
    let mut errors = errors.into_vec();
    errors.extend(create(kind, new));
    errors
}

#[cfg(test)]
mod tests;
