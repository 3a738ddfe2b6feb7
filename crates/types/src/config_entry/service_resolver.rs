//! `service-resolver`: which instances make up a service, and what stands in for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{EntryError, ResolverError};
use super::load_balancer::LoadBalancer;
use super::span::Span;
use super::{Document, EntryMeta, WILDCARD, is_default};

/// Which instances make up a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ServiceResolver {
    /// How long a connection may take to be made. Shown in front of everything else, not here.
    #[serde(alias = "connect_timeout", skip_serializing)]
    pub connect_timeout: Span,
    /// The service.
    pub name: String,
    /// The subset that is meant when none is named.
    #[serde(alias = "default_subset", skip_serializing_if = "is_default")]
    pub default_subset: String,
    /// The subsets by name.
    #[serde(skip_serializing_if = "is_default")]
    pub subsets: BTreeMap<String, Subset>,
    /// What is resolved instead of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
    /// What stands in for a subset, or for any (`*`).
    #[serde(skip_serializing_if = "is_default")]
    pub failover: BTreeMap<String, Failover>,
    /// How instances are chosen (1.9).
    #[serde(alias = "load_balancer", skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
    /// How long a request may take (1.16).
    #[serde(alias = "request_timeout", skip_serializing_if = "is_default")]
    pub request_timeout: Span,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// Some of a service's instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Subset {
    /// Which ones.
    #[serde(skip_serializing_if = "is_default")]
    pub filter: String,
    /// Only those whose checks all pass.
    #[serde(alias = "only_passing", skip_serializing_if = "is_default")]
    pub only_passing: bool,
}

/// What is resolved instead of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Redirect {
    /// The service.
    #[serde(skip_serializing_if = "is_default")]
    pub service: String,
    /// The subset of its instances.
    #[serde(alias = "service_subset", skip_serializing_if = "is_default")]
    pub service_subset: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    /// Its datacenter.
    #[serde(skip_serializing_if = "is_default")]
    pub datacenter: String,
}

/// What stands in for a subset that has no healthy instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Failover {
    /// The service; the same when empty.
    #[serde(skip_serializing_if = "is_default")]
    pub service: String,
    /// The subset of its instances.
    #[serde(alias = "service_subset", skip_serializing_if = "is_default")]
    pub service_subset: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    /// The datacenters in the order they are tried.
    #[serde(skip_serializing_if = "is_default")]
    pub datacenters: Vec<String>,
    /// What is tried in this order, in the place of everything above (1.14).
    #[serde(skip_serializing_if = "is_default")]
    pub targets: Vec<FailoverTarget>,
}

/// One thing that stands in (1.14).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FailoverTarget {
    /// The service; the same when empty.
    #[serde(skip_serializing_if = "is_default")]
    pub service: String,
    /// The subset of its instances.
    #[serde(alias = "service_subset", skip_serializing_if = "is_default")]
    pub service_subset: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    /// Its datacenter.
    #[serde(skip_serializing_if = "is_default")]
    pub datacenter: String,
}

impl ServiceResolver {
    /// Whether it says nothing that would not hold without it.
    pub fn is_default(&self) -> bool {
        let Self {
            connect_timeout, default_subset, subsets, redirect, failover, load_balancer, request_timeout, ..
        } = self;
        is_default(connect_timeout)
            && default_subset.is_empty()
            && subsets.is_empty()
            && redirect.is_none()
            && failover.is_empty()
            && load_balancer.is_none()
            && is_default(request_timeout)
    }

    /// What stands in for a subset; the empty text is the service without one.
    pub fn failover_of(&self, subset: &str) -> Option<&Failover> {
        self.failover.get(subset).or_else(|| self.failover.get(WILDCARD))
    }

    fn validate_subsets(&self) -> Result<(), ResolverError> {
        for name in self.subsets.keys() {
            if name.is_empty() {
                return Err(ResolverError::SubsetNameless);
            }
            if !is_label(name) {
                return Err(ResolverError::SubsetName(name.clone()));
            }
        }
        if !self.default_subset.is_empty() && !self.subsets.contains_key(&self.default_subset) {
            return Err(ResolverError::DefaultSubset(self.default_subset.clone()));
        }
        Ok(())
    }

    fn validate_redirect(&self, redirect: &Redirect) -> Result<(), ResolverError> {
        if !self.failover.is_empty() {
            return Err(ResolverError::RedirectAndFailover);
        }
        let Redirect { service, service_subset, namespace, .. } = redirect;
        match service.is_empty() {
            true if is_default(redirect) => Err(ResolverError::RedirectEmpty),
            true if !service_subset.is_empty() => Err(ResolverError::RedirectWithoutService("ServiceSubset")),
            true if !namespace.is_empty() => Err(ResolverError::RedirectWithoutService("Namespace")),
            false if *service == self.name && !self.has_subset(service_subset) => {
                Err(ResolverError::RedirectSubset { service: service.clone(), subset: service_subset.clone() })
            }
            _ => Ok(()),
        }
    }

    fn validate_failover(&self, of: &str, failover: &Failover) -> Result<(), ResolverError> {
        let of = || of.to_owned();
        if of() != WILDCARD && !self.subsets.contains_key(&of()) {
            return Err(ResolverError::FailoverOf(of()));
        }
        if is_default(failover) {
            return Err(ResolverError::FailoverEmpty(of()));
        }
        let Failover { service, service_subset: subset, datacenters, .. } = failover;
        if (service.is_empty() || *service == self.name) && !self.has_subset(subset) {
            let (service, subset) = (service.clone(), subset.clone());
            return Err(ResolverError::FailoverSubset { of: of(), service, subset });
        }
        if datacenters.iter().any(String::is_empty) { Err(ResolverError::FailoverDatacenter(of())) } else { Ok(()) }
    }

    /// Whether a subset can be asked for; the empty text always.
    pub fn has_subset(&self, name: &str) -> bool {
        name.is_empty() || self.subsets.contains_key(name)
    }
}

impl Document for ServiceResolver {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {}

    fn validate(&self) -> Result<(), EntryError> {
        if self.name.is_empty() {
            return Err(EntryError::Name);
        }
        EntryError::of_meta(&self.meta)?;
        self.validate_subsets()?;
        self.redirect.as_ref().map_or(Ok(()), |redirect| self.validate_redirect(redirect))?;
        for (of, failover) in &self.failover {
            self.validate_failover(of, failover)?;
        }
        if self.connect_timeout < Span::default() {
            return Err(ResolverError::ConnectTimeout(self.connect_timeout).into());
        }
        self.load_balancer.as_ref().map_or(Ok(()), LoadBalancer::validate)?;
        Ok(())
    }
}

/// Whether a text can be one part of a host name.
fn is_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 63 && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}
