//! How many connections of Consul's RPC each address has open.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use proconsul_base::limit;

/// The places that are taken. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A place; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    of: Places,
    address: IpAddr,
}

impl Places {
    /// A place for this address, unless it has as many as it may.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let mut taken = self.0.lock();
        let count = taken.entry(address).or_default();
        if *count >= limit::CONSUL_CONNECTIONS_PER_ADDRESS {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Place { of: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.0.lock();
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_no_more() {
        let places = Places::default();
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let mut taken: Vec<_> = (0..limit::CONSUL_CONNECTIONS_PER_ADDRESS).map(|_| places.take(one).unwrap()).collect();
        assert!(places.take(one).is_none());
        assert!(places.take(other).is_some(), "others are not touched");
        taken.pop();
        assert!(places.take(one).is_some());
        taken.clear();
        assert!(places.0.lock().is_empty(), "nobody is remembered for ever");
    }
}
