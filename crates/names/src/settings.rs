//! What the operator decided about DNS (`domain`, `alt_domain`, `dns_config`), as the answers need it.

use crate::message::Question;
use crate::name::Name;
use crate::ttl::ServiceTtl;

/// The settings of all answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The agent's own datacenter, in lower case.
    pub datacenter: String,
    /// The domain answered for, in lower case.
    pub domain: Name,
    /// A second one, in lower case.
    pub alt_domain: Option<Name>,
    /// How long answers about nodes may be kept, in seconds.
    pub node_ttl: u32,
    /// The same for services.
    pub service_ttl: ServiceTtl,
    /// The zone's own times.
    pub soa: Soa,
    /// Whether instances whose checks warn are left out too.
    pub only_passing: bool,
    /// Whether clients are told that an answer was cut.
    pub enable_truncate: bool,
    /// The most answers to a client without EDNS over UDP; never more than 8.
    pub udp_answer_limit: usize,
    /// The most addresses of one name; 0 for no limit.
    pub a_record_limit: usize,
    /// Whether the metadata of nodes comes along as text in the additional section.
    pub node_meta_txt: bool,
    /// Whether names are compressed.
    pub compress: bool,
    /// Whether other servers are asked for names of other zones.
    pub recursion: bool,
}

/// The numbers of the zone's SOA record, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Soa {
    /// How long other servers wait before they look for changes.
    pub refresh: u32,
    /// How long after a failure they wait.
    pub retry: u32,
    /// How long they answer without having seen this one.
    pub expire: u32,
    /// How long it may be kept that something does not exist.
    pub min_ttl: u32,
}

impl Default for Soa {
    fn default() -> Self {
        Self { refresh: 3600, retry: 600, expire: 86400, min_ttl: 0 }
    }
}

impl Settings {
    /// Consul's settings for a datacenter and a domain when nobody says anything.
    pub fn new(datacenter: &str, domain: Name) -> Self {
        Self {
            datacenter: datacenter.to_owned(),
            domain: domain.to_lowercase(),
            alt_domain: None,
            node_ttl: 0,
            service_ttl: ServiceTtl::default(),
            soa: Soa::default(),
            only_passing: false,
            enable_truncate: false,
            udp_answer_limit: 3,
            a_record_limit: 0,
            node_meta_txt: true,
            compress: true,
            recursion: false,
        }
    }

    /// The domain of ours that a name lies in; the longer one where one lies in the other.
    pub fn zone_of(&self, name: &Name) -> Option<&Name> {
        let mut zones = [Some(&self.domain), self.alt_domain.as_ref()];
        zones.sort_by_key(|zone| std::cmp::Reverse(zone.map_or(0, |zone| zone.as_bytes().len())));
        zones.into_iter().flatten().find(|zone| name.is_within(zone))
    }

    /// The domain that the names in an answer lie in: the question's.
    pub(crate) fn zone(&self, question: &Question) -> &Name {
        self.zone_of(&question.name).unwrap_or(&self.domain)
    }
}
