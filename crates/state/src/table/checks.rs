//! The checks: by node and id, by the service instance they belong to, and by that service's name.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::Text;

use super::kv::from;
use crate::check::Broken;
use crate::name::key;

/// All checks. Each stands in every index that it belongs in, as the same shared record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checks {
    /// Node, check.
    by_id: OrdMap<Text, Arc<Check>>,
    /// Node, service id (empty for the node's own), check.
    by_instance: OrdMap<Text, Arc<Check>>,
    /// Service name, node, check; without those that have no such name.
    by_service: OrdMap<Text, Arc<Check>>,
    changed: Index,
}

impl Checks {
    pub(crate) fn restored(changed: Index) -> Self {
        Self { changed, ..Self::default() }
    }

    /// Takes a check from a snapshot.
    pub(crate) fn restore(&mut self, check: Check) {
        self.insert(Arc::new(check));
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// All checks in the order of their nodes and ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Check>> {
        self.by_id.values()
    }

    /// The index of the last change of any check; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    /// Notes a change that concerns checks without being one: Consul counts every removal of a service as such.
    pub(crate) fn touch(&mut self, index: Index) {
        self.changed = index;
    }

    pub(crate) fn get(&self, node: &str, id: &str) -> Option<&Arc<Check>> {
        self.by_id.get(&key(&[node, id]))
    }

    /// The checks of a node and of the services on it, in the order of their ids.
    pub(crate) fn on_node(&self, node: &str) -> impl Iterator<Item = &Arc<Check>> {
        under(&self.by_id, key(&[node]))
    }

    /// The node's own checks, or those of one service on it; the instance is given as a key of node and service id.
    pub(crate) fn of_instance<'a>(&'a self, instance: &'a str) -> impl Iterator<Item = &'a Arc<Check>> {
        from(&self.by_instance, instance).take_while(move |(key, _)| key.starts_with(instance)).map(|(_, check)| check)
    }

    /// The checks of all instances of a service.
    pub(crate) fn of_service(&self, name: &str) -> impl Iterator<Item = &Arc<Check>> {
        under(&self.by_service, key(&[name]))
    }

    pub(crate) fn put(&mut self, index: Index, check: Check) {
        self.insert(Arc::new(check));
        self.changed = index;
    }

    pub(crate) fn remove(&mut self, index: Index, node: &str, id: &str) -> Option<Arc<Check>> {
        let check = self.by_id.remove(&key(&[node, id]))?;
        self.leave_indexes(&check);
        self.changed = index;
        Some(check)
    }

    fn insert(&mut self, check: Arc<Check>) {
        if let Some(before) = self.by_id.insert(key(&[&check.node, &check.id]), check.clone()) {
            self.leave_indexes(&before);
        }
        if !check.service_name.is_empty() {
            self.by_service.insert(key(&[&check.service_name, &check.node, &check.id]), check.clone());
        }
        self.by_instance.insert(key(&[&check.node, &check.service_id, &check.id]), check);
    }

    fn leave_indexes(&mut self, check: &Check) {
        self.by_instance.remove(&key(&[&check.node, &check.service_id, &check.id]));
        if !check.service_name.is_empty() {
            self.by_service.remove(&key(&[&check.service_name, &check.node, &check.id]));
        }
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let holds = |holds, key: &str, invariant| Broken::unless(holds, "checks", key, invariant);
        let mut of_services = 0;
        for (place, check) in &self.by_id {
            let Check { node, id, service_id, service_name, .. } = &**check;
            holds(*place == key(&[node, id]), place, "a check stands under its node and id")?;
            holds(check.create_index <= check.modify_index, place, "a check is made before it is changed")?;
            holds(check.create_index > Index::ZERO, place, "a check is made by a command")?;
            holds(check.modify_index <= self.changed, place, "no check is newer than the table's last change")?;
            let by_instance = self.by_instance.get(&key(&[node, service_id, id]));
            holds(by_instance == Some(check), place, "all indexes hold the same checks")?;
            if !service_name.is_empty() {
                of_services += 1;
                let by_service = self.by_service.get(&key(&[service_name, node, id]));
                holds(by_service == Some(check), place, "all indexes hold the same checks")?;
            }
        }
        let sizes = (self.by_id.len(), of_services);
        holds((self.by_instance.len(), self.by_service.len()) == sizes, "", "all indexes hold the same checks")
    }
}

/// The records whose keys begin with this one.
pub(super) fn under<V: Clone>(map: &OrdMap<Text, V>, prefix: Text) -> impl Iterator<Item = &V> {
    map.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&*prefix)).map(|(_, record)| record)
}
