//! Where an agent is: a host and port, or a Unix socket.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::bail;
use proconsul_types::pod_context::PodContext;

use super::escape;

/// Where an agent is.
pub(crate) enum Address {
    /// A host, by address or name, and a port; the port is not shown when it was not given.
    Tcp { host: String, port: Option<u16> },
    /// A Unix socket.
    Unix(PathBuf),
}

impl Address {
    /// `host:port`, `http://host:port`, `tcp://host:port` or `unix:///path`.
    pub(crate) fn parse(text: &str, secure: bool) -> anyhow::Result<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        match scheme {
            "unix" => return Ok(Self::Unix(PathBuf::from(rest))),
            "http" | "tcp" if !secure => {}
            "http" | "tcp" | "https" => {
                bail!(
                    "HTTPS is not there in this version; use http://{rest}, or reach the agent through a proxy that ends TLS"
                )
            }
            other => bail!("Unknown protocol scheme: {other}"),
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
            bail!("address {text:?} has no readable port; write host:port")
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if bare.is_empty() || bare.contains(['/', '?', '#', '@', ' ']) {
            bail!("address {text:?} has no readable host; write host:port");
        }
        Ok(Self::Tcp { host: bare.to_owned(), port })
    }

    /// Puts the pod's address in the place of this machine's own.
    pub(crate) fn in_pod(&mut self, pod: &PodContext) {
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
    pub(crate) fn host_header(&self) -> String {
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
