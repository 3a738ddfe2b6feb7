//! The DNS door of a node: its sockets, and its settings as the answers need them.

use std::net::{IpAddr, SocketAddr};
use std::thread::available_parallelism;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proconsul_agent::Config;
use proconsul_calls::read::Consistency;
use proconsul_dns::{DnsConfig, Listener, RecursorConfig, RecursorStrategy};
use proconsul_names::settings::{Settings, Soa};
use proconsul_names::ttl::ServiceTtl;

use crate::error::StartError;
use crate::resolve::Resolver;

/// The port of a recursor that names none.
const DNS_PORT: u16 = 53;

/// The sockets, bound; none when the port is off.
pub(crate) async fn listeners(config: &Config) -> Result<Vec<Listener>, StartError> {
    let mut listeners = Vec::new();
    for address in config.dns.addresses.iter().filter_map(|&ip| Some(SocketAddr::new(ip, config.ports.dns?))) {
        let listener = Listener::bind(address).await;
        listeners.push(listener.map_err(|source| StartError::Listen { what: "DNS", address, source })?);
    }
    Ok(listeners)
}

/// How the door is set up; recursors are looked up by name here, once.
pub(crate) async fn door(
    config: &Config,
    source: Option<IpAddr>,
    resolver: &Resolver,
) -> Result<DnsConfig, StartError> {
    let dns = &config.dns;
    let mut servers = Vec::new();
    for recursor in &dns.recursors {
        let found = resolver.resolve(recursor, DNS_PORT).await;
        let found = found.map_err(|source| StartError::Recursor { recursor: recursor.clone(), source })?;
        servers.extend(found.first());
    }
    let strategy = if dns.recursor_random { RecursorStrategy::Random } else { RecursorStrategy::Sequential };
    Ok(DnsConfig {
        node_name: config.node_name.clone(),
        settings: settings(config),
        consistency: match dns.max_stale {
            Some(at_most) => Consistency::Stale { at_most: Some(at_most) },
            None => Consistency::Default,
        },
        recursors: RecursorConfig { servers, strategy, timeout: dns.recursor_timeout, source },
        receivers: available_parallelism().map_or(1, usize::from),
        unix_seconds: || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
    })
}

fn settings(config: &Config) -> Settings {
    let dns = &config.dns;
    let seconds = |ttl: Duration| u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
    let service_ttl = dns.service_ttl.iter().map(|(service, &ttl)| (service.clone(), seconds(ttl)));
    let [refresh, retry, expire, min_ttl] = dns.soa;
    Settings {
        alt_domain: dns.alt_domain.as_ref().map(|domain| domain.to_lowercase()),
        node_ttl: seconds(dns.node_ttl),
        service_ttl: ServiceTtl::new(service_ttl),
        soa: Soa { refresh, retry, expire, min_ttl },
        only_passing: dns.only_passing,
        enable_truncate: dns.enable_truncate,
        udp_answer_limit: dns.udp_answer_limit,
        a_record_limit: dns.a_record_limit,
        node_meta_txt: dns.node_meta_txt,
        compress: !dns.disable_compression,
        ..Settings::new(&config.datacenter, dns.domain.clone())
    }
}
