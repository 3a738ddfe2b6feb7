//! How long answers about a service may be kept (`dns_config.service_ttl`).

use std::collections::BTreeMap;

/// TTLs by service, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceTtl {
    exact: BTreeMap<String, u32>,
    /// By what a name begins with; the empty text for all.
    by_prefix: BTreeMap<String, u32>,
}

impl ServiceTtl {
    /// From the setting's pairs: a service's name, or the beginning of one with `*` behind it. Names are compared as questions
    /// spell them, which is lower case.
    pub fn new(pairs: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut ttl = Self::default();
        for (name, seconds) in pairs {
            match name.strip_suffix('*') {
                Some(prefix) => ttl.by_prefix.insert(prefix.to_owned(), seconds),
                None => ttl.exact.insert(name, seconds),
            };
        }
        ttl
    }

    /// The TTL of a service: its own, else that of the longest beginning, else 0.
    pub fn of(&self, service: &str) -> u32 {
        let longest = || {
            let fitting = self.by_prefix.iter().filter(|(prefix, _)| service.starts_with(prefix.as_str()));
            fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, &seconds)| seconds)
        };
        self.exact.get(service).copied().or_else(longest).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_ttl_wins_then_the_longest_beginning() {
        let pairs = [("*", 5), ("we*", 7), ("w*", 6), ("db", 9), ("Case", 11)];
        let ttl = ServiceTtl::new(pairs.map(|(name, seconds)| (name.to_owned(), seconds)));
        let of = ["db", "web", "wild", "case", ""].map(|service| ttl.of(service));
        assert_eq!(of, [9, 7, 6, 5, 5]);
        assert_eq!(ServiceTtl::default().of("db"), 0);
    }
}
