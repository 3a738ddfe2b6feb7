//! The real machine, as configuration wants to see it: host name, network interfaces, files.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::Path;

use anyhow::Context;
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::SockaddrStorage;
use nix::unistd::gethostname;
use proconsul_agent::config::environment::{Environment, Files, Found, Interface};
use proconsul_base::id::NodeId;
use proconsul_base::limit::CONFIG_FILE_BYTES;
use proconsul_types::pod_context::{PROCONSUL_POD_CONTEXT, PodContext};

use crate::keygen;

/// What was found when the program looked at its machine.
pub(crate) struct Machine {
    hostname: String,
    interfaces: Vec<Interface>,
    pod: Option<PodContext>,
}

impl Machine {
    /// Looks at the machine once.
    pub(crate) fn look() -> anyhow::Result<Self> {
        let hostname = gethostname().context("the host name of this machine cannot be read")?;
        let pod = match std::env::var(PROCONSUL_POD_CONTEXT) {
            Ok(text) => {
                Some(PodContext::from_json(&text).with_context(|| format!("{PROCONSUL_POD_CONTEXT} is not readable"))?)
            }
            Err(_) => None,
        };
        Ok(Self { hostname: hostname.to_string_lossy().into_owned(), interfaces: interfaces()?, pod })
    }

    /// The machine as configuration sees it, with an identity in case the node needs one.
    pub(crate) fn environment(&self) -> anyhow::Result<Environment<'_>> {
        Ok(Environment {
            hostname: self.hostname.clone(),
            interfaces: self.interfaces.clone(),
            fresh_node_id: NodeId::from_bytes(keygen::random()?),
            pod: self.pod.clone(),
            files: &RealFiles,
        })
    }
}

struct RealFiles;

impl Files for RealFiles {
    fn look(&self, path: &Path) -> io::Result<Found> {
        if !fs::metadata(path)?.is_dir() {
            return Ok(Found::File);
        }
        let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        Ok(Found::Directory(fs::read_dir(path)?.map(name).collect::<io::Result<_>>()?))
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?.take(CONFIG_FILE_BYTES + 1).read_to_string(&mut text)?;
        if text.len() as u64 > CONFIG_FILE_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("it is larger than {CONFIG_FILE_BYTES} bytes"),
            ));
        }
        Ok(text)
    }
}

/// One for each address of each interface.
fn interfaces() -> anyhow::Result<Vec<Interface>> {
    let routed = routed_interfaces();
    let addresses = getifaddrs().context("the network interfaces of this machine cannot be read")?;
    Ok(addresses
        .filter_map(|found| {
            let address = ip(found.address.as_ref()?)?;
            Some(Interface {
                address,
                prefix_bits: found.netmask.as_ref().and_then(ip).map_or(if address.is_ipv4() { 32 } else { 128 }, ones),
                up: found.flags.contains(InterfaceFlags::IFF_UP),
                loopback: found.flags.contains(InterfaceFlags::IFF_LOOPBACK),
                default_route: routed.contains(&found.interface_name),
                name: found.interface_name,
            })
        })
        .collect())
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
    v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
}

fn ones(mask: IpAddr) -> u8 {
    let ones = match mask {
        IpAddr::V4(mask) => u32::from(mask).count_ones(),
        IpAddr::V6(mask) => u128::from(mask).count_ones(),
    };
    u8::try_from(ones).unwrap_or(u8::MAX)
}

/// Interfaces with a default route. A kernel without these tables has none, which leaves all interfaces alike.
fn routed_interfaces() -> HashSet<String> {
    let table = |path| fs::read_to_string(path).unwrap_or_default();
    let v4 = table("/proc/net/route");
    let v6 = table("/proc/net/ipv6_route");
    let v4 = v4.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        (columns.get(1) == Some(&"00000000") && columns.get(7) == Some(&"00000000")).then(|| columns[0].to_owned())
    });
    let v6 = v6.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let is_default = columns.first().is_some_and(|network| network.bytes().all(|digit| digit == b'0'));
        (is_default && columns.get(1) == Some(&"00")).then(|| columns.last().map(|name| (*name).to_owned())).flatten()
    });
    v4.chain(v6).filter(|name| name != "lo").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_has_a_loopback_interface_and_a_name() {
        let machine = Machine::look().unwrap();
        let loopback =
            machine.interfaces.iter().find(|interface| interface.address == IpAddr::from([127, 0, 0, 1])).unwrap();
        assert!(loopback.loopback && loopback.up && !loopback.default_route);
        assert_eq!(loopback.prefix_bits, 8);
        assert!(!machine.hostname.is_empty());
    }
}
