//! What the names of the zone mean at one moment, read from Service and Endpoints objects. A value: no store, no socket.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use crate::object::{Fields, Object};

/// The services that have names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Zone {
    /// By namespace, then by name, both lower-case.
    namespaces: BTreeMap<String, BTreeMap<String, Named>>,
}

/// What the name of one service leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Named {
    /// One virtual address.
    Cluster {
        /// The addresses, at most one of each family.
        addresses: Vec<IpAddr>,
        /// Its ports.
        ports: Vec<Port>,
    },
    /// The pods themselves.
    Headless(Vec<Endpoint>),
    /// Another name.
    External(String),
}

/// A named port of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Its name; SRV records need one.
    pub name: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Its number.
    pub port: u16,
}

/// A pod behind a headless service.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// Where it is.
    pub address: IpAddr,
    /// Its label below the service: its host name, or its address with dashes.
    pub host: String,
    /// The ports it answers on.
    pub ports: Vec<Port>,
}

impl Zone {
    /// The zone that these Service and Endpoints objects describe.
    pub fn of(services: &[Object], endpoints: &[Object]) -> Self {
        let mut namespaces: BTreeMap<String, BTreeMap<String, Named>> = BTreeMap::new();
        for service in services {
            let behind = endpoints
                .iter()
                .find(|one| one.namespace() == service.namespace() && one.name() == service.name())
                .map_or(&Value::Null, |one| &**one);
            let names = namespaces.entry(service.namespace().to_lowercase()).or_default();
            names.insert(service.name().to_lowercase(), named(service, behind));
        }
        Self { namespaces }
    }

    /// What the service's name leads to.
    pub fn service(&self, namespace: &str, name: &str) -> Option<&Named> {
        self.namespaces.get(namespace)?.get(name)
    }

    /// Whether any service lives in the namespace.
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    /// The name, below the zone, of the service or pod that has this address.
    pub fn name_of(&self, address: IpAddr) -> Option<String> {
        self.namespaces.iter().find_map(|(namespace, services)| {
            services.iter().find_map(|(name, named)| match named {
                Named::Cluster { addresses, .. } if addresses.contains(&address) => {
                    Some(format!("{name}.{namespace}.svc"))
                }
                Named::Headless(endpoints) => endpoints
                    .iter()
                    .find(|endpoint| endpoint.address == address)
                    .map(|endpoint| format!("{}.{name}.{namespace}.svc", endpoint.host)),
                _ => None,
            })
        })
    }
}

fn named(service: &Value, endpoints: &Value) -> Named {
    if service.text("/spec/type") == "ExternalName" {
        return Named::External(service.text("/spec/externalName").to_owned());
    }
    let cluster_ip = service.text("/spec/clusterIP");
    if cluster_ip != "None" {
        let addresses = cluster_ip.parse().into_iter().collect();
        return Named::Cluster { addresses, ports: service.list("/spec/ports").iter().filter_map(port).collect() };
    }
    Named::Headless(endpoints.list("/subsets").iter().flat_map(subset_endpoints).collect())
}

fn subset_endpoints(subset: &Value) -> Vec<Endpoint> {
    let ports: Vec<Port> = subset.list("/ports").iter().filter_map(port).collect();
    let endpoint = |entry: &Value| {
        let address: IpAddr = entry.text("/ip").parse().ok()?;
        let host = match entry.text("/hostname") {
            "" => address.to_string().replace(['.', ':'], "-"),
            host => host.to_lowercase(),
        };
        Some(Endpoint { address, host, ports: ports.clone() })
    };
    subset.list("/addresses").iter().filter_map(endpoint).collect()
}

fn port(entry: &Value) -> Option<Port> {
    let port = u16::try_from(entry.number("/port")?).ok()?;
    let protocol = match entry.text("/protocol") {
        "" => "tcp".to_owned(),
        protocol => protocol.to_lowercase(),
    };
    Some(Port { name: entry.text("/name").to_lowercase(), protocol, port })
}
