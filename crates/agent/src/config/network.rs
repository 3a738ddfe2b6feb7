//! Which addresses are private: the special blocks of RFC 6890, as go-sockaddr counts them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) use proconsul_base::cidr::within;

use super::environment::Interface;

/// RFC 1918: networks of one's own.
const RFC_1918: &[(Ipv4Addr, u8)] =
    &[(Ipv4Addr::new(10, 0, 0, 0), 8), (Ipv4Addr::new(172, 16, 0, 0), 12), (Ipv4Addr::new(192, 168, 0, 0), 16)];

/// RFC 6890: everything with a special purpose.
const RFC_6890: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// RFC 6890 for version 6.
const RFC_6890_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::UNSPECIFIED, 127),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];

/// Whether an address lies in the blocks of this document; `None` for one that is not known here.
pub(super) fn in_rfc(number: &str, address: IpAddr) -> Option<bool> {
    let v4 = |blocks: &[(Ipv4Addr, u8)]| blocks.iter().any(|&(block, bits)| within(address, block.into(), bits));
    match number {
        "1918" => Some(v4(RFC_1918)),
        "6598" => Some(v4(&[(Ipv4Addr::new(100, 64, 0, 0), 10)])),
        "6890" => Some(v4(RFC_6890) || RFC_6890_V6.iter().any(|&(block, bits)| within(address, block.into(), bits))),
        _ => None,
    }
}

/// Whether an address has no meaning beyond its own place.
pub(super) fn is_private(address: IpAddr) -> bool {
    in_rfc("6890", address) == Some(true)
}

/// Whether an address can be reached through a router: neither loopback nor link-local.
pub(super) fn is_forwardable(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !address.is_loopback() && !link_local && !address.is_multicast() && !address.is_unspecified()
}

/// The private IPv4 addresses that others may reach this machine by, each once.
pub(super) fn private_v4(interfaces: &[Interface]) -> Vec<IpAddr> {
    reachable(interfaces, |address| address.is_ipv4() && is_private(address))
}

/// The public IPv6 addresses that others may reach this machine by, each once.
pub(super) fn public_v6(interfaces: &[Interface]) -> Vec<IpAddr> {
    reachable(interfaces, |address| address.is_ipv6() && !is_private(address))
}

fn reachable(interfaces: &[Interface], wanted: impl Fn(IpAddr) -> bool) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    for interface in interfaces.iter().filter(|interface| interface.up && !interface.loopback) {
        let address = interface.address;
        if is_forwardable(address) && wanted(address) && !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_their_first_and_last_address_and_no_more() {
        let private = |address: &str| is_private(address.parse().unwrap());
        for inside in ["10.0.0.0", "10.255.255.255", "172.31.255.255", "192.0.2.2", "fd00::1", "::1", "240.0.0.1"] {
            assert!(private(inside), "{inside}");
        }
        for outside in ["9.255.255.255", "11.0.0.0", "172.32.0.0", "8.8.8.8", "2a00::1"] {
            assert!(!private(outside), "{outside}");
        }
        assert!(within("1.2.3.4".parse().unwrap(), "9.9.9.9".parse().unwrap(), 0));
    }
}
