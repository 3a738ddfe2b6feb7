//! The content hash of a service: who waits for another content says which one is known.
//!
//! Clients compare it and nothing else, so its value need not be the original's.

use std::hash::Hasher;

use proconsul_types::service::Service;

/// Another text for every other content: 16 hexadecimal digits, the same on every machine.
pub fn content_hash(service: &Service) -> String {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    let Service { kind, id, name, tags, address, tagged_addresses, meta, port, .. } = service;
    let Service { weights, enable_tag_override, proxy, connect_native, .. } = service;
    let place = (address, tagged_addresses, port, weights, enable_tag_override);
    hasher.write(format!("{:?}", (kind, id, name, tags, meta, place, proxy, connect_native)).as_bytes());
    format!("{:016x}", hasher.finish())
}

/// FNV-1a in 64 bits.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
