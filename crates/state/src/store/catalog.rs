//! Reads of nodes, services and checks. All names are told apart without regard to case.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use proconsul_base::id::NodeId;
use proconsul_base::index::Index;
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::{Service, ServiceInstance};

use super::{Store, View};
use crate::name::{behind_first, first};
use crate::table::catalog::Catalog;

/// The fewest characters of a node's id that stand for it, in place of its name.
const ID_PREFIX_MIN: usize = 2;

/// An instance in a view.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    catalog: &'a Catalog,
    /// Node and id, as a key.
    key: &'a str,
    /// The node it is on.
    pub node: &'a Arc<Node>,
    /// The instance.
    pub service: &'a Arc<Service>,
}

impl<'a> Found<'a> {
    fn new(catalog: &'a Catalog, (key, service): (&'a Text, &'a Arc<Service>)) -> Option<Self> {
        let key = behind_first(key);
        let node = catalog.nodes.get_folded(first(key))?;
        Some(Self { catalog, key, node, service })
    }

    /// The checks that concern it: the node's own, then those of the instance, each in the order of their ids.
    pub fn checks(&self) -> Vec<Arc<Check>> {
        let node_only = format!("{}\0\0", first(self.key));
        let of_node = self.catalog.checks.of_instance(&node_only);
        of_node.chain(self.catalog.checks.of_instance(self.key)).cloned().collect()
    }

    /// The same as records of their own.
    pub fn instance(&self) -> ServiceInstance {
        ServiceInstance { node: self.node.clone(), service: self.service.clone(), checks: self.checks() }
    }
}

impl Store {
    /// The index to wait on for the instances of a service, as [`View::service_index`] gives it.
    pub fn service_index(&self, name: &str, with_checks: bool) -> Index {
        service_index(&self.tables.read().catalog, name, with_checks)
    }

    /// How often the whole state was replaced by another: between two replacements, one index of a service stands for one
    /// list of its instances.
    pub fn replacements(&self) -> u64 {
        self.replacements.load(Ordering::SeqCst)
    }
}

impl View {
    /// All nodes in the order of their names.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.tables.catalog.nodes.iter()
    }

    /// How many nodes there are.
    pub fn nodes_len(&self) -> usize {
        self.tables.catalog.nodes.len()
    }

    /// A node by its name.
    pub fn node(&self, name: &str) -> Option<&Arc<Node>> {
        self.tables.catalog.nodes.get(name)
    }

    /// A node by its id.
    pub fn node_with_id(&self, id: &NodeId) -> Option<&Arc<Node>> {
        self.tables.catalog.nodes.with_id(id)
    }

    /// A node by its name, or else by the beginning of its id when no other node's begins so.
    pub fn node_named_or_with_id(&self, text: &str) -> Option<&Arc<Node>> {
        let with_id = || {
            let mut nodes = self.tables.catalog.nodes.with_id_prefix(text.to_ascii_lowercase());
            let node = nodes.next().filter(|_| text.len() >= ID_PREFIX_MIN);
            node.filter(|_| nodes.next().is_none())
        };
        self.node(text).or_else(with_id)
    }

    /// All instances in the order of their names, nodes and ids.
    pub fn services(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.tables.catalog.services.iter_by_name()
    }

    /// How many instances there are, and how many names they have.
    pub fn services_len(&self) -> (usize, usize) {
        (self.tables.catalog.services.len(), self.tables.catalog.services.names_len())
    }

    /// An instance by its node and id.
    pub fn service(&self, node: &str, id: &str) -> Option<&Arc<Service>> {
        self.tables.catalog.services.get(node, id)
    }

    /// The instances on a node in the order of their ids.
    pub fn services_on(&self, node: &str) -> impl Iterator<Item = &Arc<Service>> {
        self.tables.catalog.services.on_node(node)
    }

    /// The instances of a service in the order of their nodes and ids.
    pub fn instances(&self, name: &str) -> impl Iterator<Item = Found<'_>> {
        let catalog = &self.tables.catalog;
        catalog.services.named(name).filter_map(|entry| Found::new(catalog, entry))
    }

    /// The instances through which a service is reached in the mesh, its proxies and native instances, in the order of their
    /// nodes and ids. Gateways are not among them: config entries bind them.
    pub fn connect_instances(&self, name: &str) -> impl Iterator<Item = Found<'_>> {
        let catalog = &self.tables.catalog;
        catalog.services.leading_to(name).filter_map(|entry| Found::new(catalog, entry))
    }

    /// All checks in the order of their nodes and ids.
    pub fn checks(&self) -> impl Iterator<Item = &Arc<Check>> {
        self.tables.catalog.checks.iter()
    }

    /// A check by its node and id.
    pub fn node_check(&self, node: &str, id: &str) -> Option<&Arc<Check>> {
        self.tables.catalog.checks.get(node, id)
    }

    /// The checks of a node and of the services on it, in the order of their ids.
    pub fn checks_on(&self, node: &str) -> impl Iterator<Item = &Arc<Check>> {
        self.tables.catalog.checks.on_node(node)
    }

    /// The checks of all instances of a service in the order of their nodes and ids.
    pub fn checks_of(&self, service: &str) -> impl Iterator<Item = &Arc<Check>> {
        self.tables.catalog.checks.of_service(service)
    }

    /// The last change of any node; 0 when there was none.
    pub fn nodes_index(&self) -> Index {
        self.tables.catalog.nodes.changed()
    }

    /// The last change of any instance; 0 when there was none.
    pub fn services_index(&self) -> Index {
        self.tables.catalog.services.changed()
    }

    /// When a service last lost its last instance, or the last that leads to it; 0 when none ever did.
    pub fn extinction_index(&self) -> Index {
        self.tables.catalog.services.extinct()
    }

    /// The last change of any check; 0 when there was none.
    pub fn checks_index(&self) -> Index {
        self.tables.catalog.checks.changed()
    }

    /// The index to wait on for the instances of a service: the last change of one, of its node or of its checks. Without
    /// instances: the last time some service lost its last one, else the last change of the catalog, or of nodes and services
    /// alone for who sees no checks.
    pub fn service_index(&self, name: &str, with_checks: bool) -> Index {
        service_index(&self.tables.catalog, name, with_checks)
    }

    /// The same for the instances through which a service is reached in the mesh. When none was ever lost, a service that is
    /// not in the mesh has its own index.
    pub fn connect_index(&self, name: &str, with_checks: bool) -> Index {
        let Catalog { services, .. } = &self.tables.catalog;
        let lost = || Some(services.extinct()).filter(|extinct| *extinct > Index::ZERO);
        let index = services.leading_changed(name).or_else(lost);
        index.unwrap_or_else(|| self.service_index(name, with_checks))
    }
}

fn service_index(catalog: &Catalog, name: &str, with_checks: bool) -> Index {
    let Catalog { nodes, services, checks } = catalog;
    services.named_changed(name).unwrap_or_else(|| match services.extinct() {
        Index::ZERO if with_checks => nodes.changed().max(services.changed()).max(checks.changed()),
        Index::ZERO => nodes.changed().max(services.changed()),
        extinct => extinct,
    })
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
