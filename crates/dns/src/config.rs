//! How the door is set up.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proconsul_calls::read::Consistency;
use proconsul_names::settings::Settings;

/// How the door is set up.
#[derive(Clone, Debug)]
pub struct DnsConfig {
    /// The name of this node, which some metrics carry.
    pub node_name: String,
    /// How answers are made.
    pub settings: Settings,
    /// How fresh they are: `Stale` with `allow_stale`, at most `max_stale` old.
    pub consistency: Consistency,
    /// Who is asked for names of other zones.
    pub recursors: RecursorConfig,
    /// How many tasks take questions from each UDP socket; one per core.
    pub receivers: usize,
    /// The time, in seconds since 1970: the version of the zone.
    pub unix_seconds: fn() -> u64,
}

/// Who is asked for names of other zones, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecursorConfig {
    /// The servers; empty where other zones are refused.
    pub servers: Vec<SocketAddr>,
    /// Which of them is asked first.
    pub strategy: RecursorStrategy,
    /// How long each may take.
    pub timeout: Duration,
    /// The address that questions leave from; `None` for any.
    pub source: Option<IpAddr>,
}

/// Which recursor is asked first (`dns_config.recursor_strategy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecursorStrategy {
    /// Always the first one.
    #[default]
    Sequential,
    /// Any.
    Random,
}
