//! Addresses of 127/8 for one set of agents, so that each has Consul's own ports on an address of its own.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Held by whoever owns a range. Above the reserved ports, below those that the system gives out by itself.
const CLAIM_PORT: u16 = 29_999;

/// The second octets to choose from: those below 32 and above 63 belong to others.
const SECOND: std::ops::Range<u64> = 32..64;

/// The third octets to choose from: all of three digits, so that addresses are of one length and columns of one width.
const THIRD: std::ops::Range<u64> = 100..256;

const TRIES: u64 = 1000;

/// 127.x.y.0/24, as long as this value lives.
#[derive(Debug)]
pub(crate) struct Range {
    second: u8,
    third: u8,
    _claim: TcpListener,
}

impl Range {
    /// A range that nobody else on this machine holds.
    ///
    /// # Errors
    /// None of a thousand is free.
    pub(crate) fn claim() -> io::Result<Self> {
        let start = RandomState::new().build_hasher().finish();
        let claim = |number: u64| {
            let second = SECOND.start + (number >> 8) % (SECOND.end - SECOND.start);
            let third = THIRD.start + number % (THIRD.end - THIRD.start);
            let (second, third) = (second.to_le_bytes()[0], third.to_le_bytes()[0]);
            let claim = TcpListener::bind((Ipv4Addr::new(127, second, third, 254), CLAIM_PORT)).ok()?;
            Some(Self { second, third, _claim: claim })
        };
        let found = (0..TRIES).find_map(|step| claim(start.wrapping_add(step)));
        found.ok_or_else(|| io::Error::other("none of a thousand ranges of 127/8 is free"))
    }

    /// One address of it.
    pub(crate) const fn address(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(127, self.second, self.third, last)
    }
}
