//! Where an agent is: a host and port, or a Unix socket.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use proconsul_types::pod_context::PodContext;

use crate::escape;

/// Where an agent is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A host, by address or name, and a port; the port is not shown when it was not given.
    Tcp {
        /// By address or name, without brackets.
        host: String,
        /// Without one, HTTP's own.
        port: Option<u16>,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

/// Why a text is no address of an agent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// TLS, which this client does not speak; the address without its scheme.
    #[error(
        "HTTPS is not there in this version, it comes with TLS; use http://{0}, or reach the agent through a proxy that ends TLS"
    )]
    Https(String),
    /// A scheme that nobody knows.
    #[error("Unknown protocol scheme: {0}")]
    Scheme(String),
    /// No number stands where the port should.
    #[error("address {0:?} has no readable port; write host:port")]
    Port(String),
    /// No name and no address stands where the host should.
    #[error("address {0:?} has no readable host; write host:port")]
    Host(String),
}

impl Address {
    /// `host:port`, `http://host:port`, `tcp://host:port` or `unix:///path`; `secure` asks for TLS whatever the scheme.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(text: &str, secure: bool) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        match scheme {
            "unix" => return Ok(Self::Unix(PathBuf::from(rest))),
            "http" | "tcp" if !secure => {}
            "http" | "tcp" | "https" => {
                return Err(AddressError::Https(rest.to_owned()));
            }
            other => return Err(AddressError::Scheme(other.to_owned())),
        }
        let rest = rest.trim_end_matches('/');
        let colon = rest
            .rfind(':')
            .filter(|colon| !rest[*colon..].contains(']') && (rest.starts_with('[') || rest.find(':') == Some(*colon)));
        let (host, port) = match colon {
            Some(colon) => (&rest[..colon], Some(&rest[colon + 1..])),
            None => (rest, None),
        };
        let Ok(port) = port.map(str::parse::<u16>).transpose() else {
            return Err(AddressError::Port(text.to_owned()));
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if bare.is_empty() || bare.contains(['/', '?', '#', '@', ' ']) {
            return Err(AddressError::Host(text.to_owned()));
        }
        Ok(Self::Tcp { host: bare.to_owned(), port })
    }

    /// Puts the pod's address in the place of this machine's own.
    pub fn in_pod(&mut self, pod: &PodContext) {
        match self {
            Self::Tcp { host, .. } => {
                let own =
                    host.parse::<IpAddr>().map_or(host == "localhost", |ip| ip.is_loopback() || ip.is_unspecified());
                if own && host.parse() != Ok(pod.address) && is_default_loopback(host) {
                    *host = pod.address.to_string();
                }
            }
            Self::Unix(path) => *path = pod.outside(path),
        }
    }

    /// What the `Host` header says.
    pub fn host_header(&self) -> String {
        match self {
            Self::Tcp { .. } => self.to_string().trim_start_matches("http://").to_owned(),
            Self::Unix(_) => "localhost".to_owned(),
        }
    }
}

/// Other pods have addresses in 127/8 too: only the names by which every machine knows itself mean the own one.
fn is_default_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0" | "::")
}

impl fmt::Display for Address {
    /// As the beginning of a URL, without a slash at its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } => {
                let bracketed = if host.contains(':') { format!("[{host}]") } else { host.clone() };
                let port = port.map_or(String::new(), |port| format!(":{port}"));
                write!(f, "http://{bracketed}{port}")
            }
            Self::Unix(path) => write!(f, "http://{}", escape::component(&path.display().to_string())),
        }
    }
}
