//! A service in a few figures, as the page's list of services shows it.

use std::collections::BTreeSet;

use proconsul_types::check::{CRITICAL, PASSING, WARNING};
use proconsul_types::gateway::GatewayService;
use proconsul_types::service::{ServiceInstance, ServiceKind};
use serde::Serialize;

/// The key under which an instance's metadata says which other system registered it.
const EXTERNAL_SOURCE: &str = "external-source";

/// All instances of one service. What there is none of is `null`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Summary<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    name: &'a str,
    tags: Option<BTreeSet<&'a str>>,
    nodes: Option<Vec<&'a str>>,
    instance_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_for: Option<BTreeSet<&'a str>>,
    checks_passing: usize,
    checks_warning: usize,
    checks_critical: usize,
    external_sources: Option<BTreeSet<&'a str>>,
    gateway_config: GatewayConfig,
}

/// How a service is reached through a gateway.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GatewayConfig {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
}

impl<'a> Summary<'a> {
    /// Sums up the instances of a service.
    pub(super) fn of(name: &'a str, instances: impl Iterator<Item = &'a ServiceInstance>) -> Self {
        let mut summary = Self { name, ..Self::default() };
        instances.for_each(|instance| summary.add(instance));
        summary
    }

    /// Adds under which addresses a gateway leads to it: those of the hosts it is asked for by, or its name in DNS.
    pub(super) fn behind(mut self, behind: &GatewayService, datacenter: &str, domain: &str) -> Self {
        if behind.port != 0 {
            let usual = [format!("{}.ingress.{datacenter}.{domain}", self.name)];
            let hosts = if behind.hosts.is_empty() { &usual[..] } else { &behind.hosts };
            self.gateway_config.addresses = hosts.iter().map(|host| format!("{host}:{}", behind.port)).collect();
        }
        self
    }

    fn add(&mut self, instance: &'a ServiceInstance) {
        let service = &instance.service;
        self.kind = kind(service.kind);
        self.instance_count += 1;
        self.nodes.get_or_insert_default().push(&instance.node.name);
        for tag in service.tags.iter() {
            self.tags.get_or_insert_default().insert(tag);
        }
        if service.kind == ServiceKind::ConnectProxy {
            self.proxy_for.get_or_insert_default().insert(&service.proxy.destination_service_name);
        }
        let source = service.meta.as_ref().and_then(|meta| meta.get(EXTERNAL_SOURCE));
        if let Some(source) = source.filter(|source| !source.is_empty()) {
            self.external_sources.get_or_insert_default().insert(source);
        }
        for check in &instance.checks {
            match &*check.status {
                PASSING => self.checks_passing += 1,
                WARNING => self.checks_warning += 1,
                CRITICAL => self.checks_critical += 1,
                _ => {}
            }
        }
    }
}

/// What an instance is for, as users spell it.
const fn kind(kind: ServiceKind) -> Option<&'static str> {
    match kind {
        ServiceKind::Typical => None,
        ServiceKind::ConnectProxy => Some("connect-proxy"),
        ServiceKind::MeshGateway => Some("mesh-gateway"),
        ServiceKind::TerminatingGateway => Some("terminating-gateway"),
        ServiceKind::IngressGateway => Some("ingress-gateway"),
    }
}
