//! DNS: domains, recursors, TTLs and limits.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use proconsul_base::text::duration;
use proconsul_names::name::Name;

use super::Resolver;
use crate::config::error::Mistake;
use crate::config::{DnsSettings, Invalid, template};

/// What no alternative domain may begin with, besides the datacenter: the question's own words.
const WORDS: [&str; 5] = ["service", "connect", "node", "query", "addr"];
/// `max_stale` unless given: ten years.
const MAX_STALE: Duration = Duration::from_secs(87_600 * 60 * 60);
/// The port of a recursor that names none.
const DNS_PORT: u16 = 53;

impl Resolver<'_> {
    pub(super) fn dns(&mut self, addresses: Vec<IpAddr>, datacenter: &str) -> DnsSettings {
        let settings = self.settings;
        let truth = |key, default| settings.boolean(key).unwrap_or(default);
        let domain = self.domain("domain").or_else(|| Name::from_text("consul").ok());
        DnsSettings {
            addresses,
            domain: domain.unwrap_or_default(),
            alt_domain: self.alt_domain(datacenter),
            recursors: self.recursors(),
            recursor_timeout: settings.duration("dns_config.recursor_timeout").unwrap_or(Duration::from_secs(2)),
            recursor_random: self.recursor_random(),
            max_stale: truth("dns_config.allow_stale", true)
                .then(|| settings.duration("dns_config.max_stale").unwrap_or(MAX_STALE)),
            node_ttl: settings.duration("dns_config.node_ttl").unwrap_or_default(),
            service_ttl: self.service_ttl(),
            soa: [
                self.seconds("dns_config.soa.refresh", 3600),
                self.seconds("dns_config.soa.retry", 600),
                self.seconds("dns_config.soa.expire", 86400),
                self.seconds("dns_config.soa.min_ttl", 0),
            ],
            only_passing: truth("dns_config.only_passing", false),
            enable_truncate: truth("dns_config.enable_truncate", false),
            udp_answer_limit: self.count("dns_config.udp_answer_limit", 3),
            a_record_limit: self.count("dns_config.a_record_limit", 0),
            node_meta_txt: truth("dns_config.enable_additional_node_meta_txt", true),
            disable_compression: truth("dns_config.disable_compression", false),
        }
    }

    fn domain(&mut self, key: &'static str) -> Option<Name> {
        match Name::from_text(self.settings.text(key)?) {
            Ok(name) => Some(name).filter(|name| *name != Name::default()),
            Err(error) => {
                self.refuse(key, Invalid::Domain(error));
                None
            }
        }
    }

    fn alt_domain(&mut self, datacenter: &str) -> Option<Name> {
        let name = self.domain("alt_domain")?;
        let first = name.labels().next().map(<[u8]>::to_ascii_lowercase).unwrap_or_default();
        let is_word = WORDS.iter().chain([&datacenter]).any(|word| word.as_bytes() == first);
        if is_word && name.labels().count() > 1 {
            self.refuse_whole(Invalid::AltDomain(datacenter.to_owned()));
        }
        Some(name)
    }

    /// Servers as `address:port` or `name:port`; names are looked up when the agent starts.
    fn recursors(&mut self) -> Vec<String> {
        let mut recursors = Vec::new();
        for text in self.settings.texts("recursors").to_vec() {
            match template::expand(&text, &self.environment.interfaces) {
                Ok(expanded) => recursors.extend(expanded.split_whitespace().map(str::to_owned)),
                Err(source) => {
                    if let Some(origin) = self.origin("recursors") {
                        self.mistakes.push(Mistake::Template { origin, key: "recursors", source });
                    }
                }
            }
        }
        if recursors.iter().any(|recursor| is_wildcard(recursor)) {
            self.refuse_whole(Invalid::RecursorWildcard);
        }
        recursors.into_iter().map(with_port).collect()
    }

    fn recursor_random(&mut self) -> bool {
        match self.settings.text("dns_config.recursor_strategy") {
            None | Some("sequential") => false,
            Some("random") => true,
            Some(other) => {
                let invalid = Invalid::RecursorStrategy(other.to_owned());
                self.refuse_whole(invalid);
                false
            }
        }
    }

    fn service_ttl(&mut self) -> BTreeMap<String, Duration> {
        let mut ttl = BTreeMap::new();
        for (service, text) in self.settings.map("dns_config.service_ttl") {
            match duration::parse(&text) {
                Ok(duration) => {
                    ttl.insert(service, duration);
                }
                Err(error) => self.refuse("dns_config.service_ttl", Invalid::ServiceTtl(service, error)),
            }
        }
        ttl
    }

    fn seconds(&mut self, key: &'static str, default: i64) -> u32 {
        u32::try_from(self.number(key, default, 0, i64::from(u32::MAX))).unwrap_or_default()
    }

    /// Zero or more, in Consul's words.
    fn count(&mut self, key: &'static str, default: i64) -> usize {
        let number = self.settings.integer(key).unwrap_or(default);
        usize::try_from(number).unwrap_or_else(|_| {
            self.refuse_whole(Invalid::Negative(key, number));
            0
        })
    }
}

fn is_wildcard(recursor: &str) -> bool {
    let bare = recursor.trim_matches(['[', ']']);
    bare.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified())
}

fn with_port(recursor: String) -> String {
    if recursor.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()) {
        return format!("[{recursor}]:{DNS_PORT}");
    }
    let has_port = recursor.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { recursor } else { format!("{recursor}:{DNS_PORT}") }
}
