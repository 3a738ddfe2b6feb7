//! What is logged, how and where. Writing it is the business of `node`.

use std::time::Duration;

pub use proconsul_types::log_level::LogLevel;

use super::Place;

/// The log of one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// The least important level that is written.
    pub level: LogLevel,
    /// One JSON object per line instead of Consul's text lines.
    pub json: bool,
    /// `log_file` as given: `/consul/log` makes `/consul/log-<time>.log`, `/consul/` makes `/consul/consul-<time>.log`;
    /// `None` writes to standard output only.
    pub file: Option<Place>,
    /// After how many bytes a new file is begun; `None` for no bound.
    pub rotate_bytes: Option<u64>,
    /// After how long a new file is begun (`log_rotate_duration`, 24 h).
    pub rotate_duration: Duration,
    /// How many finished files are kept.
    pub rotate_keep: RotateKeep,
}

/// How many finished log files are kept (`log_rotate_max_files`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotateKeep {
    /// All of them (0, the default).
    All,
    /// Only the file being written (-1).
    None,
    /// The newest so many.
    Newest(usize),
}
