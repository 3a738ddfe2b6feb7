//! Fresh addresses for pods: each one later than the last, so that a recreated pod never has its old address back soon. Pure.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::Cidr;

/// The first place given to pods; those before it are the gateway's and the resolver's.
const FIRST_PLACE: u64 = 10;

/// The addresses of one range: which are taken, and where to look next.
#[derive(Clone, Debug)]
pub struct Addresses {
    range: Cidr,
    next: u64,
    taken: BTreeSet<Ipv4Addr>,
}

impl Addresses {
    /// The addresses of a range, the next one tried at this place (as [`Self::next`] once told).
    pub fn new(range: Cidr, next: u64) -> Self {
        Self { range, next, taken: BTreeSet::new() }
    }

    /// The place tried next; recorded so that a later runtime goes on where this one stopped.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Notes that a pod has this address already.
    pub fn take(&mut self, address: Ipv4Addr) {
        self.taken.insert(address);
    }

    /// Gives an address back; it is not handed out again before the range went around once.
    pub fn release(&mut self, address: Ipv4Addr) {
        self.taken.remove(&address);
    }

    /// The next address that no pod has and of which `is_free` holds; `None` when all are taken.
    pub fn allocate(&mut self, is_free: impl Fn(Ipv4Addr) -> bool) -> Option<Ipv4Addr> {
        let last = self.range.size().checked_sub(1)?;
        for _ in 0..self.range.size() {
            let place = if (FIRST_PLACE..last).contains(&self.next) { self.next } else { FIRST_PLACE };
            self.next = place + 1;
            let address = self.range.at(place);
            if place < last && !self.taken.contains(&address) && is_free(address) {
                self.taken.insert(address);
                return Some(address);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(range: &str, next: u64) -> Addresses {
        Addresses::new(range.parse().unwrap(), next)
    }

    #[test]
    fn a_released_address_is_not_given_again_soon() {
        let mut addresses = addresses("127.27.0.0/16", 0);
        let first = addresses.allocate(|_| true).unwrap();
        addresses.release(first);
        let second = addresses.allocate(|_| true).unwrap();
        assert_eq!((first, second), (Ipv4Addr::new(127, 27, 0, 10), Ipv4Addr::new(127, 27, 0, 11)));
    }

    #[test]
    fn the_range_goes_around_and_ends_when_all_are_taken() {
        let mut addresses = addresses("10.0.0.0/28", 13);
        let mut all = Vec::new();
        while let Some(address) = addresses.allocate(|_| true) {
            all.push(address.octets()[3]);
        }
        assert_eq!(all, [13, 14, 10, 11, 12]);
        addresses.release(Ipv4Addr::new(10, 0, 0, 11));
        assert_eq!(addresses.allocate(|_| true), Some(Ipv4Addr::new(10, 0, 0, 11)));
    }

    #[test]
    fn an_address_somebody_else_uses_is_passed_over() {
        let mut addresses = addresses("10.0.0.0/16", 10);
        let busy = Ipv4Addr::new(10, 0, 0, 10);
        assert_eq!(addresses.allocate(|address| address != busy), Some(Ipv4Addr::new(10, 0, 0, 11)));
    }
}
