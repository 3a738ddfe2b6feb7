//! The instances of services: by node and id, by name, and by the service they lead to in the mesh; and for each name the
//! index of the last change that its readers see.

use std::sync::Arc;

use imbl::OrdMap;
use proconsul_base::index::Index;
use proconsul_types::node::Text;
use proconsul_types::service::{Service, ServiceKind};

use super::checks::under;
use super::seen::Seen;
use crate::check::Broken;
use crate::name::key;

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
    names: Seen,
    /// The services that are reached through instances.
    destinations: Seen,
    changed: Index,
    extinct: Index,
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

    /// Takes an instance from a snapshot, and what [`Services::seen`] told of it.
    pub(crate) fn restore(&mut self, service: Service, [named, leading]: [Index; 2]) {
        let service = Arc::new(service);
        self.insert(named, service.clone());
        if let Some(to) = destination(&service) {
            self.destinations.touch(leading, to);
        }
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

    /// When a name last lost its last instance, or the last that leads to it; 0 when none ever did.
    pub(crate) fn extinct(&self) -> Index {
        self.extinct
    }

    /// The last change that readers of a name see; `None` for one without instances.
    pub(crate) fn named_changed(&self, name: &str) -> Option<Index> {
        self.names.get(name)
    }

    /// The last change that readers see who reach a service through its instances; `None` when there are none.
    pub(crate) fn leading_changed(&self, name: &str) -> Option<Index> {
        self.destinations.get(name)
    }

    /// The last change seen by the readers of an instance's name, and by those who reach another service through it.
    pub(crate) fn seen(&self, service: &Service) -> [Index; 2] {
        let leading = destination(service).and_then(|to| self.leading_changed(to));
        [self.named_changed(&service.name), leading].map(Option::unwrap_or_default)
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

    /// Notes that the readers of an instance see a change which is not its own.
    pub(crate) fn touch(&mut self, index: Index, service: &Service) {
        self.names.touch(index, &service.name);
        if let Some(to) = destination(service) {
            self.destinations.touch(index, to);
        }
    }

    /// Notes a change of the table that is none of its records: Consul counts the removal of a node's check as such.
    pub(crate) fn touch_all(&mut self, index: Index) {
        self.changed = index;
    }

    pub(crate) fn remove(&mut self, index: Index, node: &str, id: &str) -> Option<Arc<Service>> {
        let service = self.by_id.remove(&key(&[node, id]))?;
        self.leave_indexes(index, &service);
        self.changed = index;
        Some(service)
    }

    fn insert(&mut self, index: Index, service: Arc<Service>) {
        let Service { node, id, name, .. } = &*service;
        let before = self.by_id.insert(key(&[node, id]), service.clone());
        // In before out: a name that goes on does not end in between.
        self.names.enter(index, name);
        let to = destination(&service);
        to.into_iter().for_each(|to| self.destinations.enter(index, to));
        if let Some(before) = before {
            self.leave_indexes(index, &before);
        }
        self.by_name.insert(key(&[name, node, id]), service.clone());
        if let Some(to) = to {
            self.by_destination.insert(key(&[to, node, id]), service.clone());
        }
    }

    fn leave_indexes(&mut self, index: Index, service: &Service) {
        let Service { node, id, name, .. } = service;
        self.by_name.remove(&key(&[name, node, id]));
        if self.names.leave(index, name) {
            self.extinct = index;
        }
        if let Some(to) = destination(service) {
            self.by_destination.remove(&key(&[to, node, id]));
            // Consul goes back to an older end here, and leaves those waiting who should hear of this one.
            if self.destinations.leave(index, to) {
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
            let seen = self.named_changed(name) >= Some(service.modify_index);
            holds(seen, place, "no instance is newer than what its readers saw last")?;
            if let Some(to) = destination(service) {
                leading += 1;
                let by_destination = self.by_destination.get(&key(&[to, node, id]));
                holds(by_destination == Some(service), place, "all indexes hold the same instances")?;
                let seen = self.leading_changed(to) >= Some(service.modify_index);
                holds(seen, place, "no instance is newer than what its readers saw last")?;
            }
        }
        for (name, instances) in self.names.instances() {
            named += instances;
            let counted = instances > 0 && self.named(name).count() == instances;
            holds(counted, name, "a name knows how many instances it has")?;
        }
        for (name, instances) in self.destinations.instances() {
            let counted = instances > 0 && self.leading_to(name).count() == instances;
            holds(counted, name, "a service knows how many instances lead to it")?;
        }
        let sizes = (self.by_name.len(), self.by_destination.len(), named);
        holds(sizes == (self.len(), leading, self.len()), "", "all indexes hold the same instances")?;
        holds(self.extinct <= self.changed, "", "a name dies with a change of the table")
    }
}

fn keyed(map: &OrdMap<Text, Arc<Service>>, prefix: Text) -> impl Iterator<Item = (&Text, &Arc<Service>)> {
    map.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&*prefix))
}
