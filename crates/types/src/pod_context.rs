//! What a program of ours must know to stand for a pod without namespaces: one value, handed over in one environment variable.
//!
//! Written by the runtime in loopback isolation, read once when an agent or a command resolves its configuration. Knows no
//! file and no socket.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The environment variable that carries a [`PodContext`] as JSON text.
pub const PROCONSUL_POD_CONTEXT: &str = "PROCONSUL_POD_CONTEXT";

/// The pod that a process stands for in loopback isolation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodContext {
    /// The pod's host name: what `gethostname` would answer inside it.
    pub hostname: String,
    /// The pod's address. Wildcard and local addresses mean this one, and outgoing connections leave from it.
    pub address: IpAddr,
    /// Who answers the pod's DNS questions; `None` leaves the machine's own resolver in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<SocketAddr>,
    /// Search domains, tried in this order for names with few dots, as in the pod's `resolv.conf`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<String>,
    /// Mounted directories that could not be mounted for real. Empty when the mount namespace shows them in place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathMap>,
}

/// One mount path of the container and where its files really lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathMap {
    /// As the container sees it, absolute: `/consul/data`.
    pub inside: PathBuf,
    /// Where it lies on this machine, absolute.
    pub outside: PathBuf,
}

impl PodContext {
    /// The context that this JSON text describes.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The JSON text to put into [`PROCONSUL_POD_CONTEXT`].
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Where a path of the container lies on this machine: under the longest mapped directory that holds it, else unchanged.
    pub fn outside(&self, inside: &Path) -> PathBuf {
        let below = |map: &PathMap| inside.strip_prefix(&map.inside).ok().map(Path::to_path_buf);
        self.paths
            .iter()
            .filter_map(|map| below(map).map(|rest| (map, rest)))
            .max_by_key(|(map, _)| map.inside.components().count())
            .map_or_else(|| inside.to_path_buf(), |(map, rest)| map.outside.join(rest).components().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> PodContext {
        let map = |inside: &str, outside: &str| PathMap { inside: inside.into(), outside: outside.into() };
        PodContext {
            hostname: "consul-0".to_owned(),
            address: IpAddr::from([127, 24, 0, 1]),
            resolver: Some(SocketAddr::from(([127, 24, 0, 10], 53))),
            search: vec!["default.svc.cluster.local".to_owned()],
            paths: vec![map("/consul", "/state/root"), map("/consul/data", "/state/nfs/data/consul-0")],
        }
    }

    #[test]
    fn a_context_reads_back_from_its_json() {
        let text = context().to_json().unwrap();
        assert_eq!(PodContext::from_json(&text).unwrap(), context());
        assert!(text.contains(r#""hostname":"consul-0","address":"127.24.0.1","resolver":"127.24.0.10:53""#));
    }

    #[test]
    fn a_path_lies_under_the_longest_mapped_directory() {
        let outside = |inside: &str| context().outside(Path::new(inside));
        assert_eq!(outside("/consul/data"), Path::new("/state/nfs/data/consul-0"));
        assert_eq!(outside("/consul/data/raft/log"), Path::new("/state/nfs/data/consul-0/raft/log"));
        assert_eq!(outside("/consul/log"), Path::new("/state/root/log"));
        assert_eq!(outside("/consulate"), Path::new("/consulate"));
    }
}
