//! A block of addresses, written `10.0.0.0/8`.

use std::net::IpAddr;
use std::str::FromStr;

/// A block of addresses of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    block: IpAddr,
    bits: u8,
}

/// The text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid cidr: {0}")]
pub struct CidrError(String);

impl Cidr {
    /// Whether an address lies in the block. One of version 4 in the form of version 6 counts as what it stands for.
    pub fn holds(&self, address: IpAddr) -> bool {
        within(address.to_canonical(), self.block, self.bits)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let parts = text.split_once('/');
        let cidr = parts.and_then(|(block, bits)| Some(Self { block: block.parse().ok()?, bits: bits.parse().ok()? }));
        let bits_max = |cidr: &Self| if cidr.block.is_ipv4() { 32 } else { 128 };
        cidr.filter(|cidr| cidr.bits <= bits_max(cidr)).ok_or_else(|| CidrError(text.to_owned()))
    }
}

/// Whether an address lies in a block, given by any of its addresses and its prefix length.
pub fn within(address: IpAddr, block: IpAddr, bits: u8) -> bool {
    match (address, block) {
        (IpAddr::V4(address), IpAddr::V4(block)) => {
            let differs = u32::from(address) ^ u32::from(block);
            differs.checked_shr(32 - u32::from(bits.min(32))).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(block)) => {
            let differs = u128::from(address) ^ u128::from(block);
            differs.checked_shr(128 - u32::from(bits.min(128))).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_its_own_addresses_only() {
        let holds = |cidr: &str, address: &str| cidr.parse::<Cidr>().unwrap().holds(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(holds("0.0.0.0/0", "9.9.9.9"));
        assert!(holds("fd00::/8", "fdff::1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(!holds("10.0.0.1/32", "10.0.0.2"));
        assert!(!holds("0.0.0.0/0", "::1"));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in ["10.0.0.1", "10.0.0.0/33", "::/129", "x/8", "", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Cidr>(), Err(CidrError(text.to_owned())));
        }
    }
}
