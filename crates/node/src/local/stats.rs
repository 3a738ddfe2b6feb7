//! The figures of `consul info`: section by section, as texts.

use std::collections::BTreeMap;

use proconsul_agent::local::{State, kind_of};
use proconsul_agent::version;

use super::Node;

impl Node {
    pub(super) fn stats(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let build = [
            ("prerelease", String::new()),
            ("revision", String::new()),
            ("version", version::CONSUL.to_owned()),
            ("proconsul", version::PROCONSUL.to_owned()),
        ];
        let cpus = std::thread::available_parallelism().map_or(1, usize::from).to_string();
        let runtime = [
            ("arch", std::env::consts::ARCH.to_owned()),
            ("os", std::env::consts::OS.to_owned()),
            ("cpu_count", cpus.clone()),
            ("max_procs", cpus),
        ];
        let mut stats = self.role.stats(&self.config);
        stats.insert("agent".to_owned(), self.held());
        stats.insert("build".to_owned(), section(build));
        stats.insert("runtime".to_owned(), section(runtime));
        stats.insert("serf_lan".to_owned(), section(self.figures.read().gossip.rows()));
        stats
    }

    /// How much this agent holds: services, checks, and of these the ones that run programs and that wait to be told.
    fn held(&self) -> BTreeMap<String, String> {
        let held = &self.local.held;
        let duties = held.look(State::duties);
        let of_kind = |kind| duties.iter().filter(|duty| kind_of(&duty.registration) == kind).count().to_string();
        section([
            ("check_monitors", of_kind("script")),
            ("check_ttls", of_kind("ttl")),
            ("checks", held.checks().len().to_string()),
            ("services", held.services().len().to_string()),
        ])
    }
}

/// Rows under their names.
pub(crate) fn section<const N: usize>(rows: [(&str, String); N]) -> BTreeMap<String, String> {
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
