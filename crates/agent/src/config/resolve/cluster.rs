//! How the node finds its cluster, how the first election comes about, and the timing of both.

use std::time::Duration;

use proconsul_types::autopilot::Configuration;

use super::Resolver;
use crate::config::{Bootstrap, Invalid, Join, RaftConfig};

impl Resolver<'_> {
    pub(super) fn bootstrap(&mut self) -> Bootstrap {
        let alone = self.settings.boolean("bootstrap").unwrap_or(false);
        let expected = self.settings.integer("bootstrap_expect").unwrap_or(0);
        if expected < 0 {
            self.refuse_whole(Invalid::ExpectNegative(expected));
        }
        if expected > 0 {
            if self.dev {
                self.refuse_whole(Invalid::ExpectInDev);
            } else if !self.server {
                self.refuse_whole(Invalid::ExpectClient);
            }
            if alone {
                self.refuse_whole(Invalid::BootstrapTwice);
            }
        }
        if alone && !self.server {
            self.refuse_whole(Invalid::BootstrapClient);
        }
        if alone {
            self.warnings.push("bootstrap = true: do not enable unless necessary".to_owned());
        }
        self.expectation(alone, expected)
    }

    fn expectation(&mut self, alone: bool, expected: i64) -> Bootstrap {
        match u32::try_from(expected).unwrap_or(0) {
            0 if alone || (self.dev && self.server) => Bootstrap::Alone,
            0 => Bootstrap::Never,
            1 => {
                self.warnings.push("BootstrapExpect is set to 1; this is the same as Bootstrap mode.".to_owned());
                Bootstrap::Alone
            }
            count => {
                if count == 2 {
                    self.warnings.push(
                        "bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance.".to_owned(),
                    );
                } else if count % 2 == 0 {
                    self.warnings.push(
                        "bootstrap_expect is even number: A cluster with an even number of servers does not achieve optimum fault tolerance."
                            .to_owned(),
                    );
                }
                Bootstrap::Expect(count)
            }
        }
    }

    pub(super) fn join(&mut self) -> Join {
        for key in ["start_join", "retry_join"] {
            for address in self.settings.texts(key).to_vec() {
                if address.trim().is_empty() {
                    self.refuse(key, Invalid::EmptyJoin);
                } else if address.split_whitespace().any(|word| word.starts_with("provider=")) {
                    self.refuse(key, Invalid::Provider(address));
                }
            }
        }
        let trimmed = |key| self.settings.texts(key).iter().map(|address| address.trim().to_owned()).collect();
        let (once, retry) = (trimmed("start_join"), trimmed("retry_join"));
        let retry_max = self.number("retry_max", 0, 0, i64::from(u32::MAX));
        Join {
            once,
            retry,
            retry_interval: self.settings.duration("retry_interval").unwrap_or(Duration::from_secs(30)),
            retry_max: u32::try_from(retry_max).ok().filter(|&attempts| attempts > 0),
            rejoin_after_leave: self.settings.boolean("rejoin_after_leave").unwrap_or(false),
        }
    }

    pub(super) fn raft(&mut self) -> RaftConfig {
        let protocol = self.number("raft_protocol", 3, 2, 3);
        let multiplier = self.number("performance.raft_multiplier", 1, 1, 10);
        let threshold = self.number("raft_snapshot_threshold", 16384, 1, i64::MAX);
        let trailing = self.number("raft_trailing_logs", 10000, 1, i64::MAX);
        RaftConfig {
            protocol: u8::try_from(protocol).unwrap_or(3),
            multiplier: u8::try_from(multiplier).unwrap_or(1),
            snapshot_threshold: threshold.unsigned_abs(),
            snapshot_interval: self.settings.duration("raft_snapshot_interval").unwrap_or(Duration::from_secs(30)),
            trailing_logs: trailing.unsigned_abs(),
        }
    }

    pub(super) fn autopilot(&mut self) -> Configuration {
        let initial = Configuration::initial();
        let mut number = |key, default: u64| {
            self.number(key, i64::try_from(default).unwrap_or(i64::MAX), 0, i64::MAX).unsigned_abs()
        };
        let max_trailing_logs = number("autopilot.max_trailing_logs", initial.max_trailing_logs);
        let min_quorum = number("autopilot.min_quorum", initial.min_quorum);
        let nanos = |key| self.settings.duration(key).and_then(|time| i64::try_from(time.as_nanos()).ok());
        let last_contact = nanos("autopilot.last_contact_threshold");
        let stabilization = nanos("autopilot.server_stabilization_time");
        let cleanup = self.settings.boolean("autopilot.cleanup_dead_servers");
        Configuration {
            cleanup_dead_servers: cleanup.unwrap_or(initial.cleanup_dead_servers),
            last_contact_threshold: last_contact.unwrap_or(initial.last_contact_threshold),
            max_trailing_logs,
            min_quorum,
            server_stabilization_time: stabilization.unwrap_or(initial.server_stabilization_time),
            ..initial
        }
    }

    /// Zero means the default, as in Consul.
    pub(super) fn reconnect_timeout(&self) -> Duration {
        let timeout = self.settings.duration("reconnect_timeout").filter(|timeout| !timeout.is_zero());
        timeout.unwrap_or(Duration::from_secs(72 * 60 * 60))
    }

    /// Never longer than the longest.
    pub(super) fn default_query_time(&self) -> Duration {
        let default = self.settings.duration("default_query_time").unwrap_or(Duration::from_secs(300));
        default.min(self.max_query_time())
    }

    pub(super) fn session_ttl_min(&self) -> Duration {
        self.settings.duration("session_ttl_min").unwrap_or(Duration::from_secs(10))
    }

    pub(super) fn max_query_time(&self) -> Duration {
        self.settings.duration("max_query_time").unwrap_or(Duration::from_secs(600))
    }

    pub(super) fn hold_timeout(&self) -> Duration {
        self.settings.duration("performance.rpc_hold_timeout").unwrap_or(Duration::from_secs(7))
    }

    /// Development mode is gone at once: nobody is behind it.
    pub(super) fn leave_drain_time(&self) -> Duration {
        let default = if self.dev { Duration::ZERO } else { Duration::from_secs(5) };
        self.settings.duration("performance.leave_drain_time").unwrap_or(default)
    }
}
