//! Names to addresses, asked anew each time: an address that was right a minute ago may be another pod's now.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::Name;
use proconsul_types::pod_context::PodContext;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where names are asked.
pub(crate) enum Resolver {
    /// The system's own resolver.
    System,
    /// A resolver at a given address, which need not be on port 53.
    At(Box<TokioResolver>),
}

/// Why the pod's resolver cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ResolverError {
    /// A search domain that is no domain name.
    #[error("search domain {0:?} of the pod is no domain name")]
    Search(String),
    /// The resolver did not start.
    #[error("the pod's resolver {0} cannot be used: {1}")]
    Start(SocketAddr, String),
}

impl Resolver {
    /// The pod's resolver when there is one, else the system's.
    pub(crate) fn new(pod: Option<&PodContext>) -> Result<Self, ResolverError> {
        let Some((pod, address)) = pod.and_then(|pod| Some((pod, pod.resolver?))) else { return Ok(Self::System) };
        let search = pod
            .search
            .iter()
            .map(|domain| Name::from_utf8(domain).map_err(|_| ResolverError::Search(domain.clone())))
            .collect::<Result<Vec<_>, _>>()?;
        let over = |mut connection: ConnectionConfig| {
            connection.port = address.port();
            connection
        };
        let connections = vec![over(ConnectionConfig::udp()), over(ConnectionConfig::tcp())];
        let server = NameServerConfig::new(address.ip(), true, connections);
        let mut options = ResolverOpts::default();
        options.cache_size = 0;
        options.ndots = 5;
        options.timeout = Duration::from_millis(500);
        options.attempts = 2;
        let config = ResolverConfig::from_parts(None, search, vec![server]);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options)
            .build()
            .map(|resolver| Self::At(Box::new(resolver)))
            .map_err(|error| ResolverError::Start(address, error.to_string()))
    }

    /// All addresses of `target`, which is `IP`, `IP:port`, `name` or `name:port`.
    pub(crate) async fn resolve(&self, target: &str, default_port: u16) -> io::Result<Vec<SocketAddr>> {
        let (host, port) = split(target, default_port);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let lookup = async {
            match self {
                Self::System => Ok(tokio::net::lookup_host((host, port)).await?.collect()),
                Self::At(resolver) => {
                    let found = resolver.lookup_ip(host).await.map_err(io::Error::other)?;
                    Ok(found.iter().map(|address| SocketAddr::new(address, port)).collect())
                }
            }
        };
        tokio::time::timeout(PATIENCE, lookup)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, format!("lookup {host}: i/o timeout"))))
    }
}

/// Host and port of a join target; an IPv6 address with a port stands in brackets.
fn split(target: &str, default_port: u16) -> (&str, u16) {
    if target.parse::<IpAddr>().is_ok() {
        return (target, default_port);
    }
    match target.rsplit_once(':').map(|(host, port)| (host, port.parse())) {
        Some((host, Ok(port))) => (host.trim_matches(['[', ']']), port),
        _ => (target.trim_matches(['[', ']']), default_port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_target_may_have_a_port_or_not() {
        assert_eq!(split("10.0.0.1", 8301), ("10.0.0.1", 8301));
        assert_eq!(split("10.0.0.1:9", 8301), ("10.0.0.1", 9));
        assert_eq!(split("::1", 8301), ("::1", 8301));
        assert_eq!(split("[::1]:9", 8301), ("::1", 9));
        assert_eq!(split("consul-0.consul", 8301), ("consul-0.consul", 8301));
        assert_eq!(split("consul-0.consul:7", 8301), ("consul-0.consul", 7));
    }

    #[tokio::test]
    async fn addresses_need_no_lookup() {
        let found = Resolver::System.resolve("127.0.0.9:4", 1).await.unwrap();
        assert_eq!(found, ["127.0.0.9:4".parse().unwrap()]);
    }
}
