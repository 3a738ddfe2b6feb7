//! What this node itself claims to be. Knows no catalog.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use proconsul_base::index::Index;
use proconsul_types::node::Node;

use crate::Config;

/// Consul's key for the network segment, which every node has in its metadata; there are no segments.
const SEGMENT: &str = "consul-network-segment";

/// The record of this node. Its indexes are of no meaning.
pub fn node(config: &Config) -> Node {
    let mut meta = config.node_meta.clone();
    meta.insert(SEGMENT.to_owned(), String::new());
    Node {
        id: Some(config.node_id),
        name: config.node_name.as_str().into(),
        address: config.advertise_addr.to_string().into(),
        datacenter: config.datacenter.as_str().into(),
        tagged_addresses: Some(Arc::new(tagged_addresses(config.advertise_addr))),
        meta: Some(Arc::new(meta)),
        create_index: Index::ZERO,
        modify_index: Index::ZERO,
    }
}

/// The same address for the own datacenter and for others: there is no other one to be told.
fn tagged_addresses(address: IpAddr) -> BTreeMap<String, String> {
    let family = if address.is_ipv4() { "ipv4" } else { "ipv6" };
    let tags = ["lan", "wan"].into_iter().flat_map(|tag| [tag.to_owned(), format!("{tag}_{family}")]);
    tags.map(|tag| (tag, address.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_for_both_networks_with_and_without_its_family() {
        let told = |address: &str| tagged_addresses(address.parse().unwrap()).into_keys().collect::<Vec<_>>();
        assert_eq!(told("10.0.0.1"), ["lan", "lan_ipv4", "wan", "wan_ipv4"]);
        assert_eq!(told("fd00::1"), ["lan", "lan_ipv6", "wan", "wan_ipv6"]);
    }
}
