//! EDNS (RFC 6891) as far as Consul repeats it: the client's packet size and its subnet (RFC 7871).

use std::net::IpAddr;

/// What a client says in its OPT record, and what is said back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edns {
    /// The largest packet it takes, in bytes.
    pub size: u16,
    /// The network it asks for.
    pub subnet: Option<Subnet>,
}

/// A client's network (RFC 7871 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// The address, bits beyond `source` cut off; `None` for family 0, which names no network.
    pub address: Option<IpAddr>,
    /// How many bits of it count.
    pub source: u8,
    /// In an answer, for how many of them it holds.
    pub scope: u8,
}

impl Subnet {
    /// The family's number (IANA address families).
    pub fn family(&self) -> u16 {
        match self.address {
            None => 0,
            Some(IpAddr::V4(_)) => 1,
            Some(IpAddr::V6(_)) => 2,
        }
    }

    /// The bytes of the address that count.
    pub fn prefix(&self) -> Vec<u8> {
        let mut bytes = match self.address {
            None => Vec::new(),
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets().to_vec(),
        };
        bytes.truncate(usize::from(self.source).div_ceil(8));
        if let (Some(last), bits @ 1..) = (bytes.last_mut(), self.source % 8) {
            *last &= 0xff << (8 - bits);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bits_of_the_prefix_are_told() {
        let subnet = |address: &str, source| Subnet { address: address.parse().ok(), source, scope: 0 };
        assert_eq!(subnet("1.2.255.3", 20).prefix(), [1, 2, 0xf0]);
        assert_eq!(subnet("1.2.3.4", 32).prefix(), [1, 2, 3, 4]);
        assert!(subnet("1.2.3.4", 0).prefix().is_empty());
        assert_eq!(subnet("2001:db8::1", 33).prefix(), [0x20, 1, 0x0d, 0xb8, 0]);
    }
}
