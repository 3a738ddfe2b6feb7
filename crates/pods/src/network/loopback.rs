//! A range of 127/8 for each state directory, claimed while its runtime runs.

use std::io;
use std::net::Ipv4Addr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use super::Cidr;
use super::ports::bound_addresses;

/// The ranges a new state directory chooses from: the second octet. 0 is everybody's, 127.53 the machine's own resolver's.
const CHOICES: std::ops::RangeInclusive<u8> = 64..=254;

/// Why no range was claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// A runtime with another state directory has it.
    #[error(
        "address range {range} is in use by another runtime on this machine: stop that one, or use another state directory"
    )]
    Held {
        /// The range.
        range: Cidr,
    },
    /// Every range has somebody on it.
    #[error("no free address range is left in 127.64.0.0 to 127.254.0.0: stop a runtime")]
    NoneFree,
    /// The kernel refused the mark.
    #[error("cannot mark address range {range} as taken")]
    Mark {
        /// The range.
        range: Cidr,
        /// What the system said.
        source: io::Error,
    },
}

/// A range that no other runtime uses as long as this lives.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) range: Cidr,
    /// A name of the kernel's, gone with the process however it ends.
    _mark: UnixListener,
}

impl Claim {
    /// Claims this range with whatever is bound on it: the range a state directory had before holds its own pods.
    pub(crate) fn again(range: Cidr) -> Result<Self, ClaimError> {
        let name = SocketAddr::from_abstract_name(format!("proconsul/pods/{range}"));
        match name.and_then(|name| UnixListener::bind_addr(&name)) {
            Ok(mark) => Ok(Self { range, _mark: mark }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(ClaimError::Held { range }),
            Err(source) => Err(ClaimError::Mark { range, source }),
        }
    }

    /// Claims a range on which nothing is bound, the first looked at chosen by `seed` (a hash of the state directory).
    pub(crate) fn first(seed: u64) -> Result<Self, ClaimError> {
        let bound = bound_addresses();
        let count = u64::from(CHOICES.end() - CHOICES.start()) + 1;
        for step in 0..count {
            let octet = u8::try_from((seed % count + step) % count).unwrap_or(0) + CHOICES.start();
            let range = Cidr::around(Ipv4Addr::new(127, octet, 0, 0), 16);
            if bound.iter().any(|address| range.holds(*address)) {
                continue;
            }
            match Self::again(range) {
                Err(ClaimError::Held { .. }) => {}
                claimed_or_broken => return claimed_or_broken,
            }
        }
        Err(ClaimError::NoneFree)
    }
}

/// Whether nothing is bound on this address.
pub(crate) fn is_free(address: Ipv4Addr) -> bool {
    !bound_addresses().contains(&address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_claimed_once_at_a_time() {
        let first = Claim::first(7).unwrap();
        assert!(matches!(Claim::again(first.range), Err(ClaimError::Held { .. })));
        let second = Claim::first(7).unwrap();
        assert_ne!(first.range, second.range);
        let range = first.range;
        drop(first);
        assert!(Claim::again(range).is_ok());
    }
}
