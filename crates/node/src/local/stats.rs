//! The figures of `consul info`: section by section, as texts.

use std::collections::BTreeMap;

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
        let runtime = [
            ("arch", std::env::consts::ARCH.to_owned()),
            ("os", std::env::consts::OS.to_owned()),
            ("cpu_count", std::thread::available_parallelism().map_or(1, usize::from).to_string()),
        ];
        let mut stats = self.role.stats(&self.config);
        stats.insert("build".to_owned(), section(build));
        stats.insert("runtime".to_owned(), section(runtime));
        stats.insert("serf_lan".to_owned(), section(self.figures.read().gossip.rows()));
        stats
    }
}

/// Rows under their names.
pub(crate) fn section<const N: usize>(rows: [(&str, String); N]) -> BTreeMap<String, String> {
    rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
