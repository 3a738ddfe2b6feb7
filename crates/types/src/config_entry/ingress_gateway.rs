//! `ingress-gateway`: what a gateway into the mesh listens for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{EntryError, IngressError};
use super::gateway::{GatewayServiceTls, GatewayTls};
use super::header::HeaderModifiers;
use super::{Document, EntryMeta, WILDCARD, is_default};

/// What a gateway into the mesh listens for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IngressGateway {
    /// The gateway's service.
    pub name: String,
    /// How it speaks TLS.
    #[serde(rename = "TLS")]
    pub tls: GatewayTls,
    /// Its ports.
    pub listeners: Option<Vec<IngressListener>>,
    /// What the user says about it.
    #[serde(skip_serializing_if = "is_default")]
    pub meta: EntryMeta,
}

/// One port of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IngressListener {
    /// The port.
    pub port: i64,
    /// `tcp`, `http`, `http2` or `grpc`.
    pub protocol: String,
    /// How it speaks TLS (1.11).
    #[serde(rename = "TLS", skip_serializing_if = "is_default")]
    pub tls: Option<GatewayTls>,
    /// The services it leads to.
    pub services: Option<Vec<IngressService>>,
}

/// A service that a port leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IngressService {
    /// The service, or all (`*`).
    pub name: String,
    /// The hosts it is asked for under.
    pub hosts: Option<Vec<String>>,
    /// How TLS is spoken for it (1.11).
    #[serde(rename = "TLS", skip_serializing_if = "is_default")]
    pub tls: Option<GatewayServiceTls>,
    /// Changes of the headers of requests (1.11).
    #[serde(alias = "request_headers", skip_serializing_if = "is_default")]
    pub request_headers: Option<HeaderModifiers>,
    /// Changes of the headers of answers (1.11).
    #[serde(alias = "response_headers", skip_serializing_if = "is_default")]
    pub response_headers: Option<HeaderModifiers>,
}

impl IngressGateway {
    /// The ports.
    pub fn listeners(&self) -> &[IngressListener] {
        self.listeners.as_deref().unwrap_or_default()
    }
}

impl IngressListener {
    /// The services it leads to.
    pub fn services(&self) -> &[IngressService] {
        self.services.as_deref().unwrap_or_default()
    }

    fn validate(&self, tls: bool) -> Result<(), IngressError> {
        let port = self.port;
        if !matches!(&*self.protocol, "tcp" | "http" | "http2" | "grpc") {
            return Err(IngressError::Protocol(self.protocol.clone()));
        }
        if self.services().is_empty() {
            return Err(IngressError::NoService(port));
        }
        if self.protocol != "http" && self.services().len() > 1 {
            return Err(IngressError::ManyServices(port));
        }
        let mut seen = BTreeSet::new();
        for service in self.services() {
            self.validate_service(service)?;
            for host in service.hosts() {
                if !seen.insert(host) {
                    return Err(IngressError::HostTwice(port));
                }
                validate_host(tls, host)?;
            }
        }
        Ok(())
    }

    fn validate_service(&self, service: &IngressService) -> Result<(), IngressError> {
        let port = self.port;
        let (is_wildcard, has_hosts) = (service.name == WILDCARD, !service.hosts().is_empty());
        if self.protocol == "tcp" && is_wildcard {
            return Err(IngressError::TcpWildcard(port));
        }
        if self.protocol == "tcp" && has_hosts {
            return Err(IngressError::TcpHosts(port));
        }
        if service.name.is_empty() {
            return Err(IngressError::Nameless(port));
        }
        if is_wildcard && has_hosts { Err(IngressError::WildcardHosts(port)) } else { Ok(()) }
    }
}

impl IngressService {
    /// The hosts it is asked for under.
    pub fn hosts(&self) -> &[String] {
        self.hosts.as_deref().unwrap_or_default()
    }
}

impl Document for IngressGateway {
    fn name(&self) -> &str {
        &self.name
    }

    fn normalize(&mut self) {
        for listener in self.listeners.iter_mut().flatten() {
            listener.protocol = match &*listener.protocol {
                "" => "tcp".to_owned(),
                protocol => protocol.to_lowercase(),
            };
        }
    }

    fn validate(&self) -> Result<(), EntryError> {
        EntryError::of_meta(&self.meta)?;
        let mut ports = BTreeSet::new();
        for listener in self.listeners() {
            if !ports.insert(listener.port) {
                return Err(IngressError::PortTwice(listener.port).into());
            }
            listener.validate(self.tls.enabled)?;
        }
        Ok(())
    }
}

fn validate_host(tls: bool, host: &str) -> Result<(), IngressError> {
    if host == WILDCARD {
        return if tls { Err(IngressError::HostAny) } else { Ok(()) };
    }
    if !is_domain(host) {
        return Err(IngressError::Host(host.to_owned()));
    }
    let rest = host.strip_prefix("*.").unwrap_or(host);
    if rest.contains(WILDCARD) { Err(IngressError::HostWildcard(host.to_owned())) } else { Ok(()) }
}

/// Whether a text can be a name in the DNS: labels of 1 to 63 bytes, 255 bytes in all, any characters.
fn is_domain(host: &str) -> bool {
    let labels = host.strip_suffix('.').unwrap_or(host);
    host == "." || (host.len() <= 254 && labels.split('.').all(|label| (1..=63).contains(&label.len())))
}
