//! The instances of services: by node and id, by name, and by the service they lead to in the mesh; and for each name the
//! index of the last change that its readers see.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::node::Text;
use proconsul_types::service::{Service, ServiceKind};

use super::checks::under;
use crate::check::Broken;
use crate::name::{folded, key, same};

/// All instances. Each stands in every index that it belongs in, as the same shared record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Services {
    /// Node, instance.
    by_id: OrdMap<Text, Arc<Service>>,
    /// Name, node, instance.
    by_name: OrdMap<Text, Arc<Service>>,
    /// The service that is reached through it, node, instance.
    by_destination: OrdMap<Text, Arc<Service>>,
    /// The names that have instances.
    names: OrdMap<Text, Named>,
    changed: Index,
    extinct: Index,
}

/// What is kept for a name as long as it has instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    /// The last change of its instances, their nodes or their checks.
    changed: Index,
    instances: usize,
}

/// The service that readers of the mesh find this instance under.
pub(crate) fn destination(service: &Service) -> Option<&str> {
    match service.kind {
        ServiceKind::ConnectProxy => Some(&service.proxy.destination_service_name),
        _ if service.connect_native => Some(&service.name),
        _ => None,
    }
}

impl Services {
    pub(crate) fn restored(changed: Index, extinct: Index) -> Self {
        Self { changed, extinct, ..Self::default() }
    }

    /// Takes an instance from a snapshot, and the last change of its name.
    pub(crate) fn restore(&mut self, service: Service, named_changed: Index) {
        self.insert(named_changed, Arc::new(service));
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// How many names have instances.
    pub(crate) fn names_len(&self) -> usize {
        self.names.len()
    }

    /// All instances in the order of their nodes and ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.by_id.values()
    }

    /// All instances in the order of their names, nodes and ids.
    pub(crate) fn iter_by_name(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.by_name.values()
    }

    /// The index of the last change of any instance; 0 when there was none.
    pub(crate) fn changed(&self) -> Index {
        self.changed
    }

    /// When a name last lost its last instance; 0 when none ever did.
    pub(crate) fn extinct(&self) -> Index {
        self.extinct
    }

    /// The last change that readers of a name see; `None` for one without instances.
    pub(crate) fn named_changed(&self, name: &str) -> Option<Index> {
        self.names.get(&*folded(name)).map(|named| named.changed)
    }

    pub(crate) fn get(&self, node: &str, id: &str) -> Option<&Arc<Service>> {
        self.by_id.get(&key(&[node, id]))
    }

    /// The instances on a node in the order of their ids.
    pub(crate) fn on_node(&self, node: &str) -> impl Iterator<Item = &Arc<Service>> {
        under(&self.by_id, key(&[node]))
    }

    /// The instances of a name, each with its key of name, node and id.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = (&Text, &Arc<Service>)> {
        keyed(&self.by_name, key(&[name]))
    }

    /// The instances through which a service is reached in the mesh, each with its key of service, node and id.
    pub(crate) fn leading_to(&self, name: &str) -> impl Iterator<Item = (&Text, &Arc<Service>)> {
        keyed(&self.by_destination, key(&[name]))
    }

    pub(crate) fn put(&mut self, index: Index, service: Service) {
        self.insert(index, Arc::new(service));
        self.changed = index;
    }

    /// Notes that the readers of a name see a change which is not one of its instances.
    pub(crate) fn touch(&mut self, index: Index, name: &str) {
        if let Some(named) = self.names.get_mut(&*folded(name)) {
            named.changed = index;
        }
    }

    /// Notes a change of the table that is none of its records: Consul counts the removal of a node's check as such.
    pub(crate) fn touch_all(&mut self, index: Index) {
        self.changed = index;
    }

    pub(crate) fn remove(&mut self, index: Index, node: &str, id: &str) -> Option<Arc<Service>> {
        let service = self.by_id.remove(&key(&[node, id]))?;
        self.leave_indexes(&service);
        self.leave_name(index, &service.name);
        self.changed = index;
        Some(service)
    }

    fn insert(&mut self, index: Index, service: Arc<Service>) {
        let Service { node, id, name, .. } = &*service;
        let before = self.by_id.insert(key(&[node, id]), service.clone());
        if let Some(before) = &before {
            self.leave_indexes(before);
        }
        self.by_name.insert(key(&[name, node, id]), service.clone());
        if let Some(to) = destination(&service) {
            self.by_destination.insert(key(&[to, node, id]), service.clone());
        }
        match before {
            Some(before) if same(&before.name, name) => self.touch(index, name),
            Some(before) => {
                self.enter_name(index, name);
                self.leave_name(index, &before.name);
            }
            None => self.enter_name(index, name),
        }
    }

    fn leave_indexes(&mut self, service: &Service) {
        let Service { node, id, name, .. } = service;
        self.by_name.remove(&key(&[name, node, id]));
        if let Some(to) = destination(service) {
            self.by_destination.remove(&key(&[to, node, id]));
        }
    }

    fn enter_name(&mut self, index: Index, name: &str) {
        let name = folded(name);
        let instances = self.names.get(&*name).map_or(0, |named| named.instances);
        self.names.insert(name.into(), Named { changed: index, instances: instances + 1 });
    }

    fn leave_name(&mut self, index: Index, name: &str) {
        let name = folded(name);
        match self.names.get_mut(&*name) {
            Some(named) if named.instances > 1 => {
                named.instances -= 1;
                named.changed = index;
            }
            _ => {
                self.names.remove(&*name);
                self.extinct = index;
            }
        }
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        let holds = |holds, key: &str, invariant| Broken::unless(holds, "services", key, invariant);
        let (mut named, mut leading) = (0, 0);
        for (place, service) in &self.by_id {
            let Service { node, id, name, .. } = &**service;
            holds(*place == key(&[node, id]), place, "an instance stands under its node and id")?;
            holds(service.create_index <= service.modify_index, place, "an instance is made before it is changed")?;
            holds(service.create_index > Index::ZERO, place, "an instance is made by a command")?;
            holds(service.modify_index <= self.changed, place, "no instance is newer than the table's last change")?;
            let by_name = self.by_name.get(&key(&[name, node, id]));
            holds(by_name == Some(service), place, "all indexes hold the same instances")?;
            let seen = self.named_changed(name);
            holds(seen >= Some(service.modify_index), place, "no instance is newer than its name's last change")?;
            if let Some(to) = destination(service) {
                leading += 1;
                let by_destination = self.by_destination.get(&key(&[to, node, id]));
                holds(by_destination == Some(service), place, "all indexes hold the same instances")?;
            }
        }
        for (name, record) in &self.names {
            named += record.instances;
            let instances = self.named(name).count();
            holds(instances == record.instances && instances > 0, name, "a name knows how many instances it has")?;
        }
        let sizes = (self.by_name.len(), self.by_destination.len(), named);
        holds(sizes == (self.len(), leading, self.len()), "", "all indexes hold the same instances")?;
        holds(self.extinct <= self.changed, "", "a name dies with a change of the table")
    }
}

fn keyed(map: &OrdMap<Text, Arc<Service>>, prefix: Text) -> impl Iterator<Item = (&Text, &Arc<Service>)> {
    map.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&*prefix))
}
