//! Nodes, services and checks together: what a change of one means for the others, and which reads it concerns.
//!
//! The rules are those of Consul 1.8.7, as measured: a service's index moves with its instances, their nodes and their checks;
//! writing the same again changes nothing and wakes nobody; names are told apart without regard to case.

use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::check::{CRITICAL, Check, SERF_HEALTH};
use proconsul_types::node::{Node, Text};
use proconsul_types::service::{Service, ServiceKind};

use super::checks::Checks;
use super::nodes::Nodes;
use super::services::{Services, destination};
use crate::check::Broken;
use crate::command::catalog::Register;
use crate::failure::{Failure, NameTaken};
use crate::name::{folded, key, same};
use crate::wake::Wakes;
use crate::watch::Table;

/// The three tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub(crate) nodes: Nodes,
    pub(crate) services: Services,
    pub(crate) checks: Checks,
}

/// What a change does outside the catalog.
#[derive(Debug)]
pub(crate) struct Effects<'a> {
    /// The command that changes.
    pub(crate) index: Index,
    /// The reads that it concerns.
    pub(crate) wakes: &'a mut Wakes,
    /// What others can no longer rely on, in the order in which it went.
    pub(crate) lost: Vec<Lost>,
}

/// Something in the catalog that others may have relied on. Names are spelled as in the record that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// A node was removed; its checks are told before it.
    Node(Text),
    /// A check became critical or was removed.
    Check {
        /// Its node.
        node: Text,
        /// Its id.
        id: Text,
    },
}

impl<'a> Effects<'a> {
    pub(crate) fn new(index: Index, wakes: &'a mut Wakes) -> Self {
        Self { index, wakes, lost: Vec::new() }
    }

    /// Lists of services and checks can be asked for by what their nodes say about themselves, so they are woken too.
    fn node(&mut self, name: &str) {
        [Table::Nodes, Table::Services, Table::Checks].into_iter().for_each(|table| self.wakes.table(table));
        self.wakes.row(Table::Nodes, folded(name).into());
    }

    /// What the readers of an instance see changed: those of its name, and those who reach another service through it.
    fn instance(&mut self, service: &Service) {
        self.wakes.row(Table::Services, folded(&service.name).into());
        if let Some(to) = destination(service).filter(|to| !same(to, &service.name)) {
            self.wakes.row(Table::Services, folded(to).into());
        }
        if matches!(service.kind, ServiceKind::IngressGateway | ServiceKind::TerminatingGateway) {
            self.wakes.table(Table::Gateways);
        }
    }
}

impl Catalog {
    /// Makes or changes a node and what is on it; all of it or nothing.
    pub(crate) fn register(&mut self, register: &Register, effects: &mut Effects<'_>) -> Result<(), Failure> {
        let Register { node, service, checks, skip_node_update } = register;
        let leaves_node = *skip_node_update && self.nodes.get(&node.name).is_some();
        if !leaves_node {
            self.can_take(node)?;
        }
        for check in checks {
            let comes_with = service.as_ref().is_some_and(|service| same(&service.id, &check.service_id));
            if !comes_with && !self.has_service_of(check) {
                return Err(Failure::MissingService);
            }
        }
        if !leaves_node {
            self.put_node(node, effects)?;
        }
        if let Some(service) = service {
            self.put_service(service, effects)?;
        }
        checks.iter().try_for_each(|check| self.put_check(check, effects))
    }

    /// Makes a node, or changes the one with its id or else the one with its name. One that has its id under another name is
    /// removed with all that is on it.
    pub(crate) fn put_node(&mut self, node: &Node, effects: &mut Effects<'_>) -> Result<(), Failure> {
        self.can_take(node)?;
        let with_id = node.id.and_then(|id| self.nodes.with_id(&id)).cloned();
        let before = with_id.as_ref().or_else(|| self.nodes.get(&node.name)).cloned();
        if let Some(renamed) = with_id.filter(|known| known.name != node.name) {
            self.remove_node(&renamed.name, effects);
        }
        let index = effects.index;
        let mut node = Node { create_index: index, modify_index: index, ..node.clone() };
        if let Some(before) = before {
            node.create_index = before.create_index;
            if node == (Node { modify_index: index, ..(*before).clone() }) {
                return Ok(());
            }
        }
        effects.node(&node.name);
        self.touch_services_on(&node.name.clone(), effects);
        self.nodes.put(index, node);
        Ok(())
    }

    /// Whether the name of a node is not another's. One whose gossip check is critical, or that has none, gives its name away.
    fn can_take(&self, node: &Node) -> Result<(), Failure> {
        let Some(id) = node.id else { return Ok(()) };
        let renames = match self.nodes.with_id(&id) {
            Some(known) if known.name == node.name => return Ok(()),
            known => known.is_some(),
        };
        let Some(holder) = self.nodes.get(&node.name).filter(|holder| holder.id != Some(id)) else { return Ok(()) };
        let alive = self.checks.get(&holder.name, SERF_HEALTH).is_some_and(|check| *check.status != *CRITICAL);
        if !alive || (holder.id.is_none() && !renames) {
            return Ok(());
        }
        Err(Failure::NodeNameTaken(Box::new(NameTaken {
            id: id.to_string(),
            renamed_address: renames.then(|| node.address.to_string()),
            name: node.name.to_string(),
            holder: holder.id.map(|id| id.to_string()).unwrap_or_default(),
            holder_name: holder.name.to_string(),
            holder_address: holder.address.to_string(),
        })))
    }

    /// Makes or changes an instance.
    pub(crate) fn put_service(&mut self, service: &Service, effects: &mut Effects<'_>) -> Result<(), Failure> {
        if self.nodes.get(&service.node).is_none() {
            return Err(Failure::MissingNode);
        }
        let index = effects.index;
        let mut service = Service { create_index: index, modify_index: index, ..service.clone() };
        if let Some(before) = self.services.get(&service.node, &service.id) {
            service.create_index = before.create_index;
            if service == (Service { modify_index: index, ..(**before).clone() }) {
                return Ok(());
            }
            effects.instance(before);
        }
        effects.instance(&service);
        effects.wakes.table(Table::Services);
        effects.wakes.row(Table::Nodes, folded(&service.node).into());
        self.services.put(index, service);
        Ok(())
    }

    /// Makes or changes a check. One without a status is critical.
    pub(crate) fn put_check(&mut self, check: &Check, effects: &mut Effects<'_>) -> Result<(), Failure> {
        if self.nodes.get(&check.node).is_none() {
            return Err(Failure::MissingNode);
        }
        let index = effects.index;
        let mut check = Check { create_index: index, modify_index: index, ..check.clone() };
        let service = self.service_of(&check).cloned();
        match &service {
            Some(service) => (check.service_name, check.service_tags) = (service.name.clone(), service.tags.clone()),
            // What the user says of a service stays, though there is none.
            None if check.service_id.is_empty() => {}
            None => return Err(Failure::MissingService),
        }
        if check.status.is_empty() {
            check.status = CRITICAL.into();
        }
        let before = self.checks.get(&check.node, &check.id).cloned();
        if let Some(before) = &before {
            check.create_index = before.create_index;
            if check == (Check { modify_index: index, ..(**before).clone() }) {
                return Ok(());
            }
        }
        if *check.status == *CRITICAL {
            effects.lost.push(Lost::Check { node: check.node.clone(), id: check.id.clone() });
        }
        // A check that moves from one service to another is seen by the readers of both.
        if let Some(before) = before.filter(|before| !same(&before.service_id, &check.service_id)) {
            self.touch_readers_of(&before, effects);
        }
        self.touch_readers_of(&check, effects);
        self.checks.put(index, check);
        Ok(())
    }

    /// Removes a node with all that is on it, if there is one.
    pub(crate) fn remove_node(&mut self, name: &str, effects: &mut Effects<'_>) {
        let services: Vec<Arc<Service>> = self.services.on_node(name).cloned().collect();
        services.iter().for_each(|service| self.remove_service(name, &service.id, effects));
        let checks: Vec<Arc<Check>> = self.checks.on_node(name).cloned().collect();
        checks.iter().for_each(|check| self.remove_check(name, &check.id, effects));
        if let Some(node) = self.nodes.remove(effects.index, name) {
            effects.node(&node.name);
            effects.lost.push(Lost::Node(node.name.clone()));
        }
    }

    /// Removes an instance and its checks, if there is one.
    pub(crate) fn remove_service(&mut self, node: &str, id: &str, effects: &mut Effects<'_>) {
        let Some(service) = self.services.get(node, id).cloned() else { return };
        let checks: Vec<Arc<Check>> = self.checks.of_instance(&key(&[node, id])).cloned().collect();
        checks.iter().for_each(|check| self.remove_check(node, &check.id, effects));
        self.services.remove(effects.index, node, id);
        self.checks.touch(effects.index);
        effects.instance(&service);
        effects.wakes.table(Table::Services);
        effects.wakes.table(Table::Checks);
        effects.wakes.row(Table::Nodes, folded(node).into());
    }

    /// Removes a check, if there is one.
    pub(crate) fn remove_check(&mut self, node: &str, id: &str, effects: &mut Effects<'_>) {
        let Some(check) = self.checks.remove(effects.index, node, id) else { return };
        self.touch_readers_of(&check, effects);
        if check.service_id.is_empty() {
            self.services.touch_all(effects.index);
            effects.wakes.table(Table::Services);
        }
        effects.lost.push(Lost::Check { node: check.node.clone(), id: check.id.clone() });
    }

    fn service_of(&self, check: &Check) -> Option<&Arc<Service>> {
        if check.service_id.is_empty() { None } else { self.services.get(&check.node, &check.service_id) }
    }

    fn has_service_of(&self, check: &Check) -> bool {
        check.service_id.is_empty() || self.service_of(check).is_some()
    }

    /// A check is seen by the readers of its service, or of every service on its node.
    fn touch_readers_of(&mut self, check: &Check, effects: &mut Effects<'_>) {
        effects.wakes.table(Table::Checks);
        effects.wakes.row(Table::Nodes, folded(&check.node).into());
        if check.service_id.is_empty() {
            self.touch_services_on(&check.node, effects);
        } else if let Some(service) = self.service_of(check).cloned() {
            self.services.touch(effects.index, &service);
            effects.instance(&service);
        }
    }

    fn touch_services_on(&mut self, node: &str, effects: &mut Effects<'_>) {
        let services: Vec<Arc<Service>> = self.services.on_node(node).cloned().collect();
        for service in services {
            self.services.touch(effects.index, &service);
            effects.instance(&service);
        }
    }

    /// The last change of any of the tables; 0 when there was none.
    pub(crate) fn newest(&self) -> Index {
        self.nodes.changed().max(self.services.changed()).max(self.checks.changed())
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        self.nodes.check()?;
        self.services.check()?;
        self.checks.check()?;
        for service in self.services.iter() {
            let holds = self.nodes.get(&service.node).is_some();
            Broken::unless(holds, "services", &service.id, "an instance is on a node that is there")?;
        }
        for check in self.checks.iter() {
            let holds = self.nodes.get(&check.node).is_some();
            Broken::unless(holds, "checks", &check.id, "a check is on a node that is there")?;
            Broken::unless(self.has_service_of(check), "checks", &check.id, "a check's service is there")?;
        }
        Ok(())
    }
}
