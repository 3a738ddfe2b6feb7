//! One address that an operator wants to be joined, and why that failed, in memberlist's words.

use std::io;
use std::net::{IpAddr, SocketAddr};

use proconsul_base::text::quote::quoted;
use proconsul_gossip::{ExchangeError, JoinError};

use super::Node;

/// Why an address was not joined.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unjoined {
    /// It has a bracket that nothing closes.
    #[error("Failed to resolve {0}: address {0}: missing ']' in address")]
    Bracket(String),
    /// Its port is no number of a port.
    #[error("Failed to resolve {target}: strconv.ParseUint: parsing {}: invalid syntax", quoted(.port))]
    Port {
        /// The address.
        target: String,
        /// Its port.
        port: String,
    },
    /// Nobody has that name.
    #[error("Failed to resolve {target}: lookup {host}: no such host")]
    NoSuchHost {
        /// The address.
        target: String,
        /// The name in it.
        host: String,
    },
    /// Its name could not be looked up.
    #[error("Failed to resolve {target}: {source}")]
    Lookup {
        /// The address.
        target: String,
        /// Why.
        source: io::Error,
    },
    /// Nobody answered there as a member does.
    #[error("Failed to join {}: {}", .0.ip(), told(.0, .1))]
    Exchange(SocketAddr, JoinError),
}

/// What went wrong, as Go's dialler says it.
fn told(address: &SocketAddr, error: &JoinError) -> String {
    let JoinError::Exchange { source, .. } = error else { return error.to_string() };
    match source {
        ExchangeError::Connection(io::ErrorKind::ConnectionRefused) => {
            format!("dial tcp {address}: connect: connection refused")
        }
        ExchangeError::Connection(io::ErrorKind::NetworkUnreachable) => {
            format!("dial tcp {address}: connect: network is unreachable")
        }
        ExchangeError::Connection(io::ErrorKind::HostUnreachable) => {
            format!("dial tcp {address}: connect: no route to host")
        }
        ExchangeError::Connection(io::ErrorKind::TimedOut) | ExchangeError::TimedOut => {
            format!("dial tcp {address}: i/o timeout")
        }
        other => other.to_string(),
    }
}

impl Node {
    /// Joins whoever is at this address: how many were reached, and why others were not.
    pub(super) async fn join_at(&self, target: &str) -> (usize, Vec<Unjoined>) {
        if let Err(mistake) = well_formed(target) {
            return (0, vec![mistake]);
        }
        let addresses = match self.resolver.resolve(target, self.config.ports.serf_lan).await {
            Ok(addresses) => addresses,
            Err(source) => return (0, vec![unknown(target, source)]),
        };
        let Ok(report) = self.gossip.join(&addresses).await else { return (0, Vec::new()) };
        let failed = report.results.into_iter().filter_map(|(address, result)| match result {
            // That this is ourselves does no harm.
            Ok(()) | Err(JoinError::Ourselves(_)) => None,
            Err(error) => Some(Unjoined::Exchange(address, error)),
        });
        let failed: Vec<_> = failed.collect();
        (addresses.len() - failed.len(), failed)
    }
}

/// A name that was not found is told otherwise than a search that failed.
fn unknown(target: &str, source: io::Error) -> Unjoined {
    let target = target.to_owned();
    if source.kind() == io::ErrorKind::TimedOut || source.to_string().contains("Temporary") {
        return Unjoined::Lookup { target, source };
    }
    let host = host_and_port(&target).map_or(&*target, |(host, _)| host).to_owned();
    Unjoined::NoSuchHost { target, host }
}

/// Whether it can be an address at all.
fn well_formed(target: &str) -> Result<(), Unjoined> {
    if target.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    if target.starts_with('[') && !target.contains(']') {
        return Err(Unjoined::Bracket(target.to_owned()));
    }
    match host_and_port(target) {
        Some((_, port)) if port.parse::<u16>().is_err() => {
            Err(Unjoined::Port { target: target.to_owned(), port: port.to_owned() })
        }
        _ => Ok(()),
    }
}

/// What stands before and behind the last colon, unless that is part of an address in brackets.
fn host_and_port(target: &str) -> Option<(&str, &str)> {
    target.rsplit_once(':').filter(|(_, port)| !port.contains(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(target: &str) -> Option<String> {
        well_formed(target).err().map(|error| error.to_string())
    }

    #[test]
    fn an_address_is_looked_at_before_it_is_looked_up() {
        for good in ["10.0.0.1", "10.0.0.1:8301", "::1", "[::1]", "[::1]:8301", "name", "name:1", ""] {
            assert_eq!(said(good), None, "{good}");
        }
        let port = "Failed to resolve a:zz: strconv.ParseUint: parsing \"zz\": invalid syntax";
        assert_eq!(said("a:zz").as_deref(), Some(port));
        assert_eq!(said("[::1").as_deref(), Some("Failed to resolve [::1: address [::1: missing ']' in address"));
    }

    #[test]
    fn what_failed_is_told_in_the_words_of_the_dialler() {
        let address: SocketAddr = "127.0.0.1:7".parse().unwrap();
        let error = |source| Unjoined::Exchange(address, JoinError::Exchange { address, source }).to_string();
        assert_eq!(
            error(ExchangeError::Connection(io::ErrorKind::ConnectionRefused)),
            "Failed to join 127.0.0.1: dial tcp 127.0.0.1:7: connect: connection refused"
        );
        assert_eq!(error(ExchangeError::TimedOut), "Failed to join 127.0.0.1: dial tcp 127.0.0.1:7: i/o timeout");
        let lost = unknown("gone.invalid:1", io::Error::other("failed to lookup"));
        assert_eq!(lost.to_string(), "Failed to resolve gone.invalid:1: lookup gone.invalid: no such host");
    }
}
