//! A range of IPv4 addresses, written `10.88.0.0/16`.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A range of IPv4 addresses; its first address has no bits beyond the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    first: Ipv4Addr,
    prefix: u8,
}

/// Why a text is no range.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CidrError {
    /// Not `address/prefix`.
    #[error("{text:?} is no address range: write it as 10.88.0.0/16")]
    Form {
        /// The text.
        text: String,
    },
    /// Not aligned.
    #[error("{text:?} has bits beyond its prefix: the range begins at {first}")]
    Unaligned {
        /// The text.
        text: String,
        /// Where it begins.
        first: Ipv4Addr,
    },
}

impl Cidr {
    /// The range of this prefix length (at most 32) that holds the address.
    pub fn around(address: Ipv4Addr, prefix: u8) -> Self {
        let prefix = prefix.min(32);
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        Self { first: Ipv4Addr::from_bits(address.to_bits() & mask), prefix }
    }

    /// The first address, which names the range.
    pub fn first(self) -> Ipv4Addr {
        self.first
    }

    /// The prefix length in bits.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// How many addresses it has, its first and last included.
    pub fn size(self) -> u64 {
        1 << (32 - u64::from(self.prefix))
    }

    /// The address at this place, counted from 0 and around the end.
    pub fn at(self, place: u64) -> Ipv4Addr {
        let place = u32::try_from(place % self.size()).unwrap_or(0);
        Ipv4Addr::from_bits(self.first.to_bits() + place)
    }

    /// Whether the address lies in it.
    pub fn holds(self, address: Ipv4Addr) -> bool {
        Self::around(address, self.prefix) == self
    }

    /// Whether the two have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.holds(other.first) || other.holds(self.first)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.first, self.prefix)
    }
}

impl From<Cidr> for String {
    fn from(range: Cidr) -> Self {
        range.to_string()
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;

    fn try_from(text: String) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let form = || CidrError::Form { text: text.to_owned() };
        let (address, prefix) = text.split_once('/').ok_or_else(form)?;
        let address: Ipv4Addr = address.parse().map_err(|_| form())?;
        let prefix = prefix.parse().ok().filter(|prefix| *prefix <= 32).ok_or_else(form)?;
        let range = Self::around(address, prefix);
        if range.first == address {
            Ok(range)
        } else {
            Err(CidrError::Unaligned { text: text.to_owned(), first: range.first })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_and_shown() {
        let range: Cidr = "10.88.0.0/16".parse().unwrap();
        assert_eq!((range.to_string().as_str(), range.size()), ("10.88.0.0/16", 65_536));
        assert_eq!(range.at(258), Ipv4Addr::new(10, 88, 1, 2));
        assert_eq!(
            "10.88.0.1/16".parse::<Cidr>().unwrap_err().to_string(),
            "\"10.88.0.1/16\" has bits beyond its prefix: the range begins at 10.88.0.0"
        );
        assert!("10.88.0.0/33".parse::<Cidr>().is_err() && "10.88.0.0".parse::<Cidr>().is_err());
    }

    #[test]
    fn ranges_overlap_when_one_holds_the_other() {
        let range = |text: &str| text.parse::<Cidr>().unwrap();
        assert!(range("10.0.0.0/8").overlaps(range("10.88.0.0/16")));
        assert!(range("10.88.0.0/16").overlaps(range("10.0.0.0/8")));
        assert!(!range("10.88.0.0/16").overlaps(range("10.89.0.0/16")));
        assert!(range("0.0.0.0/0").holds(Ipv4Addr::new(1, 2, 3, 4)));
    }
}
