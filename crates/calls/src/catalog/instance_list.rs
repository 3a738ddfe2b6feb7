//! Instances that many readers are answered with at once.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use proconsul_types::service::ServiceInstance;

/// Instances of a service, cheap to clone. When ten thousand readers wait for one service, all get the same list, and the form
/// in which a door sends it is kept with it: it is written once.
#[derive(Clone, Debug, Default)]
pub struct InstanceList(Arc<List>);

#[derive(Debug, Default)]
struct List {
    instances: Vec<ServiceInstance>,
    written: OnceLock<Bytes>,
}

impl InstanceList {
    /// What the door sends for the whole list; `write` is called when nobody has asked before. All callers who share a list
    /// must mean the same form.
    pub fn written(&self, write: impl FnOnce(&[ServiceInstance]) -> Bytes) -> Bytes {
        self.0.written.get_or_init(|| write(&self.0.instances)).clone()
    }
}

impl From<Vec<ServiceInstance>> for InstanceList {
    fn from(instances: Vec<ServiceInstance>) -> Self {
        Self(Arc::new(List { instances, written: OnceLock::new() }))
    }
}

impl Deref for InstanceList {
    type Target = [ServiceInstance];

    fn deref(&self) -> &[ServiceInstance] {
        &self.0.instances
    }
}

impl PartialEq for InstanceList {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl Eq for InstanceList {}
