//! The port of each listener, listeners in one place, and what is said about ports that nobody listens on.

use std::net::{IpAddr, SocketAddr};

use super::Resolver;
use super::address::Addresses;
use crate::config::{Invalid, Ports};

/// Ports that Consul's manifests name and that no listener has unless one is put there.
const NAMED_IN_MANIFESTS: [(u16, &str); 2] =
    [(8400, "the RPC port of Consul before 0.8"), (8443, "the port of mesh gateways")];

impl Resolver<'_> {
    pub(super) fn ports(&mut self) -> Ports {
        if self.port("ports.https", None).is_some() {
            self.refuse("ports.https", Invalid::Https);
        }
        let grpc = self.port("ports.grpc", None);
        if grpc.is_some() {
            self.warnings.push("ports.grpc has no effect: there is no service mesh in this version".to_owned());
        }
        let ports = Ports {
            http: self.port("ports.http", Some(8500)),
            dns: self.port("ports.dns", Some(8600)),
            grpc,
            server: self.port_needed("ports.server", 8300),
            serf_lan: self.port_needed("ports.serf_lan", 8301),
            serf_wan: self.port("ports.serf_wan", Some(8302)),
        };
        self.silent(&ports);
        ports
    }

    /// A port that may be off: zero and below, as in Consul.
    fn port(&mut self, key: &'static str, default: Option<u16>) -> Option<u16> {
        match self.settings.integer(key) {
            None => default,
            Some(-1 | 0) => None,
            Some(number) => u16::try_from(number).map_or_else(
                |_| {
                    self.refuse(key, Invalid::Port(number));
                    default
                },
                Some,
            ),
        }
    }

    fn port_needed(&mut self, key: &'static str, default: u16) -> u16 {
        self.port(key, Some(default)).unwrap_or_else(|| {
            let number = self.settings.integer(key).unwrap_or_default();
            self.refuse(key, Invalid::PortNeeded(number));
            default
        })
    }

    /// Says once which well-known ports stay without a listener.
    fn silent(&mut self, ports: &Ports) {
        let used = [ports.http, ports.dns, Some(ports.server), Some(ports.serf_lan)];
        let mut silent = Vec::new();
        for (port, what) in NAMED_IN_MANIFESTS {
            if !used.contains(&Some(port)) {
                silent.push(format!("{port} ({what})"));
            }
        }
        if let Some(wan) = ports.serf_wan.filter(|_| self.server) {
            silent.push(format!("{wan} (WAN gossip)"));
        }
        if !silent.is_empty() {
            self.notices.push(format!("no listener in this version on these ports: {}", silent.join(", ")));
        }
    }

    /// Two TCP listeners must not share a place.
    pub(super) fn clashes(&mut self, addresses: &Addresses, ports: &Ports) {
        let mut listeners: Vec<(&'static str, SocketAddr)> = Vec::new();
        if let Some(port) = ports.dns {
            listeners.extend(addresses.dns.iter().map(|&address| ("DNS", SocketAddr::new(address, port))));
        }
        if let Some(port) = ports.http {
            listeners.extend(addresses.client.iter().map(|&address| ("HTTP", SocketAddr::new(address, port))));
        }
        listeners.push(("Server RPC", SocketAddr::new(addresses.bind, ports.server)));
        listeners.push(("Serf LAN", SocketAddr::new(addresses.serf_lan, ports.serf_lan)));
        for (place, &(second, address)) in listeners.iter().enumerate() {
            let same = |&&(_, other): &&(&str, SocketAddr)| {
                address.port() == other.port() && (meets(address.ip(), other.ip()) || address.ip() == other.ip())
            };
            if let Some(&(first, _)) = listeners[..place].iter().find(same) {
                self.refuse_whole(Invalid::Clash { first: second, second: first, address });
            }
        }
    }
}

/// Whether a wildcard among the two takes in the other.
fn meets(left: IpAddr, right: IpAddr) -> bool {
    (left.is_unspecified() || right.is_unspecified()) && left.is_ipv4() == right.is_ipv4()
}
