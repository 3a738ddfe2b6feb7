//! What the catalog makes of writes about one node.

use std::collections::BTreeMap;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_calls::catalog::{Deregister, Register};
use proconsul_types::check::Check;
use proconsul_types::node::{Node, Text};
use proconsul_types::service::{Proxy, Service, ServiceKind, Weights};

use super::super::{Seen, Write};

/// What it knows.
#[derive(Default)]
pub(super) struct Catalog {
    pub(super) node: Option<Node>,
    pub(super) services: BTreeMap<Text, Arc<Service>>,
    pub(super) checks: BTreeMap<Text, Arc<Check>>,
}

impl Catalog {
    pub(super) fn node(&self) -> Node {
        self.node.clone().unwrap()
    }

    pub(super) fn seen(&self) -> Seen {
        let services = self.services.values().cloned().collect();
        Seen { node: self.node.clone().map(Arc::new), services, checks: self.checks.values().cloned().collect() }
    }

    /// Writes, and tells what.
    pub(super) fn write(&mut self, write: &Write) -> String {
        match write {
            Write::Register(register) => self.register(register),
            Write::Deregister(Deregister { service_id, check_id, .. }) if service_id.is_empty() => {
                self.checks.remove(&**check_id);
                format!("-{check_id}")
            }
            Write::Deregister(Deregister { service_id, .. }) => self.forget(service_id),
        }
    }

    fn register(&mut self, register: &Register) -> String {
        let mut told = Vec::new();
        if !register.skip_node_update {
            self.node = Some(Node { create_index: Index(5), modify_index: Index(6), ..register.node.clone() });
            told.push("node".to_owned());
        }
        assert!(self.node.is_some(), "nothing can be on a node that is not there");
        if let Some(service) = &register.service {
            told.push(service.id.to_string());
            self.services.insert(service.id.clone(), Arc::new(service.clone()));
        }
        for check in &register.checks {
            told.push(format!("+{}", check.id));
            self.add_check(check.clone());
        }
        told.join(" ")
    }

    fn add_check(&mut self, mut check: Check) {
        (check.service_name, check.service_tags) = (Text::default(), Arc::default());
        if !check.service_id.is_empty() {
            let service = &self.services[&check.service_id];
            (check.service_name, check.service_tags) = (service.name.clone(), service.tags.clone());
        }
        self.checks.insert(check.id.clone(), Arc::new(check));
    }

    /// The service goes with its checks.
    pub(super) fn forget(&mut self, service: &str) -> String {
        self.services.remove(service);
        self.checks.retain(|_, check| *check.service_id != *service);
        format!("-{service}")
    }

    /// Somebody else registers a check, and its service if it names one.
    pub(super) fn put(&mut self, service: &str, check: &str) {
        if !service.is_empty() {
            self.services.insert(service.into(), Arc::new(foreign(service)));
        }
        self.add_check(Check { id: check.into(), service_id: service.into(), ..Check::default() });
    }
}

fn foreign(id: &str) -> Service {
    Service {
        kind: ServiceKind::Typical,
        id: id.into(),
        name: id.into(),
        node: "n1".into(),
        tags: Arc::default(),
        address: "".into(),
        tagged_addresses: None,
        meta: None,
        port: 9,
        weights: Weights { passing: 1, warning: 1 },
        enable_tag_override: false,
        proxy: Arc::new(Proxy::default()),
        connect_native: false,
        create_index: Index(1),
        modify_index: Index(1),
    }
}
