//! The log of this process, for those who listen for a while.

use proconsul_calls::agent::MonitorCalls;
use proconsul_calls::pieces::Pieces;
use proconsul_types::log_level::LogLevel;

use super::Node;
use crate::log;

impl MonitorCalls for Node {
    fn monitor(&self, level: LogLevel, json: bool) -> Box<dyn Pieces> {
        Box::new(log::listen(level, json))
    }
}
