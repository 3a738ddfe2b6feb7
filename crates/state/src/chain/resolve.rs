//! From a service to a set of instances: redirects, subsets, other datacenters, and what stands in.

use proconsul_types::config_entry::{Failover, FailoverTarget, Redirect, ServiceResolver, Span};
use proconsul_types::discovery_chain::{ChainFailover, ChainNode, ChainResolver, ChainTarget};

use super::assemble::{Compiler, key, node, or};
use super::{ChainError, Entries};

/// How long connections may take to be made unless somebody says otherwise.
const CONNECT_TIMEOUT: Span = Span(5_000_000_000);

/// What another entry wants instead of a target; empty texts leave it as it is.
#[derive(Clone, Copy, Debug, Default)]
struct Rewrite<'a> {
    service: &'a str,
    subset: &'a str,
    namespace: &'a str,
    datacenter: &'a str,
}

impl<'a> Rewrite<'a> {
    fn of_target(target: &'a FailoverTarget) -> Self {
        let FailoverTarget { service, service_subset: subset, namespace, datacenter } = target;
        Self { service, subset, namespace, datacenter }
    }

    fn of_redirect(redirect: &'a Redirect) -> Self {
        let Redirect { service, service_subset: subset, namespace, datacenter } = redirect;
        Self { service, subset, namespace, datacenter }
    }
}

impl<'a, E: Entries> Compiler<'a, E> {
    /// The name of the target for these, which is known from now on.
    pub(super) fn target(&mut self, service: &str, subset: &str, namespace: &str, datacenter: &str) -> String {
        let parts = [subset, service, namespace, datacenter];
        let id = parts[usize::from(subset.is_empty())..].join(".");
        if !self.targets.contains_key(&id) {
            let sni = format!("{id}.internal.{}", self.request.trust_domain);
            let target = ChainTarget {
                id: id.clone(),
                service: service.to_owned(),
                service_subset: subset.to_owned(),
                namespace: namespace.to_owned(),
                datacenter: datacenter.to_owned(),
                name: sni.clone(),
                sni,
                ..ChainTarget::default()
            };
            self.targets.insert(id.clone(), target);
        }
        id
    }

    /// The node that leads to a target, or to what is resolved in its place.
    pub(super) fn resolver(&mut self, target: String) -> Result<String, ChainError> {
        let (target, entry) = match self.follow(target)? {
            Followed::Known(target) => return Ok(key("resolver", &target)),
            Followed::New(target, entry) => (target, entry),
        };
        let node = self.resolver_node(&target, entry)?;
        let name = self.record(node);
        let failover = self.failover(&target, entry)?;
        if let Some(resolver) = self.nodes.get_mut(&name).and_then(|node| node.resolver.as_mut()) {
            resolver.failover = failover;
        }
        Ok(name)
    }

    /// What stands in for a target. A thing that stands in is resolved, but nothing stands in for it in turn.
    fn failover(&mut self, id: &str, entry: Option<&ServiceResolver>) -> Result<Option<ChainFailover>, ChainError> {
        let Some(target) = self.targets.get(id).cloned() else { return Ok(None) };
        let Some(failover) = entry.and_then(|entry| entry.failover_of(&target.service_subset)) else { return Ok(None) };
        let rewritten: Vec<String> = rewrites(failover).into_iter().map(|other| self.rewrite(&target, other)).collect();
        let mut targets = Vec::new();
        for other in rewritten.into_iter().filter(|other| other != id) {
            targets.push(match self.follow(other)? {
                Followed::Known(other) => other,
                Followed::New(other, entry) => {
                    self.resolver_node(&other, entry)?;
                    other
                }
            });
        }
        Ok((!targets.is_empty()).then_some(ChainFailover { targets }))
    }

    /// Follows redirects and default subsets until a target stands for itself.
    fn follow(&mut self, mut id: String) -> Result<Followed<'a>, ChainError> {
        let mut seen: Vec<String> = Vec::new();
        loop {
            if self.nodes.contains_key(&key("resolver", &id)) {
                return Ok(Followed::Known(id));
            }
            let Some(target) = self.targets.get(&id).cloned() else { return Ok(Followed::Known(id)) };
            self.speaks(&target.service)?;
            let is_known = seen.contains(&id);
            seen.push(id.clone());
            if is_known {
                return Err(ChainError::RedirectCircle(seen));
            }
            let entry = self.entries.resolver(&target.service);
            let Some(next) = entry.and_then(|entry| self.next(&target, entry)) else {
                let subset = target.service_subset;
                if !subset.is_empty() && !entry.is_some_and(|entry| entry.has_subset(&subset)) {
                    return Err(ChainError::NoSubset { service: target.service, subset });
                }
                return Ok(Followed::New(id, entry));
            };
            id = next;
        }
    }

    /// The target that an entry has in the place of this one.
    fn next(&mut self, target: &ChainTarget, entry: &ServiceResolver) -> Option<String> {
        if let Some(redirect) = &entry.redirect {
            let next = self.rewrite(target, Rewrite::of_redirect(redirect));
            if next != target.id {
                return Some(next);
            }
        }
        let takes_default = target.service_subset.is_empty() && !entry.default_subset.is_empty();
        takes_default.then(|| self.rewrite(target, Rewrite { subset: &entry.default_subset, ..Rewrite::default() }))
    }

    fn rewrite(&mut self, target: &ChainTarget, to: Rewrite<'_>) -> String {
        let service = or(to.service, &target.service);
        // A subset belongs to its service.
        let subset = if service == target.service { &*target.service_subset } else { "" };
        let namespace = or(to.namespace, &target.namespace);
        self.target(service, or(to.subset, subset), namespace, or(to.datacenter, &target.datacenter))
    }

    /// The node of a target that stands for itself; the target learns the rest about itself.
    fn resolver_node(&mut self, id: &str, entry: Option<&ServiceResolver>) -> Result<ChainNode, ChainError> {
        self.describe(id, entry)?;
        self.retained.insert(id.to_owned());
        let mut connect_timeout = entry.map_or(CONNECT_TIMEOUT, |entry| entry.connect_timeout);
        if connect_timeout < Span(1) {
            connect_timeout = CONNECT_TIMEOUT;
        }
        let wanted = self.request.overrides.connect_timeout;
        if wanted > Span(0) && wanted != connect_timeout {
            connect_timeout = wanted;
            self.customized.connect_timeout = true;
        }
        let resolver = ChainResolver {
            connect_timeout,
            request_timeout: entry.map_or(Span(0), |entry| entry.request_timeout),
            default: entry.is_none_or(ServiceResolver::is_default),
            target: id.to_owned(),
            failover: None,
        };
        let load_balancer = entry.and_then(|entry| entry.load_balancer.clone());
        Ok(ChainNode { resolver: Some(resolver), load_balancer, ..node("resolver", id.to_owned()) })
    }

    fn describe(&mut self, id: &str, entry: Option<&ServiceResolver>) -> Result<(), ChainError> {
        let Some(target) = self.targets.get_mut(id) else { return Ok(()) };
        let defaults = self.entries.service_defaults(&target.service);
        target.subset = entry.and_then(|entry| entry.subsets.get(&target.service_subset)).cloned().unwrap_or_default();
        if let Some(defaults) = defaults.filter(|defaults| !defaults.external_sni.is_empty()) {
            target.sni.clone_from(&defaults.external_sni);
            target.external = true;
        }
        if target.external {
            refuse_external(&target.service, entry)?;
        } else if target.datacenter != self.request.used_in {
            let everywhere = self.entries.proxy_defaults().map(|proxies| &*proxies.mesh_gateway.mode);
            let own = defaults.map(|defaults| &*defaults.mesh_gateway.mode).unwrap_or_default();
            let mode = or(own, everywhere.unwrap_or_default());
            let wanted = &*self.request.overrides.mesh_gateway;
            self.customized.mesh_gateway |= !wanted.is_empty() && wanted != mode;
            or(wanted, mode).clone_into(&mut target.mesh_gateway.mode);
        }
        Ok(())
    }
}

/// How following a target ended.
enum Followed<'a> {
    /// At a target that has its node.
    Known(String),
    /// At a target that has none yet, and the entry about its service.
    New(String, Option<&'a ServiceResolver>),
}

fn rewrites(failover: &Failover) -> Vec<Rewrite<'_>> {
    if !failover.targets.is_empty() {
        return failover.targets.iter().map(Rewrite::of_target).collect();
    }
    let Failover { service, service_subset: subset, namespace, datacenters, .. } = failover;
    let here = Rewrite { service, subset, namespace, datacenter: "" };
    if datacenters.is_empty() {
        return vec![here];
    }
    datacenters.iter().map(|datacenter| Rewrite { datacenter, ..here }).collect()
}

/// Outside the mesh there are no instances to choose from.
fn refuse_external(service: &str, entry: Option<&ServiceResolver>) -> Result<(), ChainError> {
    let Some(entry) = entry else { return Ok(()) };
    let what = match entry {
        entry if entry.redirect.is_some() => "redirects",
        entry if !entry.subsets.is_empty() => "subsets",
        entry if !entry.failover.is_empty() => "failover",
        _ => return Ok(()),
    };
    Err(ChainError::External { service: service.to_owned(), what })
}
