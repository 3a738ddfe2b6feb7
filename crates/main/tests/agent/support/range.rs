//! Addresses of 127/8 that belong to one test, so that every agent has Consul's default ports on an address of its own.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

/// Held by whoever owns a range. Above the reserved ports, below those that the system gives out by itself.
const CLAIM_PORT: u16 = 29_999;

/// The second octets to choose from: 127.64 and above are left to the runtime's pods.
const SECOND: std::ops::Range<u64> = 32..64;

/// 127.x.y.0/24, as long as this value lives.
pub(crate) struct Range {
    second: u8,
    third: u8,
    _claim: TcpListener,
}

impl Range {
    /// A range that nobody else holds, on this machine, in this run of the tests or another.
    pub(crate) fn claim() -> Self {
        let start = RandomState::new().build_hasher().finish();
        let octets = |number: u64| {
            let second = SECOND.start + (number >> 8) % (SECOND.end - SECOND.start);
            (second.to_le_bytes()[0], number.to_le_bytes()[0])
        };
        (0..1000)
            .map(|step| octets(start.wrapping_add(step)))
            .find_map(|(second, third)| {
                let claim = TcpListener::bind((Ipv4Addr::new(127, second, third, 254), CLAIM_PORT)).ok()?;
                Some(Self { second, third, _claim: claim })
            })
            .expect("one of a thousand ranges is free")
    }

    /// One address of it.
    pub(crate) fn address(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(127, self.second, self.third, last)
    }
}
