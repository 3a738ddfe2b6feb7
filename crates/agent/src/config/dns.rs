//! DNS: which names are answered for, how, and who is asked for others.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use proconsul_names::name::Name;

/// The DNS interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsSettings {
    /// Where its listeners are bound; the client addresses unless given (`addresses.dns`).
    pub addresses: Vec<IpAddr>,
    /// The domain answered for (`domain`, `consul`).
    pub domain: Name,
    /// A second one (`alt_domain`).
    pub alt_domain: Option<Name>,
    /// Servers for names of other zones: `IP`, `IP:port`, `name` or `name:port` (`recursors`).
    pub recursors: Vec<String>,
    /// How long each may take (`dns_config.recursor_timeout`, 2 s).
    pub recursor_timeout: Duration,
    /// Whether any of them is asked first, rather than the first (`dns_config.recursor_strategy`).
    pub recursor_random: bool,
    /// The oldest state that is answered from; `None` where only the leader's is (`dns_config.allow_stale`, `max_stale`, 10 years).
    pub max_stale: Option<Duration>,
    /// How long answers about nodes may be kept (`dns_config.node_ttl`, 0 s).
    pub node_ttl: Duration,
    /// The same about services, by their name or by how it begins with `*` behind it (`dns_config.service_ttl`).
    pub service_ttl: BTreeMap<String, Duration>,
    /// The zone's refresh, retry, expire and minimum TTL, in seconds (`dns_config.soa`).
    pub soa: [u32; 4],
    /// Whether instances in warning state are left out too (`dns_config.only_passing`).
    pub only_passing: bool,
    /// Whether clients are told that an answer was cut (`dns_config.enable_truncate`).
    pub enable_truncate: bool,
    /// The most answers over UDP to a client without EDNS (`dns_config.udp_answer_limit`, 3).
    pub udp_answer_limit: usize,
    /// The most addresses of one name; 0 for no limit (`dns_config.a_record_limit`).
    pub a_record_limit: usize,
    /// Whether the metadata of nodes comes along (`dns_config.enable_additional_node_meta_txt`, true).
    pub node_meta_txt: bool,
    /// Whether names are written in full (`dns_config.disable_compression`).
    pub disable_compression: bool,
}
