//! Where the agent listens and what it tells others, with templates worked out and the pod's address in its place.

use std::net::{IpAddr, Ipv4Addr};

use super::Resolver;
use crate::config::Invalid;
use crate::config::error::Mistake;
use crate::config::network;
use crate::config::template;

/// The addresses of one agent.
pub(super) struct Addresses {
    pub(super) bind: IpAddr,
    pub(super) advertise: IpAddr,
    pub(super) client: Vec<IpAddr>,
    pub(super) dns: Vec<IpAddr>,
    pub(super) serf_lan: IpAddr,
}

impl Resolver<'_> {
    pub(super) fn addresses(&mut self) -> Addresses {
        let before = self.mistakes.len();
        let any = if self.dev { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
        let bind = self.one("bind_addr").unwrap_or(IpAddr::V4(any));
        let advertised = self.one("advertise_addr");
        if advertised.is_some_and(|address| address.is_unspecified()) {
            self.refuse_whole(Invalid::AdvertiseWildcard);
        }
        let bind_known = self.mistakes.len() == before;
        let advertise = match advertised {
            Some(address) => self.in_pod(address),
            None if bind_known => self.reachable(bind),
            None => bind,
        };
        let (client, dns) = (self.for_clients("addresses.http"), self.for_clients("addresses.dns"));
        let serf_lan = self.one("serf_lan").map_or_else(|| self.in_pod(bind), |address| self.in_pod(address));
        Addresses { bind: self.in_pod(bind), advertise, client, dns, serf_lan }
    }

    /// Where a listener for clients is bound: at its own addresses, else at those of all.
    fn for_clients(&mut self, own: &'static str) -> Vec<IpAddr> {
        let mut addresses = self.several(if self.settings.text(own).is_some() { own } else { "client_addr" });
        if addresses.is_empty() {
            addresses.push(self.in_pod(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        }
        addresses
    }

    /// What others reach an agent by that is bound to this address.
    fn reachable(&mut self, bind: IpAddr) -> IpAddr {
        let inside = self.in_pod(bind);
        if !inside.is_unspecified() {
            return inside;
        }
        let interfaces = &self.environment.interfaces;
        let (found, none, many): (_, _, fn(Vec<IpAddr>) -> Invalid) = match inside {
            IpAddr::V4(_) => {
                (network::private_v4(interfaces), Invalid::NoPrivateAddress, Invalid::ManyPrivateAddresses)
            }
            IpAddr::V6(_) => (network::public_v6(interfaces), Invalid::NoPublicAddress, Invalid::ManyPublicAddresses),
        };
        match found.as_slice() {
            [address] => return *address,
            [] => self.refuse_whole(none),
            _ => self.refuse_whole(many(found)),
        }
        inside
    }

    /// The pod's address where the container means itself or everything.
    fn in_pod(&self, address: IpAddr) -> IpAddr {
        match &self.environment.pod {
            Some(pod) if address.is_unspecified() || address.is_loopback() => pod.address,
            _ => address,
        }
    }

    /// The one address of a key, as it was written; `None` when it is not set or wrong.
    fn one(&mut self, key: &'static str) -> Option<IpAddr> {
        let text = self.settings.text(key)?.to_owned();
        let found = self.read(key)?;
        if let [address] = found.as_slice() {
            return Some(*address);
        }
        self.refuse(key, Invalid::AddressCount(text, found.len()));
        None
    }

    /// The addresses of a key as the agent binds them, each once; empty when it is not set or wrong.
    fn several(&mut self, key: &'static str) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for address in self.read(key).unwrap_or_default() {
            let address = self.in_pod(address);
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    fn read(&mut self, key: &'static str) -> Option<Vec<IpAddr>> {
        let text = self.settings.text(key)?.to_owned();
        let expanded = match template::expand(&text, &self.environment.interfaces) {
            Ok(expanded) => expanded,
            Err(source) => {
                let origin = self.origin(key)?;
                self.mistakes.push(Mistake::Template { origin, key, source });
                return None;
            }
        };
        let mut addresses = Vec::new();
        for word in expanded.split_whitespace() {
            match parse(word) {
                Ok(address) => addresses.push(address),
                Err(invalid) => {
                    self.refuse(key, invalid);
                    return None;
                }
            }
        }
        Some(addresses)
    }
}

fn parse(word: &str) -> Result<IpAddr, Invalid> {
    if word == "localhost" {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    if word.starts_with("unix://") {
        return Err(Invalid::UnixSocket(word.to_owned()));
    }
    let bare = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    bare.parse().map_err(|_| Invalid::Address(word.to_owned()))
}
